#include "database/postgres/pg_scope.h"

#include "database/shape.h"
#include "database/sql.h"

bool pg_scope_has(const database_scope *scope, pg_scope_step step) {
    if (scope == NULL)
        return false;
    switch (step) {
    case PG_SCOPE_SET:
        return scope->setting_count > 0;
    case PG_SCOPE_BEFORE:
        return !str_is_empty(scope->before);
    case PG_SCOPE_AFTER:
        break;
    }
    return true;
}

void pg_scope_write_shape(buf *out, const pg_scope_part *part) {
    const database_scope *scope = part->scope;
    buf_append_char(out, 'S');
    shape_put(out, part->step);
    if (part->step == PG_SCOPE_SET)
        shape_put(out, scope->setting_count);
    if (part->step == PG_SCOPE_BEFORE)
        sql_write_path(out, scope->before_schema, scope->before);
}

void pg_scope_write_generation(buf *out, const database_scope *scope) {
    if (scope != NULL)
        shape_put(out, scope->generation);
}

static void write_settings(buf *out, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%sset_config($%zu::text, $%zu::text, true)",
                   i > 0 ? ", " : "", 2 * i + 1, 2 * i + 2);
}

void pg_scope_write(buf *out, const pg_scope_part *part) {
    buf_append(out, STR("SELECT "));
    switch (part->step) {
    case PG_SCOPE_SET:
        write_settings(out, part->scope->setting_count);
        return;
    case PG_SCOPE_BEFORE:
        sql_write_path(out, part->scope->before_schema, part->scope->before);
        buf_append(out, STR("()"));
        return;
    case PG_SCOPE_AFTER:
        buf_append(out, STR("current_setting('response.status', true), "
                            "current_setting('response.headers', true)"));
        return;
    }
}

void pg_scope_bind(arena *a, pg_arguments *out, const pg_scope_part *part) {
    const database_scope *scope = part->scope;
    for (size_t i = 0; part->step == PG_SCOPE_SET && i < scope->setting_count;
         i++) {
        pg_arguments_add_bytes(a, out, scope->settings[i].name);
        pg_arguments_add_bytes(a, out, scope->settings[i].value);
    }
}

static str take_cell(arena *a, const pg_library *pq, const PGresult *result,
                     int column) {
    str cell = {pq->PQgetvalue(result, 0, column),
                (size_t)pq->PQgetlength(result, 0, column)};
    return arena_copy(a, cell);
}

void pg_scope_take(arena *a, const pg_library *pq, const PGresult *result,
                   database_scope *scope) {
    scope->status = take_cell(a, pq, result, 0);
    scope->headers = take_cell(a, pq, result, 1);
}
