/*
 * What SQLite alone costs: the statements of the bench in bare loops, without
 * a server around them.
 *
 *     bench_sqlite fill DATABASE ROWS       fills the table item
 *     bench_sqlite measure DATABASE MILLIS  prints JSON, operations per second
 *
 * The rows depend on nothing but their number. Measuring inserts rows, so give
 * it a copy.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 8, LIST_ROWS = 20 };

static const char INSERT[] =
    "INSERT INTO item (user_id, title, note, price, quantity, active,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)";

static void check(sqlite3 *db, int rc) {
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
        return;
    fprintf(stderr, "bench_sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(sqlite3 *db, const char *sql) {
    check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *s = NULL;
    check(db,
          sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL));
    return s;
}

static sqlite3 *open_database(const char *path) {
    sqlite3 *db = NULL;
    check(db,
          sqlite3_open_v2(path, &db,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    run(db, "PRAGMA journal_mode = WAL");
    run(db, "PRAGMA synchronous = FULL");
    run(db, "PRAGMA mmap_size = 1073741824");
    return db;
}

/* splitmix64: the same rows on every machine. */
static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static unsigned take(uint64_t *left, unsigned below) {
    unsigned digit = (unsigned)(*left % below);
    *left /= below;
    return digit;
}

static void insert_row(sqlite3 *db, sqlite3_stmt *s, uint64_t *random) {
    uint64_t r = next_random(random);
    uint64_t left = r;
    char title[64];
    char note[64];
    char created[40];
    snprintf(title, sizeof title, "Item %" PRIu64 " of a list", r % 1000000);
    snprintf(note, sizeof note, "A note of some length about %" PRIx64, r);
    snprintf(created, sizeof created,
             "2025-%02u-%02uT%02u:%02u:%02u.%03u+00:00", take(&left, 12) + 1,
             take(&left, 28) + 1, take(&left, 24), take(&left, 60),
             take(&left, 60), take(&left, 1000));
    sqlite3_bind_int64(s, 1, (sqlite3_int64)(r % 10000) + 1);
    sqlite3_bind_text(s, 2, title, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, note, -1, SQLITE_STATIC);
    sqlite3_bind_double(s, 4, (double)(r >> 20 & 0xffff) / 100.0);
    sqlite3_bind_int64(s, 5, (sqlite3_int64)(r >> 12 & 1023));
    sqlite3_bind_int(s, 6, (int)(r & 1));
    sqlite3_bind_text(s, 7, created, -1, SQLITE_STATIC);
    check(db, sqlite3_step(s));
    check(db, sqlite3_reset(s));
}

static int fill(const char *path, long rows) {
    sqlite3 *db = open_database(path);
    uint64_t random = 1;
    sqlite3_stmt *s = prepare(db, INSERT);
    run(db, "BEGIN");
    for (long i = 0; i < rows; i++)
        insert_row(db, s, &random);
    run(db, "COMMIT");
    sqlite3_finalize(s);
    run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    run(db, "PRAGMA optimize");
    check(db, sqlite3_close(db));
    return 0;
}

/* ---- measuring --------------------------------------------------------- */

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

typedef struct measurement {
    sqlite3 *db;
    sqlite3_stmt *statement;
    uint64_t random;
    sqlite3_int64 rows;
    int batch;
    size_t seen; /* bytes read, so that nothing is optimised away */
} measurement;

/* Reads every column as a server would have to. */
static void take_row(measurement *m) {
    for (int i = 0; i < COLUMNS; i++) {
        if (sqlite3_column_type(m->statement, i) == SQLITE_TEXT) {
            m->seen +=
                strlen((const char *)sqlite3_column_text(m->statement, i));
        } else {
            m->seen += (size_t)sqlite3_column_int64(m->statement, i);
        }
    }
}

static void read_some(measurement *m) {
    sqlite3_int64 id =
        (sqlite3_int64)(next_random(&m->random) % (uint64_t)m->rows) + 1;
    sqlite3_bind_int64(m->statement, 1, id);
    while (sqlite3_step(m->statement) == SQLITE_ROW)
        take_row(m);
    check(m->db, sqlite3_reset(m->statement));
}

static void insert_some(measurement *m) {
    run(m->db, "BEGIN IMMEDIATE");
    for (int i = 0; i < m->batch; i++)
        insert_row(m->db, m->statement, &m->random);
    run(m->db, "COMMIT");
}

static double per_second(measurement *m, void step(measurement *),
                         int64_t millis) {
    int64_t start = now_ns();
    int64_t end = start + millis * 1000000;
    int64_t now = start;
    double steps = 0;
    while (now < end) {
        for (int i = 0; i < 8; i++)
            step(m);
        steps += 8;
        now = now_ns();
    }
    return steps * 1e9 / (double)(now - start);
}

static double measure_reads(sqlite3 *db, const char *sql, sqlite3_int64 rows,
                            int64_t millis) {
    measurement m = {
        .db = db, .statement = prepare(db, sql), .random = 7, .rows = rows};
    double rate = per_second(&m, read_some, millis);
    sqlite3_finalize(m.statement);
    return m.seen > 0 ? rate : 0;
}

static double measure_inserts(sqlite3 *db, int batch, int64_t millis) {
    measurement m = {.db = db,
                     .statement = prepare(db, INSERT),
                     .random = (uint64_t)batch,
                     .batch = batch};
    double rate = per_second(&m, insert_some, millis) * batch;
    sqlite3_finalize(m.statement);
    return rate;
}

static sqlite3_int64 count_rows(sqlite3 *db) {
    sqlite3_stmt *s = prepare(db, "SELECT max(id) FROM item");
    check(db, sqlite3_step(s));
    sqlite3_int64 rows = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return rows;
}

static int measure(const char *path, int64_t millis) {
    static const char point[] = "SELECT * FROM item WHERE id = ?";
    static const char list[] =
        "SELECT * FROM item WHERE id > ? ORDER BY id LIMIT 20";
    sqlite3 *db = open_database(path);
    sqlite3_int64 rows = count_rows(db);
    double point_alone = measure_reads(db, point, rows, millis);
    run(db, "BEGIN");
    double point_in_txn = measure_reads(db, point, rows, millis);
    double list_in_txn = measure_reads(db, list, rows - LIST_ROWS, millis);
    run(db, "COMMIT");
    printf("{\"point autocommit\":%.0f,\"point in transaction\":%.0f,"
           "\"list of 20\":%.0f",
           point_alone, point_in_txn, list_in_txn);
    static const int batches[] = {1, 8, 64};
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
        printf(",\"insert FULL, %d per commit\":%.0f", batches[i],
               measure_inserts(db, batches[i], millis));
    puts("}");
    sqlite3_close(db);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "fill") == 0)
        return fill(argv[2], strtol(argv[3], NULL, 10));
    if (argc == 4 && strcmp(argv[1], "measure") == 0)
        return measure(argv[2], strtol(argv[3], NULL, 10));
    fputs("usage: bench_sqlite fill|measure DATABASE ROWS|MILLIS\n", stderr);
    return 2;
}
