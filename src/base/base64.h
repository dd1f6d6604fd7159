/*
 * base64.h: bytes as text, RFC 4648: the standard alphabet with padding
 * (section 4) and the one for URLs without (section 5).
 *
 * One sequence of bytes has one text: what has other padding, stray bits at the
 * end or any byte outside of the alphabet is refused, blanks included.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

typedef enum base64_form { BASE64_STANDARD, BASE64_URL } base64_form;

void base64_encode(buf *out, str bytes, base64_form form);

/* False, and *out untouched, if text is not base64 of that form. */
bool base64_decode(arena *a, str text, base64_form form, str *out);

#endif
