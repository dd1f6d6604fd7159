#include "core/keyset.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/sha256.h"
#include "core/coerce.h"
#include "core/planner_hop.h"
#include "core/policy.h"

enum {
    MAX_CURSOR = 64 * 1024, /* of values: more than any URL takes back */
    SIGNATURE_LENGTH = 12,
};

/* What the bytes of a cursor begin with: another form would have another. */
static const char VERSION = '1';

/* --- planning --- */

/* Values of these do not come back as exact as they were. */
static bool is_rounded(const field *f) {
    const native_type *native = &f->native;
    if (native->spec == NULL)
        return false;
    if (f->scalar == SCALAR_FLOAT)
        return str_equal(native->spec->sql, STR("real"));
    return f->scalar == SCALAR_DATETIME &&
           (native->parameter_count == 0 || native->parameters[0] > 3);
}

static err *check_term(arena *a, const query_order *term) {
    const char *why = NULL;
    if (term->related != NULL)
        why = "is of a related table";
    else if (is_rounded(query_result(term->field, term->derivation)))
        why = "is finer than the values that are read";
    if (why == NULL)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "pages cannot begin behind a row in this order: column "
                "%.*s.%.*s %s",
                STR_ARG(term->field->model->table),
                STR_ARG(term->field->column), why),
        STR("page with limit and offset, or order by another column"));
}

/* In a database that is served as it is found nobody knows how values of any
 * type are compared. */
static err *check(arena *a, const query *q) {
    if (q->model->is_foreign)
        return err_with_hint(err_new(a, ERR_UNSUPPORTED,
                                     "pages can begin behind a row only where "
                                     "a schema file describes the table"),
                             STR("page with limit and offset"));
    bool has_identity =
        q->call == NULL && !q->is_grouped && model_identity(q->model) != NULL;
    if (!has_identity)
        return err_with_hint(err_new(a, ERR_UNSUPPORTED,
                                     "pages can begin behind a row only where "
                                     "rows have a primary key"),
                             STR("page with limit and offset"));
    if (q->order_count > KEYSET_MAX_TERMS)
        return err_new(a, ERR_UNSUPPORTED,
                       "pages can begin behind a row in an order of %d columns "
                       "at most",
                       KEYSET_MAX_TERMS);
    for (size_t i = 0; i < q->order_count; i++)
        TRY(check_term(a, &q->order[i]));
    return NULL;
}

static bool is_same(const query_column *column, const query_order *term) {
    return column->field == term->field &&
           column->derivation == term->derivation;
}

err *keyset_plan(const caller *c, query *q, keyset *out) {
    arena *a = c->arena;
    TRY(check(a, q));
    TRY(planner_hop_order(c, q));
    size_t *cells = arena_new_array(a, size_t, q->order_count);
    query_column *columns =
        arena_new_array(a, query_column, q->column_count + q->order_count);
    size_t count = q->column_count;
    if (count > 0)
        memcpy(columns, q->columns, count * sizeof *columns);
    for (size_t i = 0; i < q->order_count; i++) {
        const query_order *term = &q->order[i];
        size_t at = 0;
        while (at < count && !is_same(&columns[at], term))
            at++;
        if (at == count)
            columns[count++] = (query_column){term->field, term->field->column,
                                              term->derivation};
        cells[i] = at;
    }
    q->columns = columns;
    q->has_all_columns = false;
    q->column_count = count;
    *out = (keyset){q->order, q->order_count, cells};
    return NULL;
}

/* --- the cursor --- */

/* The order in a few letters, so that a cursor fits no other one. */
static str sign(arena *a, const keyset *k) {
    CLEANUP(buf_free) buf text = buf_new(MAX_CURSOR);
    buf_append(&text, k->order[0].field->model->table);
    for (size_t i = 0; i < k->order_count; i++) {
        const query_order *term = &k->order[i];
        const derivation *d = term->derivation;
        buf_append_char(&text, '\0');
        buf_append(&text, term->field->column);
        for (size_t j = 0; d != NULL && j < d->step_count; j++) {
            buf_append_char(&text, '\1');
            buf_append(&text, d->steps[j].key);
            buf_append_int(&text, d->steps[j].index);
        }
        buf_append_char(&text, term->is_descending ? 'd' : 'a');
        buf_append_char(&text, term->are_nulls_first ? 'f' : 'l');
    }
    return str_slice(sha256_hex(a, buf_str(&text)), 0, SIGNATURE_LENGTH);
}

static void write_value(buf *out, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        buf_append(out, STR("null"));
        return;
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("true") : STR("false"));
        return;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        return;
    case VALUE_FLOAT:
        json_write_double(out, v->real);
        return;
    case VALUE_TEXT:
        json_write_string(out, v->text);
        return;
    case VALUE_BYTES:
        buf_append(out, STR("\"\\\\x"));
        hex_encode(out, v->text);
        buf_append_char(out, '"');
        return;
    }
}

str keyset_format(arena *a, const keyset *k, const value *cells) {
    CLEANUP(buf_free) buf text = buf_new(MAX_CURSOR);
    CLEANUP(buf_free) buf cursor = buf_new(2 * MAX_CURSOR);
    buf_append_char(&text, VERSION);
    buf_append(&text, sign(a, k));
    for (size_t i = 0; i < k->order_count; i++) {
        buf_append_char(&text, i == 0 ? '[' : ',');
        write_value(&text, &cells[k->cells[i]]);
    }
    buf_append_char(&text, ']');
    if (text.is_overflown)
        return (str){0};
    base64_encode(&cursor, buf_str(&text), BASE64_URL);
    return arena_copy(a, buf_str(&cursor));
}

static err *refuse(arena *a, const char *why) {
    return err_with_hint(err_new(a, ERR_QUERY_SYNTAX, "the cursor %s", why),
                         STR("follow the address in the Link header as it is"));
}

/* A cursor has JSON as a text. */
static err *parse_value(arena *a, const field *type, const json *j,
                        value *out) {
    bool is_json_text =
        type->scalar == SCALAR_JSON && !type->is_list && j->kind == JSON_STRING;
    return is_json_text ? coerce_text(a, type, j->text, out)
                        : coerce_json(a, type, j, out);
}

static err *parse(arena *a, const keyset *k, str cursor, value *out) {
    str text;
    const json *list;
    if (!base64_decode(a, cursor, BASE64_URL, &text) ||
        text.len < 1 + SIGNATURE_LENGTH || text.ptr[0] != VERSION)
        return refuse(a, "cannot be read");
    str signature = str_slice(text, 1, 1 + SIGNATURE_LENGTH);
    if (!str_equal(signature, sign(a, k)))
        return refuse(a, "belongs to another order");
    if (json_parse(a, str_slice(text, 1 + SIGNATURE_LENGTH, text.len), &list) !=
            NULL ||
        list->kind != JSON_ARRAY || list->count != k->order_count)
        return refuse(a, "cannot be read");
    for (size_t i = 0; i < k->order_count; i++) {
        const query_order *term = &k->order[i];
        TRY(parse_value(a, query_result(term->field, term->derivation),
                        &list->items[i], &out[i]));
    }
    return NULL;
}

/* --- behind a row --- */

static const filter *make(arena *a, filter f) {
    filter *made = arena_new_array(a, filter, 1);
    *made = f;
    return made;
}

static const filter *make_group(arena *a, filter_kind kind, const filter *first,
                                const filter *second) {
    const filter **children = arena_new_array(a, const filter *, 2);
    children[0] = first;
    children[1] = second;
    return make(a,
                (filter){.kind = kind, .children = children, .child_count = 2});
}

static const filter *compare(arena *a, const query_order *term, compare_op op,
                             value v) {
    return make(a, (filter){.kind = FILTER_COMPARE,
                            .field = term->field,
                            .derivation = term->derivation,
                            .op = op,
                            .value = v});
}

static const filter *is_null(arena *a, const query_order *term, bool negated) {
    return make(a, (filter){.kind = FILTER_IS,
                            .is_negated = negated,
                            .field = term->field,
                            .derivation = term->derivation,
                            .what = IS_NULL});
}

static bool may_be_null(const query_order *term) {
    return term->field->is_optional || term->derivation != NULL;
}

/* The term's value comes later than v. */
static const filter *is_later(arena *a, const query_order *term, value v) {
    if (v.kind == VALUE_NULL)
        return term->are_nulls_first ? is_null(a, term, true) : &POLICY_NO_ROW;
    const filter *later =
        compare(a, term, term->is_descending ? COMPARE_LT : COMPARE_GT, v);
    bool has_nulls_behind = may_be_null(term) && !term->are_nulls_first;
    return has_nulls_behind
               ? make_group(a, FILTER_ANY, later, is_null(a, term, false))
               : later;
}

static const filter *is_equal(arena *a, const query_order *term, value v) {
    return v.kind == VALUE_NULL ? is_null(a, term, false)
                                : compare(a, term, COMPARE_EQ, v);
}

/* rest says the same of the terms that follow. Where there are no nulls, an
 * index finds the begin by a bound that says nothing new. */
static const filter *is_behind(arena *a, const query_order *term, value v,
                               const filter *rest) {
    const filter *tied = make_group(a, FILTER_ALL, is_equal(a, term, v), rest);
    const filter *behind =
        make_group(a, FILTER_ANY, is_later(a, term, v), tied);
    if (may_be_null(term))
        return behind;
    compare_op bound = term->is_descending ? COMPARE_LTE : COMPARE_GTE;
    return make_group(a, FILTER_ALL, compare(a, term, bound, v), behind);
}

err *keyset_continue(const caller *c, query *q, const keyset *k, str cursor) {
    arena *a = c->arena;
    size_t last = k->order_count - 1;
    value *values = arena_new_array(a, value, k->order_count);
    TRY(parse(a, k, cursor, values));
    const filter *behind = is_later(a, &k->order[last], values[last]);
    for (size_t i = last; i > 0; i--)
        behind = is_behind(a, &k->order[i - 1], values[i - 1], behind);
    q->where = policy_narrow(a, q->where, behind);
    return NULL;
}
