/* Keys and indexes: @id @unique @@id @@unique @@index. */
#include "base/ascii.h"
#include "schema/resolve_condition.h"
#include "schema/suggest.h"

field_draft *resolve_find_field(const model_draft *m, str name) {
    return map_find(m->field_names, name);
}

static void report_unknown_field(resolver *r, model_draft *m,
                                 const expression *item, field_list *list) {
    list->is_damaged = true;
    if (m->is_damaged)
        return;
    diag *d = diag_add(r->arena, r->diags, DIAG_UNKNOWN_FIELD, item->span,
                       "the model '%.*s' has no field '%.*s'",
                       STR_ARG(m->model->name), STR_ARG(item->text));
    nearest n = suggest_for(d, item->text);
    for (size_t i = 0; i < m->model->field_count; i++)
        nearest_offer(&n, m->model->fields[i].name);
    suggest(r->arena, d, &n);
}

/* title, or title(sort: Desc) where b allows options. */
static void add_item(resolver *r, model_draft *m, const expression *item,
                     const binding *b, field_list *list) {
    bool is_call = item->kind == EXPRESSION_CALL && item->left == NULL;
    if (item->kind != EXPRESSION_NAME && !(is_call && b != NULL)) {
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, item->span,
                 "expected the name of a field");
        list->is_damaged = true;
        return;
    }
    field_draft *f = resolve_find_field(m, item->text);
    if (f == NULL) {
        report_unknown_field(r, m, item, list);
        return;
    }
    key_option *option = &list->options[list->count];
    list->items[list->count++] = f;
    bool is_read = !is_call || resolve_key_option(r, b, item, option);
    list->is_damaged = list->is_damaged || f->is_damaged || !is_read;
}

static void check_repeated(resolver *r, const expression *value,
                           field_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (list->items[i] != list->items[k] || list->is_damaged)
                continue;
            diag_add(r->arena, r->diags, DIAG_REPEATED_KEY_FIELD,
                     value->items[i].value->span,
                     "the field '%.*s' is listed twice",
                     STR_ARG(list->items[i]->field->name));
            list->is_damaged = true;
        }
    }
}

/* With options where b is the binding of a key. */
static field_list read_fields(resolver *r, model_draft *m,
                              const expression *value, const binding *b) {
    bool is_list = value->kind == EXPRESSION_LIST;
    size_t count = is_list ? value->count : 1;
    field_list list = {.span = value->span};
    list.items = arena_new_array(r->arena, field_draft *, count);
    list.options = arena_new_array(r->arena, key_option, count);
    if (!is_list) {
        add_item(r, m, value, b, &list);
        return list;
    }
    for (size_t i = 0; i < value->count; i++)
        add_item(r, m, value->items[i].value, b, &list);
    if (value->count == 0) {
        diag_add(r->arena, r->diags, DIAG_EMPTY_KEY, value->span,
                 "the list of fields is empty");
        list.is_damaged = true;
    }
    if (!list.is_damaged)
        check_repeated(r, value, &list);
    return list;
}

field_list resolve_field_list(resolver *r, model_draft *m,
                              const expression *value) {
    return read_fields(r, m, value, NULL);
}

bool resolve_is_same_set(const field_list *list, const key *k) {
    if (list->count != k->field_count)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        size_t at = 0;
        while (at < k->field_count && k->fields[at] != list->items[i]->field)
            at++;
        if (at == k->field_count)
            return false;
    }
    return true;
}

/* The constraint's name in the database, or empty. */
static bool read_name(resolver *r, const binding *b, str parameter, str *out) {
    const expression *value = binding_find(b, parameter);
    if (value == NULL)
        return true;
    bool is_name =
        value->kind == EXPRESSION_STRING && !str_is_empty(value->text);
    if (is_name)
        *out = value->text;
    else
        diag_add(r->arena, r->diags, DIAG_WRONG_ARGUMENT, value->span,
                 "'%.*s' takes a string that is not empty", STR_ARG(parameter));
    return is_name;
}

static bool check_id_fields(resolver *r, const field_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const field_draft *f = list->items[i];
        if (!f->field->is_optional && !f->field->is_list)
            continue;
        diag *d = diag_add(
            r->arena, r->diags, DIAG_OPTIONAL_ID, f->syntax->type.span,
            "the id field '%.*s' cannot be %s", STR_ARG(f->field->name),
            f->field->is_list ? "a list" : "optional");
        diag_help(r->arena, d, "remove the '%s'",
                  f->field->is_list ? "[]" : "?");
        return false;
    }
    return true;
}

static bool set_primary_key(resolver *r, model_draft *m, key k) {
    if (m->primary_key != NULL) {
        diag *d =
            diag_add(r->arena, r->diags, DIAG_SECOND_ID, k.span,
                     "the model '%.*s' has two ids", STR_ARG(m->model->name));
        diag_relate(r->arena, d, m->primary_key->span, "the first one");
        diag_help(r->arena, d, "an id of several fields is written '@@id'");
        return false;
    }
    m->primary_key = arena_new_array(r->arena, key, 1);
    *m->primary_key = k;
    m->model->primary_key = m->primary_key;
    return true;
}

static void mark_field(const field_list *list, attribute_id id) {
    if (list->count != 1)
        return;
    if (id == ATTRIBUTE_ID)
        list->items[0]->field->is_id = true;
    if (id == ATTRIBUTE_UNIQUE)
        list->items[0]->field->is_unique = true;
}

/* A view has nothing of that in the database; what is unique in it is still
 * known to clients. */
static bool is_kept(resolver *r, const model_draft *m, const binding *b) {
    attribute_id id = b->spec->id;
    bool is_doubtful = id != ATTRIBUTE_UNIQUE;
    if (m->model->is_view && is_doubtful)
        diag_add(r->arena, r->diags, DIAG_VIEW_KEY, b->attribute->span,
                 "a view has no keys and no indexes in the database, '%.*s' "
                 "%s",
                 STR_ARG(attribute_label(b->attribute)),
                 id == ATTRIBUTE_INDEX ? "is ignored"
                                       : "only says what tells its rows apart");
    return !m->model->is_view || id != ATTRIBUTE_INDEX;
}

static const expression *find_where(const binding *b) {
    return b->spec->id == ATTRIBUTE_ID ? NULL : binding_find(b, STR("where"));
}

/* Before the key is pushed. */
static void put_off_where(resolver *r, model_draft *m, const binding *b) {
    bool is_unique = b->spec->id == ATTRIBUTE_UNIQUE;
    where_draft later = {
        is_unique, is_unique ? m->model->unique_count : m->model->index_count,
        find_where(b)};
    ARENA_PUSH(r->arena, m->wheres, m->where_count, later);
}

static void add_key(resolver *r, model_draft *m, const binding *b,
                    const field_list *list, key k) {
    attribute_id id = b->spec->id;
    const field **fields =
        arena_new_array(r->arena, const field *, list->count);
    for (size_t i = 0; i < list->count; i++)
        fields[i] = list->items[i]->field;
    k.fields = fields;
    k.options = list->options;
    k.field_count = list->count;
    k.is_partial = find_where(b) != NULL;

    bool is_id = id == ATTRIBUTE_ID;
    if (!resolve_index_method(r, b, &k) ||
        (is_id && (!check_id_fields(r, list) || !set_primary_key(r, m, k)))) {
        m->has_damaged_key = true;
        return;
    }
    if (!is_kept(r, m, b))
        return;
    if (k.is_partial)
        put_off_where(r, m, b);
    if (id == ATTRIBUTE_UNIQUE)
        ARENA_PUSH(r->arena, m->uniques, m->model->unique_count, k);
    if (id == ATTRIBUTE_INDEX)
        ARENA_PUSH(r->arena, m->indexes, m->model->index_count, k);
    if (!k.is_partial)
        mark_field(list, id);
}

void resolve_field_key(resolver *r, field_draft *f, const binding *b) {
    key k = {.span = b->attribute->span};
    key_option *option = arena_new_array(r->arena, key_option, 1);
    field_draft **items = arena_new_array(r->arena, field_draft *, 1);
    items[0] = f;
    field_list list = {.items = items, .options = option, .count = 1};
    if (read_name(r, b, STR("map"), &k.name) &&
        resolve_key_options(r, b, option))
        add_key(r, f->owner, b, &list, k);
    else
        f->owner->has_damaged_key = true;
}

static bool check_columns(resolver *r, const binding *b,
                          const field_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const field_draft *f = list->items[i];
        if (f->field->kind != FIELD_RELATION)
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_KEY_FIELD, list->span,
                           "'%.*s' is a relation and has no column for '%.*s'",
                           STR_ARG(f->field->name),
                           STR_ARG(attribute_label(b->attribute)));
        diag_help(r->arena, d, "list the fields that hold its foreign key");
        return false;
    }
    return true;
}

static bool is_word(str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_')
            return false;
    }
    return true;
}

static bool check_name_is_new(resolver *r, const binding *b,
                              const model_draft *m, str name) {
    const key *taken = NULL;
    if (m->primary_key != NULL && str_equal(m->primary_key->client_name, name))
        taken = m->primary_key;
    for (size_t i = 0; i < m->model->unique_count; i++) {
        if (str_equal(m->uniques[i].client_name, name))
            taken = &m->uniques[i];
    }
    if (taken == NULL || str_is_empty(name))
        return true;
    diag *d =
        diag_add(r->arena, r->diags, DIAG_BAD_KEY_NAME,
                 binding_find(b, STR("name"))->span,
                 "the model has another key of the name '%.*s'", STR_ARG(name));
    diag_relate(r->arena, d, taken->span, "the other key");
    return false;
}

/* The name a client would use: `name:`, else the fields joined. It is not in
 * the database, but it must not hide a field. */
static bool read_client_name(resolver *r, const binding *b, model_draft *m,
                             const field_list *list, key *k) {
    str name = {0};
    if (!read_name(r, b, STR("name"), &name))
        return false;
    k->client_name = name;
    if (!check_name_is_new(r, b, m, name))
        return false;
    source_span span = b->attribute->span;
    if (!str_is_empty(name)) {
        span = binding_find(b, STR("name"))->span;
    } else {
        for (size_t i = 0; list->count > 1 && i < list->count; i++)
            name = arena_printf(r->arena, "%.*s%s%.*s", STR_ARG(name),
                                i > 0 ? "_" : "",
                                STR_ARG(list->items[i]->field->name));
    }
    if (is_word(name) || binding_find(b, STR("name")) == NULL) {
        if (resolve_find_field(m, name) == NULL)
            return true;
        diag_add(r->arena, r->diags, DIAG_BAD_KEY_NAME, span,
                 "the key's name '%.*s' is also the name of a field",
                 STR_ARG(name));
        return false;
    }
    diag_add(r->arena, r->diags, DIAG_BAD_KEY_NAME, span,
             "the key's name '%.*s' has characters other than letters, digits "
             "and '_'",
             STR_ARG(name));
    return false;
}

/* @@index took its database name as `name` once. */
static bool read_index_name(resolver *r, const binding *b, str *out) {
    if (!read_name(r, b, STR("name"), out))
        return false;
    bool has_both = binding_find(b, STR("name")) != NULL &&
                    binding_find(b, STR("map")) != NULL;
    if (has_both)
        diag_add(r->arena, r->diags, DIAG_REPEATED_ARGUMENT,
                 binding_find(b, STR("name"))->span,
                 "'name' and 'map' of '@@index' are the same argument");
    return !has_both;
}

/* MySQL's; on PostgreSQL it is an index of type Gin over a vector of words. */
static void report_fulltext(resolver *r, const binding *b) {
    diag *d =
        diag_add(r->arena, r->diags, DIAG_OTHER_ENGINE_ONLY, b->attribute->span,
                 "'@@fulltext' is MySQL's, neither SQLite nor PostgreSQL "
                 "has it");
    diag_help(r->arena, d,
              "leave it out, or make an index in a migration by hand");
}

void resolve_model_key(resolver *r, model_draft *m, const binding *b) {
    if (b->spec->id == ATTRIBUTE_FULLTEXT) {
        if (!r->has_other_provider)
            report_fulltext(r, b);
        return;
    }
    key k = {.span = b->attribute->span};
    field_list list = read_fields(r, m, binding_find(b, STR("fields")), b);
    bool is_read = !list.is_damaged && check_columns(r, b, &list) &&
                   read_name(r, b, STR("map"), &k.name) &&
                   resolve_key_options(r, b, NULL);
    if (is_read && b->spec->id == ATTRIBUTE_INDEX)
        is_read = read_index_name(r, b, &k.name);
    else if (is_read)
        is_read = read_client_name(r, b, m, &list, &k);
    if (is_read)
        add_key(r, m, b, &list, k);
    else if (b->spec->id != ATTRIBUTE_INDEX)
        m->has_damaged_key = true;
}

static bool is_damaged(const model_draft *m) {
    bool damaged = m->is_damaged || m->has_damaged_key;
    for (size_t i = 0; i < m->model->field_count; i++)
        damaged = damaged || m->fields[i].is_damaged;
    return damaged;
}

static bool is_identity(const key *k) {
    if (k->is_partial)
        return false;
    for (size_t i = 0; i < k->field_count; i++) {
        const field *f = k->fields[i];
        if (f->is_optional || f->kind == FIELD_UNSUPPORTED)
            return false;
    }
    return true;
}

static bool has_identity(const model_draft *m) {
    bool has = m->primary_key != NULL && is_identity(m->primary_key);
    for (size_t i = 0; !has && i < m->model->unique_count; i++)
        has = is_identity(&m->uniques[i]);
    return has;
}

/* SQLite counts in the primary key only, and only if it is one column. Who
 * writes for SQLite is told so, as by Prisma; in a schema for PostgreSQL that
 * runs on SQLite, its engine counts. */
static void check_counters(resolver *r, const model_draft *m) {
    for (size_t i = 0; i < m->model->field_count; i++) {
        const field *f = m->fields[i].field;
        if (f->default_value.kind != DEFAULT_AUTOINCREMENT || f->is_id)
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_BAD_AUTOINCREMENT, f->span,
                           "'%.*s' cannot use autoincrement(), it is not the "
                           "id by itself",
                           STR_ARG(f->name));
        diag_help(r->arena, d,
                  "SQLite counts in a single @id field only, PostgreSQL in "
                  "any");
    }
}

void resolve_wheres(resolver *r) {
    for (size_t i = 0; i < r->model_count; i++) {
        model_draft *m = &r->model_drafts[i];
        for (size_t k = 0; k < m->where_count; k++) {
            const where_draft *w = &m->wheres[k];
            key *made = w->is_unique ? &m->uniques[w->at] : &m->indexes[w->at];
            made->where = resolve_live_and(
                r, made->where, resolve_database_condition(r, m, w->condition));
        }
    }
}

void resolve_missing_keys(resolver *r) {
    for (size_t i = 0; i < r->model_count; i++) {
        const model_draft *m = &r->model_drafts[i];
        if (is_damaged(m) || m->model->field_count == 0)
            continue;
        if (resolve_is_for_sqlite(r))
            check_counters(r, m);
        if (has_identity(m) || m->model->is_view || m->model->is_ignored)
            continue;
        diag *d = diag_add(r->arena, r->diags, DIAG_MISSING_KEY, m->model->span,
                           "the model '%.*s' has no field that identifies a "
                           "row",
                           STR_ARG(m->model->name));
        diag_help(r->arena, d,
                  "mark one with @id or @unique, or several with @@id or "
                  "@@unique; they must be required");
    }
}
