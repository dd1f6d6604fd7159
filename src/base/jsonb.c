#include "base/jsonb.h"

#include <stdlib.h>

#include "base/decimal.h"

/* ---- Members ------------------------------------------------------------ */

static int compare_size(size_t x, size_t y) {
    return x < y ? -1 : x > y;
}

static int compare_keys(str x, str y) {
    int order = compare_size(x.len, y.len);
    return order != 0 ? order : str_compare(x, y);
}

static int by_key(const void *x, const void *y) {
    const jsonb_member *m = x;
    const jsonb_member *n = y;
    int order = compare_keys(m->key, n->key);
    return order != 0 ? order : compare_size(m->at, n->at);
}

/* In jsonb's order, the last of each name. */
jsonb_members jsonb_members_of(arena *a, const json *object) {
    jsonb_members m = {.list = arena_new_array(a, jsonb_member, object->count)};
    for (uint32_t i = 0; i < object->count; i++)
        m.list[i] = (jsonb_member){object->keys[i], i, &object->items[i]};
    if (object->count > 0)
        qsort(m.list, object->count, sizeof *m.list, by_key);
    for (uint32_t i = 0; i < object->count; i++) {
        bool is_last = i + 1 == object->count ||
                       !str_equal(m.list[i].key, m.list[i + 1].key);
        if (is_last)
            m.list[m.count++] = m.list[i];
    }
    return m;
}

/* ---- Order -------------------------------------------------------------- */

static int compare(arena *a, const json *x, const json *y);

static const int RANKS[] = {
    [JSON_NULL] = 0, [JSON_STRING] = 1, [JSON_NUMBER] = 2, [JSON_FALSE] = 3,
    [JSON_TRUE] = 4, [JSON_ARRAY] = 5,  [JSON_OBJECT] = 6,
};

static int compare_numbers(arena *a, const json *x, const json *y) {
    str m;
    str n;
    err *e = decimal_parse(a, x->text, &m);
    if (e == NULL)
        e = decimal_parse(a, y->text, &n);
    return e == NULL ? decimal_compare(m, n) : str_compare(x->text, y->text);
}

static int compare_arrays(arena *a, const json *x, const json *y) {
    int order = compare_size(x->count, y->count);
    for (uint32_t i = 0; order == 0 && i < x->count; i++)
        order = compare(a, &x->items[i], &y->items[i]);
    return order;
}

static int compare_objects(arena *a, const json *x, const json *y) {
    jsonb_members m = jsonb_members_of(a, x);
    jsonb_members n = jsonb_members_of(a, y);
    int order = compare_size(m.count, n.count);
    for (size_t i = 0; order == 0 && i < m.count; i++) {
        order = str_compare(m.list[i].key, n.list[i].key);
        if (order == 0)
            order = compare(a, m.list[i].value, n.list[i].value);
    }
    return order;
}

static int compare(arena *a, const json *x, const json *y) {
    if (x->kind != y->kind)
        return RANKS[x->kind] < RANKS[y->kind] ? -1 : 1;
    switch (x->kind) {
    case JSON_STRING:
        return str_compare(x->text, y->text);
    case JSON_NUMBER:
        return compare_numbers(a, x, y);
    case JSON_ARRAY:
        return compare_arrays(a, x, y);
    case JSON_OBJECT:
        return compare_objects(a, x, y);
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        break;
    }
    return 0;
}

static bool is_container(const json *j) {
    return j->kind == JSON_ARRAY || j->kind == JSON_OBJECT;
}

static bool is_empty_array(const json *j) {
    return j->kind == JSON_ARRAY && j->count == 0;
}

/* At the top, an empty array is before all scalars, unlike other arrays. */
int jsonb_compare(arena *a, const json *x, const json *y) {
    if (is_empty_array(x) && !is_container(y))
        return -1;
    if (is_empty_array(y) && !is_container(x))
        return 1;
    return compare(a, x, y);
}

static const json *parse(arena *a, str text) {
    const json *j = NULL;
    return json_parse(a, text, &j) == NULL ? j : NULL;
}

int jsonb_compare_texts(arena *a, str x, str y) {
    const json *m = parse(a, x);
    const json *n = parse(a, y);
    if (m == NULL && n == NULL)
        return str_compare(x, y);
    if (m == NULL || n == NULL)
        return m == NULL ? 1 : -1;
    return jsonb_compare(a, m, n);
}
