#include "schema/cursor.h"

#include "base/ascii.h"

/* The brackets that are open at some token, innermost last. */
typedef struct open_brackets {
    uint32_t *at;
    size_t count;
    size_t parens; /* so many of them are '(' */
} open_brackets;

/* No argument holds these, so a bracket open here is one that was forgotten. */
static bool ends_arguments(token_kind kind) {
    return kind == TOKEN_AT || kind == TOKEN_AT_AT || kind == TOKEN_END ||
           kind == TOKEN_LEFT_BRACE || kind == TOKEN_RIGHT_BRACE;
}

static void close_bracket(const token *tokens, open_brackets *open, uint32_t at,
                          uint32_t *closes) {
    bool is_paren = tokens[at].kind == TOKEN_RIGHT_PAREN;
    bool has_partner = is_paren ? open->parens > 0 : open->count > open->parens;
    while (has_partner) {
        uint32_t last = open->at[--open->count];
        bool last_is_paren = tokens[last].kind == TOKEN_LEFT_PAREN;
        open->parens -= last_is_paren ? 1 : 0;
        if (last_is_paren == is_paren) {
            closes[last] = at;
            return;
        }
    }
}

/* Once for the whole file, so that no line is searched twice. */
static const uint32_t *match_brackets(arena *a, token_list list) {
    uint32_t *closes = arena_new_array(a, uint32_t, list.count);
    open_brackets open = {
        .at = arena_take(a, list.count * sizeof *closes, _Alignof(uint32_t))};
    for (uint32_t i = 0; i < list.count; i++) {
        token_kind kind = list.tokens[i].kind;
        if (ends_arguments(kind))
            open.count = open.parens = 0;
        if (kind == TOKEN_LEFT_PAREN || kind == TOKEN_LEFT_BRACKET) {
            open.at[open.count++] = i;
            open.parens += kind == TOKEN_LEFT_PAREN ? 1 : 0;
        }
        if (kind == TOKEN_RIGHT_PAREN || kind == TOKEN_RIGHT_BRACKET)
            close_bracket(list.tokens, &open, i, closes);
    }
    return closes;
}

cursor cursor_new(arena *a, const source *s, token_list tokens,
                  diag_list *diags) {
    return (cursor){.arena = a,
                    .source = s,
                    .tokens = tokens,
                    .closes = match_brackets(a, tokens),
                    .nested = {.arena = a},
                    .blocks = {.arena = a},
                    .diags = diags};
}

const token *cursor_look(const cursor *c, size_t n) {
    size_t at = c->at + n;
    return &c->tokens.tokens[at < c->tokens.count ? at : c->tokens.count - 1];
}

const token *cursor_last(const cursor *c) {
    return &c->tokens.tokens[c->at > 0 ? c->at - 1 : 0];
}

const token *cursor_take(cursor *c) {
    const token *t = cursor_peek(c);
    if (t->kind != TOKEN_END)
        c->at++;
    return t;
}

bool cursor_accept(cursor *c, token_kind kind) {
    if (cursor_peek(c)->kind != kind)
        return false;
    cursor_take(c);
    return true;
}

bool cursor_is_beside(const cursor *c, token_kind kind) {
    const token *t = cursor_peek(c);
    return t->kind == kind && !t->is_first;
}

str cursor_text(const cursor *c, const token *t) {
    return str_slice(c->source->text, t->from, t->to);
}

source_span cursor_span(const cursor *c, const token *t) {
    return (source_span){c->source, t->from, t->to};
}

source_span cursor_span_from(const cursor *c, const token *first) {
    return (source_span){c->source, first->from, cursor_last(c)->to};
}

static const char *name_fault(str name) {
    if (name.ptr[0] == '-' || ascii_is_digit(name.ptr[0]))
        return "starts with a digit";
    if (str_find_char(name, '-') < name.len)
        return "contains '-'";
    return NULL;
}

syntax_name cursor_take_name(cursor *c) {
    const token *t = cursor_take(c);
    syntax_name name = {cursor_text(c, t), cursor_span(c, t)};
    const char *fault = name_fault(name.text);
    if (fault != NULL) {
        diag *d = diag_add(c->arena, c->diags, DIAG_BAD_NAME, name.span,
                           "the name '%.*s' %s", STR_ARG(name.text), fault);
        diag_help(
            c->arena, d,
            "a name is a letter or '_', then letters, digits and '_'; @map and "
            "@@map keep another name in the database");
    }
    return name;
}

static diag *report_bad_character(cursor *c, source_span span, str text) {
    bool is_control = (unsigned char)text.ptr[0] < 0x20 || text.ptr[0] == 0x7F;
    if (is_control)
        return diag_add(c->arena, c->diags, DIAG_BAD_CHARACTER, span,
                        "unexpected control character U+%04X",
                        (unsigned)(unsigned char)text.ptr[0]);
    diag *d = diag_add(c->arena, c->diags, DIAG_BAD_CHARACTER, span,
                       "unexpected character '%.*s'", STR_ARG(text));
    if (str_equal(text, STR(";")))
        diag_help(c->arena, d, "a line ends without ';'");
    if (str_equal(text, STR("#")))
        diag_help(c->arena, d, "a comment starts with '//'");
    return d;
}

static diag *report_unclosed_string(cursor *c, const token *t) {
    source_span span = cursor_span(c, t);
    bool has_lines = str_starts_with(cursor_text(c, t), STR("\"\"\""));
    if (has_lines)
        span.to = span.from + LEXER_TEXT_QUOTE;
    return diag_add(c->arena, c->diags, DIAG_UNCLOSED_STRING, span, "%s",
                    has_lines ? "the text is not closed by '\"\"\"'"
                              : "the string is not closed on its line");
}

diag *cursor_report_unexpected(cursor *c, const char *expected) {
    const token *t = cursor_peek(c);
    source_span span = cursor_span(c, t);
    str text = cursor_text(c, t);
    if (t->kind == TOKEN_BAD_CHARACTER)
        return report_bad_character(c, span, text);
    if (t->kind == TOKEN_BAD_STRING)
        return report_unclosed_string(c, t);
    return diag_add(c->arena, c->diags, DIAG_UNEXPECTED, span,
                    "expected %s, found '%.*s'", expected, STR_ARG(text));
}

diag *cursor_report_missing(cursor *c, const char *expected) {
    if (!cursor_peek(c)->is_first)
        return cursor_report_unexpected(c, expected);
    uint32_t end = cursor_last(c)->to;
    return diag_add(c->arena, c->diags, DIAG_UNEXPECTED,
                    (source_span){c->source, end, end},
                    "expected %s before the end of the line", expected);
}

/* "model Post {" at the start of a line. */
static bool looks_like_block(const cursor *c) {
    return cursor_peek(c)->is_first && cursor_peek(c)->kind == TOKEN_NAME &&
           cursor_look(c, 1)->kind == TOKEN_NAME &&
           cursor_look(c, 2)->kind == TOKEN_LEFT_BRACE;
}

static void skip_braces(cursor *c) {
    size_t depth = 0;
    do {
        token_kind kind = cursor_take(c)->kind;
        depth += kind == TOKEN_LEFT_BRACE ? 1 : 0;
        depth -= kind == TOKEN_RIGHT_BRACE ? 1 : 0;
    } while (depth > 0 && cursor_peek(c)->kind != TOKEN_END &&
             !looks_like_block(c));
}

void cursor_skip_line(cursor *c) {
    while (!cursor_peek(c)->is_first &&
           cursor_peek(c)->kind != TOKEN_RIGHT_BRACE) {
        if (cursor_peek(c)->kind == TOKEN_LEFT_BRACE)
            skip_braces(c);
        else if (c->closes[c->at] > 0)
            c->at = (size_t)c->closes[c->at] + 1;
        else
            cursor_take(c);
    }
}

void cursor_skip_statement(cursor *c) {
    cursor_skip_line(c);
    while (!cursor_peek(c)->is_first) {
        cursor_take(c);
        cursor_skip_line(c);
    }
}

/* A string that is not closed takes the closing bracket with it. */
static bool report_bad_string(cursor *c) {
    for (size_t i = 1; !cursor_look(c, i)->is_first; i++) {
        const token *t = cursor_look(c, i);
        if (t->kind != TOKEN_BAD_STRING)
            continue;
        report_unclosed_string(c, t);
        return true;
    }
    return false;
}

/* The first token from there on that no argument can hold. Asked for once for
 * each bracket that is not closed, of which there may be a million. */
static const token *arguments_end(cursor *c, size_t from) {
    if (from < c->end_from || from > c->end) {
        c->end_from = c->end = from;
        while (!ends_arguments(c->tokens.tokens[c->end].kind))
            c->end++;
    }
    return &c->tokens.tokens[c->end];
}

/* "{" in the place of a value; a block's brace has a name before it. */
static bool report_braces(cursor *c) {
    const token *t = arguments_end(c, c->at + 1);
    if (t->kind != TOKEN_LEFT_BRACE || (t - 1)->kind == TOKEN_NAME)
        return false;
    diag_add(c->arena, c->diags, DIAG_NOT_SUPPORTED, cursor_span(c, t),
             "values in braces are not supported");
    return true;
}

bool cursor_check_closed(cursor *c) {
    if (c->closes[c->at] > 0)
        return true;
    const token *open = cursor_peek(c);
    if (report_bad_string(c) || report_braces(c))
        return false;
    diag_add(c->arena, c->diags, DIAG_UNCLOSED_BRACKET, cursor_span(c, open),
             "'%.*s' is not closed", STR_ARG(cursor_text(c, open)));
    return false;
}
