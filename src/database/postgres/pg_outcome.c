#include "database/postgres/pg_outcome.h"

/* ---- Whether ------------------------------------------------------------ */

static bool has_field(const field *const *fields, size_t count,
                      const field *f) {
    for (size_t i = 0; i < count; i++)
        if (fields[i] == f)
            return true;
    return false;
}

static bool is_merge(const mutation *m) {
    return m->kind == MUTATION_INSERT && m->on_conflict == CONFLICT_MERGE;
}

/* Does it give a row that was there another identity? */
static bool moves_rows(const mutation *m, const key *identity) {
    if (m->kind == MUTATION_INSERT && !is_merge(m))
        return false;
    for (size_t i = 0; i < identity->field_count; i++) {
        const field *f = identity->fields[i];
        bool is_found_by = is_merge(m) && has_field(m->conflict_fields,
                                                    m->conflict_field_count, f);
        if (has_field(m->fields, m->field_count, f) && !is_found_by)
            return true;
    }
    return false;
}

/* What is deleted leads to what it led to. */
void pg_outcome_begin(pg_sql *w, const mutation *m) {
    const key *identity = model_identity(m->model);
    bool writes = m->kind == MUTATION_INSERT || m->kind == MUTATION_UPDATE;
    if (writes && !m->model->is_foreign && identity != NULL &&
        !moves_rows(m, identity))
        w->outcome = m;
}

/* ---- SQL ---------------------------------------------------------------- */

static void write_columns(pg_sql *w, const model *m, str before) {
    for (size_t i = 0; i < m->column_count; i++) {
        buf_append(w->out, i > 0 ? STR(", ") : STR("SELECT "));
        buf_append(w->out, before);
        sql_write_name(w->out, m->columns[i]->column);
    }
}

static void write_identity(pg_sql *w, const model *m, str before) {
    const key *identity = model_identity(m);
    for (size_t i = 0; i < identity->field_count; i++) {
        buf_append(w->out, i > 0 ? STR(", ") : STR(""));
        buf_append(w->out, before);
        sql_write_name(w->out, identity->fields[i]->column);
    }
}

/* New rows were not there. */
static void write_others(pg_sql *w, const mutation *m) {
    if (m->kind == MUTATION_INSERT && !is_merge(m))
        return;
    buf_append(w->out, STR(" WHERE ("));
    write_identity(w, m->model, STR("o."));
    buf_append(w->out, STR(") NOT IN (SELECT "));
    write_identity(w, m->model, (str){0});
    buf_append(w->out, STR(" FROM " PG_WRITTEN ")"));
}

static void write_outcome(pg_sql *w, const mutation *m) {
    buf_append_char(w->out, '(');
    write_columns(w, m->model, (str){0});
    buf_append(w->out, STR(" FROM " PG_WRITTEN " UNION ALL "));
    write_columns(w, m->model, STR("o."));
    buf_append(w->out, STR(" FROM "));
    pg_sql_table(w, m->model);
    buf_append(w->out, STR(" AS o"));
    write_others(w, m);
    buf_append_char(w->out, ')');
}

void pg_outcome_write_table(pg_sql *w, const model *m) {
    if (!pg_sql_is_text(w))
        return;
    if (UNLIKELY(w->outcome != NULL) && w->outcome->model == m)
        write_outcome(w, w->outcome);
    else
        pg_sql_table(w, m);
}
