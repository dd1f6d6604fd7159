#include "database/migrate/script.h"

#include "test/support/test.h"

/* "in[...]" and "out[...]" for each part, blanks at the ends left out. */
static str describe(arena *a, const char *text) {
    script s = script_read(a, str_of(text));
    str said = {0};
    for (size_t i = 0; i < s.part_count; i++)
        said = arena_printf(a, "%.*s%s[%.*s]", STR_ARG(said),
                            s.parts[i].is_outside_transaction ? "out" : "in",
                            STR_ARG(str_trim(s.parts[i].sql)));
    return said;
}

static void is_cut_where_the_transaction_ends_and_begins(void **state) {
    static const struct {
        const char *text;
        str parts;
    } CASES[] = {
        {"", STR_INIT("")},
        {"\n \n", STR_INIT("")},
        {"a;\nb;", STR_INIT("in[a;\nb;]")},
        {"a;\n-- tenon: outside of the transaction\nb;\n",
         STR_INIT("in[a;]out[b;]")},
        {"-- tenon: outside of the transaction\nb;\n"
         "-- tenon: in the transaction\n  c;",
         STR_INIT("out[b;]in[c;]")},
        {"a;\n  -- tenon: outside of the transaction \r\nb;",
         STR_INIT("in[a;]out[b;]")},
        {"-- tenon: outside of the transaction\n\n"
         "-- tenon: in the transaction\na;",
         STR_INIT("in[a;]")},
        /* Not a line of its own. */
        {"a -- tenon: in the transaction\nb",
         STR_INIT("in[a -- tenon: in the transaction\nb]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(describe(*state, CASES[i].text), CASES[i].parts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(is_cut_where_the_transaction_ends_and_begins),
    };
    return cmocka_run_group_tests_name("database/migrate/script", tests, NULL,
                                       NULL);
}
