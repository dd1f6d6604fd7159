#include "schema/text_literal.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_escapes_that_do_not_exist(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a String @default(\"x\\qy\")")),
         STR_INIT("3:23 E0106 unknown escape '\\q'")},
        {STR_INIT(IN_MODEL("  a String @default(\"\\é\")")),
         STR_INIT("3:22 E0106 unknown escape '\\é'")},
        {STR_INIT(IN_MODEL("  a String @default(\"\\u12\")")),
         STR_INIT("3:22 E0106 '\\u' takes four hexadecimal digits")},
        {STR_INIT(IN_MODEL("  a String @default(\"\\ud800\")")),
         STR_INIT("3:22 E0106 '\\ud800' is not a character")},
        {STR_INIT(IN_MODEL("  a String @default(\"\\udc00\\ud800\")")),
         STR_INIT("3:22 E0106 '\\udc00' is not a character\n"
                  "3:28 E0106 '\\ud800' is not a character")},
        {STR_INIT(IN_MODEL("  a String @default(\"\\u0000\")")),
         STR_INIT("3:22 E0106 '\\u0000' is not a character")},
        {STR_INIT(IN_MODEL("  a String @default(\"a\tb\")")),
         STR_INIT("3:23 E0107 control character U+0009 in a string, write it "
                  "as an escape")},
        {STR_INIT(IN_MODEL("  a String @default(\"\001\")")),
         STR_INIT("3:22 E0107 control character U+0001 in a string, write it "
                  "as an escape")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static str decode(arena *a, str literal) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("t"), literal};
    diag_list diags = {0};
    str text = text_literal_decode(
        a, (source_span){s, 0, (uint32_t)literal.len}, &diags);
    assert_int_equal(diags.count, 0);
    return text;
}

static void decodes_what_json_and_zenstack_have(void **state) {
    static const struct {
        str literal;
        str text;
    } CASES[] = {
        {STR_INIT("\"\""), STR_INIT("")},
        {STR_INIT("\"plain\""), STR_INIT("plain")},
        {STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
         STR_INIT("\"\\/\b\f\n\r\t")},
        {STR_INIT("\"\\u0041\\u00e9\\u20AC\""), STR_INIT("A\u00E9\u20AC")},
        {STR_INIT("\"\\ud83d\\ude00\""), STR_INIT("\U0001F600")},
        {STR_INIT("'it\\'s \"so\"'"), STR_INIT("it's \"so\"")},
        {STR_INIT("\"it's\""), STR_INIT("it's")},
        {STR_INIT("\"it\\'s\\v\""), STR_INIT("it's\v")},
        {STR_INIT("'\\\"\\n'"), STR_INIT("\"\n")},
        {STR_INIT("\"\u00E9\\n\""), STR_INIT("\u00E9\n")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(decode(*state, CASES[i].literal), CASES[i].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_escapes_that_do_not_exist),
        TEST(decodes_what_json_and_zenstack_have),
    };
    return cmocka_run_group_tests_name("schema/text_literal", tests, NULL,
                                       NULL);
}
