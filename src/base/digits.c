#include "base/digits.h"

#include <string.h>

static const char PAIRS[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

/* The smallest number with one digit more than the index. */
static const uint64_t POWERS[] = {
    UINT64_C(0),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* A bit is worth 0.30103 digits: 1233 / 4096 of the bits is the number of
 * digits or one less. */
static size_t count_digits(uint64_t n) {
    size_t bits = 64 - (size_t)__builtin_clzll(n | 1);
    size_t least = bits * 1233 >> 12;
    return least + (n >= POWERS[least]);
}

size_t digits_write(uint64_t n, char out[DIGITS_MAX]) {
    size_t len = count_digits(n);
    char *at = out + len;
    while (n >= 100) {
        at -= 2;
        memcpy(at, PAIRS + (n % 100) * 2, 2);
        n /= 100;
    }
    if (n >= 10)
        memcpy(out, PAIRS + n * 2, 2);
    else
        out[0] = (char)('0' + n);
    return len;
}
