#include "database/sqlite/lite_survey.h"
#include "database/sqlite/lite_cascade.h"

#include <inttypes.h>

#include "database/sqlite/lite_catalog.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_type.h"

enum { MAX_COUNTS = 6 };

/* Runs a statement whose one row is numbers. */
static err *count(arena *a, sqlite3 *db, buf *sql, int64_t out[MAX_COUNTS]) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, db, lite_sql_take(a, sql), 0, &row));
    int rc = sqlite3_step(row);
    for (int i = 0; rc == SQLITE_ROW && i < sqlite3_column_count(row); i++)
        out[i] = sqlite3_column_int64(row, i);
    return lite_check(a, db, rc);
}

static void write_from(buf *sql, const field *f) {
    buf_append(sql, STR(" FROM "));
    sql_write_name(sql, f->model->table);
}

static void write_count_like(buf *sql, const field *f, str pattern) {
    buf_append(sql, STR(", count(*) FILTER (WHERE "));
    sql_write_name(sql, f->column);
    buf_append(sql, STR(" GLOB "));
    sql_write_text(sql, pattern);
    buf_append_char(sql, ')');
}

static err *survey_datetime(arena *a, sqlite3 *db, const field *f,
                            lite_form *out) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SELECT count("));
    sql_write_name(&sql, f->column);
    buf_append(&sql, STR("), count(*) FILTER (WHERE typeof("));
    sql_write_name(&sql, f->column);
    buf_append(&sql, STR(") = 'integer')"));
    write_count_like(&sql, f, STR(LITE_DATETIME_GLOB));
    write_count_like(&sql, f, STR(LITE_DATETIME_GLOB_Z));
    write_count_like(&sql, f, STR(LITE_DATETIME_GLOB_SQL));
    write_count_like(&sql, f, STR(LITE_DATETIME_GLOB_SQL ".\?\?\?"));
    write_from(&sql, f);
    int64_t n[MAX_COUNTS] = {0};
    TRY(count(a, db, &sql, n));
    int64_t all = n[0];
    if (all == n[2])
        *out = LITE_DATETIME;
    else if (all == n[1])
        *out = LITE_DATETIME_MS;
    else if (all == n[3])
        *out = LITE_DATETIME_Z;
    else if (all == n[4] + n[5])
        *out = LITE_DATETIME_SQL;
    else
        return err_with_hint(
            err_new(a, ERR_CONFLICT,
                    "column \"%.*s\" of table \"%.*s\" holds dates in no"
                    " single form: of %" PRId64 " values %" PRId64
                    " are integers, %" PRId64 " end in +00:00, %" PRId64
                    " end in Z, %" PRId64 " are as CURRENT_TIMESTAMP has them",
                    STR_ARG(f->column), STR_ARG(f->model->table), all, n[1],
                    n[2], n[3], n[4] + n[5]),
            STR("make them all integers, of Unix milliseconds, or all text like"
                " 2024-02-01T00:00:00.123Z"));
    return NULL;
}

static err *survey_enum(arena *a, sqlite3 *db, const field *f) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SELECT count(*)"));
    write_from(&sql, f);
    buf_append(&sql, STR(" WHERE "));
    sql_write_name(&sql, f->column);
    buf_append(&sql, STR(" NOT IN ("));
    for (size_t i = 0; i < f->enumeration->value_count; i++) {
        buf_append(&sql, i > 0 ? STR(", ") : STR(""));
        sql_write_text(&sql, f->enumeration->values[i].database_name);
    }
    buf_append_char(&sql, ')');
    int64_t n[MAX_COUNTS] = {0};
    TRY(count(a, db, &sql, n));
    if (n[0] == 0)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_CONFLICT,
                "column \"%.*s\" of table \"%.*s\" holds %" PRId64
                " values that enum %.*s does not have",
                STR_ARG(f->column), STR_ARG(f->model->table), n[0],
                STR_ARG(f->enumeration->name)),
        STR("change those values, or add them to the enum"));
}

static err *survey_json(arena *a, sqlite3 *db, const field *f,
                        const lite_table *table, lite_form *out) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SELECT count(*) FILTER (WHERE NOT json_valid("));
    sql_write_name(&sql, f->column);
    buf_append(&sql, STR("))"));
    write_from(&sql, f);
    int64_t n[MAX_COUNTS] = {0};
    TRY(count(a, db, &sql, n));
    if (n[0] > 0)
        return err_with_hint(
            err_new(a, ERR_CONFLICT,
                    "column \"%.*s\" of table \"%.*s\" holds %" PRId64
                    " values that are not JSON",
                    STR_ARG(f->column), STR_ARG(f->model->table), n[0]),
            STR("change those values, or declare the column as String"));
    for (size_t i = 0; i < table->column_count; i++)
        if (str_equal(table->columns[i].name, f->column) &&
            !str_equal_ignoring_case(table->columns[i].type, STR("TEXT")))
            *out = LITE_JSON_NUMERIC;
    return NULL;
}

static err *survey_column(arena *a, sqlite3 *db, const field *f,
                          const lite_table *table, lite_form *out) {
    if (f->kind == FIELD_UNSUPPORTED)
        return NULL;
    if (f->is_list)
        return survey_json(a, db, f, table, out);
    if (f->kind == FIELD_ENUM)
        return survey_enum(a, db, f);
    if (f->scalar == SCALAR_DATETIME)
        return survey_datetime(a, db, f, out);
    if (f->scalar == SCALAR_JSON)
        return survey_json(a, db, f, table, out);
    return NULL;
}

/* As they are in tables of ours. */
static lite_form *list_forms(arena *keep, const model *m) {
    lite_form *forms = arena_new_array(keep, lite_form, m->column_count);
    for (size_t i = 0; i < m->column_count; i++)
        forms[i] = lite_form_of(m->columns[i]);
    return forms;
}

static err *survey_model(arena *a, sqlite3 *db, const model *m, bool is_known,
                         lite_form *out) {
    if (is_known)
        return NULL;
    lite_table table;
    TRY(lite_table_read(a, db, m->table, &table));
    for (size_t i = 0; i < m->column_count; i++)
        TRY(survey_column(a, db, m->columns[i], &table, &out[i]));
    return NULL;
}

/* They hold what the sides' ids hold. */
static void list_join_forms(arena *keep, const schema *s, lite_form **forms) {
    for (size_t i = 0; i < s->many_to_many_count; i++) {
        const relation *r = s->many_to_many[i];
        const field *a = r->child->primary_key->fields[0];
        const field *b = r->parent->primary_key->fields[0];
        lite_form *made = arena_new_array(keep, lite_form, 2);
        made[0] = forms[a->model->index][a->column_index];
        made[1] = forms[b->model->index][b->column_index];
        forms[r->join->index] = made;
    }
}

err *lite_survey(arena *a, arena *keep, sqlite3 *db, const schema *s,
                 const schema *system, const lite_comparison *c,
                 lite_layout *out) {
    size_t own_count = s->model_count + s->shape_count;
    size_t join_end = schema_index_end(s);
    size_t count = system != NULL ? schema_index_end(system) : join_end;
    lite_form **forms = arena_new_array(keep, lite_form *, count);
    bool *is_missing = arena_new_array(keep, bool, count);
    bool *comes_back = arena_new_array(keep, bool, count);
    for (size_t i = s->model_count; i < own_count; i++)
        forms[i] = list_forms(keep, &s->models[i]);
    for (size_t i = join_end; i < count; i++)
        forms[i] = list_forms(keep, &system->models[i - system->first_index]);
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        forms[i] = list_forms(keep, m);
        is_missing[i] = c->is_missing_view[i];
        comes_back[i] = lite_cascade_comes_back(a, s, m);
        TRY(survey_model(a, db, m, c->is_our_table[i] || is_missing[i],
                         forms[i]));
    }
    list_join_forms(keep, s, forms);
    *out = (lite_layout){forms, c->is_ours, is_missing, comes_back};
    return NULL;
}
