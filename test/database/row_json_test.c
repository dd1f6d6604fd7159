#include "database/row_json.h"

#include "test/support/test.h"

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }

static str write_cell(arena *a, scalar_type type, value v) {
    row_column column = {row_json_make_key(a, STR("x")), type};
    row_shape shape = {&column, 1, false};
    CLEANUP(buf_free) buf out = buf_new(1000);
    row_json_write(&out, &shape, &v);
    return arena_copy(a, buf_str(&out));
}

static void writes_each_type_as_postgresql_would(void **state) {
    arena *a = *state;
    static const struct {
        scalar_type type;
        value v;
        str bare;
    } CASES[] = {
        {SCALAR_STRING, TEXT("a\"b\n"), STR_INIT("{\"x\":\"a\\\"b\\n\"}")},
        {SCALAR_BOOLEAN,
         {.kind = VALUE_BOOL, .boolean = true},
         STR_INIT("{\"x\":true}")},
        {SCALAR_INT,
         {.kind = VALUE_INT, .integer = -7},
         STR_INIT("{\"x\":-7}")},
        {SCALAR_BIGINT,
         {.kind = VALUE_INT, .integer = INT64_MAX},
         STR_INIT("{\"x\":9223372036854775807}")},
        {SCALAR_FLOAT,
         {.kind = VALUE_FLOAT, .real = 0.1},
         STR_INIT("{\"x\":0.1}")},
        {SCALAR_DECIMAL, TEXT("999.90"), STR_INIT("{\"x\":999.90}")},
        {SCALAR_DATETIME, TEXT("2024-01-01T00:00:00.000+00:00"),
         STR_INIT("{\"x\":\"2024-01-01T00:00:00+00:00\"}")},
        {SCALAR_DATETIME, TEXT("2024-01-01T00:00:00.120+00:00"),
         STR_INIT("{\"x\":\"2024-01-01T00:00:00.12+00:00\"}")},
        {SCALAR_JSON, TEXT("{\"a\": [1]}"), STR_INIT("{\"x\":{\"a\": [1]}}")},
        {SCALAR_BYTES,
         {.kind = VALUE_BYTES, .text = STR_INIT("\0\xff")},
         STR_INIT("{\"x\":\"\\\\x00ff\"}")},
        {SCALAR_STRING, {.kind = VALUE_NULL}, STR_INIT("{\"x\":null}")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_str(write_cell(a, CASES[i].type, CASES[i].v), CASES[i].bare);
    }
}

static void leaves_out_nulls_when_asked(void **state) {
    arena *a = *state;
    row_column columns[] = {
        {row_json_make_key(a, STR("a")), SCALAR_INT},
        {row_json_make_key(a, STR("b\"c")), SCALAR_INT},
    };
    value values[] = {{.kind = VALUE_NULL}, {.kind = VALUE_INT, .integer = 1}};
    row_shape shape = {columns, 2, true};
    CLEANUP(buf_free) buf out = buf_new(1000);
    row_json_write(&out, &shape, values);
    values[1].kind = VALUE_NULL;
    row_json_write(&out, &shape, values);
    shape.strips_nulls = false;
    row_json_write(&out, &shape, values);
    expect_str(buf_str(&out),
               STR("{\"b\\\"c\":1}{}{\"a\":null,\"b\\\"c\":null}"));
}

static void survives_a_full_buffer(void **state) {
    arena *a = *state;
    row_column column = {row_json_make_key(a, STR("a")), SCALAR_INT};
    row_shape shape = {&column, 1, false};
    value v = {.kind = VALUE_INT, .integer = 12345};
    for (size_t max = 0; max < sizeof "{\"a\":12345}" - 1; max++) {
        CLEANUP(buf_free) buf out = buf_new(max);
        row_json_write(&out, &shape, &v);
        assert_true(out.is_overflown);
        assert_true(out.len <= max);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_each_type_as_postgresql_would),
        TEST(leaves_out_nulls_when_asked),
        TEST(survives_a_full_buffer),
    };
    return cmocka_run_group_tests_name("api/rest/rows", tests, NULL, NULL);
}
