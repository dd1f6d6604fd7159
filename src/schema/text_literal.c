#include "schema/text_literal.h"

#include "base/hex.h"
#include "base/utf8.h"
#include "schema/lexer.h"

typedef struct decoder {
    arena *arena;
    diag_list *diags;
    source_span span;
    char *out;
    size_t len;
} decoder;

static const struct escape {
    char letter;
    char meaning;
} ESCAPES[] = {
    {'"', '"'},  {'\'', '\''}, {'\\', '\\'}, {'/', '/'},  {'b', '\b'},
    {'f', '\f'}, {'n', '\n'},  {'r', '\r'},  {'t', '\t'}, {'v', '\v'},
};

static source_span part(const decoder *d, size_t from, size_t to) {
    return (source_span){d->span.source, (uint32_t)from, (uint32_t)to};
}

static const char *text(const decoder *d) {
    return d->span.source->text.ptr;
}

/* Four hex digits at `at`, in front of the closing quote; -1 if not. */
static int32_t hex_at(const decoder *d, size_t at) {
    if (at + 4 >= d->span.to)
        return -1;
    int32_t value = 0;
    for (size_t i = at; i < at + 4; i++) {
        int digit = hex_digit(text(d)[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put(decoder *d, char c) {
    d->out[d->len++] = c;
}

static bool is_high_surrogate(int32_t c) {
    return c >= 0xD800 && c <= 0xDBFF;
}

static bool is_low_surrogate(int32_t c) {
    return c >= 0xDC00 && c <= 0xDFFF;
}

/* "\u00e9" or a surrogate pair, at the backslash. Returns what follows. */
static size_t decode_unicode(decoder *d, size_t at) {
    int32_t c = hex_at(d, at + 2);
    size_t end = at + 6;
    if (is_high_surrogate(c) && end + 1 < d->span.to && text(d)[end] == '\\' &&
        text(d)[end + 1] == 'u' && is_low_surrogate(hex_at(d, end + 2))) {
        c = 0x10000 + ((c - 0xD800) << 10) + (hex_at(d, end + 2) - 0xDC00);
        end += 6;
    }
    if (c < 0) {
        diag_add(d->arena, d->diags, DIAG_BAD_ESCAPE, part(d, at, at + 2),
                 "'\\u' takes four hexadecimal digits");
        return at + 2;
    }
    if (c == 0 || is_high_surrogate(c) || is_low_surrogate(c))
        diag_add(d->arena, d->diags, DIAG_BAD_ESCAPE, part(d, at, end),
                 "'%.*s' is not a character",
                 STR_ARG(str_slice(d->span.source->text, at, end)));
    else
        d->len += utf8_encode((uint32_t)c, d->out + d->len);
    return end;
}

static size_t decode_escape(decoder *d, size_t at) {
    char letter = text(d)[at + 1];
    if (letter == 'u')
        return decode_unicode(d, at);
    for (size_t i = 0; i < LENGTH(ESCAPES); i++) {
        if (ESCAPES[i].letter == letter) {
            put(d, ESCAPES[i].meaning);
            return at + 2;
        }
    }
    uint32_t c;
    str rest = str_slice(d->span.source->text, at + 1, d->span.to);
    size_t end = at + 1 + utf8_decode(rest, &c);
    diag *problem = diag_add(d->arena, d->diags, DIAG_BAD_ESCAPE,
                             part(d, at, end), "unknown escape '%.*s'",
                             STR_ARG(str_slice(d->span.source->text, at, end)));
    diag_help(d->arena, problem, "write '\\\\' for a backslash");
    return end;
}

static size_t decode_one(decoder *d, size_t at) {
    char c = text(d)[at];
    if (c == '\\')
        return decode_escape(d, at);
    if ((unsigned char)c < 0x20)
        diag_add(d->arena, d->diags, DIAG_CONTROL_CHARACTER,
                 part(d, at, at + 1),
                 "control character U+%04X in a string, write it as an escape",
                 (unsigned)(unsigned char)c);
    else
        put(d, c);
    return at + 1;
}

static bool is_plain(str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' || (unsigned char)s.ptr[i] < 0x20)
            return false;
    }
    return true;
}

/* What stands between """ and """ is as it is written. Of control
 * characters a text has tabs and line ends. */
static str take_lines(decoder *d) {
    size_t from = (size_t)d->span.from + LEXER_TEXT_QUOTE;
    size_t to = (size_t)d->span.to - LEXER_TEXT_QUOTE;
    for (size_t at = from; at < to; at++) {
        char c = text(d)[at];
        bool is_blank = c == '\t' || c == '\n' || c == '\r';
        if ((unsigned char)c < 0x20 && !is_blank)
            diag_add(d->arena, d->diags, DIAG_CONTROL_CHARACTER,
                     part(d, at, at + 1), "control character U+%04X in a text",
                     (unsigned)(unsigned char)c);
    }
    return str_slice(d->span.source->text, from, to);
}

bool text_literal_has_lines(source_span span) {
    str written = str_slice(span.source->text, (size_t)span.from, span.to);
    return written.len >= (size_t)2 * LEXER_TEXT_QUOTE &&
           str_starts_with(written, STR("\"\"\""));
}

str text_literal_decode(arena *a, source_span span, diag_list *diags) {
    decoder d = {.arena = a, .diags = diags, .span = span};
    if (text_literal_has_lines(span))
        return take_lines(&d);
    str inner = str_slice(span.source->text, span.from + 1, span.to - 1);
    if (is_plain(inner))
        return inner;

    d.out = arena_take(a, inner.len, 1); /* no escape is shorter than what
                                            it means */
    for (size_t at = span.from + 1; at < span.to - 1;)
        at = decode_one(&d, at);
    return (str){d.out, d.len};
}
