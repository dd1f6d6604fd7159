#include "api/rest/media_type.h"

#include "test/support/test.h"

#define JSON "application/json; charset=utf-8"
#define OBJECT "application/vnd.pgrst.object+json; charset=utf-8"
#define STRIPPED                                                               \
    "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8"
#define CSV "text/csv; charset=utf-8"
#define ARRAY "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8"

static void picks_what_the_client_likes_best(void **state) {
    arena *a = *state;
    static const struct {
        str accept;
        str content_type;
        bool is_object;
        bool strips_nulls;
    } CASES[] = {
        {STR_INIT(""), STR_INIT(JSON), false, false},
        {STR_INIT("*/*"), STR_INIT(JSON), false, false},
        {STR_INIT("application/*"), STR_INIT(JSON), false, false},
        {STR_INIT("Application/JSON"), STR_INIT(JSON), false, false},
        {STR_INIT("text/html, */*;q=0.1"), STR_INIT(JSON), false, false},
        {STR_INIT("application/vnd.pgrst.object+json"), STR_INIT(OBJECT), true,
         false},
        {STR_INIT("application/VND.pgrst.object"), STR_INIT(OBJECT), true,
         false},
        {STR_INIT("application/vnd.pgrst.object+json;nulls=stripped"),
         STR_INIT(STRIPPED), true, true},
        {STR_INIT("application/vnd.pgrst.array+json; nulls=stripped ; q=1"),
         STR_INIT(ARRAY), false, true},
        {STR_INIT("application/json;nulls=stripped"), STR_INIT(JSON), false,
         false},
        {STR_INIT("application/vnd.pgrst.object+json;q=0.5, application/json"),
         STR_INIT(JSON), false, false},
        {STR_INIT("application/json;q=0.25,application/vnd.pgrst.object;q=0.3"),
         STR_INIT(OBJECT), true, false},
        {STR_INIT("text/csv"), STR_INIT(CSV), false, false},
        {STR_INIT("text/html, text/*;q=0.5"), STR_INIT(CSV), false, false},
        {STR_INIT("text/csv;q=0.2, application/json;q=0.7"), STR_INIT(JSON),
         false, false},
        {STR_INIT("application/json, application/vnd.pgrst.object+json"),
         STR_INIT(JSON), false, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        media_type got;
        expect_ok(media_type_negotiate(a, CASES[i].accept, &got));
        expect_str(got.content_type, CASES[i].content_type);
        assert_int_equal(got.is_object, CASES[i].is_object);
        assert_int_equal(got.strips_nulls, CASES[i].strips_nulls);
        assert_int_equal(got.is_csv, str_equal(got.content_type, STR(CSV)));
    }
}

static void reads_the_options_of_a_plan(void **state) {
    arena *a = *state;
    media_type got;
    expect_ok(media_type_negotiate(
        a,
        STR("application/vnd.pgrst.plan+json; for=\"application/json\"; "
            "options=analyze|wal|other;"),
        &got));
    assert_true(got.is_plan && got.plan.is_json);
    assert_true(got.plan.is_run && got.plan.has_wal);
    assert_false(got.plan.is_verbose || got.plan.has_buffers);
    expect_ok(media_type_negotiate(
        a, STR("application/vnd.pgrst.plan+text; for=\"text/csv\"; options=;"),
        &got));
    assert_true(got.is_plan && !got.plan.is_json && !got.plan.is_run);
    expect_ok(media_type_negotiate(a, STR("application/geo+json"), &got));
    assert_true(got.is_geojson && !got.is_object && !got.is_csv);
    expect_str(got.content_type, STR("application/geo+json; charset=utf-8"));
}

static void refuses_what_is_not_available(void **state) {
    arena *a = *state;
    media_type got;
    expect_err(media_type_negotiate(a, STR("text/html"), &got), ERR_MEDIA_TYPE,
               STR("None of these media types are available: text/html"));
    expect_err(
        media_type_negotiate(a, STR("application/json;q=0"), &got),
        ERR_MEDIA_TYPE,
        STR("None of these media types are available: application/json;q=0"));
}

static void knows_the_forms_of_a_body(void **state) {
    arena *a = *state;
    static const struct {
        str type;
        body_form form;
    } CASES[] = {
        {STR_INIT(""), BODY_JSON},
        {STR_INIT("application/json;charset=UTF-8"), BODY_JSON},
        {STR_INIT("text/csv"), BODY_CSV},
        {STR_INIT("Text/CSV; header=present"), BODY_CSV},
        {STR_INIT("application/x-www-form-urlencoded"), BODY_FORM},
    };
    body_form got;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_ok(media_type_of_body(a, CASES[i].type, &got));
        assert_int_equal(got, CASES[i].form);
    }
    expect_err(media_type_of_body(a, STR("text/plain"), &got), ERR_BODY,
               STR("Content-Type not acceptable: text/plain"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(picks_what_the_client_likes_best),
        TEST(reads_the_options_of_a_plan),
        TEST(refuses_what_is_not_available),
        TEST(knows_the_forms_of_a_body),
    };
    return cmocka_run_group_tests_name("api/rest/media_type", tests, NULL,
                                       NULL);
}
