#include "database/sqlite/lite_search.h"

#include <limits.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/json.h"
#include "database/sqlite/lite_error.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_tsquery.h"

enum {
    WORDS_PER_TICK = 1024,
    WORD_MAX_BYTES = 2046, /* PostgreSQL leaves out longer ones as well */
};

typedef struct tokenizer {
    fts5_tokenizer methods;
    Fts5Tokenizer *instance;
} tokenizer;

/* What a connection has for it. */
typedef struct searcher {
    lite_pace *pace;
    tokenizer english;
    tokenizer simple;
} searcher;

/* ---- Lexemes ------------------------------------------------------------ */

/* The words that PostgreSQL does not look for in English. */
static const str STOP_WORDS[] = {
    STR_INIT("a"),          STR_INIT("about"),  STR_INIT("above"),
    STR_INIT("after"),      STR_INIT("again"),  STR_INIT("against"),
    STR_INIT("all"),        STR_INIT("am"),     STR_INIT("an"),
    STR_INIT("and"),        STR_INIT("any"),    STR_INIT("are"),
    STR_INIT("as"),         STR_INIT("at"),     STR_INIT("be"),
    STR_INIT("because"),    STR_INIT("been"),   STR_INIT("before"),
    STR_INIT("being"),      STR_INIT("below"),  STR_INIT("between"),
    STR_INIT("both"),       STR_INIT("but"),    STR_INIT("by"),
    STR_INIT("can"),        STR_INIT("did"),    STR_INIT("do"),
    STR_INIT("does"),       STR_INIT("doing"),  STR_INIT("don"),
    STR_INIT("down"),       STR_INIT("during"), STR_INIT("each"),
    STR_INIT("few"),        STR_INIT("for"),    STR_INIT("from"),
    STR_INIT("further"),    STR_INIT("had"),    STR_INIT("has"),
    STR_INIT("have"),       STR_INIT("having"), STR_INIT("he"),
    STR_INIT("her"),        STR_INIT("here"),   STR_INIT("hers"),
    STR_INIT("herself"),    STR_INIT("him"),    STR_INIT("himself"),
    STR_INIT("his"),        STR_INIT("how"),    STR_INIT("i"),
    STR_INIT("if"),         STR_INIT("in"),     STR_INIT("into"),
    STR_INIT("is"),         STR_INIT("it"),     STR_INIT("its"),
    STR_INIT("itself"),     STR_INIT("just"),   STR_INIT("me"),
    STR_INIT("more"),       STR_INIT("most"),   STR_INIT("my"),
    STR_INIT("myself"),     STR_INIT("no"),     STR_INIT("nor"),
    STR_INIT("not"),        STR_INIT("now"),    STR_INIT("of"),
    STR_INIT("off"),        STR_INIT("on"),     STR_INIT("once"),
    STR_INIT("only"),       STR_INIT("or"),     STR_INIT("other"),
    STR_INIT("our"),        STR_INIT("ours"),   STR_INIT("ourselves"),
    STR_INIT("out"),        STR_INIT("over"),   STR_INIT("own"),
    STR_INIT("s"),          STR_INIT("same"),   STR_INIT("she"),
    STR_INIT("should"),     STR_INIT("so"),     STR_INIT("some"),
    STR_INIT("such"),       STR_INIT("t"),      STR_INIT("than"),
    STR_INIT("that"),       STR_INIT("the"),    STR_INIT("their"),
    STR_INIT("theirs"),     STR_INIT("them"),   STR_INIT("themselves"),
    STR_INIT("then"),       STR_INIT("there"),  STR_INIT("these"),
    STR_INIT("they"),       STR_INIT("this"),   STR_INIT("those"),
    STR_INIT("through"),    STR_INIT("to"),     STR_INIT("too"),
    STR_INIT("under"),      STR_INIT("until"),  STR_INIT("up"),
    STR_INIT("very"),       STR_INIT("was"),    STR_INIT("we"),
    STR_INIT("were"),       STR_INIT("what"),   STR_INIT("when"),
    STR_INIT("where"),      STR_INIT("which"),  STR_INIT("while"),
    STR_INIT("who"),        STR_INIT("whom"),   STR_INIT("why"),
    STR_INIT("will"),       STR_INIT("with"),   STR_INIT("you"),
    STR_INIT("your"),       STR_INIT("yours"),  STR_INIT("yourself"),
    STR_INIT("yourselves"),
};

static int compare_ignoring_case(str x, str y) {
    for (size_t i = 0; i < x.len && i < y.len; i++) {
        int order = ascii_lower(x.ptr[i]) - ascii_lower(y.ptr[i]);
        if (order != 0)
            return order;
    }
    return x.len < y.len ? -1 : x.len > y.len;
}

static bool is_stop_word(str word) {
    size_t low = 0;
    size_t high = LENGTH(STOP_WORDS);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_ignoring_case(STOP_WORDS[middle], word);
        if (order == 0)
            return true;
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    return false;
}

/* Of one text. */
typedef struct lexing {
    arena *a;
    searcher *searcher;
    bool is_english;
    str text;
    lite_lexemes *out;
} lexing;

static int take_token(void *context, int flags, const char *token, int size,
                      int start, int end) {
    (void)flags;
    lexing *l = context;
    lite_pace *pace = l->searcher->pace;
    l->out->word_count++;
    if (l->out->word_count % WORDS_PER_TICK == 0 && pace != NULL &&
        lite_pace_tick(pace) != 0)
        return SQLITE_INTERRUPT;
    str written = str_slice(l->text, (size_t)start, (size_t)end);
    if (size > WORD_MAX_BYTES || (l->is_english && is_stop_word(written)))
        return SQLITE_OK;
    lite_lexeme found = {arena_copy(l->a, (str){token, (size_t)size}),
                         l->out->word_count};
    ARENA_PUSH(l->a, l->out->list, l->out->count, found);
    return SQLITE_OK;
}

/* A way of lexing, of one call. */
typedef struct language {
    searcher *searcher;
    bool is_english;
    int rc; /* of the last text */
} language;

static err *lex(void *context, arena *a, str text, lite_lexemes *out) {
    language *how = context;
    tokenizer *t =
        how->is_english ? &how->searcher->english : &how->searcher->simple;
    lexing l = {a, how->searcher, how->is_english, text, out};
    ASSERT(text.len < INT_MAX);
    how->rc = t->methods.xTokenize(t->instance, &l, FTS5_TOKENIZE_DOCUMENT,
                                   text.ptr != NULL ? text.ptr : "",
                                   (int)text.len, take_token);
    return how->rc == SQLITE_OK
               ? NULL
               : err_new(a, ERR_UNAVAILABLE, "the text could not be read");
}

/* ---- The function ------------------------------------------------------- */

/* A query that SQLite keeps while it stays the same. */
typedef struct compiled {
    arena *arena; /* that this lives in */
    language how;
    const lite_tsquery *query;
} compiled;

enum { TEXT, QUERY, SYNTAX, CONFIGURATION, ARGUMENT_COUNT };

static void forget(void *kept) {
    compiled *c = kept;
    arena_free(c->arena);
}

static err *find_language(arena *a, str configuration, bool *is_english) {
    if (str_starts_with(configuration, STR("pg_catalog.")))
        str_take(&configuration, sizeof "pg_catalog." - 1);
    *is_english =
        str_is_empty(configuration) || str_equal(configuration, STR("english"));
    if (*is_english || str_equal(configuration, STR("simple")))
        return NULL;
    return err_new(a, ERR_INVALID,
                   "text search configuration \"%.*s\" does not exist: on"
                   " SQLite there are english and simple",
                   STR_ARG(configuration));
}

static err *compile(sqlite3_context *c, sqlite3_value **values, compiled *out) {
    arena *a = out->arena;
    out->how.searcher = sqlite3_user_data(c);
    TRY(find_language(a, lite_value_text(values[CONFIGURATION]),
                      &out->how.is_english));
    return lite_tsquery_parse(a,
                              (search_syntax)sqlite3_value_int(values[SYNTAX]),
                              arena_copy(a, lite_value_text(values[QUERY])),
                              lex, &out->how, &out->query);
}

static void answer(sqlite3_context *c, compiled *made, str text) {
    arena *a = made->arena;
    arena_place before = arena_mark(a);
    lite_lexemes words = {0};
    err *e = lex(&made->how, a, text, &words);
    if (e != NULL)
        sqlite3_result_error_code(c, made->how.rc);
    else
        sqlite3_result_int(c, lite_tsquery_matches(a, made->query, &words));
    arena_rewind(a, before);
}

static void search(sqlite3_context *c, int count, sqlite3_value **values) {
    ASSERT(count == ARGUMENT_COUNT);
    if (sqlite3_value_type(values[TEXT]) == SQLITE_NULL ||
        sqlite3_value_type(values[QUERY]) == SQLITE_NULL)
        return;
    compiled *kept = sqlite3_get_auxdata(c, QUERY);
    if (kept != NULL) {
        answer(c, kept, lite_value_text(values[TEXT]));
        return;
    }
    arena *a = arena_new();
    compiled *made = arena_new_array(a, compiled, 1);
    made->arena = a;
    err *e = compile(c, values, made);
    if (e != NULL) {
        lite_fail(c, e);
        arena_free(a);
        return;
    }
    answer(c, made, lite_value_text(values[TEXT]));
    /* Last: SQLite may forget it at once. */
    sqlite3_set_auxdata(c, QUERY, made, forget);
}

/* ---- Strings of JSON ---------------------------------------------------- */

enum { STRINGS_MAX = 256 * 1024 * 1024 };

static void add_strings(buf *out, const json *j) {
    if (j->kind == JSON_STRING) {
        buf_append(out, j->text);
        buf_append_char(out, '\n');
    }
    bool is_container = j->kind == JSON_ARRAY || j->kind == JSON_OBJECT;
    for (uint32_t i = 0; is_container && i < j->count; i++)
        add_strings(out, &j->items[i]);
}

/* What to_tsvector sees of a jsonb. */
static void json_strings(sqlite3_context *c, int count,
                         sqlite3_value **values) {
    (void)count;
    CLEANUP(arena_release) arena *a = arena_new();
    CLEANUP(buf_free) buf out = buf_new(STRINGS_MAX);
    const json *j = NULL;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    if (json_parse(a, lite_value_text(values[0]), &j) == NULL)
        add_strings(&out, j);
    lite_result_text(c, buf_str(&out));
}

/* ---- Setting up --------------------------------------------------------- */

static void free_tokenizer(tokenizer *t) {
    if (t->instance != NULL)
        t->methods.xDelete(t->instance);
}

static void free_searcher(void *owned) {
    searcher *s = owned;
    free_tokenizer(&s->english);
    free_tokenizer(&s->simple);
    free(s);
}

static fts5_api *find_fts5(sqlite3 *db) {
    CLEANUP(lite_finalize) sqlite3_stmt *row = NULL;
    fts5_api *api = NULL;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?)", -1, &row, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_pointer(row, 1, (void *)&api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(row);
    }
    return api;
}

static int make_tokenizer(fts5_api *api, const char **words, int count,
                          tokenizer *out) {
    void *context = NULL;
    int rc = api->xFindTokenizer(api, words[0], &context, &out->methods);
    return rc == SQLITE_OK ? out->methods.xCreate(context, words + 1, count - 1,
                                                  &out->instance)
                           : rc;
}

int lite_search_add(sqlite3 *db, lite_pace *pace) {
    static const char *SIMPLE[] = {"unicode61", "remove_diacritics", "0"};
    static const char *ENGLISH[] = {"porter", "unicode61", "remove_diacritics",
                                    "0"};
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    searcher *s = calloc(1, sizeof *s);
    if (s == NULL)
        PANIC("out of memory");
    s->pace = pace;
    fts5_api *api = find_fts5(db);
    int rc = api != NULL ? SQLITE_OK : SQLITE_ERROR;
    if (rc == SQLITE_OK)
        rc = make_tokenizer(api, SIMPLE, LENGTH(SIMPLE), &s->simple);
    if (rc == SQLITE_OK)
        rc = make_tokenizer(api, ENGLISH, LENGTH(ENGLISH), &s->english);
    if (rc != SQLITE_OK) {
        free_searcher(s);
        return rc;
    }
    rc = sqlite3_create_function_v2(db, "tenon_search", ARGUMENT_COUNT, flags,
                                    s, search, NULL, NULL, free_searcher);
    return rc != SQLITE_OK
               ? rc
               : sqlite3_create_function(db, "tenon_json_strings", 1, flags,
                                         NULL, json_strings, NULL, NULL);
}
