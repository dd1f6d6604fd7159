#include "api/rest/media_type.h"

#include "api/reply.h"
#include "api/weight.h"

typedef enum form {
    FORM_LIST,
    FORM_OBJECT,
    FORM_CSV,
    FORM_GEOJSON,
    FORM_PLAN,
    FORM_PLAN_JSON,
    FORM_DESCRIPTION,
} form;

static const struct row {
    str name;
    form form;
    bool is_vendor; /* takes the nulls parameter */
} TYPES[] = {
    {STR_INIT("application/json"), FORM_LIST, false},
    {STR_INIT("*/*"), FORM_LIST, false},
    {STR_INIT("application/*"), FORM_LIST, false},
    {STR_INIT("application/vnd.pgrst.object+json"), FORM_OBJECT, true},
    {STR_INIT("application/vnd.pgrst.object"), FORM_OBJECT, true},
    {STR_INIT("application/vnd.pgrst.array+json"), FORM_LIST, true},
    {STR_INIT("application/vnd.pgrst.array"), FORM_LIST, true},
    {STR_INIT("text/csv"), FORM_CSV, false},
    {STR_INIT("text/*"), FORM_CSV, false},
    {STR_INIT("application/geo+json"), FORM_GEOJSON, false},
    {STR_INIT("application/vnd.pgrst.plan"), FORM_PLAN, false},
    {STR_INIT("application/vnd.pgrst.plan+text"), FORM_PLAN, false},
    {STR_INIT("application/vnd.pgrst.plan+json"), FORM_PLAN_JSON, false},
    {STR_INIT("application/openapi+json"), FORM_DESCRIPTION, false},
};

static const str PLAN =
    STR_INIT("application/vnd.pgrst.plan+text; charset=utf-8");
static const str PLAN_JSON =
    STR_INIT("application/vnd.pgrst.plan+json; charset=utf-8");
static const str DESCRIPTION =
    STR_INIT("application/openapi+json; charset=utf-8");
static const str GEOJSON = STR_INIT("application/geo+json; charset=utf-8");
static const str CSV = STR_INIT("text/csv; charset=utf-8");
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

static media_type media_type_of(form f, bool strips_nulls) {
    media_type type = {
        .is_object = f == FORM_OBJECT,
        .is_csv = f == FORM_CSV,
        .is_geojson = f == FORM_GEOJSON,
        .is_plan = f == FORM_PLAN || f == FORM_PLAN_JSON,
        .is_description = f == FORM_DESCRIPTION,
        .plan = {.is_json = f == FORM_PLAN_JSON},
        .strips_nulls = strips_nulls,
        .content_type = REPLY_JSON,
    };
    if (type.is_plan)
        type.content_type = type.plan.is_json ? PLAN_JSON : PLAN;
    else if (f == FORM_DESCRIPTION)
        type.content_type = DESCRIPTION;
    else if (f == FORM_CSV)
        type.content_type = CSV;
    else if (f == FORM_GEOJSON)
        type.content_type = GEOJSON;
    else if (f == FORM_OBJECT)
        type.content_type = strips_nulls ? OBJECT_STRIPPED : OBJECT;
    else if (strips_nulls)
        type.content_type = ARRAY_STRIPPED;
    return type;
}

/* analyze|verbose; what we do not know changes nothing. */
static void read_options(str list, query_plan *out) {
    while (!str_is_empty(list)) {
        str option = str_trim(str_split(&list, '|'));
        out->is_run |= str_equal(option, STR("analyze"));
        out->is_verbose |= str_equal(option, STR("verbose"));
        out->has_settings |= str_equal(option, STR("settings"));
        out->has_buffers |= str_equal(option, STR("buffers"));
        out->has_wal |= str_equal(option, STR("wal"));
    }
}

/* One element of Accept; its weight, or 0 when it is not ours. */
static int read_element(str element, media_type *out) {
    const struct row *row = find(str_trim(str_split(&element, ';')));
    int weight = WEIGHT_FULL;
    bool strips_nulls = false;
    str options = {0};
    if (row == NULL)
        return 0;
    while (!str_is_empty(element)) {
        str text = str_trim(str_split(&element, ';'));
        str name = str_trim(str_split(&text, '='));
        text = str_trim(text);
        if (str_equal_ignoring_case(name, STR("q")))
            weight = weight_parse(text);
        else if (str_equal_ignoring_case(name, STR("nulls")))
            strips_nulls = row->is_vendor && str_equal(text, STR("stripped"));
        else if (str_equal_ignoring_case(name, STR("options")))
            options = text;
    }
    *out = media_type_of(row->form, strips_nulls);
    read_options(options, &out->plan);
    return weight;
}

err *media_type_refuse(arena *a, str accept) {
    return err_new(a, ERR_MEDIA_TYPE,
                   "None of these media types are available: %.*s",
                   STR_ARG(accept));
}

static err *negotiate(arena *a, str accept, bool is_root, media_type *out) {
    str rest = accept;
    int best = 0;
    *out = (media_type){.content_type = REPLY_JSON};
    bool is_usual = str_is_empty(str_trim(accept)) ||
                    str_equal(accept, STR("*/*")) ||
                    str_equal(accept, STR("application/json"));
    if (is_usual)
        return NULL;
    while (!str_is_empty(rest)) {
        media_type type;
        int weight = read_element(str_split(&rest, ','), &type);
        if (weight > best && (is_root || !type.is_description)) {
            best = weight;
            *out = type;
        }
    }
    return best > 0 ? NULL : media_type_refuse(a, accept);
}

err *media_type_negotiate(arena *a, str accept, media_type *out) {
    return negotiate(a, accept, false, out);
}

err *media_type_negotiate_root(arena *a, str accept, media_type *out) {
    return negotiate(a, accept, true, out);
}

err *media_type_of_body(arena *a, str content_type, body_form *out) {
    static const struct {
        str name;
        body_form form;
    } FORMS[] = {
        {STR_INIT("application/json"), BODY_JSON},
        {STR_INIT(""), BODY_JSON},
        {STR_INIT("text/csv"), BODY_CSV},
        {STR_INIT("application/x-www-form-urlencoded"), BODY_FORM},
    };
    str rest = content_type;
    str name = str_trim(str_split(&rest, ';'));
    for (size_t i = 0; i < LENGTH(FORMS); i++) {
        if (!str_equal_ignoring_case(name, FORMS[i].name))
            continue;
        *out = FORMS[i].form;
        return NULL;
    }
    return err_with_hint(err_new(a, ERR_BODY,
                                 "Content-Type not acceptable: %.*s",
                                 STR_ARG(content_type)),
                         STR("send the body as application/json, text/csv or "
                             "application/x-www-form-urlencoded"));
}
