/*
 * No interleaving lets a write through that its hook did not see.
 *
 * Clients write the same few rows at random: inserts, upserts, updates of one
 * and of many, deletes. Each write gives a row a word of its own, and the hook
 * notes which word it replaces. If a write had hit a row that was not as its
 * hook saw it, two writes would have replaced the same word, or one a word that
 * never was.
 */
#include "base/rand.h"
#include "test/support/hook_world.h"
#include "test/support/test.h"

enum { IDS = 5, CLIENTS = 6, WRITES = 25, MAX_MOVES = 4000 };

/* What a hook saw of a row; 0 is the word of no row. */
typedef struct move {
    int64_t id;
    uint64_t from;
    uint64_t to;
} move;

typedef struct client {
    struct race *race;
    arena *a;
    move moves[IDS + 1]; /* of the try under way, by id; id 0: none */
    int last_action;
} client;

typedef struct race {
    hook_world *w;
    rand_source random;
    uint64_t last_word;
    client clients[CLIENTS];
    move *moves; /* of all that was written */
    size_t move_count;
    int refused;
    int conflicts;
} race;

static race *running; /* for the hook, of which there is one at a time */

/* ---- The hook ----------------------------------------------------------- */

static uint64_t word_of(const value *title) {
    int64_t word = 0;
    return title != NULL && str_parse_int64(title->text, &word) ? (uint64_t)word
                                                                : 0;
}

/* Each has an arena of its own. */
static client *client_of(const caller *c) {
    size_t i = 0;
    while (running->clients[i].a != c->arena)
        i++;
    return &running->clients[i];
}

/* A try calls create before update: otherwise it is another one. */
static void begin_try(client *k, hook_action action) {
    if ((int)action <= k->last_action)
        memset(k->moves, 0, sizeof k->moves);
    k->last_action = (int)action;
}

static err *note(hook_world *w, const caller *c, hook_batch *batch) {
    client *k = client_of(c);
    (void)w;
    begin_try(k, batch->action);
    for (size_t i = 0; i < batch->row_count; i++) {
        const hook_row *row = &batch->rows[i];
        move m = {0};
        m.id = row->after != NULL ? hook_world_cell(batch, i, "id")->integer
                                  : hook_world_before(batch, i, "id")->integer;
        if (row->before != NULL)
            m.from = word_of(hook_world_before(batch, i, "title"));
        if (row->after != NULL) {
            value *title = hook_world_cell(batch, i, "title");
            m.to = ++running->last_word;
            title->text = arena_printf(c->arena, "%d", (int)m.to);
        }
        k->moves[m.id] = m;
    }
    for (uint64_t i = rand_below(&running->random, 4); i > 0; i--)
        fiber_yield();
    return NULL;
}

/* ---- The writes --------------------------------------------------------- */

static const filter *where_id(race *r, compare_op op, int64_t id) {
    database_world *d = r->w->database;
    return world_compare(d, world_field(d, "task", "id"), op, value_int(id));
}

static mutation insertion(client *k, size_t count) {
    race *r = k->race;
    value *cells = arena_new_array(k->a, value, 2 * count);
    int64_t id = (int64_t)rand_below(&r->random, IDS) + 1;
    for (size_t i = 0; i < count; i++) {
        cells[2 * i] = value_int((id + (int64_t)i - 1) % IDS + 1);
        cells[2 * i + 1] = value_text("new");
    }
    return world_insert(r->w->database, "task", "id title", cells, count);
}

static mutation merge(client *k) {
    const field **id = arena_new_array(k->a, const field *, 1);
    mutation m = insertion(k, 2);
    id[0] = world_field(k->race->w->database, "task", "id");
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = id;
    m.conflict_field_count = 1;
    return m;
}

static mutation change(client *k, compare_op op) {
    value *title = arena_new_array(k->a, value, 1);
    int64_t id = (int64_t)rand_below(&k->race->random, IDS) + 1;
    *title = value_text("old");
    return world_update(k->race->w->database, "task", "title", title,
                        where_id(k->race, op, id));
}

static mutation removal(client *k) {
    int64_t id = (int64_t)rand_below(&k->race->random, IDS) + 1;
    return world_delete(k->race->w->database, "task",
                        where_id(k->race, COMPARE_EQ, id));
}

static mutation choose(client *k) {
    switch (rand_below(&k->race->random, 6)) {
    case 0:
        return insertion(k, 1);
    case 1:
        return merge(k);
    case 2:
        return removal(k);
    case 3:
        return change(k, COMPARE_GTE);
    default:
        return change(k, COMPARE_EQ);
    }
}

static void keep_moves(client *k, const mutation_result *result) {
    race *r = k->race;
    for (size_t i = 1; result->affected > 0 && i <= IDS; i++) {
        if (k->moves[i].id != 0 && r->move_count < MAX_MOVES)
            r->moves[r->move_count++] = k->moves[i];
    }
}

static err *write_once(client *k) {
    caller c = k->race->w->caller;
    mutation_result result;
    mutation m = choose(k);
    c.arena = k->a;
    k->last_action = HOOK_READ;
    err *e = mutation_engine_run(&c, &m, &result);
    if (e == NULL)
        keep_moves(k, &result);
    else if (e->code == ERR_CONFLICT)
        k->race->conflicts++;
    else if (e->code == ERR_UNIQUE_VIOLATION)
        k->race->refused++;
    else
        return e;
    return NULL;
}

static err *run_client(void *argument) {
    client *k = argument;
    for (int i = 0; i < WRITES; i++)
        TRY(write_once(k));
    return NULL;
}

static err *run_all(void *argument) {
    race *r = argument;
    fiber_group group = {.loop = r->w->database->loop};
    for (size_t i = 0; i < CLIENTS; i++)
        TRY(fiber_start(r->w->database->a, &group, run_client, &r->clients[i]));
    return fiber_group_join(&group);
}

/* ---- What must be true of them ------------------------------------------ */

static size_t count_from(const race *r, int64_t id, uint64_t word) {
    size_t count = 0;
    for (size_t i = 0; i < r->move_count; i++)
        count += r->moves[i].id == id && r->moves[i].from == word;
    return count;
}

static size_t count_to(const race *r, int64_t id, uint64_t word) {
    size_t count = 0;
    for (size_t i = 0; i < r->move_count; i++)
        count += r->moves[i].id == id && r->moves[i].to == word;
    return count;
}

/* Each word that was replaced had been written, and was replaced once; what was
 * not replaced is there. */
static void check_row(const race *r, int64_t id, uint64_t final_word) {
    for (size_t i = 0; i < r->move_count; i++) {
        const move *m = &r->moves[i];
        if (m->id != id)
            continue;
        if (m->from != 0) {
            assert_int_equal(count_to(r, id, m->from), 1);
            assert_int_equal(count_from(r, id, m->from), 1);
        }
        if (m->to != 0 && count_from(r, id, m->to) == 0)
            assert_int_equal(m->to, final_word);
    }
    size_t came = count_from(r, id, 0);
    size_t went = count_to(r, id, 0);
    assert_int_equal(came - went, final_word != 0);
}

static void check_all(race *r) {
    uint64_t words[IDS + 1] = {0};
    str rows = hook_world_rows(r->w, "task", "id title");
    while (!str_is_empty(rows)) {
        str row = str_split(&rows, ';');
        int64_t id = 0;
        int64_t word = 0;
        assert_true(str_parse_int64(str_split(&row, '|'), &id));
        assert_true(str_parse_int64(row, &word));
        words[id] = (uint64_t)word;
    }
    for (int64_t id = 1; id <= IDS; id++)
        check_row(r, id, words[id]);
}

static void each_write_replaces_what_its_hook_saw(void **state) {
    hook_world *w = hook_world_here(state);
    race r = {.w = w, .random = rand_seeded(20240131)};
    r.moves = arena_new_array(w->database->a, move, MAX_MOVES);
    running = &r;
    w->on = note;
    for (size_t i = 0; i < CLIENTS; i++)
        r.clients[i] = (client){.race = &r, .a = arena_new()};
    expect_ok(database_world_run(w->database, run_all, &r));
    for (size_t i = 0; i < CLIENTS; i++)
        arena_free(r.clients[i].a);
    check_all(&r);
    assert_true(r.move_count > WRITES);
    assert_true(r.move_count < MAX_MOVES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(each_write_replaces_what_its_hook_saw, hook_world_setup,
                    hook_world_teardown),
    };
    return cmocka_run_group_tests_name("core/hooked_property", tests, NULL,
                                       NULL);
}
