#include "database/condition_sql.h"

#include "base/assert.h"
#include "database/sql.h"

typedef struct writer {
    buf *out;
    engine_kind engine;
} writer;

static void put(const writer *w, str text) {
    buf_append(w->out, text);
}

static bool is_lite(const writer *w) {
    return w->engine == ENGINE_SQLITE;
}

static void write(const writer *w, const condition *c);

/* ---- Values ------------------------------------------------------------- */

static bool is_small(str digits) {
    int64_t n;
    return str_parse_int64(digits, &n) && n >= 0 && n <= INT32_MAX;
}

/* PostgreSQL gives back a number that is negative or large as '-5'::integer. */
static void write_number(const writer *w, str digits) {
    int64_t n;
    bool is_whole = str_parse_int64(digits, &n);
    bool is_negative = str_starts_with(digits, STR("-"));
    if (is_lite(w) || is_small(digits) || (!is_whole && !is_negative)) {
        put(w, digits);
        return;
    }
    sql_write_text(w->out, digits);
    bool is_int = is_whole && n >= INT32_MIN && n <= INT32_MAX;
    put(w, is_int     ? STR("::integer")
           : is_whole ? STR("::bigint")
                      : STR("::numeric"));
}

/* 2024-01-31T12:00:00.500+00:00 as PostgreSQL would write it, with a blank and
 * no zeros at the end of the fraction. The zone is that of the column. */
static void write_time(const writer *w, str text) {
    enum { DAY = 10, SECOND = 19, MILLISECOND = 23 };
    if (is_lite(w)) {
        sql_write_text(w->out, text);
        return;
    }
    ASSERT(text.len > MILLISECOND);
    str fraction = str_slice(text, SECOND, MILLISECOND);
    while (str_ends_with(fraction, STR("0")) ||
           str_ends_with(fraction, STR(".")))
        fraction.len--;
    put(w, STR("'"));
    put(w, str_slice(text, 0, DAY));
    put(w, STR(" "));
    put(w, str_slice(text, DAY + 1, SECOND));
    put(w, fraction);
    put(w, STR("+00'"));
}

static void write_constant(const writer *w, const condition *c) {
    if (c->type.kind != TYPE_SCALAR) {
        sql_write_text(w->out, c->text);
        return;
    }
    switch (c->type.scalar) {
    case SCALAR_BOOLEAN:
        put(w, c->boolean ? STR("true") : STR("false"));
        return;
    case SCALAR_INT:
    case SCALAR_BIGINT:
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        write_number(w, c->text);
        return;
    case SCALAR_DATETIME:
        write_time(w, c->text);
        return;
    case SCALAR_STRING:
    case SCALAR_JSON:
    case SCALAR_BYTES:
        sql_write_text(w->out, c->text);
        return;
    }
}

/* ---- Comparisons -------------------------------------------------------- */

static const str OPERATORS[] = {
    [CONDITION_EQUAL] = STR_INIT(" = "),
    [CONDITION_NOT_EQUAL] = STR_INIT(" <> "),
    [CONDITION_LESS] = STR_INIT(" < "),
    [CONDITION_LESS_EQUAL] = STR_INIT(" <= "),
    [CONDITION_GREATER] = STR_INIT(" > "),
    [CONDITION_GREATER_EQUAL] = STR_INIT(" >= "),
};

static void write_null_test(const writer *w, const condition *c,
                            const condition *tested) {
    put(w, STR("("));
    write(w, tested);
    put(w, c->op == CONDITION_EQUAL ? STR(" IS NULL)") : STR(" IS NOT NULL)"));
}

static void write_comparison(const writer *w, const condition *c) {
    if (c->right->kind == CONDITION_NULL || c->left->kind == CONDITION_NULL) {
        write_null_test(w, c,
                        c->right->kind == CONDITION_NULL ? c->left : c->right);
        return;
    }
    put(w, STR("("));
    write(w, c->left);
    put(w, OPERATORS[c->op]);
    write(w, c->right);
    put(w, STR(")"));
}

/* Each by itself: of IN the engines make different things. */
static void write_in(const writer *w, const condition *c) {
    const condition *list = c->right;
    ASSERT(list->kind == CONDITION_LIST);
    if (list->count == 0) {
        put(w, STR("false"));
        return;
    }
    put(w, list->count > 1 ? STR("(") : STR(""));
    for (size_t i = 0; i < list->count; i++) {
        put(w, i > 0 ? STR(" OR (") : STR("("));
        write(w, c->left);
        put(w, STR(" = "));
        write(w, &list->items[i]);
        put(w, STR(")"));
    }
    put(w, list->count > 1 ? STR(")") : STR(""));
}

/* a AND b AND c has no brackets of its own when it is read from the left. */
static void write_members(const writer *w, const condition *c,
                          condition_kind kind, str word) {
    if (c->kind != kind) {
        write(w, c);
        return;
    }
    write_members(w, c->left, kind, word);
    put(w, word);
    write(w, c->right);
}

static void write_logic(const writer *w, const condition *c) {
    put(w, STR("("));
    write_members(w, c, c->kind,
                  c->kind == CONDITION_AND ? STR(" AND ") : STR(" OR "));
    put(w, STR(")"));
}

/* ---- Functions ---------------------------------------------------------- */

static void write_call_of(const writer *w, str name, const condition *text,
                          const condition *part) {
    put(w, name);
    put(w, STR("("));
    write(w, text);
    if (part != NULL) {
        put(w, STR(", "));
        write(w, part);
    }
    put(w, STR(")"));
}

static void write_length(const writer *w, const condition *text) {
    write_call_of(w, is_lite(w) ? STR("length") : STR("char_length"), text,
                  NULL);
}

static void write_contains(const writer *w, const condition *text,
                           const condition *part) {
    put(w, STR("("));
    write_call_of(w, is_lite(w) ? STR("instr") : STR("strpos"), text, part);
    put(w, STR(" > 0)"));
}

static void write_start(const writer *w, const condition *text,
                        const condition *part) {
    if (!is_lite(w)) {
        write_call_of(w, STR("starts_with"), text, part);
        return;
    }
    put(w, STR("(substr("));
    write(w, text);
    put(w, STR(", 1, "));
    write_length(w, part);
    put(w, STR(") = "));
    write(w, part);
    put(w, STR(")"));
}

static void write_end(const writer *w, const condition *text,
                      const condition *part) {
    put(w, is_lite(w) ? STR("(substr(") : STR("(\"right\"("));
    write(w, text);
    put(w, STR(", "));
    if (is_lite(w)) {
        write_length(w, text);
        put(w, STR(" - "));
    }
    write_length(w, part);
    put(w, is_lite(w) ? STR(" + 1) = ") : STR(") = "));
    write(w, part);
    put(w, STR(")"));
}

static void write_call(const writer *w, const condition *c) {
    if (c->function == FUNCTION_LENGTH)
        write_length(w, &c->items[0]);
    else if (c->function == FUNCTION_CONTAINS)
        write_contains(w, &c->items[0], &c->items[1]);
    else if (c->function == FUNCTION_STARTS_WITH)
        write_start(w, &c->items[0], &c->items[1]);
    else if (c->function == FUNCTION_ENDS_WITH)
        write_end(w, &c->items[0], &c->items[1]);
    else
        PANIC("the resolver lets no other function pass");
}

/* ------------------------------------------------------------------------- */

static void write(const writer *w, const condition *c) {
    switch (c->kind) {
    case CONDITION_NULL:
        put(w, STR("NULL"));
        return;
    case CONDITION_CONSTANT:
        write_constant(w, c);
        return;
    case CONDITION_PATH:
        sql_write_name(w->out, c->steps[0]->column);
        return;
    case CONDITION_CALL:
        write_call(w, c);
        return;
    case CONDITION_COMPARE:
        write_comparison(w, c);
        return;
    case CONDITION_IN:
        write_in(w, c);
        return;
    case CONDITION_NOT:
        put(w, STR("(NOT "));
        write(w, c->left);
        put(w, STR(")"));
        return;
    case CONDITION_AND:
    case CONDITION_OR:
        write_logic(w, c);
        return;
    case CONDITION_LIST:
    case CONDITION_SOME:
    case CONDITION_EVERY:
    case CONDITION_NONE:
        break;
    }
    PANIC("the resolver lets nothing else pass");
}

void condition_sql_write(buf *out, engine_kind engine, const condition *c) {
    writer w = {out, engine};
    write(&w, c);
}

str condition_sql(arena *a, engine_kind engine, const condition *c) {
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    condition_sql_write(&out, engine, c);
    return arena_copy(a, buf_str(&out));
}

/* ---- One of several ----------------------------------------------------- */

/* SQLite has no num_nonnulls(), but a truth is 0 or 1 there. */
static void write_count(const writer *w, const validation *rule) {
    bool lite = is_lite(w);
    put(w, lite ? STR("") : STR("num_nonnulls("));
    for (size_t i = 0; i < rule->column_count; i++) {
        put(w, i == 0 ? STR("") : lite ? STR(" + ") : STR(", "));
        put(w, lite ? STR("(") : STR(""));
        sql_write_name(w->out, rule->columns[i]->column);
        put(w, lite ? STR(" IS NOT NULL)") : STR(""));
    }
    put(w, lite ? STR("") : STR(")"));
}

str condition_sql_of_rule(arena *a, engine_kind engine,
                          const validation *rule) {
    if (rule->condition != NULL)
        return condition_sql(a, engine, rule->condition);
    CLEANUP(buf_free) buf out = buf_new(SQL_MAX);
    writer w = {&out, engine};
    write_count(&w, rule);
    put(&w, rule->kind == VALIDATION_EXACTLY_ONE   ? STR(" = 1")
            : rule->kind == VALIDATION_AT_MOST_ONE ? STR(" <= 1")
                                                   : STR(" >= 1"));
    return arena_copy(a, buf_str(&out));
}
