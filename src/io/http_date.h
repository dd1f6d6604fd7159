/*
 * http_date.h: moments as HTTP writes them (RFC 9110 5.6.7).
 */
#ifndef IO_HTTP_DATE_H
#define IO_HTTP_DATE_H

#include <stdint.h>

enum { HTTP_DATE_LEN = sizeof "Sun, 06 Nov 1994 08:49:37 GMT" - 1 };

/* Of years 1 to 9999. Not NUL-terminated. */
void http_date_write(int64_t unix_seconds, char to[HTTP_DATE_LEN]);

#endif
