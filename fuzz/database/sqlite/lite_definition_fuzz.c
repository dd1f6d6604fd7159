/*
 * Reads any bytes as the text of a CREATE TABLE. What SQLite itself takes for
 * one must be understood, with as many columns and foreign keys as SQLite
 * sees.
 */
#include <stdint.h>

#include <sqlite3.h>

#include "base/assert.h"
#include "database/sqlite/lite_catalog.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_definition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(arena *a, sqlite3 *db, const lite_object *o) {
    lite_definition d;
    lite_table t;
    if (lite_table_read(a, db, o->name, &t) != NULL)
        return; /* a generated column may name what is not there */
    ASSERT(lite_definition_read(a, o->sql, &d));
    ASSERT(d.column_count == t.column_count);
    ASSERT(d.foreign_key_count == t.foreign_key_count);
    for (size_t i = 0; i < d.column_count; i++)
        ASSERT(str_equal(d.columns[i].name, t.columns[i].name));
}

static bool is_virtual(str sql) {
    /* "CREATE VIRTUAL" */
    return sql.len > 8 &&
           str_equal_ignoring_case(str_slice(sql, 7, 8), STR("V"));
}

static void ask_sqlite(arena *a, const char *sql) {
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    lite_catalog catalog;
    ASSERT(sqlite3_open(":memory:", &db) == SQLITE_OK);
    (void)sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (lite_catalog_read(a, db, &catalog) != NULL)
        return;
    for (size_t i = 0; i < catalog.object_count; i++) {
        const lite_object *o = &catalog.objects[i];
        if (str_equal(o->type, STR("table")) && !is_virtual(o->sql))
            compare(a, db, o);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const char *)data, size};
    lite_definition ignored;
    (void)lite_definition_read(a, text, &ignored);
    if (str_starts_with(text, STR("CREATE TABLE ")))
        ask_sqlite(a, arena_cstr(a, text));
    return 0;
}
