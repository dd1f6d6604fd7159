/*
 * write_rate.h: how long a write of many rows will take.
 *
 * How long a row of each kind took is measured whenever many are written, and
 * kept as a moving average for all workers; it begins with what a slow machine
 * needs. A write that would not end in its time is refused before it begins and
 * keeps nobody waiting. Each refusal moves the average a little towards where it
 * began, so that a bad hour does not shut the door for good.
 */
#ifndef CORE_WRITE_RATE_H
#define CORE_WRITE_RATE_H

#include <stdatomic.h>

#include "core/caller.h"
#include "database/mutation.h"

enum {
    WRITE_RATE_ROWS = 1000, /* fewer are neither measured nor refused */
    /* A job may take so many times as long as a request. */
    WRITE_RATE_JOB_FACTOR = 10,
};

typedef struct write_rate {
    atomic_llong ns_per_row[MUTATION_CALL]; /* by kind */
    long long seed;                         /* where they began */
    int64_t limit_ms;                       /* of a request's transaction */
} write_rate;

void write_rate_init(write_rate *r, engine_kind engine, int64_t limit_ms);

/* What a transaction will write, as far as that is known. */
typedef struct write_load {
    int64_t rows[MUTATION_CALL];
    int64_t total;
    const model *model; /* of the first of them */
} write_load;

void write_load_add(write_load *l, const mutation *m);

int64_t write_rate_estimate_ms(const write_rate *r, const write_load *l);

/* ERR_TOO_LARGE when it cannot end in the caller's time. *limit_ms is what the
 * transaction is given, or 0: as any other. */
fallible write_rate_check(const caller *c, const write_load *l,
                          int64_t *limit_ms);

void write_rate_learn(write_rate *r, const write_load *l, int64_t took_us);

#endif
