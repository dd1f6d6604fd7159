#include "base/signature.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/crypto_library.h"

typedef enum key_family {
    FAMILY_SECRET,
    FAMILY_RSA,
    FAMILY_P256,
    FAMILY_P384,
    FAMILY_P521,
    FAMILY_ED25519,
} key_family;

typedef enum digest { DIGEST_NONE, DIGEST_256, DIGEST_384, DIGEST_512 } digest;

static const struct algorithm {
    str name;
    key_family family;
    digest digest;
    bool is_pss;
} ALGORITHMS[] = {
    [SIGNATURE_HS256] = {STR_INIT("HS256"), FAMILY_SECRET, DIGEST_256, false},
    [SIGNATURE_HS384] = {STR_INIT("HS384"), FAMILY_SECRET, DIGEST_384, false},
    [SIGNATURE_HS512] = {STR_INIT("HS512"), FAMILY_SECRET, DIGEST_512, false},
    [SIGNATURE_RS256] = {STR_INIT("RS256"), FAMILY_RSA, DIGEST_256, false},
    [SIGNATURE_RS384] = {STR_INIT("RS384"), FAMILY_RSA, DIGEST_384, false},
    [SIGNATURE_RS512] = {STR_INIT("RS512"), FAMILY_RSA, DIGEST_512, false},
    [SIGNATURE_PS256] = {STR_INIT("PS256"), FAMILY_RSA, DIGEST_256, true},
    [SIGNATURE_PS384] = {STR_INIT("PS384"), FAMILY_RSA, DIGEST_384, true},
    [SIGNATURE_PS512] = {STR_INIT("PS512"), FAMILY_RSA, DIGEST_512, true},
    [SIGNATURE_ES256] = {STR_INIT("ES256"), FAMILY_P256, DIGEST_256, false},
    [SIGNATURE_ES384] = {STR_INIT("ES384"), FAMILY_P384, DIGEST_384, false},
    [SIGNATURE_ES512] = {STR_INIT("ES512"), FAMILY_P521, DIGEST_512, false},
    [SIGNATURE_EDDSA] = {STR_INIT("EdDSA"), FAMILY_ED25519, DIGEST_NONE, false},
};
_Static_assert(LENGTH(ALGORITHMS) == SIGNATURE_ALGORITHM_COUNT, "all of them");

static const struct curve {
    str name;
    key_family family;
    size_t bytes; /* of a coordinate */
} CURVES[] = {
    {STR_INIT("P-256"), FAMILY_P256, 32},
    {STR_INIT("P-384"), FAMILY_P384, 48},
    {STR_INIT("P-521"), FAMILY_P521, 66},
};

enum {
    LEAST_RSA_BITS = 2048,
    ED25519_BYTES = 32,
    COORDINATE_MAX = 66,
    NUMBER_MAX = 1024, /* an RSA modulus of 8192 bits */
    DER_MAX = 2 * (COORDINATE_MAX + 4) + 8,
};

struct signature_key {
    crypto_library crypto;
    key_family family;
    EVP_PKEY *public_key;
    char *secret;
    size_t secret_len;
};

bool signature_algorithm_find(str name, signature_algorithm *out) {
    for (size_t i = 0; i < LENGTH(ALGORITHMS); i++) {
        if (!str_equal(ALGORITHMS[i].name, name))
            continue;
        *out = (signature_algorithm)i;
        return true;
    }
    return false;
}

/* ---- Keys --------------------------------------------------------------- */

static err *begin(arena *a, key_family family, signature_key **out) {
    signature_key *key = calloc(1, sizeof *key);
    ASSERT(key != NULL);
    key->family = family;
    err *e = crypto_library_load(a, &key->crypto);
    if (e != NULL) {
        free(key);
        return e;
    }
    *out = key;
    return NULL;
}

void signature_key_free(signature_key *key) {
    if (key == NULL)
        return;
    if (key->public_key != NULL)
        key->crypto.EVP_PKEY_free(key->public_key);
    free(key->secret);
    free(key);
}

/* Takes over what was begun. */
static err *finish(arena *a, signature_key *key, bool is_good, const char *kind,
                   signature_key **out) {
    if (is_good) {
        *out = key;
        return NULL;
    }
    key->crypto.ERR_clear_error();
    signature_key_free(key);
    return err_new(a, ERR_INVALID, "these numbers are no %s key", kind);
}

err *signature_key_of_secret(arena *a, str secret, signature_key **out) {
    signature_key *key;
    TRY(begin(a, FAMILY_SECRET, &key));
    key->secret = malloc(secret.len + 1);
    ASSERT(key->secret != NULL);
    if (secret.len > 0)
        memcpy(key->secret, secret.ptr, secret.len);
    key->secret_len = secret.len;
    *out = key;
    return NULL;
}

static bool make_public_key(signature_key *key, const char *type,
                            OSSL_PARAM *numbers) {
    const crypto_library *c = &key->crypto;
    EVP_PKEY_CTX *maker = c->EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    bool is_made = maker != NULL && c->EVP_PKEY_fromdata_init(maker) == 1 &&
                   c->EVP_PKEY_fromdata(maker, &key->public_key,
                                        EVP_PKEY_PUBLIC_KEY, numbers) == 1;
    if (maker != NULL)
        c->EVP_PKEY_CTX_free(maker);
    return is_made;
}

/* OpenSSL's parameters hold numbers in the order of the machine. */
static OSSL_PARAM number_parameter(const char *name, unsigned char *room,
                                   str big_endian) {
    for (size_t i = 0; i < big_endian.len; i++)
        room[i] = (unsigned char)big_endian.ptr[big_endian.len - 1 - i];
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    memcpy(room, big_endian.ptr, big_endian.len);
#endif
    return (OSSL_PARAM){
        .key = name,
        .data_type = OSSL_PARAM_UNSIGNED_INTEGER,
        .data = room,
        .data_size = big_endian.len,
        .return_size = OSSL_PARAM_UNMODIFIED,
    };
}

err *signature_key_of_rsa(arena *a, str modulus, str exponent,
                          signature_key **out) {
    unsigned char n[NUMBER_MAX];
    unsigned char e[NUMBER_MAX];
    signature_key *key;
    TRY(begin(a, FAMILY_RSA, &key));
    bool fits = modulus.len > 0 && modulus.len <= NUMBER_MAX &&
                exponent.len > 0 && exponent.len <= NUMBER_MAX;
    if (!fits)
        return finish(a, key, false, "RSA", out);
    OSSL_PARAM numbers[] = {
        number_parameter(OSSL_PKEY_PARAM_RSA_N, n, modulus),
        number_parameter(OSSL_PKEY_PARAM_RSA_E, e, exponent),
        {0},
    };
    bool is_good =
        make_public_key(key, "RSA", numbers) &&
        key->crypto.EVP_PKEY_get_bits(key->public_key) >= LEAST_RSA_BITS;
    return finish(a, key, is_good, "RSA (of 2048 bits or more)", out);
}

static const struct curve *find_curve(str name) {
    for (size_t i = 0; i < LENGTH(CURVES); i++) {
        if (str_equal(CURVES[i].name, name))
            return &CURVES[i];
    }
    return NULL;
}

err *signature_key_of_curve(arena *a, str name, str x, str y,
                            signature_key **out) {
    char group[8] = {0}; /* with a NUL behind it */
    unsigned char point[1 + 2 * COORDINATE_MAX] = {4}; /* not compressed */
    const struct curve *curve = find_curve(name);
    if (curve == NULL)
        return err_new(a, ERR_INVALID, "unknown curve '%.*s'", STR_ARG(name));
    signature_key *key;
    TRY(begin(a, curve->family, &key));
    if (x.len != curve->bytes || y.len != curve->bytes)
        return finish(a, key, false, "elliptic curve", out);
    memcpy(group, name.ptr, name.len);
    memcpy(point + 1, x.ptr, x.len);
    memcpy(point + 1 + x.len, y.ptr, y.len);
    OSSL_PARAM numbers[] = {
        {.key = OSSL_PKEY_PARAM_GROUP_NAME,
         .data_type = OSSL_PARAM_UTF8_STRING,
         .data = group,
         .data_size = name.len},
        {.key = OSSL_PKEY_PARAM_PUB_KEY,
         .data_type = OSSL_PARAM_OCTET_STRING,
         .data = point,
         .data_size = 1 + 2 * curve->bytes},
        {0},
    };
    return finish(a, key, make_public_key(key, "EC", numbers), "elliptic curve",
                  out);
}

err *signature_key_of_ed25519(arena *a, str x, signature_key **out) {
    signature_key *key;
    TRY(begin(a, FAMILY_ED25519, &key));
    if (x.len == ED25519_BYTES)
        key->public_key = key->crypto.EVP_PKEY_new_raw_public_key(
            EVP_PKEY_ED25519, NULL, (const unsigned char *)x.ptr, x.len);
    return finish(a, key, key->public_key != NULL, "Ed25519", out);
}

bool signature_key_has(const signature_key *key,
                       signature_algorithm algorithm) {
    return ALGORITHMS[algorithm].family == key->family;
}

/* ---- Signatures --------------------------------------------------------- */

static const EVP_MD *digest_of(const crypto_library *c, digest d) {
    switch (d) {
    case DIGEST_NONE:
        return NULL;
    case DIGEST_256:
        return c->EVP_sha256();
    case DIGEST_384:
        return c->EVP_sha384();
    case DIGEST_512:
        return c->EVP_sha512();
    }
    PANIC("no such digest");
}

static bool verify_secret(const signature_key *key, const struct algorithm *by,
                          str text, str signature) {
    const crypto_library *c = &key->crypto;
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const void *made =
        c->HMAC(digest_of(c, by->digest), key->secret, (int)key->secret_len,
                (const unsigned char *)text.ptr, text.len, code, &len);
    return made != NULL && signature.len == len &&
           c->CRYPTO_memcmp(code, signature.ptr, len) == 0;
}

/* An integer of DER: without leading zeros, but with one where the first bit
 * would be taken for a sign (X.690, section 8.3). */
static size_t put_integer(unsigned char *to, str number) {
    while (number.len > 1 && number.ptr[0] == 0)
        number = str_slice(number, 1, number.len);
    bool needs_zero = (number.ptr[0] & 0x80) != 0;
    size_t len = number.len + needs_zero;
    to[0] = 0x02;
    to[1] = (unsigned char)len;
    to[2] = 0;
    memcpy(to + 2 + needs_zero, number.ptr, number.len);
    return 2 + len;
}

/* OpenSSL wants SEQUENCE { r, s }, a token has r and s behind each other. */
static str to_der(unsigned char der[DER_MAX], str signature) {
    unsigned char numbers[DER_MAX];
    size_t half = signature.len / 2;
    size_t len = put_integer(numbers, str_slice(signature, 0, half));
    len +=
        put_integer(numbers + len, str_slice(signature, half, signature.len));
    size_t at = 0;
    der[at++] = 0x30;
    if (len >= 0x80)
        der[at++] = 0x81;
    der[at++] = (unsigned char)len;
    memcpy(der + at, numbers, len);
    return (str){(const char *)der, at + len};
}

static bool is_curve(key_family family) {
    return family == FAMILY_P256 || family == FAMILY_P384 ||
           family == FAMILY_P521;
}

static size_t curve_signature_length(key_family family) {
    for (size_t i = 0; i < LENGTH(CURVES); i++) {
        if (CURVES[i].family == family)
            return 2 * CURVES[i].bytes;
    }
    PANIC("no such curve");
}

static bool verify_public(const signature_key *key, const struct algorithm *by,
                          str text, str signature) {
    const crypto_library *c = &key->crypto;
    EVP_MD_CTX *context = c->EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    bool is_good =
        context != NULL &&
        c->EVP_DigestVerifyInit(context, &options, digest_of(c, by->digest),
                                NULL, key->public_key) == 1 &&
        (!by->is_pss || c->EVP_PKEY_CTX_set_rsa_padding(
                            options, RSA_PKCS1_PSS_PADDING) == 1) &&
        c->EVP_DigestVerify(context, (const unsigned char *)signature.ptr,
                            signature.len, (const unsigned char *)text.ptr,
                            text.len) == 1;
    if (context != NULL)
        c->EVP_MD_CTX_free(context);
    if (!is_good)
        c->ERR_clear_error();
    return is_good;
}

bool signature_verify(const signature_key *key, signature_algorithm algorithm,
                      str text, str signature) {
    const struct algorithm *by = &ALGORITHMS[algorithm];
    unsigned char der[DER_MAX];
    if (by->family != key->family)
        return false;
    if (key->family == FAMILY_SECRET)
        return verify_secret(key, by, text, signature);
    if (is_curve(key->family)) {
        if (signature.len != curve_signature_length(key->family))
            return false;
        signature = to_der(der, signature);
    }
    return verify_public(key, by, text, signature);
}
