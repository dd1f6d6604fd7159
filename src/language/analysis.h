/*
 * analysis.h: all that is known about a document at one moment: its tree, the
 * names in it, what is wrong with it.
 *
 * Made anew for each question: reading the largest schema takes milliseconds,
 * and nothing can be out of date.
 */
#ifndef LANGUAGE_ANALYSIS_H
#define LANGUAGE_ANALYSIS_H

#include "language/workspace.h"
#include "schema/diag.h"
#include "schema/schema.h"
#include "schema/symbols.h"
#include "schema/syntax.h"

typedef struct analysis {
    const source *source; /* the document */
    const syntax_file *file;
    const syntax_file *const *files; /* of the whole schema */
    size_t file_count;
    diag_list diags;      /* of all files */
    const schema *schema; /* NULL when there are errors among them */
    symbols symbols;
} analysis;

/* Blocks: reads the other files of the schema (application.h) from the disk. */
const analysis *analysis_run(arena *a, const workspace *w, const document *d);

#endif
