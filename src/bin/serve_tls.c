#include "bin/serve_tls.h"

#include "base/timestamp.h"

err *serve_tls_choose(arena *a, const config *c, tls_files *out, bool *is_on) {
    *out = (tls_files){config_text(c, CONFIG_TLS_CERTIFICATE),
                       config_text(c, CONFIG_TLS_KEY)};
    bool has_certificate = !str_equal(out->certificate, STR("off"));
    bool has_key = !str_equal(out->key, STR("off"));
    *is_on = has_certificate;
    if (has_certificate == has_key)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_INVALID,
                has_key ? "tls-key without tls-certificate"
                        : "tls-certificate without tls-key"),
        STR("https needs both: --tls-certificate FILE --tls-key FILE"));
}

static void log_certificate(const serve_tls *t, const char *what,
                            const tls_certificate *facts) {
    char text[TIMESTAMP_LENGTH];
    timestamp end = {facts->ends_ms};
    str ends = timestamp_is_in_range(end)
                   ? (str){text, timestamp_format_short(end, text)}
                   : STR("never");
    log_info(t->log, what, LOG_STR("file", t->files.certificate),
             LOG_STR("subject", facts->subject), LOG_STR("ends", ends),
             LOG_END);
    if (facts->is_expired)
        log_warn(t->log, "the certificate has expired: clients will refuse it",
                 LOG_STR("ended", ends), LOG_END);
    if (facts->is_not_yet_valid)
        log_warn(t->log,
                 "the certificate is not valid yet: clients will refuse it",
                 LOG_STR("file", t->files.certificate), LOG_END);
}

err *serve_tls_open(arena *a, const config *c, const logger *log,
                    serve_tls *out) {
    bool is_on;
    *out = (serve_tls){.log = log};
    TRY(serve_tls_choose(a, c, &out->files, &is_on));
    if (!is_on)
        return NULL;
    tls_pem pem;
    tls_certificate facts;
    TRY(tls_pem_read(a, out->files, &pem));
    TRY(tls_context_new(a, pem, &out->context, &facts));
    log_certificate(out, "serving https", &facts);
    return NULL;
}

static err *reload(arena *a, serve_tls *t) {
    tls_pem pem;
    tls_certificate facts;
    TRY(tls_pem_read(a, t->files, &pem));
    TRY(tls_context_load(a, t->context, pem, &facts));
    log_certificate(t, "certificate reloaded", &facts);
    return NULL;
}

static void on_hangup(void *argument) {
    serve_tls *t = argument;
    CLEANUP(arena_release) arena *a = arena_new();
    err *failure = reload(a, t);
    if (failure != NULL)
        log_error(t->log, "certificate not reloaded, the one before stays",
                  LOG_CAUSE(failure), LOG_END);
}

void serve_tls_watch(serve_tls *t, loop *l) {
    if (t->context != NULL)
        t->hangups = process_hangups_open(l, on_hangup, t);
}

void serve_tls_unwatch(serve_tls *t) {
    if (t->hangups != NULL)
        process_signals_close(t->hangups);
    t->hangups = NULL;
}

void serve_tls_close(serve_tls *t) {
    tls_context_free(t->context);
    t->context = NULL;
}
