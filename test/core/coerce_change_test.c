#include "core/coerce_change.h"

#include "schema/load.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

static const field *column(arena *a, const char *name) {
    const schema *s;
    const model *m = tasks_model(a, &s, "task");
    return model_find_column(s, m, str_of(name));
}

static const json *parsed(arena *a, str text) {
    const json *j = NULL;
    expect_ok(json_parse(a, text, &j));
    return j;
}

static str print(arena *a, const value *v) {
    switch (v->kind) {
    case VALUE_INT:
        return arena_printf(a, "%lld", (long long)v->integer);
    case VALUE_FLOAT:
        return arena_printf(a, "%g", v->real);
    case VALUE_TEXT:
        return v->text;
    case VALUE_NULL:
        return STR("null");
    case VALUE_DEFAULT:
    case VALUE_CELL:
    case VALUE_BOOL:
    case VALUE_BYTES:
        break;
    }
    return STR("something else");
}

static void an_object_is_an_operator_but_for_json(void **state) {
    arena *a = *state;
    const json *object = parsed(a, STR("{\"set\":1}"));
    assert_true(coerce_change_is(column(a, "points"), object));
    assert_true(coerce_change_is(column(a, "status"), object));
    assert_false(coerce_change_is(column(a, "data"), object));
    assert_false(coerce_change_is(column(a, "points"), parsed(a, STR("5"))));
    assert_false(coerce_change_is(column(a, "points"), parsed(a, STR("[5]"))));
}

static void reads_operators(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str body;
        relative_operator op;
        str operand;
    } CASES[] = {
        {"points", STR_INIT("{\"increment\":2}"), RELATIVE_INCREMENT,
         STR_INIT("2")},
        {"points", STR_INIT("{\"decrement\":\"3\"}"), RELATIVE_DECREMENT,
         STR_INIT("3")},
        {"ratio", STR_INIT("{\"multiply\":1.5}"), RELATIVE_MULTIPLY,
         STR_INIT("1.5")},
        {"price", STR_INIT("{\"divide\":1.50}"), RELATIVE_DIVIDE,
         STR_INIT("1.50")},
        {"points", STR_INIT("{\"set\":null}"), RELATIVE_SET, STR_INIT("null")},
        {"title", STR_INIT("{\"set\":\"x\"}"), RELATIVE_SET, STR_INIT("x")},
        {"title", STR_INIT("{\"unset\":true}"), RELATIVE_SET, STR_INIT("null")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        relative_operator op = RELATIVE_PUSH;
        value operand = {0};
        expect_ok(coerce_change(a, column(a, CASES[i].column),
                                parsed(a, CASES[i].body), &op, &operand));
        assert_int_equal(op, CASES[i].op);
        expect_str(print(a, &operand), CASES[i].operand);
    }
}

static void pushes_one_or_many(void **state) {
    arena *a = *state;
    field list = *column(a, "title");
    list.is_list = true;
    static const struct {
        str body;
        str operand;
    } CASES[] = {
        {STR_INIT("{\"push\":\"x\"}"), STR_INIT("[\"x\"]")},
        {STR_INIT("{\"push\":[\"x\",\"y\"]}"), STR_INIT("[\"x\",\"y\"]")},
        {STR_INIT("{\"push\":[]}"), STR_INIT("[]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        relative_operator op = RELATIVE_SET;
        value operand = {0};
        expect_ok(
            coerce_change(a, &list, parsed(a, CASES[i].body), &op, &operand));
        assert_int_equal(op, RELATIVE_PUSH);
        expect_str(print(a, &operand), CASES[i].operand);
    }
    relative_operator op;
    value operand;
    expect_err(coerce_change(a, &list, parsed(a, STR("{\"unset\":true}")), &op,
                             &operand),
               ERR_VALUE_TYPE,
               STR("column \"title\" is of type text[]: it has no operator "
                   "\"unset\""));
}

static void says_what_a_column_has(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        str body;
        err_code code;
        str message;
    } CASES[] = {
        {"points", STR_INIT("{\"incr\":2}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer: it has no operator "
                  "\"incr\"")},
        {"points", STR_INIT("{\"push\":2}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer: it has no operator "
                  "\"push\"")},
        {"title", STR_INIT("{\"increment\":2}"), ERR_VALUE_TYPE,
         STR_INIT("column \"title\" is of type text: it has no operator "
                  "\"increment\"")},
        {"points", STR_INIT("{\"increment\":1,\"set\":2}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer: \"increment\" and "
                  "\"set\" cannot both be done")},
        {"points", STR_INIT("{}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer: an empty object is no "
                  "value of it")},
        {"points", STR_INIT("{\"increment\":null}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer: \"increment\" takes a "
                  "number, not null")},
        {"points", STR_INIT("{\"unset\":false}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer: \"unset\" takes "
                  "true")},
        {"points", STR_INIT("{\"multiply\":1.5}"), ERR_VALUE_SYNTAX,
         STR_INIT("invalid input syntax for type integer: \"1.5\"")},
        {"points", STR_INIT("{\"increment\":3000000000}"), ERR_VALUE_RANGE,
         STR_INIT("value \"3000000000\" is out of range for type integer")},
        {"points", STR_INIT("{\"increment\":{\"set\":1}}"), ERR_VALUE_TYPE,
         STR_INIT("column \"points\" is of type integer but expression is of "
                  "type json")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        relative_operator op;
        value operand;
        expect_err(coerce_change(a, column(a, CASES[i].column),
                                 parsed(a, CASES[i].body), &op, &operand),
                   CASES[i].code, CASES[i].message);
    }
    relative_operator op;
    value operand;
    err *e = coerce_change(a, column(a, "points"),
                           parsed(a, STR("{\"incr\":2}")), &op, &operand);
    expect_str(e->hint,
               STR("write a value, or an object of one operator; the column "
                   "has set, unset, increment, decrement, multiply, divide"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_object_is_an_operator_but_for_json),
        TEST(reads_operators),
        TEST(pushes_one_or_many),
        TEST(says_what_a_column_has),
    };
    return cmocka_run_group_tests_name("core/coerce_change", tests, NULL, NULL);
}
