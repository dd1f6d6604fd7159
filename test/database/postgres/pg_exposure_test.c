#include "database/postgres/pg_exposure.h"

#include "schema/function.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const schema *read(const postgres_world *w) {
    static const str SCHEMAS[] = {STR_INIT("public"), STR_INIT("more")};
    static const str EXTRA[] = {STR_INIT("public"), STR_INIT("beside")};
    const pg_exposure what = {SCHEMAS, 2, EXTRA, 2};
    const schema *s = NULL;
    postgres_world_sql(w, "CREATE SCHEMA IF NOT EXISTS more");
    expect_ok(pg_exposure_read(w->a, w->connection, &what, &s));
    return s;
}

static const model *find(const schema *s, const char *table) {
    const model *m = schema_find_table(s, str_of(table));
    assert_non_null(m);
    return m;
}

static str names_of(arena *a, const field *const *fields, size_t count) {
    str all = {0};
    for (size_t i = 0; i < count; i++)
        all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i > 0 ? "," : "",
                           STR_ARG(fields[i]->column));
    return all;
}

/* name(columns)>parent(references), one or many; in the order of the model. */
static str relations_of(arena *a, const model *m) {
    str all = {0};
    for (size_t i = 0; i < m->relation_count; i++) {
        const relation *r = m->relations[i];
        str columns = names_of(a, r->columns, r->column_count);
        str references = names_of(a, r->references, r->column_count);
        all = arena_printf(a, "%.*s%s%.*s(%.*s)%s%.*s(%.*s)", STR_ARG(all),
                           i > 0 ? " " : "", STR_ARG(r->constraint_name),
                           STR_ARG(columns),
                           r->kind == RELATION_ONE_TO_ONE ? "-" : ">",
                           STR_ARG(r->parent->table), STR_ARG(references));
    }
    return all;
}

static void columns_are_as_the_database_has_them(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE DOMAIN needed AS text NOT NULL;"
           "CREATE TABLE \"odd Name\" (id serial PRIMARY KEY, gone int,"
           " \"a\"\"b\" int4range, tags text[] NOT NULL, d needed);"
           "ALTER TABLE \"odd Name\" DROP COLUMN gone");
    const model *m = find(read(w), "odd Name");
    assert_int_equal(m->column_count, 4);
    static const struct {
        str name;
        str type;
        bool is_optional;
        default_kind kind;
    } COLUMNS[] = {
        {STR_INIT("id"), STR_INIT("integer"), false, DEFAULT_DBGENERATED},
        {STR_INIT("a\"b"), STR_INIT("int4range"), true, DEFAULT_NONE},
        {STR_INIT("tags"), STR_INIT("text[]"), false, DEFAULT_NONE},
        {STR_INIT("d"), STR_INIT("needed"), false, DEFAULT_NONE},
    };
    for (size_t i = 0; i < LENGTH(COLUMNS); i++) {
        const field *f = m->columns[i];
        expect_str(f->column, COLUMNS[i].name);
        expect_str(f->unsupported, COLUMNS[i].type);
        assert_int_equal(f->is_optional, COLUMNS[i].is_optional);
        assert_int_equal(f->default_value.kind, COLUMNS[i].kind);
        assert_true(f->is_foreign && field_is_visible(f));
        assert_ptr_equal(f->model, m);
    }
    assert_true(m->columns[0]->is_id);
    expect_str(names_of(a, m->primary_key->fields, 1), STR("id"));
}

static void foreign_keys_are_relations_also_of_views(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE TABLE parents (id int PRIMARY KEY, name text);"
           "CREATE TABLE children (id int PRIMARY KEY,"
           " parent int CONSTRAINT of_parent REFERENCES parents);"
           "CREATE TABLE twins (a int, b int, PRIMARY KEY (a, b));"
           "CREATE TABLE ones (a int, b int, UNIQUE (b, a),"
           " CONSTRAINT one FOREIGN KEY (a, b) REFERENCES twins);"
           "CREATE VIEW elders AS SELECT name, id AS number FROM parents;"
           "CREATE VIEW oldest AS WITH e AS (SELECT * FROM elders)"
           " SELECT e.number AS \"no }\", length(name) AS id FROM e;"
           "CREATE VIEW nobody AS SELECT name FROM parents;"
           "CREATE VIEW family AS SELECT c.id, c.parent, p.id AS p"
           " FROM children c JOIN parents p ON p.id = c.parent");
    const schema *s = read(w);
    expect_str(relations_of(a, find(s, "children")),
               STR("of_parent(parent)>parents(id) of_parent(parent)>elders("
                   "number) of_parent(parent)>oldest(no }) "
                   "of_parent(parent)>family(p)"));
    expect_str(relations_of(a, find(s, "ones")), STR("one(a,b)-twins(a,b)"));
    assert_int_equal(find(s, "family")->relation_count, 4);
    assert_int_equal(find(s, "nobody")->relation_count, 0);
    expect_str(names_of(a, find(s, "elders")->primary_key->fields, 1),
               STR("number"));
    assert_null(find(s, "nobody")->primary_key);
}

/* name(argument type, ...)>row: with = where there is a default, * where any
 * number goes; + behind where there are any number of rows. */
static str signature_of(arena *a, const function *f) {
    str all = arena_printf(a, "%.*s(", STR_ARG(f->name));
    for (size_t i = 0; i < f->arguments->column_count; i++) {
        const field *one = f->arguments->columns[i];
        all = arena_printf(a, "%.*s%s%.*s %.*s%s%s", STR_ARG(all),
                           i > 0 ? ", " : "", STR_ARG(one->name),
                           STR_ARG(one->unsupported),
                           function_argument_is_optional(one) ? "=" : "",
                           f->variadic == one ? "*" : "");
    }
    all = arena_printf(a, "%.*s)>", STR_ARG(all));
    const model *row = f->row;
    for (size_t i = 0; row != NULL && i < row->column_count; i++)
        all = arena_printf(a, "%.*s%s%.*s %.*s", STR_ARG(all), i > 0 ? "," : "",
                           STR_ARG(row->columns[i]->column),
                           STR_ARG(row->columns[i]->unsupported));
    return arena_printf(a, "%.*s%s", STR_ARG(all), f->is_list ? "+" : "");
}

static void functions_are_foreign_ones(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE TABLE t (id int, n varchar(3));"
           "CREATE TYPE p AS (x int, y bit(2));"
           "CREATE FUNCTION a(n int, b bit, c text DEFAULT 'x') RETURNS text"
           " LANGUAGE sql IMMUTABLE AS 'SELECT c';"
           "CREATE FUNCTION b() RETURNS void LANGUAGE sql AS '';"
           "CREATE FUNCTION c() RETURNS SETOF t LANGUAGE sql STABLE AS"
           " 'SELECT * FROM t';"
           "CREATE FUNCTION d() RETURNS p LANGUAGE sql AS 'SELECT NULL::p';"
           "CREATE FUNCTION e(INOUT x int, OUT y int) LANGUAGE sql AS"
           " 'SELECT 1, 2';"
           "CREATE FUNCTION f() RETURNS TABLE (one int) LANGUAGE sql AS"
           " 'SELECT 1';"
           "CREATE FUNCTION g(VARIADIC n int[]) RETURNS int LANGUAGE sql AS"
           " 'SELECT 1';"
           "CREATE FUNCTION h(json) RETURNS int LANGUAGE sql AS 'SELECT 1';"
           "CREATE FUNCTION i() RETURNS record LANGUAGE sql AS 'SELECT 1, 2';");
    static const struct {
        str name;
        str signature;
        function_result result;
        function_volatility volatility;
    } FUNCTIONS[] = {
        {STR_INIT("a"), STR_INIT("a(n integer, b \"bit\", c text=)>a text"),
         RESULT_VALUE, FUNCTION_IMMUTABLE},
        {STR_INIT("b"), STR_INIT("b()>"), RESULT_VOID, FUNCTION_VOLATILE},
        {STR_INIT("c"), STR_INIT("c()>id integer,n character varying(3)+"),
         RESULT_ROW, FUNCTION_STABLE},
        {STR_INIT("d"), STR_INIT("d()>x integer,y bit(2)"), RESULT_ROW,
         FUNCTION_VOLATILE},
        {STR_INIT("e"), STR_INIT("e(x integer)>x integer,y integer"),
         RESULT_ROW, FUNCTION_VOLATILE},
        {STR_INIT("f"), STR_INIT("f()>one integer+"), RESULT_ROW,
         FUNCTION_VOLATILE},
        {STR_INIT("g"), STR_INIT("g(n integer[]*)>g integer"), RESULT_VALUE,
         FUNCTION_VOLATILE},
        {STR_INIT("h"), STR_INIT("h( json)>h integer"), RESULT_VALUE,
         FUNCTION_VOLATILE},
        {STR_INIT("i"), STR_INIT("i()>i record"), RESULT_VALUE,
         FUNCTION_VOLATILE},
    };
    const schema *s = read(w);
    assert_int_equal(s->function_count, LENGTH(FUNCTIONS));
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        const function *f = schema_find_function(s, FUNCTIONS[i].name);
        assert_non_null(f);
        expect_str(signature_of(a, f), FUNCTIONS[i].signature);
        assert_int_equal(f->result, FUNCTIONS[i].result);
        assert_int_equal(f->volatility, FUNCTIONS[i].volatility);
        assert_true(f->is_foreign);
        assert_int_equal(f->is_opaque, i == LENGTH(FUNCTIONS) - 1);
    }
    assert_ptr_equal(schema_find_function(s, STR("c"))->row, find(s, "t"));
}

static void functions_of_one_name_lead_to_each_other(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE SCHEMA more; CREATE SCHEMA hidden;"
           "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
           "CREATE FUNCTION more.f() RETURNS int LANGUAGE sql AS 'SELECT 2';"
           "CREATE FUNCTION hidden.f() RETURNS int LANGUAGE sql AS 'SELECT 3'");
    const function *first = schema_find_function(read(w), STR("f"));
    expect_str(first->database_schema, STR("public"));
    expect_str(first->overload->database_schema, STR("more"));
    assert_null(first->overload->overload);
}

static void a_function_of_a_row_is_a_field_of_its_table(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(
        w, "CREATE TABLE t (id int); CREATE TABLE u (id int);"
           "CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'SELECT 1';"
           "CREATE FUNCTION f(u) RETURNS text LANGUAGE sql AS 'SELECT 1';"
           "CREATE FUNCTION g(t) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'");
    const schema *s = read(w);
    const model *t = find(s, "t");
    const model *u = find(s, "u");
    assert_int_equal(s->function_count, 2);
    expect_str(function_find_computed(s, t, STR("f"))->unsupported,
               STR("integer"));
    expect_str(function_find_computed(s, u, STR("f"))->unsupported,
               STR("text"));
    assert_null(function_find_computed(s, t, STR("g")));
}

static void one_that_returns_rows_is_a_relation(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(
        w, "CREATE TABLE t (id int); CREATE TABLE u (id int);"
           "CREATE FUNCTION f(t) RETURNS SETOF u LANGUAGE sql AS 'TABLE u';"
           "CREATE FUNCTION g(t) RETURNS SETOF u ROWS 1 LANGUAGE sql AS"
           " 'TABLE u';"
           "CREATE FUNCTION h(t) RETURNS u LANGUAGE sql AS 'TABLE u';"
           "CREATE FUNCTION i(t) RETURNS TABLE (a int) LANGUAGE sql AS"
           " 'SELECT 1'");
    const schema *s = read(w);
    static const struct {
        str name;
        bool is_list;
        bool is_single;
    } CASES[] = {
        {STR_INIT("f"), true, false},
        {STR_INIT("g"), true, true},
        {STR_INIT("h"), false, false},
    };
    assert_int_equal(s->function_count, LENGTH(CASES));
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const function *f = schema_find_function(s, CASES[i].name);
        assert_ptr_equal(f->computed_of, find(s, "t"));
        assert_ptr_equal(f->row, find(s, "u"));
        assert_int_equal(f->is_list, CASES[i].is_list);
        if (f->is_list)
            assert_int_equal(f->is_single, CASES[i].is_single);
        assert_null(function_find_computed(s, find(s, "t"), CASES[i].name));
    }
}

static void extra_schemas_have_nothing_but_functions_of_rows(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(
        w, "CREATE TABLE t (id int); CREATE SCHEMA beside;"
           "CREATE TABLE beside.u (id int);"
           "CREATE FUNCTION beside.f(t) RETURNS int LANGUAGE sql AS 'SELECT 1';"
           "CREATE FUNCTION beside.g(a int) RETURNS int LANGUAGE sql AS"
           " 'SELECT 1';"
           "CREATE FUNCTION beside.h(beside.u) RETURNS int LANGUAGE sql AS"
           " 'SELECT 1'");
    const schema *s = read(w);
    assert_int_equal(s->function_count, 1);
    assert_non_null(function_find_computed(s, find(s, "t"), STR("f")));
    assert_null(schema_find_table(s, STR("u")));
}

static void what_nobody_can_call_is_no_function(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(
        w, "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS"
           " 'BEGIN RETURN NEW; END';"
           "CREATE PROCEDURE p() LANGUAGE sql AS '';"
           "CREATE FUNCTION u(int, b int) RETURNS int LANGUAGE sql AS"
           " 'SELECT 1';"
           "CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int);"
           "CREATE EXTENSION pg_trgm");
    assert_int_equal(read(w)->function_count, 0);
}

static void what_is_not_exposed_is_not_there(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE SCHEMA hidden CREATE TABLE secrets (id int);"
                          "CREATE TABLE days (d date) PARTITION BY RANGE (d);"
                          "CREATE TABLE days_2024 PARTITION OF days"
                          " FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')");
    const schema *s = read(w);
    assert_null(schema_find_table(s, STR("secrets")));
    assert_null(schema_find_table(s, STR("days_2024")));
    find(s, "days");
}

static void a_schema_that_is_not_there_is_named(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    static const str SCHEMAS[] = {STR_INIT("public"), STR_INIT("nowhere")};
    const pg_exposure what = {.schemas = SCHEMAS, .count = 2};
    const schema *s;
    expect_err(pg_exposure_read(w->a, w->connection, &what, &s), ERR_NOT_FOUND,
               STR("the database has no schema \"nowhere\""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(columns_are_as_the_database_has_them),
        TEST(foreign_keys_are_relations_also_of_views),
        TEST(functions_are_foreign_ones),
        TEST(functions_of_one_name_lead_to_each_other),
        TEST(a_function_of_a_row_is_a_field_of_its_table),
        TEST(one_that_returns_rows_is_a_relation),
        TEST(extra_schemas_have_nothing_but_functions_of_rows),
        TEST(what_nobody_can_call_is_no_function),
        TEST(what_is_not_exposed_is_not_there),
        TEST(a_schema_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_exposure", tests,
                                       NULL, NULL);
}
