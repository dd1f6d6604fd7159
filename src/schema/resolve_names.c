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

static bool take_name(resolver *r, map *taken, diag_code code, const char *what,
                      str name, source_span span) {
    taker *t = arena_new_array(r->arena, taker, 1);
    *t = (taker){name, span};
    str folded = fold(r->arena, name);
    if (map_add(taken, folded, t))
        return true;
    report_taken(r, code, what, t, map_find(taken, folded));
    return false;
}

static void check_table(resolver *r, model_draft *m, map *taken) {
    str table = m->model->table;
    if (str_starts_with(fold(r->arena, table), STR("sqlite_")))
        diag_add(r->arena, r->diags, DIAG_BAD_DATABASE_NAME, m->model->span,
                 "SQLite keeps table names that start with 'sqlite_' to "
                 "itself");
    if (!take_name(r, taken, DIAG_DUPLICATE_TABLE, "table", table,
                   m->model->span))
        m->is_damaged = true;
}

static void check_columns(resolver *r, const model_draft *m) {
    map *taken = map_new(r->arena);
    for (size_t i = 0; i < m->model->field_count; i++) {
        const field_draft *f = &m->fields[i];
        if (!f->is_damaged && f->field->kind != FIELD_RELATION)
            take_name(r, taken, DIAG_DUPLICATE_COLUMN, "column",
                      f->field->column, f->field->span);
    }
}

static void name_key(resolver *r, const model_draft *m, key *k, str suffix,
                     bool has_columns, map *taken) {
    if (str_is_empty(k->name))
        k->name = naming_constraint(r->arena, m->model->table, k->fields,
                                    has_columns ? k->field_count : 0, suffix,
                                    NAMING_NO_LIMIT);
    take_name(r, taken, DIAG_DUPLICATE_CONSTRAINT, "constraint", k->name,
              k->span);
}

/* PostgreSQL's rule, which is the stricter one: tables, keys and indexes share
 * one space of names. */
static void name_keys(resolver *r, const model_draft *m, map *taken) {
    if (m->primary_key != NULL)
        name_key(r, m, m->primary_key, STR("_pkey"), false, taken);
    for (size_t i = 0; i < m->model->unique_count; i++)
        name_key(r, m, &m->uniques[i], STR("_key"), true, taken);
    for (size_t i = 0; i < m->model->index_count; i++)
        name_key(r, m, &m->indexes[i], STR("_idx"), true, taken);
}

/* Two foreign keys over the same columns have the same name. SQLite, which does
 * not name them, takes that, and so do we. */
static void name_foreign_keys(resolver *r, const model_draft *m) {
    for (size_t i = 0; i < m->model->relation_count; i++) {
        relation *rel = m->relations[i];
        if (str_is_empty(rel->constraint_name))
            rel->constraint_name = naming_constraint(
                r->arena, m->model->table, rel->columns, rel->column_count,
                STR("_fkey"), NAMING_NO_LIMIT);
    }
}

void resolve_database_names(resolver *r) {
    map *taken = map_new(r->arena);
    for (size_t i = 0; i < r->model_count; i++)
        check_table(r, &r->model_drafts[i], taken);
    for (size_t i = 0; i < r->model_count; i++) {
        const model_draft *m = &r->model_drafts[i];
        check_columns(r, m);
        if (m->is_damaged)
            continue;
        name_keys(r, m, taken);
        name_foreign_keys(r, m);
    }
}
