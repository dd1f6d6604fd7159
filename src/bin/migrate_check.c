/*
 * migrate_check.c: `tenon migrate check`: do schema, migrations and database say
 * the same? For whatever checks a change before it is merged.
 */
#include "bin/migrate.h"
#include "database/migrate/proposal.h"

/* A line of the report; what is wrong makes the command fail. */
static void report(command_context *c, str what, bool is_fine, str sentence) {
    buf_printf(c->out, "%-10.*s %s: %.*s\n", STR_ARG(what),
               is_fine ? "ok" : "NOT OK", STR_ARG(sentence));
    if (!is_fine)
        c->exit_code = 1;
}

/* ---- Migrations and schema -----------------------------------------------*/

static void report_plan(command_context *c, const proposal *p) {
    size_t count = p->migrations.count;
    bool is_fine = plan_is_empty(p->plan);
    str how = p->is_recalled ? STR(", going by the newest one's schema.prisma")
                             : STR("");
    const char *verb = count == 1 ? (is_fine ? "leads" : "does not lead")
                                  : (is_fine ? "lead" : "do not lead");
    str sentence =
        arena_printf(c->arena, "%zu migration%s %s to the schema%.*s", count,
                     count == 1 ? "" : "s", verb, STR_ARG(how));
    report(c, engine_kind_name(p->engine), is_fine, sentence);
    rehearsal_print_difference(c->out, p->plan);
}

static err *check_engine(command_context *c, proposal *p) {
    err *e = proposal_make(c->arena, p);
    proposal_close(p);
    if (e != NULL) {
        CLEANUP(buf_free) buf text = buf_new(64 * 1024);
        err_print(&text, e);
        report(c, engine_kind_name(p->engine), false, buf_str(&text));
    } else if (p->plan == NULL) {
        report(c, engine_kind_name(p->engine), true,
               arena_printf(c->arena,
                            "left out, the schema is not for it: %.*s",
                            STR_ARG(p->trouble)));
    } else {
        report_plan(c, p);
    }
    return NULL;
}

/* ---- The database --------------------------------------------------------*/

static err *check_structure(command_context *c, target *t,
                            const rehearsal_place *place, const proposal *own) {
    structure found;
    const structure *want = NULL;
    TRY(target_structure(c->arena, t, place->schemas, place->schema_count,
                         &found));
    TRY(target_settle(c->arena, t, &found, own->want, &want));
    const plan *p = plan_make(c->arena, &found, want, (plan_options){0});
    bool is_fine = plan_is_empty(p);
    report(c, STR("database"), is_fine,
           is_fine ? STR("it is what the schema says")
                   : STR("it differs from the schema; it would take"));
    rehearsal_print_difference(c->out, p);
    return NULL;
}

static err *check_database(command_context *c, const rehearsal_place *place,
                           const proposal *own) {
    CLEANUP(target_close) target *t = NULL;
    deployment d;
    err *e = target_open(c->arena, config_text(&c->config, CONFIG_DATABASE),
                         TARGET_READ, &t);
    if (e != NULL && e->code == ERR_NOT_FOUND) {
        report(c, STR("database"), true, STR("left out, it is not made yet"));
        return NULL;
    }
    TRY(e);
    TRY(deployment_read(c->arena, t, &own->migrations, &d));
    for (size_t i = 0; i < d.count; i++) {
        str state = migration_state_text(d.items[i].state);
        if (d.items[i].state != MIGRATION_APPLIED)
            report(c, STR("database"), false,
                   arena_printf(c->arena, "%.*s is %.*s",
                                STR_ARG(d.items[i].name), STR_ARG(state)));
    }
    return d.pending > 0 ? NULL : check_structure(c, t, place, own);
}

err *command_migrate_check(command_context *c) {
    const schema *s = NULL;
    schema_files files;
    diag_list diags = {0};
    proposal proposals[ENGINE_KIND_COUNT];
    engine_kind engine = ENGINE_SQLITE;
    str path = config_text(&c->config, CONFIG_SCHEMA);
    TRY(command_engine(c, &engine));
    TRY(command_load_schema(c, &s));
    TRY(schema_files_read(c->arena, path, &diags, &files));
    rehearsal_place place = migrate_place(c, s);
    for (int i = 0; i < ENGINE_KIND_COUNT; i++) {
        TRY(proposal_load(c->arena, &files, migration_folder(c->arena, path),
                          (engine_kind)i, place, &proposals[i]));
        TRY(check_engine(c, &proposals[i]));
    }
    return check_database(c, &place, &proposals[engine]);
}
