#include "schema/parser_doc.h"

#include "base/ascii.h"

/* The comments of one element: from, up to the end, in three parts. */
typedef struct comment_range {
    size_t from;
    size_t last; /* where those behind the last token start */
    size_t to;
} comment_range;

/* "/// text  " without the blanks at the end, which nobody sees. */
static str doc_text(const cursor *c, const comment *doc) {
    str text = str_slice(c->source->text, (size_t)doc->from + 3, doc->to);
    if (str_starts_with(text, STR(" ")))
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && ascii_is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static comment_range range_of(const cursor *c, const token *first) {
    bool is_start = first == c->tokens.tokens;
    return (comment_range){.from = is_start ? 0 : (first - 1)->comments,
                           .last = cursor_last(c)->comments,
                           .to = cursor_peek(c)->comments};
}

/* Comments stand in the list in front of the token that follows. What trails
 * the line of the token before is that one's; what is on a line of its own
 * behind the element is the next one's. */
static bool belongs(const cursor *c, const token *first, comment_range range,
                    size_t at) {
    const comment *doc = &c->tokens.comments[at];
    if (doc->kind != COMMENT_DOC)
        return false;
    bool is_before = at < first->comments;
    if (is_before)
        return doc->is_first;
    return at < range.last || !doc->is_first;
}

str parser_doc(const cursor *c, const token *first) {
    comment_range range = range_of(c, first);
    size_t size = 0;
    size_t count = 0;
    str doc = {0};
    for (size_t i = range.from; i < range.to; i++) {
        if (!belongs(c, first, range, i))
            continue;
        doc = doc_text(c, &c->tokens.comments[i]);
        size += doc.len + 1;
        count++;
    }
    if (count < 2) /* one line is borrowed */
        return doc;

    char *text = arena_take(c->arena, size, 1);
    size_t len = 0;
    for (size_t i = range.from; i < range.to; i++) {
        if (!belongs(c, first, range, i))
            continue;
        doc = doc_text(c, &c->tokens.comments[i]);
        memcpy(text + len, doc.ptr, doc.len);
        len += doc.len;
        text[len++] = '\n';
    }
    return (str){text, len - 1};
}
