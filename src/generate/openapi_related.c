/* openapi_related.c: rows with others nested in them, as bodies of writes. */
#include "generate/openapi_writer.h"
#include "generate/related_name.h"

static const str ONE = STR_INIT("tenon.One");
static const str MANY = STR_INIT("tenon.Many");

/* Of what is related to one row, and of what to several. */
static const struct {
    str name;
    const char *one;
    const char *many;
} OPERATIONS[] = {
    {STR_INIT("create"), "A new row.", "New rows."},
    {STR_INIT("connect"), "The row with this unique key.",
     "The rows with these unique keys."},
    {STR_INIT("connectOrCreate"), "where: a unique key; create: a row.",
     "where: a unique key; create: a row."},
    {STR_INIT("disconnect"), "true: no row any more.",
     "Unique keys of rows that do not belong to this one any more."},
    {STR_INIT("set"), NULL, "Unique keys: these rows and no others."},
    {STR_INIT("update"), "What changes in the row.",
     "where: a unique key; data: what changes."},
    {STR_INIT("upsert"), "create: a row; update: what changes in one there is.",
     "where: a unique key; create: a row; update: what changes in one there "
     "is."},
    {STR_INIT("delete"), "true: the row is deleted.", "Unique keys of rows."},
    {STR_INIT("updateMany"), NULL,
     "where: columns of the rows; data: what changes."},
    {STR_INIT("deleteMany"), NULL, "Columns of the rows."},
};

static str name_of(const openapi_writer *w, const field *f) {
    bool leads_on = f->kind == FIELD_RELATION && !f->is_ignored &&
                    openapi_has_model(related_target(f), w->view);
    return leads_on ? related_name(w->schema, f) : (str){0};
}

bool openapi_has_related(const openapi_writer *w, const model *m) {
    for (size_t i = 0; i < m->field_count; i++)
        if (!str_is_empty(name_of(w, &m->fields[i])))
            return true;
    return false;
}

str openapi_related_name(const openapi_writer *w, const model *m) {
    return openapi_component(
        w->a, arena_printf(w->a, "%.*s.Nested", STR_ARG(m->name)));
}

static void write_needed(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    json_page_open(p, STR("anyOf"), '[');
    for (size_t i = 0; i < m->field_count; i++) {
        str name = name_of(w, &m->fields[i]);
        if (str_is_empty(name))
            continue;
        json_page_open(p, STR(""), '{');
        json_page_open(p, STR("required"), '[');
        json_page_text(p, STR(""), name);
        json_page_close(p, ']');
        json_page_close(p, '}');
    }
    json_page_close(p, ']');
}

void openapi_write_related(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    if (!openapi_has_related(w, m))
        return;
    json_page_open(p, openapi_related_name(w, m), '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_text(p, STR("description"),
                   STR("Columns, and relations with what becomes of the rows "
                       "there."));
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = &m->fields[i];
        str name = name_of(w, f);
        if (!str_is_empty(name))
            openapi_write_reference(w, name, "schemas",
                                    related_is_one(f) ? ONE : MANY);
    }
    json_page_close(p, '}');
    write_needed(w, m);
    json_page_close(p, '}');
}

static void write_operation(json_page *p, str name, const char *what,
                            bool is_one) {
    bool is_flag = is_one && (str_equal(name, STR("disconnect")) ||
                              str_equal(name, STR("delete")));
    json_page_open(p, name, '{');
    json_page_text(p, STR("description"), str_of(what));
    json_page_raw(p, STR("type"),
                  is_flag  ? STR("\"boolean\"")
                  : is_one ? STR("\"object\"")
                           : STR("[\"object\", \"array\"]"));
    json_page_close(p, '}');
}

static void write_operations(json_page *p, str name, bool is_one) {
    json_page_open(p, name, '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < LENGTH(OPERATIONS); i++) {
        const char *what = is_one ? OPERATIONS[i].one : OPERATIONS[i].many;
        if (what != NULL)
            write_operation(p, OPERATIONS[i].name, what, is_one);
    }
    json_page_close(p, '}');
    json_page_bool(p, STR("additionalProperties"), false);
    json_page_close(p, '}');
}

void openapi_write_related_operations(openapi_writer *w) {
    write_operations(&w->page, ONE, true);
    write_operations(&w->page, MANY, false);
}
