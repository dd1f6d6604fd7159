#include "database/migrate/history.h"

#include "base/clock.h"
#include "base/rand.h"
#include "base/timestamp.h"
#include "base/uuid.h"

/* By engine. What SQL the two share is written with TABLE for the name. */
static const str TABLES[] = {
    [ENGINE_SQLITE] = STR_INIT("\"tenon_migration\""),
    [ENGINE_POSTGRESQL] = STR_INIT("\"tenon\".\"migration\""),
};

static const str MAKE[] = {
    [ENGINE_SQLITE] =
        STR_INIT("CREATE TABLE IF NOT EXISTS \"tenon_migration\" (\n"
                 "    \"id\" TEXT NOT NULL PRIMARY KEY,\n"
                 "    \"name\" TEXT NOT NULL UNIQUE,\n"
                 "    \"checksum\" TEXT NOT NULL,\n"
                 "    \"started_at\" TEXT NOT NULL,\n"
                 "    \"finished_at\" TEXT,\n"
                 "    \"steps\" INTEGER NOT NULL,\n"
                 "    \"tool_version\" TEXT NOT NULL,\n"
                 "    \"log\" TEXT\n"
                 ") STRICT"),
    [ENGINE_POSTGRESQL] =
        STR_INIT("CREATE SCHEMA IF NOT EXISTS \"tenon\";\n"
                 "CREATE TABLE IF NOT EXISTS \"tenon\".\"migration\" (\n"
                 "    \"id\" uuid NOT NULL PRIMARY KEY,\n"
                 "    \"name\" text NOT NULL UNIQUE,\n"
                 "    \"checksum\" text NOT NULL,\n"
                 "    \"started_at\" timestamptz(3) NOT NULL,\n"
                 "    \"finished_at\" timestamptz(3),\n"
                 "    \"steps\" integer NOT NULL,\n"
                 "    \"tool_version\" text NOT NULL,\n"
                 "    \"log\" text\n"
                 ")"),
};

static const str LOOK[] = {
    [ENGINE_SQLITE] =
        STR_INIT("SELECT 1 FROM sqlite_schema WHERE name = 'tenon_migration'"),
    [ENGINE_POSTGRESQL] = STR_INIT(
        "SELECT 1 WHERE to_regclass('\"tenon\".\"migration\"') IS NOT NULL"),
};

static str now(arena *a) {
    char text[TIMESTAMP_LENGTH];
    timestamp_format((timestamp){clock_wall_ms(NULL)}, text);
    return arena_copy(a, (str){text, sizeof text});
}

static str new_id(arena *a) {
    rand_source random = rand_secure();
    uuid_sequence sequence = {0};
    char text[UUID_LENGTH];
    uuid_format(uuid_v7(&sequence, &random, clock_wall_ms(NULL)), text);
    return arena_copy(a, (str){text, sizeof text});
}

static err *exists(arena *a, target *t, bool *out) {
    target_rows rows;
    TRY(target_query(a, t, LOOK[target_engine(t)], NULL, 0, &rows));
    *out = rows.row_count > 0;
    return NULL;
}

err *history_prepare(arena *a, target *t) {
    bool is_there = false;
    TRY(exists(a, t, &is_there));
    return is_there ? NULL : target_run(a, t, (str){0}, MAKE[target_engine(t)]);
}

enum { NAME, CHECKSUM, STEPS, FINISHED_AT, LOG };

static history_entry entry_of(const target_rows *rows, size_t row) {
    history_entry e = {
        .name = target_cell(rows, row, NAME),
        .checksum = target_cell(rows, row, CHECKSUM),
        .finished_at = target_cell(rows, row, FINISHED_AT),
        .log = target_cell(rows, row, LOG),
    };
    e.is_finished = e.finished_at.ptr != NULL;
    (void)str_parse_int64(target_cell(rows, row, STEPS), &e.steps);
    return e;
}

err *history_read(arena *a, target *t, history *out) {
    target_rows rows;
    bool is_there = false;
    *out = (history){0};
    TRY(exists(a, t, &is_there));
    if (!is_there)
        return NULL;
    str table = TABLES[target_engine(t)];
    str sql = arena_printf(a,
                           "SELECT name, checksum, steps, finished_at, log"
                           " FROM %.*s",
                           STR_ARG(table));
    TRY(target_query(a, t, sql, NULL, 0, &rows));
    history_entry *entries = arena_new_array(a, history_entry, rows.row_count);
    for (size_t i = 0; i < rows.row_count; i++)
        entries[i] = entry_of(&rows, i);
    *out = (history){entries, rows.row_count};
    return NULL;
}

err *history_start(arena *a, target *t, const migration *m) {
    str table = TABLES[target_engine(t)];
    const str parameters[] = {new_id(a), m->name, m->checksum, now(a),
                              STR(TENON_VERSION)};
    target_rows rows;
    str sql = arena_printf(a,
                           "INSERT INTO %.*s (id, name, checksum, started_at,"
                           " steps, tool_version)"
                           " VALUES ($1, $2, $3, $4, 0, $5)",
                           STR_ARG(table));
    return target_query(a, t, sql, parameters, LENGTH(parameters), &rows);
}

err *history_step(arena *a, target *t, const migration *m, size_t steps,
                  bool is_finished) {
    str table = TABLES[target_engine(t)];
    const str parameters[] = {m->name, is_finished ? now(a) : (str){0},
                              m->checksum};
    target_rows rows;
    str sql = arena_printf(a,
                           "UPDATE %.*s SET steps = %zu, finished_at = $2,"
                           " checksum = $3, log = NULL WHERE name = $1",
                           STR_ARG(table), steps);
    return target_query(a, t, sql, parameters, LENGTH(parameters), &rows);
}

err *history_fail(arena *a, target *t, const migration *m, str log) {
    str table = TABLES[target_engine(t)];
    const str parameters[] = {m->name, log};
    target_rows rows;
    str sql = arena_printf(a, "UPDATE %.*s SET log = $2 WHERE name = $1",
                           STR_ARG(table));
    return target_query(a, t, sql, parameters, LENGTH(parameters), &rows);
}

const history_entry *history_find(const history *h, str name) {
    for (size_t i = 0; i < h->count; i++) {
        if (str_equal(h->entries[i].name, name))
            return &h->entries[i];
    }
    return NULL;
}
