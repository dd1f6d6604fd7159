#include "test/support/hook_world.h"

#include "test/support/test.h"

#define OPEN "  @@allow('all', true)\n"

const char HOOK_WORLD_SCHEMA[] =
    "model Task {\n  id Int @id\n  title String @length(1, 20) @trim\n"
    "  points Int?\n  secret String? @sensitive\n  note String?\n"
    "  updated DateTime @updatedAt @map(\"updated_at\")\n"
    "  @@map(\"task\")\n" OPEN "}\n"
    "model Pair {\n  a String\n  b Int\n  title String\n  points Int?\n"
    "  @@id([a, b])\n  @@map(\"pair\")\n" OPEN "}\n"
    "model Item {\n  id Int @id\n  title String\n  code String?\n"
    "  gone DateTime?\n  @@softDelete(gone)\n  @@unique([code])\n"
    "  @@map(\"item\")\n" OPEN "}\n"
    "model Plain {\n  id Int @id\n  title String\n  @@map(\"plain\")\n" OPEN
    "}\n";

/* ---- The hook ----------------------------------------------------------- */

static bool has(const hook_source *self, const model *m, hook_action action,
                hook_time time) {
    const hook_world *w = ((const hook_world_source *)self)->world;
    bool has_it =
        time == HOOK_AFTER ? w->has_after[action] : !w->is_without[action];
    return has_it && !str_equal(m->table, STR("plain"));
}

static size_t column_of(const model *m, const char *column) {
    for (size_t i = 0; i < m->column_count; i++) {
        if (str_equal(m->columns[i]->column, str_of(column)))
            return i;
    }
    return SIZE_MAX;
}

value *hook_world_cell(const hook_batch *batch, size_t row,
                       const char *column) {
    return &batch->rows[row].after[column_of(batch->model, column)];
}

const value *hook_world_before(const hook_batch *batch, size_t row,
                               const char *column) {
    return &batch->rows[row].before[column_of(batch->model, column)];
}

static void log_title(hook_world *w, const value *cells, const model *m) {
    const value *v = &cells[column_of(m, "title")];
    buf_append(&w->log, v->kind == VALUE_TEXT ? v->text : STR("?"));
}

static void log_batch(hook_world *w, const hook_batch *batch) {
    static const char *const ACTIONS[] = {"create", "update", "delete", "read"};
    buf_printf(&w->log, "%s%s %.*s", w->log.len > 0 ? "; " : "",
               ACTIONS[batch->action], STR_ARG(batch->model->table));
    if (batch->row_count > 5) {
        buf_printf(&w->log, " %zu", batch->row_count);
        return;
    }
    for (size_t i = 0; i < batch->row_count; i++) {
        const hook_row *row = &batch->rows[i];
        buf_append(&w->log, STR(" ("));
        if (row->before != NULL)
            log_title(w, row->before, batch->model);
        if (row->before != NULL && row->after != NULL)
            buf_append(&w->log, STR("->"));
        if (row->after != NULL)
            log_title(w, row->after, batch->model);
        buf_append(&w->log, STR(")"));
    }
}

static err *run(const hook_source *self, const caller *c, hook_batch *batch) {
    hook_world *w = ((const hook_world_source *)self)->world;
    w->call_count++;
    log_batch(w, batch);
    return w->on != NULL ? w->on(w, c, batch) : NULL;
}

/* ---- Life --------------------------------------------------------------- */

int hook_world_setup(void **state) {
    database_world *made;
    database_world_begin_on(world_engine(state), HOOK_WORLD_SCHEMA, &made);
    *state = NULL;
    if (made == NULL)
        return 0;
    hook_world *w = arena_new_array(made->a, hook_world, 1);
    w->source = (hook_world_source){{.has = has, .run = run}, w};
    w->sources[0] = &w->source.base;
    w->is_without[HOOK_READ] = true;
    w->database = made;
    w->app = (app){.schema = made->schema,
                   .system = made->system,
                   .database = made->database,
                   .max_rows = QUERY_NO_LIMIT,
                   .hooks = w->sources,
                   .hook_source_count = 1};
    id_source_init(&w->ids, rand_seeded(1));
    w->caller = (caller){.app = &w->app,
                         .session = made->session,
                         .arena = made->a,
                         .ids = &w->ids};
    w->log = buf_new(1024 * 1024);
    *state = w;
    return 0;
}

int hook_world_setup_recorded(void **state) {
    hook_world_setup(state);
    hook_world *w = *state;
    if (w != NULL && w->database->postgres != NULL) {
        w->database->config.protection.has_guards = true;
        expect_ok(database_world_push(w->database, NULL));
    }
    return 0;
}

int hook_world_teardown(void **state) {
    hook_world *w = *state;
    if (w == NULL)
        return 0;
    buf_free(&w->log);
    database_world_free(w->database);
    return 0;
}

hook_world *hook_world_here(void **state) {
    return (hook_world *)world_here(state);
}

/* ---- Writes ------------------------------------------------------------- */

typedef struct writing {
    hook_world *w;
    const mutation *const *mutations;
    size_t count;
    mutation_result *results;
} writing;

static err *write_one(void *argument) {
    writing *x = argument;
    return mutation_engine_run(&x->w->caller, x->mutations[0], x->results);
}

static err *write_several(void *argument) {
    writing *x = argument;
    return mutation_engine_run_all(&x->w->caller, x->mutations, x->count,
                                   x->results, &x->w->failed_at);
}

err *hook_world_write(hook_world *w, const mutation *m) {
    writing x = {w, &m, 1, &w->result};
    return database_world_run(w->database, write_one, &x);
}

err *hook_world_write_all(hook_world *w, const mutation *const *m, size_t count,
                          mutation_result *results) {
    writing x = {w, m, count, results};
    return database_world_run(w->database, write_several, &x);
}

err *hook_world_interfere(hook_world *w, const mutation *m) {
    mutation_result result;
    app plain = w->app;
    caller other = w->caller;
    plain.hook_source_count = 0;
    other.app = &plain;
    return mutation_engine_run(&other, m, &result);
}

str hook_world_log(hook_world *w) {
    str text = arena_copy(w->database->a, buf_str(&w->log));
    buf_clear(&w->log, SIZE_MAX);
    return text;
}

typedef struct reading {
    hook_world *w;
    query q;
    str rows;
} reading;

static err *read_rows(void *argument) {
    reading *x = argument;
    return world_read(x->w->database, &x->q, &x->rows, NULL);
}

str hook_world_rows(hook_world *w, const char *table, const char *columns) {
    reading x = {.w = w, .q = world_query(w->database, table, columns)};
    query_order *order = arena_new_array(w->database->a, query_order, 2);
    const key *k = model_identity(x.q.model);
    for (size_t i = 0; i < k->field_count; i++)
        order[i] = (query_order){.field = k->fields[i]};
    x.q.order = order;
    x.q.order_count = k->field_count;
    expect_ok(database_world_run(w->database, read_rows, &x));
    return x.rows;
}
