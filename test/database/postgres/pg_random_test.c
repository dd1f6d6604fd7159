/*
 * Random trees over random schemas: PostgreSQL prepares and runs each of their
 * statements, whatever stands beside whatever, and no text of theirs is in what
 * it prepares, which is the same for all trees of one shape.
 *
 * PG_RANDOM_COUNT and PG_RANDOM_SEED make more and other trees.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/rand.h"
#include "database/postgres/pg_change.h"
#include "database/postgres/pg_select.h"
#include "test/support/statement_world.h"
#include "test/support/test.h"

enum {
    SCHEMAS = 3,
    MODELS = 5,
    TREES = 150, /* of each schema */
    MAX_DEPTH = 3,
    MAX_ITEMS = 4,
    MAX_FIELDS = 64,
};

/* A statement that was met, by its shape. */
typedef struct met {
    str shape;
    str sql;
} met;

typedef struct chance {
    arena *a;
    rand_source random;
    statement_world *w;
    met *met;
    size_t met_count;
} chance;

static size_t below(chance *c, size_t limit) {
    return (size_t)rand_below(&c->random, limit);
}

static bool one_in(chance *c, size_t n) {
    return below(c, n) == 0;
}

/* ---- Schemas ------------------------------------------------------------ */

/* What can be asked of a type. */
typedef struct type_kind {
    const char *type;
    const char *native;
    const char *sample; /* a value's text */
    bool is_compared;
    bool is_ordered_by_min; /* min() and max() are there */
    bool is_summed;
} type_kind;

static const type_kind KINDS[] = {
    {"String", "", "WIRE_%\\\\'\"$1", true, true, false},
    {"String", "@db.VarChar(20)", "WIRE", true, true, false},
    {"String", "@db.Char(4)", "WIRE", true, true, false},
    {"String", "@db.Uuid", "018f6f2e-0000-7000-8000-000000000001", true, false,
     false},
    {"String", "@db.Inet", "10.0.0.1", true, true, false},
    {"String", "@db.Xml", "<a/>", false, false, false},
    {"String", "@db.Bit(3)", "101", true, false, false},
    {"String", "@db.VarBit", "1", true, false, false},
    {"Mood", "", "very bad", true, true, false},
    {"Boolean", "", "true", true, false, false},
    {"Int", "", "1", true, true, true},
    {"Int", "@db.SmallInt", "1", true, true, true},
    {"Int", "@db.Oid", "1", true, true, false},
    {"BigInt", "", "1", true, true, true},
    {"Float", "", "1", true, true, true},
    {"Float", "@db.Real", "1", true, true, true},
    {"Decimal", "", "1.5", true, true, true},
    {"Decimal", "@db.Decimal(6, 2)", "1.5", true, true, true},
    {"Decimal", "@db.Money", "1.5", true, true, true},
    {"DateTime", "", "2024-01-31T12:00:00.120+00:00", true, true, false},
    {"DateTime", "@db.Timestamptz(6)", "2024-01-31T12:00:00.120+00:00", true,
     true, false},
    {"DateTime", "@db.Date", "2024-01-31", true, true, false},
    {"DateTime", "@db.Time", "12:00:00", true, true, false},
    {"DateTime", "@db.Timetz", "12:00:00+00", true, true, false},
    {"Json", "", "{\"a\":[1]}", true, false, false},
    {"Json", "@db.Json", "{\"a\":[1]}", false, false, false},
    {"Bytes", "", "\\x00ff", true, false, false},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

/* A field's name ends in the number of its kind: x3_12. */
static const type_kind *kind_of(const field *f) {
    str rest = f->name;
    int64_t number = -1;
    if (!str_starts_with(rest, STR("x")))
        return &KINDS[10]; /* keys are Int */
    (void)str_split(&rest, '_');
    assert_true(str_parse_int64(rest, &number));
    return &KINDS[number];
}

static str add_fields(chance *c, str text) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (one_in(c, 3))
            continue;
        const type_kind *k = &KINDS[i];
        const char *mark = one_in(c, 4) ? "[]" : one_in(c, 3) ? "?" : "";
        text =
            arena_printf(c->a, "%.*s  x%zu_%zu %s%s %s %s\n", STR_ARG(text), i,
                         i, k->type, mark, k->native,
                         one_in(c, 5) ? "@map(\"a \\\"quoted\\\" name\")" : "");
        if (str_ends_with(text, STR("name\")\n"))) /* one for each model */
            return text;
    }
    return text;
}

/* Each model has a parent, a partner and friends: whatever model has the next
 * number. */
static str write_schema(chance *c) {
    str text = STR("enum Mood {\n  GOOD\n  BAD @map(\"very bad\")\n}\n");
    for (size_t i = 0; i < MODELS; i++) {
        size_t next = (i + 1) % MODELS;
        size_t last = (i + MODELS - 1) % MODELS;
        text = arena_printf(c->a, "%.*smodel M%zu {\n  id Int @id\n",
                            STR_ARG(text), i);
        text = add_fields(c, text);
        text = arena_printf(
            c->a,
            "%.*s"
            "  parentId Int?\n"
            "  partnerId Int @unique\n"
            "  parent M%zu? @relation(\"p%zu\", fields: [parentId],"
            " references: [id])\n"
            "  partner M%zu @relation(\"q%zu\", fields: [partnerId],"
            " references: [id])\n"
            "  children M%zu[] @relation(\"p%zu\")\n"
            "  partnered M%zu? @relation(\"q%zu\")\n"
            "  friends M%zu[] @relation(\"f%zu\")\n"
            "  befriended M%zu[] @relation(\"f%zu\")\n"
            "}\n",
            STR_ARG(text), next, i, next, i, last, last, last, last, next, i,
            last, last);
    }
    return text;
}

/* ---- Trees -------------------------------------------------------------- */

static const model *any_model(chance *c) {
    return &c->w->trees.schema->models[below(c, MODELS)];
}

static const field *any_column(chance *c, const model *m) {
    return m->columns[below(c, m->column_count)];
}

static const field *any_relation(chance *c, const model *m) {
    for (;;) {
        const field *f = &m->fields[below(c, m->field_count)];
        if (f->kind == FIELD_RELATION)
            return f;
    }
}

static value value_of(chance *c, const field *f) {
    const type_kind *k = kind_of(f);
    str text = str_of(k->sample);
    bool is_bare = f->kind == FIELD_SCALAR &&
                   (f->scalar == SCALAR_JSON || f->scalar == SCALAR_INT ||
                    f->scalar == SCALAR_BIGINT || f->scalar == SCALAR_FLOAT ||
                    f->scalar == SCALAR_DECIMAL || f->scalar == SCALAR_BOOLEAN);
    if (f->is_list) {
        CLEANUP(buf_free) buf list = buf_new(1024);
        buf_append_char(&list, '[');
        if (is_bare)
            buf_append(&list, text);
        else
            json_write_string(&list, text);
        buf_append_char(&list, ']');
        text = arena_copy(c->a, buf_str(&list));
    } else if (f->kind == FIELD_SCALAR && f->scalar == SCALAR_BOOLEAN) {
        return value_bool(true);
    } else if (f->kind == FIELD_SCALAR &&
               (f->scalar == SCALAR_INT || f->scalar == SCALAR_BIGINT)) {
        return value_int(1);
    } else if (f->kind == FIELD_SCALAR && f->scalar == SCALAR_FLOAT) {
        return value_real(0.5);
    } else if (f->kind == FIELD_SCALAR && f->scalar == SCALAR_BYTES) {
        return (value){.kind = VALUE_BYTES, .text = {"\0\xFF", 2}};
    }
    return (value){.kind = VALUE_TEXT, .text = text};
}

static field result_of(const field *f, scalar_type type) {
    field result = *f;
    result.kind = FIELD_SCALAR;
    result.scalar = type;
    result.native = (native_type){0};
    result.is_list = false;
    return result;
}

/* Of a JSON column a place inside, of others their text. */
static const derivation *any_derivation(chance *c, const field *f) {
    derivation *d = arena_new_array(c->a, derivation, 1);
    bool is_json = f->scalar == SCALAR_JSON && f->kind == FIELD_SCALAR;
    if (!one_in(c, 4))
        return NULL;
    if (is_json) {
        json_step *steps = arena_new_array(c->a, json_step, 2);
        steps[0].key = STR("WIRE'\"$1");
        steps[1] = (json_step){.is_index = true, .index = -1};
        d->steps = steps;
        d->step_count = 1 + below(c, 2);
        d->is_text = true;
    } else {
        d->cast = CAST_TEXT;
    }
    d->result = result_of(f, SCALAR_STRING);
    return d;
}

static const derivation *any_aggregate(chance *c, const field *f) {
    static const aggregate SUMS[] = {AGGREGATE_SUM, AGGREGATE_AVG};
    static const aggregate ENDS[] = {AGGREGATE_MIN, AGGREGATE_MAX};
    static const aggregate COUNTS[] = {AGGREGATE_COUNT, AGGREGATE_ROWS};
    const type_kind *k = kind_of(f);
    derivation *d = arena_new_array(c->a, derivation, 1);
    d->result = *f;
    size_t one = below(c, 2);
    if (!f->is_list && k->is_summed && one_in(c, 2)) {
        bool is_money = str_equal(str_of(k->native), STR("@db.Money"));
        d->aggregate = is_money ? AGGREGATE_SUM : SUMS[one];
        d->result = result_of(f, SCALAR_DECIMAL);
    } else if (!f->is_list && k->is_ordered_by_min && one_in(c, 2)) {
        d->aggregate = ENDS[one];
    } else {
        d->aggregate = COUNTS[one];
        d->result = result_of(f, SCALAR_BIGINT);
    }
    if (one_in(c, 4)) {
        d->outer_cast = CAST_TEXT;
        d->result = result_of(f, SCALAR_STRING);
    }
    return d;
}

static void fill_query(chance *c, query *q, const model *m, size_t depth);
static const filter *any_filter(chance *c, const model *m, size_t depth);

static bool is_child_side(const field *f) {
    return f == f->relation->child_field;
}

static embed any_embed(chance *c, const model *m, size_t depth) {
    const field *f = any_relation(c, m);
    hop h = world_hop(m, arena_cstr(c->a, f->name));
    /* Around an embed of a relation, its rows as a junction. */
    embed e = {.hop = h, .name = f->name, .is_spread = one_in(c, 3)};
    const model *target =
        is_child_side(f) ? f->relation->parent : f->relation->child;
    if (h.kind == HOP_TO_CHILD && one_in(c, 3)) {
        const field *onward = model_find_field(
            f->relation->child, one_in(c, 2) ? STR("parent") : STR("partner"));
        e.hop = (hop){.kind = HOP_JUNCTION,
                      .relation = f->relation,
                      .onward = onward->relation};
        if (one_in(c, 2))
            e.hop.junction_where = any_filter(c, f->relation->child, MAX_DEPTH);
        target = onward->relation->parent;
    }
    if (one_in(c, 2))
        e.name = target->table;
    fill_query(c, &e.query, target, depth + 1);
    return e;
}

static void set_related(chance *c, filter *f, const model *m, size_t depth) {
    embed *related = arena_new_array(c->a, embed, 1);
    *related = any_embed(c, m, MAX_DEPTH);
    related->query.where = depth < MAX_DEPTH && one_in(c, 2)
                               ? any_filter(c, related->query.model, depth + 1)
                               : NULL;
    f->kind = FILTER_EXISTS;
    f->related = related;
}

static void set_children(chance *c, filter *f, const model *m, size_t depth) {
    const filter **children = arena_new_array(c->a, const filter *, MAX_ITEMS);
    f->kind = one_in(c, 2) ? FILTER_ALL : FILTER_ANY;
    f->child_count = below(c, MAX_ITEMS);
    for (size_t i = 0; i < f->child_count; i++)
        children[i] = any_filter(c, m, depth + 1);
    f->children = children;
}

static void set_values(chance *c, filter *f, const field *compared) {
    value *values = arena_new_array(c->a, value, MAX_ITEMS);
    f->kind = FILTER_IN;
    f->value_count = below(c, MAX_ITEMS);
    for (size_t i = 0; i < f->value_count; i++)
        values[i] = one_in(c, 4) ? value_null() : value_of(c, compared);
    f->values = values;
}

static bool is_compared(const filter *f) {
    return f->derivation != NULL || kind_of(f->field)->is_compared;
}

static void set_text(chance *c, filter *f, filter_kind what, const char *text) {
    f->kind = what;
    f->value = value_text(text);
    f->is_case_sensitive = one_in(c, 2);
    f->search = (search_syntax)below(c, SEARCH_WEB + 1);
    if (one_in(c, 2))
        f->search_configuration = STR("english");
}

/* A column and what is asked of it. */
static void set_condition(chance *c, filter *f, const model *m) {
    f->field = any_column(c, m);
    f->derivation = any_derivation(c, f->field);
    const field *compared = query_result(f->field, f->derivation);
    bool is_text = f->derivation != NULL;
    value v = is_text ? value_text("a") : value_of(c, compared);
    bool is_json = !is_text && f->field->kind == FIELD_SCALAR &&
                   f->field->scalar == SCALAR_JSON;
    switch (below(c, 6)) {
    case 0:
        set_text(c, f, FILTER_LIKE, "WIRE%\\_");
        return;
    case 1:
        set_text(c, f, FILTER_MATCH, "^WIRE.*[b]$");
        return;
    case 2:
        set_text(c, f, FILTER_SEARCH, "WIRE");
        return;
    case 3:
        if (f->field->is_list && !is_text && is_compared(f)) {
            f->kind = FILTER_LIST;
            f->list = (list_op)below(c, LIST_OVERLAPS + 1);
            f->value = v;
            return;
        }
        if (is_json && !f->field->is_list) {
            f->kind = FILTER_LIST;
            f->list = (list_op)below(c, LIST_IS_CONTAINED + 1);
            f->value = v;
            return;
        }
        break;
    case 4:
        if (is_compared(f) && !is_text) {
            set_values(c, f, compared);
            return;
        }
        break;
    default:
        break;
    }
    f->kind = FILTER_IS;
    if (!is_compared(f) || one_in(c, 3))
        return;
    f->kind = FILTER_COMPARE;
    f->op = (compare_op)below(c, COMPARE_LTE + 1);
    f->value = v;
}

static const filter *any_filter(chance *c, const model *m, size_t depth) {
    filter *f = arena_new_array(c->a, filter, 1);
    f->is_negated = one_in(c, 3);
    if (depth < MAX_DEPTH && one_in(c, 3))
        set_children(c, f, m, depth);
    else if (one_in(c, 4))
        set_related(c, f, m, depth);
    else
        set_condition(c, f, m);
    return f;
}

static size_t fill_columns(chance *c, query_column *out, const model *m,
                           bool is_grouped) {
    size_t count = below(c, MAX_ITEMS) + is_grouped;
    for (size_t i = 0; i < count; i++) {
        const field *f = any_column(c, m);
        out[i] = (query_column){.field = f, .name = STR("WIRE $1 \"'name")};
        if (one_in(c, 2)) /* twice in a row, perhaps */
            out[i] = query_column_of(f);
        bool is_key = is_grouped && i > 0 && kind_of(f)->is_compared;
        out[i].derivation =
            is_grouped && !is_key ? any_aggregate(c, f) : any_derivation(c, f);
    }
    return count;
}

static query_order any_order(chance *c, const model *m) {
    query_order o = {.is_descending = one_in(c, 2),
                     .are_nulls_first = one_in(c, 2)};
    if (one_in(c, 3)) {
        embed *related = arena_new_array(c->a, embed, 1);
        *related = any_embed(c, m, MAX_DEPTH);
        o.related = related;
        m = related->query.model;
    }
    do
        o.field = any_column(c, m);
    while (!kind_of(o.field)->is_compared);
    return o;
}

static void fill_query(chance *c, query *q, const model *m, size_t depth) {
    bool is_grouped = depth < MAX_DEPTH && one_in(c, 5);
    query_column *columns = arena_new_array(c->a, query_column, MAX_ITEMS + 1);
    *q = (query){.model = m, .limit = QUERY_NO_LIMIT};
    q->column_count = fill_columns(c, columns, m, is_grouped);
    q->columns = columns;
    q->is_grouped = is_grouped;
    if (depth >= MAX_DEPTH)
        return;
    if (one_in(c, 2))
        q->where = any_filter(c, m, depth);
    query_order *order = arena_new_array(c->a, query_order, 2);
    q->order_count = is_grouped ? 0 : below(c, 3);
    for (size_t i = 0; i < q->order_count; i++)
        order[i] = any_order(c, m);
    q->order = order;
    q->limit = one_in(c, 3) ? (int64_t)below(c, 3) : QUERY_NO_LIMIT;
    q->offset = one_in(c, 3) ? (int64_t)below(c, 3) : 0;
    embed *embeds = arena_new_array(c->a, embed, MAX_ITEMS);
    q->embed_count = below(c, 3);
    for (size_t i = 0; i < q->embed_count; i++) {
        embeds[i] = any_embed(c, m, depth);
        /* Rows that are not grouped have no aggregates lifted into them, and
         * grouped ones no cells that cannot be compared. */
        if (is_grouped || embeds[i].query.is_grouped)
            embeds[i].is_spread = false;
    }
    q->embeds = embeds;
}

/* ---- Writes ------------------------------------------------------------- */

static mutation any_insert(chance *c, const model *m, query *shown) {
    const field **fields = arena_new_array(c->a, const field *, MAX_FIELDS);
    size_t rows = 1 + below(c, 3);
    value *values = arena_new_array(c->a, value, MAX_FIELDS * rows);
    mutation out = {.kind = MUTATION_INSERT,
                    .model = m,
                    .fields = fields,
                    .values = values,
                    .row_count = rows,
                    .max_rows = MUTATION_ANY_COUNT};
    for (size_t i = 0; i < m->column_count; i++)
        fields[out.field_count++] = m->columns[i];
    for (size_t i = 0; i < rows * out.field_count; i++) {
        const field *f = fields[i % out.field_count];
        values[i] = value_of(c, f);
        if (f->is_id)
            values[i] = value_int((int64_t)i);
        else if (f->is_optional)
            values[i] = one_in(c, 2) ? value_null() : value_default();
    }
    static const field *id;
    id = &m->fields[0];
    out.on_conflict = (conflict_rule)below(c, CONFLICT_IGNORE + 1);
    out.conflict_fields = &id;
    out.conflict_field_count = 1;
    out.returning = shown->columns;
    out.returning_count = shown->column_count;
    out.embeds = shown->embeds;
    out.embed_count = shown->embed_count;
    return out;
}

static mutation any_change(chance *c, const model *m, query *shown) {
    mutation out = any_insert(c, m, shown);
    if (one_in(c, 2))
        return out;
    out.kind = one_in(c, 2) ? MUTATION_UPDATE : MUTATION_DELETE;
    out.where = any_filter(c, m, 0);
    if (out.kind == MUTATION_DELETE)
        return out;
    value *values = arena_new_array(c->a, value, out.field_count);
    for (size_t i = 0; i < out.field_count; i++)
        values[i] = value_of(c, out.fields[i]);
    out.values = values;
    return out;
}

/* ---- Runs --------------------------------------------------------------- */

static void fail_on(const err *e, uint64_t seed) {
    if (e == NULL)
        return;
    const err *why = e->cause != NULL ? e->cause : e;
    print_message("%.*s\n", STR_ARG(e->message));
    fail_msg("PG_RANDOM_SEED=%" PRIu64 ": %.*s", seed, STR_ARG(why->message));
}

/* All that came from the wire, had it come from there, has this word. */
static void expect_nothing_from_the_wire(str sql) {
    if (str_contains(sql, STR("WIRE")))
        fail_msg("%.*s", STR_ARG(sql));
}

/* Engines keep what they prepare by its shape. */
static void expect_same_as_met(chance *c, const buf *shape, str sql) {
    for (size_t i = 0; i < c->met_count; i++) {
        if (str_equal(c->met[i].shape, buf_str(shape))) {
            expect_str(sql, c->met[i].sql);
            return;
        }
    }
    met m = {arena_copy(c->a, buf_str(shape)), sql};
    ARENA_PUSH(c->a, c->met, c->met_count, m);
}

static void expect_shape_of_query(chance *c, const query *q, str sql) {
    CLEANUP(buf_free) buf shape = buf_new(64 * 1024);
    buf_append_char(&shape, 'q');
    pg_select_write_shape(&shape, q);
    expect_same_as_met(c, &shape, sql);
}

static void expect_shape_of_mutation(chance *c, const mutation *m, str sql) {
    CLEANUP(buf_free) buf shape = buf_new(64 * 1024);
    buf_append_char(&shape, 'm');
    pg_change_write_shape(&shape, m);
    expect_same_as_met(c, &shape, sql);
}

static void try_tree(chance *c, uint64_t seed) {
    query q;
    str rows;
    fill_query(c, &q, any_model(c), 0);
    str sql = statement_world_select_sql(c->w, &q);
    expect_nothing_from_the_wire(sql);
    expect_shape_of_query(c, &q, sql);
    fail_on(statement_world_prepare(c->w, sql), seed);
    fail_on(statement_world_try_read(c->w, &q, &rows), seed);
    (void)statement_world_count(c->w, &q);
    query shown;
    fill_query(c, &shown, q.model, 1);
    if (shown.is_grouped)
        return;
    mutation m = any_change(c, q.model, &shown);
    if (m.kind == MUTATION_INSERT)
        m = pg_change_part(&m, 0);
    sql = statement_world_change_sql(c->w, &m);
    expect_nothing_from_the_wire(sql);
    expect_shape_of_mutation(c, &m, sql);
    fail_on(statement_world_prepare(c->w, sql), seed);
    err *e = statement_world_try_write(c->w, &m, &rows);
    bool is_expected = e != NULL && (e->code == ERR_UNIQUE_VIOLATION ||
                                     e->code == ERR_FOREIGN_KEY_VIOLATION);
    if (!is_expected)
        fail_on(e, seed);
}

static uint64_t setting(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* Without foreign keys' order to follow, rows are there to be read. */
static void let_rows_in(statement_world *w) {
    postgres_world_sql(
        w->postgres,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT conrelid::regclass t,"
        " conname FROM pg_constraint WHERE contype = 'f' LOOP EXECUTE"
        " format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname);"
        " END LOOP; END $$");
}

static void runs_whatever_trees_there_are(void **state) {
    uint64_t first = setting("PG_RANDOM_SEED", 1);
    uint64_t trees = setting("PG_RANDOM_COUNT", TREES);
    (void)state;
    for (uint64_t i = 0; i < SCHEMAS; i++) {
        CLEANUP(arena_release) arena *a = arena_new();
        chance c = {.a = a, .random = rand_seeded(first + i)};
        str text = write_schema(&c);
        CLEANUP(statement_world_close)
        statement_world *w = statement_world_open(a, arena_cstr(a, text));
        c.w = w;
        let_rows_in(w);
        for (uint64_t j = 0; j < trees; j++)
            try_tree(&c, first + i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(runs_whatever_trees_there_are),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_random", tests,
                                       NULL, NULL);
}
