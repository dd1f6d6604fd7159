/* lite_change.h: a mutation as SQL, one row of it at a time, and its values. */
#ifndef DATABASE_SQLITE_LITE_CHANGE_H
#define DATABASE_SQLITE_LITE_CHANGE_H

#include <sqlite3.h>

#include "database/mutation.h"
#include "database/sqlite/lite_form.h"

/* An update that sets nothing becomes a SELECT of the rows it matches. */
void lite_change_write(buf *out, const lite_layout *layout, const mutation *m,
                       size_t row);
fallible lite_change_bind(arena *a, sqlite3_stmt *statement,
                          const lite_layout *layout, const mutation *m,
                          size_t row);

/* Must the rows be read before they are deleted? What embeds lead to, and rows
 * that go with each other, are not all there when it is the turn of theirs. */
bool lite_change_reads_before(const lite_layout *layout, const mutation *m);

/* The cells of the statement's rows are those to return, the links of what is
 * embedded, and those to judge; without the first two if they are read
 * before. */
bool lite_change_returns(const lite_layout *layout, const mutation *m);
size_t lite_change_first_judged(const mutation *m);

/* Is there a row already that the insert of this one would merge with? */
void lite_change_write_look(buf *out, const mutation *m);
fallible lite_change_bind_look(arena *a, sqlite3_stmt *statement,
                               const lite_layout *layout, const mutation *m,
                               size_t row);

/* The row's value for the field, or NULL if the mutation has none. */
const value *lite_change_value(const mutation *m, size_t row, const field *f);

#endif
