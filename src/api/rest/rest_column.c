#include "api/rest/rest_column.h"

#include "base/assert.h"
#include "core/coerce.h"
#include "schema/function.h"

typedef struct cast_row {
    str name;
    cast_type cast;
    scalar_type result;
    bool is_number;
    bool is_moment; /* a time of some kind */
} cast_row;

#define TEXT(name, cast)                                                       \
    { STR_INIT(name), cast, SCALAR_STRING, false, false }
#define NUMBER(name, cast, scalar)                                             \
    { STR_INIT(name), cast, scalar, true, false }
#define MOMENT(name, cast, scalar)                                             \
    { STR_INIT(name), cast, scalar, false, true }
#define OTHER(name, cast, scalar)                                              \
    { STR_INIT(name), cast, scalar, false, false }

static const cast_row CASTS[] = {
    TEXT("text", CAST_TEXT),
    TEXT("varchar", CAST_TEXT),
    TEXT("character varying", CAST_TEXT),
    NUMBER("int2", CAST_INT2, SCALAR_INT),
    NUMBER("smallint", CAST_INT2, SCALAR_INT),
    NUMBER("int", CAST_INT4, SCALAR_INT),
    NUMBER("int4", CAST_INT4, SCALAR_INT),
    NUMBER("integer", CAST_INT4, SCALAR_INT),
    NUMBER("int8", CAST_INT8, SCALAR_BIGINT),
    NUMBER("bigint", CAST_INT8, SCALAR_BIGINT),
    NUMBER("float4", CAST_FLOAT4, SCALAR_FLOAT),
    NUMBER("real", CAST_FLOAT4, SCALAR_FLOAT),
    NUMBER("float8", CAST_FLOAT8, SCALAR_FLOAT),
    NUMBER("double precision", CAST_FLOAT8, SCALAR_FLOAT),
    NUMBER("numeric", CAST_NUMERIC, SCALAR_DECIMAL),
    NUMBER("decimal", CAST_NUMERIC, SCALAR_DECIMAL),
    OTHER("bool", CAST_BOOL, SCALAR_BOOLEAN),
    OTHER("boolean", CAST_BOOL, SCALAR_BOOLEAN),
    MOMENT("date", CAST_DATE, SCALAR_STRING),
    MOMENT("time", CAST_TIME, SCALAR_STRING),
    MOMENT("timestamp", CAST_TIMESTAMP, SCALAR_STRING),
    MOMENT("timestamp without time zone", CAST_TIMESTAMP, SCALAR_STRING),
    MOMENT("timestamptz", CAST_TIMESTAMPTZ, SCALAR_DATETIME),
    MOMENT("timestamp with time zone", CAST_TIMESTAMPTZ, SCALAR_DATETIME),
    OTHER("uuid", CAST_UUID, SCALAR_STRING),
    OTHER("bytea", CAST_BYTEA, SCALAR_BYTES),
    OTHER("json", CAST_JSON, SCALAR_JSON),
    OTHER("jsonb", CAST_JSONB, SCALAR_JSON),
};

/* The cast that changes nothing. */
static const cast_type OWN_CAST[] = {
    [SCALAR_STRING] = CAST_TEXT,
    [SCALAR_BOOLEAN] = CAST_BOOL,
    [SCALAR_INT] = CAST_INT4,
    [SCALAR_BIGINT] = CAST_INT8,
    [SCALAR_FLOAT] = CAST_FLOAT8,
    [SCALAR_DECIMAL] = CAST_NUMERIC,
    [SCALAR_DATETIME] = CAST_TIMESTAMPTZ,
    [SCALAR_JSON] = CAST_JSONB,
    [SCALAR_BYTES] = CAST_BYTEA,
};
_Static_assert(LENGTH(OWN_CAST) == SCALAR_TYPE_COUNT, "every type has one");

static str type_name(arena *a, const field *f) {
    str name = coerce_type_name(f);
    return f->is_list ? arena_printf(a, "%.*s[]", STR_ARG(name)) : name;
}

/* Nothing but its type is left of the field. What is foreign stays so, whatever
 * the database makes of it. */
static void set_type(field *result, scalar_type type) {
    if (result->is_foreign)
        return;
    result->kind = FIELD_SCALAR;
    result->scalar = type;
    result->enumeration = NULL;
    result->native = (native_type){0};
    result->is_list = false;
    result->is_id = false;
    result->is_unique = false;
}

/* --- a place inside of JSON --- */

static bool is_json(const field *f) {
    return f->kind == FIELD_SCALAR && f->scalar == SCALAR_JSON && !f->is_list;
}

static err *add_path(arena *a, const rest_path *p, derivation *d) {
    if (p->step_count == 0)
        return NULL;
    if (!is_json(&d->result)) {
        str type = type_name(a, &d->result);
        return err_new(a, ERR_OPERATOR_TYPE,
                       "operator does not exist: %.*s -> unknown",
                       STR_ARG(type));
    }
    d->steps = p->steps;
    d->step_count = p->step_count;
    d->is_text = p->is_text;
    set_type(&d->result, p->is_text ? SCALAR_STRING : SCALAR_JSON);
    return NULL;
}

err *rest_column_at_path(arena *a, const field *f, const rest_path *p,
                         const derivation **out) {
    const function *computed = function_of_computed(f);
    *out = NULL;
    if (p->step_count == 0 && computed == NULL)
        return NULL;
    derivation *d = arena_new_array(a, derivation, 1);
    d->function = computed;
    d->result = *f;
    TRY(add_path(a, p, d));
    *out = d;
    return NULL;
}

/* --- casts --- */

static const cast_row *find_cast(str name) {
    for (size_t i = 0; i < LENGTH(CASTS); i++) {
        if (str_equal_ignoring_case(CASTS[i].name, name))
            return &CASTS[i];
    }
    return NULL;
}

/* What PostgreSQL casts when it is told to; text, and to text, always. */
static bool can_cast(const field *f, const cast_row *to) {
    if (to->cast == CAST_TEXT || f->is_foreign)
        return true;
    if (f->is_list || f->kind == FIELD_ENUM)
        return false;
    switch (f->scalar) {
    case SCALAR_STRING:
        return true;
    case SCALAR_BOOLEAN:
        return to->cast == CAST_BOOL || to->cast == CAST_INT4;
    case SCALAR_INT:
        return to->is_number || to->cast == CAST_BOOL;
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        return to->is_number;
    case SCALAR_DATETIME:
        return to->is_moment;
    case SCALAR_JSON:
        return to->is_number || to->cast == CAST_BOOL ||
               to->result == SCALAR_JSON;
    case SCALAR_BYTES:
        return to->cast == CAST_BYTEA;
    }
    PANIC("not a scalar type");
}

static bool changes_nothing(const field *f, const cast_row *to) {
    bool is_same = to->cast == OWN_CAST[f->scalar] ||
                   (f->scalar == SCALAR_JSON && to->cast == CAST_JSON);
    return is_same && f->kind == FIELD_SCALAR && !f->is_list && !f->is_foreign;
}

static err *add_cast(arena *a, str name, field *result, cast_type *out) {
    if (str_is_empty(name))
        return NULL;
    const cast_row *to = find_cast(name);
    if (to == NULL)
        return err_with_hint(
            err_new(a, ERR_UNSUPPORTED, "casting to '%.*s' is not supported",
                    STR_ARG(name)),
            STR("types to cast to: text, int2, int4, int8, float4, float8, "
                "numeric, bool, date, time, timestamp, timestamptz, uuid, "
                "bytea, json, jsonb"));
    if (!can_cast(result, to)) {
        str type = type_name(a, result);
        return err_new(a, ERR_CAST, "cannot cast type %.*s to %.*s",
                       STR_ARG(type), STR_ARG(to->name));
    }
    if (!changes_nothing(result, to))
        *out = to->cast;
    set_type(result, to->result);
    return NULL;
}

/* --- aggregates --- */

static const str AGGREGATE_NAMES[] = {
    [AGGREGATE_NONE] = STR_INIT(""),      [AGGREGATE_COUNT] = STR_INIT("count"),
    [AGGREGATE_SUM] = STR_INIT("sum"),    [AGGREGATE_AVG] = STR_INIT("avg"),
    [AGGREGATE_MIN] = STR_INIT("min"),    [AGGREGATE_MAX] = STR_INIT("max"),
    [AGGREGATE_ROWS] = STR_INIT("count"),
};

static bool is_number(const field *f) {
    return f->kind == FIELD_SCALAR && !f->is_list &&
           scalar_type_is_number(f->scalar);
}

static bool has_min_and_max(const field *f) {
    return !f->is_list && f->kind != FIELD_ENUM &&
           f->scalar != SCALAR_BOOLEAN && f->scalar != SCALAR_JSON &&
           f->scalar != SCALAR_BYTES;
}

static bool has_aggregate(const field *f, aggregate wanted) {
    switch (wanted) {
    case AGGREGATE_SUM:
    case AGGREGATE_AVG:
        return is_number(f);
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        return has_min_and_max(f);
    case AGGREGATE_NONE:
    case AGGREGATE_COUNT:
    case AGGREGATE_ROWS:
        break;
    }
    return true;
}

/* Sums are of a type in which they do not overflow as soon. */
static scalar_type type_of_sum(scalar_type of) {
    if (of == SCALAR_FLOAT)
        return SCALAR_FLOAT;
    return of == SCALAR_INT ? SCALAR_BIGINT : SCALAR_DECIMAL;
}

static err *add_aggregate(arena *a, aggregate wanted, derivation *d) {
    field *result = &d->result;
    if (!result->is_foreign && !has_aggregate(result, wanted)) {
        str type = type_name(a, result);
        return err_new(a, ERR_OPERATOR_TYPE,
                       "function %.*s(%.*s) does not exist",
                       STR_ARG(AGGREGATE_NAMES[wanted]), STR_ARG(type));
    }
    d->aggregate = wanted;
    switch (wanted) {
    case AGGREGATE_COUNT:
    case AGGREGATE_ROWS:
        set_type(result, SCALAR_BIGINT);
        break;
    case AGGREGATE_SUM:
        set_type(result, type_of_sum(result->scalar));
        break;
    case AGGREGATE_AVG:
        set_type(result, result->scalar == SCALAR_FLOAT ? SCALAR_FLOAT
                                                        : SCALAR_DECIMAL);
        break;
    case AGGREGATE_NONE:
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        break;
    }
    return NULL;
}

/* NULL when the column is as it is. */
static const derivation *keep(arena *a, const derivation *made) {
    if (made->function == NULL && made->step_count == 0 &&
        made->cast == CAST_NONE && made->aggregate == AGGREGATE_NONE)
        return NULL;
    derivation *kept = arena_new_array(a, derivation, 1);
    *kept = *made;
    return kept;
}

err *rest_column_derive(arena *a, const field *f, const select_item *it,
                        const derivation **out) {
    derivation made = {.function = function_of_computed(f), .result = *f};
    TRY(add_path(a, &it->path, &made));
    TRY(add_cast(a, it->cast, &made.result, &made.cast));
    if (it->aggregate != AGGREGATE_NONE)
        made.inner = keep(a, &made);
    TRY(add_aggregate(a, it->aggregate, &made));
    TRY(add_cast(a, it->outer_cast, &made.result, &made.outer_cast));
    *out = keep(a, &made);
    return NULL;
}
