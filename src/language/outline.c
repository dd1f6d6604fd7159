/* outline.c: the blocks of a document with their members. */
#include "language/request.h"

/* LSP 3.17, SymbolKind. */
enum {
    SYMBOL_KIND_CLASS = 5,
    SYMBOL_KIND_FIELD = 8,
    SYMBOL_KIND_ENUM = 10,
    SYMBOL_KIND_INTERFACE = 11,
    SYMBOL_KIND_FUNCTION = 12,
    SYMBOL_KIND_ENUM_MEMBER = 22,
    SYMBOL_KIND_STRUCT = 23,
};

static int kind_of(block_kind kind) {
    switch (kind) {
    case BLOCK_MODEL:
        return SYMBOL_KIND_CLASS;
    case BLOCK_ENUM:
        return SYMBOL_KIND_ENUM;
    case BLOCK_FUNCTION:
        return SYMBOL_KIND_FUNCTION;
    case BLOCK_TYPE:
    case BLOCK_VIEW:
        return SYMBOL_KIND_INTERFACE;
    case BLOCK_DATASOURCE:
    case BLOCK_GENERATOR:
    case BLOCK_PLUGIN:
    case BLOCK_OTHER:
        return SYMBOL_KIND_STRUCT;
    }
    return SYMBOL_KIND_STRUCT;
}

static void begin(const request *r, str text, syntax_name name, int kind,
                  source_span whole) {
    json_page_open(r->result, STR(""), '{');
    json_page_text(r->result, STR("name"), name.text);
    json_page_number(r->result, STR("kind"), kind);
    request_write_range(r, STR("range"), text, whole.from, whole.to);
    request_write_range(r, STR("selectionRange"), text, name.span.from,
                        name.span.to);
}

static void write_block(const request *r, str text, const syntax_block *block) {
    int member =
        block->kind == BLOCK_ENUM ? SYMBOL_KIND_ENUM_MEMBER : SYMBOL_KIND_FIELD;
    begin(r, text, block->name, kind_of(block->kind), block->span);
    json_page_open(r->result, STR("children"), '[');
    for (size_t i = 0; i < block->field_count; i++) {
        const syntax_field *f = &block->fields[i];
        begin(r, text, f->name, member, f->span);
        json_page_close(r->result, '}');
    }
    json_page_close(r->result, ']');
    json_page_close(r->result, '}');
}

err *request_outline(const request *r) {
    const document *d = NULL;
    TRY(request_document(r, &d));
    const analysis *a = analysis_run(r->arena, r->workspace, d);
    json_page_open(r->result, STR(""), '[');
    for (size_t i = 0; i < a->file->block_count; i++) {
        const syntax_block *block = &a->file->blocks[i];
        /* An empty name may not be in the list. */
        if (!str_is_empty(block->name.text))
            write_block(r, a->source->text, block);
    }
    json_page_close(r->result, ']');
    return NULL;
}
