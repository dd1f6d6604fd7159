#include "language/manual.h"

#include "base/attr.h"

static const manual_entry ENTRIES[] = {
#define X(kind, name, usage, text)                                             \
    {MANUAL_##kind, STR_INIT(name), STR_INIT(usage), STR_INIT(text)},
#include "language/manual.def"
#undef X
};

const manual_entry *manual_entries(size_t *count) {
    *count = LENGTH(ENTRIES);
    return ENTRIES;
}

const manual_entry *manual_find(manual_kind kind, str name) {
    for (size_t i = 0; i < LENGTH(ENTRIES); i++) {
        if (ENTRIES[i].kind == kind && str_equal(ENTRIES[i].name, name))
            return &ENTRIES[i];
    }
    return NULL;
}
