#include "database/postgres/pg_structure.h"

#include "base/assert.h"
#include "database/postgres/pg_catalog.h"
#include "database/postgres/pg_keys.h"
#include "database/sql.h"
#include "database/sql_spelling.h"

typedef struct reading {
    pg_catalog *catalog;
    pg_keys keys;
    pg_catalog_list relations;
    pg_catalog_list columns;
    pg_catalog_list triggers;
} reading;

/* ---- Columns ------------------------------------------------------------ */

/* A column counts up when it is an identity, or when its default is nothing but
 * the next value of a sequence that it owns (serial). */
static const char COLUMNS[] = PG_RELATIONS
    "SELECT r.oid, a.attname, format_type(a.atttypid, a.atttypmod),"
    " a.attnotnull, a.attgenerated <> '', a.attidentity <> ''"
    " OR pg_get_expr(d.adbin, d.adrelid) ~ "
    "'^nextval\\(''[^'']*''::regclass\\)$'"
    " AND EXISTS (SELECT FROM pg_depend uses JOIN pg_depend owned"
    " ON owned.classid = 'pg_class'::regclass AND owned.objid = uses.refobjid"
    " AND owned.refclassid = 'pg_class'::regclass AND owned.deptype = 'a'"
    " AND owned.refobjid = a.attrelid AND owned.refobjsubid = a.attnum"
    " WHERE uses.classid = 'pg_attrdef'::regclass AND uses.objid = d.oid"
    " AND uses.refclassid = 'pg_class'::regclass),"
    " pg_get_expr(d.adbin, d.adrelid),"
    " col_description(a.attrelid, a.attnum)"
    " FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid"
    " AND a.attnum > 0 AND NOT a.attisdropped"
    " LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum"
    " ORDER BY r.oid, a.attnum";

enum {
    COLUMN_NAME = 1,
    COLUMN_TYPE,
    COLUMN_IS_REQUIRED,
    COLUMN_IS_GENERATED,
    COLUMN_COUNTS_UP,
    COLUMN_DEFAULT,
    COLUMN_COMMENT,
};

static structure_column column_of(const reading *r) {
    const pg_catalog_list *l = &r->columns;
    str expression = pg_catalog_cell(l, COLUMN_DEFAULT);
    structure_column out = {
        .name = pg_catalog_cell(l, COLUMN_NAME),
        .type = pg_catalog_cell(l, COLUMN_TYPE),
        .is_required = pg_catalog_flag(l, COLUMN_IS_REQUIRED),
        .is_generated = pg_catalog_flag(l, COLUMN_IS_GENERATED),
        .comment = pg_catalog_cell(l, COLUMN_COMMENT),
    };
    if (out.is_generated) {
        out.extra =
            arena_printf(r->catalog->a, "GENERATED ALWAYS AS (%.*s) STORED",
                         STR_ARG(sql_unbracketed(expression)));
    } else if (pg_catalog_flag(l, COLUMN_COUNTS_UP)) {
        out.default_kind = COLUMN_AUTOINCREMENT;
    } else if (!str_is_empty(expression) &&
               !str_starts_with(expression, STR("NULL::"))) {
        out.default_kind = COLUMN_EXPRESSION;
        out.default_sql = expression;
    }
    return out;
}

static void take_columns(reading *r, str oid, const structure_column **out,
                         size_t *count) {
    structure_column *columns = NULL;
    for (; pg_catalog_list_is_at(&r->columns, 0, oid); r->columns.at++) {
        structure_column c = column_of(r);
        ARENA_PUSH(r->catalog->a, columns, *count, c);
    }
    *out = columns;
}

/* ---- Tables and views --------------------------------------------------- */

static const char RELATIONS[] = PG_RELATIONS
    "SELECT r.oid, r.nspname, r.relname, r.relkind,"
    " obj_description(r.oid, 'pg_class'),"
    " CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END"
    " FROM relation r ORDER BY r.oid";

enum {
    RELATION_OID,
    RELATION_SCHEMA,
    RELATION_NAME,
    RELATION_KIND,
    RELATION_COMMENT,
    RELATION_DEFINITION,
};

static const char TRIGGERS[] =
    PG_RELATIONS "SELECT r.oid, t.tgname, pg_get_triggerdef(t.oid)"
                 " FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid"
                 " WHERE NOT t.tgisinternal AND t.tgparentid = 0"
                 " AND NOT EXISTS (SELECT FROM pg_proc f JOIN pg_namespace n"
                 "  ON n.oid = f.pronamespace WHERE f.oid = t.tgfoid"
                 "  AND n.nspname = 'tenon')"
                 " ORDER BY r.oid, t.tgname";

static void take_triggers(reading *r, str oid, structure_table *out) {
    structure_trigger *triggers = NULL;
    for (; pg_catalog_list_is_at(&r->triggers, 0, oid); r->triggers.at++) {
        structure_trigger t = {
            .name = pg_catalog_cell(&r->triggers, 1),
            .sql = pg_catalog_cell(&r->triggers, 2),
        };
        ARENA_PUSH(r->catalog->a, triggers, out->trigger_count, t);
    }
    out->triggers = triggers;
}

static structure_table take_table(reading *r) {
    const pg_catalog_list *l = &r->relations;
    str oid = pg_catalog_cell(l, RELATION_OID);
    structure_table t = {
        .schema =
            pg_catalog_schema(r->catalog, pg_catalog_cell(l, RELATION_SCHEMA)),
        .name = pg_catalog_cell(l, RELATION_NAME),
        .comment = pg_catalog_cell(l, RELATION_COMMENT),
    };
    take_columns(r, oid, &t.columns, &t.column_count);
    pg_keys_take_constraints(&r->keys, oid, &t);
    pg_keys_take_indexes(&r->keys, oid, &t);
    take_triggers(r, oid, &t);
    return t;
}

static str without_semicolon(str sql) {
    sql = str_trim(sql);
    if (str_ends_with(sql, STR(";")))
        sql.len--;
    return sql;
}

static structure_view take_view(reading *r) {
    const pg_catalog_list *l = &r->relations;
    str oid = pg_catalog_cell(l, RELATION_OID);
    structure_table passed = {0};
    structure_view v = {
        .schema =
            pg_catalog_schema(r->catalog, pg_catalog_cell(l, RELATION_SCHEMA)),
        .name = pg_catalog_cell(l, RELATION_NAME),
        .definition =
            without_semicolon(pg_catalog_cell(l, RELATION_DEFINITION)),
        .is_materialized =
            str_equal(pg_catalog_cell(l, RELATION_KIND), STR("m")),
        .comment = pg_catalog_cell(l, RELATION_COMMENT),
    };
    take_columns(r, oid, &v.columns, &v.column_count);
    /* A materialized view may have indexes, a view triggers. */
    pg_keys_take_indexes(&r->keys, oid, &passed);
    take_triggers(r, oid, &passed);
    return v;
}

static err *read_relations(pg_catalog *p, structure *out) {
    reading r = {.catalog = p};
    TRY(pg_catalog_list_read(p, RELATIONS, &r.relations));
    TRY(pg_catalog_list_read(p, COLUMNS, &r.columns));
    TRY(pg_catalog_list_read(p, TRIGGERS, &r.triggers));
    TRY(pg_keys_read(p, &r.keys));

    structure_table *tables = NULL;
    structure_view *views = NULL;
    for (; r.relations.at < r.relations.rows.row_count; r.relations.at++) {
        char kind = pg_catalog_cell(&r.relations, RELATION_KIND).ptr[0];
        if (kind == 'v' || kind == 'm') {
            structure_view v = take_view(&r);
            ARENA_PUSH(p->a, views, out->view_count, v);
        } else {
            structure_table t = take_table(&r);
            ARENA_PUSH(p->a, tables, out->table_count, t);
        }
    }
    ASSERT(r.columns.at == r.columns.rows.row_count);
    out->tables = tables;
    out->views = views;
    return NULL;
}

/* ---- Enums, extensions, functions, schemas ------------------------------ */

/* A row for each value; one for an enum that has none. */
static const char ENUMS[] =
    "SELECT t.oid, n.nspname, t.typname, e.enumlabel,"
    " obj_description(t.oid, 'pg_type')"
    " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
    " LEFT JOIN pg_enum e ON e.enumtypid = t.oid"
    " WHERE n.nspname = ANY ($1::text[]) AND t.typtype = 'e'"
    " AND NOT EXISTS (SELECT FROM pg_depend d"
    " WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid"
    " AND d.deptype = 'e')"
    " ORDER BY t.oid, e.enumsortorder";

static structure_enum take_enum(const pg_catalog *p, pg_catalog_list *l) {
    str oid = pg_catalog_cell(l, 0);
    structure_enum e = {
        .schema = pg_catalog_schema(p, pg_catalog_cell(l, 1)),
        .name = pg_catalog_cell(l, 2),
        .comment = pg_catalog_cell(l, 4),
    };
    str *values = NULL;
    for (; pg_catalog_list_is_at(l, 0, oid); l->at++)
        if (!pg_is_null(pg_catalog_cell(l, 3)))
            ARENA_PUSH(p->a, values, e.value_count, pg_catalog_cell(l, 3));
    e.values = values;
    return e;
}

static err *read_enums(const pg_catalog *p, structure *out) {
    pg_catalog_list l;
    TRY(pg_catalog_list_read(p, ENUMS, &l));
    structure_enum *enums = NULL;
    while (l.at < l.rows.row_count) {
        structure_enum e = take_enum(p, &l);
        ARENA_PUSH(p->a, enums, out->enum_count, e);
    }
    out->enums = enums;
    return NULL;
}

/* All of the database's: where they are installed says little about who uses
 * them. The languages are not worth telling. */
static err *read_extensions(const pg_catalog *p, structure *out) {
    pg_catalog_list l;
    TRY(pg_catalog_list_read(
        p,
        "SELECT e.extname, n.nspname, e.extversion"
        " FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
        " WHERE e.extname <> 'plpgsql' AND $1::text[] IS NOT NULL"
        " ORDER BY e.extname",
        &l));
    structure_extension *extensions = NULL;
    for (; l.at < l.rows.row_count; l.at++) {
        structure_extension e = {
            .name = pg_catalog_cell(&l, 0),
            .schema = pg_catalog_schema(p, pg_catalog_cell(&l, 1)),
            .version = pg_catalog_cell(&l, 2),
        };
        ARENA_PUSH(p->a, extensions, out->extension_count, e);
    }
    out->extensions = extensions;
    return NULL;
}

static err *read_functions(const pg_catalog *p, structure *out) {
    pg_catalog_list l;
    TRY(pg_catalog_list_read(
        p,
        "SELECT f.proname, pg_get_functiondef(f.oid)"
        " FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace"
        " WHERE n.nspname = ANY ($1::text[]) AND f.prokind IN ('f', 'p')"
        " AND NOT EXISTS (SELECT FROM pg_depend d"
        " WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid"
        " AND d.deptype = 'e')"
        " ORDER BY f.oid",
        &l));
    structure_function *functions = NULL;
    for (; l.at < l.rows.row_count; l.at++) {
        structure_function f = {pg_catalog_cell(&l, 0), pg_catalog_cell(&l, 1)};
        ARENA_PUSH(p->a, functions, out->function_count, f);
    }
    out->functions = functions;
    return NULL;
}

static err *read_schemas(const pg_catalog *p, structure *out) {
    pg_catalog_list l;
    TRY(pg_catalog_list_read(
        p,
        "SELECT nspname FROM pg_namespace"
        " WHERE nspname = ANY ($1::text[] || '{public}') ORDER BY oid",
        &l));
    str *schemas = NULL;
    for (; l.at < l.rows.row_count; l.at++)
        ARENA_PUSH(p->a, schemas, out->schema_count, pg_catalog_cell(&l, 0));
    out->schemas = schemas;
    return NULL;
}

/* ---- The whole ---------------------------------------------------------- */

/* Names of this path only are printed without their schema. */
static err *set_path(const pg_catalog *p, str path) {
    pg_rows rows;
    return pg_connection_query(
        p->a, p->connection, STR("SELECT set_config('search_path', $1, true)"),
        &path, 1, &rows);
}

static err *read_all(pg_catalog *p, structure *out) {
    CLEANUP(buf_free) buf path = buf_new(SQL_MAX);
    sql_write_name(&path, pg_connection_schema(p->connection));
    TRY(set_path(p, buf_str(&path)));
    TRY(read_schemas(p, out));
    TRY(read_extensions(p, out));
    TRY(read_enums(p, out));
    TRY(read_functions(p, out));
    return read_relations(p, out);
}

static err *read_in_transaction(pg_catalog *p, structure *out) {
    pg_rows before;
    TRY(pg_connection_query(p->a, p->connection,
                            STR("SELECT current_setting('search_path')"), NULL,
                            0, &before));
    TRY(read_all(p, out));
    return set_path(p, pg_rows_cell(&before, 0, 0));
}

err *pg_structure_read(arena *a, pg_connection *c, const str *schemas,
                       size_t schema_count, structure *out) {
    str own = pg_connection_schema(c);
    pg_catalog p = {.a = a, .connection = c};
    if (schema_count == 0) {
        p.schemas = pg_catalog_array(a, &own, 1);
        p.unnamed = str_equal(own, STR("public")) ? (str){0} : own;
    } else {
        p.schemas = pg_catalog_array(a, schemas, schema_count);
    }
    *out = (structure){.engine = ENGINE_POSTGRESQL};
    if (pg_connection_is_in_transaction(c))
        return read_in_transaction(&p, out);
    TRY(pg_connection_run(
        a, c, STR(""), STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")));
    err *e = read_all(&p, out);
    pg_connection_rollback(c);
    return e;
}
