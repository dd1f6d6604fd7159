#include "generate/typescript.h"

#include "generate/typescript_writer.h"

static const str HEAD = STR_INIT(
    "// Made by `tenon generate typescript` from the schema file: change that\n"
    "// one, and have this one made anew.\n"
    "\n"
    "export type Json =\n"
    "  | string\n"
    "  | number\n"
    "  | boolean\n"
    "  | null\n"
    "  | { [key: string]: Json | undefined }\n"
    "  | Json[];\n"
    "\n"
    "/** In an update, what becomes of the value that a column has. */\n"
    "export type Operator<Value> =\n"
    "  | { set: Value }\n"
    "  | (null extends Value ? { unset: true } : never)\n"
    "  | ([NonNullable<Value>] extends [number] ? Arithmetic : never)\n"
    "  | ([NonNullable<Value>] extends [(infer Item)[]]\n"
    "      ? { push: Item | Item[] }\n"
    "      : never);\n"
    "type Arithmetic =\n"
    "  | { increment: number }\n"
    "  | { decrement: number }\n"
    "  | { multiply: number }\n"
    "  | { divide: number };\n"
    "type Changes<Row> = {\n"
    "  [Column in keyof Row]:\n"
    "    | Row[Column]\n"
    "    | Operator<Exclude<Row[Column], undefined>>;\n"
    "};\n"
    "\n"
    "/** Rows with others nested in them: a row, or several in a list. */\n"
    "type Some<Item> = Item | Item[];\n"
    "type Of<Table, Key> = Key extends keyof Table ? Table[Key] : never;\n"
    "type New<Table> = Partial<Of<Table, \"Insert\">>;\n"
    "type Which<Table> = Partial<Of<Table, \"Row\">>;\n"
    "type Changed<Table> = Of<Table, \"Update\">;\n"
    "type Found<Table> = { where: Which<Table>; create: New<Table> };\n"
    "export type InsertOne<Table> = {\n"
    "  create?: New<Table>;\n"
    "  connect?: Which<Table>;\n"
    "  connectOrCreate?: Found<Table>;\n"
    "};\n"
    "export type InsertMany<Table> = {\n"
    "  create?: Some<New<Table>>;\n"
    "  connect?: Some<Which<Table>>;\n"
    "  connectOrCreate?: Some<Found<Table>>;\n"
    "};\n"
    "export type UpdateOne<Table> = InsertOne<Table> & {\n"
    "  disconnect?: boolean;\n"
    "  update?: Changed<Table>;\n"
    "  upsert?: { create: New<Table>; update: Changed<Table> };\n"
    "  delete?: boolean;\n"
    "};\n"
    "export type UpdateMany<Table> = InsertMany<Table> & {\n"
    "  disconnect?: Some<Which<Table>>;\n"
    "  set?: Some<Which<Table>>;\n"
    "  update?: Some<{ where: Which<Table>; data: Changed<Table> }>;\n"
    "  upsert?: Some<Found<Table> & { update: Changed<Table> }>;\n"
    "  delete?: Some<Which<Table>>;\n"
    "  updateMany?: Some<{ where: Which<Table>; data: Changed<Table> }>;\n"
    "  deleteMany?: Some<Which<Table>>;\n"
    "};\n"
    "type InsertOf<Way> = Way extends { one: infer Table }\n"
    "  ? InsertOne<Table>\n"
    "  : Way extends { many: infer Table }\n"
    "    ? InsertMany<Table>\n"
    "    : never;\n"
    "type UpdateOf<Way> = Way extends { one: infer Table }\n"
    "  ? UpdateOne<Table>\n"
    "  : Way extends { many: infer Table }\n"
    "    ? UpdateMany<Table>\n"
    "    : never;\n"
    "/** All columns that it must have; or relations, of which some may "
    "follow. "
    "*/\n"
    "type Inserts<Columns, Related> =\n"
    "  | (Columns & { [Way in keyof Related]?: never })\n"
    "  | {\n"
    "      [One in keyof Related]: Partial<Columns> & {\n"
    "        [Way in One]: InsertOf<Related[Way]>;\n"
    "      } & { [Way in Exclude<keyof Related, One>]?: InsertOf<Related[Way]> "
    "};\n"
    "    }[keyof Related];\n"
    "type Nests<Related> = { [Way in keyof Related]?: UpdateOf<Related[Way]> "
    "};\n"
    "\n"
    "/** For `createClient<Database>()` of @supabase/supabase-js. */\n"
    "export type Database = ");

/* The dialect is that of PostgREST 14: by this the client knows that several
 * rows can be spread and that writes can be bounded. */
static const str DIALECT = STR_INIT("\"14\"");

/* Finds what is there by its name. */
static const str TAIL = STR_INIT(
    "type Elsewhere = { schema: keyof Schemas };\n"
    "type Schema<Place> = Place extends Elsewhere\n"
    "  ? Schemas[Place[\"schema\"]]\n"
    "  : DefaultSchema;\n"
    "type Name<Place, Given> = Place extends Elsewhere ? Given : Place;\n"
    "type At<All, Key> = Key extends keyof All ? All[Key] : never;\n"
    "type Relations<Place> = Schema<Place>[\"Tables\"] & "
    "Schema<Place>[\"Views\"];\n"
    "\n"
    "/** A row as it is read: `Tables<\"name\">`, `Tables<{ schema: \"x\" }, "
    "\"name\">`. */\n"
    "export type Tables<\n"
    "  Place extends keyof Relations<unknown> | Elsewhere,\n"
    "  Given extends keyof Relations<Place> = never,\n"
    "> = At<At<Relations<Place>, Name<Place, Given>>, \"Row\">;\n"
    "\n"
    "/** A row as it is sent to be inserted. */\n"
    "export type TablesInsert<\n"
    "  Place extends keyof DefaultSchema[\"Tables\"] | Elsewhere,\n"
    "  Given extends keyof Schema<Place>[\"Tables\"] = never,\n"
    "> = At<At<Schema<Place>[\"Tables\"], Name<Place, Given>>, \"Insert\">;\n"
    "\n"
    "/** What an update may send. */\n"
    "export type TablesUpdate<\n"
    "  Place extends keyof DefaultSchema[\"Tables\"] | Elsewhere,\n"
    "  Given extends keyof Schema<Place>[\"Tables\"] = never,\n"
    "> = At<At<Schema<Place>[\"Tables\"], Name<Place, Given>>, \"Update\">;\n"
    "\n"
    "/** One of the values of an enum. */\n"
    "export type Enums<\n"
    "  Place extends keyof DefaultSchema[\"Enums\"] | Elsewhere,\n"
    "  Given extends keyof Schema<Place>[\"Enums\"] = never,\n"
    "> = At<Schema<Place>[\"Enums\"], Name<Place, Given>>;\n"
    "\n"
    "/** A row of a type that functions give back. */\n"
    "export type CompositeTypes<\n"
    "  Place extends keyof DefaultSchema[\"CompositeTypes\"] | Elsewhere,\n"
    "  Given extends keyof Schema<Place>[\"CompositeTypes\"] = never,\n"
    "> = At<Schema<Place>[\"CompositeTypes\"], Name<Place, Given>>;\n");

/* ---- What is where -------------------------------------------------------- */

bool typescript_is_exposed(const typescript_writer *w, str database_schema) {
    for (size_t i = 0; i < w->schema_count; i++) {
        if (str_equal(w->schemas[i], database_schema))
            return true;
    }
    return false;
}

bool typescript_has_model(const typescript_writer *w, const model *m) {
    return m->is_shape ||
           (!m->is_ignored && typescript_is_exposed(w, model_home(m)));
}

str typescript_path(const typescript_writer *w, str database_schema,
                    const char *kind, str name) {
    str place = typescript_string(w->a, database_schema);
    str quoted = typescript_string(w->a, name);
    return arena_printf(w->a, "Database[%.*s][\"%s\"][%.*s]", STR_ARG(place),
                        kind, STR_ARG(quoted));
}

static bool is_in(const model *m, str database_schema) {
    return !m->is_ignored && str_equal(model_home(m), database_schema);
}

/* ---- Relationships -------------------------------------------------------- */

static void write_names(typescript_writer *w, str member, const field **fields,
                        size_t count) {
    str *names = arena_new_array(w->a, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = fields[i]->column;
    typescript_page_strings(&w->page, member, names, count);
}

static void write_relationship(typescript_writer *w, const relation *r) {
    typescript_page *p = &w->page;
    typescript_page_open(p, (str){0});
    typescript_page_member(p, STR("foreignKeyName"),
                           typescript_string(w->a, r->constraint_name));
    write_names(w, STR("columns"), r->columns, r->column_count);
    typescript_page_member(p, STR("isOneToOne"),
                           r->kind == RELATION_ONE_TO_ONE ? STR("true")
                                                          : STR("false"));
    typescript_page_member(p, STR("referencedRelation"),
                           typescript_string(w->a, r->parent->table));
    write_names(w, STR("referencedColumns"), r->references, r->column_count);
    typescript_page_close(p, STR(","));
}

/* The client looks for the other table in the same schema of the database. */
static bool is_embedded(const relation *r, str database_schema) {
    return is_in(r->parent, database_schema);
}

static void write_relationships(typescript_writer *w, const model *m) {
    size_t count = 0;
    for (size_t i = 0; i < m->relation_count; i++)
        count += is_embedded(m->relations[i], model_home(m));
    if (count == 0) {
        typescript_page_member(&w->page, STR("Relationships"), STR("[]"));
        return;
    }
    typescript_page_open_list(&w->page, STR("Relationships"), STR("["));
    for (size_t i = 0; i < m->relation_count; i++) {
        if (is_embedded(m->relations[i], model_home(m)))
            write_relationship(w, m->relations[i]);
    }
    typescript_page_close_list(&w->page, STR("];"));
}

/* ---- Tables --------------------------------------------------------------- */

static void write_model(typescript_writer *w, const model *m) {
    typescript_page_doc(&w->page, m->doc);
    typescript_page_open(&w->page, typescript_key(w->a, m->table));
    typescript_write_row(w, STR("Row"), m, STR(";"));
    if (!m->is_view) {
        typescript_write_insert(w, m);
        typescript_write_update(w, m);
        typescript_write_related(w, m);
    }
    write_relationships(w, m);
    typescript_write_hidden(w, m);
    typescript_page_close(&w->page, STR(";"));
}

static void write_join_side(typescript_writer *w, const relation *r,
                            bool is_a) {
    str column = is_a ? STR("A") : STR("B");
    const model *m = is_a ? r->child : r->parent;
    const field *id = model_identity(m)->fields[0];
    relation side = {
        .constraint_name = arena_printf(
            w->a, "%.*s_%.*s_fkey", STR_ARG(r->join_table), STR_ARG(column)),
        .kind = RELATION_ONE_TO_MANY,
        .parent = m,
        .columns = (const field *[]){&(field){.column = column}},
        .references = &id,
        .column_count = 1,
    };
    write_relationship(w, &side);
}

static void write_join_column(typescript_writer *w, str column,
                              const model *m) {
    typescript_write_value(w, column, model_identity(m)->fields[0], false,
                           false);
}

/* The table between two lists is no resource, so it has no name: a client
 * embeds through what has a number, and cannot ask for it. */
static void write_join_table(typescript_writer *w, const relation *r,
                             size_t number) {
    typescript_page *p = &w->page;
    typescript_page_doc(
        p, arena_printf(w->a,
                        "Between %.*s and %.*s, which embed each other through "
                        "it.",
                        STR_ARG(r->child->table), STR_ARG(r->parent->table)));
    typescript_page_open(p, arena_printf(w->a, "%zu", number));
    typescript_page_open(p, STR("Row"));
    write_join_column(w, STR("A"), r->child);
    write_join_column(w, STR("B"), r->parent);
    typescript_page_close(p, STR(";"));
    typescript_page_member(p, STR("Insert"), STR("never"));
    typescript_page_member(p, STR("Update"), STR("never"));
    typescript_page_open_list(p, STR("Relationships"), STR("["));
    write_join_side(w, r, true);
    write_join_side(w, r, false);
    typescript_page_close_list(p, STR("];"));
    typescript_page_close(p, STR(";"));
}

static void write_tables(typescript_writer *w, str name) {
    const schema *s = w->schema;
    typescript_page_open(&w->page, STR("Tables"));
    for (size_t i = 0; i < s->model_count; i++) {
        if (!s->models[i].is_view && is_in(&s->models[i], name))
            write_model(w, &s->models[i]);
    }
    for (size_t i = 0, number = 0; i < s->many_to_many_count; i++) {
        const relation *r = s->many_to_many[i];
        if (is_in(r->child, name) && is_in(r->parent, name))
            write_join_table(w, r, number++);
    }
    typescript_page_close(&w->page, STR(";"));
}

static void write_views(typescript_writer *w, str name) {
    typescript_page_open(&w->page, STR("Views"));
    for (size_t i = 0; i < w->schema->model_count; i++) {
        const model *m = &w->schema->models[i];
        if (m->is_view && is_in(m, name))
            write_model(w, m);
    }
    typescript_page_close(&w->page, STR(";"));
}

/* ---- The rest of a schema ------------------------------------------------- */

static void write_functions(typescript_writer *w, bool is_first) {
    typescript_page_open(&w->page, STR("Functions"));
    for (size_t i = 0; is_first && i < w->schema->function_count; i++) {
        if (w->schema->functions[i].computed_of == NULL)
            typescript_write_function(w, &w->schema->functions[i]);
    }
    typescript_page_close(&w->page, STR(";"));
}

static str enum_doc(arena *a, const enumeration *e) {
    str doc = e->doc;
    for (size_t i = 0; i < e->value_count; i++) {
        const enum_value *v = &e->values[i];
        if (!str_is_empty(v->doc))
            doc = arena_printf(a, "%.*s\n- `%.*s`: %.*s", STR_ARG(doc),
                               STR_ARG(v->database_name), STR_ARG(v->doc));
    }
    return doc;
}

static void write_enum(typescript_writer *w, const enumeration *e) {
    str *values = NULL;
    typescript_union type = {0};
    for (size_t i = 0; i < e->value_count; i++)
        ARENA_PUSH(w->a, values, type.count,
                   typescript_string(w->a, e->values[i].database_name));
    type.types = values;
    typescript_page_doc(&w->page, enum_doc(w->a, e));
    typescript_page_union(&w->page, typescript_key(w->a, e->database_name),
                          &type);
}

static void write_enums(typescript_writer *w, str name) {
    typescript_page_open(&w->page, STR("Enums"));
    for (size_t i = 0; i < w->schema->enum_count; i++) {
        const enumeration *e = &w->schema->enums[i];
        if (str_equal(enumeration_home(e), name))
            write_enum(w, e);
    }
    typescript_page_close(&w->page, STR(";"));
}

/* Behind the models stand the rows of functions; those without a function of
 * their own are the types of the schema file. */
static void write_types(typescript_writer *w, bool is_first) {
    const schema *s = w->schema;
    typescript_page_open(&w->page, STR("CompositeTypes"));
    for (size_t i = 0; is_first && i < s->shape_count; i++) {
        const model *m = &s->models[s->model_count + i];
        if (m->function != NULL)
            continue;
        typescript_page_doc(&w->page, m->doc);
        typescript_write_row(w, typescript_key(w->a, m->name), m, STR(";"));
    }
    typescript_page_close(&w->page, STR(";"));
}

static void write_schema(typescript_writer *w, size_t i) {
    str name = w->schemas[i];
    typescript_page_open(&w->page, typescript_key(w->a, name));
    write_tables(w, name);
    write_views(w, name);
    write_functions(w, i == 0);
    write_enums(w, name);
    write_types(w, i == 0);
    typescript_page_close(&w->page, STR(";"));
}

/* ---- All ------------------------------------------------------------------ */

void typescript_write(arena *a, buf *out, const schema *s,
                      const schema_view *view, const str *schemas,
                      size_t schema_count) {
    typescript_writer w = {.a = a,
                           .page = {.a = a, .out = out},
                           .schema = s,
                           .view = view,
                           .schemas = schemas,
                           .schema_count = schema_count};
    buf_append(out, HEAD);
    typescript_page_open(&w.page, (str){0});
    typescript_page_open(&w.page, STR("__InternalSupabase"));
    typescript_page_member(&w.page, STR("PostgrestVersion"), DIALECT);
    typescript_page_close(&w.page, STR(";"));
    for (size_t i = 0; i < schema_count; i++)
        write_schema(&w, i);
    typescript_page_close(&w.page, STR(";"));
    str first = typescript_string(a, schemas[0]);
    buf_printf(out,
               "\ntype Schemas = Omit<Database, \"__InternalSupabase\">;\n"
               "type DefaultSchema = Schemas[%.*s];\n",
               STR_ARG(first));
    buf_append(out, TAIL);
}
