#include "test/support/fake_engine.h"

#include "test/support/tasks.h"
#include "test/support/test.h"

static err *remember_query(database_session *s, arena *a, const query *q,
                           database_rows **out) {
    fake_engine *e = CONTAINER_OF(s, fake_engine, session);
    engine_rows *rows = arena_new_array(a, engine_rows, 1);
    rows->engine = s->engine;
    e->query_count++;
    e->query = *q;
    *out = &rows->rows;
    return NULL;
}

static bool no_row(database_rows *rows) {
    (void)rows;
    return false;
}

static err *no_failure(database_rows *rows) {
    (void)rows;
    return NULL;
}

static err *remember_mutations(database_session *s, arena *a,
                               const mutation *const *mutations, size_t count,
                               receipt *once, mutation_result *results,
                               size_t *failed_at) {
    (void)a;
    (void)once;
    (void)failed_at;
    fake_engine *e = CONTAINER_OF(s, fake_engine, session);
    for (size_t i = 0; i < count; i++) {
        e->mutation_count++;
        e->mutation = *mutations[i];
        results[i] = (mutation_result){
            .affected = (int64_t)mutations[i]->row_count,
        };
    }
    return NULL;
}

static const engine FAKE = {
    .query = remember_query,
    .rows_next = no_row,
    .rows_end = no_failure,
    .mutate = remember_mutations,
};

fake_engine *fake_engine_new(arena *a) {
    return fake_engine_over(a, tasks_schema(a));
}

fake_engine *fake_engine_over(arena *a, const schema *s) {
    fake_engine *e = arena_new_array(a, fake_engine, 1);
    e->session.engine = &FAKE;
    e->clock.wall_us = INT64_C(1706702400123000);
    e->app = (app){
        .schema = s,
        .max_rows = QUERY_NO_LIMIT,
        .clock = &e->clock,
    };
    id_source_init(&e->ids, rand_seeded(1));
    e->caller = (caller){
        .app = &e->app,
        .session = &e->session,
        .arena = a,
        .ids = &e->ids,
    };
    return e;
}

const field *fake_engine_field(const fake_engine *e, const char *table,
                               const char *column) {
    const schema *s = e->app.schema;
    const field *f = model_find_column(s, schema_find_table(s, str_of(table)),
                                       str_of(column));
    assert_non_null(f);
    return f;
}

str fake_engine_print_rows(arena *a, const fake_engine *e) {
    const mutation *m = &e->mutation;
    str text = {0};
    for (size_t i = 0; i < m->row_count * m->field_count; i++) {
        const char *before = i == 0 ? "" : i % m->field_count ? " " : "; ";
        str cell = tasks_print_value(a, &m->values[i]);
        text = arena_printf(a, "%.*s%s%.*s=%.*s", STR_ARG(text), before,
                            STR_ARG(m->fields[i % m->field_count]->column),
                            STR_ARG(cell));
    }
    return text;
}
