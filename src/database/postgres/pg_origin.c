#include "database/postgres/pg_origin.h"

/* Of the braces around an entry of the outermost query's list. */
enum { ENTRY_DEPTH = 2 };

typedef struct walk {
    str tree;
    size_t at;
    int depth;
} walk;

/* The next word, which a blank or a brace ends; \ makes any character part of
 * it. */
static str take_word(walk *w) {
    size_t from = w->at;
    while (w->at < w->tree.len) {
        char c = w->tree.ptr[w->at];
        if (c == ' ' || c == '\n' || c == '{' || c == '}' || c == '(' ||
            c == ')')
            break;
        w->at += c == '\\' ? 2 : 1;
    }
    if (w->at > w->tree.len)
        w->at = w->tree.len;
    return str_slice(w->tree, from, w->at);
}

static int64_t take_number(walk *w) {
    int64_t n = 0;
    while (w->at < w->tree.len && w->tree.ptr[w->at] == ' ')
        w->at++;
    return str_parse_int64(take_word(w), &n) ? n : 0;
}

/* A word of an entry: what it says about the column, if it is one of ours. */
static void note(walk *w, str word, pg_origin *entry) {
    const struct {
        str name;
        int64_t *out;
    } ROWS[] = {
        {STR(":resno"), &entry->column},
        {STR(":resorigtbl"), &entry->table},
        {STR(":resorigcol"), &entry->origin},
    };
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        if (str_equal(word, ROWS[i].name))
            *ROWS[i].out = take_number(w);
    }
}

static bool is_known(const pg_origin *entry) {
    return entry->column > 0 && entry->table > 0 && entry->origin > 0;
}

size_t pg_origin_read(arena *a, str tree, const pg_origin **out) {
    walk w = {.tree = tree};
    pg_origin *found = NULL;
    pg_origin entry = {0};
    size_t count = 0;
    while (w.at < tree.len) {
        char c = tree.ptr[w.at];
        str word = take_word(&w);
        if (!str_is_empty(word)) {
            if (w.depth == ENTRY_DEPTH)
                note(&w, word, &entry);
            continue;
        }
        w.at++;
        w.depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        bool is_outside = w.depth < ENTRY_DEPTH;
        if (is_outside && is_known(&entry))
            ARENA_PUSH(a, found, count, entry);
        if (is_outside)
            entry = (pg_origin){0};
    }
    *out = found;
    return count;
}
