/* navigation.c: where a name is declared and used, and giving it another. */
#include "base/ascii.h"
#include "language/request.h"

static err *find_occurrence(const request *r, const analysis **a,
                            const occurrence **out) {
    uint32_t at = 0;
    TRY(request_place(r, a, &at));
    *out = symbols_at(&(*a)->symbols, (*a)->source, at);
    return NULL;
}

err *request_definition(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(find_occurrence(r, &a, &o));
    if (o == NULL)
        json_page_raw(r->result, STR(""), STR("null"));
    else
        request_write_location(r, STR(""), o->symbol->name.span);
    return NULL;
}

err *request_references(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(find_occurrence(r, &a, &o));
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

err *request_prepare_rename(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(find_occurrence(r, &a, &o));
    if (o == NULL)
        json_page_raw(r->result, STR(""), STR("null"));
    else
        request_write_range(r, STR(""), a->source->text, o->span.from,
                            o->span.to);
    return NULL;
}

/* ---- renaming ------------------------------------------------------------*/

static bool is_name(str text) {
    if (str_is_empty(text) || !ascii_is_letter(text.ptr[0]))
        return false;
    for (size_t i = 1; i < text.len; i++) {
        char c = text.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_')
            return false;
    }
    return true;
}

static bool has_attribute(const syntax_attribute *attributes, size_t count,
                          str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(attributes[i].name.text, name))
            return true;
    }
    return false;
}

static void write_edit(const request *r, str text, uint32_t from, uint32_t to,
                       str replacement) {
    json_page_open(r->result, STR(""), '{');
    request_write_range(r, STR("range"), text, from, to);
    json_page_text(r->result, STR("newText"), replacement);
    json_page_close(r->result, '}');
}

/* A relation has no column, and its other side no field of the same name. */
static bool has_column(const analysis *a, const syntax_field *f) {
    for (size_t i = 0; i < a->symbols.count; i++) {
        const occurrence *o = &a->symbols.items[i];
        if (o->span.from == f->type.span.from &&
            o->span.source == f->type.span.source)
            return o->symbol->block->kind == BLOCK_ENUM;
    }
    return true;
}

/* The database keeps its name: @map("old"), unless there is one. */
static void write_map(const request *r, const analysis *a, const symbol *s) {
    str text = s->name.span.source->text;
    const syntax_block *block = s->block;
    if (s->kind == SYMBOL_BLOCK) {
        if (block->kind == BLOCK_TYPE ||
            has_attribute(block->attributes, block->attribute_count,
                          STR("map")))
            return;
        str line = arena_printf(r->arena, "\n  @@map(\"%.*s\")\n",
                                STR_ARG(s->name.text));
        write_edit(r, text, block->span.to - 1, block->span.to - 1, line);
        return;
    }
    if (has_attribute(s->field->attributes, s->field->attribute_count,
                      STR("map")) ||
        !has_column(a, s->field))
        return;
    uint32_t end = s->field->span.to;
    write_edit(
        r, text, end, end,
        arena_printf(r->arena, " @map(\"%.*s\")", STR_ARG(s->name.text)));
}

static void write_edits(const request *r, const analysis *a, const source *file,
                        const symbol *s, str name) {
    const document *d = workspace_find_path(r->workspace, file->path);
    str uri = d != NULL ? d->uri : workspace_uri_of_path(r->arena, file->path);
    json_page_open(r->result, uri, '[');
    for (size_t i = 0; i < a->symbols.count; i++) {
        const occurrence *o = &a->symbols.items[i];
        if (o->symbol == s && o->span.source == file)
            write_edit(r, file->text, o->span.from, o->span.to, name);
    }
    if (s->name.span.source == file)
        write_map(r, a, s);
    json_page_close(r->result, ']');
}

err *request_rename(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(find_occurrence(r, &a, &o));
    str name = request_text(r->params, STR("newName"));
    if (o == NULL)
        return err_new(r->arena, ERR_INVALID, "there is no name to change");
    if (!is_name(name))
        return err_new(r->arena, ERR_INVALID,
                       "'%.*s' is no name: letters, digits and _, with a "
                       "letter first",
                       STR_ARG(name));
    json_page_open(r->result, STR(""), '{');
    json_page_open(r->result, STR("changes"), '{');
    for (size_t i = 0; i < a->file_count; i++)
        write_edits(r, a, a->files[i]->source, o->symbol, name);
    json_page_close(r->result, '}');
    json_page_close(r->result, '}');
    return NULL;
}
