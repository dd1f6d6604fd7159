#include "database/receipt.h"

err *receipt_refuse_reuse(arena *a) {
    return err_with_hint(
        err_new(a, ERR_KEY_REUSED,
                "this Idempotency-Key was used for another request"),
        STR("a key is for one request and its repetitions, which are the same "
            "to the byte: take a new key for a new request"));
}

err *receipt_refuse_busy(arena *a) {
    return err_with_hint(
        err_new(a, ERR_KEY_BUSY,
                "the request with this Idempotency-Key is still running"),
        STR("try again in a moment: then its answer is there, or it failed and "
            "is tried anew"));
}

err *receipt_make(arena *a, receipt *r, const mutation_result *results) {
    TRY(r->seal(r->context, a, results, &r->answer));
    if (r->answer.body.len <= RECEIPT_MAX_BYTES)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_TOO_LARGE,
                "the answer is larger than the %d bytes that are kept for an "
                "Idempotency-Key, so nothing was written",
                RECEIPT_MAX_BYTES),
        STR("use Prefer: return=minimal"));
}
