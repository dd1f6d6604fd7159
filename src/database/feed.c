#include "database/feed.h"

#include "base/assert.h"
#include "database/system_schema.h"

/* As in the arrays below, and as a feed_event has them. */
enum {
    SEQUENCE,
    CREATED_AT,
    AUDIT_ID,
    ACTION,
    MODEL,
    RECORD_ID,
    BEFORE,
    AFTER
};

static const char *const COLUMNS[FEED_COLUMN_COUNT] = {
    [SEQUENCE] = "sequence", [CREATED_AT] = "created_at",
    [AUDIT_ID] = "audit_id", [ACTION] = "action",
    [MODEL] = "model",       [RECORD_ID] = "record_id",
    [BEFORE] = "before",     [AFTER] = "after",
};

feed feed_of(const schema *system) {
    feed f = {
        .event = system_schema_model(system, SYSTEM_EVENT),
        .number = system->engine == ENGINE_POSTGRESQL
                      ? schema_find_function(system, STR("read_events"))
                      : NULL,
    };
    ASSERT((f.number != NULL) == (system->engine == ENGINE_POSTGRESQL));
    for (size_t i = 0; i < FEED_COLUMN_COUNT; i++) {
        f.columns[i] = query_column_of(
            system_schema_field(system, SYSTEM_EVENT, COLUMNS[i]));
    }
    f.order = (query_order){.field = f.columns[SEQUENCE].field};
    return f;
}

static str text_of(arena *a, const value *v) {
    return v->kind == VALUE_TEXT ? arena_copy(a, v->text) : (str){0};
}

static feed_event event_of(arena *a, const value *cells) {
    return (feed_event){
        .sequence = cells[SEQUENCE].integer,
        .created_at = text_of(a, &cells[CREATED_AT]),
        .audit_id = text_of(a, &cells[AUDIT_ID]),
        .action = text_of(a, &cells[ACTION]),
        .model = text_of(a, &cells[MODEL]),
        .record_id = text_of(a, &cells[RECORD_ID]),
        .before = text_of(a, &cells[BEFORE]),
        .after = text_of(a, &cells[AFTER]),
    };
}

/* One writer counts, so what is there has its sequence. */
static err *read_counted(const feed *f, database_session *s, arena *a,
                         int64_t behind, size_t most, feed_page *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const filter later = {
        .kind = FILTER_COMPARE,
        .field = f->columns[SEQUENCE].field,
        .op = COMPARE_GT,
        .value = {.kind = VALUE_INT, .integer = behind},
    };
    const query q = {
        .model = f->event,
        .columns = f->columns,
        .column_count = FEED_COLUMN_COUNT,
        .where = &later,
        .order = &f->order,
        .order_count = 1,
        .limit = (int64_t)most,
    };
    TRY(database_query(s, a, &q, &rows));
    while (database_rows_next(rows))
        out->events[out->count++] = event_of(a, rows->values);
    return database_rows_end(rows);
}

/* Of rows that committed in another order than they were written the database
 * makes one order, when somebody reads: a write. */
static err *read_numbered(const feed *f, database_session *s, arena *a,
                          int64_t behind, size_t most, feed_page *out) {
    const value arguments[] = {
        {.kind = VALUE_INT, .integer = behind},
        {.kind = VALUE_INT, .integer = (int64_t)most},
    };
    const function_call call = {.function = f->number, .arguments = arguments};
    const mutation m = {
        .kind = MUTATION_CALL,
        .model = f->event,
        .call = &call,
        .returning = f->columns,
        .returning_count = FEED_COLUMN_COUNT,
        .order = &f->order,
        .order_count = 1,
        .max_rows = MUTATION_ANY_COUNT,
    };
    mutation_result result;
    TRY(database_mutate(s, a, &m, &result));
    for (; out->count < result.row_count; out->count++)
        out->events[out->count] =
            event_of(a, result.rows + out->count * FEED_COLUMN_COUNT);
    return NULL;
}

static err *has_event(const feed *f, database_session *s, arena *a,
                      int64_t until, bool *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const filter earlier = {
        .kind = FILTER_COMPARE,
        .field = f->columns[SEQUENCE].field,
        .op = COMPARE_LTE,
        .value = {.kind = VALUE_INT, .integer = until},
    };
    const query q = {
        .model = f->event,
        .columns = f->columns,
        .column_count = 1,
        .where = &earlier,
        .limit = 1,
    };
    TRY(database_query(s, a, &q, &rows));
    *out = database_rows_next(rows);
    return database_rows_end(rows);
}

/* What is removed is removed from the first event on, but for the last of
 * those. Where there is an earlier one, a number that is not there was never an
 * event's: the log of SQLite, which counts with the feed, has reads, too. */
static err *count_missed(const feed *f, database_session *s, arena *a,
                         int64_t behind, feed_page *out) {
    bool is_whole = false;
    out->missed = out->events[0].sequence - behind - 1;
    if (out->missed > 0 && f->number == NULL)
        TRY(has_event(f, s, a, behind, &is_whole));
    if (is_whole)
        out->missed = 0;
    return NULL;
}

err *feed_read(const feed *f, database_session *s, arena *a, int64_t behind,
               size_t most, feed_page *out) {
    *out = (feed_page){
        .events = arena_new_array(a, feed_event, most),
        .last = behind,
    };
    TRY(f->number != NULL ? read_numbered(f, s, a, behind, most, out)
                          : read_counted(f, s, a, behind, most, out));
    if (out->count == 0)
        return NULL;
    out->last = out->events[out->count - 1].sequence;
    return count_missed(f, s, a, behind, out);
}

/* Numbers what waits for it, and reads nothing. */
static err *number(const feed *f, database_session *s, arena *a) {
    feed_page none;
    return f->number != NULL ? feed_read(f, s, a, INT64_MAX, 0, &none) : NULL;
}

err *feed_end(const feed *f, database_session *s, arena *a, int64_t *out) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    const query_order newest_first = {
        .field = f->columns[SEQUENCE].field,
        .is_descending = true,
    };
    const query q = {
        .model = f->event,
        .columns = f->columns,
        .column_count = 1,
        .order = &newest_first,
        .order_count = 1,
        .limit = 1,
    };
    *out = 0;
    TRY(number(f, s, a));
    TRY(database_query(s, a, &q, &rows));
    if (database_rows_next(rows))
        *out = rows->values[0].integer;
    return database_rows_end(rows);
}
