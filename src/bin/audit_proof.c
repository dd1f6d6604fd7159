/* audit_proof.c: `tenon audit key`, `seal`, `verify` and `prune`: that the audit
 * log is what was written, that it can be shown, and that it ends. */
#include <inttypes.h>

#include "base/clock.h"
#include "bin/command.h"
#include "bin/plain_text.h"
#include "database/audit_prune.h"
#include "database/audit_seal.h"
#include "database/audit_verify.h"
#include "database/event_prune.h"

enum {
    SHOWN_OF_EACH = 20,
    EXIT_FLAWED = 2, /* 1: it could not be found out */
};

static err *open_key(command_context *c, audit_key *out) {
    return audit_key_load(c->arena, config_text(&c->config, CONFIG_AUDIT_KEY),
                          out);
}

static err *open_database(command_context *c, target_access access,
                          target **out) {
    str url = config_text(&c->config, CONFIG_DATABASE);
    return target_open(c->arena, url, access, out);
}

static void warn_of_no_key(buf *out, const audit_key *k) {
    if (!k->can_sign)
        buf_printf(out,
                   "warning: not signed: there is no private key in %.*s; "
                   "'tenon audit key' makes one\n",
                   STR_ARG(k->path));
}

static void warn_of_head(buf *out, const err *unremembered) {
    if (unremembered != NULL)
        buf_printf(out,
                   "warning: the newest seal is not remembered here, so that "
                   "it would not be missed: %.*s\n",
                   STR_ARG(unremembered->message));
}

err *command_audit_key(command_context *c) {
    audit_key k;
    str path = config_text(&c->config, CONFIG_AUDIT_KEY);
    TRY(audit_key_create(c->arena, path));
    TRY(audit_key_load(c->arena, path, &k));
    buf_printf(c->out,
               "made %.*s: keep a copy elsewhere, and out of the repository\n"
               "%.*s",
               STR_ARG(path),
               STR_ARG(ed25519_public_format(c->arena, &k.publics[0].key)));
    return NULL;
}

err *command_audit_seal(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    audit_key k;
    audit_sealing done;
    TRY(open_key(c, &k));
    TRY(open_database(c, TARGET_WRITE, &t));
    TRY(audit_seal_run(c->arena, t, &k, &done));
    buf_printf(c->out, "sealed %" PRId64 " rows in %" PRId64 " seals\n",
               done.rows, done.seals);
    if (done.seals > 0)
        warn_of_no_key(c->out, &k);
    warn_of_head(c->out, done.unremembered);
    return NULL;
}

err *command_audit_prune(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    const schema *s;
    audit_key k;
    audit_pruning done;
    int64_t events;
    int64_t now = clock_wall_ms(NULL);
    int64_t kept = config_number(&c->config, CONFIG_EVENT_RETENTION);
    TRY(command_load_schema(c, &s));
    TRY(open_key(c, &k));
    TRY(open_database(c, TARGET_WRITE, &t));
    TRY(audit_prune_run(c->arena, t, &k, s, now, &done));
    TRY(event_prune_run(c->arena, t, now, kept, &events));
    buf_printf(c->out,
               "removed %" PRId64 " rows of the audit log, and %" PRId64
               " events\n",
               done.rows, events);
    if (done.partitions > 0)
        buf_printf(c->out, "dropped %" PRId64 " months of it as a whole\n",
                   done.partitions);
    if (done.kept > 0)
        buf_printf(c->out,
                   "warning: %" PRId64 " rows are not what was sealed, and "
                   "stay: 'tenon audit verify' names them\n",
                   done.kept);
    if (done.rows > 0)
        warn_of_no_key(c->out, &k);
    warn_of_head(c->out, done.unremembered);
    return NULL;
}

/* ---- Verifying ---------------------------------------------------------- */

typedef struct telling {
    command_context *command;
    int64_t told[AUDIT_FLAW_COUNT];
} telling;

static void tell_flaw(void *context, audit_flaw flaw, str sentence) {
    telling *t = context;
    if (t->told[flaw]++ >= SHOWN_OF_EACH)
        return;
    buf_printf(t->command->out, "%.*s: ", STR_ARG(AUDIT_FLAW_NAMES[flaw]));
    plain_text_write(t->command->out, sentence, SIZE_MAX);
    buf_append_char(t->command->out, '\n');
    command_flush(t->command);
}

static void write_more(const telling *t) {
    for (size_t i = 0; i < AUDIT_FLAW_COUNT; i++)
        if (t->told[i] > SHOWN_OF_EACH)
            buf_printf(t->command->out, "%.*s: and %" PRId64 " more\n",
                       STR_ARG(AUDIT_FLAW_NAMES[i]),
                       t->told[i] - SHOWN_OF_EACH);
}

static void write_keys(buf *out, const audit_key *k, const audit_verdict *v) {
    if (k->public_count == 0)
        buf_printf(out,
                   "warning: no signature was verified: there is no key in "
                   "%.*s\n",
                   STR_ARG(k->path));
    else
        buf_printf(out, "%" PRId64 " of %" PRId64 " seals are signed\n",
                   v->signed_entries, v->entries);
}

static void write_verdict(buf *out, const audit_key *k,
                          const audit_verdict *v) {
    buf_printf(out,
               "%" PRId64 " sealed rows are proven, %" PRId64
               " were pruned, %" PRId64 " are not sealed yet\n",
               v->sealed_rows, v->pruned_rows, v->unsealed_rows);
    if (v->entries == 0)
        return;
    write_keys(out, k, v);
    buf_printf(out, "newest seal: %" PRId64 " of %.*s, %.*s\n", v->head.number,
               STR_ARG(v->last_sealed_at), SHA256_HEX_LENGTH, v->head.hash);
}

err *command_audit_verify(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    telling told = {.command = c};
    audit_key k;
    audit_verdict v;
    TRY(open_key(c, &k));
    TRY(open_database(c, TARGET_READ, &t));
    TRY(audit_verify_run(c->arena, t, &k, tell_flaw, &told, &v));
    write_more(&told);
    write_verdict(c->out, &k, &v);
    warn_of_head(c->out, v.unremembered);
    if (v.flaw_count == 0)
        return NULL;
    c->exit_code = EXIT_FLAWED;
    return err_new(c->arena, ERR_CONFLICT,
                   "the audit log is not what was written");
}

void command_audit_verify_describe(buf *out) {
    buf_append(
        out,
        STR("\nTells each row and each seal that was changed, deleted, put in "
            "or moved. Ends with 0 when\n"
            "there is none, with 2 when there is one, with 1 when it could not "
            "be found out.\n"
            "--audit-key may be a file with the public key alone "
            "(docs/audit.md).\n"));
}
