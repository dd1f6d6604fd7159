/*
 * audit_prune.h: removes rows of the audit log that are kept no longer, in a way
 * that the rest of it can still be proven.
 *
 * Only rows that are sealed, and are what was sealed, are removed: what was
 * tampered with stays for `tenon audit verify` to tell. In the same transaction
 * an entry of the chain (audit_entry.h) says which they were; so a row that is
 * missing and that no signed entry names was taken away by somebody else.
 *
 * On PostgreSQL a month of which nothing is kept any more is dropped with its
 * partition; else rows are deleted, those of a seal in a transaction.
 */
#ifndef DATABASE_AUDIT_PRUNE_H
#define DATABASE_AUDIT_PRUNE_H

#include "database/audit_entry.h"
#include "schema/schema.h"

typedef struct audit_pruning {
    int64_t rows;
    int64_t partitions; /* dropped with some of them */
    int64_t kept;       /* rows that are not what was sealed */
    err *unremembered;  /* as in audit_sealing */
} audit_pruning;

/* t is open for TARGET_WRITE. Rows of models that s does not have are kept for
 * AUDIT_DEFAULT_DAYS. ERR_CONFLICT when seals are gone that were here. What
 * others are at meanwhile is left for the next time. Blocks. */
fallible audit_prune_run(arena *a, target *t, const audit_key *k,
                         const schema *s, int64_t now_ms, audit_pruning *out);

#endif
