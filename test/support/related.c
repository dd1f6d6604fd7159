#include "test/support/related.h"

#include "test/support/test.h"

typedef struct reader {
    const database_world *w;
    const related_hop *hops;
    size_t hop_count;
    str rest;
} reader;

static query read_query(reader *r, const model *m);

/* ---- Hops --------------------------------------------------------------- */

static const related_hop *find_hop(const reader *r, str name) {
    for (size_t i = 0; i < r->hop_count; i++)
        if (str_equal(str_of(r->hops[i].name), name))
            return &r->hops[i];
    fail_msg("no hop %.*s", STR_ARG(name));
    return r->hops;
}

static const relation *relation_at(const reader *r, const related_hop *h,
                                   const char *name) {
    const field *f =
        model_find_field(world_model(r->w, h->table), str_of(name));
    assert_non_null(f);
    return f->relation;
}

/* Where it leads to, and the hop itself. */
static const model *make_hop(const reader *r, const related_hop *h, hop *out) {
    const relation *found = relation_at(r, h, h->field);
    *out = (hop){.kind = h->kind, .relation = found};
    switch (h->kind) {
    case HOP_TO_PARENT:
        out->is_to_one = true;
        return found->parent;
    case HOP_TO_CHILD:
        out->is_to_one = found->kind == RELATION_ONE_TO_ONE;
        return found->child;
    case HOP_JOIN_TABLE:
        out->is_from_a = found->child == world_model(r->w, h->table);
        return out->is_from_a ? found->parent : found->child;
    case HOP_JUNCTION:
        out->onward = relation_at(r, h, h->onward);
        return out->onward->parent;
    case HOP_COMPUTED:
        break; /* of a function, not of a schema's relations */
    }
    fail_msg("no such hop");
    return NULL;
}

/* ---- Keys --------------------------------------------------------------- */

typedef struct keys {
    row_column *list;
    size_t count;
} keys;

static void add_keys(arena *a, keys *k, const query *q) {
    for (size_t i = 0; i < q->column_count; i++) {
        const query_column *c = &q->columns[i];
        const field *result = query_result(c->field, c->derivation);
        row_column made = {
            .key = row_json_make_key(a, c->name),
            .type = result->is_list ? SCALAR_JSON : result->scalar,
        };
        ARENA_PUSH(a, k->list, k->count, made);
    }
    for (size_t i = 0; i < q->embed_count; i++) {
        const embed *e = &q->embeds[i];
        if (e->is_spread && e->hop.is_to_one) {
            add_keys(a, k, &e->query);
            continue;
        }
        size_t count = e->is_spread ? query_cell_count(&e->query) : 1;
        for (size_t c = 0; c < count; c++) {
            row_column made = {
                .key = e->is_spread ? e->keys[c].key
                                    : row_json_make_key(a, e->name),
                .type = SCALAR_JSON,
            };
            ARENA_PUSH(a, k->list, k->count, made);
        }
    }
}

const row_column *related_keys(arena *a, const query *q) {
    keys k = {0};
    add_keys(a, &k, q);
    return k.list;
}

/* ---- Reading ------------------------------------------------------------ */

static void skip_blanks(reader *r) {
    while (str_starts_with(r->rest, STR(" ")))
        str_take(&r->rest, 1);
}

static str read_name(reader *r) {
    size_t n = 0;
    while (n < r->rest.len && r->rest.ptr[n] != ' ' && r->rest.ptr[n] != '(' &&
           r->rest.ptr[n] != ')')
        n++;
    return str_take(&r->rest, n);
}

static embed read_embed(reader *r, str name) {
    embed e = {.name = name};
    if (str_starts_with(name, STR("..."))) {
        e.is_spread = true;
        str_take(&name, 3);
    }
    const model *target = make_hop(r, find_hop(r, name), &e.hop);
    e.query = read_query(r, target);
    e.keys = related_keys(r->w->a, &e.query);
    return e;
}

static query read_query(reader *r, const model *m) {
    arena *a = r->w->a;
    query_column *columns = NULL;
    embed *embeds = NULL;
    query q = {.model = m, .limit = QUERY_NO_LIMIT};
    for (skip_blanks(r); r->rest.len > 0; skip_blanks(r)) {
        str name = read_name(r);
        if (str_starts_with(r->rest, STR("("))) {
            str_take(&r->rest, 1);
            embed e = read_embed(r, name);
            ARENA_PUSH(a, embeds, q.embed_count, e);
        } else if (name.len > 0) {
            const field *f = model_find_column(r->w->schema, m, name);
            assert_non_null(f);
            ARENA_PUSH(a, columns, q.column_count, query_column_of(f));
        } else {
            str_take(&r->rest, 1); /* the closing bracket */
            break;
        }
    }
    q.columns = columns;
    q.embeds = embeds;
    return q;
}

query related_query(const database_world *w, const related_hop *hops,
                    size_t hop_count, const char *table, const char *select) {
    reader r = {w, hops, hop_count, str_of(select)};
    return read_query(&r, world_model(w, table));
}

embed related_to(const database_world *w, const related_hop *hops,
                 size_t hop_count, const char *name, const char *select) {
    reader r = {w, hops, hop_count, str_of(select)};
    return read_embed(&r, str_of(name));
}

embed *related_embeds(const query *q) {
    union {
        const embed *given;
        embed *mine;
    } embeds = {q->embeds};
    return embeds.mine;
}
