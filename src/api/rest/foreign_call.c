#include "api/rest/foreign_call.h"

#include <stdlib.h>

#include "api/rest/call_arguments.h"
#include "api/rest/operator.h"
#include "api/rest/payload.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/url.h"
#include "core/coerce.h"
#include "schema/function.h"

enum {
    MAX_TOLD = 64,     /* more names than that are not told one by one */
    MAX_ESCAPED = 6,   /* bytes of JSON for one of text */
    MAX_GIVEN = 10000, /* PostgreSQL's functions take 100 arguments */
};

typedef enum body_kind {
    BODY_IS_NONE, /* by GET */
    BODY_IS_JSON,
    BODY_IS_FORM,
    BODY_IS_TEXT,
    BODY_IS_XML,
    BODY_IS_BYTES,
} body_kind;

typedef struct argument {
    str name;
    str text;         /* as a type is written */
    const json *json; /* else */
} argument;

typedef struct search {
    const rest_request *request;
    str profile;
    str name;
    body_kind body;
    argument *given;
    size_t given_count;
} search;

/* ---- What is given -------------------------------------------------------- */

static err *give(arena *a, search *s, argument one) {
    if (s->given_count == MAX_GIVEN)
        return err_new(a, ERR_BODY, "a call has more than %d arguments",
                       MAX_GIVEN);
    ARENA_PUSH(a, s->given, s->given_count, one);
    return NULL;
}

static err *refuse_bytes(arena *a) {
    return err_new(a, ERR_VALUE_SYNTAX,
                   "invalid byte sequence for encoding \"UTF8\": 0x00");
}

static err *give_text(arena *a, search *s, str part) {
    argument one = {.text = part};
    one.name = str_split(&one.text, '=');
    TRY(url_decode_query(a, one.name, &one.name));
    TRY(url_decode_query(a, one.text, &one.text));
    if (str_find_char(one.text, '\0') < one.text.len)
        return refuse_bytes(a);
    return give(a, s, one);
}

static err *is_of_result(arena *a, str part, bool *out) {
    str text = part;
    str name = str_split(&text, '=');
    TRY(url_decode_query(a, name, &name));
    TRY(url_decode_query(a, text, &text));
    *out = call_arguments_is_word(name) || operator_is_next(text);
    return NULL;
}

/* What is no argument is left in *rest_of. */
static err *read_query(arena *a, search *s, str *rest_of) {
    str rest = s->request->http->query;
    buf kept = buf_over(arena_alloc(a, rest.len + 1, 1), rest.len + 1);
    while (!str_is_empty(rest)) {
        str part = str_split(&rest, '&');
        bool is_kept = false;
        TRY(is_of_result(a, part, &is_kept));
        if (str_is_empty(part))
            continue;
        if (!is_kept) {
            TRY(give_text(a, s, part));
            continue;
        }
        if (kept.len > 0)
            buf_append_char(&kept, '&');
        buf_append(&kept, part);
    }
    *rest_of = buf_str(&kept);
    return NULL;
}

static err *read_form(arena *a, search *s) {
    str rest = s->request->http->body;
    while (!str_is_empty(rest)) {
        str part = str_split(&rest, '&');
        if (!str_is_empty(part))
            TRY(give_text(a, s, part));
    }
    return NULL;
}

/* What is no object names nothing. */
static err *read_json(arena *a, search *s) {
    const json *body;
    str text = str_trim(s->request->http->body);
    if (str_is_empty(text))
        return NULL;
    err *e = json_parse(a, text, &body);
    if (e != NULL)
        return payload_refuse_json(a, e->message);
    for (size_t i = 0; body->kind == JSON_OBJECT && i < body->count; i++)
        TRY(give(a, s,
                 (argument){.name = body->keys[i], .json = &body->items[i]}));
    return NULL;
}

static err *read_body_kind(arena *a, search *s) {
    static const struct {
        str name;
        body_kind kind;
    } KINDS[] = {
        {STR_INIT(""), BODY_IS_JSON},
        {STR_INIT("application/json"), BODY_IS_JSON},
        {STR_INIT("application/x-www-form-urlencoded"), BODY_IS_FORM},
        {STR_INIT("text/plain"), BODY_IS_TEXT},
        {STR_INIT("text/xml"), BODY_IS_XML},
        {STR_INIT("application/octet-stream"), BODY_IS_BYTES},
    };
    str rest = s->request->content_type;
    str name = str_trim(str_split(&rest, ';'));
    for (size_t i = 0; i < LENGTH(KINDS); i++) {
        s->body = KINDS[i].kind;
        if (str_equal_ignoring_case(name, KINDS[i].name))
            return NULL;
    }
    return err_with_hint(err_new(a, ERR_BODY,
                                 "Content-Type not acceptable: %.*s",
                                 STR_ARG(s->request->content_type)),
                         STR("send the arguments as application/json"));
}

static err *read_given(arena *a, search *s, str *rest_of) {
    *rest_of = s->request->http->query;
    if (s->request->http->method != HTTP_POST)
        return read_query(a, s, rest_of);
    TRY(read_body_kind(a, s));
    if (s->body == BODY_IS_JSON)
        return read_json(a, s);
    return s->body == BODY_IS_FORM ? read_form(a, s) : NULL;
}

/* ---- Which function ------------------------------------------------------- */

static bool has_name(const search *s, str name) {
    for (size_t i = 0; i < s->given_count; i++) {
        if (str_equal(s->given[i].name, name))
            return true;
    }
    return false;
}

static const field *find_argument(const function *f, str name) {
    for (size_t i = 0; i < f->arguments->column_count; i++) {
        if (str_equal(f->arguments->columns[i]->name, name))
            return f->arguments->columns[i];
    }
    return NULL;
}

static bool takes_body(const function *f) {
    const model *m = f->arguments;
    return m->column_count == 1 && str_is_empty(m->columns[0]->name);
}

/* A body that is no JSON has no names in it. */
static bool matches_names(const search *s, const function *f) {
    if (takes_body(f) || s->body >= BODY_IS_TEXT)
        return false;
    for (size_t i = 0; i < s->given_count; i++) {
        if (find_argument(f, s->given[i].name) == NULL)
            return false;
    }
    for (size_t i = 0; i < f->arguments->column_count; i++) {
        const field *wanted = f->arguments->columns[i];
        if (!function_argument_is_optional(wanted) &&
            !has_name(s, wanted->name))
            return false;
    }
    return true;
}

static bool matches_body(const search *s, const function *f) {
    static const struct {
        body_kind kind;
        str type;
    } TYPES[] = {
        {BODY_IS_JSON, STR_INIT("json")},   {BODY_IS_JSON, STR_INIT("jsonb")},
        {BODY_IS_TEXT, STR_INIT("text")},   {BODY_IS_XML, STR_INIT("xml")},
        {BODY_IS_BYTES, STR_INIT("bytea")},
    };
    for (size_t i = 0; takes_body(f) && i < LENGTH(TYPES); i++) {
        if (TYPES[i].kind == s->body &&
            str_equal(TYPES[i].type, f->arguments->columns[0]->unsupported))
            return true;
    }
    return false;
}

/* The next in the schema that is looked in, f among them. */
static const function *skip_others(const search *s, const function *f) {
    while (f != NULL && !str_equal(f->database_schema, s->profile))
        f = f->overload;
    return f;
}

static const function *first_of(const search *s) {
    const schema *all = s->request->tables->schema;
    return skip_others(s, schema_find_function(all, s->name));
}

/* ---- None ----------------------------------------------------------------- */

static int compare_names(const void *left, const void *right) {
    return str_compare(*(const str *)left, *(const str *)right);
}

static bool is_among(const str *names, size_t count, str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(names[i], name))
            return true;
    }
    return false;
}

/* "a, b" */
static str join_given(arena *a, const search *s) {
    str text = {0};
    str names[MAX_TOLD];
    size_t count = 0;
    for (size_t i = 0; i < s->given_count && count < MAX_TOLD; i++) {
        if (!is_among(names, count, s->given[i].name))
            names[count++] = s->given[i].name;
    }
    if (count > 1)
        qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(names[i]));
    return text;
}

static str join_arguments(arena *a, const function *f, bool has_types) {
    str text = {0};
    for (size_t i = 0; i < f->arguments->column_count; i++) {
        const field *one = f->arguments->columns[i];
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(one->name));
        if (has_types)
            text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text),
                                str_is_empty(one->name) ? "" : " => ",
                                STR_ARG(one->unsupported));
    }
    return text;
}

/* The arguments that are most like those given, or those of the only one. */
static str find_signature(arena *a, const search *s) {
    const function *first = first_of(s);
    if (skip_others(s, first->overload) == NULL)
        return join_arguments(a, first, false);
    nearest n = nearest_to(join_given(a, s));
    for (const function *f = first; f != NULL; f = skip_others(s, f->overload))
        nearest_offer(&n, join_arguments(a, f, false));
    return n.best;
}

static str find_near_name(const search *s) {
    const schema *all = s->request->tables->schema;
    nearest n = nearest_to(s->name);
    for (size_t i = 0; i < all->function_count; i++) {
        if (str_equal(all->functions[i].database_schema, s->profile))
            nearest_offer(&n, all->functions[i].name);
    }
    return n.best;
}

static err *with_meant(arena *a, const search *s, err *e) {
    bool is_there = first_of(s) != NULL;
    str near = is_there ? find_signature(a, s) : find_near_name(s);
    if (is_there && near.ptr != NULL)
        return err_with_hint(
            e, arena_printf(
                   a, "Perhaps you meant to call the function %.*s.%.*s(%.*s)",
                   STR_ARG(s->profile), STR_ARG(s->name), STR_ARG(near)));
    if (str_is_empty(near))
        return e;
    return err_with_hint(
        e, arena_printf(a, "Perhaps you meant to call the function %.*s.%.*s",
                        STR_ARG(s->profile), STR_ARG(near)));
}

/* How it was looked for: " with parameter a". */
static str describe_search(arena *a, const search *s, str given) {
    static const str WHOLE[] = {
        [BODY_IS_TEXT] = STR_INIT(" with a single unnamed text parameter"),
        [BODY_IS_XML] = STR_INIT(" with a single unnamed xml parameter"),
        [BODY_IS_BYTES] = STR_INIT(" with a single unnamed bytea parameter"),
    };
    if (s->body >= BODY_IS_TEXT)
        return WHOLE[s->body];
    const char *or_whole =
        s->body == BODY_IS_JSON
            ? " or with a single unnamed json/jsonb parameter"
            : "";
    if (s->given_count == 0)
        return arena_printf(a, " without parameters%s", or_whole);
    return arena_printf(a, " with parameter%s %.*s%s",
                        s->given_count > 1 ? "s" : "", STR_ARG(given),
                        or_whole);
}

static str describe_given(arena *a, const search *s, str given) {
    if (s->body >= BODY_IS_TEXT)
        return (str){0};
    return s->given_count == 0 ? STR(" without parameters")
                               : arena_printf(a, "(%.*s)", STR_ARG(given));
}

/* PostgREST's words. */
static err *refuse_none(arena *a, const search *s) {
    str given = join_given(a, s);
    str shown = describe_given(a, s, given);
    str looked = describe_search(a, s, given);
    err *e =
        err_new(a, ERR_UNKNOWN_FUNCTION,
                "Could not find the function %.*s.%.*s%.*s in the schema cache",
                STR_ARG(s->profile), STR_ARG(s->name), STR_ARG(shown));
    e = err_with_details(
        e,
        arena_printf(a,
                     "Searched for the function %.*s.%.*s%.*s, but no "
                     "matches were found in the schema cache.",
                     STR_ARG(s->profile), STR_ARG(s->name), STR_ARG(looked)));
    return with_meant(a, s, e);
}

/* ---- Several -------------------------------------------------------------- */

typedef bool matcher(const search *s, const function *f);

static err *refuse_several(arena *a, const search *s, matcher *matches) {
    str list = {0};
    for (const function *f = first_of(s); f != NULL;
         f = skip_others(s, f->overload)) {
        if (!matches(s, f))
            continue;
        str arguments = join_arguments(a, f, true);
        list = arena_printf(a, "%.*s%s%.*s.%.*s(%.*s)", STR_ARG(list),
                            str_is_empty(list) ? "" : ", ", STR_ARG(s->profile),
                            STR_ARG(s->name), STR_ARG(arguments));
    }
    return err_with_hint(
        err_new(a, ERR_AMBIGUOUS_FUNCTION,
                "Could not choose the best candidate function between: %.*s",
                STR_ARG(list)),
        STR("Try renaming the parameters or the function itself in the "
            "database so function overloading can be resolved"));
}

/* *out stays NULL when none matches. */
static err *find_only(arena *a, const search *s, matcher *matches,
                      const function **out) {
    *out = NULL;
    for (const function *f = first_of(s); f != NULL;
         f = skip_others(s, f->overload)) {
        if (!matches(s, f))
            continue;
        if (*out != NULL)
            return refuse_several(a, s, matches);
        *out = f;
    }
    return NULL;
}

/* ---- With what ------------------------------------------------------------ */

/* ["1","2"] */
static str list_of(arena *a, const search *s, str name) {
    size_t room = 2;
    for (size_t i = 0; i < s->given_count; i++)
        room += s->given[i].text.len * MAX_ESCAPED + 3;
    buf out = buf_over(arena_take(a, room, 1), room);
    for (size_t i = 0; i < s->given_count; i++) {
        if (!str_equal(s->given[i].name, name))
            continue;
        buf_append_char(&out, out.len == 0 ? '[' : ',');
        json_write_string(&out, s->given[i].text);
    }
    buf_append_char(&out, ']');
    return buf_str(&out);
}

/* Of a name that comes twice the last counts, if not all of them do. */
static err *take_arguments(arena *a, const search *s, const function *f,
                           value *values) {
    for (size_t i = 0; i < s->given_count; i++) {
        const argument *one = &s->given[i];
        const field *to = find_argument(f, one->name);
        value *v = &values[to->column_index];
        if (one->json != NULL)
            TRY(coerce_json(a, to, one->json, v));
        else if (to != f->variadic)
            *v = (value){.kind = VALUE_TEXT, .text = one->text};
        else if (v->kind == VALUE_DEFAULT)
            *v = (value){.kind = VALUE_TEXT, .text = list_of(a, s, one->name)};
    }
    return NULL;
}

static err *take_body(arena *a, const search *s, value *out) {
    str body = s->request->http->body;
    bool is_bytes = s->body == BODY_IS_BYTES;
    if (!is_bytes && str_find_char(body, '\0') < body.len)
        return refuse_bytes(a);
    if (s->body == BODY_IS_JSON && str_is_empty(str_trim(body)))
        body = STR("{}");
    *out = (value){.kind = is_bytes ? VALUE_BYTES : VALUE_TEXT, .text = body};
    return NULL;
}

static err *make_call(arena *a, const search *s, const function *f,
                      const function_call **out) {
    size_t count = f->arguments->column_count;
    value *values = arena_new_array(a, value, count);
    for (size_t i = 0; i < count; i++)
        values[i] = (value){.kind = VALUE_DEFAULT};
    if (takes_body(f))
        TRY(take_body(a, s, &values[0]));
    else
        TRY(take_arguments(a, s, f, values));
    function_call *call = arena_new_array(a, function_call, 1);
    *call =
        (function_call){.function = f,
                        .arguments = values,
                        .are_texts = takes_body(f) || s->body != BODY_IS_JSON};
    *out = call;
    return NULL;
}

err *foreign_call_choose(arena *a, const rest_request *r, str profile, str name,
                         const function_call **out, str *rest_of) {
    search s = {.request = r, .profile = profile, .name = name};
    const function *f;
    TRY(read_given(a, &s, rest_of));
    TRY(find_only(a, &s, matches_names, &f));
    if (f == NULL)
        TRY(find_only(a, &s, matches_body, &f));
    if (f == NULL)
        return refuse_none(a, &s);
    return make_call(a, &s, f, out);
}
