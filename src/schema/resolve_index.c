/*
 * What a key or an index says beside its fields: the sort and the operator
 * class of each, and the index type.
 */
#include "schema/operator_class.h"
#include "schema/resolve_draft.h"
#include "schema/suggest.h"

static bool report_other_engine(resolver *r, source_span span, const char *name,
                                const char *engine) {
    if (r->has_other_provider)
        return false;
    diag_add(r->arena, r->diags, DIAG_OTHER_ENGINE_ONLY, span,
             "'%s' of a key or an index is %s's alone", name, engine);
    return false;
}

static bool read_sort(resolver *r, const binding *b, const expression *value,
                      key_option *out) {
    bool is_descending = str_equal(value->text, STR("Desc"));
    bool is_word = is_descending || str_equal(value->text, STR("Asc"));
    if (value->kind != EXPRESSION_NAME || !is_word) {
        diag_add(r->arena, r->diags, DIAG_BAD_KEY_OPTION, value->span,
                 "the sort is Asc or Desc");
        return false;
    }
    if (b->spec->id == ATTRIBUTE_ID) {
        diag_add(r->arena, r->diags, DIAG_BAD_KEY_OPTION, value->span,
                 "an id has no sort, neither on SQLite nor on PostgreSQL");
        return false;
    }
    out->is_descending = is_descending;
    return true;
}

/* The text of raw("gin_trgm_ops"), or NULL. */
static const expression *raw_text(const expression *value) {
    bool is_raw = value->kind == EXPRESSION_CALL && value->left == NULL &&
                  str_equal(value->text, STR("raw")) && value->count == 1 &&
                  value->items[0].value->kind == EXPRESSION_STRING &&
                  !str_is_empty(value->items[0].value->text);
    return is_raw ? value->items[0].value : NULL;
}

static void report_unknown_class(resolver *r, const expression *value) {
    diag *d = diag_add(r->arena, r->diags, DIAG_BAD_OPERATOR_CLASS, value->span,
                       "unknown operator class '%.*s'", STR_ARG(value->text));
    nearest n = nearest_to(value->text);
    size_t count;
    const operator_class *classes = operator_classes(&count);
    for (size_t i = 0; i < count; i++)
        nearest_offer(&n, classes[i].name);
    suggest(r->arena, d, &n);
    if (str_is_empty(n.best))
        diag_help(r->arena, d,
                  "one that the schema language does not know is written "
                  "raw(\"name\")");
}

/* The class by its SQL name; whether it goes with the index is judged when all
 * of it is read. */
static bool read_class(resolver *r, const binding *b, const expression *value,
                       key_option *out) {
    if (b->spec->id != ATTRIBUTE_INDEX) {
        diag_add(r->arena, r->diags, DIAG_BAD_KEY_OPTION, value->span,
                 "only an @@index has operator classes");
        return false;
    }
    const expression *raw = raw_text(value);
    if (raw != NULL) {
        out->operator_class = raw->text;
        return true;
    }
    const operator_class *found = value->kind == EXPRESSION_NAME
                                      ? operator_class_find(value->text)
                                      : NULL;
    if (found == NULL)
        report_unknown_class(r, value);
    else
        out->operator_class = found->sql;
    return found != NULL;
}

static bool read_option(resolver *r, const binding *b,
                        const syntax_argument *argument, key_option *out) {
    str name = argument->name.text;
    if (str_equal(name, STR("sort")))
        return read_sort(r, b, argument->value, out);
    if (str_equal(name, STR("ops")))
        return read_class(r, b, argument->value, out);
    if (str_equal(name, STR("length")))
        return report_other_engine(r, argument->span, "length", "MySQL");
    diag *d =
        diag_add(r->arena, r->diags, DIAG_UNKNOWN_ARGUMENT, argument->span,
                 "a field in a key or an index takes "
                 "sort and ops");
    nearest n = nearest_to(name);
    nearest_offer(&n, STR("sort"));
    nearest_offer(&n, STR("ops"));
    suggest(r->arena, d, &n);
    return false;
}

bool resolve_key_option(resolver *r, const binding *b, const expression *call,
                        key_option *out) {
    for (size_t i = 0; i < call->count; i++) {
        if (!read_option(r, b, &call->items[i], out))
            return false;
    }
    return true;
}

/* What stands at the attribute itself: length and sort of a single field, and
 * SQL Server's clustered. */
bool resolve_key_options(resolver *r, const binding *b, key_option *out) {
    const expression *clustered = binding_find(b, STR("clustered"));
    if (clustered != NULL)
        return report_other_engine(r, clustered->span, "clustered",
                                   "SQL Server");
    if (!b->attribute->is_block) {
        const expression *length = binding_find(b, STR("length"));
        const expression *sort = binding_find(b, STR("sort"));
        if (length != NULL)
            return report_other_engine(r, length->span, "length", "MySQL");
        if (sort != NULL)
            return read_sort(r, b, sort, out);
    }
    return true;
}

/* ---- Index types ---------------------------------------------------------*/

static bool report_method(resolver *r, const binding *b, const key *k,
                          size_t at, const char *message) {
    diag_add(r->arena, r->diags, DIAG_BAD_INDEX_METHOD, b->attribute->span,
             "'%.*s' does not go into an index of type "
             "%.*s, %s",
             STR_ARG(k->fields[at]->name),
             STR_ARG(index_method_name(k->method)), message);
    return false;
}

/* VarChar is compared as Text is. SQLite's fields have lost their native
 * types. */
static bool is_native_of(const resolver *r, const field *f,
                         const operator_class *class) {
    const native_type_spec *spec = f->native.spec;
    if (spec == NULL)
        return class->is_for_plain || r->engine == ENGINE_SQLITE;
    bool is_text = str_equal(class->native, STR("Text"));
    return str_equal(spec->name, class->native) ||
           (is_text && str_equal(spec->name, STR("VarChar")));
}

static bool goes_with(const resolver *r, const operator_class *class,
                      const field *f) {
    if (f->kind == FIELD_UNSUPPORTED)
        return true;
    if (class->is_for_lists || f->is_list)
        return class->is_for_lists && f->is_list;
    return f->kind == FIELD_SCALAR && f->scalar == class->scalar &&
           is_native_of(r, f, class);
}

static bool check_class(resolver *r, const binding *b, const key *k,
                        size_t at) {
    str sql = k->options[at].operator_class;
    const field *f = k->fields[at];
    size_t count;
    const operator_class *classes = operator_classes(&count);
    bool is_known = false;
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(classes[i].sql, sql))
            continue;
        is_known = true;
        if ((classes[i].methods & 1U << k->method) != 0 &&
            goes_with(r, &classes[i], f))
            return true;
    }
    if (!is_known)
        return true; /* raw: the database's to judge */
    diag_add(r->arena, r->diags, DIAG_BAD_OPERATOR_CLASS, b->attribute->span,
             "the operator class '%.*s' does not go with '%.*s' in an index of "
             "type %.*s",
             STR_ARG(sql), STR_ARG(f->name),
             STR_ARG(index_method_name(k->method)));
    return false;
}

/* A field without an operator class needs one that PostgreSQL takes by
 * itself. */
static bool check_plain(resolver *r, const binding *b, const key *k,
                        size_t at) {
    const field *f = k->fields[at];
    bool is_plain = f->kind == FIELD_SCALAR && !f->is_list;
    switch (k->method) {
    case INDEX_BTREE:
    case INDEX_HASH:
        return true;
    case INDEX_BRIN:
        return f->kind == FIELD_UNSUPPORTED ||
               (is_plain && f->scalar != SCALAR_JSON &&
                f->scalar != SCALAR_BOOLEAN) ||
               report_method(r, b, k, at,
                             "which takes values that have an order");
    case INDEX_GIN:
        return f->is_list || f->kind == FIELD_UNSUPPORTED ||
               (is_plain && f->scalar == SCALAR_JSON) ||
               report_method(r, b, k, at,
                             "it takes Json, lists, or an operator class");
    case INDEX_GIST:
        return f->kind == FIELD_UNSUPPORTED ||
               report_method(r, b, k, at, "it needs an operator class");
    case INDEX_SPGIST:
        return f->kind == FIELD_UNSUPPORTED ||
               (is_plain && f->scalar == SCALAR_STRING) ||
               report_method(r, b, k, at,
                             "it takes String, or an operator class");
    }
    return false;
}

static bool check_field(resolver *r, const binding *b, const key *k,
                        size_t at) {
    const native_type_spec *native = k->fields[at]->native.spec;
    if (native != NULL && str_equal(native->name, STR("Xml"))) {
        diag_add(r->arena, r->diags, DIAG_BAD_KEY_FIELD, b->attribute->span,
                 "'%.*s' is Xml, which cannot be compared or indexed",
                 STR_ARG(k->fields[at]->name));
        return false;
    }
    if (k->options[at].is_descending && k->method != INDEX_BTREE)
        return report_method(r, b, k, at, "which has no sort");
    if (!str_is_empty(k->options[at].operator_class))
        return check_class(r, b, k, at);
    return check_plain(r, b, k, at);
}

static bool read_method(resolver *r, const binding *b, key *k) {
    const expression *type =
        b->spec->id == ATTRIBUTE_INDEX ? binding_find(b, STR("type")) : NULL;
    if (type == NULL)
        return true;
    bool is_found = type->kind == EXPRESSION_NAME &&
                    index_method_find(type->text, &k->method) &&
                    str_equal(type->text, index_method_name(k->method));
    if (is_found)
        return true;
    diag *d = diag_add(r->arena, r->diags, DIAG_BAD_INDEX_METHOD, type->span,
                       "unknown index type '%.*s'", STR_ARG(type->text));
    nearest n = nearest_to(type->text);
    for (int i = 0; i < INDEX_METHOD_COUNT; i++)
        nearest_offer(&n, index_method_name((index_method)i));
    suggest(r->arena, d, &n);
    return false;
}

static bool check_count(resolver *r, const binding *b, const key *k) {
    bool is_single = k->method == INDEX_HASH || k->method == INDEX_SPGIST;
    if (k->field_count == 1 || !is_single)
        return true;
    diag_add(r->arena, r->diags, DIAG_BAD_INDEX_METHOD, b->attribute->span,
             "an index of type %.*s has one field",
             STR_ARG(index_method_name(k->method)));
    return false;
}

/* SQLite has BTree alone, which finds the same rows. */
static void forget_method(resolver *r, const binding *b, key *k) {
    bool is_plain = k->method == INDEX_BTREE;
    for (size_t i = 0; i < k->field_count; i++)
        is_plain = is_plain && str_is_empty(k->options[i].operator_class);
    if (is_plain)
        return;
    resolve_ignore(&r->index_methods, b->attribute->span);
    key_option *options = arena_new_array(r->arena, key_option, k->field_count);
    for (size_t i = 0; i < k->field_count; i++)
        options[i].is_descending = k->options[i].is_descending;
    k->options = options;
    k->method = INDEX_BTREE;
}

bool resolve_index_method(resolver *r, const binding *b, key *k) {
    if (r->has_other_provider)
        return true;
    if (!read_method(r, b, k) || !check_count(r, b, k))
        return false;
    for (size_t i = 0; i < k->field_count; i++) {
        if (!check_field(r, b, k, i))
            return false;
    }
    if (r->engine == ENGINE_SQLITE)
        forget_method(r, b, k);
    return true;
}
