#include "api/rest/row_version.h"

#include "base/sha256.h"
#include "database/row_json.h"

enum { ROW_MAX = 16 * 1024 * 1024 };

bool row_version_exists(const selection *s) {
    if (s->embed_count > 0 || s->count == 0)
        return false;
    for (size_t i = 0; i < s->count; i++)
        if (s->columns[i].derivation != NULL)
            return false;
    return true;
}

str row_version_of(arena *a, str row) {
    str hash = sha256_hex(a, row);
    hash.len /= 2;
    return arena_printf(a, "\"%.*s\"", STR_ARG(hash));
}

bool row_version_is_in(str list, str version) {
    while (!str_is_empty(list)) {
        str tag = str_trim(str_split(&list, ','));
        if (str_equal(tag, STR("*")) || str_equal(tag, version))
            return true;
    }
    return false;
}

/* --- If-Match --- */

typedef struct expectation {
    str list;
    const selection *selection;
} expectation;

static err *refuse_changed(arena *a, str details) {
    err *e = err_new(a, ERR_PRECONDITION,
                     "the row is not the one that If-Match names");
    return err_with_hint(
        err_with_details(e, details),
        STR("read it again, with the select that the write has"));
}

static err *judge_version(const void *context, arena *a, size_t row,
                          const value *cells) {
    const expectation *expected = context;
    const selection *s = expected->selection;
    const row_shape shape = {s->keys, s->count, false};
    CLEANUP(buf_free) buf text = buf_new(ROW_MAX);
    (void)row;
    row_json_write(&text, &shape, cells);
    bool is_expected =
        !text.is_overflown &&
        row_version_is_in(expected->list, row_version_of(a, buf_str(&text)));
    return is_expected ? NULL
                       : refuse_changed(a, STR("somebody changed it since"));
}

static err *check_place(arena *a, const rest_request *r) {
    if (r->params.where == NULL)
        return err_new(a, ERR_INVALID,
                       "If-Match is for a write that names one row");
    if (!row_version_exists(&r->params.selection))
        return err_with_hint(
            err_new(a, ERR_INVALID, "If-Match needs a select of plain columns"),
            STR("read and write the row with the same select"));
    return NULL;
}

err *row_version_expect(arena *a, const rest_request *r, bool *has_look,
                        mutation *out) {
    static const value NOTHING = {.kind = VALUE_NULL};
    str list = http_request_header(r->http, STR("If-Match"));
    *has_look = list.ptr != NULL;
    if (!*has_look)
        return NULL;
    TRY(check_place(a, r));
    expectation *expected = arena_new_array(a, expectation, 1);
    *expected = (expectation){list, &r->params.selection};
    *out = (mutation){
        .kind = MUTATION_UPDATE,
        .model = r->table->model,
        .values = &NOTHING,
        .row_count = 1,
        .where = r->params.where,
        .judge = judge_version,
        .judge_context = expected,
        .judged = r->params.selection.columns,
        .judged_count = r->params.selection.count,
        .max_rows = MUTATION_ANY_COUNT,
        .must_be_one = true,
    };
    return NULL;
}

err *row_version_explain(arena *a, err *e) {
    return e->code == ERR_NOT_SINGULAR ? refuse_changed(a, e->details) : e;
}
