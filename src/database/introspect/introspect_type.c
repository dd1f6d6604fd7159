#include "database/introspect/introspect_type.h"

#include "database/postgres/pg_type.h"
#include "database/sqlite/lite_type.h"
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
        if (str_equal(sql, pg_type_of_scalar(type.scalar)))
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

/* Json and lists are kept as TEXT; the CHECK beside them tells them apart. */
static str check_of(const structure_table *t, str column) {
    const structure_check *c = structure_find_check(t, column);
    return c != NULL ? c->expression : (str){0};
}

/* What the items of a list are is nowhere said, so they are Json. */
static draft_type type_of_sqlite(const structure_table *t,
                                 const structure_column *column) {
    str check = check_of(t, column->name);
    draft_type type = {.kind = FIELD_SCALAR,
                       .scalar = lite_type_scalar(column->type)};
    if (type.scalar == SCALAR_STRING &&
        str_contains(check, STR("json_valid("))) {
        type.scalar = SCALAR_JSON;
        type.is_list = str_contains(check, STR("GLOB '[[]*'"));
    }
    return type;
}

draft_type introspect_type(const draft *d, const structure_table *t,
                           const structure_column *column) {
    return d->structure->engine == ENGINE_SQLITE
               ? type_of_sqlite(t, column)
               : type_of_postgresql(d, column->type);
}
