#include "database/audit_key.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"

/* ---- The key ------------------------------------------------------------ */

static audit_public_key public_of(const ed25519_public *key) {
    audit_public_key made = {.key = *key};
    unsigned char digest[SHA256_BYTES];
    char *to = made.id;
    sha256_digest((str){(const char *)key->bytes, sizeof key->bytes}, digest);
    for (size_t i = 0; i < AUDIT_KEY_ID_LENGTH / 2; i++)
        to = hex_put(to, digest[i]);
    return made;
}

static err *check_private(arena *a, str path) {
    struct stat found;
    if (stat(arena_cstr(a, path), &found) != 0)
        return err_new(a, ERR_IO, "looking at %.*s: %s", STR_ARG(path),
                       strerrordesc_np(errno));
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_DENIED, "others may read the audit log's key in %.*s",
                STR_ARG(path)),
        arena_printf(a, "chmod 600 %.*s; if somebody has read it, make another",
                     STR_ARG(path)));
}

static err *list_publics(arena *a, const ed25519_file *file, audit_key *out) {
    audit_public_key *publics = NULL;
    if (file->has_seed) {
        ed25519_public own;
        TRY(ed25519_public_of(a, &file->seed, &own));
        ARENA_PUSH(a, publics, out->public_count, public_of(&own));
    }
    for (size_t i = 0; i < file->public_count; i++)
        ARENA_PUSH(a, publics, out->public_count, public_of(&file->publics[i]));
    out->publics = publics;
    return NULL;
}

err *audit_key_load(arena *a, str path, audit_key *out) {
    str text;
    ed25519_file file;
    *out = (audit_key){.path = path};
    if (!file_exists(a, path))
        return NULL;
    TRY(file_read(a, path, &text));
    err *e = ed25519_file_parse(a, text, &file);
    if (e == NULL && !file.has_seed && file.public_count == 0)
        e = err_new(a, ERR_INVALID, "it has no key in PEM");
    if (e != NULL)
        return err_wrap(a, e, "reading the audit log's key in %.*s: %.*s",
                        STR_ARG(path), STR_ARG(e->message));
    if (file.has_seed)
        TRY(check_private(a, path));
    out->can_sign = file.has_seed;
    out->seed = file.seed;
    return list_publics(a, &file, out);
}

err *audit_key_create(arena *a, str path) {
    ed25519_seed seed = ed25519_seed_new();
    mode_t before = umask(S_IRWXG | S_IRWXO);
    err *e = file_create(a, path, ed25519_seed_format(a, &seed));
    (void)umask(before);
    return e;
}

const audit_public_key *audit_key_find(const audit_key *k, str id) {
    for (size_t i = 0; i < k->public_count; i++)
        if (str_equal((str){k->publics[i].id, AUDIT_KEY_ID_LENGTH}, id))
            return &k->publics[i];
    return NULL;
}

/* ---- The head ----------------------------------------------------------- */

static str head_path(arena *a, str path) {
    return arena_printf(a, "%.*s.head", STR_ARG(path));
}

err *audit_head_load(arena *a, const audit_key *k, audit_head *out) {
    str text = {0};
    audit_head head = {0};
    *out = head;
    if (k->public_count == 0)
        return NULL;
    str path = head_path(a, k->path);
    TRY(file_read_if_exists(a, path, &text));
    if (str_is_empty(text))
        return NULL;
    str rest = str_trim(text);
    str number = str_split(&rest, ' ');
    if (!str_parse_int64(number, &head.number) || rest.len != SHA256_HEX_LENGTH)
        return err_new(a, ERR_INVALID,
                       "%.*s does not name the newest seal of an audit log",
                       STR_ARG(path));
    memcpy(head.hash, rest.ptr, rest.len);
    *out = head;
    return NULL;
}

err *audit_head_store(arena *a, const audit_key *k, const audit_head *head) {
    if (k->public_count == 0)
        return NULL;
    str path = head_path(a, k->path);
    str text = arena_printf(a, "%" PRId64 " %.*s\n", head->number,
                            SHA256_HEX_LENGTH, head->hash);
    return file_exists(a, path) ? file_replace(a, path, text)
                                : file_create(a, path, text);
}

err *audit_head_forget(arena *a, str path) {
    str head = head_path(a, path);
    if (unlink(arena_cstr(a, head)) == 0 || errno == ENOENT)
        return NULL;
    return err_new(a, ERR_IO, "removing %.*s: %s", STR_ARG(head),
                   strerrordesc_np(errno));
}
