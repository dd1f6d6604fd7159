#include "api/request_origin.h"

#include <inttypes.h>

#include "base/utf8.h"

static bool is_visible(str text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
            return false;
    return text.len > 0;
}

static str request_id(const http_request *request) {
    str given = http_request_header(request, STR("X-Request-Id"));
    if (given.len <= REQUEST_ID_MAX_BYTES && is_visible(given))
        return given;
    return arena_printf(request->arena, "%" PRIu64, request->id);
}

/* "10.0.0.1:50000", "[::1]:50000" */
static str address_of(str peer) {
    size_t end = peer.len;
    while (end > 0 && peer.ptr[end - 1] != ':')
        end--;
    str host = str_slice(peer, 0, end > 0 ? end - 1 : peer.len);
    bool is_bracketed =
        host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    return is_bracketed ? str_slice(host, 1, host.len - 1) : host;
}

/* Bytes of a header above ASCII may be anything. */
static str user_agent(const http_request *request) {
    str given = http_request_header(request, STR("User-Agent"));
    if (given.len > USER_AGENT_MAX_BYTES)
        given = str_slice(given, 0, USER_AGENT_MAX_BYTES);
    if (utf8_is_valid(given))
        return given;
    char *shown = arena_alloc(request->arena, given.len, 1);
    for (size_t i = 0; i < given.len; i++)
        shown[i] = (unsigned char)given.ptr[i] < 0x80 ? given.ptr[i] : '?';
    return (str){shown, given.len};
}

change_origin request_origin(const http_request *request) {
    return (change_origin){
        .request_id = request_id(request),
        .ip_address = address_of(request->peer),
        .user_agent = user_agent(request),
    };
}
