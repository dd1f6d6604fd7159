/*
 * coerce_list.h: lists of scalars, as clients write them.
 *
 *     ["a", "b"]    in a body: a JSON array
 *     {a,"b, c"}    in a URL: PostgreSQL's array literal
 *
 * Both end in the value of a list column: JSON text, each element in the one
 * form that its type has, so that equal lists are equal text. A list holds no
 * nulls, as in Prisma.
 *
 * The errors are those of coerce.h, about the element.
 */
#ifndef CORE_COERCE_LIST_H
#define CORE_COERCE_LIST_H

#include "core/coerce.h"

enum { COERCE_LIST_MAX = 16 * 1024 * 1024 };

/* j is not null. */
fallible coerce_list_json(arena *a, const field *f, const json *j, value *out);

fallible coerce_list_text(arena *a, const field *f, str literal, value *out);

/* The elements of such a literal, as values of f or, if it is a list, of its
 * elements. */
fallible coerce_list_elements(arena *a, const field *f, str literal,
                              value **out, size_t *count);

#endif
