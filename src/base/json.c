#include "base/json.h"

#include "base/ascii.h"
#include "base/hex.h"
#include "base/json_pending.h"
#include "base/json_plain.h"
#include "base/real.h"
#include "base/utf8.h"

/* A container that is still open. Its members so far are the last ones of the
 * pending ones, from `first` on. */
typedef struct level {
    const char *begin;
    size_t first;
    str key;
    json_kind kind;
} level;

typedef struct reader {
    arena *a;
    const char *begin;
    const char *at;
    const char *end;
    str key; /* of the value that comes next */
    size_t depth;
    size_t values; /* so far, in all */
    json_pending pending;
    level levels[JSON_MAX_DEPTH];
} reader;

#define fail_at(r, where, what)                                                \
    err_new((r)->a, ERR_BODY, what " at byte %zu",                             \
            (size_t)((where) - (r)->begin))

#define fail_here(r, what)                                                     \
    ((r)->at == (r)->end ? fail_at((r), (r)->at, "unexpected end, " what ",")  \
                         : fail_at((r), (r)->at, what))

static inline void skip_blanks(reader *r) {
    const char *at = r->at;
    while (at < r->end && UNLIKELY(ascii_is_blank(*at)))
        at++;
    r->at = at;
}

static inline bool take_char(reader *r, char c) {
    bool is_there = r->at < r->end && *r->at == c;
    r->at += is_there;
    return is_there;
}

static inline void push_scalar(reader *r, json_kind kind, str text) {
    *json_pending_push(&r->pending) =
        (json_member){r->key, {.kind = kind, .text = text}};
}

/* --- strings --- */

/* The four digits behind "\u". */
static bool take_hex4(reader *r, uint32_t *out) {
    if (r->end - r->at < 4)
        return false;
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(r->at[i]);
        if (digit < 0)
            return false;
        unit = unit << 4 | (uint32_t)digit;
    }
    r->at += 4;
    *out = unit;
    return true;
}

static err *take_unicode_escape(reader *r, char **to) {
    const char *begin = r->at - 2;
    uint32_t c;
    uint32_t low = 0;
    if (!take_hex4(r, &c))
        return fail_at(r, begin, "expected four hexadecimal digits in \\u");
    if (c >= 0xD800 && c <= 0xDFFF) {
        bool is_pair = c < 0xDC00 && take_char(r, '\\') && take_char(r, 'u') &&
                       take_hex4(r, &low) && low >= 0xDC00 && low <= 0xDFFF;
        if (!is_pair)
            return fail_at(r, begin, "lone surrogate");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *to += utf8_encode(c, *to);
    return NULL;
}

static err *take_escape(reader *r, char **to) {
    static const char PLAIN[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    r->at++;
    if (r->at == r->end)
        return fail_here(r, "expected an escape");
    char c = *r->at++;
    if (c == 'u')
        return take_unicode_escape(r, to);
    if (PLAIN[(unsigned char)c] == '\0')
        return fail_at(r, r->at - 2, "unknown escape");
    *(*to)++ = PLAIN[(unsigned char)c];
    return NULL;
}

/* How many bytes stand before the quote that ends the string at `from`; an
 * escape never decodes to more bytes than it is written with. */
static size_t raw_length(const reader *r, const char *from) {
    const char *at = from;
    while (at < r->end && *at != '"')
        at += *at == '\\' && r->end - at > 1 ? 2 : 1;
    return (size_t)(at - from);
}

/* The rest of a string behind its first `plain` bytes, at an escape. */
static err *decode_string(reader *r, size_t plain, str *out) {
    const char *begin = r->at - plain;
    char *text = arena_take(r->a, plain + raw_length(r, r->at), 1);
    char *to = text;
    r->at = begin;
    for (;;) {
        size_t n = json_plain_prefix(r->at, (size_t)(r->end - r->at));
        memcpy(to, r->at, n);
        to += n;
        r->at += n;
        if (take_char(r, '"'))
            break;
        if (r->at == r->end)
            return fail_here(r, "expected '\"'");
        if (*r->at != '\\')
            return fail_here(r, "control character in a string");
        TRY(take_escape(r, &to));
    }
    *out = (str){text, (size_t)(to - text)};
    return NULL;
}

/* Behind the opening quote. Borrows the text if nothing is escaped. */
static inline err *read_string(reader *r, str *out) {
    const char *begin = r->at;
    size_t n = json_plain_prefix(begin, (size_t)(r->end - begin));
    r->at += n;
    if (LIKELY(take_char(r, '"'))) {
        *out = (str){begin, n};
        return NULL;
    }
    if (r->at == r->end)
        return fail_here(r, "expected '\"'");
    if (*r->at != '\\')
        return fail_here(r, "control character in a string");
    return decode_string(r, n, out);
}

/* --- numbers and words --- */

/* Where the digits that start at `at` end. */
static inline const char *skip_digits(const char *at, const char *end) {
    while (at < end && ascii_is_digit(*at))
        at++;
    return at;
}

/* Digits that must be there; without them r->at is where they should be. */
static inline bool take_digits(reader *r, const char *from) {
    r->at = skip_digits(from, r->end);
    return r->at > from;
}

static err *read_number(reader *r) {
    const char *begin = r->at;
    const char *end = r->end;
    const char *whole = begin + (*begin == '-');
    if (whole < end && *whole == '0')
        r->at = whole + 1;
    else if (!take_digits(r, whole))
        return fail_here(r, "expected a digit");
    if (r->at < end && *r->at == '.' && !take_digits(r, r->at + 1))
        return fail_here(r, "expected a digit");
    if (r->at < end && (*r->at | 0x20) == 'e') {
        r->at++;
        bool has_sign = r->at < end && (*r->at == '-' || *r->at == '+');
        if (!take_digits(r, r->at + has_sign))
            return fail_here(r, "expected a digit");
    }
    push_scalar(r, JSON_NUMBER, (str){begin, (size_t)(r->at - begin)});
    return NULL;
}

static err *read_word(reader *r, str word, json_kind kind) {
    size_t left = (size_t)(r->end - r->at);
    if (left < word.len || memcmp(r->at, word.ptr, word.len) != 0)
        return fail_here(r, "expected a value");
    push_scalar(r, kind, (str){r->at, word.len});
    r->at += word.len;
    return NULL;
}

static err *read_string_value(reader *r) {
    str text;
    r->at++;
    TRY(read_string(r, &text));
    push_scalar(r, JSON_STRING, text);
    return NULL;
}

static err *read_scalar(reader *r) {
    switch (r->at < r->end ? *r->at : '\0') {
    case '"':
        return read_string_value(r);
    case 't':
        return read_word(r, STR("true"), JSON_TRUE);
    case 'f':
        return read_word(r, STR("false"), JSON_FALSE);
    case 'n':
        return read_word(r, STR("null"), JSON_NULL);
    default:
        if (r->at < r->end && (*r->at == '-' || ascii_is_digit(*r->at)))
            return read_number(r);
        return fail_here(r, "expected a value");
    }
}

/* --- containers --- */

static err *read_key(reader *r) {
    skip_blanks(r);
    if (!take_char(r, '"'))
        return fail_here(r, "expected a name in quotes");
    TRY(read_string(r, &r->key));
    skip_blanks(r);
    if (!take_char(r, ':'))
        return fail_here(r, "expected ':'");
    return NULL;
}

static err *open_level(reader *r) {
    if (r->depth == JSON_MAX_DEPTH)
        return fail_here(r, "nested too deeply");
    json_kind kind = *r->at == '{' ? JSON_OBJECT : JSON_ARRAY;
    r->levels[r->depth++] = (level){r->at++, r->pending.count, r->key, kind};
    r->key = (str){0};
    return NULL;
}

/* Moves the members of the innermost container to arrays of their own. */
static void close_level(reader *r) {
    const level *l = &r->levels[--r->depth];
    size_t count = r->pending.count - l->first;
    json *items = NULL;
    str *keys = NULL;
    if (count > 0)
        items = arena_take(r->a, count * sizeof *items, _Alignof(json));
    if (count > 0 && l->kind == JSON_OBJECT)
        keys = arena_take(r->a, count * sizeof *keys, _Alignof(str));
    json_pending_copy(&r->pending, l->first, items, keys);
    json_pending_cut(&r->pending, l->first);
    *json_pending_push(&r->pending) =
        (json_member){l->key,
                      {.kind = l->kind,
                       .count = (uint32_t)count,
                       .text = {l->begin, (size_t)(r->at - l->begin)},
                       .items = items,
                       .keys = keys}};
}

static bool take_closer(reader *r, json_kind kind) {
    skip_blanks(r);
    return take_char(r, kind == JSON_OBJECT ? '}' : ']');
}

/* Opens containers down to the next scalar or empty container and reads that.
 */
static err *read_value(reader *r) {
    for (;;) {
        skip_blanks(r);
        if (++r->values > JSON_MAX_VALUES)
            return fail_here(r, "too many values");
        if (r->at == r->end || (*r->at != '{' && *r->at != '['))
            return read_scalar(r);
        TRY(open_level(r));
        json_kind kind = r->levels[r->depth - 1].kind;
        if (take_closer(r, kind)) {
            close_level(r);
            return NULL;
        }
        if (kind == JSON_OBJECT)
            TRY(read_key(r));
    }
}

/* Behind a value: closes what ends here and goes to where the next value
 * stands, if one follows. */
static err *read_separator(reader *r) {
    while (r->depth > 0) {
        json_kind kind = r->levels[r->depth - 1].kind;
        skip_blanks(r);
        if (take_char(r, ','))
            return kind == JSON_OBJECT ? read_key(r) : NULL;
        if (!take_closer(r, kind))
            return kind == JSON_OBJECT ? fail_here(r, "expected ',' or '}'")
                                       : fail_here(r, "expected ',' or ']'");
        close_level(r);
    }
    return NULL;
}

static err *read_document(reader *r) {
    str all = {r->begin, (size_t)(r->end - r->begin)};
    size_t valid = utf8_valid_prefix(all);
    if (all.len > UINT32_MAX)
        return err_new(r->a, ERR_BODY, "more than 4 GiB of JSON");
    if (valid < all.len)
        return fail_at(r, r->begin + valid, "invalid UTF-8");
    do {
        TRY(read_value(r));
        TRY(read_separator(r));
    } while (r->depth > 0);
    skip_blanks(r);
    return r->at == r->end ? NULL : fail_here(r, "expected the end");
}

err *json_parse(arena *a, str text, const json **out) {
    if (text.len == 0) /* its ptr may be NULL */
        text = STR("");
    reader r;
    r.a = a;
    r.begin = r.at = text.ptr;
    r.end = text.ptr + text.len;
    r.key = (str){0};
    r.depth = r.values = 0;
    json_pending_init(&r.pending, a);
    TRY(read_document(&r));
    *out = &r.pending.pages[0]->value;
    return NULL;
}

/* --- looking into the tree --- */

const json *json_find(const json *object, str key) {
    if (object->kind != JSON_OBJECT)
        return NULL;
    for (uint32_t i = object->count; i > 0; i--) {
        if (str_equal(object->keys[i - 1], key))
            return &object->items[i - 1];
    }
    return NULL;
}

bool json_int64(const json *number, int64_t *out) {
    return number->kind == JSON_NUMBER && str_parse_int64(number->text, out);
}

bool json_double(const json *number, double *out) {
    return number->kind == JSON_NUMBER && real_parse(number->text, out);
}
