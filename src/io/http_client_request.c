#include "io/http_client_request.h"

#include <string.h>

#include "base/ascii.h"
#include "base/assert.h"

static bool is_token(str s) {
    static const char MARKS[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) &&
            (c == '\0' || strchr(MARKS, c) == NULL))
            return false;
    }
    return s.len > 0;
}

/* RFC 9110, 5.5: without line breaks or other controls. */
static bool is_header_value(str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* The message's own frame is libcurl's to write. */
static bool is_framing(str name) {
    static const str NAMES[] = {
        STR_INIT("host"),    STR_INIT("content-length"),
        STR_INIT("te"),      STR_INIT("transfer-encoding"),
        STR_INIT("trailer"), STR_INIT("connection"),
        STR_INIT("expect"),  STR_INIT("upgrade"),
    };
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        if (str_equal_ignoring_case(name, NAMES[i]))
            return true;
    }
    return false;
}

static err *check_header(arena *a, const http_client_header *h) {
    if (!is_token(h->name))
        return err_new(a, ERR_INVALID, "'%.*s' is no name of a header",
                       STR_ARG(h->name));
    if (is_framing(h->name))
        return err_new(a, ERR_INVALID, "the header %.*s is not yours to set",
                       STR_ARG(h->name));
    if (!is_header_value(h->value))
        return err_new(a, ERR_INVALID,
                       "the value of the header %.*s has control characters",
                       STR_ARG(h->name));
    return NULL;
}

/* Upper case, as all methods are; a tunnel is no request. */
static err *check_method(arena *a, str method) {
    bool is_method = is_token(method) && !str_equal(method, STR("CONNECT"));
    for (size_t i = 0; i < method.len; i++)
        is_method =
            is_method && !(method.ptr[i] >= 'a' && method.ptr[i] <= 'z');
    return is_method
               ? NULL
               : err_new(a, ERR_INVALID, "'%.*s' is no method to ask with",
                         STR_ARG(method));
}

err *http_client_request_check(arena *a, const http_client_request *r) {
    ASSERT(r->timeout_ms > 0 && r->most_bytes > 0);
    TRY(check_method(a, r->method));
    for (size_t i = 0; i < r->header_count; i++)
        TRY(check_header(a, &r->headers[i]));
    return NULL;
}
