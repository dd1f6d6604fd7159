#include "test/support/migration_side.h"

#include "database/sql.h"
#include "test/support/test.h"

enum { ROWS = 3, PLAN_MAX = 16 * 1024 * 1024 };

/* ---- The database ------------------------------------------------------- */

migration_side migration_side_lite(arena *a) {
    migration_side side = {.engine = ENGINE_SQLITE};
    expect_ok(
        target_open_blank(a, ENGINE_SQLITE, STR(""), STR(""), &side.target));
    return side;
}

static const str CLEAN = STR_INIT(
    "SET client_min_messages = error;"
    "DO $$ DECLARE n name; BEGIN"
    " FOR n IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'"
    " AND nspname <> 'information_schema' LOOP"
    " EXECUTE format('DROP SCHEMA %I CASCADE', n); END LOOP;"
    " CREATE SCHEMA public; END $$");

migration_side migration_side_postgres(arena *a, str url) {
    migration_side side = {.engine = ENGINE_POSTGRESQL};
    expect_ok(target_open(a, url, TARGET_CHANGE, &side.target));
    expect_ok(target_run(a, side.target, STR(""), CLEAN));
    return side;
}

void migration_side_close(migration_side *side) {
    target_close(&side->target);
}

err *migration_side_run(arena *a, const migration_side *side, str sql) {
    return target_run(a, side->target, STR(""), sql);
}

err *migration_side_read(arena *a, const migration_side *side,
                         const structure *like, structure *out) {
    return target_structure(a, side->target, like->schemas, like->schema_count,
                            out);
}

/* ---- Values ------------------------------------------------------------- */

static bool starts(str type, const char *start) {
    return str_starts_with(type, str_of(start));
}

static str lite_item(arena *a, const field *f, int row) {
    if (f->kind == FIELD_ENUM)
        return arena_printf(a, "\"%.*s\"",
                            STR_ARG(f->enumeration->values[0].database_name));
    if (f->scalar == SCALAR_BOOLEAN)
        return STR("true");
    if (f->scalar == SCALAR_STRING)
        return arena_printf(a, "\"%d\"", row);
    return arena_printf(a, "%d", row);
}

static str lite_field_value(arena *a, const field *f, int row) {
    if (f->is_list)
        return arena_printf(a, "'[%.*s]'", STR_ARG(lite_item(a, f, row)));
    if (f->kind == FIELD_ENUM)
        return arena_printf(a, "'%.*s'",
                            STR_ARG(f->enumeration->values[0].database_name));
    if (f->scalar == SCALAR_JSON)
        return arena_printf(a, "'{\"n\":%d}'", row);
    return STR("");
}

static str lite_value(arena *a, const structure_column *c, int row) {
    str value = c->field != NULL ? lite_field_value(a, c->field, row) : STR("");
    if (!str_is_empty(value))
        return value;
    if (starts(c->type, "TEXT"))
        return arena_printf(a, "'%d'", row);
    if (starts(c->type, "DATETIME"))
        return arena_printf(a, "'2024-01-0%dT00:00:00.000+00:00'", row);
    if (starts(c->type, "BOOLEAN"))
        return STR("1");
    if (starts(c->type, "BLOB"))
        return arena_printf(a, "x'%02d'", row);
    if (starts(c->type, "REAL") || starts(c->type, "DECIMAL"))
        return arena_printf(a, "%d.25", row);
    if (starts(c->type, "INTEGER") || starts(c->type, "BIGINT"))
        return arena_printf(a, "%d", row);
    return STR("");
}

static const struct {
    const char *type;
    const char *format; /* %d: the row */
} PG_VALUES[] = {
    {"text", "'%d'"},
    {"character", "'%d'"},
    {"citext", "'%d'"},
    {"integer", "%d"},
    {"bigint", "%d"},
    {"smallint", "%d"},
    {"numeric", "%d.25"},
    {"double precision", "%d.25"},
    {"real", "%d.25"},
    {"timestamp", "'2024-01-0%d'"},
    {"date", "'2024-01-0%d'"},
    {"time", "'0%d:00:00'"},
    {"json", "'{\"n\":%d}'"},
    {"bytea", "'\\x0%d'"},
    {"uuid", "'00000000-0000-4000-8000-00000000000%d'"},
    {"inet", "'10.0.0.%d'"},
    {"oid", "%d"},
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static str pg_scalar(arena *a, const structure *s, const field *f, str type,
                     int row) {
    if (f != NULL && f->kind == FIELD_ENUM)
        return arena_printf(a, "'%.*s'",
                            STR_ARG(f->enumeration->values[0].database_name));
    if (starts(type, "boolean"))
        return STR("true");
    (void)s;
    for (size_t i = 0; i < LENGTH(PG_VALUES); i++)
        if (starts(type, PG_VALUES[i].type))
            return arena_printf(a, PG_VALUES[i].format, row);
    return STR("");
}
#pragma GCC diagnostic pop

static str pg_value(arena *a, const structure *s, const structure_column *c,
                    int row) {
    str type = c->type;
    bool is_list = str_ends_with(type, STR("[]"));
    if (is_list)
        type.len -= 2;
    str value = pg_scalar(a, s, c->field, type, row);
    if (!is_list || str_is_empty(value))
        return value;
    return arena_printf(a, "ARRAY[%.*s]::%.*s", STR_ARG(value),
                        STR_ARG(c->type));
}

static str value_of(arena *a, const structure *s, const structure_column *c,
                    int row) {
    return s->engine == ENGINE_SQLITE ? lite_value(a, c, row)
                                      : pg_value(a, s, c, row);
}

/* ---- How many rows ------------------------------------------------------ */

static bool is_constant(const structure_table *t, str column) {
    const structure_column *c = structure_find_column(t, column);
    if (c == NULL)
        return true;
    return (c->field != NULL && c->field->kind == FIELD_ENUM) ||
           starts(c->type, "bool") || starts(c->type, "BOOL");
}

static bool has_room_for_one(const structure_table *t) {
    bool is_all = t->primary_key.column_count > 0;
    for (size_t i = 0; i < t->primary_key.column_count; i++)
        is_all &= is_constant(t, t->primary_key.columns[i]);
    for (size_t i = 0; i < t->index_count && !is_all; i++) {
        is_all = t->indexes[i].is_unique;
        for (size_t k = 0; k < t->indexes[i].part_count; k++)
            is_all &= is_constant(t, t->indexes[i].parts[k].column);
    }
    return is_all;
}

/* A child has no more rows than its parents. */
static int *count_rows(arena *a, const structure *s) {
    int *counts = arena_new_array(a, int, s->table_count);
    for (size_t i = 0; i < s->table_count; i++)
        counts[i] = has_room_for_one(&s->tables[i]) ? 1 : ROWS;
    for (size_t again = 0; again < s->table_count; again++)
        for (size_t i = 0; i < s->table_count; i++)
            for (size_t k = 0; k < s->tables[i].foreign_key_count; k++) {
                const structure_foreign_key *f = &s->tables[i].foreign_keys[k];
                str home = str_is_empty(f->parent_schema) ? s->tables[i].schema
                                                          : f->parent_schema;
                const structure_table *parent =
                    structure_find_table(s, home, f->parent);
                assert_non_null(parent);
                int most = counts[parent - s->tables];
                if (counts[i] > most)
                    counts[i] = most;
            }
    return counts;
}

/* ---- Rows --------------------------------------------------------------- */

static bool write_row(arena *a, buf *out, const structure *s,
                      const structure_table *t, int row) {
    buf_append(out, STR("INSERT INTO "));
    sql_write_path(out, t->schema, t->name);
    buf_append(out, STR(" VALUES ("));
    for (size_t i = 0; i < t->column_count; i++) {
        const structure_column *c = &t->columns[i];
        str value = value_of(a, s, c, row);
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        /* The last row has all that may be missing missing. */
        if (!c->is_required && (row == ROWS || str_is_empty(value)))
            buf_append(out, STR("NULL"));
        else if (str_is_empty(value))
            return false;
        else
            buf_append(out, value);
    }
    buf_append(out, STR(");\n"));
    return true;
}

bool migration_side_fill(arena *a, const migration_side *side,
                         const structure *s) {
    CLEANUP(buf_free) buf out = buf_new(PLAN_MAX);
    int *counts = count_rows(a, s);
    buf_append(&out, s->engine == ENGINE_SQLITE
                         ? STR("PRAGMA foreign_keys = OFF;\n")
                         : STR("SET session_replication_role = replica;\n"));
    for (size_t i = 0; i < s->table_count; i++)
        for (int row = 1; row <= counts[i]; row++)
            if (!write_row(a, &out, s, &s->tables[i], row))
                return false;
    buf_append(&out, s->engine == ENGINE_SQLITE
                         ? STR("PRAGMA foreign_keys = ON;\n")
                         : STR("RESET session_replication_role;\n"));
    expect_ok(migration_side_run(a, side, buf_str(&out)));
    return true;
}

/* ---- What is there ------------------------------------------------------ */

static str ask(arena *a, const migration_side *side, str sql) {
    target_rows rows;
    expect_ok(target_query(a, side->target, sql, NULL, 0, &rows));
    return target_cell(&rows, 0, 0);
}

static void write_values(buf *sql, bool is_lite, const structure_table *t,
                         str column) {
    buf_append(sql, is_lite ? STR(" || char(10) || (SELECT coalesce("
                                  "group_concat(v, '|'), '') FROM"
                                  " (SELECT quote(")
                            : STR(" || chr(10) || (SELECT coalesce("
                                  "string_agg(v, '|'), '') FROM"
                                  " (SELECT coalesce("));
    sql_write_name(sql, column);
    buf_append(sql, is_lite ? STR(") AS v FROM ")
                            : STR("::text, 'NULL') AS v FROM "));
    sql_write_path(sql, t->schema, t->name);
    buf_append(sql, STR(" ORDER BY 1) AS sorted)"));
}

str migration_side_values(arena *a, const migration_side *side,
                          const structure_table *t, const str *columns,
                          size_t count) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    buf_append(&sql, STR("SELECT (SELECT count(*) || '' FROM "));
    sql_write_path(&sql, t->schema, t->name);
    buf_append_char(&sql, ')');
    for (size_t i = 0; i < count; i++)
        write_values(&sql, side->engine == ENGINE_SQLITE, t, columns[i]);
    return ask(a, side, arena_copy(a, buf_str(&sql)));
}
