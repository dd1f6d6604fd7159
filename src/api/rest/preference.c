#include "api/rest/preference.h"

typedef enum kind {
    KIND_RESOLUTION,
    KIND_MISSING,
    KIND_RETURN,
    KIND_COUNT,
    KIND_TX,
    KIND_DELETED,
    KIND_PAGING,
    KIND_HANDLING,
    KIND_ASYNC,
    KIND_COUNT_OF_KINDS,
} kind;

enum { PAGING_KEYSET = 1 };
enum { HANDLING_STRICT = 1, HANDLING_LENIENT };

static const struct known {
    str text;
    kind kind;
    int value;
} KNOWN[] = {
    {STR_INIT("resolution=merge-duplicates"), KIND_RESOLUTION,
     RESOLUTION_MERGE},
    {STR_INIT("resolution=ignore-duplicates"), KIND_RESOLUTION,
     RESOLUTION_IGNORE},
    {STR_INIT("missing=default"), KIND_MISSING, MISSING_DEFAULT},
    {STR_INIT("missing=null"), KIND_MISSING, MISSING_NULL},
    {STR_INIT("return=representation"), KIND_RETURN, RETURN_REPRESENTATION},
    {STR_INIT("return=minimal"), KIND_RETURN, RETURN_MINIMAL},
    {STR_INIT("return=headers-only"), KIND_RETURN, RETURN_HEADERS_ONLY},
    {STR_INIT("count=exact"), KIND_COUNT, COUNT_EXACT},
    {STR_INIT("count=planned"), KIND_COUNT, COUNT_PLANNED},
    {STR_INIT("count=estimated"), KIND_COUNT, COUNT_ESTIMATED},
    {STR_INIT("tx=commit"), KIND_TX, PREFER_TX_COMMIT},
    {STR_INIT("tx=rollback"), KIND_TX, PREFER_TX_ROLLBACK},
    {STR_INIT("deleted=include"), KIND_DELETED, PREFER_DELETED_INCLUDE},
    {STR_INIT("deleted=only"), KIND_DELETED, PREFER_DELETED_ONLY},
    {STR_INIT("paging=keyset"), KIND_PAGING, PAGING_KEYSET},
    {STR_INIT("respond-async"), KIND_ASYNC, 1},
    {STR_INIT("handling=strict"), KIND_HANDLING, HANDLING_STRICT},
    {STR_INIT("handling=lenient"), KIND_HANDLING, HANDLING_LENIENT},
};

typedef struct reader {
    int values[KIND_COUNT_OF_KINDS]; /* 0: not said */
    bool has_max_affected;
    int64_t max_affected;
    str timezone;
    str unknown; /* comma separated */
} reader;

static bool take_max_affected(reader *r, str text) {
    static const str NAME = STR_INIT("max-affected=");
    int64_t n;
    if (!str_starts_with(text, NAME))
        return false;
    if (!str_parse_int64(str_slice(text, NAME.len, text.len), &n) || n < 0)
        return false;
    if (!r->has_max_affected)
        r->max_affected = n;
    r->has_max_affected = true;
    return true;
}

static bool take_timezone(reader *r, str text) {
    static const str NAME = STR_INIT("timezone=");
    if (!str_starts_with(text, NAME))
        return false;
    if (str_is_empty(r->timezone))
        r->timezone = str_slice(text, NAME.len, text.len);
    return true;
}

static bool take_known(reader *r, str text) {
    for (size_t i = 0; i < LENGTH(KNOWN); i++) {
        if (!str_equal(KNOWN[i].text, text))
            continue;
        int *value = &r->values[KNOWN[i].kind];
        if (*value == 0)
            *value = KNOWN[i].value;
        return true;
    }
    return take_max_affected(r, text) || take_timezone(r, text);
}

static void take(arena *a, reader *r, str text) {
    if (take_known(r, text))
        return;
    r->unknown =
        str_is_empty(r->unknown)
            ? text
            : arena_printf(a, "%.*s, %.*s", STR_ARG(r->unknown), STR_ARG(text));
}

static void take_header(arena *a, reader *r, str value) {
    while (!str_is_empty(value)) {
        str text = str_trim(str_split(&value, ','));
        if (!str_is_empty(text))
            take(a, r, text);
    }
}

err *preferences_parse(arena *a, const http_request *request,
                       preferences *out) {
    reader r = {0};
    for (size_t i = 0; i < request->header_count; i++) {
        const http_header *header = &request->headers[i];
        if (str_equal_ignoring_case(header->name, STR("Prefer")))
            take_header(a, &r, header->value);
    }
    *out = (preferences){
        .returns = (prefer_return)r.values[KIND_RETURN],
        .count = (prefer_count)r.values[KIND_COUNT],
        .resolution = (prefer_resolution)r.values[KIND_RESOLUTION],
        .missing = (prefer_missing)r.values[KIND_MISSING],
        .tx = (prefer_tx)r.values[KIND_TX],
        .deleted = (prefer_deleted)r.values[KIND_DELETED],
        .is_async = r.values[KIND_ASYNC] != 0,
        .is_keyset = r.values[KIND_PAGING] == PAGING_KEYSET,
        .is_strict = r.values[KIND_HANDLING] == HANDLING_STRICT,
        .is_lenient = r.values[KIND_HANDLING] == HANDLING_LENIENT,
        .has_max_affected = r.has_max_affected,
        .max_affected = r.max_affected,
        .timezone = r.timezone,
    };
    if (!out->is_strict || str_is_empty(r.unknown))
        return NULL;
    err *e = err_new(a, ERR_PREFERENCE,
                     "Invalid preferences given with handling=strict");
    return err_with_details(
        e, arena_printf(a, "Invalid preferences: %.*s", STR_ARG(r.unknown)));
}

static void add_applied(arena *a, str *list, kind k, int value) {
    if (value == 0)
        return;
    for (size_t i = 0; i < LENGTH(KNOWN); i++) {
        if (KNOWN[i].kind != k || KNOWN[i].value != value)
            continue;
        *list = str_is_empty(*list)
                    ? KNOWN[i].text
                    : arena_printf(a, "%.*s, %.*s", STR_ARG(*list),
                                   STR_ARG(KNOWN[i].text));
    }
}

void preferences_reply(arena *a, const preferences *p, http_reply *reply) {
    str list = {0};
    add_applied(a, &list, KIND_RESOLUTION, (int)p->resolution);
    add_applied(a, &list, KIND_MISSING, (int)p->missing);
    add_applied(a, &list, KIND_RETURN, (int)p->returns);
    add_applied(a, &list, KIND_COUNT, (int)p->count);
    add_applied(a, &list, KIND_TX, (int)p->tx);
    add_applied(a, &list, KIND_DELETED, (int)p->deleted);
    add_applied(a, &list, KIND_PAGING, p->is_keyset ? PAGING_KEYSET : 0);
    if (p->is_strict || p->is_lenient)
        add_applied(a, &list, KIND_HANDLING,
                    p->is_strict ? HANDLING_STRICT : HANDLING_LENIENT);
    if (!str_is_empty(p->timezone))
        list =
            arena_printf(a, "%.*s%stimezone=%.*s", STR_ARG(list),
                         str_is_empty(list) ? "" : ", ", STR_ARG(p->timezone));
    if (p->has_max_affected && p->is_strict)
        list = arena_printf(a, "%.*s, max-affected=%lld", STR_ARG(list),
                            (long long)p->max_affected);
    if (!str_is_empty(list))
        http_reply_add(reply, STR("Preference-Applied"), list);
}
