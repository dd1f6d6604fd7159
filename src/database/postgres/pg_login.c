#include "database/postgres/pg_login.h"

#include <inttypes.h>

static err *set_up(arena *a, const pg_login *l, pg_path path,
                   pg_connection *c) {
    pg_role_choice choice = {0};
    if (l->has_roles)
        TRY(pg_role_choose(a, c, path, &choice));
    str settings =
        arena_printf(a,
                     "SET client_min_messages = warning;"
                     "SET statement_timeout = %" PRId64 ";"
                     "SET idle_in_transaction_session_timeout = %" PRId64 ";"
                     "SET bytea_output = hex",
                     l->statement_timeout_ms, l->statement_timeout_ms * 2);
    TRY(pg_connection_run(a, c, STR(""), settings));
    return pg_connection_run(
        a, c, STR(""),
        pg_role_session_sql(a, &choice, path, pg_connection_schema(c)));
}

err *pg_login_open(arena *a, const pg_login *l, pg_path path, PGconn **out) {
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    TRY(pg_connection_open(a, l->urls[path], &c));
    TRY(l->verify(l->argument, a, c));
    TRY(set_up(a, l, path, c));
    *out = pg_connection_detach(&c);
    return NULL;
}
