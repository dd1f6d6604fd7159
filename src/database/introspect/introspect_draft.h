/*
 * introspect_draft.h: the schema file as it grows out of a structure.
 *
 * The steps run in the order of the functions below; each fills in what the
 * later ones and the printer read. Internal to introspect/.
 */
#ifndef DATABASE_INTROSPECT_DRAFT_H
#define DATABASE_INTROSPECT_DRAFT_H

#include "base/buf.h"
#include "base/map.h"
#include "database/introspect/introspect.h"

typedef struct draft_model draft_model;

typedef struct draft_enum {
    str name;
    str database_name; /* empty on SQLite, which has no enums */
    str database_schema;
    str comment;
    const str *values; /* as the database has them */
    str *value_names;  /* as the schema has them, pairwise */
    size_t value_count;
} draft_enum;

/* The type of a column in the schema language. */
typedef struct draft_type {
    field_kind kind; /* never a relation */
    scalar_type scalar;
    native_type native; /* spec is NULL for the scalar's default type */
    const draft_enum *enumeration;
    str unsupported; /* the database's type */
    bool is_list;
} draft_type;

typedef struct draft_field {
    str name;
    const structure_column *column;
    draft_type type;
    bool is_optional;
    bool is_left_out; /* computed by the database: not in the schema */
    str attributes;   /* " @id @unique @updatedAt" */
    str default_text; /* what stands in @default(...), or empty */
} draft_field;

/* A field without a column. */
typedef struct draft_relation_field {
    str name;
    const draft_model *to;
    const char *mark; /* "", "?" or "[]" */
    str attribute;    /* " @relation(...)", or empty */
    bool is_ignored;
} draft_relation_field;

struct draft_model {
    str name;
    const structure_table *table; /* of a view: its columns alone */
    const structure_view *view;   /* or NULL */
    draft_field *fields;          /* one for each column, in their order */
    size_t field_count;
    draft_relation_field *relation_fields;
    size_t relation_field_count;
    str *attributes; /* "@@id([a, b])" */
    size_t attribute_count;
    str *notes; /* what the language cannot say, a sentence each */
    size_t note_count;
    map *field_names;   /* those that are taken */
    bool is_join_table; /* of an implicit many-to-many relation: no model */
    bool is_ignored;    /* nothing identifies its rows */
};

typedef struct draft {
    arena *a;
    const structure *structure;
    introspect_options options;
    draft_model *models; /* tables, then views */
    size_t model_count;
    draft_enum *enums;
    size_t enum_count;
    map *names;       /* of models and enums */
    bool has_schemas; /* more than "public": @@schema everywhere */
} draft;

void draft_name_all(draft *d);
void draft_type_columns(draft *d);
void draft_add_keys(draft *d);
void draft_add_relations(draft *d);
void draft_add_defaults(draft *d);
void draft_print(buf *out, const draft *d);

/* Under a name that is free. */
void draft_add_enum(draft *d, const structure_enum *e);

/* The field of a column that is in the schema, or NULL. */
draft_field *draft_find_field(const draft_model *m, str column);

/* Or NULL. An empty schema is that of the connection. */
draft_model *draft_find_model(const draft *d, str database_schema, str table);

void draft_note(draft *d, draft_model *m, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif
