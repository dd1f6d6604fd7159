#include "core/operator_token.h"

#include "base/ascii.h"
#include "base/hex.h"
#include "base/sha256.h"

const str OPERATOR_TOKEN_PREFIX = STR_INIT("tenon_op_");

enum {
    RANDOM_BYTES = 32,
    CHECK_BYTES = 4,
    PREFIX_LENGTH = sizeof "tenon_op_" - 1,
    CHECKED_LENGTH = PREFIX_LENGTH + 2 * RANDOM_BYTES,
    LENGTH_OF_ALL = CHECKED_LENGTH + 2 * CHECK_BYTES,
};

static char *put_bytes(char *to, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        to = hex_put(to, bytes[i]);
    return to;
}

/* Of what stands before it. */
static char *put_check(char *to, str checked) {
    unsigned char digest[SHA256_BYTES];
    sha256_digest(checked, digest);
    return put_bytes(to, digest, CHECK_BYTES);
}

str operator_token_make(arena *a, rand_source *r) {
    unsigned char random[RANDOM_BYTES];
    char *text = arena_alloc(a, LENGTH_OF_ALL, 1);
    rand_bytes(r, random, sizeof random);
    memcpy(text, OPERATOR_TOKEN_PREFIX.ptr, PREFIX_LENGTH);
    char *to = put_bytes(text + PREFIX_LENGTH, random, sizeof random);
    put_check(to, (str){text, CHECKED_LENGTH});
    return (str){text, LENGTH_OF_ALL};
}

bool operator_token_is_meant(str text) {
    return str_starts_with(text, OPERATOR_TOKEN_PREFIX);
}

bool operator_token_is_whole(str text) {
    char check[2 * CHECK_BYTES];
    if (text.len != LENGTH_OF_ALL || !operator_token_is_meant(text))
        return false;
    put_check(check, str_slice(text, 0, CHECKED_LENGTH));
    return memcmp(check, text.ptr + CHECKED_LENGTH, sizeof check) == 0;
}

str operator_token_hash(arena *a, str text) {
    return sha256_hex(a, text);
}

str operator_token_of_header(str authorization) {
    str token = authorization;
    str scheme = str_split(&token, ' ');
    token = str_trim(token);
    bool is_one = str_equal_ignoring_case(scheme, STR("bearer")) &&
                  operator_token_is_meant(token);
    return is_one ? token : (str){0};
}
