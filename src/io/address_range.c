#include "io/address_range.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { MAPPED_BITS = 96, ALL_BITS = 128 };

static const unsigned char MAPPED[12] = {[10] = 0xff, [11] = 0xff};

typedef struct block {
    unsigned char address[ADDRESS_BYTES];
    int prefix;
} block;

#define V4(a, b, c, d, bits)                                                   \
    {                                                                          \
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d},                \
            MAPPED_BITS + (bits)                                               \
    }
#define V6(a, b, c, d, bits)                                                   \
    {                                                                          \
        {(a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff,                               \
         (c) >> 8, (c)&0xff, (d) >> 8, (d)&0xff},                              \
            (bits)                                                             \
    }

static const block GLOBAL[] = {V4(0, 0, 0, 0, 0), V6(0x2000, 0, 0, 0, 3)};

/* Of these, what is not. */
static const block SPECIAL[] = {
    V4(0, 0, 0, 0, 8),           /* this network */
    V4(10, 0, 0, 0, 8),          /* private */
    V4(100, 64, 0, 0, 10),       /* shared by a carrier's customers */
    V4(127, 0, 0, 0, 8),         /* loopback */
    V4(169, 254, 0, 0, 16),      /* link local, metadata of clouds */
    V4(172, 16, 0, 0, 12),       /* private */
    V4(192, 0, 0, 0, 24),        /* protocol assignments */
    V4(192, 0, 2, 0, 24),        /* documentation */
    V4(192, 88, 99, 0, 24),      /* 6to4 relays, deprecated */
    V4(192, 168, 0, 0, 16),      /* private */
    V4(198, 18, 0, 0, 15),       /* benchmarks */
    V4(198, 51, 100, 0, 24),     /* documentation */
    V4(203, 0, 113, 0, 24),      /* documentation */
    V4(224, 0, 0, 0, 3),         /* multicast, reserved, broadcast */
    V6(0x2001, 0, 0, 0, 23),     /* protocol assignments, Teredo, ORCHID */
    V6(0x2001, 0xdb8, 0, 0, 32), /* documentation */
    V6(0x2002, 0, 0, 0, 16),     /* 6to4 */
    V6(0x3fff, 0, 0, 0, 20),     /* documentation */
};

/* ---- Addresses ----------------------------------------------------------- */

static bool bytes_of(const struct sockaddr *address,
                     unsigned char out[ADDRESS_BYTES]) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        memcpy(out, MAPPED, sizeof MAPPED);
        memcpy(out + sizeof MAPPED, &in.sin_addr, sizeof in.sin_addr);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        memcpy(out, &in.sin6_addr, ADDRESS_BYTES);
        return true;
    }
    return false;
}

uint16_t address_port(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return ntohs(in.sin_port);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return ntohs(in.sin6_port);
    }
    return 0;
}

static bool has_prefix(const unsigned char *address,
                       const unsigned char *wanted, int bits) {
    size_t whole = (size_t)bits / 8;
    if (memcmp(address, wanted, whole) != 0)
        return false;
    int rest = bits % 8;
    return rest == 0 || ((address[whole] ^ wanted[whole]) >> (8 - rest)) == 0;
}

static bool is_in(const unsigned char *address, const block *blocks,
                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (has_prefix(address, blocks[i].address, blocks[i].prefix))
            return true;
    }
    return false;
}

bool address_is_global(const struct sockaddr *address) {
    unsigned char bytes[ADDRESS_BYTES];
    return bytes_of(address, bytes) && is_in(bytes, GLOBAL, LENGTH(GLOBAL)) &&
           !is_in(bytes, SPECIAL, LENGTH(SPECIAL));
}

bool address_range_has(const address_range *r, const struct sockaddr *address) {
    unsigned char bytes[ADDRESS_BYTES];
    return bytes_of(address, bytes) &&
           has_prefix(bytes, r->address, r->prefix) &&
           (r->port == 0 || r->port == address_port(address));
}

bool address_range_covers(const address_range *r, const address_range *one) {
    return r->prefix <= one->prefix &&
           has_prefix(one->address, r->address, r->prefix);
}

/* ---- Reading a range ----------------------------------------------------- */

static err *refuse(arena *a, str text, const char *why) {
    return err_with_hint(
        err_new(a, ERR_INVALID, "'%.*s' is no range of addresses: %s",
                STR_ARG(text), why),
        STR("a range is 10.0.0.0/8, 127.0.0.1:8080, fd00::/8 or "
            "[fd00::1]:443"));
}

static bool read_address(str text, address_range *out) {
    char spelled[INET6_ADDRSTRLEN];
    if (text.len >= sizeof spelled)
        return false;
    memcpy(spelled, text.ptr, text.len);
    spelled[text.len] = '\0';
    if (inet_pton(AF_INET6, spelled, out->address) == 1)
        return true;
    memcpy(out->address, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, spelled, out->address + sizeof MAPPED) == 1;
}

static bool read_number(str text, int64_t most, int64_t *out) {
    return str_parse_int64(text, out) && *out >= 0 && *out <= most;
}

static bool read_port(str text, uint16_t *out) {
    int64_t port;
    if (!read_number(text, UINT16_MAX, &port) || port == 0)
        return false;
    *out = (uint16_t)port;
    return true;
}

/* Takes ":PORT" off the end. An address of IPv6 with a port is in brackets. */
static bool take_port(str *text, uint16_t *out) {
    if (str_starts_with(*text, STR("["))) {
        str rest = str_slice(*text, 1, text->len);
        *text = str_split(&rest, ']');
        return str_is_empty(rest) ||
               (str_starts_with(rest, STR(":")) &&
                read_port(str_slice(rest, 1, rest.len), out));
    }
    str port = *text;
    str address = str_split(&port, ':');
    bool is_alone = str_find_char(port, ':') == port.len;
    if (address.len == text->len || !is_alone)
        return true;
    *text = address;
    return read_port(port, out);
}

err *address_range_parse(arena *a, str text, address_range *out) {
    str rest = text;
    int64_t bits = 0;
    *out = (address_range){0};
    if (!take_port(&rest, &out->port))
        return refuse(a, text, "the port is not 1 to 65535");
    bool has_bits = str_find_char(rest, '/') < rest.len;
    str address = str_split(&rest, '/');
    bool is_v4 = str_find_char(address, ':') == address.len;
    if (!read_address(address, out))
        return refuse(a, text, "it has no address of IPv4 or IPv6");
    int most = is_v4 ? ALL_BITS - MAPPED_BITS : ALL_BITS;
    if (has_bits && !read_number(rest, most, &bits))
        return refuse(a, text, "too many bits behind '/'");
    out->prefix = (is_v4 ? MAPPED_BITS : 0) + (has_bits ? (int)bits : most);
    return NULL;
}
