/*
 * session_position.h: who wrote a thing reads it, also where reads go to
 * replicas.
 *
 * Before there is sign-in, a session is a connection, and whoever says that it
 * goes on with one: an answer to a write has the header
 *
 *     Tenon-Position: 16/B374D848
 *
 * and a request that carries it, on any connection and to any node, sees what
 * that write did. On the same connection that is so without the header.
 */
#ifndef API_SESSION_POSITION_H
#define API_SESSION_POSITION_H

#include "database/commit_position.h"
#include "io/http_message.h"

/* What the request's session has seen. A header that cannot be read is taken
 * for a position that no replica has. */
commit_position session_position_read(const http_request *request);

/* After a request that wrote: where that was committed. */
void session_position_write(const http_request *request, http_reply *reply,
                            commit_position written);

#endif
