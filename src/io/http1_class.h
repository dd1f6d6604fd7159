/*
 * http1_class.h: which bytes may stand where in an HTTP/1.1 message.
 *
 * One table for the head and for chunked bodies. Where the standards leave
 * room:
 *
 *   path    RFC 3986 pchar and "/", nothing else raw
 *   query   any printable ASCII but "#": browsers and API clients send
 *           " { } | < > \ ^ ` [ ] raw, and no framing depends on them
 *   host    reg-name without ",": a proxy that merged two Host lines made one
 *   value   any byte but controls; tab and the upper half are allowed, and who
 *           needs text checks it for UTF-8
 */
#ifndef IO_HTTP1_CLASS_H
#define IO_HTTP1_CLASS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    HTTP1_TOKEN = 1, /* RFC 9110 5.6.2 */
    HTTP1_PATH = 2,
    HTTP1_QUERY = 4,
    HTTP1_HOST = 8,
    HTTP1_VALUE = 16, /* RFC 9110 5.5 */
};

extern const uint8_t HTTP1_CLASSES[256];

static inline bool http1_is(char c, uint8_t classes) {
    return (HTTP1_CLASSES[(unsigned char)c] & classes) != 0;
}

#endif
