#include "schema/parser_expression.h"

#include "schema/parser.h"
#include "test/support/diagnose.h"
#include "test/support/test.h"

static str text_of(source_span span) {
    return str_slice(span.source->text, span.from, span.to);
}

/* Reads text as the argument of an attribute. */
static const expression *parse(arena *a, str text, diag_list *diags) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("t"),
                  arena_printf(a, "model A { @@x(%.*s) }", STR_ARG(text))};
    const syntax_file *file = parser_run(a, s, diags);
    if (diags->count > 0)
        return NULL;
    return file->blocks[0].attributes[0].arguments[0].value;
}

static str show(arena *a, const expression *e);

static str show_items(arena *a, const expression *e) {
    str text = {0};
    for (size_t i = 0; i < e->count; i++)
        text = arena_printf(a, "%.*s %.*s", STR_ARG(text),
                            STR_ARG(show(a, e->items[i].value)));
    return text;
}

/* The tree as a list: (operator operand operand). */
static str show(arena *a, const expression *e) {
    str text = e->text;
    switch (e->kind) {
    case EXPRESSION_NUMBER:
        return text;
    case EXPRESSION_STRING:
        return arena_printf(a, "'%.*s'", STR_ARG(text));
    case EXPRESSION_NAME:
        return text;
    case EXPRESSION_CALL:
        return arena_printf(
            a, "(call %.*s%s%.*s%.*s)",
            STR_ARG(e->left != NULL ? show(a, e->left) : STR("")),
            e->left != NULL ? " " : "", STR_ARG(text),
            STR_ARG(show_items(a, e)));
    case EXPRESSION_LIST:
        return arena_printf(a, "[%.*s]", STR_ARG(show_items(a, e)));
    case EXPRESSION_MEMBER:
        return arena_printf(a, "(. %.*s %.*s)", STR_ARG(show(a, e->left)),
                            STR_ARG(text));
    case EXPRESSION_PREDICATE:
        return arena_printf(
            a, "(%.*s %.*s %s%.*s%.*s)", STR_ARG(text_of(e->mark)),
            STR_ARG(show(a, e->left)), e->name_count > 0 ? "as " : "",
            STR_ARG(e->name_count > 0
                        ? arena_printf(a, "%.*s ", STR_ARG(e->names[0].text))
                        : STR("")),
            STR_ARG(show(a, e->right)));
    case EXPRESSION_BINARY:
        return arena_printf(a, "(%.*s %.*s %.*s)", STR_ARG(text_of(e->mark)),
                            STR_ARG(show(a, e->left)),
                            STR_ARG(show(a, e->right)));
    case EXPRESSION_NOT:
        return arena_printf(a, "(! %.*s)", STR_ARG(show(a, e->left)));
    case EXPRESSION_GROUP:
        return arena_printf(a, "(group %.*s)", STR_ARG(show(a, e->left)));
    }
    return STR("?");
}

static void groups_by_how_tight_an_operator_is(void **state) {
    static const struct {
        str text;
        str tree;
    } CASES[] = {
        {STR_INIT("true"), STR_INIT("true")},
        {STR_INIT("a.b.c"), STR_INIT("a.b.c")},
        {STR_INIT("a . b\n.c"), STR_INIT("a.b.c")},
        {STR_INIT("-1.5"), STR_INIT("-1.5")},
        {STR_INIT("+2"), STR_INIT("2")},
        {STR_INIT("auth()"), STR_INIT("(call auth)")},
        {STR_INIT("auth().a.b"), STR_INIT("(. (. (call auth) a) b)")},
        {STR_INIT("auth().can('x', y)"),
         STR_INIT("(call (call auth) can 'x' y)")},
        {STR_INIT("(a).b"), STR_INIT("(. (group a) b)")},
        {STR_INIT("a || b || c"), STR_INIT("(|| (|| a b) c)")},
        {STR_INIT("a && b == c"), STR_INIT("(&& a (== b c))")},
        {STR_INIT("a == b < c"), STR_INIT("(== a (< b c))")},
        {STR_INIT("a < b in c"), STR_INIT("(< a (in b c))")},
        {STR_INIT("a <= b != c >= d > e"),
         STR_INIT("(!= (<= a b) (> (>= c d) e))")},
        {STR_INIT("!a == b"), STR_INIT("(== (! a) b)")},
        {STR_INIT("!!a.b"), STR_INIT("(! (! a.b))")},
        {STR_INIT("!a?[b]"), STR_INIT("(! (? a b))")},
        {STR_INIT("a?[b && c]"), STR_INIT("(? a (&& b c))")},
        {STR_INIT("a.b![m, m.c != null]"),
         STR_INIT("(! a.b as m (!= m.c null))")},
        {STR_INIT("auth().a^[x]"), STR_INIT("(^ (. (call auth) a) x)")},
        {STR_INIT("a?[b![c]] && d"), STR_INIT("(&& (? a (! b c)) d)")},
        {STR_INIT("s in [A, 'b', 1]"), STR_INIT("(in s [ A 'b' 1])")},
        {STR_INIT("a && (b || c)"), STR_INIT("(&& a (group (|| b c)))")},
        {STR_INIT("f(a && b, c == d)"), STR_INIT("(call f (&& a b) (== c d))")},
        {STR_INIT("a\n  &&\n  b"), STR_INIT("(&& a b)")},
        {STR_INIT("in in in"), STR_INIT("(in in in)")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        diag_list diags = {0};
        const expression *e = parse(*state, CASES[i].text, &diags);
        assert_non_null(e);
        expect_str(show(*state, e), CASES[i].tree);
    }
}

static void keeps_the_span_of_every_node(void **state) {
    diag_list diags = {0};
    const expression *e =
        parse(*state, STR("auth().posts?[p, p.x > 1] == (b)"), &diags);
    expect_str(text_of(e->span), STR("auth().posts?[p, p.x > 1] == (b)"));
    expect_str(text_of(e->mark), STR("=="));
    assert_int_equal(e->op, OPERATOR_EQUAL);
    expect_str(text_of(e->right->span), STR("(b)"));
    const expression *predicate = e->left;
    expect_str(text_of(predicate->span), STR("auth().posts?[p, p.x > 1]"));
    expect_str(text_of(predicate->names[0].span), STR("p"));
    assert_int_equal(predicate->op, OPERATOR_SOME);
    expect_str(text_of(predicate->left->span), STR("auth().posts"));
    expect_str(text_of(predicate->left->mark), STR("posts"));
    const expression *path = predicate->right->left;
    assert_int_equal(path->name_count, 2);
    expect_str(text_of(path->names[1].span), STR("x"));
}

static void reports_a_mix_of_and_and_or(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@allow('all', a || b && c)")),
         STR_INIT("3:25 E0214 '&&' and '||' are mixed without parentheses")},
        {STR_INIT(IN_MODEL("  @@allow('all', f(a && b || c))")),
         STR_INIT("3:27 E0214 '&&' and '||' are mixed without parentheses")},
        {STR_INIT(IN_MODEL("  @@allow('all', x?[a && b || c] && d || e)")),
         STR_INIT("3:28 E0214 '&&' and '||' are mixed without parentheses\n"
                  "3:39 E0214 '&&' and '||' are mixed without parentheses")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void shows_both_readings_of_a_mix(void **state) {
    static const struct {
        str text;
        str help;
    } CASES[] = {
        {STR_INIT("pub || auth() != null && r == 'A'"),
         STR_INIT("write 'pub || (auth() != null && r == 'A')' or "
                  "'(pub || auth() != null) && r == 'A''")},
        {STR_INIT("a && b || c"), STR_INIT("write '(a && b) || c'")},
        {STR_INIT("a && b || c && d"),
         STR_INIT("write '(a && b) || (c && d)' or '((a && b) || c) && d'")},
        {STR_INIT("a && b && c || d || e"),
         STR_INIT("write '(a && b && c) || d || e'")},
        {STR_INIT("a && f(x,\n y) || b"),
         STR_INIT("write '(a && f(x,...) || b'")},
        {STR_INIT("a || b && c || d && e || f && g || h && i"),
         STR_INIT("put the operands of each '&&' in parentheses")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        diag_list diags = {0};
        assert_null(parse(*state, CASES[i].text, &diags));
        expect_str(diags.items[0].help, CASES[i].help);
    }
}

static void reports_conditions_it_cannot_read(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@allow('all', a ==)")),
         STR_INIT("3:22 E0201 expected a value, found ')'")},
        {STR_INIT(IN_MODEL("  @@allow('all', a <> b)")),
         STR_INIT("3:21 E0201 expected a value, found '>'")},
        {STR_INIT(IN_MODEL("  @@allow('all', a and b)")),
         STR_INIT("3:20 E0201 expected ',' or ')', found 'and'")},
        {STR_INIT(IN_MODEL("  @@allow('all', a & b)")),
         STR_INIT("3:20 E0103 unexpected character '&'")},
        {STR_INIT(IN_MODEL("  @@allow('all', a ? b : c)")),
         STR_INIT("3:20 E0201 expected ',' or ')', found '?'")},
        {STR_INIT(IN_MODEL("  @@allow('all', a?[])")),
         STR_INIT("3:21 E0201 expected a value, found ']'")},
        {STR_INIT(IN_MODEL("  @@allow('all', a?[b, c, d])")),
         STR_INIT("3:25 E0201 expected ']', found ','")},
        {STR_INIT(IN_MODEL("  @@allow('all', a?[b].c)")),
         STR_INIT("3:23 E0201 a predicate is true or false, nothing can be "
                  "taken from it")},
        {STR_INIT(IN_MODEL("  @@allow('all', a?[b)")),
         STR_INIT("3:20 E0205 '[' is not closed")},
        {STR_INIT(IN_MODEL("  @@allow('all', ())")),
         STR_INIT("3:19 E0201 expected a value, found ')'")},
        {STR_INIT(IN_MODEL("  @@allow('all', (a, b))")),
         STR_INIT("3:20 E0201 expected ')', found ','")},
        {STR_INIT(IN_MODEL("  @@allow('all', auth().)")),
         STR_INIT("3:25 E0201 expected a name after '.', found ')'")},
        {STR_INIT(IN_MODEL("  @@meta('a', {b: c})")),
         STR_INIT("3:15 E1001 values in braces are not supported")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static str repeat(arena *a, const char *text, size_t n) {
    str all = {0};
    for (size_t i = 0; i < n; i++)
        all = arena_printf(a, "%.*s%s", STR_ARG(all), text);
    return all;
}

static diag_code problem_of(arena *a, const char *opening, size_t n,
                            const char *closing) {
    diag_list diags = {0};
    str text = arena_printf(a, "%.*sa%.*s", STR_ARG(repeat(a, opening, n)),
                            STR_ARG(repeat(a, closing, n)));
    return parse(a, text, &diags) != NULL ? DIAG_CODE_COUNT
                                          : diags.items[0].code;
}

static void bounds_the_height_of_the_tree(void **state) {
    static const struct {
        const char *opening;
        const char *closing;
        size_t most;
    } CASES[] = {
        {"(", ")", EXPRESSION_MAX_DEPTH},
        {"[", "]", EXPRESSION_MAX_DEPTH},
        {"f(", ")", EXPRESSION_MAX_DEPTH},
        {"a?[", "]", EXPRESSION_MAX_DEPTH},
        {"!", "", EXPRESSION_MAX_DEPTH},
        {"", " && a", EXPRESSION_MAX_OPERATORS},
        {"f().", "", EXPRESSION_MAX_OPERATORS},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        assert_int_equal(problem_of(*state, CASES[i].opening, CASES[i].most,
                                    CASES[i].closing),
                         DIAG_CODE_COUNT);
        assert_int_equal(problem_of(*state, CASES[i].opening, CASES[i].most + 1,
                                    CASES[i].closing),
                         DIAG_TOO_DEEP);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(groups_by_how_tight_an_operator_is),
        TEST(keeps_the_span_of_every_node),
        TEST(reports_a_mix_of_and_and_or),
        TEST(shows_both_readings_of_a_mix),
        TEST(reports_conditions_it_cannot_read),
        TEST(bounds_the_height_of_the_tree),
    };
    return cmocka_run_group_tests_name("schema/parser_expression", tests, NULL,
                                       NULL);
}
