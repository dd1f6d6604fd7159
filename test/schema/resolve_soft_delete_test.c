#include "schema/validation.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static const model *load(arena *a, const char *text) {
    const schema *s = diagnose_load(a, ENGINE_SQLITE, str_of(text));
    return &s->models[0];
}

static void finds_the_field_of_the_time(void **state) {
    const model *m =
        load(*state, IN_MODEL("  deletedAt DateTime?\n  @@softDelete"));
    expect_str(m->soft_delete->name, STR("deletedAt"));
    m = load(*state, IN_MODEL("  gone DateTime?\n  @@softDelete(gone)"));
    expect_str(m->soft_delete->name, STR("gone"));
    m = load(*state, IN_MODEL("  deletedAt DateTime?"));
    assert_null(m->soft_delete);
}

static void narrows_unique_keys_to_rows_that_live(void **state) {
    const model *m =
        load(*state, IN_MODEL("  a Int @unique\n  b Int @unique(where: b > 1)\n"
                              "  deletedAt DateTime?\n  @@softDelete"));
    assert_null(m->primary_key->where);
    expect_str(m->uniques[0].name, STR("A_a_live_key"));
    assert_false(m->uniques[0].is_partial);
    assert_int_equal(m->uniques[0].where->kind, CONDITION_COMPARE);
    expect_str(m->uniques[1].name, STR("A_b_partial_key"));
    assert_int_equal(m->uniques[1].where->kind, CONDITION_AND);
    assert_int_equal(m->index_count, 1);
    expect_str(m->indexes[0].name, STR("A_deletedAt_deleted_idx"));
}

static void leaves_keys_that_identify_or_are_referred_to(void **state) {
    const model *m =
        load(*state, "model A {\n  a Int @unique\n  b Int @unique\n"
                     "  c Int @unique\n  bs B[]\n"
                     "  deletedAt DateTime?\n  @@softDelete\n}\n"
                     "model B {\n  id Int @id\n  b Int\n"
                     "  a A @relation(fields: [b], "
                     "references: [b])\n}\n");
    assert_null(m->uniques[0].where);
    assert_null(m->uniques[1].where);
    assert_non_null(m->uniques[2].where);
}

static void reports_what_can_be_no_time_of_a_deletion(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  @@softDelete")),
         STR_INIT("3:3 E1503 '@@softDelete' needs a field for the time")},
        {STR_INIT(IN_MODEL("  deletedAt DateTime\n  @@softDelete")),
         STR_INIT("4:3 E1503 the time of a deletion is a DateTime? without a "
                  "default")},
        {STR_INIT(IN_MODEL("  a Boolean\n  @@softDelete(a)")),
         STR_INIT("4:16 E1503 the time of a deletion is a DateTime? without a "
                  "default")},
        {STR_INIT(IN_MODEL("  a DateTime?\n  @@softDelete(b)")),
         STR_INIT("4:16 E0701 the model 'A' has no field 'b'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    static const diagnose_case ON_POSTGRESQL[] = {
        {STR_INIT(IN_MODEL("  deletedAt DateTime? @db.Timestamp(0)\n"
                           "  @@softDelete")),
         STR_INIT("4:3 E1503 the time of a deletion has milliseconds")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, ON_POSTGRESQL,
                       LENGTH(ON_POSTGRESQL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_the_field_of_the_time),
        TEST(narrows_unique_keys_to_rows_that_live),
        TEST(leaves_keys_that_identify_or_are_referred_to),
        TEST(reports_what_can_be_no_time_of_a_deletion),
    };
    return cmocka_run_group_tests_name("schema/resolve_soft_delete", tests,
                                       NULL, NULL);
}
