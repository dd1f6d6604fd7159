#include "language/request.h"

#include "base/assert.h"

str request_text(const json *object, str name) {
    const json *value = json_find(object, name);
    return value != NULL && value->kind == JSON_STRING ? value->text : STR("");
}

static text_lines *lines_of(const request *r, str text) {
    for (size_t i = 0; i < REQUEST_TEXTS; i++) {
        if (r->lines[i].text.ptr == text.ptr && r->lines[i].count > 0)
            return &r->lines[i];
    }
    r->lines[1] = r->lines[0];
    r->lines[0] = text_lines_find(r->arena, text);
    return &r->lines[0];
}

static const json *find_object(const json *parent, str name) {
    const json *value = parent != NULL ? json_find(parent, name) : NULL;
    return value != NULL && value->kind == JSON_OBJECT ? value : NULL;
}

err *request_document(const request *r, const document **out) {
    const json *named = find_object(r->params, STR("textDocument"));
    if (named == NULL)
        return err_new(r->arena, ERR_INVALID, "'textDocument' is missing");
    str uri = request_text(named, STR("uri"));
    *out = workspace_find(r->workspace, uri);
    if (*out == NULL)
        return err_new(r->arena, ERR_NOT_FOUND, "%.*s is not open",
                       STR_ARG(uri));
    return NULL;
}

static err *read_number(const request *r, const json *position, str name,
                        uint32_t *out) {
    const json *value = position != NULL ? json_find(position, name) : NULL;
    int64_t number = 0;
    if (value == NULL || !json_int64(value, &number) || number < 0 ||
        number > UINT32_MAX)
        return err_new(r->arena, ERR_INVALID,
                       "'position' needs a line and a character");
    *out = (uint32_t)number;
    return NULL;
}

err *request_place(const request *r, const analysis **out, uint32_t *at) {
    const document *d = NULL;
    TRY(request_document(r, &d));
    const json *position = find_object(r->params, STR("position"));
    text_position p = {0};
    TRY(read_number(r, position, STR("line"), &p.line));
    TRY(read_number(r, position, STR("character"), &p.character));
    ASSERT(d != NULL);
    *out = analysis_run(r->arena, r->workspace, d);
    *at = text_position_find(lines_of(r, d->text), p, r->encoding);
    return NULL;
}

err *request_occurrence(const request *r, const analysis **a,
                        const occurrence **out) {
    uint32_t at = 0;
    TRY(request_place(r, a, &at));
    *out = symbols_at(&(*a)->symbols, (*a)->source, at);
    return NULL;
}

static void write_position(const request *r, str name, str text, uint32_t at) {
    text_position p = text_position_of(lines_of(r, text), at, r->encoding);
    json_page_open(r->result, name, '{');
    json_page_number(r->result, STR("line"), p.line);
    json_page_number(r->result, STR("character"), p.character);
    json_page_close(r->result, '}');
}

void request_write_range(const request *r, str name, str text, uint32_t from,
                         uint32_t to) {
    json_page_open(r->result, name, '{');
    write_position(r, STR("start"), text, from);
    write_position(r, STR("end"), text, to);
    json_page_close(r->result, '}');
}

str request_uri(const request *r, const source *s) {
    const document *d = workspace_find_path(r->workspace, s->path);
    return d != NULL ? d->uri : workspace_uri_of_path(r->arena, s->path);
}

void request_write_location(const request *r, str name, source_span span) {
    json_page_open(r->result, name, '{');
    json_page_text(r->result, STR("uri"), request_uri(r, span.source));
    request_write_range(r, STR("range"), span.source->text, span.from, span.to);
    json_page_close(r->result, '}');
}
