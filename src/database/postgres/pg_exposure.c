#include "database/postgres/pg_exposure.h"

#include "database/postgres/pg_exposed.h"
#include "schema/schema_names.h"

/* Of the schemas $1, neither an extension's nor partitions. */
#define EXPOSED                                                                \
    "WITH exposed AS ("                                                        \
    " SELECT c.oid, n.nspname, c.relname, c.relkind"                           \
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"           \
    " WHERE n.nspname = ANY ($1::text[]) AND NOT c.relispartition"             \
    " AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"                              \
    " AND NOT EXISTS (SELECT FROM pg_depend d"                                 \
    " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"              \
    " AND d.deptype = 'e')) "

static const char MODELS[] =
    EXPOSED "SELECT e.oid, e.nspname, e.relname, e.relkind IN ('v', 'm'),"
            " obj_description(e.oid, 'pg_class')"
            " FROM exposed e ORDER BY e.oid";

enum {
    MODEL_OID,
    MODEL_SCHEMA,
    MODEL_NAME,
    MODEL_IS_VIEW,
    MODEL_COMMENT,
};

/* A domain is required when one that it is made of is. */
static const char COLUMNS[] = EXPOSED
    "SELECT e.oid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),"
    " NOT (a.attnotnull OR t.typnotnull),"
    " d.adbin IS NOT NULL OR a.attidentity <> '' OR t.typdefault IS NOT NULL,"
    " col_description(a.attrelid, a.attnum)"
    " FROM exposed e JOIN pg_attribute a ON a.attrelid = e.oid"
    " AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_attrdef d ON d.adrelid = e.oid AND d.adnum = a.attnum"
    " ORDER BY e.oid, a.attnum";

enum {
    COLUMN_NUMBER = 1,
    COLUMN_NAME,
    COLUMN_TYPE,
    COLUMN_IS_OPTIONAL,
    COLUMN_HAS_DEFAULT,
    COLUMN_COMMENT,
};

/* ---- Columns ------------------------------------------------------------ */

static field column_of(const pg_catalog_list *l) {
    str name = pg_catalog_cell(l, COLUMN_NAME);
    bool has_default = pg_catalog_flag(l, COLUMN_HAS_DEFAULT);
    return (field){
        .name = name,
        .column = name,
        .doc = pg_catalog_cell(l, COLUMN_COMMENT),
        .kind = FIELD_SCALAR,
        .scalar = SCALAR_JSON,
        .unsupported = pg_catalog_cell(l, COLUMN_TYPE),
        .default_value.kind = has_default ? DEFAULT_DBGENERATED : DEFAULT_NONE,
        .is_foreign = true,
        .is_optional = pg_catalog_flag(l, COLUMN_IS_OPTIONAL),
    };
}

static void take_columns(arena *a, pg_catalog_list *l, str oid,
                         pg_exposed *out) {
    field *fields = NULL;
    int64_t *numbers = NULL;
    size_t count = 0;
    for (; pg_catalog_list_is_at(l, 0, oid); l->at++) {
        size_t at = count;
        ARENA_PUSH(a, fields, count, column_of(l));
        int64_t number = pg_exposed_number(pg_catalog_cell(l, COLUMN_NUMBER));
        ARENA_PUSH(a, numbers, at, number);
    }
    pg_exposed_own(a, out->model, fields, count);
    out->fields = fields;
    out->numbers = numbers;
}

/* ---- Keys --------------------------------------------------------------- */

/* Of all base tables, because views show them. */
static const char KEYS[] =
    "SELECT k.conrelid, k.contype = 'p', k.conname, k.conkey"
    " FROM pg_constraint k WHERE k.contype IN ('p', 'u') AND k.conrelid <> 0"
    " AND array_length($1::text[], 1) > 0"
    " ORDER BY k.conrelid, k.contype, k.conname";

enum { KEY_TABLE, KEY_IS_PRIMARY, KEY_NAME, KEY_COLUMNS };

static void give_key(arena *a, pg_exposed *item, const pg_catalog_list *l,
                     int64_t table, const int64_t *columns, size_t count) {
    model *m = item->model;
    const field **fields = pg_exposed_columns(a, item, table, columns, count);
    if (fields == NULL)
        return;
    key k = {.name = pg_catalog_cell(l, KEY_NAME),
             .fields = fields,
             .options = arena_new_array(a, key_option, count),
             .field_count = count};
    if (pg_catalog_flag(l, KEY_IS_PRIMARY)) {
        key *primary = arena_new_array(a, key, 1);
        *primary = k;
        m->primary_key = primary;
        return;
    }
    key *uniques = arena_new_array(a, key, m->unique_count + 1);
    if (m->unique_count > 0)
        memcpy(uniques, m->uniques, m->unique_count * sizeof *uniques);
    uniques[m->unique_count++] = k;
    m->uniques = uniques;
}

static err *read_keys(pg_exposing *x) {
    arena *a = x->catalog->a;
    pg_catalog_list l;
    TRY(pg_catalog_list_read(x->catalog, KEYS, &l));
    for (; l.at < l.rows.row_count; l.at++) {
        const int64_t *columns;
        int64_t table = pg_exposed_number(pg_catalog_cell(&l, KEY_TABLE));
        size_t count =
            pg_exposed_numbers(a, pg_catalog_cell(&l, KEY_COLUMNS), &columns);
        for (size_t i = 0; i < x->count; i++)
            give_key(a, &x->items[i], &l, table, columns, count);
    }
    return NULL;
}

static void mark_keys(pg_exposing *x) {
    for (size_t i = 0; i < x->count; i++) {
        const model *m = x->items[i].model;
        const key *p = m->primary_key;
        for (size_t k = 0; p != NULL && k < m->field_count; k++) {
            field *f = &x->items[i].fields[k];
            f->is_id = p->field_count == 1 && p->fields[0] == f;
        }
    }
}

/* ---- All of it ---------------------------------------------------------- */

static err *read_models(pg_exposing *x) {
    arena *a = x->catalog->a;
    pg_catalog_list l;
    pg_catalog_list columns;
    size_t shapes;
    TRY(pg_exposed_count_shapes(x, &shapes));
    TRY(pg_catalog_list_read(x->catalog, MODELS, &l));
    TRY(pg_catalog_list_read(x->catalog, COLUMNS, &columns));
    x->count = l.rows.row_count;
    x->items = arena_new_array(a, pg_exposed, x->count);
    x->models = arena_new_array(a, model, x->count + shapes);
    for (; l.at < x->count; l.at++) {
        str oid = pg_catalog_cell(&l, MODEL_OID);
        bool is_view = pg_catalog_flag(&l, MODEL_IS_VIEW);
        model *m = &x->models[l.at];
        *m = (model){
            .name = pg_catalog_cell(&l, MODEL_NAME),
            .table = pg_catalog_cell(&l, MODEL_NAME),
            .database_schema = pg_catalog_cell(&l, MODEL_SCHEMA),
            .doc = pg_catalog_cell(&l, MODEL_COMMENT),
            .is_view = is_view,
            .is_foreign = true,
            .index = (uint32_t)l.at,
        };
        x->items[l.at] = (pg_exposed){
            .oid = pg_exposed_number(oid), .is_view = is_view, .model = m};
        take_columns(a, &columns, oid, &x->items[l.at]);
    }
    return NULL;
}

static void list_rows(pg_exposing *x) {
    pg_exposed_row *rows =
        arena_new_array(x->catalog->a, pg_exposed_row, x->count);
    for (size_t i = 0; i < x->count; i++)
        rows[i] = (pg_exposed_row){x->items[i].oid, x->items[i].model};
    x->rows = rows;
    x->row_count = x->count;
}

static str routine_schemas(arena *a, const pg_exposure *what) {
    size_t count = what->count + what->extra_count;
    str *names = arena_new_array(a, str, count);
    memcpy(names, what->schemas, what->count * sizeof *names);
    if (what->extra_count > 0)
        memcpy(names + what->count, what->extra,
               what->extra_count * sizeof *names);
    return pg_catalog_array(a, names, count);
}

static err *read_all(pg_exposing *x) {
    const pg_exposure *what = x->what;
    TRY(pg_exposed_check_schemas(x->catalog, what->schemas, what->count));
    TRY(read_models(x));
    list_rows(x);
    TRY(pg_exposed_find_bases(x));
    TRY(read_keys(x));
    mark_keys(x);
    TRY(pg_exposed_relate(x));
    return pg_exposed_add_functions(x);
}

err *pg_exposure_read(arena *a, pg_connection *c, const pg_exposure *what,
                      const schema **out) {
    pg_catalog catalog = {.a = a,
                          .connection = c,
                          .schemas =
                              pg_catalog_array(a, what->schemas, what->count)};
    pg_catalog routines = {
        .a = a, .connection = c, .schemas = routine_schemas(a, what)};
    pg_exposing x = {.catalog = &catalog,
                     .routine_catalog = &routines,
                     .what = what,
                     .has_computed = true};
    TRY(pg_connection_run(
        a, c, STR(""),
        STR("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")));
    err *e = read_all(&x);
    pg_connection_rollback(c);
    TRY(e);

    schema *s = arena_new_array(a, schema, 1);
    *s = (schema){
        .engine = ENGINE_POSTGRESQL,
        .is_foreign = true,
        .datasource = {.provider = STR("postgresql"),
                       .schemas = what->schemas,
                       .schema_count = what->count},
        .models = x.models,
        .model_count = x.count,
        .shape_count = x.shape_count,
        .functions = x.functions,
        .function_count = x.function_count,
    };
    s->names = schema_names_of(a, s);
    *out = s;
    return NULL;
}
