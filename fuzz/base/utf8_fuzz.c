/* The fast validation agrees with decoding by arithmetic, code point by code
 * point. */
#include "base/utf8.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The number of bytes of the code point at p, or 0: take the bits, and ask
 * afterwards whether the result may stand in so many bytes. */
static size_t slow_decode(const uint8_t *p, size_t size, uint32_t *out) {
    static const uint32_t SMALLEST[] = {0, 0, 0x80, 0x800, 0x10000};
    if (p[0] < 0x80) {
        *out = p[0];
        return 1;
    }
    size_t length = 0;
    while (length < 8 && (p[0] << length & 0x80) != 0)
        length++;
    if (length < 2 || length > 4 || length > size)
        return 0;
    uint32_t c = p[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        c = c * 64 + p[i] % 64;
    }
    bool is_scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    *out = c;
    return is_scalar && c >= SMALLEST[length] ? length : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str text = {(const void *)data, size};
    size_t valid = 0;
    size_t count = 0;
    while (valid < size) {
        uint32_t slow = 0;
        uint32_t fast = 0;
        size_t length = slow_decode(data + valid, size - valid, &slow);
        str rest = str_slice(text, valid, size);
        ASSERT(utf8_decode(rest, &fast) == length);
        if (length == 0)
            break;
        ASSERT(slow == fast);
        char bytes[UTF8_MAX_BYTES];
        ASSERT(utf8_encode(fast, bytes) == length);
        ASSERT(memcmp(bytes, data + valid, length) == 0);
        valid += length;
        count++;
    }
    ASSERT(utf8_valid_prefix(text) == valid);
    ASSERT(utf8_count((str){text.ptr, valid}) == count);
    return 0;
}
