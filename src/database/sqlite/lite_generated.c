#include "database/sqlite/lite_generated.h"

#include <sqlite3.h>

#include "base/assert.h"
#include "base/timestamp.h"
#include "database/sql.h"
#include "database/structure_spelling.h"

/* For DateTime columns. */
static const struct {
    str sql;
    str ours;
} MOMENTS[] = {
    {STR_INIT("now()"), STR_INIT("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")},
    {STR_INIT("current_timestamp"),
     STR_INIT("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")},
    {STR_INIT("clock_timestamp()"),
     STR_INIT("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")},
    {STR_INIT("current_date"),
     STR_INIT("strftime('%Y-%m-%dT00:00:00.000+00:00', 'now')")},
};

static bool find_moment(arena *a, str sql, str *out) {
    for (size_t i = 0; i < LENGTH(MOMENTS); i++)
        if (structure_is_same_sql(a, sql, MOMENTS[i].sql)) {
            *out = MOMENTS[i].ours;
            return true;
        }
    return false;
}

/* A text as a column of dates stores it. */
static bool read_datetime(arena *a, str text, str *out) {
    timestamp t = {0};
    if (timestamp_parse(a, text, &t) != NULL)
        return false;
    char canonical[TIMESTAMP_LENGTH];
    timestamp_format(t, canonical);
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    sql_write_text(&sql, (str){canonical, sizeof canonical});
    *out = arena_copy(a, buf_str(&sql));
    return true;
}

/* Does SQLite know all functions and operators in it, and no column? */
static bool is_understood(arena *a, str sql) {
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) !=
        SQLITE_OK)
        PANIC("out of memory");
    str select = arena_printf(a, "SELECT (%.*s)", STR_ARG(sql));
    sqlite3_stmt *statement = NULL;
    int rc =
        sqlite3_prepare_v2(db, select.ptr, (int)select.len, &statement, NULL);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return rc == SQLITE_OK;
}

/* '{}' is a list to PostgreSQL, 't' a Boolean, '\x00' bytes. */
static bool can_be_text(const field *f) {
    return !f->is_list && f->scalar != SCALAR_BOOLEAN &&
           f->scalar != SCALAR_BYTES;
}

bool lite_generated_default(arena *a, const field *f, str *out) {
    str sql = f->default_value.text;
    if (str_is_empty(sql))
        return false;
    str text;
    bool is_text = structure_is_text(a, sql, &text);
    if (f->kind == FIELD_SCALAR && f->scalar == SCALAR_DATETIME && !f->is_list)
        return is_text ? read_datetime(a, text, out) : find_moment(a, sql, out);
    if (is_text && !can_be_text(f))
        return false;
    if (is_text) {
        CLEANUP(buf_free) buf quoted = buf_new(SQL_MAX);
        sql_write_text(&quoted, text);
        *out = arena_copy(a, buf_str(&quoted));
        return true;
    }
    *out = sql;
    return !f->is_list && is_understood(a, sql);
}
