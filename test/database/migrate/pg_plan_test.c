#include "database/migrate/apply.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/structure_text.h"
#include "test/support/test.h"

enum { TEXT_MAX = 1024 * 1024 };

typedef struct world {
    arena *a;
    postgres_world *postgres;
    target *target;
} world;

static void close_world(world *w) {
    target_close(&w->target);
    postgres_world_close(&w->postgres);
}

/* A database after that SQL. */
static world open_world(arena *a, const char *sql) {
    world w = {.a = a, .postgres = postgres_world_open(a)};
    expect_ok(target_open(a, w.postgres->url, TARGET_CHANGE, &w.target));
    expect_ok(target_run(a, w.target, STR(""), str_of(sql)));
    return w;
}

static const plan *plan_with(const world *w, const char *text,
                             plan_options options) {
    const schema *s = NULL;
    diag_list diags = {0};
    structure *now = arena_new_array(w->a, structure, 1);
    expect_ok(schema_load_text(w->a, STR("test.prisma"), str_of(text),
                               ENGINE_POSTGRESQL, &diags, &s));
    const datasource *d = &s->datasource;
    expect_ok(
        target_structure(w->a, w->target, d->schemas, d->schema_count, now));
    return plan_make(w->a, now, structure_of_schema(w->a, s), options);
}

static const plan *plan_for(const world *w, const char *text) {
    return plan_with(w, text, (plan_options){0});
}

/* Applies it and sees that nothing is left to do. */
static void apply(const world *w, const char *text) {
    expect_ok(plan_apply(w->a, w->target, plan_for(w, text)));
    const plan *again = plan_for(w, text);
    if (again->step_count > 0)
        expect_str(again->steps[0].sql, STR(""));
}

static str ask(const world *w, const char *sql) {
    target_rows rows;
    expect_ok(target_query(w->a, w->target, str_of(sql), NULL, 0, &rows));
    assert_true(rows.row_count > 0);
    return target_cell(&rows, 0, 0);
}

static str text_of(const world *w) {
    structure now;
    expect_ok(target_structure(w->a, w->target, NULL, 0, &now));
    return structure_text(w->a, &now);
}

/* ---- What is kept ------------------------------------------------------- */

static void keeps_what_the_schema_cannot_say(void **state) {
    CLEANUP(close_world)
    world w = open_world(
        *state, "CREATE TABLE t (id serial PRIMARY KEY, n int CHECK (n > 0),"
                " twice int GENERATED ALWAYS AS (n * 2) STORED, name text);"
                "CREATE INDEX partial ON t (id) WHERE name > '';"
                "CREATE INDEX lowered ON t (lower(name));"
                "CREATE VIEW ids AS SELECT id FROM t;"
                "CREATE TABLE _prisma_migrations (id text)");
    apply(&w, "model T {\n  id Int @id @default(autoincrement())\n"
              "  n Int?\n  name String\n  more Int?\n  @@map(\"t\")\n}\n");
    expect_str(ask(&w, "SELECT string_agg(indexname, ' ' ORDER BY"
                       " indexname) FROM pg_indexes WHERE tablename = 't'"),
               STR("lowered partial t_pkey"));
    expect_str(ask(&w, "INSERT INTO t (n, name) VALUES (4, 'x') RETURNING"
                       " twice"),
               STR("8"));
    assert_non_null(target_run(w.a, w.target, STR(""),
                               STR("INSERT INTO t (n, name) VALUES (0, '')")));
    expect_str(ask(&w, "SELECT count(*) FROM ids"), STR("1"));
}

/* The trigger that keeps @updatedAt would take a filled row for a changed one.
 */
static void filling_is_no_update(void **state) {
    CLEANUP(close_world) world w = open_world(*state, "");
    apply(&w, "model T {\n  id Int @id\n  n Int?\n  at DateTime @updatedAt\n"
              "}\n");
    expect_ok(target_run(w.a, w.target, STR(""),
                         STR("INSERT INTO \"T\" VALUES (1, NULL,"
                             " '2001-01-01')")));
    apply(&w, "model T {\n  id Int @id\n  n Int @default(5)\n"
              "  at DateTime @updatedAt\n  k String @default(uuid())\n}\n");
    expect_str(ask(&w, "SELECT n || ' ' || at::date || ' ' || length(k)"
                       " FROM \"T\""),
               STR("5 2001-01-01 36"));
    expect_str(ask(&w, "UPDATE \"T\" SET n = 6 RETURNING at > '2002-01-01'"),
               STR("t"));
}

/* ---- What stands in the way --------------------------------------------- */

static void a_view_that_uses_a_column_is_told(void **state) {
    CLEANUP(close_world)
    world w = open_world(*state,
                         "CREATE TABLE \"T\" (id integer PRIMARY KEY, a text);"
                         "CREATE VIEW uses AS SELECT a FROM \"T\"");
    str before = text_of(&w);
    const plan *p = plan_for(&w, "model T {\n  id Int @id\n  a Int?\n}\n");
    assert_int_equal(p->warnings[0].risk, RISK_MAY_FAIL);
    expect_str(p->warnings[0].sentence,
               STR("view \"uses\" seems to use column \"a\" of table \"T\":"
                   " drop it before and make it again afterwards"));
    err *e = plan_apply(w.a, w.target, p);
    assert_non_null(e);
    expect_str(e->message, STR("change column \"a\" of \"T\""));
    expect_str(text_of(&w), before);
}

static void what_a_failed_index_left_is_made_anew(void **state) {
    CLEANUP(close_world)
    world w =
        open_world(*state, "CREATE TABLE \"T\" (id integer NOT NULL, a integer"
                           " NOT NULL, CONSTRAINT \"T_pkey\" PRIMARY KEY (id));"
                           "INSERT INTO \"T\" VALUES (1, 1), (2, 1)");
    const char *wanted =
        "model T {\n  id Int @id\n  a Int\n  @@index([a])\n}\n";
    assert_non_null(
        target_run(w.a, w.target, STR(""),
                   STR("CREATE UNIQUE INDEX CONCURRENTLY \"T_a_idx\" ON \"T\""
                       " (a)")));
    const plan *p =
        plan_with(&w, wanted, (plan_options){.is_concurrent = true});
    expect_ok(plan_apply(w.a, w.target, p));
    assert_true(plan_is_empty(plan_for(&w, wanted)));
}

/* ---- What only PostgreSQL has ------------------------------------------- */

static void counting_starts_behind_the_rows_and_stops(void **state) {
    CLEANUP(close_world)
    world w =
        open_world(*state, "CREATE TABLE \"T\" (id integer NOT NULL, CONSTRAINT"
                           " \"T_pkey\" PRIMARY KEY (id));"
                           "INSERT INTO \"T\" VALUES (41)");
    apply(&w, "model T {\n  id Int @id @default(autoincrement())\n}\n");
    expect_str(ask(&w, "INSERT INTO \"T\" DEFAULT VALUES RETURNING id"),
               STR("42"));
    apply(&w, "model T {\n  id Int @id\n}\n");
    expect_str(ask(&w, "SELECT count(*) FROM pg_sequences"), STR("0"));
}

static void a_counter_takes_the_type_of_its_column(void **state) {
    CLEANUP(close_world)
    world w = open_world(*state, "CREATE TABLE \"T\" (id serial, CONSTRAINT"
                                 " \"T_pkey\" PRIMARY KEY (id))");
    apply(&w, "model T {\n  id BigInt @id @default(autoincrement())\n}\n");
    expect_str(ask(&w, "SELECT data_type FROM pg_sequences"), STR("bigint"));
}

/* PostgreSQL does all of this without a word. */
static void what_is_rounded_or_cut_is_told(void **state) {
    static const struct {
        const char *old;
        const char *new;
        bool is_loss;
    } CASES[] = {
        {"numeric(10,4)", "Decimal? @db.Decimal(10, 2)", true},
        {"numeric(10,2)", "Decimal? @db.Decimal(12, 4)", false},
        {"text", "Decimal? @db.Decimal(10, 2)", true},
        {"double precision", "Decimal? @db.Decimal(10, 2)", true},
        {"double precision", "Decimal?", false},
        {"double precision", "Float? @db.Real", true},
        {"bigint", "Float?", true},
        {"integer", "Float?", false},
        {"timestamp(6)", "DateTime?", true},
        {"timestamp(3)", "DateTime? @db.Timestamp(6)", false},
        {"timestamp(6)", "String?", true},
        {"timestamp(3)", "String?", false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        CLEANUP(close_world)
        world w = open_world(
            a, arena_cstr(a, arena_printf(a,
                                          "CREATE TABLE \"T\" (id integer,"
                                          " v %s, CONSTRAINT \"T_pkey\""
                                          " PRIMARY KEY (id))",
                                          CASES[i].old)));
        str text = arena_printf(a, "model T {\n  id Int @id\n  v %s\n}\n",
                                CASES[i].new);
        const plan *p = plan_for(&w, arena_cstr(a, text));
        assert_true(p->step_count > 0);
        assert_int_equal(plan_has_risk(p, RISK_DATA_LOSS), CASES[i].is_loss);
    }
}

/* With a cast written out PostgreSQL would cut it. */
static void a_text_in_a_list_that_is_too_long_fails(void **state) {
    static const char *const CASES[] = {"varchar(20)[]", "text"};
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        CLEANUP(close_world)
        world w = open_world(
            a, arena_cstr(a, arena_printf(a,
                                          "CREATE TABLE \"T\" (id integer,"
                                          " v %s, CONSTRAINT \"T_pkey\""
                                          " PRIMARY KEY (id));"
                                          "INSERT INTO \"T\" VALUES (1,"
                                          " '{abcdef}')",
                                          CASES[i])));
        const plan *p = plan_for(&w, "model T {\n  id Int @id\n"
                                     "  v String[] @db.VarChar(3)\n}\n");
        assert_non_null(plan_apply(a, w.target, p));
        expect_str(ask(&w, "SELECT v::text FROM \"T\""), STR("{abcdef}"));
    }
}

static void an_identity_column_stops_as_well(void **state) {
    CLEANUP(close_world)
    world w = open_world(*state, "CREATE TABLE \"T\" (id integer GENERATED BY"
                                 " DEFAULT AS IDENTITY, CONSTRAINT \"T_pkey\""
                                 " PRIMARY KEY (id))");
    apply(&w, "model T {\n  id Int @id @default(autoincrement())\n}\n");
    apply(&w, "model T {\n  id Int @id\n}\n");
}

#define SCHEMAS                                                                \
    "datasource db {\n  provider = \"postgresql\"\n"                           \
    "  url = \"postgresql://x\"\n  schemas = [\"public\", \"auth\"]\n}\n"

static void things_move_to_another_schema(void **state) {
    CLEANUP(close_world) world w = open_world(*state, "");
    apply(&w, SCHEMAS "model T {\n  id Int @id\n  e E\n  es E[]\n"
                      "  us U[]\n  @@schema(\"public\")\n}\n"
                      "model U {\n  id Int @id\n  tid Int\n"
                      "  t T @relation(fields: [tid], references: [id])\n"
                      "  @@schema(\"public\")\n}\n"
                      "enum E {\n  A\n  B\n  @@schema(\"public\")\n}\n");
    expect_ok(target_run(w.a, w.target, STR(""),
                         STR("INSERT INTO \"T\" VALUES (1, 'A', '{A,B}');"
                             "INSERT INTO \"U\" VALUES (1, 1)")));
    apply(&w, SCHEMAS "model T {\n  id Int @id\n  e E @default(C)\n  es E[]\n"
                      "  us U[]\n  @@schema(\"auth\")\n}\n"
                      "model U {\n  id Int @id\n  tid Int\n"
                      "  t T @relation(fields: [tid], references: [id])\n"
                      "  @@schema(\"public\")\n}\n"
                      "enum E {\n  B\n  A\n  C\n  @@schema(\"auth\")\n}\n");
    expect_str(ask(&w, "SELECT e::text || es::text FROM auth.\"T\" JOIN \"U\""
                       " ON tid = \"T\".id"),
               STR("A{A,B}"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_the_schema_cannot_say),
        TEST(filling_is_no_update),
        TEST(a_view_that_uses_a_column_is_told),
        TEST(what_a_failed_index_left_is_made_anew),
        TEST(counting_starts_behind_the_rows_and_stops),
        TEST(a_counter_takes_the_type_of_its_column),
        TEST(what_is_rounded_or_cut_is_told),
        TEST(a_text_in_a_list_that_is_too_long_fails),
        TEST(an_identity_column_stops_as_well),
        TEST(things_move_to_another_schema),
    };
    return cmocka_run_group_tests_name("database/migrate/pg_plan", tests, NULL,
                                       NULL);
}
