/* migrate.c: `tenon migrate deploy`, `status` and `reset`. */
#include "bin/migrate.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "bin/progress.h"
#include "database/audit_key.h"
#include "schema/load.h"

err *migrate_read(command_context *c, migration_list *out) {
    engine_kind engine = ENGINE_SQLITE;
    TRY(command_engine(c, &engine));
    str folder =
        migration_folder(c->arena, config_text(&c->config, CONFIG_SCHEMA));
    return migration_list_read(c->arena, folder, engine, out);
}

rehearsal_place migrate_place(const command_context *c, const schema *s) {
    str shadow = config_text(&c->config, CONFIG_SHADOW_DATABASE);
    return (rehearsal_place){
        .url = config_text(&c->config, CONFIG_DATABASE),
        .shadow = str_equal(shadow, STR("auto")) ? (str){0} : shadow,
        .schemas = s->datasource.schemas,
        .schema_count = s->datasource.schema_count,
    };
}

err *migrate_lock(command_context *c, target **out) {
    CLEANUP(target_close) target *t = NULL;
    TRY(target_open(c->arena, config_text(&c->config, CONFIG_DATABASE),
                    TARGET_CHANGE, &t));
    TRY(target_lock(c->arena, t,
                    config_number(&c->config, CONFIG_LOCK_TIMEOUT)));
    *out = t;
    t = NULL;
    return NULL;
}

bool migrate_ask(const char *question, bool *out) {
    char answer[16] = "";
    if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
        return false;
    fprintf(stderr, "%s [y/N] ", question);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        answer[0] = '\0';
    *out = answer[0] == 'y' || answer[0] == 'Y';
    return true;
}

/* ---- Applying ------------------------------------------------------------*/

static err *apply_one(command_context *c, target *t,
                      const deployment_item *item) {
    CLEANUP(progress_stop) progress *p = progress_start(c->arena, item->name);
    (void)p; /* clang does not count the end of its life as a use */
    int64_t start = clock_monotonic_us(NULL);
    TRY(deployment_apply(c->arena, t, item));
    buf_printf(c->out, "applied %.*s (%lld ms)\n", STR_ARG(item->name),
               (long long)(clock_monotonic_us(NULL) - start) / 1000);
    command_flush(c);
    return NULL;
}

err *migrate_apply(command_context *c, target *t, const deployment *d) {
    if (d->pending > 0)
        TRY(history_prepare(c->arena, t));
    for (size_t i = 0; i < d->count; i++) {
        bool is_applied = d->items[i].state == MIGRATION_APPLIED;
        err *e = is_applied ? NULL : apply_one(c, t, &d->items[i]);
        if (e != NULL)
            return err_wrap(c->arena, e, "applying %.*s",
                            STR_ARG(d->items[i].name));
    }
    return NULL;
}

/* Whose database it is, is said by the schema of the newest migration; that
 * may be one that is not for this engine, or edited until it does not load. */
err *migrate_protect(command_context *c, target *t, const migration_list *l) {
    const migration *newest = l->count > 0 ? &l->items[l->count - 1] : NULL;
    const schema *s = NULL;
    protection p = command_protection(c);
    if (newest != NULL && newest->is_for_engine) {
        diag_list diags = {0};
        err *e = schema_load_file(c->arena, newest->schema_file, l->engine,
                                  &diags, &s);
        if (e != NULL)
            s = NULL;
    }
    return target_protect(c->arena, t, s, &p, c->out);
}

/* ---- A database that was there before ------------------------------------*/

static err *check_baseline(command_context *c, target *t,
                           const migration_list *migrations) {
    const structure *want = NULL;
    const schema *s = NULL;
    structure found;
    TRY(command_load_schema(c, &s));
    TRY(rehearsal_recall(c->arena, migrations, migrations->count, &want));
    TRY(target_structure(c->arena, t, s->datasource.schemas,
                         s->datasource.schema_count, &found));
    TRY(target_settle(c->arena, t, &found, want, &want));
    const plan *p = plan_make(c->arena, &found, want, (plan_options){0});
    if (plan_is_empty(p))
        return NULL;
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    rehearsal_print_difference(&text, p);
    return err_with_details(
        err_new(c->arena, ERR_CONFLICT,
                "%.*s is not what the migrations lead to; it would take:",
                STR_ARG(target_label(t))),
        arena_copy(c->arena, str_trim(buf_str(&text))));
}

static err *write_baseline(command_context *c, target *t,
                           const migration_list *migrations,
                           const deployment *d) {
    TRY(check_baseline(c, t, migrations));
    TRY(history_prepare(c->arena, t));
    for (size_t i = 0; i < d->count; i++) {
        if (d->items[i].state == MIGRATION_APPLIED)
            continue;
        TRY(deployment_record(c->arena, t, &d->items[i]));
        buf_printf(c->out, "written down as applied: %.*s\n",
                   STR_ARG(d->items[i].name));
    }
    return migrate_protect(c, t, migrations);
}

/* ---- deploy --------------------------------------------------------------*/

/* The first migration of a database that has its tables already. */
static err *hint_at_baseline(err *e, const deployment *d) {
    bool is_first = d->pending == d->count;
    if (e == NULL || !is_first || !str_is_empty(e->hint))
        return e;
    return err_with_hint(e, STR("a database that has its tables already needs "
                                "tenon migrate deploy --baseline"));
}

static void print_end(command_context *c, const deployment *d) {
    if (d->pending == 0)
        buf_printf(c->out, "nothing to do: %zu migration%s applied\n", d->count,
                   d->count == 1 ? " is" : "s are");
    else
        buf_printf(c->out, "%zu migration%s applied\n", d->pending,
                   d->pending == 1 ? "" : "s");
}

err *command_migrate_deploy(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    migration_list migrations;
    deployment d;
    TRY(migrate_read(c, &migrations));
    TRY(migrate_lock(c, &t));
    TRY(deployment_read(c->arena, t, &migrations, &d));
    if (command_has(c, STR("baseline")))
        return write_baseline(c, t, &migrations, &d);
    TRY(deployment_check(c->arena, &d));
    TRY(hint_at_baseline(migrate_apply(c, t, &d), &d));
    print_end(c, &d);
    return migrate_protect(c, t, &migrations);
}

/* ---- status --------------------------------------------------------------*/

static void print_item(command_context *c, const deployment_item *item) {
    str state = migration_state_text(item->state);
    buf_printf(c->out, "  %-40.*s %.*s", STR_ARG(item->name), STR_ARG(state));
    if (item->state == MIGRATION_APPLIED)
        buf_printf(c->out, " %.*s", STR_ARG(item->entry->finished_at));
    buf_append_char(c->out, '\n');
    if (item->state == MIGRATION_UNFINISHED && !str_is_empty(item->entry->log))
        buf_printf(c->out, "    %.*s\n", STR_ARG(item->entry->log));
}

err *command_migrate_status(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    migration_list migrations;
    deployment d;
    str url = config_text(&c->config, CONFIG_DATABASE);
    TRY(migrate_read(c, &migrations));
    err *e = target_open(c->arena, url, TARGET_READ, &t);
    if (e != NULL && e->code != ERR_NOT_FOUND)
        return e;
    TRY(deployment_read(c->arena, t, &migrations, &d));
    str place = t != NULL ? target_label(t) : STR("a database not made yet");
    buf_printf(c->out, "%zu migration%s for %.*s\n", d.count,
               d.count == 1 ? "" : "s", STR_ARG(place));
    for (size_t i = 0; i < d.count; i++) {
        print_item(c, &d.items[i]);
        if (d.items[i].state != MIGRATION_APPLIED)
            c->exit_code = 1;
    }
    return NULL;
}

/* ---- reset ---------------------------------------------------------------*/

static err *check_reset(command_context *c) {
    str environment = config_text(&c->config, CONFIG_ENVIRONMENT);
    if (command_is_production(c))
        return err_with_hint(
            err_new(c->arena, ERR_DENIED,
                    "nothing is reset in production (TENON_ENV is %.*s)",
                    STR_ARG(environment)),
            STR("restore a backup, or name another database"));
    return NULL;
}

static err *confirm(command_context *c, const target *t) {
    bool is_confirmed = false;
    str question =
        arena_printf(c->arena, "All that is in %.*s will be lost. Go on?",
                     STR_ARG(target_label(t)));
    if (command_has(c, STR("force")))
        return NULL;
    if (!migrate_ask(arena_cstr(c->arena, question), &is_confirmed))
        return err_with_hint(err_new(c->arena, ERR_DENIED,
                                     "reset asks before it empties %.*s",
                                     STR_ARG(target_label(t))),
                             STR("without a terminal, say --force"));
    return is_confirmed ? NULL
                        : err_new(c->arena, ERR_CANCELLED, "nothing was done");
}

err *command_migrate_reset(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    const schema *s = NULL;
    migration_list migrations;
    deployment d;
    TRY(check_reset(c));
    TRY(command_load_schema(c, &s));
    TRY(migrate_read(c, &migrations));
    TRY(migrate_lock(c, &t));
    TRY(confirm(c, t));
    TRY(target_wipe(c->arena, t, s->datasource.schemas,
                    s->datasource.schema_count));
    buf_printf(c->out, "emptied %.*s\n", STR_ARG(target_label(t)));
    /* Its log begins anew, and nobody took that away. */
    TRY(audit_head_forget(c->arena, config_text(&c->config, CONFIG_AUDIT_KEY)));
    TRY(deployment_read(c->arena, t, &migrations, &d));
    TRY(migrate_apply(c, t, &d));
    return migrate_protect(c, t, &migrations);
}
