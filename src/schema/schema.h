/*
 * schema.h: the resolved schema, the one truth of an application.
 *
 * The parser makes a syntax tree, the resolver makes this from it: every name
 * looked up, every default understood, every relation paired. It is built once,
 * lives in one arena and is never written again, so all workers share it.
 *
 * Two kinds of names: `name` is what the schema file says (Project.createdAt),
 * `table` and `column` are what the database and the wire protocols say
 * (@@map, @map). Lists keep the order of the file.
 *
 * Code above this layer holds `const model *` and `const field *`, never names:
 * a name from the wire is looked up once, at the door.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "schema/source.h"

typedef struct model model;
typedef struct field field;
typedef struct enumeration enumeration;
typedef struct relation relation;

typedef enum scalar_type {
    SCALAR_STRING,
    SCALAR_BOOLEAN,
    SCALAR_INT,    /* 32 bits */
    SCALAR_BIGINT, /* 64 bits */
    SCALAR_FLOAT,
    SCALAR_DECIMAL,
    SCALAR_DATETIME, /* an instant, in UTC, to the millisecond */
    SCALAR_JSON,
    SCALAR_BYTES,
} scalar_type;
enum { SCALAR_TYPE_COUNT = SCALAR_BYTES + 1 };

/* "DateTime", as the schema language writes it. */
str scalar_type_name(scalar_type type);

typedef enum field_kind {
    FIELD_SCALAR,
    FIELD_ENUM,     /* a column that holds one of enumeration's values */
    FIELD_RELATION, /* no column of its own */
} field_kind;

typedef enum default_kind {
    DEFAULT_NONE,
    DEFAULT_LITERAL, /* text */
    DEFAULT_NOW,
    DEFAULT_AUTOINCREMENT, /* the database counts */
    DEFAULT_UUID4,
    DEFAULT_UUID7,
    DEFAULT_CUID,
} default_kind;

/* What a column gets when a create does not mention it. Only literals,
 * now() and autoincrement() are in the DDL too; the rest is ours to make. */
typedef struct default_value {
    default_kind kind;
    /* A literal in the form a client would send it: unescaped text, digits,
     * true or false, an enum value's database name. */
    str text;
} default_value;

struct field {
    str name;
    str column; /* empty for a relation */
    str doc;    /* the /// comment, or empty */
    const model *model;
    field_kind kind;
    scalar_type scalar;             /* SCALAR_STRING for an enum */
    const enumeration *enumeration; /* or NULL */
    const relation *relation;       /* or NULL */
    default_value default_value;
    bool is_list; /* for now relations only */
    bool is_optional;
    bool is_updated_at;
    bool is_id; /* the whole of the primary key */
    bool is_unique;
    uint32_t index;        /* in model->fields */
    uint32_t column_index; /* in model->columns; columns only */
    source_span span;
};

/* A primary key, a unique constraint or an index. */
typedef struct key {
    str name; /* the constraint's name in the database (<table>_<col>_key) */
    const field **fields;
    size_t field_count;
    source_span span;
} key;

typedef enum relation_kind {
    RELATION_ONE_TO_ONE,
    RELATION_ONE_TO_MANY,
} relation_kind;

typedef enum referential_action {
    ACTION_NO_ACTION,
    ACTION_RESTRICT,
    ACTION_CASCADE,
    ACTION_SET_NULL,
    ACTION_SET_DEFAULT,
} referential_action;

/* Both sides of a relation share one. The child is the side with the foreign
 * key. In a self relation parent and child are the same model. */
struct relation {
    str name;            /* given or generated (<A>To<B>) */
    str constraint_name; /* <table>_<col>_fkey */
    relation_kind kind;
    const model *child;
    const model *parent;
    const field *child_field;  /* the relation field with `fields:` */
    const field *parent_field; /* its other side */
    const field **columns;     /* of the child */
    const field **references;  /* of the parent, pairwise */
    size_t column_count;
    referential_action on_delete;
    referential_action on_update;
};

typedef struct enum_value {
    str name;
    str database_name;
    str doc;
} enum_value;

struct enumeration {
    str name;
    str database_name;
    str doc;
    const enum_value *values;
    size_t value_count;
    source_span span;
};

typedef enum operation {
    OPERATION_CREATE,
    OPERATION_READ,
    OPERATION_UPDATE,
    OPERATION_DELETE,
} operation;
enum { OPERATION_COUNT = OPERATION_DELETE + 1 };

/* @@allow('read,create', true). In this release a condition is a constant. */
typedef struct policy_rule {
    bool is_deny;
    bool operations[OPERATION_COUNT];
    bool condition;
    source_span span;
} policy_rule;

struct model {
    str name;
    str table;
    str doc;
    const field *fields;
    size_t field_count;
    const field **columns; /* the fields that are columns, in order */
    size_t column_count;
    const key *primary_key; /* NULL: then the first unique key takes its part */
    const key *uniques;
    size_t unique_count;
    const key *indexes;
    size_t index_count;
    const relation **relations; /* those whose foreign key is here */
    size_t relation_count;
    const policy_rule *rules;
    size_t rule_count;
    uint32_t index; /* in schema->models */
    source_span span;
};

typedef struct schema_names schema_names;

typedef struct schema {
    const model *models;
    size_t model_count;
    const enumeration *enums;
    size_t enum_count;
    const schema_names *names; /* hashed, for the finders below */
} schema;

/* By database name, O(1). NULL when there is none. */
const model *schema_find_table(const schema *s, str table);
const field *model_find_column(const schema *s, const model *m, str column);

/* By the name in the schema file. NULL when there is none. */
const model *schema_find_model(const schema *s, str name);
const field *model_find_field(const model *m, str name);

/* The key that identifies a row: the primary key, else the first unique key
 * whose columns are all required. Every model has one. */
const key *model_identity(const model *m);

#endif
