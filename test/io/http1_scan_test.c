#include "io/http1_scan.h"

#include "test/support/test.h"

/* Where vectors are used, they must agree with the tables: any byte, at any
 * place of a vector, before and behind its edge. */
static void stops_where_the_table_says(void **state) {
    (void)state;
    enum { MOST = 40 };
    static const struct {
        const char *(*scan)(const char *at, const char *end);
        uint8_t class;
    } CASES[] = {
        {http1_skip_value, HTTP1_VALUE},
        {http1_skip_query, HTTP1_QUERY},
        {http1_skip_token, HTTP1_TOKEN},
    };
    char text[MOST];
    for (size_t i = 0; i < LENGTH(CASES); i++)
        for (size_t at = 0; at < MOST; at++)
            for (int byte = 0; byte < 256; byte++) {
                memset(text, 'a', MOST);
                text[at] = (char)byte;
                const char *want =
                    http1_skip(text, text + MOST, CASES[i].class);
                assert_ptr_equal(CASES[i].scan(text, text + MOST), want);
            }
}

static void stops_at_the_end(void **state) {
    (void)state;
    static const char TEXT[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst";
    for (size_t n = 0; n < sizeof TEXT; n++) {
        assert_ptr_equal(http1_skip_value(TEXT, TEXT + n), TEXT + n);
        assert_ptr_equal(http1_skip_query(TEXT, TEXT + n), TEXT + n);
        assert_ptr_equal(http1_skip_token(TEXT, TEXT + n), TEXT + n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(stops_where_the_table_says),
        TEST(stops_at_the_end),
    };
    return cmocka_run_group_tests_name("io/http1_scan", tests, NULL, NULL);
}
