#include "lua/script_crypto.h"

#include <lauxlib.h>

#include "base/crypto_library.h"
#include "base/hex.h"
#include "base/rand.h"
#include "base/sha256.h"
#include "base/uuid.h"
#include "lua/script_error.h"
#include "lua/script_run.h"

enum {
    MAX_RANDOM = 1024,
    BYTES_AN_INSTRUCTION = 8,
};

static str check_text(lua_State *L, int index) {
    str text;
    text.ptr = luaL_checklstring(L, index, &text.len);
    return text;
}

static void push_hex(lua_State *L, const unsigned char *bytes, size_t count) {
    char digits[2 * MAX_RANDOM];
    char *end = digits;
    for (size_t i = 0; i < count; i++)
        end = hex_put(end, bytes[i]);
    lua_pushlstring(L, digits, (size_t)(end - digits));
}

static int crypto_sha256(lua_State *L) {
    unsigned char digest[SHA256_BYTES];
    str text = check_text(L, 1);
    sandbox_spend(L, (int64_t)(text.len / BYTES_AN_INSTRUCTION));
    sha256_digest(text, digest);
    push_hex(L, digest, sizeof digest);
    return 1;
}

/* By OpenSSL, whose time does not depend on the key. */
static int crypto_hmac(lua_State *L) {
    crypto_library crypto;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned count = 0;
    str secret = check_text(L, 1);
    str text = check_text(L, 2);
    script_error_blame(L,
                       crypto_library_load(script_run_of(L)->arena, &crypto));
    sandbox_spend(L, (int64_t)(text.len / BYTES_AN_INSTRUCTION));
    if (secret.len > INT_MAX ||
        crypto.HMAC(crypto.EVP_sha256(), secret.ptr, (int)secret.len,
                    (const unsigned char *)text.ptr, text.len, digest,
                    &count) == NULL)
        return luaL_error(L, "the signature could not be made");
    push_hex(L, digest, count);
    return 1;
}

static int crypto_equal(lua_State *L) {
    str x = check_text(L, 1);
    str y = check_text(L, 2);
    volatile unsigned char difference = x.len == y.len ? 0 : 1;
    for (size_t i = 0; x.len == y.len && i < x.len; i++)
        difference |= (unsigned char)(x.ptr[i] ^ y.ptr[i]);
    lua_pushboolean(L, difference == 0);
    return 1;
}

static int crypto_random(lua_State *L) {
    unsigned char bytes[MAX_RANDOM];
    lua_Integer count = luaL_checkinteger(L, 1);
    rand_source random = rand_secure();
    if (count < 1 || count > MAX_RANDOM)
        return luaL_argerror(L, 1, "1 to 1024 bytes");
    rand_bytes(&random, bytes, (size_t)count);
    push_hex(L, bytes, (size_t)count);
    return 1;
}

static int crypto_uuid(lua_State *L) {
    char text[UUID_LENGTH];
    rand_source random = rand_secure();
    uuid_format(uuid_v4(&random), text);
    lua_pushlstring(L, text, sizeof text);
    return 1;
}

void script_crypto_add(lua_State *L) {
    static const struct luaL_Reg FUNCTIONS[] = {
        {"sha256", crypto_sha256}, {"hmac", crypto_hmac},
        {"equal", crypto_equal},   {"random", crypto_random},
        {"uuid", crypto_uuid},
    };
    lua_createtable(L, 0, LENGTH(FUNCTIONS));
    for (size_t i = 0; i < LENGTH(FUNCTIONS); i++) {
        lua_pushcfunction(L, FUNCTIONS[i].func);
        lua_setfield(L, -2, FUNCTIONS[i].name);
    }
    sandbox_freeze(L);
    lua_setfield(L, -2, "crypto");
}
