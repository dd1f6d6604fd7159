/*
 * How long a schema takes to load, and how much memory it lives in.
 *
 *     bench_schema FILE [ENGINE]
 *
 * Loads the file a hundred times from memory, each time into an arena of its
 * own, and prints the fastest and the median processor time and the arena's
 * size. Run by bench/schema.sh over a folder of schemas.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "schema/load.h"

enum { ROUNDS = 100 };

/* Of the processor, which a busy machine does not change much. */
static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

typedef struct round_result {
    int64_t parse_us;
    int64_t all_us;
    size_t bytes;
    const schema *schema; /* gone with its arena; to tell whether there was */
} round_result;

static round_result run_round(str path, str text, engine_kind engine) {
    round_result result = {0};
    atomic_size_t meter = 0;
    CLEANUP(arena_release) arena *a = arena_new();
    arena_meter(a, &meter);
    diag_list diags = {0};
    int64_t start = now_us();
    schema_files files = schema_files_of_text(a, path, text, &diags);
    result.parse_us = now_us() - start;
    err *e = schema_load_files(a, &files, engine, &diags, &result.schema);
    result.all_us = now_us() - start;
    result.bytes = atomic_load(&meter);
    if (e != NULL)
        result.schema = NULL;
    return result;
}

static int compare(const void *x, const void *y) {
    int64_t a = ((const round_result *)x)->all_us;
    int64_t b = ((const round_result *)y)->all_us;
    return (a > b) - (a < b);
}

static engine_kind choose_engine(arena *a, str path, str text,
                                 const char *named) {
    engine_kind engine = ENGINE_SQLITE;
    diag_list diags = {0};
    schema_files files = schema_files_of_text(a, path, text, &diags);
    (void)schema_files_provider(&files, &engine);
    if (named != NULL)
        (void)engine_kind_find(str_of(named), &engine);
    return engine;
}

int main(int argc, char **argv) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {0};
    if (argc < 2 || argc > 3) {
        fputs("usage: bench_schema FILE [ENGINE]\n", stderr);
        return 2;
    }
    str path = str_of(argv[1]);
    if (FILE_READER_DISK.read(&FILE_READER_DISK, a, path, &text) != NULL) {
        fprintf(stderr, "cannot read %s\n", argv[1]);
        return 1;
    }
    engine_kind engine = choose_engine(a, path, text, argv[2]);
    round_result results[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++)
        results[i] = run_round(path, text, engine);
    qsort(results, ROUNDS, sizeof *results, compare);
    const round_result *median = &results[ROUNDS / 2];
    printf("%-44s %8zu bytes  best %6.2f ms (parsed in %5.2f ms)  median "
           "%6.2f ms  %6.2f MB%s\n",
           argv[1], text.len, (double)results[0].all_us / 1e3,
           (double)results[0].parse_us / 1e3, (double)median->all_us / 1e3,
           (double)median->bytes / 1e6,
           median->schema != NULL ? "" : "  with errors");
    return 0;
}
