/*
 * feed_view.h: what a caller may see of an event.
 *
 * The row is judged as it was and as it is, by what the caller may read: only
 * what he could have read he is shown of it, and of that the columns that he may
 * see. So to him a row that comes into his reach is created, one that leaves it
 * is deleted, and of what happens beyond it he hears nothing.
 *
 * A reach that cannot be judged from the row alone (filter_eval.h), or by a
 * column that events do not hold, shows nothing.
 */
#ifndef CORE_FEED_VIEW_H
#define CORE_FEED_VIEW_H

#include "core/caller.h"
#include "database/feed.h"

/* False: nothing of it. *out borrows from e, or is in the caller's arena. */
bool feed_view_of(const caller *c, const feed_event *e, feed_event *out);

#endif
