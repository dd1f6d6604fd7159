#include "database/postgres/pg_role_setting.h"

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

static scope_settings *settings_of(arena *a, map *all, str role) {
    scope_settings *found = map_find(all, role);
    if (found != NULL)
        return found;
    found = arena_new_array(a, scope_settings, 1);
    map_add(all, role, found);
    return found;
}

err *pg_role_setting_read(arena *a, pg_connection *c, const map **out) {
    map *all = map_new(a);
    pg_rows rows;
    TRY(pg_connection_query(a, c, str_of(SETTINGS), NULL, 0, &rows));
    for (size_t i = 0; i < rows.row_count; i++) {
        scope_settings *of =
            settings_of(a, all, pg_rows_cell(&rows, i, SETTING_ROLE));
        scope_setting made = {.name = pg_rows_cell(&rows, i, SETTING_NAME),
                              .value = pg_rows_cell(&rows, i, SETTING_VALUE)};
        scope_setting *items = arena_new_array(a, scope_setting, of->count + 1);
        if (of->count > 0)
            memcpy(items, of->items, of->count * sizeof *items);
        items[of->count++] = made;
        of->items = items;
    }
    *out = all;
    return NULL;
}
