#include "api/rest/select_tree.h"

typedef struct reader {
    scan at;
    size_t item_count;
    size_t embed_count;
} reader;

static err *take_list(arena *a, reader *r, int depth, select_list *out);

/* --- an embedded table --- */

static err *take_words(arena *a, scan *s, select_item *out) {
    bool has_join = false;
    while (scan_take(s, '!')) {
        str word;
        TRY(scan_name(a, s, &word));
        bool is_join =
            str_equal(word, STR("inner")) || str_equal(word, STR("left"));
        if (is_join ? has_join : !str_is_empty(out->hint))
            return scan_fail(a, s, "one hint, and !inner or !left, at most");
        has_join = has_join || is_join;
        if (is_join)
            out->is_inner = str_equal(word, STR("inner"));
        else
            out->hint = word;
    }
    return NULL;
}

/* The name, and what is before it, is read. */
static err *take_embed(arena *a, reader *r, int depth, select_item *out) {
    out->kind = SELECT_EMBED;
    TRY(take_words(a, &r->at, out));
    if (depth > SELECT_MAX_DEPTH)
        return err_new(a, ERR_QUERY_SYNTAX,
                       "tables are embedded more than %d deep",
                       SELECT_MAX_DEPTH);
    if (++r->embed_count > SELECT_MAX_EMBEDS)
        return err_new(a, ERR_QUERY_SYNTAX, "select embeds more than %d tables",
                       SELECT_MAX_EMBEDS);
    if (!scan_take(&r->at, '('))
        return scan_fail(a, &r->at, "\"(\"");
    TRY(take_list(a, r, depth + 1, &out->list));
    if (!scan_take(&r->at, ')'))
        return scan_fail(a, &r->at, "\",\" or \")\"");
    scan_skip_blanks(&r->at);
    return NULL;
}

/* --- a column --- */

static err *take_cast(arena *a, scan *s, str *out) {
    if (!scan_take_word(s, STR("::")))
        return NULL;
    *out = str_trim(scan_take_until(s, ",.()"));
    return str_is_empty(*out) ? scan_fail(a, s, "the name of a type") : NULL;
}

static err *take_aggregate(arena *a, scan *s, select_item *out) {
    static const struct {
        str word;
        aggregate aggregate;
    } WORDS[] = {
        {STR_INIT("sum()"), AGGREGATE_SUM},
        {STR_INIT("avg()"), AGGREGATE_AVG},
        {STR_INIT("count()"), AGGREGATE_COUNT},
        {STR_INIT("max()"), AGGREGATE_MAX},
        {STR_INIT("min()"), AGGREGATE_MIN},
    };
    if (!scan_take(s, '.'))
        return NULL;
    size_t i = 0;
    while (i < LENGTH(WORDS) && !scan_take_word(s, WORDS[i].word))
        i++;
    if (i == LENGTH(WORDS))
        return scan_fail(a, s, "sum(), avg(), count(), max() or min()");
    out->aggregate = WORDS[i].aggregate;
    return take_cast(a, s, &out->outer_cast);
}

static err *take_column(arena *a, scan *s, select_item *out) {
    out->kind = SELECT_COLUMN;
    TRY(rest_path_take_arrows(a, s, &out->path));
    TRY(take_cast(a, s, &out->cast));
    TRY(take_aggregate(a, s, out));
    scan_skip_blanks(s);
    return NULL;
}

/* --- items --- */

static bool takes_count(scan *s, str name, select_item *out) {
    if (!str_equal(name, STR("count")) || !scan_take_word(s, STR("()")))
        return false;
    out->kind = SELECT_COLUMN;
    out->aggregate = AGGREGATE_ROWS;
    return true;
}

static err *take_named(arena *a, reader *r, int depth, select_item *out) {
    scan *s = &r->at;
    str name;
    TRY(scan_name(a, s, &name));
    bool is_alias = !out->is_spread && scan_peek(s) == ':' &&
                    !str_starts_with(scan_rest(s), STR("::"));
    if (is_alias) {
        s->at++;
        out->alias = name;
        TRY(scan_name(a, s, &name));
    }
    if (!out->is_spread && takes_count(s, name, out))
        return take_cast(a, s, &out->outer_cast);
    out->name = name;
    out->path.column = name;
    if (out->is_spread || scan_peek(s) == '(' || scan_peek(s) == '!')
        return take_embed(a, r, depth, out);
    return take_column(a, s, out);
}

static err *take_item(arena *a, reader *r, int depth, select_item *out) {
    scan *s = &r->at;
    *out = (select_item){0};
    scan_skip_blanks(s);
    if (scan_take(s, '*')) {
        scan_skip_blanks(s);
        out->kind = SELECT_ALL;
        return NULL;
    }
    out->is_spread = scan_take_word(s, STR("..."));
    return take_named(a, r, depth, out);
}

/* As deep as tables may be embedded. */
static err *take_list(arena *a, reader *r, int depth, select_list *out) {
    select_item *items = NULL;
    *out = (select_list){0};
    scan_skip_blanks(&r->at);
    if (scan_is_at_end(&r->at) || scan_peek(&r->at) == ')')
        return NULL;
    do {
        select_item it;
        TRY(take_item(a, r, depth, &it));
        if (++r->item_count > SELECT_MAX_ITEMS)
            return err_new(a, ERR_QUERY_SYNTAX,
                           "select has more than %d columns", SELECT_MAX_ITEMS);
        ARENA_PUSH(a, items, out->count, it);
    } while (scan_take(&r->at, ','));
    out->items = items;
    return NULL;
}

err *select_tree_parse(arena *a, str text, select_list *out) {
    reader r = {.at = {.text = text, .what = "select parameter"}};
    TRY(take_list(a, &r, 1, out));
    return scan_is_at_end(&r.at) ? NULL
                                 : scan_fail(a, &r.at, "\",\" or end of input");
}
