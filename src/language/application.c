#include "language/application.h"

#include "base/file.h"
#include "base/folder.h"

/* Levels up, and folders below: a schema has few, a home has thousands. */
enum { MAX_LEVELS = 4, MAX_FOLDERS = 1000 };

/* The reader of a workspace. */
typedef struct overlay {
    file_reader reader; /* first */
    const workspace *workspace;
} overlay;

static err *read_overlay(const file_reader *r, arena *a, str path, str *out) {
    const overlay *o = (const overlay *)(const void *)r;
    const document *d = workspace_find_path(o->workspace, path);
    if (d == NULL)
        return file_read(a, path, out);
    *out = d->text;
    return NULL;
}

static str folder_of(str path) {
    size_t end = path.len;
    while (end > 0 && path.ptr[end - 1] != '/')
        end--;
    return str_slice(path, 0, end > 1 ? end - 1 : end);
}

static bool has_line(str text, str first_word) {
    while (text.len > 0) {
        str line = str_trim(str_split(&text, '\n'));
        if (str_starts_with(line, first_word))
            return true;
    }
    return false;
}

/* The one file in the folder that has a datasource. Empty without one; false
 * if there are several: then nobody knows. */
static bool find_first(arena *a, const overlay *o, str folder, str *out) {
    folder_entry *entries = NULL;
    size_t count = 0;
    if (folder_list(a, folder, &entries, &count) != NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].is_folder ||
            !schema_files_has_extension(entries[i].name))
            continue;
        str path = arena_printf(a, "%.*s/%.*s", STR_ARG(folder),
                                STR_ARG(entries[i].name));
        str text;
        if (read_overlay(&o->reader, a, path, &text) != NULL ||
            !has_line(text, STR("datasource ")))
            continue;
        if (!str_is_empty(*out))
            return false;
        *out = path;
    }
    return true;
}

static str find_nearest_first(arena *a, const overlay *o, str path) {
    str folder = folder_of(path);
    for (int i = 0; i < MAX_LEVELS && folder.len > 1; i++) {
        str first = {0};
        if (!find_first(a, o, folder, &first) || !str_is_empty(first))
            return first;
        if (str_equal(folder, o->workspace->root))
            break;
        folder = folder_of(folder);
    }
    return (str){0};
}

static bool contains(const schema_files *files, str path) {
    for (size_t i = 0; i < files->count; i++) {
        if (str_equal(files->items[i]->source->path, path))
            return true;
    }
    return false;
}

static size_t count_datasources(const schema_files *files) {
    size_t count = 0;
    for (size_t i = 0; i < files->count; i++) {
        const syntax_file *file = files->items[i];
        for (size_t k = 0; k < file->block_count; k++)
            count += file->blocks[k].kind == BLOCK_DATASOURCE ? 1 : 0;
    }
    return count;
}

/* The schema that begins with that file, if the document is part of it. */
static bool read_from(arena *a, const overlay *o, str first, str path,
                      diag_list *diags, schema_files *out) {
    str text = {0};
    str folder = folder_of(first);
    bool imports = read_overlay(&o->reader, a, first, &text) == NULL &&
                   has_line(text, STR("import "));
    bool is_folder = !imports && !str_equal(folder, o->workspace->root);
    err *e = schema_files_read_with(a, &o->reader, is_folder ? folder : first,
                                    diags, out);
    return e == NULL && contains(out, path) &&
           (!is_folder || count_datasources(out) == 1);
}

schema_files application_read(arena *a, const workspace *w, const document *d,
                              diag_list *diags) {
    overlay o = {{.read = read_overlay, .max_folders = MAX_FOLDERS}, w};
    schema_files files = {0};
    str first = str_starts_with(d->path, STR("/"))
                    ? find_nearest_first(a, &o, d->path)
                    : (str){0};
    if (!str_is_empty(first) && read_from(a, &o, first, d->path, diags, &files))
        return files;
    *diags = (diag_list){0};
    if (schema_files_read_with(a, &o.reader, d->path, diags, &files) == NULL &&
        contains(&files, d->path))
        return files;
    *diags = (diag_list){0};
    return schema_files_of_text(a, d->path, d->text, diags);
}
