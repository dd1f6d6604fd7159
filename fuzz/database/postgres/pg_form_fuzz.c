/* What a database answers for a date and time is read without a failure: it is
 * the value's form, which timestamp.h reads to the same moment, or stays as it
 * is. */
#include "database/postgres/pg_form.h"

#include "base/assert.h"
#include "base/timestamp.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_datetime(arena *a, str text) {
    value v = {0};
    ASSERT(pg_form_read(a, PG_DATETIME, text.ptr, text.len, &v) == NULL);
    ASSERT(v.kind == VALUE_TEXT);
    if (v.text.ptr == text.ptr)
        return;
    timestamp was = {0};
    timestamp is = {0};
    ASSERT(v.text.len >= TIMESTAMP_LENGTH);
    ASSERT(str_ends_with(v.text, STR("+00:00")));
    if (timestamp_parse(a, text, &was) != NULL)
        return; /* the 30th of February, or ten digits of a fraction */
    ASSERT(timestamp_parse(a, v.text, &is) == NULL);
    ASSERT(was.ms == is.ms);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    const str text = {(const char *)data, size};
    CLEANUP(arena_release) arena *a = arena_new();
    value v = {0};
    check_datetime(a, text);
    for (pg_form form = PG_TEXT; form <= PG_BYTES; form++) {
        err *e = pg_form_read(a, form, text.ptr, text.len, &v);
        ASSERT(e == NULL || e->code == ERR_CORRUPT);
    }
    return 0;
}
