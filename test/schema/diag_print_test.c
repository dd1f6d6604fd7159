#include "schema/diag.h"

#include "base/json.h"
#include "test/support/test.h"

static str print(arena *a, str text, uint32_t from, uint32_t to,
                 bool is_colored) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("app.prisma"), text};
    diag_list list = {0};
    diag_add(a, &list, DIAG_UNEXPECTED, (source_span){s, from, to}, "oops");
    CLEANUP(buf_free) buf out = buf_new(1 << 16);
    diag_print(&out, &list, is_colored);
    return arena_copy(a, buf_str(&out));
}

static void points_at_what_is_meant(void **state) {
    static const struct {
        str text;
        uint32_t from;
        uint32_t to;
        str printed;
    } CASES[] = {
        {STR_INIT("one\ntwo three\n"), 8, 13,
         STR_INIT("app.prisma:2:5: error: oops [E0201]\n"
                  "     2 | two three\n"
                  "       |     ^^^^^\n")},
        /* Code points count, and wide ones are two columns wide. */
        {STR_INIT("é名 x"), 6, 7,
         STR_INIT("app.prisma:1:4: error: oops [E0201]\n"
                  "     1 | é名 x\n"
                  "       |     ^\n")},
        /* Tabs stop every four columns. */
        {STR_INIT("\ta\tb"), 3, 4,
         STR_INIT("app.prisma:1:4: error: oops [E0201]\n"
                  "     1 |     a   b\n"
                  "       |         ^\n")},
        /* Nothing is a caret wide, also behind the last character. */
        {STR_INIT("ab\n"), 2, 2,
         STR_INIT("app.prisma:1:3: error: oops [E0201]\n"
                  "     1 | ab\n"
                  "       |   ^\n")},
        {STR_INIT(""), 0, 0,
         STR_INIT("app.prisma:1:1: error: oops [E0201]\n"
                  "     1 | \n"
                  "       | ^\n")},
        /* Of several lines the first one is shown. */
        {STR_INIT("a {\n b\n}\n"), 2, 8,
         STR_INIT("app.prisma:1:3: error: oops [E0201]\n"
                  "     1 | a {\n"
                  "       |   ^\n")},
        /* A file cannot send commands to a terminal. */
        {STR_INIT("a\x1b[31m\u202E b"), 0, 1,
         STR_INIT("app.prisma:1:1: error: oops [E0201]\n"
                  "     1 | a?[31m? b\n"
                  "       | ^\n")},
        /* Nor is what is no text printed. */
        {STR_INIT("a\xFFz"), 1, 2,
         STR_INIT("app.prisma:1:2: error: oops [E0201]\n"
                  "     1 | a?z\n"
                  "       |  ^\n")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(
            print(*state, CASES[i].text, CASES[i].from, CASES[i].to, false),
            CASES[i].printed);
}

static void shows_part_of_a_long_line(void **state) {
    arena *a = *state;
    char *line = arena_new_array(a, char, 1000);
    memset(line, 'x', 1000);
    line[500] = '!';
    str printed = print(a, (str){line, 1000}, 500, 501, false);
    str rest = printed;
    str_split(&rest, '\n');
    str shown = str_split(&rest, '\n');
    str carets = str_split(&rest, '\n');
    assert_in_range(shown.len, 100, 150);
    assert_true(str_starts_with(shown, STR("     1 | ...xxx")));
    assert_true(str_ends_with(shown, STR("xxx...")));
    assert_int_equal(str_find_char(shown, '!'), str_find_char(carets, '^'));
}

static void colors_on_request_only(void **state) {
    str plain = print(*state, STR("abc"), 0, 1, false);
    str colored = print(*state, STR("abc"), 0, 1, true);
    assert_int_equal(str_find_char(plain, '\x1b'), plain.len);
    assert_true(str_find_char(colored, '\x1b') < colored.len);
}

static void adds_help_and_other_places(void **state) {
    arena *a = *state;
    source s = {STR("app.prisma"), STR("one\ntwo\n")};
    diag_list list = {0};
    diag *d = diag_add(a, &list, DIAG_CLOSED_MODEL, (source_span){&s, 4, 7},
                       "closed");
    diag_relate(a, d, (source_span){&s, 0, 3}, "first declared here");
    diag_help(a, d, "open it");
    CLEANUP(buf_free) buf out = buf_new(1 << 16);
    diag_print(&out, &list, false);
    expect_str(buf_str(&out),
               STR("app.prisma:2:1: warning: closed [W0903]\n"
                   "     2 | two\n"
                   "       | ^^^\n"
                   "       = note: first declared here: app.prisma:1:1\n"
                   "       = help: open it\n"));
}

static void says_how_many_it_left_out(void **state) {
    source s = {STR("app.prisma"), STR("x")};
    diag_list list = {0};
    for (size_t i = 0; i < DIAG_MAX + 7; i++)
        diag_add(*state, &list, DIAG_UNEXPECTED, (source_span){&s, 0, 1}, "x");
    CLEANUP(buf_free) buf out = buf_new(1 << 20);
    diag_print(&out, &list, false);
    assert_true(str_ends_with(buf_str(&out), STR("... and 7 more\n")));
}

static void prints_json(void **state) {
    arena *a = *state;
    source s = {STR("a \"b\".prisma"), STR("é \"two\nthree")};
    diag_list list = {0};
    CLEANUP(buf_free) buf out = buf_new(1 << 16);
    diag_print_json(&out, &list);
    expect_str(buf_str(&out), STR("[]\n"));

    diag_add(a, &list, DIAG_UNEXPECTED, (source_span){&s, 0, 3}, "a \"x\"");
    diag_add(a, &list, DIAG_CLOSED_MODEL, (source_span){&s, 4, 13}, "b");
    buf_clear(&out, 1 << 16);
    diag_print_json(&out, &list);
    expect_str(buf_str(&out),
               STR("[{\"file\":\"a \\\"b\\\".prisma\",\"line\":1,\"column\":1,"
                   "\"length\":2,\"severity\":\"error\",\"code\":\"E0201\","
                   "\"message\":\"a \\\"x\\\"\"},\n"
                   " {\"file\":\"a \\\"b\\\".prisma\",\"line\":1,\"column\":4,"
                   "\"length\":3,\"severity\":\"warning\",\"code\":\"W0903\","
                   "\"message\":\"b\"}]\n"));
    const json *parsed;
    expect_ok(json_parse(a, buf_str(&out), &parsed));
}

/* Paths come from the command line, which may hold any bytes. */
static void prints_json_whatever_the_path(void **state) {
    arena *a = *state;
    source s = {STR("a\xFF\n\".prisma"), STR("x\xFFy")};
    diag_list list = {0};
    diag_add(a, &list, DIAG_NOT_UTF8, (source_span){&s, 1, 2}, "x");
    CLEANUP(buf_free) buf out = buf_new(1 << 16);
    diag_print_json(&out, &list);
    const json *parsed;
    expect_ok(json_parse(a, buf_str(&out), &parsed));
    assert_int_equal(parsed->count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(points_at_what_is_meant),       TEST(shows_part_of_a_long_line),
        TEST(colors_on_request_only),        TEST(adds_help_and_other_places),
        TEST(says_how_many_it_left_out),     TEST(prints_json),
        TEST(prints_json_whatever_the_path),
    };
    return cmocka_run_group_tests_name("schema/diag_print", tests, NULL, NULL);
}
