/* What the writer's VFS makes of writes to the log, over one that counts and
 * refuses them. */
#include "database/sqlite/lite_gather.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "test/support/test.h"

/* ---- A VFS below -------------------------------------------------------- */

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    sqlite3_io_methods methods; /* of logs */
    const sqlite3_io_methods *below;
    int log_writes;
    bool refuses;
} under;

static int count_write(sqlite3_file *file, const void *from, int n,
                       sqlite3_int64 at) {
    under.log_writes++;
    return under.refuses ? SQLITE_IOERR_WRITE
                         : under.below->xWrite(file, from, n, at);
}

static int open_counting(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
                         int flags, int *out_flags) {
    (void)vfs;
    int rc = under.real->xOpen(under.real, path, file, flags, out_flags);
    if (rc == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
        under.below = file->pMethods;
        under.methods = *file->pMethods;
        under.methods.xWrite = count_write;
        file->pMethods = &under.methods;
    }
    return rc;
}

static void register_below(void) {
    under.real = sqlite3_vfs_find(NULL);
    under.vfs = *under.real;
    under.vfs.zName = "counting";
    under.vfs.xOpen = open_counting;
    under.vfs.pNext = NULL;
    assert_int_equal(sqlite3_vfs_register(&under.vfs, 1), SQLITE_OK);
    assert_int_equal(lite_gather_register(), SQLITE_OK);
    assert_int_equal(sqlite3_vfs_register(under.real, 1), SQLITE_OK);
}

/* ---- Databases ---------------------------------------------------------- */

enum { PATH_SIZE = 64 };

typedef struct world {
    char folder[PATH_SIZE];
    char path[PATH_SIZE + 8];
    sqlite3 *writer;
    sqlite3 *reader;
} world;

static int run(sqlite3 *db, const char *sql) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static void run_well(sqlite3 *db, const char *sql) {
    if (run(db, sql) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *row = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    int n = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    return n;
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    strcpy(w->folder, "/tmp/tenon-gather-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/t.db", w->folder);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(
        sqlite3_open_v2(w->path, &w->writer, flags, LITE_GATHER_VFS),
        SQLITE_OK);
    run_well(w->writer, "PRAGMA journal_mode = WAL;"
                        "PRAGMA wal_autocheckpoint = 0;"
                        "PRAGMA synchronous = FULL;"
                        "CREATE TABLE t (id INTEGER PRIMARY KEY, x)");
    assert_int_equal(sqlite3_open_v2(w->path, &w->reader, flags, NULL),
                     SQLITE_OK);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    under.refuses = false;
    sqlite3_close(w->writer);
    sqlite3_close(w->reader);
    char command[2 * PATH_SIZE];
    snprintf(command, sizeof command, "rm -r %s", w->folder);
    int rc = system(command);
    free(w);
    return rc;
}

/* So many rows of a page each. */
static const char *const FILL =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < 600)"
    " INSERT INTO t (x) SELECT randomblob(3000) FROM n";

/* ---- Tests -------------------------------------------------------------- */

static void a_commit_of_many_pages_is_few_writes(void **state) {
    const world *w = *state;
    under.log_writes = 0;
    run_well(w->writer, FILL);
    assert_in_range(under.log_writes, 1, 60);
    assert_int_equal(number(w->reader, "SELECT count(*) FROM t"), 600);
    under.log_writes = 0;
    run_well(w->writer, "INSERT INTO t (x) VALUES (1)");
    assert_int_equal(under.log_writes, 1);
}

static void what_is_not_synced_is_written_before_anybody_looks(void **state) {
    const world *w = *state;
    run_well(w->writer, "PRAGMA synchronous = OFF");
    for (int i = 1; i <= 50; i++) {
        run_well(w->writer, "INSERT INTO t (x) VALUES (randomblob(9000))");
        assert_int_equal(number(w->reader, "SELECT count(*) FROM t"), i);
    }
    assert_int_equal(number(w->reader, "SELECT sum(length(x)) FROM t"),
                     50 * 9000);
}

static void a_transaction_reads_what_it_has_spilled(void **state) {
    const world *w = *state;
    run_well(w->writer, "PRAGMA cache_size = 10; BEGIN");
    run_well(w->writer, FILL);
    run_well(w->writer, "SAVEPOINT s; UPDATE t SET x = randomblob(3000);"
                        "DELETE FROM t WHERE id % 2 = 0");
    assert_int_equal(number(w->writer, "SELECT count(*) FROM t"), 300);
    assert_int_equal(number(w->reader, "SELECT count(*) FROM t"), 0);
    run_well(w->writer, "ROLLBACK TO s; UPDATE t SET x = id; COMMIT");
    assert_int_equal(number(w->reader, "SELECT sum(x) FROM t"), 300 * 601);
    run_well(w->reader, "PRAGMA wal_checkpoint(TRUNCATE)");
    run_well(w->writer, "INSERT INTO t (x) VALUES (1)");
    assert_int_equal(number(w->reader, "SELECT count(*) FROM t"), 601);
    assert_int_equal(number(w->reader, "SELECT count(*) FROM"
                                       " pragma_integrity_check"
                                       " WHERE integrity_check <> 'ok'"),
                     0);
}

static void what_cannot_be_written_is_not_committed(void **state) {
    const world *w = *state;
    run_well(w->writer, "INSERT INTO t (x) VALUES (1)");
    under.refuses = true;
    assert_int_equal(run(w->writer, "INSERT INTO t (x) VALUES (2)"),
                     SQLITE_IOERR);
    under.refuses = false;
    assert_int_equal(number(w->reader, "SELECT count(*) FROM t"), 1);
    run_well(w->writer, "INSERT INTO t (x) VALUES (3)");
    assert_int_equal(number(w->reader, "SELECT sum(x) FROM t"), 4);
}

static void what_is_closed_without_a_checkpoint_is_in_the_log(void **state) {
    world *w = *state;
    sqlite3_db_config(w->writer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    run_well(w->writer, "PRAGMA synchronous = OFF");
    run_well(w->writer, FILL);
    sqlite3_close(w->writer);
    w->writer = NULL;
    assert_int_equal(number(w->reader, "SELECT count(*) FROM t"), 600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_of_many_pages_is_few_writes,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_not_synced_is_written_before_anybody_looks, setup,
            teardown),
        cmocka_unit_test_setup_teardown(a_transaction_reads_what_it_has_spilled,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_not_committed,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            what_is_closed_without_a_checkpoint_is_in_the_log, setup, teardown),
    };
    register_below();
    return cmocka_run_group_tests_name("database/sqlite/lite_gather", tests,
                                       NULL, NULL);
}
