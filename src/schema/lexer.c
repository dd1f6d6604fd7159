#include "schema/lexer.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/attr.h"
#include "base/utf8.h"

/* Real files have one token for each seven to twelve bytes. */
enum { BYTES_PER_TOKEN = 6 };

typedef struct lexer {
    arena *arena;
    str text;
    uint32_t at;
    bool is_line_start; /* no token since the last line end */
    token *tokens;
    size_t count;
    size_t room;
    comment *comments;
    size_t comment_count;
} lexer;

/* Two characters that are one token. */
static const struct pair {
    char text[2];
    token_kind kind;
} PAIRS[] = {
    {{'@', '@'}, TOKEN_AT_AT},    {{'=', '='}, TOKEN_OPERATOR},
    {{'!', '='}, TOKEN_OPERATOR}, {{'<', '='}, TOKEN_OPERATOR},
    {{'>', '='}, TOKEN_OPERATOR}, {{'&', '&'}, TOKEN_OPERATOR},
    {{'|', '|'}, TOKEN_OPERATOR}, {{'-', '>'}, TOKEN_OPERATOR},
};

/* TOKEN_END: the character is no token by itself. */
static const unsigned char SINGLES[128] = {
    ['@'] = TOKEN_AT,
    ['{'] = TOKEN_LEFT_BRACE,
    ['}'] = TOKEN_RIGHT_BRACE,
    ['('] = TOKEN_LEFT_PAREN,
    [')'] = TOKEN_RIGHT_PAREN,
    ['['] = TOKEN_LEFT_BRACKET,
    [']'] = TOKEN_RIGHT_BRACKET,
    [','] = TOKEN_COMMA,
    [':'] = TOKEN_COLON,
    ['.'] = TOKEN_DOT,
    ['='] = TOKEN_EQUALS,
    ['?'] = TOKEN_QUESTION,
    ['!'] = TOKEN_BANG,
    ['<'] = TOKEN_OPERATOR,
    ['>'] = TOKEN_OPERATOR,
    ['^'] = TOKEN_OPERATOR,
    ['|'] = TOKEN_OPERATOR,
};

/* Code points from 80 on that are not letters: Latin-1 signs, combining marks,
 * punctuation, symbols, private use, specials, emoji. Coarser than Unicode's
 * category L, which takes a table of hundreds of ranges: the scripts people
 * write names in are in, the signs that would confuse are out. */
static const struct range {
    uint32_t first;
    uint32_t last;
} NOT_LETTERS[] = {
    {0x80, 0xA9},       {0xAB, 0xB4},       {0xB6, 0xB9},
    {0xBB, 0xBF},       {0xD7, 0xD7},       {0xF7, 0xF7},
    {0x0300, 0x036F},   {0x1680, 0x1680},   {0x2000, 0x2070},
    {0x2072, 0x20FF},   {0x2190, 0x2BFF},   {0x2E00, 0x2FFF},
    {0x3000, 0x3004},   {0x3007, 0x3030},   {0xE000, 0xF8FF},
    {0xFE00, 0xFE6F},   {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFF},
    {0x1D000, 0x1D3FF}, {0x1F000, 0x1FFFF}, {0xE0000, 0x10FFFF},
};

/* Unicode's space separators; TAB and space are handled before. */
static bool is_wide_blank(uint32_t c) {
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

static char byte_at(const lexer *l, size_t at) {
    return at < l->text.len ? l->text.ptr[at] : '\0';
}

/* The text is known to be valid. */
static uint32_t code_point_at(const lexer *l, size_t at, uint32_t *size) {
    uint32_t c = 0;
    *size = (uint32_t)utf8_decode(str_slice(l->text, at, l->text.len), &c);
    return c;
}

static bool is_letter(uint32_t c) {
    if (c < 0x80)
        return ascii_is_letter((char)c);
    for (size_t i = 0; i < LENGTH(NOT_LETTERS); i++) {
        if (c >= NOT_LETTERS[i].first && c <= NOT_LETTERS[i].last)
            return false;
    }
    return true;
}

static bool is_plain_in_name(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '-';
}

/* DRAFT->ACTIVE are three. */
static bool is_arrow(const lexer *l, size_t at) {
    return l->text.ptr[at] == '-' && byte_at(l, at + 1) == '>';
}

/* How many bytes of the name continue here; 0 when it ends. */
static uint32_t name_step(const lexer *l, size_t at) {
    char c = byte_at(l, at);
    if ((unsigned char)c < 0x80)
        return is_plain_in_name(c) && !is_arrow(l, at) ? 1 : 0;
    uint32_t size;
    return is_letter(code_point_at(l, at, &size)) ? size : 0;
}

static uint32_t name_end(const lexer *l, uint32_t at) {
    for (;;) {
        while (at < l->text.len && is_plain_in_name(l->text.ptr[at]) &&
               !is_arrow(l, at))
            at++;
        uint32_t step = name_step(l, at);
        if (step == 0)
            return at;
        at += step;
    }
}

static uint32_t digits_end(const lexer *l, uint32_t at) {
    while (ascii_is_digit(byte_at(l, at)))
        at++;
    return at;
}

static void grow_tokens(lexer *l) {
    size_t room = l->room > 0 ? l->room * 2 : l->text.len / BYTES_PER_TOKEN + 1;
    token *tokens =
        arena_take(l->arena, room * sizeof *tokens, _Alignof(token));
    if (l->count > 0)
        memcpy(tokens, l->tokens, l->count * sizeof *tokens);
    l->tokens = tokens;
    l->room = room;
}

static void push_token(lexer *l, token_kind kind, uint32_t to) {
    if (UNLIKELY(l->count == l->room))
        grow_tokens(l);
    l->tokens[l->count++] = (token){.kind = kind,
                                    .is_first = l->is_line_start,
                                    .from = l->at,
                                    .to = to,
                                    .comments = (uint32_t)l->comment_count};
    l->is_line_start = false;
    l->at = to;
}

static bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

static uint32_t line_end(const lexer *l, uint32_t at) {
    while (at < l->text.len && !is_line_end(l->text.ptr[at]))
        at++;
    return at;
}

static void push_comment(lexer *l, comment c) {
    c.from = l->at;
    c.is_first = l->is_line_start;
    ARENA_PUSH(l->arena, l->comments, l->comment_count, c);
    l->at = c.to;
}

static void take_line_comment(lexer *l) {
    bool is_doc = byte_at(l, l->at + 2) == '/';
    push_comment(l, (comment){.kind = is_doc ? COMMENT_DOC : COMMENT_LINE,
                              .to = line_end(l, l->at)});
}

/* Blocks do not nest. One that spans lines ends the line it began on. */
static void take_block_comment(lexer *l) {
    uint32_t to = l->at + 2;
    bool has_line_end = false;
    while (to < l->text.len &&
           !(byte_at(l, to) == '*' && byte_at(l, to + 1) == '/')) {
        has_line_end = has_line_end || is_line_end(l->text.ptr[to]);
        to++;
    }
    bool is_unclosed = to >= l->text.len;
    push_comment(l,
                 (comment){.kind = COMMENT_BLOCK,
                           .is_unclosed = is_unclosed,
                           .to = is_unclosed ? (uint32_t)l->text.len : to + 2});
    l->is_line_start = l->is_line_start || has_line_end;
}

static bool is_text_quote(const lexer *l, size_t at) {
    return byte_at(l, at) == '"' && byte_at(l, at + 1) == '"' &&
           byte_at(l, at + 2) == '"';
}

/* """ up to the next """, over as many lines as it takes. */
static void take_text(lexer *l) {
    uint32_t to = l->at + LEXER_TEXT_QUOTE;
    while (to < l->text.len && !is_text_quote(l, to))
        to++;
    if (to < l->text.len)
        push_token(l, TOKEN_STRING, to + LEXER_TEXT_QUOTE);
    else
        push_token(l, TOKEN_BAD_STRING, to);
}

static void take_string(lexer *l) {
    if (is_text_quote(l, l->at)) {
        take_text(l);
        return;
    }
    char quote = byte_at(l, l->at);
    uint32_t to = l->at + 1;
    while (to < l->text.len && l->text.ptr[to] != quote &&
           !is_line_end(l->text.ptr[to])) {
        bool is_escape = l->text.ptr[to] == '\\' && to + 1 < l->text.len &&
                         !is_line_end(l->text.ptr[to + 1]);
        to += is_escape ? 2 : 1;
    }
    if (byte_at(l, to) == quote)
        push_token(l, TOKEN_STRING, to + 1);
    else
        push_token(l, TOKEN_BAD_STRING, to);
}

/* "12", "-1.5", "+2"; but "2fa" is a name, if one that the parser refuses. */
static void take_number(lexer *l) {
    bool has_sign = !ascii_is_digit(byte_at(l, l->at));
    uint32_t to = digits_end(l, l->at + (has_sign ? 1 : 0));
    if (byte_at(l, to) == '.' && ascii_is_digit(byte_at(l, to + 1)))
        to = digits_end(l, to + 1);
    if (name_step(l, to) > 0)
        push_token(l, TOKEN_NAME, name_end(l, to));
    else
        push_token(l, TOKEN_NUMBER, to);
}

static bool take_punctuation(lexer *l, char c, char next) {
    for (size_t i = 0; i < LENGTH(PAIRS); i++) {
        if (c == PAIRS[i].text[0] && next == PAIRS[i].text[1]) {
            push_token(l, PAIRS[i].kind, l->at + 2);
            return true;
        }
    }
    token_kind kind =
        (unsigned char)c < 0x80 ? SINGLES[(unsigned char)c] : TOKEN_END;
    if (kind != TOKEN_END)
        push_token(l, kind, l->at + 1);
    return kind != TOKEN_END;
}

/* Anything from 80 on, and the ASCII characters that start nothing. */
static void take_rest(lexer *l) {
    uint32_t size;
    uint32_t c = code_point_at(l, l->at, &size);
    bool is_byte_order_mark = c == 0xFEFF && l->at == 0;
    if (is_wide_blank(c) || is_byte_order_mark)
        l->at += size;
    else if (is_letter(c))
        push_token(l, TOKEN_NAME, name_end(l, l->at));
    else
        push_token(l, TOKEN_BAD_CHARACTER, l->at + size);
}

static void take_one(lexer *l) {
    char c = l->text.ptr[l->at];
    char next = byte_at(l, (size_t)l->at + 1);
    bool is_sign = c == '-' || c == '+';
    if (is_line_end(c)) {
        l->is_line_start = true;
        l->at++;
    } else if (c == ' ' || c == '\t') {
        l->at++;
    } else if (ascii_is_letter(c) || c == '_') {
        push_token(l, TOKEN_NAME, name_end(l, l->at));
    } else if (ascii_is_digit(c) || (is_sign && ascii_is_digit(next))) {
        take_number(l);
    } else if (c == '"' || c == '\'') {
        take_string(l);
    } else if (c == '/' && next == '/') {
        take_line_comment(l);
    } else if (c == '/' && next == '*') {
        take_block_comment(l);
    } else if (!take_punctuation(l, c, next)) {
        take_rest(l);
    }
}

token_list lexer_run(arena *a, str text) {
    ASSERT(text.len < UINT32_MAX);
    lexer l = {.arena = a, .text = text, .is_line_start = true};
    while (l.at < text.len)
        take_one(&l);
    /* The end is on a line of its own, so that whoever skips a line stops. */
    l.is_line_start = true;
    push_token(&l, TOKEN_END, l.at);
    return (token_list){l.tokens, l.count, l.comments, l.comment_count};
}
