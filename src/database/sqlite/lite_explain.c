#include "database/sqlite/lite_explain.h"

#include "base/json.h"
#include "database/sqlite/lite_statement.h"

enum { PLAN_MAX = 1024 * 1024, MAX_DEPTH = 64 };

enum { COLUMN_ID, COLUMN_PARENT, COLUMN_UNUSED, COLUMN_DETAIL };

/* The nodes between the root and the present one. */
typedef struct path {
    int64_t ids[MAX_DEPTH];
    size_t depth;
} path;

/* Nodes come with their parents before them. */
static void go_below(path *p, int64_t parent) {
    while (p->depth > 0 && p->ids[p->depth - 1] != parent)
        p->depth--;
}

static void write_line(buf *out, path *p, sqlite3_stmt *row) {
    go_below(p, sqlite3_column_int64(row, COLUMN_PARENT));
    buf_append_char(out, '\n');
    for (size_t i = 0; i < p->depth; i++)
        buf_append(out, STR("   "));
    buf_append(out, STR("`--"));
    buf_append(out, lite_column_text(row, COLUMN_DETAIL));
    if (p->depth < MAX_DEPTH)
        p->ids[p->depth++] = sqlite3_column_int64(row, COLUMN_ID);
}

static void write_node(buf *out, sqlite3_stmt *row) {
    buf_append(out, out->len > 1 ? STR(",") : STR(""));
    buf_append(out, STR("{\"id\":"));
    buf_append_int(out, sqlite3_column_int64(row, COLUMN_ID));
    buf_append(out, STR(",\"parent\":"));
    buf_append_int(out, sqlite3_column_int64(row, COLUMN_PARENT));
    buf_append(out, STR(",\"detail\":"));
    json_write_string(out, lite_column_text(row, COLUMN_DETAIL));
    buf_append_char(out, '}');
}

int lite_explain(arena *a, sqlite3_stmt *statement, bool is_json, str *out) {
    CLEANUP(buf_free) buf text = buf_new(PLAN_MAX);
    path p = {.depth = 0};
    int rc;
    buf_append(&text, is_json ? STR("[") : STR("QUERY PLAN"));
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        if (is_json)
            write_node(&text, statement);
        else
            write_line(&text, &p, statement);
    }
    buf_append(&text, is_json ? STR("]") : STR(""));
    *out = arena_copy(a, buf_str(&text));
    return rc;
}
