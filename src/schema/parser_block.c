#include "schema/parser_block.h"

#include "schema/parser_attribute.h"
#include "schema/parser_doc.h"
#include "schema/parser_expression.h"
#include "schema/parser_field.h"
#include "schema/suggest.h"

static const struct keyword {
    str text;
    block_kind kind;
} KEYWORDS[] = {
    {STR_INIT("model"), BLOCK_MODEL},
    {STR_INIT("enum"), BLOCK_ENUM},
    {STR_INIT("type"), BLOCK_TYPE},
    {STR_INIT("view"), BLOCK_VIEW},
    {STR_INIT("function"), BLOCK_FUNCTION},
    {STR_INIT("datasource"), BLOCK_DATASOURCE},
    {STR_INIT("generator"), BLOCK_GENERATOR},
    {STR_INIT("plugin"), BLOCK_PLUGIN},
};

bool parser_block_kind(str keyword, block_kind *kind) {
    for (size_t i = 0; i < LENGTH(KEYWORDS); i++) {
        if (str_equal(keyword, KEYWORDS[i].text)) {
            *kind = KEYWORDS[i].kind;
            return true;
        }
    }
    return false;
}

void parser_block_suggest(arena *a, diag *d, str misspelt) {
    nearest n = nearest_to(misspelt);
    for (size_t i = 0; i < LENGTH(KEYWORDS); i++)
        nearest_offer(&n, KEYWORDS[i].text);
    if (str_is_empty(n.best))
        diag_help(a, d,
                  "a block is a model, an enum, a datasource or a generator");
    suggest(a, d, &n);
}

static bool is_word(const cursor *c, const token *t, str word) {
    return t->kind == TOKEN_NAME && str_equal(cursor_text(c, t), word);
}

/* Before the name of what a block inherits from. */
static bool is_heritage(const cursor *c, const token *t) {
    return is_word(c, t, STR("with")) || is_word(c, t, STR("extends"));
}

static bool is_returns(const cursor *c, const token *t) {
    return is_word(c, t, STR("returns"));
}

/* "model Post {" or "model Post with Base": nothing inside a block looks like
 * it, so a block that runs into this was not closed. */
static bool is_at_block(const cursor *c) {
    const token *t = cursor_peek(c);
    if (!t->is_first || t->kind != TOKEN_NAME)
        return false;
    size_t at = is_word(c, t, STR("abstract")) ? 1 : 0;
    block_kind kind;
    const token *behind = cursor_look(c, at + 2);
    return parser_block_kind(cursor_text(c, cursor_look(c, at)), &kind) &&
           cursor_look(c, at + 1)->kind == TOKEN_NAME &&
           (behind->kind == TOKEN_LEFT_BRACE ||
            ((is_heritage(c, behind) || is_returns(c, behind)) &&
             !behind->is_first));
}

static bool is_at_end(const cursor *c) {
    return cursor_peek(c)->kind == TOKEN_END;
}

static void add_attribute(cursor *c, syntax_block *b) {
    size_t errors = c->diags->error_count;
    const token *first = cursor_peek(c);
    syntax_attribute read;
    bool is_read = parser_attribute(c, &read);
    read.doc = parser_doc(c, first);
    if (is_read && errors == c->diags->error_count)
        PILE_PUSH(&c->blocks, read);
    else
        b->is_damaged = true;
}

static void add_field(cursor *c, syntax_block *b) {
    syntax_field field = {0};
    if (b->kind == BLOCK_ENUM)
        parser_enum_value(c, &field);
    else
        parser_field(c, &field);
    PILE_PUSH(&c->nested, field);
}

/* The value may be missing: some generators have empty keys. */
static void add_property(cursor *c, syntax_block *b) {
    const token *first = cursor_peek(c);
    syntax_property property = {.name = cursor_take_name(c)};
    bool is_read = true;
    if (!cursor_is_beside(c, TOKEN_EQUALS)) {
        cursor_report_missing(c, "'='");
        is_read = false;
    } else {
        cursor_take(c);
        if (!cursor_peek(c)->is_first)
            is_read = parser_value(c, &property.value);
    }
    property.span = cursor_span_from(c, first);
    property.doc = parser_doc(c, first);
    if (is_read)
        PILE_PUSH(&c->nested, property);
    else
        b->is_damaged = true;
    if (!is_read)
        cursor_skip_line(c);
}

static bool has_properties(const syntax_block *b) {
    return b->kind == BLOCK_DATASOURCE || b->kind == BLOCK_GENERATOR ||
           b->kind == BLOCK_PLUGIN;
}

static const char *member_name(const syntax_block *b) {
    if (has_properties(b))
        return "a setting or '}'";
    if (b->kind == BLOCK_FUNCTION)
        return "an argument or '}'";
    return b->kind == BLOCK_ENUM ? "a value or '}'" : "a field or '}'";
}

static void report_member(cursor *c, syntax_block *b) {
    if (cursor_peek(c)->kind == TOKEN_AT) {
        diag *problem = cursor_report_unexpected(c, "a field");
        diag_help(c->arena, problem,
                  "'@' belongs to the field before it, '@@' to the model");
    } else {
        cursor_report_unexpected(c, member_name(b));
    }
    b->is_damaged = true;
    cursor_take(c);
    cursor_skip_line(c);
}

static void read_member(cursor *c, syntax_block *b) {
    token_kind kind = cursor_peek(c)->kind;
    if (kind == TOKEN_NAME && has_properties(b))
        add_property(c, b);
    else if (kind == TOKEN_NAME)
        add_field(c, b);
    else if (kind == TOKEN_AT_AT && !has_properties(b))
        add_attribute(c, b);
    else
        report_member(c, b);
}

static void report_unclosed(cursor *c, syntax_block *b) {
    diag_add(c->arena, c->diags, DIAG_UNCLOSED_BLOCK, b->name.span,
             "%.*s '%.*s' is not closed by '}'", STR_ARG(b->keyword.text),
             STR_ARG(b->name.text));
    b->is_damaged = true;
}

/* The body of a block nobody knows: passed over as a whole. */
static void skip_body(cursor *c, syntax_block *b) {
    for (size_t depth = 1; depth > 0;) {
        if (is_at_end(c) || (depth == 1 && is_at_block(c))) {
            report_unclosed(c, b);
            return;
        }
        token_kind kind = cursor_take(c)->kind;
        if (kind == TOKEN_LEFT_BRACE)
            depth++;
        if (kind == TOKEN_RIGHT_BRACE)
            depth--;
    }
}

static void read_body(cursor *c, syntax_block *b) {
    if (b->kind == BLOCK_OTHER) {
        skip_body(c, b);
        return;
    }
    while (!cursor_accept(c, TOKEN_RIGHT_BRACE)) {
        if (is_at_end(c) || is_at_block(c)) {
            report_unclosed(c, b);
            return;
        }
        read_member(c, b);
    }
}

/* The commas may be missing. */
static bool read_parent_names(cursor *c) {
    do {
        if (cursor_peek(c)->kind != TOKEN_NAME) {
            cursor_report_missing(c, "the name of a model or type");
            return false;
        }
        syntax_name name = cursor_take_name(c);
        PILE_PUSH(&c->nested, name);
    } while (
        cursor_accept(c, TOKEN_COMMA) ||
        (cursor_is_beside(c, TOKEN_NAME) && !is_heritage(c, cursor_peek(c))));
    return true;
}

/* "with A, B", "extends A" or both. */
static bool read_parents(cursor *c, syntax_block *b) {
    bool can_inherit = b->kind == BLOCK_MODEL || b->kind == BLOCK_TYPE;
    if (!can_inherit || !is_heritage(c, cursor_peek(c)))
        return true;
    const token *first = cursor_peek(c);
    size_t bottom = c->nested.used;
    bool is_read = true;
    while (is_read && is_heritage(c, cursor_peek(c))) {
        cursor_take(c);
        is_read = read_parent_names(c);
    }
    b->parent_names =
        PILE_CUT(&c->nested, bottom, syntax_name, &b->parent_count);
    b->parents = cursor_span_from(c, first);
    return is_read;
}

/* "returns Task[]" */
static bool read_result(cursor *c, syntax_block *b) {
    if (b->kind != BLOCK_FUNCTION || !is_returns(c, cursor_peek(c)))
        return true;
    cursor_take(c);
    if (!cursor_is_beside(c, TOKEN_NAME)) {
        cursor_report_missing(c, "the type of the result");
        return false;
    }
    size_t errors = c->diags->error_count;
    parser_type(c, &b->result);
    b->result.is_damaged = errors != c->diags->error_count;
    return true;
}

static void report_no_brace(cursor *c, const syntax_block *b) {
    bool has_list =
        b->kind == BLOCK_FUNCTION && cursor_is_beside(c, TOKEN_LEFT_PAREN);
    bool has_colon =
        b->kind == BLOCK_FUNCTION && cursor_is_beside(c, TOKEN_COLON);
    diag *d = cursor_report_missing(c, "'{'");
    if (has_list)
        diag_help(c->arena, d,
                  "arguments are lines of the block, such as 'id Int'");
    if (has_colon)
        diag_help(c->arena, d, "what it gives back stands behind 'returns'");
}

/* After "model Post" without a brace, a line that could be a field is taken as
 * one, so that the mistake stays one. */
static bool read_open_brace(cursor *c, syntax_block *b) {
    bool has_parents = read_parents(c, b) && read_result(c, b);
    if (has_parents && cursor_accept(c, TOKEN_LEFT_BRACE))
        return true;
    if (has_parents)
        report_no_brace(c, b);
    b->is_damaged = true;
    if (!has_parents && cursor_accept(c, TOKEN_LEFT_BRACE))
        return true;
    bool has_body = cursor_peek(c)->is_first && !is_at_block(c) &&
                    cursor_peek(c)->kind == TOKEN_NAME;
    if (!has_body)
        cursor_skip_line(c);
    return has_body;
}

static void read_keyword(cursor *c, syntax_block *b) {
    const token *first = cursor_peek(c);
    if (b->kind == BLOCK_MODEL && is_word(c, first, STR("abstract")))
        b->abstract = cursor_span(c, cursor_take(c));
    b->keyword.span = cursor_span(c, cursor_peek(c));
    b->keyword.text = cursor_text(c, cursor_take(c));
}

static void read_members(cursor *c, syntax_block *b) {
    size_t attributes = c->blocks.used;
    size_t bottom = c->nested.used;
    read_body(c, b);
    b->attributes =
        PILE_CUT(&c->blocks, attributes, syntax_attribute, &b->attribute_count);
    if (has_properties(b))
        b->properties =
            PILE_CUT(&c->nested, bottom, syntax_property, &b->property_count);
    else
        b->fields = PILE_CUT(&c->nested, bottom, syntax_field, &b->field_count);
}

bool parser_block(cursor *c, syntax_block *b) {
    const token *first = cursor_peek(c);
    read_keyword(c, b);
    if (cursor_peek(c)->kind != TOKEN_NAME) {
        cursor_report_missing(c, "a name");
        cursor_skip_line(c);
        return false;
    }
    b->name = cursor_take_name(c);
    bool has_body = read_open_brace(c, b);
    b->doc = parser_doc(c, first);
    if (has_body)
        read_members(c, b);
    b->span = cursor_span_from(c, first);
    return true;
}
