/* main.c: reads the command line, runs one command, prints what went wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/command.h"
#include "bin/command_line.h"

/* What a database server or a file says must not command the terminal: C0, DEL
 * and C1, ECMA-48, 5.2 and 5.3. */
static void blank_controls(char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool is_c1 = c == 0xC2 && i + 1 < len && (text[i + 1] & 0xE0) == 0x80;
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7F || is_c1)
            text[i] = '?';
        if (is_c1)
            text[i + 1] = '?';
    }
}

static void print_failure(const err *e) {
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    buf_append(&text, STR("tenon: "));
    err_print(&text, e);
    buf_append_char(&text, '\n');
    if (!str_is_empty(e->details))
        buf_printf(&text, "%.*s\n", STR_ARG(e->details));
    if (!str_is_empty(e->hint))
        buf_printf(&text, "hint: %.*s\n", STR_ARG(e->hint));
    blank_controls(text.ptr, text.len);
    fwrite(text.ptr, 1, text.len, stderr);
}

void command_flush(command_context *c) {
    if (c->out->len > 0)
        fwrite(c->out->ptr, 1, c->out->len, stdout);
    fflush(stdout);
    buf_clear(c->out, 0);
}

/* What a command prints at once is the dump of a schema at the most. */
enum { MAX_OUTPUT = 1 << 30 };

/* Output that others read, perhaps from a disk that is full, is whole or the
 * command has failed. */
static err *finish_output(command_context *c) {
    if (c->out->is_overflown)
        return err_new(c->arena, ERR_TOO_LARGE,
                       "there is more to print than %d MiB", MAX_OUTPUT >> 20);
    command_flush(c);
    if (ferror(stdout) != 0)
        return err_new(c->arena, ERR_IO, "cannot write the output: %s",
                       strerrordesc_np(errno));
    return NULL;
}

int main(int argc, char **argv) {
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf out = buf_new(MAX_OUTPUT);
    command_context context = {.arena = a, .out = &out};
    const command *chosen = NULL;

    err *e = command_line_parse(a, argc, argv, &chosen, &context);
    if (e != NULL) {
        print_failure(e);
        return 2;
    }
    e = chosen->run(&context);
    err *unwritten = finish_output(&context);
    if (e == NULL)
        e = unwritten;
    if (e == NULL)
        return context.exit_code;
    print_failure(e);
    return context.exit_code != 0 ? context.exit_code : 1;
}
