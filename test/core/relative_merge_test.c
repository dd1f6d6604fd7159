#include "core/relative_merge.h"

#include "core/mutation_engine.h"
#include "test/support/fake_engine.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

/* An upsert of the columns "id points" of a task, by its id. */
typedef struct upsert {
    mutation m;
    const field *fields[2];
    value cells[2];
    relative_operator operators[2];
} upsert;

static upsert *make_upsert(arena *a, const fake_engine *e, const char *column) {
    upsert *u = arena_new_array(a, upsert, 1);
    const schema *s = e->app.schema;
    const model *m = schema_find_table(s, STR("task"));
    u->fields[0] = model_find_column(s, m, STR("id"));
    u->fields[1] = model_find_column(s, m, str_of(column));
    u->cells[0] = (value){.kind = VALUE_INT, .integer = 1};
    u->cells[1] = (value){.kind = VALUE_INT, .integer = 3};
    u->operators[1] = RELATIVE_INCREMENT;
    u->m = (mutation){.kind = MUTATION_INSERT,
                      .model = m,
                      .fields = u->fields,
                      .field_count = 2,
                      .values = u->cells,
                      .operators = u->operators,
                      .row_count = 1,
                      .on_conflict = CONFLICT_MERGE,
                      .conflict_fields = u->fields,
                      .conflict_field_count = 1,
                      .max_rows = MUTATION_ANY_COUNT};
    return u;
}

static void a_new_row_begins_with_its_default(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    default_maker d = default_maker_for(&e->caller);
    upsert *u = make_upsert(a, e, "points");
    field counted = *u->fields[1];
    counted.default_value =
        (default_value){.kind = DEFAULT_LITERAL, .text = STR("40")};
    u->fields[1] = &counted;
    expect_ok(relative_merge_begin(&d, &u->m));
    assert_int_equal(u->m.values[1].integer, 43);
    assert_int_equal(u->m.operands[1].integer, 3);
    assert_int_equal(u->m.values[0].integer, 1);
}

static void without_a_default_it_is_null(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    default_maker d = default_maker_for(&e->caller);
    upsert *u = make_upsert(a, e, "points");
    expect_ok(relative_merge_begin(&d, &u->m));
    assert_int_equal(u->m.values[1].kind, VALUE_NULL);
}

static void what_the_database_makes_has_no_beginning(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    default_maker d = default_maker_for(&e->caller);
    upsert *u = make_upsert(a, e, "points");
    field counted = *u->fields[1];
    counted.default_value = (default_value){.kind = DEFAULT_AUTOINCREMENT};
    u->fields[1] = &counted;
    expect_err(relative_merge_begin(&d, &u->m), ERR_UNSUPPORTED,
               STR("\"increment\" of column \"points\": the database makes its "
                   "default, so a new row has nothing to change"));
}

static void what_cannot_be_changed_is_refused(void **state) {
    arena *a = *state;
    fake_engine *e = fake_engine_new(a);
    upsert *u = make_upsert(a, e, "points");
    expect_ok(relative_merge_check(&e->caller, &u->m));
    u->operators[0] = RELATIVE_MULTIPLY;
    expect_err(relative_merge_check(&e->caller, &u->m), ERR_VALUE_TYPE,
               STR("\"multiply\" of column \"id\": the row is found by its "
                   "value, so it cannot be changed"));
    u->operators[0] = RELATIVE_SET;
    u->m.on_conflict = CONFLICT_IGNORE;
    expect_err(relative_merge_check(&e->caller, &u->m), ERR_VALUE_TYPE,
               STR("\"increment\" of column \"points\" changes the value of a "
                   "row that is there, and a new row has none"));
    u->m.kind = MUTATION_UPDATE;
    expect_ok(relative_merge_check(&e->caller, &u->m));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_row_begins_with_its_default),
        TEST(without_a_default_it_is_null),
        TEST(what_the_database_makes_has_no_beginning),
        TEST(what_cannot_be_changed_is_refused),
    };
    return cmocka_run_group_tests_name("core/relative_merge", tests, NULL,
                                       NULL);
}
