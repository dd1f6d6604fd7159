/*
 * Requests on their way to a statement: from the query string to the tree, past
 * the planner, into the SQL of PostgreSQL, as a read, and with its filters and
 * its select as an update, a delete and an upsert. The first byte picks the
 * table.
 *
 * Only bound values and names of the schema reach SQL, and small numbers behind
 * LIMIT: when every other text and number that the client wrote is exchanged
 * for another one in the tree, the statement stays the same, byte for byte, and
 * so does its shape.
 */
#include "api/rest/query_string.h"
#include "base/assert.h"
#include "core/mutation_engine.h"
#include "core/planner.h"
#include "core/planner_hop.h"
#include "database/engine.h"
#include "database/postgres/pg_change.h"
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
    const mutation *written;
} memory;

static err *remember(database_session *s, arena *a, const query *q,
                     database_rows **out) {
    engine_rows *rows = arena_new_array(a, engine_rows, 1);
    rows->engine = s->engine;
    CONTAINER_OF(s, memory, session)->asked = q;
    *out = &rows->rows;
    return NULL;
}

static err *remember_write(database_session *s, arena *a,
                           const mutation *const *mutations, size_t count,
                           receipt *once, mutation_result *results,
                           size_t *failed_at) {
    mutation *kept = arena_new_array(a, mutation, 1);
    (void)once;
    *kept = *mutations[0];
    CONTAINER_OF(s, memory, session)->written = kept;
    results[0] = (mutation_result){0};
    *failed_at = count;
    return NULL;
}

static const engine MEMORY = {.query = remember, .mutate = remember_write};

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
    case VALUE_CELL:
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

static const query_column *exchange_columns(arena *a,
                                            const query_column *columns,
                                            size_t count) {
    query_column *copies = arena_new_array(a, query_column, count);
    for (size_t i = 0; i < count; i++)
        copies[i] = (query_column){
            columns[i].field,
            exchange_name(columns[i].name, columns[i].field->column),
            exchange_derivation(a, columns[i].derivation)};
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
    copy->columns = exchange_columns(a, q->columns, q->column_count);
    copy->where = exchange_filter(a, q->where);
    copy->order = exchange_order(a, q);
    copy->embeds = exchange_embeds(a, q->embeds, q->embed_count);
    copy->limit = q->limit > PG_FIXED_LIMIT_MAX ? q->limit + 1 : q->limit;
    copy->offset = q->offset > 0 ? 7 : 0;
    return copy;
}

static const mutation *exchange_mutation(arena *a, const mutation *m) {
    mutation *copy = arena_new_array(a, mutation, 1);
    size_t count = m->field_count * m->row_count;
    value *values = arena_new_array(a, value, count);
    for (size_t i = 0; i < count; i++)
        values[i] = exchange_value(m->values[i]);
    *copy = *m;
    copy->values = values;
    copy->where = exchange_filter(a, m->where);
    copy->returning = exchange_columns(a, m->returning, m->returning_count);
    copy->embeds = exchange_embeds(a, m->embeds, m->embed_count);
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

static void check_change(arena *a, const mutation *m) {
    CLEANUP(buf_free) buf before = buf_new(SQL_MAX);
    CLEANUP(buf_free) buf after = buf_new(SQL_MAX);
    const mutation *other = exchange_mutation(a, m);
    pg_change_write_shape(&before, m);
    pg_change_write_shape(&after, other);
    ASSERT(str_equal(buf_str(&before), buf_str(&after)));
    buf_clear(&before, SQL_MAX);
    buf_clear(&after, SQL_MAX);
    pg_change_write(&before, m);
    pg_change_write(&after, other);
    ASSERT(str_equal(buf_str(&before), buf_str(&after)));
}

/* Sets the last number or so, and the first text, which all models have. */
static void check_write(const caller *who, memory *m, const query_string *q,
                        const model *target, mutation_kind kind) {
    const field *fields[2] = {0};
    const value values[2] = {{.kind = VALUE_INT, .integer = 1},
                             {.kind = VALUE_TEXT, .text = STR("text")}};
    for (size_t i = target->column_count; i-- > 0;) {
        const field *f = target->columns[i];
        if (f->kind == FIELD_SCALAR && !f->is_list &&
            (f->scalar == SCALAR_INT || f->scalar == SCALAR_STRING))
            fields[f->scalar == SCALAR_STRING] = f;
    }
    mutation wanted = {.kind = kind,
                       .model = target,
                       .fields = fields,
                       .field_count = LENGTH(fields),
                       .values = values,
                       .row_count = 1,
                       .where = q->where,
                       .returning = q->selection.columns,
                       .returning_count = q->selection.count,
                       .embeds = q->selection.embeds,
                       .embed_count = q->selection.embed_count,
                       .max_rows = MUTATION_ANY_COUNT};
    if (kind == MUTATION_DELETE)
        wanted.field_count = wanted.row_count = 0;
    if (kind == MUTATION_INSERT)
        wanted.where = NULL;
    if (kind == MUTATION_INSERT && q->has_on_conflict) {
        wanted.on_conflict = CONFLICT_MERGE;
        wanted.conflict_fields = q->on_conflict.fields;
        wanted.conflict_field_count = q->on_conflict.count;
    }
    mutation_result result;
    m->written = NULL;
    if (mutation_engine_run(who, &wanted, &result) == NULL &&
        m->written != NULL)
        check_change(who->arena, m->written);
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
    id_source ids;
    id_source_init(&ids, rand_seeded(1));
    caller who = {
        .app = &w->app, .session = &m.session, .arena = a, .ids = &ids};
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
    if (parsed.selection.is_grouped)
        return 0;
    check_write(&who, &m, &parsed, t->model, MUTATION_UPDATE);
    check_write(&who, &m, &parsed, t->model, MUTATION_DELETE);
    check_write(&who, &m, &parsed, t->model, MUTATION_INSERT);
    return 0;
}
