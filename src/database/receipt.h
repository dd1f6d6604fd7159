/*
 * receipt.h: what a transaction leaves behind that is to happen only once.
 *
 * Whoever does not know whether a write of theirs happened sends it again,
 * under the same key. The transaction keeps its answer in a table of ours,
 *
 *     tenon_idempotency on SQLite, tenon.idempotency on PostgreSQL
 *
 * next to what it writes, so that there is either both or neither. Who comes
 * with a key that has an answer is given that and writes nothing. The answer
 * follows from the results, so it is made inside the transaction.
 *
 * A receipt is kept for RECEIPT_LIFE_HOURS; each write with one takes a few old
 * ones away.
 */
#ifndef DATABASE_RECEIPT_H
#define DATABASE_RECEIPT_H

#include "base/err.h"
#include "database/mutation.h"

enum {
    RECEIPT_LIFE_HOURS = 24,
    RECEIPT_MAX_BYTES = 4 * 1024 * 1024, /* of the body */
    RECEIPT_PRUNED = 16,                 /* by each write, at most */
};

typedef struct receipt_answer {
    int status;
    str headers; /* text without NUL */
    str body;
} receipt_answer;

/* Makes the answer of the results, one for each mutation; an err undoes them.
 * May run on a thread of the engine's while the caller's fiber waits, and more
 * than once when the transaction is tried again: it must not suspend, and may
 * change nothing but the context and the arena. */
typedef err *receipt_seal(void *context, arena *a,
                          const mutation_result *results, receipt_answer *out);

typedef struct receipt {
    str scope;       /* whose key it is */
    str key;         /* visible ASCII */
    str fingerprint; /* of the request; the same key for another is refused */
    int64_t now_ms;  /* SQLite's; PostgreSQL has a clock that all share */
    receipt_seal *seal;
    void *context;

    /* Filled in: the answer, and whether it was there before. */
    bool is_repeat;
    receipt_answer answer;
} receipt;

/* ERR_KEY_REUSED: the key has another request's fingerprint. */
fallible receipt_refuse_reuse(arena *a);

/* ERR_KEY_BUSY: somebody is at it right now. */
fallible receipt_refuse_busy(arena *a);

/* Asks the seal. ERR_TOO_LARGE for more than RECEIPT_MAX_BYTES. */
fallible receipt_make(arena *a, receipt *r, const mutation_result *results);

#endif
