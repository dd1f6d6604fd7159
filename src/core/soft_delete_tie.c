#include "core/soft_delete_tie.h"

#include "base/map.h"
#include "core/merge_keys.h"
#include "core/policy.h"
#include "core/referential_filter.h"
#include "database/filter.h"
#include "database/key_text.h"

enum {
    /* Of keys of one column a list, of others a condition for each key. */
    LISTED_KEYS = 8192,
    SPELLED_KEYS = 100,
    KEY_MAX = 64 * 1024,
};

typedef struct looks {
    const caller *c;
    arena *a;
    const mutation *of;
    const mutation **items;
    size_t count;
} looks;

/* ---- Ties --------------------------------------------------------------- */

static bool is_tie(const relation *r) {
    return r->on_delete == ACTION_CASCADE && r->parent->soft_delete != NULL &&
           r->child->soft_delete != NULL && relation_has_foreign_key(r);
}

static const value *find_value(const mutation *m, size_t row, const field *f) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i] == f && mutation_operator(m, i) == RELATIVE_SET)
            return &m->values[row * m->field_count + i];
    }
    return NULL;
}

static bool is_written(const mutation *m, const relation *r) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (m->fields[i] == r->columns[0])
            return true;
    }
    return false;
}

static bool writes_tie(const mutation *m) {
    for (size_t i = 0; i < m->model->relation_count; i++) {
        if (is_tie(m->model->relations[i]) &&
            is_written(m, m->model->relations[i]))
            return true;
    }
    return false;
}

bool soft_delete_tie_find(const mutation *m) {
    switch (m->kind) {
    case MUTATION_INSERT:
    case MUTATION_UPDATE:
        return m->is_soft_delete || writes_tie(m);
    case MUTATION_DELETE:
        return true; /* it will be an update */
    case MUTATION_CALL:
        return false;
    }
    return false;
}

/* ---- Looks -------------------------------------------------------------- */

static mutation *add_look(looks *l, const model *m, const filter *where) {
    static const value NOTHING = {.kind = VALUE_NULL};
    mutation *look = arena_new_array(l->a, mutation, 1);
    *look = (mutation){.kind = MUTATION_UPDATE,
                       .model = m,
                       .values = &NOTHING,
                       .row_count = 1,
                       .where = where,
                       .max_rows = MUTATION_ANY_COUNT,
                       .refers_back = l->of->refers_back,
                       .turn = l->of->turn,
                       .turn_of = l->of->turn_of,
                       .is_rolled_back = l->of->is_rolled_back,
                       .origin = l->of->origin,
                       .scope = l->of->scope};
    ARENA_PUSH(l->a, l->items, l->count, look);
    return look;
}

/* The first cell is the time, behind it stands the key. */
static err *judge(const void *context, arena *a, size_t row,
                  const value *cells) {
    const relation *r = context;
    const value **shown = arena_new_array(a, const value *, r->column_count);
    (void)row;
    if (cells[0].kind == VALUE_NULL)
        return NULL;
    for (size_t i = 0; i < r->column_count; i++)
        shown[i] = &cells[i + 1];
    str end = arena_printf(a, "is not present in table \"%.*s\".",
                           STR_ARG(r->parent->table));
    return err_with_details(
        err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                "insert or update on table \"%.*s\" violates foreign key"
                " constraint \"%.*s\"",
                STR_ARG(r->child->table), STR_ARG(r->constraint_name)),
        key_text(a, r->columns, shown, r->column_count, end.ptr));
}

static void add_look_at_parents(looks *l, const relation *r,
                                const filter *where) {
    query_column *judged =
        arena_new_array(l->a, query_column, r->column_count + 1);
    mutation *look = add_look(l, r->parent, where);
    judged[0] = query_column_of(r->parent->soft_delete);
    for (size_t i = 0; i < r->column_count; i++)
        judged[i + 1] = query_column_of(r->references[i]);
    look->locks_keys = true;
    look->judge = judge;
    look->judge_context = r;
    look->judged = judged;
    look->judged_count = r->column_count + 1;
}

/* ---- Keys --------------------------------------------------------------- */

/* Keys that are written, each once, one behind the other. */
typedef struct keys {
    value *values;
    size_t count;
    map *known;
} keys;

/* False: the row points to nobody, or to what the same request has looked at or
 * made, or it is a deleted row itself. */
static bool read_key(const mutation *m, const relation *r, size_t row,
                     value *out) {
    const value *gone = find_value(m, row, m->model->soft_delete);
    if (gone != NULL && gone->kind != VALUE_NULL && gone->kind != VALUE_DEFAULT)
        return false;
    for (size_t i = 0; i < r->column_count; i++) {
        const value *v = find_value(m, row, r->columns[i]);
        if (v == NULL || v->kind == VALUE_NULL || v->kind == VALUE_DEFAULT ||
            v->kind == VALUE_CELL)
            return false;
        out[i] = *v;
    }
    return true;
}

static void add_key(looks *l, keys *k, const relation *r, size_t row,
                    buf *text) {
    value *to = k->values + k->count * r->column_count;
    if (!read_key(l->of, r, row, to))
        return;
    buf_clear(text, SIZE_MAX);
    for (size_t i = 0; i < r->column_count; i++)
        (void)merge_keys_write(text, r->columns[i], &to[i]);
    if (map_add_number(k->known, arena_copy(l->a, buf_str(text)), row))
        k->count++;
}

static keys find_keys(looks *l, const relation *r) {
    CLEANUP(buf_free) buf text = buf_new(KEY_MAX);
    size_t rows = l->of->row_count;
    keys k = {.values = arena_new_array(l->a, value, rows * r->column_count),
              .known = map_new(l->a)};
    for (size_t row = 0; row < rows; row++)
        add_key(l, &k, r, row, &text);
    return k;
}

static const filter *is_key(arena *a, const relation *r, const value *values) {
    const filter *all = NULL;
    for (size_t i = 0; i < r->column_count; i++) {
        all = policy_narrow(
            a, all, filter_compare(a, r->references[i], COMPARE_EQ, values[i]));
    }
    return all;
}

static const filter *is_one_of(arena *a, const relation *r, const value *values,
                               size_t count) {
    if (count == 1)
        return is_key(a, r, values);
    if (r->column_count == 1)
        return filter_in(a, r->references[0], values, count);
    const filter **ways = arena_new_array(a, const filter *, count);
    for (size_t i = 0; i < count; i++)
        ways[i] = is_key(a, r, values + i * r->column_count);
    return filter_any(a, ways, count);
}

static void look_at_parents(looks *l, const relation *r) {
    keys k = find_keys(l, r);
    size_t most = r->column_count == 1 ? LISTED_KEYS : SPELLED_KEYS;
    for (size_t i = 0; i < k.count; i += most) {
        size_t n = k.count - i < most ? k.count - i : most;
        const value *values = k.values + i * r->column_count;
        add_look_at_parents(l, r, is_one_of(l->a, r, values, n));
    }
}

/* ---- Deletions ---------------------------------------------------------- */

static bool is_tied_to(const schema *s, const model *parent) {
    for (size_t i = 0; i < s->model_count; i++) {
        for (size_t j = 0; j < s->models[i].relation_count; j++) {
            const relation *r = s->models[i].relations[j];
            if (r->parent == parent && is_tie(r))
                return true;
        }
    }
    return false;
}

/* SQLite's one writer is alone. */
static void lock_rows(looks *l) {
    const schema *s = l->c->app->schema;
    const model *m = l->of->model;
    if (s->engine != ENGINE_POSTGRESQL || !is_tied_to(s, m))
        return;
    query_column *judged = arena_new_array(l->a, query_column, 1);
    *judged = query_column_of(m->soft_delete);
    mutation *look = add_look(l, m, l->of->where);
    look->returning = judged;
    look->returning_count = 1;
}

const mutation *const *soft_delete_tie_looks(const caller *c, const mutation *m,
                                             size_t *count) {
    looks l = {.c = c, .a = c->arena, .of = m};
    if (m->is_soft_delete)
        lock_rows(&l);
    for (size_t i = 0; !m->is_soft_delete && m->kind != MUTATION_DELETE &&
                       i < m->model->relation_count;
         i++) {
        const relation *r = m->model->relations[i];
        if (is_tie(r) && is_written(m, r))
            look_at_parents(&l, r);
    }
    *count = l.count;
    return l.items;
}
