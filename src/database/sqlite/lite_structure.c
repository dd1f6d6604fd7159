#include "database/sqlite/lite_structure.h"

#include "database/sqlite/lite_catalog.h"
#include "database/sqlite/lite_definition.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_token.h"
#include "schema/referential_action.h"

/* What is known of one table, on the way to its structure. */
typedef struct reading {
    arena *a;
    const lite_catalog *catalog;
    lite_table table;
    lite_definition definition;
    structure_table *out;
} reading;

/* ---- Columns ------------------------------------------------------------ */

static bool is_rowid(const reading *r, const lite_column *c) {
    if (c->key_position == 0 || r->out->is_without_rowid ||
        !str_equal_ignoring_case(c->type, STR("INTEGER")))
        return false;
    size_t parts = 0;
    for (size_t i = 0; i < r->table.column_count; i++)
        parts += r->table.columns[i].key_position > 0;
    return parts == 1;
}

static const lite_column_definition *definition_of(const reading *r,
                                                   str column) {
    for (size_t i = 0; i < r->definition.column_count; i++)
        if (str_equal(r->definition.columns[i].name, column))
            return &r->definition.columns[i];
    return NULL;
}

static str extra_of(const reading *r, str column) {
    const lite_column_definition *d = definition_of(r, column);
    if (d == NULL || str_is_empty(d->collation))
        return d != NULL ? d->generated : STR("");
    return arena_printf(r->a, "COLLATE %.*s%s%.*s", STR_ARG(d->collation),
                        str_is_empty(d->generated) ? "" : " ",
                        STR_ARG(d->generated));
}

static structure_column column_of(const reading *r, const lite_column *c) {
    structure_column out = {
        .name = c->name,
        .type = c->type,
        /* The row number is never null, whatever the table says; and no key is
         * meant to be, though SQLite lets it unless NOT NULL is said. */
        .is_required = c->is_required || c->key_position > 0,
        .is_generated = c->is_generated,
        .extra = extra_of(r, c->name),
    };
    if (is_rowid(r, c)) {
        out.default_kind = COLUMN_AUTOINCREMENT;
    } else if (c->has_default &&
               !str_equal_ignoring_case(c->default_sql, STR("NULL"))) {
        out.default_kind = COLUMN_EXPRESSION;
        out.default_sql = c->default_sql;
    }
    return out;
}

static void read_columns(reading *r) {
    structure_column *columns = NULL;
    size_t count = 0;
    for (size_t i = 0; i < r->table.column_count; i++) {
        structure_column c = column_of(r, &r->table.columns[i]);
        ARENA_PUSH(r->a, columns, count, c);
    }
    r->out->columns = columns;
    r->out->column_count = count;
}

static void read_primary_key(reading *r) {
    str *columns = NULL;
    size_t count = 0;
    for (int64_t at = 1; at <= (int64_t)r->table.column_count; at++)
        for (size_t i = 0; i < r->table.column_count; i++)
            if (r->table.columns[i].key_position == at)
                ARENA_PUSH(r->a, columns, count, r->table.columns[i].name);
    r->out->primary_key.columns = columns;
    r->out->primary_key.column_count = count;
}

/* ---- Indexes ------------------------------------------------------------ */

static str sql_of_index(const reading *r, str name) {
    const lite_object *o = lite_catalog_find(r->catalog, STR("index"), name);
    return o != NULL ? o->sql : STR("");
}

/* Does it order texts otherwise than its columns do? */
static bool has_other_collation(const reading *r, const lite_index *x) {
    for (size_t i = 0; i < x->column_count; i++) {
        const lite_column_definition *d = definition_of(r, x->columns[i]);
        str own =
            d != NULL && d->collation.len > 0 ? d->collation : STR("BINARY");
        if (!str_equal_ignoring_case(own, x->collations[i]))
            return true;
    }
    return false;
}

/* What stands behind the WHERE, which is in no brackets. */
static str condition_of(str sql) {
    size_t depth = 0;
    str rest = sql;
    for (;;) {
        lite_token t = lite_token_take(&rest);
        if (t.kind == LITE_TOKEN_END)
            return STR("");
        if (lite_token_is_mark(t, '('))
            depth++;
        else if (lite_token_is_mark(t, ')') && depth > 0)
            depth--;
        else if (depth == 0 && lite_token_is_word(t, STR("WHERE")))
            return str_trim(rest);
    }
}

static structure_index index_of(const reading *r, const lite_index *x) {
    structure_index out = {
        .name = x->name,
        .is_unique = x->is_unique,
        .is_constraint = x->is_of_constraint,
    };
    bool is_special = x->is_expression || has_other_collation(r, x);
    if (is_special || x->is_partial)
        out.definition = sql_of_index(r, x->name);
    if (!is_special && x->is_partial)
        out.condition = condition_of(out.definition);
    structure_part *parts = NULL;
    for (size_t i = 0; i < x->column_count; i++) {
        structure_part part = {.column = x->columns[i],
                               .is_descending = x->is_descending[i]};
        ARENA_PUSH(r->a, parts, out.part_count, part);
    }
    out.parts = parts;
    return out;
}

static void read_indexes(reading *r) {
    structure_index *indexes = NULL;
    size_t count = 0;
    for (size_t i = 0; i < r->table.index_count; i++) {
        if (r->table.indexes[i].is_primary_key)
            continue;
        structure_index x = index_of(r, &r->table.indexes[i]);
        ARENA_PUSH(r->a, indexes, count, x);
    }
    r->out->indexes = indexes;
    r->out->index_count = count;
}

/* ---- Foreign keys ------------------------------------------------------- */

/* REFERENCES "T" alone means T's primary key. */
static err *resolve_references(arena *a, sqlite3 *db, lite_foreign_key *f) {
    lite_table parent;
    TRY(lite_table_read(a, db, f->parent, &parent));
    for (size_t i = 0; i < f->column_count; i++)
        for (size_t k = 0; k < parent.column_count; k++)
            if (parent.columns[k].key_position == (int64_t)i + 1)
                f->references[i] = parent.columns[k].name;
    return NULL;
}

/* SQLite numbers them from the last one backwards. */
static str foreign_key_name(const reading *r, const lite_foreign_key *f) {
    size_t count = r->definition.foreign_key_count;
    if (count != r->table.foreign_key_count || f->id < 0 ||
        (size_t)f->id >= count)
        return STR("");
    return r->definition.foreign_key_names[count - 1 - (size_t)f->id];
}

static err *add_foreign_key(reading *r, sqlite3 *db, lite_foreign_key *f,
                            structure_foreign_key *out) {
    if (str_is_empty(f->references[0]))
        TRY(resolve_references(r->a, db, f));
    *out = (structure_foreign_key){
        .name = foreign_key_name(r, f),
        .columns = f->columns,
        .references = f->references,
        .column_count = f->column_count,
        .parent = f->parent,
    };
    if (!referential_action_find_sql(f->on_delete, &out->on_delete) ||
        !referential_action_find_sql(f->on_update, &out->on_update))
        return err_new(r->a, ERR_UNSUPPORTED,
                       "a foreign key of table \"%.*s\" has the action %.*s",
                       STR_ARG(r->out->name), STR_ARG(f->on_delete));
    return NULL;
}

static err *read_foreign_keys(reading *r, sqlite3 *db) {
    structure_foreign_key *keys = NULL;
    size_t count = 0;
    for (size_t i = r->table.foreign_key_count; i-- > 0;) {
        structure_foreign_key f;
        TRY(add_foreign_key(r, db, &r->table.foreign_keys[i], &f));
        ARENA_PUSH(r->a, keys, count, f);
    }
    r->out->foreign_keys = keys;
    r->out->foreign_key_count = count;
    return NULL;
}

/* ---- Tables ------------------------------------------------------------- */

/* A CHECK of ours is called <table>_<column>_check. */
static str column_of_check(const reading *r, str name) {
    str rest = name;
    if (!str_starts_with(rest, r->out->name))
        return STR("");
    str_take(&rest, r->out->name.len);
    for (size_t i = 0; i < r->table.column_count; i++) {
        str column = r->table.columns[i].name;
        if (rest.len == column.len + 7 && rest.ptr[0] == '_' &&
            str_equal(str_slice(rest, 1, column.len + 1), column) &&
            str_ends_with(rest, STR("_check")))
            return column;
    }
    return STR("");
}

static void read_checks(reading *r) {
    for (size_t i = 0; i < r->definition.check_count; i++) {
        structure_check *check = &r->definition.checks[i];
        check->column = column_of_check(r, check->name);
    }
    r->out->checks = r->definition.checks;
    r->out->check_count = r->definition.check_count;
}

static void read_triggers(reading *r) {
    structure_trigger *triggers = NULL;
    size_t count = 0;
    for (size_t i = 0; i < r->catalog->object_count; i++) {
        const lite_object *o = &r->catalog->objects[i];
        structure_trigger trigger = {o->name, o->sql};
        if (str_equal(o->type, STR("trigger")) &&
            str_equal_ignoring_case(o->table, r->out->name))
            ARENA_PUSH(r->a, triggers, count, trigger);
    }
    r->out->triggers = triggers;
    r->out->trigger_count = count;
}

static err *read_table(arena *a, sqlite3 *db, const lite_catalog *catalog,
                       structure_table *out) {
    reading r = {.a = a, .catalog = catalog, .out = out};
    TRY(lite_table_read(a, db, out->name, &r.table));
    if (!lite_definition_read(a, out->sql, &r.definition))
        return err_new(a, ERR_UNSUPPORTED,
                       "cannot read how table \"%.*s\" was made",
                       STR_ARG(out->name));
    read_columns(&r);
    read_primary_key(&r);
    read_indexes(&r);
    read_checks(&r);
    read_triggers(&r);
    return read_foreign_keys(&r, db);
}

/* ---- The whole ---------------------------------------------------------- */

static err *read_tables(arena *a, sqlite3 *db, const lite_catalog *catalog,
                        structure *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, db,
                     STR("SELECT s.name, t.wr, t.strict"
                         " FROM sqlite_schema s JOIN pragma_table_list t"
                         " ON t.schema = 'main' AND t.name = s.name"
                         " WHERE s.type = 'table' AND t.type = 'table'"
                         " AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
                         " ORDER BY s.rowid"),
                     0, &row));
    structure_table *tables = NULL;
    size_t count = 0;
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        structure_table t = {.name = arena_copy(a, lite_column_text(row, 0))};
        t.is_without_rowid = sqlite3_column_int(row, 1) != 0;
        t.is_strict = sqlite3_column_int(row, 2) != 0;
        t.sql = lite_catalog_find(catalog, STR("table"), t.name)->sql;
        ARENA_PUSH(a, tables, count, t);
    }
    TRY(lite_check(a, db, rc));
    out->tables = tables;
    out->table_count = count;
    for (size_t i = 0; i < count; i++)
        TRY(read_table(a, db, catalog, &tables[i]));
    return NULL;
}

/* A view over what is no longer there has no columns that could be told. */
static void read_view_columns(arena *a, sqlite3 *db, structure_view *view) {
    lite_table table;
    structure_column *columns = NULL;
    if (lite_table_read(a, db, view->name, &table) != NULL)
        return;
    for (size_t i = 0; i < table.column_count; i++) {
        structure_column c = {.name = table.columns[i].name,
                              .type = table.columns[i].type};
        ARENA_PUSH(a, columns, view->column_count, c);
    }
    view->columns = columns;
}

static void read_views(arena *a, sqlite3 *db, const lite_catalog *catalog,
                       structure *out) {
    structure_view *views = NULL;
    for (size_t i = 0; i < catalog->object_count; i++) {
        const lite_object *o = &catalog->objects[i];
        structure_view view = {.name = o->name, .definition = o->sql};
        if (!str_equal(o->type, STR("view")))
            continue;
        read_view_columns(a, db, &view);
        ARENA_PUSH(a, views, out->view_count, view);
    }
    out->views = views;
}

err *lite_structure_read(arena *a, sqlite3 *db, structure *out) {
    lite_catalog catalog;
    TRY(lite_catalog_read(a, db, &catalog));
    *out = (structure){.engine = ENGINE_SQLITE};
    TRY(read_tables(a, db, &catalog, out));
    read_views(a, db, &catalog, out);
    return NULL;
}
