#include "core/restore_job.h"

static str text_of(const json *payload, str member) {
    const json *j = json_find(payload, member);
    return j != NULL && j->kind == JSON_STRING ? j->text : (str){0};
}

static bool is_true(const json *payload, str member) {
    const json *j = json_find(payload, member);
    return j != NULL && j->kind == JSON_TRUE;
}

static err *read_payload(const caller *c, str text, restore_wanted *out) {
    const json *payload;
    TRY(json_parse(c->arena, text, &payload));
    str name = text_of(payload, STR("model"));
    str at = text_of(payload, STR("at"));
    *out = (restore_wanted){
        .model = schema_find_model(c->app->schema, name),
        .record_id = text_of(payload, STR("record_id")),
        .version = text_of(payload, STR("version")),
        .has_related = is_true(payload, STR("related")),
        .is_trial = is_true(payload, STR("trial")),
        .set = json_find(payload, STR("set")),
    };
    if (out->model == NULL)
        return err_new(c->arena, ERR_NOT_FOUND,
                       "there is no model %.*s in the schema", STR_ARG(name));
    if (!str_is_empty(out->version))
        return NULL;
    return timestamp_parse(c->arena, at, &out->when);
}

/* What cannot be restored now cannot be later. */
static bool is_for_good(const err *e) {
    return e->code != ERR_UNAVAILABLE && e->code != ERR_BUSY &&
           e->code != ERR_TIMEOUT && e->code != ERR_IO;
}

static err *tell(job_run *r, const restore_result *done) {
    return job_tell_progress(
        r, arena_printf(r->caller->arena, "{\"inserted\":%zu,\"updated\":%zu}",
                        done->inserted, done->updated));
}

static err *run(const job_kind *self, job_run *r) {
    restore_wanted wanted;
    restore_result done;
    (void)self;
    err *e = read_payload(r->caller, r->payload, &wanted);
    if (e == NULL)
        e = restore_run(r->caller, &wanted, &done);
    if (e == NULL)
        return tell(r, &done);
    r->is_final = is_for_good(e);
    return e;
}

const job_kind RESTORE_JOB = {
    .name = STR_INIT("history.restore"), .run = run, .max_attempts = 3};

void restore_job_write(buf *out, const restore_wanted *wanted) {
    char at[TIMESTAMP_LENGTH];
    bool has_version = !str_is_empty(wanted->version);
    timestamp_format(wanted->when, at);
    buf_append(out, STR("{\"model\":"));
    json_write_string(out, wanted->model->name);
    buf_append(out, STR(",\"record_id\":"));
    json_write_string(out, wanted->record_id);
    buf_append(out, has_version ? STR(",\"version\":") : STR(",\"at\":"));
    json_write_string(out,
                      has_version ? wanted->version : (str){at, sizeof at});
    buf_append(out, wanted->has_related ? STR(",\"related\":true") : STR(""));
    buf_append(out, wanted->is_trial ? STR(",\"trial\":true") : STR(""));
    if (wanted->set != NULL) {
        buf_append(out, STR(",\"set\":"));
        json_write(out, wanted->set);
    }
    buf_append_char(out, '}');
}
