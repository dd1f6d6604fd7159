/*
 * check.h: what `tenon check FILE` does: loads a schema and says all that is
 * wrong with it.
 */
#ifndef SCHEMA_CHECK_H
#define SCHEMA_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "schema/engine_kind.h"

typedef struct check_options {
    bool is_json;    /* a list for programs instead of lines for people */
    bool is_colored; /* ignored with is_json */
    engine_kind engine;
    /* The datasource's provider counts, and engine only where it has none. */
    bool prefers_provider;
} check_options;

typedef struct check_counts {
    size_t errors; /* 0: the schema can be served */
    size_t warnings;
} check_counts;

/* Appends the diagnostics to out, and for people a last line that sums up.
 * Fails only when the file cannot be read. Blocks. */
fallible check_file(arena *a, str path, check_options options, buf *out,
                    check_counts *counts);

#endif
