/* The last checks: names that must be unique in the database. */
#include "base/ascii.h"
#include "schema/naming.h"
#include "schema/resolve_draft.h"

/* SQLite takes names that differ in the case of ASCII letters for one. */
static str fold(arena *a, str name) {
    char *folded = arena_take(a, name.len + 1, 1);
    for (size_t i = 0; i < name.len; i++)
        folded[i] = ascii_lower(name.ptr[i]);
    return (str){folded, name.len};
}

/* What took a name: a table, a key or an index. */
typedef struct taker {
    str name;
    source_span span;
} taker;

static void report_taken(resolver *r, diag_code code, const char *what,
                         const taker *t, const taker *first) {
    bool is_equal = str_equal(t->name, first->name);
    diag *d =
        diag_add(r->arena, r->diags, code, t->span,
                 "the name '%.*s' of this %s is taken%s", STR_ARG(t->name),
                 what, is_equal ? "" : ", but for upper and lower case");
    diag_relate(r->arena, d, first->span, "by this");
    diag_help(r->arena, d, "give it another with '%s'",
              code == DIAG_DUPLICATE_TABLE    ? "@@map"
              : code == DIAG_DUPLICATE_COLUMN ? "@map"
                                              : "map:");
}

/* As the engine tells names apart. PostgreSQL has a space of names for each of
 * its schemas. */
static str identity_of(resolver *r, str space, str name) {
    if (r->engine == ENGINE_SQLITE)
        return fold(r->arena, name);
    return str_is_empty(space) ? name
                               : arena_printf(r->arena, "%.*s.%.*s",
                                              STR_ARG(space), STR_ARG(name));
}

static bool take_name(resolver *r, map *taken, diag_code code, const char *what,
                      str space, str name, source_span span) {
    taker *t = arena_new_array(r->arena, taker, 1);
    *t = (taker){name, span};
    str identity = identity_of(r, space, name);
    if (map_add(taken, identity, t))
        return true;
    report_taken(r, code, what, t, map_find(taken, identity));
    return false;
}

/* PostgreSQL would cut it in silence, and two such names may become one. */
static bool check_length(resolver *r, str name, source_span span) {
    size_t limit = naming_limit(r->engine);
    if (name.len <= limit)
        return true;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_NAME_TOO_LONG, span,
                 "the name '%.*s' has %zu bytes, %.*s takes %zu", STR_ARG(name),
                 name.len, STR_ARG(engine_kind_title(r->engine)), limit);
    diag_help(r->arena, d, "give a shorter one with @map, @@map or map:");
    return false;
}

static void check_table(resolver *r, model_draft *m, map *taken) {
    str table = m->model->table;
    if (r->engine == ENGINE_SQLITE &&
        str_starts_with(fold(r->arena, table), STR("sqlite_")))
        diag_add(r->arena, r->diags, DIAG_BAD_DATABASE_NAME, m->model->span,
                 "SQLite keeps table names that start with 'sqlite_' to "
                 "itself");
    bool is_fine = check_length(r, table, m->model->span) &&
                   take_name(r, taken, DIAG_DUPLICATE_TABLE, "table",
                             m->model->database_schema, table, m->model->span);
    m->is_damaged = m->is_damaged || !is_fine;
}

/* On PostgreSQL a table is a type, too. */
static void check_enum(resolver *r, const enumeration *e, map *taken) {
    if (r->engine == ENGINE_POSTGRESQL &&
        check_length(r, e->database_name, e->span))
        (void)take_name(r, taken, DIAG_DUPLICATE_TABLE, "enum",
                        e->database_schema, e->database_name, e->span);
}

static void check_columns(resolver *r, const model_draft *m) {
    map *taken = map_new_beside(r->arena, r->declared);
    for (size_t i = 0; i < m->model->field_count; i++) {
        const field_draft *f = &m->fields[i];
        bool is_column = !f->is_damaged && f->field->kind != FIELD_RELATION;
        if (is_column && check_length(r, f->field->column, f->field->span))
            take_name(r, taken, DIAG_DUPLICATE_COLUMN, "column", (str){0},
                      f->field->column, f->field->span);
    }
}

/* The spaces of names that a model's keys are in. On PostgreSQL those of the
 * tables and, with the foreign keys, one of the model; SQLite names neither
 * primary keys nor foreign keys. */
typedef struct spaces {
    map *tables;
    map *constraints; /* of the model */
} spaces;

static void name_key(resolver *r, const model_draft *m, key *k, str suffix,
                     bool is_primary, const spaces *s) {
    const model *of = m->model;
    bool is_given = !str_is_empty(k->name);
    if (!is_given)
        k->name = naming_constraint(r->arena, of->table, k->fields,
                                    is_primary ? 0 : k->field_count, suffix,
                                    naming_limit(r->engine));
    bool has_name = !of->is_view && (!is_primary || r->engine != ENGINE_SQLITE);
    if (!has_name || (is_given && !check_length(r, k->name, k->span)))
        return;
    bool is_free =
        take_name(r, s->tables, DIAG_DUPLICATE_CONSTRAINT, "constraint",
                  of->database_schema, k->name, k->span);
    if (is_free && r->engine == ENGINE_POSTGRESQL)
        (void)take_name(r, s->constraints, DIAG_DUPLICATE_CONSTRAINT,
                        "constraint", (str){0}, k->name, k->span);
}

static str suffix_of(const key *unique) {
    if (unique->is_partial)
        return STR(NAMING_PARTIAL_KEY_SUFFIX);
    return unique->is_of_live ? STR(NAMING_LIVE_KEY_SUFFIX) : STR("_key");
}

static str suffix_of_index(const key *index) {
    if (index->is_of_deleted)
        return STR(NAMING_DELETED_INDEX_SUFFIX);
    return index->is_partial ? STR(NAMING_PARTIAL_INDEX_SUFFIX) : STR("_idx");
}

static void name_keys(resolver *r, const model_draft *m, const spaces *s) {
    if (m->primary_key != NULL)
        name_key(r, m, m->primary_key, STR("_pkey"), true, s);
    for (size_t i = 0; i < m->model->unique_count; i++)
        name_key(r, m, &m->uniques[i], suffix_of(&m->uniques[i]), false, s);
    for (size_t i = 0; i < m->model->index_count; i++)
        name_key(r, m, &m->indexes[i], suffix_of_index(&m->indexes[i]), false,
                 s);
}

/* Two foreign keys over the same columns have the same name, which SQLite does
 * not mind. */
static void name_foreign_keys(resolver *r, const model_draft *m,
                              const spaces *s) {
    for (size_t i = 0; i < m->model->relation_count; i++) {
        relation *rel = m->relations[i];
        source_span span = rel->child_field->span;
        bool is_given = !str_is_empty(rel->constraint_name);
        if (!is_given)
            rel->constraint_name = naming_constraint(
                r->arena, m->model->table, rel->columns, rel->column_count,
                STR("_fkey"), naming_limit(r->engine));
        bool is_made = relation_has_foreign_key(rel) &&
                       !r->datasource.has_no_foreign_keys &&
                       r->engine == ENGINE_POSTGRESQL;
        if (is_made &&
            (!is_given || check_length(r, rel->constraint_name, span)))
            (void)take_name(r, s->constraints, DIAG_DUPLICATE_CONSTRAINT,
                            "foreign key", (str){0}, rel->constraint_name,
                            span);
    }
}

static void name_join_tables(resolver *r, const spaces *s) {
    for (size_t i = 0; i < r->many_to_many_count; i++) {
        relation *rel = r->many_to_many[i];
        str prefixed = arena_printf(r->arena, "_%.*s", STR_ARG(rel->name));
        rel->join_table = naming_constraint(r->arena, prefixed, NULL, 0,
                                            (str){0}, naming_limit(r->engine));
        (void)take_name(r, s->tables, DIAG_DUPLICATE_TABLE, "join table",
                        rel->child->database_schema, rel->join_table,
                        rel->child_field->span);
    }
}

void resolve_database_names(resolver *r) {
    spaces s = {.tables = map_new_beside(r->arena, r->declared)};
    for (size_t i = 0; i < r->model_count; i++)
        check_table(r, &r->model_drafts[i], s.tables);
    for (size_t i = 0; i < r->enum_count; i++)
        check_enum(r, &r->enums[i], s.tables);
    for (size_t i = 0; i < r->model_count; i++) {
        const model_draft *m = &r->model_drafts[i];
        check_columns(r, m);
        if (m->is_damaged)
            continue;
        s.constraints = map_new_beside(r->arena, r->declared);
        name_keys(r, m, &s);
        name_foreign_keys(r, m, &s);
    }
    name_join_tables(r, &s);
}
