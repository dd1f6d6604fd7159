/*
 * rename.c: another name for a block, a field or a value, in all its places.
 *
 * The database keeps its names: the old one goes into a @map or @@map, and into
 * @relation where a join table is called after it. What a @map cannot keep is
 * refused.
 */
#include "base/ascii.h"
#include "language/request.h"

/* One request: what is called how. */
typedef struct renaming {
    const request *request;
    const analysis *analysis;
    const symbol *symbol;
    str name;
} renaming;

err *request_prepare_rename(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(request_occurrence(r, &a, &o));
    if (o == NULL)
        json_page_raw(r->result, STR(""), STR("null"));
    else
        request_write_range(r, STR(""), a->source->text, o->span.from,
                            o->span.to);
    return NULL;
}

static const syntax_attribute *find_attribute(const syntax_attribute *items,
                                              size_t count, str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(items[i].name.text, name))
            return &items[i];
    }
    return NULL;
}

static const syntax_attribute *attribute_of(const symbol *s, str name) {
    return s->field == NULL ? find_attribute(s->block->attributes,
                                             s->block->attribute_count, name)
                            : find_attribute(s->field->attributes,
                                             s->field->attribute_count, name);
}

/* ---- what cannot be ------------------------------------------------------*/

static bool is_name(arena *a, str text) {
    token_list list = lexer_run(a, text);
    return list.count == 2 && list.tokens[0].kind == TOKEN_NAME &&
           list.tokens[0].to - list.tokens[0].from == text.len &&
           !ascii_is_digit(text.ptr[0]) && str_find_char(text, '-') == text.len;
}

static bool is_taken(const renaming *n) {
    const symbol *s = n->symbol;
    scalar_type scalar;
    if (s->kind == SYMBOL_BLOCK && scalar_type_find(n->name, &scalar))
        return true;
    for (size_t i = 0; i < n->analysis->symbols.count; i++) {
        const symbol *other = n->analysis->symbols.items[i].symbol;
        bool is_beside = other->kind == s->kind &&
                         (s->field == NULL || other->block == s->block);
        if (is_beside && str_equal(other->name.text, n->name))
            return true;
    }
    return false;
}

static bool is_called(const renaming *n, const model *m) {
    return n->symbol->kind == SYMBOL_BLOCK &&
           str_equal(m->name, n->symbol->name.text);
}

/* Does the table of a many-to-many relation have to do with the name? */
static bool is_joined(const renaming *n, const relation *r) {
    return is_called(n, r->child) || is_called(n, r->parent);
}

static str model_name(const renaming *n, const model *m) {
    return is_called(n, m) ? n->name : m->name;
}

static str field_name(const renaming *n, const field *f) {
    bool is_this = n->symbol->kind == SYMBOL_FIELD &&
                   str_equal(f->name, n->symbol->name.text);
    return is_this ? n->name : f->name;
}

/* Column A is for the name that comes first (schema.h). */
static bool swaps_columns(const renaming *n, const relation *r) {
    if (r->child == r->parent)
        return str_compare(field_name(n, r->child_field),
                           field_name(n, r->parent_field)) > 0;
    return str_compare(model_name(n, r->child), model_name(n, r->parent)) > 0;
}

static err *check_join_tables(const renaming *n) {
    const schema *s = n->analysis->schema;
    for (size_t i = 0; s != NULL && i < s->many_to_many_count; i++) {
        const relation *r = s->many_to_many[i];
        if (swaps_columns(n, r))
            return err_new(n->request->arena, ERR_INVALID,
                           "'%.*s' would swap the columns of the table %.*s, "
                           "whose order is that of the names",
                           STR_ARG(n->name), STR_ARG(r->join_table));
    }
    return NULL;
}

static err *check(const renaming *n) {
    arena *a = n->request->arena;
    if (!is_name(a, n->name))
        return err_new(a, ERR_INVALID,
                       "'%.*s' is no name: a letter or _, then letters, digits "
                       "and _",
                       STR_ARG(n->name));
    if (is_taken(n))
        return err_new(a, ERR_INVALID, "there is a '%.*s' already",
                       STR_ARG(n->name));
    return check_join_tables(n);
}

/* ---- what is written -----------------------------------------------------*/

static void write_edit(const renaming *n, source_span span, str replacement) {
    const request *r = n->request;
    json_page_open(r->result, STR(""), '{');
    request_write_range(r, STR("range"), span.source->text, span.from, span.to);
    json_page_text(r->result, STR("newText"), replacement);
    json_page_close(r->result, '}');
}

static void insert(const renaming *n, const source *s, uint32_t at, str text) {
    write_edit(n, (source_span){s, at, at}, text);
}

static bool calls_auth(const analysis *a) {
    for (size_t i = 0; i < a->file_count; i++) {
        const token *t = a->files[i]->tokens.tokens;
        str text = a->files[i]->source->text;
        for (; t->kind != TOKEN_END; t++) {
            if (t[1].kind == TOKEN_LEFT_PAREN &&
                str_equal(str_slice(text, t->from, t->to), STR("auth")))
                return true;
        }
    }
    return false;
}

/* Without an @@auth, auth() is the model called User. */
static bool loses_auth(const renaming *n) {
    return n->symbol->block == n->analysis->symbols.auth &&
           attribute_of(n->symbol, STR("auth")) == NULL &&
           calls_auth(n->analysis);
}

static bool has_table(const syntax_block *block) {
    return block->kind != BLOCK_TYPE && block->abstract.source == NULL;
}

/* Before the brace that closes it, if one does. */
static void write_block_attributes(const renaming *n) {
    const syntax_block *block = n->symbol->block;
    const source *file = block->span.source;
    uint32_t end = block->span.to - 1;
    bool needs_map =
        has_table(block) && attribute_of(n->symbol, STR("map")) == NULL;
    bool needs_auth = loses_auth(n);
    if (file->text.ptr[end] != '}' || (!needs_map && !needs_auth))
        return;
    arena *a = n->request->arena;
    str map = needs_map ? arena_printf(a, "  @@map(\"%.*s\")\n",
                                       STR_ARG(n->symbol->name.text))
                        : STR("");
    insert(n, file, end,
           arena_printf(a, "\n%.*s%s", STR_ARG(map),
                        needs_auth ? "  @@auth\n" : ""));
}

/* A relation has no column, and its other side no field of the same name. */
static bool has_column(const analysis *a, const syntax_field *f) {
    for (size_t i = 0; i < a->symbols.count; i++) {
        const occurrence *o = &a->symbols.items[i];
        if (o->span.from == f->type.span.from &&
            o->span.source == f->type.span.source)
            return o->symbol->block->kind == BLOCK_ENUM;
    }
    return true;
}

static void write_map(const renaming *n) {
    const syntax_field *f = n->symbol->field;
    if (attribute_of(n->symbol, STR("map")) == NULL &&
        has_column(n->analysis, f))
        insert(n, f->span.source, f->span.to,
               arena_printf(n->request->arena, " @map(\"%.*s\")",
                            STR_ARG(n->symbol->name.text)));
}

static const syntax_field *syntax_of(const analysis *a, const field *f) {
    for (size_t i = 0; i < a->symbols.count; i++) {
        const symbol *s = a->symbols.items[i].symbol;
        if (s->kind == SYMBOL_FIELD && str_equal(s->name.text, f->name) &&
            str_equal(s->block->name.text, f->model->name))
            return s->field;
    }
    return NULL; /* a mixin's */
}

/* The relation, and with it the table, keeps the name that it had from the
 * models. */
static void write_relation_name(const renaming *n, const relation *r,
                                const field *side, const source *file) {
    const syntax_field *f = syntax_of(n->analysis, side);
    if (f == NULL || f->span.source != file ||
        find_attribute(f->attributes, f->attribute_count, STR("relation")) !=
            NULL)
        return;
    insert(n, file, f->span.to,
           arena_printf(n->request->arena, " @relation(\"%.*s\")",
                        STR_ARG(r->name)));
}

static void write_relation_names(const renaming *n, const source *file) {
    const schema *s = n->analysis->schema;
    for (size_t i = 0; s != NULL && i < s->many_to_many_count; i++) {
        const relation *r = s->many_to_many[i];
        if (!is_joined(n, r))
            continue;
        write_relation_name(n, r, r->child_field, file);
        write_relation_name(n, r, r->parent_field, file);
    }
}

/* What is written besides stands beside its declaration or a use. */
static bool is_used_in(const renaming *n, const source *file) {
    const symbols *all = &n->analysis->symbols;
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].symbol == n->symbol &&
            all->items[i].span.source == file)
            return true;
    }
    return false;
}

/* Functions are in no database. */
static void write_kept_name(const renaming *n) {
    switch (n->symbol->kind) {
    case SYMBOL_BLOCK:
        write_block_attributes(n);
        return;
    case SYMBOL_FIELD:
    case SYMBOL_VALUE:
        write_map(n);
        return;
    case SYMBOL_FUNCTION:
    case SYMBOL_ARGUMENT:
        return;
    }
}

static void write_edits(const renaming *n, const source *file) {
    const request *r = n->request;
    const analysis *a = n->analysis;
    json_page_open(r->result, request_uri(r, file), '[');
    for (size_t i = 0; i < a->symbols.count; i++) {
        const occurrence *o = &a->symbols.items[i];
        if (o->symbol == n->symbol && o->span.source == file)
            write_edit(n, o->span, n->name);
    }
    write_relation_names(n, file);
    if (n->symbol->name.span.source == file)
        write_kept_name(n);
    json_page_close(r->result, ']');
}

err *request_rename(const request *r) {
    const analysis *a = NULL;
    const occurrence *o = NULL;
    TRY(request_occurrence(r, &a, &o));
    if (o == NULL)
        return err_new(r->arena, ERR_INVALID, "there is no name to change");
    renaming n = {r, a, o->symbol, request_text(r->params, STR("newName"))};
    TRY(check(&n));
    json_page_open(r->result, STR(""), '{');
    json_page_open(r->result, STR("changes"), '{');
    for (size_t i = 0; i < a->file_count; i++) {
        if (is_used_in(&n, a->files[i]->source))
            write_edits(&n, a->files[i]->source);
    }
    json_page_close(r->result, '}');
    json_page_close(r->result, '}');
    return NULL;
}
