#include "database/sqlite/lite_statement.h"

#include "base/assert.h"
#include "database/sqlite/lite_error.h"

err *lite_prepare(arena *a, sqlite3 *db, str sql, unsigned flags,
                  sqlite3_stmt **out) {
    ASSERT(sql.len < INT_MAX);
    return lite_check(
        a, db, sqlite3_prepare_v3(db, sql.ptr, (int)sql.len, flags, out, NULL));
}

void lite_finalize(sqlite3_stmt **statement) {
    sqlite3_finalize(*statement);
    *statement = NULL;
}

int lite_bind_text(sqlite3_stmt *statement, int at, str text) {
    return sqlite3_bind_text64(statement, at, text.ptr != NULL ? text.ptr : "",
                               text.len, SQLITE_STATIC, SQLITE_UTF8);
}

int lite_bind_bytes(sqlite3_stmt *statement, int at, str bytes) {
    return sqlite3_bind_blob64(statement, at,
                               bytes.ptr != NULL ? bytes.ptr : "", bytes.len,
                               SQLITE_STATIC);
}

sqlite3_value *lite_cell(sqlite3_stmt *statement, int column) {
    return sqlite3_column_value(statement, column);
}

/* The length is valid only after the pointer was asked for. */
str lite_value_text(sqlite3_value *cell) {
    const unsigned char *text = sqlite3_value_text(cell);
    if (text == NULL)
        return (str){0};
    return (str){(const char *)text, (size_t)sqlite3_value_bytes(cell)};
}

str lite_value_bytes(sqlite3_value *cell) {
    const void *bytes = sqlite3_value_blob(cell);
    if (bytes == NULL)
        return (str){0};
    return (str){bytes, (size_t)sqlite3_value_bytes(cell)};
}

value lite_value_raw(sqlite3_value *cell) {
    switch (sqlite3_value_type(cell)) {
    case SQLITE_INTEGER:
        return (value){.kind = VALUE_INT, .integer = sqlite3_value_int64(cell)};
    case SQLITE_FLOAT:
        return (value){.kind = VALUE_FLOAT, .real = sqlite3_value_double(cell)};
    case SQLITE_TEXT:
        return (value){.kind = VALUE_TEXT, .text = lite_value_text(cell)};
    case SQLITE_BLOB:
        return (value){.kind = VALUE_BYTES, .text = lite_value_bytes(cell)};
    default:
        return (value){.kind = VALUE_NULL};
    }
}

int lite_bind_raw(sqlite3_stmt *statement, int at, value v) {
    switch (v.kind) {
    case VALUE_INT:
        return sqlite3_bind_int64(statement, at, v.integer);
    case VALUE_FLOAT:
        return sqlite3_bind_double(statement, at, v.real);
    case VALUE_TEXT:
        return lite_bind_text(statement, at, v.text);
    case VALUE_BYTES:
        return lite_bind_bytes(statement, at, v.text);
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
    case VALUE_BOOL:
        break;
    }
    return sqlite3_bind_null(statement, at);
}

void lite_result_text(sqlite3_context *c, str text) {
    sqlite3_result_text64(c, text.ptr != NULL ? text.ptr : "", text.len,
                          SQLITE_TRANSIENT, SQLITE_UTF8);
}

str lite_column_text(sqlite3_stmt *statement, int column) {
    return lite_value_text(lite_cell(statement, column));
}

err *lite_run(arena *a, sqlite3 *db, const char *sql) {
    return lite_check(a, db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}
