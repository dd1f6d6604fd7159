/* audit_verifying.h: the work of audit_verify.h, in two parts: the chain of
 * seals (audit_verify.c) and the rows of some of them (audit_window.c). */
#ifndef DATABASE_AUDIT_VERIFYING_H
#define DATABASE_AUDIT_VERIFYING_H

#include "base/attr.h"
#include "database/audit_place.h"
#include "database/audit_verify.h"
#include "database/ordinals.h"

typedef struct verifying {
    arena *a;
    target *t;
    const audit_key *key;
    audit_flaw_fn *tell;
    void *context;
    audit_verdict *out;

    /* The chain so far. */
    int64_t number;
    char hash[2 * SHA256_BYTES];
    int64_t next_row;
    bool has_signed;
    ordinal_range *pruned_ranges;
    size_t pruned_range_count;

    ordinals pruned;
    audit_place last; /* that is sealed */
    buf scratch;
} verifying;

void audit_verifying_tell(verifying *v, audit_flaw flaw, int64_t count,
                          const char *format, ...) PRINTF_LIKE(4, 5);

/* Compares the rows between behind and the last seal's place with what was
 * sealed of them; v->pruned is known. The seals have their row_hashes. */
fallible audit_window_check(arena *a, verifying *v, const audit_entries *seals,
                            audit_place behind);

/* The rows behind all seals: do they have their own hashes? */
fallible audit_window_check_rest(arena *a, verifying *v);

#endif
