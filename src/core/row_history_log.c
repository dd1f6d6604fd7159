#include "core/row_history_log.h"

#include "core/coerce.h"
#include "core/planner.h"
#include "database/filter.h"
#include "database/system_schema.h"

enum { PAGE = 500 };

/* ---- Keys ---------------------------------------------------------------- */

static err *refuse_key(arena *a, const model *m, str record_id) {
    const key *identity = model_identity(m);
    return err_with_hint(
        err_new(a, ERR_INVALID, "'%.*s' is no id of %.*s", STR_ARG(record_id),
                STR_ARG(m->name)),
        identity->field_count > 1
            ? arena_printf(a,
                           "its key has %zu columns, so an id is a JSON "
                           "list of as many texts",
                           identity->field_count)
            : (str){0});
}

static err *parse_parts(arena *a, const model *m, str record_id, str *parts,
                        size_t count) {
    const json *list = NULL;
    if (count == 1) {
        parts[0] = record_id;
        return NULL;
    }
    if (json_parse(a, record_id, &list) != NULL || list->kind != JSON_ARRAY ||
        list->count != count)
        return refuse_key(a, m, record_id);
    for (size_t i = 0; i < count; i++) {
        if (list->items[i].kind != JSON_STRING)
            return refuse_key(a, m, record_id);
        parts[i] = list->items[i].text;
    }
    return NULL;
}

err *record_key_parse(arena *a, const model *m, str record_id,
                      record_key *out) {
    const key *identity = model_identity(m);
    if (identity == NULL)
        return err_new(a, ERR_INVALID,
                       "%.*s has no key, so its rows have no history",
                       STR_ARG(m->name));
    size_t count = identity->field_count;
    str *parts = arena_new_array(a, str, count);
    value *values = arena_new_array(a, value, count);
    TRY(parse_parts(a, m, record_id, parts, count));
    for (size_t i = 0; i < count; i++) {
        if (identity->fields[i]->is_redacted)
            return err_new(a, ERR_INVALID,
                           "the key of %.*s is kept out of the audit log",
                           STR_ARG(m->name));
        if (coerce_text(a, identity->fields[i], parts[i], &values[i]) != NULL)
            return refuse_key(a, m, record_id);
    }
    *out = (record_key){identity->fields, values, count};
    return NULL;
}

str record_id_normal(arena *a, str record_id) {
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    const json *list = NULL;
    if (json_parse(a, record_id, &list) != NULL || list->kind != JSON_ARRAY)
        return record_id;
    for (size_t i = 0; i < list->count; i++) {
        buf_append(&out, i == 0 ? STR("[") : STR(", "));
        json_write(&out, &list->items[i]);
    }
    buf_append(&out, list->count == 0 ? STR("[]") : STR("]"));
    return arena_copy(a, buf_str(&out));
}

/* ---- Filters ------------------------------------------------------------- */

const filter *record_key_filter(arena *a, const record_key *id) {
    const filter **parts = arena_new_array(a, const filter *, id->count);
    for (size_t i = 0; i < id->count; i++)
        parts[i] = filter_compare(a, id->fields[i], COMPARE_EQ, id->values[i]);
    return filter_all(a, parts, id->count);
}

static value text_value(str text) {
    return (value){.kind = VALUE_TEXT, .text = text};
}

static value time_value(arena *a, timestamp t) {
    char *text = arena_alloc(a, TIMESTAMP_LENGTH, 1);
    timestamp_format(t, text);
    return text_value((str){text, TIMESTAMP_LENGTH});
}

/* ---- The row as it is ---------------------------------------------------- */

/* As a row in JSON has it, which is how the log has it. */
static const json *cell_json(arena *a, const field *f, const value *v) {
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    const row_column column = {.type = f->is_list ? SCALAR_JSON : f->scalar};
    const json *j = NULL;
    row_json_write_value(&out, &column, v);
    err *e = json_parse(a, arena_copy(a, buf_str(&out)), &j);
    return e == NULL ? j : NULL;
}

err *row_history_read_row(const caller *c, const model *m, const record_key *id,
                          row_image *out) {
    arena *a = c->arena;
    caller asks = *c;
    query_column *columns = arena_new_array(a, query_column, m->column_count);
    const field **shown = arena_new_array(a, const field *, m->column_count);
    query q = {.model = m,
               .columns = columns,
               .where = record_key_filter(a, id),
               .limit = 1};
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    asks.deleted = m->soft_delete != NULL ? DELETED_INCLUDED : DELETED_LEFT_OUT;
    *out = (row_image){0};
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (!field_is_visible(f) || f->is_password)
            continue;
        shown[q.column_count] = f;
        columns[q.column_count++] = query_column_of(f);
    }
    TRY(planner_read(&asks, &q, &rows));
    if (planner_next(rows)) {
        out->is_there = true;
        out->cells = arena_new_array(a, const json *, m->column_count);
        memset(out->cells, 0, m->column_count * sizeof *out->cells);
        for (size_t i = 0; i < q.column_count; i++)
            out->cells[shown[i]->column_index] =
                cell_json(a, shown[i], &rows->values[i]);
    }
    return planner_end(rows);
}

/* ---- The log ------------------------------------------------------------- */

typedef enum log_cell {
    CELL_ID,
    CELL_CREATED_AT,
    CELL_MODEL,
    CELL_RECORD_ID,
    CELL_ACTION,
    CELL_USER_ID,
    CELL_TOKEN_ID,
    CELL_REASON,
    CELL_REQUEST_ID,
    CELL_BEFORE,
    CELL_AFTER,
    CELL_CHANGES,
    CELL_COUNT,
} log_cell;

static const char *const CELLS[CELL_COUNT] = {
    [CELL_ID] = "id",
    [CELL_CREATED_AT] = "created_at",
    [CELL_MODEL] = "model",
    [CELL_RECORD_ID] = "record_id",
    [CELL_ACTION] = "action",
    [CELL_USER_ID] = "user_id",
    [CELL_TOKEN_ID] = "token_id",
    [CELL_REASON] = "reason",
    [CELL_REQUEST_ID] = "request_id",
    [CELL_BEFORE] = "before",
    [CELL_AFTER] = "after",
    [CELL_CHANGES] = "changes",
};

static const field *cell_field(const caller *c, log_cell cell) {
    return system_schema_field(c->app->system, SYSTEM_AUDIT_LOG, CELLS[cell]);
}

static str text_of(arena *a, const value *v) {
    return v->kind == VALUE_TEXT ? arena_copy(a, v->text) : (str){0};
}

static err *json_of(arena *a, const value *v, const json **out) {
    *out = NULL;
    return v->kind == VALUE_TEXT ? json_parse(a, arena_copy(a, v->text), out)
                                 : NULL;
}

static err *read_entry(arena *a, const value *v, row_history_entry *out) {
    *out = (row_history_entry){
        .id = text_of(a, &v[CELL_ID]),
        .model = text_of(a, &v[CELL_MODEL]),
        .record_id = text_of(a, &v[CELL_RECORD_ID]),
        .action = text_of(a, &v[CELL_ACTION]),
        .user_id = text_of(a, &v[CELL_USER_ID]),
        .token_id = text_of(a, &v[CELL_TOKEN_ID]),
        .reason = text_of(a, &v[CELL_REASON]),
        .request_id = text_of(a, &v[CELL_REQUEST_ID]),
    };
    TRY(timestamp_parse(a, v[CELL_CREATED_AT].text, &out->created_at));
    TRY(json_of(a, &v[CELL_BEFORE], &out->before));
    TRY(json_of(a, &v[CELL_AFTER], &out->after));
    return json_of(a, &v[CELL_CHANGES], &out->changes);
}

typedef struct entry_list {
    row_history_entry *items;
    size_t count;
} entry_list;

/* Adds the next ones of the query to the list. Suspends. */
static err *read_page(const caller *c, query *q, entry_list *list,
                      bool *is_last) {
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    size_t before = list->count;
    q->offset = (int64_t)before;
    TRY(planner_read(c, q, &rows));
    while (planner_next(rows)) {
        row_history_entry e;
        TRY(read_entry(c->arena, rows->values, &e));
        ARENA_PUSH(c->arena, list->items, list->count, e);
    }
    *is_last = list->count == before;
    return planner_end(rows);
}

/* Who only read the row is no part of what became of it. */
static const filter *are_changes(const caller *c, const filter *where) {
    const filter **parts = arena_new_array(c->arena, const filter *, 2);
    parts[0] = where;
    parts[1] = filter_compare(c->arena, cell_field(c, CELL_ACTION), COMPARE_NEQ,
                              text_value(STR("read")));
    return filter_all(c->arena, parts, 2);
}

static err *read_entries(const caller *c, const filter *where,
                         entry_list *out) {
    arena *a = c->arena;
    query_column *columns = arena_new_array(a, query_column, CELL_COUNT);
    const query_order order[] = {{.field = cell_field(c, CELL_CREATED_AT)},
                                 {.field = cell_field(c, CELL_ID)}};
    query q = {.model = system_schema_model(c->app->system, SYSTEM_AUDIT_LOG),
               .columns = columns,
               .column_count = CELL_COUNT,
               .where = are_changes(c, where),
               .order = order,
               .order_count = LENGTH(order),
               .limit = PAGE};
    bool is_last = false;
    for (int i = 0; i < CELL_COUNT; i++)
        columns[i] = query_column_of(cell_field(c, (log_cell)i));
    while (!is_last && out->count <= ROW_HISTORY_MOST)
        TRY(read_page(c, &q, out, &is_last));
    if (out->count > ROW_HISTORY_MOST)
        return err_new(a, ERR_TOO_LARGE,
                       "the audit log has more than %d entries of this",
                       ROW_HISTORY_MOST);
    return NULL;
}

static const filter *has_text(const caller *c, log_cell cell, str text) {
    return filter_compare(c->arena, cell_field(c, cell), COMPARE_EQ,
                          text_value(text));
}

err *row_history_read(const caller *c, const model *m, str record_id,
                      row_history *out) {
    entry_list list = {0};
    record_key id = {0};
    row_image now;
    str logged = model_identity(m) != NULL && model_identity(m)->field_count > 1
                     ? record_id_normal(c->arena, record_id)
                     : record_id;
    const filter *const parts[] = {has_text(c, CELL_MODEL, m->name),
                                   has_text(c, CELL_RECORD_ID, logged)};
    TRY(record_key_parse(c->arena, m, record_id, &id));
    TRY(read_entries(c, filter_all(c->arena, parts, LENGTH(parts)), &list));
    TRY(row_history_read_row(c, m, &id, &now));
    *out = row_history_of(c->arena, m, list.items, list.count, &now);
    return NULL;
}

err *row_history_read_beside(const caller *c, const row_history_entry *e,
                             const row_history_entry **out, size_t *count) {
    arena *a = c->arena;
    entry_list list = {0};
    const field *time = cell_field(c, CELL_CREATED_AT);
    timestamp from = {e->created_at.ms - ROW_HISTORY_REQUEST_MS};
    timestamp to = {e->created_at.ms + ROW_HISTORY_REQUEST_MS};
    bool has_request = !str_is_empty(e->request_id);
    const filter *const parts[] = {
        filter_compare(a, time, COMPARE_GTE, time_value(a, from)),
        filter_compare(a, time, COMPARE_LTE, time_value(a, to)),
        has_text(c, has_request ? CELL_REQUEST_ID : CELL_REASON,
                 has_request ? e->request_id : e->reason),
    };
    if (has_request || !str_is_empty(e->reason))
        TRY(read_entries(c, filter_all(a, parts, LENGTH(parts)), &list));
    *out = list.items;
    *count = list.count;
    return NULL;
}
