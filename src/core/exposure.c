#include "core/exposure.h"

static const str PUBLIC = STR_INIT("public");

bool exposure_has(const exposure *e, str name) {
    for (size_t i = 0; i < e->count; i++)
        if (str_equal(e->names[i], name))
            return true;
    return false;
}

static bool has_models(const schema *s, str name) {
    for (size_t i = 0; i < s->model_count; i++)
        if (str_equal(model_home(&s->models[i]), name))
            return true;
    return false;
}

exposure exposure_of_all(arena *a, const schema *s) {
    str *names = NULL;
    size_t count = 0;
    if (s->is_foreign)
        return (exposure){s->datasource.schemas, s->datasource.schema_count};
    if (s->model_count == 0 || has_models(s, PUBLIC))
        ARENA_PUSH(a, names, count, PUBLIC);
    for (size_t i = 0; i < s->model_count; i++) {
        exposure so_far = {names, count};
        str name = model_home(&s->models[i]);
        if (!exposure_has(&so_far, name))
            ARENA_PUSH(a, names, count, name);
    }
    return (exposure){names, count};
}

err *exposure_read(arena *a, const schema *s, str list, exposure *out) {
    str *names = NULL;
    size_t count = 0;
    *out = exposure_of_all(a, s);
    if (s->is_foreign || str_is_empty(list) || str_equal(list, STR("auto")))
        return NULL;
    for (str rest = list; !str_is_empty(rest);) {
        str name = str_trim(str_split(&rest, ','));
        if (!has_models(s, name)) {
            str known = exposure_list(a, out);
            return err_with_hint(
                err_new(a, ERR_INVALID,
                        "expose: no model is in the schema '%.*s'",
                        STR_ARG(name)),
                arena_printf(a, "models are in %.*s", STR_ARG(known)));
        }
        ARENA_PUSH(a, names, count, name);
    }
    *out = (exposure){names, count};
    return NULL;
}

str exposure_list(arena *a, const exposure *e) {
    str list = {0};
    for (size_t i = 0; i < e->count; i++)
        list = i == 0 ? e->names[i]
                      : arena_printf(a, "%.*s, %.*s", STR_ARG(list),
                                     STR_ARG(e->names[i]));
    return list;
}

err *exposure_choose(arena *a, const exposure *e, str named, str *out) {
    *out = named.ptr != NULL ? named : e->names[0];
    if (named.ptr == NULL || exposure_has(e, named))
        return NULL;
    str list = exposure_list(a, e);
    return err_with_hint(
        err_new(a, ERR_SCHEMA_NAME, "Invalid schema: %.*s", STR_ARG(named)),
        arena_printf(a, "Only the following schemas are exposed: %.*s",
                     STR_ARG(list)));
}

/* Hardly any two tables of one name are in two schemas. */
const model *exposure_find_table(const schema *s, str name, str table) {
    const model *found = schema_find_table(s, table);
    if (found == NULL || str_equal(model_home(found), name))
        return found;
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        if (str_equal(m->table, table) && str_equal(model_home(m), name))
            return m;
    }
    return NULL;
}
