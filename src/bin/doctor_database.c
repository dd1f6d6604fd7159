/* doctor_database.c: the database, whatever the engine: is it there, and is it
 * the one that the schema describes? */
#include "bin/doctor.h"

#include "bin/migrate.h"
#include "database/migrate/history.h"
#include "database/migrate/plan.h"
#include "database/postgres/pg_call_check.h"
#include "database/sqlite/lite_call.h"
#include "database/sqlite/lite_compare.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_file.h"

enum { OLDEST_POSTGRES = 140000, REPORT_MAX = 64 * 1024 };

/* ---- Reaching it --------------------------------------------------------- */

static err *hint_at_push(err *e) {
    if (e == NULL || e->code != ERR_NOT_FOUND || !str_is_empty(e->hint))
        return e;
    return err_with_hint(e, STR("tenon push makes it"));
}

static err *open_lite(doctor *d, str url, doctor_finding *out) {
    TRY(lite_file_locate(d->arena, url, &d->path));
    TRY(lite_connect(d->arena, d->path, LITE_READER, NULL, &d->lite));
    out->sentence = arena_printf(d->arena, "%.*s, by SQLite %s",
                                 STR_ARG(d->path), sqlite3_libversion());
    return NULL;
}

static err *open_postgres(doctor *d, str url, doctor_finding *out) {
    pg_rows rows;
    TRY(pg_connection_open(d->arena, url, &d->postgres));
    TRY(doctor_ask(d, "SELECT current_setting('server_version')", NULL, 0,
                   &rows));
    out->sentence = arena_printf(d->arena, "PostgreSQL %.*s at %.*s",
                                 STR_ARG(doctor_cell(&rows, 0)),
                                 STR_ARG(pg_connection_label(d->postgres)));
    if (pg_connection_version(d->postgres) < OLDEST_POSTGRES) {
        out->level = DOCTOR_WRONG;
        out->advice = STR("Tenon needs PostgreSQL 14 or later");
    }
    return NULL;
}

static err *reach(doctor *d, doctor_finding *out) {
    str url = config_text(d->config, CONFIG_DATABASE);
    CLEANUP(target_close) target *opened = NULL;
    TRY(hint_at_push(target_open(d->arena, url, TARGET_READ, &opened)));
    TRY(d->engine == ENGINE_SQLITE ? open_lite(d, url, out)
                                   : open_postgres(d, url, out));
    d->database = opened;
    opened = NULL;
    return NULL;
}

/* ---- Migrations ---------------------------------------------------------- */

static err *look_at_migrations(doctor *d, doctor_finding *out) {
    migration_list list;
    deployment had;
    str lines = {0};
    TRY(migrate_read(d->command, &list));
    TRY(deployment_read(d->arena, d->database, &list, &had));
    for (size_t i = 0; i < had.count; i++) {
        str state = migration_state_text(had.items[i].state);
        if (had.items[i].state != MIGRATION_APPLIED)
            lines = arena_printf(d->arena, "%.*s%s%.*s is %.*s", STR_ARG(lines),
                                 str_is_empty(lines) ? "" : "\n",
                                 STR_ARG(had.items[i].name), STR_ARG(state));
    }
    if (had.count == 0)
        out->sentence = STR("there are none: the database is pushed");
    else if (str_is_empty(lines))
        out->sentence =
            arena_printf(d->arena, "%zu, all of them applied", had.count);
    else
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = STR("the database has not had all of them"),
            .details = lines,
            .advice = STR("tenon migrate deploy applies what it lacks, tenon "
                          "migrate status tells more"),
        };
    return NULL;
}

/* ---- In step with the schema --------------------------------------------- */

static str differences_lite(arena *a, const lite_comparison *c) {
    str text = {0};
    for (size_t i = 0; i < c->difference_count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? "\n" : "",
                            STR_ARG(c->differences[i]));
    return text;
}

/* As `tenon serve` compares. */
static err *compare_lite(doctor *d, str *differences) {
    lite_comparison c;
    TRY(lite_compare(d->arena, d->lite, d->schema, &c));
    *differences = differences_lite(d->arena, &c);
    return NULL;
}

static err *compare_postgres(doctor *d, str *differences) {
    structure have;
    const schema *s = d->schema;
    const structure *want = structure_of_schema(d->arena, s);
    CLEANUP(buf_free) buf text = buf_new(REPORT_MAX);
    TRY(target_structure(d->arena, d->database, s->datasource.schemas,
                         s->datasource.schema_count, &have));
    TRY(target_settle(d->arena, d->database, &have, want, &want));
    const plan *p = plan_make(d->arena, &have, want, (plan_options){0});
    for (size_t i = 0; i < p->step_count; i++)
        buf_printf(&text, "%s%.*s", i > 0 ? "\n" : "",
                   STR_ARG(p->steps[i].title));
    *differences = arena_copy(d->arena, buf_str(&text));
    return NULL;
}

static err *compare(doctor *d, doctor_finding *out) {
    str differences = {0};
    history had;
    TRY(d->engine == ENGINE_SQLITE ? compare_lite(d, &differences)
                                   : compare_postgres(d, &differences));
    if (str_is_empty(differences)) {
        out->sentence = STR("the database is what the schema says");
        return NULL;
    }
    TRY(history_read(d->arena, d->database, &had));
    *out = (doctor_finding){
        .level = DOCTOR_WRONG,
        .sentence = STR("the database differs from the schema"),
        .details = differences,
        .advice = had.count > 0
                      ? STR("tenon migrate deploy applies the migrations that "
                            "it lacks; tenon migrate check tells what differs")
                      : STR("tenon push makes it equal"),
    };
    return NULL;
}

/* ---- Functions of the schema --------------------------------------------- */

static err *look_at_functions(doctor *d, doctor_finding *out) {
    size_t count = d->schema->function_count;
    TRY(d->engine == ENGINE_SQLITE
            ? lite_call_check_all(d->arena, d->lite, d->schema)
            : pg_call_check_all(d->arena, d->postgres, d->schema));
    out->sentence =
        count == 0
            ? STR("the schema has none")
            : arena_printf(d->arena, "%zu, which the database takes", count);
    return NULL;
}

enum {
    WITH_BOTH = DOCTOR_HAS_FILE | DOCTOR_HAS_SCHEMA | DOCTOR_HAS_DATABASE,
};

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("database"),
     .about = STR_INIT("it can be reached; the engine and its version"),
     .run = reach,
     .remedy =
         STR_INIT("see that the server runs and that DATABASE_URL is right")},
    {.name = STR_INIT("migrations"),
     .about = STR_INIT("all of them are applied"),
     .when = DOCTOR_HAS_FILE | DOCTOR_HAS_DATABASE,
     .run = look_at_migrations,
     .remedy = STR_INIT(
         "put the folder of migrations right: tenon migrate status tells "
         "more")},
    {.name = STR_INIT("structure"),
     .about = STR_INIT("the database is what the schema says"),
     .when = WITH_BOTH,
     .run = compare,
     .remedy = STR_INIT("tenon push makes it equal")},
    {.name = STR_INIT("functions"),
     .about = STR_INIT("the database takes the SQL of the schema's functions"),
     .when = WITH_BOTH,
     .run = look_at_functions,
     .remedy = STR_INIT("mend its @@sql in the schema file")},
};

const doctor_group DOCTOR_DATABASE = {STR_INIT("database"), CHECKS,
                                      LENGTH(CHECKS)};
