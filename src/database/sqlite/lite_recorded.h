/*
 * lite_recorded.h: which tables' changes are recorded, and how their rows look
 * to the hook that sees them: by the position of a column in the table.
 */
#ifndef DATABASE_SQLITE_LITE_RECORDED_H
#define DATABASE_SQLITE_LITE_RECORDED_H

#include "base/map.h"
#include "database/row_json.h"
#include "database/sqlite/lite_form.h"

typedef struct lite_recorded_column {
    row_column json;
    lite_form form;
    bool is_redacted;
    bool is_hidden; /* a type that only the database knows: left out */
    /* What a null stands for where there can be none. ADD COLUMN writes no
     * rows: those that were there have the default, but SQLite (3.40) shows the
     * hook a null. */
    value missing;
} lite_recorded_column;

typedef struct lite_recorded_table {
    str table;
    str model; /* a table between two models has no other name */
    audit_mode mode;
    const lite_recorded_column *columns; /* by position */
    size_t column_count;
    const size_t *identity; /* positions */
    size_t identity_count;
} lite_recorded_table;

/* By the table's name; all of the schema's tables. Lives in keep. Blocks. */
fallible lite_recorded_list(arena *a, arena *keep, sqlite3 *db, const schema *s,
                            const lite_layout *layout, const map **out);

#endif
