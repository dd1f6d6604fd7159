#include "test/support/statement_world.h"

#include "base/json.h"
#include "database/postgres/pg_change.h"
#include "database/postgres/pg_ddl.h"
#include "database/postgres/pg_error.h"
#include "database/postgres/pg_form.h"
#include "database/postgres/pg_select.h"
#include "database/row_json.h"
#include "database/sql.h"
#include "schema/load.h"
#include "test/support/test.h"

struct statement_connection {
    pg_library pq;
    PGconn *pg;
};

/* ---- Life --------------------------------------------------------------- */

static statement_connection *connect(const postgres_world *p) {
    statement_connection *c = arena_new_array(p->a, statement_connection, 1);
    expect_ok(pg_library_load(p->a, &c->pq));
    const char *keywords[] = {"dbname", "options", NULL};
    const char *values[] = {
        arena_cstr(p->a, p->url),
        "-c TimeZone=UTC -c DateStyle=ISO"
        " -c bytea_output=hex -c extra_float_digits=1 -c jit=off",
        NULL};
    c->pg = c->pq.PQconnectdbParams(keywords, values, 1);
    if (c->pq.PQstatus(c->pg) != CONNECTION_OK)
        fail_msg("%s", c->pq.PQerrorMessage(c->pg));
    return c;
}

statement_world *statement_world_open_schema(arena *a, const schema *s) {
    statement_world *w = arena_new_array(a, statement_world, 1);
    w->a = a;
    w->postgres = postgres_world_open(a);
    w->trees = (database_world){.a = a, .schema = s};
    CLEANUP(buf_free) buf sql = buf_new(1024 * 1024);
    const structure *all = structure_of_schema(a, s);
    pg_ddl_create(a, &sql, all);
    postgres_world_sql(w->postgres, arena_cstr(a, buf_str(&sql)));
    w->connection = connect(w->postgres);
    return w;
}

statement_world *statement_world_open(arena *a, const char *schema_text) {
    const schema *s = NULL;
    diag_list diags = {0};
    expect_ok(schema_load_text(a, STR("test.prisma"), str_of(schema_text),
                               ENGINE_POSTGRESQL, &diags, &s));
    return statement_world_open_schema(a, s);
}

void statement_world_close(statement_world **world) {
    statement_world *w = *world;
    if (w == NULL)
        return;
    w->connection->pq.PQfinish(w->connection->pg);
    postgres_world_close(&w->postgres);
}

/* ---- Statements --------------------------------------------------------- */

static err *check(statement_world *w, const PGresult *r, str sql) {
    const pg_library *pq = &w->connection->pq;
    ExecStatusType status = pq->PQresultStatus(r);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return NULL;
    pg_running running = {.sql = sql};
    return err_wrap(w->a, pg_error_of(w->a, pq, r, &running), "%.*s",
                    STR_ARG(sql));
}

static err *run(statement_world *w, str sql, const pg_arguments *arguments,
                PGresult **out) {
    statement_connection *c = w->connection;
    int count = (int)arguments->count;
    if (!c->pq.PQsendQueryParams(c->pg, arena_cstr(w->a, sql), count, NULL,
                                 arguments->values, arguments->lengths,
                                 arguments->formats, 0))
        fail_msg("%s", c->pq.PQerrorMessage(c->pg));
    PGresult *last = NULL;
    for (PGresult *r; (r = c->pq.PQgetResult(c->pg)) != NULL;) {
        c->pq.PQclear(last);
        last = r;
    }
    err *e = check(w, last, sql);
    if (e != NULL) {
        c->pq.PQclear(last);
        last = NULL;
    }
    *out = last;
    return e;
}

err *statement_world_prepare(statement_world *w, str sql) {
    static const pg_arguments NONE = {0};
    str prepare = arena_printf(w->a, "PREPARE it AS %.*s", STR_ARG(sql));
    PGresult *r = NULL;
    err *e = run(w, prepare, &NONE, &r);
    w->connection->pq.PQclear(r);
    if (e != NULL)
        return e;
    e = run(w, STR("DEALLOCATE it"), &NONE, &r);
    w->connection->pq.PQclear(r);
    return e;
}

static str take_text(statement_world *w, buf *sql) {
    assert_false(sql->is_overflown);
    return arena_copy(w->a, buf_str(sql));
}

str statement_world_select_sql(statement_world *w, const query *q) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    pg_select_write(&sql, q);
    return take_text(w, &sql);
}

str statement_world_change_sql(statement_world *w, const mutation *m) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    pg_change_write(&sql, m);
    return take_text(w, &sql);
}

/* ---- Rows as JSON ------------------------------------------------------- */

typedef struct cell_columns {
    row_column *shape;
    size_t count;
} cell_columns;

static void push_column(statement_world *w, cell_columns *c, str name,
                        scalar_type type) {
    row_column column = {.key = row_json_make_key(w->a, name), .type = type};
    ARENA_PUSH(w->a, c->shape, c->count, column);
}

static void push_cells(statement_world *w, cell_columns *c,
                       const query_column *of, size_t count,
                       const embed *embeds, size_t embed_count, bool is_json) {
    for (size_t i = 0; i < count; i++) {
        const field *f = query_result(of[i].field, of[i].derivation);
        push_column(w, c, of[i].name,
                    f->is_list || is_json ? SCALAR_JSON : f->scalar);
    }
    for (size_t i = 0; i < embed_count; i++) {
        const query *q = &embeds[i].query;
        if (embeds[i].is_spread)
            push_cells(w, c, q->columns, q->column_count, q->embeds,
                       q->embed_count, is_json || !embeds[i].hop.is_to_one);
        else
            push_column(w, c, embeds[i].name, SCALAR_JSON);
    }
}

static void read_cells(statement_world *w, const PGresult *r, int row,
                       int first, size_t count, const pg_form *forms,
                       value *out) {
    const pg_library *pq = &w->connection->pq;
    for (size_t i = 0; i < count; i++) {
        int column = first + (int)i;
        out[i] = (value){.kind = VALUE_NULL};
        if (!pq->PQgetisnull(r, row, column))
            expect_ok(
                pg_form_read(w->a, forms[i], pq->PQgetvalue(r, row, column),
                             (size_t)pq->PQgetlength(r, row, column), &out[i]));
    }
}

static void write_row(buf *out, const cell_columns *c, const value *values) {
    row_shape shape = {c->shape, c->count, false};
    row_json_write(out, &shape, values);
}

err *statement_world_try_read(statement_world *w, const query *q, str *out) {
    cell_columns c = {0};
    push_cells(w, &c, q->columns, q->column_count, q->embeds, q->embed_count,
               false);
    pg_form *forms = arena_new_array(w->a, pg_form, c.count + 1);
    value *values = arena_new_array(w->a, value, c.count + 1);
    pg_form_of_query(q, forms);
    pg_arguments arguments = {0};
    TRY(pg_select_bind(w->a, &arguments, q));
    PGresult *r = NULL;
    TRY(run(w, statement_world_select_sql(w, q), &arguments, &r));
    CLEANUP(buf_free) buf text = buf_new(64 * 1024 * 1024);
    for (int i = 0; i < w->connection->pq.PQntuples(r); i++) {
        read_cells(w, r, i, 0, c.count, forms, values);
        buf_append(&text, i > 0 ? STR(";") : STR(""));
        write_row(&text, &c, values);
    }
    w->connection->pq.PQclear(r);
    *out = take_text(w, &text);
    return NULL;
}

str statement_world_read(statement_world *w, const query *q) {
    str out = {0};
    expect_ok(statement_world_try_read(w, q, &out));
    return out;
}

str statement_world_plan(statement_world *w, const query *q) {
    const pg_library *pq = &w->connection->pq;
    pg_arguments arguments = {0};
    PGresult *r = NULL;
    expect_ok(run(w, STR("SET enable_seqscan = off"), &arguments, &r));
    pq->PQclear(r);
    expect_ok(pg_select_bind(w->a, &arguments, q));
    str sql = statement_world_select_sql(w, q);
    sql = arena_printf(w->a, "EXPLAIN %.*s", STR_ARG(sql));
    expect_ok(run(w, sql, &arguments, &r));
    str plan = {0};
    for (int i = 0; i < pq->PQntuples(r); i++)
        plan = arena_printf(w->a, "%.*s%s\n", STR_ARG(plan),
                            pq->PQgetvalue(r, i, 0));
    pq->PQclear(r);
    return plan;
}

int64_t statement_world_count(statement_world *w, const query *q) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    pg_count_write(&sql, q);
    pg_arguments arguments = {0};
    expect_ok(pg_count_bind(w->a, &arguments, q));
    PGresult *r = NULL;
    expect_ok(run(w, take_text(w, &sql), &arguments, &r));
    int64_t total = -1;
    expect_ok(pg_count_read(
        w->a, q->total,
        arena_copy(w->a, str_of(w->connection->pq.PQgetvalue(r, 0, 0))),
        &total));
    w->connection->pq.PQclear(r);
    return total;
}

/* ---- Writes ------------------------------------------------------------- */

static err *write_part(statement_world *w, const mutation *m, buf *text) {
    cell_columns shown = {0};
    cell_columns judged = {0};
    push_cells(w, &shown, m->returning, m->returning_count, m->embeds,
               m->embed_count, false);
    push_cells(w, &judged, m->judged, m->judged_count, NULL, 0, false);
    size_t count = pg_change_column_count(m);
    pg_form *forms = arena_new_array(w->a, pg_form, count + 1);
    value *values = arena_new_array(w->a, value, count + 1);
    pg_form_of_columns(m->returning, m->returning_count, m->embeds,
                       m->embed_count, forms);
    pg_form_of_columns(m->judged, m->judged_count, NULL, 0,
                       forms + shown.count);
    if (count > shown.count + judged.count)
        forms[count - 1] = PG_BOOLEAN;
    pg_arguments arguments = {0};
    TRY(pg_change_bind(w->a, &arguments, m));
    PGresult *r = NULL;
    TRY(run(w, statement_world_change_sql(w, m), &arguments, &r));
    const pg_library *pq = &w->connection->pq;
    assert_int_equal((size_t)pq->PQnfields(r), count);
    for (int i = 0; i < pq->PQntuples(r); i++) {
        read_cells(w, r, i, 0, count, forms, values);
        buf_append(text, text->len > 0 ? STR(";") : STR(""));
        write_row(text, &shown, values);
        if (judged.count > 0)
            write_row(text, &judged, values + shown.count);
        if (count > shown.count + judged.count)
            buf_append(text,
                       values[count - 1].boolean ? STR(" new") : STR(" old"));
    }
    pq->PQclear(r);
    return NULL;
}

err *statement_world_try_write(statement_world *w, const mutation *m,
                               str *out) {
    CLEANUP(buf_free) buf text = buf_new(64 * 1024 * 1024);
    if (m->kind != MUTATION_INSERT) {
        TRY(write_part(w, m, &text));
    } else {
        for (size_t i = 0; i < m->row_count;) {
            mutation part = pg_change_part(m, i);
            TRY(write_part(w, &part, &text));
            i += part.row_count;
        }
    }
    *out = take_text(w, &text);
    return NULL;
}

str statement_world_write(statement_world *w, const mutation *m) {
    str out = {0};
    expect_ok(statement_world_try_write(w, m, &out));
    return out;
}

/* ---- Trees of relations ------------------------------------------------- */

hop world_hop(const model *m, const char *relation_field) {
    const field *f = model_find_field(m, str_of(relation_field));
    assert_non_null(f);
    const relation *r = f->relation;
    bool is_child = f == r->child_field;
    hop h = {.relation = r, .kind = is_child ? HOP_TO_PARENT : HOP_TO_CHILD};
    h.is_to_one = is_child || r->kind == RELATION_ONE_TO_ONE;
    if (r->kind == RELATION_MANY_TO_MANY)
        h = (hop){.kind = HOP_JOIN_TABLE, .is_from_a = is_child, .relation = r};
    return h;
}

embed world_embed(const statement_world *w, const model *m,
                  const char *relation_field, const char *columns) {
    const relation *r = model_find_field(m, str_of(relation_field))->relation;
    hop h = world_hop(m, relation_field);
    bool is_to_child =
        h.kind == HOP_TO_CHILD || (h.kind == HOP_JOIN_TABLE && !h.is_from_a);
    const model *target = is_to_child ? r->child : r->parent;
    return (embed){
        .hop = h,
        .query =
            world_query(&w->trees, arena_cstr(w->a, target->table), columns),
        .name = str_of(relation_field),
    };
}
