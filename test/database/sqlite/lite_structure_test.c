#include "database/sqlite/lite_structure.h"

#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_statement.h"
#include "test/support/structure_text.h"
#include "test/support/test.h"

static str text_after(arena *a, const char *sql) {
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    expect_ok(lite_run(a, db, sql));
    structure s;
    expect_ok(lite_structure_read(a, db, &s));
    assert_int_equal(s.engine, ENGINE_SQLITE);
    return structure_text(a, &s);
}

static void an_empty_database_has_nothing(void **state) {
    expect_str(text_after(*state, ""), STR(""));
}

static void reads_columns_and_keys(void **state) {
    expect_str(text_after(*state,
                          "CREATE TABLE T (id INTEGER PRIMARY KEY, name TEXT"
                          " NOT NULL DEFAULT 'it''s', at DATETIME DEFAULT"
                          " (strftime('%s', 'now')), n DECIMAL(10, 2));"
                          "CREATE TABLE U (a TEXT, b INT NOT NULL, PRIMARY KEY"
                          " (b, a)) STRICT, WITHOUT ROWID"),
               STR("table .T\n"
                   "  column at DATETIME default strftime('%s', 'now') \n"
                   "  column id INTEGER required counts  \n"
                   "  column n DECIMAL(10, 2)   \n"
                   "  column name TEXT required default 'it''s' \n"
                   "  key  (id )\n"
                   "\n"
                   "table .U strict\n"
                   "  column a TEXT required   \n"
                   "  column b INT required   \n"
                   "  key  (b a )\n"
                   "\n"));
}

static void reads_indexes_and_keeps_what_it_cannot_say(void **state) {
    expect_str(
        text_after(*state, "CREATE TABLE T (a TEXT UNIQUE, b TEXT);"
                           "CREATE INDEX i ON T (b DESC, a);"
                           "CREATE UNIQUE INDEX u ON T (b);"
                           "CREATE INDEX partial ON T (a) WHERE b = 'x';"
                           "CREATE INDEX expression ON T (lower(a));"
                           "CREATE INDEX collated ON T (a COLLATE NOCASE)"),
        STR("table .T\n"
            "  column a TEXT   \n"
            "  column b TEXT   \n"
            "  index collated BTree (a ,) CREATE INDEX collated ON T (a"
            " COLLATE NOCASE)\n"
            "  index expression BTree ( ,) CREATE INDEX expression ON T"
            " (lower(a))\n"
            "  index i BTree (b desc ,a ,) \n"
            "  index partial BTree (a ,) CREATE INDEX partial ON T (a) WHERE"
            " b = 'x'\n"
            "  key  ()\n"
            "  unique sqlite_autoindex_T_1 BTree (a ,) \n"
            "  unique u BTree (b ,) \n"
            "\n"));
}

static void reads_foreign_keys_with_their_names(void **state) {
    expect_str(
        text_after(*state,
                   "CREATE TABLE P (x INT, y INT, PRIMARY KEY (y, x));"
                   "CREATE TABLE C (a INT REFERENCES P (x), b INT, CONSTRAINT"
                   " \"C b\" FOREIGN KEY (a, b) REFERENCES P ON DELETE CASCADE"
                   " ON UPDATE SET NULL)"),
        STR("table .C\n"
            "  column a INT   \n"
            "  column b INT   \n"
            "  foreign key  (a ) to .P (x ) NO ACTION, NO ACTION\n"
            "  foreign key C b (a b ) to .P (y x ) CASCADE, SET NULL\n"
            "  key  ()\n"
            "\n"
            "table .P\n"
            "  column x INT required   \n"
            "  column y INT required   \n"
            "  key  (y x )\n"
            "\n"));
}

static void reads_what_only_the_text_tells(void **state) {
    expect_str(
        text_after(*state,
                   "create table if not exists [a table] -- (note\n"
                   " (\"a\" text collate nocase check (a <> ')') /* , */,"
                   " b int constraint positive check (b > 0),"
                   " c int generated always as (b * (2 + 1)) stored,"
                   " d int as (b) not null,"
                   " constraint \"a table_b_check\" check (b < 10)"
                   " constraint none unique (a))"),
        STR("table .a table\n"
            "  check  a <> ')'\n"
            "  check a table_b_check b < 10\n"
            "  check positive b > 0\n"
            "  column a TEXT   COLLATE nocase\n"
            "  column b INT   \n"
            "  column c INT generated   AS (b * (2 + 1)) STORED\n"
            "  column d INT required generated   AS (b) VIRTUAL\n"
            "  key  ()\n"
            "  unique sqlite_autoindex_a table_1 BTree (a ,) \n"
            "\n"));
}

static void reads_views_and_triggers(void **state) {
    expect_str(text_after(*state,
                          "CREATE TABLE T (a INT);"
                          "CREATE VIEW v AS SELECT a FROM t;"
                          "CREATE VIEW broken AS SELECT x FROM gone;"
                          "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1;"
                          " END"),
               STR("table .T\n"
                   "  column a INT   \n"
                   "  key  ()\n"
                   "  trigger g CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT"
                   " 1; END\n"
                   "\n"
                   "view .broken CREATE VIEW broken AS SELECT x FROM gone\n"
                   "view .v CREATE VIEW v AS SELECT a FROM t\n"));
}

static void leaves_virtual_tables_alone(void **state) {
    expect_str(text_after(*state, "CREATE VIRTUAL TABLE search USING fts5(a);"
                                  "CREATE TABLE T (a INT)"),
               STR("table .T\n"
                   "  column a INT   \n"
                   "  key  ()\n"
                   "\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_empty_database_has_nothing),
        TEST(reads_columns_and_keys),
        TEST(reads_indexes_and_keeps_what_it_cannot_say),
        TEST(reads_foreign_keys_with_their_names),
        TEST(reads_what_only_the_text_tells),
        TEST(reads_views_and_triggers),
        TEST(leaves_virtual_tables_alone),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_structure", tests,
                                       NULL, NULL);
}
