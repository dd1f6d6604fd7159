/*
 * lite_file.h: the database file of a URL, and who may serve it.
 *
 * One process serves a file. It holds a lock on <file>.lock for as long as it
 * lives: the kernel lets go of it however the process ends. The lock file stays
 * behind, because removing it would let two processes lock two files of the
 * same name. The file itself is locked as well: under a hard link's name it
 * would get a second log, and either server would lose what the other one wrote.
 */
#ifndef DATABASE_SQLITE_LITE_FILE_H
#define DATABASE_SQLITE_LITE_FILE_H

#include "base/err.h"

/* The absolute path, symbolic links resolved, of "file:app.db" and the like;
 * the file itself need not exist, its folder must. */
fallible lite_file_locate(arena *a, str url, str *path);

/* Does the file exist? A folder or a device of that name is an err. */
fallible lite_file_exists(arena *a, str path, bool *out);

/* Makes an empty file that only its owner may read and write. */
fallible lite_file_create(arena *a, str path);

/* ERR_BUSY, naming the process, when another one has the lock. */
fallible lite_file_lock(arena *a, str path, int *out);
void lite_file_unlock(int lock);

/* Locks the file, whatever it is called; to be closed by lite_file_unlock, but
 * after SQLite's connections: closing it lets go of their locks. */
fallible lite_file_claim(arena *a, str path, int *out);

/* Opens the database's log, which must be there. */
fallible lite_file_hold_log(arena *a, str path, int *out);

/* ERR_UNAVAILABLE when the path does not lead to the claimed file any more, or
 * that of its log to the one that is held: what is written then is lost. */
fallible lite_file_check_in_place(arena *a, str path, int claim, int log);

#endif
