#include "database/introspect/introspect_condition.h"

#include "base/decimal.h"
#include "base/sql_token.h"
#include "base/timestamp.h"
#include "database/introspect/introspect_name.h"

enum { MAX_DEPTH = 40 };

/* What a piece is, and so whether it needs brackets among others. */
typedef enum piece_kind {
    PIECE_FIELD,
    PIECE_LITERAL, /* text: the content, which the other side gives a form */
    PIECE_NUMBER,
    PIECE_WORD, /* true, false, null, a call */
    PIECE_COMPARISON,
    PIECE_LOGIC,
} piece_kind;

/* What it may be compared with: its like. */
typedef enum piece_class {
    CLASS_NONE, /* the language compares it with nothing but null */
    CLASS_LITERAL,
    CLASS_NUMBER,
    CLASS_TIME,
    CLASS_TEXT,
    CLASS_BOOLEAN,
    CLASS_ENUM,
} piece_class;

typedef struct piece {
    piece_kind kind;
    piece_class class;
    str text;
    const draft_field *field;
} piece;

typedef struct reader {
    arena *a;
    const draft_model *model;
    str rest;
    int depth;
    introspected_condition *out;
    str *columns;
} reader;

/* ---- Tokens ------------------------------------------------------------- */

static bool peek(const reader *r, sql_token *t) {
    str ahead = r->rest;
    return sql_token_next(&ahead, t);
}

static bool take_sign(reader *r, char sign) {
    sql_token t;
    if (!peek(r, &t) || !sql_token_is_sign(t, sign))
        return false;
    return sql_token_next(&r->rest, &t);
}

static bool take_word(reader *r, str word) {
    sql_token t;
    if (!peek(r, &t) || !sql_token_is_word(t, word))
        return false;
    return sql_token_next(&r->rest, &t);
}

/* ::timestamp(3) without time zone */
static void skip_casts(reader *r) {
    static const str WORDS[] = {STR_INIT("varying"), STR_INIT("precision"),
                                STR_INIT("with"),    STR_INIT("without"),
                                STR_INIT("time"),    STR_INIT("zone")};
    sql_token t;
    while (peek(r, &t) && t.kind == SQL_SIGN && t.text.len == 2) {
        sql_token_next(&r->rest, &t);
        do
            sql_token_next(&r->rest, &t);
        while (take_sign(r, '.'));
        for (size_t i = 0; i < LENGTH(WORDS);)
            i = take_word(r, WORDS[i]) ? 0 : i + 1;
        if (take_sign(r, '('))
            while (!take_sign(r, ')') && sql_token_next(&r->rest, &t)) {
            }
        for (size_t i = 0; i < LENGTH(WORDS);)
            i = take_word(r, WORDS[i]) ? 0 : i + 1;
    }
}

/* ---- Operands ----------------------------------------------------------- */

static void note_column(reader *r, str column) {
    for (size_t i = 0; i < r->out->column_count; i++)
        if (str_equal(r->columns[i], column))
            return;
    ARENA_PUSH(r->a, r->columns, r->out->column_count, column);
    r->out->columns = r->columns;
}

static bool read_any(reader *r, piece *out);
static bool read_operand(reader *r, piece *out);

static piece_class class_of(const draft_field *f) {
    if (f->type.kind == FIELD_ENUM)
        return CLASS_ENUM;
    if (f->type.kind != FIELD_SCALAR)
        return CLASS_NONE;
    if (scalar_type_is_number(f->type.scalar))
        return CLASS_NUMBER;
    return f->type.scalar == SCALAR_DATETIME  ? CLASS_TIME
           : f->type.scalar == SCALAR_STRING  ? CLASS_TEXT
           : f->type.scalar == SCALAR_BOOLEAN ? CLASS_BOOLEAN
                                              : CLASS_NONE;
}

static bool is_text(const piece *p) {
    return p->class == CLASS_TEXT || p->class == CLASS_LITERAL;
}

static str quoted_text(reader *r, const piece *p) {
    return p->kind == PIECE_LITERAL ? introspect_quote(r->a, p->text) : p->text;
}

/* length(x), char_length(x); the bracket is open. */
static bool read_length(reader *r, piece *out) {
    piece text;
    if (!read_operand(r, &text) || !is_text(&text) || !take_sign(r, ')'))
        return false;
    str inner = quoted_text(r, &text);
    *out = (piece){.kind = PIECE_WORD,
                   .class = CLASS_NUMBER,
                   .text = arena_printf(r->a, "length(%.*s)", STR_ARG(inner))};
    return true;
}

static bool read_two(reader *r, const char *name, piece *out) {
    piece text;
    piece part;
    if (!read_operand(r, &text) || !take_sign(r, ',') ||
        !read_operand(r, &part) || !take_sign(r, ')') || !is_text(&text) ||
        !is_text(&part))
        return false;
    str one = quoted_text(r, &text);
    str two = quoted_text(r, &part);
    *out = (piece){.kind = PIECE_WORD,
                   .class = CLASS_BOOLEAN,
                   .text = arena_printf(r->a, "%s(%.*s, %.*s)", name,
                                        STR_ARG(one), STR_ARG(two))};
    return true;
}

/* strpos(x, y) > 0, instr(x, y) > 0 */
static bool read_position(reader *r, piece *out) {
    sql_token zero;
    return read_two(r, "contains", out) && take_sign(r, '>') &&
           sql_token_next(&r->rest, &zero) && str_equal(zero.text, STR("0"));
}

/* right(x, length(y)) = y, substr(x, 1, length(y)) = y, substr(x, length(x) -
 * length(y) + 1) = y: what it is compared with says the rest. */
static bool read_affix(reader *r, bool is_right, piece *out) {
    piece text;
    piece part;
    sql_token t;
    size_t commas = 0;
    if (!read_operand(r, &text))
        return false;
    for (int depth = 1; depth > 0;) {
        if (!sql_token_next(&r->rest, &t))
            return false;
        depth += sql_token_is_sign(t, '(') - sql_token_is_sign(t, ')');
        commas += depth == 1 && sql_token_is_sign(t, ',');
    }
    if (!take_sign(r, '=') || !read_operand(r, &part) || !is_text(&text) ||
        !is_text(&part))
        return false;
    const char *name = is_right || commas == 1 ? "endsWith" : "startsWith";
    str one = quoted_text(r, &text);
    str two = quoted_text(r, &part);
    *out = (piece){.kind = PIECE_WORD,
                   .class = CLASS_BOOLEAN,
                   .text = arena_printf(r->a, "%s(%.*s, %.*s)", name,
                                        STR_ARG(one), STR_ARG(two))};
    return true;
}

static bool read_call(reader *r, str name, piece *out) {
    if (str_equal(name, STR("length")) || str_equal(name, STR("char_length")))
        return read_length(r, out);
    if (str_equal(name, STR("strpos")) || str_equal(name, STR("instr")))
        return read_position(r, out);
    if (str_equal(name, STR("starts_with")))
        return read_two(r, "startsWith", out);
    bool is_right = str_equal(name, STR("right"));
    if (is_right || str_equal(name, STR("substr")))
        return read_affix(r, is_right, out);
    return false;
}

static bool read_named(reader *r, sql_token t, piece *out) {
    static const str WORDS[] = {STR_INIT("true"), STR_INIT("false")};
    str name = sql_token_name(r->a, t);
    for (size_t i = 0; t.kind == SQL_WORD && i < LENGTH(WORDS); i++) {
        if (!sql_token_is_word(t, WORDS[i]))
            continue;
        *out = (piece){
            .kind = PIECE_WORD, .class = CLASS_BOOLEAN, .text = WORDS[i]};
        return true;
    }
    if (take_sign(r, '('))
        return read_call(r, name, out);
    const draft_field *f = draft_find_field(r->model, name);
    if (f == NULL || f->type.is_list || f->type.kind == FIELD_UNSUPPORTED)
        return false;
    note_column(r, name);
    *out = (piece){
        .kind = PIECE_FIELD, .class = class_of(f), .text = f->name, .field = f};
    return true;
}

static bool read_number(reader *r, bool is_negative, piece *out) {
    sql_token t;
    if (!sql_token_next(&r->rest, &t) || t.kind != SQL_NUMBER)
        return false;
    *out = (piece){.kind = PIECE_NUMBER,
                   .class = CLASS_NUMBER,
                   .text = arena_printf(r->a, "%s%.*s", is_negative ? "-" : "",
                                        STR_ARG(t.text))};
    return true;
}

static bool read_primary(reader *r, piece *out) {
    sql_token t;
    if (take_sign(r, '('))
        return read_any(r, out) && take_sign(r, ')');
    if (take_sign(r, '-'))
        return read_number(r, true, out);
    if (!peek(r, &t) || t.kind == SQL_SIGN)
        return false;
    if (t.kind == SQL_NUMBER)
        return read_number(r, false, out);
    sql_token_next(&r->rest, &t);
    if (t.kind != SQL_TEXT)
        return read_named(r, t, out);
    *out = (piece){.kind = PIECE_LITERAL,
                   .class = CLASS_LITERAL,
                   .text = sql_token_content(r->a, t)};
    return true;
}

static bool read_operand(reader *r, piece *out) {
    if (!read_primary(r, out))
        return false;
    skip_casts(r);
    return true;
}

/* ---- Comparisons -------------------------------------------------------- */

static bool take_operator(reader *r, const char **out) {
    bool is_less = take_sign(r, '<');
    if (is_less && take_sign(r, '>')) {
        *out = "!=";
        return true;
    }
    bool is_greater = !is_less && take_sign(r, '>');
    bool is_equal = take_sign(r, '=');
    *out = is_less      ? (is_equal ? "<=" : "<")
           : is_greater ? (is_equal ? ">=" : ">")
                        : "==";
    return is_less || is_greater || is_equal;
}

static bool enum_value_of(const draft_enum *e, str text, str *out) {
    for (size_t i = 0; i < e->value_count; i++) {
        if (!str_equal(e->values[i], text))
            continue;
        *out = e->value_names[i];
        return true;
    }
    return false;
}

/* A literal in the form that goes with the other side. */
static bool spell(reader *r, const piece *p, const piece *other, str *out) {
    timestamp t;
    char time[TIMESTAMP_LENGTH];
    *out = p->text;
    if (p->class != CLASS_LITERAL)
        return true;
    switch (other->class) {
    case CLASS_NUMBER:
        return decimal_parse(r->a, p->text, out) == NULL;
    case CLASS_TEXT:
        *out = introspect_quote(r->a, p->text);
        return true;
    case CLASS_ENUM:
        return enum_value_of(other->field->type.enumeration, p->text, out);
    case CLASS_TIME:
        if (timestamp_parse(r->a, p->text, &t) != NULL)
            return false;
        timestamp_format(t, time);
        *out = introspect_quote(r->a, (str){time, sizeof time});
        return true;
    case CLASS_NONE:
    case CLASS_LITERAL:
    case CLASS_BOOLEAN:
        return false;
    }
    return false;
}

/* Of one class; and texts have no order in the language. */
static bool are_comparable(const piece *left, const char *op,
                           const piece *right) {
    piece_class class =
        left->class == CLASS_LITERAL ? right->class : left->class;
    bool is_alike = right->class == class || right->class == CLASS_LITERAL;
    bool has_order = class == CLASS_NUMBER || class == CLASS_TIME;
    if (class == CLASS_ENUM && left->field != NULL && right->field != NULL &&
        left->field->type.enumeration != right->field->type.enumeration)
        return false;
    return is_alike && class != CLASS_NONE && left->kind < PIECE_COMPARISON &&
           right->kind < PIECE_COMPARISON &&
           (has_order || op[0] == '=' || op[0] == '!');
}

static bool read_null_test(reader *r, piece *p) {
    bool is_not = take_word(r, STR("NOT"));
    if (!take_word(r, STR("NULL")) || p->field == NULL)
        return false;
    *p = (piece){.kind = PIECE_COMPARISON,
                 .class = CLASS_BOOLEAN,
                 .text = arena_printf(r->a, "%.*s %s null", STR_ARG(p->text),
                                      is_not ? "!=" : "==")};
    return true;
}

static bool read_comparison(reader *r, piece *out) {
    const char *op;
    piece right;
    str left_text;
    str right_text;
    if (!read_operand(r, out))
        return false;
    if (take_word(r, STR("IS")))
        return read_null_test(r, out);
    if (!take_operator(r, &op))
        return true;
    if (!read_operand(r, &right) || !are_comparable(out, op, &right) ||
        !spell(r, out, &right, &left_text) ||
        !spell(r, &right, out, &right_text))
        return false;
    *out =
        (piece){.kind = PIECE_COMPARISON,
                .class = CLASS_BOOLEAN,
                .text = arena_printf(r->a, "%.*s %s %.*s", STR_ARG(left_text),
                                     op, STR_ARG(right_text))};
    return true;
}

/* ---- Logic -------------------------------------------------------------- */

/* Is it true or false? */
static bool is_condition(const piece *p) {
    return p->class == CLASS_BOOLEAN;
}

static bool read_not(reader *r, piece *out) {
    if (!take_word(r, STR("NOT")))
        return read_comparison(r, out);
    if (!read_not(r, out) || !is_condition(out))
        return false;
    bool is_plain = out->kind == PIECE_FIELD || out->kind == PIECE_WORD;
    *out = (piece){.kind = PIECE_WORD,
                   .class = CLASS_BOOLEAN,
                   .text = arena_printf(r->a, is_plain ? "!%.*s" : "!(%.*s)",
                                        STR_ARG(out->text))};
    return true;
}

static str member(reader *r, const piece *p) {
    return p->kind == PIECE_LOGIC
               ? arena_printf(r->a, "(%.*s)", STR_ARG(p->text))
               : p->text;
}

static bool read_chain(reader *r, piece *out, str word, const char *sign) {
    bool is_and = str_equal(word, STR("AND"));
    piece next;
    if (!(is_and ? read_not(r, out) : read_chain(r, out, STR("AND"), "&&")))
        return false;
    while (take_word(r, word)) {
        if (!is_condition(out) ||
            !(is_and ? read_not(r, &next)
                     : read_chain(r, &next, STR("AND"), "&&")) ||
            !is_condition(&next))
            return false;
        str left = member(r, out);
        str right = member(r, &next);
        *out = (piece){.kind = PIECE_WORD,
                       .class = CLASS_BOOLEAN,
                       .text = arena_printf(r->a, "%.*s %s %.*s", STR_ARG(left),
                                            sign, STR_ARG(right))};
        /* A chain in no brackets: what follows on this level goes on. */
        sql_token t;
        if (!peek(r, &t) || !sql_token_is_word(t, word))
            out->kind = PIECE_LOGIC;
    }
    return true;
}

static bool read_any(reader *r, piece *out) {
    if (++r->depth > MAX_DEPTH)
        return false;
    bool is_read = read_chain(r, out, STR("OR"), "||");
    r->depth--;
    return is_read;
}

bool introspect_condition(const draft *d, const draft_model *m, str sql,
                          introspected_condition *out) {
    piece whole;
    sql_token t;
    *out = (introspected_condition){0};
    reader r = {.a = d->a, .model = m, .rest = sql, .out = out};
    if (!read_any(&r, &whole) || sql_token_next(&r.rest, &t) ||
        !is_condition(&whole))
        return false;
    out->text = whole.text;
    return true;
}
