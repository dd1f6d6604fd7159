#include "core/job.h"

#include "base/assert.h"
#include "base/clock.h"
#include "core/job_row.h"
#include "core/mutation_engine.h"
#include "core/system_caller.h"
#include "database/filter.h"
#include "database/system_schema.h"

enum { ORIGIN_MAX = 64 * 1024 };

const job_kind *job_find_kind(const app *application, str name) {
    for (size_t i = 0; i < application->job_kind_count; i++)
        if (str_equal(application->job_kinds[i]->name, name))
            return application->job_kinds[i];
    return NULL;
}

void job_wake(const app *application) {
    job_bell *b = application->job_bell;
    if (b == NULL)
        return;
    atomic_fetch_add(&b->rings, 1);
    bell_ring(b->bell);
}

/* ---- Rows --------------------------------------------------------------- */

/* What a new row says; the rest is null or the default. */
static const job_column WRITTEN[] = {
    JOB_ID,         JOB_KIND,
    JOB_PAYLOAD,    JOB_UNIQUE_KEY,
    JOB_STATUS,     JOB_RUN_AT,
    JOB_PRIORITY,   JOB_ORGANIZATION_ID,
    JOB_ORIGIN,     JOB_MAX_ATTEMPTS_ALLOWED,
    JOB_CREATED_AT,
};

static str new_id(const caller *c, int64_t now_ms) {
    char text[UUID_LENGTH];
    uuid_format(uuid_v7(&c->ids->uuids, &c->ids->random, now_ms), text);
    return arena_copy(c->arena, (str){text, sizeof text});
}

static str origin_of(const caller *c, const job_wanted *w) {
    const change_origin *origin = w->origin != NULL ? w->origin : c->origin;
    if (origin == NULL)
        return (str){0};
    CLEANUP(buf_free) buf text = buf_new(ORIGIN_MAX);
    origin_write(&text, origin);
    return text.is_overflown ? (str){0} : arena_copy(c->arena, buf_str(&text));
}

static int64_t attempts_of(const caller *c, const job_wanted *w) {
    const job_kind *kind = job_find_kind(c->app, w->kind);
    if (w->max_attempts > 0)
        return w->max_attempts;
    return kind != NULL && kind->max_attempts > 0 ? kind->max_attempts
                                                  : JOB_MAX_ATTEMPTS;
}

static err *write_row(const caller *c, const job_wanted *w, int64_t now_ms,
                      value *cells) {
    arena *a = c->arena;
    str payload = str_is_empty(w->payload) ? STR("{}") : w->payload;
    if (payload.len > JOB_MAX_PAYLOAD)
        return err_new(a, ERR_TOO_LARGE,
                       "the payload of a job is more than %d bytes",
                       JOB_MAX_PAYLOAD);
    value row[] = {
        job_row_text(new_id(c, now_ms)),
        job_row_text(w->kind),
        job_row_text(payload),
        job_row_text_or_null(w->unique_key),
        job_row_text(STR(JOB_QUEUED)),
        job_row_time(a, w->run_at_ms > 0 ? w->run_at_ms : now_ms),
        job_row_int(w->priority),
        job_row_text_or_null(w->organization_id),
        job_row_text_or_null(origin_of(c, w)),
        job_row_int(attempts_of(c, w)),
        job_row_time(a, now_ms),
    };
    _Static_assert(LENGTH(row) == LENGTH(WRITTEN), "a cell for each column");
    memcpy(cells, row, sizeof row);
    return NULL;
}

/* The key that is for jobs that are not finished. */
static const key *unique_key_of(const model *m) {
    for (size_t i = 0; i < m->unique_count; i++)
        if (m->uniques[i].fields[1] == m->columns[JOB_UNIQUE_KEY])
            return &m->uniques[i];
    PANIC("the table of jobs has no unique key");
}

static mutation insert_of(const caller *c) {
    const model *m = job_row_model(c->app);
    const key *unique = unique_key_of(m);
    const field **fields =
        arena_new_array(c->arena, const field *, LENGTH(WRITTEN));
    query_column *id = arena_new_array(c->arena, query_column, 1);
    for (size_t i = 0; i < LENGTH(WRITTEN); i++)
        fields[i] = m->columns[WRITTEN[i]];
    *id = query_column_of(m->columns[JOB_ID]);
    return (mutation){
        .kind = MUTATION_INSERT,
        .model = m,
        .fields = fields,
        .field_count = LENGTH(WRITTEN),
        .on_conflict = CONFLICT_IGNORE,
        .conflict_fields = unique->fields,
        .conflict_field_count = unique->field_count,
        .conflict_where = unique->where,
        .returning = id,
        .returning_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
}

err *job_mutation(const caller *c, const job_wanted *wanted, size_t count,
                  const mutation **out) {
    if (c->app->system == NULL)
        return err_new(c->arena, ERR_UNSUPPORTED,
                       "a database that is served as it is found has no jobs");
    int64_t now_ms = clock_wall_ms(c->app->clock);
    mutation *m = arena_new_array(c->arena, mutation, 1);
    value *cells = arena_new_array(c->arena, value, count * LENGTH(WRITTEN));
    *m = insert_of(c);
    m->values = cells;
    m->row_count = count;
    for (size_t i = 0; i < count; i++)
        TRY(write_row(c, &wanted[i], now_ms, &cells[i * LENGTH(WRITTEN)]));
    *out = m;
    return NULL;
}

err *job_enqueue(const caller *c, const job_wanted *wanted, str *id) {
    const mutation *m = NULL;
    mutation_result result;
    TRY(job_mutation(c, wanted, 1, &m));
    TRY(mutation_engine_run(c, m, &result));
    if (id != NULL)
        *id = result.row_count > 0 ? result.rows[0].text : (str){0};
    job_wake(c->app);
    return NULL;
}

/* ---- While it runs ------------------------------------------------------ */

err *job_tell_progress(job_run *r, str progress) {
    const caller *c = r->caller;
    arena *a = c->arena;
    const model *m = job_row_model(c->app);
    const value cell = job_row_text(progress);
    const field *const fields[] = {m->columns[JOB_PROGRESS]};
    mutation update = {
        .kind = MUTATION_UPDATE,
        .model = m,
        .fields = fields,
        .field_count = 1,
        .values = &cell,
        .row_count = 1,
        .where = filter_compare(a, m->columns[JOB_ID], COMPARE_EQ,
                                job_row_text(r->id)),
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
    mutation_result ignored;
    return mutation_engine_run(c, &update, &ignored);
}
