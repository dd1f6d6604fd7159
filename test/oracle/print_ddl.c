/*
 * Writes what our DDL makes of schema files into a folder:
 *
 *     print_ddl FOLDER FILE...
 *
 * For each file and engine it makes FILE.<engine>.sql, or FILE.<engine>.error
 * with what the loader has against it. One process for all of them, because a
 * test asks for a hundred.
 */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "database/postgres/pg_ddl.h"
#include "database/sqlite/lite_ddl.h"
#include "schema/load.h"

enum { ALL_SQL_MAX = 64 * 1024 * 1024 };

static void write_file(const char *folder, const char *file, engine_kind engine,
                       const char *ending, str text) {
    const char *slash = strrchr(file, '/');
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%.*s.%s", folder,
             slash != NULL ? slash + 1 : file,
             STR_ARG(engine_kind_name(engine)), ending);
    FILE *out = fopen(path, "w");
    ASSERT(out != NULL);
    fwrite(text.ptr, 1, text.len, out);
    fclose(out);
}

static void print(const char *folder, const char *file, engine_kind engine) {
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf out = buf_new(ALL_SQL_MAX);
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_file(a, str_of(file), engine, &diags, &s);
    if (e != NULL) {
        diag_print(&out, &diags, false);
        write_file(folder, file, engine, "error", buf_str(&out));
        return;
    }
    const structure *all = structure_of_schema(a, s);
    if (engine == ENGINE_SQLITE)
        lite_ddl_create(a, &out, all);
    else
        pg_ddl_create(a, &out, all);
    write_file(folder, file, engine, "sql", buf_str(&out));
}

int main(int argc, char **argv) {
    for (int i = 2; i < argc; i++)
        for (int engine = 0; engine < ENGINE_KIND_COUNT; engine++)
            print(argv[1], argv[i], (engine_kind)engine);
    return 0;
}
