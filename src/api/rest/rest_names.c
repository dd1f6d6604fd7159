#include "api/rest/rest_names.h"

#include "base/nearest.h"
#include "core/exposure.h"
#include "schema/function.h"

/* A column that could have been meant, or NULL. */
static const field *find_near_column(const model *m, str name) {
    const field *by_schema_name = model_find_field(m, name);
    if (by_schema_name != NULL && field_is_visible(by_schema_name))
        return by_schema_name;
    nearest n = nearest_to(name);
    const field *found = NULL;
    for (size_t i = 0; i < m->column_count; i++) {
        if (!field_is_visible(m->columns[i]))
            continue;
        nearest_offer(&n, m->columns[i]->column);
        if (n.best.ptr == m->columns[i]->column.ptr)
            found = m->columns[i];
    }
    return found;
}

static err *with_near_column(arena *a, const model *m, str name, err *e) {
    const field *near = find_near_column(m, name);
    if (near == NULL)
        return e;
    return err_with_hint(
        e, arena_printf(
               a, "Perhaps you meant to reference the column \"%.*s.%.*s\".",
               STR_ARG(m->table), STR_ARG(near->column)));
}

err *rest_names_column(arena *a, const schema *s, const model *m, str name,
                       const field **out) {
    *out = model_find_column(s, m, name);
    if (*out == NULL)
        *out = function_find_computed(s, m, name);
    if (*out != NULL)
        return NULL;
    return with_near_column(a, m, name,
                            err_new(a, ERR_UNKNOWN_COLUMN,
                                    "column %.*s.%.*s does not exist",
                                    STR_ARG(m->table), STR_ARG(name)));
}

err *rest_names_body_column(arena *a, const schema *s, const model *m, str name,
                            const field **out) {
    *out = model_find_column(s, m, name);
    if (*out != NULL)
        return NULL;
    return with_near_column(
        a, m, name,
        err_new(a, ERR_UNKNOWN_BODY_COLUMN,
                "Could not find the '%.*s' column of '%.*s' in the schema "
                "cache",
                STR_ARG(name), STR_ARG(m->table)));
}

static bool is_there(const model *m, str profile) {
    return m != NULL && !m->is_ignored && str_equal(model_home(m), profile);
}

static const model *find_near_table(const schema *s, str profile, str name) {
    const model *found = schema_find_model(s, name);
    if (is_there(found, profile))
        return found;
    found = NULL;
    nearest n = nearest_to(name);
    for (size_t i = 0; i < s->model_count; i++) {
        if (!is_there(&s->models[i], profile))
            continue;
        nearest_offer(&n, s->models[i].table);
        if (n.best.ptr == s->models[i].table.ptr)
            found = &s->models[i];
    }
    return found;
}

err *rest_names_table(arena *a, const schema *s, str profile, str name,
                      const model **out) {
    *out = exposure_find_table(s, profile, name);
    if (*out != NULL && !(*out)->is_ignored)
        return NULL;
    err *e = err_new(a, ERR_UNKNOWN_TABLE,
                     "Could not find the table '%.*s.%.*s' in the schema "
                     "cache",
                     STR_ARG(profile), STR_ARG(name));
    const model *near = find_near_table(s, profile, name);
    if (near == NULL)
        return e;
    return err_with_hint(
        e, arena_printf(a, "Perhaps you meant the table '%.*s.%.*s'",
                        STR_ARG(profile), STR_ARG(near->table)));
}
