/*
 * app.h: what all workers share and nobody writes: the loaded application.
 */
#ifndef CORE_APP_H
#define CORE_APP_H

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "core/exposure.h"
#include "core/impersonation.h"
#include "database/database.h"
#include "io/bell.h"
#include "io/blocking.h"
#include "io/http_client.h"
#include "schema/schema.h"

/* What becomes of a write that succeeded. */
typedef struct tx_end {
    bool is_rollback; /* undone, for trials */
    bool may_differ;  /* a request may ask for the other */
} tx_end;

/* What the descriptions of the interface are about. */
typedef enum describes {
    DESCRIBES_ALLOWED, /* what the caller may do */
    DESCRIBES_ALL,
    DESCRIBES_NOTHING, /* there are none */
} describes;

typedef struct policy_source policy_source;
typedef struct operator_rules operator_rules;
typedef struct hook_source hook_source;
typedef struct job_kind job_kind;         /* job.h */
typedef struct job_schedule job_schedule; /* job_schedule.h */
typedef struct job_bell job_bell;
typedef struct write_rate write_rate;

typedef struct app {
    const schema *schema;
    /* Functions of the database that clients may call beside the schema's own,
     * from database schemas that somebody has named: foreign ones and their
     * shapes, no models. NULL: none. */
    const schema *called;
    const schema *system; /* Tenon's own tables (system_schema.h), or NULL */
    uint64_t generation;  /* of the schema, where that is read again */
    database *database;
    int64_t max_rows;  /* the most rows a read returns, or QUERY_NO_LIMIT */
    bool has_replicas; /* callers say what they have seen */
    bool is_dev_open;  /* --dev-open: policies are not asked */
    tx_end tx_end;
    const impersonation *impersonation; /* or NULL: the rights are ours */
    const map *role_settings; /* with that: scope_settings of its roles */
    exposure exposed;         /* no names: all that models are in */
    const str *cors_origins;  /* whose pages may ask, with credentials */
    size_t cors_origin_count; /* 0: any, without */
    describes describes;
    bool tells_times;                /* Server-Timing */
    bool allows_plans;               /* of reads, for who asks */
    bool allows_aggregates;          /* sums and counts of groups of rows */
    const policy_source *policies;   /* or NULL: the schema's rules */
    const operator_rules *operators; /* or NULL: nobody is the operator */
    const hook_source *const *hooks; /* hook_source_count of them */
    size_t hook_source_count;
    const job_kind *const *job_kinds; /* job_kind_count of them */
    size_t job_kind_count;
    const job_schedule *const *job_schedules; /* job_schedule_count of them */
    size_t job_schedule_count;
    job_bell *job_bell;      /* or NULL: no jobs run in this process */
    write_rate *write_rate;  /* or NULL: writes are of any size */
    const logger *log;       /* or NULL */
    const fake_clock *clock; /* NULL: the system's */
    bell *feed_bell;         /* rung behind changes; or NULL: nobody waits */
    http_client *http;       /* for what goes out; or NULL */
    blocking_pool *blocking; /* or NULL */
    bool is_uncompressed;    /* replies are, whatever a client accepts */
    size_t etag_size;        /* from here on reads have an ETag; 0: none */
} app;

#endif
