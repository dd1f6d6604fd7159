#include "database/sqlite/lite_group.h"

#include "base/assert.h"
#include "database/grouping.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"

/* The hops from the row of the statement to the one that a cell is of: each is
 * a SELECT around what is looked up. */
typedef struct chain {
    const struct chain *before; /* or NULL: from the row itself */
    const embed *embed;
    lite_scope scope; /* of its rows */
} chain;

static bool is_rows(const query_column *c) {
    return c->derivation != NULL && c->derivation->aggregate == AGGREGATE_ROWS;
}

static bool is_lifted(const embed *e) {
    return e->is_spread && e->hop.is_to_one;
}

/* Whose cells have to be asked for. */
static size_t related_cells(const embed *e) {
    return e->is_spread ? query_cell_count(&e->query) : 1;
}

/* ---- SQL ---------------------------------------------------------------- */

typedef struct writer {
    buf *out;
    size_t cell; /* the next one */
} writer;

static void begin_cell(writer *w) {
    buf_append(w->out, w->cell++ > 0 ? STR(", ") : STR(""));
}

static void open_chain(buf *out, const chain *at) {
    for (; at != NULL; at = at->before)
        buf_append(out, STR("(SELECT "));
}

static void close_chain(buf *out, const chain *at) {
    for (; at != NULL; at = at->before) {
        const query *q = &at->embed->query;
        lite_hop_write(out, at->scope, at->embed, true);
        if (q->limit == QUERY_NO_LIMIT && q->offset == 0)
            buf_append(out, STR(" LIMIT 1"));
        else
            lite_select_limits(out, q);
        buf_append_char(out, ')');
    }
}

/* An enum is ordered by its rank, for which its cell has a name. */
static void name_cell(writer *w) {
    buf_append(w->out, STR(" AS \"cell "));
    buf_append_uint(w->out, w->cell);
    buf_append_char(w->out, '"');
}

/* at is NULL for a column of the row itself. */
static void write_column(writer *w, lite_scope s, const chain *at,
                         const query_column *c) {
    const derivation *d = c->derivation;
    begin_cell(w);
    if (at == NULL) {
        if (grouping_is_aggregate(d))
            lite_column_write(w->out, s, c->field, d);
        else
            lite_column_write_collated(w->out, s, c->field, d);
        return;
    }
    lite_column_begin_aggregate(w->out, d);
    open_chain(w->out, at);
    if (is_rows(c))
        buf_append_char(w->out, '1');
    else
        lite_column_write_inner(w->out, s, c->field, d);
    close_chain(w->out, at);
    lite_column_end_aggregate(w->out, s.layout, c->field, d);
    if (grouping_is_aggregate(d))
        return;
    lite_collation_write(w->out, lite_column_form(s.layout, c->field, d));
    if (lite_column_is_ranked(c->field, d))
        name_cell(w);
}

static void write_related(writer *w, lite_scope s, const chain *at,
                          const embed *e, size_t cell) {
    begin_cell(w);
    open_chain(w->out, at);
    buf_append(w->out, STR("tenon_related(?, "));
    buf_append_uint(w->out, cell);
    lite_select_links(w->out, s, e, 1);
    buf_append_char(w->out, ')');
    close_chain(w->out, at);
    lite_collation_write(w->out, LITE_JSON);
}

/* As deep as tables may be embedded. */
static void write_cells(writer *w, lite_scope s, const chain *at,
                        const query *q) {
    for (size_t i = 0; i < q->column_count; i++)
        write_column(w, s, at, &q->columns[i]);
    for (size_t i = 0; i < q->embed_count; i++) {
        const embed *e = &q->embeds[i];
        if (is_lifted(e)) {
            chain inside = {at, e, lite_scope_inside(s)};
            write_cells(w, inside.scope, &inside, &e->query);
            continue;
        }
        for (size_t k = 0; k < related_cells(e); k++)
            write_related(w, s, at, e, k);
    }
}

void lite_group_write_cells(buf *out, lite_scope s, const query *q) {
    writer w = {.out = out};
    write_cells(&w, s, NULL, q);
}

/* ---- Order -------------------------------------------------------------- */

typedef struct ordering {
    buf *out;
    str before; /* the next term */
    size_t cell;
} ordering;

static void begin_term(ordering *o) {
    buf_append(o->out, o->before);
    o->before = STR(", ");
}

/* number counts from 1. */
static void write_number(buf *out, size_t number, const field *f,
                         const derivation *d) {
    bool is_ranked = lite_column_is_ranked(f, d);
    buf_append(out, is_ranked ? STR("CASE \"cell ") : STR(""));
    buf_append_uint(out, number);
    if (is_ranked) {
        buf_append_char(out, '"');
        lite_ranks_write(out, f->enumeration);
    }
}

void lite_group_write_key(buf *out, const query *q, const query_order *o) {
    size_t cell;
    bool is_there = grouping_find(q, o, &cell);
    ASSERT(is_there); /* the planner refuses others */
    write_number(out, cell + 1, o->field, o->derivation);
}

static void order_column(ordering *o, const query_column *c) {
    const derivation *d = c->derivation;
    o->cell++;
    if (grouping_is_aggregate(d) || query_result(c->field, d)->is_list)
        return;
    begin_term(o);
    write_number(o->out, o->cell, c->field, d);
    /* As PostgreSQL does when nobody says. */
    buf_append(o->out, STR(" NULLS LAST"));
}

static void order_related(ordering *o, const embed *e) {
    for (size_t i = 0; i < related_cells(e); i++) {
        o->cell++;
        begin_term(o);
        buf_append_uint(o->out, o->cell);
        buf_append(o->out, STR(" NULLS LAST"));
    }
}

static void order_embeds(ordering *o, const query *q) {
    for (size_t i = 0; i < q->embed_count; i++) {
        const query *inner = &q->embeds[i].query;
        if (!is_lifted(&q->embeds[i])) {
            order_related(o, &q->embeds[i]);
            continue;
        }
        for (size_t k = 0; k < inner->column_count; k++)
            order_column(o, &inner->columns[k]);
        order_embeds(o, inner);
    }
}

void lite_group_write_order(buf *out, const query *q, bool has_order) {
    ordering o = {.out = out,
                  .before = has_order ? STR(", ") : STR(" ORDER BY "),
                  .cell = q->column_count};
    order_embeds(&o, q);
}

/* ---- Forms -------------------------------------------------------------- */

static lite_form *put_forms(const lite_layout *layout, const query *q,
                            lite_form *to) {
    for (size_t i = 0; i < q->column_count; i++)
        *to++ = lite_column_form(layout, q->columns[i].field,
                                 q->columns[i].derivation);
    for (size_t i = 0; i < q->embed_count; i++) {
        const embed *e = &q->embeds[i];
        if (is_lifted(e)) {
            to = put_forms(layout, &e->query, to);
            continue;
        }
        for (size_t k = 0; k < related_cells(e); k++)
            *to++ = LITE_JSON;
    }
    return to;
}

const lite_form *lite_group_forms(arena *a, const lite_layout *layout,
                                  const query *q) {
    lite_form *forms = arena_new_array(a, lite_form, query_cell_count(q));
    (void)put_forms(layout, q, forms);
    return forms;
}

/* ---- Values ------------------------------------------------------------- */

typedef struct binder {
    arena *a;
    sqlite3_stmt *statement;
    int *at;
    const lite_layout *layout;
} binder;

/* In the order of close_chain. */
static int bind_chain(const binder *b, const chain *at) {
    int rc = SQLITE_OK;
    for (; at != NULL && rc == SQLITE_OK; at = at->before) {
        rc = lite_hop_bind(b->a, b->statement, b->at, b->layout, at->embed);
        if (rc == SQLITE_OK)
            rc =
                lite_select_bind_limits(b->statement, b->at, &at->embed->query);
    }
    return rc;
}

static int bind_column(const binder *b, const chain *at,
                       const query_column *c) {
    int rc = c->derivation == NULL
                 ? SQLITE_OK
                 : lite_column_bind(b->a, b->statement, b->at, c->derivation);
    return rc == SQLITE_OK ? bind_chain(b, at) : rc;
}

static int bind_related(const binder *b, const chain *at, const embed *e,
                        void *handle) {
    int rc = SQLITE_OK;
    for (size_t i = 0; i < related_cells(e) && rc == SQLITE_OK; i++) {
        rc = sqlite3_bind_pointer(b->statement, (*b->at)++, handle,
                                  LITE_EMBED_POINTER, NULL);
        if (rc == SQLITE_OK)
            rc = bind_chain(b, at);
    }
    return rc;
}

static int bind_cells(const binder *b, const chain *at, const query *q,
                      const lite_embeds *embeds) {
    int rc = SQLITE_OK;
    for (size_t i = 0; i < q->column_count && rc == SQLITE_OK; i++)
        rc = bind_column(b, at, &q->columns[i]);
    for (size_t i = 0; i < q->embed_count && rc == SQLITE_OK; i++) {
        const embed *e = &q->embeds[i];
        if (is_lifted(e)) {
            chain inside = {.before = at, .embed = e};
            rc = bind_cells(b, &inside, &e->query,
                            lite_embeds_inside(embeds, i));
        } else {
            rc = bind_related(b, at, e, lite_embeds_handle(embeds, i));
        }
    }
    return rc;
}

int lite_group_bind(arena *a, sqlite3_stmt *statement, int *at,
                    const lite_layout *layout, const query *q,
                    const lite_embeds *embeds) {
    binder b = {a, statement, at, layout};
    return bind_cells(&b, NULL, q, embeds);
}
