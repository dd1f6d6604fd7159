#include "schema/files.h"

#include "base/file.h"
#include "base/folder.h"
#include "base/map.h"
#include "schema/parser.h"

static const str EXTENSIONS[] = {STR_INIT(".prisma"), STR_INIT(".zmodel")};

static err *read_disk(const file_reader *r, arena *a, str path, str *out) {
    (void)r;
    return file_read(a, path, out);
}

const file_reader FILE_READER_DISK = {.read = read_disk};

typedef struct collector {
    arena *arena;
    const file_reader *reader;
    diag_list *diags;
    const syntax_file **items;
    size_t count;
    map *seen; /* paths */
    size_t bytes;
    bool is_damaged;
} collector;

/* ---- Paths ---------------------------------------------------------------*/

/* The folder of "a/b.prisma" with its last slash, or empty. */
static str folder_of(str path) {
    size_t end = path.len;
    while (end > 0 && path.ptr[end - 1] != '/')
        end--;
    return str_slice(path, 0, end);
}

static void push_part(str *parts, size_t *count, str part) {
    bool is_up = str_equal(part, STR(".."));
    bool has_one = *count > 0 && !str_equal(parts[*count - 1], STR(".."));
    if (str_is_empty(part) || str_equal(part, STR(".")))
        return;
    if (is_up && has_one)
        (*count)--;
    else
        parts[(*count)++] = part;
}

/* Without "." and "a/..", so that one file has one name. Not for links. */
static str normalize(arena *a, str path) {
    str *parts = arena_new_array(a, str, path.len + 1);
    size_t count = 0;
    bool is_absolute = str_starts_with(path, STR("/"));
    for (str rest = path; !str_is_empty(rest);)
        push_part(parts, &count, str_split(&rest, '/'));
    char *out = arena_take(a, path.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 || is_absolute)
            out[len++] = '/';
        memcpy(out + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
    }
    out[len] = '\0';
    return (str){out, len};
}

bool schema_files_has_extension(str path) {
    for (size_t i = 0; i < LENGTH(EXTENSIONS); i++) {
        if (str_ends_with(path, EXTENSIONS[i]))
            return true;
    }
    return false;
}

/* ---- Reading -------------------------------------------------------------*/

static void add_text(collector *c, str path, str text) {
    source *s = arena_new_array(c->arena, source, 1);
    *s = (source){path, text};
    const syntax_file *file = parser_run(c->arena, s, c->diags);
    ARENA_PUSH(c->arena, c->items, c->count, file);
    c->bytes += text.len;
}

static bool is_seen(collector *c, str path) {
    return !map_add(c->seen, path, c);
}

static void report_import(collector *c, const syntax_import *import,
                          const char *message) {
    c->is_damaged = true;
    diag *d = diag_add(c->arena, c->diags, DIAG_BAD_IMPORT, import->path->span,
                       "cannot import '%.*s': %s", STR_ARG(import->path->text),
                       message);
    diag_help(c->arena, d,
              "a path starts at the file that imports, as in \"./other\"");
}

static void report_module(collector *c, const syntax_import *import) {
    c->is_damaged = true;
    diag_add(c->arena, c->diags, DIAG_MODULE_IMPORT, import->path->span,
             "the module '%.*s' is not part of this release",
             STR_ARG(import->path->text));
}

/* A file is not read again for each of its imports. */
static err *read_new(collector *c, str path, str *text) {
    if (map_find(c->seen, path) != NULL)
        return NULL;
    return c->reader->read(c->reader, c->arena, path, text);
}

/* The file of that path, or with an extension behind it. */
static err *find(collector *c, str path, str *found, str *text) {
    *found = path;
    err *e = NULL;
    if (schema_files_has_extension(path))
        return read_new(c, path, text);
    for (size_t i = 0; i < LENGTH(EXTENSIONS); i++) {
        *found = arena_printf(c->arena, "%.*s%.*s", STR_ARG(path),
                              STR_ARG(EXTENSIONS[i]));
        e = read_new(c, *found, text);
        if (e == NULL || e->code != ERR_NOT_FOUND)
            return e;
    }
    return e;
}

static void import_file(collector *c, const syntax_file *from,
                        const syntax_import *import) {
    str path = import->path->text;
    if (str_starts_with(path, STR("tenon/"))) {
        report_module(c, import);
        return;
    }
    if (str_is_empty(path) || str_starts_with(path, STR("/"))) {
        report_import(c, import, "it is not a relative path");
        return;
    }
    str folder = folder_of(from->source->path);
    path = normalize(c->arena, arena_printf(c->arena, "%.*s%.*s",
                                            STR_ARG(folder), STR_ARG(path)));
    str text = {0};
    str found;
    err *e = find(c, path, &found, &text);
    if (e != NULL)
        report_import(c, import,
                      e->code == ERR_NOT_FOUND
                          ? "there is no such file"
                          : arena_cstr(c->arena, e->message));
    else if (is_seen(c, found))
        return;
    else if (text.len > SCHEMA_MAX_BYTES - c->bytes)
        report_import(c, import, "the schema is too large");
    else
        add_text(c, found, text);
}

/* Files that are imported come behind those that import them, and their own
 * imports are read in their turn. */
static void follow_imports(collector *c) {
    for (size_t i = 0; i < c->count; i++) {
        const syntax_file *file = c->items[i];
        for (size_t k = 0; k < file->import_count; k++)
            import_file(c, file, &file->imports[k]);
    }
}

static err *add_file(collector *c, str path) {
    str text;
    if (is_seen(c, normalize(c->arena, path)))
        return NULL;
    TRY(c->reader->read(c->reader, c->arena, path, &text));
    if (text.len > SCHEMA_MAX_BYTES - c->bytes)
        return err_new(c->arena, ERR_TOO_LARGE,
                       "%.*s: the schema has more than %d MiB", STR_ARG(path),
                       SCHEMA_MAX_BYTES >> 20);
    add_text(c, path, text);
    return NULL;
}

/* Not in folders of other tools. */
static bool is_hidden(str name) {
    return str_starts_with(name, STR(".")) ||
           str_equal(name, STR("node_modules"));
}

/* "schemas/" is "schemas". */
static str without_slash(str path) {
    while (path.len > 1 && str_ends_with(path, STR("/")))
        path.len--;
    return path;
}

/* Folders that wait, in place of recursion. */
err *schema_files_find(arena *a, str folder, size_t max_folders, str **out,
                       size_t *count) {
    str *folders = NULL;
    size_t folder_count = 0;
    ARENA_PUSH(a, folders, folder_count, without_slash(folder));
    *count = 0;
    for (size_t i = 0; i < folder_count; i++) {
        if (max_folders > 0 && folder_count > max_folders)
            return err_new(a, ERR_TOO_LARGE, "%.*s has more than %zu folders",
                           STR_ARG(folder), max_folders);
        folder_entry *entries;
        size_t entry_count;
        TRY(folder_list(a, folders[i], &entries, &entry_count));
        for (size_t k = 0; k < entry_count; k++) {
            str inside = arena_printf(a, "%.*s/%.*s", STR_ARG(folders[i]),
                                      STR_ARG(entries[k].name));
            if (entries[k].is_folder && !is_hidden(entries[k].name))
                ARENA_PUSH(a, folders, folder_count, inside);
            else if (!entries[k].is_folder &&
                     schema_files_has_extension(inside))
                ARENA_PUSH(a, *out, *count, inside);
        }
    }
    if (*count > 0)
        return NULL;
    return err_new(a, ERR_NOT_FOUND,
                   "there is no .prisma or .zmodel file in %.*s",
                   STR_ARG(folder));
}

static err *add_folder(collector *c, str path) {
    str *paths = NULL;
    size_t count;
    TRY(schema_files_find(c->arena, path, c->reader->max_folders, &paths,
                          &count));
    for (size_t i = 0; i < count; i++)
        TRY(add_file(c, paths[i]));
    return NULL;
}

static schema_files finish(const collector *c, str path) {
    return (schema_files){path, c->items, c->count, c->is_damaged};
}

static collector begin(arena *a, const file_reader *r, diag_list *diags) {
    return (collector){
        .arena = a, .reader = r, .diags = diags, .seen = map_new(a)};
}

err *schema_files_read_with(arena *a, const file_reader *r, str path,
                            diag_list *diags, schema_files *out) {
    collector c = begin(a, r, diags);
    if (folder_exists(a, path))
        TRY(add_folder(&c, path));
    else
        TRY(add_file(&c, path));
    follow_imports(&c);
    *out = finish(&c, path);
    return NULL;
}

err *schema_files_read(arena *a, str path, diag_list *diags,
                       schema_files *out) {
    return schema_files_read_with(a, &FILE_READER_DISK, path, diags, out);
}

static err *read_nothing(const file_reader *r, arena *a, str path, str *out) {
    (void)r;
    (void)out;
    return err_new(a, ERR_NOT_FOUND, "%.*s is not here", STR_ARG(path));
}

schema_files schema_files_of_text(arena *a, str path, str text,
                                  diag_list *diags) {
    static const file_reader NOTHING = {.read = read_nothing};
    collector c = begin(a, &NOTHING, diags);
    (void)is_seen(&c, normalize(a, path));
    add_text(&c, path, text);
    follow_imports(&c);
    return finish(&c, path);
}

/* ---- The datasource ------------------------------------------------------*/

static const syntax_block *find_datasource(const schema_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        const syntax_file *file = files->items[i];
        for (size_t k = 0; k < file->block_count; k++) {
            if (file->blocks[k].kind == BLOCK_DATASOURCE)
                return &file->blocks[k];
        }
    }
    return NULL;
}

bool schema_files_provider(const schema_files *files, engine_kind *out) {
    const syntax_block *block = find_datasource(files);
    for (size_t i = 0; block != NULL && i < block->property_count; i++) {
        const syntax_property *p = &block->properties[i];
        if (str_equal(p->name.text, STR("provider")) && p->value != NULL)
            return engine_kind_find(p->value->text, out);
    }
    return false;
}
