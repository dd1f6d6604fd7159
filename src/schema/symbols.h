/*
 * symbols.h: which words of schema files are names, and of what.
 *
 *     model Post {                          declares Post
 *       author User @relation(fields: [authorId], references: [id])
 *         |     |                  |                    |
 *         |     uses User          uses Post.authorId   uses User.id
 *         declares Post.author
 *
 * For editors: works on syntax trees, so also on files that have mistakes. A
 * word that means nothing is left out; the resolver reports it. All files of an
 * application belong in one index, in any order.
 */
#ifndef SCHEMA_SYMBOLS_H
#define SCHEMA_SYMBOLS_H

#include <stdbool.h>

#include "base/arena.h"
#include "schema/syntax.h"

typedef enum symbol_kind {
    SYMBOL_BLOCK, /* a model, a view, a type, an enum */
    SYMBOL_FIELD,
    SYMBOL_VALUE, /* of an enum */
    SYMBOL_FUNCTION,
    SYMBOL_ARGUMENT, /* of a function; its SQL uses it as :name */
} symbol_kind;

typedef struct symbol {
    symbol_kind kind;
    syntax_name name; /* where it is declared */
    const syntax_block *block;
    const syntax_field *field; /* of a field, value, argument; else NULL */
} symbol;

typedef struct occurrence {
    source_span span;
    const symbol *symbol;
    bool is_declaration;
} occurrence;

typedef struct symbols {
    const occurrence *items; /* file by file, otherwise in no order */
    size_t count;
    const syntax_block *auth; /* what auth() is a row of, or NULL */
} symbols;

symbols symbols_run(arena *a, const syntax_file *const *files, size_t count);

/* The one that the byte lies in or ends before, or NULL. */
const occurrence *symbols_at(const symbols *s, const source *file, uint32_t at);

#endif
