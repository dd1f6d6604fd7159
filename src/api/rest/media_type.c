#include "api/rest/media_type.h"

#include "api/reply.h"

/* Weights are thousandths: the header has at most three digits. */
enum { FULL_WEIGHT = 1000 };

static const struct row {
    str name;
    bool is_object;
    bool is_vendor; /* takes the nulls parameter */
} TYPES[] = {
    {STR_INIT("application/json"), false, false},
    {STR_INIT("*/*"), false, false},
    {STR_INIT("application/*"), false, false},
    {STR_INIT("application/vnd.pgrst.object+json"), true, true},
    {STR_INIT("application/vnd.pgrst.object"), true, true},
    {STR_INIT("application/vnd.pgrst.array+json"), false, true},
    {STR_INIT("application/vnd.pgrst.array"), false, true},
};

static const str OBJECT =
    STR_INIT("application/vnd.pgrst.object+json; charset=utf-8");
static const str OBJECT_STRIPPED =
    STR_INIT("application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8");
static const str ARRAY_STRIPPED =
    STR_INIT("application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8");

static const struct row *find(str name) {
    for (size_t i = 0; i < LENGTH(TYPES); i++) {
        if (str_equal_ignoring_case(TYPES[i].name, name))
            return &TYPES[i];
    }
    return NULL;
}

/* "0.8" is 800. What is not a weight counts as none given. */
static int parse_weight(str text) {
    if (str_is_empty(text) || text.ptr[0] != '0')
        return FULL_WEIGHT;
    int weight = 0;
    int scale = FULL_WEIGHT / 10;
    for (size_t i = 2; i < text.len && scale > 0; i++, scale /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            break;
        weight += (text.ptr[i] - '0') * scale;
    }
    return weight;
}

/* One element of Accept; its weight, or 0 when it is not ours. */
static int read_element(str element, media_type *out) {
    const struct row *row = find(str_trim(str_split(&element, ';')));
    int weight = FULL_WEIGHT;
    bool strips_nulls = false;
    if (row == NULL)
        return 0;
    while (!str_is_empty(element)) {
        str value = str_trim(str_split(&element, ';'));
        str name = str_trim(str_split(&value, '='));
        value = str_trim(value);
        if (str_equal_ignoring_case(name, STR("q")))
            weight = parse_weight(value);
        else if (str_equal_ignoring_case(name, STR("nulls")))
            strips_nulls = row->is_vendor && str_equal(value, STR("stripped"));
    }
    *out = (media_type){row->is_object, strips_nulls, REPLY_JSON};
    if (row->is_object)
        out->content_type = strips_nulls ? OBJECT_STRIPPED : OBJECT;
    else if (strips_nulls)
        out->content_type = ARRAY_STRIPPED;
    return weight;
}

err *media_type_negotiate(arena *a, str accept, media_type *out) {
    str rest = accept;
    int best = 0;
    *out = (media_type){false, false, REPLY_JSON};
    bool is_usual = str_is_empty(str_trim(accept)) ||
                    str_equal(accept, STR("*/*")) ||
                    str_equal(accept, STR("application/json"));
    if (is_usual)
        return NULL;
    while (!str_is_empty(rest)) {
        media_type type;
        int weight = read_element(str_split(&rest, ','), &type);
        if (weight > best) {
            best = weight;
            *out = type;
        }
    }
    if (best > 0)
        return NULL;
    return err_new(a, ERR_MEDIA_TYPE,
                   "None of these media types are available: %.*s",
                   STR_ARG(accept));
}

err *media_type_check_body(arena *a, str content_type) {
    str rest = content_type;
    str name = str_trim(str_split(&rest, ';'));
    if (str_is_empty(name) ||
        str_equal_ignoring_case(name, STR("application/json")))
        return NULL;
    return err_with_hint(err_new(a, ERR_BODY,
                                 "Content-Type not acceptable: "
                                 "%.*s",
                                 STR_ARG(content_type)),
                         STR("send the body as application/json"));
}
