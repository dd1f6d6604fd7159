#include "database/sqlite/lite_match.h"

#include "base/regex.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"

/* A pattern that SQLite keeps while it stays the same: the arena, and in it: */
typedef struct compiled {
    arena *arena; /* that this lives in */
    const regex *regex;
} compiled;

enum { TEXT, PATTERN };

static void forget(void *kept) {
    compiled *c = kept;
    arena_free(c->arena);
}

static void fail(sqlite3_context *c, err_code code, const char *why,
                 str message) {
    CLEANUP(arena_release) arena *a = arena_new();
    lite_fail(c, err_new(a, code, "%s: %.*s", why, STR_ARG(message)));
}

/* NULL: it failed. */
static compiled *compile(sqlite3_context *c, str pattern, bool ignores_case) {
    arena *a = arena_new();
    compiled *made = arena_new_array(a, compiled, 1);
    made->arena = a;
    err *e = regex_compile_posix(a, pattern, ignores_case, &made->regex);
    if (e == NULL)
        return made;
    fail(c, ERR_REGEX, "invalid regular expression", e->message);
    arena_free(a);
    return NULL;
}

static void answer(sqlite3_context *c, const compiled *pattern, str text) {
    regex_answer found = regex_match(pattern->arena, pattern->regex, text);
    if (found == REGEX_TOO_COSTLY)
        fail(c, ERR_REGEX, "regular expression failed",
             STR("it is too costly for a text that it was matched with"));
    else
        sqlite3_result_int(c, found == REGEX_YES);
}

static void match(sqlite3_context *c, sqlite3_value **values,
                  bool ignores_case) {
    if (sqlite3_value_type(values[TEXT]) == SQLITE_NULL ||
        sqlite3_value_type(values[PATTERN]) == SQLITE_NULL)
        return;
    compiled *pattern = sqlite3_get_auxdata(c, PATTERN);
    if (pattern != NULL) {
        answer(c, pattern, lite_value_text(values[TEXT]));
        return;
    }
    pattern = compile(c, lite_value_text(values[PATTERN]), ignores_case);
    if (pattern == NULL)
        return;
    answer(c, pattern, lite_value_text(values[TEXT]));
    /* Last: SQLite may forget it at once. */
    sqlite3_set_auxdata(c, PATTERN, pattern, forget);
}

void lite_match(sqlite3_context *c, int count, sqlite3_value **values) {
    (void)count;
    match(c, values, false);
}

void lite_match_ignoring_case(sqlite3_context *c, int count,
                              sqlite3_value **values) {
    (void)count;
    match(c, values, true);
}
