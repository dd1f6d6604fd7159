#include "schema/resolve.h"

#include "schema/function.h"
#include "schema/join_table.h"
#include "schema/resolve_draft.h"
#include "schema/schema_names.h"
#include "schema/secret_name.h"

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

/* A number or a time is no secret, whatever it is called. */
static bool may_be_secret(const field *f) {
    return f->kind == FIELD_SCALAR &&
           (f->scalar == SCALAR_STRING || f->scalar == SCALAR_BYTES ||
            f->scalar == SCALAR_JSON);
}

static void redact_columns(model_draft *draft) {
    for (size_t i = 0; i < draft->model->field_count; i++) {
        field *f = &draft->field_array[i];
        f->is_redacted = f->is_sensitive || f->is_password || f->is_omitted ||
                         (may_be_secret(f) && (secret_name_matches(f->name) ||
                                               secret_name_matches(f->column)));
    }
}

static bool redact_referring(model_draft *draft) {
    bool is_new = false;
    for (size_t i = 0; i < draft->model->field_count; i++) {
        const relation *rel = draft->field_array[i].relation;
        if (rel == NULL || rel->child_field != &draft->field_array[i])
            continue;
        for (size_t n = 0; n < rel->column_count; n++) {
            field *f = &draft->field_array[rel->columns[n]->index];
            is_new |= rel->references[n]->is_redacted && !f->is_redacted;
            f->is_redacted |= rel->references[n]->is_redacted;
        }
    }
    return is_new;
}

/* Who refers to a secret has it, too. Until nothing changes: what refers may be
 * referred to. */
static void redact_references(const resolver *r) {
    bool is_done = false;
    while (!is_done) {
        is_done = true;
        for (size_t i = 0; i < r->model_count; i++)
            if (redact_referring(&r->model_drafts[i]))
                is_done = false;
    }
}

static void open_columns(model_draft *draft) {
    for (size_t i = 0; i < draft->model->field_count; i++) {
        field *f = &draft->field_array[i];
        f->is_open = field_is_visible(f) && !f->is_password &&
                     f->rule_count == 0 && function_of_computed(f) == NULL;
    }
}

static void finish_model(arena *a, model_draft *draft) {
    model *m = draft->model;
    m->columns =
        list_columns(a, draft->field_array, m->field_count, &m->column_count);
    m->relations = list_relations(a, m);
    m->uniques = draft->uniques;
    m->indexes = draft->indexes;
    redact_columns(draft);
    open_columns(draft);
}

/* Behind all shapes. */
static void make_join_models(const resolver *r, size_t first_index) {
    for (size_t i = 0; i < r->many_to_many_count; i++)
        r->many_to_many[i]->join = join_table_model(
            r->arena, r->many_to_many[i],
            (uint32_t)(first_index + r->model_count + r->shape_count + i));
}

static const schema *finish(resolver *r, const resolve_options *options) {
    for (size_t i = 0; i < r->model_count + r->shape_count; i++) {
        finish_model(r->arena, &r->model_drafts[i]);
        r->model_drafts[i].model->index += options->first_index;
        r->model_drafts[i].model->is_system = options->is_system;
    }
    redact_references(r);
    make_join_models(r, options->first_index);
    schema *s = arena_new_array(r->arena, schema, 1);
    *s = (schema){.engine = r->engine,
                  .is_system = options->is_system,
                  .first_index = options->first_index,
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
                  .auth_model = r->auth != NULL ? r->auth->model : NULL};
    for (size_t i = 0; i < r->model_count; i++)
        s->has_audited_reads |= r->models[i].audit.has_reads;
    s->names = schema_names_of(r->arena, s);
    return s;
}

const schema *resolve_run(arena *a, const schema_files *files,
                          resolve_options options, diag_list *diags) {
    resolver r = {.arena = a,
                  .diags = diags,
                  .engine = options.engine,
                  .files = files->items,
                  .file_count = files->count,
                  .is_damaged = files->is_damaged};
    resolve_declarations(&r);
    resolve_types(&r);
    resolve_attributes(&r);
    resolve_missing_keys(&r);
    resolve_relations(&r);
    resolve_soft_deletes(&r);
    resolve_database_names(&r);
    resolve_wheres(&r);
    resolve_own_attributes(&r);
    resolve_functions(&r);
    resolve_closed_models(&r);
    resolve_ignored(&r);
    return diags->error_count == 0 ? finish(&r, &options) : NULL;
}
