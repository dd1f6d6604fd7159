#include "database/postgres/pg_url.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/url.h"

static const str SCHEMES[] = {
    STR_INIT("postgresql://"),
    STR_INIT("postgres://"),
};

/* https://www.prisma.io/docs/orm/overview/databases/postgresql, "Arguments":
 * those that libpq does not know. */
static const str PRISMA_PARAMETERS[] = {
    STR_INIT("connection_limit"),
    STR_INIT("pool_timeout"),
    STR_INIT("socket_timeout"),
    STR_INIT("pgbouncer"),
    STR_INIT("statement_cache_size"),
    STR_INIT("single_use_connections"),
    STR_INIT("max_connection_lifetime"),
    STR_INIT("max_idle_connection_lifetime"),
    STR_INIT("sslidentity"),
};

bool pg_url_is(str text) {
    for (size_t i = 0; i < LENGTH(SCHEMES); i++)
        if (str_starts_with(text, SCHEMES[i]))
            return true;
    return false;
}

static bool is_prismas(str name) {
    for (size_t i = 0; i < LENGTH(PRISMA_PARAMETERS); i++)
        if (str_equal(PRISMA_PARAMETERS[i], name))
            return true;
    return false;
}

/* Prisma's word for checking the server's certificate. To leave it out in
 * silence would be to leave the check out. */
static err *check_sslaccept(arena *a, str value) {
    if (!str_equal(value, STR("strict")))
        return NULL;
    return err_with_hint(
        err_new(a, ERR_UNSUPPORTED,
                "sslaccept=strict in the database URL is not supported"),
        STR("write sslmode=verify-full, and sslrootcert= with the file of the "
            "authority's certificate"));
}

static err *take_apart(arena *a, str parameters, buf *kept, str *schema) {
    while (!str_is_empty(parameters)) {
        str pair = str_split(&parameters, '&');
        str value = pair;
        str name = str_split(&value, '=');
        if (str_is_empty(pair))
            continue;
        if (str_equal(name, STR("schema"))) {
            TRY(url_decode_path(a, value, schema));
        } else if (str_equal(name, STR("sslaccept"))) {
            TRY(check_sslaccept(a, value));
        } else if (!is_prismas(name)) {
            buf_append_char(kept, kept->len == 0 ? '?' : '&');
            buf_append(kept, pair);
        }
    }
    return NULL;
}

static err *refuse(arena *a, const char *what) {
    return err_with_hint(
        err_new(a, ERR_INVALID, "%s", what),
        STR("write postgresql://user:password@host:5432/database, with %XX for "
            "special characters in a name or the password: %40 is @, %2F is /, "
            "%3A is :"));
}

static bool are_digits(str text) {
    for (size_t i = 0; i < text.len; i++)
        if (!ascii_is_digit(text.ptr[i]))
            return false;
    return true;
}

/* host, host:5432, [::1]:5432 */
static bool has_plain_port(str host) {
    str port = host;
    if (str_starts_with(host, STR("[")))
        str_split(&port, ']');
    str_split(&port, ':');
    return are_digits(port);
}

/* A password with a special character that is not encoded becomes a host, a
 * port or a parameter to libpq, which quotes those. */
static err *check_address(arena *a, str address, str parameters) {
    str hosts =
        str_slice(address, str_find_char(address, '/') + 2, address.len);
    str database = hosts;
    hosts = str_split(&database, '/');
    if (str_find_char(hosts, '@') < hosts.len)
        str_split(&hosts, '@');
    const str others[] = {hosts, database, parameters};
    for (size_t i = 0; i < LENGTH(others); i++)
        if (str_find_char(others[i], '@') < others[i].len)
            return refuse(a, "the database URL has an @ that does not stand "
                             "before the host");
    while (!str_is_empty(hosts))
        if (!has_plain_port(str_split(&hosts, ',')))
            return refuse(a, "a port in the database URL is not a number");
    return NULL;
}

/* Before the first ':' or the '@'. */
static err *take_user(arena *a, str address, str *out) {
    size_t slash = str_find_char(address, '/');
    str rest = str_slice(address, slash + 2, address.len);
    str user = str_split(&rest, '/');
    if (str_find_char(user, '@') == user.len)
        return NULL;
    user = str_split(&user, '@');
    user = str_split(&user, ':');
    return url_decode_path(a, user, out);
}

err *pg_url_parse(arena *a, str text, pg_url *out) {
    if (!pg_url_is(text))
        return err_new(a, ERR_INVALID,
                       "a PostgreSQL URL starts with postgresql://");
    if (str_find_char(text, '\0') < text.len)
        return err_new(a, ERR_INVALID, "NUL in the database URL");
    pg_url url = {0};
    str parameters = text;
    str address = str_split(&parameters, '?');
    TRY(check_address(a, address, parameters));
    buf kept =
        buf_over(arena_take(a, parameters.len + 1, 1), parameters.len + 1);
    TRY(take_apart(a, parameters, &kept, &url.schema));
    TRY(take_user(a, address, &url.user));
    url.connect =
        arena_printf(a, "%.*s%.*s", STR_ARG(address), STR_ARG(buf_str(&kept)));
    *out = url;
    return NULL;
}
