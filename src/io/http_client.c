#include "io/http_client.h"

#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/buf.h"
#include "io/blocking.h"
#include "io/curl_library.h"
#include "io/http_client_request.h"

enum {
    CONNECT_TIMEOUT_MS = 10 * 1000,
    ADDRESS_TEXT = NI_MAXHOST + 8, /* "[fe80::1%eth0]:65535" */
};

struct http_client {
    const http_client_config *config;
    pthread_mutex_t lock; /* over what follows */
    arena *a;             /* NULL until the first request; has the threads */
    blocking_pool *threads;
    curl_library curl;
    /* With their connections. */
    CURL *idle[HTTP_CLIENT_THREADS];
    size_t idle_count;
};

/* One request, on the stack of the fiber that waits. */
typedef struct exchange {
    http_client *client;
    arena *a; /* the fiber's, which waits */
    const http_client_request *request;
    const char *url;
    str host;
    bool is_https;
    struct curl_slist *headers;
    char refused[ADDRESS_TEXT]; /* where the socket was to go, or "" */
    buf head;                   /* "name\0value\0" of each header */
    buf body;
    long status;
} exchange;

/* ---- The URL ------------------------------------------------------------- */

static err *refuse_url(arena *a, const char *why) {
    /* Without the URL, which may have a secret in it. */
    return err_new(a, ERR_INVALID, "the URL of the request %s", why);
}

/* A part of a URL, in the arena; empty when it has none. */
static str url_part(arena *a, const curl_library *l, CURLU *url,
                    CURLUPart part) {
    char *text = NULL;
    if ((l->curl_url_get)(url, part, &text, 0) != CURLUE_OK)
        return (str){0};
    str copy = arena_copy(a, str_of(text));
    free(text);
    return copy;
}

static err *read_url(exchange *x, CURLU *url) {
    const curl_library *l = &x->client->curl;
    arena *a = x->a;
    if (memchr(x->request->url.ptr, '\0', x->request->url.len) != NULL ||
        (l->curl_url_set)(url, CURLUPART_URL, x->url,
                          CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return refuse_url(a, "cannot be read as one");
    str scheme = url_part(a, l, url, CURLUPART_SCHEME);
    x->host = url_part(a, l, url, CURLUPART_HOST);
    x->is_https = str_equal_ignoring_case(scheme, STR("https"));
    if (!x->is_https && !str_equal_ignoring_case(scheme, STR("http")))
        return refuse_url(a, "does not begin with https://");
    if (!str_is_empty(url_part(a, l, url, CURLUPART_USER)) ||
        !str_is_empty(url_part(a, l, url, CURLUPART_PASSWORD)))
        return err_with_hint(refuse_url(a, "has a user or a password in it"),
                             STR("send the header Authorization"));
    return NULL;
}

static err *check_url(exchange *x) {
    const curl_library *l = &x->client->curl;
    CURLU *url = (l->curl_url)();
    if (url == NULL)
        return err_new(x->a, ERR_UNAVAILABLE, "no memory for a request");
    err *e = read_url(x, url);
    (l->curl_url_cleanup)(url);
    return e;
}

/* ---- On a thread --------------------------------------------------------- */

static bool is_allowed(const exchange *x, const struct sockaddr *address) {
    const http_client_config *config = x->client->config;
    uint16_t port = address_port(address);
    for (size_t i = 0; i < config->allowed_count; i++) {
        if (address_range_has(&config->allowed[i], address))
            return true;
    }
    return x->is_https && (port == 443 || port == 8443) &&
           address_is_global(address);
}

static void note_refused(exchange *x, const struct curl_sockaddr *address) {
    char host[NI_MAXHOST] = "?";
    (void)getnameinfo(&address->addr, address->addrlen, host, sizeof host, NULL,
                      0, NI_NUMERICHOST);
    (void)snprintf(x->refused, sizeof x->refused,
                   strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host,
                   address_port(&address->addr));
}

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
    exchange *x = context;
    if (purpose != CURLSOCKTYPE_IPCXN || !is_allowed(x, &address->addr)) {
        note_refused(x, address);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    exchange *x = context;
    buf_append(&x->body, (str){bytes, size * count});
    return x->body.is_overflown ? 0 : size * count;
}

static void append_lower(buf *out, str s) {
    for (size_t i = 0; i < s.len; i++)
        buf_append_char(out, ascii_lower(s.ptr[i]));
}

/* A line each; those of an answer before the last one are forgotten. */
static size_t take_header(char *bytes, size_t size, size_t count,
                          void *context) {
    exchange *x = context;
    str line = {bytes, size * count};
    if (str_starts_with(line, STR("HTTP/")))
        buf_clear(&x->head, SIZE_MAX);
    str value = line;
    str name = str_split(&value, ':');
    if (name.len < line.len && memchr(bytes, '\0', line.len) == NULL) {
        append_lower(&x->head, str_trim(name));
        buf_append_char(&x->head, '\0');
        buf_append(&x->head, str_trim(value));
        buf_append_char(&x->head, '\0');
    }
    return x->head.is_overflown ? 0 : size * count;
}

static bool add_header(exchange *x, const char *line) {
    struct curl_slist *longer =
        (x->client->curl.curl_slist_append)(x->headers, line);
    if (longer == NULL)
        return false;
    x->headers = longer;
    return true;
}

/* libcurl leaves out a header that ends in ':' and sends an empty one for ';'. */
static bool make_headers(exchange *x) {
    static const char *const OWN[] = {
        "Expect:", "Content-Type:", "User-Agent: tenon"};
    const http_client_request *r = x->request;
    for (size_t i = 0; i < LENGTH(OWN); i++) {
        bool is_given = false;
        str name =
            str_slice(str_of(OWN[i]), 0, str_find_char(str_of(OWN[i]), ':'));
        for (size_t h = 0; h < r->header_count; h++)
            is_given =
                is_given || str_equal_ignoring_case(r->headers[h].name, name);
        if (!is_given && !add_header(x, OWN[i]))
            return false;
    }
    for (size_t i = 0; i < r->header_count; i++) {
        const http_client_header *h = &r->headers[i];
        str line = str_is_empty(str_trim(h->value))
                       ? arena_printf(x->a, "%.*s;", STR_ARG(h->name))
                       : arena_printf(x->a, "%.*s: %.*s", STR_ARG(h->name),
                                      STR_ARG(h->value));
        if (!add_header(x, arena_cstr(x->a, line)))
            return false;
    }
    return true;
}

#define SET(option, value) (l->curl_easy_setopt)(handle, (option), (value))

static void set_rules(const exchange *x, CURL *handle) {
    const curl_library *l = &x->client->curl;
    str authorities = x->client->config->authorities;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_PROTOCOLS_STR, x->is_https ? "https" : "http");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)(uintptr_t)x);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!str_is_empty(authorities))
        SET(CURLOPT_CAINFO, arena_cstr(x->a, authorities));
}

static void set_request(exchange *x, CURL *handle) {
    const curl_library *l = &x->client->curl;
    const http_client_request *r = x->request;
    SET(CURLOPT_URL, x->url);
    if (r->body.len > 0) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        SET(CURLOPT_POSTFIELDS, r->body.ptr);
    }
    if (str_equal(r->method, STR("HEAD")))
        SET(CURLOPT_NOBODY, 1L);
    else
        SET(CURLOPT_CUSTOMREQUEST, arena_cstr(x->a, r->method));
    SET(CURLOPT_HTTPHEADER, x->headers);
    SET(CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, (void *)x);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, (void *)x);
}

/* What libcurl says names the host and the port, and no more of the URL. */
static err *explain(const exchange *x, CURLcode code) {
    str host = x->host;
    if (x->refused[0] != '\0')
        return err_with_hint(
            err_new(x->a, ERR_DENIED, "requests to %s (%.*s) are not allowed",
                    x->refused, STR_ARG(host)),
            STR("they go to public addresses by https, ports 443 and 8443; "
                "--outbound-allow opens others"));
    if (x->body.is_overflown || x->head.is_overflown)
        return err_new(x->a, ERR_TOO_LARGE,
                       "the answer of %.*s has more than %zu bytes",
                       STR_ARG(host), x->request->most_bytes);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return err_new(x->a, ERR_TIMEOUT, "%.*s did not answer within %lld ms",
                       STR_ARG(host), (long long)x->request->timeout_ms);
    return err_new(x->a, ERR_UNAVAILABLE, "no answer from %.*s: %s",
                   STR_ARG(host), x->client->curl.curl_easy_strerror(code));
}

static err *perform(exchange *x, CURL *handle) {
    const curl_library *l = &x->client->curl;
    if (!make_headers(x))
        return err_new(x->a, ERR_UNAVAILABLE, "no memory for a request");
    set_rules(x, handle);
    set_request(x, handle);
    CURLcode code = (l->curl_easy_perform)(handle);
    if (code != CURLE_OK)
        return explain(x, code);
    (void)(l->curl_easy_getinfo)(handle, CURLINFO_RESPONSE_CODE, &x->status);
    return NULL;
}

static CURL *take_handle(http_client *c) {
    CURL *handle = NULL;
    pthread_mutex_lock(&c->lock);
    if (c->idle_count > 0)
        handle = c->idle[--c->idle_count];
    pthread_mutex_unlock(&c->lock);
    return handle != NULL ? handle : (c->curl.curl_easy_init)();
}

static void give_handle(http_client *c, CURL *handle) {
    (c->curl.curl_easy_reset)(handle);
    pthread_mutex_lock(&c->lock);
    ASSERT(c->idle_count < HTTP_CLIENT_THREADS);
    c->idle[c->idle_count++] = handle;
    pthread_mutex_unlock(&c->lock);
}

static err *run(void *argument) {
    exchange *x = argument;
    http_client *c = x->client;
    TRY(check_url(x));
    CURL *handle = take_handle(c);
    if (handle == NULL)
        return err_new(x->a, ERR_UNAVAILABLE, "no memory for a request");
    err *e = perform(x, handle);
    give_handle(c, handle);
    (c->curl.curl_slist_free_all)(x->headers);
    return e;
}

/* ---- The first request --------------------------------------------------- */

static err *load(http_client *c, arena *a) {
    TRY(curl_library_load(a, &c->curl));
    if ((c->curl.curl_global_init)(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_new(a, ERR_UNAVAILABLE, "libcurl cannot be used");
    arena *own = arena_new();
    err *e = blocking_pool_new(own, HTTP_CLIENT_THREADS, HTTP_CLIENT_QUEUE,
                               &c->threads);
    if (e == NULL) {
        c->a = own;
        return NULL;
    }
    err *told = err_new(a, e->code, "%.*s", STR_ARG(e->message));
    arena_free(own);
    return told;
}

static err *load_once(http_client *c, arena *a) {
    pthread_mutex_lock(&c->lock);
    err *e = c->a == NULL ? load(c, a) : NULL;
    pthread_mutex_unlock(&c->lock);
    return e;
}

/* ---- The answer ---------------------------------------------------------- */

static str take_text(str *rest) {
    return str_split(rest, '\0');
}

static void read_head(const exchange *x, http_client_answer *out) {
    str rest = arena_copy(x->a, buf_str(&x->head));
    http_client_header *headers = NULL;
    while (rest.len > 0) {
        http_client_header h;
        h.name = take_text(&rest);
        h.value = take_text(&rest);
        ARENA_PUSH(x->a, headers, out->header_count, h);
    }
    out->headers = headers;
}

static void exchange_free(exchange *x) {
    buf_free(&x->head);
    buf_free(&x->body);
}

err *http_client_send(http_client *c, arena *a,
                      const http_client_request *request,
                      http_client_answer *out) {
    CLEANUP(exchange_free)
    exchange x = {.client = c,
                  .a = a,
                  .request = request,
                  .url = arena_cstr(a, request->url),
                  .head = buf_new(HTTP_CLIENT_HEADER_BYTES),
                  .body = buf_new(request->most_bytes)};
    *out = (http_client_answer){0};
    TRY(http_client_request_check(a, request));
    TRY(load_once(c, a));
    TRY(blocking_run(a, c->threads, run, &x));
    out->status = (int)x.status;
    read_head(&x, out);
    out->body = arena_copy(a, buf_str(&x.body));
    return NULL;
}

/* ---- Life ---------------------------------------------------------------- */

http_client *http_client_new(arena *a, const http_client_config *config) {
    http_client *c = arena_new_array(a, http_client, 1);
    *c = (http_client){.config = config};
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void http_client_free(http_client *c) {
    if (c == NULL)
        return;
    if (c->a != NULL)
        blocking_pool_free(c->threads);
    for (size_t i = 0; i < c->idle_count; i++)
        (c->curl.curl_easy_cleanup)(c->idle[i]);
    if (c->a != NULL)
        arena_free(c->a);
    pthread_mutex_destroy(&c->lock);
}
