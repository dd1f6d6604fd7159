#include "base/sql_token.h"

#include "test/support/test.h"

/* Each token with its kind's letter, and blanks between. */
static str tokens_of(arena *a, str sql) {
    static const char LETTERS[] = {[SQL_WORD] = 'w',
                                   [SQL_QUOTED] = 'q',
                                   [SQL_TEXT] = 't',
                                   [SQL_NUMBER] = 'n',
                                   [SQL_SIGN] = 's'};
    str text = {0};
    for (sql_token t; sql_token_next(&sql, &t);)
        text = arena_printf(a, "%.*s%s%c:%.*s", STR_ARG(text),
                            text.len > 0 ? " " : "", LETTERS[t.kind],
                            STR_ARG(t.text));
    return text;
}

static void cuts_sql_into_words(void **state) {
    arena *a = *state;
    static const struct {
        str sql;
        str tokens;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT(" -- nothing"), STR_INIT("")},
        {STR_INIT("a/* b */c"), STR_INIT("w:a w:c")},
        {STR_INIT("now() + 1.5e3"), STR_INIT("w:now s:( s:) s:+ n:1.5e3")},
        {STR_INIT("'it''s'::text"), STR_INIT("t:'it''s' s::: w:text")},
        {STR_INIT("x'00' E'a\\'b' $$ 'c' $$ $t$d$t$"),
         STR_INIT("t:x'00' t:E'a\\'b' t:$$ 'c' $$ t:$t$d$t$")},
        {STR_INIT("\"a\"\"b\".`c`"), STR_INIT("q:\"a\"\"b\" s:. q:`c`")},
        {STR_INIT("$1 a$b 1e .5"), STR_INIT("s:$ n:1 w:a$b n:1 w:e n:.5")},
        {STR_INIT("'never"), STR_INIT("t:'never")},
        {STR_INIT("/* never"), STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(tokens_of(a, CASES[i].sql), CASES[i].tokens);
}

static sql_token first(str sql) {
    sql_token t = {0};
    assert_true(sql_token_next(&sql, &t));
    return t;
}

static void takes_quotes_off(void **state) {
    arena *a = *state;
    expect_str(sql_token_name(a, first(STR("\"a\"\"b\""))), STR("a\"b"));
    expect_str(sql_token_name(a, first(STR("plain"))), STR("plain"));
    expect_str(sql_token_content(a, first(STR("'it''s'"))), STR("it's"));
    expect_str(sql_token_content(a, first(STR("''"))), STR(""));
    expect_str(sql_token_content(a, first(STR("'open"))), STR("open"));
    expect_str(sql_token_content(a, first(STR("x'00'"))), STR("x'00'"));
}

static void knows_words_and_signs(void **state) {
    (void)state;
    assert_true(sql_token_is_word(first(STR("NULL")), STR("null")));
    assert_false(sql_token_is_word(first(STR("\"null\"")), STR("null")));
    assert_true(sql_token_is_sign(first(STR("(")), '('));
    assert_false(sql_token_is_sign(first(STR("::")), ':'));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(cuts_sql_into_words),
        TEST(takes_quotes_off),
        TEST(knows_words_and_signs),
    };
    return cmocka_run_group_tests_name("base/sql_token", tests, NULL, NULL);
}
