#include "api/rest/payload_text.h"

#include "api/rest/nested_relation.h"
#include "api/rest/rest_names.h"
#include "base/assert.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/url.h"
#include "base/utf8.h"
#include "core/coerce.h"

typedef struct reader {
    const rest_request *request;
    payload *out;
    const field **sources; /* by name: the column, or NULL: not wanted */
    size_t *slots;         /* pairwise: its place in out->fields */
    size_t source_count;
    value *row; /* what a row is before it is read */
} reader;

static err *check_text(arena *a, str body) {
    if (utf8_is_valid(body) && str_find_char(body, '\0') == body.len)
        return NULL;
    return err_new(a, ERR_BODY,
                   "the body is not valid UTF-8, or has NUL in it");
}

/* --- columns --- */

static size_t find_slot(const payload *p, const field *f) {
    size_t slot = 0;
    while (slot < p->field_count && p->fields[slot] != f)
        slot++;
    return slot;
}

/* The columns are those that columns= names, else all. */
static err *add_source(arena *a, reader *r, str name) {
    const rest_request *q = r->request;
    const schema *s = q->tables->schema;
    payload *p = r->out;
    const field *f = model_find_column(s, q->table->model, name);
    if (!q->params.has_columns) {
        if (f == NULL &&
            nested_relation_names(a, q->tables, q->table->model, name))
            return nested_relation_refuse_form(a, name);
        TRY(rest_names_body_column(a, s, q->table->model, name, &f));
        if (find_slot(p, f) < p->field_count)
            return payload_refuse_twice(a, f);
        ARENA_PUSH(a, p->fields, p->field_count, f);
    }
    size_t slot = f != NULL ? find_slot(p, f) : p->field_count;
    if (slot == p->field_count)
        f = NULL;
    for (size_t i = 0; f != NULL && i < r->source_count; i++)
        if (r->sources[i] == f)
            return payload_refuse_twice(a, f);
    size_t count = r->source_count;
    ARENA_PUSH(a, r->sources, count, f);
    ARENA_PUSH(a, r->slots, r->source_count, slot);
    return NULL;
}

/* What columns= names and the body has not. */
static void prepare_row(arena *a, reader *r) {
    bool is_default = r->request->prefer.missing == MISSING_DEFAULT;
    r->row = arena_new_array(a, value, r->out->field_count);
    for (size_t i = 0; i < r->out->field_count; i++)
        r->row[i].kind = is_default ? VALUE_DEFAULT : VALUE_NULL;
}

static void begin(const rest_request *request, reader *r, payload *out) {
    *out = (payload){0};
    *r = (reader){.request = request, .out = out};
    if (request->params.has_columns) {
        out->fields = request->params.columns.fields;
        out->field_count = request->params.columns.count;
    }
}

/* --- rows --- */

/* A foreign column takes JSON. What the cell says is a text in it, of which the
 * database makes what the column's type does: never a part of the document. */
static value foreign_cell(arena *a, str text) {
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    json_write_string(&out, text);
    return (value){.kind = VALUE_TEXT, .text = arena_copy(a, buf_str(&out))};
}

static err *set_cell(arena *a, const reader *r, value *row, size_t at,
                     str text) {
    ASSERT(at < r->source_count && r->sources != NULL);
    const field *f = r->sources[at];
    if (f == NULL)
        return NULL;
    if (f->is_foreign) {
        row[r->slots[at]] = foreign_cell(a, text);
        return NULL;
    }
    err *e = coerce_text(a, f, text, &row[r->slots[at]]);
    if (e != NULL && str_is_empty(e->details))
        e = err_with_details(e, arena_printf(a, "column \"%.*s\" of row %zu",
                                             STR_ARG(f->column),
                                             r->out->row_count + 1));
    return e;
}

static bool is_null(const csv_cell *cell) {
    return !cell->is_quoted && str_equal(cell->text, STR("NULL"));
}

static err *set_csv_row(arena *a, const reader *r, value *row,
                        const csv_cell *cells) {
    memcpy(row, r->row, r->out->field_count * sizeof *row);
    for (size_t i = 0; i < r->source_count; i++) {
        if (!is_null(&cells[i]))
            TRY(set_cell(a, r, row, i, cells[i].text));
        else if (r->sources[i] != NULL)
            row[r->slots[i]].kind = VALUE_NULL;
    }
    return NULL;
}

static err *read_names(arena *a, reader *r, csv_reader *csv) {
    csv_cell *cells;
    size_t count;
    TRY(csv_next(a, csv, &cells, &count));
    if (count == 0)
        return err_with_details(
            err_new(a, ERR_BODY, "Empty or invalid csv"),
            STR("the first line has the names of the columns"));
    for (size_t i = 0; i < count; i++)
        TRY(add_source(a, r, cells[i].text));
    prepare_row(a, r);
    return NULL;
}

static err *refuse_length(arena *a, const csv_reader *csv) {
    return err_with_details(
        err_new(a, ERR_BODY, "All lines must have same number of fields"),
        arena_printf(a, "line %zu has not as many as the first", csv->line));
}

/* How many lines with cells there are, so that the rows fit. */
static err *count_rows(arena *a, const reader *r, csv_reader csv) {
    csv_cell *cells;
    size_t count;
    payload *p = r->out;
    for (p->row_count = 0;; p->row_count++) {
        arena_place before = arena_mark(a);
        TRY(csv_next(a, &csv, &cells, &count));
        if (count > 0 && count != r->source_count)
            return refuse_length(a, &csv);
        arena_rewind(a, before);
        if (count == 0)
            break;
    }
    return payload_check_size(a, p);
}

err *payload_read_csv(arena *a, const rest_request *request, payload *out) {
    reader r;
    csv_reader csv = csv_read(request->http->body);
    begin(request, &r, out);
    TRY(check_text(a, request->http->body));
    TRY(read_names(a, &r, &csv));
    TRY(count_rows(a, &r, csv));
    size_t rows = out->row_count;
    out->values = arena_new_array(a, value, rows * out->field_count);
    for (out->row_count = 0; out->row_count < rows; out->row_count++) {
        csv_cell *cells;
        size_t count;
        TRY(csv_next(a, &csv, &cells, &count));
        TRY(set_csv_row(a, &r, out->values + out->row_count * out->field_count,
                        cells));
    }
    return NULL;
}

/* --- forms --- */

static err *decode(arena *a, str text, str *out) {
    err *e = url_decode_query(a, text, out);
    if (e != NULL)
        return err_with_details(err_new(a, ERR_BODY, "Empty or invalid form"),
                                e->message);
    return NULL;
}

/* curl -d calls every body a form. */
static err *refuse_json(arena *a) {
    return err_with_hint(
        err_with_details(err_new(a, ERR_BODY, "Empty or invalid form"),
                         STR("the body is JSON, but Content-Type says it is a "
                             "form")),
        STR("send it with Content-Type: application/json"));
}

static bool is_like_json(str body) {
    str text = str_trim(body);
    return str_starts_with(text, STR("{")) || str_starts_with(text, STR("["));
}

err *payload_read_form(arena *a, const rest_request *request, payload *out) {
    reader r;
    str rest = request->http->body;
    str *texts = NULL;
    size_t count = 0;
    begin(request, &r, out);
    if (is_like_json(rest))
        return refuse_json(a);
    while (!str_is_empty(rest)) {
        str text = str_split(&rest, '&');
        str name = str_split(&text, '=');
        TRY(decode(a, name, &name));
        TRY(decode(a, text, &text));
        TRY(add_source(a, &r, name));
        ARENA_PUSH(a, texts, count, text);
    }
    prepare_row(a, &r);
    out->values = r.row;
    TRY(check_text(a, request->http->body));
    for (size_t i = 0; i < count; i++)
        TRY(set_cell(a, &r, r.row, i, texts[i]));
    out->row_count = 1;
    return NULL;
}
