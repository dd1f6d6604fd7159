#include "test/support/cutting_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/support/test.h"

enum { MAX_PAIRS = 64, BLOCK = 65536, LOOK_MS = 20 };

typedef struct pair {
    int client;
    int server;
    bool has_committed; /* the client has said COMMIT */
    bool is_asked;      /* and the server has not said anything since */
} pair;

struct cutting_proxy {
    int listener;
    int port;
    int to;
    pthread_t thread;
    atomic_int mode;
    atomic_bool is_closing;
    atomic_int trips;
    pair pairs[MAX_PAIRS];
    size_t pair_count;
};

static struct sockaddr_in address_of(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

static void close_pair(cutting_proxy *p, size_t at) {
    close(p->pairs[at].client);
    close(p->pairs[at].server);
    p->pairs[at] = p->pairs[--p->pair_count];
}

static void accept_one(cutting_proxy *p) {
    struct sockaddr_in to = address_of(p->to);
    int client = accept(p->listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (atomic_load(&p->mode) == CUTTING_ALL || p->pair_count == MAX_PAIRS ||
        connect(server, (struct sockaddr *)&to, sizeof to) != 0) {
        close(client);
        close(server);
        return;
    }
    p->pairs[p->pair_count++] = (pair){client, server, false, false};
}

/* Is what the server has just said to be lost? */
static bool cuts(cutting_proxy *p, const pair *x) {
    int mode = atomic_load(&p->mode);
    if (mode != CUTTING_NEXT && !(mode == CUTTING_COMMIT && x->has_committed))
        return false;
    atomic_store(&p->mode, CUTTING_NOTHING);
    return true;
}

/* False: the connection has ended. */
static bool pass(cutting_proxy *p, pair *x, bool is_from_server) {
    char block[BLOCK];
    int from = is_from_server ? x->server : x->client;
    int to = is_from_server ? x->client : x->server;
    if (atomic_load(&p->mode) == CUTTING_SILENT)
        return true;
    ssize_t n = recv(from, block, sizeof block, 0);
    if (n <= 0 || (is_from_server && cuts(p, x)))
        return false;
    if (!is_from_server && memmem(block, (size_t)n, "COMMIT", 6) != NULL)
        x->has_committed = true;
    if (!is_from_server && !x->is_asked)
        atomic_fetch_add(&p->trips, 1);
    x->is_asked = !is_from_server;
    return send(to, block, (size_t)n, MSG_NOSIGNAL) == n;
}

static void look(cutting_proxy *p) {
    struct pollfd fds[1 + 2 * MAX_PAIRS] = {{p->listener, POLLIN, 0}};
    size_t count = p->pair_count;
    for (size_t i = 0; i < count; i++) {
        fds[1 + 2 * i] = (struct pollfd){p->pairs[i].client, POLLIN, 0};
        fds[2 + 2 * i] = (struct pollfd){p->pairs[i].server, POLLIN, 0};
    }
    (void)poll(fds, 1 + 2 * count, LOOK_MS);
    bool is_silent = atomic_load(&p->mode) == CUTTING_SILENT;
    if (is_silent)
        usleep(LOOK_MS * 1000);
    /* From behind: closing moves the last into the gap. */
    for (size_t i = count; i > 0; i--) {
        pair *x = &p->pairs[i - 1];
        bool is_over = atomic_load(&p->mode) == CUTTING_ALL;
        if (!is_over && fds[2 * i - 1].revents != 0)
            is_over = !pass(p, x, false);
        if (!is_over && fds[2 * i].revents != 0)
            is_over = !pass(p, x, true);
        if (is_over)
            close_pair(p, i - 1);
    }
    if (fds[0].revents != 0)
        accept_one(p);
}

static void *run(void *self) {
    cutting_proxy *p = self;
    while (!atomic_load(&p->is_closing))
        look(p);
    return NULL;
}

cutting_proxy *cutting_proxy_open(int port) {
    cutting_proxy *p = calloc(1, sizeof *p);
    struct sockaddr_in address = address_of(0);
    socklen_t size = sizeof address;
    assert_non_null(p);
    p->to = port;
    p->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        bind(p->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(p->listener, 16), 0);
    assert_int_equal(
        getsockname(p->listener, (struct sockaddr *)&address, &size), 0);
    p->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, run, p), 0);
    return p;
}

int cutting_proxy_port(const cutting_proxy *p) {
    return p->port;
}

void cutting_proxy_set(cutting_proxy *p, cutting_mode mode) {
    atomic_store(&p->mode, mode);
}

int cutting_proxy_trips(const cutting_proxy *p) {
    return atomic_load(&p->trips);
}

void cutting_proxy_close(cutting_proxy *p) {
    atomic_store(&p->is_closing, true);
    pthread_join(p->thread, NULL);
    while (p->pair_count > 0)
        close_pair(p, 0);
    close(p->listener);
    free(p);
}
