#include "database/migrate/apply.h"

#include "base/map.h"
#include "database/sql.h"

/* ---- Views of SQLite ---------------------------------------------------- */

static err *use_view(arena *a, target *t, str view) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    target_rows rows;
    buf_append(&sql, STR("SELECT * FROM "));
    sql_write_name(&sql, view);
    buf_append(&sql, STR(" LIMIT 0"));
    return target_query(a, t, arena_copy(a, buf_str(&sql)), NULL, 0, &rows);
}

static err *list_views(arena *a, target *t, target_rows *out) {
    *out = (target_rows){0};
    if (target_engine(t) != ENGINE_SQLITE)
        return NULL;
    return target_query(
        a, t, STR("SELECT name FROM sqlite_schema WHERE type = 'view'"), NULL,
        0, out);
}

/* Those that did not work before are nobody's to break. */
static void find_working(arena *a, target *t, const target_rows *views,
                         bool *is_working) {
    for (size_t i = 0; i < views->row_count; i++)
        is_working[i] = use_view(a, t, target_cell(views, i, 0)) == NULL;
}

static err *check_views(arena *a, target *t, const target_rows *views,
                        const bool *is_working) {
    for (size_t i = 0; i < views->row_count; i++) {
        str name = target_cell(views, i, 0);
        err *e = is_working[i] ? use_view(a, t, name) : NULL;
        if (e == NULL)
            continue;
        return err_with_hint(
            err_make(a, ERR_CONFLICT, e, __FILE__, __LINE__,
                     "view \"%.*s\" would not work any more", STR_ARG(name)),
            STR("drop the view before, and make it again afterwards"));
    }
    return NULL;
}

/* ---- Triggers of SQLite ------------------------------------------------- */

/* Each writes all that its trigger might look at. Explaining a statement reads
 * its triggers, and runs nothing. */
static const str PROBES = STR_INIT(
    "SELECT s.name, 'EXPLAIN DELETE FROM ' || t.q, 'EXPLAIN INSERT INTO '"
    " || t.q || ' DEFAULT VALUES', 'EXPLAIN UPDATE ' || t.q || ' SET ' ||"
    " (SELECT group_concat(c.q || ' = ' || c.q) FROM (SELECT '\"' ||"
    " replace(name, '\"', '\"\"') || '\"' AS q FROM"
    " pragma_table_info(s.tbl_name)) AS c) FROM sqlite_schema AS s JOIN (SELECT"
    " name, '\"' || replace(name, '\"', '\"\"') || '\"' AS q FROM"
    " sqlite_schema) AS t ON t.name = s.tbl_name WHERE s.type = 'trigger'");

static err *use_trigger(arena *a, target *t, const target_rows *probes,
                        size_t row) {
    target_rows unused;
    for (size_t i = 1; i < probes->column_count; i++)
        TRY(target_query(a, t, target_cell(probes, row, i), NULL, 0, &unused));
    return NULL;
}

static err *list_triggers(arena *a, target *t, map *working) {
    target_rows probes;
    if (target_engine(t) != ENGINE_SQLITE)
        return NULL;
    TRY(target_query(a, t, PROBES, NULL, 0, &probes));
    for (size_t i = 0; i < probes.row_count; i++)
        if (use_trigger(a, t, &probes, i) == NULL)
            map_add_number(working, target_cell(&probes, i, 0), 0);
    return NULL;
}

static err *check_triggers(arena *a, target *t, map *working) {
    target_rows probes;
    if (target_engine(t) != ENGINE_SQLITE)
        return NULL;
    TRY(target_query(a, t, PROBES, NULL, 0, &probes));
    for (size_t i = 0; i < probes.row_count; i++) {
        str name = target_cell(&probes, i, 0);
        bool was_working = !map_add_number(working, name, 0);
        err *e = was_working ? use_trigger(a, t, &probes, i) : NULL;
        if (e == NULL)
            continue;
        return err_with_hint(
            err_make(a, ERR_CONFLICT, e, __FILE__, __LINE__,
                     "trigger \"%.*s\" would not work any more", STR_ARG(name)),
            STR("drop the trigger before, and make it again afterwards"));
    }
    return NULL;
}

/* ---- Steps -------------------------------------------------------------- */

static err *run_step(arena *a, target *t, const plan_step *step) {
    err *e = target_run(a, t, STR(""), step->sql);
    return e == NULL ? NULL : err_wrap(a, e, "%.*s", STR_ARG(step->title));
}

static err *run_inside(arena *a, target *t, const plan_step *steps,
                       size_t count) {
    target_rows views;
    TRY(target_begin(a, t));
    TRY(list_views(a, t, &views));
    bool *is_working = arena_new_array(a, bool, views.row_count);
    find_working(a, t, &views, is_working);
    map *working_triggers = map_new(a);
    TRY(list_triggers(a, t, working_triggers));
    for (size_t i = 0; i < count; i++)
        TRY(run_step(a, t, &steps[i]));
    TRY(check_views(a, t, &views, is_working));
    TRY(check_triggers(a, t, working_triggers));
    return target_commit(a, t);
}

static err *run_outside(arena *a, target *t, const plan_step *step,
                        bool is_first) {
    err *e = run_step(a, t, step);
    if (e == NULL || is_first)
        return e;
    return err_with_hint(e, STR("the steps before this one are done and stay;"
                                " make it possible and start again"));
}

err *plan_apply(arena *a, target *t, const plan *p) {
    for (size_t i = 0; i < p->step_count;) {
        const plan_step *steps = &p->steps[i];
        size_t count = 0;
        while (i + count < p->step_count &&
               !steps[count].is_outside_transaction)
            count++;
        err *e = count > 0 ? run_inside(a, t, steps, count)
                           : run_outside(a, t, steps, i == 0);
        if (e != NULL) {
            target_rollback(t);
            return e;
        }
        i += count > 0 ? count : 1;
    }
    return NULL;
}
