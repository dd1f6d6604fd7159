#include "io/http1_authority.h"

#include "base/ascii.h"
#include "base/hex.h"
#include "io/http1_scan.h"

/* Of an IPv6 address; what it means is nobody's business here. */
static const char *skip_address(const char *at, const char *end) {
    while (at < end && (hex_digit(*at) >= 0 || *at == ':' || *at == '.'))
        at++;
    return at;
}

bool http1_is_authority(str text) {
    const char *end = text.ptr + text.len;
    const char *at = text.ptr;
    if (text.len > 0 && *at == '[') {
        at = skip_address(at + 1, end);
        if (at == end || at == text.ptr + 1 || *at++ != ']')
            return false;
    } else {
        at = http1_skip(at, end, HTTP1_HOST);
    }
    if (at == text.ptr)
        return false;
    if (at == end)
        return true;
    if (*at++ != ':' || end - at > 5)
        return false;
    uint32_t port = 0;
    for (; at < end && ascii_is_digit(*at); at++)
        port = port * 10 + (uint32_t)(*at - '0');
    return at == end && port <= UINT16_MAX;
}
