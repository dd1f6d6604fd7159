#include "io/address_range.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "test/support/test.h"

static struct sockaddr_storage address_of(const char *text, uint16_t port) {
    struct sockaddr_storage storage = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons(port)};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        memcpy(&storage, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        memcpy(&storage, &v6, sizeof v6);
    else
        fail_msg("%s is no address", text);
    return storage;
}

static bool is_global(const char *text) {
    struct sockaddr_storage a = address_of(text, 443);
    return address_is_global((const struct sockaddr *)(void *)&a);
}

static void public_addresses_are_global(void **state) {
    static const char *const PUBLIC[] = {
        "1.1.1.1",         "8.8.8.8",         "9.255.255.255",
        "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",       "172.15.255.255",
        "172.32.0.0",      "192.167.255.255", "192.169.0.0",
        "198.17.255.255",  "198.20.0.0",      "223.255.255.255",
        "2606:4700::1111", "2001:200::1",     "2001:4860:4860::8888",
        "2a00::1",         "::ffff:1.1.1.1",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(PUBLIC); i++) {
        if (!is_global(PUBLIC[i]))
            fail_msg("%s is public", PUBLIC[i]);
    }
}

static void what_only_we_reach_is_not_global(void **state) {
    static const char *const INTERNAL[] = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(INTERNAL); i++) {
        if (is_global(INTERNAL[i]))
            fail_msg("%s is not public", INTERNAL[i]);
    }
}

static void a_socket_of_the_file_system_is_nowhere(void **state) {
    struct sockaddr local = {.sa_family = AF_UNIX};
    address_range all;
    expect_ok(address_range_parse(*state, STR("::/0"), &all));
    assert_false(address_is_global(&local));
    assert_false(address_range_has(&all, &local));
    assert_int_equal(address_port(&local), 0);
}

static void a_range_has_addresses_and_a_port(void **state) {
    static const struct {
        const char *range;
        const char *address;
        uint16_t port;
        bool is_in;
    } CASES[] = {
        {"10.0.0.0/8", "10.255.0.1", 1, true},
        {"10.0.0.0/8", "11.0.0.1", 1, false},
        {"10.128.0.0/9", "10.127.0.1", 1, false},
        {"10.0.0.0/8:443", "10.0.0.1", 443, true},
        {"10.0.0.0/8:443", "10.0.0.1", 80, false},
        {"127.0.0.1", "127.0.0.1", 5432, true},
        {"127.0.0.1", "127.0.0.2", 5432, false},
        {"127.0.0.1:8080", "127.0.0.1", 8080, true},
        {"127.0.0.1:8080", "127.0.0.1", 8081, false},
        {"127.0.0.1", "::ffff:127.0.0.1", 1, true},
        {"::1", "::1", 1, true},
        {"[::1]:9000", "::1", 9000, true},
        {"[::1]:9000", "::1", 9001, false},
        {"[::1]", "::1", 1, true},
        {"fd00::/8", "fd12::1", 1, true},
        {"fd00::/8", "fc12::1", 1, false},
        {"0.0.0.0/0", "1.2.3.4", 1, true},
        {"0.0.0.0/0", "::1", 1, false},
        {"::/0", "1.2.3.4", 1, true},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        struct sockaddr_storage a = address_of(CASES[i].address, CASES[i].port);
        address_range r;
        expect_ok(address_range_parse(*state, str_of(CASES[i].range), &r));
        if (address_range_has(&r, (const struct sockaddr *)(void *)&a) !=
            CASES[i].is_in)
            fail_msg("%s and %s:%d", CASES[i].range, CASES[i].address,
                     CASES[i].port);
    }
}

static void says_what_is_no_range(void **state) {
    static const struct {
        const char *text;
        const char *why;
    } CASES[] = {
        {"", "it has no address of IPv4 or IPv6"},
        {"localhost", "it has no address of IPv4 or IPv6"},
        {"localhost:80", "it has no address of IPv4 or IPv6"},
        {"10.0.0", "it has no address of IPv4 or IPv6"},
        {"10.0.0.0/33", "too many bits behind '/'"},
        {"10.0.0.0/-1", "too many bits behind '/'"},
        {"10.0.0.0/", "too many bits behind '/'"},
        {"fd00::/129", "too many bits behind '/'"},
        {"10.0.0.1:0", "the port is not 1 to 65535"},
        {"10.0.0.1:65536", "the port is not 1 to 65535"},
        {"10.0.0.1:", "the port is not 1 to 65535"},
        {"[::1]x", "the port is not 1 to 65535"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        address_range r;
        expect_err(address_range_parse(*state, str_of(CASES[i].text), &r),
                   ERR_INVALID,
                   arena_printf(*state, "'%s' is no range of addresses: %s",
                                CASES[i].text, CASES[i].why));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(public_addresses_are_global),
        TEST(what_only_we_reach_is_not_global),
        TEST(a_socket_of_the_file_system_is_nowhere),
        TEST(a_range_has_addresses_and_a_port),
        TEST(says_what_is_no_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
