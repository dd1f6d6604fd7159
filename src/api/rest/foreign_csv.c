#include "api/rest/foreign_csv.h"

/* A column as it is, or a computed one; nothing that has been cast. */
static bool can_be_text(const query_column *c) {
    const derivation *d = c->derivation;
    const field *f = query_result(c->field, d);
    bool is_plain = d == NULL || (d->step_count == 0 && d->cast == CAST_NONE);
    return is_plain && f->is_foreign &&
           !str_equal(f->unsupported, STR("boolean"));
}

static const derivation *as_text(arena *a, const query_column *c) {
    derivation *d = arena_new_array(a, derivation, 1);
    if (c->derivation != NULL)
        *d = *c->derivation;
    d->cast = CAST_TEXT;
    d->result = *query_result(c->field, c->derivation);
    d->result.scalar = SCALAR_STRING;
    d->result.unsupported = STR("text");
    d->result.is_foreign = false;
    return d;
}

void foreign_csv_choose(arena *a, selection *s) {
    if (s->is_grouped || s->count == 0)
        return;
    query_column *columns = arena_new_array(a, query_column, s->count);
    row_column *keys = arena_new_array(a, row_column, s->key_count);
    memcpy(columns, s->columns, s->count * sizeof *columns);
    memcpy(keys, s->keys, s->key_count * sizeof *keys);
    for (size_t i = 0; i < s->count; i++) {
        if (!can_be_text(&columns[i]))
            continue;
        columns[i].derivation = as_text(a, &columns[i]);
        keys[i].type = SCALAR_STRING;
    }
    s->columns = columns;
    s->keys = keys;
    s->has_all_columns = false;
}
