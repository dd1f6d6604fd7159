/*
 * event_prune.h: removes events (recording.h) that are kept no longer, from the
 * first on, so that what is left has no gap. What a consumer of the feed has not
 * read yet stays for longer, but not for ever: one that is gone for good would
 * fill the disk. Who comes back after that is told how many it missed (feed.h).
 * The last of those that may go stays: by it a reader knows that nothing behind
 * it was removed.
 */
#ifndef DATABASE_EVENT_PRUNE_H
#define DATABASE_EVENT_PRUNE_H

#include "database/migrate/target.h"

enum { EVENT_PRUNE_PATIENCE = 4 }; /* times as long, for what is unread */

/* Those older than that at now_ms. t is open for TARGET_WRITE. Some thousand in a
 * transaction. Blocks. */
fallible event_prune_run(arena *a, target *t, int64_t now_ms, int64_t kept_ms,
                         int64_t *count);

#endif
