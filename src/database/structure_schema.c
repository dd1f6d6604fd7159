/* The structure that a schema asks for. */
#include "base/assert.h"
#include "database/condition_sql.h"
#include "database/postgres/pg_function.h"
#include "database/postgres/pg_operator_class.h"
#include "database/postgres/pg_type.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_type.h"
#include "database/state_trigger.h"
#include "database/structure.h"
#include "schema/naming.h"

typedef struct maker {
    arena *a;
    const schema *schema;
    size_t name_limit;
} maker;

static bool is_lite(const maker *m) {
    return m->schema->engine == ENGINE_SQLITE;
}

/* ---- Columns ------------------------------------------------------------ */

static bool make_default(const maker *m, const field *f, str *out) {
    return is_lite(m) ? lite_type_default(m->a, f, out)
                      : pg_type_default(m->a, f, out);
}

static bool counts_up(const maker *m, const field *f) {
    return is_lite(m) ? lite_type_is_rowid(f)
                      : f->default_value.kind == DEFAULT_AUTOINCREMENT;
}

static structure_column make_column(const maker *m, const field *f) {
    structure_column c = {
        .name = f->column,
        .type = is_lite(m) ? lite_type_of(f) : pg_type_of(m->a, f),
        /* As Prisma's: a list is never NOT NULL. What counts up always is. */
        .is_required = (!f->is_optional && !f->is_list) || counts_up(m, f),
        .renamed_from = f->renamed_from,
        .field = f,
    };
    if (make_default(m, f, &c.default_sql))
        c.default_kind = COLUMN_EXPRESSION;
    if (counts_up(m, f))
        c.default_kind = COLUMN_AUTOINCREMENT;
    return c;
}

static void add_columns(const maker *m, const model *from,
                        structure_table *out) {
    structure_column *columns =
        arena_new_array(m->a, structure_column, from->column_count);
    for (size_t i = 0; i < from->column_count; i++)
        columns[i] = make_column(m, from->columns[i]);
    out->columns = columns;
    out->column_count = from->column_count;
}

/* ---- Checks ------------------------------------------------------------- */

static bool can_be_strict(const structure_table *t) {
    for (size_t i = 0; i < t->column_count; i++)
        if (!lite_type_is_strict(t->columns[i].type))
            return false;
    return true;
}

/* What the values of SQLite's columns must be. */
static structure_check *add_type_checks(const maker *m, structure_table *out) {
    out->is_strict = can_be_strict(out);
    structure_check *checks = NULL;
    for (size_t i = 0; i < out->column_count; i++) {
        const structure_column *c = &out->columns[i];
        structure_check check = {.column = c->name};
        if (c->field == NULL ||
            !lite_type_check(m->a, c->field, out->is_strict, &check.expression))
            continue;
        check.name = arena_printf(m->a, "%.*s_%.*s_check", STR_ARG(out->name),
                                  STR_ARG(c->name));
        ARENA_PUSH(m->a, checks, out->check_count, check);
    }
    return checks;
}

/* @@check, @@exactlyOne and their like. from is NULL for a join table. */
static void add_checks(const maker *m, const model *from,
                       structure_table *out) {
    structure_check *checks = is_lite(m) ? add_type_checks(m, out) : NULL;
    for (size_t i = 0; from != NULL && i < from->validation_count; i++) {
        const validation *rule = &from->validations[i];
        if (str_is_empty(rule->constraint))
            continue;
        structure_check check = {
            .name = rule->constraint,
            .expression = condition_sql_of_rule(m->a, m->schema->engine, rule)};
        ARENA_PUSH(m->a, checks, out->check_count, check);
    }
    out->checks = checks;
}

/* ---- Keys and indexes --------------------------------------------------- */

static const str *names_of(const maker *m, const field *const *fields,
                           size_t count) {
    str *names = arena_new_array(m->a, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = fields[i]->column;
    return names;
}

static structure_primary_key make_primary_key(const maker *m, const key *k) {
    if (k == NULL)
        return (structure_primary_key){0};
    return (structure_primary_key){
        .name = is_lite(m) ? STR("") : k->name,
        .columns = names_of(m, k->fields, k->field_count),
        .column_count = k->field_count,
    };
}

static structure_index make_index(const maker *m, const key *k,
                                  bool is_unique) {
    structure_part *parts =
        arena_new_array(m->a, structure_part, k->field_count);
    for (size_t i = 0; i < k->field_count; i++) {
        parts[i].column = k->fields[i]->column;
        if (k->options == NULL)
            continue;
        parts[i].is_descending = k->options[i].is_descending;
        if (!is_lite(m) && !pg_operator_class_is_default(
                               k->method, k->options[i].operator_class))
            parts[i].operator_class = k->options[i].operator_class;
    }
    return (structure_index){
        .name = k->name,
        .is_unique = is_unique,
        .method = is_lite(m) ? INDEX_BTREE : k->method,
        .parts = parts,
        .part_count = k->field_count,
        .condition = k->where == NULL
                         ? (str){0}
                         : condition_sql(m->a, m->schema->engine, k->where),
    };
}

static void add_indexes(const maker *m, const model *from,
                        structure_table *out) {
    size_t count = from->unique_count + from->index_count;
    structure_index *indexes = arena_new_array(m->a, structure_index, count);
    for (size_t i = 0; i < from->unique_count; i++)
        indexes[i] = make_index(m, &from->uniques[i], true);
    for (size_t i = 0; i < from->index_count; i++)
        indexes[from->unique_count + i] =
            make_index(m, &from->indexes[i], false);
    out->indexes = indexes;
    out->index_count = count;
}

/* ---- Foreign keys ------------------------------------------------------- */

static str schema_of_parent(const model *child, const model *parent) {
    return str_equal(child->database_schema, parent->database_schema)
               ? STR("")
               : parent->database_schema;
}

static void add_foreign_keys(const maker *m, const model *from,
                             structure_table *out) {
    if (m->schema->datasource.has_no_foreign_keys)
        return;
    structure_foreign_key *keys =
        arena_new_array(m->a, structure_foreign_key, from->relation_count);
    for (size_t i = 0; i < from->relation_count; i++) {
        const relation *r = from->relations[i];
        if (!relation_has_foreign_key(r))
            continue;
        keys[out->foreign_key_count++] = (structure_foreign_key){
            .name = r->constraint_name,
            .columns = names_of(m, r->columns, r->column_count),
            .references = names_of(m, r->references, r->column_count),
            .column_count = r->column_count,
            .parent_schema = schema_of_parent(from, r->parent),
            .parent = r->parent->table,
            .on_delete = r->on_delete,
            .on_update = r->on_update,
        };
    }
    out->foreign_keys = keys;
}

/* ---- Tables ------------------------------------------------------------- */

static void finish_table(const maker *m, const model *from,
                         structure_table *out) {
    add_checks(m, from, out);
    if (is_lite(m))
        out->sql = lite_ddl_table(m->a, out);
    else
        pg_function_add_triggers(m->a, out);
    if (from != NULL && from->state_count > 0)
        state_trigger_add(m->a, m->schema->engine, from, out);
}

static structure_table make_table(const maker *m, const model *from) {
    structure_table t = {
        .schema = is_lite(m) ? STR("") : from->database_schema,
        .name = from->table,
        .primary_key = make_primary_key(m, from->primary_key),
        .renamed_from = from->renamed_from,
    };
    add_columns(m, from, &t);
    add_indexes(m, from, &t);
    add_foreign_keys(m, from, &t);
    finish_table(m, from, &t);
    return t;
}

/* ---- Tables of many-to-many relations ----------------------------------- */

static const str JOIN_COLUMNS[] = {STR_INIT("A"), STR_INIT("B")};

static str join_name(const maker *m, const relation *r, str suffix) {
    return naming_constraint(m->a, r->join_table, NULL, 0, suffix,
                             m->name_limit);
}

static structure_column make_join_column(const maker *m, const model *to,
                                         str name) {
    ASSERT(to->primary_key != NULL && to->primary_key->field_count == 1);
    const field *id = to->primary_key->fields[0];
    return (structure_column){
        .name = name,
        .type = is_lite(m) ? lite_type_of(id) : pg_type_of(m->a, id),
        .is_required = true,
    };
}

static structure_foreign_key make_join_key(const maker *m, const relation *r,
                                           const model *to, size_t column) {
    const field *id = to->primary_key->fields[0];
    return (structure_foreign_key){
        .name = join_name(m, r, column == 0 ? STR("_A_fkey") : STR("_B_fkey")),
        .columns = &JOIN_COLUMNS[column],
        .references = names_of(m, &id, 1),
        .column_count = 1,
        .parent_schema = schema_of_parent(r->child, to),
        .parent = to->table,
        .on_delete = ACTION_CASCADE,
        .on_update = ACTION_CASCADE,
    };
}

static structure_index make_join_index(const maker *m, const relation *r,
                                       bool is_unique) {
    size_t first = is_unique ? 0 : 1;
    size_t count = LENGTH(JOIN_COLUMNS) - first;
    structure_part *parts = arena_new_array(m->a, structure_part, count);
    for (size_t i = 0; i < count; i++)
        parts[i].column = JOIN_COLUMNS[first + i];
    return (structure_index){
        .name =
            join_name(m, r, is_unique ? STR("_AB_unique") : STR("_B_index")),
        .is_unique = is_unique,
        .parts = parts,
        .part_count = count,
    };
}

/* Prisma's: on PostgreSQL the pair is the primary key, on SQLite a unique
 * index. */
static structure_table make_join_table(const maker *m, const relation *r) {
    structure_column *columns = arena_new_array(m->a, structure_column, 2);
    columns[0] = make_join_column(m, r->child, JOIN_COLUMNS[0]);
    columns[1] = make_join_column(m, r->parent, JOIN_COLUMNS[1]);
    structure_table t = {
        .schema = is_lite(m) ? STR("") : r->child->database_schema,
        .name = r->join_table,
        .columns = columns,
        .column_count = 2,
    };
    structure_index *indexes = arena_new_array(m->a, structure_index, 2);
    if (is_lite(m))
        indexes[t.index_count++] = make_join_index(m, r, true);
    else
        t.primary_key = (structure_primary_key){
            join_name(m, r, STR("_AB_pkey")), JOIN_COLUMNS, 2};
    indexes[t.index_count++] = make_join_index(m, r, false);
    t.indexes = indexes;
    if (!m->schema->datasource.has_no_foreign_keys) {
        structure_foreign_key *keys =
            arena_new_array(m->a, structure_foreign_key, 2);
        keys[0] = make_join_key(m, r, r->child, 0);
        keys[1] = make_join_key(m, r, r->parent, 1);
        t.foreign_keys = keys;
        t.foreign_key_count = 2;
    }
    finish_table(m, NULL, &t);
    return t;
}

static void add_tables(const maker *m, structure *out) {
    const schema *s = m->schema;
    structure_table *tables = arena_new_array(
        m->a, structure_table, s->model_count + s->many_to_many_count);
    for (size_t i = 0; i < s->model_count; i++)
        if (!s->models[i].is_view)
            tables[out->table_count++] = make_table(m, &s->models[i]);
    for (size_t i = 0; i < s->many_to_many_count; i++)
        tables[out->table_count++] = make_join_table(m, s->many_to_many[i]);
    out->tables = tables;
}

/* ---- What only PostgreSQL has ------------------------------------------- */

static void add_enums(const maker *m, structure *out) {
    const schema *s = m->schema;
    structure_enum *enums =
        arena_new_array(m->a, structure_enum, s->enum_count);
    for (size_t i = 0; i < s->enum_count; i++) {
        const enumeration *from = &s->enums[i];
        str *values = arena_new_array(m->a, str, from->value_count);
        for (size_t k = 0; k < from->value_count; k++)
            values[k] = from->values[k].database_name;
        enums[i] = (structure_enum){
            .schema = from->database_schema,
            .name = from->database_name,
            .values = values,
            .value_count = from->value_count,
        };
    }
    out->enums = enums;
    out->enum_count = s->enum_count;
}

static void add_extensions(const maker *m, structure *out) {
    const datasource *d = &m->schema->datasource;
    structure_extension *extensions =
        arena_new_array(m->a, structure_extension, d->extension_count);
    for (size_t i = 0; i < d->extension_count; i++)
        extensions[i] =
            (structure_extension){.name = d->extensions[i].name,
                                  .schema = d->extensions[i].schema,
                                  .version = d->extensions[i].version};
    out->extensions = extensions;
    out->extension_count = d->extension_count;
}

static void add_schemas(const maker *m, structure *out) {
    static const str PUBLIC[] = {STR_INIT("public")};
    const datasource *d = &m->schema->datasource;
    out->schemas = d->schema_count > 0 ? d->schemas : PUBLIC;
    out->schema_count = d->schema_count > 0 ? d->schema_count : LENGTH(PUBLIC);
}

const structure *structure_of_schema(arena *a, const schema *s) {
    const maker m = {a, s,
                     s->engine == ENGINE_SQLITE ? NAMING_NO_LIMIT
                                                : NAMING_POSTGRESQL_LIMIT};
    structure *out = arena_new_array(a, structure, 1);
    out->engine = s->engine;
    add_tables(&m, out);
    if (is_lite(&m))
        return out;
    add_schemas(&m, out);
    add_extensions(&m, out);
    add_enums(&m, out);
    pg_function_add_all(a, out);
    return out;
}
