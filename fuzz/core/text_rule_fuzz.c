/* What passes as an address or a link has no blank, no control character and
 * nothing to break out of an attribute with; a time reads as one. */
#include "core/text_rule.h"

#include <stdint.h>

#include "base/assert.h"
#include "base/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_is_plain(str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        ASSERT(c > ' ' && c != 0x7F && c != '"' && c != '<' && c != '>');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size};
    if (text_rule_is_email(text)) {
        check_is_plain(text);
        str domain = text;
        str local = str_split(&domain, '@');
        ASSERT(local.len > 0 && str_find_char(domain, '.') < domain.len);
    }
    if (text_rule_is_url(text)) {
        check_is_plain(text);
        ASSERT(text.ptr[0] == 'h' || text.ptr[0] == 'H');
    }
    timestamp t;
    if (text_rule_is_datetime(a, text))
        ASSERT(timestamp_parse(a, text, &t) == NULL);
    return 0;
}
