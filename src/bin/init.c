/* init.c: `tenon init`: the files of a new application. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "bin/new_token.h"
#include "core/operator_access.h"
#include "core/operator_token.h"
#include "database/audit_key.h"

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
    {STR_INIT(".gitignore"),
     STR_INIT(".env\n*.db\n*.db-wal\n*.db-shm\n"
              "*.db.lock\naudit.key\naudit.key.head\n")},
};

/* It must not be in a repository, so it is none of the files above. */
static const str AUDIT_KEY = STR_INIT("audit.key");

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

/* There is no database yet to keep the token's hash in. */
static str with_token(arena *a, str text, const new_token *t) {
    str setting = operator_first_format(a, t->hash, t->expires);
    return arena_printf(a,
                        "%.*s\n# The hash of the operator's first token and "
                        "its last day (tenon token list).\n"
                        "TENON_OPERATOR_TOKEN=\"%.*s\"\n",
                        STR_ARG(text), STR_ARG(setting));
}

err *command_init(command_context *c) {
    arena *a = c->arena;
    new_token token = new_token_make(a, OPERATOR_TOKEN_DAYS);
    bool has_token = false;
    str folder = c->argument_count > 0 ? c->arguments[0] : STR(".");
    TRY(make_folder(a, folder));
    if (file_exists(a, place(a, folder, FILES[0].name)))
        return err_with_hint(err_new(a, ERR_CONFLICT, "%.*s exists already",
                                     STR_ARG(place(a, folder, FILES[0].name))),
                             STR("tenon push makes a database from it"));

    for (size_t i = 0; i < LENGTH(FILES); i++) {
        str path = place(a, folder, FILES[i].name);
        bool has_settings = str_equal(FILES[i].name, STR(".env"));
        if (file_exists(a, path))
            continue;
        TRY(file_create(a, path,
                        has_settings ? with_token(a, FILES[i].text, &token)
                                     : FILES[i].text));
        has_token |= has_settings;
        buf_printf(c->out, "made %.*s\n", STR_ARG(path));
    }
    str key_path = place(a, folder, AUDIT_KEY);
    if (!file_exists(a, key_path)) {
        TRY(audit_key_create(a, key_path));
        buf_printf(c->out, "made %.*s\n", STR_ARG(key_path));
    }
    buf_append(c->out, STR("\nNext:\n"));
    if (c->argument_count > 0)
        buf_printf(c->out, "  cd %.*s\n", STR_ARG(folder));
    buf_append(c->out, STR("  tenon push     # make the database\n"
                           "  tenon serve    # and serve it\n\n"));
    if (has_token)
        new_token_show(c->out, &token);
    else
        buf_append(c->out, STR("tenon token create makes a token for the "
                               "operator.\n"));
    return NULL;
}
