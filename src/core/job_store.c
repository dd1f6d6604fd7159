#include "core/job_store.h"

#include "base/assert.h"
#include "base/clock.h"
#include "core/job_row.h"
#include "core/mutation_engine.h"
#include "core/planner.h"
#include "database/filter.h"

enum {
    PRUNED_AT_ONCE = 500,
    KEEP_FAILED_TIMES = 4,
    BACK_OFF_FIRST_MS = 2 * 1000,
    BACK_OFF_MOST_MS = 60 * 60 * 1000,
    BACK_OFF_DOUBLINGS = 11, /* to the most */
};

/* ---- Trees -------------------------------------------------------------- */

static const field *column(const caller *c, job_column which) {
    return job_row_field(c->app, which);
}

static int64_t now_of(const caller *c) {
    return clock_wall_ms(c->app->clock);
}

static const filter *is(const caller *c, job_column which, value v) {
    return filter_compare(c->arena, column(c, which), COMPARE_EQ, v);
}

static const filter *has_status(const caller *c, const char *status) {
    return is(c, JOB_STATUS, job_row_text(str_of(status)));
}

static query_column *columns_of(const caller *c, const job_column *which,
                                size_t count) {
    query_column *out = arena_new_array(c->arena, query_column, count);
    for (size_t i = 0; i < count; i++)
        out[i] = query_column_of(column(c, which[i]));
    return out;
}

typedef struct cell {
    job_column column;
    value value;
} cell;

/* An update of ours, in the arena. */
static mutation *update_of(const caller *c, const cell *cells, size_t count,
                           const filter *where) {
    const field **fields = arena_new_array(c->arena, const field *, count);
    value *values = arena_new_array(c->arena, value, count);
    mutation *m = arena_new_array(c->arena, mutation, 1);
    for (size_t i = 0; i < count; i++) {
        fields[i] = column(c, cells[i].column);
        values[i] = cells[i].value;
    }
    *m = (mutation){
        .kind = MUTATION_UPDATE,
        .model = job_row_model(c->app),
        .fields = fields,
        .field_count = count,
        .values = values,
        .row_count = 1,
        .where = where,
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
    return m;
}

/* Rows of so many cells. */
typedef struct row_list {
    value *cells;
    size_t count;
} row_list;

static value keep(arena *a, value v) {
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES)
        v.text = arena_copy(a, v.text);
    return v;
}

static err *read_rows(const caller *c, const job_column *which, size_t width,
                      const query *wanted, row_list *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    query q = *wanted;
    size_t cell_count = 0;
    q.model = job_row_model(c->app);
    q.columns = columns_of(c, which, width);
    q.column_count = width;
    *out = (row_list){0};
    TRY(planner_read(c, &q, &rows));
    while (planner_next(rows)) {
        for (size_t i = 0; i < width; i++) {
            value v = keep(c->arena, rows->values[i]);
            ARENA_PUSH(c->arena, out->cells, cell_count, v);
        }
        out->count++;
    }
    return planner_end(rows);
}

/* ---- Taking ------------------------------------------------------------- */

static const job_column TAKEN[] = {
    JOB_ID,
    JOB_KIND,
    JOB_PAYLOAD,
    JOB_ORGANIZATION_ID,
    JOB_ORIGIN,
    JOB_LOCKED_BY,
    JOB_RUN_AT,
    JOB_ATTEMPTS,
    JOB_MAX_ATTEMPTS_ALLOWED,
    JOB_IS_CANCELLED,
};

static job_taken taken_of(const value *v) {
    return (job_taken){
        .id = job_row_read_text(&v[0]),
        .kind = job_row_read_text(&v[1]),
        .payload = job_row_read_text(&v[2]),
        .organization_id = job_row_read_text(&v[3]),
        .origin = job_row_read_text(&v[4]),
        .lease = job_row_read_text(&v[5]),
        .run_at = job_row_read_text(&v[6]),
        .attempts = job_row_read_int(&v[7]),
        .max_attempts = job_row_read_int(&v[8]),
        .is_cancelled = v[9].kind == VALUE_BOOL && v[9].boolean,
    };
}

typedef struct taking {
    const caller *caller;
    const job_kind *kind;
    job_lease lease;
    job_taken *jobs;
    size_t count;
} taking;

static void add_taken(taking *t, const mutation_result *r) {
    for (size_t i = 0; i < r->row_count; i++)
        ARENA_PUSH(t->caller->arena, t->jobs, t->count,
                   taken_of(&r->rows[i * LENGTH(TAKEN)]));
}

/* Pressing ones first; as the index has them. */
static query_order *order_of(const caller *c) {
    query_order *order = arena_new_array(c->arena, query_order, 2);
    order[0] =
        (query_order){.field = column(c, JOB_PRIORITY), .is_descending = true};
    order[1] = (query_order){.field = column(c, JOB_RUN_AT)};
    return order;
}

static const filter *due_of(const taking *t) {
    const caller *c = t->caller;
    const filter *const parts[] = {
        has_status(c, JOB_QUEUED),
        is(c, JOB_KIND, job_row_text(t->kind->name)),
        filter_compare(c->arena, column(c, JOB_RUN_AT), COMPARE_LTE,
                       job_row_time(c->arena, now_of(c))),
    };
    return filter_all(c->arena, parts, LENGTH(parts));
}

static mutation *take_update(const taking *t, value slot, value its_slot,
                             const filter *where) {
    const caller *c = t->caller;
    const cell cells[] = {
        {JOB_STATUS, job_row_text(STR(JOB_RUNNING))},
        {JOB_LOCKED_BY, job_row_text(t->lease.text)},
        {JOB_LOCKED_UNTIL, job_row_time(c->arena, now_of(c) + t->lease.ms)},
        {JOB_SLOT, slot},
        {JOB_ORGANIZATION_SLOT, its_slot},
    };
    mutation *m = update_of(c, cells, LENGTH(cells), where);
    m->returning = columns_of(c, TAKEN, LENGTH(TAKEN));
    m->returning_count = LENGTH(TAKEN);
    return m;
}

static err *take_any(taking *t, size_t most) {
    const caller *c = t->caller;
    mutation_result result;
    mutation *m = take_update(t, job_row_null(), job_row_null(), due_of(t));
    m->take = most;
    m->take_order = order_of(c);
    m->take_order_count = 2;
    TRY(mutation_engine_run(c, m, &result));
    add_taken(t, &result);
    return NULL;
}

/* ---- Taking what is limited --------------------------------------------- */

/* Which slots are taken: of the kind, and of its jobs of an organization. */
static const job_column USED[] = {JOB_SLOT, JOB_ORGANIZATION_ID,
                                  JOB_ORGANIZATION_SLOT};

static bool is_used(const row_list *used, size_t slot) {
    for (size_t i = 0; i < used->count; i++) {
        const value *v = &used->cells[i * LENGTH(USED)];
        if (v->kind == VALUE_INT && v->integer == (int64_t)slot)
            return true;
    }
    return false;
}

static bool is_used_by(const row_list *used, str organization, size_t slot) {
    for (size_t i = 0; i < used->count; i++) {
        const value *v = &used->cells[i * LENGTH(USED)];
        if (v[2].kind == VALUE_INT && v[2].integer == (int64_t)slot &&
            str_equal(job_row_read_text(&v[1]), organization))
            return true;
    }
    return false;
}

/* The first that is free; false: none. Without a limit there is no slot. */
static bool find_slot(const row_list *used, unsigned limit, value *out) {
    size_t slot = 0;
    *out = job_row_null();
    while (slot < limit && is_used(used, slot))
        slot++;
    if (slot < limit)
        *out = job_row_int((int64_t)slot);
    return limit == 0 || slot < limit;
}

static bool find_slot_of(const row_list *used, unsigned limit, str organization,
                         value *out) {
    size_t slot = 0;
    *out = job_row_null();
    if (str_is_empty(organization))
        return true;
    while (slot < limit && is_used_by(used, organization, slot))
        slot++;
    if (slot < limit)
        *out = job_row_int((int64_t)slot);
    return limit == 0 || slot < limit;
}

static err *read_used(const taking *t, row_list *out) {
    const caller *c = t->caller;
    const filter *const parts[] = {
        has_status(c, JOB_RUNNING),
        is(c, JOB_KIND, job_row_text(t->kind->name)),
    };
    query q = {.where = filter_all(c->arena, parts, LENGTH(parts)),
               .limit = QUERY_NO_LIMIT};
    return read_rows(c, USED, LENGTH(USED), &q, out);
}

/* Organizations that have all that they may. */
static const filter *without_full(const taking *t, const row_list *used,
                                  const filter *due) {
    const caller *c = t->caller;
    value *full = NULL;
    size_t count = 0;
    for (size_t i = 0; i < used->count; i++) {
        const value *organization = &used->cells[i * LENGTH(USED) + 1];
        value ignored;
        if (!find_slot_of(used, t->kind->limit_of_organization,
                          job_row_read_text(organization), &ignored))
            ARENA_PUSH(c->arena, full, count, *organization);
    }
    if (count == 0)
        return due;
    const field *organization = column(c, JOB_ORGANIZATION_ID);
    const filter *const either[] = {
        filter_is_null(c->arena, organization),
        filter_not(c->arena, filter_in(c->arena, organization, full, count)),
    };
    const filter *const parts[] = {
        due, filter_any(c->arena, either, LENGTH(either))};
    return filter_all(c->arena, parts, LENGTH(parts));
}

static void note_used(const taking *t, row_list *used, value slot, value owner,
                      value its_slot) {
    size_t cells = used->count++ * LENGTH(USED);
    const value row[] = {slot, owner, its_slot};
    for (size_t i = 0; i < LENGTH(row); i++)
        ARENA_PUSH(t->caller->arena, used->cells, cells, row[i]);
}

/* *is_lost: somebody else has it, or its slot. */
static err *take_one(taking *t, const value *candidate, row_list *used,
                     bool *is_lost) {
    const caller *c = t->caller;
    const job_kind *k = t->kind;
    value slot;
    value its_slot;
    str owner = job_row_read_text(&candidate[1]);
    if (!find_slot(used, k->limit, &slot) ||
        !find_slot_of(used, k->limit_of_organization, owner, &its_slot))
        return NULL;
    const filter *const parts[] = {is(c, JOB_ID, candidate[0]),
                                   has_status(c, JOB_QUEUED)};
    mutation *m = take_update(t, slot, its_slot,
                              filter_all(c->arena, parts, LENGTH(parts)));
    mutation_result result;
    err *e = mutation_engine_run(c, m, &result);
    if (e != NULL && e->code != ERR_UNIQUE_VIOLATION)
        return e;
    *is_lost = e != NULL || result.row_count == 0;
    if (!*is_lost) {
        note_used(t, used, slot, candidate[1], its_slot);
        add_taken(t, &result);
    }
    return NULL;
}

static err *find_any(const taking *t, bool *out) {
    const caller *c = t->caller;
    const job_column id = JOB_ID;
    mutation_result found;
    TRY(job_row_look(c, job_row_model(c->app), columns_of(c, &id, 1), 1,
                     due_of(t), 1, &found));
    *out = found.row_count > 0;
    return NULL;
}

static err *take_limited(taking *t, size_t most, bool *is_contended) {
    static const job_column CANDIDATE[] = {JOB_ID, JOB_ORGANIZATION_ID};
    row_list used;
    row_list candidates;
    value ignored;
    bool has_any = false;
    TRY(find_any(t, &has_any));
    if (!has_any)
        return NULL;
    TRY(read_used(t, &used));
    if (!find_slot(&used, t->kind->limit, &ignored))
        return NULL;
    query q = {
        .where = without_full(t, &used, due_of(t)),
        .order = order_of(t->caller),
        .order_count = 2,
        .limit = (int64_t)most,
    };
    TRY(read_rows(t->caller, CANDIDATE, LENGTH(CANDIDATE), &q, &candidates));
    for (size_t i = 0; i < candidates.count; i++) {
        bool is_lost = false;
        TRY(take_one(t, &candidates.cells[i * LENGTH(CANDIDATE)], &used,
                     &is_lost));
        *is_contended |= is_lost;
    }
    return NULL;
}

err *job_store_take(const caller *c, const job_kind *kind, job_lease lease,
                    size_t most, job_taken **out, size_t *count,
                    bool *is_contended) {
    taking t = {.caller = c, .kind = kind, .lease = lease};
    bool is_limited = kind->limit > 0 || kind->limit_of_organization > 0;
    *is_contended = false;
    TRY(is_limited ? take_limited(&t, most, is_contended) : take_any(&t, most));
    *out = t.jobs;
    *count = t.count;
    return NULL;
}

/* ---- Ending ------------------------------------------------------------- */

static const filter *held(const caller *c, str id, str lease) {
    const filter *const parts[] = {
        is(c, JOB_ID, job_row_text(id)),
        is(c, JOB_LOCKED_BY, job_row_text(lease)),
        has_status(c, JOB_RUNNING),
    };
    return filter_all(c->arena, parts, LENGTH(parts));
}

static str status_of(job_end end) {
    static const str STATUS[] = {
        [JOB_END_SUCCESS] = STR_INIT(JOB_SUCCEEDED),
        [JOB_END_FAILURE] = STR_INIT(JOB_FAILED),
        [JOB_END_RETRY] = STR_INIT(JOB_QUEUED),
        [JOB_END_CANCELLED] = STR_INIT(JOB_CANCELLED),
        [JOB_END_GIVEN_BACK] = STR_INIT(JOB_QUEUED),
    };
    return STATUS[end];
}

/* The same columns whatever has become of it: one statement. */
static mutation *end_update(const caller *c, const job_result *r) {
    arena *a = c->arena;
    int64_t now_ms = now_of(c);
    bool is_over = r->end != JOB_END_RETRY && r->end != JOB_END_GIVEN_BACK;
    bool was_tried = r->end != JOB_END_GIVEN_BACK;
    const cell cells[] = {
        {JOB_STATUS, job_row_text(status_of(r->end))},
        {JOB_ATTEMPTS, job_row_int(r->job->attempts + was_tried)},
        {JOB_RUN_AT, r->end == JOB_END_RETRY ? job_row_time(a, r->retry_at_ms)
                                             : job_row_text(r->job->run_at)},
        {JOB_LAST_ERROR, job_row_text_or_null(r->error)},
        {JOB_LOCKED_BY, job_row_null()},
        {JOB_LOCKED_UNTIL, job_row_null()},
        {JOB_SLOT, job_row_null()},
        {JOB_ORGANIZATION_SLOT, job_row_null()},
        {JOB_FINISHED_AT, is_over ? job_row_time(a, now_ms) : job_row_null()},
    };
    return update_of(c, cells, LENGTH(cells),
                     held(c, r->job->id, r->job->lease));
}

err *job_store_end(const caller *c, job_result *results, size_t count) {
    const mutation **all = arena_new_array(c->arena, const mutation *, count);
    mutation_result *made = arena_new_array(c->arena, mutation_result, count);
    size_t failed_at;
    for (size_t i = 0; i < count; i++)
        all[i] = end_update(c, &results[i]);
    TRY(mutation_engine_run_all(c, all, count, made, &failed_at));
    for (size_t i = 0; i < count; i++)
        results[i].was_written = made[i].affected > 0;
    return NULL;
}

/* ---- Leases ------------------------------------------------------------- */

err *job_store_renew(const caller *c, const str *leases, size_t count,
                     int64_t ms, job_renewed **out, size_t *out_count) {
    static const job_column RENEWED[] = {JOB_ID, JOB_LOCKED_BY,
                                         JOB_IS_CANCELLED};
    arena *a = c->arena;
    mutation_result result;
    value *texts = arena_new_array(a, value, count);
    for (size_t i = 0; i < count; i++)
        texts[i] = job_row_text(leases[i]);
    const filter *const parts[] = {
        has_status(c, JOB_RUNNING),
        filter_in(a, column(c, JOB_LOCKED_BY), texts, count),
    };
    const cell cells[] = {{JOB_LOCKED_UNTIL, job_row_time(a, now_of(c) + ms)}};
    mutation *m =
        update_of(c, cells, LENGTH(cells), filter_all(a, parts, LENGTH(parts)));
    m->returning = columns_of(c, RENEWED, LENGTH(RENEWED));
    m->returning_count = LENGTH(RENEWED);
    TRY(mutation_engine_run(c, m, &result));
    *out = arena_new_array(a, job_renewed, result.row_count);
    *out_count = result.row_count;
    for (size_t i = 0; i < result.row_count; i++) {
        const value *v = &result.rows[i * LENGTH(RENEWED)];
        (*out)[i] = (job_renewed){
            .id = job_row_read_text(&v[0]),
            .lease = job_row_read_text(&v[1]),
            .is_cancelled = v[2].kind == VALUE_BOOL && v[2].boolean,
        };
    }
    return NULL;
}

/* An attempt has ended of which nobody says how. */
static job_result abandoned(const job_taken *job, int64_t now_ms) {
    job_result r = {
        .job = job,
        .error = STR("the process that ran it is gone"),
        .end = JOB_END_RETRY,
        .retry_at_ms = now_ms,
    };
    if (job->is_cancelled)
        r.end = JOB_END_CANCELLED;
    else if (job->attempts + 1 >= job->max_attempts)
        r.end = JOB_END_FAILURE;
    return r;
}

static const filter *lapsed(const caller *c, bool is_alone) {
    const filter *const parts[] = {
        has_status(c, JOB_RUNNING),
        filter_compare(c->arena, column(c, JOB_LOCKED_UNTIL), COMPARE_LT,
                       job_row_time(c->arena, now_of(c))),
    };
    return filter_all(c->arena, parts, is_alone ? 1 : LENGTH(parts));
}

err *job_store_reclaim(const caller *c, bool is_alone, size_t *count) {
    mutation_result found;
    *count = 0;
    TRY(job_row_look(c, job_row_model(c->app),
                     columns_of(c, TAKEN, LENGTH(TAKEN)), LENGTH(TAKEN),
                     lapsed(c, is_alone), 0, &found));
    if (found.row_count == 0)
        return NULL;
    job_taken *jobs = arena_new_array(c->arena, job_taken, found.row_count);
    job_result *ends = arena_new_array(c->arena, job_result, found.row_count);
    for (size_t i = 0; i < found.row_count; i++) {
        jobs[i] = taken_of(&found.rows[i * LENGTH(TAKEN)]);
        ends[i] = abandoned(&jobs[i], now_of(c));
    }
    TRY(job_store_end(c, ends, found.row_count));
    for (size_t i = 0; i < found.row_count; i++)
        *count += ends[i].was_written;
    return NULL;
}

/* ---- The rest ----------------------------------------------------------- */

static err *prune(const caller *c, const str *statuses, size_t status_count,
                  int64_t before_ms, size_t *count) {
    arena *a = c->arena;
    value *texts = arena_new_array(a, value, status_count);
    for (size_t i = 0; i < status_count; i++)
        texts[i] = job_row_text(statuses[i]);
    const filter *const parts[] = {
        filter_compare(a, column(c, JOB_FINISHED_AT), COMPARE_LT,
                       job_row_time(a, before_ms)),
        filter_in(a, column(c, JOB_STATUS), texts, status_count),
    };
    const query_order order = {.field = column(c, JOB_FINISHED_AT)};
    mutation m = {
        .kind = MUTATION_DELETE,
        .model = job_row_model(c->app),
        .where = filter_all(a, parts, LENGTH(parts)),
        .take = PRUNED_AT_ONCE,
        .take_order = &order,
        .take_order_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
    mutation_result result;
    TRY(mutation_engine_run(c, &m, &result));
    *count += (size_t)result.affected;
    return NULL;
}

err *job_store_prune(const caller *c, int64_t keep_ms, size_t *count) {
    static const str DONE[] = {STR_INIT(JOB_SUCCEEDED),
                               STR_INIT(JOB_CANCELLED)};
    static const str FAILED[] = {STR_INIT(JOB_FAILED)};
    int64_t now_ms = now_of(c);
    *count = 0;
    TRY(prune(c, DONE, LENGTH(DONE), now_ms - keep_ms, count));
    return prune(c, FAILED, LENGTH(FAILED),
                 now_ms - keep_ms * KEEP_FAILED_TIMES, count);
}

int64_t job_store_back_off_ms(rand_source *random, int64_t attempts) {
    int64_t doublings =
        attempts < BACK_OFF_DOUBLINGS ? attempts : BACK_OFF_DOUBLINGS;
    int64_t most = (int64_t)BACK_OFF_FIRST_MS
                   << (doublings > 0 ? doublings : 0);
    if (most > BACK_OFF_MOST_MS)
        most = BACK_OFF_MOST_MS;
    return (int64_t)rand_below(random, (uint64_t)most) + 1;
}
