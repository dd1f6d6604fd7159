#include "core/async_request.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "core/job.h"
#include "core/job_row.h"
#include "core/mutation_engine.h"
#include "database/filter.h"
#include "database/system_schema.h"

enum { HOUR_MS = 60 * 60 * 1000 };

/* As the system schema lists them. */
typedef enum column {
    ID,
    OWNER,
    METHOD,
    PATH,
    QUERY,
    HEADERS,
    BODY,
    STATUS,
    AFFECTED,
    ANSWER,
    CREATED_AT,
    FINISHED_AT,
    COLUMN_COUNT,
} column;

static const model *model_of(const caller *c) {
    return system_schema_model(c->app->system, SYSTEM_ASYNC_REQUEST);
}

bool async_request_is_possible(const app *application) {
    return application->system != NULL && application->job_bell != NULL;
}

/* ---- Values ------------------------------------------------------------- */

static value text_or_null(str text) {
    return str_is_empty(text) ? (value){.kind = VALUE_NULL}
                              : (value){.kind = VALUE_TEXT, .text = text};
}

static value bytes_or_null(str bytes) {
    return str_is_empty(bytes) ? (value){.kind = VALUE_NULL}
                               : (value){.kind = VALUE_BYTES, .text = bytes};
}

static value int_value(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

static value time_value(arena *a, int64_t ms) {
    char text[TIMESTAMP_LENGTH];
    timestamp_format((timestamp){ms}, text);
    return (value){.kind = VALUE_TEXT,
                   .text = arena_copy(a, (str){text, sizeof text})};
}

static str new_id(const caller *c, int64_t now_ms) {
    char text[UUID_LENGTH];
    uuid_format(uuid_v7(&c->ids->uuids, &c->ids->random, now_ms), text);
    return arena_copy(c->arena, (str){text, sizeof text});
}

static const filter *compare(const caller *c, column at, compare_op op,
                             value v) {
    return filter_compare(c->arena, model_of(c)->columns[at], op, v);
}

/* ---- A new one ---------------------------------------------------------- */

static mutation insertion(const caller *c, const async_request *r,
                          int64_t now_ms) {
    const value cells[] = {
        [ID] = text_or_null(r->id),
        [OWNER] = text_or_null(r->owner),
        [METHOD] = text_or_null(r->method),
        [PATH] = text_or_null(r->path),
        [QUERY] = text_or_null(r->query),
        [HEADERS] = text_or_null(r->headers),
        [BODY] = bytes_or_null(r->body),
        [STATUS] = {.kind = VALUE_NULL},
        [AFFECTED] = {.kind = VALUE_NULL},
        [ANSWER] = {.kind = VALUE_NULL},
        [CREATED_AT] = time_value(c->arena, now_ms),
        [FINISHED_AT] = {.kind = VALUE_NULL},
    };
    _Static_assert(LENGTH(cells) == COLUMN_COUNT, "a cell for each column");
    value *values = arena_new_array(c->arena, value, COLUMN_COUNT);
    memcpy(values, cells, sizeof cells);
    return (mutation){
        .kind = MUTATION_INSERT,
        .model = model_of(c),
        .fields = model_of(c)->columns,
        .field_count = COLUMN_COUNT,
        .values = values,
        .row_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
}

static mutation pruning(const caller *c, int64_t now_ms) {
    int64_t until_ms = now_ms - (int64_t)ASYNC_REQUEST_LIFE_HOURS * HOUR_MS;
    return (mutation){
        .kind = MUTATION_DELETE,
        .model = model_of(c),
        .where =
            compare(c, CREATED_AT, COMPARE_LT, time_value(c->arena, until_ms)),
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
}

/* ---- Room --------------------------------------------------------------- */

static filter job_is(const caller *c, job_column at, str text) {
    return (filter){.kind = FILTER_COMPARE,
                    .field = job_row_field(c->app, at),
                    .op = COMPARE_EQ,
                    .value = job_row_text(text)};
}

/* Whoever may write may have what is to be written kept, body and all, so how
 * much of that waits is bounded. Several at once may go past it by one each. */
static err *check_room(const caller *c) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const query_column id = query_column_of(job_row_field(c->app, JOB_ID));
    const filter kind = job_is(c, JOB_KIND, STR(ASYNC_REQUEST_JOB));
    const filter status = job_is(c, JOB_STATUS, STR(JOB_QUEUED));
    const filter *const both[] = {&kind, &status};
    const filter where = {
        .kind = FILTER_ALL, .children = both, .child_count = LENGTH(both)};
    const query q = {.model = job_row_model(c->app),
                     .columns = &id,
                     .column_count = 1,
                     .where = &where,
                     .limit = ASYNC_REQUEST_MAX_WAITING};
    size_t count = 0;
    TRY(database_query(c->session, c->arena, &q, &rows));
    while (database_rows_next(rows))
        count++;
    TRY(database_rows_end(rows));
    return count < ASYNC_REQUEST_MAX_WAITING
               ? NULL
               : err_with_hint(
                     err_new(c->arena, ERR_UNAVAILABLE,
                             "%d requests wait to be answered already",
                             ASYNC_REQUEST_MAX_WAITING),
                     STR("send it later, or without Prefer: respond-async"));
}

err *async_request_enqueue(const caller *c, async_request *r) {
    int64_t now_ms = clock_wall_ms(c->app->clock);
    TRY(check_room(c));
    r->id = new_id(c, now_ms);
    job_wanted wanted = {
        .kind = STR(ASYNC_REQUEST_JOB),
        .payload =
            arena_printf(c->arena, "{\"request\":\"%.*s\"}", STR_ARG(r->id)),
    };
    const mutation *job;
    TRY(job_mutation(c, &wanted, 1, &job));
    const mutation old = pruning(c, now_ms);
    const mutation new = insertion(c, r, now_ms);
    const mutation *const all[] = {&old, &new, job};
    mutation_result results[LENGTH(all)];
    size_t failed;
    TRY(mutation_engine_run_all(c, all, LENGTH(all), results, &failed));
    job_wake(c->app);
    return NULL;
}

/* ---- Later -------------------------------------------------------------- */

static str text_of(arena *a, const value *v) {
    bool has_text = v->kind == VALUE_TEXT || v->kind == VALUE_BYTES;
    return has_text ? arena_copy(a, v->text) : (str){0};
}

static int64_t int_of(const value *v, int64_t absent) {
    return v->kind == VALUE_INT ? v->integer : absent;
}

static async_request read_row(arena *a, const value *cells) {
    return (async_request){
        .id = text_of(a, &cells[ID]),
        .owner = text_of(a, &cells[OWNER]),
        .method = text_of(a, &cells[METHOD]),
        .path = text_of(a, &cells[PATH]),
        .query = text_of(a, &cells[QUERY]),
        .headers = text_of(a, &cells[HEADERS]),
        .body = text_of(a, &cells[BODY]),
        .status = (int)int_of(&cells[STATUS], 0),
        .affected = int_of(&cells[AFFECTED], -1),
        .answer = text_of(a, &cells[ANSWER]),
        .created_at = text_of(a, &cells[CREATED_AT]),
        .finished_at = text_of(a, &cells[FINISHED_AT]),
    };
}

err *async_request_find(const caller *c, str id, bool *is_there,
                        async_request *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    uuid parsed;
    query_column columns[COLUMN_COUNT];
    *is_there = false;
    if (!uuid_parse(id, &parsed))
        return NULL;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        columns[i] = query_column_of(model_of(c)->columns[i]);
    const query q = {
        .model = model_of(c),
        .columns = columns,
        .column_count = COLUMN_COUNT,
        .where = compare(c, ID, COMPARE_EQ, text_or_null(id)),
        .limit = 1,
    };
    TRY(database_query(c->session, c->arena, &q, &rows));
    while (database_rows_next(rows)) {
        *is_there = true;
        *out = read_row(c->arena, rows->values);
    }
    return database_rows_end(rows);
}

err *async_request_finish(const caller *c, const async_request *r) {
    static const column SET[] = {QUERY,    HEADERS, BODY,       STATUS,
                                 AFFECTED, ANSWER,  FINISHED_AT};
    const value cells[] = {
        {.kind = VALUE_NULL},
        {.kind = VALUE_NULL},
        {.kind = VALUE_NULL},
        int_value(r->status),
        r->affected < 0 ? (value){.kind = VALUE_NULL} : int_value(r->affected),
        text_or_null(r->answer),
        time_value(c->arena, clock_wall_ms(c->app->clock)),
    };
    _Static_assert(LENGTH(cells) == LENGTH(SET), "a cell for each column");
    const field *fields[LENGTH(SET)];
    for (size_t i = 0; i < LENGTH(SET); i++)
        fields[i] = model_of(c)->columns[SET[i]];
    const mutation m = {
        .kind = MUTATION_UPDATE,
        .model = model_of(c),
        .fields = fields,
        .field_count = LENGTH(SET),
        .values = cells,
        .row_count = 1,
        .where = compare(c, ID, COMPARE_EQ, text_or_null(r->id)),
        .max_rows = MUTATION_ANY_COUNT,
        .is_ours = true,
    };
    mutation_result result;
    return mutation_engine_run(c, &m, &result);
}
