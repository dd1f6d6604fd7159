#include "core/hooked_ahead.h"

/* Who asks, and for what. */
typedef struct ahead {
    const mutation_set *before;
    const mutation *m;
} ahead;

static err *refuse(const ahead *h) {
    return err_with_hint(
        err_new(h->before->caller->arena, ERR_UNSUPPORTED,
                "hooks of \"%.*s\" cannot see rows that are found by what the "
                "same request writes before",
                STR_ARG(h->m->model->table)),
        STR("write them in a request of their own"));
}

static bool finds_rows(const mutation *from) {
    return from->kind == MUTATION_UPDATE || from->kind == MUTATION_DELETE;
}

/* Of an update, what it sets the column to. */
static const value *find_set(const mutation *from, const field *f, size_t *at) {
    for (*at = 0; from->kind == MUTATION_UPDATE && *at < from->field_count;
         (*at)++) {
        if (from->fields[*at] == f)
            return &from->values[*at];
    }
    return NULL;
}

/* Of the row that it finds; of several there is no saying which it is. */
static err *read_cell(const ahead *h, const mutation *from,
                      const query_column *column, value *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const caller *c = h->before->caller;
    query *q = arena_new_array(c->arena, query, 1);
    size_t count = 0;
    *q = (query){.model = from->model,
                 .columns = column,
                 .column_count = 1,
                 .limit = 2,
                 .scope = c->scope};
    *out = (value){.kind = VALUE_NULL};
    TRY(hooked_ahead_where(h->before, from, &q->where));
    TRY(database_query(c->session, c->arena, q, &rows));
    while (database_rows_next(rows)) {
        *out = rows->values[0];
        if (out->kind == VALUE_TEXT || out->kind == VALUE_BYTES)
            out->text = arena_copy(c->arena, out->text);
        count++;
    }
    TRY(database_rows_end(rows));
    return count > 1 ? refuse(h) : NULL;
}

static err *find_cell(const void *context, arena *a, value_cell cell,
                      value *out) {
    const ahead *h = context;
    const mutation *from = h->before->ready[cell.mutation].m;
    const query_column *column = &from->returning[cell.column];
    size_t at;
    (void)a;
    *out = (value){.kind = VALUE_NULL};
    if (!finds_rows(from))
        return from->on_conflict == CONFLICT_FAIL ? NULL : refuse(h);
    if (cell.column >= from->returning_count || column->derivation != NULL ||
        cell.row > 0)
        return refuse(h);
    const value *set = find_set(from, column->field, &at);
    if (set == NULL)
        return read_cell(h, from, column, out);
    if (set->kind == VALUE_CELL || mutation_operator(from, at) != RELATIVE_SET)
        return refuse(h);
    *out = *set;
    return NULL;
}

err *hooked_ahead_where(const mutation_set *before, const mutation *m,
                        const filter **out) {
    const ahead h = {before, m};
    mutation found = {
        .model = m->model, .where = m->where, .refers_back = m->refers_back};
    if (found.refers_back)
        TRY(mutation_replace_cells(before->caller->arena, &found, find_cell,
                                   &h));
    *out = found.where;
    return NULL;
}
