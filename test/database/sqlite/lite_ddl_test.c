#include "database/sqlite/lite_ddl.h"

#include <sqlite3.h>

#include "schema/load.h"
#include "test/support/test.h"

static const schema *load(arena *a, const char *text) {
    const schema *s = NULL;
    diag_list diags = {0};
    expect_ok(schema_load_text(a, STR("test.prisma"), str_of(text),
                               ENGINE_SQLITE, &diags, &s));
    return s;
}

static const structure_table *find(arena *a, const schema *s,
                                   const char *table) {
    return structure_find_table(structure_of_schema(a, s), STR(""),
                                str_of(table));
}

static str table_of(arena *a, const schema *s, const char *table) {
    return lite_ddl_table(a, find(a, s, table));
}

static void writes_tables_as_prisma_does(void **state) {
    arena *a = *state;
    const schema *s =
        load(a, "model Team {\n"
                "  id   String @id @default(uuid())\n"
                "  name String @unique\n"
                "  members Member[]\n"
                "}\n"
                "model Member {\n"
                "  teamId String @map(\"team_id\")\n"
                "  number Int\n"
                "  team   Team @relation(fields: [teamId], references: [id],"
                " onDelete: Cascade)\n"
                "  weight Float?\n"
                "  @@id([teamId, number])\n"
                "  @@map(\"members\")\n"
                "}\n");
    expect_str(table_of(a, s, "Team"), STR("CREATE TABLE \"Team\" (\n"
                                           "    \"id\" TEXT NOT NULL PRIMARY"
                                           " KEY,\n"
                                           "    \"name\" TEXT NOT NULL\n"
                                           ") STRICT"));
    expect_str(
        table_of(a, s, "members"),
        STR("CREATE TABLE \"members\" (\n"
            "    \"team_id\" TEXT NOT NULL,\n"
            "    \"number\" INTEGER NOT NULL,\n"
            "    \"weight\" REAL,\n"
            "    PRIMARY KEY (\"team_id\", \"number\"),\n"
            "    CONSTRAINT \"members_team_id_fkey\" FOREIGN KEY (\"team_id\")"
            " REFERENCES \"Team\" (\"id\") ON DELETE CASCADE ON UPDATE "
            "CASCADE\n"
            ") STRICT"));
}

static void keeps_values_in_form_by_checks(void **state) {
    arena *a = *state;
    const schema *s = load(a, "enum Mood {\n"
                              "  GOOD\n"
                              "  BAD @map(\"not good\")\n"
                              "}\n"
                              "model T {\n"
                              "  id Int @id\n"
                              "  mood Mood?\n"
                              "  at DateTime?\n"
                              "  data Json?\n"
                              "}\n");
    expect_str(table_of(a, s, "T"),
               STR("CREATE TABLE \"T\" (\n"
                   "    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n"
                   "    \"mood\" TEXT,\n"
                   "    \"at\" DATETIME,\n"
                   "    \"data\" TEXT,\n"
                   "    CONSTRAINT \"T_mood_check\" CHECK (\"mood\" IN ('GOOD',"
                   " 'not good')),\n"
                   "    CONSTRAINT \"T_at_check\" CHECK (\"at\" GLOB"
                   " '\?\?\?\?-\?\?-\?\?T\?\?:\?\?:\?\?.\?\?\?+00:00'),\n"
                   "    CONSTRAINT \"T_data_check\" CHECK (\"data\" IS NULL OR"
                   " json_valid(\"data\"))\n"
                   ")"));
}

/* What STRICT would do for a table without such columns. */
static void keeps_types_by_checks_beside_a_column_of_no_strict_type(
    void **state) {
    arena *a = *state;
    const schema *s = load(a, "model T {\n"
                              "  id String @id\n"
                              "  is Boolean?\n"
                              "  n Int?\n"
                              "  big BigInt\n"
                              "  x Float\n"
                              "  price Decimal?\n"
                              "  bin Bytes\n"
                              "}\n");
    const structure_table *t = find(a, s, "T");
    static const struct {
        str column;
        str expression;
    } CHECKS[] = {
        {STR_INIT("id"), STR_INIT("typeof(\"id\") IN ('text')")},
        {STR_INIT("is"), STR_INIT("\"is\" IN (0, 1)")},
        {STR_INIT("n"), STR_INIT("typeof(\"n\") IN ('integer', 'null')")},
        {STR_INIT("big"), STR_INIT("typeof(\"big\") IN ('integer')")},
        {STR_INIT("x"), STR_INIT("typeof(\"x\") IN ('real')")},
        {STR_INIT("price"),
         STR_INIT("typeof(\"price\") IN ('integer', 'real', 'null')")},
        {STR_INIT("bin"), STR_INIT("typeof(\"bin\") IN ('blob')")},
    };
    assert_false(t->is_strict);
    for (size_t i = 0; i < LENGTH(CHECKS); i++)
        expect_str(structure_find_check(t, CHECKS[i].column)->expression,
                   CHECKS[i].expression);
}

static void adds_a_column_with_its_check(void **state) {
    arena *a = *state;
    const schema *s = load(a, "model T {\n"
                              "  id Int @id\n"
                              "  at DateTime @default(now())\n"
                              "}\n");
    const structure_table *t = find(a, s, "T");
    expect_str(lite_ddl_column(a, t, structure_find_column(t, STR("at"))),
               STR("\"at\" DATETIME NOT NULL DEFAULT"
                   " (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')) CONSTRAINT"
                   " \"T_at_check\" CHECK (\"at\" GLOB"
                   " '\?\?\?\?-\?\?-\?\?T\?\?:\?\?:\?\?.\?\?\?+00:00')"));
}

/* Of a model with one column of that type and default. */
static str default_of(arena *a, const char *field_text) {
    const schema *s = load(a, arena_printf(a,
                                           "model T {\n"
                                           "  id String @id\n"
                                           "  c %s\n"
                                           "}\n"
                                           "enum E {\n"
                                           "  A\n"
                                           "  B @map(\"it's b\")\n"
                                           "}\n",
                                           field_text)
                                  .ptr);
    const structure_table *t = find(a, s, "T");
    const structure_column *c = structure_find_column(t, STR("c"));
    if (c->default_kind == COLUMN_NO_DEFAULT)
        return STR("none");
    return c->default_sql;
}

static void writes_defaults_that_are_valid_sql(void **state) {
    arena *a = *state;
    static const struct {
        const char *field;
        str sql;
    } CASES[] = {
        {"String @default(\"it's\")", STR_INIT("'it''s'")},
        {"Int @default(-5)", STR_INIT("-5")},
        {"BigInt @default(5000000000)", STR_INIT("5000000000")},
        {"Float @default(1.5)", STR_INIT("1.5")},
        {"Decimal @default(12.50)", STR_INIT("12.50")},
        {"Boolean @default(true)", STR_INIT("true")},
        {"E @default(B)", STR_INIT("'it''s b'")},
        {"Json @default(\"{\\\"a\\\":1}\")", STR_INIT("'{\"a\":1}'")},
        {"Bytes @default(\"aGk=\")", STR_INIT("x'6869'")},
        {"DateTime @default(\"2020-01-01T02:00:00+02:00\")",
         STR_INIT("'2020-01-01T00:00:00.000+00:00'")},
        {"DateTime @default(now())",
         STR_INIT("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")},
        {"String @default(uuid())", STR_INIT("none")},
        {"String @default(cuid())", STR_INIT("none")},
        {"DateTime @updatedAt", STR_INIT("none")},
        {"String", STR_INIT("none")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(default_of(a, CASES[i].field), CASES[i].sql);
}

/* A BIGINT is not SQLite's row number and would not count. */
static void a_big_id_that_counts_is_an_integer(void **state) {
    arena *a = *state;
    const schema *s =
        load(a, "model A {\n  id BigInt @id @default(autoincrement())\n}\n"
                "model B {\n  id BigInt @id\n}\n");
    expect_str(table_of(a, s, "A"),
               STR("CREATE TABLE \"A\" (\n"
                   "    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n"
                   ") STRICT"));
    expect_str(table_of(a, s, "B"),
               STR("CREATE TABLE \"B\" (\n"
                   "    \"id\" BIGINT NOT NULL PRIMARY KEY,\n"
                   "    CONSTRAINT \"B_id_check\" CHECK (typeof(\"id\") IN"
                   " ('integer'))\n"
                   ")"));
}

static void quotes_every_name(void **state) {
    arena *a = *state;
    const schema *s = load(a, "model T {\n"
                              "  id Int @id\n"
                              "  a String @unique @map(\"a \\\"b\\\"\")\n"
                              "  @@index([a, id])\n"
                              "  @@map(\"select\")\n"
                              "}\n");
    const structure_table *t = find(a, s, "select");
    expect_str(lite_ddl_index(a, t, &t->indexes[0]),
               STR("CREATE UNIQUE INDEX \"select_a \"\"b\"\"_key\" ON"
                   " \"select\"(\"a \"\"b\"\"\")"));
    expect_str(lite_ddl_index(a, t, &t->indexes[1]),
               STR("CREATE INDEX \"select_a \"\"b\"\"_id_idx\" ON"
                   " \"select\"(\"a \"\"b\"\"\", \"id\")"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_tables_as_prisma_does),
        TEST(keeps_values_in_form_by_checks),
        TEST(keeps_types_by_checks_beside_a_column_of_no_strict_type),
        TEST(adds_a_column_with_its_check),
        TEST(writes_defaults_that_are_valid_sql),
        TEST(a_big_id_that_counts_is_an_integer),
        TEST(quotes_every_name),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_ddl", tests, NULL,
                                       NULL);
}
