/*
 * lite_embed.h: related rows, read by statements inside of statements.
 *
 * A query inside of this process costs microseconds, so each row of the outer
 * statement binds its links to the inner one and steps it; that one's rows do
 * the same with theirs. All run on one connection, in one snapshot, and count
 * against one time limit.
 *
 *     TRY(lite_embeds_open(a, source, q->embeds, q->embed_count, &embeds));
 *     TRY(lite_embeds_read(a, embeds, links, values + q->column_count));
 *     lite_embeds_close(embeds);
 */
#ifndef DATABASE_SQLITE_LITE_EMBED_H
#define DATABASE_SQLITE_LITE_EMBED_H

#include "database/sqlite/lite_select.h"

/* In the arena; from must live as long. Statements are found when a row
 * first needs them. On an err there is nothing to close. */
fallible lite_embeds_open(arena *a, const lite_source *from,
                          const embed *embeds, size_t count, lite_embeds **out);

/* Fills the embeds' cells of the outer row whose links these are: in SQLite's
 * forms, of one embed after the other. Cells are valid until the next call.
 * Suspends, like any step of a statement. */
fallible lite_embeds_read(arena *a, lite_embeds *embeds, const value *links,
                          value *cells);

/* Gives the statements back. NULL is fine. */
void lite_embeds_close(lite_embeds *embeds);

/*
 * What a statement of groups (lite_group.h) has in its SQL:
 *
 *     tenon_related(?, cell, link, link ...)
 *
 * The parameter is a pointer to the embed, the result one of its cells of the
 * row with these links.
 */
#define LITE_EMBED_POINTER "tenon_related"

/* SQLite's result code. */
int lite_embed_add(sqlite3 *db);

/* Of the i-th of them; of NULL, NULL. */
void *lite_embeds_handle(const lite_embeds *embeds, size_t i);
const lite_embeds *lite_embeds_inside(const lite_embeds *embeds, size_t i);

/* A row's cells in a statement of lite_select_find: columns, then links; or of
 * groups all cells. */
typedef struct lite_cells {
    const query_column *columns;
    size_t count;
    size_t column_count; /* of them; the rest are cells of embeds */
    size_t link_count;
    const lite_form *forms; /* of each column */
    bool has_derived;
    char *scratch;             /* LITE_SCRATCH for each column, or NULL */
    const function_call *call; /* whose rows they are, or NULL */
} lite_cells;

/* used: the statement, if it is there already. */
void lite_cells_init(arena *a, const lite_layout *layout, const query *q,
                     lite_cached used, lite_cells *out);

/* The err of a cell that is not of its type. */
fallible lite_cells_error(arena *a, const lite_cells *c, size_t column);

/* Both are borrowed until the next step. */
static inline err *lite_cells_read(arena *a, const lite_cells *c,
                                   sqlite3_stmt *row, value *values) {
    size_t count =
        lite_form_read_all(row, c->forms, c->count, c->scratch, values);
    return LIKELY(count == c->count) ? NULL : lite_cells_error(a, c, count);
}
void lite_cells_read_links(const lite_cells *c, sqlite3_stmt *row,
                           value *links);

#endif
