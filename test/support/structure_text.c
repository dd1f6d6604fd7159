#include "test/support/structure_text.h"

#include <stdlib.h>

#include "base/buf.h"
#include "schema/index_method.h"
#include "schema/referential_action.h"

enum { TEXT_MAX = 16 * 1024 * 1024 };

typedef struct lines {
    arena *a;
    str *items;
    size_t count;
} lines;

static void add(lines *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add(lines *l, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    str line = arena_vprintf(l->a, fmt, args);
    va_end(args);
    ARENA_PUSH(l->a, l->items, l->count, line);
}

static int compare_lines(const void *x, const void *y) {
    return str_compare(*(const str *)x, *(const str *)y);
}

static str join(lines *l, const char *separator) {
    CLEANUP(buf_free) buf out = buf_new(TEXT_MAX);
    for (size_t i = 0; i < l->count; i++)
        buf_printf(&out, "%.*s%s", STR_ARG(l->items[i]), separator);
    return arena_copy(l->a, buf_str(&out));
}

static str sorted(lines *l) {
    if (l->count > 0)
        qsort(l->items, l->count, sizeof *l->items, compare_lines);
    return join(l, "\n");
}

static str names(arena *a, const str *items, size_t count) {
    lines l = {.a = a};
    for (size_t i = 0; i < count; i++)
        add(&l, "%.*s", STR_ARG(items[i]));
    return join(&l, " ");
}

static void add_column(lines *l, const structure_column *c) {
    add(l, "  column %.*s %.*s%s%s %s %.*s %.*s", STR_ARG(c->name),
        STR_ARG(c->type), c->is_required ? " required" : "",
        c->is_generated ? " generated" : "",
        c->default_kind == COLUMN_NO_DEFAULT   ? ""
        : c->default_kind == COLUMN_EXPRESSION ? "default"
                                               : "counts",
        STR_ARG(c->default_sql), STR_ARG(c->extra));
}

static str parts(arena *a, const structure_index *x) {
    lines l = {.a = a};
    for (size_t i = 0; i < x->part_count; i++)
        add(&l, "%.*s%s %.*s", STR_ARG(x->parts[i].column),
            x->parts[i].is_descending ? " desc" : "",
            STR_ARG(x->parts[i].operator_class));
    return join(&l, ",");
}

static void add_index(lines *l, const structure_index *x) {
    str columns = parts(l->a, x);
    add(l, "  %s %.*s %.*s (%.*s) %.*s", x->is_unique ? "unique" : "index",
        STR_ARG(x->name), STR_ARG(index_method_name(x->method)),
        STR_ARG(columns), STR_ARG(x->definition));
}

static void add_foreign_key(lines *l, const structure_foreign_key *f) {
    str columns = names(l->a, f->columns, f->column_count);
    str references = names(l->a, f->references, f->column_count);
    add(l, "  foreign key %.*s (%.*s) to %.*s.%.*s (%.*s) %.*s, %.*s",
        STR_ARG(f->name), STR_ARG(columns), STR_ARG(f->parent_schema),
        STR_ARG(f->parent), STR_ARG(references),
        STR_ARG(referential_action_sql(f->on_delete)),
        STR_ARG(referential_action_sql(f->on_update)));
}

static str table_text(arena *a, const structure_table *t) {
    lines l = {.a = a};
    str key_columns =
        names(a, t->primary_key.columns, t->primary_key.column_count);
    add(&l, "  key %.*s (%.*s)", STR_ARG(t->primary_key.name),
        STR_ARG(key_columns));
    for (size_t i = 0; i < t->column_count; i++)
        add_column(&l, &t->columns[i]);
    for (size_t i = 0; i < t->index_count; i++)
        add_index(&l, &t->indexes[i]);
    for (size_t i = 0; i < t->foreign_key_count; i++)
        add_foreign_key(&l, &t->foreign_keys[i]);
    for (size_t i = 0; i < t->check_count; i++)
        add(&l, "  check %.*s %.*s", STR_ARG(t->checks[i].name),
            STR_ARG(t->checks[i].expression));
    for (size_t i = 0; i < t->trigger_count; i++)
        add(&l, "  trigger %.*s %.*s", STR_ARG(t->triggers[i].name),
            STR_ARG(t->triggers[i].sql));
    str text = sorted(&l);
    return arena_printf(a, "table %.*s.%.*s%s\n%.*s", STR_ARG(t->schema),
                        STR_ARG(t->name), t->is_strict ? " strict" : "",
                        STR_ARG(text));
}

str structure_text(arena *a, const structure *s) {
    lines l = {.a = a};
    for (size_t i = 0; i < s->extension_count; i++)
        add(&l, "extension %.*s", STR_ARG(s->extensions[i].name));
    for (size_t i = 0; i < s->enum_count; i++) {
        const structure_enum *e = &s->enums[i];
        str values = names(a, e->values, e->value_count);
        add(&l, "enum %.*s.%.*s %.*s", STR_ARG(e->schema), STR_ARG(e->name),
            STR_ARG(values));
    }
    for (size_t i = 0; i < s->table_count; i++) {
        str text = table_text(a, &s->tables[i]);
        add(&l, "%.*s", STR_ARG(text));
    }
    for (size_t i = 0; i < s->view_count; i++)
        add(&l, "view %.*s.%.*s %.*s", STR_ARG(s->views[i].schema),
            STR_ARG(s->views[i].name), STR_ARG(s->views[i].definition));
    return sorted(&l);
}

static bool has_line(str text, str line) {
    while (!str_is_empty(text))
        if (str_equal(str_split(&text, '\n'), line))
            return true;
    return false;
}

static void add_missing(lines *l, str from, str in, const char *mark) {
    str table = {0};
    while (!str_is_empty(from)) {
        str line = str_split(&from, '\n');
        if (str_starts_with(line, STR("table ")))
            table = line;
        if (!has_line(in, line))
            add(l, "%s %.*s: %.*s", mark, STR_ARG(table), STR_ARG(line));
    }
}

str structure_text_difference(arena *a, str one, str other) {
    lines l = {.a = a};
    if (str_equal(one, other))
        return STR("");
    add_missing(&l, one, other, "-");
    add_missing(&l, other, one, "+");
    if (l.count == 0)
        add(&l, "the same lines in other places");
    return join(&l, "\n");
}
