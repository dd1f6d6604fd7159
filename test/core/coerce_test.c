#include "core/coerce.h"

#include "test/support/tasks.h"
#include "test/support/test.h"

static const field *column(arena *a, const char *name) {
    const schema *s;
    const model *m = tasks_model(a, &s, "task");
    return model_find_column(s, m, str_of(name));
}

static str print(arena *a, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
        return STR("null");
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return STR("default");
    case VALUE_BOOL:
        return v->boolean ? STR("true") : STR("false");
    case VALUE_INT:
        return arena_printf(a, "int %lld", (long long)v->integer);
    case VALUE_FLOAT:
        return arena_printf(a, "float %g", v->real);
    case VALUE_TEXT:
        return arena_printf(a, "text %.*s", STR_ARG(v->text));
    case VALUE_BYTES:
        return arena_printf(a, "%zu bytes", v->text.len);
    }
    return STR("");
}

static void reads_text_from_a_url(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str text;
        str want;
    } CASES[] = {
        {"points", STR_INIT("5"), STR_INIT("int 5")},
        {"points", STR_INIT(" -2147483648 "), STR_INIT("int -2147483648")},
        {"points", STR_INIT("+7"), STR_INIT("int 7")},
        {"views", STR_INIT("9223372036854775807"),
         STR_INIT("int 9223372036854775807")},
        {"views", STR_INIT("-9223372036854775808"),
         STR_INIT("int -9223372036854775808")},
        {"ratio", STR_INIT("1e-3"), STR_INIT("float 0.001")},
        {"ratio", STR_INIT("-5"), STR_INIT("float -5")},
        {"price", STR_INIT("12.50"), STR_INIT("text 12.50")},
        {"price", STR_INIT("1.5e3"), STR_INIT("text 1500")},
        {"is_urgent", STR_INIT("TRUE"), STR_INIT("true")},
        {"is_urgent", STR_INIT("y"), STR_INIT("true")},
        {"is_urgent", STR_INIT("on"), STR_INIT("true")},
        {"is_urgent", STR_INIT("1"), STR_INIT("true")},
        {"is_urgent", STR_INIT("fal"), STR_INIT("false")},
        {"is_urgent", STR_INIT("of"), STR_INIT("false")},
        {"is_urgent", STR_INIT("n"), STR_INIT("false")},
        {"is_urgent", STR_INIT("0"), STR_INIT("false")},
        {"due_at", STR_INIT("2024-01-31T12:00:00.5+02:00"),
         STR_INIT("text 2024-01-31T10:00:00.500+00:00")},
        {"due_at", STR_INIT("2024-01-31"),
         STR_INIT("text 2024-01-31T00:00:00.000+00:00")},
        {"status", STR_INIT("on hold"), STR_INIT("text on hold")},
        {"title", STR_INIT(" kept "), STR_INIT("text  kept ")},
        {"title", STR_INIT(""), STR_INIT("text ")},
        {"data", STR_INIT("{\"a\":1}"), STR_INIT("text {\"a\":1}")},
        {"blob", STR_INIT("\\x00fF"), STR_INIT("2 bytes")},
        {"blob", STR_INIT("\\x"), STR_INIT("0 bytes")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v;
        expect_ok(
            coerce_text(a, column(a, CASES[i].column), CASES[i].text, &v));
        expect_str(print(a, &v), CASES[i].want);
    }
}

static void refuses_in_the_words_of_postgresql(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str text;
        err_code code;
        str message;
    } CASES[] = {
        {"points", STR_INIT("abc"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"abc\"")},
        {"points", STR_INIT(""), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"\"")},
        {"points", STR_INIT("1.5"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"1.5\"")},
        {"points", STR_INIT("+-1"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"+-1\"")},
        {"points", STR_INIT("3000000000"), ERR_VALUE_RANGE,
         STR_INIT("value \"3000000000\" is out of range for type integer")},
        {"views", STR_INIT("9223372036854775808"), ERR_VALUE_RANGE,
         STR_INIT("value \"9223372036854775808\" is out of range for type "
                  "bigint")},
        {"ratio", STR_INIT("1e999"), ERR_VALUE_RANGE,
         STR_INIT("\"1e999\" is out of range for type double precision")},
        {"ratio", STR_INIT("NaN"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type double precision: \"NaN\"")},
        {"price", STR_INIT("1,5"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type numeric: \"1,5\"")},
        {"price", STR_INIT("1e5000"), ERR_VALUE_RANGE,
         STR_INIT("value overflows numeric format")},
        {"is_urgent", STR_INIT("o"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type boolean: \"o\"")},
        {"is_urgent", STR_INIT("truer"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type boolean: \"truer\"")},
        {"is_urgent", STR_INIT(""), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type boolean: \"\"")},
        {"due_at", STR_INIT("soon"), ERR_VALUE_DATETIME,
         STR_INIT("invalid input syntax for type timestamp with time zone: "
                  "\"soon\"")},
        {"due_at", STR_INIT("2024-02-30"), ERR_VALUE_DATETIME_RANGE,
         STR_INIT("date/time field value out of range: \"2024-02-30\"")},
        {"status", STR_INIT("ON_HOLD"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input value for enum \"Status\": \"ON_HOLD\"")},
        {"title", STR_INIT("a\0b"), ERR_VALUE_SYNTAX,
         STR_INIT("unsupported Unicode escape sequence")},
        {"data", STR_INIT("{"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type json: \"{\"")},
        {"blob", STR_INIT("ff"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type bytea: \"ff\"")},
        {"blob", STR_INIT("\\xf"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type bytea: \"\\xf\"")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v;
        expect_err(
            coerce_text(a, column(a, CASES[i].column), CASES[i].text, &v),
            CASES[i].code, CASES[i].message);
    }
    value v;
    err *e = coerce_text(a, column(a, "status"), STR("x"), &v);
    expect_str(e->hint, STR("one of: OPEN, on hold, DONE"));
}

static void reads_json_from_a_body(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str json;
        str want;
    } CASES[] = {
        {"points", STR_INIT("5"), STR_INIT("int 5")},
        {"views", STR_INIT("\"9007199254740993\""),
         STR_INIT("int 9007199254740993")},
        {"views", STR_INIT("9007199254740993"),
         STR_INIT("int 9007199254740993")},
        {"price", STR_INIT("0.10"), STR_INIT("text 0.10")},
        {"is_urgent", STR_INIT("false"), STR_INIT("false")},
        {"title", STR_INIT("5.0"), STR_INIT("text 5.0")},
        {"title", STR_INIT("true"), STR_INIT("text true")},
        {"title", STR_INIT("\"\\u00e9\""), STR_INIT("text \xc3\xa9")},
        {"title", STR_INIT("null"), STR_INIT("null")},
        {"data", STR_INIT("null"), STR_INIT("null")},
        {"data", STR_INIT("{\"b\": [1, 2.0]}"),
         STR_INIT("text {\"b\": [1, 2.0]}")},
        {"data", STR_INIT("\"a\\\"b\""), STR_INIT("text \"a\\\"b\"")},
        {"data", STR_INIT("3"), STR_INIT("text 3")},
        {"data", STR_INIT("false"), STR_INIT("text false")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const json *tree;
        value v;
        expect_ok(json_parse(a, CASES[i].json, &tree));
        expect_ok(coerce_json(a, column(a, CASES[i].column), tree, &v));
        expect_str(print(a, &v), CASES[i].want);
    }
}

static void takes_objects_and_arrays_for_json_only(void **state) {
    arena *a = *state;
    const json *tree;
    value v;
    expect_ok(json_parse(a, STR("[1]"), &tree));
    expect_err(coerce_json(a, column(a, "title"), tree, &v), ERR_VALUE_TYPE,
               STR("column \"title\" is of type text but expression is of type "
                   "json"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_text_from_a_url),
        TEST(refuses_in_the_words_of_postgresql),
        TEST(reads_json_from_a_body),
        TEST(takes_objects_and_arrays_for_json_only),
    };
    return cmocka_run_group_tests_name("core/coerce", tests, NULL, NULL);
}
