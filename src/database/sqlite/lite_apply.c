#include "database/sqlite/lite_apply.h"

#include "database/shape.h"
#include "database/sqlite/lite_call_run.h"
#include "database/sqlite/lite_change.h"
#include "database/sqlite/lite_embed.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_receipt.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_type.h"
#include "database/sqlite/lite_violation.h"

/* What all mutations of a transaction may hand back: it is in memory until the
 * last of them has run. */
enum { RESULT_MAX_BYTES = 64 * 1024 * 1024 };

/* One mutation at work. */
typedef struct work {
    lite_write_connection *connection;
    arena *a;
    const mutation *m;
    str shape;
    mutation_result *result;
    value *rows;
    size_t value_count;
    size_t result_bytes; /* with those of the mutations before it */
    value *links;        /* of each row, when there are embeds */
    size_t link_count;
    uint64_t noted_before; /* a mark of the recorder's */
    char scratch[LITE_SCRATCH];
} work;

/* ---- Statements --------------------------------------------------------- */

typedef void write_sql(buf *out, const lite_layout *layout, const mutation *m,
                       size_t row);

/* A statement of that shape, prepared if need be. */
static err *find_statement(work *w, str shape, write_sql *write, size_t row,
                           lite_cached *out) {
    lite_write_connection *c = w->connection;
    if (lite_cache_take(c->cache, shape, out))
        return NULL;
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    write(&sql, &c->database->layout, w->m, row);
    if (sql.is_overflown)
        return err_new(w->a, ERR_TOO_LARGE, "the statement is too large");
    sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(w->a, c->db, buf_str(&sql), SQLITE_PREPARE_PERSISTENT,
                     &statement));
    *out = lite_cache_add(c->cache, shape, statement);
    return NULL;
}

static void write_look(buf *out, const lite_layout *layout, const mutation *m,
                       size_t row) {
    (void)layout;
    (void)row;
    lite_change_write_look(out, m);
}

/* ---- Results ------------------------------------------------------------ */

/* Valid until the next value is read. */
static err *read_value(work *w, sqlite3_stmt *row, size_t column,
                       const query_column *c, value *out) {
    const field *f = c->field;
    lite_form form =
        lite_column_form(&w->connection->database->layout, f, c->derivation);
    if (lite_form_read(row, (int)column, form, w->scratch, out))
        return NULL;
    return err_new(w->a, ERR_CORRUPT,
                   "a value in column \"%.*s\" of table \"%.*s\" is not of"
                   " its type",
                   STR_ARG(f->column), STR_ARG(f->model->table));
}

/* Makes a value of the result last. */
static err *keep_value(work *w, value *out) {
    bool has_text = out->kind == VALUE_TEXT || out->kind == VALUE_BYTES;
    w->result_bytes += sizeof *out + (has_text ? out->text.len : 0);
    if (w->result_bytes > RESULT_MAX_BYTES)
        return err_new(w->a, ERR_TOO_LARGE,
                       "the written rows are too many to hand back");
    if (has_text)
        out->text = arena_copy(w->a, out->text);
    return NULL;
}

/* What the judge saw is gone when it has nothing to say. SQLite's steps do not
 * count its time, and others wait to write. */
static err *judge_row(work *w, sqlite3_stmt *row, size_t at) {
    const mutation *m = w->m;
    lite_pace *pace = &w->connection->pace;
    if (lite_pace_is_over(pace, lite_now_ms()))
        return lite_pace_error(w->a, pace);
    arena_place before = arena_mark(w->a);
    value *cells = arena_new_array(w->a, value, m->judged_count);
    for (size_t i = 0; i < m->judged_count; i++) {
        size_t column = lite_change_first_judged(m) + i;
        TRY(read_value(w, row, column, &m->judged[i], &cells[i]));
        if (cells[i].kind == VALUE_TEXT || cells[i].kind == VALUE_BYTES)
            cells[i].text = arena_copy(w->a, cells[i].text);
    }
    err *e = m->judge(m->judge_context, w->a, at, cells);
    if (e == NULL)
        arena_rewind(w->a, before);
    return e;
}

/* What is embedded is read when all is written. */
static err *take_links(work *w, sqlite3_stmt *row) {
    const mutation *m = w->m;
    size_t end = lite_change_first_judged(m);
    size_t first = end - lite_select_link_count(m->embeds, m->embed_count);
    for (size_t i = first; i < end; i++) {
        value v = lite_value_raw(lite_cell(row, (int)i));
        TRY(keep_value(w, &v));
        ARENA_PUSH(w->a, w->links, w->link_count, v);
    }
    for (size_t i = m->returning_count; i < mutation_cell_count(m); i++)
        ARENA_PUSH(w->a, w->rows, w->value_count, (value){0});
    return NULL;
}

static err *take_result(work *w, sqlite3_stmt *row) {
    w->result->row_count++;
    for (size_t i = 0; i < w->m->returning_count; i++) {
        value v = {0};
        TRY(read_value(w, row, i, &w->m->returning[i], &v));
        TRY(keep_value(w, &v));
        ARENA_PUSH(w->a, w->rows, w->value_count, v);
    }
    return LIKELY(w->m->embed_count == 0) ? NULL : take_links(w, row);
}

static err *take_row(work *w, sqlite3_stmt *row, size_t at) {
    if (w->m->judge != NULL)
        TRY(judge_row(w, row, at));
    return lite_change_returns(&w->connection->database->layout, w->m)
               ? take_result(w, row)
               : NULL;
}

/* ---- Embeds ------------------------------------------------------------- */

lite_source lite_apply_source(lite_write_connection *c) {
    return (lite_source){
        .db = c->db,
        .cache = c->reads,
        .pace = &c->pace,
        .layout = &c->database->layout,
        .shape = &c->scratch,
    };
}

static err *fill_row(work *w, lite_embeds *embeds, const value *links,
                     value *cells) {
    const mutation *m = w->m;
    TRY(lite_embeds_read(w->a, embeds, links, cells));
    for (size_t i = 0; i < embed_cell_count(m->embeds, m->embed_count); i++)
        TRY(keep_value(w, &cells[i]));
    return NULL;
}

/* Fills in what the rows of the result lead to. */
static err *read_embeds(work *w) {
    const mutation *m = w->m;
    lite_source from = lite_apply_source(w->connection);
    lite_embeds *embeds = NULL;
    TRY(lite_embeds_open(w->a, &from, m->embeds, m->embed_count, &embeds));
    size_t links = lite_select_link_count(m->embeds, m->embed_count);
    size_t width = mutation_cell_count(m);
    err *e = NULL;
    for (size_t i = 0; i < w->result->row_count && e == NULL; i++)
        e = fill_row(w, embeds, w->links + i * links,
                     w->rows + i * width + m->returning_count);
    lite_embeds_close(embeds);
    return e;
}

static err *read_doomed(work *w, sqlite3_stmt *statement, const query *q) {
    TRY(lite_select_bind(w->a, statement, &w->connection->database->layout, q,
                         true, NULL, NULL, NULL));
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
        TRY(take_result(w, statement));
    lite_source from = lite_apply_source(w->connection);
    return rc == SQLITE_DONE ? NULL : lite_source_error(w->a, &from, rc);
}

/* The rows that a delete will find. Nobody else writes meanwhile. */
static err *read_before_delete(work *w) {
    const mutation *m = w->m;
    lite_source from = lite_apply_source(w->connection);
    lite_cached used;
    query q = {
        .model = m->model,
        .columns = m->returning,
        .column_count = m->returning_count,
        .where = m->where,
        .limit = QUERY_NO_LIMIT,
        .embeds = m->embeds,
        .embed_count = m->embed_count,
    };
    TRY(lite_select_find(w->a, &from, LITE_SELECT_ROWS, &q, NULL, &used));
    err *e = read_doomed(w, used.statement, &q);
    lite_cache_put(used);
    return e != NULL || m->embed_count == 0 ? e : read_embeds(w);
}

/* ---- One row ------------------------------------------------------------ */

static err *step_error(work *w, size_t row, int rc, str said) {
    lite_write_connection *c = w->connection;
    if ((rc & 0xff) == SQLITE_INTERRUPT && c->pace.has_ended)
        return lite_pace_error(w->a, &c->pace);
    if ((rc & 0xff) == SQLITE_CONSTRAINT)
        return lite_violation(c, w->a, w->m, row, rc, said);
    return lite_error(w->a, c->db, rc);
}

/* Binds and runs the statement, which is of the row's shape. */
static err *run_statement(work *w, sqlite3_stmt *statement, size_t row,
                          int *rc) {
    TRY(lite_change_bind(w->a, statement, &w->connection->database->layout,
                         w->m, row));
    size_t at = row;
    for (; (*rc = sqlite3_step(statement)) == SQLITE_ROW; at++)
        TRY(take_row(w, statement, at));
    if (*rc == SQLITE_DONE)
        w->result->affected += mutation_is_look(w->m)
                                   ? (int64_t)at
                                   : sqlite3_changes64(w->connection->db);
    return NULL;
}

static err *run_row(work *w, str shape, size_t row) {
    lite_cached used;
    int rc = SQLITE_DONE;
    TRY(find_statement(w, shape, lite_change_write, row, &used));
    err *e = run_statement(w, used.statement, row, &rc);
    bool has_failed = e == NULL && rc != SQLITE_DONE;
    str said = {0};
    if (has_failed)
        said = arena_copy(w->a, str_of(sqlite3_errmsg(w->connection->db)));
    /* The statement goes back before its error is explained: explaining asks
     * the database, which must have undone it by then. */
    lite_cache_put(used);
    return has_failed ? step_error(w, row, rc, said) : e;
}

/* ---- Deletes ------------------------------------------------------------ */

/* Counts what it read: some of these rows may go with others. */
static err *delete_what_was_read(work *w) {
    TRY(read_before_delete(w));
    int64_t count = (int64_t)w->result->row_count;
    TRY(run_row(w, w->shape, 0));
    w->result->affected = count;
    if (mutation_cell_count(w->m) == 0)
        w->result->row_count = 0;
    return NULL;
}

/* ---- Inserts ------------------------------------------------------------ */

/* What it notes may be stored before its end. */
static bool is_bulk(const mutation *m) {
    return m->kind == MUTATION_INSERT && m->row_count > 1;
}

/* Is there something to merge with? The writer is alone, so what it sees stays
 * so until it writes. */
static err *look(work *w, size_t row, bool *is_there) {
    lite_write_connection *c = w->connection;
    buf *shape = &c->scratch;
    buf_clear(shape, SIZE_MAX);
    buf_append(shape, STR("look"));
    shape_put(shape, w->m->model->index);
    for (size_t i = 0; i < w->m->conflict_field_count; i++)
        shape_put_field(shape, w->m->conflict_fields[i]);
    lite_cached used;
    TRY(find_statement(w, buf_str(shape), write_look, row, &used));
    err *e = lite_change_bind_look(w->a, used.statement, &c->database->layout,
                                   w->m, row);
    int rc = e == NULL ? sqlite3_step(used.statement) : SQLITE_OK;
    *is_there = rc == SQLITE_ROW;
    if (e == NULL)
        e = lite_check(w->a, c->db, rc);
    lite_cache_put(used);
    return e;
}

/* SQLite would give such a row the next number. */
static err *check_row_number(work *w, size_t row) {
    const key *k = w->m->model->primary_key;
    if (k == NULL || !lite_type_is_rowid(k->fields[0]))
        return NULL;
    const field *id = k->fields[0];
    const value *v = lite_change_value(w->m, row, id);
    bool is_default = v == NULL || v->kind == VALUE_DEFAULT;
    bool counts = id->default_value.kind == DEFAULT_AUTOINCREMENT;
    if (is_default ? counts : v->kind != VALUE_NULL)
        return NULL;
    return lite_violation_null(w->a, id);
}

static bool leaves_out_the_same(const mutation *m, size_t row) {
    const value *first = m->values;
    const value *v = &m->values[row * m->field_count];
    for (size_t i = 0; i < m->field_count; i++)
        if ((first[i].kind == VALUE_DEFAULT) != (v[i].kind == VALUE_DEFAULT))
            return false;
    return true;
}

static err *insert_row(work *w, size_t row) {
    TRY(check_row_number(w, row));
    bool is_there = false;
    if (w->m->on_conflict == CONFLICT_MERGE)
        TRY(look(w, row, &is_there));
    str shape = w->shape;
    if (row > 0 && !leaves_out_the_same(w->m, row)) {
        buf_clear(&w->connection->scratch, SIZE_MAX);
        mutation_write_shape(&w->connection->scratch, w->m, row);
        shape = arena_copy(w->a, buf_str(&w->connection->scratch));
    }
    int64_t before = w->result->affected;
    TRY(run_row(w, shape, row));
    if (!is_there)
        w->result->inserted += w->result->affected - before;
    return NULL;
}

/* What is noted of many rows does not wait for the last one. */
static err *insert_rows(work *w) {
    lite_recorder *r = w->connection->recorder;
    for (size_t i = 0; i < w->m->row_count; i++) {
        TRY(insert_row(w, i));
        if (is_bulk(w->m) && lite_recorder_is_full(r))
            TRY(lite_recorder_write(r, w->a));
    }
    return NULL;
}

/* ---- A mutation --------------------------------------------------------- */

static err *run_mutation(work *w) {
    w->result->cell_count = mutation_cell_count(w->m);
    if (w->m->kind == MUTATION_INSERT) {
        TRY(insert_rows(w));
    } else if (w->m->kind == MUTATION_CALL) {
        TRY(lite_call_run(w->connection, w->a, w->m, w->result));
        return mutation_check_count(w->a, w->m, w->result->affected);
    } else if (lite_change_reads_before(&w->connection->database->layout,
                                        w->m)) {
        TRY(delete_what_was_read(w));
    } else {
        TRY(run_row(w, w->shape, 0));
    }
    TRY(mutation_check_result(w->a, w->m, w->result));
    if (w->m->kind != MUTATION_DELETE && w->m->embed_count > 0)
        TRY(read_embeds(w));
    w->result->rows = w->rows;
    return NULL;
}

static err *run_control(lite_write_connection *c, arena *a,
                        sqlite3_stmt *statement) {
    int rc = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return lite_check(a, c->db, rc);
}

static bool has_deferred_violation(sqlite3 *db) {
    int outstanding = 0;
    int highest = 0;
    sqlite3_db_status(db, SQLITE_DBSTATUS_DEFERRED_FKS, &outstanding, &highest,
                      0);
    return outstanding != 0;
}

/* Rows of one insert may refer to each other in any order, but here each is a
 * statement, at whose end its keys are checked. */
static bool may_refer_to_itself(const mutation *m) {
    if (m->kind != MUTATION_INSERT || m->row_count < 2)
        return false;
    for (size_t i = 0; i < m->model->relation_count; i++)
        if (m->model->relations[i]->parent == m->model)
            return true;
    return false;
}

static err *run_and_check_keys(work *w) {
    lite_write_connection *c = w->connection;
    TRY(run_mutation(w));
    if (has_deferred_violation(c->db))
        return lite_violation_deferred(c, w->a, w->m);
    return lite_recorder_check(c->recorder, w->a);
}

/* Once more, with the keys checked at its end. Only for what failed without,
 * because the pragma makes SQLite prepare all statements anew. */
static err *run_deferring_keys(work *w) {
    lite_write_connection *c = w->connection;
    TRY(run_control(c, w->a, c->undo));
    lite_recorder_undo(c->recorder, w->noted_before);
    TRY(lite_run(w->a, c->db, "PRAGMA defer_foreign_keys = ON"));
    *w->result = (mutation_result){0};
    w->rows = NULL;
    w->value_count = 0;
    w->links = NULL;
    w->link_count = 0;
    err *e = run_and_check_keys(w);
    err *failure = lite_run(w->a, c->db, "PRAGMA defer_foreign_keys = OFF");
    return e != NULL ? e : failure;
}

static bool needs_savepoint(const work *w) {
    return !w->connection->database->layout.is_ours ||
           w->m->kind != MUTATION_INSERT || w->m->row_count != 1 ||
           w->m->judge != NULL || w->m->expected != NULL ||
           w->m->is_rolled_back;
}

static lite_outcome run_plain(work *w) {
    sqlite3 *db = w->connection->db;
    int64_t before = sqlite3_total_changes64(db);
    /* Nothing is deferred, unless somebody changed the table meanwhile. */
    err *e = run_and_check_keys(w);
    /* A failure behind the insert itself, as when its row cannot be read
     * back: only the whole transaction can undo it. */
    bool is_clean = e == NULL || sqlite3_total_changes64(db) == before;
    return (lite_outcome){e, is_clean && sqlite3_get_autocommit(db) == 0};
}

/* A savepoint that cannot be undone or released takes the transaction along. */
static lite_outcome close_savepoint(lite_write_connection *c, arena *a, err *e,
                                    bool is_rolled_back) {
    if (sqlite3_get_autocommit(c->db) != 0)
        return (lite_outcome){e, false};
    bool is_undone = e != NULL || is_rolled_back;
    err *failure = is_undone ? run_control(c, a, c->undo) : NULL;
    if (failure == NULL)
        failure = run_control(c, a, c->release);
    if (failure != NULL)
        return (lite_outcome){e != NULL ? e : failure, false};
    return (lite_outcome){e, true};
}

static lite_outcome run_in_savepoint(work *w) {
    lite_write_connection *c = w->connection;
    err *e = NULL;
    /* What those before it noted must not go when it is run once more. */
    if (may_refer_to_itself(w->m))
        e = lite_recorder_write(c->recorder, w->a);
    if (e == NULL)
        e = run_control(c, w->a, c->savepoint);
    if (e != NULL)
        return (lite_outcome){e, false};
    e = run_and_check_keys(w);
    if (e != NULL && e->code == ERR_FOREIGN_KEY_VIOLATION &&
        may_refer_to_itself(w->m) && sqlite3_get_autocommit(c->db) == 0)
        e = run_deferring_keys(w);
    return close_savepoint(c, w->a, e, w->m->is_rolled_back);
}

/* result_bytes: of the mutations so far. */
static lite_outcome run_one(lite_write_connection *c, arena *a,
                            const lite_write *write, size_t *result_bytes) {
    work w = {.connection = c,
              .a = a,
              .m = write->mutation,
              .shape = write->shape,
              .result = write->result,
              .result_bytes = *result_bytes};
    *w.result = (mutation_result){0};
    w.noted_before = lite_recorder_begin(c->recorder, w.m->origin);
    lite_outcome outcome =
        needs_savepoint(&w) ? run_in_savepoint(&w) : run_plain(&w);
    if (outcome.failure != NULL || w.m->is_rolled_back)
        lite_recorder_undo(c->recorder, w.noted_before);
    *result_bytes = w.result_bytes;
    return outcome;
}

/* ---- Several ------------------------------------------------------------ */

static bool is_any_rolled_back(const lite_write *writes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (writes[i].mutation->is_rolled_back)
            return true;
    return false;
}

/* Is it to be run, and with which values? A write that is to be undone must
 * stay for those behind it to see, so it is undone with the whole. */
static err *find_turn(arena *a, const lite_write *writes, size_t at,
                      lite_write *out) {
    const mutation *m = writes[at].mutation;
    const mutation_result *results = writes[0].result;
    *out->result = (mutation_result){0};
    if (LIKELY(!m->is_rolled_back && !mutation_waits(m)))
        return NULL;
    out->result->is_skipped = !mutation_has_turn(m, results);
    if (out->result->is_skipped)
        return NULL;
    TRY(mutation_resolve(a, m, results, at, &m));
    mutation *kept = arena_new_array(a, mutation, 1);
    *kept = *m;
    kept->is_rolled_back = false;
    out->mutation = kept;
    return NULL;
}

static lite_outcome run_each(lite_write_connection *c, arena *a,
                             const lite_write *writes, size_t count,
                             size_t *failed_at) {
    size_t result_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        lite_write write = writes[i];
        lite_outcome outcome = {find_turn(a, writes, i, &write), true};
        if (outcome.failure == NULL && !write.result->is_skipped)
            outcome = run_one(c, a, &write, &result_bytes);
        if (outcome.failure != NULL)
            *failed_at = i;
        if (!outcome.is_transaction || outcome.failure != NULL)
            return outcome;
    }
    return (lite_outcome){NULL, true};
}

/* Savepoints of one name nest. */
static lite_outcome run_several(lite_write_connection *c, arena *a,
                                const lite_write *writes, size_t count,
                                receipt *once, size_t *failed_at) {
    uint64_t noted_before = lite_recorder_begin(c->recorder, NULL);
    err *e = run_control(c, a, c->savepoint);
    if (e != NULL)
        return (lite_outcome){e, false};
    if (once != NULL)
        e = lite_receipt_find(c, a, once);
    bool is_new = e == NULL && (once == NULL || !once->is_repeat);
    lite_outcome outcome = {e, true};
    if (is_new)
        outcome = run_each(c, a, writes, count, failed_at);
    if (!outcome.is_transaction)
        return outcome;
    e = outcome.failure;
    if (e == NULL && is_new && once != NULL)
        e = lite_receipt_keep(c, a, once, count > 0 ? writes[0].result : NULL);
    bool is_rolled_back = is_any_rolled_back(writes, count);
    if (e != NULL || is_rolled_back)
        lite_recorder_undo(c->recorder, noted_before);
    return close_savepoint(c, a, e, is_rolled_back);
}

/* What is stored inside of these mutations' savepoint goes when they fail, so
 * what others noted is stored before it. */
static bool may_store(const lite_recorder *r, const lite_write *writes,
                      size_t count) {
    if (lite_recorder_is_full(r))
        return true;
    for (size_t i = 0; i < count; i++)
        if (is_bulk(writes[i].mutation))
            return true;
    return false;
}

lite_outcome lite_apply(lite_write_connection *c, arena *a,
                        const lite_write *writes, size_t count, receipt *once,
                        size_t *failed_at) {
    if (may_store(c->recorder, writes, count)) {
        err *e = lite_recorder_write(c->recorder, a);
        if (e != NULL)
            return (lite_outcome){e, false};
    }
    int64_t own_ms = count > 0 ? writes[0].mutation->time_limit_ms : 0;
    lite_pace_begin(&c->pace, lite_now_ms(),
                    own_ms > 0 ? own_ms : c->database->statement_timeout_ms);
    bool is_alone = count == 1 && once == NULL;
    size_t result_bytes = 0;
    lite_outcome outcome =
        is_alone ? run_one(c, a, writes, &result_bytes)
                 : run_several(c, a, writes, count, once, failed_at);
    lite_pace_end(&c->pace);
    if (outcome.failure == NULL && outcome.is_transaction)
        return outcome;
    if (is_alone && outcome.failure != NULL)
        *failed_at = 0;
    for (size_t i = 0; i < count; i++)
        *writes[i].result = (mutation_result){0};
    return outcome;
}
