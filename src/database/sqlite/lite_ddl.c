#include "database/sqlite/lite_ddl.h"

#include "base/sql_token.h"
#include "database/sql.h"

/* A default that is not a value alone stands in brackets. */
static bool needs_brackets(str sql) {
    static const str WORDS[] = {
        STR_INIT("true"),         STR_INIT("false"),
        STR_INIT("null"),         STR_INIT("current_timestamp"),
        STR_INIT("current_date"), STR_INIT("current_time"),
    };
    sql_token t;
    bool is_there = sql_token_next(&sql, &t);
    if (is_there && (sql_token_is_sign(t, '-') || sql_token_is_sign(t, '+')))
        is_there = sql_token_next(&sql, &t);
    sql_token more;
    if (!is_there || sql_token_next(&sql, &more))
        return true;
    for (size_t i = 0; i < LENGTH(WORDS); i++)
        if (sql_token_is_word(t, WORDS[i]))
            return false;
    return t.kind != SQL_TEXT && t.kind != SQL_NUMBER;
}

static void write_default(buf *out, str sql) {
    bool has_brackets = needs_brackets(sql);
    buf_append(out, has_brackets ? STR(" DEFAULT (") : STR(" DEFAULT "));
    buf_append(out, sql);
    if (has_brackets)
        buf_append_char(out, ')');
}

static bool is_primary_key(const structure_table *t,
                           const structure_column *c) {
    const structure_primary_key *k = &t->primary_key;
    return k->column_count == 1 && str_equal(k->columns[0], c->name);
}

static void write_column(buf *out, const structure_table *t,
                         const structure_column *c) {
    sql_write_name(out, c->name);
    if (!str_is_empty(c->type))
        buf_append_char(out, ' ');
    buf_append(out, c->type);
    if (c->is_required)
        buf_append(out, STR(" NOT NULL"));
    if (is_primary_key(t, c)) {
        buf_append(out, STR(" PRIMARY KEY"));
        if (c->default_kind == COLUMN_AUTOINCREMENT)
            buf_append(out, STR(" AUTOINCREMENT"));
    }
    if (!str_is_empty(c->default_sql))
        write_default(out, c->default_sql);
    if (!str_is_empty(c->extra))
        buf_append_char(out, ' ');
    buf_append(out, c->extra);
}

static void write_constraint_name(buf *out, str name) {
    if (str_is_empty(name))
        return;
    buf_append(out, STR("CONSTRAINT "));
    sql_write_name(out, name);
    buf_append_char(out, ' ');
}

static void write_check(buf *out, const structure_check *c) {
    write_constraint_name(out, c->name);
    buf_append(out, STR("CHECK ("));
    buf_append(out, c->expression);
    buf_append_char(out, ')');
}

static void write_references(buf *out, const structure_foreign_key *k) {
    buf_append(out, STR("REFERENCES "));
    sql_write_name(out, k->parent);
    buf_append(out, STR(" ("));
    sql_write_names(out, k->references, k->column_count);
    buf_append(out, STR(") ON DELETE "));
    buf_append(out, referential_action_sql(k->on_delete));
    buf_append(out, STR(" ON UPDATE "));
    buf_append(out, referential_action_sql(k->on_update));
}

static void write_foreign_key(buf *out, const structure_foreign_key *k) {
    write_constraint_name(out, k->name);
    buf_append(out, STR("FOREIGN KEY ("));
    sql_write_names(out, k->columns, k->column_count);
    buf_append(out, STR(") "));
    write_references(out, k);
}

static const str NEXT = STR_INIT(",\n    ");

static void write_constraints(buf *out, const structure_table *t) {
    const structure_primary_key *k = &t->primary_key;
    if (k->column_count > 1) {
        buf_append(out, NEXT);
        buf_append(out, STR("PRIMARY KEY ("));
        sql_write_names(out, k->columns, k->column_count);
        buf_append_char(out, ')');
    }
    for (size_t i = 0; i < t->check_count; i++) {
        buf_append(out, NEXT);
        write_check(out, &t->checks[i]);
    }
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        buf_append(out, NEXT);
        write_foreign_key(out, &t->foreign_keys[i]);
    }
}

str lite_ddl_table_as(arena *a, const structure_table *t, str name) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, STR("CREATE TABLE "));
    sql_write_name(&out, name);
    buf_append(&out, STR(" (\n    "));
    for (size_t i = 0; i < t->column_count; i++) {
        if (i > 0)
            buf_append(&out, NEXT);
        write_column(&out, t, &t->columns[i]);
    }
    write_constraints(&out, t);
    buf_append(&out, t->is_strict ? STR("\n) STRICT") : STR("\n)"));
    if (t->is_without_rowid)
        buf_append(&out, t->is_strict ? STR(", WITHOUT ROWID")
                                      : STR(" WITHOUT ROWID"));
    return arena_copy(a, buf_str(&out));
}

str lite_ddl_table(arena *a, const structure_table *t) {
    return lite_ddl_table_as(a, t, t->name);
}

str lite_ddl_column(arena *a, const structure_table *t,
                    const structure_column *c) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    write_column(&out, t, c);
    const structure_check *check = structure_find_check(t, c->name);
    if (check != NULL) {
        buf_append_char(&out, ' ');
        write_check(&out, check);
    }
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        const structure_foreign_key *k = &t->foreign_keys[i];
        if (k->column_count > 1 || !str_equal(k->columns[0], c->name))
            continue;
        buf_append_char(&out, ' ');
        write_constraint_name(&out, k->name);
        write_references(&out, k);
    }
    return arena_copy(a, buf_str(&out));
}

str lite_ddl_index(arena *a, const structure_table *t,
                   const structure_index *x) {
    if (!str_is_empty(x->definition))
        return x->definition;
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append(&out, x->is_unique ? STR("CREATE UNIQUE INDEX ")
                                  : STR("CREATE INDEX "));
    sql_write_name(&out, x->name);
    buf_append(&out, STR(" ON "));
    sql_write_name(&out, t->name);
    buf_append_char(&out, '(');
    for (size_t i = 0; i < x->part_count; i++) {
        buf_append(&out, i > 0 ? STR(", ") : STR(""));
        sql_write_name(&out, x->parts[i].column);
        buf_append(&out, x->parts[i].is_descending ? STR(" DESC") : STR(""));
    }
    buf_append_char(&out, ')');
    if (!str_is_empty(x->condition))
        buf_append(&out, STR(" WHERE "));
    buf_append(&out, x->condition);
    return arena_copy(a, buf_str(&out));
}

void lite_ddl_create(arena *a, buf *out, const structure *s) {
    for (size_t i = 0; i < s->table_count; i++) {
        const structure_table *t = &s->tables[i];
        buf_append(out, lite_ddl_table(a, t));
        buf_append(out, STR(";\n"));
        for (size_t k = 0; k < t->index_count; k++) {
            buf_append(out, lite_ddl_index(a, t, &t->indexes[k]));
            buf_append(out, STR(";\n"));
        }
        for (size_t k = 0; k < t->trigger_count; k++) {
            buf_append(out, t->triggers[k].sql);
            buf_append(out, STR(";\n"));
        }
    }
}
