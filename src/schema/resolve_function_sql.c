/*
 * @@sql: the body of a function, cut into statements and these at their
 * arguments.
 *
 * It is judged only by its words: whether it starts like a query or a write,
 * whether each ":name" is an argument. The database prepares it when it is
 * opened and judges the rest.
 */
#include "base/sql_token.h"
#include "schema/resolve_draft.h"
#include "schema/suggest.h"
#include "schema/text_literal.h"

typedef struct body_reader {
    resolver *resolver;
    function_draft *draft;
    const expression *literal;
    bool *uses; /* by argument */

    /* The statement being read. */
    const char *from; /* where the text since the last argument begins */
    const char *end;  /* of its last token */
    sql_token first;
    bool has_first;
    size_t depth; /* of parentheses */
    str *texts;
    size_t text_count;
    const field **arguments;
    size_t argument_count;

    function_statement *statements;
    size_t count;
    bool is_damaged;
} body_reader;

/* The place of a piece of the body; of all of it where an escape stands between
 * what is written and what it means. */
static source_span span_of(const body_reader *b, str piece) {
    source_span span = b->literal->span;
    const char *text = span.source->text.ptr;
    if (piece.ptr < text || piece.ptr > text + span.source->text.len)
        return span;
    span.from = (uint32_t)(piece.ptr - text);
    span.to = span.from + (uint32_t)piece.len;
    return span;
}

static diag *report(body_reader *b, diag_code code, str piece,
                    const char *message) {
    b->is_damaged = true;
    return diag_add(b->resolver->arena, b->resolver->diags, code,
                    span_of(b, piece), "%s", message);
}

static bool is_one_of(sql_token t, const str *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (sql_token_is_word(t, words[i]))
            return true;
    }
    return false;
}

static bool begins_query(sql_token t) {
    static const str WORDS[] = {STR_INIT("select"), STR_INIT("with"),
                                STR_INIT("values")};
    return is_one_of(t, WORDS, LENGTH(WORDS));
}

static bool begins_write(sql_token t) {
    static const str WORDS[] = {STR_INIT("insert"), STR_INIT("update"),
                                STR_INIT("delete"), STR_INIT("replace"),
                                STR_INIT("merge")};
    return is_one_of(t, WORDS, LENGTH(WORDS));
}

/* ---- Arguments ------------------------------------------------------------ */

static void report_argument(body_reader *b, str name) {
    const model *arguments = b->draft->function->arguments;
    resolver *r = b->resolver;
    b->is_damaged = true;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_SQL_ARGUMENT,
                       span_of(b, name), "the function has no argument '%.*s'",
                       STR_ARG(name));
    nearest n = suggest_for(d, name);
    for (size_t i = 0; i < arguments->field_count; i++)
        nearest_offer(&n, arguments->fields[i].name);
    suggest(r->arena, d, &n);
}

/* What stands for it in the text goes up to rest. */
static void put_argument(body_reader *b, str name, const field *f, str rest) {
    arena *a = b->resolver->arena;
    str text = {b->from, (size_t)(name.ptr - 1 - b->from)};
    ARENA_PUSH(a, b->texts, b->text_count, text);
    ARENA_PUSH(a, b->arguments, b->argument_count, f);
    b->from = b->end = rest.ptr;
}

static const field *find_column(const model *m, str name) {
    for (size_t i = 0; i < m->field_count; i++) {
        const field *f = &m->fields[i];
        bool is_column = f->kind == FIELD_SCALAR || f->kind == FIELD_ENUM;
        if (is_column && str_equal(f->column, name))
            return f;
    }
    return NULL;
}

/* ".column" behind the row that a computed field is of. */
static str take_row(body_reader *b, str name, str rest) {
    const model *m = b->draft->function->computed_of;
    sql_token dot;
    sql_token column = {0};
    const field *f = NULL;
    if (sql_token_next(&rest, &dot) && sql_token_is_sign(dot, '.') &&
        dot.text.ptr == name.ptr + name.len && sql_token_next(&rest, &column))
        f = find_column(m, sql_token_name(b->resolver->arena, column));
    if (f != NULL) {
        put_argument(b, name, f, rest);
        return rest;
    }
    b->is_damaged = true;
    diag *d = diag_add(
        b->resolver->arena, b->resolver->diags, DIAG_UNKNOWN_SQL_ARGUMENT,
        span_of(b, str_is_empty(column.text) ? name : column.text),
        "':%.*s' is a row of '%.*s', and no column of it follows",
        STR_ARG(name), STR_ARG(m->name));
    diag_help(b->resolver->arena, d, "write ':%.*s.' and the name of a column",
              STR_ARG(name));
    return rest;
}

/* ":name", whose colon is in front of it. Returns what is behind it. */
static str take_argument(body_reader *b, str name, str rest) {
    const field *f = model_find_field(b->draft->function->arguments, name);
    if (f == NULL) {
        report_argument(b, name);
        return rest;
    }
    b->uses[f->index] = true;
    if (f->kind == FIELD_RELATION)
        return take_row(b, name, rest);
    put_argument(b, name, f, rest);
    return rest;
}

/* Other marks of parameters would be bound to nothing. */
static void check_mark(body_reader *b, sql_token t) {
    bool is_lite = b->resolver->engine == ENGINE_SQLITE;
    bool is_mark =
        sql_token_is_sign(t, '$') ||
        (is_lite && (sql_token_is_sign(t, '?') || sql_token_is_sign(t, '@')));
    if (!is_mark)
        return;
    diag *d = report(b, DIAG_BAD_SQL, t.text, "a parameter without a name");
    const model *arguments = b->draft->function->arguments;
    if (arguments->field_count > 0)
        diag_help(b->resolver->arena, d,
                  "write ':%.*s' for an argument of the function",
                  STR_ARG(arguments->fields[0].name));
}

/* ---- Statements ----------------------------------------------------------- */

static void check_start(body_reader *b) {
    bool is_query = begins_query(b->first);
    bool is_write = begins_write(b->first);
    if (!is_query && !is_write) {
        diag *d = report(b, DIAG_BAD_SQL, b->first.text,
                         "not a statement that a function can have");
        diag_help(b->resolver->arena, d,
                  "it is a SELECT, or of a volatile function an INSERT, "
                  "UPDATE or DELETE");
    } else if (is_write &&
               b->draft->function->volatility != FUNCTION_VOLATILE) {
        diag *d = report(b, DIAG_BAD_VOLATILITY, b->first.text,
                         "a function that writes is volatile");
        diag_help(b->resolver->arena, d, "remove '%.*s'",
                  STR_ARG(attribute_label(b->draft->volatility.attribute)));
    }
}

static void end_statement(body_reader *b) {
    if (!b->has_first)
        return;
    arena *a = b->resolver->arena;
    check_start(b);
    if (b->depth > 0 && !b->is_damaged)
        report(b, DIAG_BAD_SQL, b->first.text, "a '(' is not closed");
    str text = {b->from, (size_t)(b->end - b->from)};
    ARENA_PUSH(a, b->texts, b->text_count, text);
    function_statement made = {.texts = b->texts,
                               .arguments = b->arguments,
                               .argument_count = b->argument_count,
                               .is_query = begins_query(b->first)};
    ARENA_PUSH(a, b->statements, b->count, made);
    b->texts = NULL;
    b->arguments = NULL;
    b->text_count = b->argument_count = b->depth = 0;
    b->has_first = false;
}

static void take_sign(body_reader *b, sql_token t) {
    if (sql_token_is_sign(t, '(')) {
        b->depth++;
    } else if (sql_token_is_sign(t, ')')) {
        if (b->depth == 0)
            report(b, DIAG_BAD_SQL, t.text, "a ')' that closes nothing");
        else
            b->depth--;
    }
}

/* A text or name in quotes that runs to the end of the body. */
static bool is_unclosed(sql_token t) {
    if (t.kind != SQL_QUOTED && t.kind != SQL_TEXT)
        return false;
    char last = t.text.ptr[t.text.len - 1];
    bool is_dollar = t.text.ptr[0] == '$';
    char quote = t.kind == SQL_QUOTED ? t.text.ptr[0] : '\'';
    size_t least = t.kind == SQL_TEXT && t.text.ptr[0] != '\'' ? 3 : 2;
    return last != (is_dollar ? '$' : quote) || t.text.len < least;
}

static void take_token(body_reader *b, sql_token t) {
    if (!b->has_first) {
        b->first = t;
        b->from = t.text.ptr;
        b->has_first = true;
    }
    b->end = t.text.ptr + t.text.len;
    if (is_unclosed(t))
        report(b, DIAG_BAD_SQL, str_slice(t.text, 0, 1),
               "a quote that is not closed");
    take_sign(b, t);
}

static void read_body(body_reader *b, str rest) {
    sql_token t;
    while (sql_token_next(&rest, &t)) {
        if (sql_token_is_sign(t, ';') && b->depth == 0) {
            end_statement(b);
            continue;
        }
        take_token(b, t);
        sql_token name;
        str behind = rest;
        bool has_name =
            sql_token_is_sign(t, ':') && sql_token_next(&behind, &name) &&
            name.kind == SQL_WORD && name.text.ptr == t.text.ptr + 1;
        if (has_name) {
            b->end = name.text.ptr + name.text.len;
            rest = take_argument(b, name.text, behind);
        } else {
            check_mark(b, t);
        }
    }
    end_statement(b);
}

/* ---- The attribute -------------------------------------------------------- */

static void report_missing(resolver *r, const function_draft *d) {
    bool is_lite = r->engine == ENGINE_SQLITE;
    diag *made = diag_add(
        r->arena, r->diags, DIAG_MISSING_SQL, d->syntax->name.span,
        "the function '%.*s' has no SQL%s", STR_ARG(d->syntax->name.text),
        d->body.attribute == NULL ? ""
        : is_lite                 ? " for SQLite"
                                  : " for PostgreSQL");
    diag_help(r->arena, made, "add @@sql%s\"...\")",
              d->body.attribute == NULL ? "("
              : is_lite                 ? "(sqlite: "
                                        : "(postgresql: ");
}

/* The text for the engine, else the one for both. */
static const expression *find_literal(resolver *r, const function_draft *d) {
    if (d->body.attribute == NULL)
        return NULL;
    str engine = r->engine == ENGINE_SQLITE ? STR("sqlite") : STR("postgresql");
    const expression *own = binding_find(&d->body, engine);
    return own != NULL ? own : binding_find(&d->body, STR("body"));
}

static void warn_of_unused(body_reader *b) {
    const function_draft *d = b->draft;
    resolver *r = b->resolver;
    for (size_t i = 0; i < d->arguments->model->field_count; i++) {
        const field_draft *f = &d->arguments->fields[i];
        if (!b->uses[i])
            diag_add(r->arena, r->diags, DIAG_UNUSED_SQL_ARGUMENT,
                     f->syntax->name.span,
                     "the SQL of '%.*s' does not use the argument '%.*s'",
                     STR_ARG(d->function->name), STR_ARG(f->field->name));
    }
}

static void check_count(body_reader *b) {
    const function *f = b->draft->function;
    str whole = b->literal->text;
    if (b->count == 0) {
        report(b, DIAG_BAD_SQL, whole, "the SQL is empty");
        return;
    }
    if (b->count > 1 && f->volatility != FUNCTION_VOLATILE)
        report(b, DIAG_BAD_SQL, b->statements[1].texts[0],
               "only a volatile function has several statements");
}

bool resolve_function_body(resolver *r, function_draft *d) {
    const expression *literal = find_literal(r, d);
    if (literal == NULL) {
        report_missing(r, d);
        return false;
    }
    if (literal->kind != EXPRESSION_STRING) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, literal->span,
                 "'@@sql' takes a text in quotes");
        return false;
    }
    size_t count = d->function->arguments->field_count;
    body_reader b = {.resolver = r,
                     .draft = d,
                     .literal = literal,
                     .uses = arena_new_array(r->arena, bool, count)};
    read_body(&b, literal->text);
    check_count(&b);
    if (b.is_damaged)
        return false;
    warn_of_unused(&b);
    d->function->statements = b.statements;
    d->function->statement_count = b.count;
    return true;
}
