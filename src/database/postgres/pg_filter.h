/* pg_filter.h: a filter as a condition on the row of an alias. */
#ifndef DATABASE_POSTGRES_PG_FILTER_H
#define DATABASE_POSTGRES_PG_FILTER_H

#include "database/postgres/pg_sql.h"

void pg_filter_write(pg_sql *w, size_t alias, const filter *f);

/* " WHERE ..."; nothing for NULL. */
void pg_filter_write_where(pg_sql *w, size_t alias, const filter *where);

#endif
