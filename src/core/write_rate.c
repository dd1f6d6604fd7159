#include "core/write_rate.h"

#include <inttypes.h>

enum {
    NS_PER_MS = 1000 * 1000,
    /* Of what is estimated: half of the rows may be slower than the average,
     * and others wait for the same disk. */
    MARGIN = 2,
    /* How much a measurement counts. */
    WEIGHT = 8,
};

static const struct seed {
    long long ns_per_row;
} SEEDS[] = {
    [ENGINE_SQLITE] = {50 * 1000},
    [ENGINE_POSTGRESQL] = {100 * 1000},
};

void write_rate_init(write_rate *r, engine_kind engine, int64_t limit_ms) {
    r->limit_ms = limit_ms;
    r->seed = SEEDS[engine].ns_per_row;
    for (size_t i = 0; i < LENGTH(r->ns_per_row); i++)
        atomic_init(&r->ns_per_row[i], r->seed);
}

/* Of an update or a delete it is known only what hooks have seen. */
static int64_t rows_of(const mutation *m) {
    if (m->kind == MUTATION_CALL || mutation_is_look(m))
        return 0;
    if (m->kind == MUTATION_INSERT)
        return (int64_t)m->row_count;
    return m->expected != NULL ? m->expected->affected : 0;
}

void write_load_add(write_load *l, const mutation *m) {
    int64_t rows = rows_of(m);
    if (rows == 0)
        return;
    l->rows[m->kind] += rows;
    l->total += rows;
    if (l->model == NULL)
        l->model = m->model;
}

int64_t write_rate_estimate_ms(const write_rate *r, const write_load *l) {
    int64_t ns = 0;
    for (size_t i = 0; i < LENGTH(l->rows); i++)
        ns += l->rows[i] *
              atomic_load_explicit(&r->ns_per_row[i], memory_order_relaxed);
    return ns / NS_PER_MS;
}

/* As 12 s, or below one second 0.4 s. */
static str seconds(arena *a, int64_t ms) {
    return ms < 1000 ? arena_printf(a, "0.%" PRId64 " s", (ms + 99) / 100)
                     : arena_printf(a, "%" PRId64 " s", (ms + 999) / 1000);
}

static err *refuse(const caller *c, const write_load *l, int64_t estimate_ms,
                   int64_t limit_ms) {
    arena *a = c->arena;
    str time = seconds(a, estimate_ms);
    str limit = seconds(a, limit_ms);
    int64_t most = l->total * limit_ms / MARGIN / estimate_ms;
    err *e = err_new(a, ERR_TOO_LARGE,
                     "writing %" PRId64 " rows of \"%.*s\" would take too long",
                     l->total, STR_ARG(l->model->table));
    e = err_with_details(
        e, arena_printf(a,
                        "about %.*s at the rate of the last writes; one "
                        "request may take %.*s, with a margin of two",
                        STR_ARG(time), STR_ARG(limit)));
    return err_with_hint(
        e, arena_printf(a,
                        "send at most %" PRId64 " rows at once, or with "
                        "Prefer: respond-async, which makes a job of it",
                        most));
}

/* Who learns at the same time may be lost. */
static void move_towards(write_rate *r, size_t kind, long long sample) {
    long long before =
        atomic_load_explicit(&r->ns_per_row[kind], memory_order_relaxed);
    atomic_store_explicit(&r->ns_per_row[kind],
                          before + (sample - before) / WEIGHT,
                          memory_order_relaxed);
}

/* Nothing is measured while all is refused. */
static void doubt(write_rate *r, const write_load *l) {
    for (size_t i = 0; i < LENGTH(l->rows); i++) {
        if (l->rows[i] > 0 &&
            atomic_load_explicit(&r->ns_per_row[i], memory_order_relaxed) >
                r->seed)
            move_towards(r, i, r->seed);
    }
}

err *write_rate_check(const caller *c, const write_load *l, int64_t *limit_ms) {
    write_rate *r = c->app->write_rate;
    int64_t limit =
        c->is_job ? r->limit_ms * WRITE_RATE_JOB_FACTOR : r->limit_ms;
    int64_t estimate = write_rate_estimate_ms(r, l);
    *limit_ms = 0;
    if (estimate * MARGIN > limit) {
        doubt(r, l);
        return refuse(c, l, estimate, limit);
    }
    int64_t longer = estimate * MARGIN * MARGIN;
    if (c->is_job && longer > r->limit_ms)
        *limit_ms = longer < limit ? longer : limit;
    return NULL;
}

void write_rate_learn(write_rate *r, const write_load *l, int64_t took_us) {
    for (size_t i = 0; i < LENGTH(l->rows); i++) {
        if (l->rows[i] == l->total) /* of several kinds nothing is learnt */
            move_towards(r, i, took_us * 1000 / l->total);
    }
}
