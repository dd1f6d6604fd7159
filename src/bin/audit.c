/* audit.c: `tenon audit list` and `tenon audit export`: the audit log, for
 * people and for programs. */
#include "base/file.h"
#include "base/json.h"
#include "bin/command.h"
#include "bin/plain_text.h"
#include "database/audit_log.h"

enum {
    PAGE_SIZE = 500,
    SHOWN = 50,               /* when no limit is given */
    SHOWN_CHANGES_BYTES = 80, /* of a line */
};

static audit_wanted wanted_of(const command_context *c) {
    return (audit_wanted){
        .model = command_value(c, STR("model")),
        .record_id = command_value(c, STR("record")),
        .user_id = command_value(c, STR("user")),
        .since = command_value(c, STR("since")),
        .until = command_value(c, STR("until")),
    };
}

static err *open_log(command_context *c, target **out) {
    str url = config_text(&c->config, CONFIG_DATABASE);
    return target_open(c->arena, url, TARGET_READ, out);
}

static err *read_limit(const command_context *c, size_t *out) {
    str text = command_value(c, STR("limit"));
    int64_t limit = SHOWN;
    if (!str_is_empty(text) && (!str_parse_int64(text, &limit) || limit < 1))
        return err_new(c->arena, ERR_INVALID,
                       "--limit is a number of rows, not '%.*s'",
                       STR_ARG(text));
    *out = (size_t)limit;
    return NULL;
}

/* ---- For people --------------------------------------------------------- */

/* Who it was, as far as it is known. */
static str name_of(const target_rows *rows, size_t row) {
    static const audit_column ORDER[] = {LOG_USER_ID, LOG_TOKEN_ID,
                                         LOG_DATABASE_USER, LOG_REASON,
                                         LOG_IP_ADDRESS};
    for (size_t i = 0; i < LENGTH(ORDER); i++) {
        str name = target_cell(rows, row, ORDER[i]);
        if (!str_is_empty(name))
            return name;
    }
    return STR("-");
}

static void write_line(buf *out, const target_rows *rows, size_t row) {
    static const audit_column PARTS[] = {LOG_CREATED_AT, LOG_ACTION, LOG_MODEL,
                                         LOG_RECORD_ID};
    for (size_t i = 0; i < LENGTH(PARTS); i++) {
        plain_text_write(out, target_cell(rows, row, PARTS[i]), SIZE_MAX);
        buf_append_char(out, ' ');
    }
    buf_append(out, STR("by "));
    plain_text_write(out, name_of(rows, row), SHOWN_CHANGES_BYTES);
    str changes = target_cell(rows, row, LOG_CHANGES);
    if (!str_is_empty(changes)) {
        buf_append_char(out, ' ');
        plain_text_write(out, changes, SHOWN_CHANGES_BYTES);
    }
    buf_append_char(out, '\n');
}

err *command_audit_list(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    audit_log_page p = {.wanted = wanted_of(c), .is_newest_first = true};
    TRY(read_limit(c, &p.size));
    TRY(open_log(c, &t));
    TRY(audit_log_next(c->arena, t, &p));
    for (size_t i = 0; i < p.rows.row_count; i++)
        write_line(c->out, &p.rows, i);
    if (!p.is_last)
        buf_printf(c->out, "the newest %zu; --limit shows more\n", p.size);
    if (p.rows.row_count == 0)
        buf_append(c->out, STR("no changes\n"));
    return NULL;
}

/* ---- For programs ------------------------------------------------------- */

/* What is not known is left out. */
static void write_object(buf *out, const target_rows *rows, size_t row) {
    char comma = '{';
    for (size_t i = 0; i < LOG_COLUMN_COUNT; i++) {
        str cell = target_cell(rows, row, i);
        if (cell.ptr == NULL)
            continue;
        buf_append_char(out, comma);
        comma = ',';
        json_write_string(out, LOG_COLUMNS[i]);
        buf_append_char(out, ':');
        if (i >= LOG_BEFORE)
            buf_append(out, cell);
        else
            json_write_string(out, cell);
    }
    buf_append(out, STR("}\n"));
}

/* A page's memory goes with the page, but for its last row's place. */
static err *export_page(command_context *c, target *t, arena *a,
                        audit_log_page *p) {
    TRY(audit_log_next(a, t, p));
    for (size_t i = 0; i < p->rows.row_count; i++) {
        write_object(c->out, &p->rows, i);
        command_flush(c);
    }
    p->after_time = arena_copy(c->arena, p->after_time);
    p->after_id = arena_copy(c->arena, p->after_id);
    return NULL;
}

err *command_audit_export(command_context *c) {
    CLEANUP(target_close) target *t = NULL;
    audit_log_page p = {.wanted = wanted_of(c), .size = PAGE_SIZE};
    TRY(open_log(c, &t));
    err *e = NULL;
    while (e == NULL && !p.is_last) {
        arena *a = arena_new();
        e = export_page(c, t, a, &p);
        if (e == NULL)
            arena_free(a); /* else the err is in it */
    }
    return e;
}
