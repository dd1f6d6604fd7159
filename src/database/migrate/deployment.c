#include "database/migrate/deployment.h"

#include <stdlib.h>

#include "base/attr.h"
#include "database/migrate/hazard.h"
#include "database/migrate/script.h"
#include "database/postgres/pg_script.h"

static const struct {
    str text;
    str hint; /* what to do when it must not be */
} STATES[] = {
    [MIGRATION_APPLIED] = {STR_INIT("applied"), STR_INIT("")},
    [MIGRATION_PENDING] = {STR_INIT("pending"), STR_INIT("")},
    [MIGRATION_UNFINISHED] = {STR_INIT("stopped half way"), STR_INIT("")},
    [MIGRATION_EDITED] =
        {STR_INIT("edited after it was applied"),
         STR_INIT("restore the file and make the change in a new migration")},
    [MIGRATION_MISSING] =
        {STR_INIT("applied, but its file is missing"),
         STR_INIT("restore its folder: the database was made with it")},
    [MIGRATION_LATE] =
        {STR_INIT("not applied, but older than one that is"),
         STR_INIT("give its folder a later time, so that it comes last")},
};

str migration_state_text(migration_state state) {
    return STATES[state].text;
}

/* ---- Reading -------------------------------------------------------------*/

static migration_state state_of(const migration *m, const history_entry *e) {
    if (e == NULL)
        return MIGRATION_PENDING;
    if (m == NULL)
        return MIGRATION_MISSING;
    /* The step that failed may have to be mended. */
    if (!e->is_finished)
        return MIGRATION_UNFINISHED;
    return str_equal(m->checksum, e->checksum) ? MIGRATION_APPLIED
                                               : MIGRATION_EDITED;
}

static int compare_items(const void *x, const void *y) {
    return str_compare(((const deployment_item *)x)->name,
                       ((const deployment_item *)y)->name);
}

static void add(arena *a, deployment *d, str name, const migration *m,
                const history_entry *e) {
    deployment_item item = {name, state_of(m, e), m, e};
    ARENA_PUSH(a, d->items, d->count, item);
}

static void find_late_ones(deployment *d) {
    bool is_applied_behind = false;
    for (size_t i = d->count; i-- > 0;) {
        deployment_item *item = &d->items[i];
        if (item->state == MIGRATION_PENDING && is_applied_behind)
            item->state = MIGRATION_LATE;
        is_applied_behind |= item->entry != NULL;
        d->pending += item->state == MIGRATION_PENDING ||
                      item->state == MIGRATION_UNFINISHED;
    }
}

err *deployment_read(arena *a, target *t, const migration_list *migrations,
                     deployment *out) {
    history *h = arena_new_array(a, history, 1);
    if (t != NULL)
        TRY(history_read(a, t, h));
    *out = (deployment){0};
    for (size_t i = 0; i < migrations->count; i++) {
        const migration *m = &migrations->items[i];
        add(a, out, m->name, m, history_find(h, m->name));
    }
    for (size_t i = 0; i < h->count; i++) {
        const history_entry *e = &h->entries[i];
        if (migration_find(migrations, e->name) == NULL)
            add(a, out, e->name, NULL, e);
    }
    if (out->count > 0)
        qsort(out->items, out->count, sizeof *out->items, compare_items);
    find_late_ones(out);
    return NULL;
}

/* ---- Checking ------------------------------------------------------------*/

static bool is_to_do(const deployment_item *item) {
    return item->state == MIGRATION_PENDING ||
           item->state == MIGRATION_UNFINISHED;
}

static err *check_loss(arena *a, const deployment_item *item) {
    hazard found;
    const migration *m = item->migration;
    if (m->accepts_loss || !hazard_find(a, m->sql, &found))
        return NULL;
    return err_with_hint(
        err_new(a, ERR_CONFLICT, "%.*s:%zu: %.*s loses data", STR_ARG(m->file),
                found.line, STR_ARG(found.what)),
        STR("if that is meant, say so in the file with the line"
            " " MIGRATION_ACCEPTS_LOSS));
}

/* The newest one leads to the schema; the ones before may have had nothing for
 * this engine. */
static err *check_engine(arena *a, const deployment *d) {
    const deployment_item *last = d->count > 0 ? &d->items[d->count - 1] : NULL;
    if (last == NULL || last->migration == NULL ||
        last->migration->is_for_engine)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_CONFLICT, "%.*s is not for this engine",
                STR_ARG(last->migration->file)),
        STR("the file says why; mend the schema and run tenon migrate dev"));
}

err *deployment_check(arena *a, const deployment *d) {
    for (size_t i = 0; i < d->count; i++) {
        const deployment_item *item = &d->items[i];
        str hint = STATES[item->state].hint;
        if (!str_is_empty(hint))
            return err_with_hint(
                err_new(a, ERR_CONFLICT, "the migration %.*s is %.*s",
                        STR_ARG(item->name), STR_ARG(STATES[item->state].text)),
                hint);
    }
    for (size_t i = 0; i < d->count; i++) {
        if (is_to_do(&d->items[i]))
            TRY(check_loss(a, &d->items[i]));
    }
    return check_engine(a, d);
}

/* ---- Steps ---------------------------------------------------------------*/

/* What PostgreSQL runs outside of a transaction must be run one by one. */
static void split(arena *a, const script_part *p, script_part **parts,
                  size_t *count) {
    pg_script rest = pg_script_of(p->sql);
    pg_statement statement;
    while (pg_script_next(&rest, &statement)) {
        script_part one = {statement.text, true};
        ARENA_PUSH(a, *parts, *count, one);
    }
}

static script steps_of(arena *a, engine_kind engine, const migration *m) {
    script s = script_read(a, m->sql);
    script_part *parts = NULL;
    size_t count = 0;
    for (size_t i = 0; i < s.part_count; i++) {
        const script_part *p = &s.parts[i];
        if (p->is_outside_transaction && engine == ENGINE_POSTGRESQL)
            split(a, p, &parts, &count);
        else
            ARENA_PUSH(a, parts, count, *p);
    }
    s.parts = parts;
    s.part_count = count;
    return s;
}

/* ---- Applying ------------------------------------------------------------*/

/* Lines are counted from the start of the file, so what stands before a part
 * becomes as many empty lines. */
static str with_lines_before(arena *a, const migration *m,
                             const script_part *p) {
    size_t lines = 0;
    for (const char *at = m->sql.ptr; at < p->sql.ptr; at++)
        lines += *at == '\n';
    char *text = arena_take(a, lines + p->sql.len + 1, 1);
    memset(text, '\n', lines);
    memcpy(text + lines, p->sql.ptr, p->sql.len);
    text[lines + p->sql.len] = '\0';
    return (str){text, lines + p->sql.len};
}

static err *run_part(arena *a, target *t, const migration *m,
                     const script_part *p) {
    return target_run(a, t, m->file, with_lines_before(a, m, p));
}

static size_t count_inside(const script *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->part_count; i++)
        count += !s->parts[i].is_outside_transaction;
    return count;
}

/* Can the whole be one transaction? What SQLite has outside are settings of the
 * connection. */
static bool is_atomic(const target *t, const script *s) {
    size_t inside = count_inside(s);
    return inside <= 1 &&
           (target_engine(t) == ENGINE_SQLITE || inside == s->part_count);
}

static err *write_down(arena *a, target *t, const migration *m, size_t steps) {
    TRY(history_start(a, t, m));
    return history_step(a, t, m, steps, true);
}

static err *run_recorded(arena *a, target *t, const migration *m,
                         const script *s, const script_part *p) {
    err *e = target_begin(a, t);
    if (e == NULL && p != NULL)
        e = run_part(a, t, m, p);
    if (e == NULL)
        e = write_down(a, t, m, s->part_count);
    if (e == NULL)
        e = target_commit(a, t);
    if (e != NULL)
        target_rollback(t);
    return e;
}

static err *apply_at_once(arena *a, target *t, const migration *m,
                          const script *s) {
    bool is_recorded = false;
    for (size_t i = 0; i < s->part_count; i++) {
        const script_part *p = &s->parts[i];
        if (p->is_outside_transaction) {
            TRY(run_part(a, t, m, p));
            continue;
        }
        TRY(run_recorded(a, t, m, s, p));
        is_recorded = true;
    }
    return is_recorded ? NULL : run_recorded(a, t, m, s, NULL);
}

/* A concurrent index that failed is there, serves nothing, and is in the way of
 * the next try. */
static err *drop_invalid_index(arena *a, target *t, const script_part *p) {
    target_rows rows;
    TRY(target_query(a, t,
                     STR("SELECT c.relname, c.oid::regclass::text"
                         " FROM pg_index i JOIN pg_class c"
                         " ON c.oid = i.indexrelid WHERE NOT i.indisvalid"),
                     NULL, 0, &rows));
    for (size_t i = 0; i < rows.row_count; i++) {
        str path = target_cell(&rows, i, 1);
        if (str_contains(p->sql, target_cell(&rows, i, 0)))
            TRY(target_run(a, t, (str){0},
                           arena_printf(a, "DROP INDEX CONCURRENTLY %.*s",
                                        STR_ARG(path))));
    }
    return NULL;
}

static err *apply_step(arena *a, target *t, const migration *m, const script *s,
                       size_t at) {
    const script_part *p = &s->parts[at];
    bool is_last = at + 1 == s->part_count;
    if (p->is_outside_transaction) {
        if (target_engine(t) == ENGINE_POSTGRESQL)
            TRY(drop_invalid_index(a, t, p));
        TRY(run_part(a, t, m, p));
        return history_step(a, t, m, at + 1, is_last);
    }
    TRY(target_begin(a, t));
    err *e = run_part(a, t, m, p);
    if (e == NULL)
        e = history_step(a, t, m, at + 1, is_last);
    if (e == NULL)
        e = target_commit(a, t);
    if (e != NULL)
        target_rollback(t);
    return e;
}

/* Its own transaction has failed; this is written beside it. */
static err *note_failure(arena *a, target *t, const migration *m,
                         const script *s, size_t at, err *e) {
    CLEANUP(buf_free) buf said = buf_new(64 * 1024);
    err_print(&said, e);
    err *other = history_fail(a, t, m, arena_copy(a, buf_str(&said)));
    (void)other; /* the first failure is the one to tell */
    return err_with_hint(
        err_wrap(a, e, "%zu of %zu steps of %.*s are applied", at,
                 s->part_count, STR_ARG(m->name)),
        STR("the next tenon migrate deploy goes on with the step that failed;"
            " that one may be edited, those before it are done"));
}

static err *apply_in_steps(arena *a, target *t, const deployment_item *item,
                           const script *s) {
    const migration *m = item->migration;
    size_t done = item->entry != NULL ? (size_t)item->entry->steps : 0;
    if (item->entry == NULL)
        TRY(history_start(a, t, m));
    for (size_t i = done; i < s->part_count; i++) {
        err *e = apply_step(a, t, m, s, i);
        if (e != NULL)
            return note_failure(a, t, m, s, i, e);
    }
    return done < s->part_count ? NULL
                                : history_step(a, t, m, s->part_count, true);
}

err *deployment_apply(arena *a, target *t, const deployment_item *item) {
    if (!is_to_do(item))
        return NULL;
    script s = steps_of(a, target_engine(t), item->migration);
    if (item->entry == NULL && is_atomic(t, &s))
        return apply_at_once(a, t, item->migration, &s);
    return apply_in_steps(a, t, item, &s);
}

err *deployment_record(arena *a, target *t, const deployment_item *item) {
    script s = steps_of(a, target_engine(t), item->migration);
    if (!is_to_do(item))
        return NULL;
    if (item->entry != NULL)
        return history_step(a, t, item->migration, s.part_count, true);
    return write_down(a, t, item->migration, s.part_count);
}

err *deployment_replay(arena *a, target *t, const migration *m) {
    script s = steps_of(a, target_engine(t), m);
    for (size_t i = 0; i < s.part_count; i++) {
        const script_part *p = &s.parts[i];
        if (p->is_outside_transaction) {
            TRY(run_part(a, t, m, p));
            continue;
        }
        TRY(target_begin(a, t));
        err *e = run_part(a, t, m, p);
        if (e == NULL)
            e = target_commit(a, t);
        if (e != NULL) {
            target_rollback(t);
            return e;
        }
    }
    return NULL;
}
