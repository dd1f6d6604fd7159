#include "database/postgres/pg_role_setting.h"

#include <inttypes.h>

#include "base/ascii.h"
#include "base/real.h"

/* Those of this database come last, and so count. A setting that the server
 * does not know is one of the application's. */
static const char SETTINGS[] =
    "SELECT r.rolname, g.name, g.value"
    " FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
    " CROSS JOIN LATERAL (SELECT split_part(x, '=', 1) AS name,"
    " substr(x, strpos(x, '=') + 1) AS value FROM unnest(s.setconfig) x) g"
    " LEFT JOIN pg_settings p ON lower(p.name) = lower(g.name)"
    " WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database"
    " WHERE datname = current_database()))"
    " AND pg_has_role(r.oid, 'MEMBER')"
    " AND coalesce(p.context = 'user', g.name LIKE '%.%')"
    " AND lower(g.name) NOT IN ('search_path', 'role', 'client_encoding')"
    " ORDER BY s.setdatabase, r.rolname, g.name";

enum { SETTING_ROLE, SETTING_NAME, SETTING_VALUE };

/* ---- Times --------------------------------------------------------------- */

static const struct unit {
    str name;
    double ms;
} UNITS[] = {
    {STR_INIT(""), 1},        {STR_INIT("us"), 0.001}, {STR_INIT("ms"), 1},
    {STR_INIT("s"), 1000},    {STR_INIT("min"), 60e3}, {STR_INIT("h"), 3600e3},
    {STR_INIT("d"), 86400e3},
};

/* PostgreSQL 15 manual, 20.1.1: "1.5s", "200 ms". None at all is 0. */
static bool is_shorter(str text, int64_t limit_ms) {
    size_t end = 0;
    double number;
    text = str_trim(text);
    while (end < text.len &&
           (ascii_is_digit(text.ptr[end]) || text.ptr[end] == '.'))
        end++;
    str unit = str_trim(str_slice(text, end, text.len));
    if (!real_parse(str_slice(text, 0, end), &number))
        return false;
    for (size_t i = 0; i < LENGTH(UNITS); i++) {
        double ms = number * UNITS[i].ms;
        if (str_equal(unit, UNITS[i].name))
            return ms >= 1 && ms < (double)limit_ms;
    }
    return false;
}

/* Who waits for an answer gives up at the limit, and what the server goes on
 * with then takes a connection that is nobody's. */
static str bounded(arena *a, str name, str text, int64_t limit_ms) {
    if (!str_equal_ignoring_case(name, STR("statement_timeout")) ||
        is_shorter(text, limit_ms))
        return text;
    return arena_printf(a, "%" PRId64, limit_ms);
}

/* ---- All ----------------------------------------------------------------- */

static scope_settings *settings_of(arena *a, map *all, str role) {
    scope_settings *found = map_find(all, role);
    if (found != NULL)
        return found;
    found = arena_new_array(a, scope_settings, 1);
    map_add(all, role, found);
    return found;
}

err *pg_role_setting_read(arena *a, pg_connection *c, int64_t limit_ms,
                          const map **out) {
    map *all = map_new(a);
    pg_rows rows;
    TRY(pg_connection_query(a, c, str_of(SETTINGS), NULL, 0, &rows));
    for (size_t i = 0; i < rows.row_count; i++) {
        scope_settings *of =
            settings_of(a, all, pg_rows_cell(&rows, i, SETTING_ROLE));
        str name = pg_rows_cell(&rows, i, SETTING_NAME);
        str text = pg_rows_cell(&rows, i, SETTING_VALUE);
        scope_setting made = {name, bounded(a, name, text, limit_ms)};
        scope_setting *items = arena_new_array(a, scope_setting, of->count + 1);
        if (of->count > 0)
            memcpy(items, of->items, of->count * sizeof *items);
        items[of->count++] = made;
        of->items = items;
    }
    *out = all;
    return NULL;
}
