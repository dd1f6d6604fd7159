#include "schema/parser_field.h"

#include "schema/parser_attribute.h"
#include "schema/parser_doc.h"
#include "schema/parser_list.h"

static diag *report(cursor *c, diag_code code, source_span span,
                    const char *message) {
    return diag_add(c->arena, c->diags, code, span, "%s", message);
}

/* "[Int]", as lists were written once. */
static void read_legacy_list(cursor *c, syntax_field *f) {
    const token *first = cursor_take(c);
    bool is_list = cursor_is_beside(c, TOKEN_NAME) &&
                   cursor_look(c, 1)->kind == TOKEN_RIGHT_BRACKET;
    if (!is_list) {
        cursor_report_missing(c, "a type");
        cursor_skip_line(c);
        return;
    }
    f->type = cursor_take_name(c);
    f->arity = ARITY_LIST;
    cursor_take(c);
    diag *d = report(c, DIAG_LEGACY_LIST, cursor_span_from(c, first),
                     "lists are written behind the type");
    diag_help(c->arena, d, "write '%.*s[]'", STR_ARG(f->type.text));
}

/* "Int?", also with a blank before the mark, as Prisma takes it. A second mark
 * is left for whoever reads on to stumble over. */
static bool read_question(cursor *c, syntax_field *f) {
    const token *mark = cursor_peek(c);
    if (f->arity == ARITY_OPTIONAL)
        return false;
    cursor_take(c);
    if (f->arity == ARITY_LIST)
        report(c, DIAG_OPTIONAL_LIST, cursor_span(c, mark),
               "a list cannot be optional, it can be empty");
    if (f->arity == ARITY_ONE)
        f->arity = ARITY_OPTIONAL;
    return true;
}

static bool read_brackets(cursor *c, syntax_field *f) {
    const token *mark = cursor_peek(c);
    if (f->arity == ARITY_LIST)
        return false;
    cursor_take(c);
    if (!cursor_is_beside(c, TOKEN_RIGHT_BRACKET)) {
        cursor_report_missing(c, "']'");
        cursor_skip_line(c);
        return false;
    }
    cursor_take(c);
    if (f->arity == ARITY_OPTIONAL)
        report(c, DIAG_OPTIONAL_LIST, cursor_span_from(c, mark),
               "the items of a list cannot be optional");
    f->arity = ARITY_LIST;
    return true;
}

static bool read_bang(cursor *c, const syntax_field *f) {
    source_span span = cursor_span(c, cursor_take(c));
    diag *d = report(c, DIAG_LEGACY_REQUIRED, span,
                     "'!' is not needed, a field is required by itself");
    diag_help(c->arena, d, "write '%.*s'", STR_ARG(f->type.text));
    return true;
}

/* "?", "[]", and what people write in their place. */
static void read_arity(cursor *c, syntax_field *f) {
    bool is_mark = true;
    while (is_mark) {
        if (cursor_is_beside(c, TOKEN_QUESTION))
            is_mark = read_question(c, f);
        else if (cursor_is_beside(c, TOKEN_LEFT_BRACKET))
            is_mark = read_brackets(c, f);
        else
            is_mark = cursor_is_beside(c, TOKEN_BANG) && read_bang(c, f);
    }
}

void parser_type(cursor *c, syntax_field *f) {
    const token *first = cursor_peek(c);
    f->type = cursor_take_name(c);
    read_arity(c, f);
    f->span = cursor_span_from(c, first);
}

/* Unsupported("circle") */
static void read_unsupported(cursor *c, syntax_field *f) {
    const syntax_argument *arguments = NULL;
    size_t count = 0;
    source_span open = cursor_span(c, cursor_peek(c));
    if (!parser_arguments(c, &arguments, &count)) {
        return;
    }
    if (count != 1 || arguments[0].value->kind != EXPRESSION_STRING)
        report(c, DIAG_UNEXPECTED, open,
               "Unsupported takes the database's type as a string");
    else
        f->unsupported = arguments[0].value;
}

static void read_type(cursor *c, syntax_field *f) {
    if (cursor_is_beside(c, TOKEN_COLON)) {
        diag *d = report(c, DIAG_LEGACY_COLON, cursor_span(c, cursor_take(c)),
                         "no ':' between a field and its type");
        if (cursor_is_beside(c, TOKEN_NAME))
            diag_help(c->arena, d, "write '%.*s %.*s'", STR_ARG(f->name.text),
                      STR_ARG(cursor_text(c, cursor_peek(c))));
    }
    if (cursor_is_beside(c, TOKEN_LEFT_BRACKET)) {
        read_legacy_list(c, f);
        return;
    }
    if (!cursor_is_beside(c, TOKEN_NAME)) {
        bool is_bad = cursor_is_beside(c, TOKEN_BAD_CHARACTER) ||
                      cursor_is_beside(c, TOKEN_BAD_STRING);
        if (is_bad)
            cursor_report_unexpected(c, "a type");
        else
            diag_add(c->arena, c->diags, DIAG_MISSING_TYPE, f->name.span,
                     "the field '%.*s' has no type", STR_ARG(f->name.text));
        return;
    }
    f->type = cursor_take_name(c);
    bool is_unsupported = str_equal(f->type.text, STR("Unsupported"));
    if (is_unsupported && cursor_is_beside(c, TOKEN_LEFT_PAREN))
        read_unsupported(c, f);
    read_arity(c, f);
}

/* Attributes may stand on the lines below, too. */
static void read_attributes(cursor *c, syntax_field *f) {
    size_t bottom = c->nested.used;
    while (cursor_peek(c)->kind == TOKEN_AT) {
        size_t errors = c->diags->error_count;
        syntax_attribute read;
        if (parser_attribute(c, &read) && errors == c->diags->error_count)
            PILE_PUSH(&c->nested, read);
    }
    f->attributes =
        PILE_CUT(&c->nested, bottom, syntax_attribute, &f->attribute_count);
}

/* On one line another field may follow, if it has a type. A block attribute may
 * only if the block is on one line: behind a field of its own line it is a
 * mistake for the field's attribute, and would rename the whole table. */
static bool can_follow(const cursor *c, bool needs_type, bool starts_line) {
    const token *t = cursor_peek(c);
    const token *next = cursor_look(c, 1);
    if (t->is_first || t->kind == TOKEN_RIGHT_BRACE)
        return true;
    if (t->kind == TOKEN_AT_AT)
        return !starts_line;
    return t->kind == TOKEN_NAME &&
           (!needs_type || (next->kind == TOKEN_NAME && !next->is_first));
}

static void report_after(cursor *c, bool is_value) {
    token_kind kind = cursor_peek(c)->kind;
    diag *d =
        cursor_report_unexpected(c, is_value ? "a new line" : "an attribute");
    if (kind == TOKEN_COMMA)
        diag_help(c->arena, d, "one on each line, without ','");
    else if (kind == TOKEN_NAME)
        diag_help(c->arena, d, "an attribute starts with '@'");
    else if (kind == TOKEN_AT_AT)
        diag_help(c->arena, d,
                  "'@' belongs to the field, '@@' to the block on a line of "
                  "its own");
    else if (kind == TOKEN_EQUALS)
        diag_help(c->arena, d, "%s",
                  is_value ? "another name in the database is written "
                             "@map(\"...\")"
                           : "a default is written @default(...)");
}

/* A field, or a value of an enum. Whatever was reported about it makes it
 * damaged, and one report is enough. */
static void read_member(cursor *c, syntax_field *f, bool is_value) {
    size_t errors = c->diags->error_count;
    const token *first = cursor_peek(c);
    f->name = cursor_take_name(c);
    if (!is_value)
        read_type(c, f);
    read_attributes(c, f);
    f->span = cursor_span_from(c, first);
    f->doc = parser_doc(c, first);
    if (!can_follow(c, !is_value, first->is_first)) {
        if (errors == c->diags->error_count)
            report_after(c, is_value);
        cursor_skip_line(c);
    }
    f->is_damaged = errors != c->diags->error_count;
}

void parser_field(cursor *c, syntax_field *f) {
    read_member(c, f, false);
}

void parser_enum_value(cursor *c, syntax_field *f) {
    read_member(c, f, true);
}
