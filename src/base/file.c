#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static err_code code_of(int number) {
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    case EEXIST:
        return ERR_CONFLICT;
    case ENOSPC:
        return ERR_DISK_FULL;
    default:
        return ERR_IO;
    }
}

static err *failed(arena *a, const char *doing, str path) {
    int number = errno;
    return err_new(a, code_of(number), "cannot %s %.*s: %s", doing,
                   STR_ARG(path), strerrordesc_np(number));
}

static void close_file(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

err *file_read(arena *a, str path, str *out) {
    CLEANUP(close_file)
    int fd = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(a, "read", path);
    struct stat info;
    if (fstat(fd, &info) != 0)
        return failed(a, "read", path);
    if (!S_ISREG(info.st_mode))
        return err_new(a, ERR_INVALID, "%.*s is not a file", STR_ARG(path));
    if (info.st_size > FILE_MAX_BYTES)
        return err_new(a, ERR_TOO_LARGE, "%.*s is larger than %d MB",
                       STR_ARG(path), FILE_MAX_BYTES >> 20);

    size_t size = (size_t)info.st_size;
    char *text = arena_take(a, size + 1, 1);
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, text + len, size - len);
        if (n < 0 && errno != EINTR)
            return failed(a, "read", path);
        if (n == 0)
            break;
        len += n > 0 ? (size_t)n : 0;
    }
    *out = (str){text, len};
    return NULL;
}

err *file_read_if_exists(arena *a, str path, str *out) {
    err *e = file_read(a, path, out);
    if (e == NULL || e->code != ERR_NOT_FOUND)
        return e;
    *out = (str){0};
    return NULL;
}

static err *write_all(arena *a, int fd, str path, str text) {
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno != EINTR)
            return failed(a, "write", path);
        str_take(&text, n > 0 ? (size_t)n : 0);
    }
    return NULL;
}

err *file_create(arena *a, str path, str text) {
    CLEANUP(close_file)
    int fd = open(arena_cstr(a, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  0644);
    if (fd < 0)
        return failed(a, "make", path);
    return write_all(a, fd, path, text);
}

static err *fill_beside(arena *a, const char *target, const char *beside,
                        int fd, str text) {
    str path = str_of(beside);
    struct stat info;
    if (stat(target, &info) != 0)
        return failed(a, "replace", str_of(target));
    TRY(write_all(a, fd, path, text));
    /* For root, who formats what belongs to others; nobody else may. */
    if (fchown(fd, info.st_uid, info.st_gid) != 0 && geteuid() == 0)
        return failed(a, "write", path);
    if (fchmod(fd, info.st_mode & 07777) != 0 || fsync(fd) != 0)
        return failed(a, "write", path);
    if (rename(beside, target) != 0)
        return failed(a, "replace", str_of(target));
    return NULL;
}

err *file_replace(arena *a, str path, str text) {
    char *real = realpath(arena_cstr(a, path), NULL);
    if (real == NULL)
        return failed(a, "replace", path);
    const char *target = arena_cstr(a, str_of(real));
    free(real);
    if (access(target, W_OK) != 0)
        return failed(a, "replace", path);
    str name = arena_printf(a, "%s.XXXXXX", target);
    char *beside = arena_take(a, name.len + 1, 1);
    memcpy(beside, name.ptr, name.len + 1);
    CLEANUP(close_file) int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return failed(a, "make", str_of(beside));
    err *e = fill_beside(a, target, beside, fd, text);
    if (e != NULL)
        unlink(beside);
    return e;
}

bool file_exists(arena *a, str path) {
    return access(arena_cstr(a, path), F_OK) == 0;
}
