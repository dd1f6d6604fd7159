#include "schema/parser.h"

#include "base/utf8.h"
#include "schema/cursor.h"
#include "schema/parser_attribute.h"
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
};

static const struct keyword *find_keyword(str text) {
    for (size_t i = 0; i < LENGTH(KEYWORDS); i++) {
        if (str_equal(text, KEYWORDS[i].text))
            return &KEYWORDS[i];
    }
    return NULL;
}

/* "model Post {": nothing inside a block looks like it, so a block that runs
 * into this was not closed. */
static bool is_at_block(const cursor *c) {
    const token *t = cursor_peek(c);
    return t->is_first && t->kind == TOKEN_NAME &&
           find_keyword(cursor_text(c, t)) != NULL &&
           cursor_look(c, 1)->kind == TOKEN_NAME &&
           cursor_look(c, 2)->kind == TOKEN_LEFT_BRACE;
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
    syntax_attribute read;
    if (parser_attribute(c, &read) && errors == c->diags->error_count)
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
            is_read = parser_expression(c, &property.value);
    }
    property.span = cursor_span_from(c, first);
    if (is_read)
        ARENA_PUSH(c->arena, d->properties, d->block.property_count, property);
    else
        d->block.is_damaged = true;
    if (!is_read)
        cursor_skip_line(c);
}

static bool has_properties(const draft *d) {
    return d->block.kind == BLOCK_DATASOURCE ||
           d->block.kind == BLOCK_GENERATOR;
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

/* "with A, B" or "extends A": kept for what reads it later. */
static void read_parents(cursor *c, draft *d) {
    str word = cursor_text(c, cursor_peek(c));
    if (!str_equal(word, STR("with")) && !str_equal(word, STR("extends")))
        return;
    const token *first = cursor_take(c);
    while (cursor_peek(c)->kind == TOKEN_NAME ||
           cursor_peek(c)->kind == TOKEN_COMMA)
        cursor_take(c);
    d->block.parents = cursor_span_from(c, first);
}

/* After "model Post" without a brace, a line that could be a field is taken as
 * one, so that the mistake stays one. */
static bool read_open_brace(cursor *c, draft *d) {
    if (cursor_accept(c, TOKEN_LEFT_BRACE))
        return true;
    cursor_report_missing(c, "'{'");
    d->block.is_damaged = true;
    bool has_body = cursor_peek(c)->is_first && !is_at_block(c) &&
                    cursor_peek(c)->kind == TOKEN_NAME;
    if (!has_body)
        cursor_skip_line(c);
    return has_body;
}

static bool read_block(cursor *c, draft *d) {
    const token *first = cursor_peek(c);
    d->block.doc = parser_doc_before(c);
    if (d->block.kind == BLOCK_MODEL &&
        str_equal(cursor_text(c, first), STR("abstract")))
        d->block.abstract = cursor_span(c, cursor_take(c));
    d->block.keyword.span = cursor_span(c, cursor_peek(c));
    d->block.keyword.text = cursor_text(c, cursor_take(c));
    if (cursor_peek(c)->kind != TOKEN_NAME) {
        cursor_report_missing(c, "a name");
        d->block.is_damaged = true;
        cursor_skip_line(c);
        return false;
    }
    d->block.name = cursor_take_name(c);
    read_parents(c, d);
    if (read_open_brace(c, d))
        read_body(c, d);
    d->block.fields = d->fields;
    d->block.attributes = d->attributes;
    d->block.properties = d->properties;
    d->block.span = cursor_span_from(c, first);
    return true;
}

/* Statements of ZenStack's language that are no blocks of a schema. */
static const str OTHER_STATEMENTS[] = {
    STR_INIT("import"),    STR_INIT("plugin"),   STR_INIT("attribute"),
    STR_INIT("procedure"), STR_INIT("function"), STR_INIT("mutation"),
};

static bool is_other_statement(str text) {
    for (size_t i = 0; i < LENGTH(OTHER_STATEMENTS); i++) {
        if (str_equal(text, OTHER_STATEMENTS[i]))
            return true;
    }
    return false;
}

static void report_statement(cursor *c) {
    const token *t = cursor_peek(c);
    str text = cursor_text(c, t);
    diag_add(c->arena, c->diags, DIAG_NOT_SUPPORTED, cursor_span(c, t),
             "'%.*s' is not supported yet", STR_ARG(text));
    cursor_take(c);
    cursor_skip_statement(c);
}

/* "modle Post {": the block is read over, its name counts as declared. */
static bool is_misspelt_block(const cursor *c) {
    return cursor_look(c, 1)->kind == TOKEN_NAME &&
           !cursor_look(c, 1)->is_first &&
           cursor_look(c, 2)->kind == TOKEN_LEFT_BRACE;
}

static void report_misspelt_block(cursor *c) {
    const token *t = cursor_peek(c);
    str text = cursor_text(c, t);
    diag *d =
        diag_add(c->arena, c->diags, DIAG_UNKNOWN_BLOCK, cursor_span(c, t),
                 "unknown block '%.*s'", STR_ARG(text));
    nearest n = nearest_to(text);
    for (size_t i = 0; i < LENGTH(KEYWORDS); i++)
        nearest_offer(&n, KEYWORDS[i].text);
    if (str_is_empty(n.best))
        diag_help(c->arena, d,
                  "a block is a model, an enum, a datasource or a generator");
    suggest(c->arena, d, &n);
}

static void report_stray(cursor *c) {
    token_kind kind = cursor_peek(c)->kind;
    if (kind == TOKEN_BAD_CHARACTER || kind == TOKEN_BAD_STRING)
        cursor_report_unexpected(c, "a block");
    else
        diag_add(c->arena, c->diags, DIAG_NOT_A_BLOCK,
                 cursor_span(c, cursor_peek(c)),
                 "expected a block such as 'model', found '%.*s'",
                 STR_ARG(cursor_text(c, cursor_peek(c))));
    cursor_take(c);
    cursor_skip_statement(c);
}

/* One statement at top level. False when it is no block. */
static bool read_top(cursor *c, draft *d) {
    str text = cursor_text(c, cursor_peek(c));
    bool is_name = cursor_peek(c)->kind == TOKEN_NAME;
    bool is_abstract =
        str_equal(text, STR("abstract")) &&
        str_equal(cursor_text(c, cursor_look(c, 1)), STR("model"));
    const struct keyword *keyword =
        find_keyword(is_abstract ? STR("model") : text);
    if (is_name && keyword != NULL) {
        d->block.kind = keyword->kind;
        return read_block(c, d);
    }
    if (is_name && is_other_statement(text)) {
        report_statement(c);
        d->block.is_damaged = true; /* it may declare what is used below */
        return false;
    }
    if (is_name && is_misspelt_block(c)) {
        report_misspelt_block(c);
        d->block.kind = BLOCK_OTHER;
        return read_block(c, d);
    }
    report_stray(c);
    return false;
}

static void report_unclosed_comment(cursor *c) {
    size_t n = c->tokens.comment_count;
    if (n == 0 || !c->tokens.comments[n - 1].is_unclosed)
        return;
    uint32_t from = c->tokens.comments[n - 1].from;
    diag_add(c->arena, c->diags, DIAG_UNCLOSED_COMMENT,
             (source_span){c->source, from, from + 2},
             "the comment is not closed by '*/'");
}

/* A whole file that is no text gets one diag. */
static bool check_text(arena *a, const source *s, diag_list *diags) {
    if (s->text.len > PARSER_MAX_BYTES) {
        diag_add(a, diags, DIAG_FILE_TOO_LARGE, (source_span){s, 0, 0},
                 "the file is larger than %d MiB",
                 PARSER_MAX_BYTES / 1024 / 1024);
        return false;
    }
    size_t valid = utf8_valid_prefix(s->text);
    if (valid == s->text.len)
        return true;
    diag_add(a, diags, DIAG_NOT_UTF8,
             (source_span){s, (uint32_t)valid, (uint32_t)valid + 1},
             "the file is not UTF-8 text: byte 0x%02X",
             (unsigned)(unsigned char)s->text.ptr[valid]);
    return false;
}

const syntax_file *parser_run(arena *a, const source *s, diag_list *diags) {
    syntax_file *file = arena_new_array(a, syntax_file, 1);
    file->source = s;
    if (!check_text(a, s, diags))
        return file;

    file->tokens = lexer_run(a, s->text);
    cursor c = cursor_new(a, s, file->tokens, diags);
    syntax_block *blocks = NULL;
    while (!is_at_end(&c)) {
        draft d = {0};
        if (read_top(&c, &d))
            ARENA_PUSH(a, blocks, file->block_count, d.block);
        else
            file->is_damaged = file->is_damaged || d.block.is_damaged;
    }
    report_unclosed_comment(&c);
    file->blocks = blocks;
    return file;
}
