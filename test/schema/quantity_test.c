#include "schema/quantity.h"

#include "test/support/test.h"

static void reads_sizes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes; /* 0: refused */
    } CASES[] = {
        {"1B", 1},
        {"5MB", 5 * 1024 * 1024},
        {"500KB", 500 * 1024},
        {"2GB", UINT64_C(2) << 30},
        {"8589934591GB", UINT64_C(8589934591) << 30},
        {"8589934592GB", 0},
        {"", 0},
        {"5", 0},
        {"MB", 0},
        {"0MB", 0},
        {"-5MB", 0},
        {"5 MB", 0},
        {"5mb", 0},
        {"1.5MB", 0},
        {"99999999999999999999B", 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        uint64_t bytes = 0;
        bool is_size = quantity_parse_bytes(str_of(CASES[i].text), &bytes);
        assert_int_equal(is_size, CASES[i].bytes > 0);
        assert_true(bytes == CASES[i].bytes);
    }
}

static void reads_times(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t days; /* 0: refused */
    } CASES[] = {
        {"90d", 90},        {"12w", 84}, {"7y", 7 * 365},
        {"0d", 0},          {"3m", 0},   {"4294967295d", UINT32_MAX},
        {"4294967296d", 0}, {"d", 0},    {"1d ", 0},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        uint32_t days = 0;
        bool is_time = quantity_parse_days(str_of(CASES[i].text), &days);
        assert_int_equal(is_time, CASES[i].days > 0);
        assert_true(days == CASES[i].days);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_sizes),
        TEST(reads_times),
    };
    return cmocka_run_group_tests_name("schema/quantity", tests, NULL, NULL);
}
