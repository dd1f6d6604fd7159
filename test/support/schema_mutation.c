#include "test/support/schema_mutation.h"

#include "base/ascii.h"
#include "base/assert.h"
#include "base/buf.h"
#include "schema/load.h"

enum { TEXT_MAX = 4 * 1024 * 1024, TRIES = 60 };

const schema *schema_mutation_load(arena *a, engine_kind engine, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("test.prisma"), text, engine, &diags, &s);
    return e == NULL ? s : NULL;
}

/* ---- Lines -------------------------------------------------------------- */

typedef struct edit {
    arena *a;
    engine_kind engine;
    rand_source *rand;
    const schema *schema;
    str *lines; /* without ptr: removed */
    size_t line_count;
    str what;
} edit;

static void split_lines(edit *e, str text) {
    while (!str_is_empty(text)) {
        str line = str_split(&text, '\n');
        if (line.ptr == NULL)
            line = STR("");
        ARENA_PUSH(e->a, e->lines, e->line_count, line);
    }
}

static str join_lines(const edit *e) {
    CLEANUP(buf_free) buf out = buf_new(TEXT_MAX);
    for (size_t i = 0; i < e->line_count; i++) {
        if (e->lines[i].ptr == NULL)
            continue;
        buf_append(&out, e->lines[i]);
        buf_append_char(&out, '\n');
    }
    return arena_copy(e->a, buf_str(&out));
}

static size_t line_of(source_span span) {
    return source_locate(span.source, span.from).line - 1;
}

static str *field_line(const edit *e, const field *f) {
    size_t line = line_of(f->span);
    ASSERT(e->lines != NULL && line < e->line_count);
    return &e->lines[line];
}

static void remove_line(str *line) {
    *line = (str){0};
}

static bool is_block_end(str line) {
    return str_equal(str_trim(line), STR("}"));
}

/* Of the block that begins at or before the line. */
static size_t end_of_block(const edit *e, size_t line) {
    while (line + 1 < e->line_count && !is_block_end(e->lines[line]))
        line++;
    return line;
}

static void add_line(edit *e, size_t before, str line) {
    e->lines[before] = arena_printf(e->a, "  %.*s\n%.*s", STR_ARG(line),
                                    STR_ARG(e->lines[before]));
}

static void add_to_model(edit *e, const model *m, str line) {
    add_line(e, end_of_block(e, line_of(m->span)), line);
}

/* Before a comment at the line's end. */
static void append_to_line(edit *e, str *line, str text) {
    const char *note =
        line->len > 0 ? memmem(line->ptr, line->len, " //", 3) : NULL;
    size_t at = note != NULL ? (size_t)(note - line->ptr) : line->len;
    *line =
        arena_printf(e->a, "%.*s %.*s %.*s", (int)at, line->ptr, STR_ARG(text),
                     STR_ARG(str_slice(*line, at, line->len)));
}

/* "@default(...)", with its brackets. False when it is not there. */
static bool remove_attribute(edit *e, str *line, str name) {
    const char *found =
        line->len > 0 ? memmem(line->ptr, line->len, name.ptr, name.len) : NULL;
    if (found == NULL)
        return false;
    size_t from = (size_t)(found - line->ptr);
    size_t to = from + name.len;
    size_t depth = 0;
    while (to < line->len) {
        char c = line->ptr[to];
        if (depth == 0 && c != '(')
            break;
        depth += c == '(';
        depth -= c == ')';
        to++;
    }
    *line = arena_printf(e->a, "%.*s%.*s", (int)from, line->ptr,
                         STR_ARG(str_slice(*line, to, line->len)));
    return true;
}

/* The second word of a field's line. */
static bool find_type(str line, size_t *from, size_t *to) {
    size_t at = 0;
    for (int word = 0; word < 2; word++) {
        while (at < line.len && ascii_is_blank(line.ptr[at]))
            at++;
        *from = at;
        while (at < line.len && !ascii_is_blank(line.ptr[at]))
            at++;
        *to = at;
    }
    return *to > *from;
}

static bool set_type(edit *e, const field *f, str type) {
    str *line = field_line(e, f);
    size_t from;
    size_t to;
    if (!find_type(*line, &from, &to))
        return false;
    *line =
        arena_printf(e->a, "%.*s%.*s%.*s", (int)from, line->ptr, STR_ARG(type),
                     STR_ARG(str_slice(*line, to, line->len)));
    return true;
}

static str type_name(const edit *e, const field *f) {
    str line = *field_line(e, f);
    size_t from;
    size_t to;
    if (!find_type(line, &from, &to))
        return STR("");
    str type = str_slice(line, from, to);
    while (type.len > 0 &&
           (str_ends_with(type, STR("?")) || str_ends_with(type, STR("]")) ||
            str_ends_with(type, STR("["))))
        type.len--;
    return type;
}

/* ---- Choosing ----------------------------------------------------------- */

static const model *any_model(const edit *e) {
    const model *m =
        &e->schema->models[rand_below(e->rand, e->schema->model_count)];
    return m->is_view ? NULL : m;
}

static const field *any_column(const edit *e) {
    const model *m = any_model(e);
    if (m == NULL || m->column_count == 0)
        return NULL;
    return m->columns[rand_below(e->rand, m->column_count)];
}

static const field *any_plain_column(const edit *e) {
    const field *f = any_column(e);
    return f != NULL && f->kind == FIELD_SCALAR && !f->is_list && !f->is_id
               ? f
               : NULL;
}

static str any_of(const edit *e, const str *items, size_t count) {
    return items[rand_below(e->rand, count)];
}

static const enumeration *any_enum(const edit *e) {
    if (e->schema->enum_count == 0)
        return NULL;
    return &e->schema->enums[rand_below(e->rand, e->schema->enum_count)];
}

static void say(edit *e, const char *what, str where, str name) {
    e->what =
        arena_printf(e->a, "%s %.*s.%.*s", what, STR_ARG(where), STR_ARG(name));
}

/* ---- Fields ------------------------------------------------------------- */

static bool add_field(edit *e) {
    static const str FIELDS[] = {
        STR_INIT("addedText String?"),
        STR_INIT("addedText String @default(\"it's new\")"),
        STR_INIT("addedNumber Int @default(7)"),
        STR_INIT("addedNumber Int? @unique"),
        STR_INIT("addedBig BigInt?"),
        STR_INIT("addedReal Float @default(1.5)"),
        STR_INIT("addedDecimal Decimal?"),
        STR_INIT("addedFlag Boolean @default(false)"),
        STR_INIT("addedTime DateTime @default(now())"),
        STR_INIT("addedTime DateTime?"),
        STR_INIT("addedTime DateTime @updatedAt"),
        STR_INIT("addedJson Json @default(\"{}\")"),
        STR_INIT("addedBytes Bytes?"),
        STR_INIT("addedList String[]"),
        STR_INIT("addedKey String @default(uuid())"),
    };
    const model *m = any_model(e);
    if (m == NULL)
        return false;
    str line = any_of(e, FIELDS, LENGTH(FIELDS));
    add_to_model(e, m, line);
    say(e, "add field", m->name, line);
    return true;
}

static bool drop_field(edit *e) {
    const field *f = any_plain_column(e);
    if (f == NULL)
        return false;
    remove_line(field_line(e, f));
    say(e, "drop field", f->model->name, f->name);
    return true;
}

static bool rename_field(edit *e) {
    const field *f = any_column(e);
    if (f == NULL)
        return false;
    str *line = field_line(e, f);
    (void)remove_attribute(e, line, STR("@map"));
    append_to_line(e, line,
                   arena_printf(e->a,
                                "@map(\"renamed_%.*s\") @renamed(from:"
                                " \"%.*s\")",
                                STR_ARG(f->column), STR_ARG(f->column)));
    say(e, "rename field", f->model->name, f->name);
    return true;
}

static bool retype_field(edit *e) {
    static const str TYPES[] = {
        STR_INIT("String"), STR_INIT("Int"),      STR_INIT("BigInt"),
        STR_INIT("Float"),  STR_INIT("Decimal"),  STR_INIT("Boolean"),
        STR_INIT("Json"),   STR_INIT("DateTime"), STR_INIT("Bytes"),
    };
    const field *f = any_plain_column(e);
    if (f == NULL)
        return false;
    str type = any_of(e, TYPES, LENGTH(TYPES));
    str mark = f->is_optional ? STR("?") : STR("");
    (void)remove_attribute(e, field_line(e, f), STR("@default"));
    (void)remove_attribute(e, field_line(e, f), STR("@db.VarChar"));
    (void)remove_attribute(e, field_line(e, f), STR("@db.Text"));
    (void)remove_attribute(e, field_line(e, f), STR("@updatedAt"));
    set_type(e, f,
             arena_printf(e->a, "%.*s%.*s", STR_ARG(type), STR_ARG(mark)));
    say(e, "retype field", f->model->name,
        arena_printf(e->a, "%.*s to %.*s", STR_ARG(f->name), STR_ARG(type)));
    return true;
}

static bool make_list(edit *e) {
    const field *f = any_plain_column(e);
    if (f == NULL)
        return false;
    (void)remove_attribute(e, field_line(e, f), STR("@default"));
    set_type(e, f, arena_printf(e->a, "%.*s[]", STR_ARG(type_name(e, f))));
    say(e, "make a list of", f->model->name, f->name);
    return true;
}

static str default_for(const field *f) {
    if (f->kind == FIELD_ENUM)
        return f->enumeration->values[0].name;
    switch (f->scalar) {
    case SCALAR_STRING:
        return STR("\"none\"");
    case SCALAR_BOOLEAN:
        return STR("true");
    case SCALAR_INT:
    case SCALAR_BIGINT:
        return STR("42");
    case SCALAR_FLOAT:
    case SCALAR_DECIMAL:
        return STR("0.5");
    case SCALAR_DATETIME:
        return STR("now()");
    case SCALAR_JSON:
        return STR("\"[]\"");
    case SCALAR_BYTES:
        return STR("\"aGk=\"");
    }
    return STR("");
}

static bool change_optionality(edit *e) {
    const field *f = any_column(e);
    if (f == NULL || f->is_list || f->kind == FIELD_UNSUPPORTED)
        return false;
    str type = type_name(e, f);
    if (!f->is_optional) {
        set_type(e, f, arena_printf(e->a, "%.*s?", STR_ARG(type)));
        say(e, "make optional", f->model->name, f->name);
        return true;
    }
    set_type(e, f, type);
    if (f->default_value.kind == DEFAULT_NONE)
        append_to_line(
            e, field_line(e, f),
            arena_printf(e->a, "@default(%.*s)", STR_ARG(default_for(f))));
    say(e, "make required", f->model->name, f->name);
    return true;
}

static bool change_default(edit *e) {
    const field *f = any_column(e);
    if (f == NULL || f->is_list || f->kind == FIELD_UNSUPPORTED)
        return false;
    str *line = field_line(e, f);
    bool had = remove_attribute(e, line, STR("@default"));
    if (!had || rand_below(e->rand, 2) == 0)
        append_to_line(
            e, line,
            arena_printf(e->a, "@default(%.*s)", STR_ARG(default_for(f))));
    say(e, "change the default of", f->model->name, f->name);
    return true;
}

static bool stop_counting(edit *e) {
    const field *f = any_column(e);
    if (f == NULL || f->scalar != SCALAR_INT || f->kind != FIELD_SCALAR ||
        e->engine == ENGINE_SQLITE)
        return false;
    str *line = field_line(e, f);
    if (!remove_attribute(e, line, STR("@default")))
        append_to_line(e, line, STR("@default(autoincrement())"));
    say(e, "count or not", f->model->name, f->name);
    return true;
}

/* ---- Indexes ------------------------------------------------------------ */

static bool add_index(edit *e) {
    const field *f = any_column(e);
    if (f == NULL)
        return false;
    bool is_unique = rand_below(e->rand, 3) == 0;
    str line =
        arena_printf(e->a, "@@%s([%.*s%s])", is_unique ? "unique" : "index",
                     STR_ARG(f->name), is_unique ? "" : "(sort: Desc)");
    add_to_model(e, f->model, line);
    say(e, "add", f->model->name, line);
    return true;
}

static bool drop_index(edit *e) {
    const model *m = any_model(e);
    if (m == NULL)
        return false;
    size_t end = end_of_block(e, line_of(m->span));
    for (size_t i = line_of(m->span); i < end; i++) {
        str line = str_trim(e->lines[i]);
        if (!str_starts_with(line, STR("@@index")) &&
            !str_starts_with(line, STR("@@unique")))
            continue;
        say(e, "drop", m->name, line);
        remove_line(&e->lines[i]);
        return true;
    }
    return false;
}

static bool change_unique(edit *e) {
    const field *f = any_plain_column(e);
    if (f == NULL)
        return false;
    str *line = field_line(e, f);
    if (!remove_attribute(e, line, STR("@unique")))
        append_to_line(e, line, STR("@unique"));
    say(e, "unique or not", f->model->name, f->name);
    return true;
}

static bool change_primary_key(edit *e) {
    const model *m = any_model(e);
    if (m == NULL || m->primary_key == NULL || m->primary_key->field_count > 1)
        return false;
    const field *f = m->primary_key->fields[0];
    const field *other = any_plain_column(e);
    if (other == NULL || other->model != m || other->is_optional)
        return false;
    (void)remove_attribute(e, field_line(e, f), STR("@id"));
    (void)remove_attribute(e, field_line(e, f), STR("@default"));
    append_to_line(e, field_line(e, f), STR("@unique"));
    str line = arena_printf(e->a, "@@id([%.*s, %.*s])", STR_ARG(f->name),
                            STR_ARG(other->name));
    add_to_model(e, m, line);
    say(e, "key", m->name, line);
    return true;
}

/* ---- Relations ---------------------------------------------------------- */

static const relation *any_relation(const edit *e) {
    const model *m = any_model(e);
    if (m == NULL || m->relation_count == 0)
        return NULL;
    return m->relations[rand_below(e->rand, m->relation_count)];
}

static bool change_action(edit *e) {
    static const str ACTIONS[] = {
        STR_INIT("onDelete: Cascade"), STR_INIT("onDelete: Restrict"),
        STR_INIT("onDelete: NoAction"), STR_INIT("onUpdate: Restrict")};
    const relation *r = any_relation(e);
    if (r == NULL)
        return false;
    str *line = field_line(e, r->child_field);
    if (memmem(line->ptr, line->len, "onDelete", 8) != NULL ||
        memmem(line->ptr, line->len, "onUpdate", 8) != NULL)
        return false;
    static const str MARK = STR_INIT("@relation(");
    const char *at = memmem(line->ptr, line->len, MARK.ptr, MARK.len);
    if (at == NULL)
        return false;
    size_t before = (size_t)(at - line->ptr) + MARK.len;
    str action = any_of(e, ACTIONS, LENGTH(ACTIONS));
    *line = arena_printf(e->a, "%.*s%.*s, %.*s", (int)before, line->ptr,
                         STR_ARG(action),
                         STR_ARG(str_slice(*line, before, line->len)));
    say(e, "change action", r->name, action);
    return true;
}

static void remove_relation(edit *e, const relation *r) {
    remove_line(field_line(e, r->child_field));
    remove_line(field_line(e, r->parent_field));
}

static bool drop_relation(edit *e) {
    const relation *r = any_relation(e);
    if (r == NULL)
        return false;
    remove_relation(e, r);
    bool drops_columns = rand_below(e->rand, 2) == 0;
    for (size_t i = 0; drops_columns && i < r->column_count; i++)
        remove_line(field_line(e, r->columns[i]));
    say(e, "drop relation", r->child->name, r->name);
    return true;
}

static bool add_relation(edit *e) {
    const model *child = any_model(e);
    const model *parent = any_model(e);
    if (child == NULL || parent == NULL || parent->primary_key == NULL ||
        parent->primary_key->field_count != 1)
        return false;
    const field *id = parent->primary_key->fields[0];
    str type = type_name(e, id);
    add_to_model(e, child,
                 arena_printf(e->a,
                              "addedParent %.*s? @relation(\"Added\", fields:"
                              " [addedParentId], references: [%.*s])\n"
                              "  addedParentId %.*s? %.*s",
                              STR_ARG(parent->name), STR_ARG(id->name),
                              STR_ARG(type), STR_ARG(STR(""))));
    add_to_model(e, parent,
                 arena_printf(e->a, "addedChildren %.*s[] @relation(\"Added\")",
                              STR_ARG(child->name)));
    say(e, "add relation", child->name, parent->name);
    return true;
}

static bool add_many_to_many(edit *e) {
    const model *x = any_model(e);
    const model *y = any_model(e);
    if (x == NULL || y == NULL || x == y)
        return false;
    add_to_model(e, x,
                 arena_printf(e->a, "addedManyX %.*s[] @relation(\"Many\")",
                              STR_ARG(y->name)));
    add_to_model(e, y,
                 arena_printf(e->a, "addedManyY %.*s[] @relation(\"Many\")",
                              STR_ARG(x->name)));
    say(e, "add many to many", x->name, y->name);
    return true;
}

/* ---- Models and enums --------------------------------------------------- */

static bool add_model(edit *e) {
    const model *m = any_model(e);
    if (m == NULL || m->primary_key == NULL || m->primary_key->field_count != 1)
        return false;
    const field *id = m->primary_key->fields[0];
    add_to_model(e, m, STR("addedModels AddedModel[]"));
    str line = arena_printf(
        e->a,
        "\nmodel AddedModel {\n  id Int @id @default(autoincrement())\n"
        "  name String @unique\n  partId %.*s\n  part %.*s @relation(fields:"
        " [partId], references: [%.*s])\n  @@index([partId, name])\n}",
        STR_ARG(type_name(e, id)), STR_ARG(m->name), STR_ARG(id->name));
    ARENA_PUSH(e->a, e->lines, e->line_count, line);
    say(e, "add model", m->name, STR(""));
    return true;
}

static void remove_block(edit *e, const model *m) {
    size_t end = end_of_block(e, line_of(m->span));
    for (size_t i = line_of(m->span); i <= end; i++)
        remove_line(&e->lines[i]);
}

/* And the fields of others that are about it. */
static void remove_model(edit *e, const model *gone) {
    for (size_t i = 0; i < e->schema->model_count; i++) {
        const model *m = &e->schema->models[i];
        for (size_t k = 0; k < m->field_count; k++) {
            const field *f = &m->fields[k];
            const relation *r = f->relation;
            if (r != NULL && (r->child == gone || r->parent == gone))
                remove_line(field_line(e, f));
        }
    }
    remove_block(e, gone);
}

static bool drop_model(edit *e) {
    const model *m = any_model(e);
    if (m == NULL || e->schema->model_count < 2)
        return false;
    remove_model(e, m);
    say(e, "drop model", m->name, STR(""));
    return true;
}

static bool rename_model(edit *e) {
    const model *m = any_model(e);
    if (m == NULL)
        return false;
    size_t end = end_of_block(e, line_of(m->span));
    for (size_t i = line_of(m->span); i < end; i++)
        if (str_starts_with(str_trim(e->lines[i]), STR("@@map")))
            remove_line(&e->lines[i]);
    add_to_model(e, m,
                 arena_printf(e->a,
                              "@@map(\"renamed_%.*s\")\n  @@renamed(from:"
                              " \"%.*s\")",
                              STR_ARG(m->table), STR_ARG(m->table)));
    say(e, "rename model", m->name, m->table);
    return true;
}

static bool add_enum_value(edit *e) {
    const enumeration *x = any_enum(e);
    if (x == NULL)
        return false;
    size_t line = line_of(x->span);
    bool is_first = rand_below(e->rand, 2) == 0;
    add_line(e, is_first ? line + 1 : end_of_block(e, line),
             STR("ADDED_VALUE"));
    say(e, "add value to", x->name, STR("ADDED_VALUE"));
    return true;
}

/* The last one: rows have the first. */
static bool drop_enum_value(edit *e) {
    const enumeration *x = any_enum(e);
    if (x == NULL || x->value_count < 2)
        return false;
    size_t end = end_of_block(e, line_of(x->span));
    str name = x->values[x->value_count - 1].name;
    for (size_t i = line_of(x->span) + 1; i < end; i++)
        if (str_starts_with(str_trim(e->lines[i]), name))
            remove_line(&e->lines[i]);
    say(e, "drop value of", x->name, name);
    return true;
}

static bool make_enum(edit *e) {
    const field *f = any_plain_column(e);
    if (f == NULL || f->scalar != SCALAR_STRING)
        return false;
    (void)remove_attribute(e, field_line(e, f), STR("@default"));
    set_type(e, f, f->is_optional ? STR("AddedEnum?") : STR("AddedEnum"));
    /* The names of the rows' texts. */
    str line = STR("\nenum AddedEnum {\n  ONE @map(\"1\")\n  TWO @map(\"2\")\n"
                   "  THREE @map(\"3\")\n}");
    ARENA_PUSH(e->a, e->lines, e->line_count, line);
    say(e, "make an enum of", f->model->name, f->name);
    return true;
}

static bool unmake_enum(edit *e) {
    const field *f = any_column(e);
    if (f == NULL || f->kind != FIELD_ENUM || f->is_list)
        return false;
    (void)remove_attribute(e, field_line(e, f), STR("@default"));
    set_type(e, f, f->is_optional ? STR("String?") : STR("String"));
    say(e, "make a text of", f->model->name, f->name);
    return true;
}

static bool (*const CHANGES[])(edit *e) = {
    add_field,     drop_field,      rename_field,   retype_field,
    retype_field,  make_list,       change_default, change_optionality,
    add_index,     drop_index,      change_unique,  change_primary_key,
    change_action, drop_relation,   add_relation,   add_many_to_many,
    add_model,     drop_model,      rename_model,   add_enum_value,
    make_enum,     drop_enum_value, unmake_enum,    stop_counting,
};

bool schema_mutation_change(arena *a, engine_kind engine, rand_source *r,
                            str text, str *out, str *what) {
    const schema *s = schema_mutation_load(a, engine, text);
    if (s == NULL || s->model_count == 0)
        return false;
    for (int i = 0; i < TRIES; i++) {
        edit e = {.a = a, .engine = engine, .rand = r, .schema = s};
        split_lines(&e, text);
        if (!CHANGES[rand_below(r, LENGTH(CHANGES))](&e))
            continue;
        *out = join_lines(&e);
        *what = e.what;
        if (!str_equal(*out, text) &&
            schema_mutation_load(a, engine, *out) != NULL)
            return true;
    }
    return false;
}

/* ---- Subsets ------------------------------------------------------------ */

static void keep_neighbours(const schema *s, bool *is_kept, size_t most) {
    size_t kept = 1;
    bool has_grown = true;
    while (has_grown) {
        has_grown = false;
        for (size_t i = 0; i < s->model_count; i++) {
            for (size_t k = 0; k < s->models[i].relation_count; k++) {
                const relation *r = s->models[i].relations[k];
                bool *one = &is_kept[r->child->index];
                bool *other = &is_kept[r->parent->index];
                if (*one == *other || kept == most)
                    continue;
                *one = *other = true;
                has_grown = true;
                kept++;
            }
        }
    }
}

str schema_mutation_subset(arena *a, engine_kind engine, rand_source *r,
                           str text, size_t most) {
    const schema *s = schema_mutation_load(a, engine, text);
    if (s == NULL || s->model_count == 0)
        return STR("");
    edit e = {.a = a, .engine = engine, .rand = r, .schema = s};
    split_lines(&e, text);
    bool *is_kept = arena_new_array(a, bool, s->model_count);
    is_kept[rand_below(r, s->model_count)] = true;
    keep_neighbours(s, is_kept, most);
    for (size_t i = 0; i < s->model_count; i++)
        if (!is_kept[i])
            remove_model(&e, &s->models[i]);
    str subset = join_lines(&e);
    return schema_mutation_load(a, engine, subset) != NULL ? subset : STR("");
}
