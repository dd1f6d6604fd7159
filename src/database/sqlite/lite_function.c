#include "database/sqlite/lite_function.h"

#include "base/json.h"
#include "database/sqlite/lite_like.h"

static str text_of(sqlite3_value *v) {
    const unsigned char *text = sqlite3_value_text(v);
    if (text == NULL)
        return (str){0};
    return (str){(const char *)text, (size_t)sqlite3_value_bytes(v)};
}

static bool is_null(sqlite3_value *v) {
    return sqlite3_value_type(v) == SQLITE_NULL;
}

static void match(sqlite3_context *c, sqlite3_value **v, bool ignores_case) {
    if (is_null(v[0]) || is_null(v[1]))
        return;
    lite_pace *pace = sqlite3_user_data(c);
    lite_like_watch watch = {pace != NULL ? lite_pace_tick : NULL, pace};
    switch (lite_like(text_of(v[1]), text_of(v[0]), ignores_case, watch)) {
    case LITE_LIKE_NO:
        sqlite3_result_int(c, 0);
        return;
    case LITE_LIKE_YES:
        sqlite3_result_int(c, 1);
        return;
    case LITE_LIKE_BAD_PATTERN:
        sqlite3_result_error_code(c, SQLITE_MISMATCH);
        return;
    case LITE_LIKE_GAVE_UP:
        sqlite3_result_error_code(c, SQLITE_INTERRUPT);
        return;
    }
}

static void like(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    match(c, values, false);
}

static void ilike(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    match(c, values, true);
}

static void json_valid(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    if (is_null(values[0]))
        return;
    CLEANUP(arena_release) arena *a = arena_new();
    const json *parsed = NULL;
    err *e = json_parse(a, text_of(values[0]), &parsed);
    sqlite3_result_int(c, e == NULL);
}

static const struct function {
    const char *name;
    int argument_count;
    int flags;
    void (*call)(sqlite3_context *c, int count, sqlite3_value **values);
} FUNCTIONS[] = {
    {"tenon_like", 2, SQLITE_DIRECTONLY, like},
    {"tenon_ilike", 2, SQLITE_DIRECTONLY, ilike},
    {"json_valid", 1, SQLITE_INNOCUOUS, json_valid},
};

int lite_function_add_all(sqlite3 *db, lite_pace *pace) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    int rc = SQLITE_OK;
    for (size_t i = 0; i < LENGTH(FUNCTIONS) && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function(
            db, FUNCTIONS[i].name, FUNCTIONS[i].argument_count,
            flags | FUNCTIONS[i].flags, pace, FUNCTIONS[i].call, NULL, NULL);
    return rc;
}
