#include "core/restore_related.h"

typedef struct search {
    const caller *c;
    const row_history_entry *beside;
    size_t count;
    bool *is_taken; /* pairwise with beside */
    size_t most;
    lost_rows found; /* in the order in which they were found */
} search;

/* ---- Does an entry belong to a row? -------------------------------------- */

static bool is_same_text(const json *a, const json *b) {
    return a != NULL && b != NULL && a->kind == b->kind &&
           a->kind != JSON_NULL && str_equal(a->text, b->text);
}

static const json *cell(const row_image *image, const field *f) {
    return image->is_there ? image->cells[f->column_index] : NULL;
}

/* The row referred to the parent. */
static bool refers(const relation *r, const row_image *child,
                   const row_image *parent) {
    for (size_t i = 0; i < r->column_count; i++) {
        if (!is_same_text(cell(child, r->columns[i]),
                          cell(parent, r->references[i])))
            return false;
    }
    return r->column_count > 0;
}

/* What an update made of the column; NULL if it left it alone. */
static const json *made_of(const row_history_entry *e, const field *f) {
    const json *change =
        e->changes != NULL ? json_find(e->changes, f->column) : NULL;
    return change != NULL ? json_find(change, STR("to")) : NULL;
}

/* By @@softDelete, with the parent: both have its time. */
static bool went_along(const row_history_entry *e, const model *m,
                       const lost_row *parent) {
    return m->soft_delete != NULL && parent->model->soft_delete != NULL &&
           is_same_text(made_of(e, m->soft_delete),
                        made_of(parent->entry, parent->model->soft_delete));
}

static bool let_go(const row_history_entry *e, const relation *r) {
    for (size_t i = 0; i < r->column_count; i++) {
        const json *to = made_of(e, r->columns[i]);
        if (to != NULL && to->kind == JSON_NULL)
            return true;
    }
    return false;
}

/* The row in front of an update of which only the changes were kept. */
static row_image image_of_changes(arena *a, const model *m,
                                  const row_history_entry *e) {
    row_image image = {.is_there = true};
    image.cells = arena_new_array(a, const json *, m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const json *change = e->changes != NULL
                                 ? json_find(e->changes, m->columns[i]->column)
                                 : NULL;
        image.cells[i] = change != NULL ? json_find(change, STR("from")) : NULL;
    }
    return image;
}

static row_image image_before(arena *a, const model *m,
                              const row_history_entry *e) {
    return e->before != NULL ? row_history_image(a, m, e->before)
                             : image_of_changes(a, m, e);
}

/* ---- The search ---------------------------------------------------------- */

static err *take(search *s, const model *m, size_t at, row_image image) {
    const row_history_entry *e = &s->beside[at];
    lost_row lost = {.model = m,
                     .entry = e,
                     .image = image,
                     .is_gone = str_equal(e->action, STR("delete"))};
    if (s->found.count >= s->most)
        return err_new(s->c->arena, ERR_TOO_LARGE,
                       "more than %zu rows went with it", s->most);
    s->is_taken[at] = true;
    ARENA_PUSH(s->c->arena, s->found.items, s->found.count, lost);
    return NULL;
}

static err *find_children(search *s, const relation *r,
                          const lost_row *parent) {
    for (size_t i = 0; i < s->count; i++) {
        const row_history_entry *e = &s->beside[i];
        bool is_gone = str_equal(e->action, STR("delete"));
        if (s->is_taken[i] || !str_equal(e->model, r->child->name) ||
            (!is_gone && !went_along(e, r->child, parent) && !let_go(e, r)))
            continue;
        row_image image = image_before(s->c->arena, r->child, e);
        if (refers(r, &image, &parent->image))
            TRY(take(s, r->child, i, image));
    }
    return NULL;
}

/* Rows of the table between the two sides, one of which, A or B, is the
 * parent. */
static err *find_ties(search *s, const relation *r, const lost_row *parent) {
    const field *id = model_identity(parent->model)->fields[0];
    for (size_t i = 0; i < s->count; i++) {
        const row_history_entry *e = &s->beside[i];
        if (s->is_taken[i] || !str_equal(e->model, r->join->name) ||
            !str_equal(e->action, STR("delete")))
            continue;
        row_image tie = row_history_image(s->c->arena, r->join, e->before);
        bool is_its = false;
        for (size_t side = 0; tie.is_there && side < 2; side++)
            is_its = is_its ||
                     ((side == 0 ? r->child : r->parent) == parent->model &&
                      is_same_text(tie.cells[side], cell(&parent->image, id)));
        if (is_its)
            TRY(take(s, r->join, i, tie));
    }
    return NULL;
}

static err *find_related(search *s, const lost_row *parent) {
    const schema *all = s->c->app->schema;
    for (size_t i = 0; i < all->many_to_many_count; i++) {
        const relation *r = all->many_to_many[i];
        if (r->join != NULL &&
            (r->child == parent->model || r->parent == parent->model))
            TRY(find_ties(s, r, parent));
    }
    for (size_t i = 0; i < all->model_count; i++) {
        const model *m = &all->models[i];
        for (size_t j = 0; j < m->relation_count; j++) {
            if (m->relations[j]->parent == parent->model)
                TRY(find_children(s, m->relations[j], parent));
        }
    }
    return NULL;
}

/* ---- The order ----------------------------------------------------------- */

/* Does it refer to a row that is gone, too, and not back yet? What ties two rows
 * waits for all others. */
static bool must_wait(const lost_rows *rows, size_t at, const bool *is_back) {
    const lost_row *row = &rows->items[at];
    bool is_tie = row->model->join_of != NULL;
    for (size_t i = 0; i < rows->count; i++) {
        const lost_row *other = &rows->items[i];
        if (i == at || is_back[i] || !other->is_gone)
            continue;
        if (is_tie && other->model->join_of == NULL)
            return true;
        for (size_t j = 0; j < row->model->relation_count; j++) {
            const relation *r = row->model->relations[j];
            if (r->parent == other->model &&
                refers(r, &row->image, &other->image))
                return true;
        }
    }
    return false;
}

/* Rows that refer to each other in a circle come last, as they were found: the
 * database has the say. */
static lost_rows in_order(arena *a, const lost_rows *found) {
    bool *is_back = arena_new_array(a, bool, found->count);
    lost_rows sorted = {.items = arena_new_array(a, lost_row, found->count)};
    memset(is_back, 0, found->count * sizeof *is_back);
    for (bool is_stuck = false; sorted.count < found->count;) {
        size_t before = sorted.count;
        for (size_t i = 0; i < found->count; i++) {
            if (is_back[i] || (!is_stuck && must_wait(found, i, is_back)))
                continue;
            is_back[i] = true;
            sorted.items[sorted.count++] = found->items[i];
        }
        is_stuck = sorted.count == before;
    }
    return sorted;
}

err *restore_related_find(const caller *c, lost_row first,
                          const row_history_entry *beside, size_t count,
                          size_t most, lost_rows *out) {
    search s = {.c = c, .beside = beside, .count = count, .most = most};
    s.is_taken = arena_new_array(c->arena, bool, count);
    for (size_t i = 0; i < count; i++)
        s.is_taken[i] = str_equal(beside[i].id, first.entry->id);
    ARENA_PUSH(c->arena, s.found.items, s.found.count, first);
    for (size_t i = 0; i < s.found.count; i++) {
        lost_row lost = s.found.items[i];
        TRY(find_related(&s, &lost));
    }
    *out = in_order(c->arena, &s.found);
    return NULL;
}
