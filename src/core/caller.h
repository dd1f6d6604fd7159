/*
 * caller.h: who asks, and through which session: what each door passes to the
 * planner and the mutation engine, one for each request.
 */
#ifndef CORE_CALLER_H
#define CORE_CALLER_H

#include "base/arena.h"
#include "core/app.h"
#include "core/id_source.h"
#include "core/request_times.h"

typedef enum principal_kind {
    PRINCIPAL_ANONYMOUS,
    /* Whoever has the operator's token. Reads what the rules of Tenon's own
     * tables (model.is_system) let it, nothing of the application, and writes
     * nothing. */
    PRINCIPAL_OPERATOR,
    /* The server by itself, see system_caller.h: policies do not hold it up.
     * Its origin has a reason. */
    PRINCIPAL_SYSTEM,
} principal_kind;

typedef struct principal {
    principal_kind kind;
} principal;

/* Of models with @@softDelete (soft_delete.h). */
typedef enum deleted_rows {
    DELETED_LEFT_OUT,
    DELETED_INCLUDED,
    DELETED_ONLY,
} deleted_rows;

typedef struct caller {
    const app *app;
    database_session *session; /* this worker's */
    arena *arena;              /* the request's */
    id_source *ids;            /* this worker's */
    principal principal;
    database_scope *scope; /* of an exposed database; else NULL */
    /* What the audit log says of a change; NULL: nothing, and on PostgreSQL
     * the change may be left out. */
    const change_origin *origin;
    /* With replicas, how far the database had come when the caller's session
     * last wrote to it: reads go at least so far, writes move it. NULL: nobody
     * answers but the database itself. */
    commit_position *seen;
    request_times *times; /* or NULL: nobody wants to know */
    deleted_rows deleted; /* of the table that it asks for */
    unsigned hook_depth;  /* hooks that this is called in (hook.h) */
    bool is_job;          /* nobody waits: its writes may take longer */
} caller;

#endif
