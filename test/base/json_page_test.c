#include "base/json_page.h"

#include "test/support/test.h"

static void lays_out_a_member_on_each_line(void **state) {
    (void)state;
    char memory[1024];
    buf out = buf_over(memory, sizeof memory);
    json_page p = {.out = &out};
    json_page_open(&p, STR(""), '{');
    json_page_text(&p, STR("name"), STR("a \"b\""));
    json_page_open(&p, STR("list"), '[');
    json_page_number(&p, STR(""), -1);
    json_page_bool(&p, STR(""), true);
    json_page_raw(&p, STR(""), STR("null"));
    json_page_close(&p, ']');
    json_page_open(&p, STR("empty"), '{');
    json_page_close(&p, '}');
    json_page_close(&p, '}');
    expect_str(buf_str(&out), STR("{\n"
                                  "  \"name\": \"a \\\"b\\\"\",\n"
                                  "  \"list\": [\n"
                                  "    -1,\n"
                                  "    true,\n"
                                  "    null\n"
                                  "  ],\n"
                                  "  \"empty\": {}\n"
                                  "}\n"));
}

static void leaves_out_what_is_empty(void **state) {
    (void)state;
    char memory[256];
    buf out = buf_over(memory, sizeof memory);
    json_page p = {.out = &out};
    json_page_open(&p, STR(""), '{');
    json_page_some_text(&p, STR("a"), STR(""));
    json_page_some_bool(&p, STR("b"), false);
    json_page_some_number(&p, STR("c"), 0);
    json_page_some_number(&p, STR("d"), 1);
    json_page_close(&p, '}');
    expect_str(buf_str(&out), STR("{\n  \"d\": 1\n}\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(lays_out_a_member_on_each_line),
        TEST(leaves_out_what_is_empty),
    };
    return cmocka_run_group_tests_name("base/json_page", tests, NULL, NULL);
}
