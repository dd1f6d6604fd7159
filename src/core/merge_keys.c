#include "core/merge_keys.h"

#include "base/decimal_math.h"
#include "base/map.h"

const size_t *merge_keys_places(arena *a, const mutation *m) {
    size_t *places = arena_new_array(a, size_t, m->conflict_field_count);
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        size_t at = 0;
        while (at < m->field_count && m->fields[at] != m->conflict_fields[i])
            at++;
        if (at == m->field_count)
            return NULL;
        places[i] = at;
    }
    return places;
}

/* With its length, so that no two keys are written alike. */
static void write_text(buf *out, str text) {
    buf_append_uint(out, text.len);
    buf_append_char(out, ' ');
    buf_append(out, text);
}

bool merge_keys_write(buf *out, const field *f, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return false;
    case VALUE_BOOL:
        buf_append_char(out, v->boolean ? 't' : 'f');
        return true;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        break;
    case VALUE_FLOAT:
        buf_printf(out, "%.17g", v->real == 0 ? 0.0 : v->real);
        break;
    case VALUE_TEXT:
        /* 1.50 and 1.5 are one decimal, of which the database keeps one. */
        write_text(out, f->scalar == SCALAR_DECIMAL ? decimal_trim(v->text)
                                                    : v->text);
        return true;
    case VALUE_BYTES:
        write_text(out, v->text);
        return true;
    }
    buf_append_char(out, ' ');
    return true;
}

static bool write_key(buf *out, const mutation *m, const size_t *places,
                      size_t row) {
    const value *cells = &m->values[row * m->field_count];
    buf_clear(out, SIZE_MAX);
    for (size_t i = 0; i < m->conflict_field_count; i++)
        if (!merge_keys_write(out, m->conflict_fields[i], &cells[places[i]]))
            return false;
    return true;
}

static err *refuse(arena *a, size_t first, size_t second) {
    err *e = err_new(a, ERR_AFFECTED_TWICE,
                     "ON CONFLICT DO UPDATE command cannot affect row a second"
                     " time");
    e = err_with_details(e,
                         arena_printf(a, "rows %zu and %zu have the same key",
                                      first + 1, second + 1));
    return err_with_hint(e, STR("name each row once in one request"));
}

err *merge_keys_check(arena *a, const mutation *m) {
    if (m->kind != MUTATION_INSERT || m->on_conflict != CONFLICT_MERGE ||
        m->row_count < 2)
        return NULL;
    const size_t *places = merge_keys_places(a, m);
    if (places == NULL)
        return NULL;
    CLEANUP(buf_free) buf text = buf_new(SIZE_MAX);
    map *rows = map_new(a);
    for (size_t row = 0; row < m->row_count; row++) {
        size_t first;
        if (!write_key(&text, m, places, row))
            continue;
        if (map_find_number(rows, buf_str(&text), &first))
            return refuse(a, first, row);
        map_add_number(rows, arena_copy(a, buf_str(&text)), row);
    }
    return NULL;
}
