/*
 * value.h: one cell, in the form that no engine owns.
 *
 * A column's scalar type says how to read a value; the engines convert between
 * this and what they store.
 *
 *     String, enum   VALUE_TEXT    valid UTF-8 without NUL
 *     Boolean        VALUE_BOOL
 *     Int, BigInt    VALUE_INT
 *     Float          VALUE_FLOAT   finite
 *     Decimal        VALUE_TEXT    plain digits: -12.50
 *     DateTime       VALUE_TEXT    2024-01-31T12:00:00.123+00:00, three digits
 *     Json           VALUE_TEXT    valid JSON
 *     Bytes          VALUE_BYTES
 *     a list         VALUE_TEXT    a JSON array: ["a","b"]
 *
 * Text and bytes are borrowed; who hands out a value says for how long.
 */
#ifndef DATABASE_VALUE_H
#define DATABASE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum value_kind {
    VALUE_NULL,
    VALUE_DEFAULT, /* in a mutation only: let the database fill it in */
    VALUE_CELL,    /* in a mutation only: see value_cell */
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_TEXT,
    VALUE_BYTES,
} value_kind;

/* What a mutation before this one, in the same transaction, hands back: known
 * when that one has run (mutation_resolve). */
typedef struct value_cell {
    uint32_t mutation; /* among those that are run together */
    uint32_t row;      /* of its result */
    uint32_t column;   /* of its returning */
} value_cell;

typedef struct value {
    value_kind kind;
    union {
        value_cell cell;
        bool boolean;
        int64_t integer;
        double real;
        str text; /* VALUE_TEXT and VALUE_BYTES */
    };
} value;

#endif
