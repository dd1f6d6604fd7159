#include "schema/quantity.h"

#include "base/ascii.h"
#include "base/attr.h"

typedef struct unit {
    str name;
    int64_t scale;
} unit;

static const unit SIZES[] = {
    {STR_INIT("B"), 1},
    {STR_INIT("KB"), INT64_C(1) << 10},
    {STR_INIT("MB"), INT64_C(1) << 20},
    {STR_INIT("GB"), INT64_C(1) << 30},
};

static const unit TIMES[] = {
    {STR_INIT("d"), 1},
    {STR_INIT("w"), 7},
    {STR_INIT("y"), 365},
};

static bool parse(str text, const unit *units, size_t unit_count,
                  int64_t *out) {
    size_t digits = 0;
    while (digits < text.len && ascii_is_digit(text.ptr[digits]))
        digits++;
    int64_t count = 0;
    str name = str_slice(text, digits, text.len);
    if (!str_parse_int64(str_slice(text, 0, digits), &count) || count == 0)
        return false;
    for (size_t i = 0; i < unit_count; i++) {
        if (str_equal(units[i].name, name))
            return !__builtin_mul_overflow(count, units[i].scale, out);
    }
    return false;
}

bool quantity_parse_bytes(str text, uint64_t *out) {
    int64_t bytes = 0;
    if (!parse(text, SIZES, LENGTH(SIZES), &bytes))
        return false;
    *out = (uint64_t)bytes;
    return true;
}

bool quantity_parse_days(str text, uint32_t *out) {
    int64_t days = 0;
    if (!parse(text, TIMES, LENGTH(TIMES), &days) || days > UINT32_MAX)
        return false;
    *out = (uint32_t)days;
    return true;
}
