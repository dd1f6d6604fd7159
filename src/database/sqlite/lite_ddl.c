#include "database/sqlite/lite_ddl.h"

#include "base/assert.h"
#include "base/base64.h"
#include "base/timestamp.h"
#include "database/sqlite/lite_sql.h"

static const str DECLARED_TYPES[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = STR_INIT("TEXT"),
    [SCALAR_BOOLEAN] = STR_INIT("BOOLEAN"),
    [SCALAR_INT] = STR_INIT("INTEGER"),
    [SCALAR_BIGINT] = STR_INIT("BIGINT"),
    [SCALAR_FLOAT] = STR_INIT("REAL"),
    [SCALAR_DECIMAL] = STR_INIT("DECIMAL"),
    [SCALAR_DATETIME] = STR_INIT("DATETIME"),
    /* JSONB, Prisma's word, has numeric affinity: 1.50 would become 1.5. */
    [SCALAR_JSON] = STR_INIT("TEXT"),
    [SCALAR_BYTES] = STR_INIT("BLOB"),
};

bool lite_ddl_is_rowid(const field *f) {
    if (!f->is_id)
        return false;
    return f->scalar == SCALAR_INT ||
           (f->scalar == SCALAR_BIGINT &&
            f->default_value.kind == DEFAULT_AUTOINCREMENT);
}

str lite_ddl_type(const field *f) {
    return lite_ddl_is_rowid(f) ? STR("INTEGER") : DECLARED_TYPES[f->scalar];
}

/* As a column of ours stores it. */
static void write_datetime(arena *a, buf *out, str text) {
    timestamp t = {0};
    char canonical[TIMESTAMP_LENGTH];
    err *e = timestamp_parse(a, text, &t);
    ASSERT(e == NULL); /* the schema's loader has read it */
    timestamp_format(t, canonical);
    sql_write_text(out, (str){canonical, sizeof canonical});
}

static void write_bytes(arena *a, buf *out, str base64) {
    str bytes = {0};
    bool is_base64 = base64_decode(a, base64, BASE64_STANDARD, &bytes);
    ASSERT(is_base64);
    lite_sql_bytes(out, bytes);
}

static void write_literal(arena *a, buf *out, const field *f) {
    str text = f->default_value.text;
    switch (f->scalar) {
    case SCALAR_BOOLEAN:
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        buf_append(out, text);
        return;
    case SCALAR_DATETIME:
        write_datetime(a, out, text);
        return;
    case SCALAR_STRING:
    case SCALAR_JSON:
        sql_write_text(out, text);
        return;
    case SCALAR_BYTES:
        write_bytes(a, out, text);
        return;
    }
}

bool lite_ddl_default(arena *a, buf *out, const field *f) {
    if (f->default_value.kind == DEFAULT_LITERAL) {
        write_literal(a, out, f);
        return true;
    }
    if (f->default_value.kind != DEFAULT_NOW)
        return false;
    /* CURRENT_TIMESTAMP would be a text of another form. */
    buf_append(out, STR("(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))"));
    return true;
}

static bool is_inline_primary_key(const field *f) {
    const key *k = f->model->primary_key;
    return k != NULL && k->field_count == 1 && k->fields[0] == f;
}

static void write_column(arena *a, buf *out, const field *f) {
    buf_append(out, STR("    "));
    sql_write_name(out, f->column);
    buf_append_char(out, ' ');
    buf_append(out, lite_ddl_type(f));
    if (!f->is_optional)
        buf_append(out, STR(" NOT NULL"));
    if (is_inline_primary_key(f)) {
        buf_append(out, STR(" PRIMARY KEY"));
        if (lite_ddl_is_rowid(f))
            buf_append(out, STR(" AUTOINCREMENT"));
    }
    size_t before = out->len;
    buf_append(out, STR(" DEFAULT "));
    if (!lite_ddl_default(a, out, f))
        out->len = before;
}

/* PostgreSQL's name for it. */
static void begin_check(buf *out, const field *f) {
    const str name[] = {f->model->table, STR("_"), f->column, STR("_check")};
    buf_append(out, STR("CONSTRAINT "));
    sql_write_joined_name(out, name, LENGTH(name));
    buf_append(out, STR(" CHECK ("));
}

static void write_enum_check(buf *out, const field *f) {
    begin_check(out, f);
    sql_write_name(out, f->column);
    buf_append(out, STR(" IN ("));
    for (size_t i = 0; i < f->enumeration->value_count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        sql_write_text(out, f->enumeration->values[i].database_name);
    }
    buf_append(out, STR("))"));
}

bool lite_ddl_check(buf *out, const field *f) {
    if (f->kind == FIELD_ENUM) {
        write_enum_check(out, f);
        return true;
    }
    if (f->scalar == SCALAR_DATETIME) {
        /* Dates are compared as text, so there must be one form only. */
        begin_check(out, f);
        sql_write_name(out, f->column);
        buf_append(out, STR(" GLOB '" LITE_DATETIME_GLOB "')"));
        return true;
    }
    if (f->scalar == SCALAR_JSON) {
        begin_check(out, f);
        if (f->is_optional) {
            /* SQLite's own function, which other tools have, took null for
             * invalid until 3.45. */
            sql_write_name(out, f->column);
            buf_append(out, STR(" IS NULL OR "));
        }
        buf_append(out, STR("json_valid("));
        sql_write_name(out, f->column);
        buf_append(out, STR("))"));
        return true;
    }
    return false;
}

static void write_foreign_key(buf *out, const relation *r) {
    buf_append(out, STR(",\n    CONSTRAINT "));
    sql_write_name(out, r->constraint_name);
    buf_append(out, STR(" FOREIGN KEY ("));
    lite_sql_columns(out, r->columns, r->column_count);
    buf_append(out, STR(") REFERENCES "));
    sql_write_name(out, r->parent->table);
    buf_append(out, STR(" ("));
    lite_sql_columns(out, r->references, r->column_count);
    buf_append(out, STR(") ON DELETE "));
    buf_append(out, referential_action_sql(r->on_delete));
    buf_append(out, STR(" ON UPDATE "));
    buf_append(out, referential_action_sql(r->on_update));
}

void lite_ddl_table(arena *a, buf *out, const model *m) {
    buf_append(out, STR("CREATE TABLE "));
    sql_write_name(out, m->table);
    buf_append(out, STR(" (\n"));
    for (size_t i = 0; i < m->column_count; i++) {
        if (i > 0)
            buf_append(out, STR(",\n"));
        write_column(a, out, m->columns[i]);
    }
    const key *k = m->primary_key;
    if (k != NULL && k->field_count > 1) {
        buf_append(out, STR(",\n    PRIMARY KEY ("));
        lite_sql_columns(out, k->fields, k->field_count);
        buf_append_char(out, ')');
    }
    for (size_t i = 0; i < m->column_count; i++) {
        size_t before = out->len;
        buf_append(out, STR(",\n    "));
        if (!lite_ddl_check(out, m->columns[i]))
            out->len = before;
    }
    for (size_t i = 0; i < m->relation_count; i++)
        write_foreign_key(out, m->relations[i]);
    buf_append(out, STR("\n)"));
}

void lite_ddl_index(buf *out, const model *m, const key *k, bool is_unique) {
    buf_append(out,
               is_unique ? STR("CREATE UNIQUE INDEX ") : STR("CREATE INDEX "));
    sql_write_name(out, k->name);
    buf_append(out, STR(" ON "));
    sql_write_name(out, m->table);
    buf_append_char(out, '(');
    lite_sql_columns(out, k->fields, k->field_count);
    buf_append_char(out, ')');
}
