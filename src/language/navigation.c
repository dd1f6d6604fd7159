/* navigation.c: where a name is declared and used. */
#include "language/request.h"

err *request_definition(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(request_occurrence(r, &a, &o));
    if (o == NULL)
        json_page_raw(r->result, STR(""), STR("null"));
    else
        request_write_location(r, STR(""), o->symbol->name.span);
    return NULL;
}

err *request_references(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(request_occurrence(r, &a, &o));
    const json *context = json_find(r->params, STR("context"));
    const json *wants =
        context != NULL ? json_find(context, STR("includeDeclaration")) : NULL;
    bool has_declaration = wants == NULL || wants->kind == JSON_TRUE;
    json_page_open(r->result, STR(""), '[');
    for (size_t i = 0; o != NULL && i < a->symbols.count; i++) {
        const occurrence *use = &a->symbols.items[i];
        if (use->symbol == o->symbol &&
            (has_declaration || !use->is_declaration))
            request_write_location(r, STR(""), use->span);
    }
    json_page_close(r->result, ']');
    return NULL;
}
