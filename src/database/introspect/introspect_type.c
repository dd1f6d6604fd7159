#include "database/introspect/introspect_type.h"

#include "base/attr.h"
#include "schema/native_type.h"

/* ---- PostgreSQL ----------------------------------------------------------*/

/* "(20)", "(10,2)" */
static bool read_parameters(str *rest, native_type *out) {
    if (!str_starts_with(*rest, STR("(")))
        return true;
    str_take(rest, 1);
    size_t end = str_find_char(*rest, ')');
    if (end == rest->len)
        return false;
    str list = str_take(rest, end);
    str_take(rest, 1);
    while (!str_is_empty(list)) {
        str number = str_trim(str_split(&list, ','));
        if (out->parameter_count == out->spec->max_parameters ||
            !str_parse_int64(number, &out->parameters[out->parameter_count]))
            return false;
        out->parameter_count++;
    }
    return true;
}

/* The form of format_type(): the parameters stand inside of "timestamp(3)
 * without time zone". */
static bool read_native(str type, native_type *out) {
    size_t count = 0;
    const native_type_spec *specs = native_type_specs(&count);
    for (size_t i = 0; i < count; i++) {
        str rest = type;
        *out = (native_type){.spec = &specs[i]};
        if (!str_starts_with(rest, specs[i].sql))
            continue;
        str_take(&rest, specs[i].sql.len);
        if (read_parameters(&rest, out) && str_equal(rest, specs[i].sql_suffix))
            return true;
    }
    return false;
}

/* The type of a scalar that says nothing of it, as format_type() has it. */
static const str DEFAULT_TYPES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = STR_INIT("text"),
    [SCALAR_BOOLEAN] = STR_INIT("boolean"),
    [SCALAR_INT] = STR_INIT("integer"),
    [SCALAR_BIGINT] = STR_INIT("bigint"),
    [SCALAR_FLOAT] = STR_INIT("double precision"),
    [SCALAR_DECIMAL] = STR_INIT("numeric(65,30)"),
    [SCALAR_DATETIME] = STR_INIT("timestamp(3) without time zone"),
    [SCALAR_JSON] = STR_INIT("jsonb"),
    [SCALAR_BYTES] = STR_INIT("bytea"),
};

/* One name of a path, without its quotes; leaves what follows the dot. */
static str take_part(arena *a, str *path) {
    if (!str_starts_with(*path, STR("\"")))
        return str_split(path, '.');
    str_take(path, 1);
    str part = {0};
    for (;;) {
        str piece = str_split(path, '"');
        part = arena_printf(a, "%.*s%.*s", STR_ARG(part), STR_ARG(piece));
        if (!str_starts_with(*path, STR("\"")))
            break;
        part = arena_printf(a, "%.*s\"", STR_ARG(part));
        str_take(path, 1);
    }
    if (str_starts_with(*path, STR(".")))
        str_take(path, 1);
    return part;
}

static bool is_public(str database_schema) {
    return str_is_empty(database_schema) ||
           str_equal(database_schema, STR("public"));
}

static const draft_enum *find_enum(const draft *d, str type) {
    str name = take_part(d->a, &type);
    str database_schema = {0};
    if (!str_is_empty(type)) {
        database_schema = name;
        name = take_part(d->a, &type);
    }
    for (size_t i = 0; i < d->enum_count; i++) {
        const draft_enum *e = &d->enums[i];
        bool is_there =
            str_equal(e->database_schema, database_schema) ||
            (is_public(e->database_schema) && is_public(database_schema));
        if (is_there && str_equal(e->database_name, name))
            return e;
    }
    return NULL;
}

static draft_type type_of_postgresql(const draft *d, str sql) {
    draft_type type = {.unsupported = sql};
    if (str_ends_with(sql, STR("[]"))) {
        type.is_list = true;
        sql = str_slice(sql, 0, sql.len - 2);
    }
    if (read_native(sql, &type.native)) {
        type.kind = FIELD_SCALAR;
        type.scalar = type.native.spec->scalar;
        if (str_equal(sql, DEFAULT_TYPES[type.scalar]))
            type.native = (native_type){0};
        return type;
    }
    type.native = (native_type){0};
    type.enumeration = find_enum(d, sql);
    if (type.enumeration != NULL) {
        type.kind = FIELD_ENUM;
        type.scalar = SCALAR_STRING;
        return type;
    }
    type.kind = FIELD_UNSUPPORTED;
    type.is_list = false; /* "point[]" is the type's name as a whole */
    return type;
}

str introspect_native(arena *a, const draft_type *type) {
    const native_type *n = &type->native;
    if (n->spec == NULL)
        return (str){0};
    str text = arena_printf(a, " @db.%.*s", STR_ARG(n->spec->name));
    for (size_t i = 0; i < n->parameter_count; i++)
        text = arena_printf(a, "%.*s%s%lld", STR_ARG(text), i == 0 ? "(" : ", ",
                            (long long)n->parameters[i]);
    return n->parameter_count == 0 ? text
                                   : arena_printf(a, "%.*s)", STR_ARG(text));
}

/* ---- SQLite --------------------------------------------------------------*/

/* Declared types without their brackets, those of Prisma and those that other
 * tools write. What is not here has no meaning that we could rely on. */
static const struct {
    str declared;
    scalar_type scalar;
} DECLARED[] = {
    {STR_INIT("TEXT"), SCALAR_STRING},
    {STR_INIT("VARCHAR"), SCALAR_STRING},
    {STR_INIT("CHAR"), SCALAR_STRING},
    {STR_INIT("CHARACTER"), SCALAR_STRING},
    {STR_INIT("NCHAR"), SCALAR_STRING},
    {STR_INIT("NVARCHAR"), SCALAR_STRING},
    {STR_INIT("CLOB"), SCALAR_STRING},
    {STR_INIT("INTEGER"), SCALAR_INT},
    {STR_INIT("INT"), SCALAR_INT},
    {STR_INIT("TINYINT"), SCALAR_INT},
    {STR_INIT("SMALLINT"), SCALAR_INT},
    {STR_INIT("MEDIUMINT"), SCALAR_INT},
    {STR_INIT("INT2"), SCALAR_INT},
    {STR_INIT("BIGINT"), SCALAR_BIGINT},
    {STR_INIT("INT8"), SCALAR_BIGINT},
    {STR_INIT("UNSIGNED BIG INT"), SCALAR_BIGINT},
    {STR_INIT("REAL"), SCALAR_FLOAT},
    {STR_INIT("FLOAT"), SCALAR_FLOAT},
    {STR_INIT("DOUBLE"), SCALAR_FLOAT},
    {STR_INIT("DOUBLE PRECISION"), SCALAR_FLOAT},
    {STR_INIT("DECIMAL"), SCALAR_DECIMAL},
    {STR_INIT("NUMERIC"), SCALAR_DECIMAL},
    {STR_INIT("BOOLEAN"), SCALAR_BOOLEAN},
    {STR_INIT("BOOL"), SCALAR_BOOLEAN},
    {STR_INIT("DATETIME"), SCALAR_DATETIME},
    {STR_INIT("TIMESTAMP"), SCALAR_DATETIME},
    {STR_INIT("DATE"), SCALAR_DATETIME},
    {STR_INIT("JSON"), SCALAR_JSON},
    {STR_INIT("JSONB"), SCALAR_JSON},
    {STR_INIT("BLOB"), SCALAR_BYTES},
    {STR_INIT("BINARY"), SCALAR_BYTES},
};

/* Json is kept as TEXT; the CHECK beside it tells the two apart. */
static bool has_json_check(const structure_table *t, str column) {
    for (size_t i = 0; i < t->check_count; i++) {
        str text = t->checks[i].expression;
        if (str_equal(t->checks[i].column, column) &&
            memmem(text.ptr, text.len, "json_valid(", 11) != NULL)
            return true;
    }
    return false;
}

static draft_type type_of_sqlite(const structure_table *t,
                                 const structure_column *column) {
    draft_type type = {.kind = FIELD_UNSUPPORTED, .unsupported = column->type};
    str rest = column->type;
    str declared = str_trim(str_split(&rest, '('));
    for (size_t i = 0; i < LENGTH(DECLARED); i++) {
        if (!str_equal_ignoring_case(DECLARED[i].declared, declared))
            continue;
        type.kind = FIELD_SCALAR;
        type.scalar = DECLARED[i].scalar;
    }
    if (type.kind == FIELD_SCALAR && type.scalar == SCALAR_STRING &&
        has_json_check(t, column->name))
        type.scalar = SCALAR_JSON;
    return type;
}

draft_type introspect_type(const draft *d, const structure_table *t,
                           const structure_column *column) {
    return d->structure->engine == ENGINE_SQLITE
               ? type_of_sqlite(t, column)
               : type_of_postgresql(d, column->type);
}
