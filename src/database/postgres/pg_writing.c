#include "database/postgres/pg_writing.h"

#include <inttypes.h>

#include "database/postgres/pg_call.h"
#include "database/postgres/pg_change.h"
#include "database/shape.h"
#include "database/sql.h"
#include "schema/function.h"

/* ---- Parts -------------------------------------------------------------- */

static err *add_part(pg_writing *w, size_t of, mutation m, size_t first_row) {
    pg_writing_part p = {.mutation = m, .of = of, .first_row = first_row};
    buf *shape = &w->session->shape;
    buf_clear(shape, SIZE_MAX);
    buf_append_char(shape, 'm');
    pg_scope_write_generation(shape, w->scope);
    pg_change_write_shape(shape, &m);
    if (shape->is_overflown)
        return err_new(w->a, ERR_TOO_LARGE, "the request is too large");
    p.shape = arena_copy(w->a, buf_str(shape));
    TRY(pg_change_bind(w->a, &p.arguments, &m));
    TRY(pg_session_check_arguments(w->a, &p.arguments));
    ARENA_PUSH(w->a, w->parts, w->part_count, p);
    return NULL;
}

/* A function's statements but the last, whose rows are the result. */
static err *add_statements(pg_writing *w, size_t of) {
    const mutation *m = w->mutations[of];
    size_t count = m->call->function->statement_count;
    for (size_t i = 0; i + 1 < count; i++) {
        pg_writing_part p = {.mutation = *m,
                             .of = of,
                             .is_before = true,
                             .statement_of_call = i};
        buf *shape = &w->session->shape;
        buf_clear(shape, SIZE_MAX);
        buf_append_char(shape, 'f');
        shape_put(shape, m->call->function->index);
        shape_put(shape, i);
        p.shape = arena_copy(w->a, buf_str(shape));
        TRY(pg_call_bind(w->a, &p.arguments, m->call, i));
        TRY(pg_session_check_arguments(w->a, &p.arguments));
        ARENA_PUSH(w->a, w->parts, w->part_count, p);
    }
    return NULL;
}

static err *add_mutation(pg_writing *w, size_t of, const mutation *m) {
    if (m->kind == MUTATION_CALL)
        TRY(add_statements(w, of));
    if (m->kind != MUTATION_INSERT)
        return add_part(w, of, *m, 0);
    for (size_t first = 0; first < m->row_count;) {
        mutation rows = pg_change_part(m, first);
        TRY(add_part(w, of, rows, first));
        first += rows.row_count;
    }
    return NULL;
}

/* A statement of a scope. */
static void add_scope(pg_writing *w, const database_scope *scope,
                      pg_scope_step step) {
    pg_writing_part p = {.of = w->count, .scope_part = {scope, step}};
    if (!pg_scope_has(scope, step))
        return;
    buf *shape = &w->session->shape;
    buf_clear(shape, SIZE_MAX);
    pg_scope_write_shape(shape, &p.scope_part);
    p.shape = arena_copy(w->a, buf_str(shape));
    pg_scope_bind(w->a, &p.arguments, &p.scope_part);
    ARENA_PUSH(w->a, w->parts, w->part_count, p);
}

static str origin_text(pg_writing *w, const change_origin *origin) {
    CLEANUP(buf_free) buf text = buf_new(SQL_MAX);
    origin_write(&text, origin);
    return arena_copy(w->a, buf_str(&text));
}

/* For the triggers that record what changes (pg_guard.h), and how long it may
 * take, if that is not what the role has. */
static void add_settings(pg_writing *w) {
    const mutation *first = w->count > 0 ? w->mutations[0] : NULL;
    if (first == NULL || (first->origin == NULL && first->time_limit_ms == 0))
        return;
    scope_setting *settings = arena_new_array(w->a, scope_setting, 3);
    database_scope *scope = arena_new_array(w->a, database_scope, 1);
    size_t count = 0;
    if (first->origin != NULL)
        settings[count++] =
            (scope_setting){STR("tenon.origin"), origin_text(w, first->origin)};
    if (first->origin != NULL && w->session->database->has_no_events)
        settings[count++] = (scope_setting){STR("tenon.events"), STR("off")};
    if (first->time_limit_ms > 0)
        settings[count++] = (scope_setting){
            STR("statement_timeout"),
            arena_printf(w->a, "%" PRId64, first->time_limit_ms)};
    scope->settings = settings;
    scope->setting_count = count;
    add_scope(w, scope, PG_SCOPE_SET);
}

/* ---- Stages ------------------------------------------------------------- */

static bool decides(const mutation *m) {
    return m->judge != NULL || m->max_rows != MUTATION_ANY_COUNT ||
           m->must_be_one || m->expected != NULL || m->is_rolled_back ||
           mutation_waits(m);
}

/* An insert hands back what was sent. */
size_t pg_writing_weight(const mutation *m) {
    if (mutation_cell_count(m) == 0)
        return 0;
    if (m->embed_count == 0 && (m->kind == MUTATION_INSERT || m->finds_one))
        return 0;
    return m->finds_one ? 1 : PG_WRITING_STEP;
}

static void look_over(pg_writing *w) {
    size_t weight = 0;
    w->must_look = w->once != NULL;
    for (size_t i = 0; i < w->count; i++) {
        weight += pg_writing_weight(w->mutations[i]);
        w->must_look |= decides(w->mutations[i]);
        w->is_undone |= w->mutations[i]->is_rolled_back;
    }
    w->is_stepwise = weight > PG_WRITING_STEP;
    w->must_look |= w->is_stepwise;
}

/* One that has no turn has no part. */
static err *add_next(pg_writing *w) {
    const mutation *m = w->mutations[w->added];
    w->failed_at = w->added;
    w->results[w->added].is_skipped = !mutation_has_turn(m, w->results);
    if (w->results[w->added].is_skipped)
        return NULL;
    TRY(mutation_resolve(w->a, m, w->results, w->added, &m));
    return add_mutation(w, w->added, m);
}

err *pg_writing_add_stage(pg_writing *w) {
    size_t known = w->added;
    for (; w->added < w->count; w->added++) {
        if (mutation_waits(w->mutations[w->added]) &&
            mutation_waits_for(w->mutations[w->added]) > known)
            break;
        TRY(add_next(w));
    }
    w->failed_at = w->count;
    if (w->added == w->count)
        add_scope(w, w->scope, PG_SCOPE_AFTER);
    return NULL;
}

err *pg_writing_begin(pg_writing *w) {
    look_over(w);
    add_settings(w);
    add_scope(w, w->scope, PG_SCOPE_SET);
    add_scope(w, w->scope, PG_SCOPE_BEFORE);
    TRY(pg_writing_add_stage(w));
    w->first_parts = w->part_count;
    w->first_added = w->added;
    return NULL;
}

void pg_writing_begin_try(pg_writing *w) {
    w->part_count = w->first_parts;
    w->added = w->first_added;
    w->sent = 0;
    w->taken = 0;
    w->checked = 0;
    w->result_bytes = 0;
    for (size_t i = 0; i < w->part_count; i++)
        w->parts[i].ticket = (pg_ticket){0};
    for (size_t i = 0; i < w->count; i++)
        w->results[i] = (mutation_result){0};
}

void pg_writing_write_part(buf *out, const void *part) {
    const pg_writing_part *p = part;
    if (p->scope_part.scope != NULL)
        pg_scope_write(out, &p->scope_part);
    else if (p->is_before)
        pg_call_write(out, p->mutation.call, p->statement_of_call);
    else
        pg_change_write(out, &p->mutation);
}
