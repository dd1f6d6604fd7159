/*
 * What the kernel alone costs: a server that does nothing but look for the end
 * of a request head and send the same bytes back.
 *
 *     bench_epoll PORT WORKERS
 *
 * One thread per worker, each with a socket of its own (SO_REUSEPORT) and a
 * bare epoll loop, as the server under test has it. Requests have no bodies.
 * It does not survive hostile input; nothing but the bench talks to it.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bare.h"

enum { EVENTS = 256, INPUT = 16384, PIPELINED = 64 };

#define REPLY                                                                  \
    "HTTP/1.1 200 OK\r\n"                                                      \
    "Content-Type: application/json; charset=utf-8\r\n"                        \
    "Content-Length: 27\r\n"                                                   \
    "\r\n"                                                                     \
    "{\"id\":1,\"status\":\"healthy\"}"

/* The start of a head that has not ended yet is kept for the next read. */
typedef struct connection {
    int fd;
    size_t used;
    char input[INPUT];
} connection;

static void *make_connection(int fd) {
    connection *c = malloc(sizeof *c);
    if (c == NULL)
        bare_stop("malloc");
    c->fd = fd;
    c->used = 0;
    return c;
}

/* Takes the complete heads out of the input and returns how many there were. */
static size_t take_heads(connection *c) {
    size_t count = 0;
    char *start = c->input;
    char *end = c->input + c->used;
    while (count < PIPELINED) {
        char *blank = memmem(start, (size_t)(end - start), "\r\n\r\n", 4);
        if (blank == NULL)
            break;
        start = blank + 4;
        count++;
    }
    c->used = (size_t)(end - start);
    memmove(c->input, start, c->used);
    return count;
}

static bool answer(int fd, size_t count) {
    static const char reply[] = REPLY;
    enum { LENGTH = sizeof reply - 1 };
    char out[LENGTH * PIPELINED];
    for (size_t i = 0; i < count; i++)
        memcpy(out + i * LENGTH, reply, LENGTH);
    return send(fd, out, count * LENGTH, MSG_NOSIGNAL) ==
           (ssize_t)(count * LENGTH);
}

static bool serve(connection *c) {
    ssize_t n = recv(c->fd, c->input + c->used, INPUT - c->used, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    c->used += (size_t)n;
    for (size_t count = take_heads(c); count > 0; count = take_heads(c)) {
        if (!answer(c->fd, count))
            return false;
    }
    return c->used < INPUT;
}

static void *run_worker(void *port) {
    int listener = bare_listen(*(const uint16_t *)port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        bare_stop("epoll");
    bare_watch(epoll, listener, NULL);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            connection *c = events[i].data.ptr;
            if (c == NULL) {
                bare_accept(epoll, listener, make_connection);
            } else if (!serve(c)) {
                close(c->fd);
                free(c);
            }
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: bench_epoll PORT WORKERS\n", stderr);
        return 2;
    }
    uint16_t port = (uint16_t)strtoul(argv[1], NULL, 10);
    unsigned long workers = strtoul(argv[2], NULL, 10);
    if (workers < 1 || workers > BARE_WORKERS_MAX)
        return 2;
    bare_run(port, workers, run_worker, &port);
    return 0;
}
