/*
 * script_crypto.h: hashes, signatures, chance.
 *
 *     tenon.crypto.sha256(text)           64 hexadecimal digits
 *     tenon.crypto.hmac(key, text)        the same, HMAC with SHA-256
 *     tenon.crypto.equal(a, b)            in a time that does not tell where
 *                                         they differ
 *     tenon.crypto.random(16)             so many bytes, as hexadecimal digits
 *     tenon.crypto.uuid()                 version 4
 */
#ifndef LUA_SCRIPT_CRYPTO_H
#define LUA_SCRIPT_CRYPTO_H

#include "lua/sandbox.h"

/* Adds it to the table on top of the stack. */
void script_crypto_add(lua_State *L);

#endif
