/* What a filter says of a row in memory is what the database says of it. */
#include "core/filter_eval.h"

#include "base/rand.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "enum State {\n"
                             "  OPEN\n"
                             "  DONE @map(\"all done\")\n"
                             "}\n"
                             "model Row {\n"
                             "  id    Int       @id\n"
                             "  n     Int?\n"
                             "  big   BigInt?\n"
                             "  ratio Float?\n"
                             "  price Decimal?\n"
                             "  at    DateTime?\n"
                             "  flag  Boolean?\n"
                             "  word  String?\n"
                             "  state State?\n"
                             "}\n";
static const char COLUMNS[] = "id n big ratio price at flag word state";

enum { ROWS = 40, COLUMN_COUNT = 9, FILTERS = 400, MAX_DEPTH = 3, VALUES = 3 };

typedef struct world {
    database_world *database;
    rand_source random;
    value rows[ROWS][COLUMN_COUNT];
    str failure; /* what differs; or empty */
} world;

static int setup(void **state) {
    database_world *d = NULL;
    world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &d);
    if (d != NULL) {
        w = arena_new_array(d->a, world, 1);
        w->database = d;
        w->random = rand_seeded(20);
    }
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    if (w != NULL)
        database_world_free(w->database);
    return 0;
}

static size_t below(world *w, size_t limit) {
    return (size_t)rand_below(&w->random, limit);
}

/* One of few, so that many are equal. */
static value any_value(world *w, size_t column) {
    static const char *const PRICES[VALUES] = {"1.5", "-2", "10.25"};
    static const char *const TIMES[VALUES] = {"2024-01-31T12:00:00.000+00:00",
                                              "2024-01-31T12:00:00.123+00:00",
                                              "2023-06-01T00:00:00.500+00:00"};
    static const char *const WORDS[VALUES] = {"", "a", "B"};
    static const char *const STATES[] = {"OPEN", "all done"};
    size_t at = below(w, VALUES);
    switch (column) {
    case 0:
        return value_int((int64_t)below(w, ROWS));
    case 3:
        return value_real((double)at / 2);
    case 4:
        return value_text(PRICES[at]);
    case 5:
        return value_text(TIMES[at]);
    case 6:
        return value_bool(at % 2 == 0);
    case 7:
        return value_text(WORDS[at]);
    case 8:
        return value_text(STATES[at % LENGTH(STATES)]);
    default:
        return value_int((int64_t)at - 1);
    }
}

static void make_rows(world *w) {
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < COLUMN_COUNT; k++)
            w->rows[i][k] = below(w, 4) == 0 ? value_null() : any_value(w, k);
        w->rows[i][0] = value_int((int64_t)i);
    }
}

/* ---- Filters ------------------------------------------------------------- */

static const filter *any_filter(world *w, int depth);

static void any_group(world *w, int depth, filter *f) {
    arena *a = w->database->a;
    f->kind = below(w, 2) == 0 ? FILTER_ALL : FILTER_ANY;
    f->child_count = below(w, 4);
    const filter **children =
        arena_new_array(a, const filter *, f->child_count);
    for (size_t i = 0; i < f->child_count; i++)
        children[i] = any_filter(w, depth + 1);
    f->children = children;
}

static void any_test(world *w, filter *f) {
    const model *m = world_model(w->database, "Row");
    size_t column = below(w, COLUMN_COUNT);
    f->field = m->columns[column];
    switch (below(w, 4)) {
    case 0:
        f->kind = FILTER_IS;
        f->what = column == 6 ? (is_what)below(w, 4) : IS_NULL;
        break;
    case 1: {
        value *values = arena_new_array(w->database->a, value, VALUES);
        f->kind = FILTER_IN;
        f->value_count = below(w, VALUES + 1);
        for (size_t i = 0; i < f->value_count; i++)
            values[i] = any_value(w, column);
        f->values = values;
        break;
    }
    default:
        f->kind = FILTER_COMPARE;
        f->op = (compare_op)below(w, COMPARE_LTE + 1);
        f->value = any_value(w, column);
        break;
    }
}

static const filter *any_filter(world *w, int depth) {
    filter *f = arena_new_array(w->database->a, filter, 1);
    f->is_negated = below(w, 3) == 0;
    if (depth < MAX_DEPTH && below(w, 2) == 0)
        any_group(w, depth, f);
    else
        any_test(w, f);
    return f;
}

/* ---- Both answers -------------------------------------------------------- */

static str judged_here(world *w, const filter *f) {
    static const int32_t CELL_OF[COLUMN_COUNT] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    arena *a = w->database->a;
    str ids = {0};
    for (size_t i = 0; i < ROWS; i++) {
        const condition_row row = {.cells = w->rows[i], .cell_of = CELL_OF};
        if (filter_eval(a, f, &row) == TRUTH_TRUE)
            ids = arena_printf(a, "%.*s%s%zu", STR_ARG(ids),
                               ids.len > 0 ? ";" : "", i);
    }
    return ids;
}

static err *compare_all(void *argument) {
    world *w = argument;
    database_world *d = w->database;
    const model *m = world_model(d, "Row");
    size_t judged = 0;
    mutation all = world_insert(d, "Row", COLUMNS, w->rows[0], ROWS);
    TRY(world_write(d, &all, NULL, NULL));
    for (size_t i = 0; i < FILTERS && str_is_empty(w->failure); i++) {
        const filter *f = any_filter(w, 0);
        if (!filter_eval_can(f))
            continue;
        judged++;
        query q = world_query(d, "Row", "id");
        str found;
        q.where = f;
        q.order = &(query_order){.field = m->columns[0]};
        q.order_count = 1;
        TRY(world_read(d, &q, &found, NULL));
        str here = judged_here(w, f);
        if (!str_equal(found, here))
            w->failure = arena_printf(d->a, "filter %zu: %.*s, not %.*s", i,
                                      STR_ARG(here), STR_ARG(found));
    }
    return judged > FILTERS / 4 ? NULL
                                : err_new(d->a, ERR_INVALID, "few were judged");
}

static void judges_as_the_database_does(void **state) {
    world *w = *state;
    if (w == NULL) {
        skip();
        return;
    }
    make_rows(w);
    expect_ok(database_world_run(w->database, compare_all, w));
    expect_str(w->failure, (str){0});
}

static void leaves_to_the_database_what_only_it_knows(void **state) {
    world *w = *state;
    if (w == NULL) {
        skip();
        return;
    }
    const model *m = world_model(w->database, "Row");
    const field *word = m->columns[7];
    const filter cases[] = {
        {.kind = FILTER_LIKE, .field = word},
        {.kind = FILTER_MATCH, .field = word},
        {.kind = FILTER_EXISTS},
        {.kind = FILTER_COMPARE, .field = word, .op = COMPARE_LT},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const filter *children[] = {&cases[i]};
        const filter outer = {
            .kind = FILTER_ANY, .children = children, .child_count = 1};
        assert_false(filter_eval_can(&cases[i]));
        assert_false(filter_eval_can(&outer));
    }
    assert_true(filter_eval_can(NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(judges_as_the_database_does, setup, teardown),
        WORLD_TESTS(leaves_to_the_database_what_only_it_knows, setup, teardown),
    };
    return cmocka_run_group_tests_name("core/filter_eval", tests, NULL, NULL);
}
