/*
 * outline.h: what a schema file says, whatever its layout.
 *
 * Two files with one outline have the same blocks with the same members in the
 * same order and the same tokens, docs and comments. What a formatter may do
 * is left out: the order of attributes of different names, and where comments
 * stand. In a header, because fuzz targets link no library of tests.
 */
#ifndef TEST_SUPPORT_OUTLINE_H
#define TEST_SUPPORT_OUTLINE_H

#include <stdlib.h>

#include "base/buf.h"
#include "schema/syntax.h"

static inline void outline_tokens(arena *a, buf *out, source_span span) {
    str text = str_slice(span.source->text, span.from, span.to);
    token_list list = lexer_run(a, text);
    for (size_t i = 0; i + 1 < list.count; i++)
        buf_printf(out, " %.*s",
                   STR_ARG(str_slice(text, (size_t)list.tokens[i].from,
                                     list.tokens[i].to)));
}

/* Those of one name stay in their order. */
static inline void outline_attributes(arena *a, buf *out,
                                      const syntax_attribute *all, size_t n) {
    bool *is_written = arena_new_array(a, bool, n);
    for (size_t done = 0; done < n; done++) {
        size_t least = n;
        for (size_t i = 0; i < n; i++) {
            if (!is_written[i] &&
                (least == n ||
                 str_compare(all[i].name.text, all[least].name.text) < 0))
                least = i;
        }
        is_written[least] = true;
        outline_tokens(a, out, all[least].span);
        buf_printf(out, " doc '%.*s'\n", STR_ARG(all[least].doc));
    }
}

static inline void outline_block(arena *a, buf *out, const syntax_block *b) {
    buf_printf(out, "%s %.*s %.*s doc '%.*s'\n",
               b->abstract.source != NULL ? "abstract" : "",
               STR_ARG(b->keyword.text), STR_ARG(b->name.text),
               STR_ARG(b->doc));
    for (size_t i = 0; i < b->parent_count; i++)
        buf_printf(out, "parent %.*s\n", STR_ARG(b->parent_names[i].text));
    for (size_t i = 0; i < b->field_count; i++) {
        const syntax_field *f = &b->fields[i];
        buf_printf(out, "%.*s %.*s %d\n", STR_ARG(f->name.text),
                   STR_ARG(f->type.text), (int)f->arity);
        if (f->unsupported != NULL)
            outline_tokens(a, out, f->unsupported->span);
        outline_attributes(a, out, f->attributes, f->attribute_count);
        buf_printf(out, "doc '%.*s'\n", STR_ARG(f->doc));
    }
    for (size_t i = 0; i < b->property_count; i++)
        outline_tokens(a, out, b->properties[i].span);
    outline_attributes(a, out, b->attributes, b->attribute_count);
}

static inline int outline_compare(const void *x, const void *y) {
    return str_compare(*(const str *)x, *(const str *)y);
}

/* Without its line ends and the blanks beside them. */
static inline str outline_comment(arena *a, str text) {
    char *copy = arena_take(a, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] > ' ' || text.ptr[i] < 0)
            copy[len++] = text.ptr[i];
    }
    return (str){copy, len};
}

static inline void outline_comments(arena *a, buf *out,
                                    const syntax_file *file) {
    size_t n = file->tokens.comment_count;
    str *texts = arena_new_array(a, str, n + 1);
    for (size_t i = 0; i < n; i++) {
        const comment *c = &file->tokens.comments[i];
        str text = str_slice(file->source->text, (size_t)c->from, c->to);
        texts[i] = outline_comment(a, text);
    }
    qsort(texts, n, sizeof *texts, outline_compare);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%.*s\n", STR_ARG(texts[i]));
}

static inline void outline_write(arena *a, buf *out, const syntax_file *file) {
    for (size_t i = 0; i < file->import_count; i++)
        outline_tokens(a, out, file->imports[i].span);
    for (size_t i = 0; i < file->block_count; i++)
        outline_block(a, out, &file->blocks[i]);
    outline_comments(a, out, file);
}

#endif
