/*
 * audit_entry.h: the chain of entries that seals the audit log.
 *
 * An entry either seals the rows that came behind those of the entry before, or
 * says which sealed rows were pruned. Each has the hash of the one before it,
 * so that none can be changed, left out or put between; its signature says that
 * Tenon made it. They are in tenon_audit_seal, on PostgreSQL tenon.audit_seal,
 * and are never removed.
 *
 * Sealed rows are counted from 1 on: a seal has those from first_row, row_count
 * of them, in the order of audit_place.h. Their hashes (audit_row.h) are in
 * row_hashes, 32 bytes each, for as long as one of them is there; root is the
 * SHA-256 of that.
 *
 * What an entry's hash is the SHA-256 of, and its signature signs, are parts as
 * audit_row_add writes them: "tenon audit entry 1", number, kind, previous,
 * sealed_at, first_row, row_count, last_place, root, pruned, key_id; hashes in
 * hexadecimal digits.
 */
#ifndef DATABASE_AUDIT_ENTRY_H
#define DATABASE_AUDIT_ENTRY_H

#include "database/audit_key.h"
#include "database/migrate/target.h"

typedef enum audit_entry_kind {
    AUDIT_ENTRY_SEAL,
    AUDIT_ENTRY_PRUNE,
    AUDIT_ENTRY_KIND_COUNT, /* none that we know */
} audit_entry_kind;

/* Bytes are in hexadecimal digits. */
typedef struct audit_entry {
    int64_t number; /* from 1 on; 0: there is no entry */
    audit_entry_kind kind;
    str previous;  /* of the first, zeros */
    str sealed_at; /* 2024-01-31T12:00:00.123+00:00 */
    int64_t first_row;
    int64_t row_count; /* of a prune: how many */
    str last_place;    /* of the last row; of a prune empty */
    str root;          /* of a prune none */
    str pruned;        /* which rows, as ordinals.h has it; of a seal none */
    str key_id;        /* none: it is not signed */
    str signature;
    str hash;
    str row_hashes; /* when asked for; none: all of its rows are pruned */
} audit_entry;

/* Of what is before the first entry: zeros. */
extern const str AUDIT_ENTRY_NO_HASH;

/* The hash that its content has. */
str audit_entry_hash(arena *a, const audit_entry *e);

/* Behind previous, whose number may be 0: fills in number, previous, key_id,
 * signature and hash. */
fallible audit_entry_seal(arena *a, const audit_key *k,
                          const audit_entry *previous, audit_entry *e);

/* What is remembered of it. */
audit_head audit_entry_head(const audit_entry *e);

typedef enum audit_signature {
    AUDIT_SIGNED,
    AUDIT_UNSIGNED,
    AUDIT_UNKNOWN_KEY,
    AUDIT_BAD_SIGNATURE,
} audit_signature;

fallible audit_entry_verify(arena *a, const audit_key *k, const audit_entry *e,
                            audit_signature *out);

/* ERR_UNIQUE_VIOLATION when somebody else has made one of that number. */
fallible audit_entry_insert(arena *a, target *t, const audit_entry *e);

/* The newest, without its row_hashes, and the newest seal; number 0 when there
 * is none. ERR_NOT_FOUND when the database has no log. */
fallible audit_entry_newest(arena *a, target *t, audit_entry *out,
                            audit_entry *seal);

typedef struct audit_entries {
    const audit_entry *items;
    size_t count;
} audit_entries;

/* Which entries, in their order. */
typedef struct audit_entry_wanted {
    int64_t behind; /* this number */
    size_t most;
    audit_entry_kind kind; /* AUDIT_ENTRY_KIND_COUNT: any */
    bool has_row_hashes;
    bool are_whole; /* only those with row_hashes */
} audit_entry_wanted;

fallible audit_entry_list(arena *a, target *t, const audit_entry_wanted *wanted,
                          audit_entries *out);

/* The newest seal before that number; number 0 when there is none. */
fallible audit_entry_before(arena *a, target *t, int64_t number,
                            audit_entry *seal);

/* All rows of the seal are pruned: the hashes prove nothing any more. */
fallible audit_entry_forget_rows(arena *a, target *t, int64_t number);

#endif
