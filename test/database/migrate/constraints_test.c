/*
 * Checks, partial indexes and states, through the changes that people make to
 * them: each step is applied to the database that the one before it left, and
 * then there must be nothing left to do.
 */
#include "database/migrate/apply.h"
#include "database/migrate/plan.h"
#include "test/support/diagnose.h"
#include "test/support/migration_side.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

#define ENUM "enum S {\n  X\n  Y\n  Z\n}\n"
#define FIELDS                                                                 \
    "model T {\n  id Int @id\n  a Int?\n  b Int?\n  d Decimal?\n"              \
    "  t String @default(\"x\")\n  at DateTime?\n  on Boolean "                \
    "@default(true)\n"                                                         \
    "  s S @default(X)\n"

typedef struct step {
    const char *what;
    const char *schema;
} step;

static const step STEPS[] = {
    {"nothing but columns", FIELDS "}\n" ENUM},
    {"one of each", FIELDS "  @@check(a > 1 || b == null)\n"
                           "  @@exactlyOne([a, b])\n"
                           "  @@unique([t], where: on)\n"
                           "  @@index([a], where: a != null && s != X)\n"
                           "  @@states(s, X -> Y)\n}\n" ENUM},
    {"others of the same names",
     FIELDS "  @@check(a > 2 && b < -1)\n  @@check(d >= 1.50, name: \"d\")\n"
            "  @@unique([t], where: !on && contains(t, \"it's\"))\n"
            "  @@index([a], where: s in [Y, Z])\n"
            "  @@states(s, X -> Y | Z)\n}\n" ENUM},
    {"a key of all rows in the place of one of some",
     FIELDS "  @@check(at > \"2024-01-31T12:00:00.250Z\" && length(t) < 9)\n"
            "  @@unique([t])\n  @@index([a])\n}\n" ENUM},
    {"a key of some rows in the place of one of all",
     FIELDS "  @@check(at > \"2024-02-29T00:00:00Z\" || startsWith(t, \"a\"))\n"
            "  @@atMostOne([a, b])\n  @@unique([t], where: s == Y)\n"
            "  @@index([a], where: endsWith(t, \"z\"))\n"
            "  @@states(s, X -> Y)\n}\n" ENUM},
    {"an enum that they speak of loses a value",
     FIELDS "  @@check(s != Y || on, name: \"s\")\n"
            "  @@unique([t], where: s == Y)\n  @@states(s, X -> Y)\n}\n"
            "enum S {\n  X\n  Y\n}\n"},
    {"a column that they speak of is called otherwise",
     "model T {\n  id Int @id\n  aa Int? @renamed(from: \"a\")\n  b Int?\n"
     "  t String @default(\"x\")\n  state S @default(X) @renamed(from: \"s\")\n"
     "  on Boolean @default(true)\n  @@check(state != Y || on, name: \"s\")\n"
     "  @@unique([t], where: state == Y)\n  @@states(state, X -> Y)\n}\n"
     "enum S {\n  X\n  Y\n}\n"},
    {"the table is called otherwise",
     "model U {\n  id Int @id\n  aa Int?\n  b Int?\n"
     "  t String @default(\"x\")\n  state S @default(X)\n"
     "  on Boolean @default(true)\n  @@check(state != Y || on, name: \"s\")\n"
     "  @@unique([t], where: state == Y)\n  @@states(state, X -> Y)\n"
     "  @@renamed(from: \"T\")\n}\nenum S {\n  X\n  Y\n}\n"},
    {"rows that are deleted stay",
     "model U {\n  id Int @id\n  aa Int?\n  b Int? @unique\n"
     "  t String @default(\"x\")\n  state S @default(X)\n"
     "  on Boolean @default(true)\n  gone DateTime?\n"
     "  @@unique([t], where: state == Y)\n  @@softDelete(gone)\n}\n"
     "enum S {\n  X\n  Y\n}\n"},
    {"all of them go", "model U {\n  id Int @id\n  aa Int?\n  b Int?\n"
                       "  t String @default(\"x\")\n  state S @default(X)\n"
                       "  on Boolean @default(true)\n}\n"
                       "enum S {\n  X\n  Y\n}\n"},
};

static str print(arena *a, const plan *p) {
    CLEANUP(buf_free) buf out = buf_new(1024 * 1024);
    plan_print_sql(&out, p);
    return arena_copy(a, buf_str(&out));
}

static const structure *load(arena *a, const migration_side *side,
                             const step *s) {
    return structure_of_schema(
        a, diagnose_load(a, side->engine, str_of(s->schema)));
}

static void expect_nothing(arena *a, const structure *from, const structure *to,
                           const char *what) {
    const plan *left = plan_make(a, from, to, (plan_options){0});
    if (plan_is_empty(left))
        return;
    str sql = print(a, left);
    fail_msg("%s: there is something to do afterwards:\n%.*s", what,
             STR_ARG(sql));
}

static void take(arena *a, const migration_side *side, const step *s) {
    const structure *want = load(a, side, s);
    structure now;
    expect_ok(migration_side_read(a, side, want, &now));
    const plan *made = plan_make(a, &now, want, (plan_options){0});
    err *e = plan_apply(a, side->target, made);
    if (e != NULL) {
        str sql = print(a, made);
        fail_msg("%s: %.*s\n%.*s", s->what, STR_ARG(e->message), STR_ARG(sql));
    }
    structure after;
    expect_ok(migration_side_read(a, side, want, &after));
    expect_nothing(a, &after, want, s->what);
    expect_nothing(a, &after, &after, s->what);
}

static void take_all(arena *a, const migration_side *side) {
    for (size_t i = 0; i < LENGTH(STEPS); i++)
        take(a, side, &STEPS[i]);
}

static void changes_on_sqlite(void **state) {
    CLEANUP(migration_side_close)
    migration_side side = migration_side_lite(*state);
    take_all(*state, &side);
}

static void changes_on_postgresql(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    CLEANUP(migration_side_close)
    migration_side side = migration_side_postgres(*state, w->url);
    take_all(*state, &side);
}

/* What others made is theirs. */
static void keeps_checks_and_indexes_of_others(void **state) {
    arena *a = *state;
    CLEANUP(migration_side_close) migration_side side = migration_side_lite(a);
    expect_ok(migration_side_run(
        a, &side,
        STR("CREATE TABLE \"U\" (\"id\" INTEGER NOT NULL PRIMARY KEY"
            " AUTOINCREMENT, \"a\" INTEGER CHECK (typeof(\"a\") IN ('integer',"
            " 'null')), CONSTRAINT \"mine\" CHECK (\"a\" < 99),"
            " CONSTRAINT \"U_x_rule\" CHECK (\"a\" > 0));\n"
            "CREATE INDEX \"small\" ON \"U\" (\"a\") WHERE \"a\" < 9;\n"
            "CREATE INDEX \"U_a_partial_idx\" ON \"U\" (\"a\") WHERE \"a\" > "
            "9;\n")));
    const step s = {"others", "model U {\n  id Int @id\n  a Int?\n}\n"};
    take(a, &side, &s);
    structure now;
    expect_ok(migration_side_read(a, &side, load(a, &side, &s), &now));
    const structure_table *t = &now.tables[0];
    assert_int_equal(t->index_count, 1);
    expect_str(t->indexes[0].name, STR("small"));
    expect_str(t->indexes[0].condition, STR("\"a\" < 9"));
    bool has_mine = false;
    for (size_t i = 0; i < t->check_count; i++) {
        has_mine |= str_equal(t->checks[i].name, STR("mine"));
        assert_false(structure_is_rule(&t->checks[i], t->name));
    }
    assert_true(has_mine);
}

static void warns_of_checks_that_rows_may_break(void **state) {
    arena *a = *state;
    CLEANUP(migration_side_close) migration_side side = migration_side_lite(a);
    const structure *from = load(a, &side, &STEPS[0]);
    const structure *to = load(a, &side, &STEPS[1]);
    const plan *made = plan_make(a, from, to, (plan_options){0});
    assert_true(plan_has_risk(made, RISK_MAY_FAIL));
    expect_str(made->warnings[1].sentence,
               STR("check \"T_a_b_rule\" of table \"T\" fails if a row breaks"
                   " it"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(changes_on_sqlite),
        TEST(changes_on_postgresql),
        TEST(keeps_checks_and_indexes_of_others),
        TEST(warns_of_checks_that_rows_may_break),
    };
    return cmocka_run_group_tests_name("database/migrate/constraints", tests,
                                       NULL, NULL);
}
