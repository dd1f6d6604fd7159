/*
 * Mixins: what `with A, B` and `extends A` bring into a model.
 *
 * They are merged into the syntax, as if their members stood at the top of the
 * block, so that everything behind this stage knows of models only.
 */
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

typedef struct merger {
    resolver *resolver;
    syntax_field *fields;
    size_t field_count;
    syntax_attribute *attributes;
    size_t attribute_count;
    const syntax_block *
        *open; /* those that are being merged, outermost first */
    size_t depth;
    map *merged; /* block names: a mixin that two parents share comes once */
    bool is_damaged;
} merger;

static void report_unknown(merger *m, const syntax_name *parent) {
    resolver *r = m->resolver;
    m->is_damaged = true;
    if (r->is_damaged)
        return;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_TYPE, parent->span,
                       "unknown type '%.*s'", STR_ARG(parent->text));
    nearest n = suggest_for(d, parent->text);
    for (size_t i = 0; i < r->declared->count; i++) {
        const declared *other = r->declared->entries[i].value;
        if (other->kind == DECLARED_MIXIN)
            nearest_offer(&n, other->syntax->name.text);
    }
    suggest(r->arena, d, &n);
}

static void report_no_mixin(merger *m, const syntax_name *parent,
                            const declared *d) {
    resolver *r = m->resolver;
    m->is_damaged = true;
    if (d->kind == DECLARED_OTHER)
        return;
    diag *made =
        diag_add(r->arena, r->diags, DIAG_BAD_PARENT, parent->span,
                 "'%.*s' cannot be mixed in, it is %s", STR_ARG(parent->text),
                 d->kind == DECLARED_ENUM ? "an enum" : "a model of its own");
    diag_relate(r->arena, made, d->syntax->name.span, "declared here");
    diag_help(r->arena, made,
              "a 'type' or an 'abstract model' has fields for others");
}

static void report_cycle(merger *m, const syntax_name *parent) {
    resolver *r = m->resolver;
    m->is_damaged = true;
    diag_add(r->arena, r->diags, DIAG_BAD_PARENT, parent->span,
             "'%.*s' mixes itself in", STR_ARG(parent->text));
}

static bool is_open(const merger *m, const syntax_block *block) {
    for (size_t i = 0; i < m->depth; i++) {
        if (m->open[i] == block)
            return true;
    }
    return false;
}

static void add_members(merger *m, const syntax_block *block) {
    arena *a = m->resolver->arena;
    for (size_t i = 0; i < block->field_count; i++)
        ARENA_PUSH(a, m->fields, m->field_count, block->fields[i]);
    for (size_t i = 0; i < block->attribute_count; i++)
        ARENA_PUSH(a, m->attributes, m->attribute_count, block->attributes[i]);
    m->is_damaged = m->is_damaged || block->is_damaged;
}

static void merge(merger *m, const syntax_block *block);

static void merge_mixin(merger *m, declared *d) {
    d->is_mixed_in = true;
    merge(m, d->syntax);
}

/* As deep as mixins are nested; their number bounds it. */
static void merge(merger *m, const syntax_block *block) {
    resolver *r = m->resolver;
    ARENA_PUSH(r->arena, m->open, m->depth, block);
    for (size_t i = 0; i < block->parent_count; i++) {
        const syntax_name *parent = &block->parent_names[i];
        declared *d = map_find(r->declared, parent->text);
        if (d == NULL)
            report_unknown(m, parent);
        else if (d->kind != DECLARED_MIXIN)
            report_no_mixin(m, parent, d);
        else if (is_open(m, d->syntax))
            report_cycle(m, parent);
        else if (map_add(m->merged, d->syntax->name.text, d))
            merge_mixin(m, d);
    }
    m->depth--;
    add_members(m, block);
}

const syntax_block *resolve_mixins(resolver *r, const syntax_block *block,
                                   bool *is_damaged) {
    *is_damaged = block->is_damaged;
    if (block->parent_count == 0)
        return block;
    merger m = {.resolver = r, .merged = map_new_beside(r->arena, r->declared)};
    merge(&m, block);
    *is_damaged = m.is_damaged;
    syntax_block *merged = arena_new_array(r->arena, syntax_block, 1);
    *merged = *block;
    merged->fields = m.fields;
    merged->field_count = m.field_count;
    merged->attributes = m.attributes;
    merged->attribute_count = m.attribute_count;
    return merged;
}
