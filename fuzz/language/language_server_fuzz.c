/*
 * Whatever the text, whichever place the cursor is at: each request gets one
 * answer, and all that is sent is well-formed frames of JSON.
 */
#include "language/language_server.h"

#include "base/assert.h"
#include "base/attr.h"
#include "base/json.h"
#include "base/utf8.h"
#include "language/rpc_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_MESSAGE = 1 << 20, MAX_TEXT = 4096 };

static const char *const METHODS[] = {
    "hover",  "completion", "definition",     "references",
    "rename", "formatting", "documentSymbol", "prepareRename",
};

/* The frames in out: how many were answers. */
static size_t count_answers(arena *a, str out) {
    size_t answers = 0;
    str body;
    while (out.len > 0) {
        rpc_frame_state state = rpc_frame_read(&out, &body);
        ASSERT(state == RPC_FRAME_WHOLE);
        const json *message = NULL;
        err *e = json_parse(a, body, &message);
        ASSERT(e == NULL);
        answers += json_find(message, STR("id")) != NULL;
    }
    return answers;
}

static void expect_answers(language_server *s, str body, size_t answers) {
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf out = buf_new(64 * MAX_MESSAGE);
    language_server_take(s, body, &out);
    ASSERT(count_answers(a, buf_str(&out)) == answers);
}

static void open_document(language_server *s, str text) {
    CLEANUP(buf_free) buf body = buf_new(MAX_MESSAGE);
    buf_append(&body, STR("{\"method\":\"textDocument/didOpen\",\"params\":{"
                          "\"textDocument\":{\"uri\":\"x:y\",\"text\":"));
    json_write_string(&body, text);
    buf_append(&body, STR("}}}"));
    expect_answers(s, buf_str(&body), 0);
}

static void ask(language_server *s, const char *method, size_t line,
                size_t character) {
    CLEANUP(buf_free) buf body = buf_new(MAX_MESSAGE);
    buf_printf(&body,
               "{\"id\":1,\"method\":\"textDocument/%s\",\"params\":{"
               "\"textDocument\":{\"uri\":\"x:y\"},\"newName\":\"b\","
               "\"position\":{\"line\":%zu,\"character\":%zu}}}",
               method, line, character);
    expect_answers(s, buf_str(&body), 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str text = {(const char *)data, size};
    if (size < 2 || size > MAX_TEXT || !utf8_is_valid(text))
        return 0;
    language_server *s = language_server_new();
    expect_answers(s, STR("{\"id\":0,\"method\":\"initialize\"}"), 1);
    open_document(s, text);
    for (size_t i = 0; i < LENGTH(METHODS); i++)
        ask(s, METHODS[i], data[0] % 16, data[size - 1] % 64);
    language_server_free(s);
    return 0;
}
