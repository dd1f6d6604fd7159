#include "database/postgres/pg_called.h"

#include "database/postgres/pg_exposed.h"
#include "database/system_schema.h"
#include "schema/schema_names.h"

static const char TABLES[] =
    "SELECT c.oid, n.nspname, c.relname"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm')";

enum { TABLE_OID, TABLE_SCHEMA, TABLE_NAME };

static str schema_of(const model *m, str unnamed) {
    return str_is_empty(m->database_schema) ? unnamed : m->database_schema;
}

static const model *find_model(const schema *own, str unnamed, str in_schema,
                               str table) {
    for (size_t i = 0; i < own->model_count; i++) {
        const model *m = &own->models[i];
        if (str_equal(m->table, table) &&
            str_equal(schema_of(m, unnamed), in_schema))
            return m;
    }
    return NULL;
}

static str list_schemas(arena *a, const schema *own, str unnamed) {
    const str *named = own->datasource.schemas;
    return own->datasource.schema_count > 0
               ? pg_catalog_array(a, named, own->datasource.schema_count)
               : pg_catalog_array(a, &unnamed, 1);
}

/* The models' tables, whose rows a function may return. */
static err *read_rows(pg_exposing *x, const schema *own) {
    arena *a = x->catalog->a;
    str unnamed = pg_connection_schema(x->catalog->connection);
    pg_catalog catalog = *x->catalog;
    pg_catalog_list l;
    pg_exposed_row *rows = NULL;
    catalog.schemas = list_schemas(a, own, unnamed);
    TRY(pg_catalog_list_read(&catalog, TABLES, &l));
    for (; l.at < l.rows.row_count; l.at++) {
        const model *m =
            find_model(own, unnamed, pg_catalog_cell(&l, TABLE_SCHEMA),
                       pg_catalog_cell(&l, TABLE_NAME));
        int64_t oid = pg_exposed_number(pg_catalog_cell(&l, TABLE_OID));
        if (m != NULL)
            ARENA_PUSH(a, rows, x->row_count, ((pg_exposed_row){oid, m}));
    }
    x->rows = rows;
    return NULL;
}

/* What is the server's or Tenon's own is for no client. */
static err *refuse_internal(arena *a, const str *schemas, size_t count) {
    for (size_t i = 0; i < count; i++) {
        str name = schemas[i];
        if (str_starts_with(name, STR("pg_")) ||
            str_equal(name, STR("information_schema")) ||
            str_equal(name, STR("tenon")))
            return err_new(a, ERR_INVALID,
                           "the functions of the schema \"%.*s\" are not for "
                           "clients",
                           STR_ARG(name));
    }
    return NULL;
}

static err *read_functions(pg_exposing *x) {
    size_t shapes;
    TRY(pg_exposed_count_shapes(x, &shapes));
    x->models = arena_new_array(x->catalog->a, model, shapes);
    return pg_exposed_add_functions(x);
}

err *pg_called_read(arena *a, pg_connection *c, const str *schemas,
                    size_t count, const schema *own, const schema **out) {
    pg_catalog catalog = {.a = a,
                          .connection = c,
                          .schemas = pg_catalog_array(a, schemas, count)};
    const pg_exposure what = {.schemas = schemas, .count = count};
    pg_exposing x = {.what = &what,
                     .catalog = &catalog,
                     .routine_catalog = &catalog,
                     .first_index =
                         (uint32_t)schema_index_end(own) + SYSTEM_MODEL_COUNT,
                     .first_function = (uint32_t)own->function_count};
    TRY(refuse_internal(a, schemas, count));
    TRY(pg_exposed_check_schemas(&catalog, schemas, count));
    TRY(read_rows(&x, own));
    TRY(read_functions(&x));
    schema *s = arena_new_array(a, schema, 1);
    *s = (schema){
        .engine = ENGINE_POSTGRESQL,
        .is_foreign = true,
        .datasource = {.provider = STR("postgresql"),
                       .schemas = schemas,
                       .schema_count = count},
        .models = x.models,
        .shape_count = x.shape_count,
        .first_index = x.first_index,
        .functions = x.functions,
        .function_count = x.function_count,
    };
    s->names = schema_names_of(a, s);
    *out = s;
    return NULL;
}
