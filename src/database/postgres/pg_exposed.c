#include "database/postgres/pg_exposed.h"

#include "base/map.h"
#include "database/postgres/pg_origin.h"

enum {
    COLUMNS_MAX = 1664, /* of a row, in PostgreSQL */
    VIEW_DEPTH_MAX = 64,
};

int64_t pg_exposed_number(str cell) {
    int64_t n = 0;
    (void)str_parse_int64(cell, &n);
    return n;
}

size_t pg_exposed_numbers(arena *a, str array, const int64_t **out) {
    int64_t *numbers = NULL;
    size_t count = 0;
    str rest = array.len >= 2 ? str_slice(array, 1, array.len - 1) : array;
    while (!str_is_empty(rest))
        ARENA_PUSH(a, numbers, count, pg_exposed_number(str_split(&rest, ',')));
    *out = numbers;
    return count;
}

void pg_exposed_own(arena *a, model *m, field *fields, size_t count) {
    const field **columns = arena_new_array(a, const field *, count);
    for (size_t i = 0; i < count; i++) {
        fields[i].model = m;
        fields[i].index = (uint32_t)i;
        fields[i].column_index = (uint32_t)i;
        columns[i] = &fields[i];
    }
    m->fields = fields;
    m->field_count = count;
    m->columns = columns;
    m->column_count = count;
}

err *pg_exposed_check_schemas(const pg_catalog *p, const str *schemas,
                              size_t count) {
    pg_catalog_list l;
    TRY(pg_catalog_list_read(
        p, "SELECT nspname FROM pg_namespace WHERE nspname = ANY ($1::text[])",
        &l));
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < l.rows.row_count &&
               !str_equal(pg_rows_cell(&l.rows, at, 0), schemas[i]))
            at++;
        if (at == l.rows.row_count)
            return err_new(p->a, ERR_NOT_FOUND,
                           "the database has no schema \"%.*s\"",
                           STR_ARG(schemas[i]));
    }
    return NULL;
}

/* ---- Bases -------------------------------------------------------------- */

/* Also of views that are not exposed: others may be made from them. */
static const char VIEWS[] =
    "SELECT c.oid, r.ev_action FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'"
    " WHERE c.relkind IN ('v', 'm') AND array_length($1::text[], 1) > 0"
    " AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

typedef struct view {
    const pg_origin *origins;
    size_t count;
} view;

static err *read_views(const pg_exposing *x, map **out) {
    arena *a = x->catalog->a;
    pg_catalog_list l;
    *out = map_new(a);
    TRY(pg_catalog_list_read(x->catalog, VIEWS, &l));
    for (; l.at < l.rows.row_count; l.at++) {
        view *v = arena_new_array(a, view, 1);
        v->count = pg_origin_read(a, pg_catalog_cell(&l, 1), &v->origins);
        map_add(*out, pg_catalog_cell(&l, 0), v);
    }
    return NULL;
}

static const view *find_view(const map *views, int64_t oid) {
    char room[32];
    buf text = buf_over(room, sizeof room);
    buf_append_uint(&text, (uint64_t)oid);
    return map_find(views, buf_str(&text));
}

static pg_base step(const view *v, int64_t column) {
    for (size_t i = 0; i < v->count; i++) {
        if (v->origins[i].column == column)
            return (pg_base){v->origins[i].table, v->origins[i].origin};
    }
    return (pg_base){0};
}

/* Through views of views. */
static pg_base find_base(const map *views, int64_t table, int64_t column) {
    pg_base at = {table, column};
    for (int depth = 0; depth < VIEW_DEPTH_MAX; depth++) {
        const view *v = find_view(views, at.table);
        if (v == NULL)
            return at;
        at = step(v, at.column);
    }
    return (pg_base){0};
}

err *pg_exposed_find_bases(pg_exposing *x) {
    map *views;
    TRY(read_views(x, &views));
    for (size_t i = 0; i < x->count; i++) {
        pg_exposed *item = &x->items[i];
        size_t count = item->model->column_count;
        pg_base *bases = arena_new_array(x->catalog->a, pg_base, count);
        for (size_t k = 0; k < count; k++)
            bases[k] = find_base(views, item->oid, item->numbers[k]);
        item->bases = bases;
    }
    return NULL;
}

static const field *find_shown(const pg_exposed *item, int64_t table,
                               int64_t column) {
    for (size_t i = 0; i < item->model->column_count; i++) {
        if (item->bases[i].table == table && item->bases[i].column == column)
            return item->model->columns[i];
    }
    return NULL;
}

const field **pg_exposed_columns(arena *a, const pg_exposed *item,
                                 int64_t table, const int64_t *columns,
                                 size_t count) {
    const field *found[COLUMNS_MAX];
    if (count == 0 || count > COLUMNS_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        found[i] = find_shown(item, table, columns[i]);
        if (found[i] == NULL)
            return NULL;
    }
    const field **fields = arena_new_array(a, const field *, count);
    memcpy(fields, found, count * sizeof *fields);
    return fields;
}

/* ---- Relations ---------------------------------------------------------- */

static const char FOREIGN_KEYS[] =
    "SELECT f.conname, f.conrelid, f.conkey, f.confrelid, f.confkey"
    " FROM pg_constraint f WHERE f.contype = 'f' AND f.conparentid = 0"
    " AND array_length($1::text[], 1) > 0"
    " ORDER BY f.conrelid, f.conname";

enum {
    FOREIGN_NAME,
    FOREIGN_CHILD,
    FOREIGN_COLUMNS,
    FOREIGN_PARENT,
    FOREIGN_REFERENCES,
};

typedef struct foreign_key {
    str name;
    int64_t child;
    int64_t parent;
    const int64_t *columns;
    const int64_t *references;
    size_t count;
} foreign_key;

static foreign_key foreign_key_of(arena *a, const pg_catalog_list *l) {
    foreign_key f = {
        .name = pg_catalog_cell(l, FOREIGN_NAME),
        .child = pg_exposed_number(pg_catalog_cell(l, FOREIGN_CHILD)),
        .parent = pg_exposed_number(pg_catalog_cell(l, FOREIGN_PARENT)),
    };
    f.count =
        pg_exposed_numbers(a, pg_catalog_cell(l, FOREIGN_COLUMNS), &f.columns);
    (void)pg_exposed_numbers(a, pg_catalog_cell(l, FOREIGN_REFERENCES),
                             &f.references);
    return f;
}

static bool is_among(const key *k, const field *f) {
    for (size_t i = 0; i < k->field_count; i++) {
        if (k->fields[i] == f)
            return true;
    }
    return false;
}

static bool is_same_set(const key *k, const field **fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!is_among(k, fields[i]))
            return false;
    }
    return k->field_count == count;
}

static bool is_unique(const model *m, const field **fields, size_t count) {
    if (m->primary_key != NULL && is_same_set(m->primary_key, fields, count))
        return true;
    for (size_t i = 0; i < m->unique_count; i++) {
        if (is_same_set(&m->uniques[i], fields, count))
            return true;
    }
    return false;
}

/* A field that no list of the model has: relations have one at each end. */
static const field *make_end(arena *a, const model *m, const relation *r,
                             size_t index) {
    field *f = arena_new_array(a, field, 1);
    *f = (field){.name = r->constraint_name,
                 .kind = FIELD_RELATION,
                 .model = m,
                 .relation = r,
                 .index = (uint32_t)index};
    return f;
}

static void push_relation(arena *a, model *m, const relation *r) {
    const relation **all =
        arena_new_array(a, const relation *, m->relation_count + 1);
    if (m->relation_count > 0)
        memcpy(all, m->relations, m->relation_count * sizeof *all);
    all[m->relation_count++] = r;
    m->relations = all;
}

static void relate(arena *a, const foreign_key *f, const pg_exposed *child,
                   const field **columns, const pg_exposed *parent) {
    const field **references =
        pg_exposed_columns(a, parent, f->parent, f->references, f->count);
    if (references == NULL)
        return;
    relation *r = arena_new_array(a, relation, 1);
    model *m = child->model;
    size_t index = m->field_count + m->relation_count;
    bool is_one = is_unique(m, columns, f->count);
    *r = (relation){
        .name = f->name,
        .constraint_name = f->name,
        .kind = is_one ? RELATION_ONE_TO_ONE : RELATION_ONE_TO_MANY,
        .child = m,
        .parent = parent->model,
        .columns = columns,
        .references = references,
        .column_count = f->count,
    };
    r->child_field = make_end(a, m, r, index);
    r->parent_field = make_end(a, parent->model, r, index);
    push_relation(a, m, r);
}

/* Those who show the key, with those who show what it refers to. */
static void relate_all(const pg_exposing *x, const foreign_key *f) {
    arena *a = x->catalog->a;
    for (size_t i = 0; i < x->count; i++) {
        const pg_exposed *child = &x->items[i];
        const field **columns =
            pg_exposed_columns(a, child, f->child, f->columns, f->count);
        for (size_t k = 0; columns != NULL && k < x->count; k++)
            relate(a, f, child, columns, &x->items[k]);
    }
}

err *pg_exposed_relate(pg_exposing *x) {
    pg_catalog_list l;
    TRY(pg_catalog_list_read(x->catalog, FOREIGN_KEYS, &l));
    for (; l.at < l.rows.row_count; l.at++) {
        foreign_key f = foreign_key_of(x->catalog->a, &l);
        relate_all(x, &f);
    }
    return NULL;
}
