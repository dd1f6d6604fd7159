/* completion.c: what may stand at the cursor. */
#include "base/attr.h"
#include "language/context.h"
#include "language/manual.h"
#include "language/request.h"
#include "language/row_path.h"
#include "schema/native_type.h"
#include "schema/referential_action.h"
#include "schema/scalar_type.h"

/* LSP 3.17, CompletionItemKind. */
enum {
    ITEM_FUNCTION = 3,
    ITEM_FIELD = 5,
    ITEM_CLASS = 7,
    ITEM_PROPERTY = 10,
    ITEM_ENUM = 13,
    ITEM_KEYWORD = 14,
    ITEM_ENUM_MEMBER = 20,
    ITEM_TYPE = 25,
};

static void offer(const request *r, str label, int kind, str detail, str text) {
    json_page_open(r->result, STR(""), '{');
    json_page_text(r->result, STR("label"), label);
    json_page_number(r->result, STR("kind"), kind);
    json_page_some_text(r->result, STR("detail"), detail);
    json_page_some_text(r->result, STR("documentation"), text);
    json_page_close(r->result, '}');
}

static void offer_manual(const request *r, manual_kind kind, int item_kind) {
    size_t count;
    const manual_entry *entries = manual_entries(&count);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].kind == kind)
            offer(r, entries[i].name, item_kind, entries[i].usage,
                  entries[i].text);
    }
}

/* A value of an enum takes no other attribute. */
static void offer_value_attribute(const request *r) {
    const manual_entry *map = manual_find(MANUAL_FIELD_ATTRIBUTE, STR("map"));
    offer(r, map->name, ITEM_PROPERTY, map->usage, map->text);
}

static void offer_blocks(const request *r, const analysis *a) {
    for (size_t i = 0; i < a->symbols.count; i++) {
        const occurrence *o = &a->symbols.items[i];
        if (!o->is_declaration || o->symbol->kind != SYMBOL_BLOCK)
            continue;
        const syntax_block *block = o->symbol->block;
        int kind = block->kind == BLOCK_ENUM ? ITEM_ENUM : ITEM_CLASS;
        offer(r, block->name.text, kind, block->keyword.text, block->doc);
    }
}

static void offer_fields(const request *r, const syntax_block *block) {
    for (size_t i = 0; block != NULL && i < block->field_count; i++) {
        const syntax_field *f = &block->fields[i];
        offer(r, f->name.text,
              block->kind == BLOCK_ENUM ? ITEM_ENUM_MEMBER : ITEM_FIELD,
              f->type.text, f->doc);
    }
}

static void offer_native_types(const request *r, str type) {
    scalar_type scalar;
    bool is_scalar = scalar_type_find(type, &scalar);
    size_t count;
    const native_type_spec *specs = native_type_specs(&count);
    for (size_t i = 0; i < count; i++) {
        if (!is_scalar || specs[i].scalar == scalar)
            offer(r, specs[i].name, ITEM_TYPE, specs[i].sql, STR(""));
    }
}

static void offer_names(const request *r, const str *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        offer(r, names[i], ITEM_PROPERTY, STR(""), STR(""));
}

static void offer_relation(const request *r, const analysis *a,
                           const context *c) {
    static const str ARGUMENTS[] = {
        STR_INIT("fields"),   STR_INIT("references"), STR_INIT("onDelete"),
        STR_INIT("onUpdate"), STR_INIT("name"),       STR_INIT("map"),
    };
    if (str_equal(c->argument, STR("fields")))
        offer_fields(r, row_path_find_block(a, c->block));
    else if (str_equal(c->argument, STR("references")))
        offer_fields(r, row_path_find_block(a, c->type));
    else if (str_equal(c->argument, STR("onDelete")) ||
             str_equal(c->argument, STR("onUpdate")))
        offer_manual(r, MANUAL_ACTION, ITEM_ENUM_MEMBER);
    else
        offer_names(r, ARGUMENTS, LENGTH(ARGUMENTS));
}

static void offer_default(const request *r, const analysis *a,
                          const context *c) {
    const syntax_block *type = row_path_find_block(a, c->type);
    if (type != NULL && type->kind == BLOCK_ENUM)
        offer_fields(r, type);
    offer_manual(r, MANUAL_DEFAULT, ITEM_FUNCTION);
}

/* The one that the cursor is in. */
static const syntax_block *find_own_block(const analysis *a, const context *c) {
    if (!str_equal(c->block_keyword, STR("function")))
        return row_path_find_block(a, c->block);
    for (size_t i = 0; i < a->symbols.count; i++) {
        const symbol *s = a->symbols.items[i].symbol;
        if (s->kind == SYMBOL_FUNCTION && str_equal(s->name.text, c->block))
            return s->block;
    }
    return NULL;
}

/* Behind a dot the members of what the path leads to, behind a comparison the
 * values of the enum, if it is one. */
static void offer_condition(const request *r, const analysis *a,
                            const context *c) {
    token_kind before = c->before != NULL ? c->before->kind : TOKEN_END;
    bool has_path = (before == TOKEN_DOT || before == TOKEN_OPERATOR) &&
                    c->before > a->file->tokens.tokens;
    const syntax_block *end =
        has_path ? row_path_end(a, c->block, c->before - 1) : NULL;
    if (before == TOKEN_DOT || (end != NULL && end->kind == BLOCK_ENUM))
        offer_fields(r, end);
    if (before == TOKEN_DOT)
        return;
    offer_manual(r, MANUAL_CONDITION, ITEM_KEYWORD);
    offer_fields(r, find_own_block(a, c));
    offer_blocks(r, a);
}

static void offer_keys(const request *r, const analysis *a, const context *c) {
    offer_fields(r, row_path_find_block(a, c->block));
}

/* Behind the first comma, the values of the field's enum. */
static void offer_states(const request *r, const analysis *a,
                         const context *c) {
    const syntax_block *block = row_path_find_block(a, c->block);
    offer_keys(r, a, c);
    for (size_t i = 0; block != NULL && i < block->field_count; i++) {
        const syntax_block *type =
            row_path_find_block(a, block->fields[i].type.text);
        if (type != NULL && type->kind == BLOCK_ENUM)
            offer_fields(r, type);
    }
}

static void offer_arguments(const request *r, const analysis *a,
                            const context *c) {
    static const struct {
        str attribute;
        void (*offer)(const request *r, const analysis *a, const context *c);
    } ATTRIBUTES[] = {
        {STR_INIT("relation"), offer_relation},
        {STR_INIT("default"), offer_default},
        {STR_INIT("id"), offer_keys},
        {STR_INIT("unique"), offer_keys},
        {STR_INIT("index"), offer_keys},
        {STR_INIT("admin"), offer_keys},
        {STR_INIT("allow"), offer_condition},
        {STR_INIT("deny"), offer_condition},
        {STR_INIT("validate"), offer_condition},
        {STR_INIT("check"), offer_condition},
        {STR_INIT("exactlyOne"), offer_keys},
        {STR_INIT("states"), offer_states},
        {STR_INIT("softDelete"), offer_keys},
        {STR_INIT("atMostOne"), offer_keys},
        {STR_INIT("atLeastOne"), offer_keys},
    };
    for (size_t i = 0; i < LENGTH(ATTRIBUTES); i++) {
        if (str_equal(ATTRIBUTES[i].attribute, c->attribute))
            ATTRIBUTES[i].offer(r, a, c);
    }
}

static void offer_properties(const request *r, const context *c) {
    static const str DATASOURCE[] = {
        STR_INIT("provider"), STR_INIT("url"),        STR_INIT("relationMode"),
        STR_INIT("schemas"),  STR_INIT("extensions"),
    };
    if (str_equal(c->block_keyword, STR("datasource")))
        offer_names(r, DATASOURCE, LENGTH(DATASOURCE));
}

static manual_kind attributes_of(str keyword) {
    if (str_equal(keyword, STR("function")))
        return MANUAL_FUNCTION_ATTRIBUTE;
    return str_equal(keyword, STR("enum")) ? MANUAL_ENUM_ATTRIBUTE
                                           : MANUAL_BLOCK_ATTRIBUTE;
}

static void offer_all(const request *r, const analysis *a, const context *c) {
    switch (c->kind) {
    case CONTEXT_NOTHING:
        return;
    case CONTEXT_TOP:
        offer_manual(r, MANUAL_KEYWORD, ITEM_KEYWORD);
        return;
    case CONTEXT_TYPE:
        offer_manual(r, MANUAL_TYPE, ITEM_TYPE);
        offer_blocks(r, a);
        return;
    case CONTEXT_FIELD_ATTRIBUTE:
        if (str_equal(c->block_keyword, STR("enum")))
            offer_value_attribute(r);
        else if (str_equal(c->block_keyword, STR("function")))
            offer_manual(r, MANUAL_ARGUMENT_ATTRIBUTE, ITEM_PROPERTY);
        else
            offer_manual(r, MANUAL_FIELD_ATTRIBUTE, ITEM_PROPERTY);
        return;
    case CONTEXT_BLOCK_ATTRIBUTE:
        offer_manual(r, attributes_of(c->block_keyword), ITEM_PROPERTY);
        return;
    case CONTEXT_NATIVE_TYPE:
        offer_native_types(r, c->type);
        return;
    case CONTEXT_ARGUMENT:
        offer_arguments(r, a, c);
        return;
    case CONTEXT_PROPERTY:
        offer_properties(r, c);
        return;
    }
}

/* The editor filters by what is written already. */
err *request_completion(const request *r) {
    const analysis *a = NULL;
    uint32_t at = 0;
    TRY(request_place(r, &a, &at));
    context c = context_find(a->file, at);
    json_page_open(r->result, STR(""), '[');
    offer_all(r, a, &c);
    json_page_close(r->result, ']');
    return NULL;
}
