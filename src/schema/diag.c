#include "schema/diag.h"

#include <stdarg.h>
#include <stdlib.h>

static const struct code_info {
    const char *text;
    diag_severity severity;
} CODES[] = {
#define X(name, code, severity) {code, DIAG_##severity},
#include "schema/diag_code.def"
#undef X
};

const char *diag_code_text(diag_code code) {
    return CODES[code].text;
}

diag_severity diag_code_severity(diag_code code) {
    return CODES[code].severity;
}

diag *diag_add(arena *a, diag_list *list, diag_code code, source_span span,
               const char *fmt, ...) {
    if (diag_code_severity(code) == DIAG_ERROR)
        list->error_count++;
    else
        list->warning_count++;

    list->dropped = (diag){.code = code, .span = span};
    list->dropped.is_dropped = list->count == DIAG_MAX;
    if (list->dropped.is_dropped)
        return &list->dropped;

    va_list args;
    va_start(args, fmt);
    list->dropped.message = arena_vprintf(a, fmt, args);
    va_end(args);
    ARENA_PUSH(a, list->items, list->count, list->dropped);
    return &list->items[list->count - 1];
}

void diag_help(arena *a, diag *d, const char *fmt, ...) {
    if (d->is_dropped)
        return;
    va_list args;
    va_start(args, fmt);
    d->help = arena_vprintf(a, fmt, args);
    va_end(args);
}

void diag_relate(arena *a, diag *d, source_span span, const char *fmt, ...) {
    if (d->is_dropped)
        return;
    va_list args;
    va_start(args, fmt);
    diag_place place = {span, arena_vprintf(a, fmt, args)};
    va_end(args);
    ARENA_PUSH(a, d->places, d->place_count, place);
}

static int compare_paths(const source *x, const source *y) {
    if (x == y)
        return 0;
    if (x == NULL || y == NULL)
        return x == NULL ? -1 : 1;
    return str_compare(x->path, y->path);
}

static bool comes_before(const diag *x, const diag *y) {
    int order = compare_paths(x->span.source, y->span.source);
    return order < 0 || (order == 0 && x->span.from < y->span.from);
}

static bool is_same_place(const diag *x, const diag *y) {
    return x->span.source == y->span.source && x->span.from == y->span.from;
}

static bool is_repeated(const diag_list *list, size_t count, const diag *d) {
    for (size_t i = count; i > 0 && is_same_place(&list->items[i - 1], d);
         i--) {
        const diag *other = &list->items[i - 1];
        if (other->code == d->code && other->span.to == d->span.to)
            return true;
    }
    return false;
}

/* A mistake in a mixin is found again in each model that uses it. */
static void drop_repeated(diag_list *list) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        diag d = list->items[i];
        if (!is_repeated(list, count, &d))
            list->items[count++] = d;
        else if (diag_code_severity(d.code) == DIAG_ERROR)
            list->error_count--;
        else
            list->warning_count--;
    }
    list->count = count;
}

/* By insertion: it is stable, the stages leave sorted runs, and the list is
 * bounded. */
void diag_sort(diag_list *list) {
    for (size_t i = 1; i < list->count; i++) {
        diag d = list->items[i];
        size_t at = i;
        for (; at > 0 && comes_before(&d, &list->items[at - 1]); at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = d;
    }
    drop_repeated(list);
}
