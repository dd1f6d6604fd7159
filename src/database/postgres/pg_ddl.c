#include "database/postgres/pg_ddl.h"

#include "base/ascii.h"
#include "database/sql.h"

static str taken(arena *a, const buf *out) {
    return arena_copy(a, buf_str(out));
}

str pg_ddl_schema(arena *a, str name) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, STR("CREATE SCHEMA IF NOT EXISTS "));
    sql_write_name(&out, name);
    return taken(a, &out);
}

str pg_ddl_extension(arena *a, const structure_extension *x) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, STR("CREATE EXTENSION IF NOT EXISTS "));
    sql_write_name(&out, x->name);
    if (!str_is_empty(x->schema)) {
        buf_append(&out, STR(" WITH SCHEMA "));
        sql_write_name(&out, x->schema);
    }
    if (!str_is_empty(x->version)) {
        buf_append(&out, STR(" VERSION "));
        sql_write_text(&out, x->version);
    }
    return taken(a, &out);
}

str pg_ddl_enum(arena *a, const structure_enum *e) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, STR("CREATE TYPE "));
    sql_write_path(&out, e->schema, e->name);
    buf_append(&out, STR(" AS ENUM ("));
    for (size_t i = 0; i < e->value_count; i++) {
        buf_append(&out, i > 0 ? STR(", ") : STR(""));
        sql_write_text(&out, e->values[i]);
    }
    buf_append_char(&out, ')');
    return taken(a, &out);
}

/* ---- Tables ------------------------------------------------------------- */

static str serial_of(str type) {
    if (str_equal(type, STR("bigint")))
        return STR("bigserial");
    return str_equal(type, STR("smallint")) ? STR("smallserial")
                                            : STR("serial");
}

static void write_column(buf *out, const structure_column *c) {
    sql_write_name(out, c->name);
    buf_append_char(out, ' ');
    buf_append(out, c->default_kind == COLUMN_AUTOINCREMENT ? serial_of(c->type)
                                                            : c->type);
    if (c->is_required)
        buf_append(out, STR(" NOT NULL"));
    if (c->default_kind != COLUMN_EXPRESSION)
        return;
    buf_append(out, STR(" DEFAULT "));
    buf_append(out, c->default_sql);
}

str pg_ddl_column(arena *a, const structure_column *c) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    write_column(&out, c);
    return taken(a, &out);
}

static void write_constraint(buf *out, str name) {
    if (str_is_empty(name))
        return;
    buf_append(out, STR("CONSTRAINT "));
    sql_write_name(out, name);
    buf_append_char(out, ' ');
}

static void write_primary_key(buf *out, const structure_primary_key *k) {
    write_constraint(out, k->name);
    buf_append(out, STR("PRIMARY KEY ("));
    sql_write_names(out, k->columns, k->column_count);
    buf_append_char(out, ')');
}

static void write_check(buf *out, const structure_check *c) {
    write_constraint(out, c->name);
    buf_append(out, STR("CHECK ("));
    buf_append(out, c->expression);
    buf_append_char(out, ')');
}

str pg_ddl_table(arena *a, const structure_table *t) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, STR("CREATE TABLE "));
    sql_write_path(&out, t->schema, t->name);
    buf_append(&out, STR(" ("));
    str before = STR("\n    ");
    for (size_t i = 0; i < t->column_count; i++) {
        buf_append(&out, before);
        write_column(&out, &t->columns[i]);
        before = STR(",\n    ");
    }
    if (t->primary_key.column_count > 0) {
        buf_append(&out, before);
        write_primary_key(&out, &t->primary_key);
        before = STR(",\n    ");
    }
    for (size_t i = 0; i < t->check_count; i++) {
        buf_append(&out, before);
        write_check(&out, &t->checks[i]);
        before = STR(",\n    ");
    }
    buf_append(&out, STR("\n)"));
    return taken(a, &out);
}

static void begin_constraint(buf *out, const structure_table *t) {
    buf_append(out, STR("ALTER TABLE "));
    sql_write_path(out, t->schema, t->name);
    buf_append(out, STR(" ADD "));
}

str pg_ddl_primary_key(arena *a, const structure_table *t) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    begin_constraint(&out, t);
    write_primary_key(&out, &t->primary_key);
    return taken(a, &out);
}

str pg_ddl_check(arena *a, const structure_table *t, const structure_check *c) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    begin_constraint(&out, t);
    write_check(&out, c);
    return taken(a, &out);
}

str pg_ddl_foreign_key(arena *a, const structure_table *t,
                       const structure_foreign_key *k) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    begin_constraint(&out, t);
    write_constraint(&out, k->name);
    buf_append(&out, STR("FOREIGN KEY ("));
    sql_write_names(&out, k->columns, k->column_count);
    buf_append(&out, STR(") REFERENCES "));
    sql_write_path(
        &out, str_is_empty(k->parent_schema) ? t->schema : k->parent_schema,
        k->parent);
    buf_append(&out, STR(" ("));
    sql_write_names(&out, k->references, k->column_count);
    buf_append(&out, STR(") ON DELETE "));
    buf_append(&out, referential_action_sql(k->on_delete));
    buf_append(&out, STR(" ON UPDATE "));
    buf_append(&out, referential_action_sql(k->on_update));
    return taken(a, &out);
}

/* ---- Indexes ------------------------------------------------------------ */

static void write_method(buf *out, index_method method) {
    if (method == INDEX_BTREE)
        return;
    buf_append(out, STR(" USING "));
    str name = index_method_name(method);
    for (size_t i = 0; i < name.len; i++)
        buf_append_char(out, ascii_lower(name.ptr[i]));
}

static void write_parts(buf *out, const structure_index *x) {
    buf_append(out, STR(" ("));
    for (size_t i = 0; i < x->part_count; i++) {
        const structure_part *p = &x->parts[i];
        buf_append(out, i > 0 ? STR(", ") : STR(""));
        sql_write_name(out, p->column);
        if (!str_is_empty(p->operator_class)) {
            buf_append_char(out, ' ');
            buf_append(out, p->operator_class);
        }
        buf_append(out, p->is_descending ? STR(" DESC") : STR(""));
    }
    buf_append_char(out, ')');
}

static str unique_constraint(arena *a, const structure_table *t,
                             const structure_index *x) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    begin_constraint(&out, t);
    write_constraint(&out, x->name);
    buf_append(&out, STR("UNIQUE"));
    write_parts(&out, x);
    return taken(a, &out);
}

str pg_ddl_index(arena *a, const structure_table *t, const structure_index *x,
                 bool is_concurrent) {
    if (!str_is_empty(x->definition))
        return x->definition;
    if (x->is_constraint)
        return unique_constraint(a, t, x);
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, x->is_unique ? STR("CREATE UNIQUE INDEX ")
                                  : STR("CREATE INDEX "));
    /* Who is killed cannot write down that it was made. */
    buf_append(&out,
               is_concurrent ? STR("CONCURRENTLY IF NOT EXISTS ") : STR(""));
    sql_write_name(&out, x->name);
    buf_append(&out, STR(" ON "));
    sql_write_path(&out, t->schema, t->name);
    write_method(&out, x->method);
    write_parts(&out, x);
    if (!str_is_empty(x->condition))
        buf_append(&out, STR(" WHERE "));
    buf_append(&out, x->condition);
    return taken(a, &out);
}

/* ---- All of it ---------------------------------------------------------- */

static void end_statement(buf *out, str sql) {
    buf_append(out, sql);
    buf_append(out, STR(";\n"));
}

static void create_types(arena *a, buf *out, const structure *s) {
    for (size_t i = 0; i < s->schema_count; i++)
        if (!str_equal(s->schemas[i], STR("public")))
            end_statement(out, pg_ddl_schema(a, s->schemas[i]));
    for (size_t i = 0; i < s->extension_count; i++)
        end_statement(out, pg_ddl_extension(a, &s->extensions[i]));
    for (size_t i = 0; i < s->function_count; i++)
        end_statement(out, s->functions[i].sql);
    for (size_t i = 0; i < s->enum_count; i++)
        end_statement(out, pg_ddl_enum(a, &s->enums[i]));
}

static void create_table_parts(arena *a, buf *out, const structure_table *t) {
    for (size_t i = 0; i < t->index_count; i++)
        end_statement(out, pg_ddl_index(a, t, &t->indexes[i], false));
    for (size_t i = 0; i < t->trigger_count; i++)
        end_statement(out, t->triggers[i].sql);
}

void pg_ddl_create(arena *a, buf *out, const structure *s) {
    create_types(a, out, s);
    for (size_t i = 0; i < s->table_count; i++)
        end_statement(out, pg_ddl_table(a, &s->tables[i]));
    for (size_t i = 0; i < s->table_count; i++)
        create_table_parts(a, out, &s->tables[i]);
    for (size_t i = 0; i < s->table_count; i++) {
        const structure_table *t = &s->tables[i];
        for (size_t k = 0; k < t->foreign_key_count; k++)
            end_statement(out, pg_ddl_foreign_key(a, t, &t->foreign_keys[k]));
    }
}
