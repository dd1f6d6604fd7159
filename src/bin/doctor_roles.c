/* doctor_roles.c: as whom Tenon works in a PostgreSQL database, what guards it,
 * and what of it clients call. */
#include "bin/doctor.h"

#include "bin/serve_schema.h"
#include "database/postgres/pg_catalog.h"
#include "database/postgres/pg_guard.h"
#include "database/postgres/pg_role.h"
#include "schema/function.h"

/* ---- The users ----------------------------------------------------------- */

static err *look_at_user(doctor *d, doctor_finding *out) {
    pg_rows rows;
    TRY(doctor_ask(d,
                   "SELECT current_user, rolsuper FROM pg_roles"
                   " WHERE rolname = current_user",
                   NULL, 0, &rows));
    str user = doctor_cell(&rows, 0);
    out->sentence = user;
    if (!doctor_flag(&rows, 1))
        return NULL;
    *out = (doctor_finding){
        .level =
            command_is_production(d->command) ? DOCTOR_WARNING : DOCTOR_NOTE,
        .sentence = arena_printf(
            d->arena,
            "\"%.*s\" is a superuser: whoever has its password has "
            "the whole server",
            STR_ARG(user)),
        .advice = STR("make a user who owns the database, with CREATEROLE, "
                      "and name it in DATABASE_URL"),
    };
    return NULL;
}

static err *look_at_roles(doctor *d, doctor_finding *out) {
    pg_role_choice choices[PG_PATH_COUNT];
    str lines = {0};
    if (!config_is_on(d->config, CONFIG_DATABASE_ROLES)) {
        out->level = DOCTOR_NOTE;
        out->sentence = STR("not used (TENON_DATABASE_ROLES is off)");
        return NULL;
    }
    for (size_t i = 0; i < PG_PATH_COUNT; i++) {
        TRY(pg_role_choose(d->arena, d->postgres, (pg_path)i, &choices[i]));
        if (!str_is_empty(choices[i].why))
            lines = arena_printf(d->arena, "%.*s%s%.*s", STR_ARG(lines),
                                 str_is_empty(lines) ? "" : "\n",
                                 STR_ARG(choices[i].why));
    }
    out->sentence =
        arena_printf(d->arena, "writes as \"%.*s\", reads as \"%.*s\"",
                     STR_ARG(choices[PG_PATH_WRITE].role),
                     STR_ARG(choices[PG_PATH_READ].role));
    if (!str_is_empty(lines))
        *out = (doctor_finding){
            .level = DOCTOR_WARNING,
            .sentence = STR("reads and writes are not kept apart"),
            .details = lines,
            .advice = STR("tenon push or migrate deploy makes the roles, or "
                          "says why not; docs/engines.md has the SQL to make "
                          "them by hand"),
        };
    return NULL;
}

/* May it write to a table? */
static const char CAN_WRITE[] =
    "SELECT current_user, rolsuper OR EXISTS ("
    " SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema' AND has_table_privilege(c.oid,"
    " 'INSERT, UPDATE, DELETE, TRUNCATE')),"
    " current_database() FROM pg_roles WHERE rolname = current_user";

/* DATABASE_READ_URL: the same database, as somebody who cannot write. */
static err *look_at_reader(doctor *d, doctor_finding *out) {
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    pg_rows rows;
    str url = config_text(d->config, CONFIG_DATABASE_READ);
    if (str_equal(url, STR("same"))) {
        out->sentence = STR("the user of DATABASE_URL");
        return NULL;
    }
    TRY(pg_connection_open(d->arena, url, &c));
    TRY(pg_connection_query(d->arena, c, str_of(CAN_WRITE), NULL, 0, &rows));
    out->sentence = arena_printf(d->arena, "\"%.*s\", who cannot write",
                                 STR_ARG(doctor_cell(&rows, 0)));
    pg_role_choice choice = {0};
    if (config_is_on(d->config, CONFIG_DATABASE_ROLES))
        TRY(pg_role_choose(d->arena, c, PG_PATH_READ, &choice));
    if (!doctor_flag(&rows, 1) || !str_is_empty(choice.role))
        return NULL;
    *out = (doctor_finding){
        .level = DOCTOR_WARNING,
        .sentence =
            arena_printf(d->arena, "\"%.*s\", who may write to tables, too",
                         STR_ARG(doctor_cell(&rows, 0))),
        .advice = STR("take that right away: DATABASE_READ_URL is for a user "
                      "who may read and nothing else"),
    };
    return NULL;
}

/* ---- Guards -------------------------------------------------------------- */

static err *look_at_guards(doctor *d, doctor_finding *out) {
    pg_guard_state state = {0};
    str own = pg_connection_schema(d->postgres);
    const datasource *said = &d->schema->datasource;
    bool has_list = said->schema_count > 0;
    pg_guard_place place = {
        .schemas = has_list ? said->schemas : &own,
        .schema_count = has_list ? said->schema_count : 1,
        .schema = d->schema,
        .has_roles = config_is_on(d->config, CONFIG_DATABASE_ROLES),
    };
    if (!config_is_on(d->config, CONFIG_DATABASE_GUARDS)) {
        out->level = DOCTOR_NOTE;
        out->sentence = STR("not wanted (TENON_DATABASE_GUARDS is off)");
        return NULL;
    }
    TRY(pg_guard_look(d->arena, d->postgres, &place, &state));
    out->sentence = STR("changes behind Tenon's back are recorded");
    str advice = STR("tenon push or migrate deploy puts them up, or says why "
                     "not");
    if (!state.is_installed || !str_is_empty(state.unguarded))
        *out = (doctor_finding){
            .level = DOCTOR_WARNING,
            .sentence = state.is_installed
                            ? STR("tables without a guard: what others change "
                                  "in them is not recorded")
                            : STR("the guards are missing, or of another "
                                  "release"),
            .details = state.unguarded,
            .advice = advice,
        };
    else if (!state.has_event_trigger)
        *out = (doctor_finding){
            .level = DOCTOR_NOTE,
            .sentence = STR("a table that somebody makes is guarded from the "
                            "next push or deploy on: the event trigger needs "
                            "a superuser"),
        };
    return NULL;
}

/* ---- Functions of the database ------------------------------------------- */

/* The roles that cannot call a function there at all. */
static const char UNUSABLE[] =
    "SELECT string_agg(format('\"%s\" may not use the schema \"%s\"',"
    "  r.rolname, n.nspname), chr(10) ORDER BY r.rolname, n.nspname)"
    " FROM pg_roles r, pg_namespace n WHERE n.nspname = ANY ($1::text[])"
    " AND r.rolname = ANY ($2::text[])"
    " AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')";

static err *list_unusable(doctor *d, const protection *p, str *out) {
    pg_role_choice choices[PG_PATH_COUNT] = {0};
    str roles[PG_PATH_COUNT];
    pg_rows rows;
    for (size_t i = 0; i < PG_PATH_COUNT; i++) {
        if (p->has_roles)
            TRY(pg_role_choose(d->arena, d->postgres, (pg_path)i, &choices[i]));
        roles[i] = choices[i].role;
    }
    const str parameters[] = {
        pg_catalog_array(d->arena, p->called_schemas, p->called_schema_count),
        pg_catalog_array(d->arena, roles, PG_PATH_COUNT),
    };
    TRY(doctor_ask(d, UNUSABLE, parameters, LENGTH(parameters), &rows));
    *out = doctor_cell(&rows, 0);
    return NULL;
}

static str list_functions(arena *a, const schema *called) {
    doctor_names names = {0};
    for (size_t i = 0; i < called->function_count; i++) {
        const function *f = &called->functions[i];
        doctor_name(a, &names,
                    arena_printf(a, "%.*s.%.*s", STR_ARG(f->database_schema),
                                 STR_ARG(f->name)));
    }
    return doctor_names_text(a, &names);
}

static err *look_at_called(doctor *d, doctor_finding *out) {
    protection p = command_protection(d->command);
    const schema *called;
    str unusable;
    TRY(serve_schema_load_called(d->command, d->schema, &called));
    out->sentence = STR("none but those of the schema file");
    if (called == NULL)
        return NULL;
    TRY(list_unusable(d, &p, &unusable));
    if (!str_is_empty(unusable)) {
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = STR("they cannot be called"),
            .details = unusable,
            .advice = STR("tenon push or migrate deploy, with the same "
                          "TENON_EXPOSE_FUNCTIONS, grants it"),
        };
        return NULL;
    }
    *out = (doctor_finding){
        .level = DOCTOR_NOTE,
        .sentence = arena_printf(d->arena,
                                 "%zu of the database, which everybody may "
                                 "call",
                                 called->function_count),
        .details = list_functions(d->arena, called),
    };
    return NULL;
}

enum {
    OF_OWN = DOCTOR_ON_POSTGRESQL | DOCTOR_HAS_DATABASE | DOCTOR_HAS_FILE,
    OF_ANY = DOCTOR_ON_POSTGRESQL | DOCTOR_HAS_DATABASE,
};

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("user"),
     .about = STR_INIT("it has no more rights than it needs"),
     .when = OF_ANY,
     .run = look_at_user},
    {.name = STR_INIT("roles"),
     .about = STR_INIT("reads and writes are kept apart"),
     .when = OF_OWN,
     .run = look_at_roles},
    {.name = STR_INIT("reading user"),
     .about = STR_INIT("the user of DATABASE_READ_URL cannot write"),
     .when = OF_OWN,
     .run = look_at_reader,
     .remedy = STR_INIT("see that DATABASE_READ_URL is right")},
    {.name = STR_INIT("guards"),
     .about = STR_INIT("changes behind Tenon's back are recorded"),
     .when = OF_OWN | DOCTOR_HAS_SCHEMA,
     .run = look_at_guards},
    {.name = STR_INIT("exposed functions"),
     .about = STR_INIT("of the database, which of them clients can call"),
     .when = OF_OWN | DOCTOR_HAS_SCHEMA,
     .run = look_at_called,
     .remedy = STR_INIT("--expose-functions names schemas of the database")},
};

const doctor_group DOCTOR_ROLES = {STR_INIT("roles"), CHECKS, LENGTH(CHECKS)};
