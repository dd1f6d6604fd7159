#include "generate/openapi.h"

#include "generate/json_schema.h"
#include "generate/openapi_writer.h"

static const str READ_PARAMETERS[] = {
    STR_INIT("cursor"),
    STR_INIT("range"),
    STR_INIT("if_none_match"),
    STR_INIT("prefer.read"),
};
static const str INSERT_PARAMETERS[] = {
    STR_INIT("select"),       STR_INIT("columns"),
    STR_INIT("on_conflict"),  STR_INIT("idempotency_key"),
    STR_INIT("prefer.write"),
};
static const str PUT_PARAMETERS[] = {
    STR_INIT("select"),          STR_INIT("columns"),      STR_INIT("if_match"),
    STR_INIT("idempotency_key"), STR_INIT("prefer.write"),
};
static const str CHANGE_PARAMETERS[] = {
    STR_INIT("select"),       STR_INIT("order"),    STR_INIT("or"),
    STR_INIT("and"),          STR_INIT("if_match"), STR_INIT("idempotency_key"),
    STR_INIT("prefer.write"),
};

/* ---- Tables --------------------------------------------------------------- */

static void write_read(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    openapi_open_operation(w, "get", openapi_operation_id(w, "read", m->table),
                           m->table, m->doc);
    json_page_open(p, STR("parameters"), '[');
    openapi_use_parameters(w, READ_PARAMETERS, LENGTH(READ_PARAMETERS));
    openapi_use_list_parameters(w);
    openapi_use_filters(w, m);
    json_page_close(p, ']');
    json_page_open(p, STR("responses"), '{');
    openapi_write_rows(w, "200", "The rows.", m);
    openapi_write_rows(
        w, "206", "A part of the rows, with the total in Content-Range.", m);
    openapi_write_empty(w, "304", "What If-None-Match names is still so.");
    openapi_write_failure(w);
    json_page_close(p, '}');
    json_page_close(p, '}');
}

/* One object, or a list of them. */
static void write_insert_body(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    str row = openapi_row_name(w, m, PURPOSE_CREATE);
    json_page_open(p, STR("requestBody"), '{');
    json_page_bool(p, STR("required"), true);
    openapi_open_content(w, "application/json");
    json_page_open(p, STR("schema"), '{');
    json_page_open(p, STR("oneOf"), '[');
    openapi_write_reference(w, STR(""), "schemas", row);
    openapi_write_list_of(w, STR(""), row);
    if (openapi_has_related(w, m)) {
        openapi_write_reference(w, STR(""), "schemas",
                                openapi_related_name(w, m));
        openapi_write_list_of(w, STR(""), openapi_related_name(w, m));
    }
    json_page_close(p, ']');
    json_page_close(p, '}');
    openapi_close_content(w);
    json_page_close(p, '}');
}

static void write_insert(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    openapi_open_operation(w, "post",
                           openapi_operation_id(w, "create", m->table),
                           m->table, (str){0});
    json_page_open(p, STR("parameters"), '[');
    openapi_use_parameters(w, INSERT_PARAMETERS, LENGTH(INSERT_PARAMETERS));
    json_page_close(p, ']');
    write_insert_body(w, m);
    json_page_open(p, STR("responses"), '{');
    openapi_write_rows(w, "201",
                       "Inserted; the rows with return=representation.", m);
    openapi_write_rows(w, "200", "Only rows that were there, all merged.", m);
    openapi_write_failure(w);
    json_page_close(p, '}');
    json_page_close(p, '}');
}

/* ---- One row by its key --------------------------------------------------- */

static bool has_put(const openapi_writer *w, const model *m) {
    static const operation NEEDED[] = {OPERATION_READ, OPERATION_CREATE,
                                       OPERATION_UPDATE};
    const key *identity = model_identity(m);
    if (m->is_view || identity == NULL)
        return false;
    for (size_t i = 0; i < LENGTH(NEEDED); i++) {
        if (!schema_view_allows(w->view, m, NEEDED[i]))
            return false;
    }
    for (size_t i = 0; i < identity->field_count; i++) {
        if (!schema_view_shows(w->view, identity->fields[i]))
            return false;
    }
    return true;
}

static void write_key_filter(json_page *p, const field *f) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), f->column);
    json_page_text(p, STR("in"), STR("query"));
    json_page_text(p, STR("description"), STR("`eq.value`"));
    json_page_bool(p, STR("required"), true);
    json_page_open(p, STR("schema"), '{');
    json_page_text(p, STR("type"), STR("string"));
    json_page_text(p, STR("pattern"), STR("^eq\\."));
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_put_body(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    json_page_open(p, STR("requestBody"), '{');
    json_page_bool(p, STR("required"), true);
    openapi_open_content(w, "application/json");
    openapi_write_reference(w, STR("schema"), "schemas",
                            openapi_row_name(w, m, PURPOSE_CREATE));
    openapi_close_content(w);
    json_page_close(p, '}');
}

static void write_put(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    const key *identity = model_identity(m);
    openapi_open_operation(w, "put", openapi_operation_id(w, "put", m->table),
                           m->table,
                           STR("Inserts the row of that key, or changes it."));
    json_page_open(p, STR("parameters"), '[');
    for (size_t i = 0; i < identity->field_count; i++)
        write_key_filter(p, identity->fields[i]);
    openapi_use_parameters(w, PUT_PARAMETERS, LENGTH(PUT_PARAMETERS));
    json_page_close(p, ']');
    write_put_body(w, m);
    json_page_open(p, STR("responses"), '{');
    openapi_write_rows(w, "200", "Changed, with return=representation.", m);
    openapi_write_rows(w, "201", "Inserted.", m);
    openapi_write_empty(w, "204", "Changed.");
    openapi_write_failure(w);
    json_page_close(p, '}');
    json_page_close(p, '}');
}

/* ---- Rows that filters find ----------------------------------------------- */

static void write_update_schema(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    str row = openapi_row_name(w, m, PURPOSE_UPDATE);
    if (!openapi_has_related(w, m)) {
        openapi_write_reference(w, STR("schema"), "schemas", row);
        return;
    }
    json_page_open(p, STR("schema"), '{');
    json_page_open(p, STR("oneOf"), '[');
    openapi_write_reference(w, STR(""), "schemas", row);
    openapi_write_reference(w, STR(""), "schemas", openapi_related_name(w, m));
    json_page_close(p, ']');
    json_page_close(p, '}');
}

static void write_update_body(openapi_writer *w, const model *m) {
    json_page *p = &w->page;
    json_page_open(p, STR("requestBody"), '{');
    json_page_bool(p, STR("required"), true);
    openapi_open_content(w, "application/json");
    write_update_schema(w, m);
    openapi_close_content(w);
    json_page_close(p, '}');
}

static void write_change(openapi_writer *w, const model *m, bool is_update) {
    json_page *p = &w->page;
    openapi_open_operation(
        w, is_update ? "patch" : "delete",
        openapi_operation_id(w, is_update ? "update" : "delete", m->table),
        m->table, (str){0});
    json_page_open(p, STR("parameters"), '[');
    openapi_use_parameters(w, CHANGE_PARAMETERS, LENGTH(CHANGE_PARAMETERS));
    openapi_use_filters(w, m);
    json_page_close(p, ']');
    if (is_update)
        write_update_body(w, m);
    json_page_open(p, STR("responses"), '{');
    openapi_write_rows(w, "200", "Done; the rows, with return=representation.",
                       m);
    openapi_write_empty(w, "204", "Done.");
    openapi_write_failure(w);
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_table(openapi_writer *w, const model *m) {
    json_page_open(&w->page, arena_printf(w->a, "/%.*s", STR_ARG(m->table)),
                   '{');
    if (schema_view_allows(w->view, m, OPERATION_READ))
        write_read(w, m);
    if (!m->is_view && schema_view_allows(w->view, m, OPERATION_CREATE))
        write_insert(w, m);
    if (has_put(w, m))
        write_put(w, m);
    if (!m->is_view && schema_view_allows(w->view, m, OPERATION_UPDATE))
        write_change(w, m, true);
    if (!m->is_view && schema_view_allows(w->view, m, OPERATION_DELETE))
        write_change(w, m, false);
    json_page_close(&w->page, '}');
}

/* ---- All ------------------------------------------------------------------ */

static void write_shape(openapi_writer *w, const model *m) {
    json_schema_write_row(&w->page, openapi_row_name(w, m, PURPOSE_ROW),
                          w->schema, m, PURPOSE_ROW, w->view);
}

static const operation NEEDED[] = {
    [PURPOSE_CREATE] = OPERATION_CREATE,
    [PURPOSE_UPDATE] = OPERATION_UPDATE,
};

static void write_model_schemas(openapi_writer *w, const model *m) {
    bool is_written = false;
    for (row_purpose why = PURPOSE_ROW; why <= PURPOSE_UPDATE; why++) {
        bool is_needed =
            why == PURPOSE_ROW ||
            (!m->is_view && schema_view_allows(w->view, m, NEEDED[why]));
        is_written |= is_needed && why != PURPOSE_ROW;
        if (is_needed)
            json_schema_write_row(&w->page, openapi_row_name(w, m, why),
                                  w->schema, m, why, w->view);
    }
    if (is_written)
        openapi_write_related(w, m);
}

/* A function may give back rows of a model that is closed but for that. */
static bool is_given_back(const openapi_writer *w, const model *m) {
    for (size_t i = 0; i < w->schema->function_count; i++) {
        const function *f = &w->schema->functions[i];
        if (f->row == m && openapi_may_call(w, f))
            return true;
    }
    return false;
}

static void write_error_schema(openapi_writer *w) {
    static const str MEMBERS[] = {STR_INIT("code"), STR_INIT("message"),
                                  STR_INIT("details"), STR_INIT("hint")};
    json_page *p = &w->page;
    json_page_open(p, STR("tenon.Error"), '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < LENGTH(MEMBERS); i++) {
        json_page_open(p, MEMBERS[i], '{');
        json_page_raw(p, STR("type"),
                      i == 0 ? STR("\"string\"")
                             : STR("[\"string\", \"null\"]"));
        json_page_close(p, '}');
    }
    json_page_close(p, '}');
    json_page_open(p, STR("required"), '[');
    for (size_t i = 0; i < LENGTH(MEMBERS); i++)
        json_page_text(p, STR(""), MEMBERS[i]);
    json_page_close(p, ']');
    json_page_close(p, '}');
}

static void write_schemas(openapi_writer *w) {
    json_page_open(&w->page, STR("schemas"), '{');
    for (size_t i = 0; i < w->schema->model_count; i++) {
        const model *m = &w->schema->models[i];
        if (openapi_has_model(m, w->view) || is_given_back(w, m))
            write_model_schemas(w, m);
    }
    openapi_for_each_shape(w, write_shape);
    openapi_write_related_operations(w);
    write_error_schema(w);
    json_page_close(&w->page, '}');
}

static void write_responses(openapi_writer *w) {
    json_page *p = &w->page;
    json_page_open(p, STR("responses"), '{');
    json_page_open(p, STR("Failure"), '{');
    json_page_text(p, STR("description"),
                   STR("What went wrong, and what to do."));
    openapi_open_content(w, "application/json");
    openapi_write_reference(w, STR("schema"), "schemas", STR("tenon.Error"));
    openapi_close_content(w);
    json_page_close(p, '}');
    json_page_close(p, '}');
}

static void write_paths(openapi_writer *w) {
    json_page_open(&w->page, STR("paths"), '{');
    for (size_t i = 0; i < w->schema->model_count; i++) {
        const model *m = &w->schema->models[i];
        if (openapi_has_model(m, w->view))
            write_table(w, m);
    }
    for (size_t i = 0; i < w->schema->function_count; i++) {
        const function *f = &w->schema->functions[i];
        if (openapi_may_call(w, f))
            openapi_write_function(w, f);
    }
    json_page_close(&w->page, '}');
}

static void write_head(openapi_writer *w) {
    json_page *p = &w->page;
    json_page_text(p, STR("openapi"), STR("3.1.0"));
    json_page_open(p, STR("info"), '{');
    json_page_text(p, STR("title"), STR("REST interface"));
    json_page_text(p, STR("version"), STR("v1"));
    json_page_close(p, '}');
    json_page_open(p, STR("servers"), '[');
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("url"), STR("/rest/v1"));
    json_page_close(p, '}');
    json_page_close(p, ']');
}

void openapi_write(arena *a, buf *out, const schema *s,
                   const schema_view *view) {
    openapi_writer w = {
        .a = a, .page = {.out = out}, .schema = s, .view = view};
    json_page_open(&w.page, STR(""), '{');
    write_head(&w);
    write_paths(&w);
    json_page_open(&w.page, STR("components"), '{');
    write_schemas(&w);
    openapi_write_parameters(&w);
    write_responses(&w);
    json_page_close(&w.page, '}');
    json_page_close(&w.page, '}');
}
