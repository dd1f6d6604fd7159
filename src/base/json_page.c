#include "base/json_page.h"

#include <inttypes.h>

#include "base/json.h"

static void begin_line(json_page *p) {
    buf_append_char(p->out, '\n');
    for (size_t i = 0; i < p->depth; i++)
        buf_append(p->out, STR("  "));
}

static void begin(json_page *p, str key) {
    if (p->has_item)
        buf_append_char(p->out, ',');
    if (p->depth > 0)
        begin_line(p);
    p->has_item = true;
    if (str_is_empty(key))
        return;
    json_write_string(p->out, key);
    buf_append(p->out, STR(": "));
}

void json_page_open(json_page *p, str key, char bracket) {
    begin(p, key);
    buf_append_char(p->out, bracket);
    p->depth++;
    p->has_item = false;
}

void json_page_close(json_page *p, char bracket) {
    p->depth--;
    if (p->has_item)
        begin_line(p);
    buf_append_char(p->out, bracket);
    p->has_item = true;
    if (p->depth == 0)
        buf_append_char(p->out, '\n');
}

void json_page_text(json_page *p, str key, str value) {
    begin(p, key);
    json_write_string(p->out, value);
}

void json_page_bool(json_page *p, str key, bool value) {
    json_page_raw(p, key, value ? STR("true") : STR("false"));
}

void json_page_number(json_page *p, str key, int64_t value) {
    begin(p, key);
    buf_printf(p->out, "%" PRId64, value);
}

void json_page_raw(json_page *p, str key, str source) {
    begin(p, key);
    buf_append(p->out, source);
}

void json_page_some_text(json_page *p, str key, str value) {
    if (!str_is_empty(value))
        json_page_text(p, key, value);
}

void json_page_some_bool(json_page *p, str key, bool value) {
    if (value)
        json_page_bool(p, key, value);
}

void json_page_some_number(json_page *p, str key, int64_t value) {
    if (value != 0)
        json_page_number(p, key, value);
}
