#include "api/rest/nested_payload.h"

#include "api/rest/nested_relation.h"
#include "api/rest/payload.h"
#include "api/rest/rest_names.h"
#include "core/coerce_change.h"
#include "core/nested_plan.h"

typedef struct reader {
    arena *a;
    const rest_request *request;
} reader;

/* Whose object it is, and what may be in it. */
typedef struct context {
    const model *model;
    const nested_place *place;
    bool is_new;         /* a row that is created */
    bool has_no_nesting; /* of rows of which there may be any number */
    int depth;
    const field_list *columns; /* of columns=, or NULL: all that is there */
} context;

static const nested_place *place_in(const reader *r, const nested_place *outer,
                                    str name, int64_t index) {
    nested_place *made = arena_new_array(r->a, nested_place, 1);
    *made = (nested_place){outer, name, index};
    return made;
}

static err *refuse(const reader *r, const nested_place *place,
                   const char *why) {
    return nested_place_refuse(r->a, place, why);
}

/* ---- Cells ----------------------------------------------------------------- */

static err *with_place(const reader *r, const nested_place *place,
                       const field *f, err *e) {
    if (e == NULL || !str_is_empty(e->details))
        return e;
    str text = nested_place_text(r->a, place);
    return err_with_details(
        e, arena_printf(r->a, "column \"%.*s\"%s%.*s", STR_ARG(f->column),
                        str_is_empty(text) ? "" : " of ", STR_ARG(text)));
}

static err *read_cell(const reader *r, const context *c, const field *f,
                      const json *v, nested_cells *cells) {
    relative_operator op = RELATIVE_SET;
    value cell;
    if (nested_cells_find(cells, f) != NULL)
        return with_place(r, c->place, f, payload_refuse_twice(r->a, f));
    err *e = coerce_change_is(f, v) ? coerce_change(r->a, f, v, &op, &cell)
                                    : coerce_json(r->a, f, v, &cell);
    if (e != NULL)
        return with_place(r, c->place, f, e);
    if (c->is_new && op != RELATIVE_SET)
        return refuse(r, c->place,
                      "a row that is created has no value yet to change");
    nested_cells_change(r->a, cells, f, op, cell);
    return NULL;
}

static err *find_column(const reader *r, const model *m, str name,
                        const field **out) {
    return rest_names_body_column(r->a, r->request->tables->schema, m, name,
                                  out);
}

/* The columns that a row is looked for by. */
static err *read_where(const reader *r, const context *c, const json *j,
                       nested_cells *out) {
    *out = (nested_cells){0};
    if (j->kind != JSON_OBJECT)
        return refuse(r, c->place,
                      "rows are looked for by an object of "
                      "columns and their values");
    for (uint32_t i = 0; i < j->count; i++) {
        const field *f;
        value v;
        TRY(find_column(r, c->model, j->keys[i], &f));
        if (nested_cells_find(out, f) != NULL)
            return with_place(r, c->place, f, payload_refuse_twice(r->a, f));
        TRY(with_place(r, c->place, f, coerce_json(r->a, f, &j->items[i], &v)));
        nested_cells_add(r->a, out, f, v);
    }
    return NULL;
}

/* ---- Operations -------------------------------------------------------------- */

static err *read_row(const reader *r, const context *c, const json *j,
                     nested_row *out);

static err *read_new_row(const reader *r, const context *c, const json *j,
                         bool is_new, const nested_row **out) {
    nested_row *row = arena_new_array(r->a, nested_row, 1);
    context inner = *c;
    inner.columns = NULL;
    inner.is_new = is_new;
    inner.depth++;
    *out = row;
    return read_row(r, &inner, j, row);
}

/* {"where": ..., "create": ..., "update": ..., "data": ...}: of these the ones
 * that the operation has. */
typedef struct parts {
    const json *where;
    const json *create;
    const json *update;
} parts;

static err *find_parts(const reader *r, const context *c, const json *j,
                       const char *form, parts *out) {
    const struct {
        str name;
        const json **part;
    } PARTS[] = {{STR("where"), &out->where},
                 {STR("create"), &out->create},
                 {STR("update"), &out->update},
                 {STR("data"), &out->update}};
    *out = (parts){0};
    for (uint32_t i = 0; j->kind == JSON_OBJECT && i < j->count; i++) {
        size_t at = 0;
        while (at < LENGTH(PARTS) && !str_equal(PARTS[at].name, j->keys[i]))
            at++;
        if (at == LENGTH(PARTS) || *PARTS[at].part != NULL)
            return refuse(r, c->place, form);
        *PARTS[at].part = &j->items[i];
    }
    return j->kind == JSON_OBJECT ? NULL : refuse(r, c->place, form);
}

static err *require_parts(const reader *r, const context *c, const parts *p,
                          bool has_where, bool has_create, bool has_update,
                          const char *form) {
    bool is_right = (p->where != NULL) == has_where &&
                    (p->create != NULL) == has_create &&
                    (p->update != NULL) == has_update;
    return is_right ? NULL : refuse(r, c->place, form);
}

static err *read_parts(const reader *r, const context *c, const parts *p,
                       nested_operation *out) {
    if (p->where != NULL)
        TRY(read_where(r, c, p->where, &out->where));
    if (p->create != NULL)
        TRY(read_new_row(r, c, p->create, true, &out->create));
    if (p->update != NULL)
        TRY(read_new_row(r, c, p->update, false, &out->update));
    return NULL;
}

static const char *const CONNECT_OR_CREATE_FORM =
    "this is {\"where\": {...}, \"create\": {...}}";
static const char *const UPDATE_FORM =
    "this is {\"where\": {...}, \"data\": {...}}";

static err *read_update(const reader *r, const context *c, const json *j,
                        bool is_to_one, nested_operation *out) {
    parts p;
    if (is_to_one)
        return read_new_row(r, c, j, false, &out->update);
    TRY(find_parts(r, c, j, UPDATE_FORM, &p));
    TRY(require_parts(r, c, &p, true, false, true, UPDATE_FORM));
    return read_parts(r, c, &p, out);
}

static err *read_upsert(const reader *r, const context *c, const json *j,
                        bool is_to_one, nested_operation *out) {
    const char *form = is_to_one
                           ? "this is {\"create\": {...}, \"update\": {...}}"
                           : "this is {\"where\": {...}, \"create\": {...}, "
                             "\"update\": {...}}";
    parts p;
    TRY(find_parts(r, c, j, form, &p));
    TRY(require_parts(r, c, &p, !is_to_one, true, true, form));
    return read_parts(r, c, &p, out);
}

static err *read_update_many(const reader *r, const context *c, const json *j,
                             nested_operation *out) {
    context many = *c;
    parts p;
    many.has_no_nesting = true;
    TRY(find_parts(r, c, j, UPDATE_FORM, &p));
    TRY(require_parts(r, c, &p, true, false, true, UPDATE_FORM));
    TRY(read_parts(r, &many, &p, out));
    return out->update->cells.count > 0
               ? NULL
               : refuse(r, c->place, "there is nothing to update");
}

static err *read_connect_or_create(const reader *r, const context *c,
                                   const json *j, nested_operation *out) {
    parts p;
    TRY(find_parts(r, c, j, CONNECT_OR_CREATE_FORM, &p));
    TRY(require_parts(r, c, &p, true, true, false, CONNECT_OR_CREATE_FORM));
    return read_parts(r, c, &p, out);
}

/* disconnect and delete; of a relation to one row that is all there is to say. */
static err *read_which(const reader *r, const context *c, const json *j,
                       bool is_to_one, nested_operation *out) {
    if (!is_to_one)
        return read_where(r, c, j, &out->where);
    return j->kind == JSON_TRUE
               ? NULL
               : refuse(r, c->place,
                        "of a relation to one row this is true, or left out");
}

static err *read_operation(const reader *r, const context *c, const json *j,
                           bool is_to_one, nested_operation *out) {
    switch (out->action) {
    case NESTED_CREATE:
        return read_new_row(r, c, j, true, &out->create);
    case NESTED_CONNECT:
    case NESTED_SET: /* one of its members */
    case NESTED_DELETE_MANY:
        return read_where(r, c, j, &out->where);
    case NESTED_CONNECT_OR_CREATE:
        return read_connect_or_create(r, c, j, out);
    case NESTED_DISCONNECT:
    case NESTED_DELETE:
        return read_which(r, c, j, is_to_one, out);
    case NESTED_UPDATE:
        return read_update(r, c, j, is_to_one, out);
    case NESTED_UPSERT:
        return read_upsert(r, c, j, is_to_one, out);
    case NESTED_UPDATE_MANY:
        return read_update_many(r, c, j, out);
    }
    return NULL;
}

/* One for each object of a list. */
static err *read_list(const reader *r, const context *c, const json *j,
                      nested_action action, bool is_to_one,
                      nested_operation **out, size_t *count) {
    bool is_list = j->kind == JSON_ARRAY;
    const json *items = is_list ? j->items : j;
    *count = is_list ? j->count : 1;
    *out = arena_new_array(r->a, nested_operation, *count);
    for (size_t i = 0; i < *count; i++) {
        context item = *c;
        if (is_list)
            item.place = place_in(r, c->place, STR(""), (int64_t)i);
        (*out)[i].action = action;
        (*out)[i].place = item.place;
        TRY(read_operation(r, &item, &items[i], is_to_one, &(*out)[i]));
    }
    return NULL;
}

/* ---- Relations ----------------------------------------------------------------- */

typedef struct operation_list {
    nested_operation *items;
    size_t count;
} operation_list;

static void add_all(const reader *r, operation_list *to,
                    const nested_operation *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        ARENA_PUSH(r->a, to->items, to->count, items[i]);
}

/* All that it names are one operation, also when these are none. */
static err *read_set(const reader *r, const context *c, const json *j,
                     operation_list *to) {
    nested_operation *members;
    nested_operation set = {.action = NESTED_SET, .place = c->place};
    TRY(read_list(r, c, j, NESTED_SET, false, &members, &set.member_count));
    for (size_t i = 0; i < set.member_count; i++)
        members[i].action = NESTED_CONNECT;
    set.members = members;
    add_all(r, to, &set, 1);
    return NULL;
}

static err *refuse_operation(const reader *r, const nested_place *place,
                             str name) {
    str text = nested_place_text(r->a, place);
    return err_with_hint(
        err_new(r->a, ERR_BODY, "%.*s: there is no operation \"%.*s\"",
                STR_ARG(text), STR_ARG(name)),
        STR("a relation is written by an object of create, connect, "
            "connectOrCreate, disconnect, set, update, upsert, delete, "
            "updateMany and deleteMany"));
}

static err *read_operations(const reader *r, const context *c, const json *j,
                            bool is_to_one, operation_list *out) {
    for (uint32_t i = 0; i < j->count; i++) {
        nested_action action;
        nested_operation *items;
        size_t count;
        context inner = *c;
        const json *v = &j->items[i];
        if (!nested_relation_find_action(j->keys[i], &action))
            return refuse_operation(r, c->place, j->keys[i]);
        inner.place =
            place_in(r, c->place, nested_action_name(action), NESTED_NO_INDEX);
        bool is_left_out =
            v->kind == JSON_FALSE && is_to_one &&
            (action == NESTED_DISCONNECT || action == NESTED_DELETE);
        if (is_left_out)
            continue;
        if (action == NESTED_SET) {
            TRY(read_set(r, &inner, v, out));
            continue;
        }
        TRY(read_list(r, &inner, v, action, is_to_one, &items, &count));
        add_all(r, out, items, count);
    }
    return NULL;
}

static err *read_relation(const reader *r, const context *c, str name,
                          const json *j, nested_relation *out) {
    operation_list list = {0};
    *out = (nested_relation){.place =
                                 place_in(r, c->place, name, NESTED_NO_INDEX)};
    TRY(nested_relation_find(r->a, r->request->tables, c->model, name, out));
    context inner = {
        .model = out->target, .place = out->place, .depth = c->depth};
    TRY(read_operations(r, &inner, j, out->hop.is_to_one, &list));
    out->operations = list.items;
    out->operation_count = list.count;
    return NULL;
}

/* ---- Rows ------------------------------------------------------------------------ */

static bool is_same(const nested_relation *x, const nested_relation *y) {
    return x->hop.kind == y->hop.kind && x->hop.relation == y->hop.relation &&
           x->hop.is_from_a == y->hop.is_from_a;
}

typedef struct relation_list {
    nested_relation *items;
    size_t count;
} relation_list;

static err *add_relation(const reader *r, const context *c, str name,
                         const json *j, relation_list *list) {
    nested_relation read;
    if (c->has_no_nesting)
        return refuse(r, c->place,
                      "nothing can be nested in several rows at once");
    TRY(read_relation(r, c, name, j, &read));
    for (size_t i = 0; i < list->count; i++)
        if (is_same(&list->items[i], &read))
            return refuse(r, read.place, "the relation is given twice");
    ARENA_PUSH(r->a, list->items, list->count, read);
    return NULL;
}

/* What columns= does not name is none of our business. */
static bool is_left_out(const reader *r, const context *c, str name) {
    if (c->columns == NULL)
        return false;
    for (size_t i = 0; i < c->columns->relation_count; i++)
        if (str_equal(c->columns->relations[i], name))
            return false;
    const field *f =
        model_find_column(r->request->tables->schema, c->model, name);
    size_t at = 0;
    while (at < c->columns->count && c->columns->fields[at] != f)
        at++;
    return at == c->columns->count;
}

/* What it names and the object has not. */
static void fill_missing(const reader *r, const context *c, const json *j,
                         nested_cells *cells) {
    bool is_default = r->request->prefer.missing == MISSING_DEFAULT;
    for (size_t i = 0; c->columns != NULL && i < c->columns->count; i++) {
        const field *f = c->columns->fields[i];
        if (json_find(j, f->column) == NULL)
            nested_cells_add(
                r->a, cells, f,
                (value){.kind = is_default ? VALUE_DEFAULT : VALUE_NULL});
    }
}

static err *read_row(const reader *r, const context *c, const json *j,
                     nested_row *out) {
    relation_list relations = {0};
    *out = (nested_row){.place = c->place};
    if (j->kind != JSON_OBJECT)
        return refuse(r, c->place, "a row is an object");
    if (c->depth > NESTED_MAX_DEPTH)
        return err_new(r->a, ERR_TOO_COMPLEX,
                       "%.*s: rows are nested in more than %d others",
                       STR_ARG(nested_place_text(r->a, c->place)),
                       NESTED_MAX_DEPTH);
    for (uint32_t i = 0; i < j->count; i++) {
        str name = j->keys[i];
        const json *v = &j->items[i];
        const field *f;
        if (is_left_out(r, c, name))
            continue;
        if (nested_relation_is(r->request->tables, c->model, name, v)) {
            TRY(add_relation(r, c, name, v, &relations));
            continue;
        }
        TRY(find_column(r, c->model, name, &f));
        TRY(read_cell(r, c, f, v, &out->cells));
    }
    fill_missing(r, c, j, &out->cells);
    out->relations = relations.items;
    out->relation_count = relations.count;
    return NULL;
}

bool nested_payload_is(const rest_request *r, const json *rows, size_t count) {
    str known = {0}; /* a column that has objects as values */
    if (r->params.columns.relation_count > 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < rows[i].count; k++) {
            const json *v = &rows[i].items[k];
            str name = rows[i].keys[k];
            if (LIKELY(v->kind != JSON_OBJECT) || str_equal(name, known))
                continue;
            if (nested_relation_is(r->tables, r->table->model, name, v))
                return true;
            known = name;
        }
    }
    return false;
}

err *nested_payload_read(arena *a, const rest_request *r, const json *rows,
                         size_t count, const nested_row **out) {
    reader reading = {a, r};
    nested_row *list = arena_new_array(a, nested_row, count);
    *out = list;
    for (size_t i = 0; i < count; i++) {
        context c = {.model = r->table->model,
                     .is_new = r->http->method != HTTP_PATCH};
        if (r->params.has_columns)
            c.columns = &r->params.columns;
        if (count > 1)
            c.place = place_in(&reading, NULL, STR(""), (int64_t)i);
        TRY(read_row(&reading, &c, &rows[i], &list[i]));
    }
    return NULL;
}
