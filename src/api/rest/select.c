#include "api/rest/select.h"

#include "api/rest/rest_names.h"
#include "api/rest/scan.h"

enum { PLAIN_MAX_COLUMNS = 256 };

/* As it is written. Names are looked up when all of the list has been read, so
 * that what is no list at all is said first. */
typedef struct item {
    bool is_all; /* the star; nothing else is set then */
    str name;
    str alias; /* empty: the column's name */
    str cast;  /* empty: none */
} item;

typedef struct select_list {
    query_column *columns;
    row_column *keys;
    size_t count;
} select_list;

selection select_all(const rest_table *t) {
    return (selection){t->columns, t->keys, t->column_count};
}

/* What the dialect puts behind a name, and this release does not have. */
static err *refuse_what_follows(arena *a, scan *s, str name) {
    switch (scan_peek(s)) {
    case '(':
        if (str_equal(name, STR("count")))
            return err_new(a, ERR_AGGREGATE,
                           "use of aggregate functions is not allowed");
        return err_new(a, ERR_UNSUPPORTED,
                       "embedding '%.*s' is not supported yet", STR_ARG(name));
    case '!':
        return err_new(a, ERR_UNSUPPORTED,
                       "embedding '%.*s' is not supported yet", STR_ARG(name));
    case '.':
        return err_new(a, ERR_AGGREGATE,
                       "use of aggregate functions is not allowed");
    case '-':
        return err_new(a, ERR_UNSUPPORTED,
                       "JSON paths (%.*s->...) are not supported yet",
                       STR_ARG(name));
    default:
        return NULL;
    }
}

static err *take_item(arena *a, scan *s, item *out) {
    *out = (item){0};
    scan_skip_blanks(s);
    if (scan_take_word(s, STR("...")))
        return err_new(a, ERR_UNSUPPORTED,
                       "spreading a table (...) is not supported yet");
    if (scan_take(s, '*')) {
        scan_skip_blanks(s);
        out->is_all = true;
        return NULL;
    }
    TRY(scan_name(a, s, &out->name));
    bool is_alias =
        scan_peek(s) == ':' && !str_starts_with(scan_rest(s), STR("::"));
    if (is_alias) {
        s->at++;
        out->alias = out->name;
        TRY(scan_name(a, s, &out->name));
    }
    TRY(refuse_what_follows(a, s, out->name));
    if (scan_take_word(s, STR("::"))) {
        out->cast = str_trim(scan_take_until(s, ",.()"));
        if (str_is_empty(out->cast))
            return scan_fail(a, s, "the name of a type");
    }
    return refuse_what_follows(a, s, out->name);
}

/* A cast to text, or to what the column is anyway. */
static err *check_cast(arena *a, str type, const field *f, bool *is_text) {
    static const struct {
        str name;
        scalar_type type;
    } SAME[] = {
        {STR_INIT("int"), SCALAR_INT},
        {STR_INIT("int4"), SCALAR_INT},
        {STR_INIT("integer"), SCALAR_INT},
        {STR_INIT("int8"), SCALAR_BIGINT},
        {STR_INIT("bigint"), SCALAR_BIGINT},
        {STR_INIT("float8"), SCALAR_FLOAT},
        {STR_INIT("numeric"), SCALAR_DECIMAL},
        {STR_INIT("bool"), SCALAR_BOOLEAN},
        {STR_INIT("boolean"), SCALAR_BOOLEAN},
        {STR_INIT("timestamptz"), SCALAR_DATETIME},
        {STR_INIT("json"), SCALAR_JSON},
        {STR_INIT("jsonb"), SCALAR_JSON},
        {STR_INIT("bytea"), SCALAR_BYTES},
    };
    *is_text = str_equal(type, STR("text")) || str_equal(type, STR("varchar"));
    if (*is_text || str_is_empty(type))
        return NULL;
    for (size_t i = 0; i < LENGTH(SAME); i++) {
        if (str_equal(type, SAME[i].name) && f->scalar == SAME[i].type)
            return NULL;
    }
    return err_with_hint(err_new(a, ERR_UNSUPPORTED,
                                 "casting %.*s to '%.*s' is not supported",
                                 STR_ARG(f->column), STR_ARG(type)),
                         STR("a column can be cast to text"));
}

/* The same column twice under one name is one column; two under one name would
 * make an object with a key twice. */
static err *add(arena *a, select_list *list, const rest_table *t,
                const field *f, const item *it) {
    str name = str_is_empty(it->alias) ? f->column : it->alias;
    row_column column = t->all_keys[f->column_index];
    TRY(check_cast(a, it->cast, f, &column.is_text));
    for (size_t i = 0; i < list->count; i++) {
        if (!str_equal(list->columns[i].name, name))
            continue;
        if (list->columns[i].field == f)
            return NULL;
        return err_with_hint(err_new(a, ERR_QUERY_SYNTAX,
                                     "select has two columns named '%.*s'",
                                     STR_ARG(name)),
                             STR("give one of them another alias"));
    }
    if (!str_is_empty(it->alias))
        column.key = row_json_make_key(a, name);
    size_t count = list->count;
    ARENA_PUSH(a, list->keys, count, column);
    ARENA_PUSH(a, list->columns, list->count,
               ((query_column){.field = f, .name = name}));
    return NULL;
}

static err *resolve(arena *a, const rest_tables *tables, const rest_table *t,
                    const item *it, select_list *list) {
    const model *m = t->model;
    const field *f;
    if (!it->is_all) {
        TRY(rest_names_column(a, tables->schema, m, it->name, &f));
        return add(a, list, t, f, it);
    }
    for (size_t i = 0; i < t->column_count; i++)
        TRY(add(a, list, t, t->columns[i].field, &(item){0}));
    return NULL;
}

static err *take_items(arena *a, str text, item **items, size_t *count) {
    scan s = {.text = text, .what = "select parameter"};
    if (str_is_empty(text))
        return NULL;
    do {
        item it;
        TRY(take_item(a, &s, &it));
        if (*count == SELECT_MAX_COLUMNS)
            return err_new(a, ERR_QUERY_SYNTAX,
                           "select has more than %d columns",
                           SELECT_MAX_COLUMNS);
        ARENA_PUSH(a, *items, *count, it);
    } while (scan_take(&s, ','));
    return scan_is_at_end(&s) ? NULL
                              : scan_fail(a, &s, "\",\" or end of input");
}

/* What nearly all lists are: plain names of columns, no name twice, mostly in
 * the order of the table. False, and nothing said, for all others. */
static bool take_plain_names(arena *a, const rest_tables *tables,
                             const rest_table *t, str text, selection *out) {
    const model *m = t->model;
    uint64_t seen[PLAIN_MAX_COLUMNS / 64] = {0};
    size_t room = 1;
    for (size_t i = 0; i < text.len; i++)
        room += text.ptr[i] == ',';
    if (room > m->column_count || m->column_count > PLAIN_MAX_COLUMNS)
        return false;

    query_column *columns =
        arena_take(a, room * sizeof *columns, _Alignof(query_column));
    row_column *keys = arena_take(a, room * sizeof *keys, _Alignof(row_column));
    size_t guess = 0;
    for (size_t i = 0; i < room; i++) {
        str name = str_split(&text, ',');
        const field *f = guess < m->column_count ? m->columns[guess] : NULL;
        if (f == NULL || !str_equal(f->column, name) || !field_is_visible(f))
            f = model_find_column(tables->schema, m, name);
        if (f == NULL)
            return false;
        uint64_t bit = UINT64_C(1) << (f->column_index % 64);
        if ((seen[f->column_index / 64] & bit) != 0)
            return false;
        seen[f->column_index / 64] |= bit;
        columns[i] = t->all_columns[f->column_index];
        keys[i] = t->all_keys[f->column_index];
        guess = f->column_index + 1;
    }
    *out = (selection){columns, keys, room};
    return true;
}

err *select_parse(arena *a, const rest_tables *tables, const rest_table *t,
                  str text, selection *out) {
    if (str_equal(text, STR("*"))) {
        *out = select_all(t);
        return NULL;
    }
    if (take_plain_names(a, tables, t, text, out))
        return NULL;
    item *items = NULL;
    size_t count = 0;
    select_list list = {0};
    TRY(take_items(a, text, &items, &count));
    for (size_t i = 0; i < count; i++)
        TRY(resolve(a, tables, t, &items[i], &list));
    *out = (selection){list.columns, list.keys, list.count};
    return NULL;
}
