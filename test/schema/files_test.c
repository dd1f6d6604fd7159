#include "schema/files.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "schema/load.h"
#include "test/support/test.h"

/* Files in memory, in place of the disk. */
typedef struct fake_file {
    str path;
    str text;
} fake_file;

typedef struct fake_disk {
    file_reader reader;
    const fake_file *files;
    size_t count;
    size_t *reads;
} fake_disk;

static err *read_fake(const file_reader *r, arena *a, str path, str *out) {
    const fake_disk *disk = (const void *)r; /* its first member */
    for (size_t i = 0; i < disk->count; i++) {
        if (str_equal(disk->files[i].path, path)) {
            *out = disk->files[i].text;
            ++*disk->reads;
            return NULL;
        }
    }
    return err_new(a, ERR_NOT_FOUND, "no %.*s", STR_ARG(path));
}

/* "path path", or the diagnostics with their files. */
static str read_all(arena *a, const fake_file *files, size_t count) {
    size_t reads = 0;
    fake_disk disk = {{.read = read_fake}, files, count, &reads};
    diag_list diags = {0};
    schema_files all = {0};
    const schema *s = NULL;
    expect_ok(
        schema_files_read_with(a, &disk.reader, files[0].path, &diags, &all));
    assert_int_equal(reads, all.count);
    err *e = schema_load_files(a, &all, ENGINE_SQLITE, &diags, &s);
    assert_true((e == NULL) == (diags.error_count == 0));
    str said = {0};
    for (size_t i = 0; i < diags.count; i++) {
        const diag *d = &diags.items[i];
        if (d->code != DIAG_CLOSED_MODEL)
            said = arena_printf(a, "%.*s%.*s: %s %.*s\n", STR_ARG(said),
                                STR_ARG(d->span.source->path),
                                diag_code_text(d->code), STR_ARG(d->message));
    }
    for (size_t i = 0; e == NULL && i < all.count; i++)
        said = arena_printf(a, "%.*s%s%.*s", STR_ARG(said), i > 0 ? " " : "",
                            STR_ARG(all.items[i]->source->path));
    return said;
}

static void follows_imports_once(void **state) {
    static const fake_file FILES[] = {
        {STR_INIT("app/main.prisma"),
         STR_INIT("import \"./parts/user\"\nimport './parts/post.zmodel'\n")},
        {STR_INIT("app/parts/user.prisma"),
         STR_INIT("import \"../main\"\nimport \"./post\"\n"
                  "model User {\n  id Int @id\n  posts Post[]\n}\n")},
        {STR_INIT("app/parts/post.zmodel"),
         STR_INIT("import \"./user\"\n"
                  "model Post {\n  id Int @id\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "  userId Int\n}\n")},
    };
    expect_str(read_all(*state, FILES, LENGTH(FILES)),
               STR("app/main.prisma app/parts/user.prisma "
                   "app/parts/post.zmodel"));
}

static void names_the_file_of_a_mistake(void **state) {
    static const fake_file FILES[] = {
        {STR_INIT("main.prisma"), STR_INIT("import \"./other\"\n"
                                           "model A {\n  id Int @id\n}\n")},
        {STR_INIT("other.prisma"), STR_INIT("model A {\n  id Int @id\n}\n"
                                            "model B {\n  id Nix @id\n}\n")},
    };
    expect_str(read_all(*state, FILES, LENGTH(FILES)),
               STR("other.prisma: E0301 the name 'A' is declared twice\n"
                   "other.prisma: E0401 unknown type 'Nix'\n"));
}

/* What a missing file would have declared is not missed a second time. */
static void reports_imports_that_lead_nowhere(void **state) {
    static const fake_file MISSING[] = {
        {STR_INIT("main.prisma"),
         STR_INIT("import \"./nowhere\"\n"
                  "model A {\n  id Int @id\n  b B\n}\n")},
    };
    static const fake_file MODULE[] = {
        {STR_INIT("main.prisma"), STR_INIT("import \"tenon/organizations\"\n"
                                           "model A {\n  id Int @id\n"
                                           "  space Space?\n}\n")},
    };
    static const fake_file ABSOLUTE[] = {
        {STR_INIT("main.prisma"), STR_INIT("import \"/etc/passwd\"\n")},
    };
    expect_str(read_all(*state, MISSING, 1),
               STR("main.prisma: E1102 cannot import './nowhere': there is no "
                   "such file\n"));
    expect_str(read_all(*state, MODULE, 1),
               STR("main.prisma: E1103 the module 'tenon/organizations' is not "
                   "part of this release\n"));
    expect_str(read_all(*state, ABSOLUTE, 1),
               STR("main.prisma: E1102 cannot import '/etc/passwd': it is not "
                   "a relative path\n"));
}

static str make(arena *a, const char *folder, const char *name, str text) {
    str path = arena_printf(a, "%s/%s", folder, name);
    expect_ok(file_create(a, path, text));
    return path;
}

static void reads_all_schema_files_of_a_folder(void **state) {
    arena *a = *state;
    char folder[] = "/tmp/tenon_files_XXXXXX";
    assert_non_null(mkdtemp(folder));
    str inner = arena_printf(a, "%s/inner", folder);
    str hidden = arena_printf(a, "%s/.hidden", folder);
    assert_int_equal(mkdir(inner.ptr, 0755), 0);
    assert_int_equal(mkdir(hidden.ptr, 0755), 0);
    const str made[] = {
        make(a, folder, "b.prisma", STR("import \"./a\"\n")),
        make(a, folder, "a.prisma", STR("model A {\n  id Int @id\n}\n")),
        make(a, folder, "notes.txt", STR("not a schema")),
        make(a, folder, "inner/c.zmodel", STR("model C {\n  id Int @id\n}\n")),
        make(a, folder, ".hidden/d.prisma",
             STR("model A {\n  id Int @id\n}\n")),
    };
    diag_list diags = {0};
    const schema *s = NULL;
    str slashed = arena_printf(a, "%s/", folder);
    expect_ok(schema_load_file(a, slashed, ENGINE_SQLITE, &diags, &s));
    assert_int_equal(s->model_count, 2);
    expect_str(s->models[0].name, STR("A"));
    expect_str(s->models[1].name, STR("C"));
    err *e = schema_load_file(a, STR("/tmp/tenon_no_such_folder"),
                              ENGINE_SQLITE, &diags, &s);
    assert_int_equal(e->code, ERR_NOT_FOUND);

    for (size_t i = 0; i < LENGTH(made); i++)
        unlink(made[i].ptr);
    rmdir(inner.ptr);
    rmdir(hidden.ptr);
    e = schema_load_file(a, str_of(folder), ENGINE_SQLITE, &diags, &s);
    assert_int_equal(e->code, ERR_NOT_FOUND);
    rmdir(folder);
}

static void tells_the_engine_of_the_provider(void **state) {
    static const struct {
        str text;
        bool is_known;
        engine_kind engine;
    } CASES[] = {
        {STR_INIT(""), false, ENGINE_SQLITE},
        {STR_INIT("datasource db {\n  provider = \"sqlite\"\n}\n"), true,
         ENGINE_SQLITE},
        {STR_INIT("datasource db {\n  provider = \"postgres\"\n}\n"), true,
         ENGINE_POSTGRESQL},
        {STR_INIT("datasource db {\n  provider = \"mysql\"\n}\n"), false,
         ENGINE_SQLITE},
        {STR_INIT("datasource db {\n  url = \"file:x\"\n}\n"), false,
         ENGINE_SQLITE},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        diag_list diags = {0};
        schema_files files =
            schema_files_of_text(*state, STR("x"), CASES[i].text, &diags);
        engine_kind engine = ENGINE_SQLITE;
        assert_true(schema_files_provider(&files, &engine) ==
                    CASES[i].is_known);
        assert_int_equal(engine, CASES[i].engine);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(follows_imports_once),
        TEST(names_the_file_of_a_mistake),
        TEST(reports_imports_that_lead_nowhere),
        TEST(reads_all_schema_files_of_a_folder),
        TEST(tells_the_engine_of_the_provider),
    };
    return cmocka_run_group_tests_name("schema/files", tests, NULL, NULL);
}
