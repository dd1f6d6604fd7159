#include "core/hooked_insert.h"

#include "core/hooked_cells.h"
#include "core/hooked_keys.h"
#include "core/hooked_reader.h"
#include "core/merge_keys.h"
#include "core/validator.h"

/* A column that no row mentioned and a hook set. */
typedef struct added_column {
    const field *field;
    value *values; /* one for each row */
} added_column;

typedef struct insertion {
    mutation_draft *d;
    const caller *c;
    int32_t *place_of; /* by column_index, among the fields; -1: none */
    value *own;        /* a copy of the values, from the first change on */
    added_column *added;
    size_t added_count;
    seen_rows seen;
    hooked_keys keys;
    size_t there_count; /* with keys: rows that are there */
    size_t *left;       /* of rows that leave those alone: the others */
    size_t left_count;
} insertion;

/* Some rows of one batch, all of them new or none. */
typedef struct insert_page {
    arena *a;
    hook_action action;
    size_t *numbers;
    hook_row *hooked;
    value **shown; /* after, as the hooks got it */
    size_t count;
} insert_page;

/* ---- What the hooks are shown ------------------------------------------- */

static int32_t *map_places(arena *a, const mutation *m) {
    int32_t *place_of = arena_new_array(a, int32_t, m->model->column_count);
    for (size_t i = 0; i < m->model->column_count; i++)
        place_of[i] = -1;
    for (size_t i = 0; i < m->field_count; i++)
        place_of[m->fields[i]->column_index] = (int32_t)i;
    return place_of;
}

static bool is_key(const mutation *m, const field *f) {
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        if (m->conflict_fields[i] == f)
            return true;
    }
    return false;
}

/* Does a merge leave the column of a row that is there alone? */
static bool is_kept(const mutation *m, size_t at) {
    return (m->keeps_on_merge != NULL && m->keeps_on_merge[at]) ||
           is_key(m, m->fields[at]);
}

static value *show_new(const insertion *n, arena *a, size_t row) {
    const mutation *m = &n->d->mutation;
    value *cells = arena_new_array(a, value, m->model->column_count);
    for (size_t i = 0; i < m->model->column_count; i++) {
        int32_t at = n->place_of[i];
        cells[i] = at < 0 ? hooked_cell_of_absent(m->model->columns[i])
                          : hooked_cell_shown(
                                m->values[row * m->field_count + (size_t)at]);
    }
    return cells;
}

static value *show_merged(const insertion *n, arena *a, size_t row,
                          const value *there) {
    const mutation *m = &n->d->mutation;
    size_t width = m->model->column_count;
    value *cells = arena_new_array(a, value, width);
    memcpy(cells, there, width * sizeof *cells);
    for (size_t i = 0; i < m->field_count; i++) {
        value v = m->values[row * m->field_count + i];
        if (!is_kept(m, i) && v.kind != VALUE_DEFAULT)
            cells[m->fields[i]->column_index] = hooked_cell_shown(v);
    }
    return cells;
}

static insert_page page_for(arena *a, hook_action action, size_t most) {
    return (insert_page){
        .a = a,
        .action = action,
        .numbers = arena_new_array(a, size_t, most),
        .hooked = arena_new_array(a, hook_row, most),
        .shown = arena_new_array(a, value *, most),
    };
}

static void add_row(const insertion *n, insert_page *p, size_t row,
                    const value *there) {
    size_t width = n->d->mutation.model->column_count;
    value *after = there != NULL ? show_merged(n, p->a, row, there)
                                 : show_new(n, p->a, row);
    p->shown[p->count] = arena_new_array(p->a, value, width);
    memcpy(p->shown[p->count], after, width * sizeof *after);
    p->numbers[p->count] = row;
    p->hooked[p->count++] = (hook_row){.before = there, .after = after};
}

/* ---- What they changed -------------------------------------------------- */

/* Other rows leave it to the database, or have nothing there: of a row that a
 * merge finds, both leave the column alone. */
static added_column *find_added(insertion *n, const field *f) {
    const mutation *m = &n->d->mutation;
    for (size_t i = 0; i < n->added_count; i++) {
        if (n->added[i].field == f)
            return &n->added[i];
    }
    bool is_merge = m->on_conflict == CONFLICT_MERGE;
    value absent =
        is_merge ? (value){.kind = VALUE_DEFAULT} : hooked_cell_of_absent(f);
    added_column made = {f, arena_new_array(n->c->arena, value, m->row_count)};
    for (size_t i = 0; i < m->row_count; i++)
        made.values[i] = absent;
    ARENA_PUSH(n->c->arena, n->added, n->added_count, made);
    return &n->added[n->added_count - 1];
}

static void set_cell(insertion *n, size_t row, const field *f, value v) {
    mutation *m = &n->d->mutation;
    int32_t at = n->place_of[f->column_index];
    size_t count = m->row_count * m->field_count;
    if (at < 0) {
        find_added(n, f)->values[row] = v;
        return;
    }
    if (n->own == NULL) {
        n->own = arena_new_array(n->c->arena, value, count);
        memcpy(n->own, m->values, count * sizeof *n->own);
        m->values = n->own;
    }
    n->own[row * m->field_count + (size_t)at] = v;
}

static err *refuse_kept(const insertion *n, const field *f, const char *why) {
    return err_new(n->c->arena, ERR_HOOK_FAILED,
                   "a hook set column \"%.*s\" of a row of \"%.*s\" in an "
                   "upsert, %s",
                   STR_ARG(f->column), STR_ARG(f->model->table), why);
}

static err *check_kept(const insertion *n, const insert_page *p,
                       const field *f) {
    const mutation *m = &n->d->mutation;
    int32_t at = n->place_of[f->column_index];
    if (m->on_conflict != CONFLICT_MERGE)
        return NULL;
    if (is_key(m, f))
        return refuse_kept(n, f, "which finds its rows by that");
    if (p->action == HOOK_UPDATE && at >= 0 && is_kept(m, (size_t)at))
        return refuse_kept(n, f, "which only a new row has set");
    return NULL;
}

/* What we make when nobody gives one, a hook can ask for, too. */
static err *make_default(const insertion *n, const field *f, value *v) {
    if (v->kind != VALUE_DEFAULT)
        return NULL;
    TRY(default_maker_make(&n->d->defaults, f, v));
    return NULL;
}

static err *collect_row(insertion *n, const insert_page *p, size_t i) {
    const model *m = n->d->mutation.model;
    const value *after = p->hooked[i].after;
    for (size_t at = 0; at < m->column_count; at++) {
        const field *f = m->columns[at];
        value v = after[at];
        if (hooked_cell_is(&v, &p->shown[i][at]))
            continue;
        TRY(hooked_cell_check(n->c, f, &v));
        TRY(check_kept(n, p, f));
        TRY(make_default(n, f, &v));
        set_cell(n, p->numbers[i], f, hooked_reader_keep(n->c->arena, v));
    }
    return NULL;
}

static err *run_page(insertion *n, insert_page *p) {
    const mutation *m = &n->d->mutation;
    if (p->count == 0 ||
        !hook_chain_has(n->c->app, m->model, p->action, HOOK_BEFORE))
        return NULL;
    hook_batch batch = {
        .model = m->model,
        .action = p->action,
        .time = HOOK_BEFORE,
        .rows = p->hooked,
        .row_count = p->count,
        .numbers = m->row_count > 1 ? p->numbers : NULL,
    };
    TRY(hook_chain_run(n->c, &batch));
    for (size_t i = 0; i < p->count; i++)
        TRY(collect_row(n, p, i));
    return NULL;
}

/* ---- Batches ------------------------------------------------------------ */

static err *run_new(insertion *n, arena *a, size_t first, size_t count) {
    insert_page p = page_for(a, HOOK_CREATE, count);
    for (size_t i = 0; i < count; i++)
        add_row(n, &p, first + i, NULL);
    return run_page(n, &p);
}

static err *settle_row(insertion *n, size_t row, const value *there) {
    const mutation *m = &n->d->mutation;
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = m->fields[i];
        value made;
        if (m->operators[i] == RELATIVE_SET)
            continue;
        TRY(relative_apply(n->c->arena, f, m->operators[i],
                           &there[f->column_index],
                           &m->operands[row * m->field_count + i], &made));
        set_cell(n, row, f, hooked_reader_keep(n->c->arena, made));
    }
    return NULL;
}

/* Hooks may change of each row another cell, so what operators make of the rows
 * that are there, and stay so until they are written, becomes their value. */
static err *settle(insertion *n, size_t first, size_t count,
                   value *const *there) {
    for (size_t i = 0; n->d->mutation.operators != NULL && i < count; i++) {
        if (there[i] != NULL)
            TRY(settle_row(n, first + i, there[i]));
    }
    return NULL;
}

/* Rows that are there stay as they are, and no hook sees the ones that were
 * to be beside them. */
static err *run_missing(insertion *n, arena *a, size_t first, size_t count) {
    value **there = arena_new_array(a, value *, count);
    insert_page created = page_for(a, HOOK_CREATE, count);
    TRY(hooked_keys_find(&n->keys, a, first, count, there));
    for (size_t i = 0; i < count; i++) {
        n->there_count += there[i] != NULL;
        if (there[i] != NULL)
            continue;
        n->left[n->left_count++] = first + i;
        add_row(n, &created, first + i, NULL);
    }
    return run_page(n, &created);
}

static err *run_merged(insertion *n, arena *a, size_t first, size_t count) {
    value **there = arena_new_array(a, value *, count);
    insert_page created = page_for(a, HOOK_CREATE, count);
    insert_page updated = page_for(a, HOOK_UPDATE, count);
    TRY(hooked_keys_find(&n->keys, a, first, count, there));
    TRY(settle(n, first, count, there));
    for (size_t i = 0; i < count; i++)
        add_row(n, there[i] != NULL ? &updated : &created, first + i, there[i]);
    n->there_count += updated.count;
    TRY(run_page(n, &created));
    return run_page(n, &updated);
}

static bool has_keys(const mutation *m) {
    return m->on_conflict == CONFLICT_MERGE ||
           (m->on_conflict == CONFLICT_IGNORE && m->conflict_field_count > 0);
}

static err *run_batch(insertion *n, arena *a, size_t first, size_t count) {
    const mutation *m = &n->d->mutation;
    if (!has_keys(m))
        return run_new(n, a, first, count);
    return m->on_conflict == CONFLICT_MERGE ? run_merged(n, a, first, count)
                                            : run_missing(n, a, first, count);
}

/* One batch needs no memory that can be had again for the next. */
static err *run_batches(insertion *n) {
    const mutation *m = &n->d->mutation;
    size_t most = has_keys(m) ? HOOKED_KEYS_ROWS : HOOK_BATCH_ROWS;
    if (m->row_count <= most)
        return run_batch(n, n->c->arena, 0, m->row_count);
    CLEANUP(arena_release) arena *scratch = arena_new();
    err *e = NULL;
    for (size_t first = 0; e == NULL && first < m->row_count; first += most) {
        size_t left = m->row_count - first;
        arena_reset(scratch);
        e = run_batch(n, scratch, first, left < most ? left : most);
    }
    return e == NULL ? NULL : err_copy(n->c->arena, e);
}

/* ---- What is written ---------------------------------------------------- */

static void add_columns(insertion *n) {
    mutation *m = &n->d->mutation;
    arena *a = n->c->arena;
    size_t width = m->field_count + n->added_count;
    const field **fields = arena_new_array(a, const field *, width);
    bool *keeps = arena_new_array(a, bool, width);
    value *values = arena_new_array(a, value, m->row_count * width);
    for (size_t i = 0; i < m->field_count; i++) {
        fields[i] = m->fields[i];
        keeps[i] = m->keeps_on_merge != NULL && m->keeps_on_merge[i];
    }
    for (size_t i = 0; i < n->added_count; i++)
        fields[m->field_count + i] = n->added[i].field;
    for (size_t row = 0; row < m->row_count; row++) {
        value *to = values + row * width;
        memcpy(to, m->values + row * m->field_count,
               m->field_count * sizeof *to);
        for (size_t i = 0; i < n->added_count; i++)
            to[m->field_count + i] = n->added[i].values[row];
    }
    m->fields = fields;
    m->values = values;
    m->keeps_on_merge = keeps;
    m->field_count = width;
}

static void add_looks(insertion *n, hooked_parts *out) {
    for (size_t i = 0; i < n->keys.look_count; i++) {
        const hooked_keys_look *look = &n->keys.looks[i];
        const mutation *m =
            seen_rows_look(&n->seen, &n->d->mutation, look->where, look->count);
        ARENA_PUSH(n->c->arena, out->items, out->count, m);
    }
    out->look_count = out->count;
}

/* Of rows that are not to be beside others, those that are. */
static void leave_out(insertion *n) {
    mutation *m = &n->d->mutation;
    size_t width = m->field_count;
    value *values = arena_new_array(n->c->arena, value, n->left_count * width);
    for (size_t i = 0; i < n->left_count; i++)
        memcpy(values + i * width, m->values + n->left[i] * width,
               width * sizeof *values);
    m->values = values;
    m->row_count = n->left_count;
}

/* A row that somebody else puts there meanwhile must not be merged with. */
static void expect_new(insertion *n) {
    mutation *m = &n->d->mutation;
    mutation_expectation *expected =
        arena_new_array(n->c->arena, mutation_expectation, 1);
    *expected = (mutation_expectation){
        .affected = (int64_t)m->row_count,
        .inserted = (int64_t)(m->row_count - n->there_count),
    };
    m->expected = expected;
}

static err *write_rows(insertion *n, hooked_parts *out) {
    mutation *m = &n->d->mutation;
    if (n->added_count > 0)
        add_columns(n);
    TRY(mutation_draft_validate(n->d));
    if (has_keys(m))
        add_looks(n, out);
    if (m->on_conflict == CONFLICT_MERGE)
        expect_new(n);
    if (m->on_conflict == CONFLICT_IGNORE && n->there_count > 0)
        leave_out(n);
    if (m->row_count == 0)
        return mutation_check_count(n->c->arena, m, 0);
    ARENA_PUSH(n->c->arena, out->items, out->count, (const mutation *)m);
    return NULL;
}

err *hooked_insert_prepare(mutation_draft *d, hooked_parts *out) {
    const caller *c = d->defaults.caller;
    mutation *m = &d->mutation;
    if (has_keys(m))
        validator_transform(c->arena, m);
    TRY(merge_keys_check(c->arena, m));
    insertion n = {.d = d, .c = c, .place_of = map_places(c->arena, m)};
    if (has_keys(m)) {
        n.seen = seen_rows_of(c->arena, m->model);
        n.keys = hooked_keys_of(c, m, &n.seen);
        n.left = arena_new_array(c->arena, size_t, m->row_count);
    }
    TRY(run_batches(&n));
    m->operators = NULL;
    m->operands = NULL;
    return write_rows(&n, out);
}
