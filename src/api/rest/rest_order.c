#include "api/rest/rest_order.h"

#include "api/rest/rest_names.h"
#include "api/rest/scan.h"
#include "core/coerce.h"

static err *take_term(arena *a, const schema *known, const model *m, scan *s,
                      query_order *out) {
    str name;
    TRY(scan_name(a, s, &name));
    if (scan_peek(s) == '(')
        return err_new(a, ERR_UNSUPPORTED,
                       "ordering by a related table (%.*s) is not supported "
                       "yet",
                       STR_ARG(name));
    if (scan_peek(s) == '-')
        return err_new(a, ERR_UNSUPPORTED,
                       "JSON paths (%.*s->...) are not supported yet",
                       STR_ARG(name));
    *out = (query_order){0};
    TRY(rest_names_column(a, known, m, name, &out->field));
    if (out->field->scalar == SCALAR_JSON || out->field->is_list)
        return err_new(a, ERR_OPERATOR_TYPE,
                       "could not identify an ordering operator for type json");

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
static bool is_in(const query_order *order, size_t count, const field *f) {
    for (size_t i = 0; i < count; i++) {
        if (order[i].field == f)
            return true;
    }
    return false;
}

err *rest_order_parse(arena *a, const schema *known, const model *m, str text,
                      const query_order **out, size_t *count) {
    scan s = {.text = text, .what = "order"};
    query_order *order = NULL;
    *count = 0;
    do {
        query_order term = {0};
        TRY(take_term(a, known, m, &s, &term));
        if (is_in(order, *count, term.field))
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
