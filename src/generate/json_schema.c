#include "generate/json_schema.h"

#include "base/attr.h"
#include "schema/function.h"

static const char *const SUFFIXES[] = {
    [PURPOSE_ROW] = "",
    [PURPOSE_CREATE] = "Create",
    [PURPOSE_UPDATE] = "Update",
};

/* An insert may also have what is not read. */
static bool is_part(const field *f, row_purpose why, const schema_view *view) {
    if (!field_is_visible(f))
        return false;
    switch (why) {
    case PURPOSE_ROW:
        return !f->is_password && schema_view_shows(view, f);
    case PURPOSE_CREATE:
        return view == NULL || !f->is_password;
    case PURPOSE_UPDATE:
        return schema_view_sets(view, f);
    }
    return false;
}

static bool is_required(const field *f, row_purpose why) {
    switch (why) {
    case PURPOSE_ROW:
        return !f->is_omitted;
    case PURPOSE_CREATE:
        return !field_may_be_left_out(f);
    case PURPOSE_UPDATE:
        return false;
    }
    return false;
}

static void write_required(json_page *p, const model *m, row_purpose why,
                           const schema_view *view) {
    json_page_open(p, STR("required"), '[');
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_part(f, why, view) && is_required(f, why))
            json_page_text(p, STR(""), f->column);
    }
    json_page_close(p, ']');
}

str json_schema_name(arena *a, const model *m, row_purpose why) {
    return arena_printf(a, "%.*s%s", STR_ARG(m->name), SUFFIXES[why]);
}

/* As the column that it is like. */
static void write_computed(json_page *p, const schema *s, const model *m,
                           const schema_view *view) {
    for (size_t i = 0; i < s->function_count; i++) {
        const function *f = &s->functions[i];
        if (f->computed_of != m || !schema_view_shows(view, f->row->columns[0]))
            continue;
        field value = *f->row->columns[0];
        value.doc = f->doc;
        json_schema_property_write(p, f->name, &value);
    }
}

/* An update may also change what is there. */
static void write_column(json_page *p, const field *f, row_purpose why) {
    if (why == PURPOSE_UPDATE)
        json_schema_property_write_change(p, f->column, f);
    else
        json_schema_property_write(p, f->column, f);
}

void json_schema_write_row(json_page *p, str member, const schema *s,
                           const model *m, row_purpose why,
                           const schema_view *view) {
    json_page_open(p, member, '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_some_text(p, STR("description"), m->doc);
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (is_part(f, why, view))
            write_column(p, f, why);
    }
    if (why == PURPOSE_ROW)
        write_computed(p, s, m, view);
    json_page_close(p, '}');
    write_required(p, m, why, view);
    /* A misspelt column is an error to the server, too. */
    json_page_bool(p, STR("additionalProperties"), false);
    json_page_close(p, '}');
}

static bool is_written(const model *m, row_purpose why) {
    return !m->is_ignored && (why == PURPOSE_ROW || !m->is_view);
}

static void write_model(arena *a, json_page *p, const schema *s,
                        const model *m) {
    for (row_purpose why = PURPOSE_ROW; why <= PURPOSE_UPDATE; why++) {
        if (is_written(m, why))
            json_schema_write_row(p, json_schema_name(a, m, why), s, m, why,
                                  NULL);
    }
}

static err *check_names(arena *a, const schema *s) {
    for (size_t i = 0; i < s->model_count; i++) {
        for (row_purpose why = PURPOSE_CREATE; why <= PURPOSE_UPDATE; why++) {
            const model *m = &s->models[i];
            str name = json_schema_name(a, m, why);
            const model *other = schema_find_model(s, name);
            if (other != NULL && is_written(m, why) &&
                is_written(other, PURPOSE_ROW))
                return err_new(a, ERR_CONFLICT,
                               "the definition %.*s would be a model and what "
                               "%s a %.*s",
                               STR_ARG(name),
                               why == PURPOSE_CREATE ? "creates" : "updates",
                               STR_ARG(m->name));
        }
    }
    return NULL;
}

err *json_schema_write(arena *a, buf *out, const schema *s) {
    TRY(check_names(a, s));
    json_page p = {.out = out};
    json_page_open(&p, STR(""), '{');
    json_page_text(&p, STR("$schema"),
                   STR("https://json-schema.org/draft/2020-12/schema"));
    json_page_open(&p, STR("$defs"), '{');
    for (size_t i = 0; i < s->model_count; i++)
        write_model(a, &p, s, &s->models[i]);
    json_page_close(&p, '}');
    json_page_close(&p, '}');
    return NULL;
}
