/* Mutations that share a transaction, and what one does to the others. */
#include "database/sqlite/lite_writer.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "test/support/crash_vfs.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Parent {\n"
    "  id Int @id\n"
    "  children Child[]\n"
    "}\n"
    "model Child {\n"
    "  id Int @id\n"
    "  name String @unique\n"
    "  parentId Int?\n"
    "  parent Parent? @relation(fields: [parentId], references: [id],"
    " onDelete: NoAction, onUpdate: NoAction)\n"
    "}\n";

/* ---- A crowd of writers ------------------------------------------------- */

enum { CROWD = 9, CULPRIT = 4 };

typedef struct crowd crowd;

typedef struct member {
    crowd *crowd;
    arena *a;
    value values[3];
    mutation m;
    err *failure;
    mutation_result result;
} member;

struct crowd {
    database_world *w;
    fiber_group group;
    sqlite3 *other; /* holds the lock until all are queued */
    member members[CROWD];
};

/* Member i inserts Child i, named after it. */
static void gather(crowd *c, database_world *w) {
    *c = (crowd){.w = w, .group = {.loop = w->loop}};
    for (int i = 0; i < CROWD; i++) {
        member *m = &c->members[i];
        *m = (member){.crowd = c, .a = w->a};
        m->values[0] = value_int(i);
        m->values[1] = value_text(arena_printf(w->a, "name %d", i).ptr);
        m->values[2] = value_null();
        m->m = world_insert(w, "Child", "id name parentId", m->values, 1);
    }
}

static err *run_member(void *argument) {
    member *m = argument;
    m->failure = database_mutate(m->crowd->w->session, m->a, &m->m, &m->result);
    return NULL;
}

static err *run_crowd(void *argument) {
    crowd *c = argument;
    for (int i = 0; i < CROWD; i++)
        TRY(fiber_start(c->w->a, &c->group, run_member, &c->members[i]));
    if (c->other != NULL)
        sqlite3_exec(c->other, "COMMIT", NULL, NULL, NULL);
    return fiber_group_join(&c->group);
}

/* All but the first, who was alone in the queue, end up in one transaction:
 * somebody else has the database until they are queued. */
static void run_together(crowd *c) {
    c->other = database_world_connect(c->w);
    assert_int_equal(
        sqlite3_exec(c->other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    expect_ok(database_world_run(c->w, run_crowd, c));
    sqlite3_close(c->other);
}

/* Every innocent is there, once; the culprit is not. */
static void expect_innocents_only(crowd *c) {
    str want = {0};
    for (int i = 0; i < CROWD; i++) {
        if (i == CULPRIT) {
            assert_non_null(c->members[i].failure);
            continue;
        }
        expect_ok(c->members[i].failure);
        assert_int_equal(c->members[i].result.affected, 1);
        want = arena_printf(c->w->a, "%.*s%s%d", STR_ARG(want),
                            want.len > 0 ? "," : "", i);
    }
    expect_str(database_world_ask(
                   c->w, "SELECT group_concat(id) FROM"
                         " (SELECT id FROM Child WHERE id < 100 ORDER BY id)"),
               want);
}

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin(SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define WRITER_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* Closes, lets the test change the file behind our back, opens again. */
static void meddle(database_world *w, const char *sql) {
    database_world_close(w);
    database_world_sql(w, sql);
    expect_ok(database_world_open(w));
}

/* ---- Fates -------------------------------------------------------------- */

static void a_broken_constraint_is_its_own_affair(void **state) {
    crowd c;
    gather(&c, *state);
    c.members[CULPRIT].values[1] = c.members[CULPRIT - 1].values[1];
    run_together(&c);
    expect_innocents_only(&c);
    expect_err(c.members[CULPRIT].failure, ERR_UNIQUE_VIOLATION,
               STR("duplicate key value violates unique constraint"
                   " \"Child_name_key\""));
}

static void an_aborted_bulk_insert_is_its_own_affair(void **state) {
    database_world *w = *state;
    crowd c;
    gather(&c, w);
    value rows[300];
    for (int i = 0; i < 100; i++) {
        rows[i * 3] = value_int(50 + i % 99); /* the last one is there */
        rows[i * 3 + 1] = value_text(arena_printf(w->a, "bulk %d", i).ptr);
        rows[i * 3 + 2] = value_null();
    }
    c.members[CULPRIT].m =
        world_insert(w, "Child", "id name parentId", rows, 100);
    run_together(&c);
    expect_innocents_only(&c);
    assert_int_equal(c.members[CULPRIT].failure->code, ERR_UNIQUE_VIOLATION);
}

static const char DEFERRED_CHILD[] =
    "DROP TABLE Child; CREATE TABLE \"Child\" ("
    "  id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
    "  parentId INTEGER REFERENCES Parent (id)"
    "    ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED);"
    "CREATE UNIQUE INDEX Child_name_key ON Child(name);";

/* Somebody else's table: the constraint waits for COMMIT, which would fail for
 * all. */
static void a_deferred_foreign_key_is_its_own_affair(void **state) {
    database_world *w = *state;
    meddle(w, DEFERRED_CHILD);
    crowd c;
    gather(&c, w);
    c.members[CULPRIT].values[2] = value_int(77);
    run_together(&c);
    expect_innocents_only(&c);
    err *e = c.members[CULPRIT].failure;
    expect_err(e, ERR_FOREIGN_KEY_VIOLATION,
               STR("insert or update on table \"Child\" violates foreign key"
                   " constraint \"Child_parentId_fkey\""));
    expect_str(e->details,
               STR("Key (parentId)=(77) is not present in table \"Parent\"."));
}

static void a_table_changed_while_served_hurts_nobody_else(void **state) {
    database_world *w = *state;
    database_world_sql(w, DEFERRED_CHILD);
    crowd c;
    gather(&c, w);
    c.members[CULPRIT].values[2] = value_int(77);
    run_together(&c);
    expect_innocents_only(&c);
    assert_int_equal(c.members[CULPRIT].failure->code,
                     ERR_FOREIGN_KEY_VIOLATION);
}

static void a_trigger_that_rolls_back_hurts_nobody_else(void **state) {
    database_world *w = *state;
    meddle(w, "CREATE TRIGGER boom BEFORE INSERT ON Child WHEN NEW.id = 4"
              " BEGIN SELECT RAISE(ROLLBACK, 'boom'); END");
    crowd c;
    gather(&c, w);
    run_together(&c);
    expect_innocents_only(&c);
    expect_err(c.members[CULPRIT].failure, ERR_CHECK_VIOLATION, STR("boom"));
}

static void a_statement_out_of_time_hurts_nobody_else(void **state) {
    database_world *w = *state;
    w->config.statement_timeout_ms = 300;
    meddle(w, "INSERT INTO Child WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL"
              " SELECT i + 1 FROM n WHERE i < 40000)"
              " SELECT i, 'the name of number ' || i, NULL FROM n");
    crowd c;
    gather(&c, w);
    filter like = {.kind = FILTER_LIKE,
                   .field = world_field(w, "Child", "name"),
                   .value = value_text("%n%a%m%e%q")};
    const filter *many[400];
    for (size_t i = 0; i < LENGTH(many); i++)
        many[i] = &like;
    filter slow = {
        .kind = FILTER_ANY, .children = many, .child_count = LENGTH(many)};
    c.members[CULPRIT].m = world_delete(w, "Child", &slow);
    run_together(&c);
    expect_innocents_only(&c);
    assert_int_equal(c.members[CULPRIT].failure->code, ERR_TIMEOUT);
}

/* ---- A locked database -------------------------------------------------- */

static err *run_first_member(void *argument) {
    crowd *c = argument;
    return run_member(&c->members[0]);
}

static void a_database_locked_for_long_is_busy(void **state) {
    database_world *w = *state;
    w->config.statement_timeout_ms = 400;
    meddle(w, "SELECT 1");
    crowd c;
    gather(&c, w);
    sqlite3 *other = database_world_connect(w);
    sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    expect_ok(database_world_run(w, run_first_member, &c));
    expect_err(c.members[0].failure, ERR_BUSY,
               STR("the database is locked by another process"));
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
    expect_ok(database_world_run(w, run_first_member, &c));
    expect_ok(c.members[0].failure);
}

static err *check_session(void *argument) {
    database_world *w = argument;
    return database_check(w->session, w->a);
}

static void check_says_whether_it_can_write(void **state) {
    database_world *w = *state;
    expect_ok(database_world_run(w, check_session, w));
    sqlite3 *other = database_world_connect(w);
    sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    expect_err(database_world_run(w, check_session, w), ERR_BUSY,
               STR("the database is locked by another process"));
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
    expect_ok(database_world_run(w, check_session, w));
}

/* What is written to a file that nobody finds again is lost. */
static void a_file_that_is_gone_is_not_written_to(void **state) {
    database_world *w = *state;
    str aside = arena_printf(w->a, "%.*s.aside", STR_ARG(w->file));
    crowd c;
    gather(&c, w);
    assert_int_equal(rename(w->file.ptr, aside.ptr), 0);
    expect_ok(database_world_run(w, run_first_member, &c));
    expect_err(c.members[0].failure, ERR_UNAVAILABLE,
               STR("the database file was moved, replaced or deleted"));
    assert_int_equal(rename(aside.ptr, w->file.ptr), 0);
    expect_ok(database_world_run(w, run_first_member, &c));
    expect_ok(c.members[0].failure);
}

/* Nor one whose log is: what was acknowledged is in the file that only we still
 * have, from which a clean end takes it into the database. */
static void a_log_that_is_gone_is_not_written_to(void **state) {
    database_world *w = *state;
    str log = arena_printf(w->a, "%.*s-wal", STR_ARG(w->file));
    crowd c;
    gather(&c, w);
    expect_ok(database_world_run(w, run_first_member, &c));
    expect_ok(c.members[0].failure);
    assert_int_equal(unlink(log.ptr), 0);
    gather(&c, w);
    expect_ok(database_world_run(w, run_first_member, &c));
    expect_err(c.members[0].failure, ERR_UNAVAILABLE,
               STR("the database's log was moved, replaced or deleted"));
    database_world_close(w);
    expect_str(database_world_ask(w, "SELECT count(*) FROM Child"), STR("1"));
}

/* ---- Broken disks ------------------------------------------------------- */

static void clear_faults(void) {
    crash_faults *f = crash_vfs_faults();
    atomic_store(&f->write_error, SQLITE_OK);
    atomic_store(&f->sync_error, SQLITE_OK);
    atomic_store(&f->write_count, 0);
    atomic_store(&f->sync_count, 0);
    atomic_store(&f->write_skip, 0);
    atomic_store(&f->files, CRASH_WAL);
    atomic_store(&f->delivered, 0);
}

static void expect_all(crowd *c, err_code code, const char *message) {
    for (int i = 0; i < CROWD; i++) {
        assert_non_null(c->members[i].failure);
        if (c->members[i].failure->code != code)
            expect_err(c->members[i].failure, code, str_of(message));
        expect_err(c->members[i].failure, code, str_of(message));
    }
}

static void expect_full_service(database_world *w) {
    crowd c;
    gather(&c, w);
    c.members[CULPRIT].values[1] = c.members[CULPRIT - 1].values[1];
    run_together(&c);
    expect_innocents_only(&c);
}

static void a_full_disk_is_everybodys_and_passes(void **state) {
    database_world *w = *state;
    crowd c;
    gather(&c, w);
    clear_faults();
    atomic_store(&crash_vfs_faults()->write_count, -1);
    atomic_store(&crash_vfs_faults()->write_error, SQLITE_FULL);
    run_together(&c);
    expect_all(&c, ERR_DISK_FULL, "no space left on the device");
    assert_true(atomic_load(&crash_vfs_faults()->delivered) > 0);
    clear_faults();
    expect_str(database_world_ask(w, "SELECT count(*) FROM Child"), STR("0"));
    expect_full_service(w);
}

static void after_an_error_from_commit_nobody_knows(void **state) {
    database_world *w = *state;
    crowd c;
    gather(&c, w);
    clear_faults();
    atomic_store(&crash_vfs_faults()->sync_count, -1);
    atomic_store(&crash_vfs_faults()->sync_error, SQLITE_IOERR_FSYNC);
    run_together(&c);
    expect_all(&c, ERR_IO,
               "input/output error from commit: whether the change was written"
               " is not known");
    clear_faults();
    /* What was not acknowledged may be there or not, but only whole. */
    str count = database_world_ask(w, "SELECT count(*) FROM Child");
    assert_true(str_equal(count, STR("0")));
    expect_full_service(w);
}

/* Writes fail for the first members of the crowd only. */
static void a_passing_write_error_never_acknowledges_a_lost_row(void **state) {
    database_world *w = *state;
    for (int skip = 0; skip < 12; skip++) {
        crowd c;
        gather(&c, w);
        clear_faults();
        atomic_store(&crash_vfs_faults()->write_skip, skip);
        atomic_store(&crash_vfs_faults()->write_count, 1);
        atomic_store(&crash_vfs_faults()->write_error, SQLITE_IOERR_WRITE);
        run_together(&c);
        clear_faults();
        for (int i = 0; i < CROWD; i++) {
            str sql = arena_printf(
                w->a, "SELECT count(*) FROM Child WHERE id = %d", i);
            str count = database_world_ask(w, sql.ptr);
            if (c.members[i].failure == NULL)
                expect_str(count, STR("1"));
            else
                assert_int_equal(c.members[i].failure->code, ERR_IO);
        }
        database_world_sql(w, "DELETE FROM Child");
    }
    expect_full_service(w);
}

/* ---- Two workers -------------------------------------------------------- */

typedef struct worker {
    pthread_t thread;
    database_world world; /* its own arena, loop and session */
    int first_id;
    int written;
    err *failure;
} worker;

enum { WRITES_EACH = 300, FIBERS_EACH = 8 };

static err *write_some(void *argument) {
    worker *k = argument;
    database_world *w = &k->world;
    arena *a = arena_new();
    err *e = NULL;
    while (k->written < WRITES_EACH && e == NULL) {
        int id = k->first_id + k->written++;
        value row[] = {value_int(id),
                       value_text(arena_printf(a, "worker %d", id).ptr)};
        mutation m = world_insert(w, "Child", "id name", row, 1);
        mutation_result result;
        e = database_mutate(w->session, a, &m, &result);
        query q = world_query(w, "Child", "id");
        q.where = world_compare(w, world_field(w, "Child", "id"), COMPARE_EQ,
                                value_int(id));
        str rows = {0};
        if (e == NULL)
            e = world_read(w, &q, &rows, NULL);
        if (e == NULL && str_is_empty(rows))
            e = err_new(w->a, ERR_INTERNAL, "missed my own row %d", id);
    }
    arena_free(a);
    return e;
}

static err *run_fibers(void *argument) {
    worker *k = argument;
    fiber_group group = {.loop = k->world.loop};
    for (int i = 0; i < FIBERS_EACH; i++)
        TRY(fiber_start(k->world.a, &group, write_some, k));
    return fiber_group_join(&group);
}

static void *run_worker(void *argument) {
    worker *k = argument;
    k->failure = database_world_run(&k->world, run_fibers, k);
    return NULL;
}

static void workers_share_one_writer(void **state) {
    database_world *w = *state;
    worker workers[2] = {0};
    for (int i = 0; i < 2; i++) {
        worker *k = &workers[i];
        k->first_id = i * WRITES_EACH;
        k->world = *w;
        k->world.a = arena_new();
        k->world.loop = loop_new();
        expect_ok(database_session_open(k->world.a, w->database, k->world.loop,
                                        &k->world.session));
    }
    for (int i = 0; i < 2; i++)
        pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]);
    for (int i = 0; i < 2; i++) {
        worker *k = &workers[i];
        pthread_join(k->thread, NULL);
        expect_ok(k->failure);
        database_session_close(k->world.session);
        loop_free(k->world.loop);
        arena_free(k->world.a);
    }
    expect_str(database_world_ask(w, "SELECT count(*) FROM Child"), STR("600"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WRITER_TEST(a_broken_constraint_is_its_own_affair),
        WRITER_TEST(an_aborted_bulk_insert_is_its_own_affair),
        WRITER_TEST(a_deferred_foreign_key_is_its_own_affair),
        WRITER_TEST(a_table_changed_while_served_hurts_nobody_else),
        WRITER_TEST(a_trigger_that_rolls_back_hurts_nobody_else),
        WRITER_TEST(a_statement_out_of_time_hurts_nobody_else),
        WRITER_TEST(a_database_locked_for_long_is_busy),
        WRITER_TEST(check_says_whether_it_can_write),
        WRITER_TEST(workers_share_one_writer),
        WRITER_TEST(a_file_that_is_gone_is_not_written_to),
        WRITER_TEST(a_log_that_is_gone_is_not_written_to),
        WRITER_TEST(a_full_disk_is_everybodys_and_passes),
        WRITER_TEST(after_an_error_from_commit_nobody_knows),
        WRITER_TEST(a_passing_write_error_never_acknowledges_a_lost_row),
    };
    if (crash_vfs_register() != SQLITE_OK)
        return 1;
    return cmocka_run_group_tests_name("database/sqlite/lite_writer", tests,
                                       NULL, NULL);
}
