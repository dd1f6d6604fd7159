/* hover.c: what is under the pointer: a name with its declaration and its
 * comment, or a word of the language with its manual. */
#include "base/attr.h"
#include "language/manual.h"
#include "language/request.h"

enum { MAX_HOVER = 1 << 16 };

static bool is_blank_line(str line) {
    return str_is_empty(str_trim(line));
}

/* A block's declaration without its body would say nothing; the first lines
 * say what it is about. */
enum { MAX_LINES = 20 };

static void write_excerpt(buf *out, str text) {
    buf_append(out, STR("```prisma\n"));
    for (int i = 0; i < MAX_LINES && text.len > 0; i++) {
        str line = str_split(&text, '\n');
        if (is_blank_line(line))
            continue;
        buf_append(out, line);
        buf_append_char(out, '\n');
    }
    if (text.len > 0)
        buf_append(out, STR("...\n"));
    buf_append(out, STR("```\n"));
}

static void describe_symbol(buf *out, const symbol *s) {
    source_span span = s->field != NULL ? s->field->span : s->block->span;
    str doc = s->field != NULL ? s->field->doc : s->block->doc;
    write_excerpt(out, str_slice(span.source->text, span.from, span.to));
    if (!str_is_empty(doc))
        buf_printf(out, "\n%.*s\n", STR_ARG(doc));
}

static void describe_entry(buf *out, const manual_entry *entry) {
    buf_printf(out, "```prisma\n%.*s\n```\n", STR_ARG(entry->usage));
    if (!str_is_empty(entry->text))
        buf_printf(out, "\n%.*s\n", STR_ARG(entry->text));
}

static const token *token_at(const syntax_file *file, uint32_t at) {
    const token_list *list = &file->tokens;
    for (size_t i = 0; i < list->count; i++) {
        const token *t = &list->tokens[i];
        if (t->kind == TOKEN_NAME && t->from <= at && at <= t->to)
            return t;
    }
    return NULL;
}

/* In which part of the manual a word is looked up depends on what stands
 * before it. */
static const manual_entry *find_entry(const syntax_file *file,
                                      const token *word) {
    static const manual_kind OTHERS[] = {MANUAL_TYPE, MANUAL_DEFAULT,
                                         MANUAL_ACTION, MANUAL_CONDITION,
                                         MANUAL_KEYWORD};
    str name = str_slice(file->source->text, word->from, word->to);
    token_kind before = word > file->tokens.tokens ? word[-1].kind : TOKEN_END;
    if (before == TOKEN_AT)
        return manual_find(MANUAL_FIELD_ATTRIBUTE, name);
    if (before == TOKEN_AT_AT) {
        const manual_entry *entry = manual_find(MANUAL_BLOCK_ATTRIBUTE, name);
        return entry != NULL ? entry
                             : manual_find(MANUAL_FUNCTION_ATTRIBUTE, name);
    }
    for (size_t i = 0; i < LENGTH(OTHERS); i++) {
        const manual_entry *entry = manual_find(OTHERS[i], name);
        if (entry != NULL)
            return entry;
    }
    return NULL;
}

static bool describe(buf *out, const analysis *a, uint32_t at,
                     source_span *span) {
    const occurrence *o = symbols_at(&a->symbols, a->source, at);
    if (o != NULL) {
        *span = o->span;
        describe_symbol(out, o->symbol);
        return true;
    }
    const token *word = token_at(a->file, at);
    const manual_entry *entry = word != NULL ? find_entry(a->file, word) : NULL;
    if (entry == NULL)
        return false;
    *span = (source_span){a->source, word->from, word->to};
    describe_entry(out, entry);
    return true;
}

err *request_hover(const request *r) {
    const analysis *a = NULL;
    uint32_t at = 0;
    TRY(request_place(r, &a, &at));
    CLEANUP(buf_free) buf text = buf_new(MAX_HOVER);
    source_span span;
    if (!describe(&text, a, at, &span)) {
        json_page_raw(r->result, STR(""), STR("null"));
        return NULL;
    }
    json_page_open(r->result, STR(""), '{');
    json_page_open(r->result, STR("contents"), '{');
    json_page_text(r->result, STR("kind"), STR("markdown"));
    json_page_text(r->result, STR("value"), buf_str(&text));
    json_page_close(r->result, '}');
    request_write_range(r, STR("range"), a->source->text, span.from, span.to);
    json_page_close(r->result, '}');
    return NULL;
}
