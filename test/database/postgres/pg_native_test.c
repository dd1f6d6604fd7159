/* Columns of PostgreSQL's own types: their values there and back, alone and
 * inside of JSON, and that an index of theirs is used. */
#include <stdlib.h>

#include "test/support/statement_world.h"
#include "test/support/test.h"

static const struct type {
    const char *declaration; /* of a field x */
    value_kind kind;
    const char *given;
    const char *shown; /* as JSON */
} TYPES[] = {
    {"String @db.VarChar(5)", VALUE_TEXT, "abc", "\"abc\""},
    {"String @db.Char(5)", VALUE_TEXT, "abc", "\"abc  \""},
    {"String @db.Citext", VALUE_TEXT, "Abc", "\"Abc\""},
    {"String @db.Uuid", VALUE_TEXT, "018F6F2E-0000-7000-8000-000000000001",
     "\"018f6f2e-0000-7000-8000-000000000001\""},
    {"String @db.Inet", VALUE_TEXT, "10.0.0.1/8", "\"10.0.0.1/8\""},
    {"String @db.Bit(3)", VALUE_TEXT, "101", "\"101\""},
    {"String @db.VarBit(5)", VALUE_TEXT, "1011", "\"1011\""},
    {"Mood", VALUE_TEXT, "very bad", "\"very bad\""},
    {"Int @db.SmallInt", VALUE_INT, "-7", "-7"},
    {"Int @db.Oid", VALUE_INT, "7", "7"},
    {"BigInt", VALUE_INT, "9007199254740993", "9007199254740993"},
    {"Float @db.Real", VALUE_FLOAT, "0.1", "0.1"},
    {"Float", VALUE_FLOAT, "1e20", "1e+20"},
    {"Decimal", VALUE_TEXT, "12.50", "12.5"},
    {"Decimal @db.Decimal(8, 3)", VALUE_TEXT, "12.5", "12.500"},
    {"Decimal @db.Money", VALUE_TEXT, "1234.5", "1234.50"},
    {"DateTime", VALUE_TEXT, "2024-01-31T12:00:00.120+00:00",
     "\"2024-01-31T12:00:00.12+00:00\""},
    {"DateTime @db.Timestamp(6)", VALUE_TEXT,
     "2024-01-31T12:00:00.123456+00:00",
     "\"2024-01-31T12:00:00.123456+00:00\""},
    {"DateTime @db.Timestamptz(6)", VALUE_TEXT, "2024-01-31T14:00:00.5+02:00",
     "\"2024-01-31T12:00:00.5+00:00\""},
    {"DateTime @db.Date", VALUE_TEXT, "2024-01-31T00:00:00.000+00:00",
     "\"2024-01-31\""},
    {"DateTime @db.Time(3)", VALUE_TEXT, "12:30:00.5", "\"12:30:00.5\""},
    {"DateTime @db.Timetz", VALUE_TEXT, "12:30:00+02", "\"12:30:00+02\""},
    {"Boolean", VALUE_BOOL, "true", "true"},
    {"Bytes", VALUE_BYTES, "a\\\"", "\"\\\\x615c22\""},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

static value value_of(const struct type *t) {
    str text = str_of(t->given);
    value v = {.kind = t->kind, .text = text};
    if (t->kind == VALUE_INT)
        assert_true(str_parse_int64(text, &v.integer));
    if (t->kind == VALUE_FLOAT)
        v.real = strtod(t->given, NULL);
    if (t->kind == VALUE_BOOL)
        v.boolean = true;
    return v;
}

static str write_schema(arena *a) {
    str text = STR("datasource db {\n  provider = \"postgresql\"\n"
                   "  url = env(\"X\")\n  extensions = [citext]\n}\n"
                   "enum Mood {\n  GOOD\n  BAD @map(\"very bad\")\n}\n");
    for (size_t i = 0; i < TYPE_COUNT; i++)
        text = arena_printf(a,
                            "%.*smodel T%zu {\n  id Int @id\n  x %s\n"
                            "  other U%zu[]\n  @@index([x])\n}\n"
                            "model U%zu {\n  id Int @id\n  t T%zu"
                            " @relation(fields: [id], references: [id])\n}\n",
                            STR_ARG(text), i, TYPES[i].declaration, i, i, i);
    return text;
}

static const char *table(statement_world *w, char letter, size_t i) {
    return arena_printf(w->a, "%c%zu", letter, i).ptr;
}

static str insert(statement_world *w, size_t i) {
    const value row[] = {value_int(1), value_of(&TYPES[i])};
    mutation m = world_insert(&w->trees, table(w, 'T', i), "id x", row, 1);
    world_return(&w->trees, &m, "x");
    return statement_world_write(w, &m);
}

static query find(statement_world *w, size_t i) {
    query q = world_query(&w->trees, table(w, 'T', i), "x");
    q.where =
        world_compare(&w->trees, world_field(&w->trees, table(w, 'T', i), "x"),
                      COMPARE_EQ, value_of(&TYPES[i]));
    return q;
}

static query find_in_list(statement_world *w, size_t i) {
    value *values = arena_new_array(w->a, value, 2);
    values[0] = value_of(&TYPES[i]);
    values[1] = value_null();
    query q = find(w, i);
    filter *f = arena_new_array(w->a, filter, 1);
    *f = (filter){.kind = FILTER_IN,
                  .field = q.where->field,
                  .values = values,
                  .value_count = 2};
    q.where = f;
    return q;
}

static str embedded(statement_world *w, size_t i) {
    postgres_world_sql(
        w->postgres,
        arena_printf(w->a, "INSERT INTO \"U%zu\" VALUES (1)", i).ptr);
    query q = world_query(&w->trees, table(w, 'U', i), "id");
    embed e = world_embed(w, q.model, "t", "x");
    q.embeds = &e;
    q.embed_count = 1;
    return statement_world_read(w, &q);
}

static void expect_index(statement_world *w, const query *q) {
    str plan = statement_world_plan(w, q);
    if (!str_contains(plan, STR("Index Cond")))
        fail_msg("%.*s", STR_ARG(plan));
}

static void values_and_indexes_of_native_types(void **state) {
    arena *a = *state;
    CLEANUP(statement_world_close)
    statement_world *w =
        statement_world_open(a, arena_cstr(a, write_schema(a)));
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        print_message("%s\n", TYPES[i].declaration);
        str wanted = arena_printf(a, "{\"x\":%s}", TYPES[i].shown);
        query one = find(w, i);
        query some = find_in_list(w, i);
        expect_str(insert(w, i), wanted);
        expect_str(statement_world_read(w, &one), wanted);
        expect_str(statement_world_read(w, &some), wanted);
        expect_str(
            embedded(w, i),
            arena_printf(a, "{\"id\":1,\"t\":{\"x\":%s}}", TYPES[i].shown));
        expect_index(w, &one);
        expect_index(w, &some);
    }
}

/* What the types of PostgreSQL have beside ordinary values. */
static void shows_what_is_no_ordinary_value(void **state) {
    CLEANUP(statement_world_close)
    statement_world *w = statement_world_open(
        *state, "model T {\n  id Int @id\n  at DateTime\n  real Float\n"
                "  price Decimal @db.Decimal\n}\n");
    postgres_world_sql(w->postgres,
                       "INSERT INTO \"T\" VALUES (1, 'infinity', 'NaN', 'NaN'),"
                       " (2, '10000-01-01', '-Infinity', 0)");
    query q = world_query(&w->trees, "T", "at real");
    query_order order = {.field = world_field(&w->trees, "T", "id")};
    q.order = &order;
    q.order_count = 1;
    expect_str(statement_world_read(w, &q),
               STR("{\"at\":\"infinity\",\"real\":\"NaN\"};"
                   "{\"at\":\"10000-01-01 00:00:00\",\"real\":"
                   "\"-Infinity\"}"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(values_and_indexes_of_native_types),
        TEST(shows_what_is_no_ordinary_value),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_native", tests,
                                       NULL, NULL);
}
