#include "core/coerce_list.h"

#include "test/support/tasks.h"
#include "test/support/test.h"

static const field *column(arena *a, const char *name) {
    const schema *s;
    const model *m = tasks_model(a, &s, "listed");
    return model_find_column(s, m, str_of(name));
}

static void reads_array_literals(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str literal;
        str want;
    } CASES[] = {
        {"tags", STR_INIT("{}"), STR_INIT("[]")},
        {"tags", STR_INIT(" { } "), STR_INIT("[]")},
        {"tags", STR_INIT("{a, b c ,\"d,e\"}"),
         STR_INIT("[\"a\",\"b c\",\"d,e\"]")},
        {"tags", STR_INIT("{\"a\\\"b\",\"c\\\\d\",\"\"}"),
         STR_INIT("[\"a\\\"b\",\"c\\\\d\",\"\"]")},
        {"tags", STR_INIT("{\"null\"}"), STR_INIT("[\"null\"]")},
        {"points", STR_INIT("{1,-2,+3}"), STR_INIT("[1,-2,3]")},
        {"states", STR_INIT("{OPEN,on hold}"),
         STR_INIT("[\"OPEN\",\"on hold\"]")},
        {"times", STR_INIT("{2024-01-31}"),
         STR_INIT("[\"2024-01-31T00:00:00.000+00:00\"]")},
        {"prices", STR_INIT("{12.50,1e2}"), STR_INIT("[12.50,100]")},
        {"blobs", STR_INIT("{\"\\\\x6869\"}"), STR_INIT("[\"\\\\x6869\"]")},
        {"flags", STR_INIT("{t,off}"), STR_INIT("[true,false]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v = {0};
        const field *f = column(a, CASES[i].column);
        expect_ok(coerce_text(a, f, CASES[i].literal, &v));
        assert_int_equal(v.kind, VALUE_TEXT);
        expect_str(v.text, CASES[i].want);
    }
}

static void refuses_what_is_no_array_literal(void **state) {
    arena *a = *state;
    static const str CASES[] = {
        STR_INIT(""),       STR_INIT("a"),     STR_INIT("{a"),
        STR_INIT("{a,}"),   STR_INIT("{,a}"),  STR_INIT("{a}b"),
        STR_INIT("{{a}}"),  STR_INIT("{\"a}"), STR_INIT("{\"a\"b}"),
        STR_INIT("{a\"b}"),
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v = {0};
        str message = arena_printf(a, "malformed array literal: \"%.*s\"",
                                   STR_ARG(CASES[i]));
        expect_err(coerce_text(a, column(a, "tags"), CASES[i], &v),
                   ERR_VALUE_SYNTAX, message);
    }
}

static void reads_arrays_from_a_body(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str body;
        str want;
    } CASES[] = {
        {"tags", STR_INIT("[]"), STR_INIT("[]")},
        {"tags", STR_INIT("[ \"a\", \"\\u00e9\" ]"),
         STR_INIT("[\"a\",\"\xc3\xa9\"]")},
        {"points", STR_INIT("[1, \"2\"]"), STR_INIT("[1,2]")},
        {"flags", STR_INIT("[true, false]"), STR_INIT("[true,false]")},
        {"data", STR_INIT("[{\"a\": [1]}, \"x\", 1]"),
         STR_INIT("[{\"a\": [1]},\"x\",1]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v = {0};
        const json *j = NULL;
        expect_ok(json_parse(a, CASES[i].body, &j));
        expect_ok(coerce_json(a, column(a, CASES[i].column), j, &v));
        expect_str(v.text, CASES[i].want);
    }
}

static void says_what_is_wrong_with_an_element(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str body;
        err_code code;
        str message;
    } CASES[] = {
        {"tags", STR_INIT("\"a\""), ERR_VALUE_TYPE,
         STR_INIT("column \"tags\" is of type text but the value is no "
                  "array")},
        {"tags", STR_INIT("[null]"), ERR_VALUE_SYNTAX,
         STR_INIT("column \"tags\" is a list without nulls")},
        {"points", STR_INIT("[1, \"x\"]"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"x\"")},
        {"tags", STR_INIT("[[\"a\"]]"), ERR_VALUE_TYPE,
         STR_INIT("column \"tags\" is of type text but expression is of type "
                  "json")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v = {0};
        const json *j = NULL;
        expect_ok(json_parse(a, CASES[i].body, &j));
        expect_err(coerce_json(a, column(a, CASES[i].column), j, &v),
                   CASES[i].code, CASES[i].message);
    }
}

/* Some ten thousand elements, as many as a URL holds. */
static void takes_memory_for_what_there_is(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf literal = buf_new(100 * 1000);
    for (int i = 0; i < 10 * 1000; i++)
        buf_append(&literal, i == 0 ? STR("{\"\"") : STR(",\"\""));
    buf_append_char(&literal, '}');
    atomic_size_t taken = 0;
    CLEANUP(arena_release) arena *own = arena_new();
    arena_meter(own, &taken);
    value v = {0};
    expect_ok(coerce_text(own, column(a, "tags"), buf_str(&literal), &v));
    assert_in_range(taken, 0, 1 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_array_literals),
        TEST(refuses_what_is_no_array_literal),
        TEST(reads_arrays_from_a_body),
        TEST(says_what_is_wrong_with_an_element),
        TEST(takes_memory_for_what_there_is),
    };
    return cmocka_run_group_tests_name("core/coerce_list", tests, NULL, NULL);
}
