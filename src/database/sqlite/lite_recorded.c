#include "database/sqlite/lite_recorded.h"

#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"

/* A table's columns in the order in which it stores them. Those that are worked
 * out when they are read (hidden is 2) are in no row. */
static const char STORED[] =
    "SELECT name, iif(\"notnull\", dflt_value, NULL)"
    " FROM pragma_table_xinfo(?1) WHERE hidden IN (0, 3) ORDER BY cid";

typedef struct stored_column {
    str name;
    str missing; /* SQL of what a null stands for, or empty */
} stored_column;

static err *list_stored(arena *a, sqlite3 *db, str table, stored_column **out,
                        size_t *count) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, db, str_of(STORED), 0, &row));
    (void)lite_bind_text(row, 1, table);
    int rc;
    *out = NULL;
    *count = 0;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        stored_column c = {arena_copy(a, lite_column_text(row, 0)),
                           arena_copy(a, lite_column_text(row, 1))};
        ARENA_PUSH(a, *out, *count, c);
    }
    return lite_check(a, db, rc);
}

static const field *find_column(const model *m, str name) {
    for (size_t i = 0; i < m->column_count; i++)
        if (str_equal(m->columns[i]->column, name))
            return m->columns[i];
    return NULL;
}

static lite_recorded_column column_of(arena *keep, const lite_layout *layout,
                                      const field *f) {
    if (f == NULL || f->kind == FIELD_UNSUPPORTED)
        return (lite_recorded_column){.is_hidden = true};
    return (lite_recorded_column){
        .json = {row_json_make_key(keep, f->column),
                 f->is_list ? SCALAR_JSON : f->scalar},
        .form = lite_layout_form(layout, f),
        .is_redacted = f->is_redacted,
    };
}

/* Null when it is none that this connection can work out. */
static value value_of(arena *a, arena *keep, sqlite3 *db, str sql,
                      lite_form form) {
    char scratch[LITE_SCRATCH];
    value v = {.kind = VALUE_NULL};
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    str select = arena_printf(a, "SELECT %.*s", STR_ARG(sql));
    if (lite_prepare(a, db, select, 0, &row) != NULL ||
        sqlite3_step(row) != SQLITE_ROW ||
        !lite_form_read(row, 0, form, scratch, &v))
        return (value){.kind = VALUE_NULL};
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES)
        v.text = arena_copy(keep, v.text);
    return v;
}

static size_t position_of(const stored_column *stored, size_t count, str name) {
    size_t i = 0;
    while (i < count && !str_equal(stored[i].name, name))
        i++;
    return i;
}

static err *list_model(arena *a, arena *keep, sqlite3 *db, const model *m,
                       const lite_layout *layout, lite_recorded_table *out) {
    stored_column *stored;
    size_t count;
    TRY(list_stored(a, db, m->table, &stored, &count));
    lite_recorded_column *columns =
        arena_new_array(keep, lite_recorded_column, count);
    for (size_t i = 0; i < count; i++) {
        columns[i] = column_of(keep, layout, find_column(m, stored[i].name));
        if (!columns[i].is_hidden && !str_is_empty(stored[i].missing))
            columns[i].missing =
                value_of(a, keep, db, stored[i].missing, columns[i].form);
    }
    const key *identity = model_identity(m);
    size_t parts = identity != NULL ? identity->field_count : 0;
    size_t *positions = arena_new_array(keep, size_t, parts);
    for (size_t i = 0; i < parts; i++)
        positions[i] = position_of(stored, count, identity->fields[i]->column);
    *out = (lite_recorded_table){
        .table = m->table,
        .model = m->name,
        .mode = m->audit.mode,
        .columns = columns,
        .column_count = count,
        .identity = positions,
        .identity_count = parts,
    };
    return NULL;
}

/* Columns A and B, as the ids that they refer to. */
static lite_recorded_table list_join(arena *keep, const lite_layout *layout,
                                     const relation *r) {
    static const size_t BOTH[] = {0, 1};
    static const str NAMES[] = {STR_INIT("A"), STR_INIT("B")};
    const model *sides[] = {r->child, r->parent};
    lite_recorded_column *columns =
        arena_new_array(keep, lite_recorded_column, LENGTH(sides));
    for (size_t i = 0; i < LENGTH(sides); i++) {
        const field *id = model_identity(sides[i])->fields[0];
        columns[i] = column_of(keep, layout, id);
        columns[i].json.key = row_json_make_key(keep, NAMES[i]);
    }
    return (lite_recorded_table){
        .table = r->join_table,
        .model = r->join_table,
        .columns = columns,
        .column_count = LENGTH(sides),
        .identity = BOTH,
        .identity_count = LENGTH(BOTH),
    };
}

static void add(arena *keep, map *tables, const lite_recorded_table *t) {
    lite_recorded_table *kept = arena_new_array(keep, lite_recorded_table, 1);
    *kept = *t;
    (void)map_add(tables, t->table, kept);
}

err *lite_recorded_list(arena *a, arena *keep, sqlite3 *db, const schema *s,
                        const lite_layout *layout, const map **out) {
    map *tables = map_new(keep);
    lite_recorded_table table;
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        if (m->is_view)
            continue;
        TRY(list_model(a, keep, db, m, layout, &table));
        add(keep, tables, &table);
    }
    for (size_t i = 0; i < s->many_to_many_count; i++) {
        table = list_join(keep, layout, s->many_to_many[i]);
        add(keep, tables, &table);
    }
    *out = tables;
    return NULL;
}
