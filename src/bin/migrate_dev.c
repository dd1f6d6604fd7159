/*
 * migrate_dev.c: `tenon migrate dev`: writes the next migration and applies it
 * to the database of development.
 */
#include <stdio.h>

#include "base/clock.h"
#include "bin/migrate.h"
#include "database/migrate/proposal.h"

typedef struct development {
    command_context *c;
    arena *a;
    str folder;
    rehearsal_place place;
    schema_files files;
    proposal proposals[ENGINE_KIND_COUNT];
    proposal *own; /* the one of the database's engine */
    target *t;
} development;

static void close_development(development *d) {
    target_close(&d->t);
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        proposal_close(&d->proposals[i]);
}

/* ---- The database --------------------------------------------------------*/

static size_t count_applied(const deployment *d) {
    size_t count = 0;
    for (size_t i = 0; i < d->count; i++)
        count += d->items[i].state == MIGRATION_APPLIED;
    return count;
}

static err *drift_error(development *d, const plan *p, size_t applied) {
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    rehearsal_print_difference(&text, p);
    err *e =
        err_new(d->a, ERR_CONFLICT,
                "%.*s is not what its %zu applied migration%s made it;"
                " to be that again it would take:",
                STR_ARG(target_label(d->t)), applied, applied == 1 ? "" : "s");
    e = err_with_details(e, arena_copy(d->a, str_trim(buf_str(&text))));
    return err_with_hint(
        e, applied == 0
               ? STR("tenon migrate reset empties it; to keep it, make the "
                     "first migration with --create-only and run tenon migrate "
                     "deploy --baseline")
               : STR("take the change back, or tenon migrate reset makes the "
                     "database anew"));
}

/* Has somebody changed the database beside the migrations? Then what is written
 * here would not lead other databases to the schema. */
static err *check_drift(development *d, const deployment *deployed) {
    structure made;
    structure found;
    size_t applied = count_applied(deployed);
    TRY(rehearsal_run(d->a, &d->own->rehearsal, &d->own->migrations, applied,
                      &made));
    TRY(target_structure(d->a, d->t, d->place.schemas, d->place.schema_count,
                         &found));
    const plan *p = plan_make(d->a, &found, &made, (plan_options){0});
    return plan_is_empty(p) ? NULL : drift_error(d, p, applied);
}

static err *apply_pending(development *d) {
    deployment deployed;
    TRY(deployment_read(d->a, d->t, &d->own->migrations, &deployed));
    TRY(deployment_check(d->a, &deployed));
    TRY(check_drift(d, &deployed));
    return migrate_apply(d->c, d->t, &deployed);
}

/* ---- The migration -------------------------------------------------------*/

static err *ask_for_consent(development *d) {
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    bool is_agreed = false;
    proposal_print_warnings(&text, d->own);
    if (text.len > 0)
        fprintf(stderr, "This migration needs a look:\n%.*s",
                STR_ARG(buf_str(&text)));
    if (!proposal_needs_consent(d->own) ||
        command_has(d->c, STR("accept-data-loss")))
        return NULL;
    if (!migrate_ask("Write it all the same?", &is_agreed))
        return err_with_hint(
            err_new(d->a, ERR_DENIED,
                    "the migration would lose data, or fail"
                    " where there are rows"),
            STR("@renamed(from:) and @@renamed(from:) tell a rename; a default "
                "fills new columns; else say --accept-data-loss"));
    return is_agreed ? NULL
                     : err_new(d->a, ERR_CANCELLED, "nothing was written");
}

static err *draft(development *d, migration_draft *out) {
    str title = command_value(d->c, STR("name"));
    if (str_is_empty(title))
        return err_with_hint(
            err_new(d->a, ERR_INVALID, "the migration needs a name"),
            STR("say what it does: tenon migrate dev --name add_age"));
    TRY(migration_name(d->a, &d->own->migrations, clock_wall_ms(NULL), title,
                       &out->name));
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        out->sql[i] = proposal_sql(d->a, &d->proposals[i]);
    out->schema = proposal_snapshot(d->a, &d->files);
    return NULL;
}

/* Both engines' SQL, as it stands in the files now, from blank to the schema. */
static err *check_written(development *d, proposal *p) {
    if (p->want == NULL || p->is_recalled)
        return NULL;
    TRY(migration_list_read(d->a, d->folder, p->engine, &p->migrations));
    TRY(proposal_make(d->a, p));
    if (proposal_is_empty(p))
        return NULL;
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    rehearsal_print_difference(&text, p->plan);
    return err_with_details(
        err_new(d->a, ERR_INTERNAL,
                "the migrations do not lead to the schema on %.*s; missing:",
                STR_ARG(engine_kind_title(p->engine))),
        arena_copy(d->a, str_trim(buf_str(&text))));
}

static err *check_all_written(development *d) {
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        TRY(check_written(d, &d->proposals[i]));
    return NULL;
}

static err *write_migration(development *d, const migration_draft *m) {
    err *e = migration_write(d->a, d->folder, m);
    if (e == NULL)
        e = check_all_written(d);
    if (e != NULL) {
        migration_remove(d->a, d->folder, m);
        return e;
    }
    buf_printf(d->c->out, "made %.*s/%.*s\n", STR_ARG(d->folder),
               STR_ARG(m->name));
    for (int i = 0; i < ENGINE_KIND_COUNT; i++) {
        const proposal *p = &d->proposals[i];
        if (p->want == NULL)
            buf_printf(d->c->out, "  not for %.*s: %.*s\n",
                       STR_ARG(engine_kind_title(p->engine)),
                       STR_ARG(p->trouble));
    }
    return NULL;
}

static err *apply_written(development *d) {
    deployment deployed;
    TRY(migration_list_read(d->a, d->folder, d->own->engine,
                            &d->own->migrations));
    TRY(deployment_read(d->a, d->t, &d->own->migrations, &deployed));
    err *e = migrate_apply(d->c, d->t, &deployed);
    if (e == NULL)
        return migrate_protect(d->c, d->t, &d->own->migrations);
    return err_with_hint(e, STR("the rows that are there do not fit: edit the "
                                "SQL, or remove the migration's folder"));
}

static bool is_nothing_to_write(const development *d) {
    bool is_empty = true;
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        is_empty &= proposal_is_empty(&d->proposals[i]);
    return is_empty && !command_has(d->c, STR("create-only"));
}

static err *write_only(development *d, const migration_draft *m) {
    TRY(migration_write(d->a, d->folder, m));
    buf_printf(d->c->out,
               "made %.*s/%.*s; not applied: tenon migrate dev does that\n",
               STR_ARG(d->folder), STR_ARG(m->name));
    return NULL;
}

static err *develop(development *d) {
    migration_draft m = {0};
    bool is_applied = !command_has(d->c, STR("create-only"));
    if (is_applied) {
        TRY(migrate_lock(d->c, &d->t));
        TRY(apply_pending(d));
    }
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        TRY(proposal_make(d->a, &d->proposals[i]));
    if (is_nothing_to_write(d)) {
        buf_append(
            d->c->out,
            STR("nothing to write: the migrations lead to the schema\n"));
        return is_applied ? migrate_protect(d->c, d->t, &d->own->migrations)
                          : NULL;
    }
    TRY(draft(d, &m));
    TRY(ask_for_consent(d));
    if (!is_applied)
        return write_only(d, &m);
    TRY(write_migration(d, &m));
    return apply_written(d);
}

err *command_migrate_dev(command_context *c) {
    CLEANUP(close_development) development d = {.c = c, .a = c->arena};
    const schema *s = NULL;
    diag_list diags = {0};
    engine_kind engine = ENGINE_SQLITE;
    TRY(command_engine(c, &engine));
    TRY(command_load_schema(c, &s));
    d.place = migrate_place(c, s);
    d.folder =
        migration_folder(c->arena, config_text(&c->config, CONFIG_SCHEMA));
    TRY(schema_files_read(c->arena, config_text(&c->config, CONFIG_SCHEMA),
                          &diags, &d.files));
    for (int i = 0; i < ENGINE_KIND_COUNT; i++)
        TRY(proposal_load(c->arena, &d.files, d.folder, (engine_kind)i, d.place,
                          &d.proposals[i]));
    d.own = &d.proposals[engine];
    d.proposals[ENGINE_POSTGRESQL].options.is_concurrent =
        command_has(c, STR("concurrent"));
    return develop(&d);
}
