#include "api/session_position.h"

static const str HEADER = STR_INIT("Tenon-Position");

commit_position session_position_read(const http_request *request) {
    commit_position said = 0;
    commit_position kept = request->kept != NULL ? *request->kept : 0;
    str text = http_request_header(request, HEADER);
    if (text.ptr != NULL && !commit_position_parse(text, &said))
        return COMMIT_POSITION_UNKNOWN;
    return said > kept ? said : kept;
}

void session_position_write(const http_request *request, http_reply *reply,
                            commit_position written) {
    if (request->kept != NULL)
        *request->kept = written;
    http_reply_add(reply, HEADER,
                   commit_position_format(request->arena, written));
}
