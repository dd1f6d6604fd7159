#include "database/postgres/pg_role_grant.h"

#include "database/postgres/pg_catalog.h"
#include "database/postgres/pg_role.h"
#include "database/sql.h"

typedef struct granting {
    arena *a;
    pg_connection *c;
    const pg_role_place *place;
    buf *report;
    str user;
    str database;
    bool may_make_roles;
} granting;

/* ---- Statements --------------------------------------------------------- */

static err *ask(const granting *g, const char *sql, const str *parameters,
                size_t count, pg_rows *out) {
    return pg_connection_query(g->a, g->c, str_of(sql), parameters, count, out);
}

static err *run(const granting *g, str sql) {
    return pg_connection_run(g->a, g->c, STR(""), sql);
}

static bool is_true(const pg_rows *rows, size_t row, size_t column) {
    return str_equal(pg_rows_cell(rows, row, column), STR("t"));
}

static str quoted(const granting *g, str name) {
    CLEANUP(buf_free) buf out = buf_new(1024);
    sql_write_name(&out, name);
    return arena_copy(g->a, buf_str(&out));
}

static err *look_around(granting *g) {
    pg_rows rows;
    TRY(ask(g,
            "SELECT current_user, current_database(), rolcreaterole OR rolsuper"
            " FROM pg_roles WHERE rolname = current_user",
            NULL, 0, &rows));
    g->user = pg_rows_cell(&rows, 0, 0);
    g->database = pg_rows_cell(&rows, 0, 1);
    g->may_make_roles = is_true(&rows, 0, 2);
    return NULL;
}

/* ---- The roles ---------------------------------------------------------- */

static err *make_role(const granting *g, str role, pg_path path) {
    CLEANUP(buf_free) buf sql = buf_new(4096);
    buf_append(&sql, STR("CREATE ROLE "));
    sql_write_name(&sql, role);
    buf_append(&sql, STR(" NOLOGIN;COMMENT ON ROLE "));
    sql_write_name(&sql, role);
    buf_append(&sql, STR(" IS "));
    sql_write_text(&sql, pg_role_mark(g->a, g->database, path));
    TRY(run(g, buf_str(&sql)));
    buf_printf(g->report, "made the role \"%.*s\"\n", STR_ARG(role));
    return NULL;
}

static err *is_there(const granting *g, str role, bool *out) {
    pg_rows rows;
    TRY(ask(g, "SELECT 1 FROM pg_roles WHERE rolname = $1", &role, 1, &rows));
    *out = rows.row_count > 0;
    return NULL;
}

/* Since PostgreSQL 16 a role's maker may only give it away: it takes it, too.
 * Who is no superuser and was not told so cannot switch to it. */
static const char MEMBERS[] =
    "SELECT format('GRANT %I TO %I', r.rolname, u.rolname)"
    " FROM pg_roles r, pg_roles u WHERE r.rolname = $1 AND u.rolname = $2"
    " AND r.oid <> u.oid AND NOT pg_has_role(u.oid, r.oid,"
    "  CASE WHEN current_setting('server_version_num')::int >= 160000"
    "  THEN 'SET' ELSE 'MEMBER' END)";

/* Not being allowed to is no failure: whoever made the role can grant it. */
static err *add_member(const granting *g, str role, str user) {
    const str parameters[] = {role, user};
    pg_rows rows;
    TRY(ask(g, MEMBERS, parameters, LENGTH(parameters), &rows));
    if (rows.row_count == 0)
        return NULL;
    TRY(run(g, STR("SAVEPOINT tenon_member")));
    err *e = run(g, pg_rows_cell(&rows, 0, 0));
    if (e == NULL)
        return run(g, STR("RELEASE SAVEPOINT tenon_member"));
    if (e->code != ERR_DENIED)
        return e;
    buf_printf(g->report,
               "warning: somebody who may must run %.*s: \"%.*s\" may not\n",
               STR_ARG(pg_rows_cell(&rows, 0, 0)), STR_ARG(g->user));
    return run(g, STR("ROLLBACK TO SAVEPOINT tenon_member"));
}

/* ---- What a role may ---------------------------------------------------- */

/* $1 the schemas, $2 who, $3 whether it writes. Each row is a GRANT that is
 * missing and that this user may make. */
#define MISSING_USAGE                                                          \
    "WITH place AS (SELECT * FROM pg_namespace"                                \
    " WHERE nspname = ANY ($1::text[])), who AS (SELECT oid, rolname"          \
    " FROM pg_roles WHERE rolname = $2)"                                       \
    " SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, rolname)"       \
    " FROM place, who WHERE NOT has_schema_privilege(who.oid, place.oid,"      \
    " 'USAGE') AND has_schema_privilege(place.oid, 'USAGE WITH GRANT OPTION')"

static const char MISSING[] = MISSING_USAGE
    " UNION ALL"
    " SELECT format('GRANT %s %s TO %I', CASE WHEN c.relkind = 'S'"
    "  THEN 'USAGE, SELECT ON SEQUENCE' WHEN $3 AND c.relkind <> 'm'"
    "  THEN 'SELECT, INSERT, UPDATE, DELETE ON TABLE'"
    "  ELSE 'SELECT ON TABLE' END, format('%I.%I', nspname, relname), rolname)"
    " FROM pg_class c JOIN place ON place.oid = c.relnamespace, who"
    " WHERE pg_has_role(c.relowner, 'USAGE') AND CASE WHEN c.relkind = 'S'"
    "  THEN $3 AND NOT (has_sequence_privilege(who.oid, c.oid, 'USAGE')"
    "   AND has_sequence_privilege(who.oid, c.oid, 'SELECT'))"
    "  WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    "  THEN NOT has_table_privilege(who.oid, c.oid, 'SELECT')"
    "   OR $3 AND c.relkind <> 'm' AND NOT ("
    "    has_table_privilege(who.oid, c.oid, 'INSERT')"
    "    AND has_table_privilege(who.oid, c.oid, 'UPDATE')"
    "    AND has_table_privilege(who.oid, c.oid, 'DELETE')) END"
    " UNION ALL"
    " SELECT format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT %s TO %I',"
    "  nspname, later.rights, rolname) FROM place, who, (VALUES"
    "  ('r'::\"char\", 'SELECT ON TABLES', '{SELECT}'::text[], NOT $3),"
    "  ('r', 'SELECT, INSERT, UPDATE, DELETE ON TABLES',"
    "   '{SELECT,INSERT,UPDATE,DELETE}', $3),"
    "  ('S', 'USAGE, SELECT ON SEQUENCES', '{USAGE,SELECT}', $3))"
    "  AS later(kind, rights, names, is_for)"
    " WHERE later.is_for AND has_schema_privilege(place.oid, 'USAGE')"
    " AND EXISTS (SELECT FROM unnest(later.names) AS name WHERE name NOT IN"
    "  (SELECT a.privilege_type FROM pg_default_acl d, aclexplode(d.defaclacl)"
    "  AS a WHERE d.defaclrole = (SELECT oid FROM pg_roles"
    "  WHERE rolname = current_user) AND d.defaclnamespace = place.oid"
    "  AND d.defaclobjtype = later.kind AND a.grantee = who.oid))";

static const char CLOSED[] =
    "SELECT format('%I', nspname) FROM pg_namespace"
    " WHERE nspname = ANY ($1::text[])"
    " AND NOT has_schema_privilege($2::name, oid, 'USAGE')"
    " AND $3::bool IS NOT NULL";

static const char OTHERS[] =
    "SELECT count(*), min(format('%I.%I', n.nspname, c.relname))"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm')"
    " AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT ("
    "  has_table_privilege($2::name, c.oid, 'SELECT') AND (NOT $3"
    "  OR has_table_privilege($2::name, c.oid, 'INSERT')))";

static err *run_all(const granting *g, const pg_rows *statements) {
    for (size_t i = 0; i < statements->row_count; i++)
        TRY(run(g, pg_rows_cell(statements, i, 0)));
    return NULL;
}

static err *tell_closed(const granting *g, const str *parameters) {
    pg_rows rows;
    TRY(ask(g, CLOSED, parameters, 3, &rows));
    for (size_t i = 0; i < rows.row_count; i++)
        buf_printf(
            g->report,
            "warning: %.*s may not use the schema %.*s: its owner has to "
            "grant that\n",
            STR_ARG(quoted(g, parameters[1])),
            STR_ARG(pg_rows_cell(&rows, i, 0)));
    return NULL;
}

/* To call a function takes the right to use its schema; the function's own is
 * everybody's, unless somebody took it away. */
static err *grant_called(const granting *g, str who) {
    const str parameters[] = {
        pg_catalog_array(g->a, g->place->called, g->place->called_count), who,
        STR("false")};
    pg_rows rows;
    if (g->place->called_count == 0)
        return NULL;
    TRY(ask(g, MISSING_USAGE, parameters, 2, &rows));
    TRY(run_all(g, &rows));
    return tell_closed(g, parameters);
}

/* Tables of other owners are theirs to grant; that is told. */
static err *grant(const granting *g, str who, bool is_writer) {
    const str parameters[] = {
        pg_catalog_array(g->a, g->place->schemas, g->place->schema_count), who,
        is_writer ? STR("true") : STR("false")};
    pg_rows rows;
    TRY(ask(g, MISSING, parameters, LENGTH(parameters), &rows));
    TRY(run_all(g, &rows));
    TRY(tell_closed(g, parameters));
    TRY(grant_called(g, who));
    TRY(ask(g, OTHERS, parameters, LENGTH(parameters), &rows));
    if (str_equal(pg_rows_cell(&rows, 0, 0), STR("0")))
        return NULL;
    buf_printf(g->report,
               "warning: %.*s has not all rights on %.*s table%s of other "
               "owners, such as %.*s: they have to grant them\n",
               STR_ARG(quoted(g, who)), STR_ARG(pg_rows_cell(&rows, 0, 0)),
               str_equal(pg_rows_cell(&rows, 0, 0), STR("1")) ? "" : "s",
               STR_ARG(pg_rows_cell(&rows, 0, 1)));
    return NULL;
}

/* ---- The whole ---------------------------------------------------------- */

static bool has_reader(const granting *g) {
    return !str_is_empty(g->place->reader) &&
           !str_equal(g->place->reader, g->user);
}

/* Could not be made, or is somebody else's. */
static void warn(const granting *g, str role, bool exists) {
    if (exists)
        buf_printf(g->report,
                   "warning: the role \"%.*s\" is there and not Tenon's, so it "
                   "is left alone and not used\n",
                   STR_ARG(role));
    else
        buf_printf(g->report,
                   "warning: the role \"%.*s\" is not made, because \"%.*s\" "
                   "lacks CREATEROLE\n",
                   STR_ARG(role), STR_ARG(g->user));
}

static err *prepare(const granting *g, pg_path path, bool *is_usable) {
    str role = pg_role_name(g->a, g->database, path);
    bool exists = false;
    TRY(is_there(g, role, &exists));
    if (!exists && g->may_make_roles)
        TRY(make_role(g, role, path));
    TRY(pg_role_is_ours(g->a, g->c, g->database, path, is_usable));
    bool is_needed = path == PG_PATH_WRITE || !has_reader(g);
    if (!*is_usable && (exists || is_needed))
        warn(g, role, exists);
    if (!*is_usable)
        return NULL;
    TRY(add_member(g, role, g->user));
    return grant(g, role, path == PG_PATH_WRITE);
}

static void tell_loss(const granting *g, const bool *is_usable) {
    if (!is_usable[PG_PATH_WRITE])
        buf_printf(g->report,
                   "  writes have all rights of \"%.*s\", also to change "
                   "tables\n",
                   STR_ARG(g->user));
    if (!is_usable[PG_PATH_READ] && !has_reader(g))
        buf_printf(g->report,
                   "  reads have all rights of \"%.*s\", also to write; name "
                   "another user for them with DATABASE_READ_URL\n",
                   STR_ARG(g->user));
}

static err *prepare_all(granting *g) {
    bool is_usable[PG_PATH_COUNT] = {false};
    bool reader_exists = false;
    TRY(look_around(g));
    TRY(prepare(g, PG_PATH_WRITE, &is_usable[PG_PATH_WRITE]));
    TRY(prepare(g, PG_PATH_READ, &is_usable[PG_PATH_READ]));
    tell_loss(g, is_usable);
    if (!has_reader(g))
        return NULL;
    TRY(is_there(g, g->place->reader, &reader_exists));
    if (!reader_exists)
        return NULL; /* it cannot log in either, and serve will say so */
    if (is_usable[PG_PATH_READ])
        return add_member(g, pg_role_name(g->a, g->database, PG_PATH_READ),
                          g->place->reader);
    return grant(g, g->place->reader, false);
}

err *pg_role_prepare(arena *a, pg_connection *c, const pg_role_place *place,
                     buf *report) {
    granting g = {.a = a, .c = c, .place = place, .report = report};
    size_t told = report->len;
    TRY(pg_connection_begin(a, c));
    err *e = prepare_all(&g);
    if (e == NULL)
        e = pg_connection_commit(a, c);
    if (e == NULL)
        return NULL;
    pg_connection_rollback(c);
    report->len = told;
    return err_wrap(a, e, "preparing the database's roles");
}
