#include "database/postgres/pg_catalog.h"

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
