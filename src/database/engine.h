/*
 * engine.h: what an engine is to database.c.
 *
 * An engine is a table of functions. Its database, session and rows begin with
 * the structs below, so that database.c finds the table in whatever it is
 * handed; the engine's own fields follow.
 */
#ifndef DATABASE_ENGINE_H
#define DATABASE_ENGINE_H

#include "database/database.h"

typedef struct engine {
    err *(*open)(arena *a, const database_config *config, const schema *s,
                 database **out);
    void (*close)(database *d);
    err *(*session_open)(arena *a, database *d, loop *l,
                         database_session **out);
    void (*session_close)(database_session *s);
    err *(*check)(database_session *s, arena *a);
    err *(*query)(database_session *s, arena *a, const query *q,
                  database_rows **out);
    bool (*rows_next)(database_rows *rows);
    err *(*rows_end)(database_rows *rows);
    /* As database_mutate_once; once is NULL when it may happen again, and count
     * is 1 or more then. */
    err *(*mutate)(database_session *s, arena *a,
                   const mutation *const *mutations, size_t count,
                   receipt *once, mutation_result *results, size_t *failed_at);
} engine;

struct database {
    const engine *engine;
};

struct database_session {
    const engine *engine;
};

typedef struct engine_rows {
    database_rows rows;
    const engine *engine;
} engine_rows;

extern const engine LITE_ENGINE;
extern const engine PG_ENGINE;

#endif
