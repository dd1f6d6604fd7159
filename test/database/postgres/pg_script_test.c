#include "database/postgres/pg_script.h"

#include "test/support/postgres_world.h"
#include "test/support/test.h"

/* Statements joined by " | ", with the line of each. */
static str split(arena *a, str text) {
    pg_script rest = pg_script_of(text);
    pg_statement s;
    str all = {0};
    while (pg_script_next(&rest, &s))
        all = arena_printf(a, "%.*s%s%zu:%.*s", STR_ARG(all),
                           all.len > 0 ? " | " : "", s.place.line,
                           STR_ARG(s.text));
    return all;
}

static const struct {
    str text;
    str statements;
} CASES[] = {
    {{0}, {0}},
    {STR_INIT(" ; ;; -- only\n/* this */"), {0}},
    {STR_INIT("select 1"), STR_INIT("1:select 1")},
    {STR_INIT("select 1;\n\nselect 2 ;"), STR_INIT("1:select 1 | 3:select 2")},
    {STR_INIT("-- a\nselect 1 -- b ;\n, 2; -- c"),
     STR_INIT("2:select 1 -- b ;\n, 2")},
    {STR_INIT("/* a /* ; */ ; */ select 1; select 2"),
     STR_INIT("1:select 1 | 1:select 2")},
    {STR_INIT("select 'a;''b;' , \"c;\" from (values (1)) as \"c;\"(\"c;\"); "
              "select 2"),
     STR_INIT("1:select 'a;''b;' , \"c;\" from (values (1)) as \"c;\"(\"c;\") "
              "| 1:select 2")},
    {STR_INIT("select '\\'; select e'\\';', E'a''\\';'; select 3"),
     STR_INIT("1:select '\\' | 1:select e'\\';', E'a''\\';' | 1:select 3")},
    {STR_INIT("select b'1', x'1f', U&'d\\0061;'; select 2"),
     STR_INIT("1:select b'1', x'1f', U&'d\\0061;' | 1:select 2")},
    {STR_INIT("select $$a;$b;$$; select $t$;$$;$t1$;$t$; select 1"),
     STR_INIT("1:select $$a;$b;$$ | 1:select $t$;$$;$t1$;$t$ | 1:select 1")},
    {STR_INIT("select 1 as a$b; select 2 as c$b$; select 3"),
     STR_INIT("1:select 1 as a$b | 1:select 2 as c$b$ | 1:select 3")},
    {STR_INIT("create table t (a int); create rule r as on insert to t do also "
              "(delete from t; delete from t); select 1"),
     STR_INIT("1:create table t (a int) | 1:create rule r as on insert to t do "
              "also (delete from t; delete from t) | 1:select 1")},
    {STR_INIT("create or replace function f() returns int\n"
              "begin atomic select case when true then 1 end; select 2; end; "
              "select 1"),
     STR_INIT("1:create or replace function f() returns int\n"
              "begin atomic select case when true then 1 end; select 2; end | "
              "2:select 1")},
    {STR_INIT("begin; select case when true then 1 end; end; select 1"),
     STR_INIT("1:begin | 1:select case when true then 1 end | 1:end | "
              "1:select 1")},
    {STR_INIT("select '\xc3\xbc;' as \xc3\xbc$x$; select '$x$'"),
     STR_INIT("1:select '\xc3\xbc;' as \xc3\xbc$x$ | 1:select '$x$'")},
    {STR_INIT("select 1 -- a\r+ 2 ;\r\nselect 3"),
     STR_INIT("1:select 1 -- a\r+ 2 | 2:select 3")},
};

static void splits_where_a_statement_ends(void **state) {
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(split(*state, CASES[i].text), CASES[i].statements);
}

static void reaches_to_the_end_of_what_is_not_closed(void **state) {
    static const struct {
        str text;
        str statements;
    } OPEN[] = {
        {STR_INIT("select 'a; select 2"), STR_INIT("1:select 'a; select 2")},
        {STR_INIT("select \"a; b"), STR_INIT("1:select \"a; b")},
        {STR_INIT("select $a$ ; $b$"), STR_INIT("1:select $a$ ; $b$")},
        {STR_INIT("select (1; select 2"), STR_INIT("1:select (1; select 2")},
        {STR_INIT("select e'\\"), STR_INIT("1:select e'\\")},
        {STR_INIT("select /* 1; /* */ 2"), STR_INIT("1:select")},
        {STR_INIT("select ')'); select 2"),
         STR_INIT("1:select ')') | 1:select 2")},
    };
    for (size_t i = 0; i < LENGTH(OPEN); i++)
        expect_str(split(*state, OPEN[i].text), OPEN[i].statements);
}

/* The server's own lexer is the judge: it takes each of ours as one. */
static void agrees_with_the_server(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        pg_script rest = pg_script_of(CASES[i].text);
        pg_statement s;
        pg_rows rows;
        while (pg_script_next(&rest, &s))
            expect_ok(
                pg_connection_query(a, w->connection, s.text, NULL, 0, &rows));
    }
}

static void says_where_a_statement_starts(void **state) {
    (void)state;
    pg_script rest = pg_script_of(
        STR("select '\xc3\xbc';  select 2;\n /* \xc3\xbc */ select 3"));
    static const pg_place PLACES[] = {{1, 1}, {1, 14}, {2, 10}};
    pg_statement s;
    for (size_t i = 0; i < LENGTH(PLACES); i++) {
        assert_true(pg_script_next(&rest, &s));
        assert_int_equal(s.place.line, PLACES[i].line);
        assert_int_equal(s.place.column, PLACES[i].column);
    }
}

static void finds_the_line_of_a_character(void **state) {
    (void)state;
    static const struct {
        str text;
        size_t character;
        pg_place place;
    } PLACES[] = {
        {STR_INIT("abc"), 1, {1, 1}},
        {STR_INIT("abc"), 3, {1, 3}},
        {STR_INIT("a\nbc\n"), 3, {2, 1}},
        {STR_INIT("a\nbc\n"), 4, {2, 2}},
        {STR_INIT("\xc3\xbc\xe2\x82\xac\nx"), 3, {1, 3}},
        {STR_INIT("\xc3\xbc\xe2\x82\xac\nx"), 4, {2, 1}},
        {STR_INIT("abc"), 99, {1, 4}},
    };
    for (size_t i = 0; i < LENGTH(PLACES); i++) {
        pg_place p = pg_script_place(PLACES[i].text, PLACES[i].character);
        assert_int_equal(p.line, PLACES[i].place.line);
        assert_int_equal(p.column, PLACES[i].place.column);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(splits_where_a_statement_ends),
        TEST(reaches_to_the_end_of_what_is_not_closed),
        TEST(agrees_with_the_server),
        TEST(says_where_a_statement_starts),
        TEST(finds_the_line_of_a_character),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_script", tests,
                                       NULL, NULL);
}
