#include "database/sqlite/lite_hop.h"

#include "base/assert.h"
#include "database/sqlite/lite_filter.h"
#include "database/sqlite/lite_sql.h"

/* ---- Links -------------------------------------------------------------- */

/* Both sides of an implicit many-to-many have one column as their key. */
static const field *key_of(const model *m) {
    return model_identity(m)->fields[0];
}

static const field *join_key(const hop *h, bool is_origin) {
    bool is_a = h->is_from_a == is_origin;
    return key_of(is_a ? h->relation->child : h->relation->parent);
}

size_t lite_hop_link_count(const hop *h) {
    return h->kind == HOP_JOIN_TABLE ? 1 : h->relation->column_count;
}

const field *lite_hop_link(const hop *h, size_t i) {
    switch (h->kind) {
    case HOP_TO_PARENT:
        return h->relation->columns[i];
    case HOP_TO_CHILD:
    case HOP_JUNCTION:
        return h->relation->references[i];
    case HOP_JOIN_TABLE:
        return join_key(h, true);
    case HOP_COMPUTED:
        break;
    }
    PANIC("no such hop");
}

/* ---- SQL ---------------------------------------------------------------- */

/* "?", or the link's column in the query around s. */
static void write_link(buf *out, lite_scope s, const hop *h, size_t i,
                       bool has_origin) {
    lite_scope origin = {s.layout, s.level - 1};
    if (has_origin)
        lite_name_write(out, origin, lite_hop_link(h, i)->column);
    else
        buf_append_char(out, '?');
}

/* Columns of the table in s that equal the links. */
static void write_equal(buf *out, lite_scope s, const hop *h,
                        const field *const *columns, lite_scope target,
                        bool has_origin) {
    for (size_t i = 0; i < h->relation->column_count; i++) {
        buf_append(out, i > 0 ? STR(" AND ") : STR(""));
        lite_name_write(out, s, columns[i]->column);
        buf_append(out, STR(" = "));
        write_link(out, target, h, i, has_origin);
    }
}

static void write_join_table(buf *out, lite_scope s, const hop *h,
                             bool has_origin) {
    lite_name_write(out, s, join_key(h, false)->column);
    buf_append(out, h->is_from_a ? STR(" IN (SELECT \"B\" FROM ")
                                 : STR(" IN (SELECT \"A\" FROM "));
    sql_write_name(out, h->relation->join_table);
    buf_append(out,
               h->is_from_a ? STR(" WHERE \"A\" = ") : STR(" WHERE \"B\" = "));
    write_link(out, s, h, 0, has_origin);
    buf_append_char(out, ')');
}

/* A target that several rows of the junction lead to comes as often. */
static void write_junction(buf *out, lite_scope s, const hop *h) {
    lite_scope junction = lite_scope_inside(s);
    const relation *onward = h->onward;
    buf_append(out, STR(" JOIN "));
    lite_table_write(out, junction, onward->child->table);
    for (size_t i = 0; i < onward->column_count; i++) {
        buf_append(out, i > 0 ? STR(" AND ") : STR(" ON "));
        lite_name_write(out, junction, onward->columns[i]->column);
        buf_append(out, STR(" = "));
        lite_name_write(out, s, onward->references[i]->column);
    }
}

static void write_condition(buf *out, lite_scope s, const filter *f) {
    if (f == NULL)
        return;
    buf_append(out, STR(" AND "));
    lite_filter_write_condition(out, s, f);
}

void lite_hop_write(buf *out, lite_scope s, const embed *e, bool has_origin) {
    const hop *h = &e->hop;
    buf_append(out, STR(" FROM "));
    lite_table_write(out, s, e->query.model->table);
    if (h->kind == HOP_JUNCTION)
        write_junction(out, s, h);
    buf_append(out, STR(" WHERE "));
    switch (h->kind) {
    case HOP_TO_PARENT:
        write_equal(out, s, h, h->relation->references, s, has_origin);
        break;
    case HOP_TO_CHILD:
        write_equal(out, s, h, h->relation->columns, s, has_origin);
        break;
    case HOP_JOIN_TABLE:
        write_join_table(out, s, h, has_origin);
        break;
    case HOP_JUNCTION:
        write_equal(out, lite_scope_inside(s), h, h->relation->columns, s,
                    has_origin);
        write_condition(out, lite_scope_inside(s), h->junction_where);
        break;
    case HOP_COMPUTED:
        PANIC("no database of SQLite is served as it is found");
    }
    write_condition(out, s, e->query.where);
}

int lite_hop_bind(arena *a, sqlite3_stmt *statement, int *at,
                  const lite_layout *layout, const embed *e) {
    int rc =
        lite_filter_bind_code(a, statement, at, layout, e->hop.junction_where);
    if (rc != SQLITE_OK)
        return rc;
    return lite_filter_bind_code(a, statement, at, layout, e->query.where);
}
