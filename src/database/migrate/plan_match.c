#include "database/migrate/plan_match.h"

bool plan_match_is_same_schema(str x, str y) {
    static const str PUBLIC = STR_INIT("public");
    return str_equal(str_is_empty(x) ? PUBLIC : x,
                     str_is_empty(y) ? PUBLIC : y);
}

/* ---- Tables ------------------------------------------------------------- */

typedef struct matching {
    arena *a;
    const structure *from;
    const structure *to;
    const structure_table **partners; /* by index in to; NULL: comes */
    bool *is_taken;                   /* by index in from */
} matching;

static bool is_table(const structure_table *t, str in_schema, str name) {
    return str_equal(t->name, name) &&
           plan_match_is_same_schema(t->schema, in_schema);
}

static bool has_table(const structure *s, str in_schema, str name) {
    for (size_t i = 0; i < s->table_count; i++)
        if (is_table(&s->tables[i], in_schema, name))
            return true;
    return false;
}

static void take(matching *m, size_t to, size_t from) {
    m->partners[to] = &m->from->tables[from];
    m->is_taken[from] = true;
}

static bool is_by_name(const matching *m, const structure_table *from,
                       const structure_table *to) {
    (void)m;
    return is_table(from, to->schema, to->name);
}

static bool is_by_old_name(const matching *m, const structure_table *from,
                           const structure_table *to) {
    (void)m;
    return !str_is_empty(to->renamed_from) &&
           is_table(from, to->schema, to->renamed_from);
}

/* SQLite takes them for one. */
static bool is_by_other_case(const matching *m, const structure_table *from,
                             const structure_table *to) {
    return m->to->engine == ENGINE_SQLITE &&
           str_equal_ignoring_case(from->name, to->name);
}

/* With the old name and a new schema, too. */
static bool is_from_other_schema(const matching *m, const structure_table *from,
                                 const structure_table *to) {
    return m->to->engine == ENGINE_POSTGRESQL &&
           !has_table(m->to, from->schema, from->name) &&
           (str_equal(from->name, to->name) ||
            (!str_is_empty(to->renamed_from) &&
             str_equal(from->name, to->renamed_from)));
}

static void match_tables(matching *m) {
    static bool (*const WAYS[])(const matching *, const structure_table *,
                                const structure_table *) = {
        is_by_name, is_by_old_name, is_by_other_case, is_from_other_schema};
    for (size_t way = 0; way < LENGTH(WAYS); way++)
        for (size_t i = 0; i < m->to->table_count; i++)
            for (size_t k = 0;
                 k < m->from->table_count && m->partners[i] == NULL; k++)
                if (!m->is_taken[k] &&
                    WAYS[way](m, &m->from->tables[k], &m->to->tables[i]))
                    take(m, i, k);
}

/* ---- Columns ------------------------------------------------------------ */

static const structure_column *find(const structure_table *t, str name) {
    for (size_t i = 0; i < t->column_count; i++)
        if (str_equal(t->columns[i].name, name))
            return &t->columns[i];
    return NULL;
}

static const structure_column *find_in_any_case(const structure_table *t,
                                                str name) {
    for (size_t i = 0; i < t->column_count; i++)
        if (str_equal_ignoring_case(t->columns[i].name, name))
            return &t->columns[i];
    return NULL;
}

static const structure_column *partner_of(const table_pair *p,
                                          const structure_column *to,
                                          engine_kind engine) {
    const structure_column *from = find(p->from, to->name);
    if (from != NULL)
        return from;
    from = find(p->from, to->renamed_from);
    if (from != NULL && find(p->to, from->name) == NULL)
        return from;
    if (engine != ENGINE_SQLITE)
        return NULL;
    from = find_in_any_case(p->from, to->name);
    return from != NULL && find(p->to, from->name) == NULL ? from : NULL;
}

static bool is_matched(const table_pair *p, const structure_column *from) {
    for (size_t i = 0; i < p->column_count; i++)
        if (p->columns[i].from == from)
            return true;
    return false;
}

static void match_columns(arena *a, table_pair *p, engine_kind engine) {
    for (size_t i = 0; i < p->to->column_count; i++) {
        column_pair c = {.to = &p->to->columns[i]};
        c.from = partner_of(p, c.to, engine);
        if (c.from != NULL && is_matched(p, c.from))
            c.from = NULL;
        ARENA_PUSH(a, p->columns, p->column_count, c);
    }
    for (size_t i = 0; i < p->from->column_count; i++) {
        column_pair c = {.from = &p->from->columns[i]};
        if (!is_matched(p, c.from))
            ARENA_PUSH(a, p->columns, p->column_count, c);
    }
}

bool plan_match_is_renamed(const column_pair *c) {
    return c->from != NULL && c->to != NULL &&
           !str_equal(c->from->name, c->to->name);
}

/* ---- The whole ---------------------------------------------------------- */

static table_pair pair_of(const matching *m, size_t at) {
    table_pair p = {.from = m->partners[at], .to = &m->to->tables[at]};
    if (p.from == NULL)
        return p;
    p.is_renamed = !is_table(p.from, p.to->schema, p.to->name);
    match_columns(m->a, &p, m->to->engine);
    return p;
}

plan_match plan_match_make(arena *a, const structure *from,
                           const structure *to) {
    matching m = {
        .a = a,
        .from = from,
        .to = to,
        .partners =
            arena_new_array(a, const structure_table *, to->table_count),
        .is_taken = arena_new_array(a, bool, from->table_count),
    };
    match_tables(&m);
    plan_match out = {0};
    for (size_t i = 0; i < to->table_count; i++) {
        table_pair p = pair_of(&m, i);
        ARENA_PUSH(a, out.tables, out.table_count, p);
    }
    for (size_t i = 0; i < from->table_count; i++) {
        table_pair p = {.from = &from->tables[i]};
        if (!m.is_taken[i] && !structure_is_table_of_tool(p.from->name))
            ARENA_PUSH(a, out.tables, out.table_count, p);
    }
    return out;
}

/* ---- New names ---------------------------------------------------------- */

static const table_pair *pair_of_table(const plan_match *m, str in_schema,
                                       str name) {
    for (size_t i = 0; i < m->table_count; i++)
        if (m->tables[i].from != NULL &&
            is_table(m->tables[i].from, in_schema, name))
            return &m->tables[i];
    return NULL;
}

static str new_name(const table_pair *p, str column) {
    for (size_t i = 0; p != NULL && i < p->column_count; i++)
        if (plan_match_is_renamed(&p->columns[i]) &&
            str_equal(p->columns[i].from->name, column))
            return p->columns[i].to->name;
    return column;
}

static const str *new_names(arena *a, const table_pair *p, const str *columns,
                            size_t count) {
    str *names = arena_new_array(a, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = new_name(p, columns[i]);
    return names;
}

static void rename_indexes(arena *a, const table_pair *p,
                           structure_table *out) {
    structure_index *indexes =
        arena_new_array(a, structure_index, out->index_count);
    for (size_t i = 0; i < out->index_count; i++) {
        indexes[i] = out->indexes[i];
        structure_part *parts =
            arena_new_array(a, structure_part, indexes[i].part_count);
        for (size_t k = 0; k < indexes[i].part_count; k++) {
            parts[k] = indexes[i].parts[k];
            parts[k].column = new_name(p, parts[k].column);
        }
        indexes[i].parts = parts;
    }
    out->indexes = indexes;
}

static void rename_foreign_keys(arena *a, const plan_match *m,
                                const table_pair *p, structure_table *out) {
    structure_foreign_key *keys =
        arena_new_array(a, structure_foreign_key, out->foreign_key_count);
    for (size_t i = 0; i < out->foreign_key_count; i++) {
        structure_foreign_key *f = &keys[i];
        *f = out->foreign_keys[i];
        str in_schema =
            str_is_empty(f->parent_schema) ? p->from->schema : f->parent_schema;
        const table_pair *parent = pair_of_table(m, in_schema, f->parent);
        f->columns = new_names(a, p, f->columns, f->column_count);
        f->references = new_names(a, parent, f->references, f->column_count);
        if (parent == NULL || parent->to == NULL)
            continue;
        f->parent = parent->to->name;
        f->parent_schema = parent->to->schema;
    }
    out->foreign_keys = keys;
}

static void rename_columns(arena *a, const table_pair *p,
                           structure_table *out) {
    structure_column *columns =
        arena_new_array(a, structure_column, out->column_count);
    for (size_t i = 0; i < out->column_count; i++) {
        columns[i] = out->columns[i];
        columns[i].name = new_name(p, columns[i].name);
    }
    out->columns = columns;
    structure_check *checks =
        arena_new_array(a, structure_check, out->check_count);
    for (size_t i = 0; i < out->check_count; i++) {
        checks[i] = out->checks[i];
        checks[i].column = new_name(p, checks[i].column);
    }
    out->checks = checks;
}

structure_table plan_match_rename(arena *a, const plan_match *m,
                                  const table_pair *pair) {
    structure_table out = *pair->from;
    out.schema = pair->to->schema;
    out.name = pair->to->name;
    out.primary_key.columns = new_names(a, pair, out.primary_key.columns,
                                        out.primary_key.column_count);
    rename_columns(a, pair, &out);
    rename_indexes(a, pair, &out);
    rename_foreign_keys(a, m, pair, &out);
    return out;
}
