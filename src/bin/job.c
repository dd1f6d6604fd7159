/* job.c: `tenon job list`, `show`, `retry`, `cancel` and `run`: the queue, for
 * people. */
#include "core/job.h"
#include "base/json.h"
#include "bin/command.h"
#include "bin/plain_text.h"
#include "database/job_table.h"

enum { SHOWN = 50 /* when no limit is given */ };

static err *open_table(command_context *c, target_access access, target **out) {
    str url = config_text(&c->config, CONFIG_DATABASE);
    return target_open(c->arena, url, access, out);
}

static err *read_filter(const command_context *c, job_table_filter *out) {
    static const str STATUSES[] = {STR_INIT("queued"), STR_INIT("running"),
                                   STR_INIT("succeeded"), STR_INIT("failed"),
                                   STR_INIT("cancelled")};
    *out = (job_table_filter){
        .id = c->argument_count > 0 ? c->arguments[0] : (str){0},
        .kind = command_value(c, STR("kind")),
        .status = command_value(c, STR("status")),
    };
    bool is_known = str_is_empty(out->status);
    for (size_t i = 0; i < LENGTH(STATUSES); i++)
        is_known |= str_equal(out->status, STATUSES[i]);
    return is_known ? NULL
                    : err_new(c->arena, ERR_INVALID,
                              "--status is queued, running, succeeded, failed "
                              "or cancelled, not '%.*s'",
                              STR_ARG(out->status));
}

static err *read_limit(const command_context *c, size_t *out) {
    str text = command_value(c, STR("limit"));
    int64_t limit = SHOWN;
    if (!str_is_empty(text) && (!str_parse_int64(text, &limit) || limit < 1))
        return err_new(c->arena, ERR_INVALID,
                       "--limit is a number of jobs, not '%.*s'",
                       STR_ARG(text));
    *out = (size_t)limit;
    return NULL;
}

/* ---- Looking ------------------------------------------------------------ */

static void write_line(buf *out, const target_rows *rows, size_t row) {
    static const job_table_column PARTS[] = {JOB_TABLE_ID, JOB_TABLE_RUN_AT,
                                             JOB_TABLE_STATUS, JOB_TABLE_KIND};
    for (size_t i = 0; i < LENGTH(PARTS); i++) {
        plain_text_write(out, target_cell(rows, row, PARTS[i]), SIZE_MAX);
        buf_append_char(out, ' ');
    }
    buf_printf(out, "%.*s/%.*s",
               STR_ARG(target_cell(rows, row, JOB_TABLE_ATTEMPTS)),
               STR_ARG(target_cell(rows, row, JOB_TABLE_MAX_ATTEMPTS)));
    str error = target_cell(rows, row, JOB_TABLE_LAST_ERROR);
    if (!str_is_empty(error)) {
        buf_append_char(out, ' ');
        plain_text_write(out, error, SIZE_MAX);
    }
    buf_append_char(out, '\n');
}

err *command_job_list(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    job_table_filter wanted;
    size_t limit = SHOWN;
    target_rows rows;
    TRY(read_filter(c, &wanted));
    TRY(read_limit(c, &limit));
    TRY(open_table(c, TARGET_READ, &t));
    TRY(job_table_list(c->arena, t, &wanted, limit, &rows));
    for (size_t i = 0; i < rows.row_count; i++)
        write_line(c->out, &rows, i);
    if (rows.row_count == limit)
        buf_printf(c->out, "the newest %zu; --limit shows more\n", limit);
    if (rows.row_count == 0)
        buf_append(c->out, STR("no jobs\n"));
    return NULL;
}

static err *no_job(command_context *c, const char *why) {
    return err_with_hint(
        err_new(c->arena, ERR_NOT_FOUND, "there is no %s", why),
        STR("tenon job list shows the jobs"));
}

static err *need_id(command_context *c) {
    return c->argument_count > 0
               ? NULL
               : err_with_hint(
                     err_new(c->arena, ERR_INVALID, "which job? give its id"),
                     STR("tenon job list shows the ids"));
}

err *command_job_show(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    job_table_filter wanted = {0};
    target_rows rows;
    TRY(need_id(c));
    wanted.id = c->arguments[0];
    TRY(open_table(c, TARGET_READ, &t));
    TRY(job_table_list(c->arena, t, &wanted, 1, &rows));
    if (rows.row_count == 0)
        return no_job(c, "job with this id");
    for (size_t i = 0; i < JOB_TABLE_COLUMN_COUNT; i++) {
        str cell = target_cell(&rows, 0, i);
        if (cell.ptr == NULL)
            continue;
        buf_printf(c->out, "%-16.*s ", STR_ARG(JOB_TABLE_COLUMNS[i]));
        plain_text_write(c->out, cell, SIZE_MAX);
        buf_append_char(c->out, '\n');
    }
    return NULL;
}

/* ---- Changing ----------------------------------------------------------- */

typedef err *table_change(arena *a, target *t, const job_table_filter *wanted,
                          size_t *count);

/* Without an id it takes a kind, so that nobody changes all by accident. */
static err *change(command_context *c, table_change *make, const char *done,
                   const char *candidates) {
    CLEANUP(target_close) target *t = NULL;
    job_table_filter wanted;
    size_t count = 0;
    TRY(read_filter(c, &wanted));
    if (str_is_empty(wanted.id) && str_is_empty(wanted.kind))
        return err_with_hint(
            err_new(c->arena, ERR_INVALID,
                    "which jobs? give an id, or --kind for all of a kind"),
            STR("tenon job list shows the ids"));
    TRY(open_table(c, TARGET_WRITE, &t));
    TRY(make(c->arena, t, &wanted, &count));
    if (count == 0)
        return no_job(c, candidates);
    buf_printf(c->out, "%s %zu job%s\n", done, count, count == 1 ? "" : "s");
    return NULL;
}

err *command_job_retry(command_context *c) {
    return change(c, job_table_retry, "queued",
                  "such job that has failed or was cancelled");
}

err *command_job_cancel(command_context *c) {
    return change(c, job_table_cancel, "cancelled",
                  "such job that is queued or runs");
}

err *command_job_run(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    str id = {0};
    const json *ignored = NULL;
    str payload = command_value(c, STR("payload"));
    if (c->argument_count == 0)
        return err_new(c->arena, ERR_INVALID,
                       "what kind of job? give its name, as job.prune");
    if (str_is_empty(payload))
        payload = STR("{}");
    err *e = json_parse(c->arena, payload, &ignored);
    if (e != NULL)
        return err_wrap(c->arena, e, "--payload");
    TRY(open_table(c, TARGET_WRITE, &t));
    TRY(job_table_add(c->arena, t, c->arguments[0], payload, JOB_MAX_ATTEMPTS,
                      &id));
    buf_printf(c->out, "%.*s\n", STR_ARG(id));
    return NULL;
}
