/* bare.h: what the servers that are limits share: a socket for each worker, and
 * connections in an epoll. */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stdint.h>
#include <sys/epoll.h>

enum { BARE_WORKERS_MAX = 64 };

/* With errno. */
void bare_stop(const char *what);

/* On loopback; every worker has one for the same port. */
int bare_listen(uint16_t port);

/* Accepts all that wait; make(fd) is what the epoll has for one. */
void bare_accept(int epoll, int listener, void *(*make)(int fd));

void bare_watch(int epoll, int fd, void *what);

/* Runs work(argument) on so many threads and says that it listens. */
void bare_run(uint16_t port, unsigned long workers, void *(*work)(void *),
              void *argument);

#endif
