/* Conditions: calls of functions. */
#include "base/assert.h"
#include "schema/resolve_condition.h"
#include "schema/suggest.h"

static const str OPERATIONS[] = {STR_INIT("create"), STR_INIT("read"),
                                 STR_INIT("update"), STR_INIT("delete")};
static const str CASES[] = {STR_INIT("original"), STR_INIT("upper"),
                            STR_INIT("lower"), STR_INIT("capitalize"),
                            STR_INIT("uncapitalize")};

/* A call while its arguments are read. */
typedef struct call {
    condition_reader *reader;
    const expression *syntax;
    const condition_function_spec *spec;
    condition *items;
    size_t count;
} call;

static bool report(const call *k, size_t at, const char *wanted) {
    const expression *value = k->syntax->items[at].value;
    condition_report(k->reader, DIAG_BAD_CALL, value->span,
                     "argument %zu of %.*s() must be %s", at + 1,
                     STR_ARG(k->spec->name), wanted);
    return false;
}

static bool is_word_of(const condition *item, const str *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(item->text, words[i]))
            return true;
    }
    return false;
}

static bool is_text_constant(const condition *item) {
    return item->kind == CONDITION_CONSTANT &&
           condition_type_is(item->type, SCALAR_STRING);
}

static bool is_list_of_values(const condition *item) {
    return item->type.is_list && item->type.kind != TYPE_ROW;
}

/* check() asks the rules of another model's row: of its own it would ask them
 * for ever. */
static bool check_row(const call *k, size_t at, const condition *item) {
    bool is_row = item->kind == CONDITION_PATH && item->root == ROOT_ROW &&
                  item->type.kind == TYPE_ROW && !item->type.is_list;
    if (!is_row)
        return report(k, at, "a relation to one row");
    if (k->spec->id == FUNCTION_CHECK && item->step_count == 0)
        return report(k, at, "a relation to another row, not the row itself");
    return true;
}

static bool check_element(const call *k, size_t at, const condition *item) {
    condition element = k->items[0];
    element.kind = CONDITION_PATH;
    element.type.is_list = false;
    const condition *of_list = &element;
    const condition *one = item;
    const expression *value = k->syntax->items[at].value;
    if (!condition_unite(k->reader, value, &of_list, &one))
        return false;
    k->items[at] = *one;
    return true;
}

static bool check_elements(const call *k, size_t at, const condition *item) {
    if (!is_list_of_values(item))
        return report(k, at, "a list of values");
    if (item->kind == CONDITION_LIST)
        return true; /* read with the type of the first one */
    condition element = *item;
    element.type.is_list = false;
    condition_type first = k->items[0].type;
    first.is_list = false;
    const condition *one = &element;
    const condition *of_list = &(condition){.type = first};
    return condition_unite(k->reader, k->syntax->items[at].value, &of_list,
                           &one);
}

static bool compile(const call *k, size_t at, condition *item) {
    if (!is_text_constant(item))
        return report(k, at, "a regular expression in quotes");
    err *failure =
        regex_compile(k->reader->resolver->arena, item->text, &item->pattern);
    if (failure != NULL)
        condition_report(k->reader, DIAG_BAD_PATTERN, item->span,
                         "not a regular expression: %.*s",
                         STR_ARG(failure->message));
    return failure == NULL;
}

static bool check_argument(const call *k, size_t at) {
    condition *item = &k->items[at];
    switch (k->spec->parameters[at]) {
    case PARAMETER_NONE:
        break;
    case PARAMETER_TEXT:
        return condition_type_is(item->type, SCALAR_STRING) ||
               report(k, at, "a String");
    case PARAMETER_SWITCH:
        return condition_is(item, true) || condition_is(item, false) ||
               report(k, at, "true or false");
    case PARAMETER_LIST:
        return is_list_of_values(item) || report(k, at, "a list of values");
    case PARAMETER_ELEMENT:
        return check_element(k, at, item);
    case PARAMETER_ELEMENTS:
        return check_elements(k, at, item);
    case PARAMETER_ROW:
        return check_row(k, at, item);
    case PARAMETER_OPERATION:
        return (is_text_constant(item) &&
                is_word_of(item, OPERATIONS, LENGTH(OPERATIONS))) ||
               report(k, at, "'create', 'read', 'update' or 'delete'");
    case PARAMETER_VERB:
        return (is_text_constant(item) && !str_is_empty(item->text)) ||
               report(k, at, "a permission in quotes, such as 'project.write'");
    case PARAMETER_CASE:
        return (is_text_constant(item) &&
                is_word_of(item, CASES, LENGTH(CASES))) ||
               report(k, at,
                      "'original', 'upper', 'lower', 'capitalize' or "
                      "'uncapitalize'");
    case PARAMETER_PATTERN:
        return compile(k, at, item);
    case PARAMETER_COUNTABLE:
        return condition_type_is(item->type, SCALAR_STRING) ||
               is_list_of_values(item) ||
               report(k, at, "a String or a list of values");
    }
    PANIC("no such parameter");
}

/* What gives a bare enum value its meaning. */
static const condition_type *expected_at(const call *k, size_t at,
                                         condition_type *room) {
    function_parameter wanted = k->spec->parameters[at];
    if (wanted != PARAMETER_ELEMENT && wanted != PARAMETER_ELEMENTS)
        return NULL;
    *room = k->items[0].type;
    room->is_list = wanted == PARAMETER_ELEMENTS;
    return room;
}

static bool read_argument(call *k, size_t at) {
    const syntax_argument *argument = &k->syntax->items[at];
    if (!str_is_empty(argument->name.text)) {
        condition_report(k->reader, DIAG_BAD_CALL, argument->name.span,
                         "arguments of a function have no names");
        return false;
    }
    condition_type room;
    const condition *item =
        condition_read(k->reader, argument->value, expected_at(k, at, &room));
    if (item == NULL)
        return false;
    k->items[at] = *item;
    return check_argument(k, at);
}

static size_t parameter_count(const condition_function_spec *spec) {
    size_t count = 0;
    while (count < FUNCTION_MAX_PARAMETERS &&
           spec->parameters[count] != PARAMETER_NONE)
        count++;
    return count;
}

static bool check_count(const call *k) {
    size_t most = parameter_count(k->spec);
    size_t count = k->syntax->count;
    if (count >= k->spec->required && count <= most)
        return true;
    arena *a = k->reader->resolver->arena;
    str wanted = most == k->spec->required
                     ? arena_printf(a, "%zu", most)
                     : arena_printf(a, "%zu to %zu", k->spec->required, most);
    condition_report(k->reader, DIAG_BAD_CALL, k->syntax->span,
                     "%.*s() takes %.*s argument%s, not %zu",
                     STR_ARG(k->spec->name), STR_ARG(wanted),
                     most == 1 ? "" : "s", count);
    return false;
}

static bool check_use(const call *k) {
    if ((k->spec->uses & (unsigned)k->reader->use) != 0)
        return true;
    condition_reader *c = k->reader;
    diag *d = condition_report(c, DIAG_NOT_AVAILABLE, k->syntax->mark,
                               "%.*s() is not for %s", STR_ARG(k->spec->name),
                               c->use == USE_POLICY ? "policies"
                                                    : condition_use_label(c));
    if (c->use == USE_DATABASE)
        diag_help(c->resolver->arena, d,
                  "@@validate can ask that, and only the server keeps it");
    return false;
}

static const condition *read_function(call *k) {
    condition_reader *c = k->reader;
    if (!check_use(k) || !check_count(k))
        return NULL;
    k->count = k->syntax->count;
    k->items = arena_new_array(c->resolver->arena, condition, k->count);
    for (size_t i = 0; i < k->count; i++) {
        if (!read_argument(k, i))
            return NULL;
    }
    condition *made = condition_new(c, CONDITION_CALL, k->syntax);
    made->function = k->spec->id;
    made->type =
        (condition_type){.kind = TYPE_SCALAR, .scalar = k->spec->result};
    made->items = k->items;
    made->count = k->count;
    return made;
}

static const condition *report_unknown(condition_reader *c, const expression *e,
                                       bool is_of_auth) {
    diag *d = condition_report(c, DIAG_UNKNOWN_CALL, e->mark,
                               "unknown function '%s%.*s'",
                               is_of_auth ? "auth()." : "", STR_ARG(e->text));
    arena *a = c->resolver->arena;
    if (str_equal(e->text, STR("future"))) {
        diag_help(a, d, "a rule for 'post-update' judges the row as it became");
        return NULL;
    }
    nearest n = nearest_to(e->text);
    condition_function_offer(&n, is_of_auth, c->use);
    suggest(a, d, &n);
    return NULL;
}

static const condition *read_method(condition_reader *c, const expression *e) {
    const condition *left = condition_read(c, e->left, NULL);
    if (left == NULL)
        return NULL;
    bool is_auth = left->kind == CONDITION_PATH && left->root == ROOT_AUTH &&
                   left->type.kind == TYPE_ROW && left->step_count == 0;
    call k = {.reader = c, .syntax = e};
    k.spec = is_auth ? condition_function_find(e->text, true) : NULL;
    return k.spec != NULL ? read_function(&k) : report_unknown(c, e, is_auth);
}

static bool find_root(str name, condition_root *root) {
    *root = str_equal(name, STR("auth")) ? ROOT_AUTH : ROOT_BEFORE;
    return *root == ROOT_AUTH || str_equal(name, STR("before"));
}

const condition *condition_read_call(condition_reader *c, const expression *e) {
    condition_root root;
    if (e->left != NULL)
        return read_method(c, e);
    if (find_root(e->text, &root)) {
        if (e->count == 0)
            return condition_read_root(c, e, root);
        condition_report(c, DIAG_BAD_CALL, e->span, "%.*s() takes no arguments",
                         STR_ARG(e->text));
        return NULL;
    }
    call k = {.reader = c, .syntax = e};
    k.spec = condition_function_find(e->text, false);
    return k.spec != NULL ? read_function(&k) : report_unknown(c, e, false);
}
