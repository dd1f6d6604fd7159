/*
 * Requests on their way to a statement: from the query string to the tree, past
 * the planner, into the SQL of PostgreSQL. The first byte picks the table.
 *
 * Only bound values and names of the schema reach SQL, and small numbers behind
 * LIMIT: when every other text and number that the client wrote is exchanged
 * for another one in the tree, the statement stays the same, byte for byte, and
 * so does its shape.
 */
#include "api/rest/query_string.h"
#include "base/assert.h"
#include "core/planner.h"
#include "core/planner_hop.h"
#include "database/engine.h"
#include "database/postgres/pg_select.h"
#include "database/postgres/pg_sql.h"
#include "database/sql.h"
#include "schema/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const str SCHEMA = STR_INIT(
    "enum Mood {\n  GOOD\n  BAD\n}\n"
    "model Shop {\n"
    "  id Int @id\n  name String\n  data Json?\n  open DateTime?\n"
    "  worth Decimal?\n  tags String[]\n  mood Mood?\n"
    "  items Item[]\n  boss Person? @relation(fields: [bossId], references: "
    "[id])\n"
    "  bossId Int? @map(\"boss_id\")\n"
    "  @@map(\"shop\")\n  @@allow('all', true)\n}\n"
    "model Person {\n"
    "  id Int @id\n  name String\n  shops Shop[]\n  likes Item[]\n"
    "  above Person? @relation(\"tree\", fields: [aboveId], references: [id])\n"
    "  aboveId Int? @map(\"above_id\")\n  below Person[] @relation(\"tree\")\n"
    "  links Link[]\n"
    "  @@map(\"person\")\n  @@allow('all', true)\n}\n"
    "model Item {\n"
    "  id Int @id\n  text String\n  price Int?\n"
    "  shop Shop @relation(fields: [shopId], references: [id])\n"
    "  shopId Int @map(\"shop_id\")\n  likedBy Person[]\n  links Link[]\n"
    "  @@map(\"item\")\n  @@allow('all', true)\n}\n"
    "model Link {\n"
    "  item Item @relation(fields: [itemId], references: [id])\n"
    "  itemId Int @map(\"item_id\")\n"
    "  person Person @relation(fields: [personId], references: [id])\n"
    "  personId Int @map(\"person_id\")\n  note String?\n"
    "  @@id([itemId, personId])\n  @@map(\"link\")\n  @@allow('all', "
    "true)\n}\n");

/* --- a database that remembers what it is asked for --- */

typedef struct memory {
    database_session session; /* first */
    const query *asked;
} memory;

static err *remember(database_session *s, arena *a, const query *q,
                     database_rows **out) {
    engine_rows *rows = arena_new_array(a, engine_rows, 1);
    rows->engine = s->engine;
    CONTAINER_OF(s, memory, session)->asked = q;
    *out = &rows->rows;
    return NULL;
}

static const engine MEMORY = {.query = remember};

typedef struct world {
    app app;
    rest_tables tables;
} world;

static const world *the_world(void) {
    static world made;
    if (made.app.schema == NULL) {
        arena *kept = arena_new();
        diag_list diags = {0};
        const schema *s = NULL;
        ASSERT(schema_load_text(kept, STR("fuzz"), SCHEMA, ENGINE_POSTGRESQL,
                                &diags, &s) == NULL);
        made.app =
            (app){.schema = s, .max_rows = 100, .allows_aggregates = true};
        made.tables = rest_tables_new(kept, &made.app);
    }
    return &made;
}

/* --- other texts in the same tree --- */

static const query *exchange_query(arena *a, const query *q);

static value exchange_value(value v) {
    switch (v.kind) {
    case VALUE_TEXT:
    case VALUE_BYTES:
        v.text = STR("z");
        break;
    case VALUE_INT:
        v.integer = 77;
        break;
    case VALUE_FLOAT:
        v.real = 77.5;
        break;
    case VALUE_BOOL:
        v.boolean = !v.boolean;
        break;
    case VALUE_NULL:
    case VALUE_DEFAULT:
        break;
    }
    return v;
}

/* Places that differ still do. */
static const derivation *exchange_derivation(arena *a, const derivation *d) {
    if (d == NULL)
        return NULL;
    derivation *copy = arena_new_array(a, derivation, 1);
    json_step *steps = arena_new_array(a, json_step, d->step_count);
    for (size_t i = 0; i < d->step_count; i++) {
        steps[i] = d->steps[i];
        steps[i].index = (int64_t)((uint64_t)steps[i].index + 1);
        steps[i].key = arena_printf(a, "z%.*s", STR_ARG(steps[i].key));
    }
    *copy = *d;
    copy->steps = steps;
    return copy;
}

static const embed *exchange_embeds(arena *a, const embed *embeds,
                                    size_t count);

static const filter *exchange_filter(arena *a, const filter *f) {
    if (f == NULL)
        return NULL;
    filter *copy = arena_new_array(a, filter, 1);
    value *values = arena_new_array(a, value, f->value_count);
    const filter **children =
        arena_new_array(a, const filter *, f->child_count);
    for (size_t i = 0; i < f->value_count; i++)
        values[i] = exchange_value(f->values[i]);
    for (size_t i = 0; i < f->child_count; i++)
        children[i] = exchange_filter(a, f->children[i]);
    *copy = *f;
    copy->value = exchange_value(f->value);
    copy->values = values;
    copy->children = children;
    copy->derivation = exchange_derivation(a, f->derivation);
    if (!str_is_empty(f->search_configuration))
        copy->search_configuration = STR("z");
    if (f->related != NULL)
        copy->related = exchange_embeds(a, f->related, 1);
    return copy;
}

/* A key that is the schema's own name may stand in the statement. */
static str exchange_name(str name, str own) {
    return str_equal(name, own) ? name : STR("z");
}

static const embed *exchange_embeds(arena *a, const embed *embeds,
                                    size_t count) {
    embed *copies = arena_new_array(a, embed, count);
    for (size_t i = 0; i < count; i++) {
        copies[i] = embeds[i];
        copies[i].query = *exchange_query(a, &embeds[i].query);
        copies[i].name =
            exchange_name(embeds[i].name, embeds[i].query.model->table);
    }
    return copies;
}

static const query_column *exchange_columns(arena *a, const query *q) {
    query_column *copies = arena_new_array(a, query_column, q->column_count);
    for (size_t i = 0; i < q->column_count; i++)
        copies[i] = (query_column){
            q->columns[i].field,
            exchange_name(q->columns[i].name, q->columns[i].field->column),
            exchange_derivation(a, q->columns[i].derivation)};
    return copies;
}

static const query_order *exchange_order(arena *a, const query *q) {
    query_order *copies = arena_new_array(a, query_order, q->order_count);
    for (size_t i = 0; i < q->order_count; i++) {
        copies[i] = q->order[i];
        copies[i].derivation = exchange_derivation(a, copies[i].derivation);
        if (copies[i].related != NULL)
            copies[i].related = exchange_embeds(a, copies[i].related, 1);
    }
    return copies;
}

static const query *exchange_query(arena *a, const query *q) {
    query *copy = arena_new_array(a, query, 1);
    *copy = *q;
    copy->columns = exchange_columns(a, q);
    copy->where = exchange_filter(a, q->where);
    copy->order = exchange_order(a, q);
    copy->embeds = exchange_embeds(a, q->embeds, q->embed_count);
    copy->limit = q->limit > PG_FIXED_LIMIT_MAX ? q->limit + 1 : q->limit;
    copy->offset = q->offset > 0 ? 7 : 0;
    return copy;
}

/* --- the properties --- */

static void check_statement(arena *a, const query *q) {
    CLEANUP(buf_free) buf before = buf_new(SQL_MAX);
    CLEANUP(buf_free) buf after = buf_new(SQL_MAX);
    const query *other = exchange_query(a, q);
    pg_select_write_shape(&before, q);
    pg_select_write_shape(&after, other);
    ASSERT(str_equal(buf_str(&before), buf_str(&after)));
    buf_clear(&before, SQL_MAX);
    buf_clear(&after, SQL_MAX);
    pg_select_write(&before, q);
    pg_select_write(&after, other);
    ASSERT(str_equal(buf_str(&before), buf_str(&after)));
}

static void check_names(const query *q) {
    for (size_t i = 0; i < q->column_count; i++)
        ASSERT(q->columns[i].field->model == q->model);
    for (size_t i = 0; i < q->order_count; i++)
        ASSERT(q->order[i].field->model ==
               (q->order[i].related == NULL
                    ? q->model
                    : q->order[i].related->query.model));
    for (size_t i = 0; i < q->embed_count; i++)
        check_names(&q->embeds[i].query);
}

static void check_cells(const query_string *q, const query *asked) {
    const selection *s = &q->selection;
    ASSERT(s->key_count ==
           s->count + embed_cell_count(s->embeds, s->embed_count));
    ASSERT(query_cell_count(asked) == s->key_count || s->key_count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    const world *w = the_world();
    if (size == 0)
        return 0;
    const rest_table *t =
        &w->tables.tables[data[0] % w->app.schema->model_count];
    str text = {(const char *)data + 1, size - 1};
    query_string parsed;
    if (query_string_parse(a, &w->tables, t, text, &parsed) != NULL)
        return 0;

    memory m = {.session = {.engine = &MEMORY}};
    caller who = {.app = &w->app, .session = &m.session, .arena = a};
    database_rows *rows = NULL;
    query q = {.model = t->model,
               .columns = parsed.selection.columns,
               .column_count = parsed.selection.count,
               .where = parsed.where,
               .order = parsed.order,
               .order_count = parsed.order_count,
               .limit = parsed.limit,
               .offset = parsed.offset,
               .embeds = parsed.selection.embeds,
               .embed_count = parsed.selection.embed_count,
               .is_grouped = parsed.selection.is_grouped};
    if (planner_read(&who, &q, &rows) != NULL)
        return 0;
    check_names(m.asked);
    check_cells(&parsed, m.asked);
    check_statement(a, m.asked);
    return 0;
}
