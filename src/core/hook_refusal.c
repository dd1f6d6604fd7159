#include "core/hook_refusal.h"

#include "base/assert.h"
#include "base/json.h"
#include "core/validation_report.h"

enum { DETAILS_MAX = 256 * 1024 };

static void write_problem(buf *out, const hook_batch *batch,
                          const hook_problem *p) {
    buf_append_char(out, '{');
    if (batch->numbers != NULL)
        buf_printf(out, "\"row\":%zu,", batch->numbers[p->row] + 1);
    buf_append(out, STR("\"column\":"));
    if (p->about != NULL)
        json_write_string(out, p->about->column);
    else
        buf_append(out, STR("null"));
    buf_append(out, STR(",\"rule\":\"hook\",\"message\":"));
    json_write_string(out, p->message);
    buf_append_char(out, '}');
}

static str list(arena *a, const hook_batch *batch, const hook_problem *problems,
                size_t count) {
    CLEANUP(buf_free) buf out = buf_new(DETAILS_MAX);
    buf_append_char(&out, '[');
    for (size_t i = 0; i < count && i < VALIDATION_REPORT_MAX; i++) {
        size_t before = out.len;
        buf_append(&out, i > 0 ? STR(",") : STR(""));
        write_problem(&out, batch, &problems[i]);
        if (out.is_overflown) {
            out.len = before;
            break;
        }
    }
    buf_append_char(&out, ']');
    return arena_copy(a, buf_str(&out));
}

static str subject(arena *a, const hook_batch *batch, const hook_problem *p) {
    str table = batch->model->table;
    return batch->numbers != NULL
               ? arena_printf(a, "row %zu of \"%.*s\"",
                              batch->numbers[p->row] + 1, STR_ARG(table))
               : arena_printf(a, "the new row of \"%.*s\"", STR_ARG(table));
}

err *hook_refusal_of_fields(arena *a, const hook_batch *batch,
                            const hook_problem *problems, size_t count) {
    ASSERT(count > 0);
    const hook_problem *first = &problems[0];
    str column = first->about != NULL ? first->about->column : STR("it");
    str what = subject(a, batch, first);
    str more =
        count > 1 ? arena_printf(a, " (and %zu more)", count - 1) : (str){0};
    err *e = err_new(a, ERR_CHECK_VIOLATION, "%.*s is not valid: %.*s %.*s%.*s",
                     STR_ARG(what), STR_ARG(column), STR_ARG(first->message),
                     STR_ARG(more));
    return err_with_details(e, list(a, batch, problems, count));
}
