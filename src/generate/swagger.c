/*
 * The document that PostgREST serves at its root: Swagger 2.0, with the names
 * of its parts, the formats of PostgreSQL's types, and keys told in notes that
 * tools look for (<pk/>, <fk table='...' column='...'/>).
 */
#include "base/json_page.h"
#include "generate/openapi.h"
#include "schema/function.h"

typedef struct writer {
    arena *a;
    json_page page;
    const schema *schema;
    const schema_view *view;
} writer;

static const str MEDIA_TYPES[] = {
    STR_INIT("application/json"),
    STR_INIT("application/vnd.pgrst.object+json;nulls=stripped"),
    STR_INIT("application/vnd.pgrst.object+json"),
    STR_INIT("text/csv"),
};

/* ---- Types ---------------------------------------------------------------- */

/* PostgreSQL's, and JSON Schema's, which is empty where anything goes. */
static const struct type {
    str format;
    str type;
} TYPES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = {STR_INIT("text"), STR_INIT("string")},
    [SCALAR_BOOLEAN] = {STR_INIT("boolean"), STR_INIT("boolean")},
    [SCALAR_INT] = {STR_INIT("integer"), STR_INIT("integer")},
    [SCALAR_BIGINT] = {STR_INIT("bigint"), STR_INIT("integer")},
    [SCALAR_FLOAT] = {STR_INIT("double precision"), STR_INIT("number")},
    [SCALAR_DECIMAL] = {STR_INIT("numeric"), STR_INIT("number")},
    [SCALAR_DATETIME] = {STR_INIT("timestamp with time zone"),
                         STR_INIT("string")},
    [SCALAR_JSON] = {STR_INIT("jsonb"), STR_INIT("")},
    [SCALAR_BYTES] = {STR_INIT("bytea"), STR_INIT("string")},
};

static str format_of(arena *a, const field *f) {
    const native_type_spec *native = f->native.spec;
    str format = TYPES[f->scalar].format;
    if (f->is_foreign)
        return f->unsupported;
    if (f->kind == FIELD_ENUM)
        format = arena_printf(a, "public.%.*s",
                              STR_ARG(f->enumeration->database_name));
    else if (native != NULL)
        format = arena_printf(a, "%.*s%.*s", STR_ARG(native->sql),
                              STR_ARG(native->sql_suffix));
    return f->is_list ? arena_printf(a, "%.*s[]", STR_ARG(format)) : format;
}

static void write_item(writer *w, const field *f) {
    json_page *p = &w->page;
    json_page_some_text(p, STR("type"), TYPES[f->scalar].type);
    if (f->kind != FIELD_ENUM)
        return;
    json_page_open(p, STR("enum"), '[');
    for (size_t i = 0; i < f->enumeration->value_count; i++)
        json_page_text(p, STR(""), f->enumeration->values[i].database_name);
    json_page_close(p, ']');
}

static void write_type(writer *w, const field *f) {
    json_page *p = &w->page;
    json_page_text(p, STR("format"), format_of(w->a, f));
    if (!f->is_list) {
        write_item(w, f);
        return;
    }
    json_page_text(p, STR("type"), STR("array"));
    json_page_open(p, STR("items"), '{');
    write_item(w, f);
    json_page_close(p, '}');
}

/* ---- Definitions ---------------------------------------------------------- */

static bool is_in_key(const key *k, const field *f) {
    for (size_t i = 0; k != NULL && i < k->field_count; i++) {
        if (k->fields[i] == f)
            return true;
    }
    return false;
}

static str note_key(arena *a, str text, str note) {
    return arena_printf(a, "%.*s%s%.*s", STR_ARG(text),
                        str_is_empty(text) ? "Note:\n" : "\n", STR_ARG(note));
}

static str notes_of(const writer *w, const field *f) {
    arena *a = w->a;
    const model *m = f->model;
    str notes = {0};
    if (is_in_key(m->primary_key, f))
        notes = note_key(a, notes, STR("This is a Primary Key.<pk/>"));
    for (size_t i = 0; i < m->relation_count; i++) {
        const relation *r = m->relations[i];
        if (r->column_count != 1 || r->columns[0] != f ||
            !openapi_has_model(r->parent, w->view))
            continue;
        str table = r->parent->table;
        str column = r->references[0]->column;
        notes = note_key(a, notes,
                         arena_printf(a,
                                      "This is a Foreign Key to `%.*s.%.*s`."
                                      "<fk table='%.*s' column='%.*s'/>",
                                      STR_ARG(table), STR_ARG(column),
                                      STR_ARG(table), STR_ARG(column)));
    }
    return notes;
}

static str describe(const writer *w, const field *f) {
    arena *a = w->a;
    str notes = notes_of(w, f);
    if (str_is_empty(f->doc) || str_is_empty(notes))
        return str_is_empty(notes) ? f->doc : notes;
    return arena_printf(a, "%.*s\n\n%.*s", STR_ARG(f->doc), STR_ARG(notes));
}

/* Of literals; what is made anew for each row has no value to show. */
static void write_default(writer *w, const field *f) {
    const default_value *d = &f->default_value;
    if (d->kind != DEFAULT_LITERAL || f->scalar == SCALAR_BYTES)
        return;
    bool is_raw = f->kind != FIELD_ENUM && f->scalar != SCALAR_STRING &&
                  f->scalar != SCALAR_DATETIME;
    if (is_raw)
        json_page_raw(&w->page, STR("default"), d->text);
    else
        json_page_text(&w->page, STR("default"), d->text);
}

static void write_property(writer *w, const field *f) {
    json_page *p = &w->page;
    json_page_open(p, f->column, '{');
    json_page_some_text(p, STR("description"), describe(w, f));
    write_type(w, f);
    write_default(w, f);
    bool has_length = f->scalar == SCALAR_STRING && f->native.spec != NULL &&
                      f->native.parameter_count == 1;
    if (has_length)
        json_page_number(p, STR("maxLength"), f->native.parameters[0]);
    json_page_close(p, '}');
}

static bool is_shown(const writer *w, const field *f) {
    return schema_view_shows(w->view, f) && field_is_visible(f);
}

static void write_definition(writer *w, const model *m) {
    json_page *p = &w->page;
    json_page_open(p, openapi_component(w->a, m->table), '{');
    json_page_some_text(p, STR("description"), m->doc);
    json_page_open(p, STR("properties"), '{');
    size_t required = 0;
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (!is_shown(w, f))
            continue;
        write_property(w, f);
        required += !f->is_optional;
    }
    json_page_close(p, '}');
    if (required > 0)
        json_page_open(p, STR("required"), '[');
    for (size_t i = 0; i < m->column_count; i++) {
        if (is_shown(w, m->columns[i]) && !m->columns[i]->is_optional)
            json_page_text(p, STR(""), m->columns[i]->column);
    }
    if (required > 0)
        json_page_close(p, ']');
    json_page_text(p, STR("type"), STR("object"));
    json_page_close(p, '}');
}

/* ---- Parameters ----------------------------------------------------------- */

/* A header or a part of the query string. */
typedef struct parameter {
    str key;
    str name;
    str in;
    str description;
    const str *values; /* or NULL */
    size_t count;
} parameter;

#define VALUES(list) .values = (list), .count = LENGTH(list)

static const str COUNTS[] = {STR_INIT("count=none"), STR_INIT("count=exact"),
                             STR_INIT("count=planned"),
                             STR_INIT("count=estimated")};
static const str RETURNS[] = {STR_INIT("return=representation"),
                              STR_INIT("return=minimal"),
                              STR_INIT("return=none")};
static const str RESOLUTIONS[] = {
    STR_INIT("return=representation"), STR_INIT("return=minimal"),
    STR_INIT("return=none"), STR_INIT("resolution=ignore-duplicates"),
    STR_INIT("resolution=merge-duplicates")};

static const parameter PARAMETERS[] = {
    {STR_INIT("preferParams"), STR_INIT("Prefer"), STR_INIT("header"),
     STR_INIT("Preference"), NULL, 0},
    {STR_INIT("preferReturn"), STR_INIT("Prefer"), STR_INIT("header"),
     STR_INIT("Preference"), VALUES(RETURNS)},
    {STR_INIT("preferCount"), STR_INIT("Prefer"), STR_INIT("header"),
     STR_INIT("Preference"), VALUES(COUNTS)},
    {STR_INIT("preferPost"), STR_INIT("Prefer"), STR_INIT("header"),
     STR_INIT("Preference"), VALUES(RESOLUTIONS)},
    {STR_INIT("select"), STR_INIT("select"), STR_INIT("query"),
     STR_INIT("Filtering Columns"), NULL, 0},
    {STR_INIT("on_conflict"), STR_INIT("on_conflict"), STR_INIT("query"),
     STR_INIT("On Conflict"), NULL, 0},
    {STR_INIT("order"), STR_INIT("order"), STR_INIT("query"),
     STR_INIT("Ordering"), NULL, 0},
    {STR_INIT("range"), STR_INIT("Range"), STR_INIT("header"),
     STR_INIT("Limiting and Pagination"), NULL, 0},
    {STR_INIT("rangeUnit"), STR_INIT("Range-Unit"), STR_INIT("header"),
     STR_INIT("Limiting and Pagination"), NULL, 0},
    {STR_INIT("offset"), STR_INIT("offset"), STR_INIT("query"),
     STR_INIT("Limiting and Pagination"), NULL, 0},
    {STR_INIT("limit"), STR_INIT("limit"), STR_INIT("query"),
     STR_INIT("Limiting and Pagination"), NULL, 0},
};

static void write_parameter(writer *w, const parameter *x) {
    json_page *p = &w->page;
    json_page_open(p, x->key, '{');
    json_page_text(p, STR("name"), x->name);
    json_page_some_text(p, STR("description"), x->description);
    json_page_bool(p, STR("required"), false);
    json_page_text(p, STR("in"), x->in);
    json_page_text(p, STR("type"), STR("string"));
    if (x->count > 0)
        json_page_open(p, STR("enum"), '[');
    for (size_t i = 0; i < x->count; i++)
        json_page_text(p, STR(""), x->values[i]);
    if (x->count > 0)
        json_page_close(p, ']');
    json_page_close(p, '}');
}

static str filter_name(const writer *w, const field *f) {
    return openapi_component(w->a, arena_printf(w->a, "rowFilter.%.*s.%.*s",
                                                STR_ARG(f->model->table),
                                                STR_ARG(f->column)));
}

static str body_name(const writer *w, const model *m) {
    return openapi_component(
        w->a, arena_printf(w->a, "body.%.*s", STR_ARG(m->table)));
}

static void write_reference(writer *w, str member, const char *kind, str name) {
    json_page_open(&w->page, member, '{');
    json_page_text(&w->page, STR("$ref"),
                   arena_printf(w->a, "#/%s/%.*s", kind, STR_ARG(name)));
    json_page_close(&w->page, '}');
}

static void write_body_parameter(writer *w, const model *m) {
    json_page *p = &w->page;
    json_page_open(p, body_name(w, m), '{');
    json_page_text(p, STR("name"), m->table);
    json_page_text(p, STR("description"), m->table);
    json_page_bool(p, STR("required"), false);
    json_page_text(p, STR("in"), STR("body"));
    write_reference(w, STR("schema"), "definitions",
                    openapi_component(w->a, m->table));
    json_page_close(p, '}');
}

static void write_table_parameters(writer *w, const model *m) {
    write_body_parameter(w, m);
    for (size_t i = 0; i < m->column_count; i++) {
        const field *f = m->columns[i];
        parameter filter = {.key = filter_name(w, f),
                            .name = f->column,
                            .in = STR("query"),
                            .description = f->doc};
        if (is_shown(w, f))
            write_parameter(w, &filter);
    }
}

/* ---- Paths ---------------------------------------------------------------- */

static void use_parameters(writer *w, const str *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        write_reference(w, STR(""), "parameters", names[i]);
}

static void use_filters(writer *w, const model *m) {
    for (size_t i = 0; i < m->column_count; i++) {
        if (is_shown(w, m->columns[i]))
            write_reference(w, STR(""), "parameters",
                            filter_name(w, m->columns[i]));
    }
}

static void open_operation(writer *w, const char *method, str tag, str text) {
    json_page *p = &w->page;
    json_page_open(p, str_of(method), '{');
    json_page_open(p, STR("tags"), '[');
    json_page_text(p, STR(""), tag);
    json_page_close(p, ']');
    json_page_some_text(p, STR("summary"), text);
}

static void write_response(writer *w, const char *status, str description) {
    json_page_open(&w->page, str_of(status), '{');
    json_page_text(&w->page, STR("description"), description);
    json_page_close(&w->page, '}');
}

static void write_read(writer *w, const model *m) {
    static const str NAMES[] = {STR_INIT("select"),     STR_INIT("order"),
                                STR_INIT("range"),      STR_INIT("rangeUnit"),
                                STR_INIT("offset"),     STR_INIT("limit"),
                                STR_INIT("preferCount")};
    json_page *p = &w->page;
    open_operation(w, "get", m->table, m->doc);
    json_page_open(p, STR("parameters"), '[');
    use_filters(w, m);
    use_parameters(w, NAMES, LENGTH(NAMES));
    json_page_close(p, ']');
    json_page_open(p, STR("responses"), '{');
    json_page_open(p, STR("200"), '{');
    json_page_text(p, STR("description"), STR("OK"));
    json_page_open(p, STR("schema"), '{');
    json_page_text(p, STR("type"), STR("array"));
    write_reference(w, STR("items"), "definitions",
                    openapi_component(w->a, m->table));
    json_page_close(p, '}');
    json_page_close(p, '}');
    write_response(w, "206", STR("Partial Content"));
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_write(writer *w, const model *m, operation op) {
    static const str POST[] = {STR_INIT("select"), STR_INIT("preferPost")};
    static const str CHANGE[] = {STR_INIT("preferReturn")};
    static const char *const METHODS[OPERATION_COUNT] = {
        [OPERATION_CREATE] = "post",
        [OPERATION_UPDATE] = "patch",
        [OPERATION_DELETE] = "delete"};
    json_page *p = &w->page;
    bool is_create = op == OPERATION_CREATE;
    open_operation(w, METHODS[op], m->table, m->doc);
    json_page_open(p, STR("parameters"), '[');
    if (!is_create)
        use_filters(w, m);
    if (op != OPERATION_DELETE)
        write_reference(w, STR(""), "parameters", body_name(w, m));
    use_parameters(w, is_create ? POST : CHANGE,
                   is_create ? LENGTH(POST) : LENGTH(CHANGE));
    json_page_close(p, ']');
    json_page_open(p, STR("responses"), '{');
    write_response(w, is_create ? "201" : "204",
                   is_create ? STR("Created") : STR("No Content"));
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_table(writer *w, const model *m) {
    static const operation WRITES[] = {OPERATION_CREATE, OPERATION_DELETE,
                                       OPERATION_UPDATE};
    json_page_open(&w->page, arena_printf(w->a, "/%.*s", STR_ARG(m->table)),
                   '{');
    if (schema_view_allows(w->view, m, OPERATION_READ))
        write_read(w, m);
    for (size_t i = 0; !m->is_view && i < LENGTH(WRITES); i++) {
        if (schema_view_allows(w->view, m, WRITES[i]))
            write_write(w, m, WRITES[i]);
    }
    json_page_close(&w->page, '}');
}

/* Inline: each belongs to one function. */
static void write_argument(writer *w, const field *f) {
    json_page *p = &w->page;
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), f->name);
    json_page_some_text(p, STR("description"), f->doc);
    json_page_bool(p, STR("required"), !function_argument_is_optional(f));
    json_page_text(p, STR("in"), STR("query"));
    json_page_text(p, STR("format"), format_of(w->a, f));
    bool is_plain = !f->is_list && !str_is_empty(TYPES[f->scalar].type);
    json_page_text(p, STR("type"),
                   is_plain ? TYPES[f->scalar].type : STR("string"));
    json_page_close(p, '}');
}

static void write_arguments_body(writer *w, const function *f) {
    json_page *p = &w->page;
    const model *m = f->arguments;
    size_t required = 0;
    json_page_open(p, STR(""), '{');
    json_page_bool(p, STR("required"), true);
    json_page_text(p, STR("in"), STR("body"));
    json_page_text(p, STR("name"), STR("args"));
    json_page_open(p, STR("schema"), '{');
    json_page_some_text(p, STR("description"), f->doc);
    json_page_text(p, STR("type"), STR("object"));
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < m->column_count; i++) {
        write_property(w, m->columns[i]);
        required += !function_argument_is_optional(m->columns[i]);
    }
    json_page_close(p, '}');
    if (required > 0)
        json_page_open(p, STR("required"), '[');
    for (size_t i = 0; i < m->column_count; i++) {
        if (!function_argument_is_optional(m->columns[i]))
            json_page_text(p, STR(""), m->columns[i]->name);
    }
    if (required > 0)
        json_page_close(p, ']');
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_call(writer *w, const function *f, bool is_get) {
    json_page *p = &w->page;
    str tag = arena_printf(w->a, "(rpc) %.*s", STR_ARG(f->name));
    open_operation(w, is_get ? "get" : "post", tag, f->doc);
    json_page_open(p, STR("parameters"), '[');
    for (size_t i = 0; is_get && i < f->arguments->column_count; i++)
        write_argument(w, f->arguments->columns[i]);
    if (!is_get) {
        write_arguments_body(w, f);
        write_reference(w, STR(""), "parameters", STR("preferParams"));
    }
    json_page_close(p, ']');
    json_page_open(p, STR("responses"), '{');
    bool is_void = f->result == RESULT_VOID;
    write_response(w, is_void ? "204" : "200",
                   is_void ? STR("No Content") : STR("OK"));
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_function(writer *w, const function *f) {
    json_page_open(&w->page, arena_printf(w->a, "/rpc/%.*s", STR_ARG(f->name)),
                   '{');
    if (f->volatility != FUNCTION_VOLATILE)
        write_call(w, f, true);
    write_call(w, f, false);
    json_page_close(&w->page, '}');
}

static void write_root(writer *w) {
    json_page *p = &w->page;
    json_page_open(p, STR("/"), '{');
    open_operation(w, "get", STR("Introspection"),
                   STR("OpenAPI description (this document)"));
    json_page_open(p, STR("produces"), '[');
    json_page_text(p, STR(""), STR("application/openapi+json"));
    json_page_text(p, STR(""), STR("application/json"));
    json_page_close(p, ']');
    json_page_open(p, STR("responses"), '{');
    write_response(w, "200", STR("OK"));
    json_page_close(p, '}');
    json_page_close(p, '}');
    json_page_close(p, '}');
}

/* ---- All ------------------------------------------------------------------ */

static void write_media_types(writer *w, str member) {
    json_page_open(&w->page, member, '[');
    for (size_t i = 0; i < LENGTH(MEDIA_TYPES); i++)
        json_page_text(&w->page, STR(""), MEDIA_TYPES[i]);
    json_page_close(&w->page, ']');
}

static void write_info(writer *w) {
    json_page *p = &w->page;
    json_page_open(p, STR("info"), '{');
    json_page_text(p, STR("title"), STR("REST interface"));
    json_page_text(p, STR("description"), STR("In PostgREST's dialect."));
    json_page_text(p, STR("version"), STR("v1"));
    json_page_close(p, '}');
    json_page_text(p, STR("basePath"), STR("/rest/v1"));
    write_media_types(w, STR("consumes"));
    write_media_types(w, STR("produces"));
}

static void for_each_table(writer *w, void (*act)(writer *w, const model *m)) {
    for (size_t i = 0; i < w->schema->model_count; i++) {
        if (openapi_has_model(&w->schema->models[i], w->view))
            act(w, &w->schema->models[i]);
    }
}

static void write_paths(writer *w) {
    json_page_open(&w->page, STR("paths"), '{');
    write_root(w);
    for_each_table(w, write_table);
    for (size_t i = 0; i < w->schema->function_count; i++) {
        const function *f = &w->schema->functions[i];
        if (openapi_has_function(w->schema, f, w->view))
            write_function(w, f);
    }
    json_page_close(&w->page, '}');
}

void openapi_write_swagger(arena *a, buf *out, const schema *s,
                           const schema_view *view) {
    writer w = {
        .a = a, .page = {.out = out, .depth = 1}, .schema = s, .view = view};
    write_info(&w);
    write_paths(&w);
    json_page_open(&w.page, STR("parameters"), '{');
    for (size_t i = 0; i < LENGTH(PARAMETERS); i++)
        write_parameter(&w, &PARAMETERS[i]);
    for_each_table(&w, write_table_parameters);
    json_page_close(&w.page, '}');
    json_page_open(&w.page, STR("definitions"), '{');
    for_each_table(&w, write_definition);
    json_page_close(&w.page, '}');
    json_page_close(&w.page, '}');
}
