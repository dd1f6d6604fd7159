#include "base/err.h"

#include <stdarg.h>

static const char *const NAMES[] = {
#define X(name, text) [ERR_##name] = #name,
#include "base/err_code.def"
#undef X
};
static const char *const TEXTS[] = {
#define X(name, text) [ERR_##name] = (text),
#include "base/err_code.def"
#undef X
};
_Static_assert(LENGTH(NAMES) == ERR_CODE_COUNT, "every code has a name");

err *err_make(arena *a, err_code code, const err *cause, const char *file,
              int line, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str message = arena_vprintf(a, fmt, args);
    va_end(args);

    err *e = arena_new_array(a, err, 1);
    *e = (err){
        .code = code,
        .line = line,
        .file = file,
        .message = message,
        .details = cause != NULL ? cause->details : (str){0},
        .hint = cause != NULL ? cause->hint : (str){0},
        .foreign_code = cause != NULL ? cause->foreign_code : (str){0},
        .constraint = cause != NULL ? cause->constraint : (str){0},
        .cause = cause,
    };
    return e;
}

err *err_with_hint(err *e, str hint) {
    e->hint = hint;
    return e;
}

err *err_with_details(err *e, str details) {
    e->details = details;
    return e;
}

/* Chains are two or three long. */
err *err_copy(arena *a, const err *e) {
    err *copy = arena_new_array(a, err, 1);
    *copy = *e;
    copy->message = arena_copy(a, e->message);
    copy->details = arena_copy(a, e->details);
    copy->hint = arena_copy(a, e->hint);
    copy->foreign_code = arena_copy(a, e->foreign_code);
    copy->constraint = arena_copy(a, e->constraint);
    copy->cause = e->cause != NULL ? err_copy(a, e->cause) : NULL;
    return copy;
}

const char *err_code_name(err_code code) {
    return NAMES[code];
}

const char *err_code_text(err_code code) {
    return TEXTS[code];
}

void err_print(buf *out, const err *e) {
    for (; e != NULL; e = e->cause) {
        buf_append(out, e->message);
        if (e->cause != NULL)
            buf_append(out, STR(": "));
    }
}
