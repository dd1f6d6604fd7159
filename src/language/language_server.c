#include "language/language_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/attr.h"
#include "language/request.h"
#include "language/rpc_frame.h"

/* JSON-RPC 2.0, 5.1; LSP 3.17, "Base Protocol". */
typedef enum rpc_error {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_NOT_INITIALIZED = -32002,
    RPC_REQUEST_FAILED = -32803,
} rpc_error;

typedef enum server_state {
    SERVER_NEW,
    SERVER_READY,
    SERVER_SHUT_DOWN,
    SERVER_ENDED,
} server_state;

struct language_server {
    workspace workspace;
    text_encoding encoding;
    server_state state;
    int exit_code;
    arena *arena; /* of the message under way */
    text_lines lines[REQUEST_TEXTS];
    buf *out;
};

language_server *language_server_new(void) {
    language_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        PANIC("out of memory");
    s->arena = arena_new();
    return s;
}

void language_server_free(language_server *s) {
    workspace_free(&s->workspace);
    arena_free(s->arena);
    free(s);
}

bool language_server_has_ended(const language_server *s, int *exit_code) {
    *exit_code = s->exit_code;
    return s->state == SERVER_ENDED;
}

/* ---- what goes out -------------------------------------------------------*/

static json_page begin_message(buf *body) {
    json_page p = {.out = body};
    json_page_open(&p, STR(""), '{');
    json_page_text(&p, STR("jsonrpc"), STR("2.0"));
    return p;
}

/* What became too large is not sent, since it would be cut off. */
static void send_message(language_server *s, json_page *p) {
    json_page_close(p, '}');
    if (!p->out->is_overflown)
        rpc_frame_write(s->out, buf_str(p->out));
}

static void write_id(json_page *p, const json *id) {
    if (id->kind == JSON_STRING)
        json_page_text(p, STR("id"), id->text);
    else
        json_page_raw(p, STR("id"), id->text);
}

static void send_error(language_server *s, const json *id, rpc_error code,
                       str text) {
    CLEANUP(buf_free) buf body = buf_new(RPC_MAX_BODY);
    json_page p = begin_message(&body);
    if (id != NULL)
        write_id(&p, id);
    else
        json_page_raw(&p, STR("id"), STR("null"));
    json_page_open(&p, STR("error"), '{');
    json_page_number(&p, STR("code"), code);
    json_page_text(&p, STR("message"), text);
    json_page_close(&p, '}');
    send_message(s, &p);
}

static request request_of(language_server *s, const json *params,
                          json_page *result) {
    static const json NOTHING = {.kind = JSON_OBJECT};
    return (request){s->arena,      params != NULL ? params : &NOTHING,
                     &s->workspace, s->encoding,
                     s->lines,      result};
}

/* ---- diagnostics ---------------------------------------------------------*/

static void write_diag(const request *r, const diag *d) {
    bool is_warning = diag_code_severity(d->code) == DIAG_WARNING;
    str message = d->message;
    if (!str_is_empty(d->help))
        message = arena_printf(r->arena, "%.*s\n%.*s", STR_ARG(message),
                               STR_ARG(d->help));
    json_page_open(r->result, STR(""), '{');
    request_write_range(r, STR("range"), d->span.source->text, d->span.from,
                        d->span.to);
    json_page_number(r->result, STR("severity"), is_warning ? 2 : 1);
    json_page_text(r->result, STR("code"), str_of(diag_code_text(d->code)));
    json_page_text(r->result, STR("source"), STR("tenon"));
    json_page_text(r->result, STR("message"), message);
    json_page_open(r->result, STR("relatedInformation"), '[');
    for (size_t i = 0; i < d->place_count; i++) {
        json_page_open(r->result, STR(""), '{');
        request_write_location(r, STR("location"), d->places[i].span);
        json_page_text(r->result, STR("message"), d->places[i].text);
        json_page_close(r->result, '}');
    }
    json_page_close(r->result, ']');
    json_page_close(r->result, '}');
}

/* a: NULL says that nothing is wrong, for a document that was closed. */
static void publish(language_server *s, str uri, const analysis *a) {
    CLEANUP(buf_free) buf body = buf_new(RPC_MAX_BODY);
    json_page p = begin_message(&body);
    request r = request_of(s, NULL, &p);
    json_page_text(&p, STR("method"), STR("textDocument/publishDiagnostics"));
    json_page_open(&p, STR("params"), '{');
    json_page_text(&p, STR("uri"), uri);
    json_page_open(&p, STR("diagnostics"), '[');
    for (size_t i = 0; a != NULL && i < a->diags.count; i++) {
        if (a->diags.items[i].span.source == a->source)
            write_diag(&r, &a->diags.items[i]);
    }
    json_page_close(&p, ']');
    json_page_close(&p, '}');
    send_message(s, &p);
}

/* What one document says changes what is wrong with those that import it. */
static void publish_all(language_server *s) {
    for (size_t i = 0; i < s->workspace.count; i++) {
        const document *d = &s->workspace.items[i];
        publish(s, d->uri, analysis_run(s->arena, &s->workspace, d));
    }
}

/* ---- notifications -------------------------------------------------------*/

static const json *member(const json *object, str name) {
    return object != NULL && object->kind == JSON_OBJECT
               ? json_find(object, name)
               : NULL;
}

static str text_member(const json *object, str name) {
    return object != NULL && object->kind == JSON_OBJECT
               ? request_text(object, name)
               : STR("");
}

static void take_open(language_server *s, const json *params) {
    const json *named = member(params, STR("textDocument"));
    str uri = text_member(named, STR("uri"));
    if (str_is_empty(uri))
        return;
    workspace_put(&s->workspace, uri, text_member(named, STR("text")));
    publish_all(s);
}

/* Whole texts, as the capabilities ask for; the last one counts. */
static void take_change(language_server *s, const json *params) {
    str uri = text_member(member(params, STR("textDocument")), STR("uri"));
    const json *changes = member(params, STR("contentChanges"));
    if (workspace_find(&s->workspace, uri) == NULL || changes == NULL ||
        changes->kind != JSON_ARRAY || changes->count == 0)
        return;
    const json *last = &changes->items[changes->count - 1];
    workspace_put(&s->workspace, uri, text_member(last, STR("text")));
    publish_all(s);
}

static void take_close(language_server *s, const json *params) {
    str uri = text_member(member(params, STR("textDocument")), STR("uri"));
    str kept = arena_copy(s->arena, uri);
    workspace_remove(&s->workspace, uri);
    publish(s, kept, NULL);
    publish_all(s);
}

static void take_exit(language_server *s, const json *params) {
    (void)params;
    s->exit_code = s->state == SERVER_SHUT_DOWN ? 0 : 1;
    s->state = SERVER_ENDED;
}

static const struct notification {
    str method;
    void (*take)(language_server *s, const json *params);
} NOTIFICATIONS[] = {
    {STR_INIT("textDocument/didOpen"), take_open},
    {STR_INIT("textDocument/didChange"), take_change},
    {STR_INIT("textDocument/didClose"), take_close},
    {STR_INIT("exit"), take_exit},
};

/* Others need no answer: "initialized", "$/cancelRequest" and the like. */
static void take_notification(language_server *s, str method,
                              const json *params) {
    for (size_t i = 0; i < LENGTH(NOTIFICATIONS); i++) {
        if (str_equal(NOTIFICATIONS[i].method, method))
            NOTIFICATIONS[i].take(s, params);
    }
}

/* ---- requests ------------------------------------------------------------*/

static const struct method {
    str name;
    err *(*answer)(const request *r);
} METHODS[] = {
    {STR_INIT("textDocument/hover"), request_hover},
    {STR_INIT("textDocument/completion"), request_completion},
    {STR_INIT("textDocument/definition"), request_definition},
    {STR_INIT("textDocument/references"), request_references},
    {STR_INIT("textDocument/prepareRename"), request_prepare_rename},
    {STR_INIT("textDocument/rename"), request_rename},
    {STR_INIT("textDocument/formatting"), request_formatting},
    {STR_INIT("textDocument/documentSymbol"), request_outline},
};

static const struct method *find_method(str name) {
    for (size_t i = 0; i < LENGTH(METHODS); i++) {
        if (str_equal(METHODS[i].name, name))
            return &METHODS[i];
    }
    return NULL;
}

/* Bytes, if the editor can: then nothing has to be counted. */
static text_encoding choose_encoding(const json *params) {
    const json *offered =
        member(member(member(params, STR("capabilities")), STR("general")),
               STR("positionEncodings"));
    for (size_t i = 0;
         offered != NULL && offered->kind == JSON_ARRAY && i < offered->count;
         i++) {
        if (str_equal(offered->items[i].text, STR("utf-8")))
            return TEXT_UTF8;
    }
    return TEXT_UTF16;
}

static void write_capabilities(language_server *s, json_page *p) {
    json_page_open(p, STR("capabilities"), '{');
    json_page_text(p, STR("positionEncoding"),
                   s->encoding == TEXT_UTF8 ? STR("utf-8") : STR("utf-16"));
    json_page_number(p, STR("textDocumentSync"), 1); /* whole texts */
    json_page_raw(p, STR("completionProvider"),
                  STR("{\"triggerCharacters\": [\"@\", \".\", \"(\", \"[\"]}"));
    json_page_bool(p, STR("hoverProvider"), true);
    json_page_bool(p, STR("definitionProvider"), true);
    json_page_bool(p, STR("referencesProvider"), true);
    json_page_raw(p, STR("renameProvider"), STR("{\"prepareProvider\": true}"));
    json_page_bool(p, STR("documentFormattingProvider"), true);
    json_page_bool(p, STR("documentSymbolProvider"), true);
    json_page_close(p, '}');
    json_page_raw(
        p, STR("serverInfo"),
        STR("{\"name\": \"tenon\", \"version\": \"" TENON_VERSION "\"}"));
}

/* "rootUri", which workspace folders have made old and everybody still sends. */
static void take_root(language_server *s, const json *params) {
    str path;
    if (workspace_path_of_uri(s->arena, text_member(params, STR("rootUri")),
                              &path))
        workspace_set_root(&s->workspace, path);
}

static void answer_initialize(language_server *s, const json *id,
                              const json *params) {
    s->encoding = choose_encoding(params);
    s->state = SERVER_READY;
    take_root(s, params);
    CLEANUP(buf_free) buf body = buf_new(RPC_MAX_BODY);
    json_page p = begin_message(&body);
    write_id(&p, id);
    json_page_open(&p, STR("result"), '{');
    write_capabilities(s, &p);
    json_page_close(&p, '}');
    send_message(s, &p);
}

static void answer_shutdown(language_server *s, const json *id) {
    s->state = SERVER_SHUT_DOWN;
    CLEANUP(buf_free) buf body = buf_new(RPC_MAX_BODY);
    json_page p = begin_message(&body);
    write_id(&p, id);
    json_page_raw(&p, STR("result"), STR("null"));
    send_message(s, &p);
}

static void answer(language_server *s, const struct method *method,
                   const json *id, const json *params) {
    CLEANUP(buf_free) buf result = buf_new(RPC_MAX_BODY - RPC_MAX_HEAD);
    json_page value = {.out = &result};
    request r = request_of(s, params, &value);
    err *e = method->answer(&r);
    if (e != NULL) {
        send_error(s, id, RPC_INVALID_PARAMS, e->message);
        return;
    }
    if (result.is_overflown) {
        send_error(s, id, RPC_REQUEST_FAILED, STR("the answer is too large"));
        return;
    }
    CLEANUP(buf_free) buf body = buf_new(RPC_MAX_BODY);
    json_page p = begin_message(&body);
    write_id(&p, id);
    json_page_raw(&p, STR("result"), str_trim(buf_str(&result)));
    send_message(s, &p);
}

static void take_request(language_server *s, const json *id, str name,
                         const json *params) {
    if (str_equal(name, STR("initialize")) && s->state == SERVER_NEW) {
        answer_initialize(s, id, params);
        return;
    }
    if (s->state == SERVER_NEW) {
        send_error(s, id, RPC_NOT_INITIALIZED, STR("initialize comes first"));
        return;
    }
    if (str_equal(name, STR("shutdown"))) {
        answer_shutdown(s, id);
        return;
    }
    const struct method *method = find_method(name);
    if (s->state == SERVER_SHUT_DOWN)
        send_error(s, id, RPC_INVALID_REQUEST, STR("exit comes next"));
    else if (method == NULL)
        send_error(
            s, id, RPC_METHOD_NOT_FOUND,
            arena_printf(s->arena, "'%.*s' is not supported", STR_ARG(name)));
    else
        answer(s, method, id, params);
}

/* ---- messages ------------------------------------------------------------*/

static void take(language_server *s, str body) {
    const json *message = NULL;
    if (json_parse(s->arena, body, &message) != NULL) {
        send_error(s, NULL, RPC_PARSE_ERROR, STR("the message is not JSON"));
        return;
    }
    str method = text_member(message, STR("method"));
    const json *id = member(message, STR("id"));
    bool has_id =
        id != NULL && (id->kind == JSON_NUMBER || id->kind == JSON_STRING);
    if (str_is_empty(method))
        send_error(s, has_id ? id : NULL, RPC_INVALID_REQUEST,
                   STR("the message has no method"));
    else if (has_id)
        take_request(s, id, method, member(message, STR("params")));
    else if (s->state != SERVER_NEW || str_equal(method, STR("exit")))
        take_notification(s, method, member(message, STR("params")));
}

void language_server_take(language_server *s, str body, buf *out) {
    s->out = out;
    take(s, body);
    memset(s->lines, 0, sizeof s->lines);
    arena_reset(s->arena);
}
