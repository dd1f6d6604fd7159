/* introspect_print.c: the draft as text. */
#include "database/introspect/introspect_draft.h"
#include "database/introspect/introspect_name.h"
#include "database/introspect/introspect_type.h"

static bool is_control(char c) {
    return (unsigned char)c < ' ' || c == 0x7F;
}

static void print_line(buf *out, str line) {
    for (size_t i = 0; i < line.len; i++)
        buf_append_char(out, is_control(line.ptr[i]) ? ' ' : line.ptr[i]);
    buf_append_char(out, '\n');
}

/* No character of it ends the comment or has no place in one. */
static void print_comment(buf *out, const char *indent, str text) {
    while (!str_is_empty(text)) {
        size_t end = str_find_char(text, '\n');
        size_t other_end = str_find_char(text, '\r');
        end = other_end < end ? other_end : end;
        str line = str_trim(str_slice(text, 0, end));
        text = str_slice(text, end < text.len ? end + 1 : end, text.len);
        buf_printf(out, "%s///%s", indent, str_is_empty(line) ? "" : " ");
        print_line(out, line);
    }
}

static void print_string(arena *a, buf *out, const char *before, str text) {
    str quoted = introspect_quote(a, text);
    buf_printf(out, "%s%.*s", before, STR_ARG(quoted));
}

/* ---- The datasource ------------------------------------------------------*/

static bool is_built_in(const structure_extension *e) {
    return str_equal(e->name, STR("plpgsql"));
}

static void print_extension(arena *a, buf *out, const structure_extension *e) {
    str name = introspect_clean_name(a, e->name);
    bool is_mapped = !str_equal(name, e->name);
    bool is_elsewhere = !str_is_empty(e->schema) &&
                        !str_equal(e->schema, STR("public")) &&
                        !str_equal(e->schema, STR("pg_catalog"));
    buf_append(out, name);
    if (is_mapped)
        print_string(a, out, "(map: ", e->name);
    if (is_elsewhere)
        print_string(a, out, is_mapped ? ", schema: " : "(schema: ", e->schema);
    if (is_mapped || is_elsewhere)
        buf_append_char(out, ')');
}

static void print_extensions(buf *out, const draft *d) {
    size_t printed = 0;
    for (size_t i = 0; i < d->structure->extension_count; i++) {
        const structure_extension *e = &d->structure->extensions[i];
        if (is_built_in(e))
            continue;
        buf_append(out, printed++ == 0 ? STR("  extensions = [") : STR(", "));
        print_extension(d->a, out, e);
    }
    if (printed > 0)
        buf_append(out, STR("]\n"));
}

static str schema_of(str database_schema) {
    return str_is_empty(database_schema) ? STR("public") : database_schema;
}

/* Every schema that a block below is in, once. */
static void print_schemas(buf *out, const draft *d) {
    map *printed = map_new(d->a);
    for (size_t i = 0; i < d->model_count; i++)
        map_add_number(printed, schema_of(d->models[i].table->schema), 0);
    for (size_t i = 0; i < d->enum_count; i++)
        map_add_number(printed, schema_of(d->enums[i].database_schema), 0);
    for (size_t i = 0; i < printed->count; i++)
        print_string(d->a, out, i == 0 ? "  schemas = [" : ", ",
                     printed->entries[i].key);
    buf_append(out, STR("]\n"));
}

static void print_datasource(buf *out, const draft *d) {
    str variable = d->options.url_variable;
    if (str_is_empty(variable))
        variable = STR("DATABASE_URL");
    buf_printf(out, "datasource db {\n  provider = \"%.*s\"\n  url = env(",
               STR_ARG(engine_kind_name(d->structure->engine)));
    print_string(d->a, out, "", variable);
    buf_append(out, STR(")\n"));
    if (d->has_schemas)
        print_schemas(out, d);
    print_extensions(out, d);
    buf_append(out, STR("}\n"));
}

/* ---- Enums ---------------------------------------------------------------*/

static void print_map(const draft *d, buf *out, str name, str database_name,
                      str database_schema) {
    if (!str_is_empty(database_name) && !str_equal(name, database_name)) {
        print_string(d->a, out, "  @@map(", database_name);
        buf_append(out, STR(")\n"));
    }
    if (d->has_schemas) {
        print_string(d->a, out, "  @@schema(", schema_of(database_schema));
        buf_append(out, STR(")\n"));
    }
}

static void print_enum(buf *out, const draft *d, const draft_enum *e) {
    print_comment(out, "", e->comment);
    buf_printf(out, "enum %.*s {\n", STR_ARG(e->name));
    for (size_t i = 0; i < e->value_count; i++) {
        buf_printf(out, "  %.*s", STR_ARG(e->value_names[i]));
        if (!str_equal(e->value_names[i], e->values[i])) {
            print_string(d->a, out, " @map(", e->values[i]);
            buf_append_char(out, ')');
        }
        buf_append_char(out, '\n');
    }
    buf_append_char(out, '\n');
    print_map(d, out, e->name, e->database_name, e->database_schema);
    buf_append(out, STR("}\n"));
}

/* ---- Models and views ----------------------------------------------------*/

static void print_type(arena *a, buf *out, const draft_type *type) {
    switch (type->kind) {
    case FIELD_SCALAR:
        buf_append(out, scalar_type_name(type->scalar));
        return;
    case FIELD_ENUM:
        buf_append(out, type->enumeration->name);
        return;
    case FIELD_UNSUPPORTED:
        print_string(a, out, "Unsupported(", type->unsupported);
        buf_append_char(out, ')');
        return;
    case FIELD_RELATION:
        return;
    }
}

static void print_field(buf *out, const draft *d, const draft_field *f) {
    print_comment(out, "  ", f->column->comment);
    buf_printf(out, "  %.*s ", STR_ARG(f->name));
    print_type(d->a, out, &f->type);
    buf_append(out, f->type.is_list  ? STR("[]")
                    : f->is_optional ? STR("?")
                                     : STR(""));
    buf_append(out, f->attributes);
    if (!str_is_empty(f->default_text))
        buf_printf(out, " @default(%.*s)", STR_ARG(f->default_text));
    if (!str_equal(f->name, f->column->name)) {
        print_string(d->a, out, " @map(", f->column->name);
        buf_append_char(out, ')');
    }
    buf_append(out, introspect_native(d->a, &f->type));
    buf_append_char(out, '\n');
}

static void print_relation_field(buf *out, const draft_relation_field *f) {
    buf_printf(out, "  %.*s %.*s%s", STR_ARG(f->name), STR_ARG(f->to->name),
               f->mark);
    if (!str_is_empty(f->attribute))
        buf_printf(out, " %.*s", STR_ARG(f->attribute));
    buf_append(out, f->is_ignored ? STR(" @ignore\n") : STR("\n"));
}

static void print_notes(buf *out, const draft_model *m) {
    bool has_comment = !str_is_empty(m->table->comment);
    if (m->is_ignored)
        buf_printf(out,
                   "%s/// Nothing identifies a row of this table, so it is "
                   "ignored: no client sees it.\n",
                   has_comment ? "///\n" : "");
    if (m->note_count == 0)
        return;
    buf_printf(out,
               "%s/// The database also has what a schema file cannot say:\n",
               has_comment || m->is_ignored ? "///\n" : "");
    for (size_t i = 0; i < m->note_count; i++) {
        str rest = m->notes[i];
        str line = str_trim(str_split(&rest, '\n'));
        buf_append(out, STR("/// - "));
        print_line(out, line);
        print_comment(out, "", rest);
    }
}

static void print_model(buf *out, const draft *d, const draft_model *m) {
    print_comment(out, "", m->table->comment);
    print_notes(out, m);
    buf_printf(out, "%s %.*s {\n", m->view != NULL ? "view" : "model",
               STR_ARG(m->name));
    for (size_t i = 0; i < m->field_count; i++) {
        if (!m->fields[i].is_left_out)
            print_field(out, d, &m->fields[i]);
    }
    for (size_t i = 0; i < m->relation_field_count; i++)
        print_relation_field(out, &m->relation_fields[i]);
    buf_append_char(out, '\n');
    for (size_t i = 0; i < m->attribute_count; i++)
        buf_printf(out, "  %.*s\n", STR_ARG(m->attributes[i]));
    print_map(d, out, m->name, m->table->name, m->table->schema);
    if (m->is_ignored)
        buf_append(out, STR("  @@ignore\n"));
    else if (d->options.is_open)
        buf_append(out, STR("\n  @@allow('all', true)\n"));
    buf_append(out, STR("}\n"));
}

void draft_print(buf *out, const draft *d) {
    print_datasource(out, d);
    for (size_t i = 0; i < d->model_count; i++) {
        if (d->models[i].is_join_table)
            continue;
        buf_append_char(out, '\n');
        print_model(out, d, &d->models[i]);
    }
    for (size_t i = 0; i < d->enum_count; i++) {
        buf_append_char(out, '\n');
        print_enum(out, d, &d->enums[i]);
    }
}
