#include "database/sqlite/lite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static err *io_error(arena *a, const char *doing, str path) {
    int reason = errno;
    err_code code = ERR_IO;
    if (reason == ENOENT || reason == ENOTDIR)
        code = ERR_NOT_FOUND;
    else if (reason == ENOSPC || reason == EDQUOT)
        code = ERR_DISK_FULL;
    else if (reason == EACCES || reason == EPERM)
        code = ERR_DENIED;
    else if (reason == EROFS)
        code = ERR_READ_ONLY;
    return err_new(a, code, "%s %.*s: %s", doing, STR_ARG(path),
                   strerrordesc_np(reason));
}

/* ---- Where -------------------------------------------------------------- */

static err *path_of_url(arena *a, str url, str *out) {
    str path = url;
    str scheme = str_split(&path, ':');
    size_t parameters = str_find_char(path, '?');
    if (parameters < path.len)
        return err_new(a, ERR_UNSUPPORTED,
                       "database URLs of '%.*s:' take no parameters, such as"
                       " '%.*s'",
                       STR_ARG(scheme),
                       STR_ARG(str_slice(path, parameters, path.len)));
    if (str_equal(path, STR(":memory:")))
        return err_with_hint(
            err_new(a, ERR_UNSUPPORTED,
                    "a database in memory cannot be served: it would be gone"
                    " with its connection"),
            STR("name a file, such as file:app.db"));
    /* file:///srv/app.db is /srv/app.db; file://host/app.db is elsewhere. */
    if (str_starts_with(path, STR("//"))) {
        if (!str_starts_with(path, STR("///")))
            return err_with_hint(
                err_new(a, ERR_INVALID,
                        "the database URL names a host, not a file"),
                STR("write file:app.db or file:///srv/app.db"));
        path = str_slice(path, 2, path.len);
    }
    if (str_is_empty(path) || str_ends_with(path, STR("/")))
        return err_with_hint(
            err_new(a, ERR_INVALID, "the database URL names no file"),
            STR("write it like file:app.db"));
    if (str_find_char(path, '\0') < path.len || path.len >= PATH_MAX)
        return err_new(a, ERR_INVALID, "the database URL is not a path");
    *out = path;
    return NULL;
}

static str folder_of(str path) {
    while (path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

err *lite_file_locate(arena *a, str url, str *path) {
    str given = {0};
    TRY(path_of_url(a, url, &given));
    char resolved[PATH_MAX];
    if (realpath(arena_cstr(a, given), resolved) != NULL) {
        *path = arena_copy(a, str_of(resolved));
        return NULL;
    }
    str folder = folder_of(given);
    str name = str_slice(given, folder.len, given.len);
    const char *parent = folder.len > 0 ? arena_cstr(a, folder) : ".";
    if (realpath(parent, resolved) == NULL)
        return io_error(a, "the database's folder", str_of(parent));
    const char *slash = str_equal(str_of(resolved), STR("/")) ? "" : "/";
    *path = arena_printf(a, "%s%s%.*s", resolved, slash, STR_ARG(name));
    return NULL;
}

err *lite_file_exists(arena *a, str path, bool *out) {
    struct stat found;
    if (stat(arena_cstr(a, path), &found) != 0) {
        *out = false;
        return errno == ENOENT ? NULL : io_error(a, "looking at", path);
    }
    if (!S_ISREG(found.st_mode))
        return err_new(a, ERR_INVALID, "%.*s is not a file", STR_ARG(path));
    *out = true;
    return NULL;
}

err *lite_file_create(arena *a, str path) {
    int file = open(arena_cstr(a, path), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC,
                    S_IRUSR | S_IWUSR);
    if (file < 0)
        return io_error(a, "creating", path);
    close(file);
    return NULL;
}

/* ---- Whose -------------------------------------------------------------- */

static err *busy_error(arena *a, str path, int lock) {
    char holder[32];
    ssize_t length = pread(lock, holder, sizeof holder, 0);
    str pid = str_trim((str){holder, length > 0 ? (size_t)length : 0});
    str who = str_is_empty(pid) ? STR("another process")
                                : arena_printf(a, "process %.*s", STR_ARG(pid));
    return err_new(a, ERR_BUSY, "%.*s is in use by %.*s", STR_ARG(path),
                   STR_ARG(who));
}

static void write_pid(int lock) {
    char pid[32];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    /* Only for the message above, so on a full disk it may fail. */
    if (ftruncate(lock, 0) != 0 || pwrite(lock, pid, (size_t)length, 0) < 0)
        return;
}

err *lite_file_lock(arena *a, str path, int *out) {
    str name = arena_printf(a, "%.*s.lock", STR_ARG(path));
    int lock = open(name.ptr, O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (lock < 0)
        return io_error(a, "opening", name);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        err *e = errno == EWOULDBLOCK ? busy_error(a, path, lock)
                                      : io_error(a, "locking", name);
        close(lock);
        return e;
    }
    write_pid(lock);
    *out = lock;
    return NULL;
}

void lite_file_unlock(int lock) {
    close(lock);
}

err *lite_file_claim(arena *a, str path, int *out) {
    int file = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return io_error(a, "opening", path);
    /* SQLite's own locks are of another kind and do not meet this one. */
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        err *e = errno == EWOULDBLOCK
                     ? err_new(a, ERR_BUSY,
                               "%.*s is in use by another process, which may"
                               " know it by another name",
                               STR_ARG(path))
                     : io_error(a, "locking", path);
        close(file);
        return e;
    }
    *out = file;
    return NULL;
}

static str log_of(arena *a, str path) {
    return arena_printf(a, "%.*s-wal", STR_ARG(path));
}

err *lite_file_hold_log(arena *a, str path, int *out) {
    str name = log_of(a, path);
    int file = open(name.ptr, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return io_error(a, "opening", name);
    *out = file;
    return NULL;
}

static bool is_in_place(arena *a, str path, int file) {
    struct stat ours;
    struct stat found;
    return fstat(file, &ours) == 0 && stat(arena_cstr(a, path), &found) == 0 &&
           ours.st_dev == found.st_dev && ours.st_ino == found.st_ino;
}

err *lite_file_check_in_place(arena *a, str path, int claim, int log) {
    if (!is_in_place(a, path, claim))
        return err_with_hint(
            err_new(a, ERR_UNAVAILABLE,
                    "the database file was moved, replaced or deleted"),
            STR("put it back, or restart the server on the new one"));
    if (!is_in_place(a, log_of(a, path), log))
        return err_with_hint(
            err_new(a, ERR_UNAVAILABLE,
                    "the database's log was moved, replaced or deleted"),
            STR("end the server with SIGTERM and start it again: it still has"
                " the log and takes it into the database"));
    return NULL;
}
