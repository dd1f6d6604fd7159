/*
 * How diagnostics look. What comes from the file is made harmless for a
 * terminal: control characters are not printed, tabs become blanks, and of a
 * very long line only the part around the mistake is shown.
 */
#include "base/json.h"
#include "base/utf8.h"
#include "schema/diag.h"

enum {
    TAB_WIDTH = 4,
    LINE_MAX_WIDTH = 120, /* columns of the terminal */
    BEFORE_MAX_WIDTH = 80,
    PATH_MAX_BYTES = 64 * 1024,
    NEAR_MAX_BYTES = 4096, /* looked at before and behind a mistake */
};

typedef struct style {
    const char *bold;
    const char *error;
    const char *warning;
    const char *quiet;
    const char *end;
} style;

static const style PLAIN = {"", "", "", "", ""};
static const style COLORED = {"\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[2m",
                              "\x1b[0m"};

/* Ranges that take two columns of a terminal, and none. */
static const struct width_range {
    uint32_t first;
    uint32_t last;
    size_t width;
} WIDTHS[] = {
    {0x0300, 0x036F, 0},   {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},
    {0x2060, 0x206F, 0},   {0xFE00, 0xFE0F, 0},   {0xFEFF, 0xFEFF, 0},
    {0x1100, 0x115F, 2},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
    {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE30, 0xFE6F, 2},
    {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2},
    {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
};

/* One character of a source line: its bytes, and what to print for it. */
typedef struct glyph {
    size_t size;
    size_t width;
    str shown;
} glyph;

static bool is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static glyph read_glyph(str text, size_t column) {
    static const str BLANKS = STR_INIT("    ");
    _Static_assert(TAB_WIDTH == 4, "as many blanks");
    uint32_t c = 0;
    glyph g = {.size = utf8_decode(text, &c), .width = 1};
    if (g.size == 0) /* not UTF-8: that is what the diag is about */
        return (glyph){1, 1, STR("?")};
    if (c == '\t') {
        g.width = TAB_WIDTH - column % TAB_WIDTH;
        g.shown = str_slice(BLANKS, 0, g.width);
        return g;
    }
    if (is_control(c)) {
        g.shown = STR("?");
        return g;
    }
    g.shown = str_slice(text, 0, g.size);
    for (size_t i = 0; i < LENGTH(WIDTHS); i++) {
        if (c >= WIDTHS[i].first && c <= WIDTHS[i].last)
            g.width = WIDTHS[i].width;
    }
    return g;
}

static size_t measure(str text, size_t column) {
    size_t start = column;
    while (!str_is_empty(text)) {
        glyph g = read_glyph(text, column);
        column += g.width;
        str_take(&text, g.size);
    }
    return column - start;
}

/* Diagnostics come sorted, so that each place is found from the one before:
 * a large file is gone through once and not once for each. */
typedef struct locator {
    const source *source;
    uint32_t at;
    source_position position;
} locator;

static source_position locate(locator *l, source_span span) {
    if (l->source != span.source || l->at > span.from)
        *l = (locator){span.source, 0, {1, 1}};
    l->position = source_locate_from(l->source, l->at, l->position, span.from);
    l->at = span.from;
    return l->position;
}

/* The line of a span and the part of it that the span covers, in bytes. */
typedef struct excerpt {
    str line;
    size_t from;
    size_t to;
    uint32_t number;
} excerpt;

/* What is far away on a line is not shown, so it is not looked for: a file may
 * be one line. */
static source find_near(source_span span) {
    str text = span.source->text;
    size_t from = span.from > NEAR_MAX_BYTES ? span.from - NEAR_MAX_BYTES : 0;
    while (from < span.from && utf8_is_tail((unsigned char)text.ptr[from]))
        from++;
    size_t left = text.len - span.from;
    size_t to = span.from + (left < NEAR_MAX_BYTES ? left : NEAR_MAX_BYTES);
    return (source){span.source->path, str_slice(text, from, to)};
}

static excerpt find_excerpt(source_span span, source_position at) {
    source near = find_near(span);
    size_t start = (size_t)(near.text.ptr - span.source->text.ptr);
    str line = source_line(&near, (uint32_t)(span.from - start));
    start += (size_t)(line.ptr - near.text.ptr);
    size_t from = span.from - start;
    size_t to = span.to - start;
    excerpt e = {line, from, to, at.line};
    e.from = e.from < line.len ? e.from : line.len;
    e.to = e.to < line.len ? e.to : line.len;
    return e;
}

/* In code points, up to the end of the line. */
static size_t span_length(source_span span) {
    str text = str_slice(span.source->text, span.from, span.to);
    size_t end = 0;
    while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r')
        end++;
    return utf8_count(str_slice(text, 0, end));
}

/* Leaves out the start of the line when the span is far to the right. */
static bool clip_start(excerpt *e) {
    str before = str_slice(e->line, 0, e->from);
    size_t excess = measure(before, 0);
    bool is_clipped = excess > BEFORE_MAX_WIDTH;
    while (excess > BEFORE_MAX_WIDTH) {
        glyph g = read_glyph(e->line, 0);
        str_take(&e->line, g.size);
        e->from -= g.size;
        e->to -= g.size;
        excess -= g.width < excess ? g.width : excess;
    }
    return is_clipped;
}

static void print_line(buf *out, str line, size_t column) {
    while (!str_is_empty(line) && column < LINE_MAX_WIDTH) {
        glyph g = read_glyph(line, column);
        buf_append(out, g.shown);
        column += g.width;
        str_take(&line, g.size);
    }
    if (!str_is_empty(line))
        buf_append(out, STR("..."));
}

static void print_repeated(buf *out, char c, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_append_char(out, c);
}

/* At least one caret, also at the end of a line. */
static void print_carets(buf *out, const excerpt *e, size_t column) {
    size_t before = measure(str_slice(e->line, 0, e->from), column);
    print_repeated(out, ' ', column + before);
    size_t start = column + before;
    size_t width = measure(str_slice(e->line, e->from, e->to), start);
    if (start + width > LINE_MAX_WIDTH)
        width = start < LINE_MAX_WIDTH ? LINE_MAX_WIDTH - start : 1;
    print_repeated(out, '^', width > 0 ? width : 1);
}

static void print_excerpt(buf *out, source_span span, source_position at,
                          const style *s) {
    excerpt e = find_excerpt(span, at);
    size_t column = clip_start(&e) ? 3 : 0;
    buf_printf(out, "%s%6u |%s ", s->quiet, e.number, s->end);
    if (column > 0)
        buf_append(out, STR("..."));
    print_line(out, e.line, column);
    buf_printf(out, "\n%s       |%s %s", s->quiet, s->end, s->error);
    print_carets(out, &e, column);
    buf_printf(out, "%s\n", s->end);
}

/* Messages quote the file, which may hold anything. */
static void print_text(buf *out, str text) {
    while (!str_is_empty(text)) {
        glyph g = read_glyph(text, 0);
        buf_append(out, g.shown);
        str_take(&text, g.size);
    }
}

static void print_place(buf *out, const diag_place *p, locator *l,
                        const style *s) {
    source_position at = locate(l, p->span);
    buf_printf(out, "%s       = note:%s ", s->quiet, s->end);
    print_text(out, p->text);
    buf_printf(out, ": %.*s:%u:%u\n", STR_ARG(p->span.source->path), at.line,
               at.column);
}

static void print_one(buf *out, const diag *d, source_position at,
                      locator *places, const style *s) {
    bool is_error = diag_code_severity(d->code) == DIAG_ERROR;
    buf_printf(out, "%s%.*s:%u:%u:%s %s%s:%s ", s->bold,
               STR_ARG(d->span.source->path), at.line, at.column, s->end,
               is_error ? s->error : s->warning, is_error ? "error" : "warning",
               s->end);
    print_text(out, d->message);
    buf_printf(out, " [%s]\n", diag_code_text(d->code));
    print_excerpt(out, d->span, at, s);
    for (size_t i = 0; i < d->place_count; i++)
        print_place(out, &d->places[i], places, s);
    if (str_is_empty(d->help))
        return;
    buf_printf(out, "%s       = help:%s ", s->quiet, s->end);
    print_text(out, d->help);
    buf_append_char(out, '\n');
}

void diag_print(buf *out, const diag_list *list, bool is_colored) {
    locator l = {0};
    locator places = {0}; /* mostly in the same order */
    for (size_t i = 0; i < list->count; i++) {
        const diag *d = &list->items[i];
        print_one(out, d, locate(&l, d->span), &places,
                  is_colored ? &COLORED : &PLAIN);
    }
    size_t all = list->error_count + list->warning_count;
    if (all > list->count)
        buf_printf(out, "... and %zu more\n", all - list->count);
}

/* A path is whatever bytes the system gave us; JSON is UTF-8. */
static void print_json_path(buf *out, str path) {
    CLEANUP(buf_free) buf text = buf_new(PATH_MAX_BYTES);
    print_text(&text, path);
    json_write_string(out, buf_str(&text));
}

static void print_json_one(buf *out, const diag *d, source_position at) {
    buf_append(out, STR("{\"file\":"));
    print_json_path(out, d->span.source->path);
    buf_printf(out, ",\"line\":%u,\"column\":%u,\"length\":%zu", at.line,
               at.column, span_length(d->span));
    buf_printf(out, ",\"severity\":\"%s\",\"code\":\"%s\",\"message\":",
               diag_code_severity(d->code) == DIAG_ERROR ? "error" : "warning",
               diag_code_text(d->code));
    json_write_string(out, d->message);
    buf_append_char(out, '}');
}

void diag_print_json(buf *out, const diag_list *list) {
    locator l = {0};
    buf_append_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        const diag *d = &list->items[i];
        buf_append(out, i > 0 ? STR(",\n ") : STR(""));
        print_json_one(out, d, locate(&l, d->span));
    }
    buf_append(out, STR("]\n"));
}
