/*
 * dbgenerated("sql"): a default that the database makes.
 *
 * On PostgreSQL the SQL goes to the database as it is. On SQLite, what says
 * something that SQLite or we can do is turned into that, so that one schema
 * serves both; SQL of PostgreSQL's alone is an error, and the rest is taken for
 * SQLite's own.
 */
#include <stdint.h>

#include "base/ascii.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "schema/resolve_draft.h"

/* ---- Reading SQL, as far as it is needed ---------------------------------*/

static size_t quoted_length(str sql, size_t at) {
    size_t end = at + 1;
    while (end < sql.len && sql.ptr[end] != sql.ptr[at])
        end++;
    return (end < sql.len ? end + 1 : end) - at;
}

static bool is_quote(char c) {
    return c == '\'' || c == '"';
}

static bool is_word(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_';
}

static size_t word_length(str sql, size_t at) {
    size_t end = at;
    while (end < sql.len && is_word(sql.ptr[end]))
        end++;
    return end - at;
}

static bool is_cast(str sql, size_t at) {
    return str_starts_with(str_slice(sql, at, sql.len), STR("::"));
}

/* "::timestamp(3) with time zone", "::text[]" */
static size_t cast_length(str sql, size_t at) {
    size_t end = at + 2;
    while (end < sql.len &&
           (is_word(sql.ptr[end]) || ascii_is_blank(sql.ptr[end]) ||
            sql.ptr[end] == '"' || sql.ptr[end] == '.'))
        end++;
    return end - at;
}

static bool has_outer_parentheses(str sql) {
    size_t depth = 0;
    for (size_t i = 0; i < sql.len; i++) {
        if (is_quote(sql.ptr[i]))
            i += quoted_length(sql, i) - 1;
        else if (sql.ptr[i] == '(')
            depth++;
        else if (sql.ptr[i] == ')' && (depth == 0 || --depth == 0))
            return i > 0 && i + 1 == sql.len && sql.ptr[0] == '(';
    }
    return false;
}

/* Without blanks, casts and outer parentheses, in lower case but for what is
 * quoted: as the tables below write it. */
static str normalize(arena *a, str sql) {
    char *out = arena_take(a, sql.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < sql.len;) {
        char c = sql.ptr[i];
        size_t quoted = is_quote(c) ? quoted_length(sql, i) : 0;
        for (size_t k = 0; k < quoted; k++)
            out[len++] = sql.ptr[i + k];
        if (quoted > 0) {
            i += quoted;
        } else if (is_cast(sql, i)) {
            i += cast_length(sql, i);
        } else {
            if (!ascii_is_blank(c))
                out[len++] = ascii_lower(c);
            i++;
        }
    }
    str text = {out, len};
    while (has_outer_parentheses(text))
        text = str_slice(text, 1, text.len - 1);
    return text;
}

/* ---- What has an equal on SQLite -----------------------------------------*/

#define BIT(type) (1U << SCALAR_##type)

/* Functions of PostgreSQL, and what is ours for them. */
static const struct equal {
    str sql;
    unsigned types;
    default_kind kind;
} EQUALS[] = {
    {STR_INIT("uuidv7()"), BIT(STRING), DEFAULT_UUID7},
    {STR_INIT("uuid_generate_v7()"), BIT(STRING), DEFAULT_UUID7},
    {STR_INIT("gen_random_uuid()"), BIT(STRING), DEFAULT_UUID4},
    {STR_INIT("uuidv4()"), BIT(STRING), DEFAULT_UUID4},
    {STR_INIT("uuid_generate_v4()"), BIT(STRING), DEFAULT_UUID4},
    {STR_INIT("now()"), BIT(DATETIME), DEFAULT_NOW},
    {STR_INIT("current_timestamp"), BIT(DATETIME), DEFAULT_NOW},
    {STR_INIT("localtimestamp"), BIT(DATETIME), DEFAULT_NOW},
    {STR_INIT("transaction_timestamp()"), BIT(DATETIME), DEFAULT_NOW},
    {STR_INIT("statement_timestamp()"), BIT(DATETIME), DEFAULT_NOW},
    {STR_INIT("clock_timestamp()"), BIT(DATETIME), DEFAULT_NOW},
};

/* SQL of SQLite for SQL of PostgreSQL. One # stands for the same digits on both
 * sides. Instants have the form that our columns have. */
static const struct translation {
    str postgresql;
    unsigned types;
    str sqlite;
} TRANSLATIONS[] = {
    {STR_INIT("current_date"), BIT(DATETIME),
     STR_INIT("(strftime('%Y-%m-%dT00:00:00.000+00:00', 'now'))")},
    {STR_INIT("now()+'# day'"), BIT(DATETIME),
     STR_INIT("(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+# days'))")},
    {STR_INIT("now()+'# days'"), BIT(DATETIME),
     STR_INIT("(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+# days'))")},
    {STR_INIT("now()+'# hours'"), BIT(DATETIME),
     STR_INIT("(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+# hours'))")},
    {STR_INIT("now()+'# minutes'"), BIT(DATETIME),
     STR_INIT("(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+# minutes'))")},
    {STR_INIT("now()-'# days'"), BIT(DATETIME),
     STR_INIT("(strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-# days'))")},
    {STR_INIT("to_char(now(),'YYYY')"), BIT(STRING),
     STR_INIT("(strftime('%Y', 'now'))")},
    {STR_INIT("to_char(now(),'YYYY-MM-DD')"), BIT(STRING),
     STR_INIT("(strftime('%Y-%m-%d', 'now'))")},
    {STR_INIT("encode(gen_random_bytes(#),'hex')"), BIT(STRING),
     STR_INIT("(lower(hex(randomblob(#))))")},
};

static size_t digits_at(str text, size_t at) {
    size_t end = at;
    while (end < text.len && ascii_is_digit(text.ptr[end]))
        end++;
    return end - at;
}

static bool matches(str pattern, str text, str *digits) {
    size_t hash = str_find_char(pattern, '#');
    if (hash == pattern.len)
        return str_equal(pattern, text);
    str head = str_slice(pattern, 0, hash);
    str tail = str_slice(pattern, hash + 1, pattern.len);
    if (!str_starts_with(text, head))
        return false;
    size_t count = digits_at(text, hash);
    *digits = str_slice(text, hash, hash + count);
    return count > 0 &&
           str_equal(str_slice(text, hash + count, text.len), tail);
}

static bool fits(const field *f, unsigned types) {
    return f->kind == FIELD_SCALAR && !f->is_list &&
           (types & 1U << f->scalar) != 0;
}

static bool find_equal(arena *a, const field *f, str sql, default_value *out) {
    for (size_t i = 0; i < LENGTH(EQUALS); i++) {
        if (fits(f, EQUALS[i].types) && str_equal(sql, EQUALS[i].sql)) {
            *out = (default_value){.kind = EQUALS[i].kind};
            return true;
        }
    }
    for (size_t i = 0; i < LENGTH(TRANSLATIONS); i++) {
        str digits = {0};
        str sqlite = TRANSLATIONS[i].sqlite;
        if (!fits(f, TRANSLATIONS[i].types) ||
            !matches(TRANSLATIONS[i].postgresql, sql, &digits))
            continue;
        str head = str_split(&sqlite, '#');
        *out = (default_value){
            .kind = DEFAULT_DBGENERATED,
            .text = arena_printf(a, "%.*s%.*s%.*s", STR_ARG(head),
                                 STR_ARG(digits), STR_ARG(sqlite))};
        return true;
    }
    return false;
}

/* ---- Constants -----------------------------------------------------------*/

/* The text of 'it''s', if that is all there is. */
static bool read_quoted(arena *a, str sql, str *out) {
    if (sql.len < 2 || sql.ptr[0] != '\'' || sql.ptr[sql.len - 1] != '\'')
        return false;
    char *text = arena_take(a, sql.len, 1);
    size_t len = 0;
    for (size_t i = 1; i + 1 < sql.len; i++) {
        if (sql.ptr[i] == '\'' && (i + 2 >= sql.len || sql.ptr[++i] != '\''))
            return false;
        text[len++] = sql.ptr[i];
    }
    *out = (str){text, len};
    return true;
}

static bool is_number(str sql) {
    size_t at = sql.len > 0 && sql.ptr[0] == '-';
    size_t whole = digits_at(sql, at);
    size_t end = at + whole;
    if (whole > 0 && end < sql.len && sql.ptr[end] == '.')
        end += 1 + digits_at(sql, end + 1);
    return whole > 0 && end == sql.len;
}

/* What a constant is written as. */
typedef enum constant_kind {
    CONSTANT_NONE,
    CONSTANT_QUOTED,
    CONSTANT_BOOLEAN,
    CONSTANT_NUMBER,
} constant_kind;

static constant_kind read_constant(arena *a, str sql, str *out) {
    *out = sql;
    if (read_quoted(a, sql, out))
        return CONSTANT_QUOTED;
    if (str_equal(sql, STR("true")) || str_equal(sql, STR("false")))
        return CONSTANT_BOOLEAN;
    return is_number(sql) ? CONSTANT_NUMBER : CONSTANT_NONE;
}

static bool fits_integer(scalar_type type, str text) {
    int64_t n;
    return str_parse_int64(text, &n) &&
           (type == SCALAR_BIGINT || (n >= INT32_MIN && n <= INT32_MAX));
}

static bool fits_column(arena *a, const field *f, constant_kind kind,
                        str text) {
    const json *parsed;
    timestamp t;
    switch (f->scalar) {
    case SCALAR_STRING:
        return kind == CONSTANT_QUOTED || kind == CONSTANT_NUMBER;
    case SCALAR_JSON:
        return kind == CONSTANT_QUOTED && json_parse(a, text, &parsed) == NULL;
    case SCALAR_DATETIME:
        return kind == CONSTANT_QUOTED && timestamp_parse(a, text, &t) == NULL;
    case SCALAR_BOOLEAN:
        return kind == CONSTANT_BOOLEAN;
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return kind == CONSTANT_NUMBER && fits_integer(f->scalar, text);
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        return kind == CONSTANT_NUMBER;
    case SCALAR_BYTES:
        return false;
    }
    return false;
}

/* A constant is a literal, which is stored in the column's own form. */
static bool find_constant(arena *a, const field *f, str sql,
                          default_value *out) {
    str text;
    constant_kind kind = read_constant(a, sql, &text);
    if (kind == CONSTANT_NONE || f->kind != FIELD_SCALAR || f->is_list ||
        !fits_column(a, f, kind, text))
        return false;
    *out = (default_value){.kind = DEFAULT_LITERAL, .text = text};
    return true;
}

/* ---- What SQLite cannot read ---------------------------------------------*/

/* SQLite 3.40's functions that a default can be made of. */
static const str SQLITE_FUNCTIONS[] = {
    STR_INIT("abs"),        STR_INIT("cast"),        STR_INIT("char"),
    STR_INIT("coalesce"),   STR_INIT("date"),        STR_INIT("datetime"),
    STR_INIT("format"),     STR_INIT("hex"),         STR_INIT("ifnull"),
    STR_INIT("iif"),        STR_INIT("instr"),       STR_INIT("json"),
    STR_INIT("json_array"), STR_INIT("json_object"), STR_INIT("json_quote"),
    STR_INIT("julianday"),  STR_INIT("length"),      STR_INIT("lower"),
    STR_INIT("ltrim"),      STR_INIT("max"),         STR_INIT("min"),
    STR_INIT("nullif"),     STR_INIT("printf"),      STR_INIT("quote"),
    STR_INIT("random"),     STR_INIT("randomblob"),  STR_INIT("replace"),
    STR_INIT("round"),      STR_INIT("rtrim"),       STR_INIT("sign"),
    STR_INIT("strftime"),   STR_INIT("substr"),      STR_INIT("substring"),
    STR_INIT("time"),       STR_INIT("trim"),        STR_INIT("typeof"),
    STR_INIT("unicode"),    STR_INIT("unixepoch"),   STR_INIT("upper"),
    STR_INIT("zeroblob"),
};

static bool is_sqlite_function(str name) {
    for (size_t i = 0; i < LENGTH(SQLITE_FUNCTIONS); i++) {
        if (str_equal_ignoring_case(name, SQLITE_FUNCTIONS[i]))
            return true;
    }
    return false;
}

/* What SQLite stumbles over, or empty. */
static str find_foreign(str sql) {
    for (size_t i = 0; i < sql.len; i++) {
        if (is_quote(sql.ptr[i])) {
            i += quoted_length(sql, i) - 1;
        } else if (is_cast(sql, i)) {
            return str_trim(str_slice(sql, i, i + cast_length(sql, i)));
        } else if (is_word(sql.ptr[i])) {
            size_t len = word_length(sql, i);
            str word = str_slice(sql, i, i + len);
            i += len - 1;
            bool is_call = i + 1 < sql.len && sql.ptr[i + 1] == '(';
            if (is_call && !is_sqlite_function(word))
                return str_slice(sql, i + 1 - len, i + 2);
        }
    }
    return (str){0};
}

static bool report_foreign(resolver *r, const expression *call,
                           const expression *text) {
    str foreign = find_foreign(text->text);
    if (str_is_empty(foreign))
        return false;
    bool is_call = str_ends_with(foreign, STR("("));
    diag *d =
        diag_add(r->arena, r->diags, DIAG_ENGINE_LACKS_DEFAULT, call->span,
                 "SQLite cannot make this default, it has no '%.*s%s'",
                 STR_ARG(foreign), is_call ? ")" : "");
    diag_help(r->arena, d,
              "use a function of the schema language, such as now() or "
              "uuid(7), a literal, or SQL that both engines have");
    return true;
}

static bool find_text(resolver *r, const expression *call,
                      const expression **out) {
    *out = NULL;
    if (call->count == 0)
        return true;
    *out = call->items[0].value;
    if (call->count > 1 || (*out)->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, call->span,
                 "'dbgenerated' takes one string, the SQL of the default");
        return false;
    }
    if (!str_is_empty(str_trim((*out)->text)))
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_WRONG_DEFAULT, call->span,
                       "the SQL of the default is empty");
    diag_help(r->arena, d,
              "write dbgenerated() when the database has a way of its own");
    return false;
}

bool resolve_dbgenerated(resolver *r, const field *f, const expression *call,
                         default_value *out) {
    const expression *text;
    if (!find_text(r, call, &text))
        return false;
    *out = (default_value){.kind = DEFAULT_DBGENERATED};
    if (text == NULL)
        return true;
    out->text = text->text;
    if (r->engine != ENGINE_SQLITE)
        return true;
    str sql = normalize(r->arena, text->text);
    if (find_equal(r->arena, f, sql, out) ||
        find_constant(r->arena, f, sql, out))
        return true;
    return !report_foreign(r, call, text);
}
