/*
 * The text of a double reads back as the same double, here and with strtod;
 * and any number that is read has the bits that strtod gives.
 */
#include "base/real.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(double number) {
    char text[REAL_TEXT_MAX + 1];
    size_t len = real_format(number, text);
    ASSERT(len <= REAL_TEXT_MAX);
    text[len] = '\0';
    double back = 0;
    bool is_read = real_parse((str){text, len}, &back);
    ASSERT(is_read && back == number && signbit(back) == signbit(number));
    ASSERT(strtod(text, NULL) == number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    double number;
    if (size == sizeof number) {
        memcpy(&number, data, sizeof number);
        if (isfinite(number))
            write_and_read(number);
    }
    char text[256] = {0};
    if (size < sizeof text &&
        real_parse((str){(const void *)data, size}, &number)) {
        memcpy(text, data, size);
        ASSERT(strtod(text, NULL) == number);
        write_and_read(number);
    }
    return 0;
}
