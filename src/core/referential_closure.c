#include "core/referential_closure.h"

#include "core/hooked_mutation.h"
#include "core/hooked_reader.h"
#include "core/merge_keys.h"
#include "core/referential_filter.h"
#include "database/database.h"
#include "database/filter.h"

enum {
    /* Of keys of one column a list, of others a condition for each row. */
    LISTED_ROWS = 8192,
    SPELLED_ROWS = 500,
    KEY_MAX = 64 * 1024,
};

static closure_rows *find_set(const referential_closure *c, const model *m) {
    for (size_t i = 0; i < c->set_count; i++) {
        if (c->sets[i].model == m)
            return &c->sets[i];
    }
    return NULL;
}

/* ---- Rows --------------------------------------------------------------- */

static err *refuse_more(const referential_closure *c, const model *m) {
    return err_with_hint(
        err_new(c->caller->arena, ERR_TOO_LARGE,
                "more rows of \"%.*s\" and others go along than can be found "
                "at once",
                STR_ARG(m->table)),
        STR("delete the farthest first"));
}

static bool is_new(const referential_closure *c, closure_rows *s,
                   const value *cells) {
    CLEANUP(buf_free) buf text = buf_new(KEY_MAX);
    const key *k = model_identity(s->model);
    for (size_t i = 0; i < k->field_count; i++)
        (void)merge_keys_write(&text, k->fields[i], &cells[i]);
    str name = arena_copy(c->caller->arena, buf_str(&text));
    return map_add_number(s->known, name, s->count);
}

static err *add_row(referential_closure *c, closure_rows *s,
                    const value *cells) {
    arena *a = c->caller->arena;
    size_t width = model_identity(s->model)->field_count;
    size_t most = width == 1 ? HOOKED_MAX_ROWS : SPELLED_ROWS;
    if (!is_new(c, s, cells))
        return NULL;
    if (++c->row_count > HOOKED_MAX_ROWS || s->count == most)
        return refuse_more(c, s->model);
    if (s->count == s->room) {
        size_t room = s->room > 0 ? s->room * 2 : 8;
        value *ids = arena_new_array(a, value, room * width);
        if (s->count > 0)
            memcpy(ids, s->ids, s->count * width * sizeof *ids);
        s->ids = ids;
        s->room = room;
    }
    for (size_t i = 0; i < width; i++)
        s->ids[s->count * width + i] = hooked_reader_keep(a, cells[i]);
    s->count++;
    return NULL;
}

static err *read_rows(referential_closure *c, closure_rows *s,
                      const filter *where) {
    CLEANUP(database_rows_close) database_rows *found = NULL;
    arena *a = c->caller->arena;
    const key *k = model_identity(s->model);
    query_column *columns = arena_new_array(a, query_column, k->field_count);
    for (size_t i = 0; i < k->field_count; i++)
        columns[i] = query_column_of(k->fields[i]);
    query q = {.model = s->model,
               .columns = columns,
               .column_count = k->field_count,
               .where = where,
               .limit = QUERY_NO_LIMIT,
               .scope = c->caller->scope};
    TRY(database_query(c->caller->session, a, &q, &found));
    while (database_rows_next(found))
        TRY(add_row(c, s, found->values));
    return database_rows_end(found);
}

/* ---- Filters ------------------------------------------------------------ */

static const filter *rows_between(const referential_closure *c,
                                  const closure_rows *s, size_t first,
                                  size_t end) {
    arena *a = c->caller->arena;
    size_t width = model_identity(s->model)->field_count;
    const filter **lists = NULL;
    size_t count = 0;
    for (size_t i = first; i < end; i += LISTED_ROWS) {
        size_t n = end - i < LISTED_ROWS ? end - i : LISTED_ROWS;
        const filter *list =
            hooked_reader_filter(a, s->model, s->ids + i * width, n);
        ARENA_PUSH(a, lists, count, list);
    }
    return count > 0 ? filter_any(a, lists, count) : NULL;
}

const filter *referential_closure_filter(const referential_closure *c,
                                         const model *m) {
    const closure_rows *s = find_set(c, m);
    return s != NULL ? rows_between(c, s, 0, s->count) : NULL;
}

/* ---- Going along -------------------------------------------------------- */

static err *follow(referential_closure *c, closure_rows *s,
                   const relation *const *ties, size_t tie_count) {
    size_t first = s->followed;
    s->followed = s->count;
    const filter *parents = rows_between(c, s, first, s->count);
    for (size_t i = 0; i < tie_count; i++) {
        if (ties[i]->parent != s->model)
            continue;
        TRY(read_rows(c, find_set(c, ties[i]->child),
                      referential_filter_of_children(c->caller->arena, ties[i],
                                                     parents)));
    }
    return NULL;
}

static closure_rows *find_unfollowed(const referential_closure *c) {
    for (size_t i = 0; i < c->set_count; i++) {
        if (c->sets[i].followed < c->sets[i].count)
            return &c->sets[i];
    }
    return NULL;
}

err *referential_closure_read(referential_closure *c,
                              const model *const *models, size_t model_count,
                              const relation *const *ties, size_t tie_count,
                              const filter *where) {
    arena *a = c->caller->arena;
    c->sets = arena_new_array(a, closure_rows, model_count);
    c->set_count = model_count;
    for (size_t i = 0; i < model_count; i++) {
        c->sets[i] = (closure_rows){.model = models[i], .known = map_new(a)};
        if (model_identity(models[i]) == NULL)
            return refuse_more(c, models[i]);
    }
    TRY(read_rows(c, &c->sets[0], where));
    for (closure_rows *s = find_unfollowed(c); s != NULL;
         s = find_unfollowed(c))
        TRY(follow(c, s, ties, tie_count));
    return NULL;
}
