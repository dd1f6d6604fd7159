#include "core/token.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/base64.h"
#include "base/signature.h"

enum { KEYS_MAX = 64, PARTS = 3 };

typedef struct token_key {
    signature_key *key;
    str id; /* kid, or empty */
} token_key;

struct token_keys {
    arena *arena;
    token_key keys[KEYS_MAX];
    size_t count;
};

/* ---- Keys --------------------------------------------------------------- */

static str member(const json *object, str name) {
    const json *found = json_find(object, name);
    return found != NULL && found->kind == JSON_STRING ? found->text : (str){0};
}

/* Empty if it is not there or no base64. */
static str bytes_of(arena *a, const json *object, str name) {
    str bytes = {0};
    str text = member(object, name);
    return base64_decode(a, text, BASE64_URL, &bytes) ? bytes : (str){0};
}

static err *make_key(arena *a, const json *jwk, signature_key **out) {
    str type = member(jwk, STR("kty"));
    if (str_equal(type, STR("oct")))
        return signature_key_of_secret(a, bytes_of(a, jwk, STR("k")), out);
    if (str_equal(type, STR("RSA")))
        return signature_key_of_rsa(a, bytes_of(a, jwk, STR("n")),
                                    bytes_of(a, jwk, STR("e")), out);
    if (str_equal(type, STR("EC")))
        return signature_key_of_curve(a, member(jwk, STR("crv")),
                                      bytes_of(a, jwk, STR("x")),
                                      bytes_of(a, jwk, STR("y")), out);
    if (str_equal(type, STR("OKP")) &&
        str_equal(member(jwk, STR("crv")), STR("Ed25519")))
        return signature_key_of_ed25519(a, bytes_of(a, jwk, STR("x")), out);
    return err_new(a, ERR_INVALID, "unknown kind of key '%.*s'", STR_ARG(type));
}

static bool is_for_signatures(const json *jwk) {
    str use = member(jwk, STR("use"));
    return jwk->kind == JSON_OBJECT &&
           (str_is_empty(use) || str_equal(use, STR("sig")));
}

static void add_key(token_keys *keys, signature_key *key, str id) {
    keys->keys[keys->count++] =
        (token_key){.key = key, .id = arena_copy(keys->arena, id)};
}

/* The reason of the last that was left out is told if none is left. */
static err *read_set(arena *a, token_keys *keys, const json *list) {
    err *why = err_new(a, ERR_INVALID, "the set has no key for signatures");
    for (size_t i = 0; i < list->count && keys->count < KEYS_MAX; i++) {
        const json *jwk = &list->items[i];
        signature_key *key = NULL;
        if (!is_for_signatures(jwk))
            continue;
        err *e = make_key(a, jwk, &key);
        if (e == NULL)
            add_key(keys, key, member(jwk, STR("kid")));
        else
            why = e;
    }
    return keys->count > 0 ? NULL : why;
}

static err *read_secret(arena *a, token_keys *keys, str secret) {
    signature_key *key;
    if (secret.len < TOKEN_SECRET_MIN)
        return err_new(a, ERR_INVALID,
                       "the secret must be at least %d characters long",
                       TOKEN_SECRET_MIN);
    TRY(signature_key_of_secret(a, secret, &key));
    add_key(keys, key, (str){0});
    return NULL;
}

static err *read_any(arena *a, token_keys *keys, str text) {
    const json *tree;
    err *e = json_parse(a, text, &tree);
    if (e != NULL || tree->kind != JSON_OBJECT)
        return read_secret(a, keys, text);
    const json *list = json_find(tree, STR("keys"));
    if (list != NULL && list->kind == JSON_ARRAY)
        return read_set(a, keys, list);
    return read_set(a, keys, &(json){JSON_ARRAY, 1, .items = tree});
}

static token_keys *begin(void) {
    arena *own = arena_new();
    token_keys *keys = arena_new_array(own, token_keys, 1);
    keys->arena = own;
    return keys;
}

static err *finish(err *e, token_keys *keys, token_keys **out) {
    if (e == NULL)
        *out = keys;
    else
        token_keys_free(keys);
    return e;
}

err *token_keys_read(arena *a, str text, token_keys **out) {
    token_keys *keys = begin();
    return finish(read_any(a, keys, text), keys, out);
}

err *token_keys_read_base64(arena *a, str text, token_keys **out) {
    str secret;
    token_keys *keys = begin();
    bool is_good = base64_decode(a, text, BASE64_STANDARD, &secret) ||
                   base64_decode(a, text, BASE64_URL, &secret);
    err *e = is_good ? read_secret(a, keys, secret)
                     : err_new(a, ERR_INVALID, "the secret is not base64");
    return finish(e, keys, out);
}

void token_keys_free(token_keys *keys) {
    if (keys == NULL)
        return;
    for (size_t i = 0; i < keys->count; i++)
        signature_key_free(keys->keys[i].key);
    arena_free(keys->arena);
}

/* ---- Signature ---------------------------------------------------------- */

typedef struct parts {
    str header;
    str claims;
    str signature;
    str signed_text; /* header.claims */
} parts;

static err *refuse(arena *a, const char *message) {
    return err_new(a, ERR_TOKEN, "%s", message);
}

static err *refuse_key(arena *a, str details) {
    return err_with_details(refuse(a, "No suitable key or wrong key type"),
                            details);
}

static size_t count_parts(str token) {
    size_t count = 1;
    for (size_t i = 0; i < token.len; i++)
        count += token.ptr[i] == '.';
    return count;
}

static err *split(arena *a, str token, parts *out) {
    if (str_is_empty(token))
        return refuse(a, "Empty JWT is sent in Authorization header");
    size_t count = count_parts(token);
    if (count != PARTS)
        return err_new(a, ERR_TOKEN, "Expected %d parts in JWT; got %zu", PARTS,
                       count);
    str rest = token;
    str header = str_split(&rest, '.');
    str claims = str_split(&rest, '.');
    out->signed_text = str_slice(token, 0, header.len + 1 + claims.len);
    bool is_good = base64_decode(a, header, BASE64_URL, &out->header) &&
                   base64_decode(a, claims, BASE64_URL, &out->claims) &&
                   base64_decode(a, rest, BASE64_URL, &out->signature);
    return is_good ? NULL : refuse(a, "JWT couldn't be decoded");
}

/* A header may name the key; one that has no name may be it all the same. */
static bool may_be(const token_key *key, signature_algorithm algorithm,
                   str id) {
    bool is_named = !str_is_empty(id) && !str_is_empty(key->id);
    return signature_key_has(key->key, algorithm) &&
           (!is_named || str_equal(id, key->id));
}

static err *check_signature(arena *a, const token_keys *keys, const parts *p) {
    const json *header;
    signature_algorithm algorithm;
    if (json_parse(a, p->header, &header) != NULL)
        return refuse(a, "JWT couldn't be decoded");
    if (!signature_algorithm_find(member(header, STR("alg")), &algorithm) ||
        json_find(header, STR("crit")) != NULL)
        return refuse(a, "Wrong or unsupported encoding algorithm");
    bool has_candidate = false;
    for (size_t i = 0; i < keys->count; i++) {
        const token_key *key = &keys->keys[i];
        if (!may_be(key, algorithm, member(header, STR("kid"))))
            continue;
        has_candidate = true;
        if (signature_verify(key->key, algorithm, p->signed_text, p->signature))
            return NULL;
    }
    return refuse_key(
        a, has_candidate ? STR("None of the keys was able to decode the JWT")
                         : STR("No suitable key was found to decode the JWT"));
}

/* ---- Claims ------------------------------------------------------------- */

typedef struct moment {
    str name;
    bool is_end;
    const char *message; /* when now is on the wrong side of it */
} moment;

static const moment MOMENTS[] = {
    {STR_INIT("exp"), true, "JWT expired"},
    {STR_INIT("nbf"), false, "JWT not yet valid"},
    {STR_INIT("iat"), false, "JWT issued at future"},
};

static err *check_moment(arena *a, const json *claims, const moment *m,
                         int64_t now_s) {
    double at_s;
    const json *claim = json_find(claims, m->name);
    if (claim == NULL || claim->kind == JSON_NULL)
        return NULL;
    if (!json_double(claim, &at_s))
        return err_new(a, ERR_TOKEN_CLAIMS,
                       "The JWT '%.*s' claim must be a number",
                       STR_ARG(m->name));
    double now = (double)now_s;
    bool is_good =
        m->is_end ? now - TOKEN_LEEWAY_S < at_s : now + TOKEN_LEEWAY_S >= at_s;
    return is_good ? NULL : err_new(a, ERR_TOKEN_CLAIMS, "%s", m->message);
}

static bool is_list_of_text(const json *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != JSON_STRING)
            return false;
    }
    return list->kind == JSON_ARRAY;
}

static bool holds(const json *audience, str ours) {
    if (audience->kind == JSON_STRING)
        return str_equal(audience->text, ours);
    bool is_in = false;
    for (size_t i = 0; i < audience->count; i++)
        is_in = is_in || str_equal(audience->items[i].text, ours);
    return is_in;
}

static err *check_audience(arena *a, const json *claims, str ours) {
    const json *audience = json_find(claims, STR("aud"));
    if (audience == NULL || audience->kind == JSON_NULL)
        return NULL;
    if (audience->kind != JSON_STRING && !is_list_of_text(audience))
        return err_new(a, ERR_TOKEN_CLAIMS,
                       "The JWT 'aud' claim must be a string or an array of "
                       "strings");
    if (str_is_empty(ours) || holds(audience, ours))
        return NULL;
    return err_new(a, ERR_TOKEN_CLAIMS, "JWT not in audience");
}

err *token_verify(arena *a, const token_keys *keys, str audience, int64_t now_s,
                  str token, const json **out) {
    parts p = {0};
    TRY(split(a, token, &p));
    TRY(check_signature(a, keys, &p));
    if (json_parse(a, p.claims, out) != NULL || (*out)->kind != JSON_OBJECT)
        return err_new(a, ERR_TOKEN_CLAIMS, "Parsing claims failed");
    for (size_t i = 0; i < LENGTH(MOMENTS); i++)
        TRY(check_moment(a, *out, &MOMENTS[i], now_s));
    return check_audience(a, *out, audience);
}
