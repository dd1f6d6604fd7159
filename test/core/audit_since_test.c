#include "core/audit_since.h"

#include "database/system_schema.h"
#include "test/support/tasks.h"
#include "test/support/test.h"

static filter since(const model *m, const schema *s, compare_op op,
                    const char *time) {
    return (filter){
        .kind = FILTER_COMPARE,
        .field = model_find_column(s, m, STR("created_at")),
        .op = op,
        .value = {.kind = VALUE_TEXT, .text = str_of(time)},
    };
}

static const char TIME[] = "2024-01-31T12:00:00.123+00:00";

static const schema *load(arena *a, engine_kind engine) {
    const schema *s = NULL;
    expect_ok(system_schema_load(a, NULL, engine, &s));
    return s;
}

static void finds_rows_since_a_time_by_their_ids(void **state) {
    arena *a = *state;
    const schema *s = load(a, ENGINE_SQLITE);
    const model *m = system_schema_model(s, SYSTEM_AUDIT_LOG);
    static const struct {
        compare_op op;
        bool is_negated;
        bool is_bound;
    } CASES[] = {
        {COMPARE_GTE, false, true},  {COMPARE_GT, false, true},
        {COMPARE_EQ, false, true},   {COMPARE_LT, false, false},
        {COMPARE_LTE, false, false}, {COMPARE_NEQ, false, false},
        {COMPARE_GTE, true, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        filter f = since(m, s, CASES[i].op, TIME);
        f.is_negated = CASES[i].is_negated;
        const filter *got = audit_since_narrow(a, m, &f);
        assert_int_equal(got != &f, CASES[i].is_bound);
        if (got != &f)
            expect_str(got->children[0]->value.text,
                       STR("018d5f63-ea7b-0000-0000-000000000000"));
    }
    assert_null(audit_since_narrow(a, m, NULL));
}

static void finds_the_time_among_what_must_be_true(void **state) {
    arena *a = *state;
    const schema *s = load(a, ENGINE_SQLITE);
    const model *m = system_schema_model(s, SYSTEM_AUDIT_LOG);
    filter time = since(m, s, COMPARE_GTE, TIME);
    const filter *children[] = {&time};
    filter inner = {.kind = FILTER_ALL, .children = children, .child_count = 1};
    const filter *more[] = {&inner};
    filter outer = {.kind = FILTER_ALL, .children = more, .child_count = 1};
    assert_ptr_not_equal(audit_since_narrow(a, m, &outer), &outer);
    outer.kind = FILTER_ANY;
    assert_ptr_equal(audit_since_narrow(a, m, &outer), &outer);
}

/* PostgreSQL has an index of times, and other tables have other ids. */
static void leaves_other_tables_as_they_are(void **state) {
    arena *a = *state;
    const schema *lite = load(a, ENGINE_SQLITE);
    const schema *postgres = load(a, ENGINE_POSTGRESQL);
    const model *job = system_schema_model(lite, SYSTEM_JOB);
    const model *log = system_schema_model(postgres, SYSTEM_AUDIT_LOG);
    filter f = since(job, lite, COMPARE_GTE, TIME);
    assert_ptr_equal(audit_since_narrow(a, job, &f), &f);
    f = since(log, postgres, COMPARE_GTE, TIME);
    assert_ptr_equal(audit_since_narrow(a, log, &f), &f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_rows_since_a_time_by_their_ids),
        TEST(finds_the_time_among_what_must_be_true),
        TEST(leaves_other_tables_as_they_are),
    };
    return cmocka_run_group_tests_name("core/audit_since", tests, NULL, NULL);
}
