/*
 * syntax.h: the tree of a schema file, as it was written.
 *
 *     model Post {                         a block
 *       id    Int    @id                   a field with an attribute
 *       title String @default("new")       ... with an argument
 *       @@index([title], map: "by_title")  a block attribute
 *     }
 *
 * The tree knows no meaning: any name may be an attribute, any expression its
 * argument. It keeps the order of the file and the span of everything; what
 * has no node (comments, blank lines) is in the token list beside it. It lives
 * in one arena and borrows from the source text.
 */
#ifndef SCHEMA_SYNTAX_H
#define SCHEMA_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "schema/lexer.h"
#include "schema/source.h"

typedef struct syntax_name {
    str text;
    source_span span;
} syntax_name;

typedef enum expression_kind {
    EXPRESSION_NUMBER,
    EXPRESSION_STRING,
    EXPRESSION_NAME, /* a constant, a field; may be dotted */
    EXPRESSION_CALL,
    EXPRESSION_LIST,
    EXPRESSION_CONDITION, /* of a policy: anything else, balanced */
} expression_kind;

typedef struct expression expression;

typedef struct syntax_argument {
    syntax_name name; /* empty: unnamed */
    const expression *value;
    source_span span;
} syntax_argument;

struct expression {
    expression_kind kind;
    str text; /* the number, the decoded string, the name; a condition whole */
    const syntax_argument *items; /* of a call; of a list, all unnamed */
    size_t count;
    source_span span;
};

typedef struct syntax_attribute {
    syntax_name name; /* without @; may be dotted */
    bool is_block;    /* @@ */
    const syntax_argument *arguments;
    size_t argument_count;
    source_span span;
} syntax_attribute;

typedef enum arity {
    ARITY_ONE,
    ARITY_OPTIONAL,
    ARITY_LIST,
} arity;

/* A line of a model, or a value of an enum, which has no type. */
typedef struct syntax_field {
    syntax_name name;
    syntax_name type;              /* empty when it could not be read */
    const expression *unsupported; /* the text of Unsupported("..."), or NULL */
    arity arity;
    const syntax_attribute *attributes;
    size_t attribute_count;
    str doc;
    bool is_damaged; /* a syntax error was reported in it */
    source_span span;
} syntax_field;

/* key = value, in a datasource or a generator */
typedef struct syntax_property {
    syntax_name name;
    const expression *value; /* or NULL */
    source_span span;
} syntax_property;

typedef enum block_kind {
    BLOCK_MODEL,
    BLOCK_ENUM,
    BLOCK_TYPE,
    BLOCK_VIEW,
    BLOCK_DATASOURCE,
    BLOCK_GENERATOR,
    BLOCK_OTHER, /* a misspelt keyword; only its name counts */
} block_kind;

typedef struct syntax_block {
    block_kind kind;
    syntax_name keyword;
    syntax_name name;
    source_span abstract; /* the word before "model"; else nowhere */
    source_span parents;  /* with A, B; else nowhere */
    const syntax_field *fields;
    size_t field_count;
    const syntax_attribute *attributes;
    size_t attribute_count;
    const syntax_property *properties;
    size_t property_count;
    str doc;
    bool is_damaged; /* a member could not be read and is not here */
    source_span span;
} syntax_block;

typedef struct syntax_file {
    const source *source;
    token_list tokens;
    const syntax_block *blocks;
    size_t block_count;
    bool is_damaged; /* a block could not be read and is not here */
} syntax_file;

#endif
