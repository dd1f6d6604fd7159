#include "core/soft_delete.h"

#include "core/mutation_engine.h"
#include "core/planner.h"
#include "test/support/diagnose.h"
#include "test/support/fake_engine.h"
#include "test/support/test.h"

#define OPEN "  @@allow('all', true)\n"
#define GONE "  gone DateTime?\n  @@softDelete(gone)\n"

/* B and C go with A, D with C and B, E stays. */
static const char SCHEMA[] =
    "model A {\n  id Int @id\n  k Int @unique\n  bs B[]\n  cs C[]\n  es E[]\n"
    "  seen DateTime @updatedAt\n" GONE OPEN "}\n"
    "model D {\n  id Int @id\n  bId Int\n  cId Int\n"
    "  b B @relation(fields: [bId], references: [id], onDelete: Cascade)\n"
    "  c C @relation(fields: [cId], references: [id], onDelete: Cascade)\n" GONE
        OPEN "}\n"
    "model B {\n  id Int @id\n  aId Int\n  ds D[]\n"
    "  a A @relation(fields: [aId], references: [id], onDelete: Cascade)\n" GONE
        OPEN "}\n"
    "model C {\n  id Int @id\n  aId Int\n  ds D[]\n"
    "  a A @relation(fields: [aId], references: [id], onDelete: Cascade)\n" GONE
        OPEN "}\n"
    "model E {\n  id Int @id\n  aId Int\n"
    "  a A @relation(fields: [aId], references: [id], onDelete: Cascade)\n" OPEN
    "}\n"
    "model T {\n  id Int @id\n  upId Int?\n  downs T[] @relation(\"x\")\n"
    "  up T? @relation(\"x\", fields: [upId], references: [id], "
    "onDelete: Cascade)\n" GONE OPEN "  @@allow('deleted', true)\n}\n";

static fake_engine *open_engine(arena *a) {
    return fake_engine_over(a, diagnose_load(a, ENGINE_SQLITE, str_of(SCHEMA)));
}

static mutation delete_from(const fake_engine *e, const char *table) {
    return (mutation){.kind = MUTATION_DELETE,
                      .model = schema_find_table(e->app.schema, str_of(table)),
                      .max_rows = MUTATION_ANY_COUNT};
}

static mutation turned(fake_engine *e, const char *table) {
    mutation m = delete_from(e, table);
    default_maker defaults = default_maker_for(&e->caller);
    soft_delete_turn(&e->caller, &defaults, &m);
    return m;
}

static void a_delete_becomes_an_update_of_the_times(void **state) {
    fake_engine *e = open_engine(*state);
    mutation m = turned(e, "A");
    assert_int_equal(m.kind, MUTATION_UPDATE);
    assert_true(m.is_soft_delete);
    assert_int_equal(m.field_count, 2);
    expect_str(m.fields[0]->name, STR("seen"));
    expect_str(m.fields[1]->name, STR("gone"));
    expect_str(m.values[1].text, STR("2024-01-31T12:00:00.123+00:00"));
}

/* Whatever the order of the models: those in front take those behind along. */
static void rows_go_along_behind_all_that_they_are_tied_to(void **state) {
    fake_engine *e = open_engine(*state);
    static const change_origin who = {.user_id = STR_INIT("u1")};
    mutation m = turned(e, "A");
    m.origin = &who;
    size_t count;
    const mutation *const *more = soft_delete_cascade(&e->caller, &m, &count);
    assert_int_equal(count, 4);
    expect_str(more[2]->model->name, STR("D"));
    expect_str(more[3]->model->name, STR("D"));
    for (size_t i = 0; i < count; i++) {
        assert_true(more[i]->is_soft_delete);
        assert_null(more[i]->judge);
        assert_ptr_equal(more[i]->origin, &who);
        expect_str(more[i]->values[0].text, m.values[0].text);
    }
}

static void a_circle_ends_with_a_look_for_what_is_left(void **state) {
    fake_engine *e = open_engine(*state);
    mutation m = turned(e, "T");
    size_t count;
    const mutation *const *more = soft_delete_cascade(&e->caller, &m, &count);
    assert_int_equal(count, 11);
    assert_true(more[9]->is_soft_delete);
    assert_true(mutation_is_look(more[10]));
    expect_err(more[10]->judge(more[10]->judge_context, *state, 0, NULL),
               ERR_TOO_COMPLEX,
               STR("rows of table \"T\" are tied to what is deleted over more "
                   "than 10 others"));
}

static void only_living_rows_are_reached(void **state) {
    fake_engine *e = open_engine(*state);
    const model *m = schema_find_table(e->app.schema, STR("T"));
    policy_reach reach = policy_reach_of(&e->caller, m, OPERATION_READ);
    assert_int_equal(reach.where->kind, FILTER_IS);
    assert_false(reach.where->is_negated);
    e->caller.deleted = DELETED_ONLY;
    assert_true(
        soft_delete_reach(&e->caller, m, OPERATION_READ).where->is_negated);
    e->caller.deleted = DELETED_INCLUDED;
    assert_null(soft_delete_reach(&e->caller, m, OPERATION_READ).where);
    /* What is deleted is not deleted again, and no hop leads to it. */
    assert_non_null(soft_delete_reach(&e->caller, m, OPERATION_DELETE).where);
    assert_non_null(policy_reach_of(&e->caller, m, OPERATION_READ).where);
}

static void who_may_not_ask_is_refused(void **state) {
    fake_engine *e = open_engine(*state);
    const model *open = schema_find_table(e->app.schema, STR("T"));
    const model *closed = schema_find_table(e->app.schema, STR("A"));
    e->caller.deleted = DELETED_INCLUDED;
    expect_ok(soft_delete_require(&e->caller, open));
    expect_err(soft_delete_require(&e->caller, closed), ERR_DENIED,
               STR("permission denied for deleted rows of table A"));
    expect_ok(soft_delete_require(&e->caller,
                                  schema_find_table(e->app.schema, STR("E"))));
}

static void a_merge_goes_by_the_rows_that_live(void **state) {
    fake_engine *e = open_engine(*state);
    const model *of = schema_find_table(e->app.schema, STR("A"));
    const field *fields[] = {model_find_field(of, STR("id")),
                             model_find_field(of, STR("k"))};
    value cells[] = {{.kind = VALUE_INT, .integer = 1},
                     {.kind = VALUE_INT, .integer = 2}};
    mutation m = {.kind = MUTATION_INSERT,
                  .model = of,
                  .fields = fields,
                  .field_count = 2,
                  .values = cells,
                  .row_count = 1,
                  .on_conflict = CONFLICT_MERGE,
                  .conflict_fields = &fields[1],
                  .conflict_field_count = 1,
                  .max_rows = MUTATION_ANY_COUNT};
    mutation_result result;
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_non_null(e->mutation.conflict_where);
    assert_null(e->mutation.judge);
    m.conflict_fields = &fields[0];
    expect_ok(mutation_engine_run(&e->caller, &m, &result));
    assert_null(e->mutation.conflict_where);
    value gone = {.kind = VALUE_TEXT, .text = STR("2024-01-31")};
    expect_err(e->mutation.judge(e->mutation.judge_context, *state, 0, &gone),
               ERR_UNIQUE_VIOLATION,
               STR("duplicate key value: a deleted row of table \"A\" has it"));
    gone.kind = VALUE_NULL;
    expect_ok(e->mutation.judge(e->mutation.judge_context, *state, 0, &gone));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_delete_becomes_an_update_of_the_times),
        TEST(rows_go_along_behind_all_that_they_are_tied_to),
        TEST(a_circle_ends_with_a_look_for_what_is_left),
        TEST(only_living_rows_are_reached),
        TEST(who_may_not_ask_is_refused),
        TEST(a_merge_goes_by_the_rows_that_live),
    };
    return cmocka_run_group_tests_name("core/soft_delete", tests, NULL, NULL);
}
