/* introspect_names.c: what models, enums and fields are called. */
#include "database/introspect/introspect_draft.h"
#include "database/introspect/introspect_name.h"

/* Where two schemas have a table of one name, the second is called after its
 * schema as well, as Prisma does. */
static str name_block(draft *d, str database_schema, str name,
                      const char *fallback) {
    arena *a = d->a;
    str clean = introspect_model_name(a, name);
    if (str_is_empty(clean))
        clean = str_of(fallback);
    size_t taken = 0;
    if (map_find_number(d->names, clean, &taken) &&
        !str_is_empty(database_schema))
        clean = introspect_model_name(a, arena_printf(a, "%.*s_%.*s",
                                                      STR_ARG(database_schema),
                                                      STR_ARG(name)));
    return introspect_free_name(a, d->names, clean);
}

static void name_fields(const draft *d, draft_model *m) {
    m->field_names = map_new(d->a);
    for (size_t i = 0; i < m->field_count; i++) {
        draft_field *f = &m->fields[i];
        f->column = &m->table->columns[i];
        str name = introspect_clean_name(d->a, f->column->name);
        if (str_is_empty(name))
            name = STR("column");
        f->name = introspect_free_name(d->a, m->field_names, name);
        f->is_left_out = m->view == NULL && f->column->is_generated;
    }
}

/* A view is read like a table that has nothing but columns. */
static const structure_table *table_of_view(arena *a, const structure_view *v) {
    structure_table *t = arena_new_array(a, structure_table, 1);
    *t = (structure_table){.schema = v->schema,
                           .name = v->name,
                           .columns = v->columns,
                           .column_count = v->column_count,
                           .comment = v->comment};
    return t;
}

static void name_model(draft *d, const structure_table *t,
                       const structure_view *v) {
    if (t->column_count == 0)
        return;
    draft_model *m = &d->models[d->model_count++];
    *m = (draft_model){.table = t, .view = v, .field_count = t->column_count};
    m->name = name_block(d, t->schema, t->name, v != NULL ? "View" : "Table");
    m->fields = arena_new_array(d->a, draft_field, m->field_count);
    name_fields(d, m);
}

static str *name_values(arena *a, const structure_enum *e) {
    map *taken = map_new(a);
    str *names = arena_new_array(a, str, e->value_count);
    for (size_t i = 0; i < e->value_count; i++) {
        str name = introspect_clean_name(a, e->values[i]);
        if (str_is_empty(name))
            name = STR("value");
        names[i] = introspect_free_name(a, taken, name);
    }
    return names;
}

void draft_add_enum(draft *d, const structure_enum *e) {
    draft_enum made = {
        .name = name_block(d, e->schema, e->name, "Enum"),
        .database_name = e->name,
        .database_schema = e->schema,
        .comment = e->comment,
        .values = e->values,
        .value_names = name_values(d->a, e),
        .value_count = e->value_count,
    };
    ARENA_PUSH(d->a, d->enums, d->enum_count, made);
}

static bool is_elsewhere(str database_schema) {
    return !str_is_empty(database_schema) &&
           !str_equal(database_schema, STR("public"));
}

void draft_name_all(draft *d) {
    const structure *s = d->structure;
    d->names = map_new(d->a);
    d->models =
        arena_new_array(d->a, draft_model, s->table_count + s->view_count);
    for (size_t i = 0; i < s->table_count; i++) {
        if (!structure_is_table_of_tool(s->tables[i].name))
            name_model(d, &s->tables[i], NULL);
    }
    for (size_t i = 0; i < s->view_count; i++)
        name_model(d, table_of_view(d->a, &s->views[i]), &s->views[i]);
    for (size_t i = 0; i < s->enum_count; i++) {
        if (s->enums[i].value_count > 0)
            draft_add_enum(d, &s->enums[i]);
    }
    for (size_t i = 0; i < d->model_count; i++)
        d->has_schemas |= is_elsewhere(d->models[i].table->schema);
    for (size_t i = 0; i < d->enum_count; i++)
        d->has_schemas |= is_elsewhere(d->enums[i].database_schema);
}

draft_field *draft_find_field(const draft_model *m, str column) {
    for (size_t i = 0; i < m->field_count; i++) {
        draft_field *f = &m->fields[i];
        if (str_equal(f->column->name, column))
            return f->is_left_out ? NULL : f;
    }
    return NULL;
}

draft_model *draft_find_model(const draft *d, str database_schema, str table) {
    for (size_t i = 0; i < d->model_count; i++) {
        draft_model *m = &d->models[i];
        bool is_there =
            str_equal(m->table->schema, database_schema) ||
            (!is_elsewhere(m->table->schema) && !is_elsewhere(database_schema));
        if (m->view == NULL && is_there && str_equal(m->table->name, table))
            return m;
    }
    return NULL;
}

void draft_note(draft *d, draft_model *m, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str text = arena_vprintf(d->a, fmt, args);
    va_end(args);
    ARENA_PUSH(d->a, m->notes, m->note_count, text);
}
