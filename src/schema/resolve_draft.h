/*
 * resolve_draft.h: the schema while it is being resolved.
 *
 * A draft stands beside each final struct and holds what only resolving needs:
 * the syntax it came from and whether it is damaged. The stages run in the
 * order of this header; each may rely on the ones above it.
 */
#ifndef SCHEMA_RESOLVE_DRAFT_H
#define SCHEMA_RESOLVE_DRAFT_H

#include "base/map.h"
#include "schema/attribute_spec.h"
#include "schema/diag.h"
#include "schema/function.h"
#include "schema/schema.h"
#include "schema/state_machine.h"
#include "schema/syntax.h"
#include "schema/validation.h"

typedef struct model_draft model_draft;
typedef struct field_draft field_draft;

/* Fields of one model, as @relation and @@index list them. */
typedef struct field_list {
    field_draft **items;
    key_option *options; /* of each */
    size_t count;
    bool is_damaged; /* reported, do not judge by it */
    source_span span;
} field_list;

/* What the engine has no use for: told once for all places. */
typedef struct ignored_things {
    size_t count;
    source_span first;
} ignored_things;

/* What @relation says on one side. */
typedef struct side_draft {
    binding binding; /* binding.attribute is NULL without @relation */
    str name;        /* or empty */
    field_list fields;
    field_list references; /* of the other model */
    bool is_settled;       /* paired, or reported */
} side_draft;

struct field_draft {
    model_draft *owner;
    field *field;
    const syntax_field *syntax;
    model_draft *target; /* of a relation field */
    side_draft side;
    policy_rule *rules;
    validation *validations;
    bool is_damaged;
};

/* Beside the draft of its arguments. */
typedef struct function_draft {
    function *function;
    const syntax_block *syntax;
    model_draft *arguments;
    binding body;       /* @@sql */
    binding volatility; /* the one that is given */
    bool is_damaged;
} function_draft;

/* The where: of a key, which waits until all fields are known. */
typedef struct where_draft {
    bool is_unique;
    size_t at; /* in uniques or indexes */
    const expression *condition;
} where_draft;

struct model_draft {
    model *model;
    const syntax_block *syntax;
    field_draft *fields;
    field *field_array; /* the final ones */
    key *primary_key;   /* or NULL */
    key *uniques;
    key *indexes;
    where_draft *wheres;
    size_t where_count;
    policy_rule *rules;
    validation *validations;
    state_machine *states;
    permission *permissions;
    relation **relations; /* as they are found */
    bool is_damaged;      /* fields or attributes may be missing */
    bool has_damaged_key; /* a key was reported and left out */
    bool has_damaged_rule;
    bool is_result;           /* the row of a function, not its arguments */
    function_draft *function; /* of arguments; else NULL */
    map *field_names;         /* to field_draft */
};

typedef struct enum_draft {
    enumeration *enumeration;
    const syntax_block *syntax;
    enum_value *values;
    bool is_damaged; /* values may be missing */
} enum_draft;

typedef enum declared_kind {
    DECLARED_MODEL, /* or a view */
    DECLARED_ENUM,
    DECLARED_MIXIN, /* a type or an abstract model: no table of its own */
    DECLARED_OTHER, /* misspelt */
} declared_kind;

typedef struct declared {
    declared_kind kind;
    const syntax_block *syntax;
    model_draft *model;
    enum_draft *enumeration;
    bool is_mixed_in; /* a mixin that some model has */
} declared;

/* An attribute of ours that waits until all fields are known. */
typedef struct put_off {
    model_draft *model;
    field_draft *field; /* NULL: on the model */
    binding binding;
} put_off;

typedef struct resolver {
    arena *arena;
    diag_list *diags;
    engine_kind engine;
    const syntax_file *const *files;
    size_t file_count;
    const syntax_block *datasource_block; /* or NULL */
    datasource datasource;
    /* Reported: its native types and indexes are not judged. */
    bool has_other_provider;
    ignored_things native_types;
    ignored_things index_methods;
    ignored_things schemas;
    model *models;
    model_draft *model_drafts;
    size_t model_count;
    size_t shape_count; /* behind the models: schema.h */
    function *functions;
    function_draft *function_drafts;
    size_t function_count;
    map *function_names; /* to function_draft */
    map *row_names;      /* of types that are rows, to model_draft */
    enumeration *enums;
    enum_draft *enum_drafts;
    size_t enum_count;
    relation **many_to_many;
    size_t many_to_many_count;
    put_off *put_off;
    size_t put_off_count;
    model_draft *auth; /* @@auth, or the one named User; or NULL */
    map *declared;     /* to declared */
    bool is_damaged;   /* declarations may be missing */
} resolver;

/* Stages. */
void resolve_declarations(resolver *r);
void resolve_datasource(resolver *r, const syntax_block *block);
void resolve_types(resolver *r);
void resolve_attributes(resolver *r);
void resolve_missing_keys(resolver *r);
void resolve_relations(resolver *r);
void resolve_soft_deletes(resolver *r);
void resolve_database_names(resolver *r);
void resolve_wheres(resolver *r);
void resolve_own_attributes(resolver *r);
void resolve_closed_models(resolver *r);
void resolve_ignored(resolver *r);
void resolve_functions(resolver *r);

/* Between the stages, for functions: the names of all, then the drafts of their
 * arguments and rows once all other names are declared. */
void resolve_function_name(resolver *r, const syntax_block *b);
void resolve_function_shapes(resolver *r);

/* @@sql, @@stable and their like. */
void resolve_function_attribute(resolver *r, model_draft *arguments,
                                const binding *b);

/* Fills in the model of the draft and the drafts of its fields. */
void resolve_declare_model(resolver *r, model_draft *draft,
                           const syntax_block *written);
void resolve_report_duplicate(resolver *r, diag_code code, const char *what,
                              syntax_name name, source_span first);

/* Its SQL, cut into statements. False when a mistake was reported. */
bool resolve_function_body(resolver *r, function_draft *d);

/* The block with what its mixins bring, which comes first. The same block when
 * it has none. Called by resolve_declarations, once all names are declared. */
const syntax_block *resolve_mixins(resolver *r, const syntax_block *block,
                                   bool *is_damaged);

/* @db.VarChar(120), for resolve_attributes. */
bool resolve_is_native_type(const syntax_attribute *attribute);
void resolve_native_type(resolver *r, field_draft *f,
                         const syntax_attribute *attribute);

/* Called by resolve_attributes for the attribute of that name. */
void resolve_default(resolver *r, field_draft *draft, const binding *b);
void resolve_field_key(resolver *r, field_draft *f, const binding *b);
void resolve_model_key(resolver *r, model_draft *m, const binding *b);
void resolve_side(resolver *r, field_draft *f, const binding *b);

/* The options of a key, for resolve_keys: those of one field in a list, what
 * the attribute itself says, and whether all fits together. False when a
 * mistake was reported. */
bool resolve_key_option(resolver *r, const binding *b, const expression *call,
                        key_option *out);
bool resolve_key_options(resolver *r, const binding *b, key_option *out);
bool resolve_index_method(resolver *r, const binding *b, key *k);

/* dbgenerated("sql"): what it is on the engine. */
bool resolve_dbgenerated(resolver *r, const field *f, const expression *call,
                         default_value *out);

/* Keeps it for resolve_own_attributes. f is NULL for a model's. */
void resolve_put_off(resolver *r, model_draft *m, field_draft *f,
                     const binding *b);

/* Called by resolve_own_attributes for an attribute of theirs. */
void resolve_policy(resolver *r, model_draft *m, field_draft *f,
                    const binding *b);
void resolve_validation(resolver *r, field_draft *f, const binding *b);
void resolve_validate(resolver *r, model_draft *m, const binding *b);
void resolve_states(resolver *r, model_draft *m, const binding *b);
void resolve_constraint(resolver *r, model_draft *m, const binding *b);
void resolve_field_detail(resolver *r, field_draft *f, const binding *b);
void resolve_model_detail(resolver *r, model_draft *m, const binding *b);

/* path: ["endsAt"], the field at which a form shows the message of a rule about
 * rows. False when a mistake was reported. */
bool resolve_path(resolver *r, model_draft *m, const binding *b, validation *v);

/* Those of where that are not deleted, if live_one says so; else where. */
const condition *resolve_live_and(resolver *r, const condition *live_one,
                                  const condition *where);

/* The text of an argument that must be a string in quotes, not empty. False
 * when a mistake was reported; *out stays empty when it is not given. */
bool resolve_text(resolver *r, const binding *b, str parameter, str *out);

/* Judges two fields that belong together and makes their relation. */
void resolve_pair(resolver *r, field_draft *f, field_draft *g);

void resolve_many_to_many(resolver *r, field_draft *f, field_draft *g);

/* [a, b] or a: names of fields of m. Reports those that do not exist. */
field_list resolve_field_list(resolver *r, model_draft *m,
                              const expression *value);
bool resolve_is_same_set(const field_list *list, const key *k);

/* Counts a thing that is ignored on the engine. */
void resolve_ignore(ignored_things *what, source_span span);

/* Was the schema written for SQLite, and is resolved for it? One written for
 * PostgreSQL gets there what can be done, where Prisma's rules for SQLite would
 * refuse it. */
bool resolve_is_for_sqlite(const resolver *r);

field_draft *resolve_find_field(const model_draft *m, str name);

#endif
