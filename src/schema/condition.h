/*
 * condition.h: a condition of a policy or of @@validate, resolved and typed.
 *
 *     author == auth() || org.members?[m, m.user == auth() && m.role in [ADMIN]]
 *
 * A tree of nodes. Names are gone: a path is a root and the fields it steps
 * over. Types are checked, and literals have the form of what they are compared
 * with: a time is a column's text, an enum's value its database name.
 *
 * Logic has three values, as in SQL. A comparison with what is null is unknown,
 * but for == and != with the word null; NOT of unknown is unknown. A policy
 * allows by what is true, and denies by what is not false. @@validate refuses
 * only what is false.
 *
 * Predicates follow from that: ?[] is the || of the condition for each row,
 * ![] the && of it, ^[] the ! of ?[]. Without rows they are false, true, true.
 *
 * Two things differ from SQL, so that nobody gets in who should not. Without a
 * signed-in caller every comparison with a member of auth(), or with auth()
 * itself, is unknown, also under != and !; only auth() == null and auth() !=
 * null speak about that case. And a row over a relation that is null has no
 * members: they are null.
 *
 * Immutable after loading and shared by all threads.
 */
#ifndef SCHEMA_CONDITION_H
#define SCHEMA_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/regex.h"
#include "schema/condition_function.h"
#include "schema/scalar_type.h"
#include "schema/source.h"

typedef struct condition condition;
typedef struct model model;
typedef struct field field;
typedef struct enumeration enumeration;

typedef enum condition_kind {
    CONDITION_NULL,     /* the word null */
    CONDITION_CONSTANT, /* boolean or text, by type */
    CONDITION_LIST,     /* [items], of type's elements */
    CONDITION_PATH,     /* root, scope, steps */
    CONDITION_CALL,     /* function(items) */
    CONDITION_COMPARE,  /* left op right */
    CONDITION_IN,       /* left in right, a list */
    CONDITION_NOT,      /* !left */
    CONDITION_AND,      /* left && right */
    CONDITION_OR,       /* left || right */
    CONDITION_SOME,     /* left?[right]: left is a path to rows */
    CONDITION_EVERY,    /* left![right]: true without rows */
    CONDITION_NONE,     /* left^[right] */
} condition_kind;

typedef enum condition_operator {
    CONDITION_EQUAL,
    CONDITION_NOT_EQUAL,
    CONDITION_LESS,
    CONDITION_LESS_EQUAL,
    CONDITION_GREATER,
    CONDITION_GREATER_EQUAL,
} condition_operator;

/* Where a path begins. */
typedef enum condition_root {
    /* A row in sight: scope 0 is the one the rule is about ("this"), n the
     * element of the n-th predicate around, counted from the outside. */
    ROOT_ROW,
    ROOT_BEFORE, /* the row of scope 0 as it was before the update */
    ROOT_AUTH,   /* who asks */
} condition_root;

/* What is known of who asks in a schema that has no model for it: the model
 * marked @@auth, or the one named User. All are Strings. */
typedef enum principal_member {
    PRINCIPAL_ITSELF, /* auth() */
    PRINCIPAL_ID,
    PRINCIPAL_EMAIL,
    PRINCIPAL_ROLE,
} principal_member;

typedef enum condition_type_kind {
    TYPE_NULL,
    TYPE_SCALAR,
    TYPE_ENUM,
    TYPE_ROW, /* of model; NULL: of the principal without one */
} condition_type_kind;

typedef struct condition_type {
    condition_type_kind kind;
    scalar_type scalar;
    const enumeration *enumeration;
    const model *model;
    bool is_list; /* of these */
} condition_type;

/* A node uses what its kind names; the rest is zero. */
struct condition {
    condition_kind kind;
    condition_type type;
    bool boolean;
    /* String: as it is. Numbers: canonical decimals (decimal.h). DateTime: the
     * form of a column. Enums: the database's name. */
    str text;
    condition_root root;
    uint32_t scope;
    principal_member member;   /* of ROOT_AUTH without a model */
    const field *const *steps; /* relations, and last maybe a column */
    size_t step_count;
    condition_function function;
    const regex *pattern; /* of regex() */
    condition_operator op;
    const condition *left;
    const condition *right;
    const condition *items; /* of a list, and a call's arguments */
    size_t count;
    source_span span;
};

/* Is it nothing but the word true, or false? */
bool condition_is(const condition *c, bool wanted);

/* As it would be written with all parentheses and the root of each path:
 * "((this.points > 3) && this.owner == auth())". */
void condition_print(buf *out, const condition *c);

#endif
