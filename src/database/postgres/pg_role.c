#include "database/postgres/pg_role.h"

#include "base/sha256.h"
#include "base/utf8.h"
#include "database/postgres/pg_guard.h"
#include "database/sql.h"
#include "schema/naming.h"

static const struct path {
    str suffix;
    str verb;
} PATHS[PG_PATH_COUNT] = {
    [PG_PATH_WRITE] = {STR_INIT("_tenon_read_write"), STR_INIT("read write")},
    [PG_PATH_READ] = {STR_INIT("_tenon_read_only"), STR_INIT("read only")},
};

/* ---- Names -------------------------------------------------------------- */

/* A cut prefix is longer than any whole one, so the two kinds never meet; the
 * hash keeps two cut ones apart. */
enum {
    MAX_PREFIX = NAMING_POSTGRESQL_LIMIT - (int)sizeof("_tenon_read_write") + 1,
    HASH_DIGITS = 12,
    MAX_CUT = MAX_PREFIX - HASH_DIGITS - 1,
    MAX_WHOLE = MAX_CUT - UTF8_MAX_BYTES + HASH_DIGITS + 1,
};

static str prefix_of(arena *a, str database) {
    if (database.len <= MAX_WHOLE)
        return database;
    size_t end = MAX_CUT;
    while (end > 0 && utf8_is_tail((unsigned char)database.ptr[end]))
        end--;
    str hash = sha256_hex(a, database);
    return arena_printf(a, "%.*s_%.*s", STR_ARG(str_slice(database, 0, end)),
                        STR_ARG(str_slice(hash, 0, HASH_DIGITS)));
}

str pg_role_name(arena *a, str database, pg_path path) {
    str prefix = prefix_of(a, database);
    return arena_printf(a, "%.*s%.*s", STR_ARG(prefix),
                        STR_ARG(PATHS[path].suffix));
}

str pg_role_mark(arena *a, str database, pg_path path) {
    return arena_printf(a, "tenon: %.*s, database %.*s",
                        STR_ARG(PATHS[path].verb), STR_ARG(database));
}

/* ---- Choosing ----------------------------------------------------------- */

/* Of the role r, whose mark is $2. */
#define IS_OURS_SQL                                                            \
    "coalesce(shobj_description(r.oid, 'pg_authid') = $2"                      \
    " AND NOT (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole"                \
    " OR r.rolcreatedb OR r.rolreplication OR r.rolcanlogin), false)"

/* A role that was given more than we give is not the one that we mean. Since
 * PostgreSQL 16 a member may be one who cannot switch. A user of whom no table
 * can be written with may not own one either. */
static const char LOOK[] =
    "SELECT current_user, r.oid IS NOT NULL, " IS_OURS_SQL ","
    " coalesce(pg_has_role(current_user, r.oid,"
    "  CASE WHEN current_setting('server_version_num')::int >= 160000"
    "  THEN 'SET' ELSE 'MEMBER' END), false),"
    " EXISTS (SELECT FROM pg_class c JOIN pg_namespace n"
    "  ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
    "  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    "  AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))"
    " OR u.rolsuper OR u.rolcreaterole"
    " FROM pg_roles u LEFT JOIN pg_roles r ON r.rolname = $1"
    " WHERE u.rolname = current_user";

enum { USER, IS_THERE, IS_OURS, CAN_SWITCH, CAN_WRITE };

static err *ask_database(arena *a, pg_connection *c, str *out) {
    pg_rows rows;
    TRY(pg_connection_query(a, c, STR("SELECT current_database()"), NULL, 0,
                            &rows));
    *out = pg_rows_cell(&rows, 0, 0);
    return NULL;
}

static bool is_true(const pg_rows *rows, size_t column) {
    return str_equal(pg_rows_cell(rows, 0, column), STR("t"));
}

err *pg_role_is_ours(arena *a, pg_connection *c, str database, pg_path path,
                     bool *out) {
    const str parameters[] = {pg_role_name(a, database, path),
                              pg_role_mark(a, database, path)};
    pg_rows rows;
    TRY(pg_connection_query(
        a, c,
        STR("SELECT " IS_OURS_SQL " FROM pg_roles r WHERE r.rolname = $1"),
        parameters, LENGTH(parameters), &rows));
    *out = rows.row_count > 0 && is_true(&rows, 0);
    return NULL;
}

static str why_not(arena *a, const pg_rows *rows, str role, pg_path path) {
    const char *is = is_true(rows, IS_OURS) ? "may not be switched to"
                     : is_true(rows, IS_THERE)
                         ? "is not Tenon's, or has more rights than Tenon gives"
                         : "is missing";
    const char *lost =
        path == PG_PATH_READ
            ? "a read that goes wrong could write"
            : "a write that goes wrong could do all that the user may";
    return arena_printf(a, "the role \"%.*s\" %s: %s as \"%.*s\", so %s",
                        STR_ARG(role), is,
                        path == PG_PATH_READ ? "reading" : "writing",
                        STR_ARG(pg_rows_cell(rows, 0, USER)), lost);
}

err *pg_role_choose(arena *a, pg_connection *c, pg_path path,
                    pg_role_choice *out) {
    str database = {0};
    pg_rows rows;
    *out = (pg_role_choice){0};
    TRY(ask_database(a, c, &database));
    str role = pg_role_name(a, database, path);
    const str parameters[] = {role, pg_role_mark(a, database, path)};
    TRY(pg_connection_query(a, c, str_of(LOOK), parameters, LENGTH(parameters),
                            &rows));
    if (is_true(&rows, IS_OURS) && is_true(&rows, CAN_SWITCH))
        out->role = role;
    else if (path == PG_PATH_WRITE || is_true(&rows, CAN_WRITE))
        out->why = why_not(a, &rows, role, path);
    return NULL;
}

/* ---- A connection ------------------------------------------------------- */

str pg_role_session_sql(arena *a, const pg_role_choice *choice, pg_path path,
                        str own_schema) {
    CLEANUP(buf_free) buf sql = buf_new(4096);
    buf_append(&sql, STR("SET search_path = "));
    sql_write_name(&sql, own_schema);
    if (path == PG_PATH_READ)
        buf_append(&sql, STR(";SET default_transaction_read_only = on"));
    else
        buf_append(&sql, STR(";" PG_GUARD_SESSION));
    buf_append(&sql, STR(";SET ROLE "));
    if (str_is_empty(choice->role))
        buf_append(&sql, STR("NONE"));
    else
        sql_write_name(&sql, choice->role);
    return arena_copy(a, buf_str(&sql));
}
