#include "database/sqlite/lite_push.h"

#include "database/sqlite/lite_compare.h"
#include "database/sqlite/lite_connection.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_file.h"
#include "database/sqlite/lite_sql.h"
#include "database/sqlite/lite_statement.h"

static err *run(arena *a, sqlite3 *db, buf *sql) {
    return lite_run(a, db, lite_sql_take(a, sql).ptr);
}

static err *create_indexes(arena *a, sqlite3 *db, const model *m) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    for (size_t i = 0; i < m->unique_count; i++) {
        lite_ddl_index(&sql, m, &m->uniques[i], true);
        TRY(run(a, db, &sql));
    }
    for (size_t i = 0; i < m->index_count; i++) {
        lite_ddl_index(&sql, m, &m->indexes[i], false);
        TRY(run(a, db, &sql));
    }
    return NULL;
}

static err *create_table(arena *a, sqlite3 *db, const model *m, buf *report) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    lite_ddl_table(a, &sql, m);
    err *e = run(a, db, &sql);
    if (e == NULL)
        e = create_indexes(a, db, m);
    if (e != NULL)
        return err_wrap(a, e, "creating table \"%.*s\"", STR_ARG(m->table));
    size_t indexes = m->unique_count + m->index_count;
    buf_printf(report, "created table \"%.*s\" (%zu column%s, %zu index%s)\n",
               STR_ARG(m->table), m->column_count,
               m->column_count == 1 ? "" : "s", indexes,
               indexes == 1 ? "" : "es");
    return NULL;
}

static err *create_all(arena *a, sqlite3 *db, const schema *s, buf *report) {
    TRY(lite_run(a, db, "BEGIN IMMEDIATE"));
    for (size_t i = 0; i < s->model_count; i++)
        TRY(create_table(a, db, &s->models[i], report));
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
