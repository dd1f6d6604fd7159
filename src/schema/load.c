#include "schema/load.h"

#include "schema/resolve.h"

err *schema_load_files(arena *a, const schema_files *files, engine_kind engine,
                       diag_list *diags, const schema **out) {
    const schema *resolved = resolve_run(a, files, engine, diags);
    diag_sort(diags);
    if (diags->error_count > 0)
        return err_new(a, ERR_INVALID, "%zu error%s in %.*s",
                       diags->error_count, diags->error_count == 1 ? "" : "s",
                       STR_ARG(files->path));
    *out = resolved;
    return NULL;
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
