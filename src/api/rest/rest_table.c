#include "api/rest/rest_table.h"

#include "core/policy.h"

/* As those see it who are not signed in. Our own tables nobody sees but the
 * operator. */
static void choose_shown(arena *a, const app *application, rest_table *t) {
    bool is_ours = t->model->is_system;
    caller anybody = {
        .app = application,
        .arena = a,
        .principal = {is_ours ? PRINCIPAL_OPERATOR : PRINCIPAL_ANONYMOUS},
    };
    size_t count = t->model->column_count;
    query_column *columns = arena_new_array(a, query_column, count);
    row_column *keys = arena_new_array(a, row_column, count);
    for (size_t i = 0; i < count; i++) {
        const field *f = t->model->columns[i];
        if (f->is_omitted || !policy_shows(&anybody, f))
            continue;
        columns[t->column_count] = t->all_columns[i];
        keys[t->column_count++] = t->all_keys[i];
    }
    t->columns = columns;
    t->keys = keys;
}

static rest_table make_table(arena *a, const app *application, const model *m) {
    query_column *columns = arena_new_array(a, query_column, m->column_count);
    row_column *keys = arena_new_array(a, row_column, m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        columns[i] = query_column_of(f);
        /* A list is JSON already. */
        scalar_type type = f->is_list ? SCALAR_JSON : f->scalar;
        keys[i] = (row_column){row_json_make_key(a, f->column), type};
    }
    rest_table t = {.model = m, .all_columns = columns, .all_keys = keys};
    choose_shown(a, application, &t);
    return t;
}

static rest_tables make_all(arena *a, const app *application, const schema *s,
                            exposure exposed) {
    size_t count = s->model_count + s->shape_count;
    rest_table *tables = arena_new_array(a, rest_table, schema_index_end(s));
    for (size_t i = 0; i < count; i++) {
        const model *m = &s->models[i];
        tables[m->index] = make_table(a, application, m);
    }
    return (rest_tables){
        .schema = s,
        .exposed = exposed,
        .tables = tables,
        .relations = rest_relations_new(a, s, &exposed),
        .allows_aggregates = application->allows_aggregates,
    };
}

rest_tables rest_tables_new(arena *a, const app *application) {
    const schema *s = application->schema;
    exposure exposed = application->exposed.count > 0 ? application->exposed
                                                      : exposure_of_all(a, s);
    return make_all(a, application, s, exposed);
}

rest_tables rest_tables_new_called(arena *a, const app *application) {
    const schema *s = application->called;
    exposure exposed = {s->datasource.schemas, s->datasource.schema_count};
    return make_all(a, application, s, exposed);
}

rest_tables rest_tables_new_of_system(arena *a, const app *application) {
    static const str NAMES[] = {STR_INIT("tenon")};
    exposure exposed = {NAMES, LENGTH(NAMES)};
    return make_all(a, application, application->system, exposed);
}
