/*
 * health.h: is the process alive (/healthz), and can it do its work
 * (/readyz)? The first never touches the database: a supervisor must not
 * restart us because the disk is full.
 */
#ifndef API_HEALTH_H
#define API_HEALTH_H

#include "database/database.h"
#include "io/http_message.h"

void health_serve_alive(http_reply *reply);

/* 503 with the reason while the database cannot be used. Suspends. */
void health_serve_ready(database_session *session, const http_request *request,
                        http_reply *reply);

#endif
