/* format.c: `tenon format`: schema files in their one layout. */
#include "schema/format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "bin/command.h"
#include "schema/files.h"
#include "schema/parser.h"

static bool is_stdin(str path) {
    return str_equal(path, STR("-"));
}

static str shown(str path) {
    return is_stdin(path) ? STR("(input)") : path;
}

static err *read_stdin(arena *a, str *out) {
    CLEANUP(buf_free) buf text = buf_new((size_t)PARSER_MAX_BYTES + 1);
    for (ssize_t n = 1; n != 0;) {
        char *to = buf_reserve(&text, 4096);
        if (to == NULL)
            return err_new(a, ERR_TOO_LARGE, "the input is larger than %d MiB",
                           PARSER_MAX_BYTES >> 20);
        n = read(STDIN_FILENO, to, 4096);
        if (n < 0 && errno != EINTR)
            return err_new(a, ERR_IO, "cannot read the input: %s",
                           strerrordesc_np(errno));
        buf_commit(&text, n > 0 ? (size_t)n : 0);
    }
    *out = arena_copy(a, buf_str(&text));
    return NULL;
}

/* What is wrong goes to where no formatted text goes. */
static void print_diags(diag_list *diags) {
    CLEANUP(buf_free) buf text = buf_new(FILE_MAX_BYTES);
    diag_sort(diags);
    diag_print(&text, diags, isatty(STDERR_FILENO) == 1);
    fwrite(text.ptr, 1, text.len, stderr);
}

/* False when the file cannot be read as a schema, which is printed. */
static bool format(arena *a, str path, str text, str *out) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){shown(path), text};
    diag_list diags = {0};
    const syntax_file *file = parser_run(a, s, &diags);
    if (diags.error_count > 0) {
        print_diags(&diags);
        return false;
    }
    *out = format_text(a, file);
    return true;
}

static err *put(command_context *c, str path, str old, str new) {
    bool is_equal = str_equal(old, new);
    if (command_has(c, STR("check"))) {
        if (is_equal)
            return NULL;
        buf_printf(c->out, "%.*s is not formatted\n", STR_ARG(shown(path)));
        c->exit_code = 1;
        return NULL;
    }
    if (is_stdin(path) || command_has(c, STR("stdout"))) {
        buf_append(c->out, new);
        return NULL;
    }
    if (is_equal)
        return NULL;
    TRY(file_replace(c->arena, path, new));
    buf_printf(c->out, "formatted %.*s\n", STR_ARG(path));
    return NULL;
}

static err *format_file(command_context *c, str path) {
    str old;
    str new;
    if (is_stdin(path))
        TRY(read_stdin(c->arena, &old));
    else
        TRY(file_read(c->arena, path, &old));
    if (!format(c->arena, path, old, &new)) {
        c->exit_code = 1;
        return NULL;
    }
    return put(c, path, old, new);
}

/* One file that cannot be read or written is no reason to leave the others. */
static err *format_folder(command_context *c, str path) {
    str *paths = NULL;
    size_t count;
    TRY(schema_files_find(c->arena, path, 0, &paths, &count));
    if (command_has(c, STR("stdout")) && count > 1)
        return err_new(c->arena, ERR_INVALID,
                       "--stdout prints one file, and %.*s has %zu",
                       STR_ARG(path), count);
    for (size_t i = 0; i < count; i++) {
        err *e = format_file(c, paths[i]);
        if (e == NULL)
            continue;
        c->exit_code = 1;
        fprintf(stderr, "tenon: %s\n", arena_cstr(c->arena, e->message));
    }
    return NULL;
}

err *command_format(command_context *c) {
    if (command_has(c, STR("check")) && command_has(c, STR("stdout")))
        return err_new(c->arena, ERR_INVALID,
                       "--check and --stdout exclude each other");
    str path = c->argument_count > 0 ? c->arguments[0]
                                     : config_text(&c->config, CONFIG_SCHEMA);
    return folder_exists(c->arena, path) ? format_folder(c, path)
                                         : format_file(c, path);
}
