#include "base/log.h"

#include <unistd.h>

#include "base/json.h"
#include "test/support/test.h"

/* A logger into a pipe, at noon on 31 January 2024. */
typedef struct recorder {
    int read_end;
    fake_clock clock;
    logger l;
    char text[64 * 1024];
} recorder;

static recorder *recorder_new(arena *a, log_format format) {
    int ends[2];
    recorder *r = arena_new_array(a, recorder, 1);
    assert_int_equal(pipe(ends), 0);
    r->read_end = ends[0];
    r->clock.wall_us = INT64_C(1706702400123456);
    r->l = (logger){.fd = ends[1],
                    .level = LOG_LEVEL_INFO,
                    .format = format,
                    .clock = &r->clock};
    return r;
}

static str recorder_finish(recorder *r) {
    close(r->l.fd);
    ssize_t n = read(r->read_end, r->text, sizeof r->text);
    close(r->read_end);
    assert_true(n >= 0);
    return (str){r->text, (size_t)n};
}

static void log_samples(const logger *l, const err *e) {
    log_info(l, "listening", LOG_STR("address", STR("127.0.0.1:80")),
             LOG_INT("workers", 2), LOG_BOOL("open", true), LOG_END);
    log_debug(l, "unseen", LOG_END);
    logger of_request = logger_for_request(l, STR("r1"));
    log_warn(&of_request, "slow", LOG_MS("took_ms", 1042), LOG_END);
    log_error(&of_request, "failed", LOG_CAUSE(e), LOG_END);
}

static void writes_lines_for_people(void **state) {
    arena *a = *state;
    const err *cause = err_new(a, ERR_IO, "disk on fire");
    const err *e = err_wrap(a, cause, "saving");
    recorder *r = recorder_new(a, LOG_FORMAT_PLAIN);
    log_samples(&r->l, e);
    expect_str(
        recorder_finish(r),
        STR("12:00:00.123 info  listening  address=127.0.0.1:80 workers=2 "
            "open=true\n"
            "12:00:00.123 warn  slow  request=r1 took_ms=1.042\n"
            "12:00:00.123 error failed  request=r1 error=\"saving: disk on "
            "fire\"\n"));
}

static void writes_lines_for_machines(void **state) {
    arena *a = *state;
    const err *cause = err_new(a, ERR_IO, "disk on fire");
    const err *e = err_wrap(a, cause, "saving");
    recorder *r = recorder_new(a, LOG_FORMAT_JSON);
    log_samples(&r->l, e);
    expect_str(
        recorder_finish(r),
        STR("{\"time\":\"2024-01-31T12:00:00.123+00:00\",\"level\":\"info\","
            "\"message\":\"listening\",\"address\":\"127.0.0.1:80\","
            "\"workers\":2,\"open\":true}\n"
            "{\"time\":\"2024-01-31T12:00:00.123+00:00\",\"level\":\"warn\","
            "\"message\":\"slow\",\"request\":\"r1\",\"took_ms\":1.042}\n"
            "{\"time\":\"2024-01-31T12:00:00.123+00:00\",\"level\":\"error\","
            "\"message\":\"failed\",\"request\":\"r1\","
            "\"error\":\"saving: disk on fire\"}\n"));
}

static void colors_a_terminal(void **state) {
    arena *a = *state;
    recorder *r = recorder_new(a, LOG_FORMAT_COLORS);
    log_warn(&r->l, "slow", LOG_INT("n", -1), LOG_END);
    expect_str(recorder_finish(r),
               STR("12:00:00.123 \x1B[33mwarn \x1B[0m slow  \x1B[2mn=\x1B[0m-1"
                   "\n"));
}

static void chooses_json_where_nobody_looks(void **state) {
    arena *a = *state;
    recorder *r = recorder_new(a, LOG_FORMAT_PLAIN);
    assert_int_equal(logger_to(r->l.fd, LOG_LEVEL_INFO).format,
                     LOG_FORMAT_JSON);
    recorder_finish(r);
}

static void a_value_cannot_forge_a_line(void **state) {
    arena *a = *state;
    static const struct {
        str value;
        str plain;
        str json;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("\"\""), STR_INIT("\"\"")},
        {STR_INIT("a b"), STR_INIT("\"a b\""), STR_INIT("\"a b\"")},
        {STR_INIT("a=b"), STR_INIT("\"a=b\""), STR_INIT("\"a=b\"")},
        {STR_INIT("x\n12:00:00 info  forged"),
         STR_INIT("\"x\\n12:00:00 info  forged\""),
         STR_INIT("\"x\\n12:00:00 info  forged\"")},
        {STR_INIT("\"}"), STR_INIT("\"\\\"}\""), STR_INIT("\"\\\"}\"")},
        {STR_INIT("\x1B[2J"), STR_INIT("\"\\u001b[2J\""),
         STR_INIT("\"\\u001b[2J\"")},
        {STR_INIT("\xC2\x9B"
                  "2J\x7F"),
         STR_INIT("\xEF\xBF\xBD"
                  "2J\xEF\xBF\xBD"),
         STR_INIT("\"\xEF\xBF\xBD"
                  "2J\xEF\xBF\xBD\"")},
        {STR_INIT("\xFF\xC3"), STR_INIT("\xEF\xBF\xBD\xEF\xBF\xBD"),
         STR_INIT("\"\xEF\xBF\xBD\xEF\xBF\xBD\"")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        recorder *r = recorder_new(a, LOG_FORMAT_PLAIN);
        log_info(&r->l, "m", LOG_STR("k", CASES[i].value), LOG_END);
        expect_str(recorder_finish(r),
                   arena_printf(a, "12:00:00.123 info  m  k=%.*s\n",
                                STR_ARG(CASES[i].plain)));
        r = recorder_new(a, LOG_FORMAT_JSON);
        log_info(&r->l, "m", LOG_STR("k", CASES[i].value), LOG_END);
        const json *line;
        str text = recorder_finish(r);
        expect_ok(json_parse(a, text, &line));
        str_take(&text, text.len - CASES[i].json.len - 2);
        expect_str((str_slice(text, 0, text.len - 2)), CASES[i].json);
    }
}

static void cuts_long_values_between_characters(void **state) {
    arena *a = *state;
    char text[3 * LOG_MAX_VALUE];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "\xE2\x82\xAC"[i % 3];
    recorder *r = recorder_new(a, LOG_FORMAT_JSON);
    log_info(&r->l, "m", LOG_STR("k", ((str){text, sizeof text})), LOG_END);
    const json *line;
    expect_ok(json_parse(a, recorder_finish(r), &line));
    str value = json_find(line, STR("k"))->text;
    assert_int_equal(value.len, LOG_MAX_VALUE / 3 * 3 + 3);
    assert_true(str_ends_with(value, STR("\xE2\x82\xAC...")));
}

static void names_its_levels(void **state) {
    (void)state;
    for (log_level i = LOG_LEVEL_DEBUG; i < LOG_LEVEL_COUNT; i++) {
        log_level back = LOG_LEVEL_COUNT;
        assert_true(log_level_parse(log_level_name(i), &back));
        assert_int_equal(back, i);
    }
    log_level untouched = LOG_LEVEL_WARN;
    assert_false(log_level_parse(STR("loud"), &untouched));
    assert_int_equal(untouched, LOG_LEVEL_WARN);
}

static void survives_a_reader_that_is_gone(void **state) {
    (void)state;
    logger l = {.fd = -1, .format = LOG_FORMAT_JSON};
    log_error(&l, "nobody listens", LOG_END);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(writes_lines_for_people),
        TEST(writes_lines_for_machines),
        TEST(colors_a_terminal),
        TEST(chooses_json_where_nobody_looks),
        TEST(a_value_cannot_forge_a_line),
        TEST(cuts_long_values_between_characters),
        TEST(names_its_levels),
        TEST(survives_a_reader_that_is_gone),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
