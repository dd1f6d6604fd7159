#include "test/support/tasks.h"

#include "schema/load.h"
#include "test/support/test.h"

const str TASKS_SCHEMA =
    STR_INIT("enum Status {\n"
             "  OPEN\n"
             "  ON_HOLD @map(\"on hold\")\n"
             "  DONE\n"
             "}\n"
             "model Task {\n"
             "  id        Int       @id @default(autoincrement())\n"
             "  title     String\n"
             "  status    Status    @default(OPEN)\n"
             "  isUrgent  Boolean?  @map(\"is_urgent\")\n"
             "  points    Int?\n"
             "  views     BigInt?\n"
             "  ratio     Float?\n"
             "  price     Decimal?\n"
             "  dueAt     DateTime? @map(\"due_at\")\n"
             "  data      Json?\n"
             "  blob      Bytes?\n"
             "  code      String?   @unique\n"
             "  internal  String?   @ignore\n"
             "  createdAt DateTime  @default(now()) @map(\"created_at\")\n"
             "  updatedAt DateTime  @updatedAt @map(\"updated_at\")\n"
             "  @@map(\"task\")\n"
             "  @@allow('create,read,update,delete', true)\n"
             "}\n"
             "model Note {\n"
             "  id     String @id @default(uuid(7))\n"
             "  tag    String @default(cuid())\n"
             "  text   String\n"
             "  weight Int    @default(3)\n"
             "  @@map(\"note\")\n"
             "  @@allow('create,read,update,delete', true)\n"
             "  @@deny('delete', true)\n"
             "}\n"
             "model Listed {\n"
             "  id     Int       @id @default(autoincrement())\n"
             "  tags   String[]\n"
             "  points Int[]     @default([1, 2])\n"
             "  states Status[]\n"
             "  times  DateTime[]\n"
             "  prices Decimal[]\n"
             "  blobs  Bytes[]\n"
             "  flags  Boolean[]\n"
             "  data   Json[]\n"
             "  @@map(\"listed\")\n"
             "  @@allow('create,read,update,delete', true)\n"
             "}\n"
             "model Member {\n"
             "  team String\n"
             "  name String\n"
             "  role String @default(\"guest\")\n"
             "  @@id([team, name])\n"
             "  @@map(\"member\")\n"
             "  @@allow('create,read,update,delete', true)\n"
             "}\n"
             "model Inbox {\n"
             "  id   Int    @id @default(autoincrement())\n"
             "  text String\n"
             "  @@map(\"inbox\")\n"
             "  @@allow('create,update,delete', true)\n"
             "}\n"
             "model Hidden {\n"
             "  id   Int    @id\n"
             "  @@map(\"hidden\")\n"
             "  @@ignore\n"
             "  @@allow('all', true)\n"
             "}\n"
             "model Secret {\n"
             "  id   Int    @id\n"
             "  text String\n"
             "  @@map(\"secret\")\n"
             "}\n");

const schema *tasks_schema(arena *a) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("tasks.prisma"), TASKS_SCHEMA,
                               ENGINE_SQLITE, &diags, &s));
    return s;
}

const model *tasks_model(arena *a, const schema **s, const char *table) {
    *s = tasks_schema(a);
    return schema_find_table(*s, str_of(table));
}

static void print_value(buf *out, const value *v) {
    switch (v->kind) {
    case VALUE_NULL:
        buf_append(out, STR("null"));
        break;
    case VALUE_DEFAULT:
        buf_append(out, STR("default"));
        break;
    case VALUE_CELL:
        buf_printf(out, "<%u:%u.%u>", v->cell.mutation, v->cell.row,
                   v->cell.column);
        break;
    case VALUE_BOOL:
        buf_append(out, v->boolean ? STR("true") : STR("false"));
        break;
    case VALUE_INT:
        buf_append_int(out, v->integer);
        break;
    case VALUE_FLOAT:
        buf_printf(out, "%g", v->real);
        break;
    case VALUE_TEXT:
    case VALUE_BYTES:
        buf_append(out, v->text);
        break;
    }
}

static void print_filter(buf *out, const filter *f);

static void print_children(buf *out, const filter *f) {
    buf_append_char(out, '(');
    for (size_t i = 0; i < f->child_count; i++) {
        if (i > 0)
            buf_append(out, f->kind == FILTER_ALL ? STR(" AND ") : STR(" OR "));
        print_filter(out, f->children[i]);
    }
    buf_append_char(out, ')');
}

static void print_values(buf *out, const filter *f) {
    buf_append(out, STR(" in ("));
    for (size_t i = 0; i < f->value_count; i++) {
        if (i > 0)
            buf_append_char(out, '|');
        print_value(out, &f->values[i]);
    }
    buf_append_char(out, ')');
}

static void print_path(buf *out, const derivation *d) {
    for (size_t i = 0; d != NULL && i < d->step_count; i++) {
        bool is_last = i + 1 == d->step_count;
        buf_append(out, is_last && d->is_text ? STR("->>") : STR("->"));
        if (d->steps[i].is_index)
            buf_append_int(out, d->steps[i].index);
        else
            buf_append(out, d->steps[i].key);
    }
}

static void print_filter(buf *out, const filter *f) {
    static const char *const OPS[] = {" = ",  " <> ", " > ",
                                      " >= ", " < ",  " <= "};
    static const char *const LISTS[] = {" @> ", " <@ ", " && "};
    static const char *const RANGES[] = {" << ", " >> ", " &< ", " &> ",
                                         " -|- "};
    static const char *const WHAT[] = {"null", "true", "false", "unknown"};
    if (f->is_negated)
        buf_append(out, STR("NOT "));
    if (f->field != NULL)
        buf_append(out, f->field->column);
    print_path(out, f->derivation);
    switch (f->kind) {
    case FILTER_ALL:
    case FILTER_ANY:
        print_children(out, f);
        break;
    case FILTER_COMPARE:
        buf_append(out, str_of(OPS[f->op]));
        print_value(out, &f->value);
        break;
    case FILTER_LIKE:
        buf_append(out, f->is_case_sensitive ? STR(" like ") : STR(" ilike "));
        print_value(out, &f->value);
        break;
    case FILTER_IN:
        print_values(out, f);
        break;
    case FILTER_LIST:
        buf_append(out, str_of(LISTS[f->list]));
        print_value(out, &f->value);
        break;
    case FILTER_IS:
        buf_printf(out, " is %s", WHAT[f->what]);
        break;
    case FILTER_MATCH:
        buf_append(out, f->is_case_sensitive ? STR(" ~ ") : STR(" ~* "));
        print_value(out, &f->value);
        break;
    case FILTER_RANGE:
        buf_append(out, str_of(RANGES[f->range]));
        print_value(out, &f->value);
        break;
    case FILTER_SEARCH:
        buf_append(out, STR(" @@ "));
        print_value(out, &f->value);
        break;
    case FILTER_EXISTS:
        buf_append(out, STR("exists "));
        if (f->related->hop.junction_where != NULL) {
            buf_append(out, STR("by "));
            print_filter(out, f->related->hop.junction_where);
            buf_append_char(out, ' ');
        }
        buf_append(out, f->related->query.model->table);
        if (f->related->query.where != NULL) {
            buf_append(out, STR(" where "));
            print_filter(out, f->related->query.where);
        }
        break;
    }
}

str tasks_print_value(arena *a, const value *v) {
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    print_value(&out, v);
    return arena_copy(a, buf_str(&out));
}

str tasks_print_filter(arena *a, const filter *f) {
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    if (f != NULL)
        print_filter(&out, f);
    return arena_copy(a, buf_str(&out));
}

str tasks_print_order(arena *a, const query_order *order, size_t count) {
    str text = {0};
    for (size_t i = 0; i < count; i++)
        text = arena_printf(a, "%.*s%s%.*s %s nulls %s", STR_ARG(text),
                            i > 0 ? ", " : "", STR_ARG(order[i].field->column),
                            order[i].is_descending ? "desc" : "asc",
                            order[i].are_nulls_first ? "first" : "last");
    return text;
}
