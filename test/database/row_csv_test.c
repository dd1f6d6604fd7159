#include "database/row_csv.h"

#include "test/support/test.h"

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }

static str write_cell(arena *a, scalar_type type, bool is_list, value v) {
    csv_column column = {.name = STR("x"), .type = type, .is_list = is_list};
    CLEANUP(buf_free) buf out = buf_new(1000);
    row_csv_write(a, &out, &column, 1, &v);
    return arena_copy(a, buf_str(&out));
}

/* The right column is what PostgreSQL 15 answers to SELECT ROW(value), without
 * the parentheses. */
static void writes_each_cell_as_postgresql_would(void **state) {
    arena *a = *state;
    static const struct {
        scalar_type type;
        value v;
        str text;
    } CASES[] = {
        {SCALAR_STRING, {.kind = VALUE_NULL}, STR_INIT("")},
        {SCALAR_STRING, TEXT(""), STR_INIT("\"\"")},
        {SCALAR_STRING, TEXT("plain-text_1"), STR_INIT("plain-text_1")},
        {SCALAR_STRING, TEXT("a b"), STR_INIT("\"a b\"")},
        {SCALAR_STRING, TEXT("a,b"), STR_INIT("\"a,b\"")},
        {SCALAR_STRING, TEXT("(a"), STR_INIT("\"(a\"")},
        {SCALAR_STRING, TEXT("a)"), STR_INIT("\"a)\"")},
        {SCALAR_STRING, TEXT("say \"x\""), STR_INIT("\"say \"\"x\"\"\"")},
        {SCALAR_STRING, TEXT("a\\b"), STR_INIT("\"a\\\\b\"")},
        {SCALAR_STRING, TEXT("a\nb"), STR_INIT("\"a\nb\"")},
        {SCALAR_STRING, TEXT("zo\xc3\xab"), STR_INIT("zo\xc3\xab")},
        {SCALAR_BOOLEAN, {.kind = VALUE_BOOL, .boolean = true}, STR_INIT("t")},
        {SCALAR_BOOLEAN, {.kind = VALUE_BOOL}, STR_INIT("f")},
        {SCALAR_BIGINT,
         {.kind = VALUE_INT, .integer = INT64_MIN},
         STR_INIT("-9223372036854775808")},
        {SCALAR_FLOAT, {.kind = VALUE_FLOAT, .real = 0.1}, STR_INIT("0.1")},
        {SCALAR_DECIMAL, TEXT("999.90"), STR_INIT("999.90")},
        {SCALAR_DATETIME, TEXT("2024-01-01T00:00:00.120+00:00"),
         STR_INIT("\"2024-01-01 00:00:00.12+00\"")},
        {SCALAR_DATETIME, TEXT("2024-01-01T00:00:00.000+00:00"),
         STR_INIT("\"2024-01-01 00:00:00+00\"")},
        {SCALAR_JSON, TEXT("{\"a\":1}"), STR_INIT("\"{\"\"a\"\":1}\"")},
        {SCALAR_BYTES,
         {.kind = VALUE_BYTES, .text = STR_INIT("\0\xff")},
         STR_INIT("\"\\\\x00ff\"")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(write_cell(a, CASES[i].type, false, CASES[i].v),
                   CASES[i].text);
}

static void writes_lists_as_array_literals(void **state) {
    arena *a = *state;
    static const struct {
        scalar_type type;
        str list;
        str text;
    } CASES[] = {
        {SCALAR_STRING, STR_INIT("[]"), STR_INIT("{}")},
        {SCALAR_INT, STR_INIT("[1]"), STR_INIT("{1}")},
        {SCALAR_INT, STR_INIT("[1,-2]"), STR_INIT("\"{1,-2}\"")},
        {SCALAR_BOOLEAN, STR_INIT("[true,false]"), STR_INIT("\"{t,f}\"")},
        {SCALAR_STRING, STR_INIT("[\"a\",\"b c\",\"\",\"null\",\"x\\\"y\"]"),
         STR_INIT("\"{a,\"\"b c\"\",\"\"\"\",\"\"null\"\","
                  "\"\"x\\\\\"\"y\"\"}\"")},
        {SCALAR_DATETIME, STR_INIT("[\"2024-01-01T00:00:00.000+00:00\"]"),
         STR_INIT("\"{\"\"2024-01-01 00:00:00+00\"\"}\"")},
        {SCALAR_JSON, STR_INIT("[{\"a\":1}]"),
         STR_INIT("\"{\"\"{\\\\\"\"a\\\\\"\":1}\"\"}\"")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        value v = {.kind = VALUE_TEXT, .text = CASES[i].list};
        expect_str(write_cell(a, CASES[i].type, true, v), CASES[i].text);
    }
}

static void puts_commas_between_cells_and_names(void **state) {
    arena *a = *state;
    static const csv_column COLUMNS[] = {
        {.name = STR_INIT("id"), .type = SCALAR_INT, .is_list = false},
        {.name = STR_INIT("a b"), .type = SCALAR_INT, .is_list = false},
        {.name = STR_INIT("c"), .type = SCALAR_INT, .is_list = false}};
    const value cells[] = {{.kind = VALUE_INT, .integer = 1},
                           {.kind = VALUE_NULL},
                           {.kind = VALUE_NULL}};
    CLEANUP(buf_free) buf out = buf_new(1000);
    row_csv_write_header(&out, COLUMNS, LENGTH(COLUMNS));
    expect_str(buf_str(&out), STR("id,\"a b\",c"));
    buf_clear(&out, SIZE_MAX);
    row_csv_write(a, &out, COLUMNS, LENGTH(COLUMNS), cells);
    expect_str(buf_str(&out), STR("1,,"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_each_cell_as_postgresql_would),
        TEST(writes_lists_as_array_literals),
        TEST(puts_commas_between_cells_and_names),
    };
    return cmocka_run_group_tests_name("database/row_csv", tests, NULL, NULL);
}
