#include "bin/config.h"

#include "test/support/test.h"

static char *no_variable(const char *name) {
    (void)name;
    return NULL;
}

static char *workers_is_five(const char *name) {
    static char five[] = "5";
    return strcmp(name, "TENON_WORKERS") == 0 ? five : NULL;
}

static void takes_the_nearest_source(void **state) {
    arena *a = *state;
    const config_flag flag = {STR("workers"), STR("7"), true};
    config c;

    expect_ok(config_read(a, (str){0}, no_variable, NULL, 0, &c));
    assert_int_equal(config_number(&c, CONFIG_WORKERS), 0);
    assert_int_equal(c.values[CONFIG_WORKERS].source, CONFIG_FROM_DEFAULT);

    str file = STR("X=1\nTENON_WORKERS=3");
    expect_ok(config_read(a, file, no_variable, NULL, 0, &c));
    assert_int_equal(config_number(&c, CONFIG_WORKERS), 3);
    assert_int_equal(c.values[CONFIG_WORKERS].line, 2);

    expect_ok(config_read(a, file, workers_is_five, NULL, 0, &c));
    assert_int_equal(config_number(&c, CONFIG_WORKERS), 5);

    expect_ok(config_read(a, file, workers_is_five, &flag, 1, &c));
    assert_int_equal(config_number(&c, CONFIG_WORKERS), 7);
    assert_int_equal(c.values[CONFIG_WORKERS].source, CONFIG_FROM_COMMAND_LINE);
}

static void reads_sizes_times_and_switches(void **state) {
    arena *a = *state;
    const config_flag flags[] = {
        {STR("max-body-size"), STR("3MB"), true},
        {STR("idle-timeout"), STR("2m"), true},
        {STR("head-timeout"), STR("250ms"), true},
        {STR("dev-open"), {0}, false},
    };
    config c;
    expect_ok(config_read(a, (str){0}, no_variable, flags, LENGTH(flags), &c));
    assert_int_equal(config_number(&c, CONFIG_MAX_BODY_SIZE), 3 << 20);
    assert_int_equal(config_number(&c, CONFIG_IDLE_TIMEOUT), 120000);
    assert_int_equal(config_number(&c, CONFIG_HEAD_TIMEOUT), 250);
    assert_true(config_is_on(&c, CONFIG_DEV_OPEN));
}

static void says_which_setting_is_wrong_and_where(void **state) {
    arena *a = *state;
    static const struct {
        config_flag flag;
        str dotenv;
        str message;
    } CASES[] = {
        {{STR_INIT("workers"), STR_INIT("two"), true},
         STR_INIT(""),
         STR_INIT(
             "--workers: expected auto or a number from 1 to 256, got 'two'")},
        {{STR_INIT("workers"), STR_INIT("257"), true},
         STR_INIT(""),
         STR_INIT("--workers: expected auto or a number from 1 to 256, got "
                  "'257'")},
        {{STR_INIT("max-rows"), STR_INIT("99999999999999999999"), true},
         STR_INIT(""),
         STR_INIT("--max-rows: expected a whole number, got "
                  "'99999999999999999999'")},
        {{STR_INIT("max-body-size"), STR_INIT("10"), true},
         STR_INIT(""),
         STR_INIT("--max-body-size: expected a size such as 64KB or 10MB, "
                  "got '10'")},
        {{STR_INIT("listen"), STR_INIT(""), true},
         STR_INIT(""),
         STR_INIT("--listen: expected a text, got ''")},
        {{STR_INIT("schema"), STR_INIT("x"), true},
         STR_INIT("\nTENON_IDLE_TIMEOUT=soon"),
         STR_INIT("TENON_IDLE_TIMEOUT in line 2 of .env: expected a time such "
                  "as 500ms, 10s or 2m, got 'soon'")},
        {{STR_INIT("schema"), STR_INIT("x"), true},
         STR_INIT("MAIL_HOST=x\nTENON_WORKRES=2"),
         STR_INIT("unknown setting TENON_WORKRES in line 2 of .env")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        config c;
        expect_err(
            config_read(a, CASES[i].dotenv, no_variable, &CASES[i].flag, 1, &c),
            ERR_INVALID, CASES[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(takes_the_nearest_source),
        TEST(reads_sizes_times_and_switches),
        TEST(says_which_setting_is_wrong_and_where),
    };
    return cmocka_run_group_tests_name("bin/config", tests, NULL, NULL);
}
