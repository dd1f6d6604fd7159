#include "schema/parser.h"

#include "base/utf8.h"
#include "schema/cursor.h"
#include "schema/parser_block.h"
#include "schema/parser_expression.h"

/* What is being read into a file; its blocks are on the pile below their
 * attributes. */
typedef struct draft {
    syntax_file *file;
    syntax_import *imports;
} draft;

/* Statements of ZenStack's language that declare what is built in here. */
static const struct foreign {
    str text;
    const char *help;
} FOREIGN[] = {
    {STR_INIT("attribute"), "the attributes are built in"},
    {STR_INIT("procedure"), "remove it"},
    {STR_INIT("mutation"), "remove it"},
};

static const struct foreign *find_foreign(str text) {
    for (size_t i = 0; i < LENGTH(FOREIGN); i++) {
        if (str_equal(text, FOREIGN[i].text))
            return &FOREIGN[i];
    }
    return NULL;
}

static void report_foreign(cursor *c, const struct foreign *f) {
    diag *d = diag_add(c->arena, c->diags, DIAG_NOT_SUPPORTED,
                       cursor_span(c, cursor_peek(c)),
                       "'%.*s' is not supported", STR_ARG(f->text));
    diag_help(c->arena, d, "%s", f->help);
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
    parser_block_suggest(c->arena, d, text);
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

/* import "./other" */
static void read_import(cursor *c, draft *d) {
    const token *first = cursor_take(c);
    syntax_import import = {0};
    if (!cursor_is_beside(c, TOKEN_STRING)) {
        cursor_report_missing(c, "the path of a schema file as a string");
        d->file->is_damaged = true; /* what it declares is missing */
        cursor_skip_statement(c);
        return;
    }
    size_t errors = c->diags->error_count;
    parser_value(c, &import.path);
    import.span = cursor_span_from(c, first);
    if (errors == c->diags->error_count)
        ARENA_PUSH(c->arena, d->imports, d->file->import_count, import);
    else
        d->file->is_damaged = true;
}

static void read_block(cursor *c, draft *d, block_kind kind) {
    syntax_block block = {.kind = kind};
    if (parser_block(c, &block))
        PILE_PUSH(&c->blocks, block);
    else
        d->file->is_damaged = true;
}

static void read_statement(cursor *c, draft *d) {
    str text = cursor_text(c, cursor_peek(c));
    bool is_abstract =
        str_equal(text, STR("abstract")) &&
        str_equal(cursor_text(c, cursor_look(c, 1)), STR("model"));
    const struct foreign *foreign = find_foreign(text);
    block_kind kind;
    if (parser_block_kind(is_abstract ? STR("model") : text, &kind)) {
        read_block(c, d, kind);
    } else if (str_equal(text, STR("import"))) {
        read_import(c, d);
    } else if (foreign != NULL) {
        report_foreign(c, foreign);
        d->file->is_damaged = true; /* it may declare what is used below */
    } else if (is_misspelt_block(c)) {
        report_misspelt_block(c);
        read_block(c, d, BLOCK_OTHER);
    } else {
        report_stray(c);
    }
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
    bool is_text = check_text(a, s, diags);
    file->tokens = lexer_run(a, is_text ? s->text : STR(""));
    if (!is_text)
        return file;

    cursor c = cursor_new(a, s, file->tokens, diags);
    draft d = {.file = file};
    while (cursor_peek(&c)->kind != TOKEN_END) {
        if (cursor_peek(&c)->kind == TOKEN_NAME)
            read_statement(&c, &d);
        else
            report_stray(&c);
    }
    report_unclosed_comment(&c);
    file->blocks = PILE_CUT(&c.blocks, 0, syntax_block, &file->block_count);
    file->imports = d.imports;
    return file;
}
