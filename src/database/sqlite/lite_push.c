#include "database/sqlite/lite_push.h"

#include "database/sqlite/lite_compare.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_file.h"
#include "database/sqlite/lite_statement.h"

static err *create_table(arena *a, sqlite3 *db, const structure_table *t,
                         buf *report) {
    err *e = lite_run(a, db, t->sql.ptr);
    for (size_t i = 0; e == NULL && i < t->index_count; i++)
        e = lite_run(a, db, lite_ddl_index(a, t, &t->indexes[i]).ptr);
    if (e != NULL)
        return err_wrap(a, e, "creating table \"%.*s\"", STR_ARG(t->name));
    buf_printf(report, "created table \"%.*s\" (%zu column%s, %zu index%s)\n",
               STR_ARG(t->name), t->column_count,
               t->column_count == 1 ? "" : "s", t->index_count,
               t->index_count == 1 ? "" : "es");
    return NULL;
}

static err *create_all(arena *a, sqlite3 *db, const schema *s, buf *report) {
    const structure *all = structure_of_schema(a, s);
    TRY(lite_run(a, db, "BEGIN IMMEDIATE"));
    for (size_t i = 0; i < all->table_count; i++)
        TRY(create_table(a, db, &all->tables[i], report));
    /* Without a COMMIT, closing the connection undoes all. */
    return lite_run(a, db, "COMMIT");
}

static err *make_equal(arena *a, sqlite3 *db, const schema *s, buf *report) {
    lite_comparison c;
    TRY(lite_compare(a, db, s, &c));
    if (c.difference_count == 0) {
        buf_append(report, STR("nothing to do: the database is what the schema"
                               " says\n"));
        return NULL;
    }
    if (c.is_empty)
        return create_all(a, db, s, report);
    return err_with_hint(
        lite_comparison_error(a, &c),
        STR("push fills an empty database; to begin anew, name another file or"
            " remove this one"));
}

static err *fill(arena *a, str path, const schema *s, buf *report) {
    CLEANUP(lite_disconnect) sqlite3 *db = NULL;
    TRY(lite_connect(a, path, LITE_WRITER, NULL, &db));
    TRY(lite_use_wal(a, db));
    return make_equal(a, db, s, report);
}

static err *push_file(arena *a, str path, const schema *s, buf *report) {
    bool exists;
    TRY(lite_file_exists(a, path, &exists));
    if (!exists) {
        TRY(lite_file_create(a, path));
        buf_printf(report, "created %.*s\n", STR_ARG(path));
    }
    int claim;
    TRY(lite_file_claim(a, path, &claim));
    err *e = fill(a, path, s, report);
    lite_file_unlock(claim);
    return e;
}

err *lite_push(arena *a, const database_config *config, const schema *s,
               buf *report) {
    lite_configure();
    str path;
    TRY(lite_file_locate(a, config->url, &path));
    int lock;
    TRY(lite_file_lock(a, path, &lock));
    err *e = push_file(a, path, s, report);
    lite_file_unlock(lock);
    return e;
}
