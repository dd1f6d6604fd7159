/*
 * lite_form.h: how each column's values are stored, and the way between that
 * and value.h.
 *
 * Tables of ours have one form for each scalar type. Tables that others made
 * may hold DateTimes as Unix milliseconds, as text that ends in Z, or as
 * CURRENT_TIMESTAMP writes them; such a column is recognised when the database
 * is opened (lite_survey.h) and read and written in its own form.
 *
 * Decimals live in a column of numeric affinity, that is as a 64-bit integer or
 * a double: a value that would not come back equal is refused.
 */
#ifndef DATABASE_SQLITE_LITE_FORM_H
#define DATABASE_SQLITE_LITE_FORM_H

#include <sqlite3.h>

#include "base/err.h"
#include "database/value.h"
#include "schema/schema.h"

typedef enum lite_form {
    LITE_TEXT,
    LITE_BOOLEAN,
    LITE_INTEGER,
    LITE_REAL,
    LITE_DATETIME, /* 2024-01-31T12:00:00.123+00:00 */
    LITE_JSON,
    LITE_JSON_NUMERIC, /* in a column of numeric affinity (JSONB) */
    LITE_BYTES,
    LITE_DECIMAL_TEXT, /* exact; what is made of columns, never in one */

    /* These are not stored as we show them: see LITE_SCRATCH. */
    LITE_DECIMAL,
    LITE_DATETIME_Z,  /* 2024-01-31T12:00:00.123Z */
    LITE_DATETIME_MS, /* Unix milliseconds, an integer */
    /* 2024-01-31 12:00:00, what CURRENT_TIMESTAMP makes, or with .123 behind
     * it. A fraction of zeros is left out, so texts still sort by time. */
    LITE_DATETIME_SQL,
} lite_form;

/* How each column of each model is stored in one database, and of each shape
 * (schema.h), which is stored nowhere, as in tables of ours; behind these, those
 * of the system schema. */
typedef struct lite_layout {
    lite_form *const *forms; /* by model->index, field->column_index */
    /* Nothing in the database but what lite_ddl made: no triggers, no deferred
     * constraints, no conflict clauses. */
    bool is_ours;
    /* By model->index: a view that the schema describes and nobody has made. */
    const bool *is_missing;
    /* By model->index: lite_cascade.h */
    const bool *comes_back;
} lite_layout;

static inline lite_form lite_layout_form(const lite_layout *l, const field *f) {
    return l->forms[f->model->index][f->column_index];
}

/* The err of a query of a view that is_missing. */
fallible lite_layout_refuse(arena *a, const model *m);

/* The form in tables of ours. */
lite_form lite_form_of(const field *f);

/* Binds v for a comparison with the column. SQLite's result code. What is
 * borrowed from v must live until the statement is bound anew. */
int lite_form_bind(arena *a, sqlite3_stmt *statement, int at, lite_form form,
                   value v);

/* Binds v to be stored in the column. ERR_VALUE_RANGE if it would change. */
fallible lite_form_store(arena *a, sqlite3_stmt *statement, int at,
                         const field *f, lite_form form, value v);

/* Decimal digits that a double keeps. */
enum { LITE_DECIMAL_DIGITS = 15 };

/* Would it come back equal from a column of numeric affinity? */
bool lite_form_keeps_decimal(str decimal);

/* Memory that reading a column needs: an element of this for each. */
enum { LITE_SCRATCH = 352 };

/* Reads a cell. Borrowed from SQLite, until the next step, or from scratch.
 * False: what is there is not of the column's type. */
bool lite_form_read(sqlite3_stmt *row, int column, lite_form form,
                    char *scratch, value *out);

/* The same for a cell that is in no statement's row. */
bool lite_form_read_value(sqlite3_value *cell, lite_form form, char *scratch,
                          value *out);

/* The same for one cell that holds a Decimal; only the text is set. */
bool lite_form_read_decimal(sqlite3_value *cell, char *scratch, value *out);

/* Reads the first cells of a row, each in its form, with LITE_SCRATCH for each
 * or NULL where none needs it. Returns how many of them were read: the next one
 * is not of its type. */
size_t lite_form_read_all(sqlite3_stmt *row, const lite_form *forms,
                          size_t count, char *scratch, value *out);

/* Does lite_form_read use scratch? */
static inline bool lite_form_needs_scratch(lite_form form) {
    return form >= LITE_DECIMAL;
}

#endif
