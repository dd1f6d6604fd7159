#include "base/ed25519.h"

#include <string.h>

#include "base/base64.h"
#include "base/crypto_library.h"
#include "base/rand.h"
#include "base/signature.h"

/* ---- Signing ------------------------------------------------------------ */

ed25519_seed ed25519_seed_new(void) {
    ed25519_seed seed;
    rand_source random = rand_secure();
    rand_bytes(&random, seed.bytes, sizeof seed.bytes);
    return seed;
}

static err *refuse(arena *a, const crypto_library *c) {
    c->ERR_clear_error();
    return err_new(a, ERR_INTERNAL, "OpenSSL does not take the Ed25519 key");
}

static err *load(arena *a, const ed25519_seed *seed, crypto_library *c,
                 EVP_PKEY **out) {
    TRY(crypto_library_load(a, c));
    *out = c->EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->bytes,
                                           sizeof seed->bytes);
    return *out != NULL ? NULL : refuse(a, c);
}

err *ed25519_public_of(arena *a, const ed25519_seed *seed,
                       ed25519_public *out) {
    crypto_library c;
    EVP_PKEY *key;
    size_t length = sizeof out->bytes;
    TRY(load(a, seed, &c, &key));
    int is_made = c.EVP_PKEY_get_raw_public_key(key, out->bytes, &length);
    c.EVP_PKEY_free(key);
    return is_made == 1 && length == sizeof out->bytes ? NULL : refuse(a, &c);
}

err *ed25519_sign(arena *a, const ed25519_seed *seed, str text,
                  unsigned char out[ED25519_SIGNATURE_BYTES]) {
    crypto_library c;
    EVP_PKEY *key;
    size_t length = ED25519_SIGNATURE_BYTES;
    TRY(load(a, seed, &c, &key));
    EVP_MD_CTX *context = c.EVP_MD_CTX_new();
    bool is_signed =
        context != NULL &&
        c.EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
        c.EVP_DigestSign(context, out, &length, (const unsigned char *)text.ptr,
                         text.len) == 1;
    if (context != NULL)
        c.EVP_MD_CTX_free(context);
    c.EVP_PKEY_free(key);
    return is_signed && length == ED25519_SIGNATURE_BYTES ? NULL
                                                          : refuse(a, &c);
}

err *ed25519_verify(arena *a, const ed25519_public *key, str text,
                    str signature, bool *is_good) {
    signature_key *loaded;
    str bytes = {(const char *)key->bytes, sizeof key->bytes};
    TRY(signature_key_of_ed25519(a, bytes, &loaded));
    *is_good = signature_verify(loaded, SIGNATURE_EDDSA, text, signature);
    signature_key_free(loaded);
    return NULL;
}

/* ---- Files -------------------------------------------------------------- */

/* What stands before the 32 bytes in DER (RFC 8410, sections 4 and 7). */
static const unsigned char SEED_HEAD[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30,
                                          0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
                                          0x04, 0x22, 0x04, 0x20};
static const unsigned char PUBLIC_HEAD[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                            0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

typedef struct block {
    str label; /* "PRIVATE KEY" */
    str head;
} block;

static const block SEED = {STR_INIT("PRIVATE KEY"),
                           {(const char *)SEED_HEAD, sizeof SEED_HEAD}};
static const block PUBLIC = {STR_INIT("PUBLIC KEY"),
                             {(const char *)PUBLIC_HEAD, sizeof PUBLIC_HEAD}};

static str format(arena *a, const block *b, const unsigned char *key) {
    enum { MOST = 256 };
    CLEANUP(buf_free) buf der = buf_new(MOST);
    CLEANUP(buf_free) buf out = buf_new(MOST);
    buf_append(&der, b->head);
    buf_append(&der, (str){(const char *)key, ED25519_KEY_BYTES});
    buf_printf(&out, "-----BEGIN %.*s-----\n", STR_ARG(b->label));
    base64_encode(&out, buf_str(&der), BASE64_STANDARD);
    buf_printf(&out, "\n-----END %.*s-----\n", STR_ARG(b->label));
    return arena_copy(a, buf_str(&out));
}

str ed25519_seed_format(arena *a, const ed25519_seed *seed) {
    return format(a, &SEED, seed->bytes);
}

str ed25519_public_format(arena *a, const ed25519_public *key) {
    return format(a, &PUBLIC, key->bytes);
}

/* The key in a block that begins with its head; false when it does not. */
static bool take_key(const block *b, str der, unsigned char *out) {
    if (!str_starts_with(der, b->head) ||
        der.len != b->head.len + ED25519_KEY_BYTES)
        return false;
    memcpy(out, der.ptr + b->head.len, ED25519_KEY_BYTES);
    return true;
}

static err *refuse_block(arena *a, str label) {
    return err_new(a, ERR_INVALID,
                   "the block '%.*s' is not an Ed25519 key without a password",
                   STR_ARG(label));
}

static err *add_block(arena *a, str label, str der, size_t *public_count,
                      ed25519_public **publics, ed25519_file *out) {
    ed25519_public key;
    if (str_equal(label, SEED.label)) {
        if (!take_key(&SEED, der, out->seed.bytes))
            return refuse_block(a, label);
        if (out->has_seed)
            return err_new(a, ERR_INVALID, "there are two private keys");
        out->has_seed = true;
        return NULL;
    }
    if (!str_equal(label, PUBLIC.label) || !take_key(&PUBLIC, der, key.bytes))
        return refuse_block(a, label);
    ARENA_PUSH(a, *publics, *public_count, key);
    return NULL;
}

/* Where in s the part begins; s.len when it is not in it. */
static size_t find(str s, str part) {
    const char *found =
        s.len == 0 ? NULL : memmem(s.ptr, s.len, part.ptr, part.len);
    return found == NULL ? s.len : (size_t)(found - s.ptr);
}

/* The lines of a block without their ends, or with what is not base64 in it. */
static str join_lines(arena *a, str lines) {
    char *joined = arena_alloc(a, lines.len + 1, 1);
    size_t length = 0;
    for (size_t i = 0; i < lines.len; i++)
        if (lines.ptr[i] != '\n' && lines.ptr[i] != '\r')
            joined[length++] = lines.ptr[i];
    return (str){joined, length};
}

err *ed25519_file_parse(arena *a, str text, ed25519_file *out) {
    static const str BEGIN = STR_INIT("-----BEGIN ");
    static const str DASHES = STR_INIT("-----");
    ed25519_public *publics = NULL;
    size_t count = 0;
    *out = (ed25519_file){0};
    for (size_t at = find(text, BEGIN); at < text.len; at = find(text, BEGIN)) {
        str der;
        text = str_slice(text, at + BEGIN.len, text.len);
        str label = str_slice(text, 0, find(text, DASHES));
        if (label.len == text.len || str_find_char(label, '\n') < label.len)
            return err_new(a, ERR_INVALID, "a block begins and has no name");
        text = str_slice(text, label.len + DASHES.len, text.len);
        str end = arena_printf(a, "-----END %.*s-----", STR_ARG(label));
        str body = str_slice(text, 0, find(text, end));
        if (body.len == text.len)
            return err_new(a, ERR_INVALID, "the block '%.*s' has no end",
                           STR_ARG(label));
        if (!base64_decode(a, join_lines(a, body), BASE64_STANDARD, &der))
            return refuse_block(a, label);
        TRY(add_block(a, label, der, &count, &publics, out));
        text = str_slice(text, body.len + end.len, text.len);
    }
    out->publics = publics;
    out->public_count = count;
    return NULL;
}
