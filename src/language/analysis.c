#include "language/analysis.h"

#include "base/assert.h"
#include "language/application.h"
#include "schema/load.h"

static const syntax_file *find_file(const schema_files *files, str path) {
    for (size_t i = 0; i < files->count; i++) {
        if (str_equal(files->items[i]->source->path, path))
            return files->items[i];
    }
    PANIC("the document is not part of its schema");
}

const analysis *analysis_run(arena *a, const workspace *w, const document *d) {
    analysis *made = arena_new_array(a, analysis, 1);
    schema_files files = application_read(a, w, d, &made->diags);
    engine_kind engine = ENGINE_SQLITE;
    schema_files_provider(&files, &engine);
    const schema *resolved = NULL;
    if (schema_load_files(a, &files, engine, &made->diags, &resolved) == NULL)
        made->schema = resolved;
    made->file = find_file(&files, d->path);
    made->source = made->file->source;
    made->files = files.items;
    made->file_count = files.count;
    made->symbols = symbols_run(a, files.items, files.count);
    return made;
}
