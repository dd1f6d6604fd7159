#include "core/hook_chain.h"

bool hook_chain_find(const app *application, const model *m, hook_action action,
                     hook_time time) {
    for (size_t i = 0; !m->is_system && i < application->hook_source_count;
         i++) {
        const hook_source *s = application->hooks[i];
        if (s->has(s, m, action, time))
            return true;
    }
    return false;
}

/* ---- What a source may see ---------------------------------------------- */

static bool hides(const hook_source *s, const field *f, const value *v) {
    return f->is_redacted && !s->sees_redacted && v->kind != VALUE_NULL;
}

static bool has_redacted(const model *m) {
    for (size_t i = 0; i < m->column_count; i++) {
        if (m->columns[i]->is_redacted)
            return true;
    }
    return false;
}

static value *mask(arena *a, const hook_source *s, const model *m,
                   const value *cells) {
    if (cells == NULL)
        return NULL;
    value *shown = arena_new_array(a, value, m->column_count);
    for (size_t i = 0; i < m->column_count; i++)
        shown[i] = hides(s, m->columns[i], &cells[i])
                       ? (value){.kind = VALUE_DEFAULT}
                       : cells[i];
    return shown;
}

/* What was hidden and left alone stays. */
static void take_over(const hook_source *s, const model *m, const value *shown,
                      value *cells) {
    for (size_t i = 0; cells != NULL && i < m->column_count; i++) {
        bool is_left = shown[i].kind == VALUE_DEFAULT &&
                       hides(s, m->columns[i], &cells[i]);
        if (!is_left)
            cells[i] = shown[i];
    }
}

static err *run_masked(const hook_source *s, const caller *c,
                       const hook_batch *batch) {
    CLEANUP(arena_release) arena *a = arena_new();
    const model *m = batch->model;
    hook_batch shown = *batch;
    shown.rows = arena_new_array(a, hook_row, batch->row_count);
    for (size_t i = 0; i < batch->row_count; i++) {
        const hook_row *row = &batch->rows[i];
        shown.rows[i].before = mask(a, s, m, row->before);
        shown.rows[i].after = mask(a, s, m, row->after);
    }
    TRY(s->run(s, c, &shown));
    for (size_t i = 0; i < batch->row_count; i++)
        take_over(s, m, shown.rows[i].after, batch->rows[i].after);
    return NULL;
}

/* ---- One behind the other ----------------------------------------------- */

static err *check_depth(const caller *c, const model *m) {
    if (c->hook_depth < HOOK_MAX_DEPTH)
        return NULL;
    return err_with_hint(
        err_new(c->arena, ERR_HOOK_DEPTH,
                "hooks of \"%.*s\" call each other more than %d deep",
                STR_ARG(m->table), HOOK_MAX_DEPTH),
        STR("a hook that reads or writes calls the hooks of that"));
}

err *hook_chain_run(const caller *c, hook_batch *batch) {
    TRY(check_depth(c, batch->model));
    bool may_hide = batch->row_count > 0 && has_redacted(batch->model);
    for (size_t i = 0; i < c->app->hook_source_count; i++) {
        const hook_source *s = c->app->hooks[i];
        if (!s->has(s, batch->model, batch->action, batch->time))
            continue;
        TRY(may_hide && !s->sees_redacted ? run_masked(s, c, batch)
                                          : s->run(s, c, batch));
    }
    return NULL;
}

err *hook_chain_ask_read(const caller *c, const model *m) {
    hook_batch batch = {.model = m, .action = HOOK_READ, .time = HOOK_BEFORE};
    return hook_chain_run(c, &batch);
}
