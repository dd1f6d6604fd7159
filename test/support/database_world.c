#include "test/support/database_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "database/system_schema.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

/* ---- Life --------------------------------------------------------------- */

void database_world_load(database_world *w, const char *schema_text) {
    diag_list diags = {0};
    engine_kind engine = ENGINE_SQLITE;
    expect_ok(database_engine_of(w->a, w->config.url, &engine));
    expect_ok(schema_load_text(w->a, STR("test.prisma"), str_of(schema_text),
                               engine, &diags, &w->schema));
    expect_ok(system_schema_load(w->a, w->schema, engine, &w->system));
    w->config.system = w->system;
}

database_world *database_world_new(const char *schema_text) {
    arena *a = arena_new();
    database_world *w = arena_new_array(a, database_world, 1);
    w->a = a;
    char name[] = "/tmp/tenon-test-XXXXXX";
    assert_non_null(mkdtemp(name));
    w->folder = arena_copy(a, str_of(name));
    w->file = arena_printf(a, "%s/app.db", name);
    w->config = (database_config){
        .url = arena_printf(a, "file:%.*s", STR_ARG(w->file)),
        .statement_timeout_ms = 10000,
        .read_connections = 3,
    };
    w->loop = loop_new();
    database_world_load(w, schema_text);
    return w;
}

database_world *database_world_at(str url, const char *schema_text) {
    database_world *w = database_world_new("");
    w->config.url = url;
    database_world_load(w, schema_text);
    return w;
}

err *database_world_push(database_world *w, str *report) {
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    err *e = database_push(w->a, &w->config, w->schema, false, &out);
    if (report != NULL)
        *report = arena_copy(w->a, buf_str(&out));
    return e;
}

err *database_world_open(database_world *w) {
    TRY(database_open(w->a, &w->config, w->schema, &w->database));
    return database_session_open(w->a, w->database, w->loop, &w->session);
}

void database_world_begin(const char *schema_text, database_world **out) {
    *out = database_world_new(schema_text);
    expect_ok(database_world_push(*out, NULL));
    expect_ok(database_world_open(*out));
}

void database_world_begin_on(engine_kind engine, const char *schema_text,
                             database_world **out) {
    *out = NULL;
    if (engine == ENGINE_SQLITE) {
        database_world_begin(schema_text, out);
    } else if (getenv("TENON_TEST_POSTGRES") != NULL) {
        arena *a = arena_new();
        postgres_world *postgres = postgres_world_open(a);
        *out = database_world_at(postgres->url, schema_text);
        (*out)->postgres = postgres;
        expect_ok(database_world_push(*out, NULL));
        expect_ok(database_world_open(*out));
    }
}

static char on_postgresql; /* its address */

void *world_postgresql(void) {
    return &on_postgresql;
}

engine_kind world_engine(void **state) {
    return *state == &on_postgresql ? ENGINE_POSTGRESQL : ENGINE_SQLITE;
}

database_world *world_here(void **state) {
    if (*state == NULL)
        skip();
    return *state;
}

void database_world_close(database_world *w) {
    if (w->session != NULL)
        database_session_close(w->session);
    if (w->database != NULL)
        database_close(w->database);
    w->session = NULL;
    w->database = NULL;
}

static void close_postgres(database_world *w) {
    if (w->postgres == NULL)
        return;
    arena *a = w->postgres->a;
    postgres_world_close(&w->postgres);
    arena_free(a);
}

void database_world_free(database_world *w) {
    if (w == NULL)
        return;
    database_world_close(w);
    close_postgres(w);
    loop_free(w->loop);
    static const char *const ENDS[] = {"", "-wal", "-shm", "-journal", ".lock"};
    for (size_t i = 0; i < LENGTH(ENDS); i++)
        unlink(arena_printf(w->a, "%.*s%s", STR_ARG(w->file), ENDS[i]).ptr);
    rmdir(w->folder.ptr);
    arena_free(w->a);
}

typedef struct run {
    fiber_fn fn;
    void *argument;
    err *failure;
} run;

static err *run_body(void *argument) {
    run *r = argument;
    r->failure = r->fn(r->argument);
    return NULL;
}

err *database_world_run(database_world *w, fiber_fn fn, void *argument) {
    run r = {fn, argument, NULL};
    fiber_group group = {.loop = w->loop};
    TRY(fiber_start(w->a, &group, run_body, &r));
    loop_stop(w->loop);
    loop_run(w->loop);
    return r.failure;
}

/* ---- Another connection ------------------------------------------------- */

sqlite3 *database_world_connect(const database_world *w) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(w->file.ptr, &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     NULL),
                     SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    return db;
}

void database_world_sql(const database_world *w, const char *sql) {
    if (w->postgres != NULL) {
        postgres_world_sql(w->postgres, sql);
        return;
    }
    sqlite3 *db = database_world_connect(w);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

str database_world_ask(const database_world *w, const char *sql) {
    if (w->postgres != NULL)
        return postgres_world_ask(w->postgres, sql);
    sqlite3 *db = database_world_connect(w);
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    str answer = STR("no row");
    if (sqlite3_step(row) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(row, 0);
        answer = text != NULL ? arena_copy(w->a, str_of((const char *)text))
                              : STR("null");
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    return answer;
}

/* ---- Trees -------------------------------------------------------------- */

const model *world_model(const database_world *w, const char *table) {
    str name = str_of(table);
    const model *m = schema_find_table(w->schema, name);
    if (m == NULL && str_starts_with(name, STR("tenon_")))
        m = schema_find_table(
            w->system, w->system->engine == ENGINE_SQLITE
                           ? name
                           : str_slice(name, sizeof "tenon_" - 1, name.len));
    assert_non_null(m);
    return m;
}

static const field *find_field(const database_world *w, const model *m,
                               str column) {
    const field *f =
        model_find_column(m->is_system ? w->system : w->schema, m, column);
    assert_non_null(f);
    return f;
}

const field *world_field(const database_world *w, const char *table,
                         const char *column) {
    return find_field(w, world_model(w, table), str_of(column));
}

value value_text(const char *text) {
    return (value){.kind = VALUE_TEXT, .text = str_of(text)};
}

value value_int(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

value value_bool(bool b) {
    return (value){.kind = VALUE_BOOL, .boolean = b};
}

value value_real(double n) {
    return (value){.kind = VALUE_FLOAT, .real = n};
}

value value_null(void) {
    return (value){.kind = VALUE_NULL};
}

value value_default(void) {
    return (value){.kind = VALUE_DEFAULT};
}

filter *world_compare(const database_world *w, const field *f, compare_op op,
                      value v) {
    filter *out = arena_new_array(w->a, filter, 1);
    *out = (filter){.kind = FILTER_COMPARE, .field = f, .op = op, .value = v};
    return out;
}

static size_t find_columns(const database_world *w, const model *m,
                           const char *names, query_column **out) {
    size_t count = 0;
    str rest = str_of(names);
    while (!str_is_empty(rest)) {
        str name = str_split(&rest, ' ');
        query_column c = {.field = find_field(w, m, name), .name = name};
        ARENA_PUSH(w->a, *out, count, c);
    }
    return count;
}

query world_query(const database_world *w, const char *table,
                  const char *columns) {
    query q = {.model = world_model(w, table), .limit = QUERY_NO_LIMIT};
    query_column *found = NULL;
    q.column_count = find_columns(w, q.model, columns, &found);
    q.columns = found;
    return q;
}

static void set_fields(const database_world *w, mutation *m,
                       const char *columns) {
    query_column *found = NULL;
    m->field_count = find_columns(w, m->model, columns, &found);
    const field **fields = arena_new_array(w->a, const field *, m->field_count);
    for (size_t i = 0; i < m->field_count; i++)
        fields[i] = found[i].field;
    m->fields = fields;
}

mutation world_insert(const database_world *w, const char *table,
                      const char *columns, const value *values,
                      size_t row_count) {
    mutation m = {
        .kind = MUTATION_INSERT,
        .model = world_model(w, table),
        .values = values,
        .row_count = row_count,
        .max_rows = MUTATION_ANY_COUNT,
    };
    set_fields(w, &m, columns);
    return m;
}

mutation world_update(const database_world *w, const char *table,
                      const char *columns, const value *values,
                      const filter *where) {
    mutation m = world_insert(w, table, columns, values, 1);
    m.kind = MUTATION_UPDATE;
    m.where = where;
    return m;
}

mutation world_delete(const database_world *w, const char *table,
                      const filter *where) {
    return (mutation){
        .kind = MUTATION_DELETE,
        .model = world_model(w, table),
        .where = where,
        .max_rows = MUTATION_ANY_COUNT,
    };
}

void world_return(const database_world *w, mutation *m, const char *columns) {
    query_column *found = NULL;
    m->returning_count = find_columns(w, m->model, columns, &found);
    m->returning = found;
}

/* ---- Rows as text ------------------------------------------------------- */

static void write_value(buf *out, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
        buf_append(out, STR("null"));
        return;
    case VALUE_DEFAULT:
    case VALUE_CELL:
        buf_append(out, STR("default"));
        return;
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("true") : STR("false"));
        return;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        return;
    case VALUE_FLOAT:
        buf_printf(out, "%.17g", v->real);
        return;
    case VALUE_TEXT:
    case VALUE_BYTES:
        buf_append(out, v->text);
        return;
    }
}

static void write_row(buf *out, const value *values, size_t count) {
    if (out->len > 0)
        buf_append_char(out, ';');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, '|');
        write_value(out, &values[i]);
    }
}

err *world_read(database_world *w, const query *q, str *out, int64_t *total) {
    CLEANUP(buf_free) buf text = buf_new(16 * 1024 * 1024);
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    TRY(database_query(w->session, w->a, q, &rows));
    while (database_rows_next(rows))
        write_row(&text, rows->values, rows->value_count);
    TRY(database_rows_end(rows));
    *out = arena_copy(w->a, buf_str(&text));
    if (total != NULL)
        *total = rows->total;
    return NULL;
}

str world_compact(const database_world *w, str rows) {
    bool is_in_text = false;
    buf out = buf_over(arena_alloc(w->a, rows.len + 1, 1), rows.len + 1);
    for (size_t i = 0; i < rows.len; i++) {
        char c = rows.ptr[i];
        if (c == '"')
            is_in_text = !is_in_text;
        if (is_in_text || (c != ' ' && c != '\n'))
            buf_append_char(&out, c);
    }
    return buf_str(&out);
}

err *world_write(database_world *w, const mutation *m, str *rows,
                 mutation_result *result) {
    mutation_result got = {0};
    TRY(database_mutate(w->session, w->a, m, &got));
    CLEANUP(buf_free) buf text = buf_new(16 * 1024 * 1024);
    for (size_t i = 0; i < got.row_count; i++)
        write_row(&text, got.rows + i * mutation_cell_count(m),
                  mutation_cell_count(m));
    if (rows != NULL)
        *rows = arena_copy(w->a, buf_str(&text));
    if (result != NULL)
        *result = got;
    return NULL;
}
