/* typescript_row.c: values and rows as TypeScript types. */
#include "generate/related_name.h"
#include "generate/typescript_writer.h"

static const str SCALARS[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = STR_INIT("string"),
    [SCALAR_BOOLEAN] = STR_INIT("boolean"),
    [SCALAR_INT] = STR_INIT("number"),
    [SCALAR_BIGINT] = STR_INIT("number"),
    [SCALAR_FLOAT] = STR_INIT("number"),
    [SCALAR_DECIMAL] = STR_INIT("number"),
    [SCALAR_DATETIME] = STR_INIT("string"),
    [SCALAR_JSON] = STR_INIT("Json"),
    [SCALAR_BYTES] = STR_INIT("string"),
};

/* ---- Values --------------------------------------------------------------- */

/* Of an enum in a schema that is not exposed, what it says stands where its
 * name would. */
static const str *types_of(const typescript_writer *w, const field *f,
                           size_t *count) {
    const enumeration *e = f->enumeration;
    str *types = NULL;
    *count = 0;
    if (e == NULL) {
        ARENA_PUSH(w->a, types, *count, SCALARS[f->scalar]);
    } else if (typescript_is_exposed(w, enumeration_home(e))) {
        ARENA_PUSH(
            w->a, types, *count,
            typescript_path(w, enumeration_home(e), "Enums", e->database_name));
    } else {
        for (size_t i = 0; i < e->value_count; i++)
            ARENA_PUSH(w->a, types, *count,
                       typescript_string(w->a, e->values[i].database_name));
    }
    return types;
}

void typescript_write_value(typescript_writer *w, str member, const field *f,
                            bool is_list, bool is_nullable) {
    typescript_union type = {.is_list = is_list, .is_nullable = is_nullable};
    type.types = types_of(w, f, &type.count);
    typescript_page_union(&w->page, member, &type);
}

static void write_column(typescript_writer *w, const field *f,
                         const char *mark) {
    str member = typescript_key(w->a, f->column);
    typescript_page_doc(&w->page, f->doc);
    typescript_write_value(w,
                           arena_printf(w->a, "%.*s%s", STR_ARG(member), mark),
                           f, f->is_list, f->is_optional);
}

/* ---- Rows ----------------------------------------------------------------- */

/* No password comes in or out. */
static bool is_column(const field *f) {
    return field_is_visible(f) && !f->is_password;
}

static bool is_read(const typescript_writer *w, const field *f) {
    return is_column(f) && schema_view_shows(w->view, f);
}

/* The field of a function that is a computed one of the model; or NULL. */
static const field *computed_by(const typescript_writer *w, const function *f,
                                const model *m) {
    if (f->computed_of != m)
        return NULL;
    const field *value = f->row->columns[0];
    return schema_view_shows(w->view, value) ? value : NULL;
}

void typescript_write_row(typescript_writer *w, str member, const model *m,
                          str suffix) {
    typescript_page_open(&w->page, member);
    for (size_t i = 0; i < m->column_count; i++) {
        if (is_read(w, m->columns[i]))
            write_column(w, m->columns[i], "");
    }
    for (size_t i = 0; i < w->schema->function_count; i++) {
        const function *f = &w->schema->functions[i];
        const field *value = computed_by(w, f, m);
        if (value == NULL)
            continue;
        typescript_page_doc(&w->page, f->doc);
        typescript_write_value(w, typescript_key(w->a, f->name), value, false,
                               f->is_optional);
    }
    typescript_page_close(&w->page, suffix);
}

/* ---- Related rows ---------------------------------------------------------- */

/* Of a field that leads to other rows, its name in a body; or empty. */
static str name_of(const typescript_writer *w, const field *f) {
    bool leads_on = f->kind == FIELD_RELATION && !f->is_ignored &&
                    typescript_has_model(w, related_target(f));
    return leads_on ? related_name(w->schema, f) : (str){0};
}

static bool has_related(const typescript_writer *w, const model *m) {
    for (size_t i = 0; i < m->field_count; i++)
        if (!str_is_empty(name_of(w, &m->fields[i])))
            return true;
    return false;
}

static str related_of(const typescript_writer *w, const model *m) {
    str table = typescript_path(w, model_home(m), "Tables", m->table);
    return arena_printf(w->a, "%.*s[\"Related\"]", STR_ARG(table));
}

void typescript_write_related(typescript_writer *w, const model *m) {
    if (!has_related(w, m))
        return;
    typescript_page_open(&w->page, STR("Related"));
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = &m->fields[i];
        str name = name_of(w, f);
        if (str_is_empty(name))
            continue;
        const model *target = related_target(f);
        str table =
            typescript_path(w, model_home(target), "Tables", target->table);
        typescript_page_member(&w->page, typescript_key(w->a, name),
                               arena_printf(w->a, "{ %s: %.*s }",
                                            related_is_one(f) ? "one" : "many",
                                            STR_ARG(table)));
    }
    typescript_page_close(&w->page, STR(";"));
}

void typescript_write_insert(typescript_writer *w, const model *m) {
    bool is_plain = !has_related(w, m);
    typescript_page_open_of(&w->page, STR("Insert"),
                            is_plain ? (str){0} : STR("Inserts<"));
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_column(f))
            write_column(w, f, field_may_be_left_out(f) ? "?" : "");
    }
    str related = related_of(w, m);
    typescript_page_close(
        &w->page,
        is_plain ? STR(";") : arena_printf(w->a, ", %.*s>;", STR_ARG(related)));
}

void typescript_write_update(typescript_writer *w, const model *m) {
    str related = related_of(w, m);
    typescript_page_open_of(&w->page, STR("Update"), STR("Changes<"));
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_column(f) && schema_view_sets(w->view, f))
            write_column(w, f, "?");
    }
    typescript_page_close(
        &w->page, has_related(w, m)
                      ? arena_printf(w->a, "> & Nests<%.*s>;", STR_ARG(related))
                      : STR(">;"));
}

/* ---- What * leaves out ---------------------------------------------------- */

static str *hidden_of(const typescript_writer *w, const model *m,
                      size_t *count) {
    str *names = NULL;
    *count = 0;
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (f->is_omitted && is_read(w, f))
            ARENA_PUSH(w->a, names, *count, typescript_string(w->a, f->column));
    }
    for (size_t i = 0; i < w->schema->function_count; i++) {
        const function *f = &w->schema->functions[i];
        if (computed_by(w, f, m) != NULL)
            ARENA_PUSH(w->a, names, *count, typescript_string(w->a, f->name));
    }
    return names;
}

bool typescript_has_hidden(const typescript_writer *w, const model *m) {
    size_t count;
    hidden_of(w, m, &count);
    return count > 0;
}

void typescript_write_hidden(typescript_writer *w, const model *m) {
    typescript_union type = {0};
    type.types = hidden_of(w, m, &type.count);
    if (type.count > 0)
        typescript_page_union(&w->page, STR("ComputedFields"), &type);
}
