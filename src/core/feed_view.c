#include "core/feed_view.h"

#include "base/json.h"
#include "core/coerce.h"
#include "core/filter_eval.h"
#include "core/policy.h"
#include "database/recording.h"

enum { IMAGE_MAX = 64 * 1024 * 1024 };

/* ---- Which image --------------------------------------------------------- */

/* What an event has in place of the value says nothing about it. */
static bool read_cell(arena *a, const field *f, const json *j, value *out) {
    bool is_known =
        j != NULL &&
        (j->kind == JSON_NULL ||
         (!f->is_redacted && !str_equal(j->text, STR(RECORDING_LONG))));
    return is_known && coerce_json(a, f, j, out) == NULL;
}

static bool passes(const caller *c, const model *m, const filter *where,
                   const json *image) {
    arena *a = c->arena;
    if (where == NULL)
        return true;
    if (!filter_eval_can(where))
        return false;
    bool *is_read = arena_new_array(a, bool, m->column_count);
    value *cells = arena_new_array(a, value, m->column_count);
    int32_t *cell_of = arena_new_array(a, int32_t, m->column_count);
    filter_eval_mark(where, is_read);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        cell_of[i] = (int32_t)i;
        if (is_read[i] &&
            !read_cell(a, f, json_find(image, f->column), &cells[i]))
            return false;
    }
    const condition_row row = {.cells = cells, .cell_of = cell_of};
    return filter_eval(a, where, &row) == TRUTH_TRUE;
}

/* ---- Which columns ------------------------------------------------------- */

static str write_shown(const caller *c, const model *m, const json *image) {
    CLEANUP(buf_free) buf out = buf_new(IMAGE_MAX);
    char comma = '{';
    for (uint32_t i = 0; i < image->count; i++) {
        const field *f = model_find_column(c->app->schema, m, image->keys[i]);
        if (f == NULL || !policy_shows(c, f))
            continue;
        buf_append_char(&out, comma);
        comma = ',';
        json_write_string(&out, image->keys[i]);
        buf_append_char(&out, ':');
        json_write(&out, &image->items[i]);
    }
    buf_append(&out, comma == '{' ? STR("{}") : STR("}"));
    return arena_copy(c->arena, buf_str(&out));
}

/* Empty: not there, or not for the caller. */
static str view_image(const caller *c, const model *m, const filter *where,
                      str text) {
    const json *image;
    if (str_is_empty(text) || json_parse(c->arena, text, &image) != NULL ||
        image->kind != JSON_OBJECT || !passes(c, m, where, image))
        return (str){0};
    return write_shown(c, m, image);
}

static bool shows_identity(const caller *c, const model *m) {
    const key *identity = model_identity(m);
    for (size_t i = 0; identity != NULL && i < identity->field_count; i++)
        if (!policy_shows(c, identity->fields[i]))
            return false;
    return identity != NULL;
}

/* ---- Together ------------------------------------------------------------ */

static str action_of(const feed_event *seen) {
    if (str_is_empty(seen->before))
        return STR("create");
    return str_is_empty(seen->after) ? STR("delete") : STR("update");
}

bool feed_view_of(const caller *c, const feed_event *e, feed_event *out) {
    const model *m = schema_find_model(c->app->schema, e->model);
    if (m == NULL || m->is_ignored)
        return false;
    policy_reach reach = policy_reach_of(c, m, OPERATION_READ);
    if (reach.is_empty)
        return false;
    *out = (feed_event){
        .sequence = e->sequence,
        .created_at = e->created_at,
        .model = e->model,
        .before = view_image(c, m, reach.where, e->before),
        .after = view_image(c, m, reach.where, e->after),
    };
    out->action = action_of(out);
    if (shows_identity(c, m))
        out->record_id = e->record_id;
    return !str_is_empty(out->before) || !str_is_empty(out->after);
}
