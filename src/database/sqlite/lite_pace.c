#include "database/sqlite/lite_pace.h"

#include "base/clock.h"
#include "io/fiber.h"

enum {
    SLICE_US = 150,
    /* What a statement may take even when it holds back the log. */
    LEAST_MS = 1000,
    /* The part of its time that it may take even when others wait. */
    LEAST_PART = 10,
};

int64_t lite_now_ms(void) {
    return clock_monotonic_us(NULL) / 1000;
}

void lite_pace_install(lite_pace *p, sqlite3 *db) {
    sqlite3_progress_handler(db, LITE_PACE_STEPS, lite_pace_tick, p);
}

void lite_pace_begin(lite_pace *p, int64_t now_ms, int64_t limit_ms) {
    p->is_running = true;
    p->has_ended = false;
    p->makes_way = false;
    p->began_ms = now_ms;
    p->ends_ms = limit_ms < INT64_MAX - now_ms ? now_ms + limit_ms : INT64_MAX;
    p->slice_us = 0;
}

void lite_pace_end(lite_pace *p) {
    p->is_running = false;
}

static int end_statement(lite_pace *p, err_code reason) {
    p->has_ended = true;
    p->end_reason = reason;
    return 1;
}

static bool holds_back_log(const lite_pace *p, int64_t now_ms) {
    if (p->ends_older_than_ms == NULL)
        return false;
    int64_t older_than = atomic_load(p->ends_older_than_ms);
    return p->began_ms < older_than && now_ms - p->began_ms > LEAST_MS;
}

static int give_way(lite_pace *p, int64_t now) {
    if (p->slice_us == 0) {
        p->slice_us = now + SLICE_US;
        return 0;
    }
    if (now < p->slice_us)
        return 0;
    fiber_yield();
    p->slice_us = 0;
    return fiber_is_cancelled(fiber_current()) ? end_statement(p, ERR_CANCELLED)
                                               : 0;
}

bool lite_pace_is_over(lite_pace *p, int64_t now_ms) {
    if (!p->is_running)
        return false;
    if (now_ms >= p->ends_ms)
        end_statement(p, ERR_TIMEOUT);
    else if (p->makes_way || holds_back_log(p, now_ms))
        end_statement(p, ERR_UNAVAILABLE);
    return p->has_ended;
}

void lite_pace_make_way(lite_pace *p, int64_t now_ms) {
    p->makes_way |=
        p->is_running &&
        now_ms - p->began_ms > (p->ends_ms - p->began_ms) / LEAST_PART;
}

int lite_pace_tick(void *pace) {
    lite_pace *p = pace;
    if (!p->is_running)
        return 0;
    int64_t now = clock_monotonic_us(NULL);
    if (lite_pace_is_over(p, now / 1000))
        return 1;
    return p->may_yield && fiber_current() != NULL ? give_way(p, now) : 0;
}

err *lite_pace_error(arena *a, const lite_pace *p) {
    if (p->end_reason == ERR_CANCELLED)
        return err_new(a, ERR_CANCELLED, "cancelled while a statement ran");
    if (p->makes_way)
        return err_with_hint(
            err_new(a, ERR_UNAVAILABLE,
                    "the read took long, and others waited for its connection"),
            STR("ask for less at once, or try again later"));
    if (p->end_reason == ERR_UNAVAILABLE)
        return err_new(a, ERR_UNAVAILABLE,
                       "ended because a long read kept the write-ahead log"
                       " from being reset");
    return err_new(a, ERR_TIMEOUT,
                   "canceling statement due to statement timeout");
}
