/*
 * idempotency.h: writes that bring an Idempotency-Key are done once.
 *
 * The answer is made inside the transaction and kept there (receipt.h). A
 * repetition is given its status, its body and the headers that came with them
 * once more, and Idempotent-Replayed: true.
 *
 * A request is the same when its method, its path with the query, the headers
 * that change what it does or is answered, and its body are the same.
 */
#ifndef API_REST_IDEMPOTENCY_H
#define API_REST_IDEMPOTENCY_H

#include "api/rest/rest_request.h"
#include "database/mutation.h"

typedef struct idempotent_write {
    rest_request *request; /* with an idempotency_key */
    const mutation *const *mutations;
    size_t count;
    /* Writes the answer of the results into the request's reply, from the start
     * each time it is asked. Must not suspend: see receipt_seal. */
    err *(*answer)(void *context, arena *a, const mutation_result *results);
    void *context;
    size_t failed_at; /* which mutation, or count */
} idempotent_write;

/* Runs the mutations, or finds that they were run, and answers the request.
 * ERR_INVALID for a key that is none, ERR_UNSUPPORTED where none can be kept.
 * Suspends. */
fallible idempotent_write_serve(arena *a, idempotent_write *w);

/* Whose keys are apart from others'. */
str idempotency_scope(const principal *p);

#endif
