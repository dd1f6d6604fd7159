/*
 * attribute_spec.h: which attributes there are, where they may stand and what
 * they take.
 *
 * One table; the checks common to all attributes are derived from it: unknown
 * and misplaced ones, arguments that are unknown, given twice or missing, and
 * what is not supported yet.
 */
#ifndef SCHEMA_ATTRIBUTE_SPEC_H
#define SCHEMA_ATTRIBUTE_SPEC_H

#include "schema/diag.h"
#include "schema/syntax.h"

typedef enum attribute_id {
    ATTRIBUTE_LATER, /* known, and not supported yet */
    ATTRIBUTE_ID,
    ATTRIBUTE_UNIQUE,
    ATTRIBUTE_INDEX,
    ATTRIBUTE_DEFAULT,
    ATTRIBUTE_UPDATED_AT,
    ATTRIBUTE_MAP,
    ATTRIBUTE_RELATION,
    ATTRIBUTE_IGNORE,
    ATTRIBUTE_SCHEMA,
    ATTRIBUTE_FULLTEXT,
    ATTRIBUTE_SHARD_KEY,
    ATTRIBUTE_OWN, /* not Prisma's: own says which */
} attribute_id;

/* Of attribute_own.def. */
typedef enum own_attribute {
    OWN_ALLOW,
    OWN_DENY,
    OWN_AUTH,
    OWN_VALIDATE,
    OWN_CHECK,
    OWN_EXACTLY_ONE,
    OWN_AT_MOST_ONE,
    OWN_AT_LEAST_ONE,
    OWN_STATES,
    OWN_SOFT_DELETE,
    OWN_LENGTH,
    OWN_GT,
    OWN_GTE,
    OWN_LT,
    OWN_LTE,
    OWN_EMAIL,
    OWN_URL,
    OWN_DATETIME,
    OWN_REGEX,
    OWN_STARTS_WITH,
    OWN_ENDS_WITH,
    OWN_CONTAINS,
    OWN_TRIM,
    OWN_LOWER,
    OWN_UPPER,
    OWN_OMIT,
    OWN_PASSWORD,
    OWN_SENSITIVE,
    OWN_FILE,
    OWN_LABEL,
    OWN_HELP,
    OWN_RENAMED,
    OWN_PERMISSION,
    OWN_AUDIT,
    OWN_ADMIN,
    OWN_SQL,
    OWN_VOLATILE,
    OWN_STABLE,
    OWN_IMMUTABLE,
} own_attribute;

typedef enum attribute_place {
    PLACE_FIELD = 1,
    PLACE_MODEL = 2,
    PLACE_ENUM = 4,
    PLACE_ENUM_VALUE = 8,
    PLACE_FUNCTION = 16,
    PLACE_ARGUMENT = 32, /* of a function */
} attribute_place;

enum { ATTRIBUTE_MAX_PARAMETERS = 7 };

typedef struct parameter_spec {
    str name;
    bool is_required;
} parameter_spec;

typedef struct attribute_spec {
    str name;
    attribute_id id;
    own_attribute own; /* of ATTRIBUTE_OWN */
    unsigned places;
    bool is_repeatable;
    /* The first takes the one unnamed argument, unless all need a name. */
    bool is_named_only;
    bool is_positional; /* arguments go by their order, as in policies */
    /* Behind the first, those without a name are for whoever reads the
     * attribute. */
    bool is_variadic;
    parameter_spec parameters[ATTRIBUTE_MAX_PARAMETERS];
} attribute_spec;

/* An attribute with its arguments in the order of the parameters. */
typedef struct binding {
    const attribute_spec *spec;
    const syntax_attribute *attribute;
    const expression *values[ATTRIBUTE_MAX_PARAMETERS]; /* NULL: not given */
} binding;

/* Finds the attribute and binds its arguments. False when a mistake was
 * reported. */
bool attribute_bind(arena *a, diag_list *diags, attribute_place place,
                    const syntax_attribute *attribute, binding *out);

/* The value of that parameter, or NULL. */
const expression *binding_find(const binding *b, str parameter);

/* As it is written: "@@index". */
str attribute_label(const syntax_attribute *attribute);

#endif
