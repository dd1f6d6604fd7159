/*
 * workspace.h: the documents that an editor has open.
 *
 * Their text is what the editor says, whatever is on the disk.
 */
#ifndef LANGUAGE_WORKSPACE_H
#define LANGUAGE_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct document {
    arena *arena; /* of the three below */
    str uri;
    str path; /* of a file: URI; else the URI */
    str text;
} document;

typedef struct workspace {
    document *items;
    size_t count;
    arena *arena; /* of the root */
    str root;     /* the folder that the editor has open, or empty */
} workspace;

void workspace_free(workspace *w);

/* Copies the path. */
void workspace_set_root(workspace *w, str path);

/* Opens it, or gives it another text. Both are copied. */
void workspace_put(workspace *w, str uri, str text);

void workspace_remove(workspace *w, str uri);

/* NULL when it is not open. */
const document *workspace_find(const workspace *w, str uri);
const document *workspace_find_path(const workspace *w, str path);

/* file:///a%20b becomes "/a b". False for any other URI. */
bool workspace_path_of_uri(arena *a, str uri, str *path);
str workspace_uri_of_path(arena *a, str path);

#endif
