#include "base/csv.h"

#include "test/support/test.h"

/* [cell|"quoted"] for each line. */
static str print_all(arena *a, str text) {
    csv_reader r = csv_read(text);
    str printed = {0};
    csv_cell *cells;
    size_t count;
    do {
        expect_ok(csv_next(a, &r, &cells, &count));
        for (size_t i = 0; i < count; i++)
            printed = arena_printf(
                a, "%.*s%s%s%.*s%s", STR_ARG(printed), i == 0 ? "[" : "|",
                cells[i].is_quoted ? "\"" : "", STR_ARG(cells[i].text),
                cells[i].is_quoted ? "\"" : "");
        if (count > 0)
            printed = arena_printf(a, "%.*s]", STR_ARG(printed));
    } while (count > 0);
    return printed;
}

static void reads_lines_of_cells(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str cells;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT("\n\r\n"), STR_INIT("")},
        {STR_INIT("a"), STR_INIT("[a]")},
        {STR_INIT("a,b\n1,2\n"), STR_INIT("[a|b][1|2]")},
        {STR_INIT("a,b\r\n1,2"), STR_INIT("[a|b][1|2]")},
        {STR_INIT("a,\n,b"), STR_INIT("[a|][|b]")},
        {STR_INIT("\na\n\nb\n"), STR_INIT("[a][b]")},
        {STR_INIT("\"\"\n\"a,b\",c"), STR_INIT("[\"\"][\"a,b\"|c]")},
        {STR_INIT("\"a\"\"b\"\"\",\"c\nd\""),
         STR_INIT("[\"a\"b\"\"|\"c\nd\"]")},
        {STR_INIT("a\rb, c "), STR_INIT("[a\rb| c ]")},
        {STR_INIT("NULL,\"NULL\""), STR_INIT("[NULL|\"NULL\"]")},
        {STR_INIT("a\\b"), STR_INIT("[a\\b]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(print_all(a, CASES[i].text), CASES[i].cells);
}

static void names_the_line_it_cannot_read(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str message;
    } CASES[] = {
        {STR_INIT("\"a"), STR_INIT("line 1 of the CSV: a quote is not closed")},
        {STR_INIT("a\n\"b\nc"),
         STR_INIT("line 3 of the CSV: a quote is not closed")},
        {STR_INIT("a\n\n\"b\"c"),
         STR_INIT("line 3 of the CSV: something follows a closing quote")},
        {STR_INIT("\"x\ny\"\nb\"c"),
         STR_INIT("line 3 of the CSV: a quote inside of a cell without "
                  "quotes")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        csv_reader r = csv_read(CASES[i].text);
        csv_cell *cells;
        size_t count;
        err *e;
        do {
            e = csv_next(a, &r, &cells, &count);
        } while (e == NULL && count > 0);
        expect_err(e, ERR_BODY, CASES[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_lines_of_cells),
        TEST(names_the_line_it_cannot_read),
    };
    return cmocka_run_group_tests_name("base/csv", tests, NULL, NULL);
}
