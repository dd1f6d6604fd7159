/*
 * crash_vfs.h: a SQLite VFS under which a killed process is a pulled plug.
 *
 * SIGKILL alone can't show a missing fsync, because what was written survives
 * in the page cache. Under this VFS a write to a database, a WAL or a journal
 * stays in the memory of the process, where all of its connections see it, and
 * reaches the file when SQLite syncs it. Whatever kills the process takes the
 * rest along. A clean exit does so too: what was never synced was never safe.
 *
 * Locks and shared memory are those of the VFS beneath; mapped reads are off.
 * Only one process at a time may use a database through it, since another one
 * would find an index in shared memory for frames that are not in the file.
 *
 * The same VFS makes disks fail on request, see crash_faults.
 */
#ifndef TEST_SUPPORT_CRASH_VFS_H
#define TEST_SUPPORT_CRASH_VFS_H

#include <stdatomic.h>
#include <stdint.h>

/* The kinds of file of which a request for faults can name some. */
enum { CRASH_DATABASE = 1, CRASH_WAL = 2, CRASH_JOURNAL = 4 };

/* What shall fail. All zero: nothing. A test sets it in its own process, or
 * from outside through a file of this layout that CRASH_VFS_FAULTS names and
 * that the VFS maps (the words are little-endian there, as on the machine). */
typedef struct crash_faults {
    _Atomic int32_t files;       /* CRASH_* bits; 0 means all of them */
    _Atomic int32_t write_error; /* an SQLITE_ code; 0: writes succeed */
    _Atomic int32_t write_skip;  /* so many writes succeed before */
    _Atomic int32_t write_count; /* so many fail, then all is well; -1: all */
    _Atomic int32_t sync_error;
    _Atomic int32_t sync_count;
    _Atomic int32_t sync_delay_us; /* a slow disk, for every sync */
    _Atomic int32_t delivered;     /* counts the faults that happened */
    _Atomic int32_t syncs;         /* counts the syncs that succeeded */
} crash_faults;

/* Makes the VFS "crash" known to SQLite and its default. Returns an SQLITE_
 * code; repeated calls do nothing. */
int crash_vfs_register(void);

/* Of this process; never NULL after crash_vfs_register. */
crash_faults *crash_vfs_faults(void);

#endif
