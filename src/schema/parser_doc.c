#include "schema/parser_doc.h"

#include "base/ascii.h"

/* The comments of one element. */
typedef struct comment_range {
    size_t from;
    size_t last; /* from here on they are behind the last token */
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

/* Above the element, up to an empty line. */
static size_t first_above(const cursor *c, const token *first) {
    size_t start = first == c->tokens.tokens ? 0 : (first - 1)->comments;
    size_t at = first->comments;
    uint32_t below = first->from;
    while (at > start) {
        const comment *above = &c->tokens.comments[at - 1];
        if (!above->is_first ||
            source_has_blank_line(c->source, above->to, below))
            break;
        below = above->from;
        at--;
    }
    return at;
}

static comment_range range_of(const cursor *c, const token *first) {
    return (comment_range){.from = first_above(c, first),
                           .last = cursor_last(c)->comments,
                           .to = cursor_peek(c)->comments};
}

/* Comments stand in the list in front of the token that follows. What is on a
 * line of its own behind the element is the next one's. */
static bool belongs(const cursor *c, comment_range range, size_t at) {
    const comment *doc = &c->tokens.comments[at];
    return doc->kind == COMMENT_DOC && (at < range.last || !doc->is_first);
}

str parser_doc(const cursor *c, const token *first) {
    comment_range range = range_of(c, first);
    size_t size = 0;
    size_t count = 0;
    str doc = {0};
    for (size_t i = range.from; i < range.to; i++) {
        if (!belongs(c, range, i))
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
        if (!belongs(c, range, i))
            continue;
        doc = doc_text(c, &c->tokens.comments[i]);
        memcpy(text + len, doc.ptr, doc.len);
        len += doc.len;
        text[len++] = '\n';
    }
    return (str){text, len - 1};
}
