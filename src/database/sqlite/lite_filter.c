#include "database/sqlite/lite_filter.h"

#include "base/assert.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_error.h"
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

static void write_filter(buf *out, const filter *f);

/* As a balanced tree: SQLite bounds the depth of an expression, and a AND b AND
 * c AND d is as deep as it is long. */
static void write_children(buf *out, const filter *const *children,
                           size_t count, str word) {
    if (count == 1) {
        write_filter(out, children[0]);
        return;
    }
    size_t half = count / 2;
    buf_append_char(out, '(');
    write_children(out, children, half, word);
    buf_append(out, word);
    write_children(out, children + half, count - half, word);
    buf_append_char(out, ')');
}

static void write_comparison(buf *out, const filter *f) {
    bool is_equality = f->op == COMPARE_EQ || f->op == COMPARE_NEQ;
    bool is_ranked = f->field->kind == FIELD_ENUM && !is_equality;
    if (is_ranked)
        lite_sql_column_rank(out, f->field);
    else
        sql_write_name(out, f->field->column);
    buf_append(out, OPERATORS[f->op]);
    if (is_ranked)
        lite_sql_parameter_rank(out, f->field);
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

static void write_like(buf *out, const filter *f) {
    buf_append(out,
               f->is_case_sensitive ? STR("tenon_like(") : STR("tenon_ilike("));
    sql_write_name(out, f->field->column);
    buf_append(out, STR(", ?)"));
}

/* Of a column that is null, nothing is known. */
static void write_list(buf *out, const filter *f) {
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
    sql_write_name(out, f->field->column);
    buf_append(out, STR(" IS NOT NULL THEN "));
    buf_append(out, SQL[f->list].before);
    sql_write_name(out, f->field->column);
    buf_append(out, SQL[f->list].after);
    buf_append(out, STR(" END"));
}

static void write_condition(buf *out, const filter *f) {
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        if (f->child_count == 0)
            buf_append_char(out, f->kind == FILTER_ALL ? '1' : '0');
        else
            write_children(out, f->children, f->child_count,
                           f->kind == FILTER_ALL ? STR(" AND ") : STR(" OR "));
        return;
    case FILTER_COMPARE:
        write_comparison(out, f);
        return;
    case FILTER_LIKE:
        write_like(out, f);
        return;
    case FILTER_IN:
        sql_write_name(out, f->field->column);
        write_in(out, f);
        return;
    case FILTER_IS:
        sql_write_name(out, f->field->column);
        buf_append(out, IS[f->what]);
        return;
    case FILTER_LIST:
        write_list(out, f);
        return;
    case FILTER_MATCH:
    case FILTER_RANGE:
    case FILTER_SEARCH:
    case FILTER_EXISTS:
        break;
    }
    PANIC("no door makes this filter");
}

static void write_filter(buf *out, const filter *f) {
    if (f->is_negated)
        buf_append(out, STR("NOT ("));
    write_condition(out, f);
    if (f->is_negated)
        buf_append_char(out, ')');
}

void lite_filter_write(buf *out, const filter *where) {
    if (where == NULL)
        return;
    buf_append(out, STR(" WHERE "));
    write_filter(out, where);
}

/* ---- Values ------------------------------------------------------------- */

static int bind_in(arena *a, sqlite3_stmt *statement, int *at, lite_form form,
                   const filter *f) {
    size_t slots = filter_in_slots(f->value_count);
    for (size_t i = 0; i < slots; i++) {
        const value *v =
            &f->values[i < f->value_count ? i : f->value_count - 1];
        int rc = lite_form_bind(a, statement, (*at)++, form, *v);
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}

static int bind_filter(arena *a, sqlite3_stmt *statement, int *at,
                       const lite_layout *layout, const filter *f) {
    int rc = SQLITE_OK;
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        for (size_t i = 0; i < f->child_count && rc == SQLITE_OK; i++)
            rc = bind_filter(a, statement, at, layout, f->children[i]);
        return rc;
    case FILTER_COMPARE:
    case FILTER_LIKE:
    case FILTER_LIST:
        return lite_form_bind(a, statement, (*at)++,
                              lite_layout_form(layout, f->field), f->value);
    case FILTER_IN:
        return bind_in(a, statement, at, lite_layout_form(layout, f->field), f);
    case FILTER_IS:
        return SQLITE_OK;
    case FILTER_MATCH:
    case FILTER_RANGE:
    case FILTER_SEARCH:
    case FILTER_EXISTS:
        break;
    }
    PANIC("no such filter");
}

err *lite_filter_bind(arena *a, sqlite3_stmt *statement, int *at,
                      const lite_layout *layout, const filter *where) {
    if (where == NULL)
        return NULL;
    int rc = bind_filter(a, statement, at, layout, where);
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

static size_t count_values(const filter *f) {
    size_t count = 0;
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        for (size_t i = 0; i < f->child_count; i++)
            count += count_values(f->children[i]);
        return count;
    case FILTER_COMPARE:
    case FILTER_LIKE:
    case FILTER_LIST:
        return 1;
    case FILTER_IN:
        return filter_in_slots(f->value_count);
    case FILTER_IS:
        return 0;
    case FILTER_MATCH:
    case FILTER_RANGE:
    case FILTER_SEARCH:
    case FILTER_EXISTS:
        break;
    }
    PANIC("no such filter");
}

err *lite_filter_check(arena *a, const filter *where) {
    /* Half of what is possible, so that an update's own values fit beside. */
    if (where == NULL || count_values(where) <= LITE_MAX_PARAMETERS / 2)
        return NULL;
    return err_new(a, ERR_TOO_LARGE, "the filter has too many values");
}
