/*
 * schema_view.h: which part of a schema a document is about.
 *
 * Documents for a caller say nothing of what he may not touch. Who that is and
 * what he may is not for this layer to know: it asks.
 */
#ifndef GENERATE_SCHEMA_VIEW_H
#define GENERATE_SCHEMA_VIEW_H

#include "schema/schema.h"

typedef struct schema_view {
    const void *context;
    /* Of a function its arguments are asked about, with OPERATION_CALL. */
    bool (*allows)(const void *context, const model *m, operation op);
    bool (*shows)(const void *context, const field *f);
    bool (*sets)(const void *context, const field *f);
} schema_view;

/* Without a view everything is seen. */
static inline bool schema_view_allows(const schema_view *v, const model *m,
                                      operation op) {
    return v == NULL || v->allows(v->context, m, op);
}

static inline bool schema_view_shows(const schema_view *v, const field *f) {
    return v == NULL || v->shows(v->context, f);
}

static inline bool schema_view_sets(const schema_view *v, const field *f) {
    return v == NULL || v->sets(v->context, f);
}

#endif
