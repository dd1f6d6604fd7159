#include "api/accept_encoding.h"

#include "api/weight.h"
#include "base/attr.h"

static const struct name {
    str name;
    content_coding coding;
} NAMES[] = {
    {STR_INIT("identity"), CODING_IDENTITY},
    {STR_INIT("gzip"), CODING_GZIP},
    {STR_INIT("x-gzip"), CODING_GZIP}, /* RFC 9110 8.4.1.3 */
    {STR_INIT("br"), CODING_BROTLI},
};

enum { UNSAID = -1 };

typedef struct weights {
    int of[CODING_COUNT]; /* or UNSAID */
    int of_others;        /* "*" */
} weights;

static int read_weight(str parameters) {
    while (!str_is_empty(parameters)) {
        str value = str_split(&parameters, ';');
        str name = str_trim(str_split(&value, '='));
        if (str_equal_ignoring_case(name, STR("q")))
            return weight_parse(str_trim(value));
    }
    return WEIGHT_FULL;
}

static void read_element(str element, weights *w) {
    str name = str_trim(str_split(&element, ';'));
    int weight = read_weight(element);
    if (str_equal(name, STR("*")))
        w->of_others = weight;
    for (size_t i = 0; i < LENGTH(NAMES); i++) {
        if (str_equal_ignoring_case(name, NAMES[i].name))
            w->of[NAMES[i].coding] = weight;
    }
}

/* None at all is as good as anything unless it is said to be worse; it is the
 * only one that need not be named. */
static int weight_of(const weights *w, content_coding coding) {
    if (w->of[coding] != UNSAID)
        return w->of[coding];
    return w->of_others != UNSAID ? w->of_others : 0;
}

content_coding accept_encoding_choose(const http_request *request,
                                      unsigned available) {
    weights w = {.of = {UNSAID, UNSAID, UNSAID}, .of_others = UNSAID};
    for (size_t i = 0; i < request->header_count; i++) {
        const http_header *h = &request->headers[i];
        if (!str_equal_ignoring_case(h->name, STR("Accept-Encoding")))
            continue;
        str rest = h->value;
        while (!str_is_empty(rest))
            read_element(str_split(&rest, ','), &w);
    }
    content_coding best = CODING_IDENTITY;
    int best_weight = weight_of(&w, CODING_IDENTITY);
    for (content_coding c = CODING_GZIP; c < CODING_COUNT; c++) {
        int weight = weight_of(&w, c);
        if ((available & 1U << c) != 0 && weight > 0 && weight >= best_weight) {
            best = c;
            best_weight = weight;
        }
    }
    return best;
}
