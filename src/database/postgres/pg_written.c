#include "database/postgres/pg_written.h"

#include <string.h>

#include "database/postgres/pg_form.h"

enum { RESULT_MAX_BYTES = 64 * 1024 * 1024 };

typedef struct reader {
    arena *a;
    const pg_library *pq;
    const mutation *mutation;
    PGresult *result;
    size_t cell_count;
    pg_form *forms; /* of the cells, then of the judged columns */
    size_t *bytes;
} reader;

static void find_forms(reader *r) {
    const mutation *m = r->mutation;
    r->cell_count = mutation_cell_count(m);
    r->forms = arena_new_array(r->a, pg_form, r->cell_count + m->judged_count);
    pg_form_of_columns(m->returning, m->returning_count, m->embeds,
                       m->embed_count, r->forms);
    pg_form_of_columns(m->judged, m->judged_count, NULL, 0,
                       r->forms + r->cell_count);
}

/* The result is not kept, so what is text is copied. */
static err *read_cell(reader *r, int row, size_t column, value *out) {
    int at = (int)column;
    if (r->pq->PQgetisnull(r->result, row, at)) {
        *out = (value){.kind = VALUE_NULL};
        return NULL;
    }
    const char *bytes = r->pq->PQgetvalue(r->result, row, at);
    size_t len = (size_t)r->pq->PQgetlength(r->result, row, at);
    TRY(pg_form_read(r->a, r->forms[column], bytes, len, out));
    *r->bytes += sizeof *out + len;
    if (*r->bytes > RESULT_MAX_BYTES)
        return err_new(r->a, ERR_TOO_LARGE,
                       "the written rows are too many to hand back");
    bool is_borrowed = (out->kind == VALUE_TEXT || out->kind == VALUE_BYTES) &&
                       out->text.ptr == bytes;
    if (is_borrowed)
        out->text = arena_copy(r->a, out->text);
    return NULL;
}

/* What the judge saw is gone when it has nothing to say. */
static err *judge_row(reader *r, int row, size_t at) {
    const mutation *m = r->mutation;
    arena_place before = arena_mark(r->a);
    value *cells = arena_new_array(r->a, value, m->judged_count);
    for (size_t i = 0; i < m->judged_count; i++)
        TRY(read_cell(r, row, r->cell_count + i, &cells[i]));
    err *e = m->judge(m->judge_context, r->a, at, cells);
    if (e == NULL)
        arena_rewind(r->a, before);
    return e;
}

static err *judge_rows(reader *r, size_t first_row) {
    int count = r->pq->PQntuples(r->result);
    for (int i = 0; r->mutation->judge != NULL && i < count; i++)
        TRY(judge_row(r, i, first_row + (size_t)i));
    return NULL;
}

/* Of a merge the last column says of each row whether it is new. */
static int64_t count_new(const reader *r, int64_t affected) {
    if (r->mutation->kind != MUTATION_INSERT)
        return 0;
    if (r->mutation->on_conflict != CONFLICT_MERGE)
        return affected;
    int64_t count = 0;
    int column = r->pq->PQnfields(r->result) - 1;
    for (int i = 0; i < r->pq->PQntuples(r->result); i++)
        count += r->pq->PQgetvalue(r->result, i, column)[0] == 't';
    return count;
}

/* A function that hands nothing back says nothing about what it wrote. */
static int64_t count_affected(const reader *r) {
    int64_t count = 0;
    if (r->mutation->kind == MUTATION_CALL && r->cell_count == 0)
        return 0;
    (void)str_parse_int64(str_of(r->pq->PQcmdTuples(r->result)), &count);
    return count;
}

/* Behind those of the statements before. */
static err *add_rows(reader *r, mutation_result *out) {
    size_t count = (size_t)r->pq->PQntuples(r->result);
    if (count == 0 || r->cell_count == 0)
        return NULL;
    value *rows =
        arena_new_array(r->a, value, (out->row_count + count) * r->cell_count);
    if (out->row_count > 0)
        memcpy(rows, out->rows, out->row_count * r->cell_count * sizeof *rows);
    value *to = rows + out->row_count * r->cell_count;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < r->cell_count; k++)
            TRY(read_cell(r, (int)i, k, to++));
    out->rows = rows;
    out->row_count += count;
    return NULL;
}

err *pg_written_add(arena *a, const pg_written *w, size_t *bytes,
                    mutation_result *out) {
    reader r = {.a = a,
                .pq = w->pq,
                .mutation = w->mutation,
                .result = w->result,
                .bytes = bytes};
    find_forms(&r);
    out->cell_count = r.cell_count;
    TRY(judge_rows(&r, w->first_row));
    int64_t affected = count_affected(&r);
    out->affected += affected;
    out->inserted += count_new(&r, affected);
    return add_rows(&r, out);
}
