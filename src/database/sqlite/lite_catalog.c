#include "database/sqlite/lite_catalog.h"

#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"
#include "database/structure.h"

static str text_at(arena *a, sqlite3_stmt *statement, int column) {
    return arena_copy(a, lite_column_text(statement, column));
}

static bool bool_at(sqlite3_stmt *statement, int column) {
    return sqlite3_column_int(statement, column) != 0;
}

/* Prepares sql and binds name to its one parameter. */
static err *ask(arena *a, sqlite3 *db, const char *sql, str name,
                sqlite3_stmt **out) {
    TRY(lite_prepare(a, db, str_of(sql), 0, out));
    return lite_check(a, db, lite_bind_text(*out, 1, name));
}

/* Tools' tables are told apart where it matters; their views and triggers are
 * nothing to anybody. */
static bool is_of_tool(const lite_object *o) {
    return (str_equal(o->type, STR("view")) ||
            str_equal(o->type, STR("trigger"))) &&
           structure_is_table_of_tool(o->table);
}

static void add_object(arena *a, sqlite3_stmt *row, lite_catalog *c) {
    lite_object o = {
        .type = text_at(a, row, 0),
        .name = text_at(a, row, 1),
        .table = text_at(a, row, 2),
        .sql = text_at(a, row, 3),
    };
    if (is_of_tool(&o))
        return;
    ARENA_PUSH(a, c->objects, c->object_count, o);
}

err *lite_catalog_read(arena *a, sqlite3 *db, lite_catalog *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(lite_prepare(a, db,
                     STR("SELECT type, name, tbl_name, sql FROM sqlite_schema"
                         " WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"),
                     0, &row));
    *out = (lite_catalog){0};
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW)
        add_object(a, row, out);
    return lite_check(a, db, rc);
}

const lite_object *lite_catalog_find(const lite_catalog *c, str type,
                                     str name) {
    for (size_t i = 0; i < c->object_count; i++) {
        const lite_object *o = &c->objects[i];
        if (str_equal(o->name, name) && str_equal(o->type, type))
            return o;
    }
    return NULL;
}

static err *read_columns(arena *a, sqlite3 *db, str table, lite_table *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(ask(a, db,
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden"
            " FROM pragma_table_xinfo(?1) ORDER BY cid",
            table, &row));
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        lite_column c = {
            .name = text_at(a, row, 0),
            .type = text_at(a, row, 1),
            .is_required = bool_at(row, 2),
            .has_default = sqlite3_column_type(row, 3) != SQLITE_NULL,
            .default_sql = text_at(a, row, 3),
            .key_position = sqlite3_column_int64(row, 4),
            .is_generated = bool_at(row, 5),
        };
        ARENA_PUSH(a, out->columns, out->column_count, c);
    }
    return lite_check(a, db, rc);
}

static err *read_index_columns(arena *a, sqlite3 *db, lite_index *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(ask(a, db,
            "SELECT name, \"desc\", coll FROM pragma_index_xinfo(?1)"
            " WHERE key ORDER BY seqno",
            out->name, &row));
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        out->is_expression |= sqlite3_column_type(row, 0) == SQLITE_NULL;
        str column = text_at(a, row, 0);
        bool is_descending = bool_at(row, 1);
        str collation = text_at(a, row, 2);
        ARENA_PUSH(a, out->columns, out->column_count, column);
        ARENA_PUSH(a, out->collations, out->collation_count, collation);
        ARENA_PUSH(a, out->is_descending, out->descending_count, is_descending);
    }
    return lite_check(a, db, rc);
}

static err *read_indexes(arena *a, sqlite3 *db, str table, lite_table *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(ask(a, db,
            "SELECT name, \"unique\", partial, origin = 'pk',"
            " origin <> 'c'"
            " FROM pragma_index_list(?1) ORDER BY name",
            table, &row));
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        lite_index x = {
            .name = text_at(a, row, 0),
            .is_unique = bool_at(row, 1),
            .is_partial = bool_at(row, 2),
            .is_primary_key = bool_at(row, 3),
            .is_of_constraint = bool_at(row, 4),
        };
        TRY(read_index_columns(a, db, &x));
        ARENA_PUSH(a, out->indexes, out->index_count, x);
    }
    return lite_check(a, db, rc);
}

static void add_foreign_key(arena *a, sqlite3_stmt *row, lite_table *out) {
    lite_foreign_key f = {
        .id = sqlite3_column_int64(row, 0),
        .parent = text_at(a, row, 1),
        .on_delete = text_at(a, row, 4),
        .on_update = text_at(a, row, 5),
    };
    ARENA_PUSH(a, out->foreign_keys, out->foreign_key_count, f);
}

static err *read_foreign_keys(arena *a, sqlite3 *db, str table,
                              lite_table *out) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    TRY(ask(a, db,
            "SELECT id, \"table\", \"from\", \"to\", on_delete, on_update"
            " FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
            table, &row));
    int rc;
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        size_t count = out->foreign_key_count;
        if (count == 0 ||
            out->foreign_keys[count - 1].id != sqlite3_column_int64(row, 0))
            add_foreign_key(a, row, out);
        lite_foreign_key *f = &out->foreign_keys[out->foreign_key_count - 1];
        str from = text_at(a, row, 2);
        str to = text_at(a, row, 3);
        ARENA_PUSH(a, f->columns, f->column_count, from);
        ARENA_PUSH(a, f->references, f->reference_count, to);
    }
    return lite_check(a, db, rc);
}

err *lite_table_read(arena *a, sqlite3 *db, str name, lite_table *out) {
    *out = (lite_table){0};
    TRY(read_columns(a, db, name, out));
    TRY(read_indexes(a, db, name, out));
    return read_foreign_keys(a, db, name, out);
}
