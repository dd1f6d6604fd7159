/* Who has a connection, and who has it alone. */
#include "database/postgres/pg_pool.h"

#include "test/support/database_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

enum { ROUNDS = 40, OTHERS = 3 };

typedef struct writer {
    database_world *w;
    int64_t first_id;
    bool is_refused; /* what it writes is too much, and undone */
    err *failure;
} writer;

static err *write_rows(void *argument) {
    writer *r = argument;
    for (int64_t i = 0; i < ROUNDS; i++) {
        const value id = value_int(r->first_id + i);
        mutation m = world_insert(r->w, "Row", "id", &id, 1);
        mutation_result result;
        if (r->is_refused)
            m.max_rows = 0;
        err *e = database_mutate(r->w->session, r->w->a, &m, &result);
        bool is_expected = r->is_refused
                               ? e != NULL && e->code == ERR_MAX_AFFECTED
                               : e == NULL;
        if (!is_expected) {
            r->failure = e;
            return NULL;
        }
    }
    return NULL;
}

typedef struct crowd {
    database_world *w;
    writer writers[1 + OTHERS];
    int64_t rows;
} crowd;

static err *write_together(void *argument) {
    crowd *c = argument;
    fiber_group group = {.loop = c->w->loop};
    for (size_t i = 0; i < LENGTH(c->writers); i++)
        TRY(fiber_start(c->w->a, &group, write_rows, &c->writers[i]));
    TRY(fiber_group_join(&group));
    query q = world_query(c->w, "Row", "id");
    str rows;
    q.wants_total = true;
    return world_read(c->w, &q, &rows, &c->rows);
}

/* One connection, which is given to who waits for it and, before he wakes up,
 * taken alone by who has just given it back. */
static void nobody_writes_in_a_transaction_of_others(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close) postgres_world *pg = postgres_world_open(a);
    database_world *w =
        database_world_at(pg->url, "model Row {\n  id Int @id\n}\n");
    w->config.write_connections = 1;
    expect_ok(database_world_push(w, NULL));
    expect_ok(database_world_open(w));
    crowd c = {.w = w};
    for (int i = 0; i <= OTHERS; i++)
        c.writers[i] =
            (writer){.w = w, .first_id = i * 1000, .is_refused = i == 0};
    expect_ok(database_world_run(w, write_together, &c));
    for (int i = 0; i <= OTHERS; i++)
        expect_ok(c.writers[i].failure);
    assert_int_equal(c.rows, ROUNDS * OTHERS);
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nobody_writes_in_a_transaction_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
