#include "generate/openapi_writer.h"

#include "base/ascii.h"
#include "base/hex.h"
#include "generate/json_schema.h"

/* ---- Names ---------------------------------------------------------------- */

str openapi_component(arena *a, str name) {
    size_t room = name.len * 3;
    buf text = buf_over(arena_take(a, room + 1, 1), room + 1);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (ascii_is_letter(c) || ascii_is_digit(c) || c == '.' || c == '-' ||
            c == '_') {
            buf_append_char(&text, c);
        } else {
            buf_append_char(&text, '_');
            hex_encode(&text, str_slice(name, i, i + 1));
        }
    }
    return buf_str(&text);
}

/* A model may be called PostCreate beside Post. */
str openapi_row_name(const openapi_writer *w, const model *m, row_purpose why) {
    str name = json_schema_name(w->a, m, why);
    if (why != PURPOSE_ROW && schema_find_model(w->schema, name) != NULL)
        name = arena_printf(w->a, "%.*s.%s", STR_ARG(m->name),
                            why == PURPOSE_CREATE ? "Create" : "Update");
    return openapi_component(w->a, name);
}

str openapi_filter_name(const openapi_writer *w, const model *m,
                        const field *f) {
    return openapi_component(
        w->a,
        arena_printf(w->a, "%.*s.%.*s", STR_ARG(m->table), STR_ARG(f->column)));
}

void openapi_write_reference(openapi_writer *w, str member, const char *kind,
                             str name) {
    json_page_open(&w->page, member, '{');
    json_page_text(
        &w->page, STR("$ref"),
        arena_printf(w->a, "#/components/%s/%.*s", kind, STR_ARG(name)));
    json_page_close(&w->page, '}');
}

bool openapi_has_model(const model *m, const schema_view *view) {
    static const operation OPERATIONS[] = {OPERATION_READ, OPERATION_CREATE,
                                           OPERATION_UPDATE, OPERATION_DELETE};
    for (size_t i = 0; i < LENGTH(OPERATIONS); i++) {
        bool is_possible = !m->is_view || OPERATIONS[i] == OPERATION_READ;
        if (!m->is_ignored && is_possible &&
            schema_view_allows(view, m, OPERATIONS[i]))
            return true;
    }
    return false;
}

/* ---- Parameters ----------------------------------------------------------- */

static const struct parameter {
    str name;
    str key; /* of the component; empty: the name */
    str in;
    str type;
    str description;
} PARAMETERS[] = {
    {STR_INIT("select"), STR_INIT(""), STR_INIT("query"), STR_INIT("string"),
     STR_INIT("Which columns, `id,name:title`; all without it.")},
    {STR_INIT("order"), STR_INIT(""), STR_INIT("query"), STR_INIT("string"),
     STR_INIT("`column.desc.nullslast,other`")},
    {STR_INIT("limit"), STR_INIT(""), STR_INIT("query"), STR_INIT("integer"),
     STR_INIT("The most rows.")},
    {STR_INIT("offset"), STR_INIT(""), STR_INIT("query"), STR_INIT("integer"),
     STR_INIT("How many rows to pass over.")},
    {STR_INIT("or"), STR_INIT(""), STR_INIT("query"), STR_INIT("string"),
     STR_INIT("Filters of which one must hold, `(a.eq.1,b.gt.2)`.")},
    {STR_INIT("and"), STR_INIT(""), STR_INIT("query"), STR_INIT("string"),
     STR_INIT("Filters that must all hold.")},
    {STR_INIT("columns"), STR_INIT(""), STR_INIT("query"), STR_INIT("string"),
     STR_INIT("Which keys of the body count.")},
    {STR_INIT("on_conflict"), STR_INIT(""), STR_INIT("query"),
     STR_INIT("string"), STR_INIT("The unique key of an upsert.")},
    {STR_INIT("Prefer"), STR_INIT("prefer.read"), STR_INIT("header"),
     STR_INIT("string"),
     STR_INIT("`count=exact`, `count=planned`, `count=estimated`, "
              "`paging=keyset`, `timezone=Europe/Berlin`, `handling=strict`")},
    {STR_INIT("Prefer"), STR_INIT("prefer.write"), STR_INIT("header"),
     STR_INIT("string"),
     STR_INIT("`return=representation`, `return=minimal`, "
              "`return=headers-only`, `count=exact`, "
              "`resolution=merge-duplicates`, `resolution=ignore-duplicates`, "
              "`missing=default`, `tx=rollback`, `timezone=Europe/Berlin`, "
              "`respond-async`, `handling=strict`, `max-affected=N`")},
    {STR_INIT("Prefer"), STR_INIT("prefer.call"), STR_INIT("header"),
     STR_INIT("string"),
     STR_INIT("`count=exact`, `return=minimal`, `tx=rollback`, "
              "`timezone=Europe/Berlin`, `handling=strict`, "
              "`max-affected=N`")},
    {STR_INIT("Range"), STR_INIT("range"), STR_INIT("header"),
     STR_INIT("string"), STR_INIT("Rows in place of offset and limit, `0-9`.")},
    {STR_INIT("cursor"), STR_INIT(""), STR_INIT("query"), STR_INIT("string"),
     STR_INIT("Where a page begins, from the Link header of the one before.")},
    {STR_INIT("If-None-Match"), STR_INIT("if_none_match"), STR_INIT("header"),
     STR_INIT("string"), STR_INIT("The ETag of an answer that is there.")},
    {STR_INIT("If-Match"), STR_INIT("if_match"), STR_INIT("header"),
     STR_INIT("string"),
     STR_INIT("The ETag of the one row, which is written if it is still so.")},
    {STR_INIT("Idempotency-Key"), STR_INIT("idempotency_key"),
     STR_INIT("header"), STR_INIT("string"),
     STR_INIT("The same request with the same key is done once.")},
};

static const str LIST_PARAMETERS[] = {
    STR_INIT("select"), STR_INIT("order"), STR_INIT("limit"),
    STR_INIT("offset"), STR_INIT("or"),    STR_INIT("and"),
};

static void write_parameter(openapi_writer *w, str member, str name, str in,
                            str type, str description) {
    json_page *p = &w->page;
    json_page_open(p, member, '{');
    json_page_text(p, STR("name"), name);
    json_page_text(p, STR("in"), in);
    json_page_some_text(p, STR("description"), description);
    json_page_open(p, STR("schema"), '{');
    json_page_text(p, STR("type"), type);
    json_page_close(p, '}');
    json_page_close(p, '}');
}

const field **openapi_columns(const openapi_writer *w, const model *m,
                              size_t *count) {
    const field **columns = NULL;
    *count = 0;
    for (size_t i = 0; i < m->column_count; i++) {
        if (schema_view_shows(w->view, m->columns[i]))
            ARENA_PUSH(w->a, columns, *count, m->columns[i]);
    }
    for (size_t i = 0; i < w->schema->function_count; i++) {
        const function *f = &w->schema->functions[i];
        if (f->computed_of == m &&
            schema_view_shows(w->view, f->row->columns[0]))
            ARENA_PUSH(w->a, columns, *count, f->row->columns[0]);
    }
    return columns;
}

static void write_filters_of(openapi_writer *w, const model *m) {
    size_t count;
    const field **columns = openapi_columns(w, m, &count);
    for (size_t i = 0; i < count; i++) {
        const field *f = columns[i];
        write_parameter(w, openapi_filter_name(w, m, f), f->column,
                        STR("query"), STR("string"),
                        arena_printf(w->a, "A filter, `eq.value`.%s%.*s",
                                     str_is_empty(f->doc) ? "" : " ",
                                     STR_ARG(f->doc)));
    }
}

/* Rows of a function that are of no model. */
static bool has_row_of_its_own(const function *f) {
    return f->result == RESULT_ROW && f->row->is_shape;
}

static bool may_call(const function *f, const schema_view *view) {
    return f->computed_of == NULL &&
           schema_view_allows(view, f->arguments, OPERATION_CALL);
}

bool openapi_has_function(const schema *s, const function *f,
                          const schema_view *view) {
    const function *first = schema_find_function(s, f->name);
    while (first != NULL && !may_call(first, view))
        first = first->overload;
    return first == f;
}

bool openapi_may_call(const openapi_writer *w, const function *f) {
    return openapi_has_function(w->schema, f, w->view);
}

/* Calls act for each row that some function gives back, once. */
void openapi_for_each_shape(openapi_writer *w,
                            void (*act)(openapi_writer *w, const model *m)) {
    const schema *s = w->schema;
    bool *seen = arena_new_array(w->a, bool, s->model_count + s->shape_count);
    for (size_t i = 0; i < s->function_count; i++) {
        const function *f = &s->functions[i];
        if (!openapi_may_call(w, f) || !has_row_of_its_own(f) ||
            seen[f->row->index])
            continue;
        seen[f->row->index] = true;
        act(w, f->row);
    }
}

void openapi_write_parameters(openapi_writer *w) {
    json_page_open(&w->page, STR("parameters"), '{');
    for (size_t i = 0; i < LENGTH(PARAMETERS); i++) {
        const struct parameter *x = &PARAMETERS[i];
        write_parameter(w, str_is_empty(x->key) ? x->name : x->key, x->name,
                        x->in, x->type, x->description);
    }
    for (size_t i = 0; i < w->schema->model_count; i++) {
        const model *m = &w->schema->models[i];
        if (openapi_has_model(m, w->view))
            write_filters_of(w, m);
    }
    openapi_for_each_shape(w, write_filters_of);
    json_page_close(&w->page, '}');
}

void openapi_use_list_parameters(openapi_writer *w) {
    openapi_use_parameters(w, LIST_PARAMETERS, LENGTH(LIST_PARAMETERS));
}

void openapi_use_parameters(openapi_writer *w, const str *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        openapi_write_reference(w, STR(""), "parameters", names[i]);
}

void openapi_use_filters(openapi_writer *w, const model *m) {
    size_t count;
    const field **columns = openapi_columns(w, m, &count);
    for (size_t i = 0; i < count; i++)
        openapi_write_reference(w, STR(""), "parameters",
                                openapi_filter_name(w, m, columns[i]));
}

/* ---- Bodies and answers --------------------------------------------------- */

void openapi_open_content(openapi_writer *w, const char *media_type) {
    json_page_open(&w->page, STR("content"), '{');
    json_page_open(&w->page, str_of(media_type), '{');
}

void openapi_close_content(openapi_writer *w) {
    json_page_close(&w->page, '}');
    json_page_close(&w->page, '}');
}

void openapi_write_list_of(openapi_writer *w, str member, str component) {
    json_page_open(&w->page, member, '{');
    json_page_text(&w->page, STR("type"), STR("array"));
    openapi_write_reference(w, STR("items"), "schemas", component);
    json_page_close(&w->page, '}');
}

void openapi_write_failure(openapi_writer *w) {
    openapi_write_reference(w, STR("default"), "responses", STR("Failure"));
}

void openapi_write_empty(openapi_writer *w, const char *status,
                         const char *what) {
    json_page_open(&w->page, str_of(status), '{');
    json_page_text(&w->page, STR("description"), str_of(what));
    json_page_close(&w->page, '}');
}

void openapi_write_rows(openapi_writer *w, const char *status, const char *what,
                        const model *m) {
    json_page_open(&w->page, str_of(status), '{');
    json_page_text(&w->page, STR("description"), str_of(what));
    openapi_open_content(w, "application/json");
    openapi_write_list_of(w, STR("schema"),
                          openapi_row_name(w, m, PURPOSE_ROW));
    openapi_close_content(w);
    json_page_close(&w->page, '}');
}

void openapi_open_operation(openapi_writer *w, const char *method, str id,
                            str tag, str description) {
    json_page *p = &w->page;
    json_page_open(p, str_of(method), '{');
    json_page_text(p, STR("operationId"), id);
    json_page_open(p, STR("tags"), '[');
    json_page_text(p, STR(""), tag);
    json_page_close(p, ']');
    json_page_some_text(p, STR("description"), description);
}

str openapi_operation_id(const openapi_writer *w, const char *verb, str name) {
    return arena_printf(w->a, "%s.%.*s", verb, STR_ARG(name));
}
