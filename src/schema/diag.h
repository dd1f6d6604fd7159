/*
 * diag.h: what is wrong with a schema file, and where.
 *
 * Loading does not stop at the first mistake: each adds a diag to the list and
 * goes on where it can. A diag has a code that never changes its meaning
 * (diag_code.def), the span to underline, a sentence that says what is wrong,
 * and often one that says what to do and the other places that play a part.
 *
 *     diag *d = diag_add(a, diags, DIAG_UNKNOWN_TYPE, span,
 *                        "unknown type '%.*s'", STR_ARG(name));
 *     diag_help(a, d, "did you mean '%.*s'?", STR_ARG(nearest));
 *
 * Messages follow err.h: lower case, no full stop.
 */
#ifndef SCHEMA_DIAG_H
#define SCHEMA_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "schema/source.h"

typedef enum diag_code {
#define X(name, code, severity) DIAG_##name,
#include "schema/diag_code.def"
#undef X
    DIAG_CODE_COUNT
} diag_code;

typedef enum diag_severity {
    DIAG_ERROR,
    DIAG_WARNING,
} diag_severity;

/* Another place that plays a part: the first of two equal names, the other
 * side of a relation. */
typedef struct diag_place {
    source_span span;
    str text;
} diag_place;

typedef struct diag {
    diag_code code;
    source_span span;
    str message;
    str help; /* or empty */
    diag_place *places;
    size_t place_count;
    bool is_dropped; /* past the maximum: takes no help and no places */
} diag;

/* Keeps the first DIAG_MAX; the counts go on. */
enum { DIAG_MAX = 1000 };

typedef struct diag_list {
    diag *items;
    size_t count;
    size_t error_count;
    size_t warning_count;
    diag dropped; /* where those past the maximum are written */
} diag_list;

/* "E0301". */
const char *diag_code_text(diag_code code);
diag_severity diag_code_severity(diag_code code);

diag *diag_add(arena *a, diag_list *list, diag_code code, source_span span,
               const char *fmt, ...) PRINTF_LIKE(5, 6) RETURNS_NONNULL;
void diag_help(arena *a, diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
void diag_relate(arena *a, diag *d, source_span span, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* By file, then place; equal places keep their order. What says the same of the
 * same place a second time goes. */
void diag_sort(diag_list *list);

/* For people: file:line:column, the line, a caret under what is meant.
 *
 *     app.prisma:3:8: error: unknown type 'Strng' [E0301]
 *         3 |   name Strng
 *           |        ^^^^^
 *           = help: did you mean 'String'?
 */
void diag_print(buf *out, const diag_list *list, bool is_colored);

/* For programs: [{"file","line","column","length","severity","code",
 * "message"}]. Columns and lengths are code points; length stays within the
 * line. */
void diag_print_json(buf *out, const diag_list *list);

#endif
