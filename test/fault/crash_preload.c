/*
 * Slips the VFS "crash" under a program that uses the shared SQLite library:
 *
 *     LD_PRELOAD=build/debug/libcrash_preload.so tenon serve ...
 *
 * It is registered when SQLite is initialized and not when the library is
 * loaded, because the program may want to call sqlite3_config before, which
 * SQLite refuses from then on.
 */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "test/support/crash_vfs.h"

typedef int initialize_function(void);

/* Declared by SQLite. It is called again by what it calls. */
int sqlite3_initialize(void) {
    static _Thread_local bool is_inside;
    initialize_function *next = NULL;
    void *symbol = dlsym(RTLD_NEXT, "sqlite3_initialize");
    ASSERT(symbol != NULL);
    memcpy(&next, &symbol, sizeof next);
    if (is_inside)
        return next();
    is_inside = true;
    int rc = next();
    if (rc == SQLITE_OK)
        rc = crash_vfs_register();
    is_inside = false;
    return rc;
}
