#include "database/postgres/pg_object.h"

#include "database/shape.h"
#include "schema/naming.h"

/* Functions take 100 arguments at most. */
enum { MAX_PAIRS = 50 };

/* PostgreSQL would cut off what is longer. */
static bool is_name(str asked, str name) {
    return name.len <= NAMING_POSTGRESQL_LIMIT && str_equal(asked, name);
}

static bool has_names(const query *q) {
    for (size_t i = 0; i < q->column_count; i++) {
        const query_column *c = &q->columns[i];
        if (c->derivation != NULL || !is_name(c->name, c->field->column))
            return false;
    }
    for (size_t i = 0; i < q->embed_count; i++) {
        const embed *e = &q->embeds[i];
        bool has = e->is_spread ? has_names(&e->query)
                                : is_name(e->name, e->query.model->table);
        if (!has)
            return false;
    }
    return true;
}

bool pg_object_is_record(const query *q) {
    return has_names(q) && query_cell_count(q) > 0;
}

void pg_object_write_shape(buf *out, const embed *embeds, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const query *q = &embeds[i].query;
        shape_put(out, pg_object_is_record(q));
        pg_object_write_shape(out, q->embeds, q->embed_count);
    }
}

static void write_key(pg_sql *w, str name, size_t alias, size_t *at,
                      bool is_table) {
    pg_sql_put(w, *at > 0 ? STR(", ") : STR(""));
    pg_sql_put(w, is_table ? STR("(") : STR(""));
    pg_sql_text(w, STR("text"), name);
    pg_sql_put(w, is_table ? STR(", to_json(") : STR(", "));
    pg_sql_cell(w, alias, *at);
    pg_sql_put(w, is_table ? STR("))") : STR(""));
    (*at)++;
}

static void write_keys(pg_sql *w, const query *q, size_t alias, size_t *at,
                       bool is_table) {
    for (size_t i = 0; i < q->column_count; i++)
        write_key(w, q->columns[i].name, alias, at, is_table);
    for (size_t i = 0; i < q->embed_count; i++) {
        const embed *e = &q->embeds[i];
        if (e->is_spread)
            write_keys(w, &e->query, alias, at, is_table);
        else
            write_key(w, e->name, alias, at, is_table);
    }
}

/* A star behind the alias: a cell may have the alias as its name. */
static void write_record(pg_sql *w, size_t alias) {
    pg_sql_put(w, STR("row_to_json("));
    pg_sql_alias(w, alias);
    pg_sql_put(w, STR(".*)"));
}

void pg_object_write(pg_sql *w, const query *q, size_t alias) {
    if (pg_object_is_record(q)) {
        write_record(w, alias);
        return;
    }
    bool is_table = query_cell_count(q) > MAX_PAIRS;
    size_t at = 0;
    pg_sql_put(w, is_table ? STR("(SELECT json_object_agg(o.k, o.v) FROM"
                                 " (VALUES ")
                           : STR("json_build_object("));
    write_keys(w, q, alias, &at, is_table);
    pg_sql_put(w, is_table ? STR(") AS o (k, v))") : STR(")"));
}
