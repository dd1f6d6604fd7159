#include "core/soft_delete_tie.h"

#include "test/support/diagnose.h"
#include "test/support/fake_engine.h"
#include "test/support/test.h"

#define GONE                                                                   \
    "  gone DateTime?\n  @@softDelete(gone)\n  @@allow('all', true)\n}\n"

/* B goes with A; C does not, for it has no @@softDelete. */
static const char SCHEMA[] =
    "model A {\n  id Int @id\n  bs B[]\n  cs C[]\n" GONE
    "model B {\n  id Int @id\n  aId Int?\n  n Int?\n"
    "  a A? @relation(fields: [aId], references: [id], onDelete: "
    "Cascade)\n" GONE "model C {\n  id Int @id\n  aId Int\n"
    "  a A @relation(fields: [aId], references: [id], onDelete: Cascade)\n"
    "  @@allow('all', true)\n}\n";

static fake_engine *open_engine(arena *a) {
    return fake_engine_over(a, diagnose_load(a, ENGINE_SQLITE, str_of(SCHEMA)));
}

/* Rows of two columns. */
static mutation insert(arena *a, const fake_engine *e, const char *table,
                       const char *second, const value *cells, size_t rows) {
    const field **fields = arena_new_array(a, const field *, 2);
    const model *m = schema_find_table(e->app.schema, str_of(table));
    fields[0] = model_find_column(e->app.schema, m, STR("id"));
    fields[1] = model_find_column(e->app.schema, m, str_of(second));
    return (mutation){.kind = MUTATION_INSERT,
                      .model = m,
                      .fields = fields,
                      .field_count = 2,
                      .values = cells,
                      .row_count = rows,
                      .max_rows = MUTATION_ANY_COUNT};
}

#define INT(n)                                                                 \
    { .kind = VALUE_INT, .integer = (n) }

static void looks_at_each_parent_once(void **state) {
    arena *a = *state;
    fake_engine *e = open_engine(a);
    static const value CELLS[] = {INT(1), INT(7), INT(2), INT(8),
                                  INT(3), INT(7), INT(4), {.kind = VALUE_NULL}};
    mutation m = insert(a, e, "B", "aId", CELLS, 4);
    size_t count;
    assert_true(soft_delete_tie_is(&m));
    const mutation *const *looks =
        soft_delete_tie_looks(&e->caller, &m, &count);
    assert_int_equal(count, 1);
    assert_true(mutation_is_look(looks[0]));
    assert_true(looks[0]->locks_keys);
    expect_str(looks[0]->model->name, STR("A"));
    assert_int_equal(looks[0]->where->value_count, 2);

    const value alive[] = {{.kind = VALUE_NULL}, INT(7)};
    const value gone[] = {
        {.kind = VALUE_TEXT, .text = STR("2024-01-31T12:00:00.123+00:00")},
        INT(7)};
    expect_ok(looks[0]->judge(looks[0]->judge_context, a, 0, alive));
    err *refused = looks[0]->judge(looks[0]->judge_context, a, 0, gone);
    expect_err(refused, ERR_FOREIGN_KEY_VIOLATION,
               STR("insert or update on table \"B\" violates foreign key "
                   "constraint \"B_aId_fkey\""));
    expect_str(refused->details,
               STR("Key (aId)=(7) is not present in table \"A\"."));
}

static void leaves_others_alone(void **state) {
    arena *a = *state;
    fake_engine *e = open_engine(a);
    static const value CELLS[] = {INT(1), INT(7)};
    static const value CELL[] = {INT(1), {.kind = VALUE_CELL}};
    mutation m = insert(a, e, "C", "aId", CELLS, 1);
    size_t count;
    assert_false(soft_delete_tie_is(&m));
    m = insert(a, e, "B", "n", CELLS, 1);
    assert_false(soft_delete_tie_is(&m));
    /* The request has looked at that one, or made it. */
    m = insert(a, e, "B", "aId", CELL, 1);
    (void)soft_delete_tie_looks(&e->caller, &m, &count);
    assert_int_equal(count, 0);
}

static void a_deletion_locks_what_others_may_be_tied_to(void **state) {
    arena *a = *state;
    static const struct {
        engine_kind engine;
        const char *table;
        size_t looks;
    } CASES[] = {
        {ENGINE_POSTGRESQL, "A", 1},
        {ENGINE_POSTGRESQL, "B", 0},
        {ENGINE_SQLITE, "A", 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        fake_engine *e = fake_engine_over(
            a, diagnose_load(a, CASES[i].engine, str_of(SCHEMA)));
        mutation m = {
            .kind = MUTATION_UPDATE,
            .is_soft_delete = true,
            .model = schema_find_table(e->app.schema, str_of(CASES[i].table))};
        size_t count;
        (void)soft_delete_tie_looks(&e->caller, &m, &count);
        assert_int_equal(count, CASES[i].looks);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(looks_at_each_parent_once),
        TEST(leaves_others_alone),
        TEST(a_deletion_locks_what_others_may_be_tied_to),
    };
    return cmocka_run_group_tests_name("core/soft_delete_tie", tests, NULL,
                                       NULL);
}
