#include "schema/lexer.h"

#include "test/support/test.h"

/* One letter for each kind, in the order of token_kind. */
static const char LETTERS[] = "$nds{}()[],:.=?!@Ao%'";
_Static_assert(sizeof LETTERS - 2 == TOKEN_BAD_STRING, "a letter for each");

static str kinds_of(arena *a, str text) {
    token_list list = lexer_run(a, text);
    char *kinds = arena_new_array(a, char, list.count);
    for (size_t i = 0; i < list.count; i++)
        kinds[i] = LETTERS[list.tokens[i].kind];
    return (str){kinds, list.count};
}

static void tells_tokens_apart(void **state) {
    static const struct {
        str text;
        str kinds;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("$")},
        {STR_INIT(" \t\r\n"), STR_INIT("$")},
        {STR_INIT("model A {}"), STR_INIT("nn{}$")},
        {STR_INIT("a Int[]? @id @@map"), STR_INIT("nn[]?@nAn$")},
        {STR_INIT("(a: 1, b.c = -2.5)!"), STR_INIT("(n:d,n.n=d)!$")},
        {STR_INIT("== != <= >= && || < > ^"), STR_INIT("ooooooooo$")},
        {STR_INIT("= = ! ="), STR_INIT("==!=$")},
        {STR_INIT("@@@"), STR_INIT("A@$")},
        {STR_INIT("_a 1a a-b a1 -1a"), STR_INIT("nnnnn$")},
        {STR_INIT("1 -1 1.5 007 +2.5"), STR_INIT("ddddd$")},
        {STR_INIT("1. .5 - -a + +1"), STR_INIT("d..d%%n%d$")},
        {STR_INIT("\"a\" 'b' \"\" ''"), STR_INIT("ssss$")},
        {STR_INIT("\"a\\\"b\" 'a\\'b' \"\\\\\""), STR_INIT("sss$")},
        {STR_INIT("\"a"), STR_INIT("'$")},
        {STR_INIT("\"a\nb\""), STR_INIT("'n'$")},
        {STR_INIT("\"a\\"), STR_INIT("'$")},
        {STR_INIT("\"a\\\nb"), STR_INIT("'n$")},
        {STR_INIT("; # $ % ~ \\ `"), STR_INIT("%%%%%%%$")},
        {STR_INIT("// a\n/// b\n/* c */ /* d"), STR_INIT("$")},
        {STR_INIT("a/b"), STR_INIT("n%n$")},
        {STR_INIT("größe Ω名前 é"), STR_INIT("nnn$")},
        {STR_INIT("a\u00A0b\u3000c"), STR_INIT("nnn$")},
        {STR_INIT("\uFEFFa\uFEFF"), STR_INIT("n%$")},
        {STR_INIT("€ \u2019 \U0001F600 × \u0301"), STR_INIT("%%%%%$")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(kinds_of(*state, CASES[i].text), CASES[i].kinds);
}

/* The tokens, with '|' in front of each that is the first of its line. */
static str lines_of(arena *a, str text) {
    token_list list = lexer_run(a, text);
    str lines = {0};
    for (size_t i = 0; i + 1 < list.count; i++) {
        token t = list.tokens[i];
        lines = arena_printf(a, "%.*s%s%.*s", STR_ARG(lines),
                             t.is_first ? "|" : " ",
                             STR_ARG(str_slice(text, t.from, t.to)));
    }
    assert_true(list.tokens[list.count - 1].is_first);
    return lines;
}

static void knows_where_lines_start(void **state) {
    static const struct {
        str text;
        str lines;
    } CASES[] = {
        {STR_INIT("a b\nc d"), STR_INIT("|a b|c d")},
        {STR_INIT("a\r\nb\rc\n\nd"), STR_INIT("|a|b|c|d")},
        {STR_INIT("a // x\nb"), STR_INIT("|a|b")},
        {STR_INIT("a /* x */ b"), STR_INIT("|a b")},
        {STR_INIT("a /* x\n */ b"), STR_INIT("|a|b")},
        {STR_INIT("/* x */ a"), STR_INIT("|a")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(lines_of(*state, CASES[i].text), CASES[i].lines);
}

static void keeps_comments_aside(void **state) {
    str text = STR("// one\na /// two\n/* three\n*/ b // four");
    token_list list = lexer_run(*state, text);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.comment_count, 4);
    static const struct {
        comment_kind kind;
        bool is_first;
        str text;
    } WANT[] = {
        {COMMENT_LINE, true, STR_INIT("// one")},
        {COMMENT_DOC, false, STR_INIT("/// two")},
        {COMMENT_BLOCK, true, STR_INIT("/* three\n*/")},
        {COMMENT_LINE, false, STR_INIT("// four")},
    };
    for (size_t i = 0; i < LENGTH(WANT); i++) {
        comment c = list.comments[i];
        assert_int_equal(c.kind, WANT[i].kind);
        assert_int_equal(c.is_first, WANT[i].is_first);
        assert_false(c.is_unclosed);
        expect_str(str_slice(text, c.from, c.to), WANT[i].text);
    }
    assert_int_equal(list.tokens[0].comments, 1);
    assert_int_equal(list.tokens[1].comments, 3);
    assert_int_equal(list.tokens[2].comments, 4);
}

static void notices_a_comment_without_end(void **state) {
    static const str CASES[] = {STR_INIT("/*"), STR_INIT("/*/"),
                                STR_INIT("/* a *"), STR_INIT("/*\n\n")};
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        token_list list = lexer_run(*state, CASES[i]);
        assert_int_equal(list.count, 1);
        assert_true(list.comments[0].is_unclosed);
        assert_int_equal(list.comments[0].to, CASES[i].len);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tells_tokens_apart),
        TEST(knows_where_lines_start),
        TEST(keeps_comments_aside),
        TEST(notices_a_comment_without_end),
    };
    return cmocka_run_group_tests_name("schema/lexer", tests, NULL, NULL);
}
