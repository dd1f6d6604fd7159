/*
 * serve_tls.h: the certificate of `tenon serve`.
 *
 * It is read at the start, and again at each SIGHUP: whoever renews it sends
 * one. New connections get the new certificate; when the files are no good, the
 * log says why and the one before stays.
 */
#ifndef BIN_SERVE_TLS_H
#define BIN_SERVE_TLS_H

#include "base/log.h"
#include "bin/config.h"
#include "io/process.h"
#include "io/tls_context.h"

typedef struct serve_tls {
    tls_files files;
    tls_context *context; /* NULL: plain HTTP */
    const logger *log;
    process_signals *hangups; /* while it is watched */
} serve_tls;

/* The files that the settings name, if https is wanted. ERR_INVALID for one
 * without the other. */
fallible serve_tls_choose(arena *a, const config *c, tls_files *out,
                          bool *is_on);

/* As the settings say. Blocks. */
fallible serve_tls_open(arena *a, const config *c, const logger *log,
                        serve_tls *out);

/* From here on SIGHUP is heard on the loop's thread; without TLS it ends the
 * process, as it does by default. */
void serve_tls_watch(serve_tls *t, loop *l);
void serve_tls_unwatch(serve_tls *t);

/* When no worker is left. */
void serve_tls_close(serve_tls *t);

#endif
