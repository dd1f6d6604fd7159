#include "lua/lua_pattern.h"

#include "base/ascii.h"
#include "base/attr.h"

static const size_t NOWHERE = SIZE_MAX;

typedef enum capture_state {
    CAPTURE_OPEN,
    CAPTURE_CLOSED,
    CAPTURE_POSITION,
} capture_state;

typedef struct matcher {
    str text;
    str pattern;
    lua_pattern_steps *steps;
    const char *problem;
    bool is_too_costly;
    unsigned depth;
    size_t capture_count;
    lua_capture captures[LUA_PATTERN_MAX_CAPTURES];
    capture_state states[LUA_PATTERN_MAX_CAPTURES];
} matcher;

static size_t match(matcher *m, size_t s, size_t p);

/* Matching is over, and no alternative is tried any more. */
static size_t fail(matcher *m, const char *problem) {
    if (m->problem == NULL)
        m->problem = problem;
    return NOWHERE;
}

static bool is_over(const matcher *m) {
    return UNLIKELY(m->problem != NULL || m->is_too_costly);
}

static bool refill(matcher *m) {
    return m->steps->refill != NULL && m->steps->refill(m->steps);
}

/* What is looked at in one go, such as a set, is several steps by its length. */
static bool take_steps(matcher *m, size_t n) {
    while (UNLIKELY(m->steps->left < n)) {
        n -= m->steps->left;
        m->steps->left = 0;
        if (!refill(m)) {
            m->is_too_costly = true;
            return false;
        }
    }
    m->steps->left -= n;
    return true;
}

static size_t steps_for(size_t bytes) {
    enum { BYTES_A_STEP = 8 };
    return 1 + bytes / BYTES_A_STEP;
}

static unsigned char text_at(const matcher *m, size_t s) {
    return s < m->text.len ? (unsigned char)m->text.ptr[s] : 0;
}

static unsigned char pattern_at(const matcher *m, size_t p) {
    return p < m->pattern.len ? (unsigned char)m->pattern.ptr[p] : 0;
}

static bool is_at(const matcher *m, size_t p, char c) {
    return p < m->pattern.len && m->pattern.ptr[p] == c;
}

/* ---- One character ------------------------------------------------------- */

static bool is_alphanumeric(unsigned char c) {
    return ascii_is_digit((char)c) || ascii_is_letter((char)c);
}

static bool is_punctuation(unsigned char c) {
    return c > ' ' && c < 0x7F && !is_alphanumeric(c);
}

static bool is_hex(unsigned char c) {
    unsigned char lower = c | 0x20;
    return ascii_is_digit((char)c) || (lower >= 'a' && lower <= 'f');
}

/* The class of a letter behind %, in lower case: ASCII's, whatever the locale.
 * False in *is_class for what is no class. */
static bool class_has(char letter, unsigned char c, bool *is_class) {
    *is_class = true;
    switch (letter) {
    case 'a':
        return ascii_is_letter((char)c);
    case 'c':
        return c < ' ' || c == 0x7F;
    case 'd':
        return ascii_is_digit((char)c);
    case 'g':
        return c > ' ' && c < 0x7F;
    case 'l':
        return c >= 'a' && c <= 'z';
    case 'p':
        return is_punctuation(c);
    case 's':
        return c == ' ' || (c >= '\t' && c <= '\r');
    case 'u':
        return c >= 'A' && c <= 'Z';
    case 'w':
        return is_alphanumeric(c);
    case 'x':
        return is_hex(c);
    case 'z':
        return c == 0;
    default:
        *is_class = false;
        return false;
    }
}

/* An upper case letter is the complement of the class. */
static bool escape_has(unsigned char letter, unsigned char c) {
    bool is_class = false;
    bool is_upper = letter >= 'A' && letter <= 'Z';
    bool has =
        class_has((char)(is_upper ? letter | 0x20 : letter), c, &is_class);
    if (!is_class)
        return letter == c;
    return has != is_upper;
}

/* open and close are the places of the brackets. */
static bool set_has(const matcher *m, unsigned char c, size_t open,
                    size_t close) {
    bool is_negated = is_at(m, open + 1, '^');
    for (size_t p = open + (is_negated ? 2 : 1); p < close; p++) {
        bool has;
        if (is_at(m, p, '%')) {
            p++;
            has = escape_has(pattern_at(m, p), c);
        } else if (is_at(m, p + 1, '-') && p + 2 < close) {
            has = pattern_at(m, p) <= c && c <= pattern_at(m, p + 2);
            p += 2;
        } else {
            has = pattern_at(m, p) == c;
        }
        if (has)
            return !is_negated;
    }
    return is_negated;
}

/* Behind the ] of the set that begins at p. The first character in it is no
 * end. */
static size_t set_end(matcher *m, size_t p) {
    p += is_at(m, p + 1, '^') ? 2 : 1;
    size_t open = p;
    do {
        if (p >= m->pattern.len)
            return fail(m, "malformed pattern (missing ']')");
        p += is_at(m, p, '%') && p + 1 < m->pattern.len ? 2 : 1;
    } while (!is_at(m, p, ']'));
    return take_steps(m, steps_for(p - open)) ? p + 1 : NOWHERE;
}

/* Behind the item at p, which stands for one character. */
static size_t item_end(matcher *m, size_t p) {
    if (is_at(m, p, '['))
        return set_end(m, p);
    if (!is_at(m, p, '%'))
        return p + 1;
    if (p + 1 >= m->pattern.len)
        return fail(m, "malformed pattern (ends with '%')");
    return p + 2;
}

static bool item_has(matcher *m, size_t s, size_t p, size_t end) {
    if (s >= m->text.len || !take_steps(m, steps_for(end - p)))
        return false;
    unsigned char c = (unsigned char)m->text.ptr[s];
    switch (m->pattern.ptr[p]) {
    case '.':
        return true;
    case '%':
        return escape_has(pattern_at(m, p + 1), c);
    case '[':
        return set_has(m, c, p, end - 1);
    default:
        return pattern_at(m, p) == c;
    }
}

/* ---- Items that may match in several ways -------------------------------- */

static size_t match_longest(matcher *m, size_t s, size_t p, size_t end) {
    size_t n = 0;
    while (item_has(m, s + n, p, end))
        n++;
    for (;; n--) {
        if (is_over(m))
            return NOWHERE;
        size_t found = match(m, s + n, end + 1);
        if (found != NOWHERE || n == 0)
            return found;
    }
}

static size_t match_shortest(matcher *m, size_t s, size_t p, size_t end) {
    for (;; s++) {
        size_t found = match(m, s, end + 1);
        if (found != NOWHERE || is_over(m) || !item_has(m, s, p, end))
            return found;
    }
}

static size_t match_optional(matcher *m, size_t s, size_t p, size_t end) {
    if (item_has(m, s, p, end)) {
        size_t found = match(m, s + 1, end + 1);
        if (found != NOWHERE)
            return found;
    }
    return is_over(m) ? NOWHERE : match(m, s, end + 1);
}

/* ---- Captures ------------------------------------------------------------ */

static size_t open_capture(matcher *m, size_t s, size_t p) {
    bool is_position = is_at(m, p + 1, ')');
    size_t i = m->capture_count;
    if (i >= LUA_PATTERN_MAX_CAPTURES)
        return fail(m, "too many captures");
    m->captures[i] = (lua_capture){.start = s, .is_position = is_position};
    m->states[i] = is_position ? CAPTURE_POSITION : CAPTURE_OPEN;
    m->capture_count++;
    size_t found = match(m, s, p + (is_position ? 2 : 1));
    if (found == NOWHERE)
        m->capture_count--;
    return found;
}

static size_t close_capture(matcher *m, size_t s, size_t p) {
    size_t i = m->capture_count;
    while (i > 0 && m->states[i - 1] != CAPTURE_OPEN)
        i--;
    if (i == 0)
        return fail(m, "invalid pattern capture");
    m->captures[i - 1].len = s - m->captures[i - 1].start;
    m->states[i - 1] = CAPTURE_CLOSED;
    size_t found = match(m, s, p + 1);
    if (found == NOWHERE)
        m->states[i - 1] = CAPTURE_OPEN;
    return found;
}

/* Behind the text of capture %1 to %9, when it stands at s once more. */
static size_t repeat_capture(matcher *m, size_t s, unsigned char digit) {
    size_t i = (size_t)digit - '1'; /* %0 is very far away */
    if (i >= m->capture_count || m->states[i] == CAPTURE_OPEN)
        return fail(m, "invalid capture index");
    lua_capture c = m->captures[i];
    if (c.is_position || c.len > m->text.len - s ||
        !take_steps(m, steps_for(c.len)))
        return NOWHERE;
    str then = str_slice(m->text, c.start, c.start + c.len);
    str now = str_slice(m->text, s, s + c.len);
    return str_equal(then, now) ? s + c.len : NOWHERE;
}

/* ---- Items of their own kind --------------------------------------------- */

/* %bxy: behind the y that belongs to the x at s. */
static size_t balance(matcher *m, size_t s, size_t p) {
    if (p + 1 >= m->pattern.len)
        return fail(m, "unbalanced pattern");
    unsigned char opening = pattern_at(m, p);
    unsigned char closing = pattern_at(m, p + 1);
    if (s >= m->text.len || text_at(m, s) != opening)
        return NOWHERE;
    for (size_t open = 1; ++s < m->text.len;) {
        if (!take_steps(m, 1))
            return NOWHERE;
        if (text_at(m, s) == closing) {
            if (--open == 0)
                return s + 1;
        } else if (text_at(m, s) == opening) {
            open++;
        }
    }
    return NOWHERE;
}

/* %f[set]: between a character that is not in the set and one that is; before
 * and behind the text stands a NUL. *p moves behind it. */
static bool is_frontier(matcher *m, size_t s, size_t *p) {
    if (!is_at(m, *p, '[')) {
        fail(m, "missing '[' after '%f' in pattern");
        return false;
    }
    size_t open = *p;
    size_t end = set_end(m, open);
    if (end == NOWHERE)
        return false;
    unsigned char before = s > 0 ? text_at(m, s - 1) : 0;
    *p = end;
    return !set_has(m, before, open, end - 1) &&
           set_has(m, text_at(m, s), open, end - 1);
}

/* ---- A pattern from p on ------------------------------------------------- */

typedef enum progress {
    GOES_ON, /* at *s and *p */
    IS_DONE, /* the answer is *s */
} progress;

static progress done(size_t *s, size_t answer) {
    *s = answer;
    return IS_DONE;
}

static progress match_character(matcher *m, size_t *s, size_t *p) {
    size_t end = item_end(m, *p);
    if (end == NOWHERE)
        return done(s, NOWHERE);
    switch (end < m->pattern.len ? m->pattern.ptr[end] : 0) {
    case '?':
        return done(s, match_optional(m, *s, *p, end));
    case '*':
        return done(s, match_longest(m, *s, *p, end));
    case '+':
        return done(s, item_has(m, *s, *p, end)
                           ? match_longest(m, *s + 1, *p, end)
                           : NOWHERE);
    case '-':
        return done(s, match_shortest(m, *s, *p, end));
    default:
        break;
    }
    if (!item_has(m, *s, *p, end))
        return done(s, NOWHERE);
    *s += 1;
    *p = end;
    return GOES_ON;
}

static progress match_escape(matcher *m, size_t *s, size_t *p) {
    unsigned char letter = pattern_at(m, *p + 1);
    size_t next;
    size_t behind = *p + 2;
    if (letter == 'b') {
        next = balance(m, *s, behind);
        behind += 2;
    } else if (letter == 'f') {
        next = is_frontier(m, *s, &behind) ? *s : NOWHERE;
    } else if (ascii_is_digit((char)letter)) {
        next = repeat_capture(m, *s, letter);
    } else {
        return match_character(m, s, p);
    }
    *s = next;
    *p = behind;
    return next == NOWHERE ? IS_DONE : GOES_ON;
}

static progress match_item(matcher *m, size_t *s, size_t *p) {
    switch (m->pattern.ptr[*p]) {
    case '(':
        return done(s, open_capture(m, *s, *p));
    case ')':
        return done(s, close_capture(m, *s, *p));
    case '%':
        return match_escape(m, s, p);
    case '$':
        if (*p + 1 == m->pattern.len)
            return done(s, *s == m->text.len ? *s : NOWHERE);
        return match_character(m, s, p);
    default:
        return match_character(m, s, p);
    }
}

/* Where a match of the pattern from p on, of the text from s on, ends. */
static size_t match(matcher *m, size_t s, size_t p) {
    if (++m->depth > LUA_PATTERN_MAX_DEPTH)
        return fail(m, "pattern too complex");
    if (!take_steps(m, 1))
        return NOWHERE;
    while (p < m->pattern.len && match_item(m, &s, &p) == GOES_ON)
        continue;
    m->depth--;
    return s;
}

/* ---- Anywhere ------------------------------------------------------------ */

static lua_pattern_answer answer_of(matcher *m, lua_pattern_match *out) {
    if (m->is_too_costly)
        return LUA_PATTERN_TOO_COSTLY;
    out->problem = m->problem;
    return m->problem != NULL ? LUA_PATTERN_MALFORMED : LUA_PATTERN_ABSENT;
}

static lua_pattern_answer report(matcher *m, size_t start, size_t end,
                                 lua_pattern_match *out) {
    for (size_t i = 0; i < m->capture_count; i++)
        if (m->states[i] == CAPTURE_OPEN)
            fail(m, "unfinished capture");
    if (is_over(m))
        return answer_of(m, out);
    out->start = start;
    out->end = end;
    out->capture_count = m->capture_count;
    for (size_t i = 0; i < m->capture_count; i++)
        out->captures[i] = m->captures[i];
    return LUA_PATTERN_FOUND;
}

static lua_pattern_answer find(str pattern, str text, size_t from, bool is_tied,
                               lua_pattern_steps *steps,
                               lua_pattern_match *out) {
    matcher m;
    m.text = text;
    m.pattern = pattern;
    m.steps = steps;
    m.problem = NULL;
    m.is_too_costly = false;
    for (size_t s = from; s <= text.len; s++) {
        m.depth = 0;
        m.capture_count = 0;
        size_t end = match(&m, s, 0);
        if (end != NOWHERE)
            return report(&m, s, end, out);
        if (is_over(&m) || is_tied)
            break;
    }
    return answer_of(&m, out);
}

lua_pattern_answer lua_pattern_find(str pattern, str text, size_t from,
                                    lua_pattern_steps *steps,
                                    lua_pattern_match *out) {
    bool is_tied = pattern.len > 0 && pattern.ptr[0] == '^';
    if (is_tied)
        str_take(&pattern, 1);
    return find(pattern, text, from, is_tied, steps, out);
}

lua_pattern_answer lua_pattern_find_next(str pattern, str text, size_t from,
                                         lua_pattern_steps *steps,
                                         lua_pattern_match *out) {
    return find(pattern, text, from, false, steps, out);
}
