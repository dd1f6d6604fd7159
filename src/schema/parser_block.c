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
            (is_heritage(c, behind) && !behind->is_first));
}

static bool is_at_end(const cursor *c) {
    return cursor_peek(c)->kind == TOKEN_END;
}

/* What is being read into a block; the lists grow. */
typedef struct draft {
    syntax_block block;
    syntax_field *fields;
    syntax_attribute *attributes;
    syntax_property *properties;
} draft;

static void add_attribute(cursor *c, draft *d) {
    size_t errors = c->diags->error_count;
    const token *first = cursor_peek(c);
    syntax_attribute read;
    bool is_read = parser_attribute(c, &read);
    read.doc = parser_doc(c, first);
    if (is_read && errors == c->diags->error_count)
        ARENA_PUSH(c->arena, d->attributes, d->block.attribute_count, read);
    else
        d->block.is_damaged = true;
}

static void add_field(cursor *c, draft *d) {
    syntax_field field = {0};
    if (d->block.kind == BLOCK_ENUM)
        parser_enum_value(c, &field);
    else
        parser_field(c, &field);
    ARENA_PUSH(c->arena, d->fields, d->block.field_count, field);
}

/* The value may be missing: some generators have empty keys. */
static void add_property(cursor *c, draft *d) {
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
        ARENA_PUSH(c->arena, d->properties, d->block.property_count, property);
    else
        d->block.is_damaged = true;
    if (!is_read)
        cursor_skip_line(c);
}

static bool has_properties(const draft *d) {
    return d->block.kind == BLOCK_DATASOURCE ||
           d->block.kind == BLOCK_GENERATOR || d->block.kind == BLOCK_PLUGIN;
}

static const char *member_name(const draft *d) {
    if (has_properties(d))
        return "a setting or '}'";
    return d->block.kind == BLOCK_ENUM ? "a value or '}'" : "a field or '}'";
}

static void report_member(cursor *c, draft *d) {
    if (cursor_peek(c)->kind == TOKEN_AT) {
        diag *problem = cursor_report_unexpected(c, "a field");
        diag_help(c->arena, problem,
                  "'@' belongs to the field before it, '@@' to the model");
    } else {
        cursor_report_unexpected(c, member_name(d));
    }
    d->block.is_damaged = true;
    cursor_take(c);
    cursor_skip_line(c);
}

static void read_member(cursor *c, draft *d) {
    token_kind kind = cursor_peek(c)->kind;
    if (kind == TOKEN_NAME && has_properties(d))
        add_property(c, d);
    else if (kind == TOKEN_NAME)
        add_field(c, d);
    else if (kind == TOKEN_AT_AT && !has_properties(d))
        add_attribute(c, d);
    else
        report_member(c, d);
}

static void report_unclosed(cursor *c, draft *d) {
    diag_add(c->arena, c->diags, DIAG_UNCLOSED_BLOCK, d->block.name.span,
             "%.*s '%.*s' is not closed by '}'", STR_ARG(d->block.keyword.text),
             STR_ARG(d->block.name.text));
    d->block.is_damaged = true;
}

/* The body of a block nobody knows: passed over as a whole. */
static void skip_body(cursor *c, draft *d) {
    for (size_t depth = 1; depth > 0;) {
        if (is_at_end(c) || (depth == 1 && is_at_block(c))) {
            report_unclosed(c, d);
            return;
        }
        token_kind kind = cursor_take(c)->kind;
        if (kind == TOKEN_LEFT_BRACE)
            depth++;
        if (kind == TOKEN_RIGHT_BRACE)
            depth--;
    }
}

static void read_body(cursor *c, draft *d) {
    if (d->block.kind == BLOCK_OTHER) {
        skip_body(c, d);
        return;
    }
    while (!cursor_accept(c, TOKEN_RIGHT_BRACE)) {
        if (is_at_end(c) || is_at_block(c)) {
            report_unclosed(c, d);
            return;
        }
        read_member(c, d);
    }
}

/* "with A, B" or "extends A": the commas may be missing. */
static bool read_parents(cursor *c, draft *d) {
    if (!is_heritage(c, cursor_peek(c)))
        return true;
    const token *first = cursor_peek(c);
    syntax_name *names = NULL;
    while (is_heritage(c, cursor_peek(c))) {
        cursor_take(c);
        do {
            if (cursor_peek(c)->kind != TOKEN_NAME) {
                cursor_report_missing(c, "the name of a model or type");
                return false;
            }
            ARENA_PUSH(c->arena, names, d->block.parent_count,
                       cursor_take_name(c));
        } while (cursor_accept(c, TOKEN_COMMA) ||
                 (cursor_is_beside(c, TOKEN_NAME) &&
                  !is_heritage(c, cursor_peek(c))));
    }
    d->block.parent_names = names;
    d->block.parents = cursor_span_from(c, first);
    return true;
}

/* After "model Post" without a brace, a line that could be a field is taken as
 * one, so that the mistake stays one. */
static bool read_open_brace(cursor *c, draft *d) {
    bool has_parents = read_parents(c, d);
    if (has_parents && cursor_accept(c, TOKEN_LEFT_BRACE))
        return true;
    if (has_parents)
        cursor_report_missing(c, "'{'");
    d->block.is_damaged = true;
    if (!has_parents && cursor_accept(c, TOKEN_LEFT_BRACE))
        return true;
    bool has_body = cursor_peek(c)->is_first && !is_at_block(c) &&
                    cursor_peek(c)->kind == TOKEN_NAME;
    if (!has_body)
        cursor_skip_line(c);
    return has_body;
}

static void read_keyword(cursor *c, draft *d) {
    const token *first = cursor_peek(c);
    if (d->block.kind == BLOCK_MODEL && is_word(c, first, STR("abstract")))
        d->block.abstract = cursor_span(c, cursor_take(c));
    d->block.keyword.span = cursor_span(c, cursor_peek(c));
    d->block.keyword.text = cursor_text(c, cursor_take(c));
}

bool parser_block(cursor *c, syntax_block *out) {
    draft d = {.block = {.kind = out->kind}};
    const token *first = cursor_peek(c);
    read_keyword(c, &d);
    if (cursor_peek(c)->kind != TOKEN_NAME) {
        cursor_report_missing(c, "a name");
        out->is_damaged = true;
        cursor_skip_line(c);
        return false;
    }
    d.block.name = cursor_take_name(c);
    bool has_body = read_open_brace(c, &d);
    d.block.doc = parser_doc(c, first);
    if (has_body)
        read_body(c, &d);
    d.block.fields = d.fields;
    d.block.attributes = d.attributes;
    d.block.properties = d.properties;
    d.block.span = cursor_span_from(c, first);
    *out = d.block;
    return true;
}
