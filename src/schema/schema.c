#include "schema/schema.h"

#include "schema/schema_names.h"

const model *schema_find_table(const schema *s, str table) {
    return map_find(s->names->tables, table);
}

const function *schema_find_function(const schema *s, str name) {
    return map_find(s->names->functions, name);
}

const model *schema_find_model(const schema *s, str name) {
    return map_find(s->names->models, name);
}

const field *model_find_column(const schema *s, const model *m, str column) {
    return map_find(s->names->columns[m->index], column);
}

const field *model_find_field(const model *m, str name) {
    for (size_t i = 0; i < m->field_count; i++) {
        if (str_equal(m->fields[i].name, name))
            return &m->fields[i];
    }
    return NULL;
}

static str home_of(str database_schema) {
    return str_is_empty(database_schema) ? STR("public") : database_schema;
}

str model_home(const model *m) {
    return home_of(m->database_schema);
}

str enumeration_home(const enumeration *e) {
    return home_of(e->database_schema);
}

bool field_may_be_left_out(const field *f) {
    return f->is_optional || f->is_list || f->is_updated_at ||
           f->default_value.kind != DEFAULT_NONE;
}

bool field_is_visible(const field *f) {
    bool has_value = f->kind == FIELD_SCALAR || f->kind == FIELD_ENUM;
    return has_value && !f->is_ignored;
}

bool relation_has_foreign_key(const relation *r) {
    return r->kind != RELATION_MANY_TO_MANY && !r->child->is_view &&
           !r->parent->is_view;
}

static bool can_identify(const key *k) {
    if (k->is_partial)
        return false;
    for (size_t i = 0; i < k->field_count; i++) {
        if (k->fields[i]->is_optional ||
            k->fields[i]->kind == FIELD_UNSUPPORTED)
            return false;
    }
    return true;
}

const key *model_identity(const model *m) {
    const key *identity = m->primary_key;
    for (size_t i = 0; identity == NULL && i < m->unique_count; i++) {
        if (can_identify(&m->uniques[i]))
            identity = &m->uniques[i];
    }
    return identity;
}
