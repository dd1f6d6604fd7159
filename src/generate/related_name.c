#include "generate/related_name.h"

const model *related_target(const field *f) {
    const relation *r = f->relation;
    return r->child_field == f ? r->parent : r->child;
}

bool related_is_one(const field *f) {
    const relation *r = f->relation;
    return r->kind == RELATION_ONE_TO_ONE ||
           (r->kind == RELATION_ONE_TO_MANY && r->child_field == f);
}

static bool is_taken(const schema *s, const field *f) {
    const model *table = schema_find_table(s, f->name);
    return model_find_column(s, f->model, f->name) != NULL ||
           (table != NULL && table != related_target(f));
}

str related_name(const schema *s, const field *f) {
    const model *target = related_target(f);
    if (target->is_ignored || target->is_view)
        return (str){0};
    if (!is_taken(s, f))
        return f->name;
    return target != f->model ? f->relation->constraint_name : (str){0};
}
