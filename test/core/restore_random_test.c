/* Random changes, then rows restored to random times, on both engines: what a
 * restore makes of a row is what the test's own log says that it was, and so is
 * what the audit log says without restoring anything. */
#include "base/clock.h"
#include "base/rand.h"
#include "core/mutation_engine.h"
#include "core/restore.h"
#include "core/system_caller.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

enum { STEPS = 120, RESTORES = 60, FOLDERS = 3, ITEMS = 5, ROWS = 8 };

static const char SCHEMA[] =
    "model Folder {\n"
    "  id    Int     @id\n"
    "  name  String?\n"
    "  size  Int?\n"
    "  items Item[]\n"
    "}\n"
    "model Item {\n"
    "  id       Int      @id\n"
    "  folderId Int\n"
    "  title    String?\n"
    "  price    Decimal?\n"
    "  due      DateTime?\n"
    "  data     Json?\n"
    "  folder   Folder   @relation(fields: [folderId], references: [id],"
    " onDelete: Cascade)\n"
    "}\n";

/* All rows at some time, as text; empty: not there. */
typedef struct moment {
    timestamp when;
    str rows[ROWS];
} moment;

typedef struct game {
    database_world *w;
    app app;
    rand_source random;
    moment log[STEPS + RESTORES];
    size_t count;
    size_t restored;
    /* What is done next. */
    mutation mutation;
    restore_wanted wanted;
    err *outcome;
    moment seen;
    str from_log; /* of a row, by its history */
} game;

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL && w->postgres != NULL) {
        str report;
        w->config.protection.has_guards = true;
        expect_ok(database_world_push(w, &report));
    }
    *state = w;
    return 0;
}

static int teardown(void **state) {
    if (*state != NULL)
        database_world_free(*state);
    return 0;
}

/* ---- Rows ---------------------------------------------------------------- */

/* The first are folders, the others items. */
static bool is_item(size_t row) {
    return row >= FOLDERS;
}

static const char *table_of(size_t row) {
    return is_item(row) ? "Item" : "Folder";
}

static const char *columns_of(size_t row) {
    return is_item(row) ? "id folderId title price due data" : "id name size";
}

static int64_t id_of(size_t row) {
    return (int64_t)(is_item(row) ? row - FOLDERS : row) + 1;
}

static const filter *is_row(game *g, size_t row) {
    return world_compare(g->w, world_field(g->w, table_of(row), "id"),
                         COMPARE_EQ, value_int(id_of(row)));
}

static size_t below(game *g, size_t n) {
    return rand_below(&g->random, n);
}

/* ---- In a fiber ---------------------------------------------------------- */

static caller caller_of(game *g) {
    g->app = (app){.schema = g->w->schema,
                   .system = g->w->system,
                   .max_rows = QUERY_NO_LIMIT};
    return system_caller(g->w->a, &g->app, g->w->session, STR("test"));
}

static err *look(game *g) {
    for (size_t row = 0; row < ROWS; row++) {
        query q = world_query(g->w, table_of(row), columns_of(row));
        q.where = is_row(g, row);
        str text;
        TRY(world_read(g->w, &q, &text, NULL));
        g->seen.rows[row] = world_compact(g->w, text);
    }
    return NULL;
}

static err *change(void *argument) {
    game *g = argument;
    caller c = caller_of(g);
    mutation_result result;
    g->outcome = mutation_engine_run(&c, &g->mutation, &result);
    return look(g);
}

static err *restore(void *argument) {
    game *g = argument;
    caller c = caller_of(g);
    restore_result result;
    g->outcome = restore_run(&c, &g->wanted, &result);
    return look(g);
}

/* The row at the time that is wanted, in the form of the log. */
static err *ask_history(void *argument) {
    game *g = argument;
    caller c = caller_of(g);
    row_history h;
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    TRY(row_history_read(&c, g->wanted.model, g->wanted.record_id, &h));
    row_history_write_image(&out, h.model, row_history_at(&h, g->wanted.when));
    g->from_log = arena_copy(g->w->a, buf_str(&out));
    return NULL;
}

/* ---- Steps --------------------------------------------------------------- */

/* Each step has a millisecond of its own. */
static void write_down(game *g) {
    moment *m = &g->log[g->count++];
    *m = g->seen;
    m->when.ms = clock_wall_ms(NULL);
    while (clock_wall_ms(NULL) <= m->when.ms)
        continue;
}

static value some_text(game *g) {
    static const char *const TEXTS[] = {"", "a", "it's \"b\"", "\xc3\xb6\n"};
    size_t i = below(g, LENGTH(TEXTS) + 1);
    return i < LENGTH(TEXTS) ? value_text(TEXTS[i]) : value_null();
}

static value some_of(game *g, const char *const *texts, size_t count) {
    size_t i = below(g, count + 1);
    return i < count ? value_text(texts[i]) : value_null();
}

static void some_values(game *g, size_t row, value *out) {
    static const char *const PRICES[] = {"1", "0.10", "-12345678901234567.5"};
    static const char *const TIMES[] = {"2024-01-31T12:00:00.123+00:00",
                                        "1999-12-31T23:59:59.000+00:00"};
    static const char *const DATA[] = {"{\"b\":1,\"a\":[null,\"x\"]}", "[]",
                                       "\"text\"", "1.50"};
    out[0] = value_int(id_of(row));
    if (!is_item(row)) {
        out[1] = some_text(g);
        out[2] =
            below(g, 4) > 0 ? value_int((int64_t)below(g, 5)) : value_null();
        return;
    }
    out[1] = value_int((int64_t)below(g, FOLDERS) + 1);
    out[2] = some_text(g);
    out[3] = some_of(g, PRICES, LENGTH(PRICES));
    out[4] = some_of(g, TIMES, LENGTH(TIMES));
    out[5] = some_of(g, DATA, LENGTH(DATA));
}

/* Many are refused: a row that is there, a folder that is not. */
static void random_change(game *g) {
    size_t row = below(g, ROWS);
    value values[6];
    some_values(g, row, values);
    switch (below(g, 4)) {
    case 0:
        g->mutation = world_delete(g->w, table_of(row), is_row(g, row));
        break;
    case 1:
        g->mutation = world_update(
            g->w, table_of(row), is_item(row) ? "title" : "name",
            is_item(row) ? &values[2] : &values[1], is_row(g, row));
        break;
    default:
        g->mutation =
            world_insert(g->w, table_of(row), columns_of(row), values, 1);
    }
    expect_ok(database_world_run(g->w, change, g));
    write_down(g);
}

static void want(game *g, size_t row, const moment *then) {
    g->wanted = (restore_wanted){
        .model = world_model(g->w, table_of(row)),
        .record_id = arena_printf(g->w->a, "%d", (int)id_of(row)),
        .when = then->when};
}

/* Only an item whose folder is gone cannot be what it was. */
static void random_restore(game *g) {
    size_t row = below(g, ROWS);
    const moment *then = &g->log[below(g, g->count)];
    moment before = g->seen;
    str wanted = then->rows[row];
    want(g, row, then);
    expect_ok(database_world_run(g->w, restore, g));
    if (str_is_empty(wanted)) {
        assert_non_null(g->outcome);
        assert_int_equal(g->outcome->code, ERR_NOT_FOUND);
    } else if (g->outcome != NULL) {
        assert_int_equal(g->outcome->code, ERR_FOREIGN_KEY_VIOLATION);
        assert_true(is_item(row));
    } else {
        expect_str(g->seen.rows[row], wanted);
        g->restored++;
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (i != row || g->outcome != NULL)
            expect_str(g->seen.rows[i], before.rows[i]);
    }
    write_down(g);
}

/* That the row was there, and its id, which both forms write alike. */
static void check_log(game *g) {
    size_t row = below(g, ROWS);
    const moment *then = &g->log[below(g, g->count)];
    want(g, row, then);
    expect_ok(database_world_run(g->w, ask_history, g));
    assert_int_equal(str_equal(g->from_log, STR("null")),
                     str_is_empty(then->rows[row]));
}

static void rows_become_what_they_were(void **state) {
    database_world *w = world_here(state);
    game *g = arena_new_array(w->a, game, 1);
    *g = (game){.w = w, .random = rand_seeded(20261121)};
    for (int i = 0; i < STEPS; i++)
        random_change(g);
    for (int i = 0; i < RESTORES; i++) {
        random_restore(g);
        check_log(g);
    }
    assert_true(g->restored > RESTORES / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(rows_become_what_they_were, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
