#include "database/audit_log.h"

#include <inttypes.h>

#include "base/timestamp.h"
#include "database/sql.h"

const str LOG_COLUMNS[LOG_COLUMN_COUNT] = {
    [LOG_ID] = STR_INIT("id"),
    [LOG_CREATED_AT] = STR_INIT("created_at"),
    [LOG_USER_ID] = STR_INIT("user_id"),
    [LOG_TOKEN_ID] = STR_INIT("token_id"),
    [LOG_ORGANIZATION_ID] = STR_INIT("organization_id"),
    [LOG_SPACE_ID] = STR_INIT("space_id"),
    [LOG_REQUEST_ID] = STR_INIT("request_id"),
    [LOG_DATABASE_USER] = STR_INIT("database_user"),
    [LOG_IP_ADDRESS] = STR_INIT("ip_address"),
    [LOG_USER_AGENT] = STR_INIT("user_agent"),
    [LOG_REASON] = STR_INIT("reason"),
    [LOG_ACTION] = STR_INIT("action"),
    [LOG_MODEL] = STR_INIT("model"),
    [LOG_RECORD_ID] = STR_INIT("record_id"),
    [LOG_HASH] = STR_INIT("hash"),
    [LOG_BEFORE] = STR_INIT("before"),
    [LOG_AFTER] = STR_INIT("after"),
    [LOG_CHANGES] = STR_INIT("changes"),
};

enum { MAX_PARAMETERS = 8 };

/* A statement as it is written, with its parameters. */
typedef struct asking {
    arena *a;
    bool is_lite;
    buf sql;
    str parameters[MAX_PARAMETERS];
    size_t count;
} asking;

void audit_log_write_columns(buf *sql, engine_kind engine) {
    bool is_lite = engine == ENGINE_SQLITE;
    for (size_t i = 0; i < LOG_COLUMN_COUNT; i++) {
        buf_append(sql, i > 0 ? STR(", ") : STR(""));
        if (is_lite && i == LOG_DATABASE_USER)
            buf_append(sql, STR("NULL"));
        else if (i == LOG_HASH)
            buf_append(sql, is_lite ? STR("lower(hex(hash))")
                                    : STR("encode(hash, 'hex')"));
        else if (!is_lite && i == LOG_CREATED_AT)
            buf_append(sql, STR("to_char(created_at AT TIME ZONE 'UTC',"
                                " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"));
        else
            sql_write_name(sql, LOG_COLUMNS[i]);
    }
}

/* AND what is before the parameter: created_at >= $1. */
static void add(asking *q, const char *test, str parameter, const char *cast) {
    if (str_is_empty(parameter))
        return;
    q->parameters[q->count++] = parameter;
    buf_printf(&q->sql, "%s%s $%zu%s", q->count == 1 ? " WHERE " : " AND ",
               test, q->count, q->is_lite ? "" : cast);
}

/* On SQLite ids are made in the order of time and begin with it, and there is no
 * index of times. */
static void add_first_id(asking *q, const char *compare, timestamp t) {
    uint64_t ms = t.ms > 0 ? (uint64_t)t.ms : 0;
    str start =
        arena_printf(q->a, "%08" PRIx64 "-%04" PRIx64, ms >> 16, ms & 0xffff);
    add(q, arena_cstr(q->a, arena_printf(q->a, "id %s", compare)), start, "");
}

/* As the log has it. */
static err *add_time(asking *q, const char *compare, str time) {
    timestamp t;
    if (str_is_empty(time))
        return NULL;
    TRY(timestamp_parse(q->a, time, &t));
    if (q->is_lite) {
        add_first_id(q, compare, t);
        return NULL;
    }
    char *text = arena_alloc(q->a, TIMESTAMP_LENGTH, 1);
    timestamp_format(t, text);
    add(q, arena_cstr(q->a, arena_printf(q->a, "created_at %s", compare)),
        (str){text, TIMESTAMP_LENGTH}, "::timestamptz");
    return NULL;
}

static void add_place(asking *q, const audit_log_page *p) {
    if (str_is_empty(p->after_id))
        return;
    const char *compare = p->is_newest_first ? "<" : ">";
    if (q->is_lite) {
        add(q, p->is_newest_first ? "id <" : "id >", p->after_id, "");
        return;
    }
    q->parameters[q->count++] = p->after_time;
    q->parameters[q->count++] = p->after_id;
    buf_printf(&q->sql, "%s(created_at, id) %s ($%zu::timestamptz, $%zu::uuid)",
               q->count == 2 ? " WHERE " : " AND ", compare, q->count - 1,
               q->count);
}

static err *write_query(asking *q, const target *t, const audit_log_page *p) {
    const audit_wanted *w = &p->wanted;
    buf_append(&q->sql, STR("SELECT "));
    audit_log_write_columns(&q->sql, target_engine(t));
    buf_append(&q->sql, q->is_lite ? STR(" FROM tenon_audit_log")
                                   : STR(" FROM tenon.audit_log"));
    add(q, "model =", w->model, "");
    add(q, "record_id =", w->record_id, "");
    add(q, "user_id =", w->user_id, "");
    TRY(add_time(q, ">=", w->since));
    TRY(add_time(q, "<", w->until));
    add_place(q, p);
    const char *order = p->is_newest_first ? "DESC" : "ASC";
    if (!q->is_lite)
        buf_printf(&q->sql, " ORDER BY created_at %s, id %s", order, order);
    else
        buf_printf(&q->sql, " ORDER BY id %s", order);
    buf_printf(&q->sql, " LIMIT %zu", p->size);
    return NULL;
}

static err *ask(arena *a, target *t, asking *q, audit_log_page *p) {
    TRY(write_query(q, t, p));
    err *e =
        target_query(a, t, buf_str(&q->sql), q->parameters, q->count, &p->rows);
    if (e == NULL || e->code != ERR_UNKNOWN_TABLE)
        return e;
    return err_with_hint(err_new(a, ERR_NOT_FOUND,
                                 "the database %.*s has no audit log",
                                 STR_ARG(target_label(t))),
                         STR("'tenon push' and 'tenon serve' make it"));
}

err *audit_log_next(arena *a, target *t, audit_log_page *p) {
    asking q = {
        .a = a,
        .is_lite = target_engine(t) == ENGINE_SQLITE,
        .sql = buf_new(SQL_MAX),
    };
    err *e = ask(a, t, &q, p);
    buf_free(&q.sql);
    TRY(e);
    size_t count = p->rows.row_count;
    p->is_last = count < p->size;
    if (count > 0) {
        p->after_time = target_cell(&p->rows, count - 1, LOG_CREATED_AT);
        p->after_id = target_cell(&p->rows, count - 1, LOG_ID);
    }
    return NULL;
}
