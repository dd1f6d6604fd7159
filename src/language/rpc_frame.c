#include "language/rpc_frame.h"

/* Where the empty line ends, or 0. */
static size_t head_length(str bytes) {
    for (size_t i = 0; i + 4 <= bytes.len && i < RPC_MAX_HEAD; i++) {
        if (str_equal(str_slice(bytes, i, i + 4), STR("\r\n\r\n")))
            return i + 4;
    }
    return 0;
}

static bool read_length(str head, int64_t *length) {
    while (head.len > 0) {
        str value = str_trim(str_split(&head, '\n'));
        str name = str_trim(str_split(&value, ':'));
        if (str_equal_ignoring_case(name, STR("Content-Length")))
            return str_parse_int64(str_trim(value), length) && *length >= 0 &&
                   *length <= RPC_MAX_BODY;
    }
    return false;
}

rpc_frame_state rpc_frame_read(str *rest, str *body) {
    size_t head = head_length(*rest);
    if (head == 0)
        return rest->len < RPC_MAX_HEAD ? RPC_FRAME_PARTIAL : RPC_FRAME_BROKEN;
    int64_t length = 0;
    if (!read_length((str){rest->ptr, head}, &length))
        return RPC_FRAME_BROKEN;
    if (rest->len - head < (size_t)length)
        return RPC_FRAME_PARTIAL;
    str_take(rest, head);
    *body = str_take(rest, (size_t)length);
    return RPC_FRAME_WHOLE;
}

void rpc_frame_write(buf *out, str body) {
    buf_printf(out, "Content-Length: %zu\r\n\r\n", body.len);
    buf_append(out, body);
}
