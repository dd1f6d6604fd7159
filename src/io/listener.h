/*
 * listener.h: one TCP port shared by the workers.
 *
 * Each worker accepts on a socket of its own (SO_REUSEPORT), so the kernel
 * spreads connections and no lock is shared. SO_REUSEPORT alone would also let
 * a second server take half of our connections in silence; so the first socket
 * is bound without it, which fails while anybody else has the port.
 */
#ifndef IO_LISTENER_H
#define IO_LISTENER_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Opens count listening sockets on address ("127.0.0.1:54321", "[::1]:0",
 * ":8080" for all interfaces). Port 0 takes a free one. *address_out is what
 * was bound. ERR_CONFLICT when the port is taken. Sockets are non-blocking and
 * close on exec. */
fallible listener_open(arena *a, str address, size_t count, int *sockets,
                       str *address_out);

#endif
