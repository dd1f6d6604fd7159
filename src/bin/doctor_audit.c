/* doctor_audit.c: can the audit log be relied on? */
#include <inttypes.h>

#include "bin/doctor.h"
#include "database/audit_seal.h"
#include "database/postgres/pg_role.h"

static err *look_at_key(doctor *d, doctor_finding *out) {
    audit_key k;
    str path = config_text(d->config, CONFIG_AUDIT_KEY);
    TRY(audit_key_load(d->arena, path, &k));
    out->sentence = arena_printf(d->arena, "%.*s, which only its owner reads",
                                 STR_ARG(path));
    if (k.can_sign)
        return NULL;
    *out = (doctor_finding){
        .level =
            command_is_production(d->command) ? DOCTOR_WARNING : DOCTOR_NOTE,
        .sentence = arena_printf(d->arena,
                                 "there is no private key in %.*s: seals of "
                                 "the audit log are not signed",
                                 STR_ARG(path)),
        .advice = STR("tenon audit key makes one"),
    };
    return NULL;
}

static err *look_at_seals(doctor *d, doctor_finding *out) {
    audit_key k;
    audit_head head;
    audit_entry newest;
    audit_entry seal;
    bool is_there = true;
    TRY(audit_key_load(d->arena, config_text(d->config, CONFIG_AUDIT_KEY), &k));
    TRY(audit_head_load(d->arena, &k, &head));
    err *e = audit_entry_newest(d->arena, d->database, &newest, &seal);
    if (e != NULL && e->code != ERR_NOT_FOUND)
        return e;
    if (e == NULL)
        TRY(audit_seal_find_head(d->arena, d->database, &head, &is_there));
    if (!is_there || (e != NULL && head.number > 0)) {
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = arena_printf(d->arena,
                                     "seal %" PRId64 ", which was seen here, "
                                     "is gone: nothing is sealed any more",
                                     head.number),
            .advice = arena_printf(d->arena,
                                   "tenon audit verify says what is left; of "
                                   "a restored backup remove %.*s.head",
                                   STR_ARG(k.path)),
        };
        return NULL;
    }
    out->sentence =
        e != NULL || newest.number == 0
            ? STR("there are none yet")
            : arena_printf(d->arena, "%" PRId64 ", the last of %.*s",
                           newest.number, STR_ARG(newest.sealed_at));
    return NULL;
}

/* Who serves, where that is not the owner. */
static const char CAN_REWRITE[] =
    "SELECT string_agg(format('%I', c.relname), ', ' ORDER BY c.relname)"
    " FROM pg_class c WHERE c.relnamespace = to_regnamespace('tenon')"
    " AND c.relname IN ('audit_log', 'audit_seal', 'event')"
    " AND has_table_privilege($1, c.oid,"
    " 'INSERT, UPDATE, DELETE, TRUNCATE')";

static err *look_at_rights(doctor *d, doctor_finding *out) {
    pg_role_choice choice = {0};
    pg_rows rows;
    if (config_is_on(d->config, CONFIG_DATABASE_ROLES))
        TRY(pg_role_choose(d->arena, d->postgres, PG_PATH_WRITE, &choice));
    if (str_is_empty(choice.role)) {
        *out = (doctor_finding){
            .level = DOCTOR_NOTE,
            .sentence = STR("who serves owns the log, and may rewrite it"),
            .advice = STR("seals show it; roles of their own would keep it "
                          "from happening (docs/engines.md)"),
        };
        return NULL;
    }
    TRY(doctor_ask(d, CAN_REWRITE, &choice.role, 1, &rows));
    str tables = doctor_cell(&rows, 0);
    out->sentence = arena_printf(d->arena, "\"%.*s\" cannot rewrite the log",
                                 STR_ARG(choice.role));
    if (str_is_empty(tables))
        return NULL;
    *out = (doctor_finding){
        .level = DOCTOR_WRONG,
        .sentence = arena_printf(d->arena, "\"%.*s\" may write to %.*s",
                                 STR_ARG(choice.role), STR_ARG(tables)),
        .advice = arena_printf(d->arena,
                               "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "
                               "those tables of the schema tenon FROM \"%.*s\"",
                               STR_ARG(choice.role)),
    };
    return NULL;
}

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("audit key"),
     .about = STR_INIT("seals are signed, with a key that others cannot read"),
     .run = look_at_key},
    {.name = STR_INIT("audit seals"),
     .about = STR_INIT("those that were seen here are in the database"),
     .when = DOCTOR_HAS_DATABASE | DOCTOR_HAS_FILE,
     .run = look_at_seals},
    {.name = STR_INIT("audit rights"),
     .about = STR_INIT("who serves cannot rewrite the log"),
     .when = DOCTOR_ON_POSTGRESQL | DOCTOR_HAS_DATABASE | DOCTOR_HAS_FILE,
     .run = look_at_rights},
};

const doctor_group DOCTOR_AUDIT = {STR_INIT("audit"), CHECKS, LENGTH(CHECKS)};
