/*
 * audit_seal.h: seals the rows of the audit log that no seal has yet
 * (audit_entry.h). Writers are not kept waiting: their rows have their hashes
 * already, and this reads nothing but them.
 *
 * Any number of nodes may do it at once, and it may end at any point: an entry
 * is made of what is committed and is there as a whole or not at all; of two
 * with one number the second one is refused. No row is left out, since
 * audit_place.h gives no place before one that is sealed, and none is sealed
 * twice, since a seal begins behind the last one's.
 *
 * The newest entry is remembered beside the key (audit_key.h). When the
 * database does not have that any more, nothing is sealed: whoever took seals
 * away would be covered up.
 */
#ifndef DATABASE_AUDIT_SEAL_H
#define DATABASE_AUDIT_SEAL_H

#include "database/audit_entry.h"

enum { AUDIT_SEAL_ROWS = 4096 }; /* at most, of one seal */

typedef struct audit_sealing {
    int64_t seals; /* how many were made */
    int64_t rows;  /* that they have */
    audit_head head;
    err *unremembered; /* why the head could not be stored beside the key */
} audit_sealing;

/* t is open for TARGET_WRITE. ERR_CONFLICT when seals are gone that were here.
 * Somebody else's work meanwhile is no failure. Blocks. */
fallible audit_seal_run(arena *a, target *t, const audit_key *k,
                        audit_sealing *out);

/* ERR_CONFLICT when what is remembered beside the key is not there any more.
 * Blocks. */
fallible audit_seal_check_head(arena *a, target *t, const audit_key *k);

/* Is the entry that the head names there? Fills in what is in its place, or
 * number 0. Blocks. */
fallible audit_seal_find_head(arena *a, target *t, const audit_head *head,
                              bool *out);

#endif
