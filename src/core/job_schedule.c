#include "core/job_schedule.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/cron.h"
#include "core/job_row.h"
#include "core/mutation_engine.h"
#include "database/filter.h"
#include "database/system_schema.h"

/* As the system schema lists them. */
typedef enum schedule_column {
    NAME,
    KIND,
    PAYLOAD,
    CRON,
    TIME_ZONE,
    NEXT_AT,
    LAST_AT,
    UPDATED_AT,
    COLUMN_COUNT,
} schedule_column;

static const model *model_of(const caller *c) {
    return system_schema_model(c->app->system, SYSTEM_SCHEDULE);
}

static const field *column(const caller *c, schedule_column which) {
    return model_of(c)->columns[which];
}

static str payload_of(const job_schedule *s) {
    return str_is_empty(s->payload) ? STR("{}") : s->payload;
}

static str zone_of(const job_schedule *s) {
    return str_is_empty(s->time_zone) ? STR("UTC") : s->time_zone;
}

/* ---- Time --------------------------------------------------------------- */

static err *find_next(arena *a, const job_schedule *s, int64_t after_ms,
                      int64_t *next_ms) {
    cron c;
    time_zone zone;
    err *e = cron_parse(a, s->cron, &c);
    if (e == NULL)
        e = time_zone_find(a, zone_of(s), &zone);
    if (e != NULL)
        return err_wrap(a, e, "schedule '%.*s'", STR_ARG(s->name));
    *next_ms = cron_next(&c, &zone, after_ms / 1000) * 1000;
    return NULL;
}

/* ---- Rows --------------------------------------------------------------- */

static err *read_rows(const caller *c, mutation_result *out) {
    const model *m = model_of(c);
    size_t count = c->app->job_schedule_count;
    value *names = arena_new_array(c->arena, value, count);
    query_column columns[COLUMN_COUNT];
    for (size_t i = 0; i < count; i++)
        names[i] = job_row_text(c->app->job_schedules[i]->name);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        columns[i] = query_column_of(m->columns[i]);
    return job_row_look(c, m, columns, COLUMN_COUNT,
                        filter_in(c->arena, m->columns[NAME], names, count), 0,
                        out);
}

static const value *find_row(const mutation_result *rows, str name) {
    ASSERT(rows->rows != NULL || rows->row_count == 0);
    for (size_t i = 0; i < rows->row_count; i++) {
        const value *row = &rows->rows[i * COLUMN_COUNT];
        if (str_equal(job_row_read_text(&row[NAME]), name))
            return row;
    }
    return NULL;
}

/* ---- Writing them down -------------------------------------------------- */

static err *write_row(const caller *c, const job_schedule *s, value next,
                      value last) {
    arena *a = c->arena;
    const model *m = model_of(c);
    const value row[] = {
        [NAME] = job_row_text(s->name),
        [KIND] = job_row_text(s->kind),
        [PAYLOAD] = job_row_text(payload_of(s)),
        [CRON] = job_row_text(s->cron),
        [TIME_ZONE] = job_row_text(zone_of(s)),
        [NEXT_AT] = next,
        [LAST_AT] = last,
        [UPDATED_AT] = job_row_time(a, clock_wall_ms(c->app->clock)),
    };
    const mutation insert = {
        .kind = MUTATION_INSERT,
        .model = m,
        .fields = (const field *const *)m->columns,
        .field_count = COLUMN_COUNT,
        .values = row,
        .row_count = 1,
        .on_conflict = CONFLICT_MERGE,
        .conflict_fields = m->primary_key->fields,
        .conflict_field_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
    mutation_result ignored;
    return mutation_engine_run(c, &insert, &ignored);
}

static bool is_same_time(const job_schedule *s, const value *row) {
    return str_equal(job_row_read_text(&row[CRON]), s->cron) &&
           str_equal(job_row_read_text(&row[TIME_ZONE]), zone_of(s));
}

static bool is_same(const job_schedule *s, const value *row) {
    return is_same_time(s, row) &&
           str_equal(job_row_read_text(&row[KIND]), s->kind) &&
           str_equal(job_row_read_text(&row[PAYLOAD]), payload_of(s));
}

static err *register_one(const caller *c, const job_schedule *s,
                         const value *row) {
    int64_t next_ms = 0;
    int64_t now_ms = clock_wall_ms(c->app->clock);
    TRY(find_next(c->arena, s, now_ms, &next_ms));
    if (row != NULL && is_same(s, row))
        return NULL;
    bool keeps = row != NULL && is_same_time(s, row);
    return write_row(c, s,
                     keeps ? row[NEXT_AT] : job_row_time(c->arena, next_ms),
                     row != NULL ? row[LAST_AT] : job_row_null());
}

err *job_schedule_register(const caller *c) {
    mutation_result rows;
    if (c->app->job_schedule_count == 0)
        return NULL;
    TRY(read_rows(c, &rows));
    for (size_t i = 0; i < c->app->job_schedule_count; i++) {
        const job_schedule *s = c->app->job_schedules[i];
        TRY(register_one(c, s, find_row(&rows, s->name)));
    }
    return NULL;
}

/* ---- What is due -------------------------------------------------------- */

/* Only who finds it as it was read. */
static mutation *move_on(const caller *c, const value *row, int64_t next_ms) {
    arena *a = c->arena;
    const filter *const parts[] = {
        filter_compare(a, column(c, NAME), COMPARE_EQ, row[NAME]),
        filter_compare(a, column(c, NEXT_AT), COMPARE_EQ, row[NEXT_AT]),
    };
    const field **fields = arena_new_array(a, const field *, 2);
    value *values = arena_new_array(a, value, 2);
    mutation *m = arena_new_array(a, mutation, 1);
    fields[0] = column(c, NEXT_AT);
    fields[1] = column(c, LAST_AT);
    values[0] = job_row_time(a, next_ms);
    values[1] = row[NEXT_AT];
    *m = (mutation){
        .kind = MUTATION_UPDATE,
        .model = model_of(c),
        .fields = fields,
        .field_count = 2,
        .values = values,
        .row_count = 1,
        .where = filter_all(a, parts, LENGTH(parts)),
        .max_rows = MUTATION_ANY_COUNT,
        .must_be_one = true,
        .is_ours = true,
    };
    return m;
}

static err *run_one(const caller *c, const job_schedule *s, const value *row,
                    int64_t now_ms, int64_t *next_ms) {
    const job_wanted wanted = {.kind = s->kind, .payload = payload_of(s)};
    const mutation *all[2];
    mutation_result results[2];
    size_t failed_at;
    int64_t due_ms = job_row_read_time(&row[NEXT_AT]);
    TRY(find_next(c->arena, s, due_ms > now_ms ? due_ms : now_ms, next_ms));
    all[0] = move_on(c, row, *next_ms);
    TRY(job_mutation(c, &wanted, 1, &all[1]));
    err *e = mutation_engine_run_all(c, all, LENGTH(all), results, &failed_at);
    return e != NULL && e->code == ERR_NOT_SINGULAR ? NULL : e;
}

err *job_schedule_run_due(const caller *c, int64_t *next_ms) {
    mutation_result rows;
    int64_t now_ms = clock_wall_ms(c->app->clock);
    int64_t first_ms = INT64_MAX;
    *next_ms = INT64_MAX;
    if (c->app->job_schedule_count == 0)
        return NULL;
    TRY(read_rows(c, &rows));
    for (size_t i = 0; i < c->app->job_schedule_count; i++) {
        const job_schedule *s = c->app->job_schedules[i];
        const value *row = find_row(&rows, s->name);
        int64_t due_ms =
            row != NULL ? job_row_read_time(&row[NEXT_AT]) : INT64_MAX;
        if (due_ms <= now_ms)
            TRY(run_one(c, s, row, now_ms, &due_ms));
        first_ms = due_ms < first_ms ? due_ms : first_ms;
    }
    *next_ms = first_ms;
    return NULL;
}
