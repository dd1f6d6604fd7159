#include "database/postgres/pg_settle.h"

#include "database/sql.h"
#include "database/structure_spelling.h"

typedef struct settling {
    arena *a;
    pg_connection *connection;
    const structure *have;
    str path; /* the search path with which have was read */
} settling;

/* ---- Asking ------------------------------------------------------------- */

/* The names in the default are found with the connection's own path. What is
 * set is undone with the savepoint. */
static err *make_and_look(const settling *s, const structure_column *have,
                          const structure_column *want, pg_rows *out) {
    str create = arena_printf(
        s->a, "CREATE TEMPORARY TABLE tenon_settle (c %.*s DEFAULT %.*s)",
        STR_ARG(have->type), STR_ARG(want->default_sql));
    /* As a query: one statement, whatever the schema's text says. */
    TRY(pg_connection_query(s->a, s->connection, create, NULL, 0, out));
    TRY(pg_connection_query(s->a, s->connection,
                            STR("SELECT set_config('search_path', $1, true)"),
                            &s->path, 1, out));
    return pg_connection_query(
        s->a, s->connection,
        STR("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef"
            " WHERE adrelid = 'pg_temp.tenon_settle'::regclass"),
        NULL, 0, out);
}

/* What the server makes of want's default, or empty if it refuses it. */
static err *ask(const settling *s, const structure_column *have,
                const structure_column *want, str *out) {
    pg_rows rows = {0};
    TRY(pg_connection_run(s->a, s->connection, STR(""),
                          STR("SAVEPOINT tenon_settle")));
    err *e = make_and_look(s, have, want, &rows);
    *out =
        e == NULL && rows.row_count == 1 ? pg_rows_cell(&rows, 0, 0) : (str){0};
    return pg_connection_run(s->a, s->connection, STR(""),
                             STR("ROLLBACK TO tenon_settle;"
                                 "RELEASE tenon_settle"));
}

/* ---- Looking through a structure ---------------------------------------- */

/* The column that want's may be spelt like, or NULL. */
static const structure_column *in_question(const settling *s,
                                           const structure_table *t,
                                           const structure_column *want) {
    const structure_table *have =
        structure_find_table(s->have, t->schema, t->name);
    const structure_column *x =
        have != NULL ? structure_find_column(have, want->name) : NULL;
    if (x == NULL || x->default_kind != COLUMN_EXPRESSION ||
        want->default_kind != COLUMN_EXPRESSION ||
        !structure_is_same_type(s->a, ENGINE_POSTGRESQL, x, want) ||
        structure_is_same_default(s->a, x, want))
        return NULL;
    return x;
}

static bool has_question(const settling *s, const structure *want) {
    for (size_t i = 0; i < want->table_count; i++) {
        const structure_table *t = &want->tables[i];
        for (size_t k = 0; k < t->column_count; k++)
            if (in_question(s, t, &t->columns[k]) != NULL)
                return true;
    }
    return false;
}

static err *settle_table(const settling *s, structure_table *t) {
    structure_column *columns =
        arena_new_array(s->a, structure_column, t->column_count);
    for (size_t i = 0; i < t->column_count; i++) {
        columns[i] = t->columns[i];
        const structure_column *have = in_question(s, t, &columns[i]);
        str made = {0};
        if (have != NULL)
            TRY(ask(s, have, &columns[i], &made));
        if (have != NULL && str_equal(made, have->default_sql))
            columns[i].default_sql = have->default_sql;
    }
    t->columns = columns;
    return NULL;
}

static err *settle_all(const settling *s, const structure *want,
                       const structure **out) {
    structure_table *tables =
        arena_new_array(s->a, structure_table, want->table_count);
    structure *copy = arena_new_array(s->a, structure, 1);
    for (size_t i = 0; i < want->table_count; i++) {
        tables[i] = want->tables[i];
        TRY(settle_table(s, &tables[i]));
    }
    *copy = *want;
    copy->tables = tables;
    *out = copy;
    return NULL;
}

err *pg_settle_defaults(arena *a, pg_connection *c, const structure *have,
                        const structure *want, const structure **out) {
    settling s = {.a = a, .connection = c, .have = have};
    *out = want;
    if (!has_question(&s, want))
        return NULL;
    CLEANUP(buf_free) buf path = buf_new(SQL_MAX);
    sql_write_name(&path, pg_connection_schema(c));
    s.path = arena_copy(a, buf_str(&path));
    if (pg_connection_is_in_transaction(c))
        return settle_all(&s, want, out);
    TRY(pg_connection_begin(a, c));
    err *e = settle_all(&s, want, out);
    pg_connection_rollback(c);
    return e;
}
