/*
 * json_page.h: writes JSON for people to read: a member on each line, two
 * spaces for each level.
 *
 *     json_page p = {.out = out};
 *     json_page_open(&p, STR(""), '{');
 *     json_page_text(&p, STR("name"), STR("Post"));
 *     json_page_close(&p, '}');
 *
 * A key is empty for an item of an array and for the whole. The functions
 * named _some leave the member out when its value is empty, false or 0.
 */
#ifndef BASE_JSON_PAGE_H
#define BASE_JSON_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

typedef struct json_page {
    buf *out;
    size_t depth;
    bool has_item; /* in the innermost open array or object */
} json_page;

/* bracket is [ or {; close takes ] or }. */
void json_page_open(json_page *p, str key, char bracket);
void json_page_close(json_page *p, char bracket);

void json_page_text(json_page *p, str key, str value);
void json_page_bool(json_page *p, str key, bool value);
void json_page_number(json_page *p, str key, int64_t value);
/* source: any JSON value, as it is to be written. */
void json_page_raw(json_page *p, str key, str source);

void json_page_some_text(json_page *p, str key, str value);
void json_page_some_bool(json_page *p, str key, bool value);
void json_page_some_number(json_page *p, str key, int64_t value);

#endif
