/*
 * hook_world.h: an app with a hook written in C, over a real database.
 *
 *     hook_world *w = hook_world_here(state);
 *     w->on = refuses_everything;
 *     expect_ok(hook_world_write(w, &m));
 *     expect_str(hook_world_log(w), STR("create task: (x)"));
 *
 * What the hook was shown is logged, a line for each batch: the title of each
 * row, before and after.
 */
#ifndef TEST_SUPPORT_HOOK_WORLD_H
#define TEST_SUPPORT_HOOK_WORLD_H

#include "core/hook.h"
#include "core/mutation_engine.h"
#include "test/support/database_world.h"

typedef struct hook_world hook_world;

/* Of a test, in the place of a hook. */
typedef err *hook_world_fn(hook_world *w, const caller *c, hook_batch *batch);

typedef struct hook_world_source {
    hook_source base;
    hook_world *world;
} hook_world_source;

struct hook_world {
    hook_world_source source;
    const hook_source *sources[2];
    database_world *database;
    app app;
    id_source ids;
    caller caller;
    buf log;
    hook_world_fn *on;  /* or NULL: does nothing */
    bool is_without[4]; /* by hook_action: no hook there */
    bool has_after[4];  /* the same: a hook behind the commit */
    int call_count;
    mutation_result result; /* of the last write */
    size_t failed_at;
};

/* In a fixture of WORLD_TESTS. */
int hook_world_setup(void **state);
int hook_world_setup_recorded(void **state); /* changes leave events */
int hook_world_teardown(void **state);
hook_world *hook_world_here(void **state);

/* The columns are id, title, points, secret, note, updated_at. */
extern const char HOOK_WORLD_SCHEMA[];

err *hook_world_write(hook_world *w, const mutation *m);
err *hook_world_write_all(hook_world *w, const mutation *const *m, size_t count,
                          mutation_result *results);

str hook_world_log(hook_world *w);
value *hook_world_cell(const hook_batch *batch, size_t row, const char *column);
const value *hook_world_before(const hook_batch *batch, size_t row,
                               const char *column);

/* In a fiber: without hooks, as somebody else. */
err *hook_world_interfere(hook_world *w, const mutation *m);

/* "1|x|null" of the columns, rows by id. */
str hook_world_rows(hook_world *w, const char *table, const char *columns);

#endif
