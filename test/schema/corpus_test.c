/* The corpus: schemas of real applications load for the engine they were
 * written for, and for the other one, but for what the tables here say. */
#include <dirent.h>

#include "schema/load.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";

/* Files for databases that we do not serve. */
static const str OTHER_PROVIDERS[] = {
    STR_INIT("dub.prisma"),
    STR_INIT("prisma-examples-cockroachdb.prisma"),
    STR_INIT("prisma-examples-mongodb.prisma"),
    STR_INIT("prisma-examples-sql-server.prisma"),
    STR_INIT("typebot-mysql.prisma"),
    STR_INIT("umami-mysql.prisma"),
};

/* What SQLite lacks: types of extensions. PostgreSQL lacks nothing. */
static const struct refusal {
    str file;
    diag_code code;
    size_t count;
} SQLITE_REFUSALS[] = {
    {STR_INIT("prisma-examples-postgis.prisma"), DIAG_ENGINE_LACKS_TYPE, 2},
    {STR_INIT("stacker-news.prisma"), DIAG_ENGINE_LACKS_TYPE, 4},
};

static bool has_other_provider(str file) {
    for (size_t i = 0; i < LENGTH(OTHER_PROVIDERS); i++) {
        if (str_equal(file, OTHER_PROVIDERS[i]))
            return true;
    }
    return false;
}

static size_t expected_count(str file, engine_kind engine, diag_code code) {
    if (has_other_provider(file))
        return code == DIAG_OTHER_PROVIDER;
    for (size_t i = 0; i < LENGTH(SQLITE_REFUSALS); i++) {
        const struct refusal *r = &SQLITE_REFUSALS[i];
        if (engine == ENGINE_SQLITE && str_equal(file, r->file) &&
            code == r->code)
            return r->count;
    }
    return 0;
}

static void check_file(str file, engine_kind engine) {
    CLEANUP(arena_release) arena *a = arena_new();
    str path = arena_printf(a, "%s/%.*s", FOLDER, STR_ARG(file));
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_file(a, path, engine, &diags, &s);
    assert_true((e == NULL) == (diags.error_count == 0));
    size_t counts[DIAG_CODE_COUNT] = {0};
    for (size_t i = 0; i < diags.count; i++)
        counts[diags.items[i].code]++;
    for (int code = 0; code < DIAG_CODE_COUNT; code++) {
        if (diag_code_severity((diag_code)code) == DIAG_WARNING ||
            counts[code] == expected_count(file, engine, (diag_code)code))
            continue;
        print_error("%.*s for %.*s: %zu times %s, want %zu\n", STR_ARG(path),
                    STR_ARG(engine_kind_title(engine)), counts[code],
                    diag_code_text((diag_code)code),
                    expected_count(file, engine, (diag_code)code));
        fail();
    }
}

static void loads_the_schemas_of_real_applications(void **state) {
    (void)state;
    DIR *folder = opendir(FOLDER);
    if (folder == NULL) {
        print_message("skipped: there is no %s here\n", FOLDER);
        skip();
        return;
    }
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        str file = str_of(entry->d_name);
        if (!str_ends_with(file, STR(".prisma")))
            continue;
        check_file(file, ENGINE_SQLITE);
        check_file(file, ENGINE_POSTGRESQL);
        count++;
    }
    closedir(folder);
    assert_true(count > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(loads_the_schemas_of_real_applications),
    };
    return cmocka_run_group_tests_name("schema/corpus", tests, NULL, NULL);
}
