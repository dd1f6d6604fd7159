#include "api/rest/rest_order.h"

#include "api/rest/rest_column.h"
#include "api/rest/rest_names.h"
#include "api/rest/scan.h"
#include "core/coerce.h"

static err *take_column(arena *a, const schema *known, const model *m,
                        const rest_path *path, query_order *out) {
    TRY(rest_names_column(a, known, m, path->column, &out->field));
    TRY(rest_column_at_path(a, out->field, path, &out->derivation));
    const field *type = query_result(out->field, out->derivation);
    if (type->is_foreign || !type->is_list)
        return NULL;
    str name = coerce_type_name(type);
    return err_new(a, ERR_OPERATOR_TYPE,
                   "could not identify an ordering operator for type %.*s[]",
                   STR_ARG(name));
}

static err *refuse_several(arena *a, const rest_node *n,
                           const rest_node *child) {
    str origin = n->table->model->table;
    err *e = err_new(a, ERR_RELATED_ORDER,
                     "A related order on '%.*s' is not possible",
                     STR_ARG(child->name));
    return err_with_details(
        e, arena_printf(a,
                        "'%.*s' and '%.*s' do not form a many-to-one or "
                        "one-to-one relationship",
                        STR_ARG(origin), STR_ARG(child->name)));
}

/* projects(name): the parenthesis is next. */
static err *take_related(arena *a, const schema *known, const rest_node *n,
                         scan *s, str name, query_order *out) {
    rest_node *child = NULL;
    rest_path path;
    s->at++;
    TRY(rest_path_take(a, s, &path));
    if (!scan_take(s, ')'))
        return scan_fail(a, s, "\")\"");
    TRY(rest_node_require_child(a, n, name, &child));
    if (!child->way->hop.is_to_one)
        return refuse_several(a, n, child);
    out->related = rest_node_existence(a, child);
    return take_column(a, known, child->table->model, &path, out);
}

static err *take_subject(arena *a, const schema *known, const rest_node *n,
                         scan *s, query_order *out) {
    rest_path path = {0};
    TRY(scan_name(a, s, &path.column));
    if (scan_peek(s) == '(')
        return take_related(a, known, n, s, path.column, out);
    TRY(rest_path_take_arrows(a, s, &path));
    return take_column(a, known, n->table->model, &path, out);
}

static err *take_term(arena *a, const schema *known, const rest_node *n,
                      scan *s, query_order *out) {
    *out = (query_order){0};
    TRY(take_subject(a, known, n, s, out));
    if (scan_take_word(s, STR(".desc")))
        out->is_descending = true;
    else
        scan_take_word(s, STR(".asc"));
    out->are_nulls_first = out->is_descending;
    if (scan_take_word(s, STR(".nullsfirst")))
        out->are_nulls_first = true;
    else if (scan_take_word(s, STR(".nullslast")))
        out->are_nulls_first = false;
    scan_skip_blanks(s);
    return NULL;
}

/* A column that comes again decides nothing. */
static bool is_in(const query_order *order, size_t count,
                  const query_order *term) {
    for (size_t i = 0; i < count; i++) {
        if (order[i].field == term->field && order[i].derivation == NULL &&
            term->derivation == NULL && order[i].related == term->related)
            return true;
    }
    return false;
}

err *rest_order_parse(arena *a, const schema *known, const rest_node *n,
                      str text, const query_order **out, size_t *count) {
    scan s = {.text = text, .what = "order"};
    query_order *order = NULL;
    *count = 0;
    do {
        query_order term = {0};
        TRY(take_term(a, known, n, &s, &term));
        if (is_in(order, *count, &term))
            continue;
        if (*count == ORDER_MAX_COLUMNS)
            return err_new(a, ERR_QUERY_SYNTAX,
                           "order has more than %d columns", ORDER_MAX_COLUMNS);
        ARENA_PUSH(a, order, *count, term);
    } while (scan_take(&s, ','));
    if (!scan_is_at_end(&s))
        return scan_fail(a, &s, "\",\", asc, desc, nullsfirst or nullslast");
    *out = order;
    return NULL;
}
