/*
 * listener.h: one TCP port shared by the workers.
 *
 * Each worker accepts on a socket of its own (SO_REUSEPORT), so the kernel
 * spreads connections and no lock is shared. SO_REUSEPORT alone would also let
 * a second server take half of our connections in silence. So the first socket
 * listens without it, which fails while anybody else has the port, and gets the
 * option afterwards, for its siblings.
 */
#ifndef IO_LISTENER_H
#define IO_LISTENER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Opens count listening sockets on address: "127.0.0.1:54321", "[::1]:0",
 * "localhost:54321", ":8080" for all interfaces, IPv6 and IPv4. Port 0 takes a
 * free one. *address_out is what was bound. ERR_CONFLICT when the port is
 * taken, ERR_DENIED, ERR_INVALID for an address that is none or not ours.
 * Sockets are non-blocking and close on exec; what they accept inherits
 * TCP_NODELAY. Blocks when a name has to be resolved. */
fallible listener_open(arena *a, str address, size_t count, int *sockets,
                       str *address_out);

/* Can only this machine reach what was bound, an *address_out? */
bool listener_is_loopback(str bound);

#endif
