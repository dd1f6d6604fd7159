/*
 * application.h: which schema a document is part of.
 *
 * An editor opens files, and a schema may consist of several. One of them has
 * the datasource; the nearest such file, in the document's folder or above, is
 * the schema's first. If that file imports nothing, all schema files in and
 * below its folder are the schema, unless the folder is the root of the whole
 * workspace, which holds more than one thing, or holds another datasource or
 * too many folders to look through at each key.
 *
 * A document that is not part of what is found this way is read by itself,
 * with what it imports.
 */
#ifndef LANGUAGE_APPLICATION_H
#define LANGUAGE_APPLICATION_H

#include "language/workspace.h"
#include "schema/files.h"

/* Texts come from open documents, else from the disk. Blocks. */
schema_files application_read(arena *a, const workspace *w, const document *d,
                              diag_list *diags);

#endif
