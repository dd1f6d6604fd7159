/* lsp.c: the language server, over standard input and output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bin/command.h"
#include "language/language_server.h"
#include "language/rpc_frame.h"

enum { READ_SIZE = 65536, KEPT_SIZE = 1 << 20 };

/* One message may lead to diagnostics of all open documents. */
enum { MAX_OUT = 8 * RPC_MAX_BODY };

static err *write_all(arena *a, str bytes) {
    if (fwrite(bytes.ptr, 1, bytes.len, stdout) != bytes.len ||
        fflush(stdout) != 0)
        return err_new(a, ERR_IO, "writing to the editor: %s", strerror(errno));
    return NULL;
}

/* Takes the whole messages off the front of `in`. */
static err *take_messages(arena *a, language_server *s, buf *in) {
    CLEANUP(buf_free) buf out = buf_new(MAX_OUT);
    str rest = buf_str(in);
    str body;
    rpc_frame_state state;
    int exit_code;
    while ((state = rpc_frame_read(&rest, &body)) == RPC_FRAME_WHOLE) {
        language_server_take(s, body, &out);
        if (out.is_overflown)
            return err_new(a, ERR_TOO_LARGE, "the answer is too large");
        if (out.len > 0)
            TRY(write_all(a, buf_str(&out)));
        buf_clear(&out, KEPT_SIZE);
        if (language_server_has_ended(s, &exit_code))
            return NULL;
    }
    if (state == RPC_FRAME_BROKEN)
        return err_with_hint(
            err_new(a, ERR_INVALID, "this is not the protocol of editors"),
            STR("an editor starts tenon lsp; see docs/editors.md"));
    buf_drop_front(in, in->len - rest.len);
    return NULL;
}

/* False at the end of the input. */
static err *read_more(arena *a, buf *in, bool *is_open) {
    char *to = buf_reserve(in, READ_SIZE);
    if (to == NULL)
        return err_new(a, ERR_TOO_LARGE, "the editor's message is too large");
    ssize_t n = read(STDIN_FILENO, to, READ_SIZE);
    if (n < 0 && errno != EINTR)
        return err_new(a, ERR_IO, "reading from the editor: %s",
                       strerror(errno));
    *is_open = n != 0;
    buf_commit(in, n > 0 ? (size_t)n : 0);
    return NULL;
}

static err *converse(command_context *c, language_server *s) {
    CLEANUP(buf_free) buf in = buf_new(RPC_MAX_HEAD + RPC_MAX_BODY);
    bool is_open = true;
    while (is_open && !language_server_has_ended(s, &c->exit_code)) {
        TRY(read_more(c->arena, &in, &is_open));
        TRY(take_messages(c->arena, s, &in));
    }
    /* An editor that died said no "exit". */
    if (!language_server_has_ended(s, &c->exit_code))
        c->exit_code = 1;
    return NULL;
}

err *command_lsp(command_context *c) {
    language_server *s = language_server_new();
    err *e = converse(c, s);
    language_server_free(s);
    return e;
}
