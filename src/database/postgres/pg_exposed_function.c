/* pg_exposed_function.c: the functions of exposed schemas, and what their
 * arguments and rows are like; and those of rows of exposed tables, wherever
 * else they are looked for. */
#include "database/postgres/pg_exposed.h"
#include "schema/function.h"

/* Neither an extension's nor what only triggers call. One whose last argument
 * takes any types cannot be called with values of unknown type. */
#define ROUTINES                                                               \
    "WITH routine AS ("                                                        \
    " SELECT p.*, n.nspname FROM pg_proc p"                                    \
    " JOIN pg_namespace n ON n.oid = p.pronamespace"                           \
    " WHERE n.nspname = ANY ($1::text[]) AND p.prokind = 'f'"                  \
    " AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)"  \
    " AND p.provariadic <> '\"any\"'::regtype"                                 \
    " AND NOT EXISTS (SELECT FROM pg_depend d"                                 \
    " WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid"               \
    " AND d.deptype = 'e')) "

#define ORDERED " ORDER BY p.proname, p.oid"

/* A domain may be of a row, and then its columns are not to be seen here. */
static const char FUNCTIONS[] = ROUTINES
    "SELECT p.oid, p.nspname, p.proname, obj_description(p.oid, 'pg_proc'),"
    " p.provolatile, p.proretset, r.typname = 'void',"
    " r.typtype = 'd' OR r.oid = 'record'::regtype, r.typrelid,"
    " format_type(r.oid, -1), p.pronargs - p.pronargdefaults,"
    " p.provariadic <> 0, p.prorows = 1"
    " FROM routine p JOIN pg_type r ON r.oid = p.prorettype" ORDERED;

enum {
    FUNCTION_OID,
    FUNCTION_SCHEMA,
    FUNCTION_NAME,
    FUNCTION_COMMENT,
    FUNCTION_VOLATILITY,
    FUNCTION_IS_LIST,
    FUNCTION_IS_VOID,
    FUNCTION_IS_OPAQUE,
    FUNCTION_ROW,
    FUNCTION_TYPE,
    FUNCTION_REQUIRED,
    FUNCTION_IS_VARIADIC,
    FUNCTION_IS_SINGLE,
};

/* Types without their modifiers, which the server does not keep. */
static const char ARGUMENTS[] = ROUTINES
    "SELECT p.oid, coalesce(g.mode, 'i'), g.name, format_type(g.type, -1),"
    " (SELECT typrelid FROM pg_type t WHERE t.oid = g.type)"
    " FROM routine p, unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]),"
    " p.proargmodes, p.proargnames) WITH ORDINALITY AS g (type, mode, name, "
    "n)" ORDERED ", g.n";

enum { ARGUMENT_MODE = 1, ARGUMENT_NAME, ARGUMENT_TYPE, ARGUMENT_ROW };

static const char COLUMNS[] = ROUTINES
    "SELECT p.oid, a.attname, format_type(a.atttypid, a.atttypmod)"
    " FROM routine p JOIN pg_type r ON r.oid = p.prorettype"
    " JOIN pg_attribute a ON a.attrelid = r.typrelid AND r.typrelid <> 0"
    " AND a.attnum > 0 AND NOT a.attisdropped" ORDERED ", a.attnum";

enum { COLUMN_NAME = 1, COLUMN_TYPE };

typedef struct fields {
    field *items;
    size_t count;
    int64_t row; /* the table whose row the last one is, or 0 */
} fields;

static void push(arena *a, fields *to, str name, str type) {
    field f = {.name = name,
               .column = name,
               .kind = FIELD_SCALAR,
               .scalar = SCALAR_JSON,
               .unsupported = type,
               .is_foreign = true,
               .is_optional = true};
    ARENA_PUSH(a, to->items, to->count, f);
}

static model *add_shape(pg_exposing *x, function *f, fields of) {
    size_t at = x->count + x->shape_count++;
    model *m = &x->models[at];
    *m = (model){.name = f->name,
                 .table = f->name,
                 .database_schema = f->database_schema,
                 .is_foreign = true,
                 .is_shape = true,
                 .index = x->first_index + (uint32_t)at};
    pg_exposed_own(x->catalog->a, m, of.items, of.count);
    return m;
}

/* ---- What goes in --------------------------------------------------------- */

static void push_argument(arena *a, fields *in, const pg_catalog_list *l) {
    push(a, in, pg_catalog_cell(l, ARGUMENT_NAME),
         pg_catalog_cell(l, ARGUMENT_TYPE));
    in->row = pg_exposed_number(pg_catalog_cell(l, ARGUMENT_ROW));
}

/* Takes the function's rows; a TABLE's columns and OUT arguments are of what it
 * gives back. */
static void take_arguments(arena *a, pg_catalog_list *l, str oid, fields *in,
                           fields *out) {
    for (; pg_catalog_list_is_at(l, 0, oid); l->at++) {
        char mode = pg_catalog_cell(l, ARGUMENT_MODE).ptr[0];
        str name = pg_catalog_cell(l, ARGUMENT_NAME);
        str type = pg_catalog_cell(l, ARGUMENT_TYPE);
        if (mode == 'i' || mode == 'b' || mode == 'v')
            push_argument(a, in, l);
        if (mode == 'o' || mode == 'b' || mode == 't')
            push(a, out, name, type);
    }
}

/* One without a name takes all of a body. */
static bool takes_body(const fields *in) {
    static const str TYPES[] = {STR_INIT("json"), STR_INIT("jsonb"),
                                STR_INIT("text"), STR_INIT("xml"),
                                STR_INIT("bytea")};
    for (size_t i = 0; in->count == 1 && i < LENGTH(TYPES); i++) {
        if (str_equal(in->items[0].unsupported, TYPES[i]))
            return true;
    }
    return false;
}

/* Who calls a function names its arguments. */
static bool can_be_called(const fields *in) {
    for (size_t i = 0; i < in->count; i++) {
        if (str_is_empty(in->items[i].name))
            return takes_body(in);
    }
    return true;
}

static void give_arguments(pg_exposing *x, function *f, fields in) {
    int64_t required =
        pg_exposed_number(pg_catalog_cell(&x->routines, FUNCTION_REQUIRED));
    for (size_t i = 0; i < in.count; i++) {
        bool has_default = (int64_t)i >= required;
        in.items[i].is_optional = has_default;
        in.items[i].default_value.kind =
            has_default ? DEFAULT_DBGENERATED : DEFAULT_NONE;
    }
    model *m = add_shape(x, f, in);
    m->function = f;
    f->arguments = m;
    if (pg_catalog_flag(&x->routines, FUNCTION_IS_VARIADIC))
        f->variadic = m->columns[m->column_count - 1];
}

/* ---- What comes out ------------------------------------------------------- */

static const model *find_table(const pg_exposing *x, int64_t oid) {
    for (size_t i = 0; oid != 0 && i < x->row_count; i++) {
        if (x->rows[i].oid == oid)
            return x->rows[i].model;
    }
    return NULL;
}

static fields take_columns(arena *a, pg_catalog_list *l, str oid) {
    fields all = {0};
    for (; pg_catalog_list_is_at(l, 0, oid); l->at++)
        push(a, &all, pg_catalog_cell(l, COLUMN_NAME),
             pg_catalog_cell(l, COLUMN_TYPE));
    return all;
}

static void give_rows(pg_exposing *x, function *f, fields out, fields columns) {
    const pg_catalog_list *l = &x->routines;
    f->result = RESULT_ROW;
    f->row = find_table(x, pg_exposed_number(pg_catalog_cell(l, FUNCTION_ROW)));
    if (pg_catalog_flag(l, FUNCTION_IS_VOID)) {
        f->result = RESULT_VOID;
    } else if (out.count > 0) {
        f->row = add_shape(x, f, out);
    } else if (f->row == NULL && columns.count > 0) {
        f->row = add_shape(x, f, columns);
    } else if (f->row == NULL) {
        fields value = {0};
        push(x->catalog->a, &value, f->name, pg_catalog_cell(l, FUNCTION_TYPE));
        model *m = add_shape(x, f, value);
        m->function = f;
        f->result = RESULT_VALUE;
        f->row = m;
        f->is_opaque = pg_catalog_flag(l, FUNCTION_IS_OPAQUE);
    }
}

/* Its only argument is a row of a table, and what it gives back one value, a
 * field of that table, or rows of a table, a relation to that. */
static const model *find_computed(const pg_exposing *x, const fields *in,
                                  const fields *out, const fields *columns) {
    const pg_catalog_list *l = &x->routines;
    int64_t row = pg_exposed_number(pg_catalog_cell(l, FUNCTION_ROW));
    if (!x->has_computed || in->count != 1 || out->count > 0 ||
        pg_catalog_flag(l, FUNCTION_IS_VOID))
        return NULL;
    bool is_value =
        columns->count == 0 && !pg_catalog_flag(l, FUNCTION_IS_LIST);
    return is_value || find_table(x, row) != NULL ? find_table(x, in->row)
                                                  : NULL;
}

/* Others are looked for only as what belongs to a row. */
static bool is_exposed(const pg_exposing *x) {
    str name = pg_catalog_cell(&x->routines, FUNCTION_SCHEMA);
    for (size_t i = 0; i < x->what->count; i++) {
        if (str_equal(x->what->schemas[i], name))
            return true;
    }
    return false;
}

/* ---- All of it ------------------------------------------------------------ */

static function_volatility volatility_of(str cell) {
    if (str_equal(cell, STR("i")))
        return FUNCTION_IMMUTABLE;
    return str_equal(cell, STR("s")) ? FUNCTION_STABLE : FUNCTION_VOLATILE;
}

static function *add_function(pg_exposing *x) {
    const pg_catalog_list *l = &x->routines;
    function *f = &x->functions[x->function_count];
    *f = (function){
        .name = pg_catalog_cell(l, FUNCTION_NAME),
        .doc = pg_catalog_cell(l, FUNCTION_COMMENT),
        .is_list = pg_catalog_flag(l, FUNCTION_IS_LIST),
        .is_single = pg_catalog_flag(l, FUNCTION_IS_SINGLE),
        .is_optional = true,
        .volatility = volatility_of(pg_catalog_cell(l, FUNCTION_VOLATILITY)),
        .is_foreign = true,
        .database_schema = pg_catalog_cell(l, FUNCTION_SCHEMA),
        .index = x->first_function + (uint32_t)x->function_count++,
    };
    return f;
}

/* They come in the order of their names. */
static void link_overloads(pg_exposing *x) {
    for (size_t i = 1; i < x->function_count; i++) {
        if (str_equal(x->functions[i].name, x->functions[i - 1].name))
            x->functions[i - 1].overload = &x->functions[i];
    }
}

err *pg_exposed_count_shapes(pg_exposing *x, size_t *out) {
    TRY(pg_catalog_list_read(x->routine_catalog, FUNCTIONS, &x->routines));
    *out = 2 * x->routines.rows.row_count;
    return NULL;
}

err *pg_exposed_add_functions(pg_exposing *x) {
    arena *a = x->catalog->a;
    pg_catalog_list *l = &x->routines;
    pg_catalog_list arguments;
    pg_catalog_list columns;
    TRY(pg_catalog_list_read(x->routine_catalog, ARGUMENTS, &arguments));
    TRY(pg_catalog_list_read(x->routine_catalog, COLUMNS, &columns));
    x->functions = arena_new_array(a, function, l->rows.row_count);
    for (; l->at < l->rows.row_count; l->at++) {
        str oid = pg_catalog_cell(l, FUNCTION_OID);
        fields in = {0};
        fields out = {0};
        take_arguments(a, &arguments, oid, &in, &out);
        fields of_row = take_columns(a, &columns, oid);
        const model *computed_of = find_computed(x, &in, &out, &of_row);
        if (computed_of == NULL && (!is_exposed(x) || !can_be_called(&in)))
            continue;
        function *f = add_function(x);
        f->computed_of = computed_of;
        give_arguments(x, f, in);
        give_rows(x, f, out, of_row);
    }
    link_overloads(x);
    return NULL;
}
