/*
 * address_range.h: which addresses a request of ours may go to, and one to us
 * may come from.
 *
 * A name in a URL that somebody else wrote may lead anywhere, also to what only
 * this machine can reach: a database, the metadata of a cloud, a printer. What
 * counts is the address in binary form that a socket is about to connect to;
 * names and spellings (0x7f.1, ::ffff:127.0.0.1) are seen through by then.
 *
 * Global is what the registries of IANA (special-purpose addresses, RFC 6890 and
 * its successors) call globally reachable. Of IPv6 that is 2000::/3 without its
 * special parts; addresses that stand for one of IPv4 in a network behind a
 * translator (64:ff9b::/96, 2002::/16, 2001::/32) are not.
 */
#ifndef IO_ADDRESS_RANGE_H
#define IO_ADDRESS_RANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

enum { ADDRESS_BYTES = 16 };

/* Addresses of IPv4 as ::ffff:a.b.c.d. */
typedef struct address_range {
    unsigned char address[ADDRESS_BYTES];
    int prefix;    /* bits that count, 0 to 128 */
    uint16_t port; /* 0: any */
} address_range;

/* "10.0.0.0/8", "127.0.0.1:8080", "[fd00::1]:9000", "fd00::/8",
 * "10.1.0.0/16:443"; no names. ERR_INVALID. */
fallible address_range_parse(arena *a, str text, address_range *out);

/* False for what is no address of IPv4 or IPv6. */
bool address_range_has(const address_range *r, const struct sockaddr *address);

/* Of an address that was parsed; its port does not count. */
bool address_range_covers(const address_range *r, const address_range *one);

bool address_is_global(const struct sockaddr *address);

/* 0 for what is no address of IPv4 or IPv6. */
uint16_t address_port(const struct sockaddr *address);

#endif
