/* doctor_lite.c: a SQLite file and where it lies. */
#include "bin/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "database/sqlite/lite_checkpoint.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"

enum {
    MIB = 1 << 20,
    DISK_WRONG_MIB = 64,
    DISK_LOW_MIB = 1024,
    PAGE_BYTES = 4096,
};

static err *cannot_look(arena *a, str path) {
    return err_new(a, ERR_IO, "looking at %.*s: %s", STR_ARG(path),
                   strerrordesc_np(errno));
}

/* ---- Who may read and write it ------------------------------------------- */

static str folder_of(arena *a, str path) {
    size_t end = path.len;
    while (end > 1 && path.ptr[end - 1] != '/')
        end--;
    return arena_copy(a, str_slice(path, 0, end > 1 ? end - 1 : end));
}

/* The log and its index are made beside it. */
static err *look_at_file(doctor *d, doctor_finding *out) {
    arena *a = d->arena;
    struct stat file;
    str folder = folder_of(a, d->path);
    if (stat(arena_cstr(a, d->path), &file) != 0)
        return cannot_look(a, d->path);
    unsigned mode = file.st_mode & 0777U;
    str sentence = arena_printf(a, "mode %03o", mode);
    if (access(arena_cstr(a, d->path), R_OK | W_OK) != 0)
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = STR("the file is not to be written by this user"),
            .advice = STR("run tenon as the user who owns it"),
        };
    else if (access(arena_cstr(a, folder), W_OK | X_OK) != 0)
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence = arena_printf(
                a, "no file can be made in %.*s, where SQLite's log belongs",
                STR_ARG(folder)),
            .advice = STR("give this user the right to write to the folder"),
        };
    else if ((mode & 077U) != 0)
        *out = (doctor_finding){
            .level = DOCTOR_WARNING,
            .sentence = arena_printf(
                a, "mode %03o: others on this machine may read %sit", mode,
                (mode & 022U) != 0 ? "or write " : ""),
            .advice = arena_printf(a, "chmod 600 %.*s", STR_ARG(d->path)),
        };
    else
        out->sentence = sentence;
    return NULL;
}

/* ---- What SQLite says ---------------------------------------------------- */

/* The first column of all rows, a line each. */
static err *ask(doctor *d, const char *sql, str *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *rows = NULL;
    TRY(lite_prepare(d->arena, d->lite, str_of(sql), 0, &rows));
    *out = (str){0};
    int rc;
    while ((rc = sqlite3_step(rows)) == SQLITE_ROW)
        *out = arena_printf(d->arena, "%.*s%s%.*s", STR_ARG(*out),
                            str_is_empty(*out) ? "" : "\n",
                            STR_ARG(lite_column_text(rows, 0)));
    return lite_check(d->arena, d->lite, rc);
}

static err *look_at_journal(doctor *d, doctor_finding *out) {
    str mode;
    TRY(ask(d, "PRAGMA journal_mode", &mode));
    if (str_equal(mode, STR("wal"))) {
        out->sentence = STR("a write-ahead log");
        return NULL;
    }
    *out = (doctor_finding){
        .level = DOCTOR_NOTE,
        .sentence = arena_printf(d->arena,
                                 "%.*s; tenon serve gives the file a "
                                 "write-ahead log, which it keeps",
                                 STR_ARG(mode)),
    };
    return NULL;
}

#define DAMAGED                                                                \
    "stop the server, keep a copy of the file and its -wal, and restore a "    \
    "backup; sqlite3's .recover saves what can be read"

static err *check_pages(doctor *d, doctor_finding *out) {
    str said;
    TRY(ask(d, "PRAGMA quick_check(10)", &said));
    if (str_equal(said, STR("ok"))) {
        out->sentence = STR("the file is whole (quick_check)");
        return NULL;
    }
    *out = (doctor_finding){
        .level = DOCTOR_WRONG,
        .sentence = STR("the file is damaged"),
        .details = said,
        .advice = STR(DAMAGED),
    };
    return NULL;
}

static err *check_references(doctor *d, doctor_finding *out) {
    str said;
    TRY(ask(d,
            "SELECT count(*) || ' of table \"' || \"table\" || '\" to \"'"
            " || parent || '\"' FROM pragma_foreign_key_check()"
            " GROUP BY \"table\", parent ORDER BY 1 LIMIT 20",
            &said));
    if (str_is_empty(said)) {
        out->sentence = STR("every reference leads to a row");
        return NULL;
    }
    *out = (doctor_finding){
        .level = DOCTOR_WRONG,
        .sentence = STR("rows refer to rows that are not there"),
        .details = said,
        .advice = STR("PRAGMA foreign_key_check lists them: mend or delete "
                      "them, or no migration of these tables can be applied"),
    };
    return NULL;
}

/* Past its bound nobody has moved it into the file, or a reader held it. */
static err *look_at_log(doctor *d, doctor_finding *out) {
    static const int64_t BOUND = (int64_t)LITE_WAL_MOST_PAGES * PAGE_BYTES;
    struct stat log;
    str path = arena_printf(d->arena, "%.*s-wal", STR_ARG(d->path));
    int64_t size =
        stat(arena_cstr(d->arena, path), &log) == 0 ? log.st_size : 0;
    out->sentence = arena_printf(d->arena, "%" PRId64 " MiB", size / MIB);
    if (size <= 2 * BOUND)
        return NULL;
    out->level = DOCTOR_WARNING;
    out->sentence = arena_printf(
        d->arena, "%" PRId64 " MiB, where %" PRId64 " would be many",
        size / MIB, BOUND / MIB);
    out->advice = STR("a reader outside of Tenon may hold it: end it; a start "
                      "of tenon serve empties the log");
    return NULL;
}

/* ---- Where it lies ------------------------------------------------------- */

/* statfs(2). On these locks are not to be relied on, or the log's shared memory
 * is not shared (https://www.sqlite.org/wal.html). */
static const struct file_system {
    unsigned long magic;
    const char *name;
    doctor_level level;
} FILE_SYSTEMS[] = {
    {NFS_SUPER_MAGIC, "NFS", DOCTOR_WRONG},
    {SMB_SUPER_MAGIC, "SMB", DOCTOR_WRONG},
    {0xFF534D42, "CIFS", DOCTOR_WRONG},
    {0xFE534D42, "SMB", DOCTOR_WRONG},
    {AFS_SUPER_MAGIC, "AFS", DOCTOR_WRONG},
    {CODA_SUPER_MAGIC, "Coda", DOCTOR_WRONG},
    {V9FS_MAGIC, "9P", DOCTOR_WRONG},
    {0x00C36400, "Ceph", DOCTOR_WRONG},
    {0x65735546, "FUSE", DOCTOR_WARNING},
    {TMPFS_MAGIC, "tmpfs", DOCTOR_WARNING},
};

static str advice_about(const struct file_system *f) {
    if (f->magic == TMPFS_MAGIC)
        return STR("what lies there is gone when the machine restarts");
    return STR("keep the file on a disk of this machine; to share a database "
               "between machines, use PostgreSQL");
}

static err *look_at_file_system(doctor *d, doctor_finding *out) {
    struct statfs found;
    if (statfs(arena_cstr(d->arena, d->path), &found) != 0)
        return cannot_look(d->arena, d->path);
    out->sentence = STR("of this machine");
    for (size_t i = 0; i < LENGTH(FILE_SYSTEMS); i++) {
        const struct file_system *f = &FILE_SYSTEMS[i];
        /* The kernel's long may have its sign extended. */
        if (((unsigned long)found.f_type & 0xFFFFFFFFUL) != f->magic)
            continue;
        *out = (doctor_finding){
            .level = f->level,
            .sentence = arena_printf(d->arena, "the file is on %s", f->name),
            .advice = advice_about(f),
        };
    }
    return NULL;
}

/* Room for the log, and for a table that a migration makes anew. */
static err *look_at_disk(doctor *d, doctor_finding *out) {
    struct statfs found;
    struct stat file;
    if (statfs(arena_cstr(d->arena, d->path), &found) != 0 ||
        stat(arena_cstr(d->arena, d->path), &file) != 0)
        return cannot_look(d->arena, d->path);
    uint64_t free_mib = found.f_bavail * (uint64_t)found.f_bsize / MIB;
    uint64_t file_mib = (uint64_t)file.st_size / MIB;
    bool is_low = free_mib < DISK_LOW_MIB || free_mib < file_mib;
    *out = (doctor_finding){
        .level = free_mib < DISK_WRONG_MIB ? DOCTOR_WRONG
                 : is_low                  ? DOCTOR_WARNING
                                           : DOCTOR_FINE,
        .sentence = arena_printf(d->arena,
                                 "%" PRIu64 " MiB free, the file has %" PRIu64,
                                 free_mib, file_mib),
        .advice = is_low ? STR("make room: writes fail when the disk is full, "
                               "and a migration needs as much as its tables "
                               "once more")
                         : (str){0},
    };
    return NULL;
}

enum { OF_LITE = DOCTOR_ON_SQLITE | DOCTOR_HAS_DATABASE };

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("file"),
     .about = STR_INIT("its mode; that it can be written"),
     .when = OF_LITE,
     .run = look_at_file},
    {.name = STR_INIT("journal"),
     .about = STR_INIT("a write-ahead log is used"),
     .when = OF_LITE,
     .run = look_at_journal},
    {.name = STR_INIT("log size"),
     .about = STR_INIT("the write-ahead log is not too long"),
     .when = OF_LITE,
     .run = look_at_log},
    {.name = STR_INIT("integrity"),
     .about = STR_INIT("the file is not damaged"),
     .when = OF_LITE,
     .run = check_pages,
     .remedy = STR_INIT(DAMAGED)},
    {.name = STR_INIT("references"),
     .about = STR_INIT("foreign keys lead to rows"),
     .when = OF_LITE,
     .run = check_references},
    {.name = STR_INIT("file system"),
     .about = STR_INIT("it is none of a network"),
     .when = OF_LITE,
     .run = look_at_file_system},
    {.name = STR_INIT("disk"),
     .about = STR_INIT("there is room"),
     .when = OF_LITE,
     .run = look_at_disk},
};

const doctor_group DOCTOR_LITE = {STR_INIT("sqlite"), CHECKS, LENGTH(CHECKS)};
