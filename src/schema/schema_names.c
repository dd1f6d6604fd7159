#include "schema/schema_names.h"

static map *name_columns(arena *a, const map *beside, const model *m) {
    map *columns = map_new_beside(a, beside);
    for (size_t i = 0; i < m->column_count; i++) {
        if (field_is_visible(m->columns[i]))
            map_add(columns, m->columns[i]->column, m->columns[i]);
    }
    return columns;
}

const schema_names *schema_names_of(arena *a, const schema *s) {
    schema_names *names = arena_new_array(a, schema_names, 1);
    names->models = map_new(a);
    names->tables = map_new(a);
    names->functions = map_new_beside(a, names->models);
    size_t count = s->model_count + s->shape_count;
    names->columns = arena_new_array(a, const map *, schema_index_end(s));
    for (size_t i = 0; i < count; i++) {
        const model *m = &s->models[i];
        names->columns[m->index] = name_columns(a, names->models, m);
        if (i >= s->model_count)
            continue;
        map_add(names->models, m->name, m);
        map_add(names->tables, m->table, m);
    }
    for (size_t i = 0; i < s->function_count; i++)
        map_add(names->functions, s->functions[i].name, &s->functions[i]);
    return names;
}
