#include "schema/naming.h"

#include "test/support/test.h"

static const field A = {.column = STR_INIT("a_id")};
static const field B = {.column = STR_INIT("é")};
static const field *const COLUMNS[] = {&A, &B};

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static void joins_and_cuts_before_the_suffix(void **state) {
    static const struct {
        str table;
        size_t columns;
        str suffix;
        size_t limit;
        str name;
    } CASES[] = {
        {STR_INIT("T"), 0, STR_INIT("_pkey"), 63, STR_INIT("T_pkey")},
        {STR_INIT("T"), 1, STR_INIT("_key"), 63, STR_INIT("T_a_id_key")},
        {STR_INIT("T"), 2, STR_INIT("_idx"), 63, STR_INIT("T_a_id_é_idx")},
        /* 58 bytes and the suffix are just the limit. */
        {STR_INIT(FIFTY "12345678"), 0, STR_INIT("_pkey"), 63,
         STR_INIT(FIFTY "12345678_pkey")},
        {STR_INIT(FIFTY "123456789"), 0, STR_INIT("_pkey"), 63,
         STR_INIT(FIFTY "12345678_pkey")},
        {STR_INIT(FIFTY TEN), 2, STR_INIT("_idx"), 63,
         STR_INIT(FIFTY "012345678_idx")},
        /* A character is not cut in two. */
        {STR_INIT(FIFTY "1"), 2, STR_INIT("_fkey"), 63,
         STR_INIT(FIFTY "1_a_id__fkey")},
        {STR_INIT(FIFTY "123"), 2, STR_INIT("_fkey"), 63,
         STR_INIT(FIFTY "123_a_id_fkey")},
        {STR_INIT(FIFTY TEN TEN), 0, STR_INIT("_pkey"), NAMING_NO_LIMIT,
         STR_INIT(FIFTY TEN TEN "_pkey")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(naming_constraint(*state, CASES[i].table, COLUMNS,
                                     CASES[i].columns, CASES[i].suffix,
                                     CASES[i].limit),
                   CASES[i].name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(joins_and_cuts_before_the_suffix),
    };
    return cmocka_run_group_tests_name("schema/naming", tests, NULL, NULL);
}
