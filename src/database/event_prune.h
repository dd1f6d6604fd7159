/*
 * event_prune.h: removes events (recording.h) that are kept no longer, from the
 * first on, so that what is left has no gap. What a consumer of the feed has not
 * read yet stays, however old it is.
 */
#ifndef DATABASE_EVENT_PRUNE_H
#define DATABASE_EVENT_PRUNE_H

#include "database/migrate/target.h"

/* Those from before then. t is open for TARGET_WRITE. Some thousand in a
 * transaction. Blocks. */
fallible event_prune_run(arena *a, target *t, int64_t before_ms, int64_t *count);

#endif
