/*
 * A stream of frames is the same shown whole and shown byte by byte, and what
 * was read is read again from what is written.
 */
#include "language/rpc_frame.h"

#include "base/assert.h"
#include "base/attr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(str body) {
    CLEANUP(buf_free) buf out = buf_new(1 << 20);
    rpc_frame_write(&out, body);
    str rest = buf_str(&out);
    str again;
    ASSERT(rpc_frame_read(&rest, &again) == RPC_FRAME_WHOLE);
    ASSERT(str_equal(again, body) && rest.len == 0);
}

/* The first frame is there exactly when its last byte is. */
static void check_prefixes(str all, size_t frame) {
    for (size_t n = 0; n < frame; n++) {
        str rest = {all.ptr, n};
        str body;
        ASSERT(rpc_frame_read(&rest, &body) == RPC_FRAME_PARTIAL);
        ASSERT(rest.len == n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str all = {(const char *)data, size};
    str rest = all;
    str body;
    if (rpc_frame_read(&rest, &body) != RPC_FRAME_WHOLE)
        return 0;
    ASSERT(rest.ptr == all.ptr + (all.len - rest.len));
    check_round_trip(body);
    check_prefixes(all, all.len - rest.len);
    return 0;
}
