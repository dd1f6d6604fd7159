#include "schema/load.h"

#include "schema/resolve.h"

static err *load(arena *a, const schema_files *files, resolve_options options,
                 diag_list *diags, const schema **out) {
    const schema *resolved = resolve_run(a, files, options, diags);
    diag_sort(diags);
    if (diags->error_count > 0)
        return err_new(a, ERR_INVALID, "%zu error%s in %.*s",
                       diags->error_count, diags->error_count == 1 ? "" : "s",
                       STR_ARG(files->path));
    *out = resolved;
    return NULL;
}

err *schema_load_files(arena *a, const schema_files *files, engine_kind engine,
                       diag_list *diags, const schema **out) {
    return load(a, files, (resolve_options){.engine = engine}, diags, out);
}

err *schema_load_system(arena *a, str path, str text, engine_kind engine,
                        uint32_t first_index, const schema **out) {
    diag_list diags = {0};
    schema_files files = schema_files_of_text(a, path, text, &diags);
    resolve_options options = {
        .engine = engine, .is_system = true, .first_index = first_index};
    return load(a, &files, options, &diags, out);
}

err *schema_load_text(arena *a, str path, str text, engine_kind engine,
                      diag_list *diags, const schema **out) {
    schema_files files = schema_files_of_text(a, path, text, diags);
    return schema_load_files(a, &files, engine, diags, out);
}

err *schema_load_file(arena *a, str path, engine_kind engine, diag_list *diags,
                      const schema **out) {
    schema_files files = {0};
    TRY(schema_files_read(a, path, diags, &files));
    return schema_load_files(a, &files, engine, diags, out);
}
