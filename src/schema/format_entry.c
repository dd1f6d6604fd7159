#include "schema/format_entry.h"

static const str FIELD_RANKS[FORMAT_LAST_RANK] = {
    STR_INIT("id"),        STR_INIT("unique"), STR_INIT("default"),
    STR_INIT("updatedAt"), STR_INIT("map"),    STR_INIT("relation"),
    STR_INIT("ignore"),
};

static const str BLOCK_RANKS[FORMAT_LAST_RANK] = {
    STR_INIT("id"),       STR_INIT("unique"), STR_INIT("index"),
    STR_INIT("fulltext"), STR_INIT("map"),    STR_INIT("ignore"),
    STR_INIT("schema"),
};

size_t format_rank(const syntax_attribute *attribute) {
    const str *ranks = attribute->is_block ? BLOCK_RANKS : FIELD_RANKS;
    size_t rank = 0;
    while (rank < FORMAT_LAST_RANK &&
           !str_equal(ranks[rank], attribute->name.text))
        rank++;
    return rank;
}

/* What is read so far: where the last line ended in the source. */
typedef struct collector {
    format_writer *writer;
    format_entries entries;
    uint32_t end;
    bool is_start; /* nothing came yet */
} collector;

static void add(collector *c, format_entry entry, uint32_t from, uint32_t to) {
    const struct source *text = c->writer->file->source;
    entry.has_blank = !c->is_start && source_has_blank_line(text, c->end, from);
    ARENA_PUSH(c->writer->arena, c->entries.items, c->entries.count, entry);
    c->end = to;
    c->is_start = false;
}

/* The comments between a token and the next one. Those on the line of the
 * token belong to its member. */
static void add_comments(collector *c, size_t at) {
    const token_list *list = &c->writer->file->tokens;
    for (size_t i = list->tokens[at].comments;
         i < list->tokens[at + 1].comments; i++) {
        const comment *found = &list->comments[i];
        if (found->is_first)
            add(c, (format_entry){.kind = FORMAT_COMMENT, .comment = i},
                found->from, found->to);
        else
            c->end = found->to;
    }
}

static void add_member(collector *c, format_entry entry, source_span span) {
    entry.tokens = format_tokens_of(c->writer, span);
    add(c, entry, span.from, span.to);
    add_comments(c, entry.tokens.last);
}

static void add_field(collector *c, const syntax_field *f) {
    add_member(c, (format_entry){.kind = FORMAT_FIELD, .field = f}, f->span);
}

static void add_attribute(collector *c, const syntax_attribute *x) {
    add_member(c,
               (format_entry){
                   .kind = FORMAT_ATTRIBUTE, .is_moved = true, .attribute = x},
               x->span);
}

/* Members and attributes are two lists; the source had them in one. */
static void add_members(collector *c, const syntax_block *b) {
    size_t attribute = 0;
    for (size_t i = 0; i < b->field_count; i++) {
        uint32_t from = b->fields[i].span.from;
        while (attribute < b->attribute_count &&
               b->attributes[attribute].span.from < from)
            add_attribute(c, &b->attributes[attribute++]);
        add_field(c, &b->fields[i]);
    }
    while (attribute < b->attribute_count)
        add_attribute(c, &b->attributes[attribute++]);
    for (size_t i = 0; i < b->property_count; i++)
        add_member(c,
                   (format_entry){.kind = FORMAT_PROPERTY,
                                  .property = &b->properties[i]},
                   b->properties[i].span);
}

/* Comments go with the attribute below them, up to an empty line. */
static void move_comments(format_entries *entries) {
    for (size_t i = entries->count; i > 1; i--) {
        const format_entry *below = &entries->items[i - 1];
        format_entry *e = &entries->items[i - 2];
        if (e->kind == FORMAT_COMMENT)
            e->is_moved = below->is_moved && !below->has_blank;
    }
}

static bool is_doc(const format_writer *w, const format_entry *e) {
    return e->kind == FORMAT_COMMENT &&
           w->file->tokens.comments[e->comment].kind == COMMENT_DOC;
}

/* A doc comment that belongs to nothing does not become that of a member which
 * comes closer because an attribute in between has moved. */
static void keep_docs_apart(const format_writer *w, format_entries *entries) {
    bool is_apart = false;
    for (size_t i = 0; i + 1 < entries->count; i++) {
        const format_entry *e = &entries->items[i];
        format_entry *below = &entries->items[i + 1];
        if (!e->is_moved)
            is_apart = is_doc(w, e) && below->has_blank;
        if (!below->is_moved)
            below->has_blank = below->has_blank || is_apart;
    }
}

format_entries format_entries_of(format_writer *w, const syntax_block *block,
                                 size_t open) {
    collector c = {
        .writer = w, .end = w->file->tokens.tokens[open].to, .is_start = true};
    add_comments(&c, open);
    add_members(&c, block);
    move_comments(&c.entries);
    keep_docs_apart(w, &c.entries);
    return c.entries;
}
