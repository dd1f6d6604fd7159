/*
 * manual.h: what the words of the schema language mean: for completion and for
 * hovering over them.
 */
#ifndef LANGUAGE_MANUAL_H
#define LANGUAGE_MANUAL_H

#include <stddef.h>

#include "base/str.h"

typedef enum manual_kind {
    MANUAL_KEYWORD,
    MANUAL_TYPE,
    MANUAL_FIELD_ATTRIBUTE, /* without @ */
    MANUAL_BLOCK_ATTRIBUTE, /* without @@ */
    MANUAL_ENUM_ATTRIBUTE,  /* of the block; without @@ */
    MANUAL_FUNCTION_ATTRIBUTE,
    MANUAL_ARGUMENT_ATTRIBUTE, /* of a function; without @ */
    MANUAL_DEFAULT,            /* what @default takes */
    MANUAL_ACTION,             /* of a relation */
    MANUAL_CONDITION,          /* words of policies */
} manual_kind;

typedef struct manual_entry {
    manual_kind kind;
    str name;
    str usage; /* how it is written: "@length(min, max)" */
    str text;  /* a sentence or two */
} manual_entry;

const manual_entry *manual_entries(size_t *count);

/* Or NULL. */
const manual_entry *manual_find(manual_kind kind, str name);

#endif
