#include "database/postgres/pg_ddl.h"

#include "schema/load.h"
#include "test/support/test.h"

static const structure *load(arena *a, const char *text) {
    const schema *s = NULL;
    diag_list diags = {0};
    expect_ok(schema_load_text(a, STR("test.prisma"), str_of(text),
                               ENGINE_POSTGRESQL, &diags, &s));
    return structure_of_schema(a, s);
}

static str all_of(arena *a, const structure *s) {
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    pg_ddl_create(a, &out, s);
    return arena_copy(a, buf_str(&out));
}

static void writes_all_in_an_order_that_runs(void **state) {
    arena *a = *state;
    const structure *s = load(
        a, "datasource db {\n  provider = \"postgresql\"\n"
           "  extensions = [citext]\n}\n"
           "enum Role {\n  USER\n  ADMIN @map(\"the admin\")\n}\n"
           "model User {\n"
           "  id    Int    @id @default(autoincrement())\n"
           "  email String @unique @db.Citext\n"
           "  role  Role   @default(ADMIN)\n"
           "  posts Post[]\n"
           "  tags  Tag[]\n"
           "}\n"
           "model Post {\n"
           "  id     BigInt @id\n"
           "  user   User?  @relation(fields: [userId], references: [id])\n"
           "  userId Int?\n"
           "  words  String[] @default([\"a\"])\n"
           "  @@index([words], type: Gin)\n"
           "}\n"
           "model Tag {\n  name String @id @db.VarChar(20)\n"
           "  users User[]\n}\n");
    expect_str(
        all_of(a, s),
        STR("CREATE EXTENSION IF NOT EXISTS \"citext\";\n"
            "CREATE TYPE \"Role\" AS ENUM ('USER', 'the admin');\n"
            "CREATE TABLE \"User\" (\n"
            "    \"id\" serial NOT NULL,\n"
            "    \"email\" citext NOT NULL,\n"
            "    \"role\" \"Role\" NOT NULL DEFAULT 'the admin',\n"
            "    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\")\n"
            ");\n"
            "CREATE TABLE \"Post\" (\n"
            "    \"id\" bigint NOT NULL,\n"
            "    \"userId\" integer,\n"
            "    \"words\" text[] DEFAULT ARRAY['a']::text[],\n"
            "    CONSTRAINT \"Post_pkey\" PRIMARY KEY (\"id\")\n"
            ");\n"
            "CREATE TABLE \"Tag\" (\n"
            "    \"name\" character varying(20) NOT NULL,\n"
            "    CONSTRAINT \"Tag_pkey\" PRIMARY KEY (\"name\")\n"
            ");\n"
            "CREATE TABLE \"_TagToUser\" (\n"
            "    \"A\" character varying(20) NOT NULL,\n"
            "    \"B\" integer NOT NULL,\n"
            "    CONSTRAINT \"_TagToUser_AB_pkey\" PRIMARY KEY (\"A\", \"B\")\n"
            ");\n"
            "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\" (\"email\");\n"
            "CREATE INDEX \"Post_words_idx\" ON \"Post\" USING gin"
            " (\"words\");\n"
            "CREATE INDEX \"_TagToUser_B_index\" ON \"_TagToUser\" (\"B\");\n"
            "ALTER TABLE \"Post\" ADD CONSTRAINT \"Post_userId_fkey\" FOREIGN"
            " KEY (\"userId\") REFERENCES \"User\" (\"id\") ON DELETE SET NULL"
            " ON UPDATE CASCADE;\n"
            "ALTER TABLE \"_TagToUser\" ADD CONSTRAINT \"_TagToUser_A_fkey\""
            " FOREIGN KEY (\"A\") REFERENCES \"Tag\" (\"name\") ON DELETE"
            " CASCADE ON UPDATE CASCADE;\n"
            "ALTER TABLE \"_TagToUser\" ADD CONSTRAINT \"_TagToUser_B_fkey\""
            " FOREIGN KEY (\"B\") REFERENCES \"User\" (\"id\") ON DELETE"
            " CASCADE ON UPDATE CASCADE;\n"));
}

/* Of a model with one column of that type and default. */
static str default_of(arena *a, const char *field_text) {
    const structure *s = load(a, arena_printf(a,
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
    const structure_column *c = structure_find_column(&s->tables[0], STR("c"));
    return c->default_kind == COLUMN_EXPRESSION ? c->default_sql : STR("none");
}

static void writes_defaults(void **state) {
    arena *a = *state;
    static const struct {
        const char *field;
        str sql;
    } CASES[] = {
        {"String @default(\"it's\\n\")", STR_INIT("'it''s\n'")},
        {"Int @default(-5)", STR_INIT("-5")},
        {"Decimal @default(12.50)", STR_INIT("12.50")},
        {"Boolean @default(true)", STR_INIT("true")},
        {"E @default(B)", STR_INIT("'it''s b'")},
        {"Json @default(\"{\\\"a\\\":1}\")", STR_INIT("'{\"a\":1}'")},
        {"Bytes @default(\"aGk=\")", STR_INIT("'\\x6869'")},
        {"DateTime @default(\"2020-01-01T02:00:00+02:00\")",
         STR_INIT("'2020-01-01 00:00:00.000+00:00'")},
        {"DateTime @default(now())", STR_INIT("CURRENT_TIMESTAMP")},
        {"E[] @default([A, B])", STR_INIT("ARRAY['A', 'it''s b']::\"E\"[]")},
        {"Int[] @default([])", STR_INIT("ARRAY[]::integer[]")},
        {"String @default(dbgenerated(\"gen_random_uuid()\")) @db.Uuid",
         STR_INIT("gen_random_uuid()")},
        {"String @default(dbgenerated())", STR_INIT("none")},
        {"String @default(uuid())", STR_INIT("none")},
        {"Int @default(autoincrement())", STR_INIT("none")},
        {"DateTime @updatedAt", STR_INIT("none")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(default_of(a, CASES[i].field), CASES[i].sql);
}

static void has_the_functions_that_tables_call(void **state) {
    arena *a = *state;
    const structure *none = load(a, "model T {\n  id Int @id\n}\n");
    assert_int_equal(none->function_count, 0);
    const structure *s =
        load(a, "model T {\n"
                "  id String @id @default(dbgenerated(\"uuidv7()\")) @db.Uuid\n"
                "  changed DateTime @updatedAt\n"
                "}\n");
    assert_int_equal(s->function_count, 2);
    expect_str(s->functions[0].name, STR("tenon_touch"));
    expect_str(s->functions[1].name, STR("uuidv7"));
    assert_int_equal(s->tables[0].trigger_count, 1);
    expect_str(s->tables[0].triggers[0].sql,
               STR("CREATE TRIGGER \"tenon_touch_changed\" BEFORE UPDATE ON"
                   " \"T\"\n"
                   "    FOR EACH ROW WHEN (NEW.\"changed\" IS NOT DISTINCT FROM"
                   " OLD.\"changed\")\n"
                   "    EXECUTE FUNCTION tenon_touch('changed')"));
}

static void writes_an_index_concurrently_when_asked(void **state) {
    arena *a = *state;
    const structure *s = load(a, "model T {\n  id Int @id\n  a Int\n"
                                 "  @@index([a(sort: Desc), id])\n}\n");
    const structure_table *t = &s->tables[0];
    expect_str(pg_ddl_index(a, t, &t->indexes[0], true),
               STR("CREATE INDEX CONCURRENTLY IF NOT EXISTS \"T_a_id_idx\" ON "
                   "\"T\" (\"a\""
                   " DESC, \"id\")"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_all_in_an_order_that_runs),
        TEST(writes_defaults),
        TEST(has_the_functions_that_tables_call),
        TEST(writes_an_index_concurrently_when_asked),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_ddl", tests, NULL,
                                       NULL);
}
