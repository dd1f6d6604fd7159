#include "database/migrate/plan.h"

#include "database/migrate/apply.h"
#include "schema/load.h"
#include "test/support/structure_text.h"
#include "test/support/test.h"

enum { TEXT_MAX = 1024 * 1024 };

static const structure *of_schema(arena *a, engine_kind engine,
                                  const char *text) {
    const schema *s = NULL;
    diag_list diags = {0};
    expect_ok(schema_load_text(a, STR("test.prisma"), str_of(text), engine,
                               &diags, &s));
    return structure_of_schema(a, s);
}

/* The titles of the steps, a line each; warnings before them, with the name of
 * their risk. */
static str summary(arena *a, const plan *p) {
    CLEANUP(buf_free) buf out = buf_new(TEXT_MAX);
    for (size_t i = 0; i < p->warning_count; i++)
        if (p->warnings[i].risk != RISK_LOCKS)
            buf_printf(&out, "%.*s: %.*s.%.*s\n",
                       STR_ARG(plan_risk_title(p->warnings[i].risk)),
                       STR_ARG(p->warnings[i].table),
                       STR_ARG(p->warnings[i].column));
    for (size_t i = 0; i < p->step_count; i++)
        buf_printf(&out, "%.*s%s\n", STR_ARG(p->steps[i].title),
                   p->steps[i].is_outside_transaction ? " (outside)" : "");
    return arena_copy(a, buf_str(&out));
}

static str sql_of(arena *a, const plan *p) {
    CLEANUP(buf_free) buf out = buf_new(TEXT_MAX);
    plan_print_sql(&out, p);
    return arena_copy(a, buf_str(&out));
}

static const plan *between(arena *a, engine_kind engine, const char *old,
                           const char *new) {
    return plan_make(a, of_schema(a, engine, old), of_schema(a, engine, new),
                     (plan_options){0});
}

/* ---- What a change takes ------------------------------------------------ */

#define MODEL(fields) "model T {\n  id Int @id\n" fields "\n}\n"

static const struct change {
    const char *old;
    const char *new;
    str lite;
    str postgresql;
} CHANGES[] = {
    {MODEL("a Int"), MODEL("a Int"), STR_INIT(""), STR_INIT("")},
    {MODEL(""), MODEL("a Int? @default(1)"),
     STR_INIT("add column \"a\" to \"T\"\n"),
     STR_INIT("add column \"a\" to \"T\"\n")},
    {MODEL(""), MODEL("a Int"),
     STR_INIT("required without default: T.a\n"
              "rebuild table \"T\": add \"a\"\n"),
     STR_INIT("required without default: T.a\n"
              "add column \"a\" to \"T\"\n")},
    {MODEL(""), MODEL("a DateTime @updatedAt"),
     STR_INIT("rebuild table \"T\": add \"a\"\n"),
     STR_INIT("create function tenon_touch()\n"
              "add column \"a\" to \"T\"\n"
              "create trigger \"tenon_touch_a\" of \"T\"\n")},
    {MODEL("a Int\nb Int"), MODEL("a Int"),
     STR_INIT("data loss: T.b\ndrop column \"b\" of \"T\"\n"),
     STR_INIT("data loss: T.b\ndrop column \"b\" of \"T\"\n")},
    {MODEL("a Int"), MODEL("b Int? @default(2)"),
     STR_INIT("data loss: T.a\nlikely rename: T.b\n"
              "add column \"b\" to \"T\"\ndrop column \"a\" of \"T\"\n"),
     STR_INIT("data loss: T.a\nlikely rename: T.b\n"
              "add column \"b\" to \"T\"\ndrop column \"a\" of \"T\"\n")},
    {MODEL("a Int"), MODEL("b Int @renamed(from: \"a\")"),
     STR_INIT("rename column \"a\" of \"T\" to \"b\"\n"),
     STR_INIT("rename column \"a\" of \"T\" to \"b\"\n")},
    /* Done already. */
    {MODEL("b Int"), MODEL("b Int @renamed(from: \"a\")"), STR_INIT(""),
     STR_INIT("")},
    {MODEL("a Int"), MODEL("a Int?"),
     STR_INIT("rebuild table \"T\": change \"a\"\n"),
     STR_INIT("change column \"a\" of \"T\"\n")},
    {MODEL("a Int?"), MODEL("a Int"),
     STR_INIT("required without default: T.a\n"
              "rebuild table \"T\": change \"a\"\n"),
     STR_INIT("required without default: T.a\n"
              "change column \"a\" of \"T\"\n")},
    {MODEL("a Int?"), MODEL("a Int @default(3)"),
     STR_INIT("rebuild table \"T\": change \"a\"\n"),
     STR_INIT("change column \"a\" of \"T\"\n")},
    {MODEL("a Int"), MODEL("a String"),
     STR_INIT("rebuild table \"T\": change \"a\"\n"),
     STR_INIT("change column \"a\" of \"T\"\n")},
    {MODEL("a String"), MODEL("a Int"),
     STR_INIT("may fail: T.a\nrebuild table \"T\": change \"a\"\n"),
     STR_INIT("may fail: T.a\nchange column \"a\" of \"T\"\n")},
    {MODEL("a Float"), MODEL("a Int"),
     STR_INIT("data loss: T.a\nrebuild table \"T\": change \"a\"\n"),
     STR_INIT("data loss: T.a\nchange column \"a\" of \"T\"\n")},
    {MODEL("a DateTime?"), MODEL("a Int?"),
     STR_INIT("data loss: T.a\nrebuild table \"T\": change \"a\"\n"),
     STR_INIT("data loss: T.a\ndrop column \"a\" of \"T\"\n"
              "add column \"a\" to \"T\"\n")},
    {MODEL("a String"), MODEL("a String @unique"),
     STR_INIT("may fail: T.\ncreate unique index \"T_a_key\" on \"T\"\n"),
     STR_INIT("may fail: T.\ncreate unique index \"T_a_key\" on \"T\"\n")},
    {MODEL("a Int\n@@index([a])"), MODEL("a Int\n@@index([a(sort: Desc)])"),
     STR_INIT("drop index \"T_a_idx\"\ncreate index \"T_a_idx\" on \"T\"\n"),
     STR_INIT("drop index \"T_a_idx\"\ncreate index \"T_a_idx\" on \"T\"\n")},
    {MODEL("a Int\n@@index([a])"), MODEL("a Int\n@@index([a], map: \"x\")"),
     STR_INIT("drop index \"T_a_idx\"\ncreate index \"x\" on \"T\"\n"),
     STR_INIT("rename index \"T_a_idx\" to \"x\"\n")},
    {MODEL("a Int"), MODEL("a Int\n@@map(\"u\")\n@@renamed(from: \"T\")"),
     STR_INIT("rename table \"T\" to \"u\"\n"),
     STR_INIT("rename table \"T\" to \"u\"\n"
              "rename constraint \"T_pkey\" to \"u_pkey\"\n")},
    {MODEL("a Int"), MODEL("a Int\n@@map(\"u\")"),
     STR_INIT("data loss: T.\nlikely rename: u.\n"
              "drop table \"T\"\ncreate table \"u\"\n"),
     STR_INIT("data loss: T.\nlikely rename: u.\n"
              "drop table \"T\"\ncreate table \"u\"\n")},
    {MODEL("a E") "enum E {\n A\n B\n}", MODEL("a E") "enum E {\n A\n C\n B\n}",
     STR_INIT("rebuild table \"T\": change \"a\"\n"),
     STR_INIT("add value 'C' to enum \"E\"\n")},
    {MODEL("a E") "enum E {\n A\n B\n}", MODEL("a E") "enum E {\n A\n}",
     STR_INIT("may fail: T.a\nrebuild table \"T\": change \"a\"\n"),
     STR_INIT("may fail: E.\nmay fail: T.a\n"
              "replace enum \"E\"\nchange column \"a\" of \"T\"\n"
              "drop enum \"tenon_old_E\"\n")},
    /* STRICT, as soon as it can be. */
    {MODEL("at DateTime"), MODEL("a String?"),
     STR_INIT("data loss: T.at\n"
              "rebuild table \"T\": add \"a\", drop \"at\"\n"),
     STR_INIT("data loss: T.at\n"
              "add column \"a\" to \"T\"\ndrop column \"at\" of"
              " \"T\"\n")},
    /* A new value cannot be used in the transaction that added it. */
    {MODEL("a E") "enum E {\n A\n}",
     MODEL("a E @default(B)") "enum E {\n A\n B\n}",
     STR_INIT("rebuild table \"T\": change \"a\"\n"),
     STR_INIT("may fail: T.a\n"
              "replace enum \"E\"\nchange column \"a\" of \"T\"\n"
              "drop enum \"tenon_old_E\"\n")},
};

static void a_change_takes_these_steps(void **state) {
    for (size_t i = 0; i < LENGTH(CHANGES); i++) {
        const struct change *c = &CHANGES[i];
        expect_str(
            summary(*state, between(*state, ENGINE_SQLITE, c->old, c->new)),
            c->lite);
        expect_str(
            summary(*state, between(*state, ENGINE_POSTGRESQL, c->old, c->new)),
            c->postgresql);
    }
}

static void concurrent_indexes_come_last_and_alone(void **state) {
    arena *a = *state;
    const structure *old =
        of_schema(a, ENGINE_POSTGRESQL, MODEL("a Int\nb Int"));
    const structure *new =
        of_schema(a, ENGINE_POSTGRESQL,
                  MODEL("a Int\nb Int\nc Int?\n@@index([a])\n@@index([b])"));
    const plan *p =
        plan_make(a, old, new, (plan_options){.is_concurrent = true});
    expect_str(sql_of(a, p), STR("-- add column \"c\" to \"T\"\n"
                                 "ALTER TABLE \"T\" ADD COLUMN \"c\" integer;\n"
                                 "\n"
                                 "-- tenon: outside of the transaction\n"
                                 "\n"
                                 "-- create index \"T_a_idx\" on \"T\"\n"
                                 "CREATE INDEX CONCURRENTLY IF NOT EXISTS "
                                 "\"T_a_idx\" ON \"T\" (\"a\");\n"
                                 "\n"
                                 "-- create index \"T_b_idx\" on \"T\"\n"
                                 "CREATE INDEX CONCURRENTLY IF NOT EXISTS "
                                 "\"T_b_idx\" ON \"T\" (\"b\");\n"));
}

static void a_title_is_one_line_of_comment(void **state) {
    arena *a = *state;
    str sql = sql_of(a, between(a, ENGINE_SQLITE, MODEL(""),
                                MODEL("a Int? @map(\"x\\ny\")")));
    assert_true(str_starts_with(sql, STR("-- add column \"x y\" to \"T\"\n")));
}

/* ---- On SQLite ---------------------------------------------------------- */

static target *blank(arena *a, const char *sql) {
    target *t = NULL;
    expect_ok(target_open_blank(a, ENGINE_SQLITE, STR(""), STR(""), &t));
    expect_ok(target_run(a, t, STR(""), str_of(sql)));
    return t;
}

static const plan *plan_for(arena *a, target *t, const char *schema_text) {
    structure *now = arena_new_array(a, structure, 1);
    expect_ok(target_structure(a, t, NULL, 0, now));
    return plan_make(a, now, of_schema(a, ENGINE_SQLITE, schema_text),
                     (plan_options){0});
}

static str ask(arena *a, target *t, const char *sql) {
    target_rows rows;
    expect_ok(target_query(a, t, str_of(sql), NULL, 0, &rows));
    assert_true(rows.row_count > 0);
    return target_cell(&rows, 0, 0);
}

static str text_of(arena *a, target *t) {
    structure now;
    expect_ok(target_structure(a, t, NULL, 0, &now));
    return structure_text(a, &now);
}

static void a_rebuild_keeps_what_the_schema_cannot_say(void **state) {
    arena *a = *state;
    CLEANUP(target_close)
    target *t = blank(
        a, "CREATE TABLE T (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
           " name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) < 9), n INT,"
           " twice INT AS (n * 2) STORED);"
           "CREATE INDEX partial ON T (n) WHERE name > '';"
           "CREATE TABLE log (id INTEGER PRIMARY KEY NOT NULL, what TEXT);"
           "CREATE TRIGGER note AFTER INSERT ON T BEGIN"
           " INSERT INTO log (what) VALUES (new.name); END;"
           "CREATE VIEW names AS SELECT name FROM T;"
           "INSERT INTO T (id, name, n) VALUES (1, 'one', 1), (7, 'x', 7);"
           "DELETE FROM T WHERE id = 7");
    const char *wanted = "model T {\n  id Int @id\n  name String\n  n String?\n"
                         "}\nmodel log {\n  id Int @id\n  what String?\n}\n";
    const plan *p = plan_for(a, t, wanted);
    expect_str(summary(a, p), STR("rebuild table \"T\": change \"n\"\n"
                                  "create index \"partial\" on \"T\"\n"
                                  "create trigger \"note\"\n"));
    expect_ok(plan_apply(a, t, p));
    expect_str(ask(a, t, "SELECT typeof(n) || twice FROM T"), STR("text2"));
    expect_ok(target_run(a, t, STR(""),
                         STR("INSERT INTO T (name) VALUES"
                             " ('two')")));
    expect_str(ask(a, t, "SELECT max(id) FROM T"), STR("8"));
    expect_str(ask(a, t, "SELECT count(*) FROM names WHERE name = 'TWO'"),
               STR("1"));
    expect_str(ask(a, t, "SELECT group_concat(what) FROM log"),
               STR("one,x,two"));
    err *e = target_run(a, t, STR(""),
                        STR("INSERT INTO T (name) VALUES ('far too long')"));
    assert_non_null(e);
    assert_true(plan_is_empty(plan_for(a, t, wanted)));
}

static void names_of_another_case_are_the_same_table(void **state) {
    arena *a = *state;
    CLEANUP(target_close)
    target *t = blank(a, "CREATE TABLE users (ID INTEGER PRIMARY KEY NOT NULL,"
                         " \"fullname\" TEXT NOT NULL);"
                         "INSERT INTO users (fullname) VALUES ('Ada')");
    const char *wanted = "model Users {\n  id Int @id\n  fullName String\n}\n";
    const plan *p = plan_for(a, t, wanted);
    assert_false(plan_has_risk(p, RISK_DATA_LOSS));
    expect_ok(plan_apply(a, t, p));
    assert_true(plan_is_empty(plan_for(a, t, wanted)));
    expect_str(ask(a, t, "SELECT \"fullName\" FROM \"Users\""), STR("Ada"));
}

static void a_plan_that_fails_leaves_all_as_it_was(void **state) {
    arena *a = *state;
    static const struct {
        const char *wanted;
        err_code code;
        str message;
    } CASES[] = {
        /* The rows do not fit. */
        {"model T {\n  id Int @id\n  name String @unique\n  pid Int?\n}\n"
         "model P {\n  id Int @id\n}\n",
         ERR_UNIQUE_VIOLATION,
         STR_INIT("create unique index \"T_name_key\" on \"T\"")},
        /* A row has no parent. */
        {"model T {\n  id Int @id\n  name String\n  pid Int?\n"
         "  p P? @relation(fields: [pid], references: [id])\n}\n"
         "model P {\n  id Int @id\n  ts T[]\n}\n",
         ERR_FOREIGN_KEY_VIOLATION,
         STR_INIT("row 2 of table \"T\" would refer to a row of \"P\" that is"
                  " not there; and 0 more")},
        /* A view needs the column. */
        {"model T {\n  id Int @id\n  pid Int?\n}\n"
         "model P {\n  id Int @id\n}\n",
         ERR_CONFLICT, STR_INIT("view \"v\" would not work any more")},
        /* So does a trigger of another table. */
        {"model T {\n  id Int @id\n  name String\n}\n"
         "model P {\n  id Int @id\n}\n",
         ERR_CONFLICT, STR_INIT("trigger \"tr\" would not work any more")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        CLEANUP(target_close)
        target *t =
            blank(a, "CREATE TABLE T (id INTEGER PRIMARY KEY NOT NULL,"
                     " name TEXT NOT NULL, pid INT);"
                     "CREATE TABLE P (id INTEGER PRIMARY KEY NOT NULL);"
                     "CREATE VIEW v AS SELECT name FROM T;"
                     "CREATE VIEW broken AS SELECT * FROM nowhere;"
                     "CREATE TRIGGER tr AFTER INSERT ON P BEGIN"
                     " UPDATE T SET pid = new.id; END;"
                     "INSERT INTO T VALUES (1, 'x', NULL), (2, 'x', 5)");
        str before = text_of(a, t);
        err *e = plan_apply(a, t, plan_for(a, t, CASES[i].wanted));
        expect_err(e, CASES[i].code, CASES[i].message);
        expect_str(text_of(a, t), before);
        expect_str(ask(a, t, "SELECT count(*) FROM T"), STR("2"));
    }
}

/* As Prisma's client writes them: dates in milliseconds, JSON in a column of
 * numeric affinity, no CHECKs. */
static void tables_of_others_keep_their_forms(void **state) {
    arena *a = *state;
    CLEANUP(target_close)
    target *t = blank(
        a, "CREATE TABLE \"T\" (\"id\" INTEGER NOT NULL PRIMARY KEY"
           " AUTOINCREMENT, \"at\" DATETIME NOT NULL DEFAULT"
           " CURRENT_TIMESTAMP, \"data\" JSONB, \"mood\" TEXT NOT NULL);"
           "INSERT INTO \"T\" VALUES (1, 1700000000000, '{\"a\":1}', 'A')");
    static const char FIELDS[] =
        "enum E {\n  A\n}\nmodel T {\n  id Int @id"
        " @default(autoincrement())\n  at DateTime @default(now())\n"
        "  data Json?\n  mood E\n";
    str same = arena_printf(a, "%s}\n", FIELDS);
    assert_true(plan_is_empty(plan_for(a, t, same.ptr)));
    str more = arena_printf(a,
                            "%s  big BigInt @default(1)\n  n DateTime"
                            " @default(now())\n}\n",
                            FIELDS);
    const plan *p = plan_for(a, t, more.ptr);
    expect_str(summary(a, p),
               STR("rebuild table \"T\": add \"big\", add \"n\"\n"));
    expect_ok(plan_apply(a, t, p));
    assert_true(plan_is_empty(plan_for(a, t, more.ptr)));
    expect_str(ask(a, t, "SELECT at || data || mood FROM \"T\""),
               STR("1700000000000{\"a\":1}A"));
    expect_str(ask(a, t,
                   "SELECT group_concat(type) FROM"
                   " pragma_table_info('T')"),
               STR("INTEGER,DATETIME,JSONB,TEXT,BIGINT,DATETIME"));
}

/* They have no CHECKs that would keep it out. */
static void tables_of_others_take_only_what_converts(void **state) {
    arena *a = *state;
    static const struct {
        const char *type;
        const char *value;
        str want; /* empty: it fails */
    } CASES[] = {
        {"Int?", "'12'", STR_INIT("12 integer")},
        {"Int?", "'-7'", STR_INIT("-7 integer")},
        {"Int?", "'abc'", STR_INIT("")},
        {"Int?", "'1.5'", STR_INIT("")},
        {"Int?", "'99999999999999999999'", STR_INIT("")},
        {"Float?", "'1.5'", STR_INIT("1.5 real")},
        {"Float?", "'abc'", STR_INIT("")},
        {"Decimal?", "'12'", STR_INIT("12 integer")},
        {"Decimal?", "'x'", STR_INIT("")},
        {"Boolean?", "'TRUE'", STR_INIT("1 integer")},
        {"Boolean?", "'0'", STR_INIT("0 integer")},
        {"Boolean?", "'yes'", STR_INIT("")},
        {"Boolean?", "NULL", STR_INIT("- null")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        CLEANUP(target_close)
        target *t = blank(
            a, arena_cstr(a, arena_printf(a,
                                          "CREATE TABLE \"T\" (\"id\" INTEGER"
                                          " NOT NULL PRIMARY KEY, \"v\" TEXT);"
                                          "INSERT INTO T VALUES (1, %s)",
                                          CASES[i].value)));
        str wanted = arena_printf(a, "model T {\n  id Int @id\n  v %s\n}\n",
                                  CASES[i].type);
        err *e = plan_apply(a, t, plan_for(a, t, arena_cstr(a, wanted)));
        assert_int_equal(e != NULL, str_is_empty(CASES[i].want));
        if (e == NULL)
            expect_str(ask(a, t,
                           "SELECT coalesce(v, '-') || ' ' || typeof(v)"
                           " FROM T"),
                       CASES[i].want);
    }
}

static void a_table_without_plain_types_is_ours_as_well(void **state) {
    arena *a = *state;
    CLEANUP(target_close) target *t = blank(a, "");
    expect_ok(plan_apply(a, t, plan_for(a, t, MODEL("at DateTime"))));
    expect_ok(plan_apply(a, t, plan_for(a, t, MODEL("a String?"))));
    expect_str(ask(a, t, "SELECT strict FROM pragma_table_list('T')"),
               STR("1"));
}

static void an_index_of_the_schemas_name_is_the_schemas(void **state) {
    arena *a = *state;
    CLEANUP(target_close)
    target *t = blank(a, "CREATE TABLE T (id INTEGER PRIMARY KEY NOT NULL, a"
                         " INTEGER NOT NULL);"
                         "CREATE INDEX \"T_a_idx\" ON T (a) WHERE a > 3;"
                         "CREATE INDEX other ON T (a) WHERE a > 3");
    expect_str(summary(a, plan_for(a, t, MODEL("a Int\n@@index([a])"))),
               STR("drop index \"T_a_idx\"\n"
                   "create index \"T_a_idx\" on \"T\"\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_change_takes_these_steps),
        TEST(concurrent_indexes_come_last_and_alone),
        TEST(a_title_is_one_line_of_comment),
        TEST(a_rebuild_keeps_what_the_schema_cannot_say),
        TEST(names_of_another_case_are_the_same_table),
        TEST(a_plan_that_fails_leaves_all_as_it_was),
        TEST(tables_of_others_keep_their_forms),
        TEST(tables_of_others_take_only_what_converts),
        TEST(a_table_without_plain_types_is_ours_as_well),
        TEST(an_index_of_the_schemas_name_is_the_schemas),
    };
    return cmocka_run_group_tests_name("database/migrate/plan", tests, NULL,
                                       NULL);
}
