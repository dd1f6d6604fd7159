#include "core/feed_consumer.h"

#include "core/default_maker.h"
#include "core/mutation_engine.h"
#include "database/system_schema.h"

enum { CONSUMER, SEQUENCE, UPDATED_AT, COLUMN_COUNT };

/* Its row in FeedPosition. */
typedef struct place {
    const model *model;
    const field *fields[COLUMN_COUNT];
    value values[COLUMN_COUNT];
} place;

static value text_value(str text) {
    return (value){.kind = VALUE_TEXT, .text = text};
}

static value int_value(int64_t n) {
    return (value){.kind = VALUE_INT, .integer = n};
}

static filter is(const field *f, value v) {
    return (filter){.kind = FILTER_COMPARE, .field = f, .value = v};
}

/* ---- Its place ---------------------------------------------------------- */

static place place_of(const feed_consumer *k, const caller *c,
                      int64_t position) {
    static const char *const COLUMNS[COLUMN_COUNT] = {"consumer", "sequence",
                                                      "updated_at"};
    default_maker defaults = default_maker_for(c);
    place p = {
        .model = system_schema_model(c->app->system, SYSTEM_FEED_POSITION),
        .values = {text_value(k->name), int_value(position),
                   default_maker_now(&defaults)},
    };
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        p.fields[i] = system_schema_field(c->app->system, SYSTEM_FEED_POSITION,
                                          COLUMNS[i]);
    return p;
}

static err *read_position(feed_consumer *k, const caller *c, bool *is_there) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const place p = place_of(k, c, 0);
    const query_column column = query_column_of(p.fields[SEQUENCE]);
    const filter where = is(p.fields[CONSUMER], p.values[CONSUMER]);
    const query q = {
        .model = p.model,
        .columns = &column,
        .column_count = 1,
        .where = &where,
        .limit = 1,
    };
    TRY(database_query(c->session, c->arena, &q, &rows));
    *is_there = database_rows_next(rows);
    if (*is_there)
        k->position = rows->values[0].integer;
    return database_rows_end(rows);
}

/* Another one with its name may do so at the same time. */
static err *make_position(const feed_consumer *k, const caller *c,
                          int64_t position) {
    const place p = place_of(k, c, position);
    const mutation m = {
        .kind = MUTATION_INSERT,
        .model = p.model,
        .fields = p.fields,
        .field_count = COLUMN_COUNT,
        .values = p.values,
        .row_count = 1,
        .on_conflict = CONFLICT_IGNORE,
        .conflict_fields = p.fields,
        .conflict_field_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
    };
    mutation_result made;
    return mutation_engine_run(c, &m, &made);
}

err *feed_consumer_open(const caller *c, const feed *f, str name,
                        feed_start start, feed_consumer *out) {
    bool is_there;
    int64_t position = 0;
    *out = (feed_consumer){.feed = f, .name = name};
    TRY(read_position(out, c, &is_there));
    if (is_there)
        return NULL;
    if (start == FEED_FROM_NOW)
        TRY(feed_end(f, c->session, c->arena, &position));
    TRY(make_position(out, c, position));
    return read_position(out, c, &is_there);
}

/* ---- A round ------------------------------------------------------------ */

err *feed_consumer_read(const feed_consumer *k, const caller *c, size_t most,
                        feed_page *out) {
    return feed_read(k->feed, c->session, c->arena, k->position, most, out);
}

/* Only from where it was: if somebody has moved it, no row is found. */
static mutation move(const place *to, const filter *where) {
    return (mutation){
        .kind = MUTATION_UPDATE,
        .model = to->model,
        .fields = to->fields + SEQUENCE,
        .field_count = COLUMN_COUNT - SEQUENCE,
        .values = to->values + SEQUENCE,
        .row_count = 1,
        .where = where,
        .max_rows = MUTATION_ANY_COUNT,
        .must_be_one = true,
    };
}

static err *run(const feed_consumer *k, const caller *c, int64_t to,
                const mutation *const *wanted, size_t count, size_t *failed) {
    const place next = place_of(k, c, to);
    const filter tests[] = {
        is(next.fields[CONSUMER], next.values[CONSUMER]),
        is(next.fields[SEQUENCE], int_value(k->position)),
    };
    const filter *const children[] = {&tests[0], &tests[1]};
    const filter where = {
        .kind = FILTER_ALL, .children = children, .child_count = 2};
    const mutation moved = move(&next, &where);
    const mutation **all =
        arena_new_array(c->arena, const mutation *, count + 1);
    mutation_result *results =
        arena_new_array(c->arena, mutation_result, count + 1);
    /* Who comes second waits at the first, and has nothing to undo then. */
    all[0] = &moved;
    for (size_t i = 0; i < count; i++)
        all[i + 1] = wanted[i];
    return mutation_engine_run_all(c, all, count + 1, results, failed);
}

err *feed_consumer_commit(feed_consumer *k, const caller *c,
                          const feed_page *page, const mutation *const *wanted,
                          size_t count, bool *is_taken) {
    size_t failed;
    bool is_there;
    err *e = run(k, c, page->last, wanted, count, &failed);
    *is_taken = e != NULL && e->code == ERR_NOT_SINGULAR && failed == 0;
    if (*is_taken) {
        TRY(read_position(k, c, &is_there));
        /* Somebody has deleted the row, or it would never move again. */
        return is_there ? NULL : make_position(k, c, k->position);
    }
    if (e == NULL)
        k->position = page->last;
    return e;
}
