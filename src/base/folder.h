/* folder.h: what is in a folder. Blocks. */
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct folder_entry {
    str name;
    bool is_folder; /* and no link to one */
} folder_entry;

bool folder_exists(arena *a, str path);

/* By name, without "." and "..". ERR_NOT_FOUND, ERR_DENIED or ERR_IO, naming
 * the path. */
fallible folder_list(arena *a, str path, folder_entry **out, size_t *count);

#endif
