#include "api/rest/paging.h"

#include "core/planner_hop.h"

enum { MAX_CURSOR = 256 * 1024 };

err *paging_begin(arena *a, const rest_request *r, query *q, paging *out) {
    const query_string *params = &r->params;
    *out =
        (paging){.is_on = r->prefer.is_keyset || !str_is_empty(params->cursor)};
    if (LIKELY(!out->is_on))
        return NULL;
    if (q->offset > 0 && !str_is_empty(params->cursor))
        return err_new(a, ERR_QUERY_SYNTAX,
                       "a page begins behind a cursor or at an offset, not "
                       "both");
    out->shown = params->selection.count;
    out->limit = planner_hop_limit(r->caller.app, q->limit);
    TRY(keyset_plan(&r->caller, q, &out->keys));
    if (!str_is_empty(params->cursor))
        TRY(keyset_continue(&r->caller, q, &out->keys, params->cursor));
    out->columns = q->column_count;
    out->cells = query_cell_count(q);
    out->room = arena_new_array(a, value, out->cells);
    out->last = buf_new(MAX_CURSOR);
    return NULL;
}

void paging_end(paging *p) {
    buf_free(&p->last);
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
    if (!p->is_on || count == 0 || count != p->limit || p->last.len == 0)
        return;
    CLEANUP(buf_free) buf kept = buf_new(MAX_CURSOR);
    write_query(&kept, r->http->query);
    str cursor = buf_str(&p->last);
    str link = arena_printf(a, "<%.*s?%.*scursor=after.%.*s>; rel=\"next\"",
                            STR_ARG(r->http->path), STR_ARG(buf_str(&kept)),
                            STR_ARG(cursor));
    http_reply_add(r->reply, STR("Link"), link);
}
