#include "language/row_path.h"

/* Mixins of mixins are rare, and a cycle of them is a mistake. */
enum { MAX_PARTS = 16, MAX_MIXIN_DEPTH = 8 };

const syntax_block *row_path_find_block(const analysis *a, str name) {
    for (size_t i = 0; i < a->symbols.count; i++) {
        const symbol *s = a->symbols.items[i].symbol;
        if (s->kind == SYMBOL_BLOCK && str_equal(s->name.text, name))
            return s->block;
    }
    return NULL;
}

static const syntax_block *step(const analysis *a, const syntax_block *block,
                                str name, int depth) {
    for (size_t i = 0; i < block->field_count; i++) {
        if (str_equal(block->fields[i].name.text, name))
            return row_path_find_block(a, block->fields[i].type.text);
    }
    for (size_t i = 0; depth > 0 && i < block->parent_count; i++) {
        const syntax_block *parent =
            row_path_find_block(a, block->parent_names[i].text);
        const syntax_block *end =
            parent != NULL ? step(a, parent, name, depth - 1) : NULL;
        if (end != NULL)
            return end;
    }
    return NULL;
}

static str text_of(const analysis *a, const token *t) {
    return str_slice(a->source->text, t->from, t->to);
}

/* "auth()" up to its last token. */
static bool is_auth_call(const analysis *a, const token *t) {
    return t - a->file->tokens.tokens >= 2 && t->kind == TOKEN_RIGHT_PAREN &&
           t[-1].kind == TOKEN_LEFT_PAREN &&
           str_equal(text_of(a, t - 2), STR("auth"));
}

const syntax_block *row_path_end(const analysis *a, str in, const token *last) {
    const token *start = a->file->tokens.tokens;
    str parts[MAX_PARTS];
    size_t count = 0;
    const token *t = last;
    while (t->kind == TOKEN_NAME && count < MAX_PARTS) {
        parts[count++] = text_of(a, t);
        if (t - start < 2 || t[-1].kind != TOKEN_DOT)
            break;
        t -= 2;
    }
    const syntax_block *at =
        is_auth_call(a, t) ? a->symbols.auth : row_path_find_block(a, in);
    if (count > 0 && str_equal(parts[count - 1], STR("this")))
        count--;
    else if (count == 0 && !is_auth_call(a, t))
        return NULL;
    while (at != NULL && count > 0)
        at = step(a, at, parts[--count], MAX_MIXIN_DEPTH);
    return at;
}
