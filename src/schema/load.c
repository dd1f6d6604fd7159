#include "schema/load.h"

#include "base/file.h"
#include "schema/parser.h"
#include "schema/resolve.h"

static schema_files parse_one(arena *a, str path, str text, diag_list *diags) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){path, text};
    const syntax_file **items = arena_new_array(a, const syntax_file *, 1);
    items[0] = parser_run(a, s, diags);
    return (schema_files){path, items, 1};
}

err *schema_files_read(arena *a, str path, diag_list *diags,
                       schema_files *out) {
    str text;
    TRY(file_read(a, path, &text));
    *out = parse_one(a, path, text, diags);
    return NULL;
}

static const syntax_block *find_datasource(const schema_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        const syntax_file *file = files->items[i];
        for (size_t k = 0; k < file->block_count; k++) {
            if (file->blocks[k].kind == BLOCK_DATASOURCE)
                return &file->blocks[k];
        }
    }
    return NULL;
}

bool schema_files_provider(const schema_files *files, engine_kind *out) {
    const syntax_block *block = find_datasource(files);
    for (size_t i = 0; block != NULL && i < block->property_count; i++) {
        const syntax_property *p = &block->properties[i];
        if (str_equal(p->name.text, STR("provider")) && p->value != NULL)
            return engine_kind_find(p->value->text, out);
    }
    return false;
}

err *schema_load_files(arena *a, const schema_files *files, engine_kind engine,
                       diag_list *diags, const schema **out) {
    const schema *resolved =
        resolve_run(a, files->items, files->count, engine, diags);
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
    schema_files files = parse_one(a, path, text, diags);
    return schema_load_files(a, &files, engine, diags, out);
}

err *schema_load_file(arena *a, str path, engine_kind engine, diag_list *diags,
                      const schema **out) {
    schema_files files = {0};
    TRY(schema_files_read(a, path, diags, &files));
    return schema_load_files(a, &files, engine, diags, out);
}
