/*
 * Loading a schema never crashes, what it complains about lies in the file, and
 * what it accepts holds together: columns are numbered, keys name columns of
 * their model, relations have two sides. Other line ends change nothing.
 */
#include "schema/load.h"

#include <stdint.h>

#include "base/assert.h"
#include "base/json.h"
#include "schema/validation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(source_span span) {
    ASSERT(span.source != NULL);
    ASSERT(span.from <= span.to);
    ASSERT(span.to <= span.source->text.len);
}

static void check_diags(const diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        const diag *d = &diags->items[i];
        check_span(d->span);
        ASSERT(!str_is_empty(d->message));
        for (size_t k = 0; k < d->place_count; k++)
            check_span(d->places[k].span);
    }
}

static void check_printing(arena *a, const diag_list *diags) {
    CLEANUP(buf_free) buf out = buf_new(64 << 20);
    diag_print(&out, diags, true);
    buf_clear(&out, 1 << 20);
    diag_print_json(&out, diags);
    const json *parsed = NULL;
    err *e = json_parse(a, buf_str(&out), &parsed);
    ASSERT(e == NULL && parsed->count == diags->count);
}

static void check_key(const model *m, const key *k) {
    ASSERT(k->field_count > 0 && !str_is_empty(k->name));
    ASSERT(k->options != NULL);
    for (size_t i = 0; i < k->field_count; i++) {
        ASSERT(k->fields[i]->model == m);
        ASSERT(k->fields[i]->kind != FIELD_RELATION);
    }
}

static void check_keys(const model *m) {
    const key *identity = model_identity(m);
    ASSERT(identity != NULL || m->is_view || m->is_ignored);
    if (identity != NULL)
        check_key(m, identity);
    for (size_t i = 0; i < m->unique_count; i++)
        check_key(m, &m->uniques[i]);
    for (size_t i = 0; i < m->index_count; i++)
        check_key(m, &m->indexes[i]);
}

static bool is_integer(const field *f) {
    return f->scalar == SCALAR_INT || f->scalar == SCALAR_BIGINT;
}

static void check_sides(const relation *r) {
    ASSERT(r->child_field->relation == r && r->parent_field->relation == r);
    ASSERT(r->child_field != r->parent_field);
    ASSERT(r->child_field->model == r->child);
    ASSERT(r->parent_field->model == r->parent);
}

static void check_relation(const relation *r) {
    check_sides(r);
    ASSERT(r->column_count > 0);
    for (size_t i = 0; i < r->column_count; i++) {
        ASSERT(r->columns[i]->model == r->child);
        ASSERT(r->references[i]->model == r->parent);
        ASSERT(r->columns[i]->scalar == r->references[i]->scalar ||
               (is_integer(r->columns[i]) && is_integer(r->references[i])));
    }
}

static void check_many_to_many(const relation *r) {
    check_sides(r);
    ASSERT(r->column_count == 0 && !str_is_empty(r->join_table));
    ASSERT(r->child->primary_key->field_count == 1);
    ASSERT(r->parent->primary_key->field_count == 1);
}

/* A condition is true or false, and can be printed. */
static void check_condition(const condition *c) {
    ASSERT(c != NULL && c->type.kind == TYPE_SCALAR);
    ASSERT(c->type.scalar == SCALAR_BOOLEAN && !c->type.is_list);
    CLEANUP(buf_free) buf out = buf_new(64 << 20);
    condition_print(&out, c);
    ASSERT(out.len > 0);
    check_span(c->span);
}

static void check_rules(const policy_rule *rules, size_t count) {
    for (size_t i = 0; i < count; i++)
        check_condition(rules[i].condition);
}

static void check_validations(const model *m, const validation *rules,
                              size_t count) {
    for (size_t i = 0; i < count; i++) {
        const validation *v = &rules[i];
        ASSERT(validation_has_condition(v->kind) == (v->condition != NULL));
        ASSERT((v->kind == VALIDATION_REGEX) == (v->pattern != NULL));
        if (v->condition != NULL)
            check_condition(v->condition);
        for (size_t k = 0; k < v->column_count; k++)
            ASSERT(m->columns[v->columns[k]->column_index] == v->columns[k]);
    }
}

static void check_field(const schema *s, const model *m, const field *f) {
    ASSERT(f->model == m && f == &m->fields[f->index]);
    ASSERT(model_find_field(m, f->name) == f);
    check_rules(f->rules, f->rule_count);
    check_validations(m, f->validations, f->validation_count);
    if (f->kind == FIELD_RELATION) {
        ASSERT(f->relation != NULL);
        return;
    }
    ASSERT(m->columns[f->column_index] == f);
    ASSERT(model_find_column(s, m, f->column) ==
           (field_is_visible(f) ? f : NULL));
    ASSERT(f->kind != FIELD_UNSUPPORTED || !str_is_empty(f->unsupported));
    ASSERT(s->engine == ENGINE_POSTGRESQL || f->native.spec == NULL);
    ASSERT((f->kind == FIELD_ENUM) == (f->enumeration != NULL));
}

static void check_schema(const schema *s) {
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        ASSERT(m->index == i);
        ASSERT(schema_find_model(s, m->name) == m);
        ASSERT(schema_find_table(s, m->table) == m ||
               s->datasource.schema_count > 1);
        check_keys(m);
        check_rules(m->rules, m->rule_count);
        check_validations(m, m->validations, m->validation_count);
        for (size_t k = 0; k < m->field_count; k++)
            check_field(s, m, &m->fields[k]);
        for (size_t k = 0; k < m->relation_count; k++)
            check_relation(m->relations[k]);
    }
    for (size_t i = 0; i < s->many_to_many_count; i++)
        check_many_to_many(s->many_to_many[i]);
}

static str with_other_line_ends(arena *a, str text) {
    char *other = arena_take(a, text.len * 2 + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            other[len++] = '\r';
        other[len++] = text.ptr[i];
    }
    return (str){other, len};
}

static void check_line_ends(arena *a, str text, engine_kind engine,
                            const diag_list *diags) {
    if (str_find_char(text, '\r') < text.len)
        return;
    diag_list again = {0};
    const schema *s = NULL;
    err *e =
        schema_load_text(a, STR("fuzz.prisma"), with_other_line_ends(a, text),
                         engine, &again, &s);
    ASSERT((e == NULL) == (diags->error_count == 0));
    ASSERT(again.count == diags->count);
    for (size_t i = 0; i < again.count; i++)
        ASSERT(again.items[i].code == diags->items[i].code);
}

static void check_load(str text, engine_kind engine) {
    CLEANUP(arena_release) arena *a = arena_new();
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("fuzz.prisma"), text, engine, &diags, &s);
    ASSERT((e == NULL) == (s != NULL));
    check_diags(&diags);
    check_printing(a, &diags);
    check_line_ends(a, text, engine, &diags);
    if (s != NULL)
        check_schema(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str text = {(const void *)data, size};
    check_load(text, ENGINE_SQLITE);
    check_load(text, ENGINE_POSTGRESQL);
    return 0;
}
