/*
 * pg_form.h: the way from what PostgreSQL answers to value.h.
 *
 * Statements of ours (pg_select.h, pg_change.h) already ask for what needs no
 * work here: a list as to_json(...), money as numeric. What is left are five
 * forms of text, under the settings TimeZone = UTC, DateStyle = ISO,
 * bytea_output = hex, extra_float_digits >= 1.
 *
 *     2024-01-31 12:00:00.12      2024-01-31T12:00:00.120+00:00
 *     2024-01-31 12:00:00.123456  2024-01-31T12:00:00.123456+00:00
 *     2024-01-31                  the same
 *     12:00:00                    the same
 *     infinity, 0044-03-15 BC     the same
 */
#ifndef DATABASE_POSTGRES_PG_FORM_H
#define DATABASE_POSTGRES_PG_FORM_H

#include "base/err.h"
#include "database/mutation.h"
#include "database/value.h"
#include "schema/schema.h"

typedef enum pg_form {
    PG_TEXT, /* as it is: texts, Decimals, JSON, lists (JSON arrays) */
    PG_BOOLEAN,
    PG_INTEGER,
    PG_REAL,
    PG_DATETIME,
    PG_BYTES,
} pg_form;

/* Of a column, or of the result of a derivation (query_result). */
pg_form pg_form_of(const field *result);

/* One for each cell of a row, spreads included. */
void pg_form_of_query(const query *q, pg_form *out);
void pg_form_of_columns(const query_column *columns, size_t count,
                        const embed *embeds, size_t embed_count, pg_form *out);

/* Reads a cell that is not null. Text that is the value already is borrowed
 * from bytes, the rest is in the arena. ERR_CORRUPT if it is not of the
 * form. */
fallible pg_form_read(arena *a, pg_form form, const char *bytes, size_t len,
                      value *out);

#endif
