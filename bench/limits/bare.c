#include "bare.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

void bare_stop(const char *what) {
    perror(what);
    exit(1);
}

int bare_listen(uint16_t port) {
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
        bare_stop("listen");
    return fd;
}

void bare_watch(int epoll, int fd, void *what) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        bare_stop("epoll_ctl");
}

void bare_accept(int epoll, int listener, void *(*make)(int fd)) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    for (; fd >= 0;
         fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        bare_watch(epoll, fd, make(fd));
    }
}

void bare_run(uint16_t port, unsigned long workers, void *(*work)(void *),
              void *argument) {
    pthread_t threads[BARE_WORKERS_MAX];
    for (unsigned long i = 0; i < workers; i++) {
        if (pthread_create(&threads[i], NULL, work, argument) != 0)
            bare_stop("pthread_create");
    }
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    pthread_join(threads[0], NULL);
}
