#include "language/context.h"

/* What has been read up to a token. */
typedef struct reading {
    str text;
    context found;
    bool is_in_block;
    bool is_named;  /* the block, whose header goes on: "with", "returns" */
    size_t depth;   /* of parentheses and brackets */
    size_t members; /* words since the member began */
    token_kind last;
    str attribute; /* the last one that was named */
} reading;

static void begin_member(reading *r) {
    r->members = 0;
    r->attribute = STR("");
    r->found.field = STR("");
    r->found.type = STR("");
    r->found.argument = STR("");
}

static bool is_header_word(str word) {
    return str_equal(word, STR("with")) || str_equal(word, STR("extends")) ||
           str_equal(word, STR("returns"));
}

static void read_word(reading *r, str word) {
    if (r->last == TOKEN_AT || r->last == TOKEN_AT_AT) {
        r->attribute = word;
    } else if (r->depth > 0) {
        r->found.argument =
            r->last == TOKEN_LEFT_PAREN || r->last == TOKEN_COMMA
                ? word
                : r->found.argument;
    } else if (!r->is_in_block && (r->is_named || is_header_word(word))) {
        r->is_named = true;
        r->found.field = word;
    } else if (!r->is_in_block) {
        r->found.block_keyword = r->found.block;
        r->found.block = word;
    } else if (r->last != TOKEN_DOT) {
        if (r->members == 0)
            r->found.field = word;
        else if (r->members == 1)
            r->found.type = word;
        r->members++;
    }
}

static void read_brace(reading *r, bool is_open) {
    r->is_in_block = is_open;
    r->is_named = false;
    r->depth = 0;
    begin_member(r);
    if (!is_open)
        r->found.block = r->found.block_keyword = STR("");
}

static void begin_block(reading *r) {
    r->found.block = r->found.block_keyword = STR("");
    r->is_named = false;
}

static void read_token(reading *r, const token *t) {
    if (t->is_first && r->depth == 0)
        begin_member(r);
    if (t->is_first && !r->is_in_block && t->kind == TOKEN_NAME)
        begin_block(r);
    switch (t->kind) {
    case TOKEN_NAME:
        read_word(r, str_slice(r->text, t->from, t->to));
        break;
    case TOKEN_LEFT_BRACE:
    case TOKEN_RIGHT_BRACE:
        read_brace(r, t->kind == TOKEN_LEFT_BRACE);
        break;
    case TOKEN_LEFT_PAREN:
    case TOKEN_LEFT_BRACKET:
        r->depth++;
        break;
    case TOKEN_RIGHT_PAREN:
    case TOKEN_RIGHT_BRACKET:
        r->depth -= r->depth > 0;
        break;
    case TOKEN_COMMA:
        if (r->depth == 1)
            r->found.argument = STR("");
        break;
    case TOKEN_END:
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_COLON:
    case TOKEN_DOT:
    case TOKEN_EQUALS:
    case TOKEN_QUESTION:
    case TOKEN_BANG:
    case TOKEN_AT:
    case TOKEN_AT_AT:
    case TOKEN_OPERATOR:
    case TOKEN_BAD_CHARACTER:
    case TOKEN_BAD_STRING:
        break;
    }
    r->last = t->kind;
}

static bool is_property_block(str keyword) {
    return str_equal(keyword, STR("datasource")) ||
           str_equal(keyword, STR("generator")) ||
           str_equal(keyword, STR("plugin"));
}

static context_kind kind_of(const reading *r, bool is_first) {
    if (!r->is_in_block && r->is_named &&
        str_equal(r->found.field, STR("returns")))
        return CONTEXT_TYPE;
    if (!r->is_in_block)
        return is_first ? CONTEXT_TOP : CONTEXT_NOTHING;
    if (is_property_block(r->found.block_keyword))
        return r->members == 0 ? CONTEXT_PROPERTY : CONTEXT_NOTHING;
    if (r->last == TOKEN_AT_AT)
        return CONTEXT_BLOCK_ATTRIBUTE;
    if (r->last == TOKEN_AT)
        return CONTEXT_FIELD_ATTRIBUTE;
    if (r->depth > 0)
        return CONTEXT_ARGUMENT;
    if (r->last == TOKEN_DOT && !str_is_empty(r->attribute))
        return CONTEXT_NATIVE_TYPE;
    if (r->members == 1 && !is_first &&
        !str_equal(r->found.block_keyword, STR("enum")))
        return CONTEXT_TYPE;
    return CONTEXT_NOTHING;
}

static bool is_in_comment(const syntax_file *file, uint32_t at) {
    for (size_t i = 0; i < file->tokens.comment_count; i++) {
        const comment *c = &file->tokens.comments[i];
        if (c->from < at && at <= c->to)
            return true;
    }
    return false;
}

static bool has_line_end(str text, uint32_t from, uint32_t to) {
    str between = str_slice(text, from, to);
    return str_find_char(between, '\n') < between.len;
}

context context_find(const syntax_file *file, uint32_t at) {
    reading r = {.text = file->source->text, .last = TOKEN_END};
    const token *tokens = file->tokens.tokens;
    size_t i = 0;
    uint32_t behind = 0;
    for (; tokens[i].kind != TOKEN_END && tokens[i].to < at; i++) {
        read_token(&r, &tokens[i]);
        behind = tokens[i].to;
    }
    const token *last = &tokens[i];
    bool is_at_word = last->kind == TOKEN_NAME && last->from < at;
    bool is_behind = !is_at_word && last->kind != TOKEN_END &&
                     last->kind != TOKEN_BAD_STRING && last->to <= at;
    if (is_behind) {
        read_token(&r, last);
        behind = last->to;
        last++;
    }
    bool is_in_string =
        (last->kind == TOKEN_STRING || last->kind == TOKEN_BAD_STRING) &&
        last->from < at;
    if (is_in_string || is_in_comment(file, at))
        return r.found;
    bool is_first = behind == 0 ||
                    has_line_end(r.text, behind, is_at_word ? last->from : at);
    if (is_first && r.depth == 0) {
        begin_member(&r);
        r.last = TOKEN_END;
    }
    if (is_at_word)
        r.found.prefix = str_slice(r.text, last->from, at);
    r.found.before = last > tokens ? last - 1 : NULL;
    r.found.kind = kind_of(&r, is_first);
    r.found.attribute = r.attribute;
    return r.found;
}
