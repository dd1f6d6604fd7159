#include "core/token.h"

#include "base/base64.h"
#include "test/support/test.h"

/* Made with the crypto module of Node.js. All say role member until 2033. */
static const char KEYS[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"44uPZbBtxaUFbNkqlJ4HffmeEPCt_8vAlpCSX-"
    "R"
    "3HF0Gpe9petT7hYKYOakjfiDUBQj-Vo6BjcVSic1AEtOtXPSocDO1c1ftCVHCLZ5pA"
    "-DkXdn4C7iUVr9-1WeUeWTX3OJRiD4FF0vwpfinsLBr6gCT4QTvJfkorQ19QywXt4F"
    "FYy9d61CTXri14RtWr93GksPFWhz6aK4RQihYVOBDslc0E3GbJDKmNLZguNXtsSrOM"
    "o-zA9krk9pQfuA5D773rN82UngQoCh0O4VwI3qTzRxZYHDZAmgr-B_Wv3WbK1WM9T_"
    "tWKrpKCdVsQgkIfLmglcdeCVVG6GloAwmyQvJLQ\",\"e\":\"AQAB\",\"kid\":\"r\"},{"
    "\"k"
    "ty\":\"EC\",\"x\":\"VW-O3SJTUZ013wo354Xr1wkt6kwU39LFQsrqKAGKyrI\",\"y\":"
    "\"0-"
    "gBjmrzVEoh77xxdGtdtEQmcc4LxeiaGFOmsLHBSO4\",\"crv\":\"P-256\",\"kid\":\"P-"
    "256\"},{\"kty\":\"EC\",\"x\":\"TNU8o04ZVJHAP19-82YjkX_z7oPlbO6pi2Q6xSMT5P0"
    "s5M0z30oEoLijtNdOock4\",\"y\":\"UOtNk05RRdiY_APFyJXEUHnVUjHdJhwUvo7W5r"
    "7RN98a0gn9tEJmicKqqAIJzc1f\",\"crv\":\"P-384\",\"kid\":\"P-384\"},{"
    "\"kty\":\"E"
    "C\",\"x\":\"AU7Kw8lV4CX92evW68qrtrNrw8YmYMQTJ38-n8pLG-_NYpqZW6_hEVcGOj"
    "CBEiV8vEF4TyhpdcVL9nXGEl7szHJW\",\"y\":\"AISSbXmS4oC8HOTlK4KxBGJmXXONt"
    "1UZwhsYWN2GCUV9Dg71zrXSTNc6F-XdTPto4sHESTJW8HK4GB9ltw3fekKe\",\"crv\""
    ":\"P-521\",\"kid\":\"P-521\"},{\"crv\":\"Ed25519\",\"x\":"
    "\"pa0UcMWrHvXmqcHKx6-W"
    "-Genh_71KfBi7DKxdLjSu2A\",\"kty\":\"OKP\",\"kid\":\"e\"}]}";

static const struct {
    const char *algorithm;
    const char *token;
} SIGNED[] = {
    {"HS256",
     "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoibWVtYmVyIiwiZXhwI"
     "joyMDAwMDAwMDAwfQ.qrpUN4WVTiDgAhNDtjNjWhtnyEdhNCvfPJP1lLSLKYE"},
    {"HS384",
     "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoibWVtYmVyIiwiZXhwI"
     "joyMDAwMDAwMDAwfQ.S3HshkY-wmvPbt3zlin81PMMufmp7T29LBIjqqJrW9SwsOr6"
     "M1ZKybWu9vOB5LuW"},
    {"HS512",
     "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoibWVtYmVyIiwiZXhwI"
     "joyMDAwMDAwMDAwfQ.SkEY9VdZt6SSF_GyiB9kMAYrHqWBUormuCGaCztqAiFfNk9N"
     "8DH-E-bWzsupvLKClguB6sJx1a7y8XKU1nT0_w"},
    {"RS256",
     "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIifQ.eyJyb2xlIjoibWV"
     "tYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.pfg1LOyE9sfwXKbFtE0BO50vJn3lBj-wyL"
     "xXSXp4VdYu2WPNed6o11VkgR61MdoXrn6Jo0NV4PDiR6sqq30AfrV4Lt9-MFpF6UAx"
     "wpbUp6ZRPRuPnykg3Lrc91K3m0UVK5EnEWPhUnJR_4V_6LzLaugViyknaFcgupYknv"
     "QrKolp0T287Q9OesneH85cPOazkXWQDJA1hh2FGVSTEwwnHX4IzaDytuxUbKy24hrj"
     "i99uTkuAs6rGP0pgANaBvW-gsX0V4ImCcmnsZuxRWWXeQQFPTIlzYOKmm_1YCOj25q"
     "vQyPyeszTt2KugPSryAEdqPVizS-nfpbMh5-32Qsq7Wg"},
    {"RS512",
     "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCIsImtpZCI6InIifQ.eyJyb2xlIjoibWV"
     "tYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.ska5zjywyNbBcIxbI9rxVRfQKnzSu0ULei"
     "c0b_vP4Isejs-BsiQ0FbhOqV3eVDTMmJgNfbFZCRpxOy1qAk5PwYXYmP30hOy0QXju"
     "Uo6njonvIGC9yklgiFMtwgINiqJ4PahLwoasg_CoepPaRAtTfQFuKx9ZALcuTiKGZ7"
     "AJFhyCfliFLmfzOTPYS8xy5XJLhU8iFdHYMlNk9hrmaLuB1AhC2l_55FrV4I5ekmH0"
     "SMeCLkFJVjbetcF25_BDnHElih4SLgVe5lK8fdfzLip8A5PW57RKUCFGsqTBKY093v"
     "9kx785K27WLpwYsgiZITCcjIk_VjDlZW1lRHzbPOHg1Q"},
    {"PS256",
     "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InIifQ.eyJyb2xlIjoibWV"
     "tYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.ZVbUb3AiuOdSeDn_pVdUrB2nm2Xf-XXbM1"
     "_w6jaOPFJHOLzD3gwANa_bHSaxpnDFQFgvwDxZPVUWJgQyrr6UokwckK5tvRolgb7J"
     "cndhU4J3teatfsYIE8lTPzoFX-lT5ymAXwaPUiRWRrpPunAXE4NM4KYXRcezhZrPnb"
     "2WwfQ0qMxbbAQYnJsNyI3vjWklFBWnyeEduCN6iaFTBCiY_TCmCBpt47UUtBxTBc4f"
     "JDFxxnQzMnvOJ2zD3lecFm8x3HIi5JrSMV5abdbqvDW_QkuhlpUWUYopCgRhhPKsHv"
     "P7feH-yscoE7-cGV2CT4AGq2k2AGCCNWt7FFkYqjgFwg"},
    {"ES256",
     "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IlAtMjU2In0.eyJyb2xlIj"
     "oibWVtYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.DhhjYOMiSybA6V6ikfFpMv-cWiHVb"
     "wTJBnExA3i-MXmVNcdukB2DRxyw9qWjTaqvlB1rPZsh0S6acukFduXsHQ"},
    {"ES384",
     "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6IlAtMzg0In0.eyJyb2xlIj"
     "oibWVtYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.F4ShHD8hBBiIA8YUfRxv_PO6M_Qe_"
     "9SrLPt0Ga4C56K_leTV6UdSkh4Xftqqa-WwiPPH9YlKskuHKonHiyq19J7dDwufItC"
     "ddV7l1rxMplSdJyM6CYftOgMF4XDDqUdb"},
    {"ES512",
     "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCIsImtpZCI6IlAtNTIxIn0.eyJyb2xlIj"
     "oibWVtYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.AKL4iWXzf7CxlUnLHP-R0A8gLH9PA"
     "vZ_g9F9Lu_naEMR81JoPr0KjVqZvOGyKFTB5e-poW9_-IllpGVQYkHosjnEAarF9Qg"
     "nkOLaQSxpwNHZpI2mJQMQvIx00IMJe3RkSBzj3-WdFMdjHIcmSUc9KX136LzJg7Q_V"
     "hYXSnJrQEN0RhMG"},
    {"EdDSA",
     "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImUifQ.eyJyb2xlIjoibWV"
     "tYmVyIiwiZXhwIjoyMDAwMDAwMDAwfQ.eliERuif-FnXgXqN-dtvB-CFy0D9ERUd3a"
     "iVZBXT_5sr62au61r3erJ3RumDKdftw6NVaMfWQVj5RlhtY3dvDw"},
};

#define SECRET "a secret of at least 32 characters!"
enum { IN_2026 = 1790000000, END = 2000000000 };

static token_keys *read_keys(arena *a, const char *text) {
    token_keys *keys = NULL;
    expect_ok(token_keys_read(a, str_of(text), &keys));
    return keys;
}

static err *verify(arena *a, const token_keys *keys, str token) {
    const json *claims;
    return token_verify(a, keys, (str){0}, IN_2026, token, &claims);
}

static void a_signature_of_each_algorithm_is_verified(void **state) {
    arena *a = *state;
    token_keys *secret = read_keys(a, SECRET);
    token_keys *set = read_keys(a, KEYS);
    for (size_t i = 0; i < LENGTH(SIGNED); i++) {
        bool is_shared = SIGNED[i].algorithm[0] == 'H';
        const json *claims = NULL;
        expect_ok(token_verify(a, is_shared ? secret : set, (str){0}, IN_2026,
                               str_of(SIGNED[i].token), &claims));
        expect_str(json_find(claims, STR("role"))->text, STR("member"));
    }
    token_keys_free(secret);
    token_keys_free(set);
}

static void a_changed_token_is_refused_wherever_it_was_changed(void **state) {
    arena *a = *state;
    token_keys *secret = read_keys(a, SECRET);
    token_keys *set = read_keys(a, KEYS);
    for (size_t i = 0; i < LENGTH(SIGNED); i++) {
        bool is_shared = SIGNED[i].algorithm[0] == 'H';
        str token = str_of(SIGNED[i].token);
        for (size_t at = 0; at < token.len; at += 7) {
            char *copy = arena_take(a, token.len, 1);
            memcpy(copy, token.ptr, token.len);
            copy[at] = copy[at] == 'B' ? 'C' : 'B';
            if (copy[at] == token.ptr[at])
                continue;
            err *e =
                verify(a, is_shared ? secret : set, (str){copy, token.len});
            assert_non_null(e);
            assert_int_equal(e->code, ERR_TOKEN);
        }
    }
    token_keys_free(secret);
    token_keys_free(set);
}

static str encode(arena *a, const char *text) {
    CLEANUP(buf_free) buf out = buf_new(10000);
    base64_encode(&out, str_of(text), BASE64_URL);
    return arena_copy(a, buf_str(&out));
}

/* The public key is known to everybody, so whoever could pass it off as a
 * shared secret could sign. */
static void a_key_serves_its_own_algorithms_only(void **state) {
    arena *a = *state;
    token_keys *set = read_keys(a, KEYS);
    for (size_t i = 0; i < LENGTH(SIGNED); i++) {
        if (SIGNED[i].algorithm[0] != 'H')
            continue;
        err *e = verify(a, set, str_of(SIGNED[i].token));
        expect_err(e, ERR_TOKEN, STR("No suitable key or wrong key type"));
        expect_str(e->details,
                   STR("No suitable key was found to decode the JWT"));
    }
    token_keys_free(set);
}

static void what_is_no_token_is_told_apart(void **state) {
    arena *a = *state;
    token_keys *secret = read_keys(a, SECRET);
    str none = encode(a, "{\"alg\":\"none\"}");
    str crit = encode(a, "{\"alg\":\"HS256\",\"crit\":[\"x\"]}");
    str body = encode(a, "{}");
    const struct {
        str token;
        str message;
    } CASES[] = {
        {STR(""), STR("Empty JWT is sent in Authorization header")},
        {STR("a.b"), STR("Expected 3 parts in JWT; got 2")},
        {STR("a.b.c.d.e"), STR("Expected 3 parts in JWT; got 5")},
        {STR("?.b.c"), STR("JWT couldn't be decoded")},
        {STR("e30.e30."), STR("Wrong or unsupported encoding algorithm")},
        {arena_printf(a, "%.*s.%.*s.", STR_ARG(none), STR_ARG(body)),
         STR("Wrong or unsupported encoding algorithm")},
        {arena_printf(a, "%.*s.%.*s.", STR_ARG(crit), STR_ARG(body)),
         STR("Wrong or unsupported encoding algorithm")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        expect_err(verify(a, secret, CASES[i].token), ERR_TOKEN,
                   CASES[i].message);
    }
    token_keys_free(secret);
}

static void a_token_ends_half_a_minute_after_it_says(void **state) {
    arena *a = *state;
    const json *claims;
    token_keys *secret = read_keys(a, SECRET);
    str token = str_of(SIGNED[0].token);
    expect_ok(token_verify(a, secret, (str){0}, END + TOKEN_LEEWAY_S - 1, token,
                           &claims));
    expect_err(
        token_verify(a, secret, (str){0}, END + TOKEN_LEEWAY_S, token, &claims),
        ERR_TOKEN_CLAIMS, STR("JWT expired"));
    token_keys_free(secret);
}

static void what_is_no_key_is_told_apart(void **state) {
    arena *a = *state;
    token_keys *keys = NULL;
    static const struct {
        bool is_base64;
        str text;
        str message;
    } CASES[] = {
        {false, STR_INIT("short"),
         STR_INIT("the secret must be at least 32 characters long")},
        {true, STR_INIT("c2hvcnQ="),
         STR_INIT("the secret must be at least 32 characters long")},
        {true, STR_INIT("?"), STR_INIT("the secret is not base64")},
        {false, STR_INIT("{\"keys\":[]}"),
         STR_INIT("the set has no key for signatures")},
        {false, STR_INIT("{\"kty\":\"EC\",\"crv\":\"P-256\"}"),
         STR_INIT("these numbers are no elliptic curve key")},
        {false, STR_INIT("{\"kty\":\"RSA\",\"n\":\"-w\",\"e\":\"AQAB\"}"),
         STR_INIT("these numbers are no RSA (of 2048 bits or more) key")},
        {false, STR_INIT("{\"kty\":\"what\"}"),
         STR_INIT("unknown kind of key 'what'")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_err(CASES[i].is_base64
                       ? token_keys_read_base64(a, CASES[i].text, &keys)
                       : token_keys_read(a, CASES[i].text, &keys),
                   ERR_INVALID, CASES[i].message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_signature_of_each_algorithm_is_verified),
        TEST(a_changed_token_is_refused_wherever_it_was_changed),
        TEST(a_key_serves_its_own_algorithms_only),
        TEST(what_is_no_token_is_told_apart),
        TEST(a_token_ends_half_a_minute_after_it_says),
        TEST(what_is_no_key_is_told_apart),
    };
    return cmocka_run_group_tests_name("core/token", tests, NULL, NULL);
}
