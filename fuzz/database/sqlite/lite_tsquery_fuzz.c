/*
 * The first byte chooses a syntax, the first line is a query, the rest a text.
 * What a query is shown as is the same query, and a text that it matches is one
 * that its negation does not.
 */
#include <stdint.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "database/sqlite/lite_tsquery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_in_word(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c);
}

/* Words of letters and digits; "x" is in every text. */
static err *lex(void *context, arena *a, str text, lite_lexemes *out) {
    (void)context;
    while (text.len > 0) {
        size_t n = 0;
        while (n < text.len && is_in_word(text.ptr[n]))
            n++;
        str word = str_take(&text, n);
        str_take(&text, n == 0);
        out->word_count += n > 0;
        lite_lexeme found = {word, out->word_count};
        if (n > 0 && !str_equal(word, STR("x")))
            ARENA_PUSH(a, out->list, out->count, found);
    }
    return NULL;
}

static const lite_tsquery *parse(arena *a, search_syntax syntax, str text) {
    const lite_tsquery *q = NULL;
    err *e = lite_tsquery_parse(a, syntax, text, lex, NULL, &q);
    return e == NULL ? q : NULL;
}

static void check(arena *a, const lite_tsquery *q, str text) {
    lite_lexemes words = {0};
    err *e = lex(NULL, a, text, &words);
    ASSERT(e == NULL);
    bool is_match = lite_tsquery_matches(a, q, &words);
    str shown = lite_tsquery_text(a, q);
    const lite_tsquery *again = parse(a, SEARCH_QUERY, shown);
    if (again == NULL) /* its brackets nest deeper than what made them */
        return;
    ASSERT(str_equal(lite_tsquery_text(a, again), shown));
    ASSERT(lite_tsquery_matches(a, again, &words) == is_match);
    str negated = arena_printf(a, "!(%.*s)", STR_ARG(shown));
    again = parse(a, SEARCH_QUERY, negated);
    if (again != NULL && !str_is_empty(shown))
        ASSERT(lite_tsquery_matches(a, again, &words) != is_match);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    enum { LONGEST = 2000, SYNTAXES = SEARCH_WEB + 1 };
    if (size == 0 || size > LONGEST)
        return 0;
    str text = {(const char *)data + 1, size - 1};
    str asked = str_split(&text, '\n');
    const lite_tsquery *q =
        parse(a, (search_syntax)(data[0] % SYNTAXES), asked);
    if (q != NULL)
        check(a, q, text);
    return 0;
}
