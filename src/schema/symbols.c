#include "schema/symbols.h"

#include "base/map.h"
#include "base/sql_token.h"

/* A block with its members by name. */
typedef struct scope {
    const syntax_block *block;
    symbol *self;
    map *members; /* to symbol */
} scope;

/* A row whose fields a bare name may be: the one that is judged, and inside of
 * each predicate the element, which may have a name. */
typedef struct row row;
struct row {
    const row *outer;
    str name;
    const scope *of; /* or NULL */
};

typedef struct walk {
    arena *arena;
    occurrence *items;
    size_t count;
    map *blocks;       /* to scope */
    map *functions;    /* the same; their names are apart */
    const scope *auth; /* what auth() is, or NULL */
    const row *rows;   /* the innermost one */
} walk;

static bool has_members(block_kind kind) {
    return kind == BLOCK_MODEL || kind == BLOCK_VIEW || kind == BLOCK_TYPE ||
           kind == BLOCK_ENUM || kind == BLOCK_FUNCTION;
}

static symbol_kind kind_of_block(block_kind kind) {
    return kind == BLOCK_FUNCTION ? SYMBOL_FUNCTION : SYMBOL_BLOCK;
}

static symbol_kind kind_of_member(block_kind kind) {
    if (kind == BLOCK_FUNCTION)
        return SYMBOL_ARGUMENT;
    return kind == BLOCK_ENUM ? SYMBOL_VALUE : SYMBOL_FIELD;
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
    made->self =
        declare(w, kind_of_block(block->kind), block->name, block, NULL);
    for (size_t i = 0; i < block->field_count; i++) {
        const syntax_field *f = &block->fields[i];
        map_add(made->members, f->name.text,
                declare(w, kind_of_member(block->kind), f->name, block, f));
    }
    map_add(block->kind == BLOCK_FUNCTION ? w->functions : w->blocks,
            block->name.text, made);
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
    bool has_type = s->kind == SYMBOL_FIELD || s->kind == SYMBOL_ARGUMENT;
    return has_type ? find_block(w, s->field->type.text) : NULL;
}

static const scope *use_block(walk *w, syntax_name name) {
    const scope *s = find_block(w, name.text);
    if (s != NULL)
        note(w, name.span, s->self, false);
    return s;
}

static const scope *outermost(const walk *w) {
    const row *r = w->rows;
    while (r != NULL && r->outer != NULL)
        r = r->outer;
    return r != NULL ? r->of : NULL;
}

/* The innermost row that has the name or is called by it, as the resolver looks
 * it up. */
static const row *find_row(const walk *w, str name) {
    for (const row *r = w->rows; r != NULL; r = r->outer) {
        bool has_it = r->of != NULL &&
                      find_member(w, r->of, name, MAX_MIXIN_DEPTH) != NULL;
        if (has_it || (!str_is_empty(name) && str_equal(r->name, name)))
            return r;
    }
    return NULL;
}

/* The first name of a path. */
static const scope *use_first(walk *w, syntax_name name) {
    if (str_equal(name.text, STR("this")))
        return outermost(w);
    const row *r = find_row(w, name.text);
    if (r == NULL)
        return use_block(w, name);
    return str_equal(r->name, name.text) ? r->of : use_member(w, r->of, name);
}

/* A word that is no field: a value of the enum that it is compared with. */
static bool is_value(const walk *w, const expression *e) {
    return e->kind == EXPRESSION_NAME && e->name_count == 1 &&
           !str_equal(e->text, STR("this")) && find_row(w, e->text) == NULL;
}

static const scope *use_path(walk *w, const expression *path,
                             const scope *expected) {
    bool has_values = expected != NULL && expected->block->kind == BLOCK_ENUM;
    if (has_values && is_value(w, path))
        return use_member(w, expected, path->names[0]);
    const scope *at = use_first(w, path->names[0]);
    for (size_t i = 1; i < path->name_count; i++)
        at = use_member(w, at, path->names[i]);
    return at;
}

static const scope *visit(walk *w, const expression *e, const scope *expected);

static const scope *visit_as(walk *w, const row *inner, const expression *value,
                             const scope *expected) {
    const row *outer = w->rows;
    w->rows = inner;
    const scope *of = visit(w, value, expected);
    w->rows = outer;
    return of;
}

static void visit_in(walk *w, const row *inner, const expression *value) {
    (void)visit_as(w, inner, value, NULL);
}

static void visit_items(walk *w, const expression *e, const scope *expected) {
    for (size_t i = 0; i < e->count; i++)
        visit(w, e->items[i].value, expected);
}

/* has(kinds, DRAFT): the first says what the others are. */
static void visit_function(walk *w, const expression *call) {
    const scope *first = NULL;
    for (size_t i = 0; i < call->count; i++) {
        const scope *of = visit(w, call->items[i].value, first);
        first = i == 0 ? of : first;
    }
}

/* title(sort: Desc), where the function of a condition takes no names. */
static bool is_field_with_options(const expression *call) {
    return call->left == NULL && call->count > 0 &&
           !str_is_empty(call->items[0].name.text);
}

static const scope *visit_call(walk *w, const expression *call) {
    if (call->left != NULL)
        visit(w, call->left, NULL);
    if (str_equal(call->text, STR("auth")))
        return w->auth;
    if (str_equal(call->text, STR("before")))
        return outermost(w);
    if (is_field_with_options(call))
        use_member(w, outermost(w), (syntax_name){call->text, call->mark});
    else
        visit_function(w, call);
    return NULL;
}

static void visit_predicate(walk *w, const expression *e) {
    row inner = {.outer = w->rows, .of = visit(w, e->left, NULL)};
    if (e->name_count > 0)
        inner.name = e->names[0].text;
    visit_in(w, &inner, e->right);
}

static bool is_of_states(const expression *e) {
    return e->op == OPERATOR_BECOMES || e->op == OPERATOR_EITHER;
}

static void visit_operands(walk *w, const expression *e,
                           const scope *expected) {
    if (is_of_states(e)) {
        visit(w, e->left, expected);
        visit(w, e->right, expected);
        return;
    }
    bool is_turned = is_value(w, e->left);
    const expression *first = is_turned ? e->right : e->left;
    const expression *second = is_turned ? e->left : e->right;
    visit(w, second, visit(w, first, NULL));
}

/* Returns the block that the value is a row of, or the enum, or NULL. A bare
 * word may be a value of `expected`. */
static const scope *visit(walk *w, const expression *e, const scope *expected) {
    switch (e->kind) {
    case EXPRESSION_NUMBER:
    case EXPRESSION_STRING:
        return NULL;
    case EXPRESSION_NAME:
        return use_path(w, e, expected);
    case EXPRESSION_CALL:
        return visit_call(w, e);
    case EXPRESSION_LIST:
        visit_items(w, e, expected);
        return NULL;
    case EXPRESSION_MEMBER:
        return use_member(w, visit(w, e->left, NULL),
                          (syntax_name){e->text, e->mark});
    case EXPRESSION_PREDICATE:
        visit_predicate(w, e);
        return NULL;
    case EXPRESSION_BINARY:
        visit_operands(w, e, expected);
        return NULL;
    case EXPRESSION_NOT:
    case EXPRESSION_GROUP:
        return visit(w, e->left, expected);
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

/* @@states(status, DRAFT -> ACTIVE): the first says what the others are. */
static void visit_states(walk *w, const syntax_attribute *attribute,
                         const row *here) {
    const scope *states = NULL;
    for (size_t i = 0; i < attribute->argument_count; i++) {
        const syntax_argument *argument = &attribute->arguments[i];
        if (argument->value == NULL)
            continue;
        const scope *of = visit_as(w, here, argument->value, states);
        states = i == 0 ? of : states;
    }
}

static void visit_attribute(walk *w, const syntax_attribute *attribute,
                            const row *here, const row *target) {
    if (str_equal(attribute->name.text, STR("states"))) {
        visit_states(w, attribute, here);
        return;
    }
    bool is_default = str_equal(attribute->name.text, STR("default"));
    for (size_t i = 0; i < attribute->argument_count; i++) {
        const syntax_argument *argument = &attribute->arguments[i];
        if (argument->value == NULL || is_plain_argument(argument->name.text))
            continue;
        bool is_of_target =
            is_default || str_equal(argument->name.text, STR("references"));
        visit_in(w, is_of_target ? target : here, argument->value);
    }
}

static void visit_field(walk *w, const syntax_field *f, const row *here) {
    row target = {0};
    if (!str_is_empty(f->type.text))
        target.of = use_block(w, f->type);
    for (size_t i = 0; i < f->attribute_count; i++)
        visit_attribute(w, &f->attributes[i], here, &target);
}

/* ":name" in the text. What stands behind an escape has no place in the
 * file. */
static void visit_sql(walk *w, const scope *function, const expression *e) {
    str file = e->span.source->text;
    str rest = e->text;
    if (rest.ptr < file.ptr || rest.ptr > file.ptr + file.len)
        return;
    sql_token colon;
    while (sql_token_next(&rest, &colon)) {
        sql_token name;
        str behind = rest;
        if (!sql_token_is_sign(colon, ':') || !sql_token_next(&behind, &name) ||
            name.kind != SQL_WORD || name.text.ptr != colon.text.ptr + 1)
            continue;
        uint32_t from = (uint32_t)(name.text.ptr - file.ptr);
        source_span span = {e->span.source, from,
                            from + (uint32_t)name.text.len};
        (void)use_member(w, function, (syntax_name){name.text, span});
        rest = behind;
    }
}

static void visit_body(walk *w, const scope *function,
                       const syntax_attribute *sql) {
    for (size_t i = 0; i < sql->argument_count; i++) {
        const expression *e = sql->arguments[i].value;
        if (e != NULL && e->kind == EXPRESSION_STRING)
            visit_sql(w, function, e);
    }
}

static void visit_block(walk *w, const syntax_block *block) {
    bool is_function = block->kind == BLOCK_FUNCTION;
    row here = {.of = is_function ? map_find(w->functions, block->name.text)
                                  : find_block(w, block->name.text)};
    if (is_function && !str_is_empty(block->result.type.text))
        use_block(w, block->result.type);
    for (size_t i = 0; i < block->parent_count; i++)
        use_block(w, block->parent_names[i]);
    for (size_t i = 0; i < block->field_count; i++)
        visit_field(w, &block->fields[i], &here);
    for (size_t i = 0; i < block->attribute_count; i++) {
        const syntax_attribute *attribute = &block->attributes[i];
        if (is_function && str_equal(attribute->name.text, STR("sql")))
            visit_body(w, here.of, attribute);
        else
            visit_attribute(w, attribute, &here, &(row){0});
    }
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
    w.functions = map_new_beside(a, w.blocks);
    for_each_block(&w, files, count, declare_block);
    w.auth = find_auth(&w);
    for_each_block(&w, files, count, visit_block);
    return (symbols){w.items, w.count, w.auth != NULL ? w.auth->block : NULL};
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
