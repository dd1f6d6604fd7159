#include "database/postgres/pg_form.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/hex.h"
#include "base/real.h"
#include "base/timestamp.h"

static const pg_form FORMS[SCALAR_TYPE_COUNT] = {
    [SCALAR_STRING] = PG_TEXT,       [SCALAR_BOOLEAN] = PG_BOOLEAN,
    [SCALAR_INT] = PG_INTEGER,       [SCALAR_BIGINT] = PG_INTEGER,
    [SCALAR_FLOAT] = PG_REAL,        [SCALAR_DECIMAL] = PG_TEXT,
    [SCALAR_DATETIME] = PG_DATETIME, [SCALAR_JSON] = PG_TEXT,
    [SCALAR_BYTES] = PG_BYTES,
};

pg_form pg_form_of(const field *result) {
    return result->is_list ? PG_TEXT : FORMS[result->scalar];
}

static pg_form *put_query(const query *q, bool is_json, pg_form *out);

static pg_form *put_embeds(const embed *embeds, size_t count, bool is_json,
                           pg_form *out) {
    for (size_t i = 0; i < count; i++) {
        const embed *e = &embeds[i];
        if (e->is_spread)
            out = put_query(&e->query, is_json || !e->hop.is_to_one, out);
        else
            *out++ = PG_TEXT;
    }
    return out;
}

static pg_form *put_columns(const query_column *columns, size_t count,
                            bool is_json, pg_form *out) {
    for (size_t i = 0; i < count; i++)
        *out++ = is_json ? PG_TEXT
                         : pg_form_of(query_result(columns[i].field,
                                                   columns[i].derivation));
    return out;
}

/* The cells of a spread to many rows are JSON arrays. */
static pg_form *put_query(const query *q, bool is_json, pg_form *out) {
    out = put_columns(q->columns, q->column_count, is_json, out);
    return put_embeds(q->embeds, q->embed_count, is_json, out);
}

void pg_form_of_query(const query *q, pg_form *out) {
    (void)put_query(q, false, out);
}

void pg_form_of_columns(const query_column *columns, size_t count,
                        const embed *embeds, size_t embed_count, pg_form *out) {
    out = put_columns(columns, count, false, out);
    (void)put_embeds(embeds, embed_count, false, out);
}

/* ---- Dates and times ---------------------------------------------------- */

enum {
    DATE_LENGTH = sizeof "2024-01-31" - 1,
    SECONDS_LENGTH = sizeof "2024-01-31 12:00:00" - 1,
    ZONE_LENGTH = sizeof "+00:00" - 1,
    MILLISECONDS_LENGTH = 4, /* .123 */
};

/* Not zero if one of them is no digit; without a branch, as there are many. */
static unsigned find_no_digit(const char *bytes, size_t count) {
    unsigned found = 0;
    for (size_t i = 0; i < count; i++)
        found |= (unsigned char)(bytes[i] - '0') > 9;
    return found;
}

/* 0000-00-00 00:00:00 */
static bool is_second(str text) {
    const char *t = text.ptr;
    if (text.len < SECONDS_LENGTH || t[4] != '-' || t[7] != '-' ||
        t[DATE_LENGTH] != ' ' || t[13] != ':' || t[16] != ':')
        return false;
    return (find_no_digit(t, 4) | find_no_digit(t + 5, 2) |
            find_no_digit(t + 8, 2) | find_no_digit(t + 11, 2) |
            find_no_digit(t + 14, 2) | find_no_digit(t + 17, 2)) == 0;
}

/* .123456, at the start of text. */
static size_t fraction_length(str text) {
    size_t n = 0;
    if (text.len == 0 || text.ptr[0] != '.')
        return 0;
    for (n = 1; n < text.len && ascii_is_digit(text.ptr[n]);)
        n++;
    return n;
}

/* False for what is no time between the years 1 and 9999, and for one that is
 * not in UTC. */
static bool split_datetime(str text, str *seconds, str *fraction) {
    if (!is_second(text))
        return false;
    str rest = text;
    *seconds = str_take(&rest, SECONDS_LENGTH);
    *fraction = str_take(&rest, fraction_length(rest));
    return str_is_empty(rest) || str_equal(rest, STR("+00"));
}

/* At least three digits of the fraction. */
static str write_datetime(arena *a, str seconds, str fraction) {
    size_t room =
        fraction.len > MILLISECONDS_LENGTH ? fraction.len : MILLISECONDS_LENGTH;
    char *text = arena_take(a, SECONDS_LENGTH + room + ZONE_LENGTH, 1);
    memcpy(text, seconds.ptr, SECONDS_LENGTH);
    text[DATE_LENGTH] = 'T';
    memcpy(text + SECONDS_LENGTH, ".000", MILLISECONDS_LENGTH);
    if (fraction.len > 0)
        memcpy(text + SECONDS_LENGTH, fraction.ptr, fraction.len);
    memcpy(text + SECONDS_LENGTH + room, "+00:00", ZONE_LENGTH);
    return (str){text, SECONDS_LENGTH + room + ZONE_LENGTH};
}

/* ---- Cells -------------------------------------------------------------- */

static err *refuse(arena *a, const char *what, str text) {
    return err_new(a, ERR_CORRUPT, "the database answers \"%.*s\" for %s",
                   STR_ARG(text), what);
}

static err *read_boolean(arena *a, str text, value *out) {
    bool is_true = str_equal(text, STR("t"));
    if (!is_true && !str_equal(text, STR("f")))
        return refuse(a, "a Boolean", text);
    *out = (value){.kind = VALUE_BOOL, .boolean = is_true};
    return NULL;
}

/* A sum may be larger than any integer of ours: it stays text. */
static err *read_integer(str text, value *out) {
    int64_t n;
    *out = (value){.kind = VALUE_TEXT, .text = text};
    if (LIKELY(str_parse_int64(text, &n)))
        *out = (value){.kind = VALUE_INT, .integer = n};
    return NULL;
}

/* NaN and Infinity stay text, as in PostgreSQL's own JSON. */
static err *read_real(str text, value *out) {
    double number;
    *out = (value){.kind = VALUE_TEXT, .text = text};
    if (real_parse(text, &number))
        *out = (value){.kind = VALUE_FLOAT, .real = number};
    return NULL;
}

static err *read_datetime(arena *a, str text, value *out) {
    str seconds;
    str fraction;
    *out = (value){.kind = VALUE_TEXT, .text = text};
    if (split_datetime(text, &seconds, &fraction))
        out->text = write_datetime(a, seconds, fraction);
    return NULL;
}

static err *read_bytes(arena *a, str text, value *out) {
    out->kind = VALUE_BYTES;
    if (!str_starts_with(text, STR("\\x")) ||
        !hex_decode(a, str_slice(text, 2, text.len), &out->text))
        return refuse(a, "bytes", text);
    return NULL;
}

err *pg_form_read(arena *a, pg_form form, const char *bytes, size_t len,
                  value *out) {
    str text = {bytes, len};
    switch (form) {
    case PG_TEXT:
        *out = (value){.kind = VALUE_TEXT, .text = text};
        return NULL;
    case PG_BOOLEAN:
        return read_boolean(a, text, out);
    case PG_INTEGER:
        return read_integer(text, out);
    case PG_REAL:
        return read_real(text, out);
    case PG_DATETIME:
        return read_datetime(a, text, out);
    case PG_BYTES:
        return read_bytes(a, text, out);
    }
    PANIC("no such form");
}
