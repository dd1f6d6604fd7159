#include "base/assert.h"
#include "io/http1_reply.h"
#include "io/http_connection.h"

enum { PIECE = 32 * 1024 };

static http_exchange *exchange_of(http_stream *stream) {
    return CONTAINER_OF(stream, http_exchange, stream);
}

static err *wait_for_room(arena *a, http_exchange *x) {
    http_connection *c = x->connection;
    http_output_wait(c);
    if (c->phase == HTTP_PHASE_CLOSED)
        return err_new(a, ERR_CANCELLED, "the client is gone");
    return NULL;
}

static http1_framing framing_for(http_exchange *x, int status) {
    if (!http1_status_has_body(status))
        return HTTP1_NO_BODY;
    return x->is_http10 ? HTTP1_BY_CLOSE : HTTP1_BY_CHUNKS;
}

static err *begin(arena *a, http_stream *stream, const http_reply *reply) {
    http_exchange *x = exchange_of(stream);
    ASSERT(!x->is_stream_begun && x->body.len == 0);
    TRY(wait_for_room(a, x));
    http1_framing framing = framing_for(x, reply->status);
    if (framing == HTTP1_BY_CLOSE)
        x->is_kept_alive = false;
    x->is_stream_begun = true;
    x->is_stream_chunked = framing == HTTP1_BY_CHUNKS;
    x->is_stream_silent = x->is_head || framing == HTTP1_NO_BODY;
    http1_reply_write_head(&x->out, (http1_reply){
                                        .reply = reply,
                                        .framing = framing,
                                        .is_last = http_exchange_is_last(x),
                                        .is_http10 = x->is_http10,
                                        .date = http_server_date(x->server),
                                    });
    http_output_flush_soon(x);
    return NULL;
}

static err *write_piece(arena *a, http_exchange *x, str piece) {
    TRY(wait_for_room(a, x));
    if (x->is_stream_chunked)
        http1_write_chunk(&x->out, piece);
    else
        buf_append(&x->out, piece);
    if (x->out.len >= PIECE)
        http_output_flush(x);
    else
        http_output_flush_soon(x);
    return NULL;
}

static err *write_some(arena *a, http_stream *stream, str bytes) {
    http_exchange *x = exchange_of(stream);
    ASSERT(x->is_stream_begun && !x->is_stream_ended);
    if (fiber_is_cancelled(x->connection->fiber))
        return err_new(a, ERR_CANCELLED, "the client is gone");
    while (!x->is_stream_silent && bytes.len > 0) {
        size_t n = bytes.len < PIECE ? bytes.len : PIECE;
        TRY(write_piece(a, x, str_take(&bytes, n)));
    }
    return wait_for_room(a, x);
}

static err *end(arena *a, http_stream *stream) {
    http_exchange *x = exchange_of(stream);
    ASSERT(x->is_stream_begun && !x->is_stream_ended);
    TRY(wait_for_room(a, x));
    if (x->is_stream_chunked && !x->is_stream_silent)
        http1_write_last_chunk(&x->out);
    x->is_stream_ended = true;
    return NULL;
}

void http_stream_init(http_exchange *x) {
    x->stream = (http_stream){.begin = begin, .write = write_some, .end = end};
}

void http_stream_finish(http_exchange *x) {
    http_connection *c = x->connection;
    if (x->is_stream_ended || c->phase == HTTP_PHASE_CLOSED)
        return;
    /* Without the last chunk an orderly close tells the client that something
     * is missing; where the close is the end mark, only a reset does. */
    http_output_flush(x);
    http_output_wait(c);
    if (x->is_stream_chunked)
        http_connection_abort(c);
    else
        http_connection_reset(c);
}
