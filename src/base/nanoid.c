#include "base/nanoid.h"

static const char ALPHABET[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
_Static_assert(sizeof ALPHABET - 1 == 64, "six bits choose a character");

void nanoid_format(rand_source *r, char *out, size_t length) {
    rand_bytes(r, out, length);
    for (size_t i = 0; i < length; i++)
        out[i] = ALPHABET[(unsigned char)out[i] & 63];
}
