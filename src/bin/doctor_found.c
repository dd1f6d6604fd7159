/* doctor_found.c: a PostgreSQL database that is served as it is found, for its
 * own roles. */
#include "bin/doctor.h"

#include "bin/serve_schema.h"
#include "database/postgres/pg_catalog.h"

static str anonymous_role(const doctor *d) {
    str role = config_text(d->config, CONFIG_ANON_ROLE);
    return str_equal(role, STR("none")) ? (str){0} : role;
}

static err *load(doctor *d, doctor_finding *out) {
    const schema *s;
    TRY(serve_schema_load(d->command, &s));
    d->schema = s;
    out->sentence =
        arena_printf(d->arena, "%zu table%s and views, %zu function%s",
                     s->model_count, s->model_count == 1 ? "" : "s",
                     s->function_count, s->function_count == 1 ? "" : "s");
    if (s->model_count + s->function_count > 0)
        return NULL;
    out->level = DOCTOR_WARNING;
    out->advice = STR("--expose names the schemas of the database that are "
                      "served");
    return NULL;
}

/* ---- Roles and tokens ---------------------------------------------------- */

static const char ROLE[] =
    "SELECT r.rolsuper OR r.rolbypassrls, pg_has_role(current_user, r.oid,"
    "  CASE WHEN current_setting('server_version_num')::int >= 160000"
    "  THEN 'SET' ELSE 'MEMBER' END),"
    " format('GRANT %I TO %I', r.rolname, current_user)"
    " FROM pg_roles r WHERE r.rolname = $1";

static err *look_at_role(doctor *d, doctor_finding *out) {
    pg_rows rows;
    str role = anonymous_role(d);
    if (str_is_empty(role)) {
        out->level = DOCTOR_NOTE;
        out->sentence = STR("none: requests without a token are refused");
        return NULL;
    }
    TRY(doctor_ask(d, ROLE, &role, 1, &rows));
    out->sentence = role;
    if (rows.row_count == 0)
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = arena_printf(d->arena, "there is no role \"%.*s\"",
                                     STR_ARG(role)),
            .advice = STR("CREATE ROLE ... NOLOGIN, or name another one with "
                          "--anon-role"),
        };
    else if (!doctor_flag(&rows, 1))
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = arena_printf(d->arena,
                                     "the user of DATABASE_URL cannot switch "
                                     "to \"%.*s\"",
                                     STR_ARG(role)),
            .advice = doctor_cell(&rows, 2),
        };
    else if (doctor_flag(&rows, 0))
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = arena_printf(d->arena,
                                     "no row level security holds for "
                                     "\"%.*s\"",
                                     STR_ARG(role)),
            .advice = STR("ALTER ROLE ... NOSUPERUSER NOBYPASSRLS"),
        };
    return NULL;
}

static err *look_at_tokens(doctor *d, doctor_finding *out) {
    bool has_keys =
        !str_equal(config_text(d->config, CONFIG_JWT_SECRET), STR("none"));
    out->sentence = STR("they are verified");
    if (has_keys)
        return NULL;
    bool is_open = !str_is_empty(anonymous_role(d));
    *out = (doctor_finding){
        .level = is_open ? DOCTOR_NOTE : DOCTOR_WRONG,
        .sentence = is_open ? STR("none can be verified: everybody is "
                                  "anonymous")
                            : STR("none can be verified, and there is no "
                                  "anonymous role: nobody can ask"),
        .advice = STR("TENON_JWT_SECRET is what tokens are signed with"),
    };
    return NULL;
}

/* ---- What is open -------------------------------------------------------- */

/* Reads through row level security or around it are told apart. */
static const char OPEN[] =
    "SELECT string_agg(format('%I.%I', n.nspname, c.relname)"
    "  || CASE WHEN may.write THEN ' (to write to as well)' ELSE '' END,"
    "  chr(10) ORDER BY n.nspname, c.relname),"
    " coalesce(bool_or(may.write), false)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
    " LATERAL (SELECT has_table_privilege($2::name, c.oid,"
    "  'INSERT, UPDATE, DELETE') AS write) AS may"
    " WHERE n.nspname = ANY ($1::text[]) AND NOT c.relrowsecurity"
    " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition"
    " AND has_schema_privilege($2::name, n.oid, 'USAGE')"
    " AND (may.write OR has_table_privilege($2::name, c.oid, 'SELECT'))";

static err *look_at_open(doctor *d, doctor_finding *out) {
    pg_rows rows;
    str role = anonymous_role(d);
    const datasource *place = &d->schema->datasource;
    out->sentence = STR("nothing without row level security");
    if (str_is_empty(role))
        return NULL;
    const str parameters[] = {
        pg_catalog_array(d->arena, place->schemas, place->schema_count), role};
    TRY(doctor_ask(d, OPEN, parameters, LENGTH(parameters), &rows));
    if (pg_is_null(doctor_cell(&rows, 0)))
        return NULL;
    *out = (doctor_finding){
        .level = doctor_flag(&rows, 1) ? DOCTOR_WARNING : DOCTOR_NOTE,
        .sentence =
            arena_printf(d->arena, "without row level security \"%.*s\" reads",
                         STR_ARG(role)),
        .details = doctor_cell(&rows, 0),
        .advice = STR("see that each of them is meant to be open to everybody; "
                      "else REVOKE, or ALTER TABLE ... ENABLE ROW LEVEL "
                      "SECURITY"),
    };
    return NULL;
}

enum { OF_FOUND = DOCTOR_IS_FOUND | DOCTOR_HAS_DATABASE };

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("exposed schemas"),
     .about = STR_INIT("they are there, with tables"),
     .when = OF_FOUND,
     .run = load},
    {.name = STR_INIT("anonymous role"),
     .about = STR_INIT("it is there, and harmless"),
     .when = OF_FOUND | DOCTOR_ON_POSTGRESQL,
     .run = look_at_role},
    {.name = STR_INIT("tokens"),
     .about = STR_INIT("they can be verified"),
     .when = DOCTOR_IS_FOUND,
     .run = look_at_tokens},
    {.name = STR_INIT("open tables"),
     .about =
         STR_INIT("what the anonymous role has without row level security"),
     .when = OF_FOUND | DOCTOR_ON_POSTGRESQL | DOCTOR_HAS_SCHEMA,
     .run = look_at_open},
};

const doctor_group DOCTOR_FOUND = {STR_INIT("as found"), CHECKS,
                                   LENGTH(CHECKS)};
