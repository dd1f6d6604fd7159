#include "api/rest/rest_node.h"

rest_node *rest_node_find_child(const rest_node *n, str name) {
    for (size_t i = 0; i < n->child_count; i++) {
        if (str_equal(n->children[i].name, name))
            return &n->children[i];
    }
    for (size_t i = 0; i < n->child_count; i++) {
        if (!str_equal(n->children[i].target, name))
            continue;
        n->children[i].is_named_by_table = true;
        return &n->children[i];
    }
    return NULL;
}

/* As deep as tables may be embedded. */
bool rest_node_has_old_name(const rest_node *n) {
    bool has = n->is_named_by_table;
    for (size_t i = 0; i < n->child_count && !has; i++)
        has = rest_node_has_old_name(&n->children[i]);
    return has;
}

err *rest_node_require_child(arena *a, const rest_node *n, str name,
                             rest_node **out) {
    *out = rest_node_find_child(n, name);
    if (*out != NULL)
        return NULL;
    return err_with_hint(
        err_new(a, ERR_NOT_EMBEDDED,
                "'%.*s' is not an embedded resource in this request",
                STR_ARG(name)),
        arena_printf(a,
                     "Verify that '%.*s' is included in the 'select' query "
                     "parameter.",
                     STR_ARG(name)));
}

void rest_node_add_condition(arena *a, rest_node *n, const filter *f) {
    ARENA_PUSH(a, n->conditions, n->condition_count, f);
}

const embed *rest_node_existence(arena *a, rest_node *n) {
    if (n->existence == NULL) {
        n->existence = arena_new_array(a, embed, 1);
        *n->existence = (embed){
            .hop = n->way->hop,
            .query = {.model = n->table->model, .limit = QUERY_NO_LIMIT},
            .name = n->name,
        };
    }
    return n->existence;
}

const filter *rest_node_where(arena *a, const rest_node *n) {
    if (n->condition_count < 2)
        return n->condition_count > 0 ? n->conditions[0] : NULL;
    filter *all = arena_new_array(a, filter, 1);
    *all = (filter){.kind = FILTER_ALL,
                    .children = n->conditions,
                    .child_count = n->condition_count};
    return all;
}

/* --- closing --- */

/* The cells and keys that a node gets when its children are in it. */
typedef struct cells {
    embed *embeds;
    size_t embed_count;
    row_column *keys;
    size_t key_count;
} cells;

/* ,"name": without its punctuation. */
static str name_of(const row_column *cell) {
    return str_slice(cell->key, 2, cell->key.len - 2);
}

static err *add_key(arena *a, cells *to, row_column cell) {
    for (size_t i = 0; i < to->key_count; i++) {
        if (!str_equal(to->keys[i].key, cell.key))
            continue;
        str name = name_of(&cell);
        return err_with_hint(err_new(a, ERR_QUERY_SYNTAX,
                                     "select has two columns named '%.*s'",
                                     STR_ARG(name)),
                             STR("give one of them another alias"));
    }
    ARENA_PUSH(a, to->keys, to->key_count, cell);
    return NULL;
}

/* Of several rows, each cell is a list. */
static err *add_spread_keys(arena *a, cells *to, const rest_node *child) {
    const selection *s = &child->selection;
    for (size_t i = 0; i < s->key_count; i++) {
        row_column cell = s->keys[i];
        if (!child->way->hop.is_to_one)
            cell = (row_column){cell.key, SCALAR_JSON};
        TRY(add_key(a, to, cell));
    }
    return NULL;
}

static err *add_embed(arena *a, cells *to, const rest_node *child) {
    const selection *s = &child->selection;
    if (s->key_count == 0)
        return NULL; /* rel(): it only filters */
    embed made = {
        .hop = child->way->hop,
        .query = {.model = child->table->model,
                  .columns = s->columns,
                  .column_count = s->count,
                  .where = rest_node_where(a, child),
                  .order = child->order,
                  .order_count = child->order_count,
                  .limit = child->limit,
                  .offset = child->offset,
                  .is_grouped = s->is_grouped,
                  .embeds = s->embeds,
                  .embed_count = s->embed_count},
        .name = child->name,
        .keys = s->keys,
        .is_spread = child->is_spread,
    };
    ARENA_PUSH(a, to->embeds, to->embed_count, made);
    if (child->is_spread)
        return add_spread_keys(a, to, child);
    row_column cell = {row_json_make_key(a, child->name), SCALAR_JSON};
    return add_key(a, to, cell);
}

static err *close_child(arena *a, rest_node *n, rest_node *child) {
    TRY(rest_node_close(a, child));
    if (child->is_inner) {
        filter *exists = arena_new_array(a, filter, 1);
        *exists = (filter){.kind = FILTER_EXISTS,
                           .related = rest_node_existence(a, child)};
        rest_node_add_condition(a, n, exists);
    }
    if (child->existence != NULL)
        child->existence->query.where = rest_node_where(a, child);
    return NULL;
}

/* As deep as tables may be embedded. */
err *rest_node_close(arena *a, rest_node *n) {
    selection *s = &n->selection;
    if (n->child_count == 0)
        return NULL;
    cells to = {0};
    for (size_t i = 0; i < s->key_count; i++)
        ARENA_PUSH(a, to.keys, to.key_count, s->keys[i]);
    for (size_t i = 0; i < n->child_count; i++) {
        TRY(close_child(a, n, &n->children[i]));
        TRY(add_embed(a, &to, &n->children[i]));
    }
    s->embeds = to.embeds;
    s->embed_count = to.embed_count;
    s->keys = to.keys;
    s->key_count = to.key_count;
    return NULL;
}
