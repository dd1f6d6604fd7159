#include "api/rest/query_string.h"

#include "api/rest/rest_filter.h"
#include "api/rest/rest_names.h"
#include "api/rest/rest_order.h"
#include "api/rest/scan.h"
#include "base/assert.h"
#include "base/nearest.h"
#include "base/url.h"

typedef struct reader {
    const rest_tables *tables;
    const rest_table *table;
    filter_reader filters;
    const filter **conditions; /* all must hold */
    size_t condition_count;
    unsigned seen; /* bits of word */
    query_string *out;
} reader;

typedef enum word {
    WORD_SELECT,
    WORD_ORDER,
    WORD_LIMIT,
    WORD_OFFSET,
    WORD_COLUMNS,
    WORD_ON_CONFLICT,
    WORD_AND,
    WORD_OR,
    WORD_NOT_AND,
    WORD_NOT_OR,
    WORD_NONE,
} word;

static const str WORDS[] = {
    [WORD_SELECT] = STR_INIT("select"),
    [WORD_ORDER] = STR_INIT("order"),
    [WORD_LIMIT] = STR_INIT("limit"),
    [WORD_OFFSET] = STR_INIT("offset"),
    [WORD_COLUMNS] = STR_INIT("columns"),
    [WORD_ON_CONFLICT] = STR_INIT("on_conflict"),
    [WORD_AND] = STR_INIT("and"),
    [WORD_OR] = STR_INIT("or"),
    [WORD_NOT_AND] = STR_INIT("not.and"),
    [WORD_NOT_OR] = STR_INIT("not.or"),
};

static word find_word(str name) {
    word w = WORD_SELECT;
    while (w < WORD_NONE && !str_equal(WORDS[w], name))
        w++;
    return w;
}

static err *parse_count(arena *a, str name, str text, int64_t *out) {
    int64_t n;
    if (!str_parse_int64(text, &n))
        return err_new(a, ERR_QUERY_SYNTAX, "%.*s is not a number: \"%.*s\"",
                       STR_ARG(name), STR_ARG(text));
    if (n < 0) {
        err *e = err_new(a, ERR_RANGE, "Requested range not satisfiable");
        return err_with_details(
            e, arena_printf(a, "%s should be greater than or equal to zero.",
                            name.ptr[0] == 'l' ? "Limit" : "Offset"));
    }
    *out = n;
    return NULL;
}

static err *parse_fields(arena *a, reader *r, word w, str text,
                         field_list *out) {
    const schema *known = r->tables->schema;
    const model *m = r->table->model;
    scan s = {.text = text,
              .what = w == WORD_COLUMNS ? "columns parameter"
                                        : "on_conflict parameter"};
    *out = (field_list){arena_new_array(a, const field *, m->column_count), 0};
    if (str_is_empty(text))
        return NULL;
    do {
        str name;
        const field *f;
        TRY(scan_name(a, &s, &name));
        if (w == WORD_COLUMNS)
            TRY(rest_names_body_column(a, known, m, name, &f));
        else
            TRY(rest_names_column(a, known, m, name, &f));
        size_t i = 0;
        while (i < out->count && out->fields[i] != f)
            i++;
        out->fields[i] = f;
        out->count += i == out->count;
    } while (scan_take(&s, ','));
    return scan_is_at_end(&s) ? NULL
                              : scan_fail(a, &s, "\",\" or end of input");
}

static err *add_logic(arena *a, reader *r, word w, str text) {
    const filter *group;
    TRY(rest_filter_parse_logic(
        a, &r->filters,
        w == WORD_AND || w == WORD_NOT_AND ? FILTER_ALL : FILTER_ANY,
        w == WORD_NOT_AND || w == WORD_NOT_OR, text, &group));
    ARENA_PUSH(a, r->conditions, r->condition_count, group);
    return NULL;
}

static err *parse_word(arena *a, reader *r, word w, str name, str text) {
    query_string *out = r->out;
    bool may_repeat = w >= WORD_AND;
    if (!may_repeat && (r->seen & (1U << w)) != 0)
        return err_new(a, ERR_QUERY_SYNTAX, "%.*s is given twice",
                       STR_ARG(name));
    r->seen |= 1U << w;

    switch (w) {
    case WORD_SELECT:
        out->has_select = true;
        return select_parse(a, r->tables, r->table, text, &out->selection);
    case WORD_ORDER:
        return rest_order_parse(a, r->tables->schema, r->table->model, text,
                                &out->order, &out->order_count);
    case WORD_LIMIT:
        out->has_limit = true;
        return parse_count(a, name, text, &out->limit);
    case WORD_OFFSET:
        out->has_offset = true;
        return parse_count(a, name, text, &out->offset);
    case WORD_COLUMNS:
        out->has_columns = true;
        return parse_fields(a, r, w, text, &out->columns);
    case WORD_ON_CONFLICT:
        out->has_on_conflict = true;
        return parse_fields(a, r, w, text, &out->on_conflict);
    case WORD_AND:
    case WORD_OR:
    case WORD_NOT_AND:
    case WORD_NOT_OR:
        return add_logic(a, r, w, text);
    case WORD_NONE:
        break;
    }
    PANIC("not a word");
}

/* slect=id: not a column, nor like one, but like a word. */
static err *with_near_word(arena *a, str name, err *e) {
    nearest n = nearest_to(name);
    if (!str_is_empty(e->hint))
        return e;
    for (size_t i = 0; i < LENGTH(WORDS); i++)
        nearest_offer(&n, WORDS[i]);
    if (str_is_empty(n.best))
        return e;
    return err_with_hint(
        e, arena_printf(a, "Perhaps you meant '%.*s='.", STR_ARG(n.best)));
}

/* A key that is neither a word nor, as it stands, a column: it may be quoted,
 * or something of the dialect that this release refuses by name. */
static err *resolve_key(arena *a, reader *r, str text, const field **out) {
    scan s = {.text = text, .what = "filter"};
    str name;
    if (str_is_empty(text))
        return err_with_hint(
            err_new(a, ERR_QUERY_SYNTAX, "a parameter without a name"),
            STR("a filter is column=operator.value, such as id=eq.5"));
    TRY(scan_name(a, &s, &name));
    if (scan_peek(&s) == '.')
        return err_with_hint(
            err_new(a, ERR_NOT_EMBEDDED,
                    "'%.*s' is not an embedded resource in this request",
                    STR_ARG(name)),
            STR("embedding tables is not supported yet"));
    if (scan_peek(&s) == '-')
        return err_new(a, ERR_UNSUPPORTED,
                       "JSON paths (%.*s->...) are not supported yet",
                       STR_ARG(name));
    if (!scan_is_at_end(&s))
        name = text;
    err *e =
        rest_names_column(a, r->tables->schema, r->table->model, name, out);
    return e != NULL ? with_near_word(a, name, e) : NULL;
}

static err *parse_parameter(arena *a, reader *r, str name, str text) {
    word w = find_word(name);
    if (w != WORD_NONE)
        return parse_word(a, r, w, name, text);

    const filter *wanted;
    const field *f =
        model_find_column(r->tables->schema, r->table->model, name);
    if (f == NULL)
        TRY(resolve_key(a, r, name, &f));
    TRY(rest_filter_parse(a, &r->filters, f, text, &wanted));
    ARENA_PUSH(a, r->conditions, r->condition_count, wanted);
    return NULL;
}

static const filter *join(arena *a, const reader *r) {
    if (r->condition_count < 2)
        return r->condition_count > 0 ? r->conditions[0] : NULL;
    filter *all = arena_new_array(a, filter, 1);
    *all = (filter){.kind = FILTER_ALL,
                    .children = r->conditions,
                    .child_count = r->condition_count};
    return all;
}

err *query_string_parse(arena *a, const rest_tables *tables,
                        const rest_table *t, str text, query_string *out) {
    *out = (query_string){.selection = select_all(t), .limit = QUERY_NO_LIMIT};
    reader r = {
        .tables = tables,
        .table = t,
        .filters = {.schema = tables->schema, .model = t->model},
        .out = out,
    };
    bool is_plain = url_is_plain(text);
    while (!str_is_empty(text)) {
        str content = str_split(&text, '&');
        if (str_is_empty(content))
            continue; /* `a=1&&b=2` says nothing between */
        str name = str_split(&content, '=');
        if (!is_plain) {
            TRY(url_decode_query(a, name, &name));
            TRY(url_decode_query(a, content, &content));
        }
        TRY(parse_parameter(a, &r, name, content));
    }
    out->where = join(a, &r);
    return NULL;
}
