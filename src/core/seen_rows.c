#include "core/seen_rows.h"

#include <stdlib.h>

#include "base/sha256.h"

seen_rows seen_rows_of(arena *a, const model *m) {
    query_column *columns = arena_new_array(a, query_column, m->column_count);
    size_t count = 0;
    for (size_t i = 0; i < m->column_count; i++) {
        if (field_is_visible(m->columns[i]))
            columns[count++] = query_column_of(m->columns[i]);
    }
    return (seen_rows){
        .a = a, .model = m, .columns = columns, .column_count = count};
}

/* ---- Marks -------------------------------------------------------------- */

static size_t size_of(const value *v) {
    bool has_text = v->kind == VALUE_TEXT || v->kind == VALUE_BYTES;
    return has_text ? sizeof(uint64_t) + v->text.len : sizeof(uint64_t);
}

static char *put(char *to, const void *bytes, size_t len) {
    if (len > 0)
        memcpy(to, bytes, len);
    return to + len;
}

/* With its length, so that no two rows are written alike. */
static char *put_value(char *to, const value *v) {
    uint64_t number = 0;
    *to++ = (char)v->kind;
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL: /* no row that was read has one */
        break;
    case VALUE_BOOL:
        number = v->boolean;
        break;
    case VALUE_INT:
        number = (uint64_t)v->integer;
        break;
    case VALUE_FLOAT:
        memcpy(&number, &v->real, sizeof number);
        break;
    case VALUE_TEXT:
    case VALUE_BYTES:
        number = v->text.len;
        to = put(to, &number, sizeof number);
        return put(to, v->text.ptr, v->text.len);
    }
    return put(to, &number, sizeof number);
}

/* Leaves the arena as it was. */
static seen_mark mark_of(arena *a, const value *cells, size_t count) {
    arena_place before = arena_mark(a);
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += 1 + size_of(&cells[i]);
    char *text = arena_take(a, size + 1, 1);
    char *to = text;
    for (size_t i = 0; i < count; i++)
        to = put_value(to, &cells[i]);
    unsigned char digest[SHA256_BYTES];
    sha256_digest((str){text, size}, digest);
    arena_rewind(a, before);
    seen_mark mark;
    memcpy(mark.bytes, digest, sizeof mark.bytes);
    return mark;
}

static int compare(const void *a, const void *b) {
    return memcmp(a, b, sizeof(seen_mark));
}

void seen_rows_add(seen_rows *s, const value *cells) {
    seen_mark mark = mark_of(s->a, cells, s->column_count);
    ARENA_PUSH(s->a, s->marks, s->count, mark);
    s->is_sorted = false;
}

/* ---- The look ----------------------------------------------------------- */

static err *judge(const void *context, arena *a, size_t row,
                  const value *cells) {
    const seen_rows *s = context;
    seen_mark mark = mark_of(a, cells, s->column_count);
    (void)row;
    if (s->count > 0 &&
        bsearch(&mark, s->marks, s->count, sizeof mark, compare) != NULL)
        return NULL;
    return err_new(a, ERR_CONFLICT,
                   "a row of \"%.*s\" is not as it was read before",
                   STR_ARG(s->model->table));
}

const mutation *seen_rows_look(seen_rows *s, const mutation *like,
                               const filter *where, size_t count) {
    static const value NOTHING = {.kind = VALUE_NULL};
    mutation_expectation *expected =
        arena_new_array(s->a, mutation_expectation, 1);
    mutation *look = arena_new_array(s->a, mutation, 1);
    seen_rows *known = arena_new_array(s->a, seen_rows, 1);
    /* If it is not its turn it may be as many as there are. */
    bool counts =
        like->kind != MUTATION_INSERT && like->turn != MUTATION_ALWAYS;
    if (!s->is_sorted && s->count > 0)
        qsort(s->marks, s->count, sizeof *s->marks, compare);
    s->is_sorted = true;
    *known = *s;
    *expected = (mutation_expectation){(int64_t)count, MUTATION_ANY_COUNT};
    *look = (mutation){
        .kind = MUTATION_UPDATE,
        .model = s->model,
        .values = &NOTHING,
        .row_count = 1,
        .where = where,
        .judge = judge,
        .judge_context = known,
        .judged = s->columns,
        .judged_count = s->column_count,
        .max_rows = counts ? like->max_rows : MUTATION_ANY_COUNT,
        .must_be_one = counts && like->must_be_one,
        .expected = expected,
        .refers_back = like->refers_back,
        .turn = like->turn,
        .turn_of = like->turn_of,
        .is_rolled_back = like->is_rolled_back,
        .origin = like->origin,
        .scope = like->scope,
    };
    return look;
}
