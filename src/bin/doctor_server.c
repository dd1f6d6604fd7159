/* doctor_server.c: how `tenon serve` would run with these settings, here. */
#include "bin/doctor.h"

#include <inttypes.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "bin/serve_tls.h"
#include "io/listener.h"
#include "io/process.h"

enum {
    /* Beside the clients': databases, loops, logs. */
    FILES_OF_OURS = 256,
    DAY_MS = 24 * 60 * 60 * 1000,
    RENEWAL_DAYS = 14,
};

/* ---- Openness ------------------------------------------------------------ */

static err *look_at_environment(doctor *d, doctor_finding *out) {
    out->sentence = config_text(d->config, CONFIG_ENVIRONMENT);
    if (!config_is_on(d->config, CONFIG_DEV_OPEN))
        return NULL;
    bool is_real = command_is_production(d->command);
    *out = (doctor_finding){
        .level = is_real ? DOCTOR_WRONG : DOCTOR_WARNING,
        .sentence = arena_printf(
            d->arena, "%.*s, and --dev-open: every caller may do everything",
            STR_ARG(out->sentence)),
        .advice = STR("take TENON_DEV_OPEN away, and write policies"),
    };
    return NULL;
}

/* The address as it is written: whoever looks need not bind it. */
static bool is_local(str address) {
    return listener_is_loopback(address) ||
           str_starts_with(address, STR("localhost:"));
}

static err *look_at_address(doctor *d, doctor_finding *out) {
    str address = config_text(d->config, CONFIG_LISTEN);
    bool has_tls =
        !str_equal(config_text(d->config, CONFIG_TLS_CERTIFICATE), STR("off"));
    if (is_local(address)) {
        out->sentence = arena_printf(d->arena, "%.*s, for this machine alone",
                                     STR_ARG(address));
        return NULL;
    }
    out->sentence = arena_printf(d->arena, "%.*s, by https", STR_ARG(address));
    if (config_is_on(d->config, CONFIG_DEV_OPEN))
        *out = (doctor_finding){
            .level = DOCTOR_WRONG,
            .sentence =
                arena_printf(d->arena,
                             "%.*s is for other machines too, which --dev-open "
                             "refuses",
                             STR_ARG(address)),
            .advice = STR("leave out --dev-open, or listen on 127.0.0.1"),
        };
    else if (!has_tls)
        *out = (doctor_finding){
            .level = DOCTOR_WARNING,
            .sentence = arena_printf(
                d->arena,
                "%.*s is for other machines too, and what they send "
                "is not encrypted",
                STR_ARG(address)),
            .advice = STR("set --tls-certificate and --tls-key, or listen on "
                          "127.0.0.1 behind a proxy that speaks https"),
        };
    return NULL;
}

/* ---- The certificate ----------------------------------------------------- */

static str describe(arena *a, const tls_certificate *facts, int64_t days) {
    if (facts->is_expired)
        return arena_printf(a, "%.*s has expired", STR_ARG(facts->subject));
    if (facts->is_not_yet_valid)
        return arena_printf(a, "%.*s is not valid yet",
                            STR_ARG(facts->subject));
    return arena_printf(a, "%.*s, for %" PRId64 " day%s still",
                        STR_ARG(facts->subject), days, days == 1 ? "" : "s");
}

static err *look_at_certificate(doctor *d, doctor_finding *out) {
    tls_files files;
    tls_pem pem;
    tls_certificate facts;
    tls_context *context = NULL;
    bool is_on;
    TRY(serve_tls_choose(d->arena, d->config, &files, &is_on));
    out->sentence = STR("none, http is served");
    if (!is_on)
        return NULL;
    TRY(tls_pem_read(d->arena, files, &pem));
    TRY(tls_context_new(d->arena, pem, &context, &facts));
    tls_context_free(context);
    int64_t days = (facts.ends_ms - clock_wall_ms(NULL)) / DAY_MS;
    bool is_near = facts.is_expired || days < RENEWAL_DAYS;
    bool is_invalid = facts.is_expired || facts.is_not_yet_valid;
    *out = (doctor_finding){
        .level = is_invalid ? DOCTOR_WRONG
                 : is_near  ? DOCTOR_WARNING
                            : DOCTOR_FINE,
        .sentence = describe(d->arena, &facts, days),
        .advice =
            is_near ? STR("renew it, and send the server a SIGHUP") : (str){0},
    };
    return NULL;
}

/* ---- Secrets ------------------------------------------------------------- */

static err *look_at_env_file(doctor *d, doctor_finding *out) {
    struct stat found;
    out->sentence = STR("there is no .env here");
    if (stat(".env", &found) != 0)
        return NULL;
    out->sentence = STR("only its owner reads .env");
    if ((found.st_mode & 077U) == 0)
        return NULL;
    *out = (doctor_finding){
        .level =
            command_is_production(d->command) ? DOCTOR_WARNING : DOCTOR_NOTE,
        .sentence = arena_printf(
            d->arena, "mode %03o: others on this machine may read .env",
            (unsigned)found.st_mode & 0777U),
        .advice = STR("chmod 600 .env, if there is a password or a secret in "
                      "it"),
    };
    return NULL;
}

/* ---- Limits -------------------------------------------------------------- */

static err *look_at_times(doctor *d, doctor_finding *out) {
    int64_t statement = config_number(d->config, CONFIG_STATEMENT_TIMEOUT);
    int64_t request = config_number(d->config, CONFIG_REQUEST_TIMEOUT);
    out->sentence = STR("a statement ends before its request");
    if (statement < request)
        return NULL;
    *out = (doctor_finding){
        .level = DOCTOR_WARNING,
        .sentence = STR("a request ends before its statement, which goes on "
                        "for nobody"),
        .advice = STR("make --statement-timeout less than --request-timeout"),
    };
    return NULL;
}

static err *look_at_files(doctor *d, doctor_finding *out) {
    struct rlimit files;
    int64_t wanted =
        config_number(d->config, CONFIG_MAX_CONNECTIONS) + FILES_OF_OURS;
    out->sentence = STR("no limit");
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
        files.rlim_max == RLIM_INFINITY)
        return NULL;
    int64_t most = (int64_t)files.rlim_max;
    bool is_short = most < wanted;
    *out = (doctor_finding){
        .level = is_short ? DOCTOR_WARNING : DOCTOR_FINE,
        .sentence = arena_printf(
            d->arena,
            "%" PRId64 " may be open, --max-connections takes %" PRId64, most,
            wanted),
        .advice = is_short ? STR("raise the limit (ulimit -Hn, LimitNOFILE= of "
                                 "systemd), or lower --max-connections")
                           : (str){0},
    };
    return NULL;
}

static err *look_at_workers(doctor *d, doctor_finding *out) {
    int64_t said = config_number(d->config, CONFIG_WORKERS);
    int64_t cores = (int64_t)process_cpu_count();
    int64_t count = said > 0 ? said : cores;
    *out = (doctor_finding){
        .level = count > cores ? DOCTOR_NOTE : DOCTOR_FINE,
        .sentence = arena_printf(d->arena, "%" PRId64 " for %" PRId64 " core%s",
                                 count, cores, cores == 1 ? "" : "s"),
        .advice = count > cores ? STR("more than there are cores only take "
                                      "turns")
                                : (str){0},
    };
    return NULL;
}

static const doctor_check CHECKS[] = {
    {.name = STR_INIT("environment"),
     .about = STR_INIT("--dev-open is not for production"),
     .run = look_at_environment},
    {.name = STR_INIT("address"),
     .about = STR_INIT("who can reach it, and how"),
     .run = look_at_address},
    {.name = STR_INIT("certificate"),
     .about = STR_INIT("it fits its key, and is valid"),
     .run = look_at_certificate,
     .remedy = STR_INIT("docs/https.md has what a certificate needs")},
    {.name = STR_INIT("secrets"),
     .about = STR_INIT("others cannot read .env"),
     .run = look_at_env_file},
    {.name = STR_INIT("time limits"),
     .about = STR_INIT("they fit each other"),
     .run = look_at_times},
    {.name = STR_INIT("open files"),
     .about = STR_INIT("enough for --max-connections"),
     .run = look_at_files},
    {.name = STR_INIT("workers"),
     .about = STR_INIT("no more than there are cores"),
     .run = look_at_workers},
};

const doctor_group DOCTOR_SERVER = {STR_INIT("server"), CHECKS, LENGTH(CHECKS)};
