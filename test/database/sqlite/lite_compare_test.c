/* Which databases are the schema's, and what is said of the others. */
#include "database/sqlite/lite_compare.h"

#include <stdio.h>

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "enum Role {\n"
    "  USER\n"
    "  ADMIN\n"
    "}\n"
    "model User {\n"
    "  id    Int     @id @default(autoincrement())\n"
    "  email String  @unique\n"
    "  role  Role    @default(USER)\n"
    "  score Float   @default(1)\n"
    "  isOn  Boolean @default(true)\n"
    "  blob  Bytes   @default(\"aGk=\")\n"
    "  posts Post[]\n"
    "}\n"
    "model Post {\n"
    "  userId Int\n"
    "  number Int\n"
    "  user   User     @relation(fields: [userId], references: [id],"
    " onDelete: Cascade)\n"
    "  at     DateTime @default(now())\n"
    "  price  Decimal?\n"
    "  data   Json?\n"
    "  @@id([userId, number])\n"
    "  @@index([at])\n"
    "}\n";

/* What Prisma's migrations make of it. */
#define PRISMA_USER                                                            \
    "CREATE TABLE \"User\" ("                                                  \
    "\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"                       \
    "\"email\" TEXT NOT NULL,"                                                 \
    "\"role\" TEXT NOT NULL DEFAULT 'USER',"                                   \
    "\"score\" REAL NOT NULL DEFAULT 1,"                                       \
    "\"isOn\" BOOLEAN NOT NULL DEFAULT true,"                                  \
    "\"blob\" BLOB NOT NULL DEFAULT '6869');"                                  \
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\");"
#define PRISMA_POST                                                            \
    "CREATE TABLE \"Post\" ("                                                  \
    "\"userId\" INTEGER NOT NULL,"                                             \
    "\"number\" INTEGER NOT NULL,"                                             \
    "\"at\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,"                      \
    "\"price\" DECIMAL,"                                                       \
    "\"data\" JSONB,"                                                          \
    "PRIMARY KEY (\"userId\", \"number\"),"                                    \
    "CONSTRAINT \"Post_userId_fkey\" FOREIGN KEY (\"userId\") REFERENCES"      \
    " \"User\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE);"                 \
    "CREATE INDEX \"Post_at_idx\" ON \"Post\"(\"at\");"

static void a_database_of_prisma_is_equal(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    database_world_sql(w, PRISMA_USER PRISMA_POST
                       "CREATE TABLE _prisma_migrations (id TEXT)");
    expect_ok(database_world_open(w));
    database_world_close(w);
    str report;
    expect_ok(database_world_push(w, &report));
    expect_str(report,
               STR("nothing to do: the database is what the schema says\n"));
    database_world_free(w);
}

/* The difference that is found after running sql on a database of Prisma's. */
static void says_what_differs(void **state) {
    (void)state;
    static const struct {
        const char *sql;
        const char *difference;
    } CASES[] = {
        {"DROP TABLE Post", "table \"Post\" is missing"},
        {"CREATE TABLE Extra (id INTEGER)",
         "table \"Extra\" is not in the schema"},
        {"ALTER TABLE Post DROP COLUMN price",
         "column \"price\" of table \"Post\" is missing"},
        {"ALTER TABLE Post ADD COLUMN more TEXT",
         "column \"more\" of table \"Post\" is not in the schema"},
        {"ALTER TABLE Post DROP COLUMN price;"
         "ALTER TABLE Post ADD COLUMN price REAL",
         "column \"price\" of table \"Post\" is REAL, not DECIMAL"},
        {"ALTER TABLE Post DROP COLUMN price;"
         "ALTER TABLE Post ADD COLUMN price DECIMAL NOT NULL DEFAULT 1",
         "column \"price\" of table \"Post\" is required, not optional; column"
         " \"price\" of table \"Post\" has the default 1, not none"},
        {"ALTER TABLE User DROP COLUMN score;"
         "ALTER TABLE User ADD COLUMN score REAL NOT NULL DEFAULT 2",
         "column \"score\" of table \"User\" has the default 2, not 1"},
        {"DROP INDEX User_email_key",
         "unique index \"User_email_key\" of table \"User\" is missing"},
        {"DROP INDEX Post_at_idx",
         "index \"Post_at_idx\" of table \"Post\" is missing"},
        {"DROP INDEX User_email_key;"
         "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\")"
         " WHERE id > 1",
         "unique index \"User_email_key\" of table \"User\" is missing"},
        {"CREATE INDEX more ON Post(number)",
         "index \"more\" of table \"Post\" is not in the schema"},
        {"DROP TABLE Post;"
         "CREATE TABLE \"Post\" (\"userId\" INTEGER NOT NULL,"
         "\"number\" INTEGER NOT NULL,"
         "\"at\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,"
         "\"price\" DECIMAL, \"data\" JSONB, PRIMARY KEY (\"number\"),"
         "FOREIGN KEY (\"userId\") REFERENCES \"User\" ON DELETE SET NULL);"
         "CREATE INDEX \"Post_at_idx\" ON \"Post\"(\"at\")",
         "the primary key of table \"Post\" is (number), not (userId, number);"
         " foreign key \"Post_userId_fkey\" of table \"Post\" is ON DELETE SET"
         " NULL ON UPDATE NO ACTION, not ON DELETE CASCADE ON UPDATE CASCADE"},
        {"DROP TABLE Post;"
         "CREATE TABLE \"Post\" (\"userId\" INTEGER NOT NULL,"
         "\"number\" INTEGER NOT NULL,"
         "\"at\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,"
         "\"price\" DECIMAL REFERENCES User(id), \"data\" JSONB,"
         " PRIMARY KEY (\"userId\", \"number\"));"
         "CREATE INDEX \"Post_at_idx\" ON \"Post\"(\"at\")",
         "foreign key \"Post_userId_fkey\" of table \"Post\" is missing; a"
         " foreign key of table \"Post\" to \"User\" is not in the schema"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        database_world *w = database_world_new(SCHEMA);
        database_world_sql(w, PRISMA_USER PRISMA_POST);
        database_world_sql(w, CASES[i].sql);
        str message =
            arena_printf(w->a, "the database is not what the schema says: %s",
                         CASES[i].difference);
        err *e = database_world_open(w);
        expect_err(e, ERR_CONFLICT, message);
        expect_str(e->hint,
                   STR("'tenon push' makes a database equal to the schema"));
        CLEANUP(buf_free) buf report = buf_new(64 * 1024);
        expect_ok(database_push(w->a, &w->config, w->schema, true, &report));
        expect_ok(database_world_open(w));
        database_world_close(w);
        database_world_free(w);
    }
}

static bool is_trusted(const database_world *w, const char *table) {
    sqlite3 *db = database_world_connect(w);
    lite_comparison c;
    err *e = lite_compare(w->a, db, w->schema, &c);
    sqlite3_close(db);
    expect_ok(e);
    expect_ok(lite_comparison_error(w->a, &c));
    return c.is_our_table[world_model(w, table)->index];
}

static void trusts_the_tables_of_the_first_release(void **state) {
    (void)state;
    database_world *w = database_world_new(
        "enum E {\n  A\n}\n"
        "model Plain {\n  id Int @id\n  name String\n}\n"
        "model Full {\n  id String @id\n  e E\n  n Int?\n  on Boolean\n"
        "  at DateTime\n}\n");
    database_world_sql(
        w, "CREATE TABLE \"Plain\" (\n"
           "    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n"
           "    \"name\" TEXT NOT NULL\n"
           ")");
    database_world_sql(
        w, "CREATE TABLE \"Full\" (\n"
           "    \"id\" TEXT NOT NULL PRIMARY KEY,\n"
           "    \"e\" TEXT NOT NULL,\n"
           "    \"n\" INTEGER,\n"
           "    \"on\" BOOLEAN NOT NULL,\n"
           "    \"at\" DATETIME NOT NULL,\n"
           "    CONSTRAINT \"Full_e_check\" CHECK (\"e\" IN ('A')),\n"
           "    CONSTRAINT \"Full_at_check\" CHECK (\"at\" GLOB"
           " '\?\?\?\?-\?\?-\?\?T\?\?:\?\?:\?\?.\?\?\?+00:00')\n"
           ")");
    assert_true(is_trusted(w, "Plain"));
    assert_true(is_trusted(w, "Full"));
    database_world_free(w);
}

/* A column that was added stands before the constraints, and its CHECK behind
 * it. */
static void trusts_a_table_of_ours_that_got_a_column(void **state) {
    (void)state;
    static const char BEFORE[] =
        "model T {\n  id String @id\n  at DateTime\n}\n";
    static const char AFTER[] = "model T {\n  id String @id\n  n DateTime?\n"
                                "  at DateTime\n}\n";
    static const struct {
        const char *column;
        bool is_trusted;
    } CASES[] = {
        {"\"n\" DATETIME CONSTRAINT \"T_n_check\" CHECK (\"n\" GLOB"
         " '\?\?\?\?-\?\?-\?\?T\?\?:\?\?:\?\?.\?\?\?+00:00')",
         true},
        {"\"n\" DATETIME", false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        database_world *w = database_world_new(BEFORE);
        expect_ok(database_world_push(w, NULL));
        database_world_sql(w, arena_printf(w->a, "ALTER TABLE T ADD COLUMN %s",
                                           CASES[i].column)
                                  .ptr);
        database_world_load(w, AFTER);
        assert_int_equal(is_trusted(w, "T"), CASES[i].is_trusted);
        database_world_free(w);
    }
}

static void what_a_schema_cannot_say_may_be_there_besides(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    database_world_sql(
        w, PRISMA_USER PRISMA_POST
        "CREATE UNIQUE INDEX part ON Post(number) WHERE price > 1;"
        "CREATE INDEX expression ON Post(price * 2);"
        "ALTER TABLE Post ADD COLUMN twice AS (price * 2);"
        "CREATE VIEW v AS SELECT * FROM Post");
    expect_ok(database_world_open(w));
    database_world_free(w);
}

static void an_empty_database_is_told_apart(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    database_world_sql(w, "PRAGMA journal_mode = WAL");
    expect_err(
        database_world_open(w), ERR_CONFLICT,
        arena_printf(w->a, "the database %.*s is empty", STR_ARG(w->file)));
    database_world_free(w);
}

/* Nothing but the CHECK in the kept SQL shows that an enum has changed. */
static void a_changed_enum_is_a_difference(void **state) {
    (void)state;
    database_world *w = database_world_new(
        "enum E {\n  A\n  B\n}\nmodel T {\n  id Int @id\n  e E\n}\n");
    expect_ok(database_world_push(w, NULL));
    database_world_load(
        w, "enum E {\n  A\n  C\n}\nmodel T {\n  id Int @id\n  e E\n}\n");
    const char *message = "the database is not what the schema says: column"
                          " \"e\" of table \"T\" has a different check";
    expect_err(database_world_open(w), ERR_CONFLICT, str_of(message));
    database_world_load(w, "model T {\n  id Int @id\n  e String\n}\n");
    expect_err(database_world_open(w), ERR_CONFLICT, str_of(message));
    database_world_free(w);
}

/* It is no row number there, so it would not count. */
static void a_big_id_of_prisma_that_should_count_is_refused(void **state) {
    (void)state;
    database_world *w = database_world_new(
        "model T {\n  id BigInt @id @default(autoincrement())\n}\n");
    database_world_sql(
        w, "CREATE TABLE \"T\" (\"id\" BIGINT NOT NULL PRIMARY KEY)");
    expect_err(database_world_open(w), ERR_CONFLICT,
               STR("the database is not what the schema says: column \"id\" of"
                   " table \"T\" is BIGINT, not INTEGER"));
    database_world_free(w);
}

static void a_file_that_is_no_database_is_refused(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    FILE *file = fopen(w->file.ptr, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is not a database ", file);
    fclose(file);
    expect_err(database_world_open(w), ERR_CORRUPT,
               STR("the database is damaged"));
    expect_err(database_world_push(w, NULL), ERR_CORRUPT,
               STR("the database is damaged"));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_of_prisma_is_equal),
        cmocka_unit_test(says_what_differs),
        cmocka_unit_test(trusts_the_tables_of_the_first_release),
        cmocka_unit_test(trusts_a_table_of_ours_that_got_a_column),
        cmocka_unit_test(what_a_schema_cannot_say_may_be_there_besides),
        cmocka_unit_test(an_empty_database_is_told_apart),
        cmocka_unit_test(a_changed_enum_is_a_difference),
        cmocka_unit_test(a_big_id_of_prisma_that_should_count_is_refused),
        cmocka_unit_test(a_file_that_is_no_database_is_refused),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_compare", tests,
                                       NULL, NULL);
}
