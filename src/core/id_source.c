#include "core/id_source.h"

void id_source_init(id_source *ids, rand_source random) {
    ids->random = random;
    atomic_init(&ids->uuids.last, 0);
    cuid_init(&ids->cuids, &ids->random);
}
