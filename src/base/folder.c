#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static void close_folder(DIR **folder) {
    if (*folder != NULL)
        closedir(*folder);
}

static err *failed(arena *a, str path) {
    int number = errno;
    err_code code = number == ENOENT || number == ENOTDIR ? ERR_NOT_FOUND
                    : number == EACCES                    ? ERR_DENIED
                                                          : ERR_IO;
    return err_new(a, code, "cannot list %.*s: %s", STR_ARG(path),
                   strerrordesc_np(number));
}

bool folder_exists(arena *a, str path) {
    struct stat info;
    return stat(arena_cstr(a, path), &info) == 0 && S_ISDIR(info.st_mode);
}

/* Not all file systems say it in the list. */
static bool is_folder(arena *a, str path, str name) {
    struct stat info;
    str whole = arena_printf(a, "%.*s/%.*s", STR_ARG(path), STR_ARG(name));
    return lstat(whole.ptr, &info) == 0 && S_ISDIR(info.st_mode);
}

static int compare(const void *a, const void *b) {
    return str_compare(((const folder_entry *)a)->name,
                       ((const folder_entry *)b)->name);
}

err *folder_list(arena *a, str path, folder_entry **out, size_t *count) {
    CLEANUP(close_folder) DIR *folder = opendir(arena_cstr(a, path));
    if (folder == NULL)
        return failed(a, path);
    *out = NULL;
    *count = 0;
    errno = 0;
    for (struct dirent *e; (e = readdir(folder)) != NULL; errno = 0) {
        str name = str_of(e->d_name);
        if (str_equal(name, STR(".")) || str_equal(name, STR("..")))
            continue;
        folder_entry entry = {.name = arena_copy(a, name)};
        entry.is_folder = e->d_type == DT_UNKNOWN ? is_folder(a, path, name)
                                                  : e->d_type == DT_DIR;
        ARENA_PUSH(a, *out, *count, entry);
    }
    if (errno != 0)
        return failed(a, path);
    if (*count > 0)
        qsort(*out, *count, sizeof **out, compare);
    return NULL;
}
