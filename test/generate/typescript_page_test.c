#include "generate/typescript_page.h"

#include "test/support/test.h"

enum { MAX = 16 * 1024 };

static void quotes_what_is_no_identifier(void **state) {
    arena *a = *state;
    static const struct {
        str name;
        str key;
    } CASES[] = {
        {STR_INIT("title"), STR_INIT("title")},
        {STR_INIT("_a$9"), STR_INIT("_a$9")},
        {STR_INIT("class"), STR_INIT("class")},
        {STR_INIT(""), STR_INIT("\"\"")},
        {STR_INIT("9a"), STR_INIT("\"9a\"")},
        {STR_INIT("due at"), STR_INIT("\"due at\"")},
        {STR_INIT("a-b"), STR_INIT("\"a-b\"")},
        {STR_INIT("größe"), STR_INIT("\"größe\"")},
        {STR_INIT("a?: any; b"), STR_INIT("\"a?: any; b\"")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(typescript_key(a, CASES[i].name), CASES[i].key);
}

static void lets_nothing_end_a_string_or_hide_in_it(void **state) {
    arena *a = *state;
    static const struct {
        str text;
        str source;
    } CASES[] = {
        {STR_INIT("say \"hi\""), STR_INIT("\"say \\\"hi\\\"\"")},
        {STR_INIT("\\"), STR_INIT("\"\\\\\"")},
        {STR_INIT("\\\""), STR_INIT("\"\\\\\\\"\"")},
        {STR_INIT("a\nb\r\t"), STR_INIT("\"a\\u000ab\\u000d\\u0009\"")},
        {STR_INIT("\x01\x7f"), STR_INIT("\"\\u0001\\u007f\"")},
        {STR_INIT("\u2028\u2029"), STR_INIT("\"\\u2028\\u2029\"")},
        {STR_INIT("\u202etxt"), STR_INIT("\"\\u202etxt\"")},
        {STR_INIT("a\u200b\ufeff"), STR_INIT("\"a\\u200b\\ufeff\"")},
        {STR_INIT("日本 \U0001F600"), STR_INIT("\"日本 \U0001F600\"")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(typescript_string(a, CASES[i].text), CASES[i].source);
}

static void lets_nothing_end_a_comment(void **state) {
    arena *a = *state;
    static const struct {
        str doc;
        str page;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT(" \n "), STR_INIT("")},
        {STR_INIT("Who."), STR_INIT("/** Who. */\n")},
        {STR_INIT("a */ b"), STR_INIT("/** a *\\/ b */\n")},
        {STR_INIT("**/*/"), STR_INIT("/** **\\/*\\/ */\n")},
        {STR_INIT("one\n\n  two  "),
         STR_INIT("/**\n * one\n *\n * two\n */\n")},
        {STR_INIT("0123456789 0123456789 0123456789 0123456789 0123456789 "
                  "0123456789 01234567 10"),
         STR_INIT("/**\n * 0123456789 0123456789 0123456789 0123456789 "
                  "0123456789 0123456789 01234567 10\n */\n")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        CLEANUP(buf_free) buf out = buf_new(MAX);
        typescript_page p = {.a = a, .out = &out};
        typescript_page_doc(&p, CASES[i].doc);
        expect_str(buf_str(&out), CASES[i].page);
    }
}

static void breaks_unions_that_are_too_long_for_a_line(void **state) {
    arena *a = *state;
    static const str LONG[] = {STR_INIT("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""),
                               STR_INIT("\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""),
                               STR_INIT("\"ccccccc\"")};
    static const str SHORT[] = {STR_INIT("string"), STR_INIT("number")};
    static const struct {
        typescript_union type;
        str page;
    } CASES[] = {
        {{SHORT, 1, false, false}, STR_INIT("key: string;\n")},
        {{SHORT, 1, true, false}, STR_INIT("key: string[];\n")},
        {{SHORT, 2, false, true}, STR_INIT("key: string | number | null;\n")},
        {{SHORT, 2, true, true},
         STR_INIT("key: (string | number)[] | null;\n")},
        {{LONG, 3, false, false},
         STR_INIT("key:\n  | \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
                  "  | \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
                  "  | \"ccccccc\";\n")},
        {{LONG, 3, true, false},
         STR_INIT("key: (\n  | \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
                  "  | \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
                  "  | \"ccccccc\"\n)[];\n")},
        {{LONG, 2, true, true},
         STR_INIT("key:\n  | (\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" | "
                  "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\")[]\n"
                  "  | null;\n")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        CLEANUP(buf_free) buf out = buf_new(MAX);
        typescript_page p = {.a = a, .out = &out};
        typescript_page_union(&p, STR("key"), &CASES[i].type);
        expect_str(buf_str(&out), CASES[i].page);
    }
}

static void says_of_an_empty_object_that_it_has_no_members(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf out = buf_new(MAX);
    typescript_page p = {.a = a, .out = &out};
    typescript_page_open(&p, STR("Row"));
    typescript_page_open(&p, STR("Views"));
    typescript_page_close(&p, STR(";"));
    typescript_page_open(&p, STR("Tables"));
    typescript_page_member(&p, STR("id"), STR("number"));
    typescript_page_close(&p, STR("[];"));
    typescript_page_close(&p, STR(";"));
    expect_str(buf_str(&out), STR("Row: {\n"
                                  "  Views: Record<never, never>;\n"
                                  "  Tables: {\n"
                                  "    id: number;\n"
                                  "  }[];\n"
                                  "};\n"));
}

static void breaks_tuples_that_are_too_long_for_a_line(void **state) {
    arena *a = *state;
    static const str NAMES[] = {
        STR_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        STR_INIT("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")};
    CLEANUP(buf_free) buf out = buf_new(MAX);
    typescript_page p = {.a = a, .out = &out};
    typescript_page_strings(&p, STR("one"), NAMES, 1);
    typescript_page_strings(&p, STR("two"), NAMES, 2);
    expect_str(buf_str(&out),
               STR("one: [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"];\n"
                   "two: [\n"
                   "  \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\n"
                   "  \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\n"
                   "];\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(quotes_what_is_no_identifier),
        TEST(lets_nothing_end_a_string_or_hide_in_it),
        TEST(lets_nothing_end_a_comment),
        TEST(breaks_unions_that_are_too_long_for_a_line),
        TEST(says_of_an_empty_object_that_it_has_no_members),
        TEST(breaks_tuples_that_are_too_long_for_a_line),
    };
    return cmocka_run_group_tests_name("generate/typescript_page", tests, NULL,
                                       NULL);
}
