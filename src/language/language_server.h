/*
 * language_server.h: the Language Server Protocol 3.17, for schema files.
 *
 *     language_server *s = language_server_new();
 *     language_server_take(s, body, out);    a message in, its answers out
 *     if (language_server_has_ended(s)) ...
 *
 * Sans I/O but for imports, which are read from the disk. One message at a
 * time, in order; each is answered before the next is looked at, which takes
 * milliseconds. Diagnostics are sent for each change of an open document.
 */
#ifndef LANGUAGE_LANGUAGE_SERVER_H
#define LANGUAGE_LANGUAGE_SERVER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

typedef struct language_server language_server;

language_server *language_server_new(void);
void language_server_free(language_server *s);

/* body: the JSON of one message. Appends frames (rpc_frame.h) to out. */
void language_server_take(language_server *s, str body, buf *out);

/* After "exit". The process ends with that code: 0 if "shutdown" came first,
 * as the protocol says. */
bool language_server_has_ended(const language_server *s, int *exit_code);

#endif
