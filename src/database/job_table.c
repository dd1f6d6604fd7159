#include "database/job_table.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "database/sql.h"

const str JOB_TABLE_COLUMNS[JOB_TABLE_COLUMN_COUNT] = {
    [JOB_TABLE_ID] = STR_INIT("id"),
    [JOB_TABLE_KIND] = STR_INIT("kind"),
    [JOB_TABLE_STATUS] = STR_INIT("status"),
    [JOB_TABLE_CREATED_AT] = STR_INIT("created_at"),
    [JOB_TABLE_RUN_AT] = STR_INIT("run_at"),
    [JOB_TABLE_FINISHED_AT] = STR_INIT("finished_at"),
    [JOB_TABLE_ATTEMPTS] = STR_INIT("attempts"),
    [JOB_TABLE_MAX_ATTEMPTS] = STR_INIT("max_attempts"),
    [JOB_TABLE_PRIORITY] = STR_INIT("priority"),
    [JOB_TABLE_UNIQUE_KEY] = STR_INIT("unique_key"),
    [JOB_TABLE_ORGANIZATION_ID] = STR_INIT("organization_id"),
    [JOB_TABLE_LOCKED_BY] = STR_INIT("locked_by"),
    [JOB_TABLE_LOCKED_UNTIL] = STR_INIT("locked_until"),
    [JOB_TABLE_IS_CANCELLED] = STR_INIT("is_cancelled"),
    [JOB_TABLE_LAST_ERROR] = STR_INIT("last_error"),
    [JOB_TABLE_PAYLOAD] = STR_INIT("payload"),
    [JOB_TABLE_PROGRESS] = STR_INIT("progress"),
    [JOB_TABLE_ORIGIN] = STR_INIT("origin"),
};

enum { MAX_PARAMETERS = 8 };

/* A statement as it is written, with its parameters. */
typedef struct asking {
    arena *a;
    target *target;
    bool is_lite;
    buf sql;
    str parameters[MAX_PARAMETERS];
    size_t count;
} asking;

static asking asking_of(arena *a, target *t) {
    return (asking){.a = a,
                    .target = t,
                    .is_lite = target_engine(t) == ENGINE_SQLITE,
                    .sql = buf_new(SQL_MAX)};
}

/* $1::uuid; SQLite has no types here. */
static void put(asking *q, str parameter, const char *type) {
    q->parameters[q->count++] = parameter;
    buf_printf(&q->sql, "$%zu%s%s", q->count,
               q->is_lite ? "" : "::", q->is_lite ? "" : type);
}

static void put_now(asking *q) {
    char *text = arena_alloc(q->a, TIMESTAMP_LENGTH, 1);
    timestamp_format((timestamp){clock_wall_ms(NULL)}, text);
    put(q, (str){text, TIMESTAMP_LENGTH}, "timestamptz");
}

static void put_table(asking *q) {
    buf_append(&q->sql, q->is_lite ? STR("tenon_job") : STR("tenon.job"));
}

static void put_filter(asking *q, const job_table_filter *f) {
    if (!str_is_empty(f->id)) {
        buf_append(&q->sql, STR(" AND id = "));
        put(q, f->id, "uuid");
    }
    if (!str_is_empty(f->kind)) {
        buf_append(&q->sql, STR(" AND kind = "));
        put(q, f->kind, "text");
    }
    if (!str_is_empty(f->status)) {
        buf_append(&q->sql, STR(" AND status = "));
        put(q, f->status, "text");
    }
}

static bool is_time(job_table_column column) {
    return column == JOB_TABLE_CREATED_AT || column == JOB_TABLE_RUN_AT ||
           column == JOB_TABLE_FINISHED_AT || column == JOB_TABLE_LOCKED_UNTIL;
}

static void put_columns(asking *q) {
    for (job_table_column i = 0; i < JOB_TABLE_COLUMN_COUNT; i++) {
        str name = JOB_TABLE_COLUMNS[i];
        buf_append(&q->sql, i > 0 ? STR(", ") : STR(""));
        if (is_time(i) && !q->is_lite)
            buf_printf(&q->sql,
                       "to_char(%.*s AT TIME ZONE 'UTC',"
                       " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"')",
                       STR_ARG(name));
        else
            buf_append(&q->sql, name);
    }
}

static err *run(asking *q, target_rows *out) {
    err *e = target_query(q->a, q->target, buf_str(&q->sql), q->parameters,
                          q->count, out);
    buf_free(&q->sql);
    if (e == NULL || e->code != ERR_UNKNOWN_TABLE)
        return e;
    return err_with_hint(err_new(q->a, ERR_NOT_FOUND,
                                 "the database %.*s has no jobs",
                                 STR_ARG(target_label(q->target))),
                         STR("'tenon push' and 'tenon serve' make the table"));
}

/* Nothing has an id that is none, and PostgreSQL would call it a mistake. */
static bool has_no_id(const job_table_filter *wanted) {
    uuid ignored;
    return !str_is_empty(wanted->id) && !uuid_parse(wanted->id, &ignored);
}

err *job_table_list(arena *a, target *t, const job_table_filter *wanted,
                    size_t most, target_rows *out) {
    *out = (target_rows){0};
    if (has_no_id(wanted))
        return NULL;
    asking q = asking_of(a, t);
    buf_append(&q.sql, STR("SELECT "));
    put_columns(&q);
    buf_append(&q.sql, STR(" FROM "));
    put_table(&q);
    buf_append(&q.sql, STR(" WHERE 1 = 1"));
    put_filter(&q, wanted);
    buf_printf(&q.sql, " ORDER BY id DESC LIMIT %zu", most);
    return run(&q, out);
}

/* Each row that was changed comes back. */
static err *change(asking *q, const job_table_filter *wanted, size_t *count) {
    target_rows changed;
    put_filter(q, wanted);
    buf_append(&q->sql, STR(" RETURNING id"));
    TRY(run(q, &changed));
    *count += changed.row_count;
    return NULL;
}

err *job_table_retry(arena *a, target *t, const job_table_filter *wanted,
                     size_t *count) {
    *count = 0;
    if (has_no_id(wanted))
        return NULL;
    asking q = asking_of(a, t);
    buf_append(&q.sql, STR("UPDATE "));
    put_table(&q);
    buf_append(&q.sql, STR(" SET status = 'queued', attempts = 0,"
                           " is_cancelled = false, finished_at = NULL,"
                           " run_at = "));
    put_now(&q);
    buf_append(&q.sql, STR(" WHERE status IN ('failed', 'cancelled')"));
    return change(&q, wanted, count);
}

err *job_table_cancel(arena *a, target *t, const job_table_filter *wanted,
                      size_t *count) {
    *count = 0;
    if (has_no_id(wanted))
        return NULL;
    asking queued = asking_of(a, t);
    buf_append(&queued.sql, STR("UPDATE "));
    put_table(&queued);
    buf_append(&queued.sql,
               STR(" SET status = 'cancelled', is_cancelled = true,"
                   " finished_at = "));
    put_now(&queued);
    buf_append(&queued.sql, STR(" WHERE status = 'queued'"));
    TRY(change(&queued, wanted, count));
    asking running = asking_of(a, t);
    buf_append(&running.sql, STR("UPDATE "));
    put_table(&running);
    buf_append(&running.sql,
               STR(" SET is_cancelled = true WHERE status = 'running'"));
    return change(&running, wanted, count);
}

err *job_table_add(arena *a, target *t, str kind, str payload,
                   size_t max_attempts, str *id) {
    rand_source random = rand_secure();
    uuid_sequence sequence = {0};
    char *text = arena_alloc(a, UUID_LENGTH, 1);
    target_rows none;
    uuid_format(uuid_v7(&sequence, &random, clock_wall_ms(NULL)), text);
    *id = (str){text, UUID_LENGTH};
    asking q = asking_of(a, t);
    buf_append(&q.sql, STR("INSERT INTO "));
    put_table(&q);
    buf_append(&q.sql, STR(" (id, kind, payload, status, max_attempts, run_at,"
                           " created_at) VALUES ("));
    put(&q, *id, "uuid");
    buf_append(&q.sql, STR(", "));
    put(&q, kind, "text");
    buf_append(&q.sql, STR(", "));
    put(&q, payload, "jsonb");
    buf_printf(&q.sql, ", 'queued', %zu, ", max_attempts);
    put_now(&q);
    buf_append(&q.sql, STR(", "));
    put_now(&q);
    buf_append(&q.sql, STR(")"));
    return run(&q, &none);
}
