#include "database/structure_spelling.h"

#include "database/postgres/pg_type_spelling.h"
#include "database/sql_spelling.h"
#include "database/sqlite/lite_type.h"

bool structure_is_same_sql(arena *a, str x, str y) {
    return str_equal(x, y) || str_equal(sql_spelling(a, SQL_TEXTS, x),
                                        sql_spelling(a, SQL_TEXTS, y));
}

bool structure_is_same_condition(arena *a, str x, str y) {
    return structure_is_same_sql(a, x, y) ||
           str_equal(sql_spelling(a, SQL_DATES, x),
                     sql_spelling(a, SQL_DATES, y));
}

/* ---- Defaults ----------------------------------------------------------- */

/* How types begin, whatever follows: int4, integer[], timestamp(3). */
static const struct {
    str start;
    sql_literals literals;
} CLASSES[] = {
    {STR_INIT("interval"), SQL_TEXTS},   {STR_INIT("int"), SQL_NUMBERS},
    {STR_INIT("smallint"), SQL_NUMBERS}, {STR_INIT("bigint"), SQL_NUMBERS},
    {STR_INIT("numeric"), SQL_NUMBERS},  {STR_INIT("decimal"), SQL_NUMBERS},
    {STR_INIT("real"), SQL_NUMBERS},     {STR_INIT("double"), SQL_NUMBERS},
    {STR_INIT("float"), SQL_NUMBERS},    {STR_INIT("oid"), SQL_NUMBERS},
    {STR_INIT("bool"), SQL_BOOLEANS},    {STR_INIT("json"), SQL_JSON},
    {STR_INIT("timestamp"), SQL_DATES},  {STR_INIT("date"), SQL_DATES},
};

static sql_literals class_of(const structure_column *c) {
    if (c->field != NULL && c->field->scalar == SCALAR_JSON)
        return SQL_JSON;
    for (size_t i = 0; i < LENGTH(CLASSES); i++)
        if (str_starts_with_ignoring_case(c->type, CLASSES[i].start))
            return CLASSES[i].literals;
    return SQL_TEXTS;
}

/* What means the same for a column, as sql_spelling() has it. */
static const struct {
    str spelling;
    str same;
} SYNONYMS[] = {
    {STR_INIT("now ( )"), STR_INIT("current_timestamp")},
    {STR_INIT("strftime ( '%Y-%m-%dT%H:%M:%f+00:00' , 'now' )"),
     STR_INIT("current_timestamp")},
    {STR_INIT("'{}'"), STR_INIT("array [ ]")},
};

static str spell_default(arena *a, const structure_column *c) {
    str text = sql_spelling(a, class_of(c), c->default_sql);
    bool is_list = str_ends_with(c->type, STR("[]"));
    for (size_t i = 0; i < LENGTH(SYNONYMS); i++)
        if (str_equal(text, SYNONYMS[i].spelling) &&
            (is_list || text.ptr[0] != '\''))
            return SYNONYMS[i].same;
    return text;
}

/* Prisma writes bytes on SQLite as the text of their digits. */
static bool is_digits_of_bytes(str x, str y) {
    return str_starts_with(x, STR("x'")) && str_starts_with(y, STR("'")) &&
           str_equal_ignoring_case(str_slice(x, 1, x.len), y);
}

/* X'4A' and x'4a' */
static bool are_same_digits(str x, str y) {
    return x.len > 1 &&
           str_equal_ignoring_case(str_slice(x, 0, 2), STR("x'")) &&
           str_equal_ignoring_case(x, y);
}

bool structure_is_same_default(arena *a, const structure_column *x,
                               const structure_column *y) {
    if (x->default_kind != y->default_kind)
        return false;
    if (x->default_kind != COLUMN_EXPRESSION ||
        str_equal(x->default_sql, y->default_sql))
        return true;
    str one = spell_default(a, x);
    str other = spell_default(a, y);
    return str_equal(one, other) || are_same_digits(one, other) ||
           is_digits_of_bytes(one, other) || is_digits_of_bytes(other, one);
}

/* ---- Types -------------------------------------------------------------- */

static bool is_same_lite_type(const structure_column *x,
                              const structure_column *y) {
    if (x->field != NULL)
        return lite_type_accepts(x->field, y->type);
    if (y->field != NULL)
        return lite_type_accepts(y->field, x->type);
    return str_equal_ignoring_case(x->type, y->type);
}

bool structure_is_same_type(arena *a, engine_kind engine,
                            const structure_column *x,
                            const structure_column *y) {
    if (str_equal(x->type, y->type))
        return true;
    return engine == ENGINE_SQLITE ? is_same_lite_type(x, y)
                                   : pg_type_is_same(a, x->type, y->type);
}
