/*
 * request.h: one question of an editor, and the pieces that all answers share.
 */
#ifndef LANGUAGE_REQUEST_H
#define LANGUAGE_REQUEST_H

#include "base/err.h"
#include "base/json.h"
#include "base/json_page.h"
#include "language/analysis.h"
#include "language/text_position.h"

/* A diagnostic and the place that it refers to may be in two files. */
enum { REQUEST_TEXTS = 2 };

typedef struct request {
    arena *arena;
    const json *params;
    workspace *workspace;
    text_encoding encoding;
    text_lines *lines; /* of the two texts that were asked for last */
    json_page *result; /* where the answer goes: one JSON value */
} request;

/* params.textDocument. ERR_NOT_FOUND when it is not open. */
fallible request_document(const request *r, const document **out);

/* Its analysis, and the byte that params.position means. */
fallible request_place(const request *r, const analysis **out, uint32_t *at);

/* The name at that place; NULL when there is none. */
fallible request_occurrence(const request *r, const analysis **a,
                            const occurrence **out);

/* A member of an object in params, or empty. */
str request_text(const json *object, str name);

void request_write_range(const request *r, str name, str text, uint32_t from,
                         uint32_t to);

/* As the editor calls the file, when it has it open. */
str request_uri(const request *r, const source *s);

/* {"uri", "range"} */
void request_write_location(const request *r, str name, source_span span);

/* The answers, one function for each method. */
fallible request_hover(const request *r);
fallible request_completion(const request *r);
fallible request_definition(const request *r);
fallible request_references(const request *r);
fallible request_prepare_rename(const request *r);
fallible request_rename(const request *r);
fallible request_formatting(const request *r);
fallible request_outline(const request *r);

#endif
