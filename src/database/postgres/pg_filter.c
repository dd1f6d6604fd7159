#include "database/postgres/pg_filter.h"

#include "database/postgres/pg_expression.h"
#include "database/postgres/pg_hop.h"

static const str COMPARISONS[] = {
    [COMPARE_EQ] = STR_INIT(" = "), [COMPARE_NEQ] = STR_INIT(" <> "),
    [COMPARE_GT] = STR_INIT(" > "), [COMPARE_GTE] = STR_INIT(" >= "),
    [COMPARE_LT] = STR_INIT(" < "), [COMPARE_LTE] = STR_INIT(" <= "),
};

static const str IS[] = {
    [IS_NULL] = STR_INIT(" IS NULL"),
    [IS_TRUE] = STR_INIT(" IS TRUE"),
    [IS_FALSE] = STR_INIT(" IS FALSE"),
    [IS_UNKNOWN] = STR_INIT(" IS NULL"),
};

static const str LISTS[] = {
    [LIST_CONTAINS] = STR_INIT(" @> "),
    [LIST_IS_CONTAINED] = STR_INIT(" <@ "),
    [LIST_OVERLAPS] = STR_INIT(" && "),
};

static const str RANGES[] = {
    [RANGE_IS_LEFT] = STR_INIT(" << "),
    [RANGE_IS_RIGHT] = STR_INIT(" >> "),
    [RANGE_ENDS_BEFORE] = STR_INIT(" &< "),
    [RANGE_BEGINS_AFTER] = STR_INIT(" &> "),
    [RANGE_IS_ADJACENT] = STR_INIT(" -|- "),
};

static const str SEARCHES[] = {
    [SEARCH_QUERY] = STR_INIT("to_tsquery("),
    [SEARCH_PLAIN] = STR_INIT("plainto_tsquery("),
    [SEARCH_PHRASE] = STR_INIT("phraseto_tsquery("),
    [SEARCH_WEB] = STR_INIT("websearch_to_tsquery("),
};

static void write_operand(pg_sql *w, size_t alias, const filter *f) {
    pg_expression_write_compared(w, alias, f->field, f->derivation);
}

static pg_cast cast_of(const filter *f) {
    return pg_cast_compared(pg_cast_of(f->field, f->derivation));
}

static void write_binary(pg_sql *w, size_t alias, const filter *f, str sign) {
    write_operand(w, alias, f);
    pg_sql_put(w, sign);
    pg_sql_value(w, cast_of(f), &f->value);
}

/* Patterns are for texts, so other values are compared as such. */
static void write_pattern(pg_sql *w, size_t alias, const filter *f, str sign) {
    pg_cast type = cast_of(f);
    write_operand(w, alias, f);
    if (!type.is_open && !pg_cast_is_text(type))
        pg_sql_put(w, STR("::text"));
    pg_sql_put(w, sign);
    if (type.is_open)
        pg_sql_value(w, type, &f->value);
    else
        pg_sql_text(w, STR("text"), f->value.text);
}

/* Elements of an array of arrays would be its values: lists are a parameter
 * each, as many as the shape says. */
static void write_in_lists(pg_sql *w, const filter *f, pg_cast type) {
    size_t slots = filter_in_slots(f->value_count);
    pg_sql_put(w, slots > 0 ? STR(" IN (") : STR(" = ANY ('{}'"));
    for (size_t i = 0; i < slots; i++) {
        pg_sql_put(w, i > 0 ? STR(", ") : STR(""));
        pg_sql_value(w, type,
                     &f->values[i < f->value_count ? i : f->value_count - 1]);
    }
    pg_sql_put(w, STR(")"));
}

static void write_in(pg_sql *w, size_t alias, const filter *f) {
    pg_cast type = cast_of(f);
    if (type.is_list && f->value_count == 0) {
        pg_sql_put(w, STR("false"));
        return;
    }
    write_operand(w, alias, f);
    if (type.is_list) {
        write_in_lists(w, f, type);
        return;
    }
    pg_sql_put(w, STR(" = ANY ("));
    pg_sql_values(w, type, f->values, f->value_count, 1);
    pg_sql_put(w, STR(")"));
}

static void write_configuration(pg_sql *w, const filter *f) {
    if (str_is_empty(f->search_configuration))
        return;
    pg_sql_text(w, STR("text"), f->search_configuration);
    pg_sql_put(w, STR("::regconfig, "));
}

/* What is no tsvector becomes one. */
static void write_search(pg_sql *w, size_t alias, const filter *f) {
    pg_cast type = cast_of(f);
    bool is_json = !type.is_list && (str_equal(type.name, STR("json")) ||
                                     str_equal(type.name, STR("jsonb")));
    bool is_wrapped =
        type.is_open ? is_json || str_equal(type.name, STR("text")) ||
                           str_starts_with(type.name, STR("character varying"))
                     : !str_equal(type.name, STR("tsvector"));
    if (is_wrapped) {
        pg_sql_put(w, STR("to_tsvector("));
        write_configuration(w, f);
    }
    write_operand(w, alias, f);
    if (is_wrapped) {
        bool is_text = is_json || type.is_open || pg_cast_is_text(type);
        pg_sql_put(w, is_text ? STR(")") : STR("::text)"));
    }
    pg_sql_put(w, STR(" @@ "));
    pg_sql_put(w, SEARCHES[f->search]);
    write_configuration(w, f);
    pg_sql_text(w, STR("text"), f->value.text);
    pg_sql_put(w, STR(")"));
}

static void write_exists(pg_sql *w, size_t origin, const embed *related) {
    pg_hop_place place = pg_hop_place_new(w, origin);
    pg_sql_put(w, STR("EXISTS (SELECT 1 FROM "));
    pg_hop_write_from(w, &related->hop, related->query.model, place);
    pg_sql_put(w, STR(" WHERE "));
    pg_hop_write_link(w, &related->hop, place);
    if (related->query.where != NULL) {
        pg_sql_put(w, STR(" AND "));
        pg_filter_write(w, place.target, related->query.where);
    }
    pg_sql_put(w, STR(")"));
}

static void write_children(pg_sql *w, size_t alias, const filter *f) {
    bool is_all = f->kind == FILTER_ALL;
    if (f->child_count == 0) {
        pg_sql_put(w, is_all ? STR("true") : STR("false"));
        return;
    }
    pg_sql_put(w, STR("("));
    for (size_t i = 0; i < f->child_count; i++) {
        if (i > 0)
            pg_sql_put(w, is_all ? STR(" AND ") : STR(" OR "));
        pg_filter_write(w, alias, f->children[i]);
    }
    pg_sql_put(w, STR(")"));
}

static void write_condition(pg_sql *w, size_t alias, const filter *f) {
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        write_children(w, alias, f);
        return;
    case FILTER_COMPARE:
        write_binary(w, alias, f, COMPARISONS[f->op]);
        return;
    case FILTER_LIKE:
        write_pattern(w, alias, f,
                      f->is_case_sensitive ? STR(" LIKE ") : STR(" ILIKE "));
        return;
    case FILTER_IN:
        write_in(w, alias, f);
        return;
    case FILTER_IS:
        write_operand(w, alias, f);
        pg_sql_put(w, IS[f->what]);
        return;
    case FILTER_LIST:
        write_binary(w, alias, f, LISTS[f->list]);
        return;
    case FILTER_MATCH:
        write_pattern(w, alias, f,
                      f->is_case_sensitive ? STR(" ~ ") : STR(" ~* "));
        return;
    case FILTER_RANGE:
        write_binary(w, alias, f, RANGES[f->range]);
        return;
    case FILTER_SEARCH:
        write_search(w, alias, f);
        return;
    case FILTER_EXISTS:
        write_exists(w, alias, f->related);
        return;
    }
}

void pg_filter_write(pg_sql *w, size_t alias, const filter *f) {
    pg_sql_put(w, f->is_negated ? STR("NOT (") : STR(""));
    write_condition(w, alias, f);
    pg_sql_put(w, f->is_negated ? STR(")") : STR(""));
}

void pg_filter_write_where(pg_sql *w, size_t alias, const filter *where) {
    if (where == NULL)
        return;
    pg_sql_put(w, STR(" WHERE "));
    pg_filter_write(w, alias, where);
}
