#include "base/nearest.h"

#include "test/support/test.h"

static void finds_the_name_that_was_meant(void **state) {
    (void)state;
    static const str NAMES[] = {
        STR_INIT("id"),        STR_INIT("title"),   STR_INIT("status"),
        STR_INIT("createdAt"), STR_INIT("ownerId"), STR_INIT("owner"),
        STR_INIT(""),
    };
    static const struct {
        str name;
        str best;
    } CASES[] = {
        {STR_INIT("titel"), STR_INIT("title")}, /* swapped */
        {STR_INIT("tite"), STR_INIT("title")},
        {STR_INIT("titlee"), STR_INIT("title")},
        {STR_INIT("tidle"), STR_INIT("title")},
        {STR_INIT("Title"), STR_INIT("title")},
        {STR_INIT("CREATEDAT"), STR_INIT("createdAt")},
        {STR_INIT("created_at"), STR_INIT("createdAt")},
        {STR_INIT("stauts"), STR_INIT("status")},
        {STR_INIT("owner_id"), STR_INIT("ownerId")},
        {STR_INIT("owners"), STR_INIT("owner")},
        {STR_INIT("ids"), STR_INIT("id")},
        {STR_INIT("ie"), STR_INIT("id")},
        {STR_INIT("price"), STR_INIT("")},
        {STR_INIT("tall"), STR_INIT("")},
        {STR_INIT(""), STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        nearest n = nearest_to(CASES[i].name);
        for (size_t j = 0; j < LENGTH(NAMES); j++)
            nearest_offer(&n, NAMES[j]);
        expect_str(n.best, CASES[i].best);
    }
}

static void prefers_the_nearer_and_then_the_first(void **state) {
    (void)state;
    nearest n = nearest_to(STR("labels"));
    nearest_offer(&n, STR("lapels"));
    nearest_offer(&n, STR("labelt"));
    expect_str(n.best, STR("lapels"));
    nearest_offer(&n, STR("LABELS"));
    expect_str(n.best, STR("LABELS"));
}

static void leaves_long_names_alone(void **state) {
    arena *a = *state;
    str limit = arena_printf(a, "%064d", 1);
    str longer = arena_printf(a, "%065d", 1);
    nearest n = nearest_to(limit);
    nearest_offer(&n, longer);
    expect_str(n.best, STR(""));
    nearest_offer(&n, limit);
    expect_str(n.best, limit);
    n = nearest_to(longer);
    nearest_offer(&n, longer);
    expect_str(n.best, STR(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_the_name_that_was_meant),
        TEST(prefers_the_nearer_and_then_the_first),
        TEST(leaves_long_names_alone),
    };
    return cmocka_run_group_tests_name("base/nearest", tests, NULL, NULL);
}
