#include "database/migrate/migration.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "test/support/test.h"

static str new_folder(arena *a) {
    char path[] = "/tmp/tenon-migration-XXXXXX";
    assert_non_null(mkdtemp(path));
    return arena_copy(a, str_of(path));
}

static void lies_beside_the_schema(void **state) {
    arena *a = *state;
    static const struct {
        str schema;
        str folder;
    } CASES[] = {
        {STR_INIT("schema.prisma"), STR_INIT("migrations")},
        {STR_INIT("app/schema.prisma"), STR_INIT("app/migrations")},
        {STR_INIT("/srv/app/schema/"), STR_INIT("/srv/app/migrations")},
        {STR_INIT("schema"), STR_INIT("migrations")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(migration_folder(a, CASES[i].schema), CASES[i].folder);
}

static void names_say_when_and_what(void **state) {
    arena *a = *state;
    static const struct {
        const char *newest; /* or NULL */
        str title;
        str name;
    } CASES[] = {
        {NULL, STR_INIT("Add age!"), STR_INIT("20231114221320_add_age")},
        {NULL, STR_INIT("--A  b\xC3\xA9 2--"),
         STR_INIT("20231114221320_a_b_2")},
        {"20230101000000_x", STR_INIT("y"), STR_INIT("20231114221320_y")},
        /* Behind what is there, whatever the clock says. */
        {"20231114221320_x", STR_INIT("y"), STR_INIT("20231114221321_y")},
        {"20990101000000_x", STR_INIT("y"), STR_INIT("20990101000001_y")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        migration newest = {.name = str_of(CASES[i].newest)};
        migration_list l = {.items = &newest,
                            .count = CASES[i].newest != NULL ? 1 : 0};
        str name = {0};
        expect_ok(migration_name(a, &l, INT64_C(1700000000000), CASES[i].title,
                                 &name));
        expect_str(name, CASES[i].name);
    }
}

static void names_need_a_letter(void **state) {
    arena *a = *state;
    migration_list l = {0};
    str name;
    expect_err(migration_name(a, &l, 0, STR("--"), &name), ERR_INVALID,
               STR("a migration's name needs a letter or a digit, '--' has"
                   " none"));
}

static const migration_draft DRAFT = {
    .name = STR_INIT("20260101000000_a"),
    .sql = {[ENGINE_SQLITE] =
                STR_INIT("-- tenon: accept-data-loss\nDROP TABLE a;\n"),
            [ENGINE_POSTGRESQL] = STR_INIT("-- tenon: not for this engine\n")},
    .schema = STR_INIT("model A {\n  id Int @id\n}\n"),
};

static void reads_what_it_writes(void **state) {
    arena *a = *state;
    str folder = arena_printf(a, "%.*s/migrations", STR_ARG(new_folder(a)));
    migration_list l;
    expect_ok(migration_list_read(a, folder, ENGINE_SQLITE, &l));
    assert_int_equal(l.count, 0);
    expect_ok(migration_write(a, folder, &DRAFT));

    expect_ok(migration_list_read(a, folder, ENGINE_SQLITE, &l));
    assert_int_equal(l.count, 1);
    const migration *m = migration_find(&l, DRAFT.name);
    assert_non_null(m);
    expect_str(m->sql, DRAFT.sql[ENGINE_SQLITE]);
    assert_true(m->accepts_loss && m->is_for_engine && m->has_schema);
    expect_ok(migration_list_read(a, folder, ENGINE_POSTGRESQL, &l));
    assert_false(l.items[0].accepts_loss || l.items[0].is_for_engine);

    migration_remove(a, folder, &DRAFT);
    expect_ok(migration_list_read(a, folder, ENGINE_SQLITE, &l));
    assert_int_equal(l.count, 0);
}

static str checksum_of(arena *a, str sql) {
    str folder = new_folder(a);
    migration_draft d = DRAFT;
    migration_list l;
    d.sql[ENGINE_SQLITE] = sql;
    expect_ok(migration_write(a, folder, &d));
    expect_ok(migration_list_read(a, folder, ENGINE_SQLITE, &l));
    return l.items[0].checksum;
}

static void line_ends_do_not_change_the_checksum(void **state) {
    arena *a = *state;
    str checksum = checksum_of(a, STR("a\nb\n"));
    expect_str(checksum_of(a, STR("a\r\nb\r\n")), checksum);
    assert_false(str_equal(checksum_of(a, STR("a\n\nb\n")), checksum));
    assert_false(str_equal(checksum_of(a, STR("a\rb\n")), checksum));
}

static void refuses_folders_that_are_no_migration(void **state) {
    arena *a = *state;
    static const char *const NAMES[] = {"init", "20260101_a", "20260101000000",
                                        "2026010100000x_a", "20260101000000_"};
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        str folder = new_folder(a);
        str path = arena_printf(a, "%.*s/%s", STR_ARG(folder), NAMES[i]);
        migration_list l;
        assert_int_equal(mkdir(arena_cstr(a, path), 0755), 0);
        expect_err(migration_list_read(a, folder, ENGINE_SQLITE, &l),
                   ERR_INVALID,
                   arena_printf(a, "%.*s is not a migration", STR_ARG(path)));
    }
}

static void files_and_hidden_folders_are_nobodys_concern(void **state) {
    arena *a = *state;
    str folder = new_folder(a);
    migration_list l;
    expect_ok(file_create(
        a, arena_printf(a, "%.*s/migration_lock.toml", STR_ARG(folder)),
        STR("")));
    assert_int_equal(
        mkdir(arena_cstr(a, arena_printf(a, "%.*s/.git", STR_ARG(folder))),
              0755),
        0);
    expect_ok(migration_list_read(a, folder, ENGINE_SQLITE, &l));
    assert_int_equal(l.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(lies_beside_the_schema),
        TEST(names_say_when_and_what),
        TEST(names_need_a_letter),
        TEST(reads_what_it_writes),
        TEST(line_ends_do_not_change_the_checksum),
        TEST(refuses_folders_that_are_no_migration),
        TEST(files_and_hidden_folders_are_nobodys_concern),
    };
    return cmocka_run_group_tests_name("database/migrate/migration", tests,
                                       NULL, NULL);
}
