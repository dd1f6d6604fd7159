/*
 * Query strings against a fixed schema. What parses is written out again from
 * the tree and must parse to the same tree: no name, operator, value or
 * negation is lost or gained on the way.
 */
#include "api/rest/query_string.h"

#include <stdlib.h>

#include "api/rest/rest_filter.h"
#include "base/assert.h"
#include "base/hex.h"
#include "base/real.h"
#include "base/url.h"
#include "schema/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const str SCHEMA = STR_INIT("enum Status {\n"
                                   "  OPEN\n"
                                   "  HELD @map(\"on hold\")\n"
                                   "}\n"
                                   "model Task {\n"
                                   "  id    Int       @id\n"
                                   "  title String\n"
                                   "  state Status\n"
                                   "  done  Boolean?\n"
                                   "  views BigInt?\n"
                                   "  ratio Float?\n"
                                   "  price Decimal?\n"
                                   "  due   DateTime? @map(\"due_at\")\n"
                                   "  data  Json?\n"
                                   "  blob  Bytes?\n"
                                   "  @@map(\"task\")\n"
                                   "  @@allow('read', true)\n"
                                   "}\n");

static rest_tables TABLES;

static const rest_table *table(void) {
    static arena *kept;
    if (kept == NULL) {
        diag_list diags = {0};
        const schema *s = NULL;
        kept = arena_new();
        ASSERT(schema_load_text(kept, STR("fuzz"), SCHEMA, ENGINE_SQLITE,
                                &diags, &s) == NULL);
        TABLES = rest_tables_new(kept, &(app){.schema = s});
    }
    return rest_tables_get(&TABLES, &TABLES.schema->models[0]);
}

/* --- from the tree to text --- */

static void write_quoted(buf *out, str text) {
    buf_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, text.ptr[i]);
    }
    buf_append_char(out, '"');
}

static str value_text(arena *a, const value *v) {
    buf out = buf_new(1 << 20);
    char digits[REAL_TEXT_MAX];
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        PANIC("a filter holds no null");
    case VALUE_BOOL:
        return v->boolean ? STR("true") : STR("false");
    case VALUE_INT:
        buf_append_int(&out, v->integer);
        break;
    case VALUE_FLOAT:
        buf_append(&out, (str){digits, real_format(v->real, digits)});
        break;
    case VALUE_TEXT:
        return v->text;
    case VALUE_BYTES:
        buf_append(&out, STR("\\x"));
        hex_encode(&out, v->text);
        break;
    }
    str text = arena_copy(a, buf_str(&out));
    buf_free(&out);
    return text;
}

static void write_list(arena *a, buf *out, const filter *f) {
    buf_append(out, STR("in.("));
    for (size_t i = 0; i < f->value_count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        write_quoted(out, value_text(a, &f->values[i]));
    }
    buf_append_char(out, ')');
}

static void write_subject(buf *out, const field *f, const derivation *d,
                          bool is_quoted) {
    if (is_quoted)
        write_quoted(out, f->column);
    else
        buf_append(out, f->column);
    for (size_t i = 0; d != NULL && i < d->step_count; i++) {
        bool is_last = i + 1 == d->step_count;
        buf_append(out, is_last && d->is_text ? STR("->>") : STR("->"));
        if (d->steps[i].is_index)
            buf_append_int(out, d->steps[i].index);
        else
            write_quoted(out, d->steps[i].key);
    }
}

static void write_operator(buf *out, const filter *f) {
    static const char *const OPS[] = {"eq.",  "neq.", "gt.",
                                      "gte.", "lt.",  "lte."};
    static const char *const LISTS[] = {"cs.", "cd.", "ov."};
    static const char *const SEARCHES[] = {"fts", "plfts", "phfts", "wfts"};
    if (f->kind == FILTER_LIKE)
        buf_append(out, f->is_case_sensitive ? STR("like.") : STR("ilike."));
    else if (f->kind == FILTER_MATCH)
        buf_append(out, f->is_case_sensitive ? STR("match.") : STR("imatch."));
    else if (f->kind == FILTER_LIST)
        buf_append(out, str_of(LISTS[f->list]));
    else if (f->kind != FILTER_SEARCH)
        buf_append(out, str_of(OPS[f->op]));
    if (f->kind != FILTER_SEARCH)
        return;
    buf_append(out, str_of(SEARCHES[f->search]));
    if (!str_is_empty(f->search_configuration))
        buf_printf(out, "(%.*s)", STR_ARG(f->search_configuration));
    buf_append_char(out, '.');
}

/* Without the column; a nested value is quoted. */
static void write_condition(arena *a, buf *out, const filter *f,
                            bool is_nested) {
    static const char *const WHAT[] = {"is.null", "is.true", "is.false",
                                       "is.unknown"};
    if (f->is_negated)
        buf_append(out, STR("not."));
    if (f->kind == FILTER_IN) {
        write_list(a, out, f);
        return;
    }
    if (f->kind == FILTER_IS) {
        buf_append(out, str_of(WHAT[f->what]));
        return;
    }
    write_operator(out, f);
    str text = value_text(a, &f->value);
    if (is_nested)
        write_quoted(out, text);
    else
        buf_append(out, text);
}

static bool is_group(const filter *f) {
    return f->kind == FILTER_ALL || f->kind == FILTER_ANY;
}

static void write_members(arena *a, buf *out, const filter *group) {
    buf_append_char(out, '(');
    for (size_t i = 0; i < group->child_count; i++) {
        const filter *f = group->children[i];
        if (i > 0)
            buf_append_char(out, ',');
        if (is_group(f)) {
            buf_append(out, f->is_negated ? STR("not.") : STR(""));
            buf_append(out, f->kind == FILTER_ALL ? STR("and") : STR("or"));
            write_members(a, out, f);
        } else {
            write_subject(out, f->field, f->derivation, true);
            buf_append_char(out, '.');
            write_condition(a, out, f, true);
        }
    }
    buf_append_char(out, ')');
}

static void write_parameter(arena *a, buf *out, const filter *f) {
    buf text = buf_new(1 << 20);
    if (out->len > 0)
        buf_append_char(out, '&');
    if (is_group(f)) {
        buf_append(out, f->is_negated ? STR("not.") : STR(""));
        buf_append(out, f->kind == FILTER_ALL ? STR("and=") : STR("or="));
        write_members(a, &text, f);
    } else {
        CLEANUP(buf_free) buf subject = buf_new(1 << 20);
        write_subject(&subject, f->field, f->derivation, false);
        buf_append(out, url_encode(a, buf_str(&subject)));
        buf_append_char(out, '=');
        write_condition(a, &text, f, false);
    }
    buf_append(out, url_encode(a, buf_str(&text)));
    buf_free(&text);
}

static void write_where(arena *a, buf *out, const filter *f) {
    bool is_list =
        f->kind == FILTER_ALL && !f->is_negated && f->child_count > 1;
    if (!is_list) {
        write_parameter(a, out, f);
        return;
    }
    for (size_t i = 0; i < f->child_count; i++)
        write_parameter(a, out, f->children[i]);
}

static void write_order(arena *a, buf *to, const query_string *q) {
    CLEANUP(buf_free) buf text = buf_new(1 << 20);
    buf *out = &text;
    buf_append(to, to->len > 0 ? STR("&order=") : STR("order="));
    for (size_t i = 0; i < q->order_count; i++) {
        const query_order *term = &q->order[i];
        if (i > 0)
            buf_append_char(out, ',');
        write_subject(out, term->field, term->derivation, true);
        buf_append(out, term->is_descending ? STR(".desc") : STR(".asc"));
        buf_append(out, term->are_nulls_first ? STR(".nullsfirst")
                                              : STR(".nullslast"));
    }
    buf_append(to, url_encode(a, buf_str(out)));
}

/* --- comparing --- */

static bool is_same_value(const value *x, const value *y) {
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case VALUE_NULL:
    case VALUE_DEFAULT:
    case VALUE_CELL:
        return true;
    case VALUE_BOOL:
        return x->boolean == y->boolean;
    case VALUE_INT:
        return x->integer == y->integer;
    case VALUE_FLOAT:
        return !(x->real < y->real || x->real > y->real);
    case VALUE_TEXT:
    case VALUE_BYTES:
        return str_equal(x->text, y->text);
    }
    return false;
}

static void check_same_place(const derivation *x, const derivation *y) {
    ASSERT((x == NULL) == (y == NULL));
    if (x == NULL)
        return;
    ASSERT(x->step_count == y->step_count && x->is_text == y->is_text);
    for (size_t i = 0; i < x->step_count; i++) {
        ASSERT(x->steps[i].is_index == y->steps[i].is_index);
        ASSERT(x->steps[i].index == y->steps[i].index);
        ASSERT(str_equal(x->steps[i].key, y->steps[i].key));
    }
}

static void check_same(const filter *x, const filter *y) {
    ASSERT(x->kind == y->kind && x->is_negated == y->is_negated);
    ASSERT(x->field == y->field && x->op == y->op && x->what == y->what);
    ASSERT(x->is_case_sensitive == y->is_case_sensitive);
    ASSERT(x->value_count == y->value_count);
    ASSERT(x->child_count == y->child_count);
    ASSERT(x->list == y->list && x->search == y->search);
    ASSERT(str_equal(x->search_configuration, y->search_configuration));
    check_same_place(x->derivation, y->derivation);
    bool has_value =
        !is_group(x) && x->kind != FILTER_IN && x->kind != FILTER_IS;
    if (has_value)
        ASSERT(is_same_value(&x->value, &y->value));
    for (size_t i = 0; i < x->value_count; i++)
        ASSERT(is_same_value(&x->values[i], &y->values[i]));
    for (size_t i = 0; i < x->child_count; i++)
        check_same(x->children[i], y->children[i]);
}

static void check_same_order(const query_order *x, const query_order *y) {
    ASSERT(x->field == y->field && x->is_descending == y->is_descending);
    ASSERT(x->are_nulls_first == y->are_nulls_first);
    check_same_place(x->derivation, y->derivation);
}

static int depth_of(const filter *f) {
    int deepest = 0;
    for (size_t i = 0; i < f->child_count; i++) {
        int depth = depth_of(f->children[i]);
        deepest = depth > deepest ? depth : deepest;
    }
    return is_group(f) ? deepest + 1 : 0;
}

/* op(all).{} has no other spelling. */
static bool has_empty_group(const filter *f) {
    for (size_t i = 0; i < f->child_count; i++) {
        if (has_empty_group(f->children[i]))
            return true;
    }
    return is_group(f) && f->child_count == 0;
}

static void check_round_trip(arena *a, const query_string *q) {
    CLEANUP(buf_free) buf text = buf_new(1 << 22);
    query_string again;
    if (q->where != NULL && has_empty_group(q->where))
        return;
    if (q->where != NULL)
        write_where(a, &text, q->where);
    if (q->order_count > 0)
        write_order(a, &text, q);
    err *e = query_string_parse(a, &TABLES, table(), buf_str(&text), &again);
    /* isdistinct and op(any) are written as the group that they become, a
     * level deeper. */
    if (e != NULL && q->where != NULL && depth_of(q->where) > FILTER_MAX_DEPTH)
        return;
    ASSERT(e == NULL);
    ASSERT((q->where == NULL) == (again.where == NULL));
    if (q->where != NULL)
        check_same(q->where, again.where);
    ASSERT(q->order_count == again.order_count);
    for (size_t i = 0; i < q->order_count; i++)
        check_same_order(&q->order[i], &again.order[i]);
}

static void check_resolved(const query_string *q) {
    ASSERT(q->limit >= QUERY_NO_LIMIT && q->offset >= 0);
    for (size_t i = 0; i < q->selection.count; i++)
        ASSERT(q->selection.columns[i].field->model == table()->model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    query_string q;
    str text = {(const char *)data, size};
    err *e = query_string_parse(a, &TABLES, table(), text, &q);
    if (e != NULL)
        return 0;
    check_resolved(&q);
    check_round_trip(a, &q);
    return 0;
}
