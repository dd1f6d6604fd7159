/*
 * err.h: how a function says that it could not do what it was asked.
 *
 * A fallible function returns NULL when it succeeded and an err otherwise. The
 * err and its texts live in the arena the caller passed in, so nobody frees
 * them. Three outcomes are kept apart:
 *
 *   absent   a lookup that found nothing: bool or NULL, never an err
 *   failure  the world did not cooperate: an err
 *   bug      we did not: ASSERT, which stops the process
 *
 * Messages are lower case, without a full stop, and name the thing and the
 * place. Secrets never go in.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

typedef enum err_code {
#define X(name, text) ERR_##name,
#include "base/err_code.def"
#undef X
    ERR_CODE_COUNT
} err_code;

typedef struct err {
    err_code code;
    int line;
    const char *file;
    str message;
    str details;             /* facts about this case, or empty */
    str hint;                /* what to do about it, or empty */
    str foreign_code;        /* what another system calls it, or empty */
    str constraint;          /* of a table, that was violated, or empty */
    const struct err *cause; /* what went wrong underneath, or NULL */
} err;

#define fallible MUST_USE err *

#define TRY(expr)                                                              \
    do {                                                                       \
        err *try_err_ = (expr);                                                \
        if (try_err_ != NULL)                                                  \
            return try_err_;                                                   \
    } while (0)

#define err_new(a, code, ...)                                                  \
    err_make((a), (code), NULL, __FILE__, __LINE__, __VA_ARGS__)

/* Says what we were doing when the cause happened; keeps the cause's codes,
 * details and hint. */
#define err_wrap(a, cause, ...)                                                \
    err_make((a), (cause)->code, (cause), __FILE__, __LINE__, __VA_ARGS__)

fallible err_make(arena *a, err_code code, const err *cause, const char *file,
                  int line, const char *fmt, ...) PRINTF_LIKE(6, 7);

/* Both return e, so that they can stand in a return statement. */
fallible err_with_hint(err *e, str hint);
fallible err_with_details(err *e, str details);

/* All of it in another arena, for an err that outlives its own. */
fallible err_copy(arena *a, const err *e);

/* "NOT_FOUND". */
const char *err_code_name(err_code code);

/* The text of err_code.def. */
const char *err_code_text(err_code code);

/* "loading app.db: no such file": the messages from the outside in. */
void err_print(buf *out, const err *e);

#endif
