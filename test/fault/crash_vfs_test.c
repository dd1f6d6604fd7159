#include "test/support/crash_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/test.h"

/* Each test gets a folder of its own, the current one while it runs. */
static char folder[64];

static int folder_setup(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/crash_vfs_XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(crash_vfs_register(), SQLITE_OK);
    return 0;
}

static int folder_teardown(void **state) {
    (void)state;
    memset(crash_vfs_faults(), 0, sizeof(crash_faults));
    assert_int_equal(chdir("/"), 0);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static int run_code(sqlite3 *db, const char *sql) {
    sqlite3_exec(db, sql, NULL, NULL, NULL);
    return sqlite3_extended_errcode(db);
}

static int number_of(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static sqlite3 *open_database(const char *vfs) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2("a.db", &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     vfs),
                     SQLITE_OK);
    return db;
}

static void create_table(void) {
    sqlite3 *db = open_database("unix");
    run(db, "pragma journal_mode = wal");
    run(db, "create table t (x)");
    sqlite3_close(db);
}

/* Lets another process write and be killed; says how many rows are left. */
static int rows_after_kill(const char *pragma, const char *sql) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        sqlite3 *db = open_database(NULL);
        run(db, pragma);
        run(db, sql);
        raise(SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    sqlite3 *db = open_database("unix");
    int rows = number_of(db, "select count(*) from t");
    sqlite3_close(db);
    return rows;
}

static const char TEN_COMMITS[] =
    "insert into t values (1); insert into t values (2);"
    "insert into t values (3); insert into t values (4);"
    "insert into t values (5); insert into t values (6);"
    "insert into t values (7); insert into t values (8);"
    "insert into t values (9); insert into t values (10);";

static void a_kill_loses_nothing_with_synchronous_full(void **state) {
    (void)state;
    create_table();
    assert_int_equal(rows_after_kill("pragma synchronous = full", TEN_COMMITS),
                     10);
}

static void a_kill_loses_what_was_not_synced(void **state) {
    (void)state;
    create_table();
    assert_int_equal(
        rows_after_kill("pragma synchronous = normal", TEN_COMMITS), 0);
    assert_int_equal(rows_after_kill("pragma synchronous = off", TEN_COMMITS),
                     0);
}

static void a_rollback_journal_works_as_well(void **state) {
    (void)state;
    create_table();
    assert_int_equal(rows_after_kill("pragma journal_mode = delete; "
                                     "pragma synchronous = full",
                                     TEN_COMMITS),
                     10);
    sqlite3 *db = open_database("unix");
    assert_int_equal(run_code(db, "pragma integrity_check"), SQLITE_OK);
    sqlite3_close(db);
}

static void a_checkpoint_is_on_disk_before_the_wal_starts_over(void **state) {
    (void)state;
    create_table();
    assert_int_equal(
        rows_after_kill("pragma synchronous = full",
                        "insert into t values (1);"
                        "pragma wal_checkpoint(restart);"
                        "insert into t values (2);"
                        "pragma wal_checkpoint(truncate);"
                        "insert into t values (zeroblob(100000));"),
        3);
}

static void connections_of_the_process_see_what_is_not_synced(void **state) {
    (void)state;
    create_table();
    sqlite3 *writer = open_database(NULL);
    sqlite3 *reader = open_database(NULL);
    run(writer, "pragma synchronous = off");
    run(writer, TEN_COMMITS);
    assert_int_equal(number_of(reader, "select count(*) from t"), 10);
    struct stat wal;
    assert_int_equal(stat("a.db-wal", &wal), 0);
    assert_int_equal(wal.st_size, 0);
    sqlite3 *late = open_database(NULL);
    assert_int_equal(number_of(late, "select count(*) from t"), 10);
    sqlite3_close(late);
    sqlite3_close(reader);
    sqlite3_close(writer);
}

static void memory_mapped_reads_are_off(void **state) {
    (void)state;
    sqlite3 *db = open_database(NULL);
    assert_int_equal(number_of(db, "pragma mmap_size = 1000000"), 0);
    sqlite3_close(db);
}

static void a_full_disk_fails_writes_until_there_is_room(void **state) {
    (void)state;
    create_table();
    sqlite3 *db = open_database(NULL);
    crash_faults *faults = crash_vfs_faults();
    faults->write_count = -1;
    faults->write_error = SQLITE_FULL;
    assert_int_equal(run_code(db, "insert into t values (1)"), SQLITE_FULL);
    assert_int_equal(run_code(db, "insert into t values (1)"), SQLITE_FULL);
    assert_int_equal(faults->delivered, 2);
    faults->write_error = 0;
    run(db, "insert into t values (2)");
    assert_int_equal(number_of(db, "select count(*) from t"), 1);
    sqlite3_close(db);
}

static void faults_can_skip_some_and_hit_some_files(void **state) {
    (void)state;
    create_table();
    sqlite3 *db = open_database(NULL);
    run(db, "pragma synchronous = full");
    crash_faults *faults = crash_vfs_faults();
    faults->files = CRASH_DATABASE;
    faults->sync_count = 1;
    faults->sync_error = SQLITE_IOERR_FSYNC;
    run(db, "insert into t values (1)");
    assert_int_equal(run_code(db, "pragma wal_checkpoint(restart)"),
                     SQLITE_IOERR_FSYNC);
    run(db, "pragma wal_checkpoint(restart)");

    faults->files = CRASH_WAL;
    faults->write_count = 1;
    faults->write_skip = 2;
    faults->write_error = SQLITE_IOERR_WRITE;
    assert_int_equal(run_code(db, "insert into t values (zeroblob(100000))"),
                     SQLITE_IOERR_WRITE);
    run(db, "insert into t values (2)");
    assert_int_equal(number_of(db, "select count(*) from t"), 2);
    sqlite3_close(db);
}

/* ---- the file against an array of bytes -------------------------------- */

enum { MODEL_MAX = 64 * 1024, MODEL_STEPS = 4000 };

typedef struct bytes_model {
    unsigned char now[MODEL_MAX];
    unsigned char synced[MODEL_MAX];
    sqlite3_int64 size;
    sqlite3_int64 synced_size;
} bytes_model;

static sqlite3_file *open_file(void) {
    sqlite3_vfs *vfs = sqlite3_vfs_find("crash");
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(file);
    /* SQLite asks for room behind a name, where it keeps parameters. */
    static char path[128];
    memset(path, 0, sizeof path);
    snprintf(path, sizeof path - 4, "%s/model.db", folder);
    assert_int_equal(vfs->xOpen(vfs, path, file,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                    SQLITE_OPEN_MAIN_DB,
                                NULL),
                     SQLITE_OK);
    return file;
}

static void model_write(bytes_model *m, sqlite3_file *file) {
    static unsigned char bytes[12000];
    int n = 1 + rand() % (int)sizeof bytes;
    int at = rand() % (MODEL_MAX - n);
    memset(bytes, 1 + rand() % 255, (size_t)n);
    assert_int_equal(file->pMethods->xWrite(file, bytes, n, at), SQLITE_OK);
    memcpy(m->now + at, bytes, (size_t)n);
    if (m->size < at + n)
        m->size = at + n;
}

static void model_truncate(bytes_model *m, sqlite3_file *file) {
    int size = rand() % MODEL_MAX;
    assert_int_equal(file->pMethods->xTruncate(file, size), SQLITE_OK);
    memset(m->now + size, 0, (size_t)(MODEL_MAX - size));
    m->size = size;
}

static void model_sync(bytes_model *m, sqlite3_file *file) {
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL),
                     SQLITE_OK);
    memcpy(m->synced, m->now, MODEL_MAX);
    m->synced_size = m->size;
}

static void expect_process_view(const bytes_model *m, sqlite3_file *file) {
    static unsigned char got[MODEL_MAX];
    sqlite3_int64 size = -1;
    assert_int_equal(file->pMethods->xFileSize(file, &size), SQLITE_OK);
    assert_int_equal(size, m->size);
    int at = rand() % MODEL_MAX;
    int rc = file->pMethods->xRead(file, got, MODEL_MAX - at, at);
    assert_int_equal(rc, m->size == MODEL_MAX ? SQLITE_OK
                                              : SQLITE_IOERR_SHORT_READ);
    assert_memory_equal(got, m->now + at, (size_t)(MODEL_MAX - at));
}

static void expect_real_file(const bytes_model *m) {
    static unsigned char got[MODEL_MAX];
    memset(got, 0, sizeof got);
    int fd = open("model.db", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, got, sizeof got), m->synced_size);
    close(fd);
    assert_memory_equal(got, m->synced, sizeof got);
}

static void the_file_is_as_of_the_last_sync_and_we_see_the_rest(void **state) {
    (void)state;
    static bytes_model m;
    sqlite3_file *file = open_file();
    srand(1);
    for (int step = 0; step < MODEL_STEPS; step++) {
        switch (rand() % 8) {
        case 0:
            model_sync(&m, file);
            break;
        case 1:
            model_truncate(&m, file);
            break;
        default:
            model_write(&m, file);
        }
        expect_process_view(&m, file);
        expect_real_file(&m);
    }
    file->pMethods->xClose(file);
    free(file);
}

#define IN_FOLDER(fn)                                                          \
    cmocka_unit_test_setup_teardown(fn, folder_setup, folder_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_kill_loses_nothing_with_synchronous_full),
        IN_FOLDER(a_kill_loses_what_was_not_synced),
        IN_FOLDER(a_rollback_journal_works_as_well),
        IN_FOLDER(a_checkpoint_is_on_disk_before_the_wal_starts_over),
        IN_FOLDER(connections_of_the_process_see_what_is_not_synced),
        IN_FOLDER(memory_mapped_reads_are_off),
        IN_FOLDER(a_full_disk_fails_writes_until_there_is_room),
        IN_FOLDER(faults_can_skip_some_and_hit_some_files),
        IN_FOLDER(the_file_is_as_of_the_last_sync_and_we_see_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
