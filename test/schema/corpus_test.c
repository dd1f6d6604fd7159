/* The schemas of 59 real applications: everything in them is read, and what is
 * not supported yet is said to be so. */
#include <dirent.h>

#include "schema/load.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";

/* Mistakes that Prisma finds in them, too: foreign keys of another type than
 * what they reference, and on SQLite SetNull over required columns. */
static const struct known_mistake {
    str file;
    diag_code code;
} KNOWN[] = {
    {STR_INIT("introspected-noalyss.prisma"), DIAG_REFERENCES_TYPE},
    {STR_INIT("introspected-odoo.prisma"), DIAG_IMPOSSIBLE_ACTION},
};

static diag_code find_known(str name) {
    for (size_t i = 0; i < LENGTH(KNOWN); i++) {
        if (str_equal(name, KNOWN[i].file))
            return KNOWN[i].code;
    }
    return DIAG_NOT_SUPPORTED;
}

static void check_file(arena *a, str name) {
    diag_code known = find_known(name);
    str path = arena_printf(a, "%s/%.*s", FOLDER, STR_ARG(name));
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_file(a, path, ENGINE_SQLITE, &diags, &s);
    assert_true(e == NULL || diags.error_count > 0);
    for (size_t i = 0; i < diags.count; i++) {
        const diag *d = &diags.items[i];
        bool is_fine = d->code == DIAG_NOT_SUPPORTED ||
                       d->code == DIAG_CLOSED_MODEL || d->code == known;
        if (is_fine)
            continue;
        print_error("%.*s: %.*s\n", STR_ARG(path), STR_ARG(d->message));
        fail();
    }
}

static void reads_the_schemas_of_real_applications(void **state) {
    (void)state;
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
        check_file(a, str_of(entry->d_name));
        count++;
    }
    closedir(folder);
    assert_true(count > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_the_schemas_of_real_applications),
    };
    return cmocka_run_group_tests_name("schema/corpus", tests, NULL, NULL);
}
