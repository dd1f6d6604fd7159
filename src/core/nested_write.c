#include "core/nested_row.h"

/* Behind all else. */
static err *show_row(nested_plan *p, const mutation *root, nested_ref row) {
    static const value NOTHING = {.kind = VALUE_NULL};
    mutation m = {.kind = MUTATION_UPDATE,
                  .model = root->model,
                  .values = &NOTHING,
                  .row_count = 1,
                  .where = nested_filter_row(p, root->model, row),
                  .finds_one = true,
                  .aim = MUTATION_LOOKS,
                  .locks_keys = true,
                  .returning = root->returning,
                  .returning_count = root->returning_count,
                  .embeds = root->embeds,
                  .embed_count = root->embed_count,
                  .max_rows = MUTATION_ANY_COUNT};
    nested_scope s = {.after = NESTED_AT_ONCE};
    size_t step;
    for (size_t i = 0; i < p->step_count; i++)
        if (s.after == NESTED_AT_ONCE ||
            p->steps[i].stage > p->steps[s.after].stage)
            s.after = i;
    return nested_plan_add(p, &m, s, NULL, &step);
}

static err *show_rows(nested_plan *p, const mutation *root) {
    p->first_shown = p->step_count;
    if (mutation_cell_count(root) == 0)
        return NULL;
    for (size_t i = 0; i < p->root_count; i++)
        TRY(show_row(p, root, p->roots[i]));
    return NULL;
}

/* The rows themselves, with nothing to show: that comes later. */
static mutation bare(const mutation *root) {
    mutation m = *root;
    m.returning = NULL;
    m.returning_count = 0;
    m.embeds = NULL;
    m.embed_count = 0;
    m.order = NULL;
    m.order_count = 0;
    m.is_result_hidden = true;
    return m;
}

static err *insert_roots(nested_plan *p, const mutation *root,
                         const nested_row *rows, size_t count) {
    mutation like = bare(root);
    nested_insert in = {.like = &like, .scope = {.after = NESTED_AT_ONCE}};
    if (root->must_be_one)
        TRY(mutation_check_count(p->caller->arena, root, (int64_t)count));
    like.must_be_one = false;
    return nested_row_insert(p, &in, rows, count, p->roots);
}

static err *update_root(nested_plan *p, const mutation *root,
                        const nested_row *row) {
    mutation like = bare(root);
    nested_target t = {.model = root->model,
                       .where = root->where,
                       .scope = {.after = NESTED_AT_ONCE},
                       .like = &like};
    return nested_row_update(p, &t, row, p->roots);
}

err *nested_write_plan(const caller *c, const mutation *root,
                       const nested_row *rows, size_t row_count,
                       nested_plan *out) {
    *out = (nested_plan){
        .caller = c,
        .is_rolled_back = root->is_rolled_back,
        .roots = arena_new_array(c->arena, nested_ref, row_count),
        .root_count = row_count,
    };
    TRY(root->kind == MUTATION_INSERT ? insert_roots(out, root, rows, row_count)
                                      : update_root(out, root, rows));
    TRY(show_rows(out, root));
    nested_plan_finish(out);
    return NULL;
}
