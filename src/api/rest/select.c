#include "api/rest/select.h"

#include "api/rest/rest_column.h"
#include "api/rest/rest_names.h"

enum { PLAIN_MAX_COLUMNS = 256 };

/* What becomes of one select list while it is looked up. */
typedef struct draft {
    const rest_tables *tables;
    const rest_table *table;
    query_column *columns;
    row_column *keys;
    size_t count;
    bool is_grouped;
} draft;

static selection plain_selection(const query_column *columns,
                                 const row_column *keys, size_t count) {
    return (selection){
        .columns = columns, .count = count, .keys = keys, .key_count = count};
}

selection select_all(const rest_table *t) {
    selection all = plain_selection(t->columns, t->keys, t->column_count);
    all.has_all_columns = true;
    return all;
}

/* --- columns --- */

static str output_name(const select_item *it) {
    static const str AGGREGATES[] = {
        [AGGREGATE_COUNT] = STR_INIT("count"),
        [AGGREGATE_SUM] = STR_INIT("sum"),
        [AGGREGATE_AVG] = STR_INIT("avg"),
        [AGGREGATE_MIN] = STR_INIT("min"),
        [AGGREGATE_MAX] = STR_INIT("max"),
        [AGGREGATE_ROWS] = STR_INIT("count"),
    };
    if (!str_is_empty(it->alias))
        return it->alias;
    return it->aggregate != AGGREGATE_NONE ? AGGREGATES[it->aggregate]
                                           : rest_path_name(&it->path);
}

static row_column key_of(arena *a, const draft *to, const query_column *c) {
    const rest_table *t = rest_tables_get(to->tables, c->field->model);
    row_column made = t->all_keys[c->field->column_index];
    const field *result = query_result(c->field, c->derivation);
    if (!str_equal(c->name, c->field->column))
        made.key = row_json_make_key(a, c->name);
    if (c->derivation != NULL)
        made.type = result->is_list ? SCALAR_JSON : result->scalar;
    return made;
}

/* The same column twice under one name is one column; two under one name would
 * make an object with a key twice. */
static err *add(arena *a, draft *to, query_column column) {
    for (size_t i = 0; i < to->count; i++) {
        if (!str_equal(to->columns[i].name, column.name))
            continue;
        if (to->columns[i].field == column.field &&
            to->columns[i].derivation == NULL && column.derivation == NULL)
            return NULL;
        return err_with_hint(err_new(a, ERR_QUERY_SYNTAX,
                                     "select has two columns named '%.*s'",
                                     STR_ARG(column.name)),
                             STR("give one of them another alias"));
    }
    to->is_grouped |= column.derivation != NULL &&
                      column.derivation->aggregate != AGGREGATE_NONE;
    size_t count = to->count;
    ARENA_PUSH(a, to->keys, count, key_of(a, to, &column));
    ARENA_PUSH(a, to->columns, to->count, column);
    return NULL;
}

static err *add_column(arena *a, draft *to, const select_item *it) {
    const rest_table *t = to->table;
    query_column column = {.name = output_name(it)};
    if (it->aggregate != AGGREGATE_NONE && !to->tables->allows_aggregates)
        return err_new(a, ERR_AGGREGATE,
                       "Use of aggregate functions is not allowed");
    if (it->aggregate == AGGREGATE_ROWS)
        column.field = rest_table_any_column(t)->field;
    else
        TRY(rest_names_column(a, to->tables->schema, t->model, it->path.column,
                              &column.field));
    TRY(rest_column_derive(a, column.field, it, &column.derivation));
    return add(a, to, column);
}

static err *add_all(arena *a, draft *to) {
    const rest_table *t = to->table;
    for (size_t i = 0; i < t->column_count; i++)
        TRY(add(a, to, t->columns[i]));
    return NULL;
}

static err *add_columns(arena *a, draft *to, const select_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const select_item *it = &list->items[i];
        if (it->kind == SELECT_ALL)
            TRY(add_all(a, to));
        else if (it->kind == SELECT_COLUMN)
            TRY(add_column(a, to, it));
    }
    return NULL;
}

/* --- embedded tables --- */

static err *resolve(arena *a, const rest_tables *tables,
                    const select_list *list, rest_node *n);

static size_t count_embeds(const select_list *list) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].kind == SELECT_EMBED;
    return count;
}

/* What a spread to one row aggregates are values of the outer rows. */
static err *lift_aggregates(arena *a, rest_node *parent, rest_node *child) {
    if (!child->is_spread || !child->selection.is_grouped)
        return NULL;
    if (!child->way->hop.is_to_one)
        return err_with_details(
            err_new(a, ERR_UNSUPPORTED, "Feature not implemented"),
            STR("Aggregates are not implemented for one-to-many or "
                "many-to-many spreads."));
    child->selection.is_grouped = false;
    parent->selection.is_grouped = true;
    return NULL;
}

static err *open_child(arena *a, const rest_tables *tables,
                       const select_item *it, rest_node *parent,
                       rest_node *child) {
    const rest_relation *way;
    TRY(rest_relations_find(a, tables->relations, parent->table->model,
                            it->name, it->hint, &way));
    *child = (rest_node){
        .table = rest_tables_get(tables, way->target),
        .parent = parent,
        .way = way,
        .name = str_is_empty(it->alias) ? it->name : it->alias,
        .target = it->name,
        .is_inner = it->is_inner,
        .is_spread = it->is_spread,
        .limit = QUERY_NO_LIMIT,
    };
    TRY(resolve(a, tables, &it->list, child));
    return lift_aggregates(a, parent, child);
}

static err *open_children(arena *a, const rest_tables *tables,
                          const select_list *list, rest_node *n) {
    size_t room = count_embeds(list);
    if (room == 0)
        return NULL;
    n->children = arena_new_array(a, rest_node, room);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind == SELECT_EMBED)
            TRY(open_child(a, tables, &list->items[i], n,
                           &n->children[n->child_count++]));
    }
    return NULL;
}

/* As deep as tables may be embedded. */
static err *resolve(arena *a, const rest_tables *tables,
                    const select_list *list, rest_node *n) {
    draft to = {.tables = tables, .table = n->table};
    TRY(add_columns(a, &to, list));
    n->selection = plain_selection(to.columns, to.keys, to.count);
    n->selection.is_grouped = to.is_grouped;
    return open_children(a, tables, list, n);
}

/* --- the whole --- */

/* What nearly all lists are: plain names of columns, no name twice, mostly in
 * the order of the table. False, and nothing said, for all others. */
static bool take_plain_names(arena *a, const schema *known, const rest_table *t,
                             str text, selection *out) {
    const model *m = t->model;
    uint64_t seen[PLAIN_MAX_COLUMNS / 64] = {0};
    size_t room = 1;
    for (size_t i = 0; i < text.len; i++)
        room += text.ptr[i] == ',';
    if (room > m->column_count || m->column_count > PLAIN_MAX_COLUMNS)
        return false;

    query_column *columns =
        arena_take(a, room * sizeof *columns, _Alignof(query_column));
    row_column *keys = arena_take(a, room * sizeof *keys, _Alignof(row_column));
    size_t guess = 0;
    for (size_t i = 0; i < room; i++) {
        str name = str_split(&text, ',');
        const field *f = guess < m->column_count ? m->columns[guess] : NULL;
        if (f == NULL || !str_equal(f->column, name) || !field_is_visible(f))
            f = model_find_column(known, m, name);
        if (f == NULL)
            return false;
        uint64_t bit = UINT64_C(1) << (f->column_index % 64);
        if ((seen[f->column_index / 64] & bit) != 0)
            return false;
        seen[f->column_index / 64] |= bit;
        columns[i] = t->all_columns[f->column_index];
        keys[i] = t->all_keys[f->column_index];
        guess = f->column_index + 1;
    }
    *out = plain_selection(columns, keys, room);
    return true;
}

err *select_parse(arena *a, const rest_tables *tables, str text,
                  rest_node *root) {
    select_list list;
    if (str_equal(text, STR("*"))) {
        root->selection = select_all(root->table);
        return NULL;
    }
    if (take_plain_names(a, tables->schema, root->table, text,
                         &root->selection))
        return NULL;
    TRY(select_tree_parse(a, text, &list));
    return resolve(a, tables, &list, root);
}
