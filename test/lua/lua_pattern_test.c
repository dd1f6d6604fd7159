#include "lua/lua_pattern.h"

#include "base/attr.h"
#include "base/rand.h"
#include "test/support/lua_oracle.h"
#include "test/support/test.h"

static lua_pattern_answer find(str pattern, str text, lua_pattern_match *out) {
    lua_pattern_steps steps = {.left = 100000};
    return lua_pattern_find(pattern, text, 0, &steps, out);
}

static void finds_the_first_match(void **state) {
    (void)state;
    static const struct {
        str pattern;
        str text;
        size_t start;
        size_t end;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("abc"), 0, 0},
        {STR_INIT("b"), STR_INIT("abc"), 1, 2},
        {STR_INIT("."), STR_INIT("abc"), 0, 1},
        {STR_INIT("%d+"), STR_INIT("ab123c"), 2, 5},
        {STR_INIT("%D-%d"), STR_INIT("ab123c"), 0, 3},
        {STR_INIT("[%a_]*"), STR_INIT("a_b c"), 0, 3},
        {STR_INIT("[^%s]+$"), STR_INIT("one two"), 4, 7},
        {STR_INIT("[]]"), STR_INIT("a]"), 1, 2},
        {STR_INIT("[^]]"), STR_INIT("]a"), 1, 2},
        {STR_INIT("[a-c]+"), STR_INIT("xxabcd"), 2, 5},
        {STR_INIT("[%-x]+"), STR_INIT("a-x"), 1, 3},
        {STR_INIT("^b?a"), STR_INIT("ab"), 0, 1},
        {STR_INIT("a$b"), STR_INIT("a$b"), 0, 3},
        {STR_INIT("%b()"), STR_INIT("f(a(b)c)d"), 1, 8},
        {STR_INIT("%f[%w]%w+"), STR_INIT("  word"), 2, 6},
        {STR_INIT("(.)%1"), STR_INIT("abccd"), 2, 4},
        {STR_INIT("%%"), STR_INIT("5%"), 1, 2},
        {STR_INIT("x*"), STR_INIT("aaxx"), 0, 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        lua_pattern_match m;
        assert_int_equal(find(CASES[i].pattern, CASES[i].text, &m),
                         LUA_PATTERN_FOUND);
        assert_int_equal(m.start, CASES[i].start);
        assert_int_equal(m.end, CASES[i].end);
    }
}

static void says_when_there_is_none(void **state) {
    (void)state;
    static const struct {
        str pattern;
        str text;
    } CASES[] = {
        {STR_INIT("^b"), STR_INIT("ab")},
        {STR_INIT("a$"), STR_INIT("ab")},
        {STR_INIT("%u"), STR_INIT("abc")},
        {STR_INIT("(.)%1"), STR_INIT("ab")},
        {STR_INIT("%b()"), STR_INIT("(a(b")},
        {STR_INIT("()%1"), STR_INIT("a")},
        {STR_INIT("[^a-z]"), STR_INIT("abc")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        lua_pattern_match m;
        assert_int_equal(find(CASES[i].pattern, CASES[i].text, &m),
                         LUA_PATTERN_ABSENT);
    }
}

static str captured(str text, const lua_pattern_match *m, size_t i) {
    return (str){text.ptr + m->captures[i].start, m->captures[i].len};
}

static void captures_texts_and_places(void **state) {
    (void)state;
    str text = STR("key = value");
    lua_pattern_match m;
    assert_int_equal(find(STR("(%w+)%s*=%s*()((%w)%w*)"), text, &m),
                     LUA_PATTERN_FOUND);
    assert_int_equal(m.capture_count, 4);
    expect_str(captured(text, &m, 0), STR("key"));
    assert_true(m.captures[1].is_position);
    assert_int_equal(m.captures[1].start, 6);
    expect_str(captured(text, &m, 2), STR("value"));
    expect_str(captured(text, &m, 3), STR("v"));
}

static void says_what_is_wrong_with_a_pattern(void **state) {
    (void)state;
    static const struct {
        str pattern;
        str problem;
    } CASES[] = {
        {STR_INIT("%"), STR_INIT("malformed pattern (ends with '%')")},
        {STR_INIT("[a"), STR_INIT("malformed pattern (missing ']')")},
        {STR_INIT("[]"), STR_INIT("malformed pattern (missing ']')")},
        {STR_INIT("%b("), STR_INIT("unbalanced pattern")},
        {STR_INIT("%f"), STR_INIT("missing '[' after '%f' in pattern")},
        {STR_INIT(")"), STR_INIT("invalid pattern capture")},
        {STR_INIT("(a"), STR_INIT("unfinished capture")},
        {STR_INIT("%1"), STR_INIT("invalid capture index")},
        {STR_INIT("(a%1)"), STR_INIT("invalid capture index")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        lua_pattern_match m;
        assert_int_equal(find(CASES[i].pattern, STR("aa"), &m),
                         LUA_PATTERN_MALFORMED);
        expect_str(str_of(m.problem), CASES[i].problem);
    }
}

/* Each of them takes Lua's own matcher years. */
static void gives_up_on_a_pattern_that_is_a_bomb(void **state) {
    arena *a = *state;
    static const str BOMBS[] = {
        STR_INIT("(.-)(.-)(.-)(.-)(.-)(.-)(.-)(.-)x"),
        STR_INIT(".-.-.-.-.-.-.-.-.-.-x"),
        STR_INIT("a*a*a*a*a*a*a*a*a*a*b"),
        STR_INIT("a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b"),
    };
    char *text = arena_take(a, 5000, 1);
    memset(text, 'a', 5000);
    for (size_t i = 0; i < LENGTH(BOMBS); i++) {
        lua_pattern_match m;
        assert_int_equal(find(BOMBS[i], (str){text, 5000}, &m),
                         LUA_PATTERN_TOO_COSTLY);
    }
}

static void bounds_its_depth(void **state) {
    arena *a = *state;
    enum { MORE = 2 * (LUA_PATTERN_MAX_DEPTH + 1) };
    char *pattern = arena_take(a, MORE, 1);
    for (size_t i = 0; i < MORE; i += 2)
        memcpy(pattern + i, "a*", 2);
    lua_pattern_match m;
    assert_int_equal(find((str){pattern, MORE}, STR("a"), &m),
                     LUA_PATTERN_MALFORMED);
    expect_str(str_of(m.problem), STR("pattern too complex"));
    assert_int_equal(find((str){pattern, MORE - 8}, STR("a"), &m),
                     LUA_PATTERN_FOUND);
}

typedef struct allowance {
    lua_pattern_steps steps;
    int refills;
} allowance;

static bool refill(lua_pattern_steps *steps) {
    allowance *own = CONTAINER_OF(steps, allowance, steps);
    steps->left = 10;
    return own->refills-- > 0;
}

static void asks_for_more_steps(void **state) {
    (void)state;
    lua_pattern_match m;
    str text = STR("aaaaaaaaaaaaaaaaaaaaaaaaab");
    allowance enough = {.steps = {.refill = refill}, .refills = 10};
    assert_int_equal(lua_pattern_find(STR("a*b"), text, 0, &enough.steps, &m),
                     LUA_PATTERN_FOUND);
    allowance little = {.steps = {.refill = refill}, .refills = 1};
    assert_int_equal(lua_pattern_find(STR("a*b"), text, 0, &little.steps, &m),
                     LUA_PATTERN_TOO_COSTLY);
}

/* Of characters that mean something in patterns, mostly. */
static str random_text(arena *a, rand_source *r, const char *letters,
                       size_t most) {
    size_t len = rand_below(r, most + 1);
    char *text = arena_take(a, most + 1, 1);
    for (size_t i = 0; i < len; i++)
        text[i] = letters[rand_below(r, strlen(letters))];
    return (str){text, len};
}

static void finds_what_luajit_finds(void **state) {
    arena *a = *state;
    rand_source r = rand_seeded(7);
    lua_State *L = lua_oracle_new();
    size_t found = 0;
    for (int i = 0; i < 50000; i++) {
        arena_place start = arena_mark(a);
        str pattern = random_text(a, &r, "ab1 %%%^$*+?.-()[]bfdwsSA0123]", 10);
        str text = random_text(a, &r, "aab1 ()%]-", 12);
        lua_pattern_match m;
        lua_pattern_steps steps = {.left = 20000};
        lua_pattern_answer answer =
            lua_pattern_find(pattern, text, 0, &steps, &m);
        if (answer != LUA_PATTERN_TOO_COSTLY &&
            !lua_oracle_agrees(L, pattern, text, answer, &m))
            fail_msg("differs: '%.*s' in '%.*s'", STR_ARG(pattern),
                     STR_ARG(text));
        found += answer == LUA_PATTERN_FOUND ? 1 : 0;
        arena_rewind(a, start);
    }
    lua_close(L);
    assert_true(found > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_the_first_match),
        TEST(says_when_there_is_none),
        TEST(captures_texts_and_places),
        TEST(says_what_is_wrong_with_a_pattern),
        TEST(gives_up_on_a_pattern_that_is_a_bomb),
        TEST(bounds_its_depth),
        TEST(asks_for_more_steps),
        TEST(finds_what_luajit_finds),
    };
    return cmocka_run_group_tests_name("lua/lua_pattern", tests, NULL, NULL);
}
