#include "io/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"

/* "host:port" taken apart. */
typedef struct endpoint {
    str text;
    str host; /* empty for all interfaces */
    str port;
} endpoint;

/* ---- Reading the address ------------------------------------------------ */

static err *bad_address(arena *a, str text, const char *why) {
    return err_with_hint(
        err_new(a, ERR_INVALID, "cannot listen on '%.*s': %s", STR_ARG(text),
                why),
        STR("an address is HOST:PORT, such as 127.0.0.1:54321, [::1]:54321 or "
            ":8080 for all interfaces"));
}

/* Behind the brackets of an IPv6 address, or the only colon there is. */
static err *split_address(arena *a, str text, endpoint *out) {
    out->text = text;
    str rest = text;
    if (str_starts_with(rest, STR("["))) {
        str_take(&rest, 1);
        out->host = str_split(&rest, ']');
        if (str_is_empty(out->host) || !str_starts_with(rest, STR(":")))
            return bad_address(a, text, "'[' without an address and ']:'");
        str_take(&rest, 1);
    } else {
        if (str_find_char(rest, ':') == rest.len)
            return bad_address(a, text, "the port is missing");
        out->host = str_split(&rest, ':');
    }
    if (str_find_char(rest, ':') < rest.len)
        return bad_address(a, text, "an IPv6 address belongs in brackets");
    out->port = rest;
    return NULL;
}

static err *check_port(arena *a, const endpoint *e) {
    int64_t port;
    if (!str_parse_int64(e->port, &port) || port < 0 || port > 65535)
        return bad_address(a, e->text, "the port is not 0 to 65535");
    return NULL;
}

static err *parse_address(arena *a, str text, endpoint *out) {
    TRY(split_address(a, text, out));
    return check_port(a, out);
}

/* ---- Sockets ------------------------------------------------------------ */

/* Keeps errno. */
static void close_socket(int fd) {
    int kept = errno;
    close(fd);
    errno = kept;
}

static bool set_option(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/* SO_REUSEADDR: connections of a server that has just ended do not keep its
 * successor out. Two may bind then, but only one may listen. */
static bool set_options(int fd, int family) {
    return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
           set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
           (family != AF_INET6 || set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0));
}

static bool bind_and_listen(int fd, const struct sockaddr *address,
                            socklen_t len, bool is_shared) {
    return set_options(fd, address->sa_family) &&
           (!is_shared || set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1)) &&
           bind(fd, address, len) == 0 && listen(fd, SOMAXCONN) == 0;
}

/* -1 and errno. */
static int listen_on(const struct sockaddr *address, socklen_t len,
                     bool is_shared) {
    int fd = socket(address->sa_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd >= 0 && !bind_and_listen(fd, address, len, is_shared)) {
        close_socket(fd);
        return -1;
    }
    return fd;
}

/* The first listens alone before it lets others in: had it the option when it
 * was bound, or got it before it listens, a second server doing the same at the
 * same moment would get through. */
static bool open_all(const struct addrinfo *where, size_t count, int *sockets) {
    struct sockaddr_storage bound = {0};
    struct sockaddr *address = (struct sockaddr *)&bound;
    socklen_t len = sizeof bound;
    size_t opened = 0;

    sockets[0] = listen_on(where->ai_addr, where->ai_addrlen, false);
    if (sockets[0] < 0)
        return false;
    opened = 1;
    if (getsockname(sockets[0], address, &len) == 0 &&
        (count == 1 || set_option(sockets[0], SOL_SOCKET, SO_REUSEPORT, 1))) {
        while (opened < count &&
               (sockets[opened] = listen_on(address, len, true)) >= 0)
            opened++;
    }
    if (opened == count)
        return true;
    while (opened-- > 0)
        close_socket(sockets[opened]);
    return false;
}

/* ---- Which address ------------------------------------------------------ */

static void free_addresses(struct addrinfo **list) {
    if (*list != NULL)
        freeaddrinfo(*list);
}

static err *cannot_listen(arena *a, const endpoint *e, int error) {
    if (error == EADDRINUSE)
        return err_with_hint(
            err_new(a, ERR_CONFLICT,
                    "cannot listen on '%.*s': another program has the port",
                    STR_ARG(e->text)),
            STR("end that program, or choose another port; port 0 takes a "
                "free one"));
    if (error == EACCES || error == EPERM)
        return err_with_hint(
            err_new(a, ERR_DENIED, "cannot listen on '%.*s': not permitted",
                    STR_ARG(e->text)),
            STR("ports below 1024 are for root and for programs with "
                "CAP_NET_BIND_SERVICE; choose a higher one"));
    if (error == EADDRNOTAVAIL)
        return err_new(a, ERR_INVALID,
                       "cannot listen on '%.*s': this machine does not have "
                       "that address",
                       STR_ARG(e->text));
    return err_new(a, ERR_IO, "cannot listen on '%.*s': %s", STR_ARG(e->text),
                   strerror(error));
}

/* One host, whose name may stand for several addresses: the first that can be
 * had. A port that is taken on one of them is an answer, too. */
static err *open_host(arena *a, const endpoint *e, str host, size_t count,
                      int *sockets) {
    CLEANUP(free_addresses) struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    int status =
        getaddrinfo(arena_cstr(a, host), arena_cstr(a, e->port), &hints, &list);
    if (status != 0)
        return err_new(a, ERR_INVALID, "cannot listen on '%.*s': %s",
                       STR_ARG(e->text), gai_strerror(status));

    int error = EADDRNOTAVAIL;
    for (struct addrinfo *w = list; w != NULL; w = w->ai_next) {
        if (open_all(w, count, sockets))
            return NULL;
        error = errno;
        if (error != EADDRNOTAVAIL && error != EAFNOSUPPORT)
            break;
    }
    return cannot_listen(a, e, error);
}

/* The IPv6 wildcard takes IPv4 as well, where there is IPv6. */
static err *open_everywhere(arena *a, const endpoint *e, size_t count,
                            int *sockets) {
    err *failure = open_host(a, e, STR("::"), count, sockets);
    if (failure == NULL || failure->code == ERR_CONFLICT ||
        failure->code == ERR_DENIED)
        return failure;
    return open_host(a, e, STR("0.0.0.0"), count, sockets);
}

/* "127.0.0.1:54321", "[::1]:54321" */
static str format_bound(arena *a, int fd) {
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof bound;
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0 ||
        getnameinfo((struct sockaddr *)&bound, len, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        PANIC("a listening socket does not tell its address");
    return arena_printf(a, bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
                        host, port);
}

err *listener_open(arena *a, str address, size_t count, int *sockets,
                   str *address_out) {
    ASSERT(count > 0);
    endpoint e = {0};
    TRY(parse_address(a, address, &e));
    if (str_is_empty(e.host))
        TRY(open_everywhere(a, &e, count, sockets));
    else
        TRY(open_host(a, &e, e.host, count, sockets));
    *address_out = format_bound(a, sockets[0]);
    return NULL;
}

/* 127.0.0.0/8 and ::1 (RFC 6890). getnameinfo writes a mapped IPv4 address with
 * its dots. */
bool listener_is_loopback(str bound) {
    return str_starts_with(bound, STR("127.")) ||
           str_starts_with(bound, STR("[::1]:")) ||
           str_starts_with(bound, STR("[::ffff:127."));
}
