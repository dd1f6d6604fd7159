#include "core/impersonation.h"

#include "test/support/test.h"

#define SECRET "a secret of at least 32 characters!"

/* {"role":"member","exp":2000000000}, and {"app":{"role":"deep"}}, HS256 */
#define MEMBER                                                                 \
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoibWVtYmVyIiwiZXhwIjoyMDAwMDA"             \
    "wMDAwfQ.5XZFxK6Dfsye-aYV5PyVK1cMkOKzOALi556HWGeJN6Y"
#define DEEP                                                                   \
    "eyJhbGciOiJIUzI1NiJ9.eyJhcHAiOnsicm9sZSI6ImRlZXAifX0.anhPj24"             \
    "VBph5ZUQM6xWLuczkRFzfh_JTnRIRarSC3XI"

/* {"role":"none"} */
#define NONE                                                                   \
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoibm9uZSJ9.TeqDqPvl"                       \
    "rkIH90DaUlFpAgsUnPNeas_urzCHyYgcLUA"

enum { IN_2026 = 1790000000 };

static void without_a_token_the_caller_is_anonymous(void **state) {
    arena *a = *state;
    impersonation i = {.anonymous_role = STR("anon\"x")};
    static const str HEADERS[] = {{0}, STR_INIT("Basic abc"), STR_INIT("Bear")};
    for (size_t k = 0; k < LENGTH(HEADERS); k++) {
        bearer who;
        expect_ok(impersonation_of(a, &i, HEADERS[k], IN_2026, &who));
        expect_str(who.role, STR("anon\"x"));
        expect_str(who.claims, STR("{\"role\":\"anon\\\"x\"}"));
        assert_true(who.is_anonymous);
    }
    i.anonymous_role = (str){0};
    bearer who;
    expect_err(impersonation_of(a, &i, (str){0}, IN_2026, &who),
               ERR_TOKEN_REQUIRED, STR("Anonymous access is disabled"));
}

static void a_token_needs_a_key(void **state) {
    arena *a = *state;
    impersonation i = {.anonymous_role = STR("anon")};
    bearer who;
    expect_err(impersonation_of(a, &i, STR("Bearer " MEMBER), IN_2026, &who),
               ERR_TOKEN_SECRET, STR("Server lacks JWT secret"));
}

static void the_token_names_the_role(void **state) {
    arena *a = *state;
    token_keys *keys = NULL;
    expect_ok(token_keys_read(a, STR(SECRET), &keys));
    static const struct {
        str header;
        str path;
        str role;
        str claims;
        bool is_anonymous;
    } CASES[] = {
        {STR_INIT("Bearer " MEMBER), STR_INIT("role"), STR_INIT("member"),
         STR_INIT("{\"role\":\"member\",\"exp\":2000000000}"), false},
        {STR_INIT("bearer  " MEMBER " "), STR_INIT("role"), STR_INIT("member"),
         STR_INIT("{\"role\":\"member\",\"exp\":2000000000}"), false},
        {STR_INIT("Bearer " DEEP), STR_INIT("app.role"), STR_INIT("deep"),
         STR_INIT("{\"app\":{\"role\":\"deep\"},\"role\":\"deep\"}"), false},
        {STR_INIT("Bearer " DEEP), STR_INIT("role"), STR_INIT("anon"),
         STR_INIT("{\"app\":{\"role\":\"deep\"},\"role\":\"anon\"}"), true},
    };
    for (size_t k = 0; k < LENGTH(CASES); k++) {
        impersonation i = {.keys = keys,
                           .role_claim = CASES[k].path,
                           .anonymous_role = STR("anon")};
        bearer who;
        expect_ok(impersonation_of(a, &i, CASES[k].header, IN_2026, &who));
        expect_str(who.role, CASES[k].role);
        expect_str(who.claims, CASES[k].claims);
        assert_int_equal(who.is_anonymous, CASES[k].is_anonymous);
    }
    token_keys_free(keys);
}

static void nobody_becomes_the_server_by_the_role_none(void **state) {
    arena *a = *state;
    token_keys *keys = NULL;
    expect_ok(token_keys_read(a, STR(SECRET), &keys));
    impersonation i = {
        .keys = keys, .role_claim = STR("role"), .anonymous_role = STR("anon")};
    bearer who;
    expect_err(impersonation_of(a, &i, STR("Bearer " NONE), IN_2026, &who),
               ERR_TOKEN_CLAIMS,
               STR("JWT names the role none, which is nobody"));
    token_keys_free(keys);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(without_a_token_the_caller_is_anonymous),
        TEST(a_token_needs_a_key),
        TEST(the_token_names_the_role),
        TEST(nobody_becomes_the_server_by_the_role_none),
    };
    return cmocka_run_group_tests_name("core/impersonation", tests, NULL, NULL);
}
