#include "base/ed25519.h"

#include "base/hex.h"
#include "test/support/test.h"

static str bytes_of(arena *a, const char *digits) {
    str bytes = {0};
    assert_true(hex_decode(a, str_of(digits), &bytes));
    return bytes;
}

/* RFC 8032, section 7.1. */
static const struct vector {
    const char *seed;
    const char *public;
    const char *text;
    const char *signature;
} VECTORS[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
};

static ed25519_seed seed_of(arena *a, const char *digits) {
    ed25519_seed seed;
    memcpy(seed.bytes, bytes_of(a, digits).ptr, sizeof seed.bytes);
    return seed;
}

static void signs_as_the_standard_has_it(void **state) {
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(VECTORS); i++) {
        const struct vector *v = &VECTORS[i];
        ed25519_seed seed = seed_of(a, v->seed);
        ed25519_public public;
        unsigned char signature[ED25519_SIGNATURE_BYTES];
        bool is_good = false;
        str text = bytes_of(a, v->text);
        expect_ok(ed25519_public_of(a, &seed, &public));
        str key = {(char *)public.bytes, sizeof public.bytes};
        expect_str(key, bytes_of(a, v->public));
        expect_ok(ed25519_sign(a, &seed, text, signature));
        str made = {(char *)signature, sizeof signature};
        expect_str(made, bytes_of(a, v->signature));
        expect_ok(ed25519_verify(a, &public, text, made, &is_good));
        assert_true(is_good);
        signature[0] ^= 1;
        expect_ok(ed25519_verify(a, &public, text, made, &is_good));
        assert_false(is_good);
    }
}

static void files_are_read_as_they_are_written(void **state) {
    arena *a = *state;
    ed25519_seed seed = ed25519_seed_new();
    ed25519_public first;
    ed25519_file file;
    expect_ok(ed25519_public_of(a, &seed, &first));
    str text = arena_printf(a, "the key of the log\n%.*s\n and before it\n%.*s",
                            STR_ARG(ed25519_seed_format(a, &seed)),
                            STR_ARG(ed25519_public_format(a, &first)));
    expect_ok(ed25519_file_parse(a, text, &file));
    assert_true(file.has_seed);
    assert_memory_equal(file.seed.bytes, seed.bytes, sizeof seed.bytes);
    assert_int_equal(file.public_count, 1);
    assert_memory_equal(file.publics[0].bytes, first.bytes, sizeof first.bytes);
}

/* Made by `openssl genpkey -algorithm ed25519` from the seed of RFC 8410. */
static void reads_what_openssl_writes(void **state) {
    arena *a = *state;
    ed25519_file file;
    expect_ok(ed25519_file_parse(
        a,
        STR("-----BEGIN PRIVATE KEY-----\r\n"
            "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"
            "\r\n-----END PRIVATE KEY-----\r\n"
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
            "-----END PUBLIC KEY-----\n"),
        &file));
    ed25519_public public;
    expect_ok(ed25519_public_of(a, &file.seed, &public));
    assert_memory_equal(public.bytes, file.publics[0].bytes,
                        sizeof public.bytes);
}

static void refuses_what_is_no_key(void **state) {
    arena *a = *state;
    static const char *const CASES[] = {
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nMC4C\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        ed25519_file file;
        err *e = ed25519_file_parse(a, str_of(CASES[i]), &file);
        if (e == NULL || e->code != ERR_INVALID)
            fail_msg("'%s' was read", CASES[i]);
    }
    ed25519_seed seed = ed25519_seed_new();
    str one = ed25519_seed_format(a, &seed);
    ed25519_file file;
    expect_err(
        ed25519_file_parse(
            a, arena_printf(a, "%.*s%.*s", STR_ARG(one), STR_ARG(one)), &file),
        ERR_INVALID, STR("there are two private keys"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(signs_as_the_standard_has_it),
        TEST(files_are_read_as_they_are_written),
        TEST(reads_what_openssl_writes),
        TEST(refuses_what_is_no_key),
    };
    return cmocka_run_group_tests_name("base/ed25519", tests, NULL, NULL);
}
