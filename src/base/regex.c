#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/assert.h"

enum {
    /* A step is some 20 ns, in which repeats read some 16 bytes. */
    BYTES_PER_STEP = 16,
    LEAST_STEPS = 20 * 1000,
    STEPS_PER_BYTE = 20,
    MOST_STEPS = 2 * 1000 * 1000,
    MOST_MEMORY_KIB = 16 * 1024,
    PATTERN_MAX_BYTES = 8 * 1024,
    MESSAGE_MAX = 256,
};

struct regex {
    pcre2_code *code;
};

static void *take(size_t size, void *a) {
    return arena_take(a, size, _Alignof(max_align_t));
}

/* The arena gives it all back at once. */
static void keep(void *memory, void *a) {
    (void)memory;
    (void)a;
}

static str message_of(arena *a, int code) {
    PCRE2_UCHAR message[MESSAGE_MAX];
    int length = pcre2_get_error_message(code, message, sizeof message);
    if (length < 0)
        return STR("not a regular expression");
    return arena_copy(a, (str){(const char *)message, (size_t)length});
}

static err *compile(arena *a, str pattern, uint32_t options, uint32_t extra,
                    const regex **out) {
    if (pattern.len > PATTERN_MAX_BYTES)
        return err_new(a, ERR_INVALID, "longer than %d bytes",
                       PATTERN_MAX_BYTES);
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, a);
    pcre2_compile_context *how = pcre2_compile_context_create(memory);
    pcre2_set_compile_extra_options(how, extra);
    options |= PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
               PCRE2_AUTO_CALLOUT;
    int code = 0;
    size_t at = 0;
    const char *bytes = pattern.ptr != NULL ? pattern.ptr : "";
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)bytes, pattern.len, options, &code, &at, how);
    if (compiled == NULL) {
        str message = message_of(a, code);
        return err_new(a, ERR_INVALID, "%.*s at byte %zu", STR_ARG(message),
                       at);
    }
    regex *r = arena_new_array(a, regex, 1);
    r->code = compiled;
    *out = r;
    return NULL;
}

err *regex_compile(arena *a, str pattern, const regex **out) {
    return compile(a, pattern,
                   PCRE2_ALT_BSUX | PCRE2_MATCH_UNSET_BACKREF |
                       PCRE2_ALLOW_EMPTY_CLASS,
                   PCRE2_EXTRA_ALT_BSUX, out);
}

err *regex_compile_posix(arena *a, str pattern, bool ignores_case,
                         const regex **out) {
    return compile(
        a, pattern,
        PCRE2_UCP | PCRE2_DOTALL | (ignores_case ? PCRE2_CASELESS : 0), 0, out);
}

static uint32_t steps_for(str text) {
    size_t steps = LEAST_STEPS;
    if (text.len > (MOST_STEPS - LEAST_STEPS) / STEPS_PER_BYTE)
        return MOST_STEPS;
    return (uint32_t)(steps + text.len * STEPS_PER_BYTE);
}

typedef struct cost {
    size_t at;
    uint64_t bytes;
    uint64_t most;
} cost;

/* Called before each item of the pattern. PCRE2's own limit begins anew at each
 * place where a match could begin, and takes a repeat for one step however much
 * it reads: \s+$ would need hours for some megabytes of blanks. */
static int count(pcre2_callout_block *now, void *data) {
    cost *c = data;
    size_t at = now->current_position;
    c->bytes += BYTES_PER_STEP + (at > c->at ? at - c->at : c->at - at);
    c->at = at;
    return c->bytes > c->most ? PCRE2_ERROR_CALLOUT : 0;
}

/* A column of a database that others write may hold anything. */
static bool is_no_text(int rc) {
    return rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21;
}

regex_answer regex_match(arena *a, const regex *r, str text) {
    arena_place before = arena_mark(a);
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, a);
    pcre2_match_context *how = pcre2_match_context_create(memory);
    cost spent = {.most = (uint64_t)steps_for(text) * BYTES_PER_STEP};
    pcre2_set_callout(how, count, &spent);
    pcre2_set_match_limit(how, steps_for(text));
    pcre2_set_heap_limit(how, MOST_MEMORY_KIB);
    pcre2_match_data *groups = pcre2_match_data_create(1, memory);
    const char *bytes = text.ptr != NULL ? text.ptr : "";
    int rc =
        pcre2_match(r->code, (PCRE2_SPTR)bytes, text.len, 0, 0, groups, how);
    arena_rewind(a, before);
    if (rc >= 0)
        return REGEX_YES;
    return rc == PCRE2_ERROR_NOMATCH || is_no_text(rc) ? REGEX_NO
                                                       : REGEX_TOO_COSTLY;
}
