#include "database/postgres/pg_error.h"

/* PostgreSQL 15 manual, appendix A. The first row that is a prefix counts. */
static const struct row {
    str prefix;
    err_code code;
} CODES[] = {
    {STR_INIT("08"), ERR_UNAVAILABLE},
    {STR_INIT("0A"), ERR_UNSUPPORTED},
    {STR_INIT("21000"), ERR_AFFECTED_TWICE}, /* our only such statement */
    {STR_INIT("22001"), ERR_VALUE_RANGE},
    {STR_INIT("22003"), ERR_VALUE_RANGE},
    {STR_INIT("22007"), ERR_VALUE_DATETIME},
    {STR_INIT("22008"), ERR_VALUE_DATETIME_RANGE},
    {STR_INIT("22012"), ERR_DIVISION},
    {STR_INIT("22"), ERR_VALUE_SYNTAX},
    {STR_INIT("23502"), ERR_NOT_NULL_VIOLATION},
    {STR_INIT("23503"), ERR_FOREIGN_KEY_VIOLATION},
    {STR_INIT("23505"), ERR_UNIQUE_VIOLATION},
    {STR_INIT("23P01"), ERR_UNIQUE_VIOLATION},
    {STR_INIT("23"), ERR_CHECK_VIOLATION},
    {STR_INIT("25006"), ERR_READ_ONLY},
    {STR_INIT("26"), ERR_UNAVAILABLE}, /* the session was reset, again */
    {STR_INIT("28"), ERR_DENIED},
    {STR_INIT("3D"), ERR_NOT_FOUND},
    {STR_INIT("3F"), ERR_NOT_FOUND},
    {STR_INIT("40"), ERR_CONFLICT},
    {STR_INIT("42501"), ERR_DENIED},
    {STR_INIT("42601"), ERR_QUERY_SYNTAX},
    {STR_INIT("42P01"), ERR_UNKNOWN_TABLE},
    {STR_INIT("42P10"), ERR_NO_CONFLICT_KEY},
    {STR_INIT("42703"), ERR_UNKNOWN_COLUMN},
    {STR_INIT("42704"), ERR_NOT_FOUND},
    {STR_INIT("42804"), ERR_VALUE_TYPE},
    {STR_INIT("42846"), ERR_CAST},
    {STR_INIT("42883"), ERR_OPERATOR_TYPE},
    {STR_INIT("42701"), ERR_CONFLICT}, /* column, object, schema, function, */
    {STR_INIT("42710"), ERR_CONFLICT}, /* database, table: there already */
    {STR_INIT("42P06"), ERR_CONFLICT},
    {STR_INIT("42723"), ERR_CONFLICT},
    {STR_INIT("42P04"), ERR_CONFLICT},
    {STR_INIT("42P07"), ERR_CONFLICT},
    {STR_INIT("53100"), ERR_DISK_FULL},
    {STR_INIT("53"), ERR_UNAVAILABLE},
    {STR_INIT("54"), ERR_TOO_LARGE},
    {STR_INIT("55006"), ERR_BUSY},
    {STR_INIT("55P03"), ERR_BUSY},
    {STR_INIT("57014"), ERR_TIMEOUT},
    {STR_INIT("57"), ERR_UNAVAILABLE},
    {STR_INIT("58"), ERR_IO},
    {STR_INIT("XX001"), ERR_CORRUPT},
    {STR_INIT("XX002"), ERR_CORRUPT},
    {STR_INIT("XX"), ERR_INTERNAL},
};

err_code pg_error_code(str sqlstate) {
    for (size_t i = 0; i < LENGTH(CODES); i++)
        if (str_starts_with(sqlstate, CODES[i].prefix))
            return CODES[i].code;
    return ERR_INVALID;
}

static str field(const pg_library *pq, const PGresult *r, int id) {
    return str_of(pq->PQresultErrorField(r, id));
}

/* In the file, from a place in what was sent. */
static pg_place place_in_file(const pg_running *running, pg_place p) {
    if (p.line == 1)
        p.column += running->place.column - 1;
    p.line += running->place.line - 1;
    return p;
}

/* Without a position the server means the whole statement. */
static str prefix_of(arena *a, const pg_library *pq, const PGresult *r,
                     const pg_running *running) {
    int64_t character = 0;
    if (str_is_empty(running->name))
        return (str){0};
    if (str_parse_int64(field(pq, r, PG_DIAG_STATEMENT_POSITION), &character) &&
        character > 0) {
        pg_place p = place_in_file(
            running, pg_script_place(running->sql, (size_t)character));
        return arena_printf(a, "%.*s:%zu:%zu: ", STR_ARG(running->name), p.line,
                            p.column);
    }
    pg_script rest = pg_script_of(running->sql);
    pg_statement s = {.place = {1, 1}};
    for (size_t i = 0; i <= running->statement; i++)
        if (!pg_script_next(&rest, &s))
            break;
    return arena_printf(a, "%.*s:%zu: ", STR_ARG(running->name),
                        place_in_file(running, s.place).line);
}

/* The context says where in a function or trigger it happened. */
static str details_of(arena *a, const pg_library *pq, const PGresult *r) {
    str detail = arena_copy(a, field(pq, r, PG_DIAG_MESSAGE_DETAIL));
    str context = field(pq, r, PG_DIAG_CONTEXT);
    if (str_is_empty(context))
        return detail;
    return arena_printf(a, "%.*s%sIn: %.*s", STR_ARG(detail),
                        str_is_empty(detail) ? "" : " ", STR_ARG(context));
}

static str first_line(arena *a, str text) {
    return arena_copy(a, str_trim(str_split(&text, '\n')));
}

err *pg_error_of(arena *a, const pg_library *pq, const PGresult *failed,
                 const pg_running *running) {
    str sqlstate = field(pq, failed, PG_DIAG_SQLSTATE);
    if (str_is_empty(sqlstate)) /* libpq's own: the connection broke, say */
        return err_new(
            a, ERR_UNAVAILABLE, "%.*s",
            STR_ARG(first_line(a, str_of(pq->PQresultErrorMessage(failed)))));

    str prefix = prefix_of(a, pq, failed, running);
    err *e = err_new(
        a, pg_error_code(sqlstate), "%.*s%.*s (%.*s)", STR_ARG(prefix),
        STR_ARG(field(pq, failed, PG_DIAG_MESSAGE_PRIMARY)), STR_ARG(sqlstate));
    e = err_with_details(e, details_of(a, pq, failed));
    return err_with_hint(
        e, arena_copy(a, field(pq, failed, PG_DIAG_MESSAGE_HINT)));
}

err *pg_error_plain(arena *a, const pg_library *pq, const PGresult *failed) {
    str sqlstate = field(pq, failed, PG_DIAG_SQLSTATE);
    if (str_is_empty(sqlstate))
        return err_new(a, ERR_UNAVAILABLE,
                       "Database client error. Retrying the connection.");
    err *e = err_new(a, pg_error_code(sqlstate), "%.*s",
                     STR_ARG(field(pq, failed, PG_DIAG_MESSAGE_PRIMARY)));
    e->foreign_code = arena_copy(a, sqlstate);
    e->details = arena_copy(a, field(pq, failed, PG_DIAG_MESSAGE_DETAIL));
    e->hint = arena_copy(a, field(pq, failed, PG_DIAG_MESSAGE_HINT));
    e->constraint = arena_copy(a, field(pq, failed, PG_DIAG_CONSTRAINT_NAME));
    return e;
}

str pg_error_text(arena *a, const pg_library *pq, const PGconn *connection) {
    str text = str_trim(str_of(pq->PQerrorMessage(connection)));
    char *line = arena_take(a, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = text.ptr[i] == '\n' || text.ptr[i] == '\t';
        char c = is_blank ? ' ' : text.ptr[i];
        if (c != ' ' || len == 0 || line[len - 1] != ' ')
            line[len++] = c;
    }
    return (str){line, len};
}
