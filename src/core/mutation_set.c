#include "core/mutation_set.h"

#include "base/assert.h"
#include "core/hooked_mutation.h"
#include "core/mutation_draft.h"
#include "core/referential_plan.h"
#include "core/soft_delete.h"
#include "core/soft_delete_tie.h"

/* Idle: it affects no row. What depends on something that is not done will
 * never have its turn. */
enum { NOWHERE = -1, NEVER = -2 };

static void add_ready(mutation_set *s, mutation_ready r) {
    if (r.counts && s->ready_of[r.place] == (size_t)NOWHERE)
        s->ready_of[r.place] = s->ready_count;
    ARENA_PUSH(s->caller->arena, s->ready, s->ready_count, r);
}

static void add_cascade(mutation_set *s, const mutation_draft *d,
                        size_t place) {
    size_t count;
    const mutation *const *more =
        soft_delete_cascade(s->caller, &d->mutation, &count);
    for (size_t i = 0; i < count; i++)
        add_ready(s, (mutation_ready){.m = more[i], .place = place});
}

/* What has to be looked at before. */
static void add_tie_looks(mutation_set *s, const mutation *m, size_t place) {
    size_t count;
    if (!soft_delete_tie_is(m))
        return;
    const mutation *const *looks = soft_delete_tie_looks(s->caller, m, &count);
    for (size_t i = 0; i < count; i++)
        add_ready(s, (mutation_ready){
                         .m = looks[i], .place = place, .is_action = true});
}

static void add_actions(mutation_set *s, const referential_plan *plan,
                        size_t place) {
    for (size_t i = 0; i < plan->count; i++)
        add_ready(s, (mutation_ready){.m = plan->items[i],
                                      .place = place,
                                      .is_action = true});
}

/* ---- References --------------------------------------------------------- */

/* An insert has no other values than those that it was given. */
static bool is_known(const mutation *m, value_cell cell, value *out) {
    const query_column *column = &m->returning[cell.column];
    if (m->kind != MUTATION_INSERT || m->on_conflict != CONFLICT_FAIL ||
        m->turn != MUTATION_ALWAYS || cell.row >= m->row_count ||
        cell.column >= m->returning_count || column->derivation != NULL)
        return false;
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i] != column->field)
            continue;
        *out = m->values[cell.row * m->field_count + i];
        return out->kind != VALUE_DEFAULT;
    }
    return false;
}

typedef struct referring {
    const mutation_set *s;
    const mutation *m;
} referring;

/* Of a change with hooks each part is known to hit so many rows. */
static size_t find_part(const mutation_set *s, size_t at, value_cell *cell) {
    size_t place = s->ready[at].place;
    const mutation *m = s->ready[at].m;
    while (s->ready[at].is_hooked && m->kind != MUTATION_INSERT &&
           cell->row >= (size_t)m->expected->affected &&
           at + 1 < s->ready_count && s->ready[at + 1].place == place &&
           s->ready[at + 1].counts) {
        cell->row -= (uint32_t)m->expected->affected;
        m = s->ready[++at].m;
    }
    return at;
}

/* What one that is wanted refers to, among those for the database. Who knows a
 * value already need not wait for it. */
static err *find_cell(const void *context, arena *a, value_cell cell,
                      value *out) {
    const referring *r = context;
    size_t at = r->s->ready_of[cell.mutation];
    if (at >= r->s->ready_count)
        return mutation_refuse_cell(a, r->m, cell);
    at = find_part(r->s, at, &cell);
    if (is_known(r->s->ready[at].m, cell, out))
        return NULL;
    cell.mutation = (uint32_t)at;
    *out = (value){.kind = VALUE_CELL, .cell = cell};
    return NULL;
}

typedef enum turn_answer { TURN_SURE, TURN_NEVER, TURN_OPEN } turn_answer;

/* Of a change with hooks it is known whether it hits a row, and the look that
 * stands before it knows it first. */
static turn_answer find_turn(const mutation_set *s, mutation *m) {
    size_t at = s->ready_of[m->turn_of];
    bool is_if_some = m->turn == MUTATION_IF_SOME;
    if (at == (size_t)NEVER)
        return TURN_NEVER;
    if (at == (size_t)NOWHERE)
        return is_if_some ? TURN_NEVER : TURN_SURE;
    ASSERT(at < s->ready_count && s->ready != NULL);
    const mutation_ready *r = &s->ready[at];
    m->turn_of = at;
    if (!r->is_hooked || r->m->kind == MUTATION_INSERT)
        return TURN_OPEN;
    /* In front of what its children need. */
    while (!s->ready[--at].is_hooked)
        continue;
    m->turn_of = at;
    return is_if_some ? TURN_OPEN : TURN_NEVER;
}

static err *find_references(const mutation_set *s, mutation *m,
                            bool *is_never) {
    referring r = {s, m};
    turn_answer turn = m->turn != MUTATION_ALWAYS ? find_turn(s, m) : TURN_OPEN;
    *is_never = turn == TURN_NEVER;
    if (turn == TURN_SURE)
        m->turn = MUTATION_ALWAYS;
    return m->refers_back && !*is_never
               ? mutation_replace_cells(s->caller->arena, m, find_cell, &r)
               : NULL;
}

/* ---- Together ----------------------------------------------------------- */

static void add_parts(mutation_set *s, const hooked_parts *parts, size_t first,
                      size_t end, bool counts, size_t place) {
    for (size_t i = first; i < end; i++)
        add_ready(s, (mutation_ready){.m = parts->items[i],
                                      .place = place,
                                      .counts = counts,
                                      .is_hooked = true});
}

/* Behind the looks, which see the rows as they were read, and in front of all
 * parts, which stay together. */
static err *prepare_actions(mutation_set *s, const hooked_parts *parts,
                            size_t place) {
    for (size_t i = parts->look_count; i < parts->count; i++) {
        referential_plan plan;
        TRY(referential_plan_make(s->caller, parts->items[i], &plan));
        add_actions(s, &plan, place);
    }
    return NULL;
}

static err *prepare_hooked(mutation_set *s, mutation_draft *d, size_t place) {
    hooked_parts parts;
    TRY(hooked_mutation_prepare(d, s, &parts));
    add_parts(s, &parts, 0, parts.look_count, false, place);
    if (referential_plan_is_for(s->caller, &d->mutation))
        TRY(prepare_actions(s, &parts, place));
    for (size_t i = parts.look_count; i < parts.count; i++)
        add_tie_looks(s, parts.items[i], place);
    add_parts(s, &parts, parts.look_count, parts.count, true, place);
    if (d->mutation.is_soft_delete)
        add_cascade(s, d, place);
    return NULL;
}

static err *prepare_plain(mutation_set *s, mutation_draft *d, size_t place) {
    bool is_idle;
    TRY(mutation_draft_prepare(d, &is_idle));
    if (is_idle)
        return NULL;
    add_tie_looks(s, &d->mutation, place);
    add_ready(
        s, (mutation_ready){.m = &d->mutation, .place = place, .counts = true});
    if (UNLIKELY(d->mutation.is_soft_delete))
        add_cascade(s, d, place);
    return NULL;
}

/* With what children of its rows need. Where that changes what the rows are
 * found by, they are read first, as for hooks. */
static err *prepare_parent(mutation_set *s, mutation_draft *d, size_t place) {
    mutation_draft asked = *d;
    referential_plan plan;
    bool is_idle;
    TRY(mutation_draft_prepare(d, &is_idle));
    if (is_idle)
        return NULL;
    TRY(referential_plan_make(s->caller, &d->mutation, &plan));
    if (plan.must_pin) {
        *d = asked;
        return prepare_hooked(s, d, place);
    }
    add_actions(s, &plan, place);
    add_tie_looks(s, &d->mutation, place);
    add_ready(
        s, (mutation_ready){.m = &d->mutation, .place = place, .counts = true});
    if (d->mutation.is_soft_delete)
        add_cascade(s, d, place);
    return NULL;
}

static err *prepare_one(mutation_set *s, size_t place) {
    mutation_draft *d = arena_new_array(s->caller->arena, mutation_draft, 1);
    bool is_never = false;
    *d = mutation_draft_of(s->caller, s->wanted[place]);
    TRY(mutation_draft_check(d));
    if (UNLIKELY(mutation_waits(&d->mutation)))
        TRY(find_references(s, &d->mutation, &is_never));
    if (is_never) {
        s->ready_of[place] = (size_t)NEVER;
        return NULL;
    }
    if (hooked_mutation_is(s->caller, &d->mutation))
        return prepare_hooked(s, d, place);
    return referential_plan_is_for(s->caller, &d->mutation)
               ? prepare_parent(s, d, place)
               : prepare_plain(s, d, place);
}

err *mutation_set_prepare(mutation_set *s, size_t *failed_at) {
    s->ready = NULL;
    s->ready_count = 0;
    s->ready_of = arena_new_array(s->caller->arena, size_t, s->count);
    for (size_t i = 0; i < s->count; i++) {
        *failed_at = i;
        s->ready_of[i] = (size_t)NOWHERE;
        TRY(prepare_one(s, i));
    }
    *failed_at = s->count;
    return NULL;
}

/* ---- Results ------------------------------------------------------------ */

/* Of one that became several, the rows one behind the other. */
static void join_rows(const mutation_set *s, arena *a,
                      const mutation_result *made, mutation_result *results) {
    size_t *filled = arena_new_array(a, size_t, s->count);
    value **joined = arena_new_array(a, value *, s->count);
    for (size_t i = 0; i < s->ready_count; i++) {
        const mutation_ready *r = &s->ready[i];
        mutation_result *out = &results[r->place];
        size_t cells = made[i].row_count * made[i].cell_count;
        if (!r->counts || cells == 0)
            continue;
        if (joined[r->place] == NULL)
            joined[r->place] =
                arena_new_array(a, value, out->row_count * made[i].cell_count);
        value *rows = joined[r->place];
        memcpy(rows + filled[r->place], made[i].rows, cells * sizeof *rows);
        filled[r->place] += cells;
        out->rows = rows;
    }
}

void mutation_set_spread(const mutation_set *s, arena *a,
                         const mutation_result *made,
                         mutation_result *results) {
    bool has_parts = false;
    for (size_t i = 0; i < s->count; i++)
        results[i] = (mutation_result){0};
    for (size_t i = 0; i < s->ready_count; i++) {
        const mutation_ready *r = &s->ready[i];
        mutation_result *out = &results[r->place];
        if (!r->counts)
            continue;
        if (s->ready_of[r->place] == i) {
            *out = made[i];
            continue;
        }
        has_parts = true;
        out->row_count += made[i].row_count;
        out->affected += made[i].affected;
        out->inserted += made[i].inserted;
    }
    if (UNLIKELY(has_parts))
        join_rows(s, a, made, results);
}
