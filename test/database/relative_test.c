/*
 * What an operator makes of a column, on both engines: relative_apply says it,
 * and PostgreSQL, which does not ask it, is asked whether that is so.
 */
#include "database/relative.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "base/rand.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model T {\n"
                             "  id   Int      @id\n"
                             "  i    Int?\n"
                             "  b    BigInt?\n"
                             "  f    Float?\n"
                             "  d    Decimal?\n"
                             "  tags String[]\n"
                             "  ns   Int[]\n"
                             "  n    Int      @default(0)\n"
                             "  s    String?\n"
                             "}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define RELATIVE_TEST(fn) WORLD_TESTS(fn, setup, teardown)

typedef struct writing {
    database_world *w;
    mutation m;
    str rows;
    mutation_result result;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    return world_write(r->w, &r->m, &r->rows, &r->result);
}

static err *insert(database_world *w, const char *column, value v) {
    const value row[] = {value_int(1), v};
    str columns = arena_printf(w->a, "id %s", column);
    writing r = {.w = w, .m = world_insert(w, "T", columns.ptr, row, 1)};
    return database_world_run(w, run_writing, &r);
}

static err *clear(database_world *w) {
    writing r = {.w = w, .m = world_delete(w, "T", NULL)};
    return database_world_run(w, run_writing, &r);
}

/* What the column holds after the operator, or why it does not. */
static err *change(database_world *w, const char *column, relative_operator op,
                   value operand, str *out) {
    writing r = {.w = w, .m = world_update(w, "T", column, &operand, NULL)};
    r.m.operators = &op;
    world_return(w, &r.m, column);
    err *e = database_world_run(w, run_writing, &r);
    *out = r.rows;
    return e;
}

/* ---- By hand ------------------------------------------------------------ */

typedef struct example {
    const char *column;
    value before;
    relative_operator op;
    value operand;
    str after; /* or what PostgreSQL says to it */
    err_code code;
} example;

#define INT(n)                                                                 \
    { .kind = VALUE_INT, .integer = (n) }
#define REAL(n)                                                                \
    { .kind = VALUE_FLOAT, .real = (n) }
#define TEXT(t)                                                                \
    { .kind = VALUE_TEXT, .text = STR_INIT(t) }
#define NOTHING                                                                \
    { .kind = VALUE_NULL }

static const example EXAMPLES[] = {
    {"i", INT(5), RELATIVE_INCREMENT, INT(2), STR_INIT("7"), 0},
    {"i", INT(5), RELATIVE_DECREMENT, INT(7), STR_INIT("-2"), 0},
    {"i", INT(5), RELATIVE_MULTIPLY, INT(-3), STR_INIT("-15"), 0},
    {"i", INT(-7), RELATIVE_DIVIDE, INT(2), STR_INIT("-3"), 0},
    {"i", INT(5), RELATIVE_SET, INT(9), STR_INIT("9"), 0},
    {"i", NOTHING, RELATIVE_INCREMENT, INT(2), STR_INIT("null"), 0},
    {"i", INT(2147483647), RELATIVE_INCREMENT, INT(1),
     STR_INIT("integer out of range"), ERR_VALUE_RANGE},
    {"i", INT(-2147483648), RELATIVE_DIVIDE, INT(-1),
     STR_INIT("integer out of range"), ERR_VALUE_RANGE},
    {"i", INT(5), RELATIVE_DIVIDE, INT(0), STR_INIT("division by zero"),
     ERR_DIVISION},
    {"b", INT(INT64_MAX), RELATIVE_DECREMENT, INT(1),
     STR_INIT("9223372036854775806"), 0},
    {"b", INT(INT64_MAX), RELATIVE_MULTIPLY, INT(2),
     STR_INIT("bigint out of range"), ERR_VALUE_RANGE},
    {"b", INT(INT64_MIN), RELATIVE_DIVIDE, INT(-1),
     STR_INIT("bigint out of range"), ERR_VALUE_RANGE},
    {"f", REAL(0.5), RELATIVE_MULTIPLY, REAL(3), STR_INIT("1.5"), 0},
    {"f", REAL(1e308), RELATIVE_MULTIPLY, REAL(10),
     STR_INIT("value out of range: overflow"), ERR_VALUE_RANGE},
    {"f", REAL(1e-300), RELATIVE_DIVIDE, REAL(1e300),
     STR_INIT("value out of range: underflow"), ERR_VALUE_RANGE},
    {"f", REAL(1), RELATIVE_DIVIDE, REAL(0), STR_INIT("division by zero"),
     ERR_DIVISION},
    {"d", TEXT("0.1"), RELATIVE_INCREMENT, TEXT("0.2"), STR_INIT("0.3"), 0},
    {"d", TEXT("19.99"), RELATIVE_MULTIPLY, TEXT("1.19"), STR_INIT("23.7881"),
     0},
    {"d", TEXT("10"), RELATIVE_DIVIDE, TEXT("4"), STR_INIT("2.5"), 0},
    {"d", TEXT("0.30"), RELATIVE_DECREMENT, TEXT("0.3"), STR_INIT("0"), 0},
    {"d", TEXT("1"), RELATIVE_DIVIDE, TEXT("0.00"),
     STR_INIT("division by zero"), ERR_DIVISION},
    {"tags", TEXT("[\"a\"]"), RELATIVE_PUSH, TEXT("[\"b\",\"c\"]"),
     STR_INIT("[\"a\",\"b\",\"c\"]"), 0},
    {"tags", TEXT("[]"), RELATIVE_PUSH, TEXT("[\"a, b\"]"),
     STR_INIT("[\"a, b\"]"), 0},
    {"tags", TEXT("[\"a\"]"), RELATIVE_PUSH, TEXT("[]"), STR_INIT("[\"a\"]"),
     0},
    {"ns", TEXT("[1]"), RELATIVE_PUSH, TEXT("[2]"), STR_INIT("[1,2]"), 0},
};

static void does_to_a_column_what_postgresql_does(void **state) {
    database_world *w = world_here(state);
    for (size_t i = 0; i < LENGTH(EXAMPLES); i++) {
        const example *x = &EXAMPLES[i];
        str after;
        expect_ok(insert(w, x->column, x->before));
        err *e = change(w, x->column, x->op, x->operand, &after);
        if (x->code != 0)
            expect_err(e, x->code, x->after);
        else
            expect_ok(e);
        if (x->code == 0)
            expect_str(world_compact(w, after), x->after);
        expect_ok(clear(w));
    }
}

static void a_decimal_that_sqlite_cannot_keep_is_refused_there(void **state) {
    database_world *w = world_here(state);
    str after;
    expect_ok(insert(w, "d", value_text("10")));
    err *e = change(w, "d", RELATIVE_DIVIDE, value_text("3"), &after);
    if (w->postgres != NULL) {
        expect_ok(e);
        expect_str(after, STR("3.333333333333333333333333333333"));
        return;
    }
    expect_err(e, ERR_VALUE_RANGE,
               STR("numeric field overflow: a Decimal keeps 15 significant "
                   "digits on SQLite"));
    expect_str(database_world_ask(w, "SELECT d FROM T"), STR("10"));
}

static void nothing_is_half_written(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_int(1), value_int(1), value_int(2),
                          value_int(2147483647)};
    const value operand = value_int(1);
    static const relative_operator ADD = RELATIVE_INCREMENT;
    writing r = {.w = w, .m = world_insert(w, "T", "id i", rows, 2)};
    expect_ok(database_world_run(w, run_writing, &r));
    r.m = world_update(w, "T", "i", &operand, NULL);
    r.m.operators = &ADD;
    expect_err(database_world_run(w, run_writing, &r), ERR_VALUE_RANGE,
               STR("integer out of range"));
    expect_str(database_world_ask(w, "SELECT min(i) FROM \"T\""), STR("1"));
}

/* ---- Merges ------------------------------------------------------------- */

static void a_merge_changes_the_row_that_is_there(void **state) {
    database_world *w = world_here(state);
    const value there[] = {value_int(1), value_int(40), value_text("a")};
    writing r = {.w = w, .m = world_insert(w, "T", "id n s", there, 1)};
    expect_ok(database_world_run(w, run_writing, &r));

    /* New rows get the values, those that are there the operands. */
    const value rows[] = {value_int(2), value_int(7), value_text("new"),
                          value_int(1), value_int(9), value_text("b")};
    const value operands[] = {value_int(2), value_int(-7), value_text("new"),
                              value_int(1), value_int(2),  value_text("b")};
    static const relative_operator OPERATORS[] = {
        RELATIVE_SET, RELATIVE_INCREMENT, RELATIVE_SET};
    const field *target[] = {world_field(w, "T", "id")};
    r.m = world_insert(w, "T", "id n s", rows, 2);
    r.m.on_conflict = CONFLICT_MERGE;
    r.m.conflict_fields = target;
    r.m.conflict_field_count = 1;
    r.m.operators = OPERATORS;
    r.m.operands = operands;
    world_return(w, &r.m, "id n s");
    expect_ok(database_world_run(w, run_writing, &r));
    expect_str(r.rows, STR("2|7|new;1|42|b"));
    assert_int_equal(r.result.inserted, 1);
    assert_int_equal(r.result.affected, 2);
}

/* ---- At random ---------------------------------------------------------- */

static value random_int(rand_source *r, int64_t least, int64_t most) {
    static const int64_t SMALL[] = {-3, -2, -1, 0, 1, 2, 3, 7, 10, 1000};
    switch (rand_below(r, 4)) {
    case 0:
        return value_int(least + (int64_t)rand_below(r, 3));
    case 1:
        return value_int(most - (int64_t)rand_below(r, 3));
    case 2:
        return value_int((int64_t)(rand_uint64(r) % (1U << 30)) - (1 << 29));
    default:
        return value_int(SMALL[rand_below(r, LENGTH(SMALL))]);
    }
}

static value random_real(rand_source *r) {
    static const double SOME[] = {0,     -0.5, 1,      3,    -1e308, 1.7e308,
                                  1e-10, 0.1,  5e-324, -2.5, 1e154,  1e-160};
    return value_real(SOME[rand_below(r, LENGTH(SOME))]);
}

/* Of 30 digits behind the point at most, as the column keeps them. */
static value random_decimal(arena *a, rand_source *r, bool is_short) {
    size_t whole = 1 + rand_below(r, is_short ? 5 : 34);
    size_t scale = rand_below(r, is_short ? 5 : 30);
    char *text = arena_take(a, whole + scale + 3, 1);
    size_t len = 0;
    if (rand_below(r, 2) == 0)
        text[len++] = '-';
    text[len++] = rand_below(r, 3) == 0 ? '0' : '7';
    bool is_small = text[len - 1] == '0';
    for (size_t i = 1; i < whole && !is_small; i++)
        text[len++] = (char)('0' + rand_below(r, 10));
    if (scale > 0)
        text[len++] = '.';
    for (size_t i = 0; i < scale; i++)
        text[len++] =
            (char)('0' + (rand_below(r, 3) == 0 ? rand_below(r, 10) : 0));
    str decimal = {text, len};
    str canonical = {0};
    expect_ok(decimal_parse(a, decimal, &canonical));
    return (value){.kind = VALUE_TEXT, .text = canonical};
}

static value random_value(database_world *w, rand_source *r, const field *f) {
    switch (f->scalar) {
    case SCALAR_INT:
        return random_int(r, INT32_MIN, INT32_MAX);
    case SCALAR_BIGINT:
        return random_int(r, INT64_MIN, INT64_MAX);
    case SCALAR_FLOAT:
        return random_real(r);
    case SCALAR_STRING:
    case SCALAR_BOOLEAN:
    case SCALAR_DECIMAL:
    case SCALAR_DATETIME:
    case SCALAR_JSON:
    case SCALAR_BYTES:
        break;
    }
    return random_decimal(w->a, r, w->postgres == NULL);
}

static str print(database_world *w, const value *v) {
    char real[32];
    if (v->kind == VALUE_INT)
        return arena_printf(w->a, "%lld", (long long)v->integer);
    if (v->kind == VALUE_TEXT)
        return v->text;
    snprintf(real, sizeof real, "%.17g", v->real);
    return arena_copy(w->a, str_of(real));
}

/* On SQLite a decimal may be too long to be kept. */
static bool may_differ(const database_world *w, const field *f, const err *e) {
    return w->postgres == NULL && f->scalar == SCALAR_DECIMAL && e != NULL &&
           str_contains(e->message, STR("significant digits"));
}

static void compare(database_world *w, const field *f, relative_operator op,
                    const value *before, const value *operand) {
    value wanted = {0};
    const char *column = arena_printf(w->a, "%.*s", STR_ARG(f->column)).ptr;
    writing r = {.w = w, .m = world_update(w, "T", column, operand, NULL)};
    err *told = relative_apply(w->a, f, op, before, operand, &wanted);
    r.m.operators = &op;
    world_return(w, &r.m, column);
    expect_ok(insert(w, column, *before));
    err *e = database_world_run(w, run_writing, &r);
    str what = arena_printf(w->a, "%.*s %.*s %.*s", STR_ARG(print(w, before)),
                            STR_ARG(relative_operator_name(op)),
                            STR_ARG(print(w, operand)));
    if (told != NULL && e != NULL && told->code != e->code)
        fail_msg("%s: %s, and not %s", what.ptr, e->message.ptr,
                 told->message.ptr);
    if (told != NULL && e != NULL)
        expect_str(e->message, told->message);
    if ((told == NULL) != (e == NULL) && !may_differ(w, f, e))
        fail_msg("%s: %s", what.ptr, (e != NULL ? e : told)->message.ptr);
    if (told == NULL && e == NULL && f->scalar == SCALAR_FLOAT)
        assert_true(
            fabs(strtod(arena_printf(w->a, "%.*s", STR_ARG(r.rows)).ptr, NULL) -
                 wanted.real) <= 0);
    if (told == NULL && e == NULL && f->scalar != SCALAR_FLOAT &&
        !str_equal(r.rows, print(w, &wanted)))
        fail_msg("%s: %.*s, and not %.*s", what.ptr, STR_ARG(r.rows),
                 STR_ARG(print(w, &wanted)));
    expect_ok(clear(w));
}

static void agrees_about_random_values(void **state) {
    enum { ROUNDS = 400 };
    static const char *const COLUMNS[] = {"i", "b", "f", "d", "d"};
    database_world *w = world_here(state);
    rand_source r = rand_seeded(11);
    for (int i = 0; i < ROUNDS; i++) {
        const field *f =
            world_field(w, "T", COLUMNS[rand_below(&r, LENGTH(COLUMNS))]);
        relative_operator op =
            (relative_operator)(RELATIVE_INCREMENT + rand_below(&r, 4));
        value before = random_value(w, &r, f);
        value operand = random_value(w, &r, f);
        compare(w, f, op, &before, &operand);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RELATIVE_TEST(does_to_a_column_what_postgresql_does),
        RELATIVE_TEST(a_decimal_that_sqlite_cannot_keep_is_refused_there),
        RELATIVE_TEST(nothing_is_half_written),
        RELATIVE_TEST(a_merge_changes_the_row_that_is_there),
        RELATIVE_TEST(agrees_about_random_values),
    };
    return cmocka_run_group_tests_name("database/relative", tests, NULL, NULL);
}
