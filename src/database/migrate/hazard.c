#include "database/migrate/hazard.h"

#include "base/attr.h"
#include "base/sql_token.h"

/* Words that a statement begins with, or that stand in an ALTER TABLE. */
static const struct {
    str first;
    str second;     /* empty: any */
    bool is_clause; /* of ALTER TABLE */
} HAZARDS[] = {
    {STR_INIT("DROP"), STR_INIT("TABLE"), false},
    {STR_INIT("DROP"), STR_INIT("SCHEMA"), false},
    {STR_INIT("DROP"), STR_INIT("OWNED"), false},
    {STR_INIT("DROP"), STR_INIT(""), true},
    {STR_INIT("DELETE"), STR_INIT("FROM"), false},
    {STR_INIT("TRUNCATE"), STR_INIT(""), false},
};

/* What ALTER TABLE drops besides columns; the word COLUMN may be left out. */
static const str KEPT[] = {
    STR_INIT("CONSTRAINT"), STR_INIT("DEFAULT"),    STR_INIT("NOT"),
    STR_INIT("IDENTITY"),   STR_INIT("EXPRESSION"),
};

typedef struct scan {
    arena *a;
    str sql;
    str rest;
    sql_token now;
    str now_at; /* the text from it on */
    bool is_first;
    bool is_in_alter;
    bool is_in_with; /* DELETE may come after WITH */
    bool is_in_trigger;
    bool is_in_body; /* of a trigger of SQLite: it is not run here */
} scan;

static bool is_next_word(const scan *s, str word) {
    str rest = s->rest;
    sql_token t;
    return sql_token_next(&rest, &t) && sql_token_is_word(t, word);
}

static void begin_statement(scan *s) {
    s->is_in_alter = sql_token_is_word(s->now, STR("ALTER")) &&
                     is_next_word(s, STR("TABLE"));
    s->is_in_with = sql_token_is_word(s->now, STR("WITH"));
    s->is_in_trigger = sql_token_is_word(s->now, STR("CREATE")) &&
                       is_next_word(s, STR("TRIGGER"));
    s->is_in_body = false;
}

static bool next(scan *s) {
    bool was_end = str_is_empty(s->now.text) ||
                   (sql_token_is_sign(s->now, ';') && !s->is_in_body);
    bool was_end_word = sql_token_is_word(s->now, STR("END"));
    if (!sql_token_next(&s->rest, &s->now))
        return false;
    s->is_first = was_end;
    s->now_at =
        str_slice(s->sql, (size_t)(s->now.text.ptr - s->sql.ptr), s->sql.len);
    if (s->is_first)
        begin_statement(s);
    if (s->is_in_trigger && sql_token_is_word(s->now, STR("BEGIN")))
        s->is_in_body = true;
    if (was_end_word && sql_token_is_sign(s->now, ';'))
        s->is_in_body = false;
    return true;
}

static size_t line_of(str sql, const char *at) {
    size_t line = 1;
    for (const char *p = sql.ptr; p < at; p++)
        line += *p == '\n';
    return line;
}

/* The name behind DROP TABLE [IF EXISTS]. */
static str dropped_name(arena *a, str behind) {
    sql_token t = {0};
    while (sql_token_next(&behind, &t)) {
        if (!sql_token_is_word(t, STR("IF")) &&
            !sql_token_is_word(t, STR("EXISTS")))
            break;
    }
    return sql_token_name(a, t);
}

/* Is there a RENAME TO of that name further on? */
static bool is_replaced(arena *a, str behind, str name) {
    sql_token t;
    bool is_rename = false;
    while (sql_token_next(&behind, &t)) {
        if (is_rename && sql_token_is_word(t, STR("TO"))) {
            str target = behind;
            if (sql_token_next(&target, &t) &&
                str_equal(sql_token_name(a, t), name))
                return true;
        }
        is_rename = sql_token_is_word(t, STR("RENAME"));
    }
    return false;
}

/* The statement up to its end or a few words of it. */
static str excerpt(arena *a, str from) {
    enum { WORDS = 4 };
    str text = {0};
    sql_token t;
    for (int i = 0; i < WORDS && sql_token_next(&from, &t); i++) {
        if (sql_token_is_sign(t, ';'))
            break;
        text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text), i > 0 ? " " : "",
                            STR_ARG(t.text));
    }
    return text;
}

static bool is_column_dropped(const scan *s) {
    for (size_t i = 0; i < LENGTH(KEPT); i++)
        if (is_next_word(s, KEPT[i]))
            return false;
    return true;
}

/* sqlite_sequence has no rows of anybody's: a table that is made anew takes its
 * counter along. */
static bool is_counter(arena *a, str behind) {
    sql_token t;
    return sql_token_next(&behind, &t) &&
           str_equal(sql_token_name(a, t), STR("sqlite_sequence"));
}

static bool is_hazard(const scan *s) {
    for (size_t i = 0; i < LENGTH(HAZARDS) && !s->is_in_body; i++) {
        str rest = s->rest;
        sql_token second = {0};
        bool is_place =
            HAZARDS[i].is_clause
                ? s->is_in_alter
                : s->is_first || (s->is_in_with &&
                                  str_equal(HAZARDS[i].first, STR("DELETE")));
        if (!is_place || !sql_token_is_word(s->now, HAZARDS[i].first))
            continue;
        if (HAZARDS[i].is_clause)
            return is_column_dropped(s);
        if (str_is_empty(HAZARDS[i].second))
            return true;
        if (!sql_token_next(&rest, &second) ||
            !sql_token_is_word(second, HAZARDS[i].second))
            continue;
        if (sql_token_is_word(second, STR("FROM")))
            return !is_counter(s->a, rest);
        return !sql_token_is_word(second, STR("TABLE")) ||
               !is_replaced(s->a, rest, dropped_name(s->a, rest));
    }
    return false;
}

bool hazard_find(arena *a, str sql, hazard *out) {
    scan s = {.a = a, .sql = sql, .rest = sql};
    while (next(&s)) {
        if (!is_hazard(&s))
            continue;
        out->what = excerpt(a, s.now_at);
        out->line = line_of(sql, s.now.text.ptr);
        return true;
    }
    return false;
}
