/* The schemas of real applications on a real server: what our DDL makes reads
 * back as what the schema asks for. */
#include <dirent.h>
#include <stdlib.h>

#include "database/migrate/plan.h"
#include "database/postgres/pg_ddl.h"
#include "database/postgres/pg_structure.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";
enum { MAX_SQL = 4 * 1024 * 1024 };

/* Of Debian's PostgreSQL. Without postgis, pgvector and a domain of its own
 * three schemas cannot be made. */
static const char EXTENSIONS[] =
    "CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;"
    "CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION pgcrypto;"
    "CREATE EXTENSION ltree";

typedef struct tally {
    size_t equal;
    size_t different;
    size_t skipped;
} tally;

static const structure *wanted(arena *a, str name) {
    str path = arena_printf(a, "%s/%.*s", FOLDER, STR_ARG(name));
    diag_list diags = {0};
    schema_files files;
    engine_kind engine = ENGINE_SQLITE;
    const schema *s = NULL;
    expect_ok(schema_files_read(a, path, &diags, &files));
    if (!schema_files_provider(&files, &engine) || engine != ENGINE_POSTGRESQL)
        return NULL;
    if (schema_load_files(a, &files, engine, &diags, &s) != NULL) {
        print_message("%.*s: %.*s\n", STR_ARG(name),
                      STR_ARG(diags.items[0].message));
        return NULL;
    }
    return structure_of_schema(a, s);
}

static void check_file(arena *a, str name, tally *t) {
    const structure *want = wanted(a, name);
    if (want == NULL)
        return;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(w, EXTENSIONS);
    CLEANUP(buf_free) buf sql = buf_new(MAX_SQL);
    pg_ddl_create(a, &sql, want);
    const err *e = pg_connection_run(a, w->connection, name, buf_str(&sql));
    if (e != NULL) {
        print_message("%.*s\n", STR_ARG(e->message));
        assert_true(e->code == ERR_NOT_FOUND || e->code == ERR_UNSUPPORTED);
        t->skipped++;
        return;
    }
    structure got;
    bool has_schemas = want->schema_count > 1;
    expect_ok(pg_structure_read(a, w->connection, want->schemas,
                                has_schemas ? want->schema_count : 0, &got));
    const plan *p = plan_make(a, &got, want, (plan_options){0});
    *(plan_is_empty(p) ? &t->equal : &t->different) += 1;
    for (size_t i = 0; i < p->step_count; i++)
        print_error("%.*s: %.*s\n", STR_ARG(name), STR_ARG(p->steps[i].title));
}

static void our_ddl_makes_what_the_schema_asks_for(void **state) {
    (void)state;
    DIR *folder = opendir(FOLDER);
    tally t = {0};
    if (folder == NULL || getenv("TENON_TEST_POSTGRES") == NULL) {
        print_message("skipped: no %s, or no server\n", FOLDER);
        if (folder != NULL)
            closedir(folder);
        skip();
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        check_file(a, str_of(entry->d_name), &t);
    }
    closedir(folder);
    print_message("%zu equal, %zu different, %zu could not be made\n", t.equal,
                  t.different, t.skipped);
    assert_true(t.equal > 0);
    assert_int_equal(t.different, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(our_ddl_makes_what_the_schema_asks_for),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_corpus", tests,
                                       NULL, NULL);
}
