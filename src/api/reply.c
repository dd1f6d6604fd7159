#include "api/reply.h"

#include "base/json.h"
#include "base/utf8.h"

const str REPLY_JSON = STR_INIT("application/json; charset=utf-8");

enum { BODY_KEPT = 64 * 1024 };

static const struct wire {
    str code;
    int status;
} WIRE[] = {
    [ERR_INVALID] = {STR_INIT("22023"), 400},
    [ERR_NOT_FOUND] = {STR_INIT("PGRST125"), 404},
    /* Callers are anonymous: with a sign-in the answer might be another. */
    [ERR_DENIED] = {STR_INIT("42501"), 401},
    [ERR_CONFLICT] = {STR_INIT("40001"), 409},
    [ERR_TIMEOUT] = {STR_INIT("57014"), 500},
    [ERR_CANCELLED] = {STR_INIT("57P01"), 503},
    [ERR_UNAVAILABLE] = {STR_INIT("53300"), 503},
    [ERR_UNSUPPORTED] = {STR_INIT("PGRST127"), 400},
    [ERR_TOO_LARGE] = {STR_INIT("54000"), 413},
    [ERR_TOO_COMPLEX] = {STR_INIT("54001"), 400},
    [ERR_INTERNAL] = {STR_INIT("PGRSTX00"), 500},

    [ERR_UNIQUE_VIOLATION] = {STR_INIT("23505"), 409},
    [ERR_FOREIGN_KEY_VIOLATION] = {STR_INIT("23503"), 409},
    [ERR_NOT_NULL_VIOLATION] = {STR_INIT("23502"), 400},
    [ERR_CHECK_VIOLATION] = {STR_INIT("23514"), 400},
    [ERR_VALUE_SYNTAX] = {STR_INIT("22P02"), 400},
    [ERR_VALUE_RANGE] = {STR_INIT("22003"), 400},
    [ERR_DIVISION] = {STR_INIT("22012"), 400},
    [ERR_VALUE_DATETIME] = {STR_INIT("22007"), 400},
    [ERR_VALUE_DATETIME_RANGE] = {STR_INIT("22008"), 400},
    [ERR_REGEX] = {STR_INIT("2201B"), 400},
    [ERR_VALUE_TYPE] = {STR_INIT("42804"), 400},
    [ERR_OPERATOR_TYPE] = {STR_INIT("42883"), 404},
    /* The client can do nothing about these; a 4xx would say it could. */
    [ERR_READ_ONLY] = {STR_INIT("25006"), 503},
    [ERR_DISK_FULL] = {STR_INIT("53100"), 503},
    [ERR_IO] = {STR_INIT("58030"), 500},
    [ERR_BUSY] = {STR_INIT("55P03"), 503},
    [ERR_CORRUPT] = {STR_INIT("XX001"), 500},

    [ERR_QUERY_SYNTAX] = {STR_INIT("PGRST100"), 400},
    [ERR_BODY] = {STR_INIT("PGRST102"), 400},
    [ERR_RANGE] = {STR_INIT("PGRST103"), 416},
    [ERR_MEDIA_TYPE] = {STR_INIT("PGRST107"), 406},
    [ERR_SCHEMA_NAME] = {STR_INIT("PGRST106"), 406},
    [ERR_UNKNOWN_TABLE] = {STR_INIT("PGRST205"), 404},
    [ERR_UNKNOWN_COLUMN] = {STR_INIT("42703"), 400},
    [ERR_UNKNOWN_BODY_COLUMN] = {STR_INIT("PGRST204"), 400},
    [ERR_UNKNOWN_RELATION] = {STR_INIT("PGRST200"), 400},
    [ERR_AMBIGUOUS_RELATION] = {STR_INIT("PGRST201"), 300},
    [ERR_NOT_EMBEDDED] = {STR_INIT("PGRST108"), 400},
    [ERR_EMBED_FILTER] = {STR_INIT("PGRST120"), 400},
    [ERR_RELATED_ORDER] = {STR_INIT("PGRST118"), 400},
    [ERR_CAST] = {STR_INIT("42846"), 400},
    [ERR_GROUPING] = {STR_INIT("42803"), 400},
    [ERR_UNKNOWN_PATH] = {STR_INIT("PGRST125"), 404},
    [ERR_NO_DESCRIPTION] = {STR_INIT("PGRST126"), 404},
    [ERR_UNKNOWN_FUNCTION] = {STR_INIT("PGRST202"), 404},
    [ERR_AMBIGUOUS_FUNCTION] = {STR_INIT("PGRST203"), 300},
    [ERR_CALL_METHOD] = {STR_INIT("PGRST101"), 405},
    [ERR_CALL_WRITES] = {STR_INIT("25006"), 405},
    [ERR_MAX_AFFECTED_SINGLE] = {STR_INIT("PGRST128"), 400},
    [ERR_METHOD] = {STR_INIT("PGRST117"), 405},
    [ERR_PUT_FILTER] = {STR_INIT("PGRST105"), 405},
    [ERR_PUT_LIMIT] = {STR_INIT("PGRST114"), 400},
    [ERR_PUT_KEY] = {STR_INIT("PGRST115"), 400},
    /* PostgREST's way to give a status by an SQLSTATE. */
    [ERR_PRECONDITION] = {STR_INIT("PT412"), 412},
    [ERR_KEY_REUSED] = {STR_INIT("PT422"), 422},
    [ERR_KEY_BUSY] = {STR_INIT("PT409"), 409},
    [ERR_NOT_SINGULAR] = {STR_INIT("PGRST116"), 406},
    [ERR_NO_FILTER] = {STR_INIT("21000"), 400},
    [ERR_NO_CONFLICT_KEY] = {STR_INIT("42P10"), 400},
    [ERR_AFFECTED_TWICE] = {STR_INIT("21000"), 500},
    [ERR_PREFERENCE] = {STR_INIT("PGRST122"), 400},
    [ERR_MAX_AFFECTED] = {STR_INIT("PGRST124"), 400},
    [ERR_AGGREGATE] = {STR_INIT("PGRST123"), 400},
    [ERR_TOKEN] = {STR_INIT("PGRST301"), 401},
    [ERR_TOKEN_REQUIRED] = {STR_INIT("PGRST302"), 401},
    [ERR_TOKEN_SECRET] = {STR_INIT("PGRST300"), 500},
    [ERR_GUC_HEADERS] = {STR_INIT("PGRST111"), 500},
    [ERR_GUC_STATUS] = {STR_INIT("PGRST112"), 500},
    [ERR_RAISE] = {STR_INIT("PGRST121"), 500},
    [ERR_TOKEN_CLAIMS] = {STR_INIT("PGRST303"), 401},
    [ERR_HOOK_REFUSED] = {STR_INIT("PT403"), 403},
    [ERR_HOOK_FAILED] = {STR_INIT("PT500"), 500},
    [ERR_HOOK_LIMIT] = {STR_INIT("PT500"), 500},
    [ERR_HOOK_DEPTH] = {STR_INIT("54001"), 500},
};
_Static_assert(LENGTH(WIRE) == ERR_CODE_COUNT, "every code has a status");

str reply_error_code(err_code code) {
    return WIRE[code].code;
}

int reply_error_status(err_code code) {
    return WIRE[code].status;
}

/* The first prefix that fits counts. */
static const struct state {
    str prefix;
    int status;
} STATES[] = {
    {STR_INIT("08"), 503},    {STR_INIT("09"), 500},
    {STR_INIT("0L"), 403},    {STR_INIT("0P"), 403},
    {STR_INIT("21000"), 500}, {STR_INIT("23503"), 409},
    {STR_INIT("23505"), 409}, {STR_INIT("25006"), 405},
    {STR_INIT("25"), 500},    {STR_INIT("28"), 403},
    {STR_INIT("2D"), 500},    {STR_INIT("38"), 500},
    {STR_INIT("39"), 500},    {STR_INIT("3B"), 500},
    {STR_INIT("40"), 500},    {STR_INIT("42501"), 401},
    {STR_INIT("42883"), 404}, {STR_INIT("42P01"), 404},
    {STR_INIT("42P17"), 500}, {STR_INIT("53400"), 500},
    {STR_INIT("53"), 503},    {STR_INIT("54"), 500},
    {STR_INIT("55"), 500},    {STR_INIT("57P01"), 503},
    {STR_INIT("57"), 500},    {STR_INIT("58"), 500},
    {STR_INIT("F0"), 500},    {STR_INIT("HV"), 500},
    {STR_INIT("P0001"), 400}, {STR_INIT("P0"), 500},
    {STR_INIT("XX"), 500},
};

int reply_sqlstate_status(str sqlstate) {
    int64_t own;
    bool is_own = str_starts_with(sqlstate, STR("PT")) &&
                  str_parse_int64(str_slice(sqlstate, 2, sqlstate.len), &own);
    if (is_own && own >= 200 && own <= 599)
        return (int)own;
    for (size_t i = 0; i < LENGTH(STATES); i++) {
        if (str_starts_with(sqlstate, STATES[i].prefix))
            return STATES[i].status;
    }
    return 400;
}

/* A message may quote a header, which may hold any bytes. */
static str as_text(arena *a, str bytes) {
    static const str REPLACEMENT = STR_INIT("\xef\xbf\xbd"); /* U+FFFD */
    if (utf8_is_valid(bytes))
        return bytes;
    size_t room = bytes.len * REPLACEMENT.len;
    buf text = buf_over(arena_take(a, room, 1), room);
    while (!str_is_empty(bytes)) {
        buf_append(&text, str_take(&bytes, utf8_valid_prefix(bytes)));
        if (str_is_empty(bytes))
            break;
        str_take(&bytes, 1);
        buf_append(&text, REPLACEMENT);
    }
    return buf_str(&text);
}

static void write_member(arena *a, buf *body, str name, str bytes) {
    buf_append(body, name);
    if (str_is_empty(bytes))
        buf_append(body, STR("null"));
    else
        json_write_string(body, as_text(a, bytes));
}

/* The candidates, a list; of all others details are a text. */
static bool has_json_details(err_code code) {
    return code == ERR_AMBIGUOUS_RELATION;
}

void reply_error(arena *a, http_reply *reply, const err *e) {
    const struct wire *wire = &WIRE[e->code];
    reply->status = wire->status;
    reply->content_type = REPLY_JSON;

    buf *body = reply->body;
    buf_clear(body, BODY_KEPT);
    buf_append(body, STR("{\"code\":"));
    json_write_string(body, str_is_empty(e->foreign_code) ? wire->code
                                                          : e->foreign_code);
    write_member(a, body, STR(",\"message\":"), e->message);
    if (has_json_details(e->code))
        buf_printf(body, ",\"details\":%.*s", STR_ARG(e->details));
    else
        write_member(a, body, STR(",\"details\":"), e->details);
    write_member(a, body, STR(",\"hint\":"), e->hint);
    buf_append_char(body, '}');

    if (wire->status == 401)
        http_reply_add(reply, STR("WWW-Authenticate"), STR("Bearer"));
    if (wire->status == 503 || e->code == ERR_KEY_BUSY)
        http_reply_add(reply, STR("Retry-After"), STR("1"));
}
