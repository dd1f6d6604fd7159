#include "schema/format.h"

#include "base/assert.h"
#include "schema/format_body.h"

/* A line's columns and indentation cost no more than this for each byte. */
enum { MAX_GROWTH = 512 };

/* A block, or an import if block is NULL. */
typedef struct statement {
    const syntax_block *block;
    source_span span;
} statement;

/* What came last, for the empty line in front of what comes next. */
typedef struct progress {
    enum { AT_START, AT_COMMENT, AT_IMPORT, AT_BLOCK } last;
    uint32_t end;
} progress;

static statement next_statement(const syntax_file *file, size_t *imports,
                                size_t *blocks) {
    bool has_block = *blocks < file->block_count;
    bool is_import = *imports < file->import_count &&
                     (!has_block || file->imports[*imports].span.from <
                                        file->blocks[*blocks].span.from);
    if (is_import)
        return (statement){NULL, file->imports[(*imports)++].span};
    const syntax_block *b = &file->blocks[(*blocks)++];
    return (statement){b, b->span};
}

/* A block stands alone; everything else as close as it was. */
static void write_blank(format_writer *w, const progress *p, bool is_block,
                        uint32_t from) {
    if (p->last == AT_START)
        return;
    bool is_apart = p->last == AT_BLOCK || (p->last == AT_IMPORT && is_block);
    if (is_apart || source_has_blank_line(w->file->source, p->end, from))
        format_write_line(w, 0);
}

/* The comments on lines of their own between a token and the next one. */
static void write_comments(format_writer *w, size_t from, size_t to,
                           progress *p) {
    for (size_t i = from; i < to; i++) {
        const comment *c = &w->file->tokens.comments[i];
        if (!c->is_first) { /* written with its line */
            p->end = c->to;
            continue;
        }
        write_blank(w, p, false, c->from);
        format_write_comment(w, i);
        format_write_line(w, 0);
        *p = (progress){AT_COMMENT, c->to};
    }
}

/* "model Post with Base {" */
static size_t write_header(format_writer *w, token_range range) {
    size_t open = range.first;
    while (w->file->tokens.tokens[open].kind != TOKEN_LEFT_BRACE)
        open++;
    format_write_tokens(w, (token_range){range.first, open}, FORMAT_INDENT);
    format_write_trailing(w, open);
    return open;
}

static void write_statement(format_writer *w, const statement *s,
                            token_range range, progress *p) {
    write_blank(w, p, s->block != NULL, s->span.from);
    if (s->block != NULL) {
        format_body(w, s->block, write_header(w, range));
        format_write(w, STR("\n}"));
    } else {
        format_write_tokens(w, range, FORMAT_INDENT);
    }
    format_write_trailing(w, range.last);
    format_write_line(w, 0);
    *p = (progress){s->block != NULL ? AT_BLOCK : AT_IMPORT, s->span.to};
}

static void write_file(format_writer *w) {
    const token_list *list = &w->file->tokens;
    progress p = {0};
    size_t imports = 0;
    size_t blocks = 0;
    write_comments(w, 0, list->tokens[0].comments, &p);
    while (imports < w->file->import_count || blocks < w->file->block_count) {
        statement s = next_statement(w->file, &imports, &blocks);
        token_range range = format_tokens_of(w, s.span);
        write_statement(w, &s, range, &p);
        write_comments(w, list->tokens[range.last].comments,
                       list->tokens[range.last + 1].comments, &p);
    }
}

str format_text(arena *a, const syntax_file *file) {
    size_t bytes = file->source->text.len + 1;
    format_writer w = {
        .arena = a,
        .file = file,
        .out = buf_new(bytes * MAX_GROWTH),
        .columns = arena_new_array(a, uint8_t, file->tokens.count),
    };
    write_file(&w);
    ASSERT(!w.out.is_overflown);
    str text = arena_copy(a, buf_str(&w.out));
    buf_free(&w.out);
    return text;
}
