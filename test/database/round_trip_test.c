/*
 * What our DDL makes of a schema, read back from the database, is the schema
 * again: there is nothing left to do.
 */
#include <dirent.h>

#include "database/migrate/plan.h"
#include "database/postgres/pg_ddl.h"
#include "database/postgres/pg_structure.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_structure.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";

enum { ALL_SQL_MAX = 16 * 1024 * 1024 };

typedef struct visitor {
    engine_kind engine;
    postgres_world *world; /* on PostgreSQL */
    size_t count;
} visitor;

static err *read_lite(arena *a, str sql, structure *out) {
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    char *said = NULL;
    if (sqlite3_exec(db, arena_cstr(a, sql), NULL, NULL, &said) != SQLITE_OK)
        return err_new(a, ERR_INVALID, "%s", said);
    return lite_structure_read(a, db, out);
}

/* In a transaction that is undone. */
static err *read_pg(arena *a, const visitor *v, const schema *s, str sql,
                    structure *out) {
    pg_connection *c = v->world->connection;
    TRY(pg_connection_begin(a, c));
    err *e = pg_connection_run(a, c, STR(""), sql);
    if (e == NULL)
        e = pg_structure_read(a, c, s->datasource.schemas,
                              s->datasource.schema_count, out);
    pg_connection_rollback(c);
    return e;
}

/* What the machine lacks is no mistake of ours. */
static bool is_about_extensions(const err *e) {
    return memmem(e->message.ptr, e->message.len, "is not available", 16) !=
               NULL ||
           memmem(e->message.ptr, e->message.len, "geography", 9) != NULL;
}

static void visit(arena *a, visitor *v, const char *path) {
    diag_list diags = {0};
    const schema *s = NULL;
    if (schema_load_file(a, str_of(path), v->engine, &diags, &s) != NULL)
        return;
    CLEANUP(buf_free) buf sql = buf_new(ALL_SQL_MAX);
    const structure *want = structure_of_schema(a, s);
    structure got = {0};
    err *e;
    if (v->engine == ENGINE_SQLITE) {
        lite_ddl_create(a, &sql, want);
        e = read_lite(a, buf_str(&sql), &got);
    } else {
        pg_ddl_create(a, &sql, want);
        e = read_pg(a, v, s, buf_str(&sql), &got);
    }
    if (e != NULL && is_about_extensions(e))
        return;
    expect_ok(e);
    const plan *p = plan_make(a, &got, want, (plan_options){0});
    if (p->step_count > 0)
        fail_msg("%s: %.*s", path, STR_ARG(p->steps[0].title));
    v->count++;
}

static void visit_all(visitor *v) {
    DIR *folder = opendir(FOLDER);
    if (folder == NULL) {
        print_message("skipped: there is no %s here\n", FOLDER);
        skip();
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        visit(a, v, arena_printf(a, "%s/%s", FOLDER, entry->d_name).ptr);
    }
    closedir(folder);
}

static void a_database_of_ours_is_the_schema_on_sqlite(void **state) {
    (void)state;
    visitor v = {.engine = ENGINE_SQLITE};
    visit_all(&v);
    assert_true(v.count > 40);
}

static void a_database_of_ours_is_the_schema_on_postgresql(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE EXTENSION citext;"
                          "CREATE EXTENSION pg_trgm;"
                          "CREATE EXTENSION btree_gin;"
                          "CREATE EXTENSION pgcrypto;"
                          "CREATE EXTENSION ltree;"
                          "CREATE EXTENSION \"uuid-ossp\";"
                          "CREATE DOMAIN ipaddress AS inet");
    visitor v = {.engine = ENGINE_POSTGRESQL, .world = w};
    visit_all(&v);
    assert_true(v.count > 45);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_database_of_ours_is_the_schema_on_sqlite),
        TEST(a_database_of_ours_is_the_schema_on_postgresql),
    };
    return cmocka_run_group_tests_name("database/round_trip", tests, NULL,
                                       NULL);
}
