#include "database/sqlite/lite_json.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/jsonb.h"

enum { TEXT_MAX = 256 * 1024 * 1024 };

static const json *parse(arena *a, str text) {
    const json *j = NULL;
    err *e = json_parse(a, text, &j);
    return e == NULL ? j : NULL;
}

/* ---- Paths -------------------------------------------------------------- */

/* Each step is 'k' and its key or 'i' and its index, and ends in NUL, which no
 * key has. */
str lite_json_make_path(arena *a, const json_step *steps, size_t count) {
    enum { ROOM = 64 }; /* more than an index takes */
    size_t size = ROOM;
    for (size_t i = 0; i < count; i++)
        size += steps[i].key.len + ROOM;
    buf out = buf_over(arena_take(a, size, 1), size);
    for (size_t i = 0; i < count; i++) {
        buf_append_char(&out, steps[i].is_index ? 'i' : 'k');
        if (steps[i].is_index)
            buf_append_int(&out, steps[i].index);
        else
            buf_append(&out, steps[i].key);
        buf_append_char(&out, '\0');
    }
    ASSERT(!out.is_overflown);
    return buf_str(&out);
}

static bool is_container(const json *j) {
    return j->kind == JSON_ARRAY || j->kind == JSON_OBJECT;
}

static const json *element(const json *j, int64_t index) {
    if (j->kind == JSON_OBJECT)
        return NULL;
    bool is_array = is_container(j);
    int64_t count = is_array ? (int64_t)j->count : 1;
    int64_t at = index < 0 ? index + count : index;
    if (at < 0 || at >= count)
        return NULL;
    return is_array ? &j->items[at] : j;
}

static const json *follow(const json *j, str path) {
    while (j != NULL && path.len > 0) {
        str rest = str_split(&path, '\0');
        str kind = str_take(&rest, rest.len > 0);
        int64_t index = 0;
        if (str_equal(kind, STR("k")))
            j = json_find(j, rest);
        else
            j = str_parse_int64(rest, &index) ? element(j, index) : NULL;
    }
    return j;
}

/* ---- Text --------------------------------------------------------------- */

static void write_normal(arena *a, buf *out, const json *j);

static void write_object(arena *a, buf *out, const json *j) {
    jsonb_members m = jsonb_members_of(a, j);
    buf_append_char(out, '{');
    for (size_t i = 0; i < m.count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        json_write_string(out, m.list[i].key);
        buf_append(out, STR(": "));
        write_normal(a, out, m.list[i].value);
    }
    buf_append_char(out, '}');
}

static void write_array(arena *a, buf *out, const json *j) {
    buf_append_char(out, '[');
    for (uint32_t i = 0; i < j->count; i++) {
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        write_normal(a, out, &j->items[i]);
    }
    buf_append_char(out, ']');
}

/* As jsonb keeps it; one with more digits than we count in stays as it is. */
static str number_of(arena *a, const json *j) {
    str plain;
    err *e = decimal_parse(a, j->text, &plain);
    return e == NULL ? plain : j->text;
}

static void write_normal(arena *a, buf *out, const json *j) {
    switch (j->kind) {
    case JSON_OBJECT:
        write_object(a, out, j);
        return;
    case JSON_ARRAY:
        write_array(a, out, j);
        return;
    case JSON_NUMBER:
        buf_append(out, number_of(a, j));
        return;
    case JSON_STRING:
        json_write_string(out, j->text);
        return;
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        buf_append(out, j->text);
        return;
    }
}

static bool print(arena *a, const json *j, str *out) {
    CLEANUP(buf_free) buf text = buf_new(TEXT_MAX);
    write_normal(a, &text, j);
    if (text.is_overflown)
        return false;
    *out = arena_copy(a, buf_str(&text));
    return true;
}

bool lite_json_normalize(arena *a, str text, str *out) {
    const json *j = parse(a, text);
    return j != NULL && print(a, j, out);
}

bool lite_json_get(arena *a, str text, str path, bool is_text, str *out) {
    const json *j = parse(a, text);
    j = j != NULL ? follow(j, path) : NULL;
    if (j == NULL || (is_text && j->kind == JSON_NULL))
        return false;
    if (is_text && j->kind == JSON_STRING) {
        *out = j->text;
        return true;
    }
    return print(a, j, out);
}

/* ---- Containment -------------------------------------------------------- */

static bool contains(arena *a, const json *whole, const json *part);

static bool has_element(arena *a, const json *array, const json *wanted) {
    for (uint32_t i = 0; i < array->count; i++) {
        const json *item = &array->items[i];
        if (item->kind == wanted->kind &&
            (is_container(wanted) ? contains(a, item, wanted)
                                  : jsonb_compare(a, item, wanted) == 0))
            return true;
    }
    return false;
}

static bool contains_all_elements(arena *a, const json *whole,
                                  const json *part) {
    for (uint32_t i = 0; i < part->count; i++)
        if (!has_element(a, whole, &part->items[i]))
            return false;
    return true;
}

static bool contains_all_members(arena *a, const json *whole,
                                 const json *part) {
    jsonb_members m = jsonb_members_of(a, part);
    for (size_t i = 0; i < m.count; i++) {
        const json *got = json_find(whole, m.list[i].key);
        if (got == NULL || !contains(a, got, m.list[i].value))
            return false;
    }
    return true;
}

static bool contains(arena *a, const json *whole, const json *part) {
    if (whole->kind != part->kind)
        return false;
    if (whole->kind == JSON_ARRAY)
        return contains_all_elements(a, whole, part);
    if (whole->kind == JSON_OBJECT)
        return contains_all_members(a, whole, part);
    return jsonb_compare(a, whole, part) == 0;
}

bool lite_json_contains(arena *a, str whole, str part) {
    const json *w = parse(a, whole);
    const json *p = parse(a, part);
    if (w == NULL || p == NULL)
        return false;
    /* An array may contain what is no array, but only at the top. */
    if (w->kind == JSON_ARRAY && !is_container(p))
        return has_element(a, w, p);
    return contains(a, w, p);
}

int lite_json_compare(str x, str y) {
    CLEANUP(arena_release) arena *a = arena_new();
    return jsonb_compare_texts(a, x, y);
}
