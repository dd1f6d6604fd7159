#include "core/hooked_mutation.h"

#include "base/rand.h"
#include "core/hook_refusal.h"
#include "test/support/hook_world.h"
#include "test/support/test.h"

/* ---- Some mutations ----------------------------------------------------- */

static mutation insert_tasks(hook_world *w, size_t count) {
    arena *a = w->database->a;
    value *cells = arena_new_array(a, value, count * 2);
    for (size_t i = 0; i < count; i++) {
        cells[2 * i] = value_int((int64_t)i + 1);
        cells[2 * i + 1] = value_text(arena_printf(a, "t%zu", i + 1).ptr);
    }
    return world_insert(w->database, "task", "id title", cells, count);
}

/* Rows 1 to count, without hooks. */
static err *fill(void *argument) {
    hook_world *w = argument;
    mutation m = insert_tasks(w, (size_t)w->call_count);
    return hook_world_interfere(w, &m);
}

static void begin_with(hook_world *w, int count) {
    w->call_count = count;
    expect_ok(database_world_run(w->database, fill, w));
    w->call_count = 0;
}

static const filter *by_id(hook_world *w, const char *table, compare_op op,
                           int64_t id) {
    return world_compare(w->database, world_field(w->database, table, "id"), op,
                         value_int(id));
}

static mutation rename_task(hook_world *w, const filter *where,
                            const char *title) {
    value *cells = arena_new_array(w->database->a, value, 1);
    cells[0] = value_text(title);
    return world_update(w->database, "task", "title", cells, where);
}

/* ---- Creates ------------------------------------------------------------ */

static err *fill_in_points(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    for (size_t i = 0; i < batch->row_count; i++) {
        value *title = hook_world_cell(batch, i, "title");
        value *points = hook_world_cell(batch, i, "points");
        if (str_equal(title->text, STR("t2")))
            *points = value_int(7);
        title->text = arena_printf(c->arena, "%.*s!", STR_ARG(title->text));
    }
    return NULL;
}

static void a_create_is_written_as_its_hook_left_it(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = insert_tasks(w, 3);
    w->on = fill_in_points;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("create task (t1) (t2) (t3)"));
    expect_str(hook_world_rows(w, "task", "id title points"),
               STR("1|t1!|null;2|t2!|7;3|t3!|null"));
    assert_int_equal(w->result.affected, 3);
}

static void many_rows_come_in_batches(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = insert_tasks(w, 2 * HOOK_BATCH_ROWS + 1);
    w->on = fill_in_points;
    expect_ok(hook_world_write(w, &m));
    assert_int_equal(w->call_count, 3);
    expect_str(hook_world_log(w),
               STR("create task 500; create task 500; create task (t1001)"));
    assert_int_equal(w->result.affected, 1001);
    m = rename_task(w, by_id(w, "task", COMPARE_GT, 0), "x");
    w->on = NULL;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w),
               STR("update task 500; update task 500; update task "
                   "(t1001!->x)"));
    assert_int_equal(w->result.affected, 1001);
    m = world_delete(w->database, "task", NULL);
    expect_ok(hook_world_write(w, &m));
    assert_int_equal(w->result.affected, 1001);
    expect_str(hook_world_rows(w, "task", "id"), STR(""));
}

static err *spoil(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    *hook_world_cell(batch, batch->row_count - 1, "title") = value_text("");
    return NULL;
}

static void what_a_hook_sets_has_to_be_valid(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = insert_tasks(w, 2);
    w->on = spoil;
    expect_err(hook_world_write(w, &m), ERR_CHECK_VIOLATION,
               STR("row 2 of \"task\" is not valid: title must have 1 to 20 "
                   "characters"));
    expect_str(hook_world_rows(w, "task", "id"), STR(""));
}

static err *refuse_second(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    hook_problem problem = {.row = 1,
                            .about =
                                model_find_field(batch->model, STR("title")),
                            .message = STR("is taken")};
    return hook_refusal_of_fields(c->arena, batch, &problem, 1);
}

static void a_refusal_names_the_field_and_the_row(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = insert_tasks(w, 2);
    w->on = refuse_second;
    err *e = hook_world_write(w, &m);
    expect_err(e, ERR_CHECK_VIOLATION,
               STR("row 2 of \"task\" is not valid: title is taken"));
    expect_str(e->details, STR("[{\"row\":2,\"column\":\"title\",\"rule\":"
                               "\"hook\",\"message\":\"is taken\"}]"));
    expect_str(hook_world_rows(w, "task", "id"), STR(""));
}

/* ---- Updates and deletes ------------------------------------------------ */

static err *note_third(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    for (size_t i = 0; i < batch->row_count; i++) {
        if (hook_world_before(batch, i, "id")->integer == 3)
            *hook_world_cell(batch, i, "note") = value_text("third");
    }
    return NULL;
}

static void an_update_is_seen_before_and_after(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 4);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_GT, 1), "x");
    world_return(w->database, &m, "id title note");
    w->on = note_third;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("update task (t2->x) (t3->x) (t4->x)"));
    expect_str(hook_world_rows(w, "task", "id title note"),
               STR("1|t1|null;2|x|null;3|x|third;4|x|null"));
    assert_int_equal(w->result.affected, 3);
    assert_int_equal(w->result.row_count, 3);
    int64_t ids = 0;
    for (size_t i = 0; i < 3; i++)
        ids += w->result.rows[3 * i].integer;
    assert_int_equal(ids, 9);
}

static void nothing_to_update_is_nothing(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_EQ, 9), "x");
    expect_ok(hook_world_write(w, &m));
    assert_int_equal(w->result.affected, 0);
    m.must_be_one = true;
    expect_err(hook_world_write(w, &m), ERR_NOT_SINGULAR,
               STR("Cannot coerce the result to a single JSON object"));
    assert_int_equal(w->call_count, 0);
}

static void no_more_rows_are_shown_than_may_be_hit(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 3);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_GT, 0), "x");
    m.max_rows = 2;
    err *e = hook_world_write(w, &m);
    expect_err(e, ERR_MAX_AFFECTED,
               STR("Query result exceeds max-affected preference constraint"));
    expect_str(e->details, STR("The query affects 3 rows"));
    assert_int_equal(w->call_count, 0);
}

static err *refuse(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)batch;
    return err_new(c->arena, ERR_HOOK_REFUSED, "not today");
}

static void a_delete_can_be_refused(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 2);
    mutation m =
        world_delete(w->database, "task", by_id(w, "task", COMPARE_EQ, 1));
    w->on = refuse;
    expect_err(hook_world_write(w, &m), ERR_HOOK_REFUSED, STR("not today"));
    expect_str(hook_world_log(w), STR("delete task (t1)"));
    w->on = NULL;
    world_return(w->database, &m, "title");
    expect_ok(hook_world_write(w, &m));
    expect_str(w->result.rows[0].text, STR("t1"));
    expect_str(hook_world_rows(w, "task", "id"), STR("2"));
}

static void keys_of_several_columns_find_their_rows(void **state) {
    hook_world *w = hook_world_here(state);
    const value cells[] = {value_text("p"), value_int(1), value_text("x"),
                           value_text("p"), value_int(2), value_text("y"),
                           value_text("q"), value_int(1), value_text("z")};
    mutation m = world_insert(w->database, "pair", "a b title", cells, 3);
    value title = value_text("n");
    expect_ok(hook_world_write(w, &m));
    m = world_update(w->database, "pair", "title", &title,
                     world_compare(w->database,
                                   world_field(w->database, "pair", "a"),
                                   COMPARE_EQ, value_text("p")));
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_rows(w, "pair", "a b title"),
               STR("p|1|n;p|2|n;q|1|z"));
}

static void a_soft_delete_is_a_delete(void **state) {
    hook_world *w = hook_world_here(state);
    const value cells[] = {value_int(1), value_text("a")};
    mutation m = world_insert(w->database, "item", "id title", cells, 1);
    expect_ok(hook_world_write(w, &m));
    (void)hook_world_log(w);
    m = world_delete(w->database, "item", by_id(w, "item", COMPARE_EQ, 1));
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("delete item (a)"));
    assert_int_equal(w->result.affected, 1);
    assert_true(
        str_starts_with(hook_world_rows(w, "item", "id gone"), STR("1|20")));
    expect_ok(hook_world_write(w, &m));
    assert_int_equal(w->result.affected, 0);
}

/* ---- Merges ------------------------------------------------------------- */

static mutation merge_tasks(hook_world *w, const value *cells, size_t count) {
    const field **id = arena_new_array(w->database->a, const field *, 1);
    mutation m = world_insert(w->database, "task", "id title", cells, count);
    id[0] = world_field(w->database, "task", "id");
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = id;
    m.conflict_field_count = 1;
    return m;
}

static err *note_all(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    for (size_t i = 0; i < batch->row_count; i++)
        *hook_world_cell(batch, i, "note") =
            value_text(batch->action == HOOK_CREATE ? "new" : "old");
    return NULL;
}

static void a_merge_is_a_create_or_an_update(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 2);
    const value cells[] = {value_int(2), value_text("b"), value_int(3),
                           value_text("c")};
    mutation m = merge_tasks(w, cells, 2);
    w->on = note_all;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("create task (c); update task (t2->b)"));
    expect_str(hook_world_rows(w, "task", "id title note"),
               STR("1|t1|null;2|b|old;3|c|new"));
    assert_int_equal(w->result.inserted, 1);
    assert_int_equal(w->result.affected, 2);
}

static err *note_new(hook_world *w, const caller *c, hook_batch *batch) {
    return batch->action == HOOK_CREATE ? note_all(w, c, batch) : NULL;
}

static void what_is_set_for_new_rows_leaves_others_alone(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 1);
    value note = value_text("kept");
    mutation m = world_update(w->database, "task", "note", &note, NULL);
    expect_ok(hook_world_write(w, &m));
    const value cells[] = {value_int(1), value_text("a"), value_int(2),
                           value_text("b")};
    m = merge_tasks(w, cells, 2);
    w->on = note_new;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_rows(w, "task", "id title note"),
               STR("1|a|kept;2|b|new"));
}

static err *set_id(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    *hook_world_cell(batch, 0, "id") = value_int(77);
    return NULL;
}

static void the_key_of_a_merge_is_not_for_hooks(void **state) {
    hook_world *w = hook_world_here(state);
    const value cells[] = {value_int(2), value_text("b")};
    mutation m = merge_tasks(w, cells, 1);
    w->on = set_id;
    expect_err(hook_world_write(w, &m), ERR_HOOK_FAILED,
               STR("a hook set column \"id\" of a row of \"task\" in an "
                   "upsert, which finds its rows by that"));
}

static void rows_that_are_there_are_not_created(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 1);
    const value cells[] = {value_int(1), value_text("a"), value_int(2),
                           value_text("b")};
    mutation m = merge_tasks(w, cells, 2);
    m.on_conflict = CONFLICT_IGNORE;
    w->on = note_all;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("create task (b)"));
    assert_int_equal(w->result.affected, 1);
    expect_str(hook_world_rows(w, "task", "id title note"),
               STR("1|t1|null;2|b|new"));
    expect_ok(hook_world_write(w, &m));
    assert_int_equal(w->result.affected, 0);
    expect_str(hook_world_log(w), STR(""));
}

/* ---- A database that fails meanwhile ------------------------------------- */

static err *hide_table(hook_world *w, const caller *c, hook_batch *batch) {
    (void)c;
    (void)batch;
    if (w->call_count == 1)
        database_world_sql(w->database, "ALTER TABLE task RENAME TO hidden");
    return NULL;
}

/* All of it can still be read. */
static void expect_missing(const err *e) {
    buf text = buf_new(SIZE_MAX);
    assert_non_null(e);
    err_print(&text, e);
    assert_true(str_contains(buf_str(&text), STR("task")));
    buf_free(&text);
}

static void what_fails_behind_the_first_batch_is_told(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, HOOK_BATCH_ROWS + 1);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_GT, 0), "x");
    w->on = hide_table;
    expect_missing(hook_world_write(w, &m));
    database_world_sql(w->database, "ALTER TABLE hidden RENAME TO task");
    m = insert_tasks(w, 2 * HOOK_BATCH_ROWS);
    const field *id[] = {world_field(w->database, "task", "id")};
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = id;
    m.conflict_field_count = 1;
    w->call_count = 0;
    expect_missing(hook_world_write(w, &m));
}

/* ---- Somebody else meanwhile -------------------------------------------- */

static err *write_first_time(hook_world *w, const mutation *m, int times) {
    return w->call_count <= times ? hook_world_interfere(w, m) : NULL;
}

static err *change_once(hook_world *w, const caller *c, hook_batch *batch) {
    mutation m = rename_task(w, by_id(w, "task", COMPARE_EQ, 1),
                             w->call_count == 1 ? "other" : "more");
    (void)c;
    (void)batch;
    return write_first_time(w, &m, 2);
}

static void a_row_that_was_changed_is_seen_again(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 1);
    value points = value_int(5);
    mutation m = world_update(w->database, "task", "points", &points,
                              by_id(w, "task", COMPARE_EQ, 1));
    w->on = change_once;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w),
               STR("update task (t1->t1); update task (other->other); "
                   "update task (more->more)"));
    expect_str(hook_world_rows(w, "task", "title points"), STR("more|5"));
}

static err *change_always(hook_world *w, const caller *c, hook_batch *batch) {
    str title = arena_printf(c->arena, "v%d", w->call_count);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_EQ, 1), title.ptr);
    (void)batch;
    return hook_world_interfere(w, &m);
}

static void after_three_times_it_is_a_conflict(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 1);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_EQ, 1), "mine");
    w->on = change_always;
    err *e = hook_world_write(w, &m);
    expect_err(e, ERR_CONFLICT,
               STR("rows of \"task\" were changed each of the 3 times that "
                   "hooks looked at them"));
    expect_str(e->hint, STR("send the request again"));
    assert_int_equal(w->call_count, HOOK_MAX_TRIES);
    expect_str(hook_world_rows(w, "task", "title"), STR("v3"));
}

static err *add_one(hook_world *w, const caller *c, hook_batch *batch) {
    static const value CELLS[] = {{.kind = VALUE_INT, .integer = 9},
                                  {.kind = VALUE_TEXT, .text = STR_INIT("n")}};
    mutation m = world_insert(w->database, "task", "id title", CELLS, 1);
    (void)c;
    (void)batch;
    return write_first_time(w, &m, 1);
}

static void a_row_that_came_is_seen_too(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 1);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_GT, 0), "x");
    w->on = add_one;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w),
               STR("update task (t1->x); update task (t1->x) (n->x)"));
    expect_str(hook_world_rows(w, "task", "title"), STR("x;x"));
}

static err *remove_first(hook_world *w, const caller *c, hook_batch *batch) {
    mutation m =
        world_delete(w->database, "task", by_id(w, "task", COMPARE_EQ, 1));
    (void)c;
    (void)batch;
    return write_first_time(w, &m, 1);
}

static void a_row_that_went_is_not_deleted(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 2);
    mutation m = world_delete(w->database, "task", NULL);
    w->on = remove_first;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w),
               STR("delete task (t1) (t2); delete task (t2)"));
    assert_int_equal(w->result.affected, 1);
}

static void a_merge_sees_the_row_that_came_meanwhile(void **state) {
    hook_world *w = hook_world_here(state);
    const value cells[] = {value_int(9), value_text("mine")};
    mutation m = merge_tasks(w, cells, 1);
    w->on = add_one;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w),
               STR("create task (mine); update task (n->mine)"));
    assert_int_equal(w->result.inserted, 0);
}

/* ---- Several in one transaction ----------------------------------------- */

static void what_is_written_before_cannot_be_seen(void **state) {
    hook_world *w = hook_world_here(state);
    mutation first = insert_tasks(w, 1);
    mutation second = rename_task(w, by_id(w, "task", COMPARE_EQ, 1), "x");
    const mutation *both[] = {&first, &second};
    mutation_result results[2];
    err *e = hook_world_write_all(w, both, 2, results);
    expect_err(e, ERR_CONFLICT,
               STR("rows of \"task\" were changed each of the 3 times that "
                   "hooks looked at them"));
    assert_int_equal(w->failed_at, 1);
    expect_str(hook_world_rows(w, "task", "id"), STR(""));
}

static void each_of_several_calls_its_hooks(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 3);
    const value cells[] = {value_int(7), value_text("new")};
    mutation first = world_insert(w->database, "task", "id title", cells, 1);
    mutation second = rename_task(w, by_id(w, "task", COMPARE_LT, 3), "x");
    mutation third =
        world_delete(w->database, "task", by_id(w, "task", COMPARE_EQ, 3));
    const mutation *all[] = {&first, &second, &third};
    mutation_result results[3];
    w->on = note_third;
    w->is_without[HOOK_CREATE] = true;
    w->is_without[HOOK_DELETE] = true;
    expect_ok(hook_world_write_all(w, all, 3, results));
    expect_str(hook_world_log(w), STR("update task (t1->x) (t2->x)"));
    assert_int_equal(results[0].affected, 1);
    assert_int_equal(results[1].affected, 2);
    assert_int_equal(results[2].affected, 1);
    expect_str(hook_world_rows(w, "task", "id title"), STR("1|x;2|x;7|new"));
}

static value cell_of_first(void) {
    return (value){.kind = VALUE_CELL, .cell = {0, 0, 0}};
}

/* Updates task 1, and then the pair whose number is the task's. */
static void begin_related(hook_world *w, mutation *first, mutation *second) {
    value *title = arena_new_array(w->database->a, value, 1);
    *title = value_text("x");
    *first = rename_task(w, by_id(w, "task", COMPARE_EQ, 1), "y");
    world_return(w->database, first, "id");
    filter *where =
        world_compare(w->database, world_field(w->database, "pair", "b"),
                      COMPARE_EQ, cell_of_first());
    *second = world_update(w->database, "pair", "title", title, where);
    second->refers_back = true;
}

static void what_earlier_ones_hand_back_is_read_ahead(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 2);
    const value cells[] = {value_text("p"), value_int(1), value_text("old"),
                           value_text("p"), value_int(2), value_text("old")};
    mutation m = world_insert(w->database, "pair", "a b title", cells, 2);
    expect_ok(hook_world_write(w, &m));
    (void)hook_world_log(w);
    mutation first;
    mutation second;
    begin_related(w, &first, &second);
    const mutation *both[] = {&first, &second};
    mutation_result results[2];
    expect_ok(hook_world_write_all(w, both, 2, results));
    expect_str(hook_world_log(w),
               STR("update task (t1->y); update pair (old->x)"));
    assert_int_equal(results[1].affected, 1);
    expect_str(hook_world_rows(w, "pair", "b title"), STR("1|x;2|old"));
}

/* As an upsert that is nested: the row is made, or changed if it is there. */
static void what_may_not_have_its_turn_is_counted_in_it(void **state) {
    hook_world *w = hook_world_here(state);
    const value cells[] = {value_int(1), value_text("new")};
    mutation first = merge_tasks(w, cells, 1);
    mutation second = rename_task(w, by_id(w, "task", COMPARE_EQ, 1), "old");
    first.on_conflict = CONFLICT_IGNORE;
    second.turn = MUTATION_IF_NONE;
    second.turn_of = 0;
    second.must_be_one = true;
    const mutation *both[] = {&first, &second};
    mutation_result results[2];
    expect_ok(hook_world_write_all(w, both, 2, results));
    expect_str(hook_world_rows(w, "task", "title"), STR("new"));
    expect_ok(hook_world_write_all(w, both, 2, results));
    expect_str(hook_world_rows(w, "task", "title"), STR("old"));
    expect_str(hook_world_log(w),
               STR("create task (new); update task (new->old)"));
}

/* ---- Once --------------------------------------------------------------- */

static err *seal(void *context, arena *a, const mutation_result *results,
                 receipt_answer *out) {
    (void)context;
    *out = (receipt_answer){
        .status = 201,
        .body = arena_printf(a, "%d rows", (int)results[0].affected)};
    return NULL;
}

typedef struct once_write {
    hook_world *w;
    const mutation *m;
    receipt once;
} once_write;

static err *write_once(void *argument) {
    once_write *x = argument;
    mutation_result result;
    size_t failed;
    return mutation_engine_run_once(&x->w->caller, &x->m, 1, &x->once, &result,
                                    &failed);
}

static void who_repeats_a_request_calls_no_hook(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, 2);
    mutation m = rename_task(w, by_id(w, "task", COMPARE_GT, 0), "x");
    once_write x = {.w = w,
                    .m = &m,
                    .once = {.scope = STR("s"),
                             .key = STR("k"),
                             .fingerprint = STR("f"),
                             .seal = seal}};
    w->on = note_third;
    expect_ok(database_world_run(w->database, write_once, &x));
    assert_int_equal(w->call_count, 1);
    assert_false(x.once.is_repeat);
    expect_str(x.once.answer.body, STR("2 rows"));
    w->on = refuse;
    expect_ok(database_world_run(w->database, write_once, &x));
    assert_int_equal(w->call_count, 1);
    assert_true(x.once.is_repeat);
    expect_str(x.once.answer.body, STR("2 rows"));
    x.once.key = STR("other");
    expect_err(database_world_run(w->database, write_once, &x),
               ERR_HOOK_REFUSED, STR("not today"));
}

/* ---- What a hook may see ------------------------------------------------ */

static err *look_at_secret(hook_world *w, const caller *c, hook_batch *batch) {
    (void)c;
    for (size_t i = 0; i < batch->row_count; i++) {
        value_kind kind = hook_world_cell(batch, i, "secret")->kind;
        buf_append(&w->log, kind == VALUE_DEFAULT ? STR(" hidden")
                            : kind == VALUE_NULL  ? STR(" null")
                                                  : STR(" shown"));
    }
    return NULL;
}

static void secrets_are_kept_and_not_shown(void **state) {
    hook_world *w = hook_world_here(state);
    const value cells[] = {value_int(1), value_text("a"), value_text("psst"),
                           value_int(2), value_text("b"), value_null()};
    mutation m = world_insert(w->database, "task", "id title secret", cells, 2);
    w->on = look_at_secret;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("create task (a) (b) hidden null"));
    m = rename_task(w, by_id(w, "task", COMPARE_GT, 0), "x");
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("update task (a->x) (b->x) hidden null"));
    expect_str(hook_world_rows(w, "task", "title secret"),
               STR("x|psst;x|null"));
    w->source.base.sees_redacted = true;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("update task (x->x) (x->x) shown null"));
}

static err *write_again(hook_world *w, const caller *c, hook_batch *batch) {
    caller deeper = *c;
    mutation_result result;
    int64_t id = hook_world_cell(batch, 0, "id")->integer;
    value cells[] = {value_int(id + 1), value_text("x")};
    mutation m = world_insert(w->database, "task", "id title", cells, 1);
    deeper.hook_depth++;
    return mutation_engine_run(&deeper, &m, &result);
}

static void hooks_that_call_each_other_come_to_an_end(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = insert_tasks(w, 1);
    w->on = write_again;
    expect_err(hook_world_write(w, &m), ERR_HOOK_DEPTH,
               STR("hooks of \"task\" call each other more than 8 deep"));
    assert_int_equal(w->call_count, HOOK_MAX_DEPTH);
    expect_str(hook_world_rows(w, "task", "id"), STR(""));
}

static void each_source_sees_what_those_before_it_changed(void **state) {
    hook_world *w = hook_world_here(state);
    mutation m = insert_tasks(w, 1);
    w->sources[1] = &w->source.base;
    w->app.hook_source_count = 2;
    w->on = fill_in_points;
    expect_ok(hook_world_write(w, &m));
    expect_str(hook_world_log(w), STR("create task (t1); create task (t1!)"));
    expect_str(hook_world_rows(w, "task", "title"), STR("t1!!"));
}

/* ---- Whatever happens --------------------------------------------------- */

/* Each hook adds one to the points that it saw, and lets others go on while it
 * thinks: none is lost, and none is counted twice. */
enum { CLIENTS = 8, WRITES = 12, ROWS = 3 };

typedef struct race {
    hook_world *w;
    rand_source random;
    int done[ROWS + 1];
    int conflicts;
} race;

static race *running; /* for the hook, of which there is one at a time */

static err *add_point(hook_world *w, const caller *c, hook_batch *batch) {
    (void)w;
    (void)c;
    uint64_t turns = rand_below(&running->random, 4);
    for (size_t i = 0; i < batch->row_count; i++) {
        const value *points = hook_world_before(batch, i, "points");
        int64_t n = points->kind == VALUE_INT ? points->integer : 0;
        *hook_world_cell(batch, i, "points") = value_int(n + 1);
    }
    for (uint64_t i = 0; i < turns; i++)
        fiber_yield();
    return NULL;
}

static err *race_client(void *argument) {
    race *r = argument;
    hook_world *w = r->w;
    CLEANUP(arena_release) arena *a = arena_new();
    caller c = w->caller;
    c.arena = a;
    for (int i = 0; i < WRITES; i++) {
        int64_t id = (int64_t)rand_below(&r->random, ROWS) + 1;
        bool is_all = rand_below(&r->random, 4) == 0;
        mutation m = rename_task(
            w, is_all ? NULL : by_id(w, "task", COMPARE_EQ, id), "r");
        mutation_result result;
        err *e = mutation_engine_run(&c, &m, &result);
        r->conflicts += e != NULL && e->code == ERR_CONFLICT;
        if (e != NULL && e->code != ERR_CONFLICT)
            return e;
        for (int64_t k = 1; e == NULL && k <= ROWS; k++)
            r->done[k] += is_all || k == id;
    }
    return NULL;
}

static err *race_all(void *argument) {
    race *r = argument;
    fiber_group clients = {.loop = r->w->database->loop};
    for (int i = 0; i < CLIENTS; i++)
        TRY(fiber_start(r->w->database->a, &clients, race_client, r));
    return fiber_group_join(&clients);
}

static void no_interleaving_loses_what_a_hook_saw(void **state) {
    hook_world *w = hook_world_here(state);
    begin_with(w, ROWS);
    race r = {.w = w, .random = rand_seeded(5)};
    running = &r;
    w->on = add_point;
    expect_ok(database_world_run(w->database, race_all, &r));
    str want = arena_printf(w->database->a, "%d;%d;%d", r.done[1], r.done[2],
                            r.done[3]);
    expect_str(hook_world_rows(w, "task", "points"), want);
    assert_true(r.conflicts > 0);
    assert_true(r.done[1] + r.done[2] + r.done[3] > 0);
}

#define HOOKS(fn) WORLD_TESTS(fn, hook_world_setup, hook_world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        HOOKS(a_create_is_written_as_its_hook_left_it),
        HOOKS(many_rows_come_in_batches),
        HOOKS(what_fails_behind_the_first_batch_is_told),
        HOOKS(what_a_hook_sets_has_to_be_valid),
        HOOKS(a_refusal_names_the_field_and_the_row),
        HOOKS(an_update_is_seen_before_and_after),
        HOOKS(nothing_to_update_is_nothing),
        HOOKS(no_more_rows_are_shown_than_may_be_hit),
        HOOKS(a_delete_can_be_refused),
        HOOKS(keys_of_several_columns_find_their_rows),
        HOOKS(a_soft_delete_is_a_delete),
        HOOKS(a_merge_is_a_create_or_an_update),
        HOOKS(what_is_set_for_new_rows_leaves_others_alone),
        HOOKS(the_key_of_a_merge_is_not_for_hooks),
        HOOKS(rows_that_are_there_are_not_created),
        HOOKS(a_row_that_was_changed_is_seen_again),
        HOOKS(after_three_times_it_is_a_conflict),
        HOOKS(a_row_that_came_is_seen_too),
        HOOKS(a_row_that_went_is_not_deleted),
        HOOKS(a_merge_sees_the_row_that_came_meanwhile),
        HOOKS(what_is_written_before_cannot_be_seen),
        HOOKS(each_of_several_calls_its_hooks),
        HOOKS(what_earlier_ones_hand_back_is_read_ahead),
        HOOKS(what_may_not_have_its_turn_is_counted_in_it),
        HOOKS(who_repeats_a_request_calls_no_hook),
        HOOKS(secrets_are_kept_and_not_shown),
        HOOKS(hooks_that_call_each_other_come_to_an_end),
        HOOKS(each_source_sees_what_those_before_it_changed),
        HOOKS(no_interleaving_loses_what_a_hook_saw),
    };
    return cmocka_run_group_tests_name("core/hooked_mutation", tests, NULL,
                                       NULL);
}
