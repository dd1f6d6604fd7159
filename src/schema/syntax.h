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
    EXPRESSION_NUMBER,    /* text: digits, perhaps '-' and '.' */
    EXPRESSION_STRING,    /* text: decoded */
    EXPRESSION_NAME,      /* names: a.b.c in parts; text: the same with dots.
                             this, null, true and false are names, too */
    EXPRESSION_CALL,      /* text(items), or left.text(items) */
    EXPRESSION_LIST,      /* [items] */
    EXPRESSION_MEMBER,    /* left.text, of a call or a group */
    EXPRESSION_PREDICATE, /* left?[right], left?[names, right] */
    EXPRESSION_BINARY,    /* left op right */
    EXPRESSION_NOT,       /* !left */
    EXPRESSION_GROUP,     /* (left) */
} expression_kind;

typedef enum operator_kind {
    OPERATOR_ABSENT,
    OPERATOR_SOME,  /* ?[ ] */
    OPERATOR_EVERY, /* ![ ] */
    OPERATOR_NONE,  /* ^[ ] */
    OPERATOR_IN,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_EITHER,  /* A | B, in @@states */
    OPERATOR_BECOMES, /* A -> B, in @@states */
} operator_kind;

typedef struct expression expression;

typedef struct syntax_argument {
    syntax_name name; /* empty: unnamed */
    const expression *value;
    source_span span;
} syntax_argument;

/* A node uses what its kind names; the rest is zero. */
struct expression {
    expression_kind kind;
    operator_kind op; /* of a predicate and of two operands */
    str text;
    const syntax_name *names; /* of a predicate: what it calls the element */
    size_t name_count;
    const syntax_argument *items; /* of a list, all unnamed */
    size_t count;
    const expression *left;
    const expression *right;
    source_span mark; /* the operator; the name of a call or a member */
    source_span span;
};

typedef struct syntax_attribute {
    syntax_name name; /* without @; may be dotted */
    bool is_block;    /* @@ */
    const syntax_argument *arguments;
    size_t argument_count;
    str doc; /* of a block's attribute */
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

/* key = value, in a datasource, a generator or a plugin */
typedef struct syntax_property {
    syntax_name name;
    const expression *value; /* or NULL */
    str doc;
    source_span span;
} syntax_property;

typedef enum block_kind {
    BLOCK_MODEL,
    BLOCK_ENUM,
    BLOCK_TYPE,
    BLOCK_VIEW,
    BLOCK_FUNCTION, /* its fields are its arguments */
    BLOCK_DATASOURCE,
    BLOCK_GENERATOR,
    BLOCK_PLUGIN, /* like a generator */
    BLOCK_OTHER,  /* a misspelt keyword; only its name counts */
} block_kind;

typedef struct syntax_block {
    block_kind kind;
    syntax_name keyword;
    syntax_name name;
    source_span abstract; /* the word before "model"; else nowhere */
    source_span parents;  /* with A, B; extends A; else nowhere */
    const syntax_name *parent_names;
    size_t parent_count;
    syntax_field result; /* behind "returns": a type and its arity, or empty */
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

/* import "./other" */
typedef struct syntax_import {
    const expression *path; /* a string */
    source_span span;
} syntax_import;

typedef struct syntax_file {
    const source *source;
    token_list tokens;
    const syntax_import *imports;
    size_t import_count;
    const syntax_block *blocks;
    size_t block_count;
    bool is_damaged; /* a block could not be read and is not here */
} syntax_file;

#endif
