/*
 * rpc_frame.h: messages in a stream of bytes, as the Language Server Protocol
 * (3.17, "Base Protocol") has them:
 *
 *     Content-Length: 52\r\n
 *     \r\n
 *     {"jsonrpc":"2.0","id":1,"method":"shutdown"}
 *
 * Sans I/O: reads from bytes that are there, appends to a buf.
 */
#ifndef LANGUAGE_RPC_FRAME_H
#define LANGUAGE_RPC_FRAME_H

#include "base/buf.h"
#include "base/str.h"

enum {
    RPC_MAX_HEAD = 4096,
    RPC_MAX_BODY = 64 * 1024 * 1024,
};

typedef enum rpc_frame_state {
    RPC_FRAME_WHOLE,
    RPC_FRAME_PARTIAL, /* more bytes are needed */
    RPC_FRAME_BROKEN,  /* no such protocol: there is no way to go on */
} rpc_frame_state;

/* Splits the first message off *rest. When it is not WHOLE, *rest stays. */
rpc_frame_state rpc_frame_read(str *rest, str *body);

void rpc_frame_write(buf *out, str body);

#endif
