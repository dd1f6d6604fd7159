#include "database/audit_verifying.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "database/audit_seal.h"

const str AUDIT_FLAW_NAMES[] = {
    [AUDIT_ROW_CHANGED] = STR_INIT("changed"),
    [AUDIT_ROW_DELETED] = STR_INIT("deleted"),
    [AUDIT_ROW_INSERTED] = STR_INIT("inserted"),
    [AUDIT_ROW_MOVED] = STR_INIT("moved"),
    [AUDIT_SEAL_CHANGED] = STR_INIT("seal changed"),
    [AUDIT_SEAL_MISSING] = STR_INIT("seal missing"),
    [AUDIT_SEAL_FORGED] = STR_INIT("seal forged"),
    [AUDIT_SEAL_OTHER_KEY] = STR_INIT("other key"),
    [AUDIT_SEAL_NOT_SIGNED] = STR_INIT("not signed"),
    [AUDIT_CHAIN_CUT] = STR_INIT("cut off"),
};

enum {
    ENTRIES_PAGE = 256,
    WINDOW_SEALS = 64, /* whose rows are compared at once */
};

void audit_verifying_tell(verifying *v, audit_flaw flaw, int64_t count,
                          const char *format, ...) {
    char sentence[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    size_t shown = length < 0 ? 0 : (size_t)length;
    if (shown >= sizeof sentence)
        shown = sizeof sentence - 1;
    v->out->flaws[flaw] += count;
    v->out->flaw_count += count;
    v->tell(v->context, flaw, (str){sentence, shown});
}

/* ---- The chain ---------------------------------------------------------- */

static void check_order(verifying *v, const audit_entry *e) {
    str before =
        v->number == 0 ? AUDIT_ENTRY_NO_HASH : (str){v->hash, sizeof v->hash};
    int64_t missing = e->number - v->number - 1;
    if (missing != 0)
        audit_verifying_tell(v, AUDIT_SEAL_MISSING, missing,
                             missing == 1 ? "seal %" PRId64 " is missing"
                                          : "seals %" PRId64 " to %" PRId64
                                            " are missing",
                             v->number + 1, e->number - 1);
    else if (!str_equal(e->previous, before))
        audit_verifying_tell(
            v, AUDIT_SEAL_CHANGED, 1,
            "seal %" PRId64 " does not follow the one before it", e->number);
}

static err *check_signature(arena *a, verifying *v, const audit_entry *e) {
    audit_signature is;
    if (v->key->public_count == 0)
        return NULL;
    TRY(audit_entry_verify(a, v->key, e, &is));
    v->out->signed_entries += is == AUDIT_SIGNED;
    v->has_signed |= is == AUDIT_SIGNED;
    if (is == AUDIT_BAD_SIGNATURE)
        audit_verifying_tell(v, AUDIT_SEAL_FORGED, 1,
                             "seal %" PRId64
                             " has a signature that is not its key's",
                             e->number);
    else if (is == AUDIT_UNKNOWN_KEY)
        audit_verifying_tell(v, AUDIT_SEAL_OTHER_KEY, 1,
                             "seal %" PRId64
                             " is signed with another key, %.*s",
                             e->number, STR_ARG(e->key_id));
    /* One that is signed proves those before it, from when there was no key. */
    else if (is == AUDIT_UNSIGNED && v->has_signed)
        audit_verifying_tell(v, AUDIT_SEAL_NOT_SIGNED, 1,
                             "seal %" PRId64 " is not signed", e->number);
    return NULL;
}

static bool check_place(verifying *v, const audit_entry *e) {
    audit_place place;
    if (!audit_place_parse(e->last_place, &place) ||
        audit_place_compare(&place, &v->last) <= 0)
        return false;
    v->last.major = place.major;
    v->last.created_at = arena_copy(v->a, place.created_at);
    v->last.id = arena_copy(v->a, place.id);
    return true;
}

static bool check_seal(verifying *v, const audit_entry *e) {
    bool is_good =
        (e->first_row == v->next_row || v->number + 1 != e->number) &&
        e->row_count > 0 && check_place(v, e);
    if (!__builtin_add_overflow(e->first_row, e->row_count, &v->next_row))
        return is_good;
    v->next_row = INT64_MAX;
    return false;
}

static bool check_prune(arena *a, verifying *v, const audit_entry *e) {
    ordinals gone;
    if (!ordinals_parse(a, e->pruned, &gone) ||
        ordinals_count(&gone) != e->row_count ||
        (gone.count > 0 && gone.ranges[gone.count - 1].last >= v->next_row))
        return false;
    for (size_t i = 0; i < gone.count; i++)
        ARENA_PUSH(v->a, v->pruned_ranges, v->pruned_range_count,
                   gone.ranges[i]);
    return true;
}

static bool check_content(arena *a, verifying *v, const audit_entry *e) {
    if (!str_equal(audit_entry_hash(a, e), e->hash))
        return false;
    switch (e->kind) {
    case AUDIT_ENTRY_SEAL:
        return check_seal(v, e);
    case AUDIT_ENTRY_PRUNE:
        return check_prune(a, v, e);
    case AUDIT_ENTRY_KIND_COUNT:
        break;
    }
    return false;
}

static err *check_entry(arena *a, verifying *v, const audit_entry *e) {
    check_order(v, e);
    if (!check_content(a, v, e))
        audit_verifying_tell(v, AUDIT_SEAL_CHANGED, 1,
                             "seal %" PRId64 " was changed", e->number);
    TRY(check_signature(a, v, e));
    v->number = e->number;
    memset(v->hash, '?', sizeof v->hash);
    if (e->hash.len == sizeof v->hash)
        memcpy(v->hash, e->hash.ptr, sizeof v->hash);
    if (v->out->entries++ == 0)
        v->out->first_sealed_at = arena_copy(v->a, e->sealed_at);
    return NULL;
}

static err *check_entries(arena *a, verifying *v, bool *is_last) {
    audit_entry_wanted wanted = {.behind = v->number,
                                 .most = ENTRIES_PAGE,
                                 .kind = AUDIT_ENTRY_KIND_COUNT};
    audit_entries page;
    TRY(audit_entry_list(a, v->t, &wanted, &page));
    for (size_t i = 0; i < page.count; i++)
        TRY(check_entry(a, v, &page.items[i]));
    *is_last = page.count < ENTRIES_PAGE;
    if (*is_last && page.count > 0)
        v->out->last_sealed_at =
            arena_copy(v->a, page.items[page.count - 1].sealed_at);
    return NULL;
}

static err *check_head(verifying *v) {
    audit_head known;
    bool is_there;
    TRY(audit_head_load(v->a, v->key, &known));
    TRY(audit_seal_find_head(v->a, v->t, &known, &is_there));
    if (!is_there && known.number > v->number)
        audit_verifying_tell(v, AUDIT_CHAIN_CUT, known.number - v->number,
                             "seals from %" PRId64 " on are gone: seal %" PRId64
                             " was seen here",
                             v->number + 1, known.number);
    else if (!is_there)
        audit_verifying_tell(
            v, AUDIT_CHAIN_CUT, 1,
            "seal %" PRId64 " is another one than was seen here", known.number);
    return NULL;
}

/* ---- All ---------------------------------------------------------------- */

/* Each page of it in an arena of its own. */
typedef err *step(arena *a, verifying *v, bool *is_last);

static err *run_steps(verifying *v, step *one) {
    bool is_last = false;
    err *e = NULL;
    while (e == NULL && !is_last) {
        arena *page = arena_new();
        e = one(page, v, &is_last);
        if (e != NULL)
            e = err_copy(v->a, e);
        arena_free(page);
    }
    return e;
}

static err *check_rows(arena *a, verifying *v, bool *is_last) {
    audit_entry_wanted wanted = {
        .behind = v->number,
        .most = WINDOW_SEALS,
        .kind = AUDIT_ENTRY_SEAL,
        .has_row_hashes = true,
    };
    audit_entries seals;
    audit_place behind = v->last;
    TRY(audit_entry_list(a, v->t, &wanted, &seals));
    *is_last = seals.count < WINDOW_SEALS;
    if (seals.count == 0)
        return NULL;
    v->number = seals.items[seals.count - 1].number;
    return audit_window_check(a, v, &seals, behind);
}

static err *check_rest(arena *a, verifying *v, bool *is_last) {
    *is_last = true;
    return audit_window_check_rest(a, v);
}

static void check_signed(verifying *v) {
    if (v->key->public_count > 0 && v->out->entries > 0 && !v->has_signed)
        audit_verifying_tell(v, AUDIT_SEAL_NOT_SIGNED, v->out->entries,
                             "no seal is signed, though there is a key");
}

static err *check_all(verifying *v) {
    TRY(run_steps(v, check_entries));
    v->out->head.number = v->number;
    memcpy(v->out->head.hash, v->hash, sizeof v->hash);
    TRY(check_head(v));
    check_signed(v);
    v->pruned = ordinals_merge(v->a, v->pruned_ranges, v->pruned_range_count);
    v->out->pruned_rows = ordinals_count(&v->pruned);
    v->number = 0;
    v->last = AUDIT_PLACE_FIRST;
    TRY(run_steps(v, check_rows));
    return run_steps(v, check_rest);
}

static err *begin(arena *a, target *t) {
    TRY(target_begin(a, t));
    return target_engine(t) == ENGINE_SQLITE
               ? NULL
               : target_run(a, t, (str){0},
                            STR("SET TRANSACTION ISOLATION LEVEL REPEATABLE "
                                "READ READ ONLY"));
}

/* What is gone of a chain is not covered up by what is left of it. */
static void remember(arena *a, const audit_key *k, audit_verdict *v) {
    if (v->flaw_count == 0 && v->head.number > 0)
        v->unremembered = audit_head_store(a, k, &v->head);
}

err *audit_verify_run(arena *a, target *t, const audit_key *k,
                      audit_flaw_fn *tell, void *context, audit_verdict *out) {
    verifying v = {
        .a = a,
        .t = t,
        .key = k,
        .tell = tell,
        .context = context,
        .out = out,
        .next_row = 1,
        .last = AUDIT_PLACE_FIRST,
        .scratch = buf_new(SIZE_MAX),
    };
    *out = (audit_verdict){0};
    err *e = begin(a, t);
    if (e == NULL)
        e = check_all(&v);
    buf_free(&v.scratch);
    target_rollback(t);
    if (e == NULL)
        remember(a, k, out);
    return e;
}
