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

/* Copies the columns; keys are those of their cells. */
static const query_column *choose(arena *a, const query_column *columns,
                                  size_t count, row_column *keys) {
    query_column *chosen = arena_new_array(a, query_column, count);
    memcpy(chosen, columns, count * sizeof *chosen);
    for (size_t i = 0; i < count; i++) {
        if (!can_be_text(&chosen[i]))
            continue;
        chosen[i].derivation = as_text(a, &chosen[i]);
        keys[i].type = SCALAR_STRING;
    }
    return chosen;
}

/* What is lifted from one related row is a column like others. As deep as tables
 * may be embedded. */
static const embed *choose_lifted(arena *a, const embed *embeds, size_t count,
                                  row_column *keys) {
    embed *chosen = arena_new_array(a, embed, count);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        query *q = &chosen[i].query;
        chosen[i] = embeds[i];
        if (chosen[i].is_spread && chosen[i].hop.is_to_one && !q->is_grouped) {
            if (q->column_count > 0)
                q->columns = choose(a, q->columns, q->column_count, keys + at);
            if (q->embed_count > 0)
                q->embeds = choose_lifted(a, q->embeds, q->embed_count,
                                          keys + at + q->column_count);
        }
        at += embed_cell_count(&embeds[i], 1);
    }
    return chosen;
}

void foreign_csv_choose(arena *a, selection *s) {
    if (s->is_grouped || s->key_count == 0)
        return;
    row_column *keys = arena_new_array(a, row_column, s->key_count);
    memcpy(keys, s->keys, s->key_count * sizeof *keys);
    if (s->count > 0)
        s->columns = choose(a, s->columns, s->count, keys);
    if (s->embed_count > 0)
        s->embeds =
            choose_lifted(a, s->embeds, s->embed_count, keys + s->count);
    s->keys = keys;
    s->has_all_columns = false;
}
