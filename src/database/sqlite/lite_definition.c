#include "database/sqlite/lite_definition.h"

#include "database/sqlite/lite_token.h"

typedef struct reading {
    arena *a;
    str rest;
    lite_definition *out;
    str constraint; /* named by the CONSTRAINT that was just read */
} reading;

static lite_token peek(const reading *r) {
    return lite_token_peek(r->rest);
}

static lite_token take(reading *r) {
    return lite_token_take(&r->rest);
}

static bool take_word(reading *r, str word) {
    if (!lite_token_is_word(peek(r), word))
        return false;
    take(r);
    return true;
}

static bool take_mark(reading *r, char mark) {
    if (!lite_token_is_mark(peek(r), mark))
        return false;
    take(r);
    return true;
}

/* The next token is '(': takes it, all up to the ')' that closes it, and that.
 * Returns what is between. */
static str take_brackets(reading *r) {
    if (!take_mark(r, '('))
        return STR("");
    str inner = {r->rest.ptr, 0};
    size_t depth = 1;
    for (;;) {
        lite_token t = take(r);
        if (t.kind == LITE_TOKEN_END || lite_token_is_mark(t, ')'))
            depth = t.kind == LITE_TOKEN_END ? 0 : depth - 1;
        else if (lite_token_is_mark(t, '('))
            depth++;
        if (depth > 0)
            continue;
        inner.len = (size_t)(t.text.ptr - inner.ptr);
        return str_trim(inner);
    }
}

static str take_constraint_name(reading *r) {
    str name = r->constraint;
    r->constraint = STR("");
    return name;
}

static void add_check(reading *r) {
    structure_check check = {.name = take_constraint_name(r)};
    check.expression = take_brackets(r);
    ARENA_PUSH(r->a, r->out->checks, r->out->check_count, check);
}

static void add_foreign_key(reading *r) {
    str name = take_constraint_name(r);
    ARENA_PUSH(r->a, r->out->foreign_key_names, r->out->foreign_key_count,
               name);
}

/* AS (...) STORED, with or without GENERATED ALWAYS before it. */
static void read_generated(reading *r, lite_column_definition *column) {
    const char *start = peek(r).text.ptr;
    take_brackets(r);
    const char *end = r->rest.ptr;
    bool is_stored = take_word(r, STR("STORED"));
    if (!is_stored)
        (void)take_word(r, STR("VIRTUAL"));
    column->generated = arena_printf(r->a, "AS %.*s %s", (int)(end - start),
                                     start, is_stored ? "STORED" : "VIRTUAL");
}

/* What stands alike behind a column and behind the columns: one clause. False
 * when this is none of them. */
static bool read_clause(reading *r, lite_column_definition *column) {
    if (take_word(r, STR("CONSTRAINT")))
        r->constraint = lite_token_name(r->a, take(r));
    else if (take_word(r, STR("CHECK")))
        add_check(r);
    else if (take_word(r, STR("REFERENCES")))
        add_foreign_key(r);
    else if (take_word(r, STR("AUTOINCREMENT")))
        r->out->has_autoincrement = true;
    else if (take_word(r, STR("CONFLICT")))
        r->out->has_conflict_clause = true;
    else if (take_word(r, STR("DEFERRED")))
        r->out->has_deferred = true;
    else if (column != NULL && take_word(r, STR("COLLATE")))
        column->collation = lite_token_name(r->a, take(r));
    else if (column != NULL && take_word(r, STR("AS")))
        read_generated(r, column);
    else
        return false;
    return true;
}

/* A name belongs to the one constraint behind it. */
static void forget_name(reading *r, lite_token t) {
    static const str OTHERS[] = {STR_INIT("NOT"), STR_INIT("NULL"),
                                 STR_INIT("PRIMARY"), STR_INIT("UNIQUE"),
                                 STR_INIT("DEFAULT")};
    for (size_t i = 0; i < LENGTH(OTHERS); i++)
        if (lite_token_is_word(t, OTHERS[i]))
            r->constraint = STR("");
}

/* Up to, and without, the ',' or ')' that ends this part of the list. */
static void read_part(reading *r, lite_column_definition *column) {
    for (;;) {
        lite_token t = peek(r);
        if (t.kind == LITE_TOKEN_END || lite_token_is_mark(t, ',') ||
            lite_token_is_mark(t, ')'))
            return;
        if (read_clause(r, column))
            continue;
        forget_name(r, t);
        if (lite_token_is_mark(t, '('))
            take_brackets(r);
        else
            take(r);
    }
}

/* Words that no column can be called without quotes. */
static bool is_table_constraint(lite_token t) {
    static const str WORDS[] = {STR_INIT("CONSTRAINT"), STR_INIT("PRIMARY"),
                                STR_INIT("UNIQUE"), STR_INIT("CHECK"),
                                STR_INIT("FOREIGN")};
    for (size_t i = 0; i < LENGTH(WORDS); i++)
        if (lite_token_is_word(t, WORDS[i]))
            return true;
    return false;
}

static void read_column(reading *r) {
    lite_column_definition column = {.name = lite_token_name(r->a, take(r))};
    r->constraint = STR("");
    read_part(r, &column);
    ARENA_PUSH(r->a, r->out->columns, r->out->column_count, column);
}

static bool read_list(reading *r) {
    do {
        if (is_table_constraint(peek(r)))
            read_part(r, NULL);
        else
            read_column(r);
    } while (take_mark(r, ','));
    return take_mark(r, ')');
}

static bool read_start(reading *r, str sql) {
    if (!take_word(r, STR("CREATE")))
        return false;
    if (!take_word(r, STR("TEMP")))
        (void)take_word(r, STR("TEMPORARY"));
    if (!take_word(r, STR("TABLE")))
        return false;
    if (take_word(r, STR("IF"))) {
        take(r);
        take(r);
    }
    lite_token name = take(r);
    if (take_mark(r, '.'))
        name = take(r);
    if (name.kind == LITE_TOKEN_END || name.kind == LITE_TOKEN_MARK)
        return false;
    r->out->before_name = str_slice(sql, 0, (size_t)(name.text.ptr - sql.ptr));
    r->out->after_name = r->rest;
    return take_mark(r, '(');
}

bool lite_definition_read(arena *a, str sql, lite_definition *out) {
    *out = (lite_definition){0};
    reading r = {.a = a, .rest = sql, .out = out};
    return read_start(&r, sql) && read_list(&r);
}
