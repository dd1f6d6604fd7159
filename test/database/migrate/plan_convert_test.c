/* What becomes of values: the same on both engines. */
#include "database/migrate/plan_convert.h"

#include "database/migrate/apply.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

/* Of a column v that is optional. value, want: SQL that makes and shows it; ''
 * around texts is written by the test. */
static const struct change {
    const char *old;
    const char *lite; /* the value, as SQLite's tables have it */
    const char *pg;   /* or NULL: the same */
    const char *new;
    str lite_want; /* of quote(v) */
    str pg_want;   /* of v::text */
} CHANGES[] = {
    {"Int?", "7", NULL, "String?", STR_INIT("'7'"), STR_INIT("7")},
    {"Int?", "7", NULL, "BigInt?", STR_INIT("7"), STR_INIT("7")},
    {"Int?", "7", NULL, "Float?", STR_INIT("7.0"), STR_INIT("7")},
    {"Int?", "7", NULL, "Boolean?", STR_INIT("1"), STR_INIT("true")},
    {"Int?", "7", NULL, "Json?", STR_INIT("'7'"), STR_INIT("7")},
    {"Int?", "7", NULL, "Int[]", STR_INIT("'[7]'"), STR_INIT("{7}")},
    {"Int?", "7", NULL, "String[]", STR_INIT("'[\"7\"]'"), STR_INIT("{7}")},
    {"Float?", "2.5", NULL, "Int?", STR_INIT("3"), STR_INIT("3")},
    {"Float?", "2.5", NULL, "String?", STR_INIT("'2.5'"), STR_INIT("2.5")},
    {"Float?", "0.30000000000000004", NULL, "String?",
     STR_INIT("'0.30000000000000004'"), STR_INIT("0.30000000000000004")},
    {"Float?", "0.30000000000000004", NULL, "Decimal?",
     STR_INIT("3.00000000000000044408e-01"),
     STR_INIT("0.300000000000000040000000000000")},
    {"Decimal?", "2.5", NULL, "String?", STR_INIT("'2.5'"), STR_INIT("2.5")},
    {"Boolean?", "1", "true", "String?", STR_INIT("'true'"), STR_INIT("true")},
    {"Boolean?", "1", "true", "Int?", STR_INIT("1"), STR_INIT("1")},
    {"Boolean?", "0", "false", "Json?", STR_INIT("'false'"), STR_INIT("false")},
    {"Boolean?", "0", "false", "Boolean[]", STR_INIT("'[false]'"),
     STR_INIT("{f}")},
    {"String?", "'12'", NULL, "Int?", STR_INIT("12"), STR_INIT("12")},
    {"String?", "'1.5'", NULL, "Float?", STR_INIT("1.5"), STR_INIT("1.5")},
    {"String?", "'true'", NULL, "Boolean?", STR_INIT("1"), STR_INIT("true")},
    {"String?", "'[1]'", NULL, "Json?", STR_INIT("'[1]'"), STR_INIT("[1]")},
    {"String?", "'hi'", NULL, "Bytes?", STR_INIT("X'6869'"),
     STR_INIT("\\x6869")},
    {"String?", "'A'", NULL, "E?", STR_INIT("'A'"), STR_INIT("A")},
    {"String?", "'a'", NULL, "String[]", STR_INIT("'[\"a\"]'"),
     STR_INIT("{a}")},
    {"String?", "'2024-01-31T12:00:00.000+00:00'", NULL, "DateTime?",
     STR_INIT("'2024-01-31T12:00:00.000+00:00'"),
     STR_INIT("2024-01-31 12:00:00")},
    {"DateTime?", "'2024-01-31T12:00:00.000+00:00'", NULL, "String?",
     STR_INIT("'2024-01-31T12:00:00.000+00:00'"),
     STR_INIT("2024-01-31T12:00:00.000+00:00")},
    {"Json?", "'{\"a\":1}'", NULL, "String?", STR_INIT("'{\"a\":1}'"),
     STR_INIT("{\"a\": 1}")},
    {"Json?", "'{\"a\":1}'", NULL, "Json[]", STR_INIT("'[{\"a\":1}]'"),
     STR_INIT("{\"{\\\"a\\\": 1}\"}")},
    {"Bytes?", "x'6869'", "'\\x6869'", "String?", STR_INIT("'hi'"),
     STR_INIT("hi")},
    {"E?", "'A'", NULL, "String?", STR_INIT("'A'"), STR_INIT("A")},
    {"E?", "'A'", NULL, "F?", STR_INIT("'A'"), STR_INIT("A")},
    {"E?", "'A'", NULL, "E[]", STR_INIT("'[\"A\"]'"), STR_INIT("{A}")},
    {"Int[]", "'[7,8]'", "'{7,8}'", "Int?", STR_INIT("7"), STR_INIT("7")},
    {"String[]", "'[\"a\"]'", "'{a}'", "String?", STR_INIT("'a'"),
     STR_INIT("a")},
    /* Not converted: null. */
    {"Int?", "7", NULL, "DateTime?", STR_INIT("NULL"), STR_INIT("")},
    {"Boolean?", "1", "true", "Bytes?", STR_INIT("NULL"), STR_INIT("")},
};

static const plan *plan_to(arena *a, target *t, const char *type) {
    const schema *s = NULL;
    diag_list diags = {0};
    structure *now = arena_new_array(a, structure, 1);
    str text = arena_printf(a,
                            "model T {\n  id Int @id\n  v %s\n}\n"
                            "enum E {\n  A\n  B\n}\nenum F {\n  A\n}\n",
                            type);
    expect_ok(schema_load_text(a, STR("test.prisma"), text, target_engine(t),
                               &diags, &s));
    expect_ok(target_structure(a, t, NULL, 0, now));
    return plan_make(a, now, structure_of_schema(a, s), (plan_options){0});
}

static str convert(arena *a, target *t, const struct change *c) {
    bool is_lite = target_engine(t) == ENGINE_SQLITE;
    target_rows rows;
    expect_ok(plan_apply(a, t, plan_to(a, t, c->old)));
    const char *value = is_lite || c->pg == NULL ? c->lite : c->pg;
    expect_ok(
        target_run(a, t, STR(""),
                   arena_printf(a, "INSERT INTO \"T\" VALUES (1, %s)", value)));
    expect_ok(plan_apply(a, t, plan_to(a, t, c->new)));
    expect_ok(target_query(a, t,
                           is_lite ? STR("SELECT quote(v) FROM \"T\"")
                                   : STR("SELECT v::text FROM \"T\""),
                           NULL, 0, &rows));
    return target_cell(&rows, 0, 0);
}

static void converts_on_sqlite(void **state) {
    for (size_t i = 0; i < LENGTH(CHANGES); i++) {
        CLEANUP(target_close) target *t = NULL;
        expect_ok(
            target_open_blank(*state, ENGINE_SQLITE, STR(""), STR(""), &t));
        expect_str(convert(*state, t, &CHANGES[i]), CHANGES[i].lite_want);
    }
}

static void converts_on_postgresql(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    CLEANUP(target_close) target *t = NULL;
    expect_ok(target_open(*state, w->url, TARGET_CHANGE, &t));
    for (size_t i = 0; i < LENGTH(CHANGES); i++) {
        expect_ok(target_run(*state, t, STR(""),
                             STR("DROP SCHEMA public CASCADE;"
                                 "CREATE SCHEMA public")));
        expect_str(convert(*state, t, &CHANGES[i]), CHANGES[i].pg_want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(converts_on_sqlite),
        TEST(converts_on_postgresql),
    };
    return cmocka_run_group_tests_name("database/migrate/plan_convert", tests,
                                       NULL, NULL);
}
