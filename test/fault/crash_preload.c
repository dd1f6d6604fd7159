/*
 * Slips the VFS "crash" under a program that uses the shared SQLite library:
 *
 *     LD_PRELOAD=build/debug/libcrash_preload.so tenon serve ...
 *
 * It is registered with the first open and not when the library is loaded,
 * because the program may want to call sqlite3_config before, which SQLite
 * refuses once it is initialized.
 */
#include <dlfcn.h>
#include <sqlite3.h>
#include <string.h>

#include "base/assert.h"
#include "test/support/crash_vfs.h"

typedef int open_function(const char *, sqlite3 **, int, const char *);

/* Both are declared by SQLite, whose names for the parameters these are. */
int sqlite3_open_v2(const char *filename, sqlite3 **ppDb, int flags,
                    const char *zVfs) {
    int rc = crash_vfs_register();
    ASSERT(rc == SQLITE_OK);
    void *symbol = dlsym(RTLD_NEXT, "sqlite3_open_v2");
    ASSERT(symbol != NULL);
    open_function *next = NULL;
    memcpy(&next, &symbol, sizeof next);
    return next(filename, ppDb, flags, zVfs);
}

int sqlite3_open(const char *filename, sqlite3 **ppDb) {
    return sqlite3_open_v2(filename, ppDb,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
}
