#include "io/http_date.h"

#include "test/support/test.h"

static void writes_moments(void **state) {
    (void)state;
    static const struct {
        int64_t seconds;
        str text;
    } CASES[] = {
        {0, STR_INIT("Thu, 01 Jan 1970 00:00:00 GMT")},
        {784111777, STR_INIT("Sun, 06 Nov 1994 08:49:37 GMT")},
        {951782400, STR_INIT("Tue, 29 Feb 2000 00:00:00 GMT")},
        {1735689599, STR_INIT("Tue, 31 Dec 2024 23:59:59 GMT")},
        {4102444800, STR_INIT("Fri, 01 Jan 2100 00:00:00 GMT")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        char text[HTTP_DATE_LEN];
        http_date_write(CASES[i].seconds, text);
        str got = {text, sizeof text};
        expect_str(got, CASES[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_moments),
    };
    return cmocka_run_group_tests_name("io/http_date", tests, NULL, NULL);
}
