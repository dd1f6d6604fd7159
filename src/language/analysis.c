#include "language/analysis.h"

#include "schema/load.h"
#include "schema/parser.h"

const analysis *analysis_run(arena *a, const workspace *w, const document *d) {
    (void)w;
    analysis *made = arena_new_array(a, analysis, 1);
    source *s = arena_new_array(a, source, 1);
    *s = (source){d->path, d->text};
    const syntax_file **files = arena_new_array(a, const syntax_file *, 1);
    files[0] = parser_run(a, s, &made->diags);
    schema_files all = {.path = d->path, .items = files, .count = 1};
    engine_kind engine = ENGINE_SQLITE;
    schema_files_provider(&all, &engine);
    const schema *resolved = NULL;
    made->is_valid =
        schema_load_files(a, &all, engine, &made->diags, &resolved) == NULL;
    made->source = s;
    made->file = files[0];
    made->files = files;
    made->file_count = 1;
    made->symbols = symbols_run(a, files, 1);
    return made;
}
