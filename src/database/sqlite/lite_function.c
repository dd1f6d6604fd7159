#include "database/sqlite/lite_function.h"

#include "base/json.h"
#include "database/sqlite/lite_cast.h"
#include "database/sqlite/lite_embed.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_json.h"
#include "database/sqlite/lite_like.h"
#include "database/sqlite/lite_match.h"
#include "database/sqlite/lite_relative.h"
#include "database/sqlite/lite_search.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_sum.h"

static bool is_null(sqlite3_value *v) {
    return sqlite3_value_type(v) == SQLITE_NULL;
}

static void fail(sqlite3_context *c, err_code code, const char *message) {
    CLEANUP(arena_release) arena *a = arena_new();
    lite_fail(c, err_new(a, code, "%s", message));
}

static void match(sqlite3_context *c, sqlite3_value **v, bool ignores_case) {
    if (is_null(v[0]) || is_null(v[1]))
        return;
    lite_pace *pace = sqlite3_user_data(c);
    lite_like_watch watch = {pace != NULL ? lite_pace_tick : NULL, pace};
    switch (lite_like(lite_value_text(v[1]), lite_value_text(v[0]),
                      ignores_case, watch)) {
    case LITE_LIKE_NO:
        sqlite3_result_int(c, 0);
        return;
    case LITE_LIKE_YES:
        sqlite3_result_int(c, 1);
        return;
    case LITE_LIKE_BAD_PATTERN:
        fail(c, ERR_VALUE_SYNTAX,
             "LIKE pattern must not end with escape character");
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
    err *e = json_parse(a, lite_value_text(values[0]), &parsed);
    sqlite3_result_int(c, e == NULL);
}

static void json_get(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    CLEANUP(arena_release) arena *a = arena_new();
    str found;
    if (!is_null(values[0]) &&
        lite_json_get(a, lite_value_text(values[0]),
                      lite_value_bytes(values[2]),
                      sqlite3_value_int(values[1]) != 0, &found))
        lite_result_text(c, found);
}

static void contains(sqlite3_context *c, sqlite3_value *whole,
                     sqlite3_value *part) {
    if (is_null(whole) || is_null(part))
        return;
    CLEANUP(arena_release) arena *a = arena_new();
    sqlite3_result_int(c, lite_json_contains(a, lite_value_text(whole),
                                             lite_value_text(part)));
}

static void json_contains(sqlite3_context *c, int count,
                          sqlite3_value **values) {
    (void)count;
    contains(c, values[0], values[1]);
}

static void json_is_contained(sqlite3_context *c, int count,
                              sqlite3_value **values) {
    (void)count;
    contains(c, values[1], values[0]);
}

/* ---- Collations --------------------------------------------------------- */

static int collate_json(void *nothing, int x_size, const void *x, int y_size,
                        const void *y) {
    (void)nothing;
    return lite_json_compare((str){x, (size_t)x_size},
                             (str){y, (size_t)y_size});
}

static int collate_decimal(void *nothing, int x_size, const void *x, int y_size,
                           const void *y) {
    (void)nothing;
    return lite_decimal_compare((str){x, (size_t)x_size},
                                (str){y, (size_t)y_size});
}

static const struct collation {
    const char *name;
    int (*compare)(void *nothing, int x_size, const void *x, int y_size,
                   const void *y);
} COLLATIONS[] = {
    {"tenon_json", collate_json},
    {"tenon_decimal", collate_decimal},
};

/* ---- All of them -------------------------------------------------------- */

static const struct function {
    const char *name;
    int argument_count;
    int flags;
    void (*call)(sqlite3_context *c, int count, sqlite3_value **values);
} FUNCTIONS[] = {
    {"tenon_like", 2, SQLITE_DIRECTONLY, like},
    {"tenon_ilike", 2, SQLITE_DIRECTONLY, ilike},
    {"tenon_json", 3, SQLITE_DIRECTONLY, json_get},
    {"tenon_json_contains", 2, SQLITE_DIRECTONLY, json_contains},
    {"tenon_json_is_contained", 2, SQLITE_DIRECTONLY, json_is_contained},
    {"tenon_cast", 4, SQLITE_DIRECTONLY, lite_cast},
    {"tenon_relative", 5, SQLITE_DIRECTONLY, lite_relative},
    {"tenon_match", 2, SQLITE_DIRECTONLY, lite_match},
    {"tenon_imatch", 2, SQLITE_DIRECTONLY, lite_match_ignoring_case},
    {"json_valid", 1, SQLITE_INNOCUOUS, json_valid},
};

int lite_function_add_all(sqlite3 *db, lite_pace *pace) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    int rc = SQLITE_OK;
    for (size_t i = 0; i < LENGTH(FUNCTIONS) && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function(
            db, FUNCTIONS[i].name, FUNCTIONS[i].argument_count,
            flags | FUNCTIONS[i].flags, pace, FUNCTIONS[i].call, NULL, NULL);
    for (size_t i = 0; i < LENGTH(COLLATIONS) && rc == SQLITE_OK; i++)
        rc = sqlite3_create_collation(db, COLLATIONS[i].name, SQLITE_UTF8, NULL,
                                      COLLATIONS[i].compare);
    if (rc == SQLITE_OK)
        rc = lite_sum_add(db);
    if (rc == SQLITE_OK)
        rc = lite_embed_add(db);
    return rc == SQLITE_OK ? lite_search_add(db, pace) : rc;
}
