/*
 * id_source.h: where generated ids come from: uuid v4 and v7, cuid.
 *
 * One for each worker, so no two threads wait for each other; its v7 ids grow
 * with each row it makes, and those of two workers differ by chance as ids of
 * two machines do.
 */
#ifndef CORE_ID_SOURCE_H
#define CORE_ID_SOURCE_H

#include "base/cuid.h"
#include "base/rand.h"
#include "base/uuid.h"

typedef struct id_source {
    rand_source random;
    uuid_sequence uuids;
    cuid_sequence cuids;
} id_source;

/* rand_secure(), or a seeded source in tests. */
void id_source_init(id_source *ids, rand_source random);

#endif
