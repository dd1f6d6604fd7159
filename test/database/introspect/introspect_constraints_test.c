/* What a schema asks of a database is told by the database again. */
#include "database/introspect/introspect.h"
#include "database/migrate/apply.h"
#include "database/migrate/plan.h"
#include "test/support/diagnose.h"
#include "test/support/migration_side.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "enum S {\n  X\n  Y\n  Z\n}\n"
    "model T {\n  id Int @id\n  a Int?\n  b Int?\n  d Decimal?\n"
    "  t String @default(\"x\")\n  at DateTime?\n  on Boolean @default(true)\n"
    "  s S @default(X)\n  gone DateTime?\n  u String @unique\n"
    "  @@check(a > -1 || (b == null && d <= 1.50))\n"
    "  @@check(!(startsWith(t, \"it's\") || endsWith(t, \"!\")) && "
    "(contains(t, \"a\") || length(t) > 2), name: \"text\")\n"
    "  @@check(at > \"2024-01-31T12:00:00.250Z\" && s in [X, Y] && !on, name: "
    "\"rest\")\n"
    "  @@exactlyOne([a, b])\n  @@atLeastOne([a, d])\n"
    "  @@unique([b], where: on)\n  @@index([a], where: a != null && s != X)\n"
    "  @@softDelete(gone)\n}\n";

/* Texts that both engines give back alike. */
static const char *const TOLD[] = {
    "@@check(a > -1 || (b == null && d <= 1.50))",
    "length(t) > 2)",
    "!(startsWith(t, \"it's\") || endsWith(t, \"!\"))",
    "at > \"2024-01-31T12:00:00.250+00:00\" && (s == X",
    "@@exactlyOne([a, b])",
    "@@atLeastOne([a, d])",
    "@unique(where: on)",
    "@@index([a], where: a != null && s != X)",
    "@@softDelete(gone)",
};

static void tells_again(arena *a, const migration_side *side) {
    const structure *want =
        structure_of_schema(a, diagnose_load(a, side->engine, str_of(SCHEMA)));
    const structure empty = {.engine = side->engine};
    const plan *made = plan_make(a, &empty, want, (plan_options){0});
    expect_ok(plan_apply(a, side->target, made));
    structure now;
    expect_ok(migration_side_read(a, side, want, &now));
    str text = introspect_schema(a, &now, (introspect_options){0});
    for (size_t i = 0; i < LENGTH(TOLD); i++)
        if (!str_contains(text, str_of(TOLD[i])))
            fail_msg("no %s in\n%.*s", TOLD[i], STR_ARG(text));
    const structure *again =
        structure_of_schema(a, diagnose_load(a, side->engine, text));
    assert_true(plan_is_empty(plan_make(a, &now, again, (plan_options){0})));
}

static void on_sqlite(void **state) {
    CLEANUP(migration_side_close)
    migration_side side = migration_side_lite(*state);
    tells_again(*state, &side);
}

static void on_postgresql(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    CLEANUP(migration_side_close)
    migration_side side = migration_side_postgres(*state, w->url);
    tells_again(*state, &side);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(on_sqlite),
        TEST(on_postgresql),
    };
    return cmocka_run_group_tests_name("database/introspect/constraints", tests,
                                       NULL, NULL);
}
