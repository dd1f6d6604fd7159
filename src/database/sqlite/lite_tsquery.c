#include "database/sqlite/lite_tsquery.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/buf.h"

typedef enum node_kind {
    NODE_NONE, /* all of it was dropped */
    NODE_WORD,
    NODE_NOT,
    NODE_AND,
    NODE_OR,
    NODE_PHRASE,
} node_kind;

struct lite_tsquery {
    node_kind kind;
    str lexeme; /* NODE_WORD */
    bool is_prefix;
    size_t distance; /* NODE_PHRASE: from the left one to the right one */
    const lite_tsquery *left;
    const lite_tsquery *right; /* of NODE_NOT the only one */
};

typedef lite_tsquery node;

enum { MAX_DISTANCE = 16384 };

static const node NOTHING = {.kind = NODE_NONE};

/* ---- Making ------------------------------------------------------------- */

static const node *make(arena *a, node_kind kind, const node *left,
                        const node *right) {
    node *n = arena_new_array(a, node, 1);
    *n = (node){.kind = kind, .left = left, .right = right};
    return n;
}

/* What is left when a side was dropped is the other one. */
static const node *join(arena *a, node_kind kind, const node *left,
                        const node *right) {
    if (left->kind == NODE_NONE)
        return right;
    if (right->kind == NODE_NONE)
        return left;
    return make(a, kind, left, right);
}

static const node *make_not(arena *a, const node *n) {
    return n->kind == NODE_NONE ? n : make(a, NODE_NOT, NULL, n);
}

static const node *make_phrase(arena *a, const node *left, const node *right,
                               size_t distance) {
    if (left->kind == NODE_NONE)
        return right;
    if (right->kind == NODE_NONE)
        return left;
    node *n = arena_new_array(a, node, 1);
    *n = (node){.kind = NODE_PHRASE,
                .left = left,
                .right = right,
                .distance = distance};
    return n;
}

static const node *make_word(arena *a, const lite_lexeme *l, bool is_prefix) {
    node *n = arena_new_array(a, node, 1);
    *n = (node){.kind = NODE_WORD, .lexeme = l->text, .is_prefix = is_prefix};
    return n;
}

typedef struct parser {
    arena *a;
    str text; /* all of it, for errors */
    str rest;
    lite_lexer *lexer;
    void *context;
    int depth;
} parser;

/* All lexemes of a text, joined by and, or each behind the other. */
static err *make_words(const parser *p, str text, node_kind kind,
                       bool is_prefix, const node **out) {
    lite_lexemes l = {0};
    TRY(p->lexer(p->context, p->a, text, &l));
    const node *all = &NOTHING;
    for (size_t i = 0; i < l.count; i++) {
        const node *word = make_word(p->a, &l.list[i], is_prefix);
        size_t distance =
            i > 0 ? l.list[i].position - l.list[i - 1].position : 0;
        all = kind == NODE_PHRASE ? make_phrase(p->a, all, word, distance)
                                  : join(p->a, kind, all, word);
    }
    *out = all;
    return NULL;
}

/* ---- fat & (rat | cat) -------------------------------------------------- */

static err *bad_syntax(const parser *p) {
    return err_new(p->a, ERR_INVALID, "syntax error in tsquery: \"%.*s\"",
                   STR_ARG(p->text));
}

static void skip_blanks(parser *p) {
    while (p->rest.len > 0 && ascii_is_blank(p->rest.ptr[0]))
        str_take(&p->rest, 1);
}

static bool take(parser *p, char c) {
    skip_blanks(p);
    if (p->rest.len == 0 || p->rest.ptr[0] != c)
        return false;
    str_take(&p->rest, 1);
    return true;
}

/* <-> or <2> */
static err *take_distance(parser *p, size_t *out) {
    *out = 0;
    if (!take(p, '<'))
        return NULL;
    size_t end = str_find_char(p->rest, '>');
    if (end == p->rest.len)
        return bad_syntax(p);
    str inside = str_take(&p->rest, end);
    str_take(&p->rest, 1);
    int64_t distance = 1;
    if (!str_equal(inside, STR("-")) && !str_parse_int64(inside, &distance))
        return bad_syntax(p);
    if (distance < 1 || distance > MAX_DISTANCE)
        return err_new(p->a, ERR_INVALID,
                       "the distance in a phrase is a number from 1 to %d",
                       MAX_DISTANCE);
    *out = (size_t)distance;
    return NULL;
}

static bool ends_word(char c) {
    return ascii_is_blank(c) || c == '&' || c == '|' || c == '!' || c == '(' ||
           c == ')' || c == '<' || c == ':' || c == '\'';
}

/* 'big ''house''' or house; \ takes away the meaning of what follows. */
static err *take_word(parser *p, str *out) {
    bool is_quoted = take(p, '\'');
    buf word = buf_over(arena_take(p->a, p->rest.len + 1, 1), p->rest.len + 1);
    while (p->rest.len > 0) {
        char c = p->rest.ptr[0];
        bool is_double = is_quoted && str_starts_with(p->rest, STR("''"));
        bool is_escape = c == '\\' && p->rest.len > 1;
        if (!is_double && !is_escape && (is_quoted ? c == '\'' : ends_word(c)))
            break;
        str_take(&p->rest, is_double || is_escape);
        buf_append(&word, str_take(&p->rest, 1));
    }
    *out = buf_str(&word);
    if (is_quoted && !take(p, '\''))
        return bad_syntax(p);
    if (word.len > 0 || is_quoted)
        return NULL;
    return p->rest.len > 0
               ? bad_syntax(p)
               : err_new(p->a, ERR_INVALID, "no operand in tsquery: \"%.*s\"",
                         STR_ARG(p->text));
}

/* :*, and :AB, which asks for a weight that text here has not. */
static err *take_flags(parser *p, bool *is_prefix) {
    *is_prefix = false;
    if (p->rest.len == 0 || p->rest.ptr[0] != ':')
        return NULL;
    str_take(&p->rest, 1);
    size_t count = 0;
    for (; p->rest.len > 0; count++) {
        char c = ascii_lower(p->rest.ptr[0]);
        if (c != '*' && (c < 'a' || c > 'd'))
            break;
        *is_prefix |= c == '*';
        str_take(&p->rest, 1);
    }
    return count > 0 ? NULL : bad_syntax(p);
}

static err *parse_or(parser *p, const node **out);

static err *parse_primary(parser *p, const node **out) {
    if (take(p, '(')) {
        TRY(parse_or(p, out));
        return take(p, ')') ? NULL : bad_syntax(p);
    }
    str word;
    bool is_prefix;
    TRY(take_word(p, &word));
    TRY(take_flags(p, &is_prefix));
    return make_words(p, word, NODE_PHRASE, is_prefix, out);
}

static err *parse_not(parser *p, const node **out) {
    bool is_negated = false;
    while (take(p, '!'))
        is_negated = !is_negated;
    if (++p->depth > LITE_TSQUERY_MAX_DEPTH)
        return err_new(p->a, ERR_INVALID, "the tsquery nests too deep");
    TRY(parse_primary(p, out));
    p->depth--;
    if (is_negated)
        *out = make_not(p->a, *out);
    return NULL;
}

/* What was dropped in the middle keeps its place. */
static err *parse_phrase(parser *p, const node **out) {
    size_t distance = 0;
    size_t dropped = 0;
    TRY(parse_not(p, out));
    for (;;) {
        TRY(take_distance(p, &distance));
        if (distance == 0)
            return NULL;
        const node *right = NULL;
        TRY(parse_not(p, &right));
        dropped += distance;
        if (right->kind == NODE_NONE)
            continue;
        *out = make_phrase(p->a, *out, right, dropped);
        dropped = 0;
    }
}

static err *parse_and(parser *p, const node **out) {
    TRY(parse_phrase(p, out));
    while (take(p, '&')) {
        const node *right = NULL;
        TRY(parse_phrase(p, &right));
        *out = join(p->a, NODE_AND, *out, right);
    }
    return NULL;
}

static err *parse_or(parser *p, const node **out) {
    TRY(parse_and(p, out));
    while (take(p, '|')) {
        const node *right = NULL;
        TRY(parse_and(p, &right));
        *out = join(p->a, NODE_OR, *out, right);
    }
    return NULL;
}

static err *parse_query(parser *p, const node **out) {
    skip_blanks(p);
    *out = &NOTHING;
    if (p->rest.len == 0)
        return NULL;
    TRY(parse_or(p, out));
    skip_blanks(p);
    return p->rest.len == 0 ? NULL : bad_syntax(p);
}

/* ---- "fat rat" or cat -dog ---------------------------------------------- */

static str take_plain_word(parser *p) {
    size_t n = 0;
    while (n < p->rest.len && !ascii_is_blank(p->rest.ptr[n]) &&
           p->rest.ptr[n] != '"')
        n++;
    return str_take(&p->rest, n);
}

/* A quote that nobody closes is none. */
static err *parse_web_item(parser *p, const node **out) {
    bool is_negated = take(p, '-');
    if (str_starts_with(p->rest, STR("\""))) {
        str_take(&p->rest, 1);
        size_t end = str_find_char(p->rest, '"');
        str inside = str_take(&p->rest, end);
        str_take(&p->rest, p->rest.len > 0);
        TRY(make_words(p, inside, NODE_PHRASE, false, out));
    } else {
        TRY(make_words(p, take_plain_word(p), NODE_PHRASE, false, out));
    }
    if (is_negated)
        *out = make_not(p->a, *out);
    return NULL;
}

static bool take_or(parser *p) {
    parser before = *p;
    skip_blanks(p);
    if (str_equal_ignoring_case(take_plain_word(p), STR("or")))
        return true;
    *p = before;
    return false;
}

/* or binds less than what stands side by side. */
static err *parse_web(parser *p, const node **out) {
    const node *any = &NOTHING;
    const node *all = &NOTHING;
    for (skip_blanks(p); p->rest.len > 0; skip_blanks(p)) {
        if (all->kind != NODE_NONE && take_or(p)) {
            any = join(p->a, NODE_OR, any, all);
            all = &NOTHING;
            continue;
        }
        const node *item = NULL;
        TRY(parse_web_item(p, &item));
        all = join(p->a, NODE_AND, all, item);
    }
    *out = join(p->a, NODE_OR, any, all);
    return NULL;
}

err *lite_tsquery_parse(arena *a, search_syntax syntax, str text,
                        lite_lexer *lexer, void *context,
                        const lite_tsquery **out) {
    parser p = {a, text, text, lexer, context, 0};
    switch (syntax) {
    case SEARCH_QUERY:
        return parse_query(&p, out);
    case SEARCH_PLAIN:
        return make_words(&p, text, NODE_AND, false, out);
    case SEARCH_PHRASE:
        return make_words(&p, text, NODE_PHRASE, false, out);
    case SEARCH_WEB:
        return parse_web(&p, out);
    }
    PANIC("no such syntax");
}

/* ---- Matching ----------------------------------------------------------- */

/* Where in the text something ends, in order: at these positions or, negated,
 * at all others. It begins so many words before, as PostgreSQL counts it. */
typedef struct places {
    size_t *list;
    size_t count;
    size_t width;
    bool is_negated;
} places;

static bool is_word(const node *n, str lexeme) {
    return n->is_prefix ? str_starts_with(lexeme, n->lexeme)
                        : str_equal(lexeme, n->lexeme);
}

static places find_word(arena *a, const node *n, const lite_lexemes *text) {
    places found = {0};
    for (size_t i = 0; i < text->count; i++)
        if (is_word(n, text->list[i].text))
            ARENA_PUSH(a, found.list, found.count, text->list[i].position);
    return found;
}

static bool is_at(const places *p, size_t position) {
    size_t low = 0;
    size_t high = p->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->list[middle] < position)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_listed = low < p->count && p->list[low] == position;
    return is_listed != p->is_negated;
}

/* Of the list of x, shifted, those at which there is y, too. */
static places keep(arena *a, const places *x, size_t shift, const places *y,
                   size_t y_shift) {
    places kept = {0};
    for (size_t i = 0; i < x->count; i++) {
        size_t position = x->list[i] + shift;
        if (position > y_shift && is_at(y, position - y_shift))
            ARENA_PUSH(a, kept.list, kept.count, position);
    }
    return kept;
}

static places find(arena *a, const node *n, const lite_lexemes *text);

static places find_phrase(arena *a, const node *n, const lite_lexemes *text) {
    places left = find(a, n->left, text);
    places right = find(a, n->right, text);
    size_t shift = n->distance + right.width;
    places found = {.is_negated = true};
    if (!right.is_negated)
        found = keep(a, &right, 0, &left, shift);
    else if (!left.is_negated)
        found = keep(a, &left, shift, &right, 0);
    found.width = n->distance + left.width + right.width;
    return found;
}

/* The same things as if they were wider. */
static places widened(arena *a, places p, size_t width) {
    places wide = {.width = width, .is_negated = p.is_negated};
    for (size_t i = 0; i < p.count; i++)
        ARENA_PUSH(a, wide.list, wide.count, p.list[i] + width - p.width);
    return wide;
}

static places both_lists(arena *a, const places *x, const places *y) {
    places all = {0};
    size_t i = 0;
    size_t k = 0;
    while (i < x->count || k < y->count) {
        bool is_left =
            k == y->count || (i < x->count && x->list[i] <= y->list[k]);
        size_t next = is_left ? x->list[i++] : y->list[k++];
        if (all.count == 0 || all.list[all.count - 1] != next)
            ARENA_PUSH(a, all.list, all.count, next);
    }
    return all;
}

static places find_both(arena *a, places x, places y) {
    size_t width = x.width > y.width ? x.width : y.width;
    places found = {0};
    x = widened(a, x, width);
    y = widened(a, y, width);
    if (x.is_negated && y.is_negated)
        found = both_lists(a, &x, &y);
    else
        found = x.is_negated ? keep(a, &y, 0, &x, 0) : keep(a, &x, 0, &y, 0);
    found.is_negated = x.is_negated && y.is_negated;
    found.width = width;
    return found;
}

static places negated(places p) {
    p.is_negated = !p.is_negated;
    return p;
}

/* Neither of them not. */
static places find_either(arena *a, places x, places y) {
    return negated(find_both(a, negated(x), negated(y)));
}

/* Inside of a phrase, and, or and not are about one place. */
static places find(arena *a, const node *n, const lite_lexemes *text) {
    switch (n->kind) {
    case NODE_NONE:
        return (places){0};
    case NODE_WORD:
        return find_word(a, n, text);
    case NODE_NOT:
        return negated(find(a, n->right, text));
    case NODE_AND:
        return find_both(a, find(a, n->left, text), find(a, n->right, text));
    case NODE_OR:
        return find_either(a, find(a, n->left, text), find(a, n->right, text));
    case NODE_PHRASE:
        return find_phrase(a, n, text);
    }
    PANIC("no such node");
}

static bool has_word(const node *n, const lite_lexemes *text) {
    for (size_t i = 0; i < text->count; i++)
        if (is_word(n, text->list[i].text))
            return true;
    return false;
}

static bool has_phrase(arena *a, const node *n, const lite_lexemes *text) {
    places found = find(a, n, text);
    return found.is_negated || found.count > 0;
}

static bool matches(arena *a, const node *n, const lite_lexemes *text) {
    switch (n->kind) {
    case NODE_NONE:
        return false;
    case NODE_WORD:
        return has_word(n, text);
    case NODE_NOT:
        return !matches(a, n->right, text);
    case NODE_AND:
        return matches(a, n->left, text) && matches(a, n->right, text);
    case NODE_OR:
        return matches(a, n->left, text) || matches(a, n->right, text);
    case NODE_PHRASE:
        return has_phrase(a, n, text);
    }
    PANIC("no such node");
}

bool lite_tsquery_matches(arena *a, const lite_tsquery *q,
                          const lite_lexemes *text) {
    return matches(a, q, text);
}

/* ---- Text --------------------------------------------------------------- */

static str text_of(arena *a, const node *n, node_kind around);

static str text_of_pair(arena *a, const node *n, const char *operator) {
    str left = text_of(a, n->left, n->kind);
    /* a <-> (b <2> c) is something else than a <-> b <2> c. */
    bool is_chain = n->kind == NODE_PHRASE && n->right->kind == NODE_PHRASE;
    str right = text_of(a, n->right, is_chain ? NODE_NOT : n->kind);
    return arena_printf(a, "%.*s %s %.*s", STR_ARG(left), operator,
                        STR_ARG(right));
}

static str text_of_phrase(arena *a, const node *n) {
    if (n->distance == 1)
        return text_of_pair(a, n, "<->");
    str operator= arena_printf(a, "<%zu>", n->distance);
    return text_of_pair(a, n, operator.ptr);
}

static str text_of_node(arena *a, const node *n) {
    str inside = {0};
    switch (n->kind) {
    case NODE_NONE:
        return (str){0};
    case NODE_WORD:
        return arena_printf(a, "'%.*s'%s", STR_ARG(n->lexeme),
                            n->is_prefix ? ":*" : "");
    case NODE_NOT:
        inside = text_of(a, n->right, NODE_NOT);
        return arena_printf(a, "!%.*s", STR_ARG(inside));
    case NODE_AND:
        return text_of_pair(a, n, "&");
    case NODE_OR:
        return text_of_pair(a, n, "|");
    case NODE_PHRASE:
        return text_of_phrase(a, n);
    }
    PANIC("no such node");
}

static bool needs_brackets(const node *n, node_kind around) {
    static const int TIGHTNESS[] = {
        [NODE_NONE] = 5, [NODE_WORD] = 5,   [NODE_NOT] = 4,
        [NODE_AND] = 2,  [NODE_PHRASE] = 3, [NODE_OR] = 1,
    };
    return TIGHTNESS[n->kind] < TIGHTNESS[around];
}

static str text_of(arena *a, const node *n, node_kind around) {
    str text = text_of_node(a, n);
    return needs_brackets(n, around)
               ? arena_printf(a, "( %.*s )", STR_ARG(text))
               : text;
}

str lite_tsquery_text(arena *a, const lite_tsquery *q) {
    return text_of(a, q, NODE_OR);
}
