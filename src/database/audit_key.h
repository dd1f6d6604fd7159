/*
 * audit_key.h: the key that signs the seals of the audit log, and what this
 * machine remembers of them: files outside of the database, so that whoever can
 * change everything in it cannot make seals, nor take back those that were.
 *
 * The key's file has a private key and, behind it, the public ones of before,
 * which still prove old seals; who only verifies has a file of public keys. Its
 * companion, <file>.head, names the newest seal that was made or verified here.
 */
#ifndef DATABASE_AUDIT_KEY_H
#define DATABASE_AUDIT_KEY_H

#include "base/ed25519.h"
#include "base/sha256.h"

enum { AUDIT_KEY_ID_LENGTH = 16 };

typedef struct audit_public_key {
    char id[AUDIT_KEY_ID_LENGTH]; /* of its SHA-256 */
    ed25519_public key;
} audit_public_key;

typedef struct audit_key {
    str path;
    bool can_sign;
    ed25519_seed seed;
    const audit_public_key *publics; /* the one that signs first */
    size_t public_count;             /* 0: there is no file */
} audit_key;

/* A missing file is no key. ERR_DENIED when others may read a private one,
 * ERR_INVALID when it is none, ERR_UNAVAILABLE without OpenSSL. Blocks. */
fallible audit_key_load(arena *a, str path, audit_key *out);

/* Makes the file, which only its owner may read. ERR_CONFLICT when there is
 * one. Blocks. */
fallible audit_key_create(arena *a, str path);

/* Or NULL. */
const audit_public_key *audit_key_find(const audit_key *k, str id);

typedef struct audit_head {
    int64_t number; /* 0: none is known */
    char hash[SHA256_HEX_LENGTH];
} audit_head;

/* Those without a path have no head, and keep none. Block. */
fallible audit_head_load(arena *a, const audit_key *k, audit_head *out);
fallible audit_head_store(arena *a, const audit_key *k, const audit_head *head);

/* The database was emptied on purpose. */
fallible audit_head_forget(arena *a, str path);

#endif
