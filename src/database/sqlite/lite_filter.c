#include "database/sqlite/lite_filter.h"

#include "base/assert.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_hop.h"
#include "database/sqlite/lite_sql.h"

static const str OPERATORS[] = {
    [COMPARE_EQ] = STR_INIT(" = "), [COMPARE_NEQ] = STR_INIT(" <> "),
    [COMPARE_GT] = STR_INIT(" > "), [COMPARE_GTE] = STR_INIT(" >= "),
    [COMPARE_LT] = STR_INIT(" < "), [COMPARE_LTE] = STR_INIT(" <= "),
};

static const str IS[] = {
    [IS_NULL] = STR_INIT(" IS NULL"),
    [IS_TRUE] = STR_INIT(" IS 1"),
    [IS_FALSE] = STR_INIT(" IS 0"),
    [IS_UNKNOWN] = STR_INIT(" IS NULL"),
};

static void write_filter(buf *out, lite_scope s, const filter *f);

/* As a balanced tree: SQLite bounds the depth of an expression, and a AND b AND
 * c AND d is as deep as it is long. */
static void write_children(buf *out, lite_scope s,
                           const filter *const *children, size_t count,
                           str word) {
    if (count == 1) {
        write_filter(out, s, children[0]);
        return;
    }
    size_t half = count / 2;
    buf_append_char(out, '(');
    write_children(out, s, children, half, word);
    buf_append(out, word);
    write_children(out, s, children + half, count - half, word);
    buf_append_char(out, ')');
}

static void write_column(buf *out, lite_scope s, const filter *f) {
    lite_column_write(out, s, f->field, f->derivation);
}

static void write_comparison(buf *out, lite_scope s, const filter *f) {
    bool is_equality = f->op == COMPARE_EQ || f->op == COMPARE_NEQ;
    bool is_ranked =
        !is_equality && lite_column_is_ranked(f->field, f->derivation);
    if (is_ranked)
        lite_column_write_rank(out, s, f->field);
    else
        lite_column_write_collated(out, s, f->field, f->derivation);
    buf_append(out, OPERATORS[f->op]);
    if (is_ranked)
        lite_parameter_write_rank(out, f->field);
    else
        buf_append_char(out, '?');
}

static void write_in(buf *out, const filter *f) {
    buf_append(out, STR(" IN ("));
    size_t slots = filter_in_slots(f->value_count);
    for (size_t i = 0; i < slots; i++)
        buf_append(out, i > 0 ? STR(",?") : STR("?"));
    buf_append_char(out, ')');
}

/* name(column, ?) */
static void write_call(buf *out, lite_scope s, const filter *f, str name) {
    buf_append(out, name);
    buf_append_char(out, '(');
    write_column(out, s, f);
    buf_append(out, STR(", ?)"));
}

static bool is_json(const filter *f) {
    return f->derivation != NULL || !f->field->is_list;
}

/* Of a column that is null, nothing is known. */
static void write_list(buf *out, lite_scope s, const filter *f) {
    static const struct {
        str before; /* the column's name */
        str after;
    } SQL[] = {
        [LIST_CONTAINS] =
            {STR_INIT("NOT EXISTS (SELECT 1 FROM json_each(?) w WHERE w.value"
                      " NOT IN (SELECT h.value FROM json_each("),
             STR_INIT(") h))")},
        [LIST_IS_CONTAINED] =
            {STR_INIT("NOT EXISTS (SELECT 1 FROM json_each("),
             STR_INIT(") h WHERE h.value NOT IN (SELECT w.value FROM"
                      " json_each(?) w))")},
        [LIST_OVERLAPS] =
            {STR_INIT("EXISTS (SELECT 1 FROM json_each("),
             STR_INIT(") h WHERE h.value IN (SELECT w.value FROM json_each(?)"
                      " w))")},
    };
    buf_append(out, STR("CASE WHEN "));
    write_column(out, s, f);
    buf_append(out, STR(" IS NOT NULL THEN "));
    buf_append(out, SQL[f->list].before);
    write_column(out, s, f);
    buf_append(out, SQL[f->list].after);
    buf_append(out, STR(" END"));
}

static void write_containment(buf *out, lite_scope s, const filter *f) {
    write_call(out, s, f,
               f->list == LIST_CONTAINS ? STR("tenon_json_contains")
                                        : STR("tenon_json_is_contained"));
}

static void write_search(buf *out, lite_scope s, const filter *f) {
    bool is_json =
        lite_column_form(s.layout, f->field, f->derivation) == LITE_JSON;
    buf_append(out, is_json ? STR("tenon_search(tenon_json_strings(")
                            : STR("tenon_search("));
    write_column(out, s, f);
    buf_printf(out, "%s, ?, %d, ", is_json ? ")" : "", (int)f->search);
    buf_append(out,
               str_is_empty(f->search_configuration) ? STR("'')") : STR("?)"));
}

/* "parentId" IN (SELECT "id" FROM ...): by an index over the children, where
 * EXISTS would look at each of them. */
static void write_children_of(buf *out, lite_scope s, const filter *f) {
    const embed *e = f->related;
    const relation *r = e->hop.relation;
    lite_scope inside = lite_scope_inside(s);
    ASSERT(e->hop.kind == HOP_TO_PARENT && r->column_count == 1);
    lite_name_write(out, s, r->columns[0]->column);
    buf_append(out, STR(" IN (SELECT "));
    lite_name_write(out, inside, r->references[0]->column);
    buf_append(out, STR(" FROM "));
    lite_table_write(out, inside, e->query.model->table);
    lite_filter_write(out, inside, e->query.where);
    buf_append_char(out, ')');
}

static void write_exists(buf *out, lite_scope s, const filter *f) {
    if (UNLIKELY(f->begins_there)) {
        write_children_of(out, s, f);
        return;
    }
    buf_append(out, STR("EXISTS (SELECT 1"));
    lite_hop_write(out, lite_scope_inside(s), f->related, true);
    buf_append_char(out, ')');
}

static void write_condition(buf *out, lite_scope s, const filter *f) {
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        if (f->child_count == 0)
            buf_append_char(out, f->kind == FILTER_ALL ? '1' : '0');
        else
            write_children(out, s, f->children, f->child_count,
                           f->kind == FILTER_ALL ? STR(" AND ") : STR(" OR "));
        return;
    case FILTER_COMPARE:
        write_comparison(out, s, f);
        return;
    case FILTER_LIKE:
        write_call(out, s, f,
                   f->is_case_sensitive ? STR("tenon_like")
                                        : STR("tenon_ilike"));
        return;
    case FILTER_IN:
        lite_column_write_collated(out, s, f->field, f->derivation);
        write_in(out, f);
        return;
    case FILTER_IS:
        write_column(out, s, f);
        buf_append(out, IS[f->what]);
        return;
    case FILTER_LIST:
        if (is_json(f))
            write_containment(out, s, f);
        else
            write_list(out, s, f);
        return;
    case FILTER_MATCH:
        write_call(out, s, f,
                   f->is_case_sensitive ? STR("tenon_match")
                                        : STR("tenon_imatch"));
        return;
    case FILTER_SEARCH:
        write_search(out, s, f);
        return;
    case FILTER_EXISTS:
        write_exists(out, s, f);
        return;
    case FILTER_RANGE:
        break;
    }
    PANIC("lite_filter_check refuses this filter");
}

static void write_filter(buf *out, lite_scope s, const filter *f) {
    if (f->is_negated)
        buf_append(out, STR("NOT ("));
    write_condition(out, s, f);
    if (f->is_negated)
        buf_append_char(out, ')');
}

void lite_filter_write_condition(buf *out, lite_scope s, const filter *where) {
    write_filter(out, s, where);
}

void lite_filter_write(buf *out, lite_scope s, const filter *where) {
    if (where == NULL)
        return;
    buf_append(out, STR(" WHERE "));
    write_filter(out, s, where);
}

/* ---- Values ------------------------------------------------------------- */

typedef struct binding {
    arena *a;
    sqlite3_stmt *statement;
    int *at;
    const lite_layout *layout;
} binding;

static lite_form form_of(const binding *b, const filter *f) {
    return LIKELY(f->derivation == NULL)
               ? lite_layout_form(b->layout, f->field)
               : lite_column_form(b->layout, f->field, f->derivation);
}

static int bind_value(const binding *b, lite_form form, value v) {
    return lite_form_bind(b->a, b->statement, (*b->at)++, form, v);
}

static int bind_column(const binding *b, const filter *f) {
    return LIKELY(f->derivation == NULL)
               ? SQLITE_OK
               : lite_column_bind(b->a, b->statement, b->at, f->derivation);
}

static int bind_in(const binding *b, const filter *f) {
    size_t slots = filter_in_slots(f->value_count);
    lite_form form = form_of(b, f);
    int rc = bind_column(b, f);
    for (size_t i = 0; i < slots && rc == SQLITE_OK; i++)
        rc = bind_value(b, form,
                        f->values[i < f->value_count ? i : f->value_count - 1]);
    return rc;
}

/* One value in the column's form. */
static int bind_plain(const binding *b, const filter *f) {
    int rc = bind_column(b, f);
    return rc == SQLITE_OK ? bind_value(b, form_of(b, f), f->value) : rc;
}

/* Text, whatever the column is. */
static int bind_text(const binding *b, const filter *f) {
    int rc = bind_column(b, f);
    return rc == SQLITE_OK ? bind_value(b, LITE_TEXT, f->value) : rc;
}

/* In the order in which write_list has them; the column comes twice. */
static int bind_list(const binding *b, const filter *f) {
    if (is_json(f))
        return bind_text(b, f);
    return bind_value(b, LITE_JSON, f->value);
}

static int bind_search(const binding *b, const filter *f) {
    int rc = bind_text(b, f);
    value configuration = {.kind = VALUE_TEXT, .text = f->search_configuration};
    return rc == SQLITE_OK && !str_is_empty(f->search_configuration)
               ? bind_value(b, LITE_TEXT, configuration)
               : rc;
}

static int bind_filter(const binding *b, const filter *f) {
    int rc = SQLITE_OK;
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        for (size_t i = 0; i < f->child_count && rc == SQLITE_OK; i++)
            rc = bind_filter(b, f->children[i]);
        return rc;
    case FILTER_COMPARE:
        return bind_plain(b, f);
    case FILTER_LIKE:
    case FILTER_MATCH:
        return bind_text(b, f);
    case FILTER_LIST:
        return bind_list(b, f);
    case FILTER_SEARCH:
        return bind_search(b, f);
    case FILTER_IN:
        return bind_in(b, f);
    case FILTER_IS:
        return bind_column(b, f);
    case FILTER_EXISTS:
        return lite_hop_bind(b->a, b->statement, b->at, b->layout, f->related);
    case FILTER_RANGE:
        break;
    }
    PANIC("lite_filter_check refuses this filter");
}

int lite_filter_bind_code(arena *a, sqlite3_stmt *statement, int *at,
                          const lite_layout *layout, const filter *where) {
    binding b = {a, statement, at, layout};
    return where == NULL ? SQLITE_OK : bind_filter(&b, where);
}

err *lite_filter_bind(arena *a, sqlite3_stmt *statement, int *at,
                      const lite_layout *layout, const filter *where) {
    int rc = lite_filter_bind_code(a, statement, at, layout, where);
    return LIKELY(rc == SQLITE_OK)
               ? NULL
               : lite_check(a, sqlite3_db_handle(statement), rc);
}

/* ---- Checks ------------------------------------------------------------- */

typedef struct census {
    const lite_layout *layout;
    size_t values;
    bool has_range;
    const model *missing; /* a view that is not there */
} census;

static void take_census(census *c, const filter *f);

static void visit_related(census *c, const embed *e) {
    if (c->layout->is_missing[e->query.model->index])
        c->missing = e->query.model;
    if (e->hop.junction_where != NULL)
        take_census(c, e->hop.junction_where);
    if (e->query.where != NULL)
        take_census(c, e->query.where);
}

static void take_census(census *c, const filter *f) {
    if (UNLIKELY(f->derivation != NULL))
        c->values += lite_column_parameters(f->derivation);
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        for (size_t i = 0; i < f->child_count; i++)
            take_census(c, f->children[i]);
        return;
    case FILTER_COMPARE:
    case FILTER_LIKE:
    case FILTER_LIST:
    case FILTER_MATCH:
        c->values++;
        return;
    case FILTER_SEARCH:
        c->values += 2;
        return;
    case FILTER_IN:
        c->values += filter_in_slots(f->value_count);
        return;
    case FILTER_IS:
        return;
    case FILTER_EXISTS:
        visit_related(c, f->related);
        return;
    case FILTER_RANGE:
        c->has_range = true;
        return;
    }
}

err *lite_filter_check(arena *a, const lite_layout *layout,
                       const filter *where) {
    if (where == NULL ||
        (where->kind == FILTER_COMPARE && where->derivation == NULL))
        return NULL;
    census c = {.layout = layout};
    take_census(&c, where);
    if (c.has_range)
        return err_with_hint(
            err_new(a, ERR_OPERATOR_TYPE, "there are no ranges on SQLite"),
            STR("compare the two columns that the range begins and ends"
                " with"));
    if (c.missing != NULL)
        return lite_layout_refuse(a, c.missing);
    /* Half of what is possible, so that an update's own values fit beside. */
    if (c.values <= LITE_MAX_PARAMETERS / 2)
        return NULL;
    return err_new(a, ERR_TOO_LARGE, "the filter has too many values");
}
