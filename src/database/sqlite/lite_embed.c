#include "database/sqlite/lite_embed.h"

#include "base/assert.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_group.h"
#include "database/sqlite/lite_statement.h"
#include "schema/function.h"

/* What the related rows of one outer row may take as JSON. */
enum { JSON_MAX_BYTES = 32 * 1024 * 1024 };

/* One embed of the tree. */
typedef struct node {
    arena *a; /* of the tree */
    const embed *embed;
    const lite_source *source;
    lite_cached used; /* no statement: not yet needed */
    int first_link;
    size_t link_count;
    lite_cells cells;
    value *values; /* of a row: columns, then the cells of inner */
    size_t value_count;
    value *links; /* of a row, for inner */
    lite_embeds *inner;
    /* Of an embed to one row or several its JSON; of a spread to several, for
     * each cell the array. */
    buf *json;
    size_t json_count;
    /* Of an outer row that asks by tenon_related. */
    value *outer_cells;
    value *outer_links;
} node;

struct lite_embeds {
    node *nodes;
    size_t count;
};

/* ---- Cells -------------------------------------------------------------- */

/* The forms of columns that are read as they are: the shape says which. */
static const lite_form *find_forms(arena *a, const lite_layout *layout,
                                   const query *q, lite_cached used,
                                   lite_cells *out) {
    const query_column *columns = q->columns;
    size_t count = q->column_count;
    const lite_form *known = lite_cache_noted(used);
    if (LIKELY(known != NULL))
        return known;
    bool needs_scratch = false;
    const lite_form *stored = layout->forms[q->model->index];
    lite_form *forms =
        arena_take(a, count * sizeof *forms, _Alignof(lite_form));
    for (size_t i = 0; i < count; i++) {
        const query_column *c = &columns[i];
        forms[i] = LIKELY(c->derivation == NULL)
                       ? stored[c->field->column_index]
                       : lite_column_form(layout, c->field, c->derivation);
        out->has_derived |= c->derivation != NULL;
        needs_scratch |= lite_form_needs_scratch(forms[i]);
    }
    if (needs_scratch)
        out->scratch = arena_take(a, count * LITE_SCRATCH, 1);
    else if (!out->has_derived && count > 0)
        lite_cache_note(used, forms, count * sizeof *forms);
    return forms;
}

static void init_group(arena *a, const lite_layout *layout, const query *q,
                       lite_cells *out) {
    out->count = query_cell_count(q);
    out->has_derived = true;
    out->scratch = arena_take(a, out->count * LITE_SCRATCH, 1);
    out->forms = lite_group_forms(a, layout, q);
}

void lite_cells_init(arena *a, const lite_layout *layout, const query *q,
                     lite_cached used, lite_cells *out) {
    *out = (lite_cells){
        .columns = q->columns,
        .count = q->column_count,
        .column_count = q->column_count,
        .call = q->call,
    };
    if (UNLIKELY(q->is_grouped)) {
        init_group(a, layout, q, out);
        return;
    }
    out->forms = find_forms(a, layout, q, used, out);
    if (UNLIKELY(q->embed_count > 0))
        out->link_count = lite_select_link_count(q->embeds, q->embed_count);
}

err *lite_cells_error(arena *a, const lite_cells *c, size_t column) {
    if (column >= c->column_count)
        return err_new(a, ERR_CORRUPT,
                       "a value of a related row is not of its type");
    const field *f = c->columns[column].field;
    if (c->call != NULL)
        return err_new(a, ERR_VALUE_TYPE,
                       "a value in column \"%.*s\" of function \"%.*s\" is not"
                       " of its type",
                       STR_ARG(f->column), STR_ARG(c->call->function->name));
    return err_new(a, ERR_CORRUPT,
                   "a value in column \"%.*s\" of table \"%.*s\" is not of its"
                   " type",
                   STR_ARG(f->column), STR_ARG(f->model->table));
}

void lite_cells_read_links(const lite_cells *c, sqlite3_stmt *row,
                           value *links) {
    size_t first = c->count > 0 ? c->count : 1; /* "SELECT 1" */
    for (size_t i = 0; i < c->link_count; i++)
        links[i] = lite_value_raw(lite_cell(row, (int)(first + i)));
}

/* ---- Opening ------------------------------------------------------------ */

static void make_buffers(arena *a, node *n) {
    bool is_array_of_each = n->embed->is_spread && !n->embed->hop.is_to_one;
    if (n->embed->is_spread && !is_array_of_each)
        return;
    n->json_count = is_array_of_each ? n->value_count : 1;
    n->json = arena_new_array(a, buf, n->json_count);
    for (size_t i = 0; i < n->json_count; i++)
        n->json[i] = buf_new(JSON_MAX_BYTES);
}

static err *open_node(arena *a, const lite_source *from, const embed *e,
                      node *n) {
    const query *q = &e->query;
    TRY(lite_select_check(a, from->layout, q));
    TRY(lite_filter_check(a, from->layout, e->hop.junction_where));
    *n = (node){
        .a = a,
        .embed = e,
        .source = from,
        .link_count = lite_hop_link_count(&e->hop),
        .value_count = query_cell_count(q),
    };
    lite_cells_init(a, from->layout, q, (lite_cached){0}, &n->cells);
    n->values = arena_new_array(a, value, n->value_count);
    n->links = arena_new_array(a, value, n->cells.link_count);
    n->outer_cells = arena_new_array(a, value, embed_cell_count(e, 1));
    n->outer_links = arena_new_array(a, value, n->link_count);
    make_buffers(a, n);
    return q->embed_count == 0 ? NULL
                               : lite_embeds_open(a, from, q->embeds,
                                                  q->embed_count, &n->inner);
}

err *lite_embeds_open(arena *a, const lite_source *from, const embed *embeds,
                      size_t count, lite_embeds **out) {
    lite_embeds *all = arena_new_array(a, lite_embeds, 1);
    all->nodes = arena_new_array(a, node, count);
    all->count = count;
    for (size_t i = 0; i < count; i++)
        TRY(open_node(a, from, &embeds[i], &all->nodes[i]));
    *out = all;
    return NULL;
}

static void close_node(node *n) {
    if (n->used.statement != NULL)
        lite_cache_put(n->used);
    n->used = (lite_cached){0};
    for (size_t i = 0; i < n->json_count; i++)
        buf_free(&n->json[i]);
    lite_embeds_close(n->inner);
}

void lite_embeds_close(lite_embeds *embeds) {
    for (size_t i = 0; embeds != NULL && i < embeds->count; i++)
        close_node(&embeds->nodes[i]);
}

/* ---- Rows --------------------------------------------------------------- */

static bool is_any_null(const value *links, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (links[i].kind == VALUE_NULL)
            return true;
    return false;
}

/* Makes the statement that of this outer row. */
static err *restart(arena *a, node *n, const value *links) {
    const embed *e = n->embed;
    if (n->used.statement == NULL) {
        TRY(lite_select_find(a, n->source, LITE_SELECT_EMBED, &e->query, e,
                             &n->used));
        TRY(lite_select_bind(a, n->used.statement, n->source->layout, &e->query,
                             n->cells.has_derived, n->inner, e,
                             &n->first_link));
    }
    (void)sqlite3_reset(n->used.statement);
    int rc = SQLITE_OK;
    for (size_t i = 0; i < n->link_count && rc == SQLITE_OK; i++)
        rc = lite_bind_raw(n->used.statement, n->first_link + (int)i, links[i]);
    return rc == SQLITE_OK ? NULL : lite_source_error(a, n->source, rc);
}

/* Steps, and reads what is there with all that it leads to. */
static err *next_row(arena *a, node *n, bool *is_there) {
    int rc = sqlite3_step(n->used.statement);
    *is_there = rc == SQLITE_ROW;
    if (rc == SQLITE_DONE)
        return NULL;
    if (rc != SQLITE_ROW)
        return lite_source_error(a, n->source, rc);
    TRY(lite_cells_read(a, &n->cells, n->used.statement, n->values));
    if (n->inner == NULL || n->embed->query.is_grouped)
        return NULL;
    lite_cells_read_links(&n->cells, n->used.statement, n->links);
    return lite_embeds_read(a, n->inner, n->links, n->values + n->cells.count);
}

static err *too_large(arena *a, const node *n) {
    return err_new(a, ERR_TOO_LARGE,
                   "the rows of \"%.*s\" embedded in one row are more than %d"
                   " bytes",
                   STR_ARG(n->embed->query.model->table), JSON_MAX_BYTES);
}

static value text_in(const buf *json) {
    return (value){.kind = VALUE_TEXT, .text = buf_str(json)};
}

static err *finish(arena *a, const node *n, value *cells) {
    for (size_t i = 0; i < n->json_count; i++) {
        if (n->json[i].is_overflown)
            return too_large(a, n);
        cells[i] = text_in(&n->json[i]);
    }
    return NULL;
}

/* ---- What they become --------------------------------------------------- */

static err *read_spread_one(arena *a, node *n, bool is_there, value *cells) {
    if (is_there)
        TRY(next_row(a, n, &is_there));
    for (size_t i = 0; i < n->value_count; i++)
        cells[i] = is_there ? n->values[i] : (value){.kind = VALUE_NULL};
    return NULL;
}

static void write_object(node *n) {
    row_shape shape = {.columns = n->embed->keys,
                       .column_count = n->value_count};
    row_json_write(&n->json[0], &shape, n->values);
}

static err *read_one(arena *a, node *n, bool is_there, value *cells) {
    cells[0] = (value){.kind = VALUE_NULL};
    if (is_there)
        TRY(next_row(a, n, &is_there));
    if (!is_there)
        return NULL;
    write_object(n);
    return finish(a, n, cells);
}

static err *read_many(arena *a, node *n, bool may_be_there, value *cells) {
    buf_append_char(&n->json[0], '[');
    for (bool is_first = true; may_be_there; is_first = false) {
        TRY(next_row(a, n, &may_be_there));
        if (!may_be_there)
            break;
        if (!is_first)
            buf_append_char(&n->json[0], ',');
        write_object(n);
        if (n->json[0].is_overflown)
            break;
    }
    buf_append_char(&n->json[0], ']');
    return finish(a, n, cells);
}

static err *read_spread_many(arena *a, node *n, bool may_be_there,
                             value *cells) {
    for (size_t i = 0; i < n->json_count; i++)
        buf_append_char(&n->json[i], '[');
    for (bool is_first = true; may_be_there; is_first = false) {
        TRY(next_row(a, n, &may_be_there));
        for (size_t i = 0; may_be_there && i < n->json_count; i++) {
            if (!is_first)
                buf_append_char(&n->json[i], ',');
            row_json_write_value(&n->json[i], &n->embed->keys[i],
                                 &n->values[i]);
            if (n->json[i].is_overflown)
                return too_large(a, n);
        }
    }
    for (size_t i = 0; i < n->json_count; i++)
        buf_append_char(&n->json[i], ']');
    return finish(a, n, cells);
}

/* A group of no rows may be there, too. */
static err *read_node(arena *a, node *n, const value *links, value *cells) {
    const embed *e = n->embed;
    bool may_be_there =
        e->query.is_grouped || !is_any_null(links, n->link_count);
    for (size_t i = 0; i < n->json_count; i++)
        buf_clear(&n->json[i], SIZE_MAX);
    if (may_be_there)
        TRY(restart(a, n, links));
    if (e->is_spread)
        return e->hop.is_to_one ? read_spread_one(a, n, may_be_there, cells)
                                : read_spread_many(a, n, may_be_there, cells);
    return e->hop.is_to_one ? read_one(a, n, may_be_there, cells)
                            : read_many(a, n, may_be_there, cells);
}

err *lite_embeds_read(arena *a, lite_embeds *embeds, const value *links,
                      value *cells) {
    for (size_t i = 0; i < embeds->count; i++) {
        node *n = &embeds->nodes[i];
        TRY(read_node(a, n, links, cells));
        links += n->link_count;
        cells += embed_cell_count(n->embed, 1);
    }
    return NULL;
}

/* ---- Asked for by groups ------------------------------------------------ */

static void related(sqlite3_context *c, int count, sqlite3_value **values) {
    enum { HANDLE, CELL, LINKS };
    node *n = sqlite3_value_pointer(values[HANDLE], LITE_EMBED_POINTER);
    ASSERT(n != NULL && (size_t)count == LINKS + n->link_count);
    for (size_t i = 0; i < n->link_count; i++)
        n->outer_links[i] = lite_value_raw(values[LINKS + i]);
    err *e = read_node(n->a, n, n->outer_links, n->outer_cells);
    if (e != NULL) {
        lite_fail(c, e);
        return;
    }
    const value *cell = &n->outer_cells[sqlite3_value_int(values[CELL])];
    if (cell->kind == VALUE_TEXT)
        lite_result_text(c, cell->text);
}

int lite_embed_add(sqlite3 *db) {
    return sqlite3_create_function(db, LITE_EMBED_POINTER, -1,
                                   SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL,
                                   related, NULL, NULL);
}

void *lite_embeds_handle(const lite_embeds *embeds, size_t i) {
    return embeds != NULL ? &embeds->nodes[i] : NULL;
}

const lite_embeds *lite_embeds_inside(const lite_embeds *embeds, size_t i) {
    return embeds != NULL ? embeds->nodes[i].inner : NULL;
}
