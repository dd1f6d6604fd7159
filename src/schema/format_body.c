#include "schema/format_body.h"

#include "base/assert.h"
#include "schema/format_entry.h"
#include "schema/format_layout.h"

/* A name beyond this does not move the column of the others. */
enum { MAX_COLUMN = 128 };

/* The widths of the first two cells, among the lines of a group. */
typedef struct columns {
    size_t name;
    size_t type;
} columns;

static size_t wider(size_t width, size_t other) {
    return other > width && other <= MAX_COLUMN ? other : width;
}

static token_range one(size_t at) {
    return (token_range){at, at};
}

/* "Int?": the tokens between the name and the attributes. */
static token_range type_of(const format_writer *w, const format_entry *e) {
    const syntax_field *f = e->field;
    size_t last = e->tokens.last;
    if (f->attribute_count > 0)
        last = format_tokens_of(w, f->attributes[0].span).first - 1;
    return (token_range){e->tokens.first + 1, last};
}

static bool has_type(token_range type) {
    return type.first <= type.last; /* a value of an enum has none */
}

/* A comment inside takes a line out of its columns. */
static bool is_aligned(const format_writer *w, const format_entry *e) {
    return e->kind != FORMAT_COMMENT && !format_has_comments(w, e->tokens);
}

static columns measure(const format_writer *w, const format_entries *entries,
                       size_t from) {
    columns c = {0};
    for (size_t i = from; i < entries->count; i++) {
        const format_entry *e = &entries->items[i];
        if (!e->is_moved && e->has_blank && i > from)
            break;
        if (e->is_moved || !is_aligned(w, e))
            continue;
        c.name = wider(c.name, format_width(w, one(e->tokens.first)));
        if (e->kind == FORMAT_FIELD && has_type(type_of(w, e)))
            c.type = wider(c.type, format_width(w, type_of(w, e)));
    }
    return c;
}

static void write_cell(format_writer *w, token_range range, size_t column) {
    size_t width = format_width(w, range);
    format_write_tokens(w, range, 0);
    if (width < column)
        format_write_spaces(w, column - width);
}

static void write_attribute(format_writer *w, const syntax_attribute *x) {
    format_write_spaces(w, 1);
    format_layout_attribute(w, x, FORMAT_INDENT);
    format_write_tokens(w, format_tokens_of(w, x->span), 2 * FORMAT_INDENT);
}

static void write_attributes(format_writer *w, const syntax_field *f) {
    for (size_t rank = 0; rank <= FORMAT_LAST_RANK; rank++) {
        for (size_t i = 0; i < f->attribute_count; i++) {
            if (format_rank(&f->attributes[i]) == rank)
                write_attribute(w, &f->attributes[i]);
        }
    }
}

static void write_field(format_writer *w, const format_entry *e, columns c) {
    const syntax_field *f = e->field;
    bool has_attributes = f->attribute_count > 0;
    token_range type = type_of(w, e);
    write_cell(w, one(e->tokens.first),
               has_type(type) || has_attributes ? c.name : 0);
    if (has_type(type)) {
        format_write_spaces(w, 1);
        write_cell(w, type, has_attributes ? c.type : 0);
    }
    write_attributes(w, f);
}

/* Its comments hold the attributes in their places. */
static void write_field_with_comments(format_writer *w, const format_entry *e) {
    for (size_t i = 0; i < e->field->attribute_count; i++)
        format_layout_attribute(w, &e->field->attributes[i], FORMAT_INDENT);
    format_write_tokens(w, e->tokens, 2 * FORMAT_INDENT);
}

static void write_property(format_writer *w, const format_entry *e, columns c) {
    const expression *value = e->property->value;
    if (!is_aligned(w, e)) {
        if (value != NULL)
            format_layout_value(w, value, FORMAT_INDENT);
        format_write_tokens(w, e->tokens, 2 * FORMAT_INDENT);
        return;
    }
    write_cell(w, one(e->tokens.first), c.name);
    format_write(w, STR(" ="));
    if (value == NULL)
        return;
    format_write_spaces(w, 1);
    format_layout_value(w, value, FORMAT_INDENT);
    format_write_tokens(w, format_tokens_of(w, value->span), 2 * FORMAT_INDENT);
}

static void write_entry(format_writer *w, const format_entry *e, columns c) {
    format_write_line(w, FORMAT_INDENT);
    switch (e->kind) {
    case FORMAT_COMMENT:
        format_write_comment(w, e->comment);
        return;
    case FORMAT_FIELD:
        if (is_aligned(w, e))
            write_field(w, e, c);
        else
            write_field_with_comments(w, e);
        break;
    case FORMAT_PROPERTY:
        write_property(w, e, c);
        break;
    case FORMAT_ATTRIBUTE:
        format_layout_attribute(w, e->attribute, FORMAT_INDENT);
        format_write_tokens(w, e->tokens, 2 * FORMAT_INDENT);
        break;
    }
    format_write_trailing(w, e->tokens.last);
}

/* What stays in its place. Returns whether there was anything. */
static bool write_members(format_writer *w, const format_entries *entries) {
    columns c = {0};
    bool is_first = true;
    for (size_t i = 0; i < entries->count; i++) {
        const format_entry *e = &entries->items[i];
        if (e->is_moved)
            continue;
        if (e->has_blank && !is_first)
            format_write_line(w, 0);
        if (e->has_blank || is_first)
            c = measure(w, entries, i);
        write_entry(w, e, c);
        is_first = false;
    }
    return !is_first;
}

/* The attribute at *at and the comments above it. */
static void write_moved(format_writer *w, const format_entry *first,
                        const format_entry *attribute, bool is_first) {
    bool has_rank = format_rank(attribute->attribute) < FORMAT_LAST_RANK;
    ASSERT(first != NULL); /* all attributes move */
    if (!is_first && first->has_blank && !has_rank)
        format_write_line(w, 0);
    for (const format_entry *e = first; e <= attribute; e++)
        write_entry(w, e, (columns){0});
}

/* Empty lines between them go, as Prisma has it, but for those above the
 * attributes that Prisma does not know. */
static void write_attributes_at_end(format_writer *w,
                                    const format_entries *entries) {
    bool is_first = true;
    for (size_t rank = 0; rank <= FORMAT_LAST_RANK; rank++) {
        const format_entry *first = NULL;
        for (size_t i = 0; i < entries->count; i++) {
            const format_entry *e = &entries->items[i];
            if (e->is_moved && first == NULL)
                first = e;
            if (e->kind != FORMAT_ATTRIBUTE)
                continue;
            if (format_rank(e->attribute) == rank) {
                write_moved(w, first, e, is_first);
                is_first = false;
            }
            first = NULL;
        }
    }
}

static bool has_moved(const format_entries *entries) {
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->items[i].is_moved)
            return true;
    }
    return false;
}

void format_body(format_writer *w, const syntax_block *block, size_t open) {
    format_entries entries = format_entries_of(w, block, open);
    bool has_members = write_members(w, &entries);
    if (has_members && has_moved(&entries))
        format_write_line(w, 0);
    write_attributes_at_end(w, &entries);
}
