#include "schema/format_writer.h"

#include "base/utf8.h"

static const token *token_at(const format_writer *w, size_t at) {
    return &w->file->tokens.tokens[at];
}

static token_kind kind_at(const format_writer *w, size_t at) {
    return token_at(w, at)->kind;
}

/* The last token that starts in front of that byte. */
static size_t token_before(const format_writer *w, uint32_t at) {
    size_t low = 0;
    size_t high = w->file->tokens.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (token_at(w, middle)->from < at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

token_range format_tokens_of(const format_writer *w, source_span span) {
    return (token_range){token_before(w, span.from + 1),
                         token_before(w, span.to)};
}

str format_token_text(const format_writer *w, size_t at) {
    const token *t = token_at(w, at);
    return str_slice(w->file->source->text, (size_t)t->from, t->to);
}

static bool ends_operand(token_kind kind) {
    return kind == TOKEN_NAME || kind == TOKEN_NUMBER || kind == TOKEN_STRING ||
           kind == TOKEN_RIGHT_PAREN || kind == TOKEN_RIGHT_BRACKET;
}

/* Between operands. The '^' of a predicate is none, and "in" is one only
 * behind an operand. */
static bool is_operator(const format_writer *w, size_t at) {
    if (kind_at(w, at) == TOKEN_OPERATOR)
        return !str_equal(format_token_text(w, at), STR("^"));
    return kind_at(w, at) == TOKEN_NAME && at > 0 &&
           ends_operand(kind_at(w, at - 1)) &&
           str_equal(format_token_text(w, at), STR("in"));
}

bool format_has_space(const format_writer *w, size_t at) {
    token_kind kind = kind_at(w, at);
    token_kind before = kind_at(w, at - 1);
    if (before == TOKEN_AT || before == TOKEN_AT_AT)
        return false;
    if (kind == TOKEN_AT || kind == TOKEN_AT_AT || kind == TOKEN_LEFT_BRACE ||
        kind == TOKEN_EQUALS || before == TOKEN_EQUALS ||
        before == TOKEN_COMMA || before == TOKEN_COLON)
        return true;
    bool is_word =
        kind == TOKEN_NAME || kind == TOKEN_NUMBER || kind == TOKEN_STRING;
    return (is_word && ends_operand(before)) || is_operator(w, at) ||
           is_operator(w, at - 1);
}

size_t format_width(const format_writer *w, token_range range) {
    size_t width = 0;
    for (size_t i = range.first; i <= range.last; i++) {
        width += utf8_count(format_token_text(w, i));
        width += i > range.first && format_has_space(w, i) ? 1 : 0;
    }
    return width;
}

bool format_has_comments(const format_writer *w, token_range range) {
    return token_at(w, range.first)->comments !=
           token_at(w, range.last)->comments;
}

size_t format_column(const format_writer *w) {
    size_t at = w->out.len;
    while (at > 0 && w->out.ptr[at - 1] != '\n')
        at--;
    return utf8_count(str_slice(buf_str(&w->out), at, w->out.len));
}

void format_write(format_writer *w, str text) {
    buf_append(&w->out, text);
}

void format_write_spaces(format_writer *w, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_append_char(&w->out, ' ');
}

void format_write_line(format_writer *w, size_t column) {
    buf_append_char(&w->out, '\n');
    format_write_spaces(w, column);
}

/* A block comment keeps its lines as they are, but for their ends. */
void format_write_comment(format_writer *w, size_t at) {
    const comment *c = &w->file->tokens.comments[at];
    str text = str_slice(w->file->source->text, (size_t)c->from, c->to);
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        bool is_pair =
            byte == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (!is_pair)
            buf_append_char(&w->out, byte == '\r' ? '\n' : byte);
    }
}

/* The comments in front of a token. Returns whether it has to begin a line. */
static bool write_comments(format_writer *w, size_t at, size_t column) {
    bool needs_line = false;
    for (size_t i = token_at(w, at - 1)->comments;
         i < token_at(w, at)->comments; i++) {
        const comment *c = &w->file->tokens.comments[i];
        if (c->is_first || needs_line)
            format_write_line(w, column);
        else
            format_write_spaces(w, 1);
        format_write_comment(w, i);
        needs_line = c->is_first || c->kind != COMMENT_BLOCK;
    }
    return needs_line;
}

/* Whatever separates a token from the one before it. */
static void write_gap(format_writer *w, size_t at, size_t column) {
    bool is_close = kind_at(w, at) == TOKEN_RIGHT_PAREN ||
                    kind_at(w, at) == TOKEN_RIGHT_BRACKET;
    size_t own = w->columns[at] > 0 ? w->columns[at] : column;
    size_t inner = is_close && w->columns[at] > 0 ? own + FORMAT_INDENT : own;
    bool has_comments =
        token_at(w, at - 1)->comments != token_at(w, at)->comments;
    if (write_comments(w, at, inner) || w->columns[at] > 0)
        format_write_line(w, own);
    else if (has_comments || format_has_space(w, at))
        format_write_spaces(w, 1);
}

void format_write_tokens(format_writer *w, token_range range, size_t column) {
    for (size_t i = range.first; i <= range.last; i++) {
        if (i > range.first)
            write_gap(w, i, column);
        format_write(w, format_token_text(w, i));
    }
}

void format_write_trailing(format_writer *w, size_t at) {
    for (size_t i = token_at(w, at)->comments;
         i < token_at(w, at + 1)->comments; i++) {
        if (w->file->tokens.comments[i].is_first)
            return;
        format_write_spaces(w, 1);
        format_write_comment(w, i);
    }
}
