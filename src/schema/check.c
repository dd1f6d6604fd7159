#include "schema/check.h"

#include "schema/load.h"

static const char *plural(size_t n) {
    return n == 1 ? "" : "s";
}

static void print_summary(buf *out, str path, const check_counts *counts,
                          const schema *s) {
    if (counts->errors > 0)
        buf_printf(out, "%.*s: %zu error%s", STR_ARG(path), counts->errors,
                   plural(counts->errors));
    else
        buf_printf(out, "%.*s: ok, %zu model%s, %zu enum%s", STR_ARG(path),
                   s->model_count, plural(s->model_count), s->enum_count,
                   plural(s->enum_count));
    if (counts->warnings > 0)
        buf_printf(out, ", %zu warning%s", counts->warnings,
                   plural(counts->warnings));
    buf_append_char(out, '\n');
}

err *check_file(arena *a, str path, check_options options, buf *out,
                check_counts *counts) {
    diag_list diags = {0};
    const schema *s = NULL;
    schema_files files = {0};
    TRY(schema_files_read(a, path, &diags, &files));
    engine_kind engine = options.engine;
    if (options.prefers_provider)
        (void)schema_files_provider(&files, &engine);
    err *failure = schema_load_files(a, &files, engine, &diags, &s);
    if (failure != NULL && diags.error_count == 0)
        return failure;
    *counts = (check_counts){diags.error_count, diags.warning_count};
    if (options.is_json) {
        diag_print_json(out, &diags);
        return NULL;
    }
    diag_print(out, &diags, options.is_colored);
    print_summary(out, path, counts, s);
    return NULL;
}
