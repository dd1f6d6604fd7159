#include "database/migrate/push.h"

#include "database/migrate/apply.h"
#include "database/sqlite/lite_file.h"

enum { DETAILS_MAX = 1024 * 1024 };

/* Somebody else's migration is not waited for, but a statement of a server that
 * is running is. */
enum { LOCK_TIMEOUT_MS = 5000 };

/* ---- What would get lost ------------------------------------------------ */

static bool is_told(plan_risk risk) {
    return risk == RISK_DATA_LOSS || risk == RISK_LIKELY_RENAME;
}

static err *refuse(arena *a, const plan *p) {
    CLEANUP(buf_free) buf text = buf_new(DETAILS_MAX);
    for (size_t i = 0; i < p->warning_count; i++)
        if (is_told(p->warnings[i].risk))
            buf_printf(&text, "%s  %.*s", text.len > 0 ? "\n" : "",
                       STR_ARG(p->warnings[i].sentence));
    err *e =
        err_new(a, ERR_CONFLICT, "the schema asks for changes that lose data");
    e = err_with_details(e, arena_copy(a, buf_str(&text)));
    return err_with_hint(e, STR("push --accept-data-loss makes them"));
}

/* What the plan warned of may be why it failed. */
static err *explain(arena *a, err *e, const plan *p) {
    CLEANUP(buf_free) buf text = buf_new(DETAILS_MAX);
    if (e == NULL)
        return NULL;
    buf_append(&text, e->details);
    for (size_t i = 0; i < p->warning_count; i++) {
        const plan_warning *w = &p->warnings[i];
        if (w->risk == RISK_REQUIRED_WITHOUT_DEFAULT ||
            w->risk == RISK_MAY_FAIL)
            buf_printf(&text, "%s  %.*s", text.len > 0 ? "\n" : "",
                       STR_ARG(w->sentence));
    }
    return err_with_details(e, arena_copy(a, buf_str(&text)));
}

/* ---- The report --------------------------------------------------------- */

static void report_table(buf *report, const structure_table *t) {
    buf_printf(report, "created table \"%.*s\" (%zu column%s, %zu index%s)\n",
               STR_ARG(t->name), t->column_count,
               t->column_count == 1 ? "" : "s", t->index_count,
               t->index_count == 1 ? "" : "es");
}

static void report_all(buf *report, const structure *from, const structure *to,
                       const plan *p) {
    for (size_t i = 0; from->table_count == 0 && i < to->table_count; i++)
        report_table(report, &to->tables[i]);
    for (size_t i = 0; from->table_count > 0 && i < p->step_count; i++)
        buf_printf(report, "%.*s\n", STR_ARG(p->steps[i].title));
}

/* ---- The whole ---------------------------------------------------------- */

static err *make_equal(arena *a, target *t, const schema *s, bool accepts_loss,
                       buf *report) {
    structure from;
    const structure *to = structure_of_schema(a, s);
    TRY(target_structure(a, t, s->datasource.schemas,
                         s->datasource.schema_count, &from));
    TRY(target_settle(a, t, &from, to, &to));
    const plan *p = plan_make(a, &from, to, (plan_options){0});
    if (plan_is_empty(p)) {
        buf_append(report, STR("nothing to do: the database is what the schema"
                               " says\n"));
        return NULL;
    }
    if (plan_has_risk(p, RISK_DATA_LOSS) && !accepts_loss)
        return refuse(a, p);
    TRY(explain(a, plan_apply(a, t, p), p));
    report_all(report, &from, to, p);
    return NULL;
}

/* A file that is not there is made by locking it. */
static err *lock(arena *a, target *t, buf *report) {
    bool is_file = target_engine(t) == ENGINE_SQLITE;
    bool exists = true;
    if (is_file)
        TRY(lite_file_exists(a, target_label(t), &exists));
    TRY(target_lock(a, t, is_file ? 0 : LOCK_TIMEOUT_MS));
    if (!exists)
        buf_printf(report, "created %.*s\n", STR_ARG(target_label(t)));
    return NULL;
}

err *push(arena *a, const database_config *config, const schema *s,
          bool accepts_loss, buf *report) {
    CLEANUP(target_close) target *t = NULL;
    TRY(target_open(a, config->url, TARGET_CHANGE, &t));
    TRY(lock(a, t, report));
    TRY(make_equal(a, t, s, accepts_loss, report));
    return target_protect(a, t, s, &config->protection, report);
}
