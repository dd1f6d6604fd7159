/*
 * context.h: where in a schema file the cursor is, for completion.
 *
 * Reads the tokens before the cursor and nothing else: the text is being
 * written, so what follows is rarely in order.
 */
#ifndef LANGUAGE_CONTEXT_H
#define LANGUAGE_CONTEXT_H

#include "schema/syntax.h"

typedef enum context_kind {
    CONTEXT_NOTHING,         /* in a comment, a string, a name being invented */
    CONTEXT_TOP,             /* where a block begins */
    CONTEXT_TYPE,            /* behind the name of a field */
    CONTEXT_FIELD_ATTRIBUTE, /* behind @ */
    CONTEXT_BLOCK_ATTRIBUTE, /* behind @@ */
    CONTEXT_NATIVE_TYPE,     /* behind @db. */
    CONTEXT_ARGUMENT,        /* in the parentheses of an attribute */
    CONTEXT_PROPERTY,        /* in a datasource or a generator */
} context_kind;

typedef struct context {
    context_kind kind;
    str block_keyword;   /* "model" */
    str block;           /* its name */
    str field;           /* the first word of the member */
    str type;            /* the second */
    str attribute;       /* that the cursor is in the parentheses of */
    str argument;        /* the name before the last ':', or empty */
    str prefix;          /* what is written of the word already */
    const token *before; /* the last one before that word, or NULL */
} context;

context context_find(const syntax_file *file, uint32_t at);

#endif
