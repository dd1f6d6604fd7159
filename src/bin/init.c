/* init.c: `tenon init`: the files of a new application. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "bin/command.h"

static const struct {
    str name;
    str text;
} FILES[] = {
    {STR_INIT("schema.prisma"),
     STR_INIT("/// Something to do. Open to everybody: tighten the rules below"
              " before you\n"
              "/// serve it to others.\n"
              "model Task {\n"
              "  id        String   @id @default(uuid(7))\n"
              "  title     String\n"
              "  isDone    Boolean  @default(false)\n"
              "  createdAt DateTime @default(now())\n"
              "  updatedAt DateTime @updatedAt\n"
              "\n"
              "  @@index([isDone, createdAt])\n"
              "  @@allow('all', true)\n"
              "}\n")},
    {STR_INIT(".env"),
     STR_INIT("# Settings of this application; tenon config lists them all.\n"
              "DATABASE_URL=\"file:app.db\"\n")},
    {STR_INIT(".gitignore"), STR_INIT(".env\n*.db\n*.db-wal\n*.db-shm\n"
                                      "*.db.lock\n")},
};

static str place(arena *a, str folder, str name) {
    if (str_equal(folder, STR(".")))
        return name;
    return arena_printf(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));
}

static err *make_folder(arena *a, str folder) {
    if (mkdir(arena_cstr(a, folder), 0755) == 0 || errno == EEXIST)
        return NULL;
    return err_new(a, ERR_IO, "cannot make the folder %.*s: %s",
                   STR_ARG(folder), strerrordesc_np(errno));
}

err *command_init(command_context *c) {
    arena *a = c->arena;
    str folder = c->argument_count > 0 ? c->arguments[0] : STR(".");
    TRY(make_folder(a, folder));
    if (file_exists(a, place(a, folder, FILES[0].name)))
        return err_with_hint(err_new(a, ERR_CONFLICT, "%.*s exists already",
                                     STR_ARG(place(a, folder, FILES[0].name))),
                             STR("tenon push makes a database from it"));

    for (size_t i = 0; i < LENGTH(FILES); i++) {
        str path = place(a, folder, FILES[i].name);
        if (file_exists(a, path))
            continue;
        TRY(file_create(a, path, FILES[i].text));
        buf_printf(c->out, "made %.*s\n", STR_ARG(path));
    }
    buf_append(c->out, STR("\nNext:\n"));
    if (c->argument_count > 0)
        buf_printf(c->out, "  cd %.*s\n", STR_ARG(folder));
    buf_append(c->out, STR("  tenon push     # make the database\n"
                           "  tenon serve    # and serve it\n"));
    return NULL;
}
