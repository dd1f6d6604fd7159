#include "core/restore.h"

#include "core/coerce.h"
#include "core/mutation_engine.h"
#include "core/policy.h"
#include "core/restore_related.h"

typedef struct work {
    const caller *c;
    const restore_wanted *wanted;
    const mutation **items;
    size_t count;
    restore_result result;
} work;

/* ---- Cells --------------------------------------------------------------- */

/* Those of a mutation, as they are gathered. */
typedef struct cells {
    const field **fields;
    value *values;
    size_t count;
} cells;

static cells cells_new(arena *a, const model *m) {
    return (cells){.fields = arena_new_array(a, const field *, m->column_count),
                   .values = arena_new_array(a, value, m->column_count)};
}

static err *add_cell(arena *a, cells *row, const field *f, const json *j) {
    TRY(coerce_json(a, f, j, &row->values[row->count]));
    row->fields[row->count++] = f;
    return NULL;
}

/* What anybody may write at all, and the lifecycle does not make itself. */
static bool is_restored(const field *f) {
    return field_is_visible(f) && !f->is_password && !f->is_updated_at;
}

static bool is_in_key(const model *m, const field *f) {
    const key *identity = model_identity(m);
    for (size_t i = 0; i < identity->field_count; i++) {
        if (identity->fields[i] == f)
            return true;
    }
    return false;
}

/* The time of @@softDelete is nobody's to set but to null. */
static bool is_changed(const work *w, const model *m, const field *f,
                       const json *to) {
    if (to == NULL || !is_restored(f) || is_in_key(m, f) ||
        !policy_sets(w->c, f))
        return false;
    return f != m->soft_delete || to->kind == JSON_NULL;
}

/* ---- Mutations ----------------------------------------------------------- */

static mutation *add_mutation(work *w, mutation_kind kind, const model *m,
                              const cells *row) {
    arena *a = w->c->arena;
    mutation *made = arena_new_array(a, mutation, 1);
    *made = (mutation){.kind = kind,
                       .model = m,
                       .fields = row->fields,
                       .field_count = row->count,
                       .values = row->values,
                       .row_count = 1,
                       .max_rows = MUTATION_ANY_COUNT,
                       .is_rolled_back = w->wanted->is_trial};
    ARENA_PUSH(a, w->items, w->count, made);
    return made;
}

static err *add_update(work *w, const model *m, str record_id,
                       const cells *row) {
    record_key id;
    TRY(record_key_parse(w->c->arena, m, record_id, &id));
    mutation *made = add_mutation(w, MUTATION_UPDATE, m, row);
    made->where = record_key_filter(w->c->arena, &id);
    made->must_be_one = true;
    w->result.updated++;
    return NULL;
}

static err *refuse_unknown(arena *a, const field *f) {
    return err_with_hint(
        err_new(a, ERR_NOT_NULL_VIOLATION,
                "the audit log does not know what was in column \"%.*s\" of "
                "\"%.*s\"",
                STR_ARG(f->column), STR_ARG(f->model->table)),
        STR("set it: --set '{\"column\": value}'"));
}

static bool is_needed(const field *f) {
    return !f->is_optional && !f->is_list && !f->is_updated_at &&
           f->default_value.kind == DEFAULT_NONE;
}

static err *add_insert(work *w, const model *m, const row_image *image) {
    cells row = cells_new(w->c->arena, m);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (image->cells[i] == NULL && is_needed(f))
            return refuse_unknown(w->c->arena, f);
        if (image->cells[i] == NULL || !is_restored(f) || f == m->soft_delete)
            continue;
        TRY(add_cell(w->c->arena, &row, f, image->cells[i]));
    }
    add_mutation(w, MUTATION_INSERT, m, &row);
    w->result.inserted++;
    return NULL;
}

static err *add_version(work *w, const row_image *image) {
    const model *m = w->wanted->model;
    cells row = cells_new(w->c->arena, m);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_changed(w, m, f, image->cells[i]))
            TRY(add_cell(w->c->arena, &row, f, image->cells[i]));
    }
    return add_update(w, m, w->wanted->record_id, &row);
}

/* Of a row that is there: what the entry took from it, a reference or its
 * place among those that are not deleted. */
static err *add_taken(work *w, const lost_row *lost) {
    const model *m = lost->model;
    cells row = cells_new(w->c->arena, m);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        const json *was = lost->image.cells[i];
        if (json_find(lost->entry->changes, f->column) != NULL &&
            is_changed(w, m, f, was))
            TRY(add_cell(w->c->arena, &row, f, was));
    }
    return row.count > 0 ? add_update(w, m, lost->entry->record_id, &row)
                         : NULL;
}

/* ---- Which version ------------------------------------------------------- */

static err *find_version(const caller *c, const restore_wanted *wanted,
                         const row_history *h, const row_image **out) {
    *out = str_is_empty(wanted->version)
               ? row_history_at(h, wanted->when)
               : row_history_version(h, wanted->version);
    if (*out == NULL)
        return err_new(c->arena, ERR_NOT_FOUND, "%.*s %.*s has no version %.*s",
                       STR_ARG(wanted->model->name), STR_ARG(wanted->record_id),
                       STR_ARG(wanted->version));
    if (!(*out)->is_there)
        return err_with_hint(
            err_new(c->arena, ERR_NOT_FOUND, "there was no %.*s %.*s then",
                    STR_ARG(wanted->model->name), STR_ARG(wanted->record_id)),
            STR("the version before its deletion has the row"));
    return NULL;
}

/* With what the caller sets in place of what was. */
static err *apply_set(const caller *c, const restore_wanted *wanted,
                      const row_image *was, row_image *out) {
    const model *m = wanted->model;
    size_t used = 0;
    out->is_there = true;
    out->cells = arena_new_array(c->arena, const json *, m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const json *given = wanted->set != NULL
                                ? json_find(wanted->set, m->columns[i]->column)
                                : NULL;
        used += given != NULL;
        out->cells[i] = given != NULL ? given : was->cells[i];
    }
    if (wanted->set != NULL && used < wanted->set->count)
        return err_new(c->arena, ERR_INVALID,
                       "what is set has columns that %.*s has not",
                       STR_ARG(m->name));
    return NULL;
}

/* By which entry the row went, be it only for @@softDelete. */
static const row_history_entry *find_loss(const row_history *h) {
    for (size_t i = h->count; i-- > 0;) {
        const row_history_entry *e = &h->entries[i];
        const json *change =
            e->changes != NULL && h->model->soft_delete != NULL
                ? json_find(e->changes, h->model->soft_delete->column)
                : NULL;
        const json *to = change != NULL ? json_find(change, STR("to")) : NULL;
        if (str_equal(e->action, STR("delete")) ||
            (to != NULL && to->kind != JSON_NULL))
            return e;
    }
    return NULL;
}

/* ---- All of it ----------------------------------------------------------- */

/* Behind the row itself. */
static err *add_related(work *w, const row_history *h, const row_image *image) {
    const row_history_entry *loss = find_loss(h);
    const row_history_entry *beside;
    size_t beside_count;
    lost_rows lost;
    if (loss == NULL)
        return NULL;
    lost_row first = {w->wanted->model, loss, *image, true};
    TRY(row_history_read_beside(w->c, loss, &beside, &beside_count));
    TRY(restore_related_find(w->c, first, beside, beside_count, RESTORE_MOST,
                             &lost));
    for (size_t i = 0; i < lost.count; i++) {
        const lost_row *row = &lost.items[i];
        if (row->entry == loss)
            continue;
        TRY(row->is_gone ? add_insert(w, row->model, &row->image)
                         : add_taken(w, row));
    }
    return NULL;
}

static err *plan(work *w, const row_history *h) {
    const restore_wanted *wanted = w->wanted;
    const row_image *was;
    record_key id;
    row_image image;
    row_image now;
    TRY(find_version(w->c, wanted, h, &was));
    TRY(apply_set(w->c, wanted, was, &image));
    TRY(record_key_parse(w->c->arena, wanted->model, wanted->record_id, &id));
    TRY(row_history_read_row(w->c, wanted->model, &id, &now));
    TRY(now.is_there ? add_version(w, &image)
                     : add_insert(w, wanted->model, &image));
    return wanted->has_related ? add_related(w, h, &image) : NULL;
}

err *restore_run(const caller *c, const restore_wanted *wanted,
                 restore_result *out) {
    caller restorer = *c;
    row_history h;
    restorer.deleted = DELETED_INCLUDED;
    work w = {.c = &restorer, .wanted = wanted};
    TRY(row_history_read(c, wanted->model, wanted->record_id, &h));
    TRY(plan(&w, &h));
    mutation_result *results =
        arena_new_array(c->arena, mutation_result, w.count);
    size_t failed;
    TRY(mutation_engine_run_all(&restorer, w.items, w.count, results, &failed));
    *out = w.result;
    return NULL;
}
