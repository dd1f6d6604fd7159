#include "io/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attr.h"
#include "test/support/test.h"

enum { WORKERS = 3 };

static void close_all(const int *sockets, size_t count) {
    for (size_t i = 0; i < count; i++)
        close(sockets[i]);
}

static str port_of(str address) {
    size_t from = address.len;
    while (address.ptr[from - 1] != ':')
        from--;
    return str_slice(address, from, address.len);
}

/* A connected client; -1 when nobody listens. */
static int connect_to(arena *a, const char *host, str port) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    if (getaddrinfo(host, arena_cstr(a, port), &hints, &list) != 0)
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

static bool machine_has_ipv6(arena *a) {
    int fd;
    str bound;
    if (listener_open(a, STR("[::1]:0"), 1, &fd, &bound) != NULL)
        return false;
    close(fd);
    return true;
}

/* ---- Addresses ---------------------------------------------------------- */

static void opens_what_the_address_says(void **state) {
    arena *a = *state;
    static const struct {
        str address;
        str bound; /* without the port */
    } CASES[] = {
        {STR_INIT("127.0.0.1:0"), STR_INIT("127.0.0.1:")},
        {STR_INIT("0.0.0.0:0"), STR_INIT("0.0.0.0:")},
        {STR_INIT("[::1]:0"), STR_INIT("[::1]:")},
        {STR_INIT("[::]:0"), STR_INIT("[::]:")},
        {STR_INIT(":0"), STR_INIT("[::]:")},
    };
    if (!machine_has_ipv6(a))
        skip();
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        int fd;
        str bound;
        expect_ok(listener_open(a, CASES[i].address, 1, &fd, &bound));
        expect_str(str_slice(bound, 0, bound.len - port_of(bound).len),
                   CASES[i].bound);
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        close(fd);
    }
}

static void resolves_names(void **state) {
    arena *a = *state;
    int fd;
    str bound;
    expect_ok(listener_open(a, STR("localhost:0"), 1, &fd, &bound));
    int client = connect_to(a, "localhost", port_of(bound));
    assert_true(client >= 0);
    close(client);
    close(fd);
}

static void all_interfaces_take_ipv4_and_ipv6(void **state) {
    arena *a = *state;
    if (!machine_has_ipv6(a))
        skip();
    int fd;
    str bound;
    expect_ok(listener_open(a, STR(":0"), 1, &fd, &bound));
    static const char *const HOSTS[] = {"127.0.0.1", "::1"};
    for (size_t i = 0; i < LENGTH(HOSTS); i++) {
        int client = connect_to(a, HOSTS[i], port_of(bound));
        assert_true(client >= 0);
        close(client);
    }
    close(fd);
}

static void refuses_what_is_no_address(void **state) {
    arena *a = *state;
    static const struct {
        str address;
        str message;
    } CASES[] = {
        {STR_INIT(""), STR_INIT("cannot listen on '': the port is missing")},
        {STR_INIT("8080"),
         STR_INIT("cannot listen on '8080': the port is missing")},
        {STR_INIT("127.0.0.1:"), STR_INIT("cannot listen on '127.0.0.1:': the "
                                          "port is not 0 to 65535")},
        {STR_INIT("127.0.0.1:65536"),
         STR_INIT("cannot listen on '127.0.0.1:65536': the port is not 0 to "
                  "65535")},
        {STR_INIT("127.0.0.1:http"),
         STR_INIT("cannot listen on '127.0.0.1:http': the port is not 0 to "
                  "65535")},
        {STR_INIT("::1:80"), STR_INIT("cannot listen on '::1:80': an IPv6 "
                                      "address belongs in brackets")},
        {STR_INIT("[::1]"),
         STR_INIT("cannot listen on '[::1]': '[' without an address and ']:'")},
        {STR_INIT("[::1]80"), STR_INIT("cannot listen on '[::1]80': '[' "
                                       "without an address and ']:'")},
        {STR_INIT("192.0.2.1:0"),
         STR_INIT("cannot listen on '192.0.2.1:0': this machine does not have "
                  "that address")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        int fd;
        str bound;
        expect_err(listener_open(a, CASES[i].address, 1, &fd, &bound),
                   ERR_INVALID, CASES[i].message);
    }
}

/* ---- Sharing ------------------------------------------------------------ */

static void spreads_connections_over_its_sockets(void **state) {
    arena *a = *state;
    enum { CLIENTS = 120 };
    int sockets[WORKERS];
    int clients[CLIENTS];
    str bound;
    expect_ok(listener_open(a, STR("127.0.0.1:0"), WORKERS, sockets, &bound));
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = connect_to(a, "127.0.0.1", port_of(bound));

    int accepted = 0;
    for (int i = 0; i < WORKERS; i++) {
        int before = accepted;
        for (int fd; (fd = accept(sockets[i], NULL, NULL)) >= 0; accepted++)
            close(fd);
        assert_true(accepted > before);
    }
    assert_int_equal(accepted, CLIENTS);
    close_all(clients, CLIENTS);
    close_all(sockets, WORKERS);
}

static void refuses_a_port_that_another_server_has(void **state) {
    arena *a = *state;
    static const str HOSTS[] = {STR_INIT("127.0.0.1"), STR_INIT("0.0.0.0"),
                                STR_INIT("")};
    for (size_t i = 0; i < LENGTH(HOSTS); i++) {
        int first[WORKERS];
        str bound;
        expect_ok(listener_open(a, arena_printf(a, "%.*s:0", STR_ARG(HOSTS[i])),
                                WORKERS, first, &bound));
        for (size_t j = 0; j < LENGTH(HOSTS); j++) {
            str port = port_of(bound);
            str address =
                arena_printf(a, "%.*s:%.*s", STR_ARG(HOSTS[j]), STR_ARG(port));
            int second[WORKERS];
            str unused;
            expect_err(
                listener_open(a, address, WORKERS, second, &unused),
                ERR_CONFLICT,
                arena_printf(a,
                             "cannot listen on '%.*s': another program has "
                             "the port",
                             STR_ARG(address)));
        }
        close_all(first, WORKERS);
    }
}

/* Servers that start at the same moment on the same port. */
enum { RIVALS = 4, ROUNDS = 200 };

typedef struct rival {
    pthread_t thread;
    pthread_barrier_t *start;
    str address;
    bool has_won;
    int sockets[WORKERS];
} rival;

static void *compete(void *argument) {
    rival *r = argument;
    arena *a = arena_new();
    str bound;
    pthread_barrier_wait(r->start);
    r->has_won =
        listener_open(a, r->address, WORKERS, r->sockets, &bound) == NULL;
    arena_free(a);
    return NULL;
}

static str free_address(arena *a) {
    int fd;
    str bound;
    expect_ok(listener_open(a, STR("127.0.0.1:0"), 1, &fd, &bound));
    close(fd);
    return bound;
}

static int count_winners(str address) {
    rival rivals[RIVALS];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, RIVALS);
    for (int i = 0; i < RIVALS; i++) {
        rivals[i] = (rival){.start = &start, .address = address};
        pthread_create(&rivals[i].thread, NULL, compete, &rivals[i]);
    }
    int winners = 0;
    for (int i = 0; i < RIVALS; i++) {
        pthread_join(rivals[i].thread, NULL);
        winners += rivals[i].has_won;
    }
    for (int i = 0; i < RIVALS; i++)
        if (rivals[i].has_won)
            close_all(rivals[i].sockets, WORKERS);
    pthread_barrier_destroy(&start);
    return winners;
}

static void only_one_of_those_that_start_at_once_gets_the_port(void **state) {
    arena *a = *state;
    int rounds_with_winner = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int winners = count_winners(free_address(a));
        assert_true(winners <= 1);
        rounds_with_winner += winners;
    }
    assert_true(rounds_with_winner > 0);
}

static void opens_again_while_old_clients_are_connected(void **state) {
    arena *a = *state;
    int sockets[WORKERS];
    str bound;
    expect_ok(listener_open(a, STR("127.0.0.1:0"), 1, sockets, &bound));
    int client = connect_to(a, "127.0.0.1", port_of(bound));
    int server;
    do {
        server = accept(sockets[0], NULL, NULL);
    } while (server < 0 && errno == EAGAIN);
    close(server);
    close(sockets[0]);

    str again;
    expect_ok(listener_open(a, bound, WORKERS, sockets, &again));
    expect_str(again, bound);
    close_all(sockets, WORKERS);
    close(client);
}

static void knows_what_only_this_machine_can_reach(void **state) {
    (void)state;
    static const struct {
        str bound;
        bool is_loopback;
    } CASES[] = {
        {STR_INIT("127.0.0.1:54321"), true},
        {STR_INIT("127.1.2.3:1"), true},
        {STR_INIT("[::1]:54321"), true},
        {STR_INIT("[::ffff:127.0.0.1]:1"), true},
        {STR_INIT("0.0.0.0:54321"), false},
        {STR_INIT("[::]:54321"), false},
        {STR_INIT("192.168.127.1:54321"), false},
        {STR_INIT("[::12]:54321"), false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        assert_int_equal(listener_is_loopback(CASES[i].bound),
                         CASES[i].is_loopback);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(opens_what_the_address_says),
        TEST(resolves_names),
        TEST(all_interfaces_take_ipv4_and_ipv6),
        TEST(refuses_what_is_no_address),
        TEST(spreads_connections_over_its_sockets),
        TEST(refuses_a_port_that_another_server_has),
        TEST(only_one_of_those_that_start_at_once_gets_the_port),
        TEST(knows_what_only_this_machine_can_reach),
        TEST(opens_again_while_old_clients_are_connected),
    };
    return cmocka_run_group_tests_name("io/listener", tests, NULL, NULL);
}
