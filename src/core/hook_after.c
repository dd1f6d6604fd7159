#include "core/hook_after.h"

#include <inttypes.h>

#include "base/json.h"
#include "core/coerce.h"
#include "database/recording.h"
#include "database/system_schema.h"

#define REASON "after hook "

/* One run: an event, and what is known of it. */
typedef struct after {
    job_run *run;
    arena *a;
    const model *model;
    hook_action action;
    feed_event event;
    change_origin origin; /* of the change */
    bool has_origin;
} after;

bool hook_after_action(str action, hook_action *out) {
    static const struct {
        str name;
        hook_action action;
    } ACTIONS[] = {
        {STR_INIT("create"), HOOK_CREATE},
        {STR_INIT("update"), HOOK_UPDATE},
        {STR_INIT("delete"), HOOK_DELETE},
    };
    for (size_t i = 0; i < LENGTH(ACTIONS); i++) {
        if (!str_equal(ACTIONS[i].name, action))
            continue;
        *out = ACTIONS[i].action;
        return true;
    }
    return false;
}

job_wanted hook_after_wanted(arena *a, const feed_event *e) {
    return (job_wanted){
        .kind = HOOK_AFTER_JOB.name,
        .payload = arena_printf(a, "{\"sequence\":%" PRId64 "}", e->sequence),
    };
}

/* ---- The event ---------------------------------------------------------- */

static err *read_sequence(const after *r, int64_t *out) {
    const json *payload;
    TRY(json_parse(r->a, r->run->payload, &payload));
    const json *sequence = json_find(payload, STR("sequence"));
    bool is_number = sequence != NULL && sequence->kind == JSON_NUMBER &&
                     str_parse_int64(sequence->text, out);
    return is_number ? NULL
                     : err_new(r->a, ERR_INVALID,
                               "the job names no event by its sequence");
}

static err *read_event(after *r) {
    const caller *c = r->run->caller;
    int64_t sequence = 0;
    feed_page page;
    feed f = feed_of(c->app->system);
    TRY(read_sequence(r, &sequence));
    TRY(feed_read(&f, c->session, r->a, sequence - 1, 1, &page));
    if (page.count == 0 || page.events[0].sequence != sequence) {
        r->run->is_final = true;
        return err_new(r->a, ERR_NOT_FOUND,
                       "event %" PRId64 " is not kept any more", sequence);
    }
    r->event = page.events[0];
    return NULL;
}

/* ---- Who did it --------------------------------------------------------- */

static void take_origin(after *r, const value *cells) {
    for (size_t i = 0; i < ORIGIN_PART_COUNT; i++) {
        str *part = (str *)((char *)&r->origin + ORIGIN_PARTS[i].offset);
        if (cells[i].kind == VALUE_TEXT)
            *part = arena_copy(r->a, cells[i].text);
    }
    r->has_origin = true;
}

/* The log knows it, unless the model's @@audit says off. */
static err *read_origin(after *r) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const caller *c = r->run->caller;
    const schema *system = c->app->system;
    query_column columns[ORIGIN_PART_COUNT];
    for (size_t i = 0; i < ORIGIN_PART_COUNT; i++)
        columns[i] = query_column_of(system_schema_field(
            system, SYSTEM_AUDIT_LOG, ORIGIN_PARTS[i].column.ptr));
    filter where = {.kind = FILTER_COMPARE,
                    .field =
                        system_schema_field(system, SYSTEM_AUDIT_LOG, "id"),
                    .value = {.kind = VALUE_TEXT, .text = r->event.audit_id}};
    const query q = {
        .model = system_schema_model(system, SYSTEM_AUDIT_LOG),
        .columns = columns,
        .column_count = ORIGIN_PART_COUNT,
        .where = &where,
        .limit = 1,
    };
    if (str_is_empty(r->event.audit_id))
        return NULL;
    TRY(database_query(c->session, r->a, &q, &rows));
    while (database_rows_next(rows))
        take_origin(r, rows->values);
    return database_rows_end(rows);
}

/* How many hooks behind commits led to the change. */
static unsigned depth_of(const change_origin *o) {
    int64_t depth = 0;
    str prefix = STR(REASON);
    if (!str_starts_with(o->reason, prefix) ||
        !str_parse_int64(str_slice(o->reason, prefix.len, o->reason.len),
                         &depth) ||
        depth < 0 || depth > HOOK_MAX_DEPTH)
        return 0;
    return (unsigned)depth;
}

/* Whoever did it by hand acts on; what the server did by itself, it does. */
static caller caller_of(after *r) {
    caller c = *r->run->caller;
    unsigned depth = depth_of(&r->origin);
    bool is_by_hand =
        r->has_origin && (str_is_empty(r->origin.reason) || depth > 0);
    if (is_by_hand)
        c.principal = (principal){PRINCIPAL_ANONYMOUS};
    r->origin.reason = arena_printf(r->a, REASON "%u", depth + 1);
    c.arena = r->a;
    c.origin = &r->origin;
    c.hook_depth = depth;
    return c;
}

/* ---- The row ------------------------------------------------------------ */

/* What the feed does not have is not shown. */
static bool is_left_out(const field *f, const json *j) {
    return j->kind == JSON_STRING &&
           (str_equal(j->text, STR(RECORDING_LONG)) ||
            (f->is_redacted && str_equal(j->text, STR(RECORDING_REDACTED))));
}

static err *read_row(const after *r, str text, value **out) {
    const model *m = r->model;
    const json *row;
    *out = NULL;
    if (str_is_empty(text))
        return NULL;
    TRY(json_parse(r->a, text, &row));
    value *cells = arena_new_array(r->a, value, m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        const json *j = json_find(row, f->column);
        cells[i].kind = VALUE_DEFAULT;
        if (j != NULL && field_is_visible(f) && !is_left_out(f, j))
            TRY(coerce_json(r->a, f, j, &cells[i]));
    }
    *out = cells;
    return NULL;
}

static err *run_hooks(after *r) {
    value *before;
    value *changed;
    TRY(read_row(r, r->event.before, &before));
    TRY(read_row(r, r->event.after, &changed));
    hook_row row = {.before = before, .after = changed};
    hook_batch batch = {
        .model = r->model,
        .action = r->action,
        .time = HOOK_AFTER,
        .rows = &row,
        .row_count = 1,
    };
    caller c = caller_of(r);
    err *e = hook_chain_run(&c, &batch);
    r->run->is_final = e != NULL && e->code == ERR_HOOK_DEPTH;
    return e;
}

/* Its hook may be gone meanwhile, and its model, too. */
static bool has_hook(after *r) {
    const app *application = r->run->caller->app;
    r->model = schema_find_model(application->schema, r->event.model);
    return r->model != NULL && hook_after_action(r->event.action, &r->action) &&
           hook_chain_has(application, r->model, r->action, HOOK_AFTER);
}

static err *run(const job_kind *self, job_run *run) {
    after r = {.run = run, .a = run->caller->arena};
    (void)self;
    TRY(read_event(&r));
    if (!has_hook(&r))
        return NULL;
    TRY(read_origin(&r));
    return run_hooks(&r);
}

const job_kind HOOK_AFTER_JOB = {.name = STR_INIT("hook.after"), .run = run};
