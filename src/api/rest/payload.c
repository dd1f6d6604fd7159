#include "api/rest/payload.h"

#include "api/rest/nested_payload.h"
#include "api/rest/nested_relation.h"
#include "api/rest/payload_operator.h"
#include "api/rest/payload_text.h"
#include "api/rest/rest_names.h"
#include "base/assert.h"
#include "base/json.h"
#include "core/coerce_change.h"

enum {
    NO_SLOT = -1,
    /* An empty object is three bytes of a body and a whole row of defaults. */
    MAX_ROWS = 100000,
    /* What could be written out; columns= makes the same of three bytes. */
    MAX_CELLS = JSON_MAX_VALUES,
};

typedef struct reader {
    const rest_request *request;
    payload *out;
    int32_t *slot_of; /* by column_index: the place in fields, or NO_SLOT */
    size_t *seen_in;  /* by slot: the last row that had it, counted from 1 */
} reader;

err *payload_refuse_json(arena *a, str details) {
    return err_with_details(err_new(a, ERR_BODY, "Empty or invalid json"),
                            details);
}

/* A list of rows, also for one. */
static err *parse_rows(arena *a, str body, const json **rows, size_t *count) {
    const json *tree;
    err *e = json_parse(a, body, &tree);
    if (e != NULL)
        return payload_refuse_json(a, e->message);
    bool is_list = tree->kind == JSON_ARRAY;
    *rows = is_list ? tree->items : tree;
    *count = is_list ? tree->count : 1;
    TRY(payload_check_size(a, &(payload){.row_count = *count}));
    for (size_t i = 0; i < *count; i++) {
        if ((*rows)[i].kind != JSON_OBJECT)
            return payload_refuse_json(
                a, STR("the body is an object or an array of objects"));
    }
    return NULL;
}

err *payload_refuse_twice(arena *a, const field *f) {
    return err_new(a, ERR_BODY, "column \"%.*s\" is given twice",
                   STR_ARG(f->column));
}

static void use_fields(arena *a, reader *r, const field **fields,
                       size_t count) {
    size_t columns = r->request->table->model->column_count;
    r->out->fields = fields;
    r->out->field_count = count;
    r->seen_in = arena_new_array(a, size_t, count);
    r->slot_of = arena_new_array(a, int32_t, columns);
    for (size_t i = 0; i < columns; i++)
        r->slot_of[i] = NO_SLOT;
    for (size_t i = 0; i < count; i++)
        r->slot_of[fields[i]->column_index] = (int32_t)i;
}

/* Keys mostly come in the order of the columns, though some are left out, so
 * the column behind the last one is tried before the name is looked up. */
static err *find_column(arena *a, const reader *r, size_t next, str name,
                        const field **out) {
    const model *m = r->request->table->model;
    if (next < m->column_count && str_equal(m->columns[next]->column, name) &&
        field_is_visible(m->columns[next])) {
        *out = m->columns[next];
        return NULL;
    }
    return rest_names_body_column(a, r->request->tables->schema, m, name, out);
}

/* The columns are the keys of an object. */
static err *use_keys(arena *a, reader *r, const json *object) {
    const model *m = r->request->table->model;
    const field **fields = arena_new_array(a, const field *, object->count);
    bool *is_taken = arena_new_array(a, bool, m->column_count);
    size_t next = 0;
    for (size_t i = 0; i < object->count; i++) {
        TRY(find_column(a, r, next, object->keys[i], &fields[i]));
        next = fields[i]->column_index;
        if (is_taken[next])
            return payload_refuse_twice(a, fields[i]);
        is_taken[next++] = true;
    }
    use_fields(a, r, fields, object->count);
    return NULL;
}

/* Objects of one list almost always have their keys in one order, so the
 * place is tried before the name is looked up. */
static int32_t find_slot(const reader *r, size_t at, str name) {
    const payload *p = r->out;
    if (at < p->field_count && str_equal(p->fields[at]->column, name))
        return (int32_t)at;
    const field *f = model_find_column(r->request->tables->schema,
                                       r->request->table->model, name);
    return f != NULL ? r->slot_of[f->column_index] : NO_SLOT;
}

static err *refuse_keys(arena *a, size_t row) {
    return err_with_details(
        err_new(a, ERR_BODY, "All object keys must match"),
        arena_printf(a,
                     "object %zu has other keys than the first; columns= "
                     "names the ones to use",
                     row + 1));
}

err *payload_check_size(arena *a, const payload *p) {
    if (p->row_count > MAX_ROWS)
        return err_new(a, ERR_TOO_LARGE, "more than %d rows in one body",
                       MAX_ROWS);
    if (p->field_count == 0 || p->row_count <= MAX_CELLS / p->field_count)
        return NULL;
    return err_new(a, ERR_TOO_LARGE,
                   "%zu rows of %zu columns are more than %d cells",
                   p->row_count, p->field_count, MAX_CELLS);
}

static err *read_cell(arena *a, reader *r, size_t row, size_t slot,
                      const json *cell) {
    payload *p = r->out;
    const field *f = p->fields[slot];
    if (r->seen_in[slot] == row + 1)
        return payload_refuse_twice(a, f);
    r->seen_in[slot] = row + 1;
    value *out = &p->values[row * p->field_count + slot];
    relative_operator op = RELATIVE_SET;
    err *e = UNLIKELY(cell->kind == JSON_OBJECT) && coerce_change_is(f, cell)
                 ? coerce_change(a, f, cell, &op, out)
                 : coerce_json(a, f, cell, out);
    if (e == NULL && UNLIKELY(op != RELATIVE_SET || p->operators != NULL))
        e = payload_operator_note(a, p, row, slot, op);
    if (e != NULL && str_is_empty(e->details))
        e = err_with_details(e, arena_printf(a, "column \"%.*s\" of row %zu",
                                             STR_ARG(f->column), row + 1));
    return e;
}

static err *fill_missing(arena *a, reader *r, size_t row) {
    payload *p = r->out;
    bool is_default = r->request->prefer.missing == MISSING_DEFAULT;
    for (size_t i = 0; i < p->field_count; i++) {
        if (r->seen_in[i] == row + 1)
            continue;
        p->values[row * p->field_count + i] = (value){
            .kind = is_default ? VALUE_DEFAULT : VALUE_NULL,
        };
        if (UNLIKELY(p->operators != NULL))
            TRY(payload_operator_note(a, p, row, i, RELATIVE_SET));
    }
    return NULL;
}

static err *read_row(arena *a, reader *r, size_t row, const json *object) {
    bool has_columns = r->request->params.has_columns;
    size_t found = 0;
    for (size_t i = 0; i < object->count; i++) {
        int32_t slot = find_slot(r, i, object->keys[i]);
        if (slot == NO_SLOT && has_columns)
            continue;
        if (slot == NO_SLOT)
            return refuse_keys(a, row);
        TRY(read_cell(a, r, row, (size_t)slot, &object->items[i]));
        found++;
    }
    if (found == r->out->field_count)
        return NULL;
    if (!has_columns)
        return refuse_keys(a, row);
    return fill_missing(a, r, row);
}

static err *read_json(arena *a, const rest_request *request, payload *out) {
    reader r = {.request = request, .out = out};
    const json *rows = NULL;
    *out = (payload){0};
    TRY(parse_rows(a, request->http->body, &rows, &out->row_count));
    if (out->row_count == 0)
        return NULL;
    ASSERT(rows != NULL);
    if (UNLIKELY(nested_payload_is(request, rows, out->row_count)))
        return nested_payload_read(a, request, rows, out->row_count,
                                   &out->nested);
    if (request->params.has_columns)
        use_fields(a, &r, request->params.columns.fields,
                   request->params.columns.count);
    else
        TRY(use_keys(a, &r, &rows[0]));
    ASSERT(r.slot_of != NULL && r.seen_in != NULL);

    TRY(payload_check_size(a, out));
    out->values = arena_new_array(a, value, out->row_count * out->field_count);
    for (size_t i = 0; i < out->row_count; i++)
        TRY(read_row(a, &r, i, &rows[i]));
    return NULL;
}

err *payload_read(arena *a, const rest_request *request, payload *out) {
    body_form form;
    const field_list *columns = &request->params.columns;
    TRY(media_type_of_body(a, request->content_type, &form));
    if (form != BODY_JSON && columns->relation_count > 0)
        return nested_relation_refuse_form(a, columns->relations[0]);
    switch (form) {
    case BODY_JSON:
        return read_json(a, request, out);
    case BODY_CSV:
        return payload_read_csv(a, request, out);
    case BODY_FORM:
        return payload_read_form(a, request, out);
    }
    PANIC("not a form of a body");
}
