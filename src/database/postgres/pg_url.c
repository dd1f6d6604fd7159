#include "database/postgres/pg_url.h"

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
    STR_INIT("sslaccept"),
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

static err *take_apart(arena *a, str parameters, buf *kept, str *schema) {
    while (!str_is_empty(parameters)) {
        str pair = str_split(&parameters, '&');
        str value = pair;
        str name = str_split(&value, '=');
        if (str_is_empty(pair))
            continue;
        if (str_equal(name, STR("schema"))) {
            TRY(url_decode_path(a, value, schema));
        } else if (!is_prismas(name)) {
            buf_append_char(kept, kept->len == 0 ? '?' : '&');
            buf_append(kept, pair);
        }
    }
    return NULL;
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
    buf kept =
        buf_over(arena_take(a, parameters.len + 1, 1), parameters.len + 1);
    TRY(take_apart(a, parameters, &kept, &url.schema));
    url.connect =
        arena_printf(a, "%.*s%.*s", STR_ARG(address), STR_ARG(buf_str(&kept)));
    *out = url;
    return NULL;
}
