#include "core/hooked_keys.h"

#include "base/map.h"
#include "core/hooked_reader.h"
#include "core/merge_keys.h"
#include "database/filter.h"

hooked_keys hooked_keys_of(const caller *c, const mutation *m,
                           seen_rows *seen) {
    return (hooked_keys){
        .caller = c,
        .m = m,
        .seen = seen,
        .places = merge_keys_places(c->arena, m),
    };
}

/* ---- Filters ------------------------------------------------------------ */

/* NULL when the row has no key: then there is no row with it. */
static const filter *has_key(const hooked_keys *k, size_t row) {
    const mutation *m = k->m;
    arena *a = k->caller->arena;
    const value *cells = &m->values[row * m->field_count];
    const filter **terms =
        arena_new_array(a, const filter *, m->conflict_field_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        value v = cells[k->places[i]];
        if (v.kind == VALUE_NULL || v.kind == VALUE_DEFAULT ||
            v.kind == VALUE_CELL)
            return NULL;
        terms[count++] =
            filter_compare(a, m->conflict_fields[i], COMPARE_EQ, v);
    }
    /* Its key is one of the rows that are not deleted. */
    if (m->conflict_where != NULL && m->model->soft_delete != NULL)
        terms[count++] = filter_is_null(a, m->model->soft_delete);
    return filter_all(a, terms, count);
}

/* NULL when none of them has a key. */
static const filter *has_some_key(const hooked_keys *k, size_t first,
                                  size_t count) {
    arena *a = k->caller->arena;
    const filter **ways = arena_new_array(a, const filter *, count);
    size_t way_count = 0;
    for (size_t i = 0; i < count; i++) {
        ways[way_count] = has_key(k, first + i);
        way_count += ways[way_count] != NULL;
    }
    return way_count > 0 ? filter_any(a, ways, way_count) : NULL;
}

/* ---- Whose is whose ----------------------------------------------------- */

typedef struct finding {
    hooked_keys *k;
    arena *a;
    map *rows; /* by their keys, counted from the first */
    size_t first;
    size_t count;
    value **found;
    size_t found_count;
    bool is_clear; /* each of what was found is some row's */
} finding;

static bool write_key(buf *out, const finding *f, size_t row) {
    const mutation *m = f->k->m;
    const value *cells = &m->values[row * m->field_count];
    buf_clear(out, SIZE_MAX);
    for (size_t i = 0; i < m->conflict_field_count; i++)
        if (!merge_keys_write(out, m->conflict_fields[i],
                              &cells[f->k->places[i]]))
            return false;
    return true;
}

static void map_rows(finding *f) {
    CLEANUP(buf_free) buf text = buf_new(SIZE_MAX);
    f->rows = map_new(f->a);
    for (size_t i = 0; i < f->count; i++) {
        if (write_key(&text, f, f->first + i))
            map_add_number(f->rows, arena_copy(f->a, buf_str(&text)), i);
    }
}

static void take(finding *f, value *row) {
    CLEANUP(buf_free) buf text = buf_new(SIZE_MAX);
    const mutation *m = f->k->m;
    size_t at = 0;
    for (size_t i = 0; i < m->conflict_field_count; i++) {
        const field *of = m->conflict_fields[i];
        (void)merge_keys_write(&text, of, &row[of->column_index]);
    }
    f->found_count++;
    bool is_whose =
        f->count == 1 || map_find_number(f->rows, buf_str(&text), &at);
    f->is_clear = f->is_clear && is_whose && f->found[at] == NULL;
    if (is_whose)
        f->found[at] = row;
}

static err *find(finding *f, const filter *where) {
    seen_rows before = *f->k->seen;
    hooked_reader reader = {
        .caller = f->k->caller, .where = where, .seen = f->k->seen};
    value **rows = arena_new_array(f->a, value *, HOOK_BATCH_ROWS);
    f->is_clear = true;
    map_rows(f);
    while (!reader.is_done) {
        size_t count = 0;
        TRY(hooked_reader_next(&reader, f->a, rows, &count));
        for (size_t i = 0; i < count; i++)
            take(f, rows[i]);
    }
    if (!f->is_clear)
        f->k->seen->count = before.count;
    return NULL;
}

static err *find_and_note(finding *f) {
    hooked_keys *k = f->k;
    arena *a = k->caller->arena;
    const filter *where = has_some_key(k, f->first, f->count);
    if (where == NULL)
        return NULL;
    TRY(find(f, where));
    if (!f->is_clear && f->count > 1)
        return NULL;
    hooked_keys_look look = {where, f->found_count};
    ARENA_PUSH(a, k->looks, k->look_count, look);
    return NULL;
}

/* The database may hold keys for equal that we do not, as of a column that
 * ignores case: then each row is looked for by itself. */
err *hooked_keys_find(hooked_keys *k, arena *a, size_t first, size_t count,
                      value **found) {
    finding all = {
        .k = k, .a = a, .first = first, .count = count, .found = found};
    memset(found, 0, count * sizeof(value *));
    if (k->places == NULL)
        return NULL;
    all.is_clear = true;
    TRY(find_and_note(&all));
    if (all.is_clear)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        finding one = {
            .k = k, .a = a, .first = first + i, .count = 1, .found = &found[i]};
        found[i] = NULL;
        TRY(find_and_note(&one));
    }
    return NULL;
}
