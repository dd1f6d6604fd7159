/* A place that is written and read again is the same place. */
#include "database/audit_place.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    audit_place p;
    audit_place again;
    if (!audit_place_parse(text, &p))
        return 0;
    ASSERT(audit_place_parse(audit_place_format(a, &p), &again));
    ASSERT(audit_place_compare(&p, &again) == 0);
    return 0;
}
