#include "api/rest/call_arguments.h"

#include <stdlib.h>

#include "api/rest/operator.h"
#include "api/rest/payload.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/url.h"
#include "core/coerce.h"

/* More names than that are not told one by one. */
enum { MAX_TOLD = 64 };

typedef struct reader {
    const rest_request *request;
    const function *function;
    value *values;
    str *given; /* the names that came, known or not */
    size_t given_count;
    bool has_unknown;
    bool is_body;
} reader;

/* ---- No such function ----------------------------------------------------- */

static int compare_names(const void *left, const void *right) {
    return str_compare(*(const str *)left, *(const str *)right);
}

/* "a, b" */
static str join_given(arena *a, const reader *r) {
    str text = {0};
    if (r->given_count > 1)
        qsort(r->given, r->given_count, sizeof *r->given, compare_names);
    for (size_t i = 0; i < r->given_count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(r->given[i]));
    return text;
}

static str join_arguments(arena *a, const function *f) {
    str text = {0};
    for (size_t i = 0; i < f->arguments->column_count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(f->arguments->columns[i]->name));
    return text;
}

/* PostgREST's words. */
static err *refuse_given(arena *a, const reader *r) {
    str name = r->function->name;
    str given = join_given(a, r);
    str with =
        r->given_count == 0
            ? STR("without parameters")
            : arena_printf(a, "with parameter%s %.*s",
                           r->given_count == 1 ? "" : "s", STR_ARG(given));
    err *e = r->given_count == 0
                 ? err_new(a, ERR_UNKNOWN_FUNCTION,
                           "Could not find the function public.%.*s without "
                           "parameters in the schema cache",
                           STR_ARG(name))
                 : err_new(a, ERR_UNKNOWN_FUNCTION,
                           "Could not find the function public.%.*s(%.*s) in "
                           "the schema cache",
                           STR_ARG(name), STR_ARG(given));
    e = err_with_details(
        e, arena_printf(a,
                        "Searched for the function public.%.*s %.*s%s, but no "
                        "matches were found in the schema cache.",
                        STR_ARG(name), STR_ARG(with),
                        r->is_body
                            ? " or with a single unnamed json/jsonb parameter"
                            : ""));
    return err_with_hint(e,
                         arena_printf(a,
                                      "Perhaps you meant to call the function "
                                      "public.%.*s(%.*s)",
                                      STR_ARG(name),
                                      STR_ARG(join_arguments(a, r->function))));
}

err *call_arguments_refuse(arena *a, const schema *s, str name) {
    err *e = err_new(a, ERR_UNKNOWN_FUNCTION,
                     "Could not find the function public.%.*s in the schema "
                     "cache",
                     STR_ARG(name));
    e = err_with_details(
        e, arena_printf(a,
                        "Searched for the function public.%.*s, but no matches "
                        "were found in the schema cache.",
                        STR_ARG(name)));
    nearest n = nearest_to(name);
    for (size_t i = 0; i < s->function_count; i++) {
        if (s->functions[i].computed_of == NULL)
            nearest_offer(&n, s->functions[i].name);
    }
    if (str_is_empty(n.best))
        return e;
    return err_with_hint(
        e, arena_printf(a, "Perhaps you meant to call the function public.%.*s",
                        STR_ARG(n.best)));
}

/* ---- Arguments ------------------------------------------------------------ */

static const field *find_argument(const reader *r, str name) {
    return model_find_column(r->request->tables->schema, r->function->arguments,
                             name);
}

static err *explain(arena *a, const field *f, err *e) {
    if (e == NULL || !str_is_empty(e->details))
        return e;
    return err_with_details(
        e, arena_printf(a, "argument \"%.*s\"", STR_ARG(f->name)));
}

/* Notes the name. *out is NULL for one that no argument has. */
static err *take_name(arena *a, reader *r, str name, const field **out) {
    *out = find_argument(r, name);
    if (r->given_count < MAX_TOLD)
        ARENA_PUSH(a, r->given, r->given_count, name);
    if (*out == NULL)
        r->has_unknown = true;
    else if (r->values[(*out)->column_index].kind != VALUE_DEFAULT)
        return err_new(a, ERR_BODY, "argument \"%.*s\" is given twice",
                       STR_ARG(name));
    return NULL;
}

static err *check(arena *a, const reader *r) {
    const model *m = r->function->arguments;
    bool is_complete = !r->has_unknown;
    for (size_t i = 0; i < m->column_count; i++)
        is_complete =
            is_complete && (r->values[i].kind != VALUE_DEFAULT ||
                            function_argument_is_optional(m->columns[i]));
    return is_complete ? NULL : refuse_given(a, r);
}

/* ---- By GET --------------------------------------------------------------- */

bool call_arguments_is_word(str name) {
    static const str WORDS[] = {
        STR_INIT("order"), STR_INIT("limit"), STR_INIT("offset"),
        STR_INIT("and"),   STR_INIT("or"),
    };
    size_t dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    str last = str_slice(name, dot, name.len);
    for (size_t i = 0; i < LENGTH(WORDS); i++) {
        if (str_equal(last, WORDS[i]))
            return true;
    }
    return str_equal(name, STR("select"));
}

static bool is_of_result(const reader *r, str name, str text) {
    if (call_arguments_is_word(name))
        return true;
    bool is_column = model_find_column(r->request->tables->schema,
                                       r->request->table->model, name) != NULL;
    bool is_argument_only = find_argument(r, name) != NULL && !is_column;
    return !is_argument_only && operator_is_next(text);
}

static err *decode(arena *a, str part, str *name, str *text) {
    *text = part;
    *name = str_split(text, '=');
    TRY(url_decode_query(a, *name, name));
    return url_decode_query(a, *text, text);
}

static err *take_text(arena *a, reader *r, str name, str text) {
    const field *f;
    TRY(take_name(a, r, name, &f));
    if (f == NULL)
        return NULL;
    return explain(a, f, coerce_text(a, f, text, &r->values[f->column_index]));
}

static err *read_text(arena *a, reader *r, str part) {
    str name;
    str text;
    TRY(decode(a, part, &name, &text));
    return take_text(a, r, name, text);
}

/* kept: what is no argument. */
static err *read_parameter(arena *a, reader *r, str part, buf *kept) {
    str name;
    str text;
    TRY(decode(a, part, &name, &text));
    if (!is_of_result(r, name, text))
        return take_text(a, r, name, text);
    if (kept->len > 0)
        buf_append_char(kept, '&');
    buf_append(kept, part);
    return NULL;
}

static err *read_query(arena *a, reader *r, call_arguments *out) {
    str rest = r->request->http->query;
    buf kept = buf_over(arena_alloc(a, rest.len + 1, 1), rest.len + 1);
    while (!str_is_empty(rest)) {
        str part = str_split(&rest, '&');
        if (!str_is_empty(part))
            TRY(read_parameter(a, r, part, &kept));
    }
    out->query = buf_str(&kept);
    return NULL;
}

/* ---- By POST -------------------------------------------------------------- */

static err *read_argument(arena *a, reader *r, str name, const json *j) {
    const field *f;
    TRY(take_name(a, r, name, &f));
    if (f == NULL)
        return NULL;
    return explain(a, f, coerce_json(a, f, j, &r->values[f->column_index]));
}

/* All of the body for the only argument. */
static bool is_whole(const reader *r, const json *body) {
    const model *m = r->function->arguments;
    bool takes_any = m->column_count == 1 && !m->columns[0]->is_list &&
                     m->columns[0]->scalar == SCALAR_JSON;
    return takes_any && (body->kind != JSON_OBJECT ||
                         json_find(body, m->columns[0]->name) == NULL);
}

/* a=1&b=2, as HTML forms send it: no filter among them. */
static err *read_form(arena *a, reader *r) {
    str rest = r->request->http->body;
    while (!str_is_empty(rest)) {
        str text = str_split(&rest, '&');
        if (!str_is_empty(text))
            TRY(read_text(a, r, text));
    }
    return NULL;
}

static err *read_json(arena *a, reader *r) {
    const json *body;
    str text = str_trim(r->request->http->body);
    if (str_is_empty(text))
        return NULL;
    err *e = json_parse(a, text, &body);
    if (e != NULL)
        return payload_refuse_json(a, e->message);
    if (is_whole(r, body))
        return read_argument(a, r, r->function->arguments->columns[0]->name,
                             body);
    if (body->kind != JSON_OBJECT)
        return payload_refuse_json(
            a, STR("the body of a call is an object of named arguments"));
    for (size_t i = 0; i < body->count; i++)
        TRY(read_argument(a, r, body->keys[i], &body->items[i]));
    return NULL;
}

static err *read_body(arena *a, reader *r) {
    body_form form;
    str type = r->request->content_type;
    TRY(media_type_of_body(a, type, &form));
    if (form == BODY_JSON)
        return read_json(a, r);
    if (form == BODY_FORM)
        return read_form(a, r);
    return err_with_hint(err_new(a, ERR_BODY,
                                 "Content-Type not acceptable: %.*s",
                                 STR_ARG(type)),
                         STR("send the arguments as application/json"));
}

err *call_arguments_read(arena *a, const rest_request *request,
                         const function *f, call_arguments *out) {
    size_t count = f->arguments->column_count;
    reader r = {.request = request,
                .function = f,
                .values = arena_new_array(a, value, count),
                .is_body = request->http->method == HTTP_POST};
    for (size_t i = 0; i < count; i++)
        r.values[i] = (value){.kind = VALUE_DEFAULT};
    *out = (call_arguments){.values = r.values};
    if (r.is_body) {
        out->query = request->http->query;
        TRY(read_body(a, &r));
    } else {
        TRY(read_query(a, &r, out));
    }
    return check(a, &r);
}
