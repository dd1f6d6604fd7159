/* Which mutations come before which. What they come to is compared with foreign
 * keys in behaviour/relation_mode_test.js. */
#include "core/referential_plan.h"

#include "test/support/diagnose.h"
#include "test/support/fake_engine.h"
#include "test/support/test.h"

#define OPEN "  @@allow('all', true)\n}\n"
#define TO(of, action)                                                         \
    "@relation(fields: [" of "], references: [id], onDelete: " action ")\n"

static const char MODE[] = "datasource db {\n  relationMode = \"prisma\"\n}\n";
static const char SCHEMA[] =
    "model A {\n  id Int @id\n  bs B[]\n  cs C[]\n  es E[]\n" OPEN
    "model B {\n  id Int @id\n  aId Int\n  a A " TO(
        "aId",
        "Cascade") "  ds D[]\n  @@index([aId])\n" OPEN
                   "model C {\n  id Int @id\n  aId Int?\n  a A? " TO(
                       "aId",
                       "SetNull") "  @@index([aId])\n" OPEN
                                  "model D {\n  id Int @id\n  bId Int\n  b "
                                  "B " TO(
                                      "bId",
                                      "Cascade") "  @@index([bId])\n" OPEN
                                                 "model E {\n  id Int @id\n  "
                                                 "aId Int\n  a A " TO(
                                                     "aId",
                                                     "Restrict") "  "
                                                                 "@@index([aId]"
                                                                 ")\n" OPEN
                                                                 "model T {\n  "
                                                                 "id Int @id\n "
                                                                 " upId Int?\n "
                                                                 " downs T[] "
                                                                 "@relation("
                                                                 "\"x\")\n"
                                                                 "  up T? "
                                                                 "@relation("
                                                                 "\"x\", "
                                                                 "fields: "
                                                                 "[upId], "
                                                                 "references: "
                                                                 "[id], "
                                                                 "onDelete: "
                                                                 "Cascade)\n  "
                                                                 "@@index(["
                                                                 "upId])"
                                                                 "\n" OPEN;

static fake_engine *open_engine(arena *a, bool has_keys) {
    str text = arena_printf(a, "%s%s", has_keys ? "" : MODE, SCHEMA);
    return fake_engine_over(a, diagnose_load(a, ENGINE_SQLITE, text));
}

static const filter *where(arena *a, const fake_engine *e, const model *m,
                           const char *column) {
    filter *made = arena_new_array(a, filter, 1);
    *made =
        (filter){.kind = FILTER_COMPARE,
                 .field = model_find_column(e->app.schema, m, str_of(column)),
                 .op = COMPARE_EQ,
                 .value = {.kind = VALUE_INT, .integer = 1}};
    return made;
}

static mutation delete_from(arena *a, const fake_engine *e, const char *table,
                            const char *column) {
    const model *m = schema_find_table(e->app.schema, str_of(table));
    return (mutation){.kind = MUTATION_DELETE,
                      .model = m,
                      .where = where(a, e, m, column),
                      .max_rows = MUTATION_ANY_COUNT};
}

/* "delete D, look A, ..." */
static str print(arena *a, const referential_plan *p) {
    str out = {0};
    for (size_t i = 0; i < p->count; i++) {
        const mutation *m = p->items[i];
        const char *verb = m->kind == MUTATION_DELETE ? "delete"
                           : mutation_is_look(m)      ? "look"
                                                      : "update";
        out = arena_printf(a, "%.*s%s%s %.*s", STR_ARG(out), i > 0 ? ", " : "",
                           verb, STR_ARG(m->model->name));
    }
    return out;
}

static void children_go_before_their_parents(void **state) {
    arena *a = *state;
    fake_engine *e = open_engine(a, false);
    mutation m = delete_from(a, e, "A", "id");
    referential_plan p;
    assert_true(referential_plan_is_for(&e->caller, &m));
    expect_ok(referential_plan_make(&e->caller, &m, &p));
    expect_str(print(a, &p), STR("delete D, delete B, update C, look A"));
    assert_false(p.must_pin);
}

static void a_key_that_stays_needs_nothing(void **state) {
    arena *a = *state;
    fake_engine *e = open_engine(a, false);
    const value one = {.kind = VALUE_INT, .integer = 1};
    mutation m = delete_from(a, e, "B", "id");
    const field *fields[] = {m.where->field};
    referential_plan p;
    m.kind = MUTATION_UPDATE;
    m.values = &one;
    m.field_count = 1;
    m.row_count = 1;
    m.fields = fields;
    expect_ok(referential_plan_make(&e->caller, &m, &p));
    expect_str(print(a, &p), STR("update D"));
    fields[0] = model_find_column(e->app.schema, m.model, STR("aId"));
    expect_ok(referential_plan_make(&e->caller, &m, &p));
    assert_int_equal(p.count, 0);
}

static void rows_of_a_tree_have_to_be_named(void **state) {
    arena *a = *state;
    fake_engine *e = open_engine(a, false);
    mutation m = delete_from(a, e, "T", "upId");
    referential_plan p;
    expect_ok(referential_plan_make(&e->caller, &m, &p));
    assert_true(p.must_pin);
}

static void with_foreign_keys_the_database_does_it(void **state) {
    arena *a = *state;
    fake_engine *e = open_engine(a, true);
    mutation m = delete_from(a, e, "A", "id");
    assert_false(referential_plan_is_for(&e->caller, &m));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(children_go_before_their_parents),
        TEST(a_key_that_stays_needs_nothing),
        TEST(rows_of_a_tree_have_to_be_named),
        TEST(with_foreign_keys_the_database_does_it),
    };
    return cmocka_run_group_tests_name("core/referential_plan", tests, NULL,
                                       NULL);
}
