#include "core/hooked_mutation.h"

#include "core/hooked_change.h"
#include "core/hooked_insert.h"

static bool has(const caller *c, const mutation *m, hook_action action) {
    return hook_chain_find(c->app, m->model, action, HOOK_BEFORE);
}

bool hooked_mutation_find(const caller *c, const mutation *m) {
    if (m->model->is_foreign || m->model->is_system)
        return false;
    switch (m->kind) {
    case MUTATION_INSERT:
        return m->row_count > 0 &&
               (has(c, m, HOOK_CREATE) ||
                (m->on_conflict == CONFLICT_MERGE && has(c, m, HOOK_UPDATE)));
    case MUTATION_UPDATE:
        return m->field_count > 0 && has(c, m, HOOK_UPDATE);
    case MUTATION_DELETE:
        return has(c, m, HOOK_DELETE);
    case MUTATION_CALL:
        return false;
    }
    return false;
}

err *hooked_mutation_prepare(mutation_draft *d, const mutation_set *before,
                             hooked_parts *out) {
    bool is_idle;
    *out = (hooked_parts){0};
    TRY(mutation_draft_complete(d, &is_idle));
    if (is_idle)
        return NULL;
    return d->mutation.kind == MUTATION_INSERT
               ? hooked_insert_prepare(d, out)
               : hooked_change_prepare(d, before, out);
}

err *hooked_mutation_refuse(arena *a, const model *m, bool is_alone) {
    err *e = err_new(a, ERR_CONFLICT,
                     "rows of \"%.*s\" were changed each of the %d times that "
                     "hooks looked at them",
                     STR_ARG(m->table), HOOK_MAX_TRIES);
    return err_with_hint(
        e, is_alone ? STR("send the request again")
                    : STR("send it again; if what is written before it in the "
                          "same request changes these rows, write it in a "
                          "request of its own"));
}
