#include "schema/load.h"

#include "base/file.h"
#include "schema/parser.h"
#include "schema/resolve.h"

err *schema_load_text(arena *a, str path, str text, diag_list *diags,
                      const schema **out) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){path, text};
    const syntax_file *file = parser_run(a, s, diags);
    const schema *resolved = resolve_run(a, &file, 1, diags);
    diag_sort(diags);
    if (diags->error_count > 0)
        return err_new(a, ERR_INVALID, "%zu error%s in %.*s",
                       diags->error_count, diags->error_count == 1 ? "" : "s",
                       STR_ARG(path));
    *out = resolved;
    return NULL;
}

err *schema_load_file(arena *a, str path, diag_list *diags,
                      const schema **out) {
    str text;
    TRY(file_read(a, path, &text));
    return schema_load_text(a, path, text, diags, out);
}
