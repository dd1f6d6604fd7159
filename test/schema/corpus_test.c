/* The schemas of 59 real applications: everything in them is read, and what is
 * not supported yet is said to be so. */
#include <dirent.h>

#include "schema/load.h"
#include "test/support/test.h"

static const char FOLDER[] = "../shared/corpus";

/* Mistakes that Prisma finds in them, too: foreign keys of another type than
 * what they reference, and on SQLite SetNull over required columns. */
static bool is_known(str path, diag_code code) {
    return (code == DIAG_REFERENCES_TYPE &&
            str_ends_with(path, STR("introspected-noalyss.prisma"))) ||
           (code == DIAG_IMPOSSIBLE_ACTION &&
            str_ends_with(path, STR("introspected-odoo.prisma")));
}

static void check_file(arena *a, str path) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_file(a, path, &diags, &s);
    assert_true(e == NULL || diags.error_count > 0);
    for (size_t i = 0; i < diags.count; i++) {
        const diag *d = &diags.items[i];
        bool is_fine = d->code == DIAG_NOT_SUPPORTED ||
                       d->code == DIAG_CLOSED_MODEL || is_known(path, d->code);
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
    }
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        check_file(a, arena_printf(a, "%s/%s", FOLDER, entry->d_name));
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
