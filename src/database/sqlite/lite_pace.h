/*
 * lite_pace.h: keeps a statement from taking more than its share of time.
 *
 * SQLite calls lite_pace_tick every LITE_PACE_STEPS steps of its machine, some
 * microseconds apart, and so do our SQL functions when they work long. A
 * statement on a loop gives way to others when it has run for a slice; any
 * statement ends when its time is over or its fiber was cancelled.
 *
 * What neither ticks nor can be interrupted is one long step: sorting a very
 * large result, DDL, a big blob. Nothing that the REST dialect asks for is one
 * of those, but for the sort, whose size is that of what the filters leave.
 */
#ifndef DATABASE_SQLITE_LITE_PACE_H
#define DATABASE_SQLITE_LITE_PACE_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { LITE_PACE_STEPS = 1000 };

/* One for each connection; zero-initialize. */
typedef struct lite_pace {
    bool may_yield;      /* the connection belongs to a loop */
    bool is_running;     /* a statement with a limit is */
    int64_t began_ms;    /* in loop_now's time, like the following */
    int64_t ends_ms;     /* when its time is over */
    int64_t slice_us;    /* when its slice is over; 0: not begun */
    bool makes_way;      /* others wait for its connection */
    bool has_ended;      /* a tick ended the statement, and why: */
    err_code end_reason; /* ERR_TIMEOUT, ERR_CANCELLED, ERR_UNAVAILABLE */

    /* Statements that began before this are to end after a second: they hold
     * back the write-ahead log. Or NULL. */
    const _Atomic int64_t *ends_older_than_ms;
} lite_pace;

/* Installs the tick on the connection; the pace must live as long. */
void lite_pace_install(lite_pace *p, sqlite3 *db);

void lite_pace_begin(lite_pace *p, int64_t now_ms, int64_t limit_ms);
void lite_pace_end(lite_pace *p);

/* Others wait for its connection: a statement that has run for a tenth of its
 * time limit ends at its next tick. */
void lite_pace_make_way(lite_pace *p, int64_t now_ms);

/* For SQLite; 0 to go on. Suspends. */
int lite_pace_tick(void *pace);

/* Is the statement's time over? For between two steps. */
bool lite_pace_is_over(lite_pace *p, int64_t now_ms);

/* The err of a statement that a tick ended. */
fallible lite_pace_error(arena *a, const lite_pace *p);

/* Monotonic, comparable with loop_now. */
int64_t lite_now_ms(void);

#endif
