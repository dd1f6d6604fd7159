#include "api/rest/rest_raise.h"

#include "api/reply.h"
#include "api/rest/rest_scope.h"
#include "base/json.h"

bool rest_raise_is(const err *e) {
    return str_equal(e->foreign_code, STR("PGRST"));
}

/* ---- What is wrong with it ------------------------------------------------ */

static err *refuse(arena *a, str details, str hint) {
    err *e = err_new(a, ERR_RAISE,
                     "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" "
                     "error");
    return err_with_hint(err_with_details(e, details), hint);
}

static err *refuse_message(arena *a, const err *raised) {
    return refuse(a,
                  arena_printf(a, "Invalid JSON value for MESSAGE: '%.*s'",
                               STR_ARG(raised->message)),
                  STR("MESSAGE must be a JSON object with obligatory keys: "
                      "'code', 'message' and optional keys: 'details', "
                      "'hint'."));
}

static err *refuse_detail(arena *a, const err *raised) {
    str text = STR("DETAIL is missing in the RAISE statement");
    if (!str_is_empty(raised->details))
        text = arena_printf(a, "Invalid JSON value for DETAIL: '%.*s'",
                            STR_ARG(raised->details));
    return refuse(a, text,
                  STR("DETAIL must be a JSON object with obligatory keys: "
                      "'status', 'headers' and optional key: 'status_text'."));
}

/* ---- Its parts ------------------------------------------------------------ */

static bool take_text(const json *object, const char *name, str *out) {
    const json *member = json_find(object, str_of(name));
    bool is_text = member != NULL && member->kind == JSON_STRING;
    *out = is_text ? member->text : (str){0};
    return is_text;
}

/* The err that the body is made of. */
static err *read_message(arena *a, const err *raised, err *out) {
    const json *object;
    *out = *raised;
    err *e = json_parse(a, raised->message, &object);
    bool is_good = e == NULL && object->kind == JSON_OBJECT &&
                   take_text(object, "code", &out->foreign_code) &&
                   take_text(object, "message", &out->message);
    if (!is_good)
        return refuse_message(a, raised);
    (void)take_text(object, "details", &out->details);
    (void)take_text(object, "hint", &out->hint);
    return NULL;
}

static bool read_status(const json *detail, int *out) {
    int64_t status;
    const json *member = json_find(detail, STR("status"));
    if (member == NULL || !json_int64(member, &status) || status < 200 ||
        status > 599)
        return false;
    *out = (int)status;
    return true;
}

/* The headers; NULL when it is not in order. */
static const json *read_detail(arena *a, const err *raised, int *status) {
    const json *detail;
    if (str_is_empty(raised->details) ||
        json_parse(a, raised->details, &detail) != NULL ||
        detail->kind != JSON_OBJECT || !read_status(detail, status))
        return NULL;
    const json *headers = json_find(detail, STR("headers"));
    return headers != NULL && headers->kind == JSON_OBJECT ? headers : NULL;
}

static bool add_headers(const json *headers, http_reply *reply) {
    for (size_t i = 0; i < headers->count; i++) {
        const json *one = &headers->items[i];
        if (one->kind != JSON_STRING ||
            !rest_scope_add_header(reply, headers->keys[i], one->text))
            return false;
    }
    return true;
}

err *rest_raise_reply(arena *a, const err *e, http_reply *reply) {
    err told;
    int status = 0;
    size_t headers_before = reply->header_count;
    TRY(read_message(a, e, &told));
    const json *headers = read_detail(a, e, &status);
    if (headers == NULL)
        return refuse_detail(a, e);
    reply_error(a, reply, &told);
    reply->header_count = headers_before;
    reply->status = status;
    if (add_headers(headers, reply))
        return NULL;
    reply->header_count = headers_before;
    return refuse_detail(a, e);
}
