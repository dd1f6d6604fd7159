#include "core/job_prune.h"

#include "core/job_store.h"

#define NAME "job.prune"

const job_schedule JOB_PRUNE_SCHEDULE = {
    .name = STR_INIT(NAME),
    .kind = STR_INIT(NAME),
    .cron = STR_INIT("17 * * * *"),
};

_Static_assert(offsetof(job_prune, kind) == 0, "a kind is the whole");

static err *run(const job_kind *self, job_run *r) {
    const job_prune *p = (const job_prune *)self;
    size_t count = 0;
    do
        TRY(job_store_prune(r->caller, p->keep_ms, &count));
    while (count > 0 && !r->is_cancelled);
    return NULL;
}

job_prune job_prune_of(int64_t keep_ms) {
    return (job_prune){
        .kind = {.name = STR(NAME), .run = run},
        .keep_ms = keep_ms,
    };
}
