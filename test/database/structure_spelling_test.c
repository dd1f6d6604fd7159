#include "database/structure_spelling.h"

#include "test/support/test.h"

typedef struct pair {
    str x;
    str y;
    bool is_same;
} pair;

static void types_are_the_same_in_any_spelling(void **state) {
    arena *a = *state;
    static const pair PAIRS[] = {
        {STR_INIT("varchar(20)"), STR_INIT("character varying(20)"), true},
        {STR_INIT("varchar(20)"), STR_INIT("character varying(21)"), false},
        {STR_INIT("varchar"), STR_INIT("text"), false},
        {STR_INIT("timestamptz(6)"), STR_INIT("timestamp(6) with time zone"),
         true},
        {STR_INIT("timestamp(3)"), STR_INIT("timestamp(3) without time zone"),
         true},
        {STR_INIT("timestamp(3)"), STR_INIT("timestamp(3) with time zone"),
         false},
        {STR_INIT("time"), STR_INIT("time without time zone"), true},
        {STR_INIT("DECIMAL(10)"), STR_INIT("numeric(10,0)"), true},
        {STR_INIT("char"), STR_INIT("character(1)"), true},
        {STR_INIT("int4"), STR_INIT("integer"), true},
        {STR_INIT("int8[]"), STR_INIT("bigint[]"), true},
        {STR_INIT("text[]"), STR_INIT("text"), false},
        {STR_INIT("\"role\""), STR_INIT("role"), true},
        {STR_INIT("\"Role\""), STR_INIT("role"), false},
        {STR_INIT("citext"), STR_INIT("extensions.citext"), true},
        {STR_INIT("a.\"T\""), STR_INIT("b.\"T\""), false},
        {STR_INIT("geometry(Point, 4326)"), STR_INIT("geometry(Point,4326)"),
         true},
    };
    for (size_t i = 0; i < LENGTH(PAIRS); i++) {
        structure_column x = {.type = PAIRS[i].x};
        structure_column y = {.type = PAIRS[i].y};
        bool is_same = structure_is_same_type(a, ENGINE_POSTGRESQL, &x, &y);
        if (is_same != PAIRS[i].is_same)
            fail_msg("%.*s and %.*s", STR_ARG(x.type), STR_ARG(y.type));
    }
}

static void a_column_of_sqlite_takes_types_that_hold_its_values(void **state) {
    arena *a = *state;
    const field text = {.kind = FIELD_SCALAR, .scalar = SCALAR_STRING};
    const structure_column want = {.type = STR_INIT("TEXT"), .field = &text};
    const structure_column varchar = {.type = STR_INIT("varchar(20)")};
    const structure_column blob = {.type = STR_INIT("BLOB")};
    assert_true(structure_is_same_type(a, ENGINE_SQLITE, &want, &varchar));
    assert_true(structure_is_same_type(a, ENGINE_SQLITE, &varchar, &want));
    assert_false(structure_is_same_type(a, ENGINE_SQLITE, &want, &blob));
}

static void defaults_are_the_same_in_any_spelling(void **state) {
    arena *a = *state;
    static const struct {
        str type;
        pair defaults;
    } CASES[] = {
        {STR_INIT("text"), {STR_INIT("'a'"), STR_INIT("'a'::text"), true}},
        {STR_INIT("text"), {STR_INIT("'a'"), STR_INIT("'b'::text"), false}},
        {STR_INIT("text"), {STR_INIT("'007'"), STR_INIT("'7'::text"), false}},
        {STR_INIT("character varying(20)"),
         {STR_INIT("'it''s'"), STR_INIT("'it''s'::character varying"), true}},
        {STR_INIT("integer"),
         {STR_INIT("-1"), STR_INIT("'-1'::integer"), true}},
        {STR_INIT("integer"), {STR_INIT("1"), STR_INIT("-1"), false}},
        {STR_INIT("numeric(65,30)"), {STR_INIT("1.50"), STR_INIT("1.5"), true}},
        {STR_INIT("boolean"),
         {STR_INIT("true"), STR_INIT("'t'::boolean"), true}},
        {STR_INIT("jsonb"),
         {STR_INIT("'{\"a\":1}'"), STR_INIT("'{\"a\": 1}'::jsonb"), true}},
        {STR_INIT("jsonb"),
         {STR_INIT("'[{\"bb\":1,\"a\":{\"d\":[],\"c\":0}}]'"),
          STR_INIT("'[{\"a\": {\"c\": 0, \"d\": []}, \"bb\": 1}]'::jsonb"),
          true}},
        {STR_INIT("jsonb"),
         {STR_INIT("'{\"a\":1,\"b\":2,\"a\":3}'"),
          STR_INIT("'{\"a\": 3, \"b\": 2}'::jsonb"), true}},
        {STR_INIT("jsonb"),
         {STR_INIT("'[1,2]'"), STR_INIT("'[2, 1]'::jsonb"), false}},
        {STR_INIT("\"Role\""),
         {STR_INIT("'A'"), STR_INIT("'A'::\"Role\""), true}},
        {STR_INIT("timestamp(3) without time zone"),
         {STR_INIT("'2020-01-01 00:00:00.000+00:00'"),
          STR_INIT("'2020-01-01 00:00:00'::timestamp without time zone"),
          true}},
        {STR_INIT("timestamp(3) without time zone"),
         {STR_INIT("now()"), STR_INIT("CURRENT_TIMESTAMP"), true}},
        {STR_INIT("text[]"),
         {STR_INIT("ARRAY['a', 'b']::text[]"),
          STR_INIT("ARRAY['a'::text, 'b'::text]"), true}},
        {STR_INIT("text[]"),
         {STR_INIT("ARRAY[]::text[]"), STR_INIT("'{}'::text[]"), true}},
        {STR_INIT("text"), {STR_INIT("'{}'"), STR_INIT("ARRAY[]"), false}},
        {STR_INIT("uuid"),
         {STR_INIT("gen_random_uuid()"), STR_INIT("( gen_random_uuid ( ) )"),
          true}},
        {STR_INIT("timestamp with time zone"),
         {STR_INIT("(now() + '14 days'::interval)"),
          STR_INIT("now() + '14 days'"), true}},
        {STR_INIT("text"),
         {STR_INIT("(now() + '14 days'::interval)"),
          STR_INIT("(now() + '15 days'::interval)"), false}},
        {STR_INIT("DATETIME"),
         {STR_INIT("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
          STR_INIT("CURRENT_TIMESTAMP"), true}},
        {STR_INIT("BLOB"), {STR_INIT("x'6869'"), STR_INIT("'6869'"), true}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const pair *p = &CASES[i].defaults;
        structure_column x = {.type = CASES[i].type,
                              .default_kind = COLUMN_EXPRESSION,
                              .default_sql = p->x};
        structure_column y = x;
        y.default_sql = p->y;
        if (structure_is_same_default(a, &x, &y) != p->is_same ||
            structure_is_same_default(a, &y, &x) != p->is_same)
            fail_msg("%.*s and %.*s", STR_ARG(p->x), STR_ARG(p->y));
    }
}

static void a_default_is_not_the_same_as_none(void **state) {
    arena *a = *state;
    const structure_column none = {.type = STR_INIT("text")};
    const structure_column counted = {.type = STR_INIT("integer"),
                                      .default_kind = COLUMN_AUTOINCREMENT};
    const structure_column text = {.type = STR_INIT("text"),
                                   .default_kind = COLUMN_EXPRESSION,
                                   .default_sql = STR_INIT("''")};
    assert_false(structure_is_same_default(a, &none, &text));
    assert_false(structure_is_same_default(a, &counted, &none));
    assert_true(structure_is_same_default(a, &counted, &counted));
}

static void other_sql_is_compared_by_words(void **state) {
    arena *a = *state;
    assert_true(structure_is_same_sql(a, STR("\"a\" IN ('A', 'B')"),
                                      STR("(a in ('A','B'))")));
    assert_false(structure_is_same_sql(a, STR("a IN ('A', 'B')"),
                                       STR("a IN ('A', 'b')")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(types_are_the_same_in_any_spelling),
        TEST(a_column_of_sqlite_takes_types_that_hold_its_values),
        TEST(defaults_are_the_same_in_any_spelling),
        TEST(a_default_is_not_the_same_as_none),
        TEST(other_sql_is_compared_by_words),
    };
    return cmocka_run_group_tests_name("database/structure_spelling", tests,
                                       NULL, NULL);
}
