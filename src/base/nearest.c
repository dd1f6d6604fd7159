#include "base/nearest.h"

#include "base/ascii.h"

typedef struct row {
    unsigned char cells[NEAREST_MAX_LENGTH + 1];
} row;

static unsigned char smaller(unsigned char a, unsigned char b) {
    return a < b ? a : b;
}

/* The distances of a's first i bytes from each prefix of b. */
static void fill_row(row *now, const row *last, const row *before, str a,
                     size_t i, str b) {
    now->cells[0] = (unsigned char)i;
    char c = ascii_lower(a.ptr[i - 1]);
    for (size_t j = 1; j <= b.len; j++) {
        char d = ascii_lower(b.ptr[j - 1]);
        unsigned char cost = smaller(
            (unsigned char)(last->cells[j - 1] + (c != d)),
            (unsigned char)(smaller(last->cells[j], now->cells[j - 1]) + 1));
        bool is_swap = i > 1 && j > 1 && c == ascii_lower(b.ptr[j - 2]) &&
                       d == ascii_lower(a.ptr[i - 2]);
        if (is_swap)
            cost = smaller(cost, (unsigned char)(before->cells[j - 2] + 1));
        now->cells[j] = cost;
    }
}

/* Optimal string alignment: Damerau-Levenshtein where no piece is edited
 * twice. */
static size_t distance(str a, str b) {
    row rows[3];
    for (size_t j = 0; j <= b.len; j++)
        rows[0].cells[j] = (unsigned char)j;
    for (size_t i = 1; i <= a.len; i++)
        fill_row(&rows[i % 3], &rows[(i + 2) % 3], &rows[(i + 1) % 3], a, i, b);
    return rows[a.len % 3].cells[b.len];
}

nearest nearest_to(str name) {
    size_t farthest = name.len < 3 ? 1 : name.len / 3;
    if (name.len > NEAREST_MAX_LENGTH)
        return (nearest){.name = name};
    return (nearest){.name = name, .limit = farthest + 1};
}

void nearest_offer(nearest *n, str candidate) {
    size_t a = n->name.len;
    size_t b = candidate.len;
    size_t at_least = a > b ? a - b : b - a;
    if (at_least >= n->limit || b > NEAREST_MAX_LENGTH || b == 0)
        return;
    size_t d = distance(n->name, candidate);
    if (d < n->limit) {
        n->best = candidate;
        n->limit = d;
    }
}
