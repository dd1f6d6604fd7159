#include "schema/symbols.h"

#include "base/map.h"

/* A block with its members by name. */
typedef struct scope {
    const syntax_block *block;
    symbol *self;
    map *members; /* to symbol */
} scope;

/* What a collection predicate calls its element. */
typedef struct element element;
struct element {
    const element *outer;
    str name;
    const scope *of;
};

typedef struct walk {
    arena *arena;
    occurrence *items;
    size_t count;
    map *blocks;       /* to scope */
    const scope *auth; /* what auth() is, or NULL */
    const scope *here; /* whose fields a bare name may be */
    const element *elements;
} walk;

static bool has_members(block_kind kind) {
    return kind == BLOCK_MODEL || kind == BLOCK_VIEW || kind == BLOCK_TYPE ||
           kind == BLOCK_ENUM;
}

static void note(walk *w, source_span span, const symbol *s,
                 bool is_declaration) {
    ARENA_PUSH(w->arena, w->items, w->count,
               ((occurrence){span, s, is_declaration}));
}

static const scope *find_block(const walk *w, str name) {
    return map_find(w->blocks, name);
}

/* ---- declarations --------------------------------------------------------*/

static symbol *declare(walk *w, symbol_kind kind, syntax_name name,
                       const syntax_block *block, const syntax_field *field) {
    symbol *s = arena_new_array(w->arena, symbol, 1);
    *s = (symbol){kind, name, block, field};
    note(w, name.span, s, true);
    return s;
}

static void declare_block(walk *w, const syntax_block *block) {
    scope *made = arena_new_array(w->arena, scope, 1);
    *made = (scope){.block = block, .members = map_new(w->arena)};
    made->self = declare(w, SYMBOL_BLOCK, block->name, block, NULL);
    for (size_t i = 0; i < block->field_count; i++) {
        const syntax_field *f = &block->fields[i];
        symbol_kind kind =
            block->kind == BLOCK_ENUM ? SYMBOL_VALUE : SYMBOL_FIELD;
        map_add(made->members, f->name.text,
                declare(w, kind, f->name, block, f));
    }
    map_add(w->blocks, block->name.text, made);
}

static bool has_attribute(const syntax_block *block, str name) {
    for (size_t i = 0; i < block->attribute_count; i++) {
        if (str_equal(block->attributes[i].name.text, name))
            return true;
    }
    return false;
}

/* The model marked @@auth, else the one called User. */
static const scope *find_auth(const walk *w) {
    for (size_t i = 0; i < w->blocks->count; i++) {
        const scope *s = w->blocks->entries[i].value;
        if (has_attribute(s->block, STR("auth")))
            return s;
    }
    return find_block(w, STR("User"));
}

/* ---- uses ----------------------------------------------------------------*/

/* A member of its own, or of a mixin. */
static const symbol *find_member(const walk *w, const scope *in, str name,
                                 int depth) {
    const symbol *own = map_find(in->members, name);
    if (own != NULL || depth == 0)
        return own;
    for (size_t i = 0; i < in->block->parent_count; i++) {
        const scope *parent = find_block(w, in->block->parent_names[i].text);
        const symbol *s =
            parent != NULL ? find_member(w, parent, name, depth - 1) : NULL;
        if (s != NULL)
            return s;
    }
    return NULL;
}

/* Mixins of mixins are rare, and a cycle of them is a mistake. */
enum { MAX_MIXIN_DEPTH = 8 };

/* Notes the member and returns the block that it leads to, or NULL. */
static const scope *use_member(walk *w, const scope *in, syntax_name name) {
    if (in == NULL)
        return NULL;
    const symbol *s = find_member(w, in, name.text, MAX_MIXIN_DEPTH);
    if (s == NULL)
        return NULL;
    note(w, name.span, s, false);
    return s->kind == SYMBOL_FIELD ? find_block(w, s->field->type.text) : NULL;
}

static const scope *use_block(walk *w, syntax_name name) {
    const scope *s = find_block(w, name.text);
    if (s != NULL)
        note(w, name.span, s->self, false);
    return s;
}

static const scope *find_element(const walk *w, str name) {
    for (const element *e = w->elements; e != NULL; e = e->outer) {
        if (str_equal(e->name, name))
            return e->of;
    }
    return NULL;
}

/* The first name of a path: an element, a field, or an enum. */
static const scope *use_first(walk *w, syntax_name name) {
    if (str_equal(name.text, STR("this")))
        return w->here;
    const scope *bound = find_element(w, name.text);
    if (bound != NULL)
        return bound;
    if (w->here != NULL &&
        find_member(w, w->here, name.text, MAX_MIXIN_DEPTH) != NULL)
        return use_member(w, w->here, name);
    return use_block(w, name);
}

static const scope *use_path(walk *w, const expression *path) {
    const scope *at = use_first(w, path->names[0]);
    for (size_t i = 1; i < path->name_count; i++)
        at = use_member(w, at, path->names[i]);
    return at;
}

static const scope *visit(walk *w, const expression *e);

static void visit_in(walk *w, const scope *here, const expression *value) {
    const scope *outer = w->here;
    w->here = here;
    visit(w, value);
    w->here = outer;
}

static void visit_items(walk *w, const expression *e) {
    for (size_t i = 0; i < e->count; i++)
        visit(w, e->items[i].value);
}

/* auth(), before(), or a field with options: title(sort: Desc). */
static const scope *visit_call(walk *w, const expression *call) {
    if (call->left != NULL)
        visit(w, call->left);
    if (str_equal(call->text, STR("auth")))
        return w->auth;
    if (str_equal(call->text, STR("before")))
        return w->here;
    syntax_name name = {call->text, call->mark};
    if (call->left == NULL && use_member(w, w->here, name) != NULL)
        return NULL;
    visit_items(w, call);
    return NULL;
}

static void visit_predicate(walk *w, const expression *e) {
    const element *outer = w->elements;
    const scope *of = visit(w, e->left);
    element made = {outer, STR(""), of};
    if (e->name_count > 0) {
        made.name = e->names[0].text;
        w->elements = &made;
    }
    visit_in(w, of, e->right);
    w->elements = outer;
}

/* Returns the block that the value is a row of, or NULL. */
static const scope *visit(walk *w, const expression *e) {
    switch (e->kind) {
    case EXPRESSION_NUMBER:
    case EXPRESSION_STRING:
        return NULL;
    case EXPRESSION_NAME:
        return use_path(w, e);
    case EXPRESSION_CALL:
        return visit_call(w, e);
    case EXPRESSION_LIST:
        visit_items(w, e);
        return NULL;
    case EXPRESSION_MEMBER:
        return use_member(w, visit(w, e->left),
                          (syntax_name){e->text, e->mark});
    case EXPRESSION_PREDICATE:
        visit_predicate(w, e);
        return NULL;
    case EXPRESSION_BINARY:
        visit(w, e->left);
        visit(w, e->right);
        return NULL;
    case EXPRESSION_NOT:
    case EXPRESSION_GROUP:
        return visit(w, e->left);
    }
    return NULL;
}

/* Arguments whose words are of the language and not of the schema. */
static bool is_plain_argument(str name) {
    static const str PLAIN[] = {
        STR_INIT("onDelete"), STR_INIT("onUpdate"), STR_INIT("sort"),
        STR_INIT("ops"),      STR_INIT("type"),     STR_INIT("map"),
        STR_INIT("name"),
    };
    for (size_t i = 0; i < LENGTH(PLAIN); i++) {
        if (str_equal(name, PLAIN[i]))
            return true;
    }
    return false;
}

static void visit_attribute(walk *w, const syntax_attribute *attribute,
                            const scope *target) {
    bool is_default = str_equal(attribute->name.text, STR("default"));
    for (size_t i = 0; i < attribute->argument_count; i++) {
        const syntax_argument *argument = &attribute->arguments[i];
        if (argument->value == NULL || is_plain_argument(argument->name.text))
            continue;
        bool is_of_target =
            is_default || str_equal(argument->name.text, STR("references"));
        visit_in(w, is_of_target ? target : w->here, argument->value);
    }
}

static void visit_field(walk *w, const syntax_field *f) {
    const scope *target = NULL;
    if (!str_is_empty(f->type.text))
        target = use_block(w, f->type);
    for (size_t i = 0; i < f->attribute_count; i++)
        visit_attribute(w, &f->attributes[i], target);
}

static void visit_block(walk *w, const syntax_block *block) {
    w->here = find_block(w, block->name.text);
    for (size_t i = 0; i < block->parent_count; i++)
        use_block(w, block->parent_names[i]);
    for (size_t i = 0; i < block->field_count; i++)
        visit_field(w, &block->fields[i]);
    for (size_t i = 0; i < block->attribute_count; i++)
        visit_attribute(w, &block->attributes[i], NULL);
}

static void for_each_block(walk *w, const syntax_file *const *files,
                           size_t count,
                           void (*act)(walk *w, const syntax_block *block)) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < files[i]->block_count; k++) {
            if (has_members(files[i]->blocks[k].kind))
                act(w, &files[i]->blocks[k]);
        }
    }
}

symbols symbols_run(arena *a, const syntax_file *const *files, size_t count) {
    walk w = {.arena = a, .blocks = map_new(a)};
    for_each_block(&w, files, count, declare_block);
    w.auth = find_auth(&w);
    for_each_block(&w, files, count, visit_block);
    return (symbols){w.items, w.count};
}

const occurrence *symbols_at(const symbols *s, const source *file,
                             uint32_t at) {
    for (size_t i = 0; i < s->count; i++) {
        source_span span = s->items[i].span;
        if (span.source == file && span.from <= at && at <= span.to)
            return &s->items[i];
    }
    return NULL;
}
