#include "api/rest/query_string.h"

#include "api/rest/nested_relation.h"
#include "api/rest/rest_filter.h"
#include "api/rest/rest_names.h"
#include "api/rest/rest_order.h"
#include "api/rest/scan.h"
#include "base/assert.h"
#include "base/nearest.h"
#include "base/url.h"

/* Most requests have no more; where arena_grow takes over. */
enum { FEW_PARAMETERS = 4 };

typedef struct parameter {
    str name; /* decoded, as text */
    str text;
} parameter;

typedef struct reader {
    const rest_tables *tables;
    filter_reader filters;
    rest_node *root;
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

/* Those that also say something about an embedded table: tasks.limit. */
static word find_last_word(str name, str *path) {
    static const word OF_EMBEDS[] = {WORD_NOT_AND, WORD_NOT_OR, WORD_ORDER,
                                     WORD_LIMIT,   WORD_OFFSET, WORD_AND,
                                     WORD_OR};
    if (str_find_char(name, '.') == name.len)
        return WORD_NONE;
    for (size_t i = 0; i < LENGTH(OF_EMBEDS); i++) {
        str last = WORDS[OF_EMBEDS[i]];
        if (!str_ends_with(name, last) || name.len < last.len + 2 ||
            name.ptr[name.len - last.len - 1] != '.')
            continue;
        *path = str_slice(name, 0, name.len - last.len - 1);
        return OF_EMBEDS[i];
    }
    return WORD_NONE;
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
                            str_ends_with(name, WORDS[WORD_LIMIT]) ? "Limit"
                                                                   : "Offset"));
    }
    *out = n;
    return NULL;
}

static err *parse_fields(arena *a, reader *r, word w, str text,
                         field_list *out) {
    const schema *known = r->tables->schema;
    const model *m = r->root->table->model;
    scan s = {.text = text,
              .what = w == WORD_COLUMNS ? "columns parameter"
                                        : "on_conflict parameter"};
    *out = (field_list){.fields =
                            arena_new_array(a, const field *, m->column_count)};
    if (str_is_empty(text))
        return NULL;
    do {
        str name;
        const field *f;
        TRY(scan_name(a, &s, &name));
        if (w == WORD_COLUMNS && nested_relation_names(a, r->tables, m, name)) {
            ARENA_PUSH(a, out->relations, out->relation_count, name);
            continue;
        }
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

static err *add_logic(arena *a, reader *r, rest_node *n, word w, str text) {
    const filter *group;
    TRY(rest_filter_parse_logic(
        a, &r->filters, n,
        w == WORD_AND || w == WORD_NOT_AND ? FILTER_ALL : FILTER_ANY,
        w == WORD_NOT_AND || w == WORD_NOT_OR, text, &group));
    rest_node_add_condition(a, n, group);
    return NULL;
}

static err *parse_word(arena *a, reader *r, rest_node *n, word w, str name,
                       str text) {
    query_string *out = r->out;
    bool may_repeat = w >= WORD_AND;
    if (!may_repeat && (n->words & (1U << w)) != 0)
        return err_new(a, ERR_QUERY_SYNTAX, "%.*s is given twice",
                       STR_ARG(name));
    n->words |= 1U << w;

    switch (w) {
    case WORD_SELECT:
        out->has_select = true;
        return select_parse(a, r->tables, text, n);
    case WORD_ORDER:
        return rest_order_parse(a, r->tables->schema, n, text, &n->order,
                                &n->order_count);
    case WORD_LIMIT:
        return parse_count(a, name, text, &n->limit);
    case WORD_OFFSET:
        return parse_count(a, name, text, &n->offset);
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
        return add_logic(a, r, n, w, text);
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

/* tasks.people: the node that the names lead to. */
static err *find_node(arena *a, const reader *r, str path, rest_node **out) {
    scan s = {.text = path, .what = "filter"};
    *out = r->root;
    do {
        str name;
        TRY(scan_name(a, &s, &name));
        TRY(rest_node_require_child(a, *out, name, out));
    } while (scan_take(&s, '.'));
    return scan_is_at_end(&s) ? NULL : scan_fail(a, &s, "\".\"");
}

/* A key that is neither a word nor, as it stands, a column of the table: with
 * the tables that it leads through, a place inside of JSON, or quotes. */
static err *resolve_key(arena *a, const reader *r, str text, rest_node **node,
                        rest_path *path) {
    scan s = {.text = text, .what = "filter"};
    *node = r->root;
    if (str_is_empty(text))
        return err_with_hint(
            err_new(a, ERR_QUERY_SYNTAX, "a parameter without a name"),
            STR("a filter is column=operator.value, such as id=eq.5"));
    TRY(rest_path_take(a, &s, path));
    while (path->step_count == 0 && scan_take(&s, '.')) {
        TRY(rest_node_require_child(a, *node, path->column, node));
        TRY(rest_path_take(a, &s, path));
    }
    if (!scan_is_at_end(&s))
        *path = (rest_path){.column = text};
    return NULL;
}

static err *parse_filter(arena *a, reader *r, str name, str text) {
    filter_subject subject = {0};
    const filter *wanted;
    rest_node *n = r->root;
    subject.field = model_find_column(r->tables->schema, n->table->model, name);
    if (subject.field != NULL) {
        TRY(rest_filter_parse(a, &r->filters, subject, text, &wanted));
    } else {
        rest_path path;
        TRY(resolve_key(a, r, name, &n, &path));
        err *e =
            rest_filter_parse_named(a, &r->filters, n, &path, text, &wanted);
        if (e != NULL)
            return e->code == ERR_UNKNOWN_COLUMN ? with_near_word(a, name, e)
                                                 : e;
    }
    rest_node_add_condition(a, n, wanted);
    return NULL;
}

/* cursor=after.MTIz, which as a filter would have no meaning. */
static bool take_cursor(query_string *out, const parameter *p) {
    static const str AFTER = STR_INIT("after.");
    if (!str_equal(p->name, STR("cursor")) || !str_starts_with(p->text, AFTER))
        return false;
    out->cursor = str_slice(p->text, AFTER.len, p->text.len);
    return true;
}

static err *parse_parameter(arena *a, reader *r, const parameter *p) {
    word w = find_word(p->name);
    rest_node *n = r->root;
    if (w != WORD_NONE)
        return parse_word(a, r, n, w, p->name, p->text);
    if (take_cursor(r->out, p))
        return NULL;
    str path;
    w = find_last_word(p->name, &path);
    if (w == WORD_NONE)
        return parse_filter(a, r, p->name, p->text);
    TRY(find_node(a, r, path, &n));
    return parse_word(a, r, n, w, p->name, p->text);
}

/* `a=1&&b=2` says nothing between. *out has room for a few to begin with. */
static err *split(arena *a, str text, parameter **out, size_t *count) {
    bool is_plain = url_is_plain(text);
    while (!str_is_empty(text)) {
        parameter p;
        p.text = str_split(&text, '&');
        if (str_is_empty(p.text))
            continue;
        p.name = str_split(&p.text, '=');
        if (!is_plain) {
            TRY(url_decode_query(a, p.name, &p.name));
            TRY(url_decode_query(a, p.text, &p.text));
        }
        if (*count == QUERY_MAX_PARAMETERS)
            return err_new(a, ERR_QUERY_SYNTAX, "more than %d parameters",
                           QUERY_MAX_PARAMETERS);
        if (*count < FEW_PARAMETERS)
            (*out)[(*count)++] = p;
        else
            ARENA_PUSH(a, *out, *count, p);
    }
    return NULL;
}

/* select comes first, wherever it is: it says which tables there are. */
static err *parse_all(arena *a, reader *r, const parameter *list,
                      size_t count) {
    size_t first = 0;
    while (first < count && !str_equal(list[first].name, WORDS[WORD_SELECT]))
        first++;
    if (first < count)
        TRY(parse_parameter(a, r, &list[first]));
    for (size_t i = 0; i < count; i++) {
        if (i != first)
            TRY(parse_parameter(a, r, &list[i]));
    }
    return NULL;
}

err *query_string_parse(arena *a, const rest_tables *tables,
                        const rest_table *t, str text, query_string *out) {
    *out = (query_string){0};
    rest_node root = {
        .table = t, .selection = select_all(t), .limit = QUERY_NO_LIMIT};
    reader r = {
        .tables = tables,
        .filters = {.schema = tables->schema},
        .root = &root,
        .out = out,
    };
    parameter few[FEW_PARAMETERS];
    parameter *list = few;
    size_t count = 0;
    TRY(split(a, text, &list, &count));
    TRY(parse_all(a, &r, list, count));
    TRY(rest_node_close(a, &root));
    out->selection = root.selection;
    out->where = rest_node_where(a, &root);
    out->order = root.order;
    out->order_count = root.order_count;
    out->limit = root.limit;
    out->offset = root.offset;
    out->has_limit = (root.words & (1U << WORD_LIMIT)) != 0;
    out->has_offset = (root.words & (1U << WORD_OFFSET)) != 0;
    out->has_old_name = root.child_count > 0 && rest_node_has_old_name(&root);
    return NULL;
}
