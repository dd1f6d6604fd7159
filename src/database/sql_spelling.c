#include "database/sql_spelling.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/decimal.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "database/sql.h"

/* Words and signs with a blank between them. */
static void put(buf *out, str word) {
    if (out->len > 0)
        buf_append_char(out, ' ');
    buf_append(out, word);
}

static bool is_plain_name(str name) {
    if (str_is_empty(name) || ascii_is_digit(name.ptr[0]))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '_';
        if (!is_plain)
            return false;
    }
    return true;
}

void sql_spelling_put_name(arena *a, buf *out, sql_token t) {
    if (t.kind == SQL_QUOTED && !is_plain_name(sql_token_name(a, t))) {
        put(out, t.text);
        return;
    }
    put(out, STR(""));
    str name = sql_token_name(a, t);
    for (size_t i = 0; i < name.len; i++)
        buf_append_char(out, ascii_lower(name.ptr[i]));
}

/* Without a sign of plus, the sign of minus apart, no zeros at the end. */
static bool put_number(arena *a, buf *out, str text) {
    str number;
    if (decimal_parse(a, text, &number) != NULL)
        return false;
    if (str_starts_with(number, STR("-"))) {
        put(out, STR("-"));
        str_take(&number, 1);
    }
    if (decimal_scale(number) > 0) {
        while (str_ends_with(number, STR("0")))
            number.len--;
        if (str_ends_with(number, STR(".")))
            number.len--;
    }
    put(out, number);
    return true;
}

static bool put_date(arena *a, buf *out, str text) {
    timestamp t;
    if (timestamp_parse(a, text, &t) != NULL)
        return false;
    char date[TIMESTAMP_LENGTH];
    timestamp_format(t, date);
    put(out, (str){date, sizeof date});
    return true;
}

typedef struct member {
    str key;
    json value;
    size_t position;
} member;

static int by_key(const void *x, const void *y) {
    const member *one = x;
    const member *other = y;
    int order = str_compare(one->key, other->key);
    if (order == 0)
        return one->position < other->position ? -1 : 1;
    return order;
}

static json sorted(arena *a, const json *value);

/* As jsonb keeps it: members have no order, and of two with one key the last
 * counts. */
static json sorted_object(arena *a, const json *value) {
    member *members = arena_new_array(a, member, value->count);
    for (uint32_t i = 0; i < value->count; i++)
        members[i] = (member){value->keys[i], sorted(a, &value->items[i]), i};
    if (value->count > 0)
        qsort(members, value->count, sizeof *members, by_key);
    str *keys = arena_new_array(a, str, value->count);
    json *items = arena_new_array(a, json, value->count);
    json out = {.kind = JSON_OBJECT, .items = items, .keys = keys};
    for (uint32_t i = 0; i < value->count; i++) {
        bool has_later = i + 1 < value->count &&
                         str_equal(members[i].key, members[i + 1].key);
        if (has_later)
            continue;
        keys[out.count] = members[i].key;
        items[out.count++] = members[i].value;
    }
    return out;
}

static json sorted(arena *a, const json *value) {
    if (value->kind == JSON_OBJECT)
        return sorted_object(a, value);
    if (value->kind != JSON_ARRAY)
        return *value;
    json *items = arena_new_array(a, json, value->count);
    for (uint32_t i = 0; i < value->count; i++)
        items[i] = sorted(a, &value->items[i]);
    json out = *value;
    out.items = items;
    return out;
}

static bool put_json(arena *a, buf *out, str text) {
    const json *parsed = NULL;
    if (json_parse(a, text, &parsed) != NULL)
        return false;
    put(out, STR("'"));
    json one_order = sorted(a, parsed);
    json_write(out, &one_order);
    return true;
}

static bool put_boolean(buf *out, str text) {
    static const str SPELLINGS[][4] = {
        {STR_INIT("false"), STR_INIT("f"), STR_INIT("0"), STR_INIT("off")},
        {STR_INIT("true"), STR_INIT("t"), STR_INIT("1"), STR_INIT("on")},
    };
    for (size_t i = 0; i < LENGTH(SPELLINGS); i++)
        for (size_t k = 0; k < LENGTH(SPELLINGS[i]); k++)
            if (str_equal_ignoring_case(text, SPELLINGS[i][k])) {
                put(out, SPELLINGS[i][0]);
                return true;
            }
    return false;
}

static bool put_value(arena *a, buf *out, sql_literals class, str text) {
    switch (class) {
    case SQL_TEXTS:
        return false;
    case SQL_NUMBERS:
        return put_number(a, out, text);
    case SQL_BOOLEANS:
        return put_boolean(out, text);
    case SQL_DATES:
        return put_date(a, out, text);
    case SQL_JSON:
        return put_json(a, out, text);
    }
    return false;
}

/* b'101': '101' to PostgreSQL. */
static str bits_of(str text) {
    str_split(&text, '\'');
    return str_split(&text, '\'');
}

static void put_text(arena *a, buf *out, sql_literals class, sql_token t) {
    str content = sql_token_content(a, t);
    if (put_value(a, out, class, content))
        return;
    bool is_bits = str_equal_ignoring_case(str_slice(t.text, 0, 1), STR("b"));
    if (t.text.ptr[0] != '\'' && !is_bits) {
        put(out, t.text);
        return;
    }
    put(out, STR(""));
    sql_write_text(out, is_bits ? bits_of(t.text) : content);
}

static bool take_sign(str *rest, char sign) {
    str ahead = *rest;
    sql_token t;
    if (!sql_token_next(&ahead, &t) || !sql_token_is_sign(t, sign))
        return false;
    *rest = ahead;
    return true;
}

/* Words that go on with a type's name. */
static bool take_type_word(str *rest) {
    static const str WORDS[] = {STR_INIT("varying"), STR_INIT("precision"),
                                STR_INIT("with"),    STR_INIT("without"),
                                STR_INIT("time"),    STR_INIT("zone")};
    str ahead = *rest;
    sql_token t;
    if (!sql_token_next(&ahead, &t))
        return false;
    for (size_t i = 0; i < LENGTH(WORDS); i++)
        if (sql_token_is_word(t, WORDS[i])) {
            *rest = ahead;
            return true;
        }
    return false;
}

/* What stands behind "::". */
static void skip_type(str *rest) {
    sql_token t;
    do
        sql_token_next(rest, &t);
    while (take_sign(rest, '.'));
    while (take_type_word(rest)) {
    }
    if (take_sign(rest, '('))
        while (sql_token_next(rest, &t) && !sql_token_is_sign(t, ')')) {
        }
    while (take_type_word(rest)) {
    }
    while (take_sign(rest, '['))
        while (sql_token_next(rest, &t) && !sql_token_is_sign(t, ']')) {
        }
}

/* Takes up to the bracket that closes the one just taken, which is taken too.
 * False, and all is taken, without one. */
static bool take_inside(str *rest, str *inside) {
    *inside = *rest;
    int depth = 1;
    for (sql_token t; sql_token_next(rest, &t);) {
        depth += sql_token_is_sign(t, '(') - sql_token_is_sign(t, ')');
        if (depth > 0)
            continue;
        inside->len = (size_t)(t.text.ptr - inside->ptr);
        return true;
    }
    return false;
}

str sql_unbracketed(str sql) {
    for (;;) {
        sql = str_trim(sql);
        str rest = sql;
        str inside;
        if (!take_sign(&rest, '(') || !take_inside(&rest, &inside) ||
            !str_is_empty(str_trim(rest)))
            return sql;
        sql = inside;
    }
}

static bool take_cast(str *rest) {
    str ahead = *rest;
    sql_token t;
    if (!sql_token_next(&ahead, &t) || t.kind != SQL_SIGN || t.text.len != 2)
        return false;
    skip_type(&ahead);
    *rest = ahead;
    return true;
}

/* a, a.b, f(x), 'text', -1, (x), each with casts: brackets around it say
 * nothing. */
static bool is_primary(str sql) {
    str rest = sql;
    str inside;
    sql_token t;
    bool is_signed = take_sign(&rest, '-');
    if (!sql_token_next(&rest, &t) || (is_signed && t.kind != SQL_NUMBER))
        return false;
    if (sql_token_is_sign(t, '(')) {
        if (!take_inside(&rest, &inside))
            return false;
    } else if (t.kind == SQL_WORD || t.kind == SQL_QUOTED) {
        while (take_sign(&rest, '.'))
            sql_token_next(&rest, &t);
        if (take_sign(&rest, '(') && !take_inside(&rest, &inside))
            return false;
    } else if (t.kind == SQL_SIGN) {
        return false;
    }
    while (take_cast(&rest)) {
    }
    return str_is_empty(str_trim(rest));
}

/* interval '1 day' is '1 day'::interval. */
static bool is_type_of_text(sql_token t, str rest) {
    static const str TYPES[] = {
        STR_INIT("interval"), STR_INIT("timestamp"), STR_INIT("timestamptz"),
        STR_INIT("date"),     STR_INIT("time"),
    };
    sql_token next;
    if (!sql_token_next(&rest, &next) || next.kind != SQL_TEXT)
        return false;
    for (size_t i = 0; i < LENGTH(TYPES); i++)
        if (sql_token_is_word(t, TYPES[i]))
            return true;
    return false;
}

enum {
    /* Brackets are looked through again at each level. */
    MAX_UNBRACKETED_BYTES = 16 * 1024,
    MAX_UNBRACKETED_DEPTH = 32,
};

static void spell_all(arena *a, buf *out, sql_literals class, str sql,
                      int depth);

/* Behind a bracket that opens: what it holds without it, if it says nothing. */
static bool spell_unbracketed(arena *a, buf *out, sql_literals class, str *rest,
                              int depth) {
    str after = *rest;
    str inside;
    if (depth == MAX_UNBRACKETED_DEPTH || rest->len > MAX_UNBRACKETED_BYTES ||
        !take_inside(&after, &inside) || !is_primary(inside))
        return false;
    *rest = after;
    spell_all(a, out, class, inside, depth + 1);
    return true;
}

static void spell_all(arena *a, buf *out, sql_literals class, str sql,
                      int depth) {
    str rest = sql;
    bool is_after_name =
        false; /* then a bracket holds what it is called with */
    for (sql_token t; sql_token_next(&rest, &t);) {
        bool is_name = t.kind == SQL_WORD || t.kind == SQL_QUOTED;
        bool opens = sql_token_is_sign(t, '(') && !is_after_name;
        is_after_name = is_name;
        if (t.kind == SQL_SIGN && t.text.len == 2)
            skip_type(&rest);
        else if (opens && spell_unbracketed(a, out, class, &rest, depth))
            continue;
        else if (t.kind == SQL_TEXT)
            put_text(a, out, class, t);
        else if (is_name && !is_type_of_text(t, rest))
            sql_spelling_put_name(a, out, t);
        else if (!is_name &&
                 (t.kind != SQL_NUMBER || !put_value(a, out, class, t.text)))
            put(out, t.text);
    }
}

str sql_spelling(arena *a, sql_literals literals, str sql) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    spell_all(a, &out, literals, sql_unbracketed(sql), 0);
    return sql_unbracketed(arena_copy(a, buf_str(&out)));
}
