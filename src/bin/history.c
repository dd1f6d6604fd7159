/* history.c: `tenon history list`, `show` and `diff`: what a row was, by the
 * audit log. It looks at the log beside whoever serves the database; cells that
 * the log does not have (row_history.h) are left out. */
#include "bin/history.h"

#include "base/assert.h"
#include "bin/plain_text.h"
#include "core/row_history_log.h"
#include "database/audit_log.h"

enum { PAGE_SIZE = 500, MOST_VERSIONS = 10000 };

err *history_read_arguments(command_context *c, const model **m, str *id) {
    const schema *s;
    if (c->argument_count < 2)
        return err_with_hint(
            err_new(c->arena, ERR_INVALID, "which row? give a model and an id"),
            STR("tenon history list Project 7"));
    TRY(command_load_schema(c, &s));
    *m = schema_find_model(s, c->arguments[0]);
    if (*m == NULL)
        return err_new(c->arena, ERR_NOT_FOUND,
                       "there is no model %.*s in the schema",
                       STR_ARG(c->arguments[0]));
    const key *identity = model_identity(*m);
    *id = identity != NULL && identity->field_count > 1
              ? record_id_normal(c->arena, c->arguments[1])
              : c->arguments[1];
    return NULL;
}

/* ---- Reading ------------------------------------------------------------- */

typedef struct told {
    row_history history;
    row_history_entry *entries;
    size_t count;
} told;

static err *read_json(arena *a, str cell, const json **out) {
    *out = NULL;
    return str_is_empty(cell) ? NULL : json_parse(a, cell, out);
}

static err *read_entry(arena *a, const target_rows *rows, size_t row,
                       row_history_entry *out) {
    *out = (row_history_entry){
        .id = target_cell(rows, row, LOG_ID),
        .model = target_cell(rows, row, LOG_MODEL),
        .record_id = target_cell(rows, row, LOG_RECORD_ID),
        .action = target_cell(rows, row, LOG_ACTION),
        .user_id = target_cell(rows, row, LOG_USER_ID),
        .token_id = target_cell(rows, row, LOG_TOKEN_ID),
        .reason = target_cell(rows, row, LOG_REASON),
        .request_id = target_cell(rows, row, LOG_REQUEST_ID),
    };
    TRY(timestamp_parse(a, target_cell(rows, row, LOG_CREATED_AT),
                        &out->created_at));
    TRY(read_json(a, target_cell(rows, row, LOG_BEFORE), &out->before));
    TRY(read_json(a, target_cell(rows, row, LOG_AFTER), &out->after));
    return read_json(a, target_cell(rows, row, LOG_CHANGES), &out->changes);
}

static err *add_page(arena *a, told *t, const target_rows *rows) {
    for (size_t i = 0; i < rows->row_count; i++) {
        row_history_entry e;
        TRY(read_entry(a, rows, i, &e));
        ARENA_PUSH(a, t->entries, t->count, e);
    }
    return t->count <= MOST_VERSIONS
               ? NULL
               : err_new(a, ERR_TOO_LARGE, "the row has more than %d versions",
                         MOST_VERSIONS);
}

static err *read_history(command_context *c, const model **m, told *out) {
    CLEANUP(target_close) target *t = NULL;
    audit_log_page p = {.size = PAGE_SIZE};
    *out = (told){0};
    TRY(history_read_arguments(c, m, &p.wanted.record_id));
    ASSERT(*m != NULL);
    p.wanted.model = (*m)->name;
    TRY(target_open(c->arena, config_text(&c->config, CONFIG_DATABASE),
                    TARGET_READ, &t));
    do {
        TRY(audit_log_next(c->arena, t, &p));
        TRY(add_page(c->arena, out, &p.rows));
    } while (!p.is_last);
    if (out->count == 0)
        return err_with_hint(
            err_new(c->arena, ERR_NOT_FOUND,
                    "the audit log has nothing of %.*s %.*s",
                    STR_ARG((*m)->name), STR_ARG(p.wanted.record_id)),
            STR("of a key with several columns the id is a JSON list of texts: "
                "'[\"1\",\"x\"]'"));
    out->history = row_history_of(c->arena, *m, out->entries, out->count, NULL);
    return NULL;
}

/* ---- Showing ------------------------------------------------------------- */

static str who(const row_history_entry *e) {
    const str names[] = {e->user_id, e->token_id, e->reason};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (!str_is_empty(names[i]))
            return names[i];
    }
    return STR("-");
}

err *command_history_list(command_context *c) {
    const model *m;
    told t;
    TRY(read_history(c, &m, &t));
    for (size_t i = 0; i < t.count; i++) {
        const row_history_entry *e = &t.entries[i];
        const row_image *before =
            i == 0 ? &t.history.first : &t.history.versions[i - 1];
        char time[TIMESTAMP_LENGTH];
        CLEANUP(buf_free) buf diff = buf_new(SIZE_MAX);
        timestamp_format(e->created_at, time);
        row_history_write_diff(&diff, m, before, &t.history.versions[i]);
        buf_printf(c->out, "%.*s %.*s %.*s by ", STR_ARG(e->id),
                   TIMESTAMP_LENGTH, time, STR_ARG(e->action));
        plain_text_write(c->out, who(e), SIZE_MAX);
        buf_append_char(c->out, ' ');
        plain_text_write(c->out, buf_str(&diff), SIZE_MAX);
        buf_append_char(c->out, '\n');
    }
    return NULL;
}

static err *find_version(command_context *c, const told *t, str id,
                         const row_image **out) {
    *out = row_history_version(&t->history, id);
    if (*out != NULL)
        return NULL;
    return err_with_hint(err_new(c->arena, ERR_NOT_FOUND,
                                 "the row has no version %.*s", STR_ARG(id)),
                         STR("tenon history list shows them"));
}

err *history_read_time(command_context *c, str text, timestamp *out) {
    err *e = timestamp_parse(c->arena, text, out);
    return e == NULL ? NULL : err_wrap(c->arena, e, "--at");
}

/* That of --version or --at, or the last one. */
static err *choose(command_context *c, const told *t, const row_image **out) {
    str version = command_value(c, STR("version"));
    str at = command_value(c, STR("at"));
    timestamp when;
    *out = &t->history.versions[t->count - 1];
    if (!str_is_empty(version))
        return find_version(c, t, version, out);
    if (str_is_empty(at))
        return NULL;
    TRY(history_read_time(c, at, &when));
    *out = row_history_at(&t->history, when);
    return NULL;
}

err *command_history_show(command_context *c) {
    const model *m;
    const row_image *image;
    told t;
    TRY(read_history(c, &m, &t));
    TRY(choose(c, &t, &image));
    row_history_write_image(c->out, m, image);
    buf_append_char(c->out, '\n');
    return NULL;
}

err *command_history_diff(command_context *c) {
    const model *m;
    const row_image *from;
    const row_image *to;
    told t;
    if (c->argument_count < 3)
        return err_with_hint(
            err_new(c->arena, ERR_INVALID,
                    "which versions? give a model, an id and one or two"),
            STR("tenon history list shows them"));
    TRY(read_history(c, &m, &t));
    TRY(find_version(c, &t, c->arguments[2], &from));
    to = &t.history.versions[t.count - 1];
    if (c->argument_count > 3)
        TRY(find_version(c, &t, c->arguments[3], &to));
    row_history_write_diff(c->out, m, from, to);
    buf_append_char(c->out, '\n');
    return NULL;
}
