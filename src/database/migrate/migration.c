#include "database/migrate/migration.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/sha256.h"

enum { TIME_DIGITS = 14, MAX_TITLE = 100 };

str migration_folder(arena *a, str schema_path) {
    str path = schema_path;
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    while (path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    return arena_printf(a, "%.*smigrations", STR_ARG(path));
}

/* ---- Reading -------------------------------------------------------------*/

static bool is_title_char(char c) {
    return ascii_is_digit(c) || ascii_is_letter(c) || c == '_' || c == '-';
}

/* 20261120170000_add_age */
static bool is_name(str name) {
    if (name.len < TIME_DIGITS + 2 || name.ptr[TIME_DIGITS] != '_')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        bool is_fine = i < TIME_DIGITS ? ascii_is_digit(name.ptr[i])
                                       : is_title_char(name.ptr[i]);
        if (!is_fine)
            return false;
    }
    return true;
}

static bool is_folder(arena *a, str path) {
    struct stat found;
    return stat(arena_cstr(a, path), &found) == 0 && S_ISDIR(found.st_mode);
}

static int compare_names(const void *x, const void *y) {
    return str_compare(*(const str *)x, *(const str *)y);
}

static void close_folder(DIR **folder) {
    if (*folder != NULL)
        closedir(*folder);
}

/* The folders in it, sorted. Files and what is hidden are nobody's concern. */
static err *list_folders(arena *a, str path, str **names, size_t *count) {
    CLEANUP(close_folder) DIR *folder = opendir(arena_cstr(a, path));
    *names = NULL;
    *count = 0;
    if (folder == NULL && errno == ENOENT)
        return NULL;
    if (folder == NULL)
        return err_new(a, ERR_IO, "cannot read the folder %.*s: %s",
                       STR_ARG(path), strerrordesc_np(errno));
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        str name = str_of(entry->d_name);
        str whole = arena_printf(a, "%.*s/%.*s", STR_ARG(path), STR_ARG(name));
        if (name.ptr[0] == '.' || !is_folder(a, whole))
            continue;
        if (!is_name(name))
            return err_with_hint(
                err_new(a, ERR_INVALID, "%.*s is not a migration",
                        STR_ARG(whole)),
                STR("they are named like 20261120170000_add_age"));
        name = arena_copy(a, name);
        ARENA_PUSH(a, *names, *count, name);
    }
    if (*count > 0)
        qsort(*names, *count, sizeof **names, compare_names);
    return NULL;
}

static bool has_line(str text, str line) {
    while (!str_is_empty(text)) {
        if (str_equal(str_trim(str_split(&text, '\n')), line))
            return true;
    }
    return false;
}

/* Version control may write line ends as CR LF. */
static str without_returns(arena *a, str text) {
    char *kept = arena_take(a, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_end =
            text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (!is_end)
            kept[len++] = text.ptr[i];
    }
    return (str){kept, len};
}

static err *read_one(arena *a, const migration_list *l, str name,
                     migration *out) {
    str folder =
        arena_printf(a, "%.*s/%.*s", STR_ARG(l->folder), STR_ARG(name));
    str engine = engine_kind_name(l->engine);
    *out = (migration){
        .name = name,
        .file =
            arena_printf(a, "%.*s/%.*s.sql", STR_ARG(folder), STR_ARG(engine)),
        .schema_file = arena_printf(a, "%.*s/schema.prisma", STR_ARG(folder)),
    };
    err *e = file_read(a, out->file, &out->sql);
    if (e != NULL && e->code == ERR_NOT_FOUND)
        return err_with_hint(
            err_new(a, ERR_INVALID, "the migration %.*s has no %.*s.sql",
                    STR_ARG(folder), STR_ARG(engine)),
            STR("tenon migrate dev writes one for each engine"));
    TRY(e);
    out->checksum = sha256_hex(a, without_returns(a, out->sql));
    out->has_schema = file_exists(a, out->schema_file);
    out->accepts_loss = has_line(out->sql, STR(MIGRATION_ACCEPTS_LOSS));
    out->is_for_engine = !has_line(out->sql, STR(MIGRATION_NOT_FOR_ENGINE));
    return NULL;
}

err *migration_list_read(arena *a, str folder, engine_kind engine,
                         migration_list *out) {
    str *names;
    *out = (migration_list){.folder = folder, .engine = engine};
    TRY(list_folders(a, folder, &names, &out->count));
    out->items = arena_new_array(a, migration, out->count);
    for (size_t i = 0; i < out->count; i++)
        TRY(read_one(a, out, names[i], &out->items[i]));
    return NULL;
}

const migration *migration_find(const migration_list *l, str name) {
    for (size_t i = 0; i < l->count; i++) {
        if (str_equal(l->items[i].name, name))
            return &l->items[i];
    }
    return NULL;
}

/* ---- Names ---------------------------------------------------------------*/

/* "Add age!" is add_age. */
static str clean_title(arena *a, str title) {
    char *clean = arena_take(a, title.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < title.len && len < MAX_TITLE; i++) {
        char c = ascii_lower(title.ptr[i]);
        bool is_kept = ascii_is_letter(c) || ascii_is_digit(c);
        if (is_kept)
            clean[len++] = c;
        else if (len > 0 && clean[len - 1] != '_')
            clean[len++] = '_';
    }
    while (len > 0 && clean[len - 1] == '_')
        len--;
    return (str){clean, len};
}

static str time_digits(arena *a, int64_t ms) {
    time_t seconds = (time_t)(ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    return arena_printf(a, "%04d%02d%02d%02d%02d%02d", t.tm_year + 1900,
                        t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

err *migration_name(arena *a, const migration_list *l, int64_t now_ms,
                    str title, str *out) {
    str clean = clean_title(a, title);
    str now = time_digits(a, now_ms);
    if (str_is_empty(clean))
        return err_new(a, ERR_INVALID,
                       "a migration's name needs a letter or a digit, '%.*s'"
                       " has none",
                       STR_ARG(title));
    if (l->count > 0) {
        str newest = str_slice(l->items[l->count - 1].name, 0, TIME_DIGITS);
        int64_t digits = 0;
        bool is_number = str_parse_int64(newest, &digits);
        /* A colleague's clock, or two in one second. What results need not be a
         * time, only later. */
        if (is_number && str_compare(now, newest) <= 0)
            now = arena_printf(a, "%014lld", (long long)digits + 1);
    }
    *out = arena_printf(a, "%.*s_%.*s", STR_ARG(now), STR_ARG(clean));
    return NULL;
}

/* ---- Writing -------------------------------------------------------------*/

static err *make_folder(arena *a, str path) {
    if (mkdir(arena_cstr(a, path), 0755) == 0 || errno == EEXIST)
        return NULL;
    return err_new(a, ERR_IO, "cannot make the folder %.*s: %s", STR_ARG(path),
                   strerrordesc_np(errno));
}

static str file_of(arena *a, str folder, const migration_draft *m, str file) {
    return arena_printf(a, "%.*s/%.*s/%.*s", STR_ARG(folder), STR_ARG(m->name),
                        STR_ARG(file));
}

static str sql_file(arena *a, str folder, const migration_draft *m,
                    engine_kind engine) {
    str name = engine_kind_name(engine);
    return file_of(a, folder, m, arena_printf(a, "%.*s.sql", STR_ARG(name)));
}

err *migration_write(arena *a, str folder, const migration_draft *m) {
    TRY(make_folder(a, folder));
    TRY(make_folder(
        a, arena_printf(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(m->name))));
    for (int e = 0; e < ENGINE_KIND_COUNT; e++)
        TRY(file_create(a, sql_file(a, folder, m, (engine_kind)e), m->sql[e]));
    return file_create(a, file_of(a, folder, m, STR("schema.prisma")),
                       m->schema);
}

void migration_remove(arena *a, str folder, const migration_draft *m) {
    for (int e = 0; e < ENGINE_KIND_COUNT; e++)
        (void)unlink(arena_cstr(a, sql_file(a, folder, m, (engine_kind)e)));
    (void)unlink(arena_cstr(a, file_of(a, folder, m, STR("schema.prisma"))));
    (void)rmdir(arena_cstr(
        a, arena_printf(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(m->name))));
}
