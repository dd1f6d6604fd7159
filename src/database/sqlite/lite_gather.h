/*
 * lite_gather.h: a VFS of SQLite's for who writes much: what goes to the
 * write-ahead log is gathered and written in large pieces.
 *
 * SQLite writes a page to the log by two calls, of its header and of its
 * content, so a commit of sixty pages is 120 system calls; here it is one. What
 * is gathered is written before SQLite or anybody else may rely on it: before
 * the log is synced, read, cut or closed, and before the shared index says that
 * it is there. An error of writing is the error of whatever made it necessary.
 */
#ifndef DATABASE_SQLITE_LITE_GATHER_H
#define DATABASE_SQLITE_LITE_GATHER_H

#define LITE_GATHER_VFS "tenon-gather"

/* Makes it known, over the VFS that is the default when it is called first.
 * Repeated calls do nothing. SQLite's result code. */
int lite_gather_register(void);

#endif
