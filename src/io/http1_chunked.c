#include "io/http1_chunked.h"

#include "base/attr.h"
#include "base/hex.h"
#include "io/http1_class.h"

enum {
    MAX_SIZE_DIGITS = 15, /* hexadecimal: stays below 2^63 */
    MAX_EXTRA = 8 * 1024,
};

typedef enum state {
    AT_SIZE,
    IN_SIZE,
    AT_SIZE_LF,
    IN_DATA,
    AT_DATA_CR,
    AT_DATA_LF,
    /* From here on bytes are extra. */
    AT_EXT_NAME,
    IN_EXT_NAME,
    AT_EXT_VALUE,
    IN_EXT_VALUE,
    IN_QUOTES,
    AT_ESCAPED,
    BEHIND_QUOTES,
    AT_TRAILER,
    IN_TRAILER_NAME,
    IN_TRAILER_VALUE,
    AT_TRAILER_LF,
    AT_LAST_LF,
    AT_END,
    STATES,
} state;

/* What a byte can be in the framing. */
typedef enum kind {
    BAD,
    TOKEN,
    COLON,
    SEMICOLON,
    EQUALS,
    QUOTE,
    BACKSLASH,
    OTHER_TEXT, /* may stand in values and in quotes only */
    CR,
    LF,
    KINDS,
} kind;

/* Where a byte leads; 0 is nowhere. Sizes and data are not in the table.
 *
 * chunk = size *( ";" name [ "=" value ] ) CRLF data CRLF. RFC 9112 7.1.1 also
 * has blanks around ";" and "=", which only attackers send. */
static const uint8_t MOVES[STATES][KINDS] = {
    [IN_SIZE] = {[SEMICOLON] = AT_EXT_NAME, [CR] = AT_SIZE_LF},
    [AT_DATA_CR] = {[CR] = AT_DATA_LF},
    [AT_EXT_NAME] = {[TOKEN] = IN_EXT_NAME},
    [IN_EXT_NAME] = {[TOKEN] = IN_EXT_NAME,
                     [EQUALS] = AT_EXT_VALUE,
                     [SEMICOLON] = AT_EXT_NAME,
                     [CR] = AT_SIZE_LF},
    [AT_EXT_VALUE] = {[TOKEN] = IN_EXT_VALUE, [QUOTE] = IN_QUOTES},
    [IN_EXT_VALUE] =
        {[TOKEN] = IN_EXT_VALUE, [SEMICOLON] = AT_EXT_NAME, [CR] = AT_SIZE_LF},
    [IN_QUOTES] = {[TOKEN] = IN_QUOTES,
                   [COLON] = IN_QUOTES,
                   [SEMICOLON] = IN_QUOTES,
                   [EQUALS] = IN_QUOTES,
                   [OTHER_TEXT] = IN_QUOTES,
                   [BACKSLASH] = AT_ESCAPED,
                   [QUOTE] = BEHIND_QUOTES},
    [AT_ESCAPED] = {[TOKEN] = IN_QUOTES,
                    [COLON] = IN_QUOTES,
                    [SEMICOLON] = IN_QUOTES,
                    [EQUALS] = IN_QUOTES,
                    [OTHER_TEXT] = IN_QUOTES,
                    [BACKSLASH] = IN_QUOTES,
                    [QUOTE] = IN_QUOTES},
    [BEHIND_QUOTES] = {[SEMICOLON] = AT_EXT_NAME, [CR] = AT_SIZE_LF},
    [AT_TRAILER] = {[TOKEN] = IN_TRAILER_NAME, [CR] = AT_LAST_LF},
    [IN_TRAILER_NAME] = {[TOKEN] = IN_TRAILER_NAME, [COLON] = IN_TRAILER_VALUE},
    [IN_TRAILER_VALUE] = {[TOKEN] = IN_TRAILER_VALUE,
                          [COLON] = IN_TRAILER_VALUE,
                          [SEMICOLON] = IN_TRAILER_VALUE,
                          [EQUALS] = IN_TRAILER_VALUE,
                          [OTHER_TEXT] = IN_TRAILER_VALUE,
                          [BACKSLASH] = IN_TRAILER_VALUE,
                          [QUOTE] = IN_TRAILER_VALUE,
                          [CR] = AT_TRAILER_LF},
    [AT_TRAILER_LF] = {[LF] = AT_TRAILER},
    [AT_LAST_LF] = {[LF] = AT_END},
};

static kind kind_of(char c) {
    switch (c) {
    case ':':
        return COLON;
    case ';':
        return SEMICOLON;
    case '=':
        return EQUALS;
    case '"':
        return QUOTE;
    case '\\':
        return BACKSLASH;
    case '\r':
        return CR;
    case '\n':
        return LF;
    default:
        if (http1_is(c, HTTP1_TOKEN))
            return TOKEN;
        return http1_is(c, HTTP1_VALUE) ? OTHER_TEXT : BAD;
    }
}

static COLD bool refuse(http1_chunked *c, int status, str reason) {
    c->refusal = (http1_refusal){status, reason};
    return false;
}

static COLD bool refuse_framing(http1_chunked *c) {
    if (c->state <= IN_SIZE)
        return refuse(c, 400, STR("malformed chunk size"));
    if (c->state == AT_DATA_CR || c->state == AT_DATA_LF)
        return refuse(c, 400, STR("a chunk is longer than its size"));
    if (c->state >= AT_TRAILER)
        return refuse(c, 400, STR("malformed trailer"));
    return refuse(c, 400, STR("malformed chunk extension"));
}

static bool take_digit(http1_chunked *c, int digit, uint64_t body_limit) {
    if (c->digits++ == MAX_SIZE_DIGITS)
        return refuse(c, 400, STR("a chunk size has too many digits"));
    c->chunk_left = c->chunk_left * 16 + (uint64_t)digit;
    if (c->chunk_left > body_limit - c->body_len)
        return refuse(c, 413, STR("the body is too large"));
    c->state = IN_SIZE;
    return true;
}

/* A chunk of size 0 is the last one. */
static void begin_data(http1_chunked *c) {
    c->body_len += c->chunk_left;
    c->state = c->chunk_left > 0 ? IN_DATA : AT_TRAILER;
}

/* Of a trailer's name, as much as can matter. */
static void note_name(http1_chunked *c, char byte) {
    if (c->name_len < sizeof c->name)
        c->name[c->name_len++] = byte;
}

static bool is_forbidden(str name) {
    static const str NAMES[] = {
        STR_INIT("content-length"),
        STR_INIT("transfer-encoding"),
        STR_INIT("connection"),
        STR_INIT("host"),
    };
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        if (str_equal_ignoring_case(name, NAMES[i]))
            return true;
    return false;
}

static bool end_of_name(http1_chunked *c) {
    str name = {c->name, c->name_len};
    c->name_len = 0;
    return !is_forbidden(name) || refuse(c, 400, STR("forbidden trailer"));
}

static bool take_framing(http1_chunked *c, char byte, uint64_t body_limit) {
    int digit = c->state <= IN_SIZE ? hex_digit(byte) : -1;
    if (digit >= 0)
        return take_digit(c, digit, body_limit);
    if (c->state == AT_SIZE_LF && byte == '\n') {
        begin_data(c);
        return true;
    }
    if (c->state == AT_DATA_LF && byte == '\n') {
        c->state = AT_SIZE;
        c->digits = 0;
        return true;
    }
    uint8_t next = MOVES[c->state][kind_of(byte)];
    if (next == 0)
        return refuse_framing(c);
    if (next >= AT_EXT_NAME && c->extra_len++ == MAX_EXTRA)
        return refuse(c, 431, STR("chunk extensions or trailers are too long"));
    bool was_in_name = c->state == IN_TRAILER_NAME;
    c->state = next;
    if (next == IN_TRAILER_NAME)
        note_name(c, byte);
    return !was_in_name || next == IN_TRAILER_NAME || end_of_name(c);
}

static void take_data(http1_chunked *c, str *raw, char **to) {
    size_t n = raw->len < c->chunk_left ? raw->len : (size_t)c->chunk_left;
    str data = str_take(raw, n);
    memmove(*to, data.ptr, n);
    *to += n;
    c->chunk_left -= n;
    if (c->chunk_left == 0)
        c->state = AT_DATA_CR;
}

http1_outcome http1_chunked_read(http1_chunked *c, str *raw, char **to,
                                 uint64_t body_limit) {
    while (c->state != AT_END) {
        if (raw->len == 0)
            return HTTP1_MORE;
        if (c->state == IN_DATA)
            take_data(c, raw, to);
        else if (!take_framing(c, *str_take(raw, 1).ptr, body_limit))
            return HTTP1_REFUSED;
    }
    return HTTP1_READY;
}
