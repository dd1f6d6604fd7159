#include "database/sqlite/lite_compare.h"

#include "base/buf.h"
#include "base/real.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_sql.h"

typedef struct comparison {
    arena *a;
    const model *model;
    const lite_object *object;
    lite_table table;
    lite_comparison *result;
} comparison;

static void differ(comparison *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void differ(comparison *c, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str text = arena_vprintf(c->a, fmt, args);
    va_end(args);
    ARENA_PUSH(c->a, c->result->differences, c->result->difference_count, text);
}

/* ---- Columns ------------------------------------------------------------ */

/* Declared types that hold a scalar's values, separated by blanks; the first
 * ones are ours and Prisma's. Length and precision in brackets do not count. */
static const str TYPES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = STR_INIT("TEXT VARCHAR CHAR NVARCHAR NCHAR CLOB"),
    [SCALAR_BOOLEAN] = STR_INIT("BOOLEAN BOOL"),
    [SCALAR_INT] = STR_INIT("INTEGER INT"),
    [SCALAR_BIGINT] = STR_INIT("BIGINT INTEGER"),
    [SCALAR_FLOAT] = STR_INIT("REAL DOUBLE FLOAT"),
    [SCALAR_DECIMAL] = STR_INIT("DECIMAL NUMERIC"),
    [SCALAR_DATETIME] = STR_INIT("DATETIME TIMESTAMP"),
    [SCALAR_JSON] = STR_INIT("TEXT JSONB JSON"),
    [SCALAR_BYTES] = STR_INIT("BLOB"),
};

static bool is_accepted_type(const field *f, str declared) {
    str base = str_trim(str_split(&declared, '('));
    str types = lite_ddl_is_rowid(f) ? STR("INTEGER") : TYPES[f->scalar];
    while (!str_is_empty(types))
        if (str_equal_ignoring_case(str_split(&types, ' '), base))
            return true;
    return false;
}

static const lite_column *find_column(const lite_table *t, str name) {
    for (size_t i = 0; i < t->column_count; i++)
        if (str_equal(t->columns[i].name, name))
            return &t->columns[i];
    return NULL;
}

static bool are_equal_numbers(str a, str b) {
    double x;
    double y;
    return real_parse(a, &x) && real_parse(b, &y) && x >= y && x <= y;
}

/* What Prisma's tools write in place of our defaults. */
static bool is_other_spelling(const field *f, str ours, str theirs) {
    if (f->default_value.kind == DEFAULT_NOW)
        return str_equal_ignoring_case(theirs, STR("CURRENT_TIMESTAMP"));
    switch (f->scalar) {
    case SCALAR_BOOLEAN:
        return str_equal_ignoring_case(ours, theirs);
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        return are_equal_numbers(ours, theirs);
    case SCALAR_BYTES: /* theirs is the text '6869' */
        return str_ends_with(ours, theirs);
    case SCALAR_DATETIME: /* '2020-01-01 00:00:00 +00:00' */
        return true;
    case SCALAR_STRING:
    case SCALAR_JSON:
        return false;
    }
    return false;
}

static str unbracketed(str expression) {
    if (str_starts_with(expression, STR("(")) &&
        str_ends_with(expression, STR(")")))
        return str_slice(expression, 1, expression.len - 1);
    return expression;
}

static void compare_default(comparison *c, const field *f,
                            const lite_column *column) {
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    bool has_default = lite_ddl_default(c->a, &text, f);
    str ours = unbracketed(buf_str(&text));
    if (has_default && !column->has_default)
        differ(c, "column \"%.*s\" of table \"%.*s\" has no default, not %.*s",
               STR_ARG(f->column), STR_ARG(c->model->table), STR_ARG(ours));
    else if (!has_default && column->has_default)
        differ(c,
               "column \"%.*s\" of table \"%.*s\" has the default %.*s, not"
               " none",
               STR_ARG(f->column), STR_ARG(c->model->table),
               STR_ARG(column->default_sql));
    else if (has_default && !str_equal(ours, column->default_sql) &&
             !is_other_spelling(f, ours, column->default_sql))
        differ(c,
               "column \"%.*s\" of table \"%.*s\" has the default %.*s, not"
               " %.*s",
               STR_ARG(f->column), STR_ARG(c->model->table),
               STR_ARG(column->default_sql), STR_ARG(ours));
}

/* A table's kept SQL holds its CHECKs as they were written. */
static void compare_check(comparison *c, const field *f) {
    CLEANUP(buf_free) buf ours = buf_new(SQL_MAX);
    CLEANUP(buf_free) buf start = buf_new(SQL_MAX);
    bool has_check = lite_ddl_check(&ours, f);
    const str name[] = {c->model->table, STR("_"), f->column, STR("_check")};
    buf_append(&start, STR("CONSTRAINT "));
    sql_write_joined_name(&start, name, LENGTH(name));
    buf_append(&start, STR(" CHECK ("));
    str sql = c->object->sql;
    bool is_there = memmem(sql.ptr, sql.len, start.ptr, start.len) != NULL;
    bool is_equal =
        has_check && memmem(sql.ptr, sql.len, ours.ptr, ours.len) != NULL;
    if (is_there && !is_equal)
        differ(c, "column \"%.*s\" of table \"%.*s\" has a different check",
               STR_ARG(f->column), STR_ARG(c->model->table));
}

static void compare_column(comparison *c, const field *f) {
    const lite_column *column = find_column(&c->table, f->column);
    if (column == NULL) {
        differ(c, "column \"%.*s\" of table \"%.*s\" is missing",
               STR_ARG(f->column), STR_ARG(c->model->table));
        return;
    }
    if (!is_accepted_type(f, column->type))
        differ(c, "column \"%.*s\" of table \"%.*s\" is %.*s, not %.*s",
               STR_ARG(f->column), STR_ARG(c->model->table),
               STR_ARG(column->type), STR_ARG(lite_ddl_type(f)));
    if (f->is_optional == column->is_required)
        differ(c, "column \"%.*s\" of table \"%.*s\" is %s, not %s",
               STR_ARG(f->column), STR_ARG(c->model->table),
               f->is_optional ? "required" : "optional",
               f->is_optional ? "optional" : "required");
    compare_default(c, f, column);
    compare_check(c, f);
}

static void compare_columns(comparison *c) {
    const model *m = c->model;
    for (size_t i = 0; i < m->column_count; i++)
        compare_column(c, m->columns[i]);
    for (size_t i = 0; i < c->table.column_count; i++) {
        str name = c->table.columns[i].name;
        bool is_known = false;
        for (size_t k = 0; k < m->column_count; k++)
            is_known |= str_equal(m->columns[k]->column, name);
        if (!is_known)
            differ(c, "column \"%.*s\" of table \"%.*s\" is not in the schema",
                   STR_ARG(name), STR_ARG(m->table));
    }
}

/* ---- Keys --------------------------------------------------------------- */

static str list_fields(arena *a, const field *const *fields, size_t count) {
    str text = {0};
    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(fields[i]->column));
    return text;
}

static str list_primary_key(arena *a, const lite_table *t) {
    str text = {0};
    for (int64_t at = 1; at <= (int64_t)t->column_count; at++)
        for (size_t i = 0; i < t->column_count; i++)
            if (t->columns[i].key_position == at)
                text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text),
                                    at > 1 ? ", " : "",
                                    STR_ARG(t->columns[i].name));
    return text;
}

static void compare_primary_key(comparison *c) {
    const key *k = c->model->primary_key;
    str want =
        k != NULL ? list_fields(c->a, k->fields, k->field_count) : STR("");
    str got = list_primary_key(c->a, &c->table);
    if (!str_equal(want, got))
        differ(c, "the primary key of table \"%.*s\" is (%.*s), not (%.*s)",
               STR_ARG(c->model->table), STR_ARG(got), STR_ARG(want));
}

static bool has_columns(const key *k, const lite_index *x) {
    if (x->is_expression || k->field_count != x->column_count)
        return false;
    for (size_t i = 0; i < k->field_count; i++)
        if (!str_equal(k->fields[i]->column, x->columns[i]))
            return false;
    return true;
}

static bool is_index_of(const key *k, const lite_index *x, bool is_unique) {
    return x->is_unique == is_unique && !x->is_partial && has_columns(k, x);
}

static void expect_index(comparison *c, const key *k, bool is_unique) {
    for (size_t i = 0; i < c->table.index_count; i++)
        if (is_index_of(k, &c->table.indexes[i], is_unique))
            return;
    differ(c, "%s \"%.*s\" of table \"%.*s\" is missing",
           is_unique ? "unique index" : "index", STR_ARG(k->name),
           STR_ARG(c->model->table));
}

static bool is_expected(const model *m, const lite_index *x) {
    bool is_found = x->is_primary_key;
    for (size_t i = 0; i < m->unique_count; i++)
        is_found |= is_index_of(&m->uniques[i], x, true);
    for (size_t i = 0; i < m->index_count; i++)
        is_found |= is_index_of(&m->indexes[i], x, false);
    return is_found;
}

static void compare_indexes(comparison *c) {
    const model *m = c->model;
    for (size_t i = 0; i < m->unique_count; i++)
        expect_index(c, &m->uniques[i], true);
    for (size_t i = 0; i < m->index_count; i++)
        expect_index(c, &m->indexes[i], false);
    for (size_t i = 0; i < c->table.index_count; i++)
        if (!is_expected(m, &c->table.indexes[i]))
            differ(c, "index \"%.*s\" of table \"%.*s\" is not in the schema",
                   STR_ARG(c->table.indexes[i].name), STR_ARG(m->table));
}

/* ---- Foreign keys ------------------------------------------------------- */

static bool has_pair(const lite_foreign_key *f, const relation *r, size_t at) {
    for (size_t i = 0; i < f->column_count; i++) {
        if (!str_equal(f->columns[i], r->columns[at]->column))
            continue;
        /* Nothing said means the primary key, column by column. */
        const key *k = r->parent->primary_key;
        str to = f->references[i];
        if (str_is_empty(to) && k != NULL && i < k->field_count)
            to = k->fields[i]->column;
        return str_equal(to, r->references[at]->column);
    }
    return false;
}

static bool is_same_key(const lite_foreign_key *f, const relation *r) {
    if (f->column_count != r->column_count ||
        !str_equal(f->parent, r->parent->table))
        return false;
    for (size_t i = 0; i < r->column_count; i++)
        if (!has_pair(f, r, i))
            return false;
    return true;
}

static void expect_foreign_key(comparison *c, const relation *r) {
    for (size_t i = 0; i < c->table.foreign_key_count; i++) {
        const lite_foreign_key *f = &c->table.foreign_keys[i];
        if (!is_same_key(f, r))
            continue;
        if (!str_equal(f->on_delete, referential_action_sql(r->on_delete)) ||
            !str_equal(f->on_update, referential_action_sql(r->on_update)))
            differ(c,
                   "foreign key \"%.*s\" of table \"%.*s\" is ON DELETE %.*s"
                   " ON UPDATE %.*s, not ON DELETE %.*s ON UPDATE %.*s",
                   STR_ARG(r->constraint_name), STR_ARG(c->model->table),
                   STR_ARG(f->on_delete), STR_ARG(f->on_update),
                   STR_ARG(referential_action_sql(r->on_delete)),
                   STR_ARG(referential_action_sql(r->on_update)));
        return;
    }
    differ(c, "foreign key \"%.*s\" of table \"%.*s\" is missing",
           STR_ARG(r->constraint_name), STR_ARG(c->model->table));
}

static void compare_foreign_keys(comparison *c) {
    const model *m = c->model;
    for (size_t i = 0; i < m->relation_count; i++)
        expect_foreign_key(c, m->relations[i]);
    for (size_t i = 0; i < c->table.foreign_key_count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < m->relation_count; k++)
            is_known |= is_same_key(&c->table.foreign_keys[i], m->relations[k]);
        if (!is_known)
            differ(c,
                   "a foreign key of table \"%.*s\" to \"%.*s\" is not in the"
                   " schema",
                   STR_ARG(m->table), STR_ARG(c->table.foreign_keys[i].parent));
    }
}

/* ---- Tables ------------------------------------------------------------- */

static bool is_our_sql(arena *a, const lite_object *o, const model *m) {
    CLEANUP(buf_free) buf ours = buf_new(SQL_MAX);
    lite_ddl_table(a, &ours, m);
    return str_equal(o->sql, buf_str(&ours));
}

static bool has_our_index(const lite_catalog *c, const model *m, const key *k,
                          bool is_unique) {
    const lite_object *o = lite_catalog_find(c, STR("index"), k->name);
    CLEANUP(buf_free) buf ours = buf_new(SQL_MAX);
    lite_ddl_index(&ours, m, k, is_unique);
    return o != NULL && str_equal(o->sql, buf_str(&ours));
}

static bool has_our_indexes(const lite_catalog *c, const model *m) {
    for (size_t i = 0; i < m->unique_count; i++)
        if (!has_our_index(c, m, &m->uniques[i], true))
            return false;
    for (size_t i = 0; i < m->index_count; i++)
        if (!has_our_index(c, m, &m->indexes[i], false))
            return false;
    size_t count = 0;
    for (size_t i = 0; i < c->object_count; i++)
        count += str_equal(c->objects[i].type, STR("index")) &&
                 str_equal(c->objects[i].table, m->table);
    return count == m->unique_count + m->index_count;
}

static err *compare_model(arena *a, sqlite3 *db, const lite_catalog *catalog,
                          const model *m, lite_comparison *out) {
    comparison c = {.a = a, .model = m, .result = out};
    c.object = lite_catalog_find(catalog, STR("table"), m->table);
    if (c.object == NULL) {
        differ(&c, "table \"%.*s\" is missing", STR_ARG(m->table));
        return NULL;
    }
    out->is_our_table[m->index] = is_our_sql(a, c.object, m);
    if (out->is_our_table[m->index] && has_our_indexes(catalog, m))
        return NULL;
    TRY(lite_table_read(a, db, m->table, &c.table));
    compare_columns(&c);
    compare_primary_key(&c);
    compare_indexes(&c);
    compare_foreign_keys(&c);
    return NULL;
}

/* Tables that other tools keep beside the application's. */
static bool is_left_alone(str table) {
    static const str STARTS[] = {STR_INIT("_prisma_"), STR_INIT("_litestream_"),
                                 STR_INIT("_cf_")};
    for (size_t i = 0; i < LENGTH(STARTS); i++)
        if (str_starts_with(table, STARTS[i]))
            return true;
    return false;
}

static bool is_in_schema(const schema *s, str table) {
    for (size_t i = 0; i < s->model_count; i++)
        if (str_equal(s->models[i].table, table))
            return true;
    return false;
}

static void look_for_others(arena *a, const lite_catalog *catalog,
                            const schema *s, lite_comparison *out) {
    comparison c = {.a = a, .result = out};
    for (size_t i = 0; i < catalog->object_count; i++) {
        const lite_object *o = &catalog->objects[i];
        if (str_equal(o->type, STR("trigger")))
            out->is_ours = false;
        if (!str_equal(o->type, STR("table")))
            continue;
        out->is_empty = false;
        if (!is_in_schema(s, o->name) && !is_left_alone(o->name))
            differ(&c, "table \"%.*s\" is not in the schema", STR_ARG(o->name));
    }
}

err *lite_compare(arena *a, sqlite3 *db, const schema *s,
                  lite_comparison *out) {
    lite_catalog catalog;
    TRY(lite_catalog_read(a, db, &catalog));
    *out = (lite_comparison){
        .is_ours = true,
        .is_empty = true,
        .is_our_table = arena_new_array(a, bool, s->model_count),
    };
    for (size_t i = 0; i < s->model_count; i++) {
        TRY(compare_model(a, db, &catalog, &s->models[i], out));
        out->is_ours &= out->is_our_table[i];
    }
    look_for_others(a, &catalog, s, out);
    return NULL;
}

enum { DIFFERENCES_SHOWN = 5 };

err *lite_comparison_error(arena *a, const lite_comparison *c) {
    if (c->difference_count == 0)
        return NULL;
    str text = {0};
    for (size_t i = 0; i < c->difference_count && i < DIFFERENCES_SHOWN; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? "; " : "",
                            STR_ARG(c->differences[i]));
    if (c->difference_count > DIFFERENCES_SHOWN)
        text = arena_printf(a, "%.*s; and %zu more", STR_ARG(text),
                            c->difference_count - DIFFERENCES_SHOWN);
    return err_new(a, ERR_CONFLICT,
                   "the database is not what the schema says: %.*s",
                   STR_ARG(text));
}
