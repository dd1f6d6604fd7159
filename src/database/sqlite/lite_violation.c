#include "database/sqlite/lite_violation.h"

#include "database/key_text.h"
#include "database/sqlite/lite_change.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_select.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"
#include "database/state_trigger.h"
#include "schema/function.h"

/* The row's value for the field, or NULL: the mutation has none, or what it has
 * is an operand. */
static const value *known_value(const mutation *m, size_t row, const field *f) {
    for (size_t i = 0; i < m->field_count; i++)
        if (m->fields[i] == f && mutation_operator(m, i) != RELATIVE_SET)
            return NULL;
    return lite_change_value(m, row, f);
}

/* ---- Unique, not null, check -------------------------------------------- */

/* What SQLite says of a key: "T.a, T.b". */
static bool is_said(str said, const model *m, const field *const *fields,
                    size_t count) {
    for (size_t i = 0; i < count; i++) {
        const str parts[] = {i > 0 ? STR(", ") : STR(""), m->table, STR("."),
                             fields[i]->column};
        for (size_t k = 0; k < LENGTH(parts); k++) {
            if (!str_starts_with(said, parts[k]))
                return false;
            str_take(&said, parts[k].len);
        }
    }
    return str_is_empty(said);
}

static const key *find_key(const model *m, str said) {
    const key *k = m->primary_key;
    if (k != NULL && is_said(said, m, k->fields, k->field_count))
        return k;
    for (size_t i = 0; i < m->unique_count; i++)
        if (is_said(said, m, m->uniques[i].fields, m->uniques[i].field_count))
            return &m->uniques[i];
    return NULL;
}

static err *unique_error(arena *a, const mutation *m, size_t row, str said) {
    const key *k = find_key(m->model, said);
    if (k == NULL)
        return err_new(a, ERR_UNIQUE_VIOLATION,
                       "duplicate key value violates a unique constraint of"
                       " table \"%.*s\"",
                       STR_ARG(m->model->table));
    const value **values = arena_new_array(a, const value *, k->field_count);
    for (size_t i = 0; i < k->field_count; i++)
        values[i] = known_value(m, row, k->fields[i]);
    return err_with_details(
        err_new(a, ERR_UNIQUE_VIOLATION,
                "duplicate key value violates unique constraint \"%.*s\"",
                STR_ARG(k->name)),
        key_text(a, k->fields, values, k->field_count, "already exists."));
}

err *lite_violation_null(arena *a, const field *f) {
    return err_new(a, ERR_NOT_NULL_VIOLATION,
                   "null value in column \"%.*s\" of relation \"%.*s\" violates"
                   " not-null constraint",
                   STR_ARG(f->column), STR_ARG(f->model->table));
}

static err *null_error(arena *a, const model *m, str said) {
    for (size_t i = 0; i < m->column_count; i++)
        if (is_said(said, m, &m->columns[i], 1))
            return lite_violation_null(a, m->columns[i]);
    return err_new(a, ERR_NOT_NULL_VIOLATION,
                   "null value violates not-null constraint");
}

static err *check_error(arena *a, const model *m, str said) {
    err *e = err_new(a, ERR_CHECK_VIOLATION,
                     "new row for relation \"%.*s\" violates check constraint"
                     " \"%.*s\"",
                     STR_ARG(m->table), STR_ARG(said));
    e->constraint = said;
    return e;
}

/* @@states. */
static err *state_error(arena *a, const mutation *m, size_t row, str said) {
    str column = state_trigger_column(said);
    str becomes = {0};
    for (size_t i = 0; i < m->field_count; i++) {
        const value *v = &m->values[row * m->field_count + i];
        if (str_equal(m->fields[i]->column, column) && v->kind == VALUE_TEXT)
            becomes = v->text;
    }
    return state_trigger_explain_lite(a, m->model, said, becomes);
}

/* ---- Foreign keys: who asks for a parent that is not there -------------- */

static err *child_error(arena *a, const relation *r, str details) {
    return err_with_details(
        err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                "insert or update on table \"%.*s\" violates foreign key"
                " constraint \"%.*s\"",
                STR_ARG(r->child->table), STR_ARG(r->constraint_name)),
        details);
}

/* Runs a SELECT with bound values: is there a row? */
static err *ask(arena *a, sqlite3_stmt *statement, bool *out) {
    int rc = sqlite3_step(statement);
    *out = rc == SQLITE_ROW;
    return lite_check(a, sqlite3_db_handle(statement), rc);
}

static err *has_parent(lite_write_connection *c, arena *a, const relation *r,
                       const value *const *values, bool *out) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SELECT 1 FROM "));
    sql_write_name(&sql, r->parent->table);
    for (size_t i = 0; i < r->column_count; i++) {
        buf_append(&sql, i > 0 ? STR(" AND ") : STR(" WHERE "));
        sql_write_name(&sql, r->references[i]->column);
        buf_append(&sql, STR(" = ?"));
    }
    CLEANUP(lite_finalize) sqlite3_stmt *statement = NULL;
    TRY(lite_prepare(a, c->db, buf_str(&sql), 0, &statement));
    for (size_t i = 0; i < r->column_count; i++) {
        lite_form form = lite_form_in(c->database, r->references[i]);
        TRY(lite_check(
            a, c->db,
            lite_form_bind(a, statement, (int)i + 1, form, *values[i])));
    }
    return ask(a, statement, out);
}

/* Does this key of the mutation's row point nowhere? */
static err *check_child(lite_write_connection *c, arena *a, const mutation *m,
                        size_t row, const relation *r, err **violation) {
    const value **values = arena_new_array(a, const value *, r->column_count);
    for (size_t i = 0; i < r->column_count; i++) {
        values[i] = known_value(m, row, r->columns[i]);
        if (values[i] == NULL || values[i]->kind == VALUE_DEFAULT ||
            values[i]->kind == VALUE_NULL)
            return NULL;
    }
    bool is_there;
    TRY(has_parent(c, a, r, values, &is_there));
    if (is_there)
        return NULL;
    str end = arena_printf(a, "is not present in table \"%.*s\".",
                           STR_ARG(r->parent->table));
    *violation = child_error(
        a, r, key_text(a, r->columns, values, r->column_count, end.ptr));
    return NULL;
}

static err *check_children(lite_write_connection *c, arena *a,
                           const mutation *m, size_t row, err **violation) {
    for (size_t i = 0; i < m->model->relation_count && *violation == NULL; i++)
        TRY(check_child(c, a, m, row, m->model->relations[i], violation));
    return NULL;
}

/* ---- Foreign keys: whose parent would go -------------------------------- */

/* The way from the written rows down to those that hold them back: t0 is the
 * mutation's table, each further one refers to the one before. */
enum { MAX_DEPTH = 8 };

typedef struct path {
    const relation *steps[MAX_DEPTH];
    size_t length;
} path;

static bool holds_back(referential_action action) {
    return action == ACTION_RESTRICT || action == ACTION_NO_ACTION;
}

/* A deleted row's children are deleted, an updated one's updated. */
static referential_action action_of(const relation *r, const mutation *m) {
    return m->kind == MUTATION_DELETE ? r->on_delete : r->on_update;
}

/* An update that leaves a key alone breaks nothing that refers to it. */
static bool can_break(const relation *r, const mutation *m) {
    for (size_t i = 0; i < r->column_count; i++)
        if (m->kind == MUTATION_DELETE ||
            lite_change_value(m, 0, r->references[i]) != NULL)
            return true;
    return false;
}

static void write_step(buf *sql, const path *p, size_t at) {
    const relation *r = p->steps[at];
    buf_append(sql, STR(" JOIN "));
    sql_write_name(sql, r->child->table);
    buf_printf(sql, " AS t%zu ON ", at + 1);
    for (size_t i = 0; i < r->column_count; i++) {
        buf_printf(sql, "%st%zu.", i > 0 ? " AND " : "", at + 1);
        sql_write_name(sql, r->columns[i]->column);
        buf_printf(sql, " = t%zu.", at);
        sql_write_name(sql, r->references[i]->column);
    }
}

static void write_path(buf *sql, const lite_layout *layout, const mutation *m,
                       const path *p) {
    lite_scope s = {layout, 0};
    const relation *last = p->steps[p->length - 1];
    buf_append(sql, STR("SELECT "));
    for (size_t i = 0; i < last->column_count; i++) {
        buf_printf(sql, "%st%zu.", i > 0 ? ", " : "", p->length - 1);
        sql_write_name(sql, last->references[i]->column);
    }
    buf_append(sql, STR(" FROM (SELECT * FROM "));
    lite_table_write(sql, s, m->model->table);
    lite_filter_write(sql, s, m->where);
    buf_append(sql, STR(") AS t0"));
    for (size_t i = 0; i < p->length; i++)
        write_step(sql, p, i);
    buf_append(sql, STR(" LIMIT 1"));
}

/* Whoever may write a row may see it, but not each of its columns, and not the
 * rows of other tables that it takes along. */
static bool may_be_told(const mutation *m, const relation *r) {
    for (size_t i = 0; i < r->column_count; i++)
        if (r->references[i]->rule_count > 0 || r->references[i]->is_password)
            return false;
    return r->parent == m->model;
}

static err *parent_error(lite_write_connection *c, arena *a, const mutation *m,
                         sqlite3_stmt *row, const relation *r) {
    value *values = arena_new_array(a, value, r->column_count);
    const value **shown = arena_new_array(a, const value *, r->column_count);
    char *scratch = arena_new_array(a, char, r->column_count *LITE_SCRATCH);
    for (size_t i = 0; may_be_told(m, r) && i < r->column_count; i++) {
        lite_form form = lite_form_in(c->database, r->references[i]);
        if (lite_form_read(row, (int)i, form, scratch + i * LITE_SCRATCH,
                           &values[i]))
            shown[i] = &values[i];
    }
    str end = arena_printf(a, "is still referenced from table \"%.*s\".",
                           STR_ARG(r->child->table));
    return err_with_details(
        err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                "update or delete on table \"%.*s\" violates foreign key"
                " constraint \"%.*s\" on table \"%.*s\"",
                STR_ARG(r->parent->table), STR_ARG(r->constraint_name),
                STR_ARG(r->child->table)),
        key_text(a, r->references, shown, r->column_count, end.ptr));
}

/* Are there rows at the end of the path? */
static err *check_path(lite_write_connection *c, arena *a, const mutation *m,
                       const path *p, bool *is_reached, err **violation) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    write_path(&sql, &c->database->layout, m, p);
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, c->db, buf_str(&sql), 0, &row));
    int at = 1;
    TRY(lite_filter_bind(a, row, &at, &c->database->layout, m->where));
    TRY(ask(a, row, is_reached));
    const relation *last = p->steps[p->length - 1];
    if (*is_reached && holds_back(action_of(last, m)))
        *violation = parent_error(c, a, m, row, last);
    return NULL;
}

static err *descend(lite_write_connection *c, arena *a, const mutation *m,
                    const model *parent, path *p, err **violation) {
    const schema *s = c->database->schema;
    if (p->length == MAX_DEPTH)
        return NULL;
    for (size_t i = 0; i < s->model_count; i++) {
        for (size_t k = 0; k < s->models[i].relation_count; k++) {
            const relation *r = s->models[i].relations[k];
            if (r->parent != parent || *violation != NULL ||
                (p->length == 0 && !can_break(r, m)))
                continue;
            p->steps[p->length++] = r;
            bool is_reached = false;
            TRY(check_path(c, a, m, p, &is_reached, violation));
            if (is_reached && *violation == NULL &&
                action_of(r, m) == ACTION_CASCADE)
                TRY(descend(c, a, m, r->child, p, violation));
            p->length--;
        }
    }
    return NULL;
}

err *lite_violation_foreign_key(lite_write_connection *c, arena *a,
                                const mutation *m, size_t row) {
    err *violation = NULL;
    path p = {0};
    if (m->kind == MUTATION_CALL)
        return err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                       "the call of function \"%.*s\" violates a foreign key"
                       " constraint",
                       STR_ARG(m->call->function->name));
    if (m->kind != MUTATION_DELETE)
        TRY(check_children(c, a, m, row, &violation));
    if (violation == NULL && m->kind != MUTATION_INSERT)
        TRY(descend(c, a, m, m->model, &p, &violation));
    if (violation != NULL)
        return violation;
    return err_new(a, ERR_FOREIGN_KEY_VIOLATION,
                   "the change to table \"%.*s\" violates a foreign key"
                   " constraint",
                   STR_ARG(m->model->table));
}

err *lite_violation_deferred(lite_write_connection *c, arena *a,
                             const mutation *m) {
    err *violation = NULL;
    for (size_t row = 0; m->kind == MUTATION_INSERT && row < m->row_count;
         row++) {
        TRY(check_children(c, a, m, row, &violation));
        if (violation != NULL)
            return violation;
    }
    return lite_violation_foreign_key(c, a, m, 0);
}

/* ------------------------------------------------------------------------- */

/* What stands behind "UNIQUE constraint failed: ". */
static str subject_of(str said) {
    static const str END = STR_INIT("constraint failed: ");
    const char *at = memmem(said.ptr, said.len, END.ptr, END.len);
    if (at == NULL)
        return said;
    return str_slice(said, (size_t)(at - said.ptr) + END.len, said.len);
}

err *lite_violation(lite_write_connection *c, arena *a, const mutation *m,
                    size_t row, int rc, str said) {
    str subject = subject_of(said);
    err *refused =
        rc == SQLITE_CONSTRAINT_TRIGGER ? state_error(a, m, row, said) : NULL;
    if (refused != NULL)
        return refused;
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return unique_error(a, m, row, subject);
    case SQLITE_CONSTRAINT_NOTNULL:
        return null_error(a, m->model, subject);
    case SQLITE_CONSTRAINT_CHECK:
        return check_error(a, m->model, subject);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return lite_violation_foreign_key(c, a, m, row);
    default:
        /* RESTRICT is a trigger inside SQLite. */
        if (str_equal(said, STR("FOREIGN KEY constraint failed")))
            return lite_violation_foreign_key(c, a, m, row);
        return err_new(a, ERR_CHECK_VIOLATION, "%.*s", STR_ARG(said));
    }
}
