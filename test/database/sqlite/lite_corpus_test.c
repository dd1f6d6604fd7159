/* The schemas of real applications: what our DDL makes of them, read back from
 * the file, is the schema again, and needs no closer look. */
#include <dirent.h>

#include "database/migrate/plan.h"
#include "database/sqlite/lite_compare.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_structure.h"
#include "database/sqlite/lite_type.h"
#include "schema/load.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";

enum { ALL_SQL_MAX = 16 * 1024 * 1024 };

/* As it would have been made by the first release: without STRICT and without
 * CHECKs of plain types. */
static const structure *first_of(arena *a, const structure *s) {
    structure *first = arena_new_array(a, structure, 1);
    structure_table *tables =
        arena_new_array(a, structure_table, s->table_count);
    *first = *s;
    first->tables = tables;
    for (size_t i = 0; i < s->table_count; i++) {
        const structure_table *t = &s->tables[i];
        structure_check *checks =
            arena_new_array(a, structure_check, t->check_count);
        tables[i] = *t;
        tables[i].is_strict = false;
        tables[i].checks = checks;
        tables[i].check_count = 0;
        for (size_t k = 0; k < t->check_count; k++)
            if (!lite_type_is_plain_check(&t->checks[k]))
                checks[tables[i].check_count++] = t->checks[k];
    }
    return first;
}

/* False if it is for an engine that is not served. */
static bool check_file(arena *a, const char *path, bool is_first) {
    diag_list diags = {0};
    const schema *s = NULL;
    if (schema_load_file(a, str_of(path), ENGINE_SQLITE, &diags, &s) != NULL)
        return false;
    CLEANUP(buf_free) buf sql = buf_new(ALL_SQL_MAX);
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    const structure *want = structure_of_schema(a, s);
    lite_ddl_create(a, &sql, is_first ? first_of(a, want) : want);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    char *said = NULL;
    if (sqlite3_exec(db, arena_cstr(a, buf_str(&sql)), NULL, NULL, &said) !=
        SQLITE_OK)
        fail_msg("%s: %s", path, said);
    structure got;
    lite_comparison compared;
    expect_ok(lite_structure_read(a, db, &got));
    const plan *p = plan_make(a, &got, want, (plan_options){0});
    if (p->step_count > 0)
        fail_msg("%s: %.*s", path, STR_ARG(p->steps[0].title));
    expect_ok(lite_compare(a, db, s, &compared));
    expect_ok(lite_comparison_error(a, &compared));
    assert_true(compared.is_ours);
    return true;
}

static void check_all(bool is_first) {
    DIR *folder = opendir(FOLDER);
    if (folder == NULL) {
        print_message("skipped: there is no %s here\n", FOLDER);
        skip();
        return;
    }
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        count += check_file(
            a, arena_printf(a, "%s/%s", FOLDER, entry->d_name).ptr, is_first);
    }
    closedir(folder);
    assert_true(count > 40);
}

static void our_ddl_makes_what_the_schema_asks_for(void **state) {
    (void)state;
    check_all(false);
}

static void a_database_of_the_first_release_is_left_as_it_is(void **state) {
    (void)state;
    check_all(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(our_ddl_makes_what_the_schema_asks_for),
        TEST(a_database_of_the_first_release_is_left_as_it_is),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_corpus", tests,
                                       NULL, NULL);
}
