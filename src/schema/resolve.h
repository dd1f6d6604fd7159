/*
 * resolve.h: from syntax trees to the resolved schema.
 *
 * Works in stages over all files at once: names, types, attributes, keys,
 * relations, policies (resolve_draft.h). What one stage finds wrong it marks as
 * damaged, and later stages leave that out, so that one mistake is one
 * diagnostic and two mistakes are two, whatever stages they belong to.
 */
#ifndef SCHEMA_RESOLVE_H
#define SCHEMA_RESOLVE_H

#include "schema/diag.h"
#include "schema/files.h"
#include "schema/schema.h"

/* What a schema is beside its files. Zero for an application's. */
typedef struct resolve_options {
    engine_kind engine;
    bool is_system;       /* Tenon's own tables */
    uint32_t first_index; /* of its models */
} resolve_options;

/* NULL if there are errors in diags, those of the parser included. */
const schema *resolve_run(arena *a, const schema_files *files,
                          resolve_options options, diag_list *diags);

#endif
