/* What PostgreSQL makes of a default is still the same default: most are known
 * by their spelling, the server is asked about the rest. */
#include "database/postgres/pg_settle.h"
#include "database/postgres/pg_structure.h"
#include "database/structure_spelling.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

typedef struct spelling {
    const char *type;
    const char *sql;
} spelling;

static const spelling KNOWN[] = {
    /* as we write literals */
    {"text", "'it''s'"},
    {"text", "'a\\b'"},
    {"text", "''"},
    {"text", "'line\nline'"},
    {"text", "'now()'"},
    {"text", "'x::text'"},
    {"character varying(20)", "'a'"},
    {"character(5)", "'a'"},
    {"citext", "'a'"},
    {"integer", "7"},
    {"integer", "-7"},
    {"integer", "-2147483648"},
    {"smallint", "7"},
    {"bigint", "9007199254740993"},
    {"bigint", "-9223372036854775807"},
    {"double precision", "1.5"},
    {"double precision", "-0.25"},
    {"double precision", "3"},
    {"real", "1.1"},
    {"numeric(65,30)", "1.50"},
    {"numeric(10,2)", "0"},
    {"boolean", "true"},
    {"boolean", "false"},
    {"timestamp(3) without time zone", "CURRENT_TIMESTAMP"},
    {"timestamp(3) without time zone", "now()"},
    {"timestamp(6) with time zone", "CURRENT_TIMESTAMP"},
    {"timestamp(3) without time zone", "'2020-01-01 00:00:00 +00:00'"},
    {"timestamp(3) without time zone", "'2020-01-01 10:20:30.123 +00:00'"},
    {"timestamp(6) with time zone", "'2020-01-01 00:00:00 +00:00'"},
    {"date", "'2020-01-31'"},
    {"date", "CURRENT_TIMESTAMP"},
    {"date", "CURRENT_DATE"},
    {"time without time zone", "'10:20:30'"},
    {"jsonb", "'{\"b\":1,\"a\":[1, 2]}'"},
    {"json", "'{\"b\":1,  \"a\":2}'"},
    {"jsonb", "'[]'"},
    {"bytea", "'\\x6869'"},
    {"bytea", "'\\x'"},
    {"uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"},
    {"\"Role\"", "'USER'"},
    {"\"Role\"[]", "ARRAY['USER', 'a b']::\"Role\"[]"},
    {"\"Role\"[]", "ARRAY[]::\"Role\"[]"},
    {"text[]", "ARRAY[]::TEXT[]"},
    {"text[]", "ARRAY['a', 'it''s']::TEXT[]"},
    {"integer[]", "ARRAY[1, -2]::INTEGER[]"},
    {"boolean[]", "ARRAY[true]::BOOLEAN[]"},
    {"double precision[]", "ARRAY[1.5, 2]::DOUBLE PRECISION[]"},
    {"numeric(65,30)[]", "ARRAY[1.5]::DECIMAL(65,30)[]"},
    {"bigint[]", "ARRAY[1]::BIGINT[]"},
    {"character varying(20)[]", "ARRAY['a']::VARCHAR(20)[]"},
    {"jsonb[]", "ARRAY['{}']::JSONB[]"},
    /* as people write them in dbgenerated() */
    {"uuid", "gen_random_uuid()"},
    {"text", "(gen_random_uuid())::text"},
    {"text", "gen_random_uuid()"},
    {"text[]", "'{}'"},
    {"text[]", "'{a,b}'::text[]"},
    {"jsonb", "'{}'::jsonb"},
    {"timestamp with time zone", "(now() + '1 day'::interval)"},
    {"timestamp with time zone", "now() + interval '1 day'"},
    {"timestamp without time zone", "timezone('utc'::text, now())"},
    {"timestamp without time zone", "(now() AT TIME ZONE 'utc')"},
    {"timestamp without time zone", "NOW()"},
    {"bigint", "(date_part('epoch'::text, now()) * (1000)::double precision)"},
    {"bigint", "extract(epoch from now()) * 1000"},
    {"text", "('a' || nextval('counter'))"},
    {"bigint", "nextval('counter')"},
    {"bigint", "nextval('counter'::regclass)"},
    {"text", "upper(md5(random()::text))"},
    {"text", "substr(md5((random())::text), 0, 8)"},
    {"inet", "'10.0.0.1'"},
    {"interval", "'01:00:00'::interval"},
    {"bit(3)", "B'101'"},
    {"boolean", "(1 > 0)"},
    {"boolean", "(NOT true)"},
    {"text", "CURRENT_USER"},
    {"text", "(current_setting('app.user'::text))::text"},
    {"text", "CASE WHEN true THEN 'a' ELSE 'b' END"},
    {"text", "coalesce(NULL, 'x')"},
    {"tsvector", "to_tsvector('english', '')"},
    {"money", "0"},
    {"boolean", "'t'"},
    {"integer", "'7'"},
    {"numeric(10,2)", "'1.5'"},
};

static const spelling ASKED[] = {
    {"uuid", "public.uuid_generate_v4()"},
    {"interval", "'1 hour'"},
    {"integer", "(floor(random() * 100))::int"},
    {"date", "'2020-1-2'"},
    {"time without time zone", "'10:20'"},
    {"uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"},
    {"timestamp(3) with time zone", "'epoch'"},
};

static const char SETUP[] =
    "CREATE TYPE \"Role\" AS ENUM ('USER', 'a b'); CREATE SEQUENCE counter;"
    "CREATE EXTENSION citext; CREATE EXTENSION \"uuid-ossp\"";

/* A structure of one column, as a schema has it. */
static structure structure_with(arena *a, const spelling *x) {
    structure_column *c = arena_new_array(a, structure_column, 1);
    structure_table *t = arena_new_array(a, structure_table, 1);
    *c = (structure_column){.name = STR("c"),
                            .type = str_of(x->type),
                            .default_kind = COLUMN_EXPRESSION,
                            .default_sql = str_of(x->sql)};
    *t = (structure_table){.name = STR("t"), .columns = c, .column_count = 1};
    return (structure){
        .engine = ENGINE_POSTGRESQL, .tables = t, .table_count = 1};
}

static structure make(const postgres_world *w, const spelling *x) {
    str sql = arena_printf(w->a,
                           "DROP TABLE IF EXISTS t;"
                           "CREATE TABLE t (c %s DEFAULT %s)",
                           x->type, x->sql);
    structure s;
    expect_ok(pg_connection_run(w->a, w->connection, STR(""), sql));
    expect_ok(pg_structure_read(w->a, w->connection, NULL, 0, &s));
    return s;
}

static bool is_same(arena *a, const structure *have, const structure *want) {
    const structure_column *x = &have->tables[0].columns[0];
    const structure_column *y = &want->tables[0].columns[0];
    return structure_is_same_default(a, x, y);
}

static void is_known_by_its_spelling(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    size_t bad = 0;
    postgres_world_sql(w, SETUP);
    for (size_t i = 0; i < LENGTH(KNOWN); i++) {
        structure have = make(w, &KNOWN[i]);
        structure want = structure_with(a, &KNOWN[i]);
        if (is_same(a, &have, &want))
            continue;
        bad++;
        print_error("%s %s: got %.*s\n", KNOWN[i].type, KNOWN[i].sql,
                    STR_ARG(have.tables[0].columns[0].default_sql));
    }
    assert_int_equal(bad, 0);
}

static void is_settled_by_the_server(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(w, SETUP);
    for (size_t i = 0; i < LENGTH(ASKED); i++) {
        structure have = make(w, &ASKED[i]);
        structure want = structure_with(a, &ASKED[i]);
        const structure *settled = NULL;
        assert_false(is_same(a, &have, &want));
        expect_ok(pg_settle_defaults(a, w->connection, &have, &want, &settled));
        expect_str(settled->tables[0].columns[0].default_sql,
                   have.tables[0].columns[0].default_sql);
        expect_str(want.tables[0].columns[0].default_sql, str_of(ASKED[i].sql));
    }
}

static void stays_another_one_when_it_is(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    static const struct {
        spelling have;
        const char *want;
    } CASES[] = {
        {{"interval", "'1 hour'"}, "'2 hours'"},
        {{"integer", "7"}, "8"},
        {{"integer", "7"}, "nosuch()"},
        {{"integer", "7"}, "7); DROP TABLE t; --"},
        {{"timestamptz", "now()"}, "now() + '1 day'"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        structure have = make(w, &CASES[i].have);
        const spelling x = {CASES[i].have.type, CASES[i].want};
        structure want = structure_with(a, &x);
        const structure *settled = NULL;
        expect_ok(pg_connection_begin(a, w->connection));
        expect_ok(pg_settle_defaults(a, w->connection, &have, &want, &settled));
        assert_false(is_same(a, &have, settled));
        expect_ok(pg_connection_commit(a, w->connection));
        expect_str(postgres_world_ask(w, "SELECT count(*) FROM t"), STR("0"));
    }
}

static void is_not_asked_about_when_nothing_differs(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    const spelling x = {"integer", "7"};
    structure have = make(w, &x);
    structure want = structure_with(a, &x);
    const structure *settled = NULL;
    expect_ok(pg_settle_defaults(a, w->connection, &have, &want, &settled));
    assert_ptr_equal(settled, &want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(is_known_by_its_spelling),
        TEST(is_settled_by_the_server),
        TEST(stays_another_one_when_it_is),
        TEST(is_not_asked_about_when_nothing_differs),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_default", tests,
                                       NULL, NULL);
}
