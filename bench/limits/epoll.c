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
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, EVENTS = 256, INPUT = 16384, PIPELINED = 64 };

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

static void stop(const char *what) {
    perror(what);
    exit(1);
}

static int open_socket(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, SOMAXCONN) != 0)
        stop("listen");
    return fd;
}

static void accept_all(int epoll, int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    for (; fd >= 0;
         fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection *c = malloc(sizeof *c);
        if (c == NULL)
            stop("malloc");
        c->fd = fd;
        c->used = 0;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            stop("epoll_ctl");
    }
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
    int listener = open_socket(*(const uint16_t *)port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0)
        stop("epoll");
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            connection *c = events[i].data.ptr;
            if (c == NULL) {
                accept_all(epoll, listener);
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
    if (workers < 1 || workers > WORKERS_MAX)
        return 2;
    pthread_t threads[WORKERS_MAX];
    for (unsigned long i = 0; i < workers; i++) {
        if (pthread_create(&threads[i], NULL, run_worker, &port) != 0)
            stop("pthread_create");
    }
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    pthread_join(threads[0], NULL);
    return 0;
}
