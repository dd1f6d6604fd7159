#include "core/hooked_change.h"

#include "core/hooked_ahead.h"
#include "core/hooked_cells.h"
#include "core/hooked_reader.h"
#include "core/planner.h"

enum {
    /* Rows of one statement: of keys of one column a list, of others a
     * condition for each row. */
    LISTED_ROWS = 8192,
    SPELLED_ROWS = 100,
    /* How far a row looks back for one that was changed as it was. */
    GROUPS_BACK = 8,
};

/* Rows of which the hooks changed the same, if anything. */
typedef struct change_group {
    const field **fields;
    value *values;
    size_t field_count;
    value *ids;
    size_t id_count;
    size_t id_room;
} change_group;

typedef struct change {
    mutation_draft *d;
    const caller *c;
    const filter *where; /* what can be asked before the transaction */
    const key *identity;
    hook_action action;
    seen_rows seen;
    change_group *groups;
    size_t group_count;
    size_t row_count;
    hooked_parts *out;
} change;

/* One page of rows: what the hooks were shown, and what they made of it. */
typedef struct change_page {
    arena *a;
    value **rows;
    value **shown; /* of an update: after, as the hooks got it */
    hook_row *hooked;
    size_t count;
} change_page;

/* ---- Groups ------------------------------------------------------------- */

static bool is_same_change(const change_group *a, const change_group *b) {
    if (a->field_count != b->field_count)
        return false;
    for (size_t i = 0; i < a->field_count; i++) {
        if (a->fields[i] != b->fields[i] ||
            !hooked_cell_is(&a->values[i], &b->values[i]))
            return false;
    }
    return true;
}

/* The values are put into the arena of the request, which the page is not. */
static change_group *add_group(change *g, const change_group *wanted) {
    arena *a = g->c->arena;
    change_group made = {.field_count = wanted->field_count};
    made.fields = arena_new_array(a, const field *, wanted->field_count);
    made.values = arena_new_array(a, value, wanted->field_count);
    for (size_t i = 0; i < wanted->field_count; i++) {
        made.fields[i] = wanted->fields[i];
        made.values[i] = hooked_reader_keep(a, wanted->values[i]);
    }
    ARENA_PUSH(a, g->groups, g->group_count, made);
    return &g->groups[g->group_count - 1];
}

static change_group *find_group(change *g, const change_group *wanted) {
    size_t first =
        g->group_count > GROUPS_BACK ? g->group_count - GROUPS_BACK : 0;
    for (size_t i = g->group_count; i > first; i--) {
        if (is_same_change(&g->groups[i - 1], wanted))
            return &g->groups[i - 1];
    }
    return add_group(g, wanted);
}

static void add_row(change *g, change_group *group, const value *row) {
    arena *a = g->c->arena;
    size_t width = g->identity->field_count;
    if (group->id_count == group->id_room) {
        size_t room = group->id_room > 0 ? group->id_room * 2 : 1;
        value *ids = arena_new_array(a, value, room * width);
        if (group->id_count > 0)
            memcpy(ids, group->ids, group->id_count * width * sizeof *ids);
        group->ids = ids;
        group->id_room = room;
    }
    hooked_reader_identity(a, g->d->mutation.model, row,
                           group->ids + group->id_count * width);
    group->id_count++;
}

/* ---- A page ------------------------------------------------------------- */

/* What an operator makes of a cell: the row stays so until it is written. */
static err *show_cell(const change *g, const change_page *p, size_t at,
                      value *cell) {
    const mutation *m = &g->d->mutation;
    relative_operator op = mutation_operator(m, at);
    if (op == RELATIVE_SET) {
        *cell = hooked_cell_shown(m->values[at]);
        return NULL;
    }
    value before = *cell;
    const err *e =
        relative_apply(p->a, m->fields[at], op, &before, &m->values[at], cell);
    /* The page is gone when it is told. */
    return e == NULL
               ? NULL
               : err_new(g->c->arena, e->code, "%.*s", STR_ARG(e->message));
}

static err *show_result(const change *g, const change_page *p, size_t row) {
    const mutation *m = &g->d->mutation;
    size_t width = m->model->column_count;
    value *after = arena_new_array(p->a, value, width);
    p->shown[row] = arena_new_array(p->a, value, width);
    memcpy(after, p->rows[row], width * sizeof *after);
    for (size_t i = 0; i < m->field_count; i++)
        TRY(show_cell(g, p, i, &after[m->fields[i]->column_index]));
    memcpy(p->shown[row], after, width * sizeof *after);
    p->hooked[row].after = after;
    return NULL;
}

static err *collect_row(change *g, const change_page *p, size_t row) {
    const model *m = g->d->mutation.model;
    change_group changed = {
        .fields = arena_new_array(p->a, const field *, m->column_count),
        .values = arena_new_array(p->a, value, m->column_count)};
    const value *after = p->hooked[row].after;
    for (size_t i = 0; after != NULL && i < m->column_count; i++) {
        if (hooked_cell_is(&after[i], &p->shown[row][i]))
            continue;
        TRY(hooked_cell_check(g->c, m->columns[i], &after[i]));
        if (after[i].kind == VALUE_DEFAULT)
            return err_new(g->c->arena, ERR_HOOK_FAILED,
                           "a hook set column \"%.*s\" of \"%.*s\" to its "
                           "default, which a new row alone has",
                           STR_ARG(m->columns[i]->column), STR_ARG(m->table));
        changed.fields[changed.field_count] = m->columns[i];
        changed.values[changed.field_count++] = after[i];
    }
    add_row(g, find_group(g, &changed), p->rows[row]);
    return NULL;
}

static err *run_page(change *g, change_page *p) {
    p->hooked = arena_new_array(p->a, hook_row, p->count);
    p->shown = arena_new_array(p->a, value *, p->count);
    for (size_t i = 0; i < p->count; i++) {
        p->hooked[i].before = p->rows[i];
        if (g->action == HOOK_UPDATE)
            TRY(show_result(g, p, i));
    }
    hook_batch batch = {
        .model = g->d->mutation.model,
        .action = g->action,
        .time = HOOK_BEFORE,
        .rows = p->hooked,
        .row_count = p->count,
    };
    if (p->count > 0)
        TRY(hook_chain_run(g->c, &batch));
    for (size_t i = 0; i < p->count; i++)
        TRY(collect_row(g, p, i));
    return NULL;
}

static err *check_size(const change *g, const hooked_reader *r) {
    if (g->row_count <= HOOKED_MAX_ROWS && r->bytes <= HOOKED_MAX_BYTES)
        return NULL;
    return err_with_hint(
        err_new(g->c->arena, ERR_TOO_LARGE,
                "the request reaches more rows of \"%.*s\" than its hooks can "
                "see at once: %d, or %d MB",
                STR_ARG(g->d->mutation.model->table), HOOKED_MAX_ROWS,
                HOOKED_MAX_BYTES / (1024 * 1024)),
        STR("narrow the filter, and send several requests"));
}

/* More rows than may be are only counted. */
static bool is_too_many(const change *g) {
    const mutation *m = &g->d->mutation;
    bool has_limit = m->max_rows != MUTATION_ANY_COUNT;
    return (has_limit && g->row_count > (size_t)m->max_rows) ||
           (m->must_be_one && g->row_count > 1);
}

static err *run_next(change *g, hooked_reader *reader, arena *a) {
    value *rows[HOOK_BATCH_ROWS];
    change_page p = {.a = a, .rows = rows};
    TRY(hooked_reader_next(reader, a, rows, &p.count));
    g->row_count += p.count;
    TRY(check_size(g, reader));
    return is_too_many(g) ? NULL : run_page(g, &p);
}

/* Several pages take turns with the same memory. */
static err *run_pages(change *g) {
    hooked_reader reader = {
        .caller = g->c, .where = g->where, .seen = &g->seen};
    if (planner_finds_one(g->where))
        return run_next(g, &reader, g->c->arena);
    CLEANUP(arena_release) arena *scratch = arena_new();
    err *e = NULL;
    while (e == NULL && !reader.is_done) {
        arena_reset(scratch);
        e = run_next(g, &reader, scratch);
    }
    return e == NULL ? NULL : err_copy(g->c->arena, e);
}

/* Whether it is its turn the transaction knows, and then its look counts. */
static err *check_count(const change *g) {
    const mutation *m = &g->d->mutation;
    return m->turn == MUTATION_ALWAYS
               ? mutation_check_count(g->c->arena, m, (int64_t)g->row_count)
               : NULL;
}

/* ---- What is written ---------------------------------------------------- */

static size_t place_of(const mutation *m, const field *f) {
    size_t at = 0;
    while (at < m->field_count && m->fields[at] != f)
        at++;
    return at;
}

static relative_operator *copy_operators(arena *a, const mutation *m,
                                         size_t most) {
    if (m->operators == NULL)
        return NULL;
    relative_operator *operators = arena_new_array(a, relative_operator, most);
    memcpy(operators, m->operators, m->field_count * sizeof *operators);
    return operators;
}

/* The values that the client wants, with what the hooks changed over them. */
static void set_values(arena *a, mutation *m, const change_group *group) {
    size_t most = m->field_count + group->field_count;
    const field **fields = arena_new_array(a, const field *, most);
    value *values = arena_new_array(a, value, most);
    memcpy(fields, m->fields, m->field_count * sizeof *fields);
    memcpy(values, m->values, m->field_count * sizeof *values);
    relative_operator *operators = copy_operators(a, m, most);
    m->fields = fields;
    m->values = values;
    m->operators = operators;
    for (size_t i = 0; i < group->field_count; i++) {
        size_t at = place_of(m, group->fields[i]);
        fields[at] = group->fields[i];
        values[at] = group->values[i];
        if (operators != NULL)
            operators[at] = RELATIVE_SET;
        m->field_count += at == m->field_count;
    }
}

static void add_part(change *g, const mutation *like, const value *ids,
                     size_t count) {
    arena *a = g->c->arena;
    mutation *part = arena_new_array(a, mutation, 1);
    mutation_expectation *expected =
        arena_new_array(a, mutation_expectation, 1);
    *expected = (mutation_expectation){(int64_t)count, MUTATION_ANY_COUNT};
    *part = *like;
    part->where = hooked_reader_filter(a, like->model, ids, count);
    part->expected = expected;
    part->max_rows = MUTATION_ANY_COUNT;
    part->must_be_one = false;
    ARENA_PUSH(a, g->out->items, g->out->count, (const mutation *)part);
}

static err *add_parts_of(change *g, const change_group *group) {
    mutation_draft part = *g->d;
    size_t width = g->identity->field_count;
    size_t most = width == 1 ? LISTED_ROWS : SPELLED_ROWS;
    if (group->field_count > 0)
        set_values(g->c->arena, &part.mutation, group);
    TRY(mutation_draft_validate(&part));
    for (size_t i = 0; i < group->id_count; i += most) {
        size_t left = group->id_count - i;
        add_part(g, &part.mutation, group->ids + i * width,
                 left < most ? left : most);
    }
    if (part.mutation.is_soft_delete)
        g->d->mutation = part.mutation; /* for what it takes along */
    return NULL;
}

err *hooked_change_prepare(mutation_draft *d, const mutation_set *before,
                           hooked_parts *out) {
    const caller *c = d->defaults.caller;
    const mutation *m = &d->mutation;
    change g = {
        .d = d,
        .c = c,
        .identity = model_identity(m->model),
        .action = m->kind == MUTATION_DELETE ? HOOK_DELETE : HOOK_UPDATE,
        .seen = seen_rows_of(c->arena, m->model),
        .out = out,
    };
    TRY(hooked_ahead_where(before, m, &g.where));
    TRY(run_pages(&g));
    TRY(check_count(&g));
    if (g.row_count == 0 && before->ready_count == 0)
        return NULL;
    const mutation *look = seen_rows_look(&g.seen, m, m->where, g.row_count);
    ARENA_PUSH(c->arena, out->items, out->count, look);
    out->look_count = out->count;
    for (size_t i = 0; i < g.group_count; i++)
        TRY(add_parts_of(&g, &g.groups[i]));
    return NULL;
}
