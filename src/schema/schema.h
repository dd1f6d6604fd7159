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
#include "schema/engine_kind.h"
#include "schema/index_method.h"
#include "schema/native_type.h"
#include "schema/policy_rule.h"
#include "schema/referential_action.h"
#include "schema/scalar_type.h"
#include "schema/source.h"

typedef struct model model;
typedef struct field field;
typedef struct enumeration enumeration;
typedef struct relation relation;
typedef struct function function;           /* function.h */
typedef struct validation validation;       /* schema/validation.h */
typedef struct state_machine state_machine; /* state_machine.h */

typedef enum field_kind {
    FIELD_SCALAR,
    FIELD_ENUM,     /* a column that holds one of enumeration's values */
    FIELD_RELATION, /* no column of its own */
    /* A column of a type that only the database knows. It is made and kept by
     * migrations; nobody reads or writes it through us. */
    FIELD_UNSUPPORTED,
} field_kind;

typedef enum default_kind {
    DEFAULT_NONE,
    DEFAULT_LITERAL, /* text */
    DEFAULT_LIST,    /* items */
    DEFAULT_NOW,
    DEFAULT_AUTOINCREMENT, /* the database counts */
    DEFAULT_UUID4,
    DEFAULT_UUID7,
    DEFAULT_CUID,
    DEFAULT_CUID2,
    DEFAULT_ULID,
    DEFAULT_NANOID, /* of length characters */
    /* text is SQL of the schema's engine; empty: the database has its own way.
     * On SQLite, what is ours to make has become one of the kinds above. */
    DEFAULT_DBGENERATED,
} default_kind;

/* What a column gets when a create does not mention it. Literals, lists,
 * now(), autoincrement() and dbgenerated() are in the DDL too; the rest is ours
 * to make. */
typedef struct default_value {
    default_kind kind;
    /* A literal in the form a client would send it: unescaped text, digits,
     * true or false, an enum value's database name. */
    str text;
    const str *items; /* of a list, each in that form */
    size_t item_count;
    uint32_t length;
} default_value;

/* What a column of files takes. */
typedef struct file_options {
    str accept; /* media types, "image/png,application/pdf"; empty: any */
    uint64_t max_bytes; /* 0: the server's limit */
    bool is_public;
} file_options;

struct field {
    str name;
    str column; /* empty for a relation */
    str doc;    /* the /// comment, or empty */
    const model *model;
    field_kind kind;
    scalar_type scalar;             /* SCALAR_STRING for an enum */
    const enumeration *enumeration; /* or NULL */
    const relation *relation;       /* or NULL */
    native_type native;             /* @db.VarChar(120); on PostgreSQL */
    str unsupported;                /* the type as the database spells it */
    default_value default_value;
    /* Of a database that is served as it is found: a Json to us, whose text
     * only the database understands. unsupported is its type. */
    bool is_foreign;
    bool is_list;
    bool is_optional;
    bool is_updated_at;
    bool is_id; /* the whole of the primary key */
    bool is_unique;
    bool is_ignored;   /* @ignore: a column that no client sees */
    bool is_omitted;   /* @omit: only in an answer that asks for it */
    bool is_password;  /* @password: stored as a hash, never read */
    bool is_sensitive; /* @sensitive: not in logs, audit, lists */
    /* What is in it is kept out of the audit log, events and logs: @sensitive,
     * @password, @omit, or its name says so (secret_name.h). */
    bool is_redacted;
    const file_options *file; /* @file, or NULL */
    str label;                /* @label, or empty */
    str help;                 /* @help, or empty */
    str renamed_from;         /* @renamed(from:): the old column, or empty */
    const policy_rule *rules; /* @allow, @deny */
    size_t rule_count;
    /* Nothing limits who may see it: visible, no rules, no password, not
     * computed. */
    bool is_open;
    const validation *validations; /* in the order they are run */
    size_t validation_count;
    uint32_t index;        /* in model->fields */
    uint32_t column_index; /* in model->columns; columns only */
    source_span span;
};

/* How a column stands in a key. */
typedef struct key_option {
    bool is_descending;
    str operator_class; /* "gin_trgm_ops", or empty as on SQLite */
} key_option;

/* A primary key, a unique constraint or an index. */
typedef struct key {
    str name; /* the constraint's name in the database (<table>_<col>_key) */
    str client_name; /* name:, or empty */
    const field **fields;
    const key_option *options; /* one for each field */
    size_t field_count;
    index_method method;
    /* Of the rows that it is for; NULL: of all. A key with one tells no rows
     * apart. It speaks of the row's own columns. */
    const struct condition *where;
    bool is_partial;    /* where: was written */
    bool is_of_live;    /* of @@softDelete: where says not deleted, too */
    bool is_of_deleted; /* the index that it makes by itself */
    source_span span;
} key;

typedef enum relation_kind {
    RELATION_ONE_TO_ONE,
    RELATION_ONE_TO_MANY,
    RELATION_MANY_TO_MANY, /* implicit: its rows are in a table of its own */
} relation_kind;

/* Both sides of a relation share one. The child is the side with the foreign
 * key. In a self relation parent and child are the same model.
 *
 * A many-to-many relation has no such side: its table join_table has columns A
 * and B, A for the model whose name sorts first (in a self relation the field),
 * which is called the child here. columns and references are empty. */
struct relation {
    str name;            /* given or generated (<A>To<B>) */
    str constraint_name; /* <table>_<col>_fkey; empty for many to many */
    str join_table;      /* "_PostToTag"; else empty */
    const model *join;   /* that table as a model: join_table.h; or NULL */
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
    str database_schema; /* @@schema, or empty */
    str doc;
    const enum_value *values;
    size_t value_count;
    source_span span;
};

/* @@permission(verb, description): a right of its own, beside the CRUD ones. */
typedef struct permission {
    str verb;
    str description;
} permission;

/* What the audit log keeps of each change to a model's rows. */
typedef enum audit_mode {
    AUDIT_FULL,    /* the row before and after it, and what differs */
    AUDIT_CHANGES, /* of an update what differs; else only that it happened */
    AUDIT_OFF,     /* nothing */
} audit_mode;

/* @@audit(changes, reads: true, retention: "1y"); without it, all zero, all is
 * kept for AUDIT_DEFAULT_DAYS. */
typedef struct audit_options {
    audit_mode mode;
    bool has_reads; /* who read which rows is recorded, too */
    uint32_t days;  /* how long; 0: AUDIT_DEFAULT_DAYS */
} audit_options;
enum { AUDIT_DEFAULT_DAYS = 90 };

static inline uint32_t audit_days(const audit_options *o) {
    return o->days > 0 ? o->days : AUDIT_DEFAULT_DAYS;
}

/* @@admin(...): how the admin interface shows a model. */
typedef struct admin_options {
    str label; /* or empty */
    str icon;
    const field *title; /* what names a row, or NULL */
    const field **list; /* the columns of its list; none: all */
    size_t list_count;
    bool is_hidden;
} admin_options;

struct model {
    str name;
    str table;
    str database_schema; /* @@schema, or empty */
    str doc;
    bool is_view;    /* never makes DDL; may be without a key; is not written */
    bool is_ignored; /* @@ignore: a table that no client sees */
    /* Of a database that is served as it is found: its columns are foreign, and
     * what may be done to it the database says. */
    bool is_foreign;
    bool is_shape;  /* no table: the arguments or the row of a function */
    bool is_system; /* of Tenon's own tables (database/system_schema.h) */
    const function *function; /* of arguments and of a value; else NULL */
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
    const validation *validations; /* @@validate */
    size_t validation_count;
    const state_machine *states; /* @@states */
    size_t state_count;
    const permission *permissions;
    size_t permission_count;
    const admin_options *admin; /* or NULL */
    const field *soft_delete;   /* @@softDelete: when it was, or NULL */
    audit_options audit;
    str renamed_from;        /* @@renamed(from:): the old table, or empty */
    const relation *join_of; /* of the join model of a relation; else NULL */
    /* In schema->models; behind model_count: a shape, and behind the shapes a
     * join model. */
    uint32_t index;
    source_span span;
};

/* extensions = [citext, vector(schema: "x", version: "0.7")] */
typedef struct extension {
    str name; /* the database's, after map: */
    str schema;
    str version;
    source_span span;
} extension;

/* What the datasource block says, apart from where the database is. */
typedef struct datasource {
    str name; /* "db", the prefix of native types */
    str provider;
    str url;          /* as written, or empty */
    str url_variable; /* of env("X"), or empty */
    /* relationMode = "prisma": no foreign keys in the database, the mutation
     * engine does their work. */
    bool has_no_foreign_keys;
    const str *schemas;
    size_t schema_count;
    const extension *extensions;
    size_t extension_count;
} datasource;

typedef struct schema_names schema_names;

typedef struct schema {
    engine_kind engine; /* for which it was resolved: names, limits, types */
    bool is_foreign;    /* a database as it is found: all models are */
    bool is_system;     /* Tenon's own tables: all models are */
    datasource datasource;
    const model *models;
    size_t model_count;
    /* Behind the models stand as many shapes: models without a table, for the
     * arguments and rows of functions. */
    size_t shape_count;
    /* Where the indexes of its models begin. 0, but for what is served beside a
     * schema: those of Tenon's own tables go on behind it, and behind these the
     * functions of a database, whose own indexes go on behind its functions. */
    uint32_t first_index;
    const function *functions;
    size_t function_count;
    const enumeration *enums;
    size_t enum_count;
    const relation **many_to_many; /* those with a table of their own */
    size_t many_to_many_count;
    const model *auth_model;   /* what auth() is; or NULL */
    bool has_audited_reads;    /* some model's */
    const schema_names *names; /* hashed, for the finders below */
} schema;

/* One more than the index of the last model, shape or join model. */
static inline size_t schema_index_end(const schema *s) {
    return s->first_index + s->model_count + s->shape_count +
           s->many_to_many_count;
}

/* By database name, O(1). NULL when there is none; a column that clients do not
 * see is not found. */
const model *schema_find_table(const schema *s, str table);
const field *model_find_column(const schema *s, const model *m, str column);

/* NULL when there is none. Of several, which only a foreign schema has, the
 * first: overload leads on. */
const function *schema_find_function(const schema *s, str name);

/* By the name in the schema file. NULL when there is none. */
const model *schema_find_model(const schema *s, str name);
const field *model_find_field(const model *m, str name);

/* The schema of the database that it is in: "public" without @@schema, and on
 * SQLite. */
str model_home(const model *m);
str enumeration_home(const enumeration *e);

/* A column that clients read and write, unless a policy forbids it: not
 * @ignore, not Unsupported. */
bool field_is_visible(const field *f);

/* Whether an insert may leave the column out: something else than a refusal
 * becomes of that. */
bool field_may_be_left_out(const field *f);

/* Whether the two tables can have a constraint between them: not when a side is
 * a view. Without relationMode = "prisma" they have it. */
bool relation_has_foreign_key(const relation *r);

/* The key that identifies a row: the primary key, else the first unique key
 * whose columns are all required. NULL only for a view or an ignored model. */
const key *model_identity(const model *m);

#endif
