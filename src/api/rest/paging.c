#include "api/rest/paging.h"

#include "core/planner_hop.h"

enum { MAX_CURSOR = 256 * 1024 };

err *paging_begin(arena *a, const rest_request *r, query *q, paging **out) {
    str cursor = r->params.cursor;
    if (q->offset > 0 && !str_is_empty(cursor))
        return err_new(a, ERR_QUERY_SYNTAX,
                       "a page begins behind a cursor or at an offset, not "
                       "both");
    paging *p = arena_new_array(a, paging, 1);
    p->shown = r->params.selection.count;
    p->limit = planner_hop_limit(r->caller.app, q->limit);
    TRY(keyset_plan(&r->caller, q, &p->keys));
    if (!str_is_empty(cursor))
        TRY(keyset_continue(&r->caller, q, &p->keys, cursor));
    p->columns = q->column_count;
    p->cells = query_cell_count(q);
    p->room = arena_new_array(a, value, p->cells);
    p->last = buf_new(MAX_CURSOR);
    *out = p;
    return NULL;
}

void paging_end(paging **p) {
    if (*p != NULL)
        buf_free(&(*p)->last);
    *p = NULL;
}

/* Which row is the last one is known when there is no other. */
const value *paging_take(arena *a, paging *p, const value *cells) {
    arena_place before = arena_mark(a);
    str cursor = keyset_format(a, &p->keys, cells);
    buf_clear(&p->last, MAX_CURSOR);
    buf_append(&p->last, cursor);
    arena_rewind(a, before);
    if (p->shown == p->columns || p->columns == p->cells)
        return cells;
    memcpy(p->room, cells, p->shown * sizeof *cells);
    memcpy(p->room + p->shown, cells + p->columns,
           (p->cells - p->columns) * sizeof *cells);
    return p->room;
}

/* The request's own query, but for its cursor; no byte of it may end the
 * address in the header. */
static void write_query(buf *out, str text) {
    while (!str_is_empty(text)) {
        str parameter = str_split(&text, '&');
        if (str_is_empty(parameter) ||
            str_starts_with(parameter, STR("cursor=")) ||
            str_starts_with(parameter, STR("offset=")))
            continue;
        for (size_t i = 0; i < parameter.len; i++) {
            char c = parameter.ptr[i];
            if (c == '<' || c == '>')
                buf_append(out, c == '<' ? STR("%3C") : STR("%3E"));
            else
                buf_append_char(out, c);
        }
        buf_append_char(out, '&');
    }
}

void paging_reply(arena *a, const rest_request *r, const paging *p,
                  int64_t count) {
    if (count == 0 || count != p->limit || p->last.len == 0)
        return;
    CLEANUP(buf_free) buf kept = buf_new(MAX_CURSOR);
    write_query(&kept, r->http->query);
    str cursor = buf_str(&p->last);
    str link = arena_printf(a, "<%.*s?%.*scursor=after.%.*s>; rel=\"next\"",
                            STR_ARG(r->http->path), STR_ARG(buf_str(&kept)),
                            STR_ARG(cursor));
    http_reply_add(r->reply, STR("Link"), link);
}
