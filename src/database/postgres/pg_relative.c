#include "database/postgres/pg_relative.h"

static const str SIGNS[] = {
    [RELATIVE_SET] = STR_INIT(""),
    [RELATIVE_INCREMENT] = STR_INIT(" + "),
    [RELATIVE_DECREMENT] = STR_INIT(" - "),
    [RELATIVE_MULTIPLY] = STR_INIT(" * "),
    [RELATIVE_DIVIDE] = STR_INIT(" / "),
    [RELATIVE_PUSH] = STR_INIT(" || "),
};

/* Types that PostgreSQL does not calculate with, or not by all four signs. */
static const struct {
    str name;
    str calculated;
} FOREIGN_TO_ARITHMETIC[] = {
    {STR_INIT("money"), STR_INIT("numeric")},
    {STR_INIT("oid"), STR_INIT("bigint")},
};

static str calculated_type(pg_cast type) {
    for (size_t i = 0; !type.is_list && i < LENGTH(FOREIGN_TO_ARITHMETIC); i++)
        if (str_equal(FOREIGN_TO_ARITHMETIC[i].name, type.name))
            return FOREIGN_TO_ARITHMETIC[i].calculated;
    return (str){0};
}

/* (t0."price"::numeric * $1::numeric)::money */
static void write_elsewhere(pg_sql *w, size_t alias, const field *f,
                            relative_operator op, const value *operand,
                            str calculated) {
    pg_cast type = {.name = calculated};
    pg_sql_put(w, STR("("));
    pg_sql_column(w, alias, f->column);
    pg_sql_put(w, STR("::"));
    pg_sql_put(w, calculated);
    pg_sql_put(w, SIGNS[op]);
    pg_sql_value(w, type, operand);
    pg_sql_put(w, STR(")::"));
    pg_sql_put(w, pg_cast_of(f, NULL).name);
}

void pg_relative_write(pg_sql *w, size_t alias, const field *f,
                       relative_operator op, const value *operand) {
    pg_cast type = pg_cast_of(f, NULL);
    str calculated = calculated_type(type);
    if (op == RELATIVE_SET) {
        pg_sql_value(w, type, operand);
    } else if (!str_is_empty(calculated)) {
        write_elsewhere(w, alias, f, op, operand, calculated);
    } else {
        pg_sql_column(w, alias, f->column);
        pg_sql_put(w, SIGNS[op]);
        pg_sql_value(w, type, operand);
    }
}
