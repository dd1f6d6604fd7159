#include "database/postgres/pg_script.h"

#include "base/ascii.h"
#include "base/attr.h"

/* The lexical rules: PostgreSQL 15 manual, 4.1. */

enum {
    /* Words that tell whether a BEGIN ATOMIC can come: CREATE OR REPLACE
     * FUNCTION. */
    HEAD_WORDS = 4,
};

typedef struct head {
    str words[HEAD_WORDS];
    size_t count;
} head;

pg_script pg_script_of(str text) {
    return (pg_script){.text = text, .place = {1, 1}};
}

static char peek(const pg_script *s, size_t ahead) {
    return s->at + ahead < s->text.len ? s->text.ptr[s->at + ahead] : '\0';
}

static bool is_at_end(const pg_script *s) {
    return s->at == s->text.len;
}

static bool ends_character(str text, size_t i) {
    return i + 1 == text.len || ((unsigned char)text.ptr[i + 1] & 0xC0) != 0x80;
}

static void move_past(str text, size_t i, pg_place *place) {
    if (text.ptr[i] == '\n')
        *place = (pg_place){place->line + 1, 1};
    else
        place->column += ends_character(text, i);
}

static void skip(pg_script *s, size_t count) {
    for (; count > 0 && !is_at_end(s); count--)
        move_past(s->text, s->at++, &s->place);
}

static bool starts_word(char c) {
    return ascii_is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool continues_word(char c) {
    return starts_word(c) || ascii_is_digit(c) || c == '$';
}

static void skip_line_comment(pg_script *s) {
    while (!is_at_end(s) && peek(s, 0) != '\n' && peek(s, 0) != '\r')
        skip(s, 1);
}

/* They nest. */
static void skip_block_comment(pg_script *s) {
    size_t depth = 0;
    do {
        if (peek(s, 0) == '/' && peek(s, 1) == '*') {
            depth++;
            skip(s, 2);
        } else if (peek(s, 0) == '*' && peek(s, 1) == '/') {
            depth--;
            skip(s, 2);
        } else {
            skip(s, 1);
        }
    } while (depth > 0 && !is_at_end(s));
}

/* A doubled quote closes and opens again, which comes to the same. */
static void skip_quoted(pg_script *s, char quote, bool has_escapes) {
    do {
        skip(s, 1);
        while (!is_at_end(s) && peek(s, 0) != quote)
            skip(s, has_escapes && peek(s, 0) == '\\' ? 2 : 1);
        skip(s, 1);
    } while (peek(s, 0) == quote);
}

/* The length of "$tag$" here, or 0. */
static size_t dollar_tag(const pg_script *s) {
    size_t len = 1;
    if (starts_word(peek(s, 1)))
        while (continues_word(peek(s, len)) && peek(s, len) != '$')
            len++;
    return peek(s, len) == '$' ? len + 1 : 0;
}

static void skip_dollar_quoted(pg_script *s, size_t tag_len) {
    str tag = {s->text.ptr + s->at, tag_len};
    skip(s, tag_len);
    while (!is_at_end(s)) {
        str rest = str_slice(s->text, s->at, s->text.len);
        if (str_starts_with(rest, tag))
            break;
        skip(s, 1);
    }
    skip(s, tag_len);
}

static str take_word(pg_script *s) {
    size_t from = s->at;
    while (continues_word(peek(s, 0)))
        skip(s, 1);
    return str_slice(s->text, from, s->at);
}

static bool skip_blank_or_comment(pg_script *s) {
    if (ascii_is_space(peek(s, 0)))
        skip(s, 1);
    else if (peek(s, 0) == '-' && peek(s, 1) == '-')
        skip_line_comment(s);
    else if (peek(s, 0) == '/' && peek(s, 1) == '*')
        skip_block_comment(s);
    else
        return false;
    return true;
}

static bool head_is(const head *h, size_t at, str word) {
    return at < h->count && str_equal_ignoring_case(h->words[at], word);
}

/* CREATE [OR REPLACE] FUNCTION | PROCEDURE */
static bool makes_routine(const head *h) {
    size_t at =
        head_is(h, 1, STR("or")) && head_is(h, 2, STR("replace")) ? 3 : 1;
    return head_is(h, 0, STR("create")) && (head_is(h, at, STR("function")) ||
                                            head_is(h, at, STR("procedure")));
}

/* The only blocks of SQL itself: BEGIN ATOMIC in a routine, and CASE in it.
 * Returns the new depth. */
static size_t depth_after(str word, const head *h, size_t depth) {
    if (!makes_routine(h))
        return 0;
    if (str_equal_ignoring_case(word, STR("begin")))
        return depth + 1;
    if (depth > 0 && str_equal_ignoring_case(word, STR("case")))
        return depth + 1;
    if (depth > 0 && str_equal_ignoring_case(word, STR("end")))
        return depth - 1;
    return depth;
}

static void skip_word(pg_script *s, head *h, size_t *block_depth) {
    str word = take_word(s);
    bool has_escapes = str_equal_ignoring_case(word, STR("e"));
    if (peek(s, 0) == '\'') {
        skip_quoted(s, '\'', has_escapes);
        return;
    }
    if (h->count < LENGTH(h->words))
        h->words[h->count++] = word;
    *block_depth = depth_after(word, h, *block_depth);
}

/* One token that is not blank. */
static void skip_token(pg_script *s, head *h, size_t *paren_depth,
                       size_t *block_depth) {
    char c = peek(s, 0);
    size_t tag = c == '$' ? dollar_tag(s) : 0;
    if (starts_word(c)) {
        skip_word(s, h, block_depth);
    } else if (c == '\'' || c == '"') {
        skip_quoted(s, c, false);
    } else if (tag > 0) {
        skip_dollar_quoted(s, tag);
    } else {
        if (c == '(')
            ++*paren_depth;
        else if (c == ')' && *paren_depth > 0)
            --*paren_depth;
        skip(s, 1);
    }
}

bool pg_script_next(pg_script *s, pg_statement *out) {
    while (skip_blank_or_comment(s) || peek(s, 0) == ';')
        if (peek(s, 0) == ';')
            skip(s, 1);
    if (is_at_end(s))
        return false;

    head h = {0};
    size_t parens = 0;
    size_t blocks = 0;
    size_t from = s->at;
    size_t to = from;
    out->place = s->place;
    while (!is_at_end(s)) {
        if (peek(s, 0) == ';' && parens == 0 && blocks == 0)
            break;
        if (skip_blank_or_comment(s))
            continue;
        skip_token(s, &h, &parens, &blocks);
        to = s->at;
    }
    out->text = str_slice(s->text, from, to);
    return true;
}

pg_place pg_script_place(str text, size_t character) {
    pg_place place = {1, 1};
    size_t seen = 1;
    for (size_t i = 0; i < text.len && seen < character; i++) {
        seen += ends_character(text, i);
        move_past(text, i, &place);
    }
    return place;
}
