#include "database/migrate/hazard.h"

#include "test/support/test.h"

static void finds_what_throws_data_away(void **state) {
    arena *a = *state;
    static const struct {
        str sql;
        str what; /* empty: nothing */
        size_t line;
    } CASES[] = {
        {STR_INIT("CREATE TABLE a (n int);\nDROP TABLE b;"),
         STR_INIT("DROP TABLE b"), 2},
        {STR_INIT("drop table if exists \"B c\";"),
         STR_INIT("drop table if exists"), 1},
        {STR_INIT("ALTER TABLE a\n  ADD COLUMN c int,\n  DROP COLUMN b;"),
         STR_INIT("DROP COLUMN b"), 3},
        {STR_INIT("-- DROP TABLE a\n\nDELETE FROM a WHERE n = 1;"),
         STR_INIT("DELETE FROM a WHERE"), 3},
        {STR_INIT("TRUNCATE a"), STR_INIT("TRUNCATE a"), 1},
        {STR_INIT("DROP SCHEMA s CASCADE;"), STR_INIT("DROP SCHEMA s CASCADE"),
         1},
        /* A table of SQLite that is made anew. */
        {STR_INIT("CREATE TABLE \"new_a\" (n int);\nDROP TABLE \"a\";\n"
                  "ALTER TABLE \"new_a\" RENAME TO \"a\";"),
         STR_INIT(""), 0},
        {STR_INIT("DROP TABLE a; ALTER TABLE b RENAME TO c;"),
         STR_INIT("DROP TABLE a"), 1},
        {STR_INIT("CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE);"
                  "DROP INDEX i; ALTER TABLE a DROP CONSTRAINT x;"
                  "ALTER TABLE a ALTER COLUMN b DROP DEFAULT;"
                  "INSERT INTO a VALUES ('DROP TABLE a; DELETE FROM a')"),
         STR_INIT(""), 0},
        /* PostgreSQL and SQLite understand it without COLUMN, too. */
        {STR_INIT("ALTER TABLE a DROP \"b\";"), STR_INIT("DROP \"b\""), 1},
        {STR_INIT("ALTER TABLE a DROP IF EXISTS b;"),
         STR_INIT("DROP IF EXISTS b"), 1},
        {STR_INIT("WITH x AS (SELECT 1) DELETE FROM a;"),
         STR_INIT("DELETE FROM a"), 1},
        {STR_INIT("WITH x AS (DELETE FROM a RETURNING *) SELECT 1;"),
         STR_INIT("DELETE FROM a RETURNING"), 1},
        {STR_INIT("DROP OWNED BY ada"), STR_INIT("DROP OWNED BY ada"), 1},
        /* A table that is made anew takes its counter along. */
        {STR_INIT("DELETE FROM sqlite_sequence WHERE name = 'new_a';"),
         STR_INIT(""), 0},
        /* A trigger only says what it will do. */
        {STR_INIT("CREATE TRIGGER t AFTER DELETE ON a BEGIN\n"
                  "DELETE FROM b; DELETE FROM c; END;"),
         STR_INIT(""), 0},
        {STR_INIT("CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT 1; END;\n"
                  "DROP TABLE a"),
         STR_INIT("DROP TABLE a"), 2},
        {STR_INIT(""), STR_INIT(""), 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        hazard found = {0};
        bool is_found = hazard_find(a, CASES[i].sql, &found);
        assert_int_equal(is_found, !str_is_empty(CASES[i].what));
        expect_str(found.what, CASES[i].what);
        assert_int_equal(found.line, CASES[i].line);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_what_throws_data_away),
    };
    return cmocka_run_group_tests_name("database/migrate/hazard", tests, NULL,
                                       NULL);
}
