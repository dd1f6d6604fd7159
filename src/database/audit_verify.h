/*
 * audit_verify.h: proves the audit log: that each entry of the chain that seals
 * it (audit_entry.h) is whole, in its place and signed, that each sealed row is
 * the one that was sealed or is pruned, and that no row stands among them that
 * was not.
 *
 * What is not sealed yet is only proven to have its own hash.
 */
#ifndef DATABASE_AUDIT_VERIFY_H
#define DATABASE_AUDIT_VERIFY_H

#include "database/audit_entry.h"

typedef enum audit_flaw {
    AUDIT_ROW_CHANGED,
    AUDIT_ROW_DELETED,
    AUDIT_ROW_INSERTED,
    AUDIT_ROW_MOVED, /* stands elsewhere than where it was sealed */
    AUDIT_SEAL_CHANGED,
    AUDIT_SEAL_MISSING,
    AUDIT_SEAL_FORGED, /* its signature is not of its key */
    AUDIT_SEAL_OTHER_KEY,
    AUDIT_SEAL_NOT_SIGNED, /* though there is a key */
    AUDIT_CHAIN_CUT,       /* its newest entries are gone */
    AUDIT_FLAW_COUNT,
} audit_flaw;

/* "changed", for programs. */
extern const str AUDIT_FLAW_NAMES[AUDIT_FLAW_COUNT];

typedef struct audit_verdict {
    int64_t entries;
    int64_t signed_entries; /* by a key that is known */
    int64_t sealed_rows;    /* that are there and proven */
    int64_t pruned_rows;
    int64_t unsealed_rows;
    str first_sealed_at;
    str last_sealed_at;
    audit_head head; /* of the newest entry */
    int64_t flaws[AUDIT_FLAW_COUNT];
    int64_t flaw_count;
    err *unremembered; /* as in audit_sealing */
} audit_verdict;

/* Told of each flaw, with a sentence that lives for the call alone. */
typedef void audit_flaw_fn(void *context, audit_flaw flaw, str sentence);

/* t is open for TARGET_READ, which is a snapshot of it. A log without any flaw
 * moves what is remembered beside the key. Blocks. */
fallible audit_verify_run(arena *a, target *t, const audit_key *k,
                          audit_flaw_fn *tell, void *context,
                          audit_verdict *out);

#endif
