#include "database/postgres/pg_catalog.h"

#include "database/sql.h"

err *pg_catalog_list_read(const pg_catalog *p, const char *sql,
                          pg_catalog_list *out) {
    *out = (pg_catalog_list){0};
    return pg_connection_query(p->a, p->connection, str_of(sql), &p->schemas, 1,
                               &out->rows);
}

bool pg_catalog_list_is_at(const pg_catalog_list *l, size_t column, str id) {
    return l->at < l->rows.row_count &&
           str_equal(pg_rows_cell(&l->rows, l->at, column), id);
}

str pg_catalog_cell(const pg_catalog_list *l, size_t column) {
    return pg_rows_cell(&l->rows, l->at, column);
}

bool pg_catalog_flag(const pg_catalog_list *l, size_t column) {
    return str_equal(pg_catalog_cell(l, column), STR("t"));
}

str pg_catalog_schema(const pg_catalog *p, str name) {
    return str_equal(name, p->unnamed) ? (str){0} : name;
}

str pg_catalog_array(arena *a, const str *names, size_t count) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    buf_append_char(&out, '{');
    for (size_t i = 0; i < count; i++) {
        buf_append(&out, i > 0 ? STR(",\"") : STR("\""));
        for (size_t k = 0; k < names[i].len; k++) {
            char c = names[i].ptr[k];
            if (c == '"' || c == '\\')
                buf_append_char(&out, '\\');
            buf_append_char(&out, c);
        }
        buf_append_char(&out, '"');
    }
    buf_append_char(&out, '}');
    return arena_copy(a, buf_str(&out));
}
