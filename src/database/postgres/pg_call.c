#include "database/postgres/pg_call.h"

#include "database/postgres/pg_cells.h"
#include "database/postgres/pg_filter.h"
#include "database/postgres/pg_foreign_call.h"
#include "schema/function.h"

#define ROWS "\"rows of the call\""

/* A line end behind it, since it may end in a comment. */
static void write_statement(pg_sql *w, const function_call *call,
                            const function_statement *s) {
    pg_sql_put(w, s->texts[0]);
    for (size_t i = 0; i < s->argument_count; i++) {
        const field *f = s->arguments[i];
        pg_sql_value(w, pg_cast_of(f, NULL), &call->arguments[f->column_index]);
        pg_sql_put(w, s->texts[i + 1]);
    }
    pg_sql_put(w, STR("\n"));
}

/* A value is called as the function. */
static void write_alias(pg_sql *w, const function *f, size_t alias) {
    pg_sql_put(w, STR(" AS "));
    pg_sql_alias(w, alias);
    if (f->result != RESULT_VALUE || !pg_sql_is_text(w))
        return;
    buf_append(w->out, STR(" ("));
    sql_write_name(w->out, f->row->columns[0]->column);
    buf_append_char(w->out, ')');
}

/* Whose rows are the result. */
static void write_result(pg_sql *w, const function_call *call) {
    const function *f = call->function;
    if (f->is_foreign)
        pg_foreign_call_write(w, call);
    else
        write_statement(w, call, &f->statements[f->statement_count - 1]);
}

void pg_call_write_source(pg_sql *w, const function_call *call, size_t alias) {
    pg_sql_put(w, STR("("));
    write_result(w, call);
    pg_sql_put(w, STR(")"));
    write_alias(w, call->function, alias);
}

void pg_call_write_last(pg_sql *w, const mutation *m) {
    const function *f = m->call->function;
    if (mutation_cell_count(m) == 0) {
        write_result(w, m->call);
        return;
    }
    query ordered = {.order = m->order, .order_count = m->order_count};
    size_t alias = w->alias_count++;
    pg_cells c = pg_cells_of(w, m->returning, m->returning_count, m->embeds,
                             m->embed_count, alias);
    pg_sql_put(w, STR("WITH " ROWS " AS ("));
    write_result(w, m->call);
    pg_sql_put(w, STR(") SELECT "));
    pg_cells_write(w, &c);
    pg_sql_put(w, STR(" FROM " ROWS));
    write_alias(w, f, alias);
    pg_cells_write_joins(w, &c);
    pg_filter_write_where(w, alias, m->where);
    pg_cells_write_order(w, &ordered, &c);
    pg_sql_put(w, f->is_list ? STR("") : STR(" LIMIT 1"));
}

void pg_call_write(buf *out, const function_call *call, size_t statement) {
    pg_sql w = {.out = out};
    write_statement(&w, call, &call->function->statements[statement]);
}

err *pg_call_bind(arena *a, pg_arguments *out, const function_call *call,
                  size_t statement) {
    pg_sql w = {.a = a, .arguments = out};
    write_statement(&w, call, &call->function->statements[statement]);
    return w.failure;
}

void pg_call_write_computed(pg_sql *w, const function *f, size_t alias) {
    if (f->is_foreign) {
        pg_foreign_call_write_computed(w, f, alias);
        return;
    }
    const function_statement *s = &f->statements[0];
    pg_sql_put(w, STR("("));
    pg_sql_put(w, s->texts[0]);
    for (size_t i = 0; i < s->argument_count; i++) {
        pg_sql_column(w, alias, s->arguments[i]->column);
        pg_sql_put(w, s->texts[i + 1]);
    }
    pg_sql_put(w, STR("\n)"));
}
