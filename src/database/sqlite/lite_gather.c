#include "database/sqlite/lite_gather.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"

enum {
    /* SQLite's own VFS (3.40) writes no more than 128 KB - 1 at once. */
    GATHERED_MAX = 127 * 1024,
    GATHERED_FIRST = 16 * 1024,
    ALIGNMENT = 8,
};

typedef struct gather_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *below;
} gather_vfs;

/* Behind the file of the VFS below, in the same piece of memory. The file has
 * our methods, a copy of its own ones with some exchanged, by which we find
 * this. */
typedef struct gather {
    sqlite3_io_methods methods;
    const sqlite3_io_methods *below;
    sqlite3_file *other; /* of a database its log, of a log its database */
    char *bytes;         /* gathered, to be written at */
    size_t length;
    size_t capacity;
    sqlite3_int64 at;
    int failure; /* of a write that nobody could be told of */
} gather;

static gather *gather_of(sqlite3_file *file) {
    const sqlite3_io_methods *methods = file->pMethods;
    return CONTAINER_OF((sqlite3_io_methods *)(uintptr_t)methods, gather,
                        methods);
}

/* ---- The log ------------------------------------------------------------ */

static int write_gathered(sqlite3_file *file) {
    gather *g = gather_of(file);
    int rc = g->failure;
    g->failure = SQLITE_OK;
    if (rc == SQLITE_OK && g->length > 0)
        rc = g->below->xWrite(file, g->bytes, (int)g->length, g->at);
    g->length = 0;
    return rc;
}

/* Without memory it is written at once. */
static bool make_room(gather *g, size_t size) {
    size_t capacity = g->capacity > 0 ? g->capacity : GATHERED_FIRST;
    while (capacity < size)
        capacity *= 2;
    if (capacity == g->capacity)
        return true;
    char *bytes = realloc(g->bytes, capacity);
    if (bytes == NULL)
        return false;
    g->bytes = bytes;
    g->capacity = capacity;
    return true;
}

static int log_write(sqlite3_file *file, const void *from, int size,
                     sqlite3_int64 at) {
    gather *g = gather_of(file);
    size_t n = (size_t)size;
    bool is_next = at == g->at + (sqlite3_int64)g->length;
    if (!is_next || g->length + n > GATHERED_MAX) {
        int rc = write_gathered(file);
        if (rc != SQLITE_OK)
            return rc;
    }
    if (n > GATHERED_MAX || !make_room(g, g->length + n)) {
        int rc = write_gathered(file);
        return rc == SQLITE_OK ? g->below->xWrite(file, from, size, at) : rc;
    }
    if (g->length == 0)
        g->at = at;
    memcpy(g->bytes + g->length, from, n);
    g->length += n;
    return SQLITE_OK;
}

static int log_read(sqlite3_file *file, void *to, int size, sqlite3_int64 at) {
    int rc = write_gathered(file);
    return rc == SQLITE_OK ? gather_of(file)->below->xRead(file, to, size, at)
                           : rc;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int rc = write_gathered(file);
    return rc == SQLITE_OK ? gather_of(file)->below->xTruncate(file, size) : rc;
}

static int log_sync(sqlite3_file *file, int flags) {
    int rc = write_gathered(file);
    return rc == SQLITE_OK ? gather_of(file)->below->xSync(file, flags) : rc;
}

static int log_file_size(sqlite3_file *file, sqlite3_int64 *out) {
    int rc = write_gathered(file);
    return rc == SQLITE_OK ? gather_of(file)->below->xFileSize(file, out) : rc;
}

static int log_close(sqlite3_file *file) {
    gather *g = gather_of(file);
    int failure = write_gathered(file);
    int rc = g->below->xClose(file);
    if (g->other != NULL)
        gather_of(g->other)->other = NULL;
    free(g->bytes);
    return failure != SQLITE_OK ? failure : rc;
}

/* ---- The database ------------------------------------------------------- */

/* SQLite calls it when it has described the new pages of the log in one of the
 * index' two headers: they are not there for anybody until both do. After a sync
 * there is nothing left to write. */
static void database_barrier(sqlite3_file *file) {
    gather *g = gather_of(file);
    if (g->other != NULL) {
        int rc = write_gathered(g->other);
        gather_of(g->other)->failure = rc;
    }
    g->below->xShmBarrier(file);
}

static int database_close(sqlite3_file *file) {
    gather *g = gather_of(file);
    if (g->other != NULL)
        gather_of(g->other)->other = NULL;
    return g->below->xClose(file);
}

/* ---- Opening ------------------------------------------------------------ */

static size_t size_below(const sqlite3_vfs *below) {
    return ((size_t)below->szOsFile + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void take_log(gather *g, sqlite3_file *file, const char *path) {
    g->methods.xWrite = log_write;
    g->methods.xRead = log_read;
    g->methods.xTruncate = log_truncate;
    g->methods.xSync = log_sync;
    g->methods.xFileSize = log_file_size;
    g->methods.xClose = log_close;
    g->other = sqlite3_database_file_object(path);
    gather_of(g->other)->other = file;
}

static void take_database(gather *g) {
    g->methods.xShmBarrier = database_barrier;
    g->methods.xClose = database_close;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
                     int flags, int *out_flags) {
    sqlite3_vfs *below = CONTAINER_OF(vfs, gather_vfs, base)->below;
    int rc = below->xOpen(below, path, file, flags, out_flags);
    bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (rc != SQLITE_OK || file->pMethods == NULL ||
        (!is_log && (flags & SQLITE_OPEN_MAIN_DB) == 0))
        return rc;
    gather *g = (gather *)(void *)((char *)file + size_below(below));
    *g = (gather){.methods = *file->pMethods, .below = file->pMethods};
    file->pMethods = &g->methods;
    if (is_log)
        take_log(g, file, path);
    else
        take_database(g);
    return rc;
}

int lite_gather_register(void) {
    if (sqlite3_vfs_find(LITE_GATHER_VFS) != NULL)
        return SQLITE_OK;
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    gather_vfs *g = calloc(1, sizeof *g);
    if (g == NULL || below == NULL) {
        free(g);
        return SQLITE_NOMEM;
    }
    g->below = below;
    g->base = *below;
    g->base.pNext = NULL;
    g->base.zName = LITE_GATHER_VFS;
    g->base.szOsFile = (int)(size_below(below) + sizeof(gather));
    g->base.xOpen = open_file;
    return sqlite3_vfs_register(&g->base, 0);
}
