/* openapi_call.c: the functions of the schema in an OpenAPI document. */
#include "generate/json_schema.h"
#include "generate/openapi_writer.h"

static void write_argument(openapi_writer *w, const field *f) {
    json_page *p = &w->page;
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("name"), f->name);
    json_page_text(p, STR("in"), STR("query"));
    json_page_some_text(p, STR("description"), f->doc);
    json_page_bool(p, STR("required"), !function_argument_is_optional(f));
    if (f->is_list) { /* {a,b} */
        json_page_open(p, STR("schema"), '{');
        json_page_text(p, STR("type"), STR("string"));
        json_page_close(p, '}');
    } else {
        json_schema_property_write(p, STR("schema"), f);
    }
    json_page_close(p, '}');
}

static bool is_list_of_rows(const function *f) {
    return f->result == RESULT_ROW && f->is_list;
}

static void use_result_parameters(openapi_writer *w, const function *f) {
    static const str PREFER = STR_INIT("prefer.call");
    openapi_use_parameters(w, &PREFER, 1);
    if (!is_list_of_rows(f))
        return;
    openapi_use_list_parameters(w);
    size_t count;
    const field **columns = openapi_columns(w, f->row, &count);
    for (size_t i = 0; i < count; i++) {
        bool is_argument = model_find_column(w->schema, f->arguments,
                                             columns[i]->column) != NULL;
        if (!is_argument)
            openapi_write_reference(w, STR(""), "parameters",
                                    openapi_filter_name(w, f->row, columns[i]));
    }
}

static void write_arguments(openapi_writer *w, const function *f) {
    json_page *p = &w->page;
    const model *m = f->arguments;
    json_page_open(p, STR("schema"), '{');
    json_page_text(p, STR("type"), STR("object"));
    json_page_open(p, STR("properties"), '{');
    for (size_t i = 0; i < m->column_count; i++)
        json_schema_property_write(p, m->columns[i]->name, m->columns[i]);
    json_page_close(p, '}');
    json_page_open(p, STR("required"), '[');
    for (size_t i = 0; i < m->column_count; i++) {
        if (!function_argument_is_optional(m->columns[i]))
            json_page_text(p, STR(""), m->columns[i]->name);
    }
    json_page_close(p, ']');
    json_page_bool(p, STR("additionalProperties"), false);
    json_page_close(p, '}');
}

static void write_null(json_page *p) {
    json_page_open(p, STR(""), '{');
    json_page_text(p, STR("type"), STR("null"));
    json_page_close(p, '}');
}

static void write_result_item(openapi_writer *w, str member,
                              const function *f) {
    json_page *p = &w->page;
    if (f->result == RESULT_VALUE) {
        json_schema_property_write(p, member, f->row->columns[0]);
        return;
    }
    str row = openapi_row_name(w, f->row, PURPOSE_ROW);
    if (f->is_list || !f->is_optional) {
        openapi_write_reference(w, member, "schemas", row);
        return;
    }
    json_page_open(p, member, '{');
    json_page_open(p, STR("oneOf"), '[');
    openapi_write_reference(w, STR(""), "schemas", row);
    write_null(p);
    json_page_close(p, ']');
    json_page_close(p, '}');
}

static void write_result(openapi_writer *w, const function *f) {
    json_page *p = &w->page;
    json_page_open(p, STR("responses"), '{');
    if (f->result == RESULT_VOID) {
        openapi_write_empty(w, "204", "Done.");
    } else {
        json_page_open(p, STR("200"), '{');
        json_page_text(p, STR("description"), STR("What it gives back."));
        openapi_open_content(w, "application/json");
        if (f->is_list) {
            json_page_open(p, STR("schema"), '{');
            json_page_text(p, STR("type"), STR("array"));
            write_result_item(w, STR("items"), f);
            json_page_close(p, '}');
        } else {
            write_result_item(w, STR("schema"), f);
        }
        openapi_close_content(w);
        json_page_close(p, '}');
    }
    openapi_write_failure(w);
    json_page_close(p, '}');
}

static void write_get_call(openapi_writer *w, const function *f) {
    static const str RANGE = STR_INIT("range");
    json_page *p = &w->page;
    openapi_open_operation(w, "get", openapi_operation_id(w, "get", f->name),
                           f->name, f->doc);
    json_page_open(p, STR("parameters"), '[');
    for (size_t i = 0; i < f->arguments->column_count; i++)
        write_argument(w, f->arguments->columns[i]);
    if (f->is_list)
        openapi_use_parameters(w, &RANGE, 1);
    use_result_parameters(w, f);
    json_page_close(p, ']');
    write_result(w, f);
    json_page_close(p, '}');
}

static void write_post_call(openapi_writer *w, const function *f) {
    static const str KEY = STR_INIT("idempotency_key");
    json_page *p = &w->page;
    openapi_open_operation(w, "post", openapi_operation_id(w, "call", f->name),
                           f->name, f->doc);
    json_page_open(p, STR("parameters"), '[');
    if (f->volatility == FUNCTION_VOLATILE)
        openapi_use_parameters(w, &KEY, 1);
    use_result_parameters(w, f);
    json_page_close(p, ']');
    json_page_open(p, STR("requestBody"), '{');
    openapi_open_content(w, "application/json");
    write_arguments(w, f);
    openapi_close_content(w);
    json_page_close(p, '}');
    write_result(w, f);
    json_page_close(p, '}');
}

void openapi_write_function(openapi_writer *w, const function *f) {
    json_page_open(&w->page, arena_printf(w->a, "/rpc/%.*s", STR_ARG(f->name)),
                   '{');
    if (f->volatility != FUNCTION_VOLATILE)
        write_get_call(w, f);
    write_post_call(w, f);
    json_page_close(&w->page, '}');
}
