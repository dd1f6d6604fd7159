/*
 * file.h: whole small files: schemas, settings. Blocks.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum { FILE_MAX_BYTES = 64 * 1024 * 1024 };

/* ERR_NOT_FOUND, ERR_DENIED, ERR_TOO_LARGE or ERR_IO, naming the path. */
fallible file_read(arena *a, str path, str *out);

/* The same, but a missing file is the empty text. */
fallible file_read_if_exists(arena *a, str path, str *out);

/* Makes a new file; ERR_CONFLICT when there is one. */
fallible file_create(arena *a, str path, str text);

/* Gives a file a new text in one step: whoever reads it meanwhile, and who
 * looks after a crash, finds the old text or the new one. Keeps its mode and,
 * as far as we may, its owner; where path is a link, what it points to is
 * replaced. ERR_DENIED for a file that we may not write. */
fallible file_replace(arena *a, str path, str text);

bool file_exists(arena *a, str path);

#endif
