/* An array literal that is read is a JSON array of the element's type, and read
 * again from that array it is the same. So it is from the literal that is sent
 * to PostgreSQL. */
#include "core/coerce_list.h"

#include "base/assert.h"
#include "base/utf8.h"
#include "database/postgres/pg_array.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(arena *a, const field *f, str literal) {
    value v = {0};
    value again = {0};
    const json *parsed = NULL;
    if (coerce_text(a, f, literal, &v) != NULL)
        return;
    ASSERT(json_parse(a, v.text, &parsed) == NULL);
    ASSERT(parsed->kind == JSON_ARRAY);
    ASSERT(coerce_json(a, f, parsed, &again) == NULL);
    ASSERT(str_equal(v.text, again.text));
    str sent = {0};
    ASSERT(pg_array_of_list(a, v.text, false, &sent) == NULL);
    ASSERT(coerce_text(a, f, sent, &again) == NULL);
    ASSERT(str_equal(v.text, again.text));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    const field texts = {.scalar = SCALAR_STRING, .is_list = true};
    const field numbers = {.scalar = SCALAR_DECIMAL, .is_list = true};
    const str literal = {(const char *)data, size};
    if (!utf8_is_valid(literal))
        return 0;
    CLEANUP(arena_release) arena *a = arena_new();
    check(a, &texts, literal);
    check(a, &numbers, literal);
    return 0;
}
