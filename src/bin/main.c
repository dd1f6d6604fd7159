/* main.c: reads the command line, runs one command, prints what went wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bin/command.h"
#include "bin/command_line.h"

static void print_failure(const err *e) {
    CLEANUP(buf_free) buf text = buf_new(64 * 1024);
    buf_append(&text, STR("tenon: "));
    err_print(&text, e);
    buf_append_char(&text, '\n');
    if (!str_is_empty(e->details))
        buf_printf(&text, "%.*s\n", STR_ARG(e->details));
    if (!str_is_empty(e->hint))
        buf_printf(&text, "hint: %.*s\n", STR_ARG(e->hint));
    fwrite(text.ptr, 1, text.len, stderr);
}

void command_flush(command_context *c) {
    if (c->out->len > 0)
        fwrite(c->out->ptr, 1, c->out->len, stdout);
    fflush(stdout);
    buf_clear(c->out, 0);
}

int main(int argc, char **argv) {
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf out = buf_new(64 * 1024 * 1024);
    command_context context = {.arena = a, .out = &out};
    const command *chosen = NULL;

    err *e = command_line_parse(a, argc, argv, &chosen, &context);
    if (e != NULL) {
        print_failure(e);
        return 2;
    }
    e = chosen->run(&context);
    command_flush(&context);
    if (e == NULL)
        return context.exit_code;
    print_failure(e);
    return context.exit_code != 0 ? context.exit_code : 1;
}
