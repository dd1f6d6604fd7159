/*
 * reply.h: how a failure leaves the process.
 *
 * Every error of every HTTP interface has the same body,
 *
 *     {"code":"42703","message":"column task.x does not exist",
 *      "details":null,"hint":null}
 *
 * and one table says which code and status an err becomes. The codes are
 * SQLSTATEs, and PGRST ones for what no database can say.
 */
#ifndef API_REPLY_H
#define API_REPLY_H

#include "base/err.h"
#include "io/http_message.h"

extern const str REPLY_JSON; /* the content type */

/* Replaces what is in the body. Headers that were added before stay. */
void reply_error(arena *a, http_reply *reply, const err *e);

/* What the err is called on the wire: "42703", 400. */
str reply_error_code(err_code code);
int reply_error_status(err_code code);

/* Of an error that PostgreSQL named, as PostgREST has it: PT404 is 404, and a
 * class or code that says nothing else 400. */
int reply_sqlstate_status(str sqlstate);

#endif
