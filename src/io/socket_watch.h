/*
 * socket_watch.h: tells when a socket that somebody else reads and writes, a
 * client library, is ready.
 *
 * The watch does not own the socket: close the watch first. It does not keep
 * the loop running; the fibers that wait for an answer do.
 */
#ifndef IO_SOCKET_WATCH_H
#define IO_SOCKET_WATCH_H

#include <stdbool.h>

#include "io/loop.h"

typedef struct socket_watch socket_watch;

/* On the loop's thread, at the start of a turn. An error of the socket is
 * readiness, too: reading tells what it is. It may close the watch. */
typedef void socket_ready(void *argument, bool is_readable, bool is_writable);

/* Watches for reading. NULL when the system has no room for one more. */
socket_watch *socket_watch_open(loop *l, int fd, socket_ready *on_ready,
                                void *argument);

/* Watches for writing too, or no longer. */
void socket_watch_writing(socket_watch *w, bool is_wanted);

/* on_ready is not called any more. NULL is fine. */
void socket_watch_close(socket_watch *w);

#endif
