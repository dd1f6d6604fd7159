#include "schema/resolve.h"

#include "schema/resolve_draft.h"
#include "schema/schema_names.h"

static const field **list_columns(arena *a, field *fields, size_t count,
                                  size_t *column_count) {
    const field **columns = arena_new_array(a, const field *, count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == FIELD_RELATION)
            continue;
        fields[i].column_index = (uint32_t)*column_count;
        columns[(*column_count)++] = &fields[i];
    }
    return columns;
}

/* Pairs are found in the order of either side; here they get the order of the
 * fields that hold the keys. */
static const relation **list_relations(arena *a, const model *m) {
    const relation **relations =
        arena_new_array(a, const relation *, m->relation_count);
    size_t count = 0;
    for (size_t i = 0; i < m->field_count; i++) {
        const relation *rel = m->fields[i].relation;
        if (rel != NULL && rel->kind != RELATION_MANY_TO_MANY &&
            rel->child_field == &m->fields[i])
            relations[count++] = rel;
    }
    return relations;
}

static const relation **list_many_to_many(const resolver *r) {
    const relation **relations =
        arena_new_array(r->arena, const relation *, r->many_to_many_count);
    for (size_t i = 0; i < r->many_to_many_count; i++)
        relations[i] = r->many_to_many[i];
    return relations;
}

static void finish_model(arena *a, model_draft *draft) {
    model *m = draft->model;
    m->columns =
        list_columns(a, draft->field_array, m->field_count, &m->column_count);
    m->relations = list_relations(a, m);
    m->uniques = draft->uniques;
    m->indexes = draft->indexes;
}

static map *name_columns(resolver *r, const model *m) {
    map *columns = map_new_beside(r->arena, r->declared);
    for (size_t i = 0; i < m->column_count; i++) {
        if (field_is_visible(m->columns[i]))
            map_add(columns, m->columns[i]->column, m->columns[i]);
    }
    return columns;
}

static const schema_names *name_all(resolver *r) {
    schema_names *names = arena_new_array(r->arena, schema_names, 1);
    names->models = map_new(r->arena);
    names->tables = map_new(r->arena);
    names->functions = map_new_beside(r->arena, names->models);
    size_t count = r->model_count + r->shape_count;
    names->columns = arena_new_array(r->arena, const map *, count);
    for (size_t i = 0; i < count; i++) {
        const model *m = &r->models[i];
        names->columns[i] = name_columns(r, m);
        if (i >= r->model_count)
            continue;
        map_add(names->models, m->name, m);
        map_add(names->tables, m->table, m);
    }
    for (size_t i = 0; i < r->function_count; i++)
        map_add(names->functions, r->functions[i].name, &r->functions[i]);
    return names;
}

static const schema *finish(resolver *r) {
    for (size_t i = 0; i < r->model_count + r->shape_count; i++)
        finish_model(r->arena, &r->model_drafts[i]);
    schema *s = arena_new_array(r->arena, schema, 1);
    *s = (schema){.engine = r->engine,
                  .datasource = r->datasource,
                  .many_to_many = list_many_to_many(r),
                  .many_to_many_count = r->many_to_many_count,
                  .models = r->models,
                  .model_count = r->model_count,
                  .shape_count = r->shape_count,
                  .functions = r->functions,
                  .function_count = r->function_count,
                  .enums = r->enums,
                  .enum_count = r->enum_count,
                  .auth_model = r->auth != NULL ? r->auth->model : NULL,
                  .names = name_all(r)};
    return s;
}

const schema *resolve_run(arena *a, const schema_files *files,
                          engine_kind engine, diag_list *diags) {
    resolver r = {.arena = a,
                  .diags = diags,
                  .engine = engine,
                  .files = files->items,
                  .file_count = files->count,
                  .is_damaged = files->is_damaged};
    resolve_declarations(&r);
    resolve_types(&r);
    resolve_attributes(&r);
    resolve_missing_keys(&r);
    resolve_relations(&r);
    resolve_database_names(&r);
    resolve_own_attributes(&r);
    resolve_functions(&r);
    resolve_closed_models(&r);
    resolve_ignored(&r);
    return diags->error_count == 0 ? finish(&r) : NULL;
}
