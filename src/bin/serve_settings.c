#include "bin/serve_settings.h"

#include <unistd.h>

#include "bin/serve_operator.h"
#include "bin/serve_roles.h"
#include "core/write_rate.h"
#include "io/process.h"

/* ---- The process --------------------------------------------------------- */

/* A worker's half of its share is for what waits and half for what is served;
 * the largest request and the largest reply have to fit, or nobody could ever
 * send or take one. */
static void share_memory(http_limits *limits, size_t all, size_t workers) {
    size_t half = all / workers / 2;
    size_t least =
        limits->head_bytes + limits->body_bytes + limits->reply_bytes;
    limits->waiting_bytes = half > least ? half : least;
    limits->serving_bytes = limits->waiting_bytes;
}

http_limits serve_settings_limits(const config *c, size_t workers) {
    http_limits limits = http_limits_default();
    limits.head_bytes = (size_t)config_number(c, CONFIG_MAX_HEAD_SIZE);
    limits.body_bytes = (size_t)config_number(c, CONFIG_MAX_BODY_SIZE);
    limits.reply_bytes = (size_t)config_number(c, CONFIG_MAX_REPLY_SIZE);
    limits.connections =
        (size_t)config_number(c, CONFIG_MAX_CONNECTIONS) / workers + 1;
    share_memory(&limits, (size_t)config_number(c, CONFIG_MAX_HELD_SIZE),
                 workers);
    limits.head_ms = config_number(c, CONFIG_HEAD_TIMEOUT);
    limits.body_ms = config_number(c, CONFIG_BODY_TIMEOUT);
    limits.idle_ms = config_number(c, CONFIG_IDLE_TIMEOUT);
    limits.write_ms = config_number(c, CONFIG_WRITE_TIMEOUT);
    limits.request_ms = config_number(c, CONFIG_REQUEST_TIMEOUT);
    return limits;
}

size_t serve_settings_workers(const config *c) {
    size_t count = (size_t)config_number(c, CONFIG_WORKERS);
    return count > 0 ? count : process_cpu_count();
}

err *serve_settings_log(arena *a, const config *c, logger *out) {
    log_level level;
    str name = config_text(c, CONFIG_LOG_LEVEL);
    str format = config_text(c, CONFIG_LOG_FORMAT);
    if (!log_level_parse(name, &level))
        return err_new(a, ERR_INVALID,
                       "log-level: expected debug, info, warn or error, got "
                       "'%.*s'",
                       STR_ARG(name));
    *out = logger_to(STDERR_FILENO, level);
    if (str_equal(format, STR("json")))
        out->format = LOG_FORMAT_JSON;
    else if (str_equal(format, STR("human")))
        out->format =
            out->format == LOG_FORMAT_JSON ? LOG_FORMAT_PLAIN : out->format;
    else if (!str_equal(format, STR("auto")))
        return err_new(a, ERR_INVALID,
                       "log-format: expected human, json or auto, got '%.*s'",
                       STR_ARG(format));
    return NULL;
}

static err *tx_end_of(arena *a, const config *c, tx_end *out) {
    static const struct {
        str name;
        tx_end end;
    } ENDS[] = {
        {STR_INIT("commit"), {false, false}},
        {STR_INIT("commit-allow-override"), {false, true}},
        {STR_INIT("rollback"), {true, false}},
        {STR_INIT("rollback-allow-override"), {true, true}},
    };
    str name = config_text(c, CONFIG_TX_END);
    for (size_t i = 0; i < LENGTH(ENDS); i++) {
        if (!str_equal(ENDS[i].name, name))
            continue;
        *out = ENDS[i].end;
        return NULL;
    }
    return err_new(
        a, ERR_INVALID,
        "tx-end: expected commit, commit-allow-override, rollback or "
        "rollback-allow-override, got '%.*s'",
        STR_ARG(name));
}

static err *origins_of(arena *a, const config *c, app *out) {
    str *origins = NULL;
    size_t count = 0;
    str list = config_text(c, CONFIG_CORS_ORIGINS);
    if (str_equal(list, STR("any")))
        return NULL;
    while (!str_is_empty(list)) {
        str origin = str_trim(str_split(&list, ','));
        bool is_origin = str_starts_with(origin, STR("http://")) ||
                         str_starts_with(origin, STR("https://"));
        if (!is_origin || str_ends_with(origin, STR("/")))
            return err_new(a, ERR_INVALID,
                           "cors-origins: '%.*s' is not an origin such as "
                           "https://app.example",
                           STR_ARG(origin));
        ARENA_PUSH(a, origins, count, origin);
    }
    out->cors_origins = origins;
    out->cors_origin_count = count;
    return NULL;
}

/* The client that all requests of the application's go out by. */
static err *outbound_of(arena *a, const config *c, app *out) {
    http_client_config *rules = arena_new_array(a, http_client_config, 1);
    address_range *allowed = NULL;
    str list = config_text(c, CONFIG_OUTBOUND_ALLOW);
    str authorities = config_text(c, CONFIG_OUTBOUND_AUTHORITIES);
    *rules = (http_client_config){0};
    while (!str_equal(list, STR("none")) && !str_is_empty(list)) {
        address_range range;
        str text = str_trim(str_split(&list, ','));
        err *e = address_range_parse(a, text, &range);
        if (e != NULL)
            return err_wrap(a, e, "outbound-allow");
        ARENA_PUSH(a, allowed, rules->allowed_count, range);
    }
    rules->allowed = allowed;
    if (!str_equal(authorities, STR("system")))
        rules->authorities = authorities;
    out->http = http_client_new(a, rules);
    return NULL;
}

static err *mode_of(arena *a, const config *c, app *out) {
    static const str NAMES[] = {
        [DESCRIBES_ALLOWED] = STR_INIT("follow-privileges"),
        [DESCRIBES_ALL] = STR_INIT("ignore-privileges"),
        [DESCRIBES_NOTHING] = STR_INIT("disabled"),
    };
    str name = config_text(c, CONFIG_OPENAPI_MODE);
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        if (!str_equal(NAMES[i], name))
            continue;
        out->describes = (describes)i;
        return NULL;
    }
    return err_new(a, ERR_INVALID,
                   "openapi-mode: expected follow-privileges, "
                   "ignore-privileges or disabled, got '%.*s'",
                   STR_ARG(name));
}

/* Clients of a database that is served as found expect all rows. */
static int64_t max_rows_of(const config *c, const schema *loaded) {
    bool is_said = c->values[CONFIG_MAX_ROWS].source != CONFIG_FROM_DEFAULT;
    return loaded->is_foreign && !is_said ? 0
                                          : config_number(c, CONFIG_MAX_ROWS);
}

err *serve_settings_read(arena *a, const config *c, app *out) {
    int64_t max_rows = max_rows_of(c, out->schema);
    size_t etag_size = (size_t)config_number(c, CONFIG_ETAG_SIZE);
    out->max_rows = max_rows > 0 ? max_rows : QUERY_NO_LIMIT;
    out->is_dev_open = config_is_on(c, CONFIG_DEV_OPEN);
    out->allows_plans = config_is_on(c, CONFIG_PLAN);
    out->allows_aggregates = config_is_on(c, CONFIG_AGGREGATES);
    out->is_uncompressed = config_is_on(c, CONFIG_NO_COMPRESSION);
    out->tells_times = config_is_on(c, CONFIG_SERVER_TIMING);
    out->etag_size = etag_size > 0 ? etag_size : 1;
    out->write_rate = arena_new_array(a, write_rate, 1);
    write_rate_init(out->write_rate, out->schema->engine,
                    config_number(c, CONFIG_STATEMENT_TIMEOUT));
    TRY(tx_end_of(a, c, &out->tx_end));
    TRY(mode_of(a, c, out));
    TRY(origins_of(a, c, out));
    TRY(serve_operator_read(a, c, &out->operators));
    TRY(outbound_of(a, c, out));
    if (out->schema->is_foreign)
        TRY(serve_roles_read(a, c, &out->impersonation));
    return exposure_read(a, out->schema, config_text(c, CONFIG_EXPOSE),
                         &out->exposed);
}
