/* history_restore.c: `tenon history restore`: asks whoever serves the database
 * to do it, since a restore is a change like any other, with rules and hooks. */
#include <time.h>

#include "bin/history.h"
#include "core/restore_job.h"
#include "database/job_table.h"

enum { PATIENCE_MS = 30 * 1000, LOOK_MS = 200 };

static err *read_set(command_context *c, const json **out) {
    str text = command_value(c, STR("set"));
    *out = NULL;
    if (str_is_empty(text))
        return NULL;
    err *e = json_parse(c->arena, text, out);
    if (e != NULL)
        return err_wrap(c->arena, e, "--set");
    return (*out)->kind == JSON_OBJECT
               ? NULL
               : err_new(c->arena, ERR_INVALID,
                         "--set is an object, as '{\"name\": \"x\"}'");
}

static err *read_wanted(command_context *c, restore_wanted *out) {
    str at = command_value(c, STR("at"));
    *out = (restore_wanted){
        .version = command_value(c, STR("version")),
        .has_related = command_has(c, STR("related")),
        .is_trial = command_has(c, STR("trial")),
    };
    TRY(history_read_arguments(c, &out->model, &out->record_id));
    TRY(read_set(c, &out->set));
    if (str_is_empty(at) == str_is_empty(out->version))
        return err_with_hint(err_new(c->arena, ERR_INVALID,
                                     "restore what? give --version or --at"),
                             STR("tenon history list shows the versions"));
    return str_is_empty(at) ? NULL : history_read_time(c, at, &out->when);
}

static bool is_over(str status) {
    return str_equal(status, STR("succeeded")) ||
           str_equal(status, STR("failed")) ||
           str_equal(status, STR("cancelled"));
}

static void pause(void) {
    const struct timespec time = {.tv_nsec = LOOK_MS * 1000L * 1000L};
    (void)nanosleep(&time, NULL);
}

/* Its row once it is over, or as it is when our patience is. */
static err *await(command_context *c, target *t, str id, target_rows *out) {
    const job_table_filter wanted = {.id = id};
    for (int waited = 0;; waited += LOOK_MS) {
        TRY(job_table_list(c->arena, t, &wanted, 1, out));
        if (out->row_count == 0 || waited >= PATIENCE_MS ||
            is_over(target_cell(out, 0, JOB_TABLE_STATUS)))
            return NULL;
        pause();
    }
}

static int64_t count_of(const json *progress, str member) {
    const json *j = progress != NULL ? json_find(progress, member) : NULL;
    int64_t count = 0;
    return j != NULL && json_int64(j, &count) ? count : 0;
}

static err *tell(command_context *c, str id, const target_rows *rows) {
    const json *progress = NULL;
    str status =
        rows->row_count > 0 ? target_cell(rows, 0, JOB_TABLE_STATUS) : (str){0};
    if (!is_over(status))
        return err_with_hint(
            err_new(c->arena, ERR_UNAVAILABLE,
                    "nobody has done it within %d seconds", PATIENCE_MS / 1000),
            arena_printf(c->arena,
                         "tenon serve will; tenon job cancel %.*s takes it "
                         "back",
                         STR_ARG(id)));
    if (!str_equal(status, STR("succeeded")))
        return err_new(c->arena, ERR_CONFLICT, "not restored: %.*s",
                       STR_ARG(target_cell(rows, 0, JOB_TABLE_LAST_ERROR)));
    TRY(json_parse(c->arena, target_cell(rows, 0, JOB_TABLE_PROGRESS),
                   &progress));
    buf_printf(c->out, "%s%lld rows made again, %lld changed\n",
               command_has(c, STR("trial")) ? "it would work: " : "",
               (long long)count_of(progress, STR("inserted")),
               (long long)count_of(progress, STR("updated")));
    return NULL;
}

err *command_history_restore(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    CLEANUP(buf_free) buf payload = buf_new(SIZE_MAX);
    restore_wanted wanted;
    target_rows rows;
    str id;
    TRY(read_wanted(c, &wanted));
    restore_job_write(&payload, &wanted);
    TRY(target_open(c->arena, config_text(&c->config, CONFIG_DATABASE),
                    TARGET_WRITE, &t));
    TRY(job_table_add(c->arena, t, RESTORE_JOB.name, buf_str(&payload),
                      RESTORE_JOB.max_attempts, &id));
    TRY(await(c, t, id, &rows));
    return tell(c, id, &rows);
}
