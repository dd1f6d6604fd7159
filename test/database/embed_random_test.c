/*
 * Random models, rows and trees of related rows: what comes out is what the
 * test finds by looking at each row.
 *
 * The schema has all kinds of hops: keys of one column and of two, to others and
 * to itself, implicit many-to-manys and a junction. Rows hold small numbers, so
 * that all cases come up.
 */
#include "database/database.h"

#include "base/assert.h"
#include "base/rand.h"
#include "test/support/database_world.h"
#include "test/support/related.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model A {\n"
    "  id Int @id\n"
    "  n  Int?\n"
    "  bs B[]\n"
    "  d  D?\n"
    "  es E[]\n"
    "}\n"
    "model B {\n"
    "  id  Int  @id\n"
    "  n   Int?\n"
    "  aId Int?\n"
    "  bId Int?\n"
    "  a   A?   @relation(fields: [aId], references: [id])\n"
    "  b   B?   @relation(\"self\", fields: [bId], references: [id])\n"
    "  bs  B[]  @relation(\"self\")\n"
    "  es  E[]\n"
    "}\n"
    "model D {\n"
    "  x   Int\n"
    "  y   Int\n"
    "  n   Int?\n"
    "  aId Int?  @unique\n"
    "  a   A?    @relation(fields: [aId], references: [id])\n"
    "  fs  F[]\n"
    "  @@id([x, y])\n"
    "}\n"
    "model E {\n"
    "  id Int @id\n"
    "  n  Int?\n"
    "  as A[]\n"
    "  bs B[]\n"
    "  fs F[]\n"
    "}\n"
    "model F {\n"
    "  id  Int  @id\n"
    "  n   Int?\n"
    "  x   Int?\n"
    "  y   Int?\n"
    "  eId Int?\n"
    "  d   D?   @relation(fields: [x, y], references: [x, y])\n"
    "  e   E?   @relation(fields: [eId], references: [id])\n"
    "}\n";

/* ---- The rows, as the test knows them ----------------------------------- */

enum { TABLES = 5, MOST_ROWS = 8, COLUMNS = 6, PAIRS = 2, NOTHING = -1 };

/* Columns in the order of the models; NOTHING is null. */
typedef struct table {
    const char *name;
    const char *columns[COLUMNS];
    int rows[MOST_ROWS][COLUMNS];
    int count;
} table;

static const table TABLE_NAMES[TABLES] = {
    {.name = "A", .columns = {"id", "n"}},
    {.name = "B", .columns = {"id", "n", "aId", "bId"}},
    {.name = "D", .columns = {"x", "y", "n", "aId"}},
    {.name = "E", .columns = {"id", "n"}},
    {.name = "F", .columns = {"id", "n", "x", "y", "eId"}},
};

typedef struct pair_table {
    const char *name; /* columns A and B */
    int from;         /* tables */
    int to;
    bool has[MOST_ROWS][MOST_ROWS];
} pair_table;

typedef struct facts {
    table tables[TABLES];
    pair_table pairs[PAIRS];
} facts;

enum { T_A, T_B, T_D, T_E, T_F };

/* clang-format off */
#define KEY(name, kind, table, field, origin, target, ...)                     \
    {.hop = {name, kind, table, field, NULL}, .from = (origin),                \
     .to = (target), .links = {__VA_ARGS__},                                                   \
     .link_count = sizeof (int[][2]){__VA_ARGS__} / sizeof(int[2])}
#define PAIR(name, table, field, origin, target, which)                        \
    {.hop = {name, HOP_JOIN_TABLE, table, field, NULL}, .from = (origin),      \
     .to = (target), .pair = (which)}
/* clang-format on */

static const struct way {
    related_hop hop;
    int from;
    int to;
    int links[2][2]; /* columns of from and of to that are equal */
    int link_count;
    int pair; /* which one, for a join table */
    /* A junction: from its columns to those of to. */
    int junction;
    int onward[2][2];
    int onward_count;
} WAYS[] = {
    KEY("a_bs", HOP_TO_CHILD, "B", "a", T_A, T_B, {0, 2}),
    KEY("b_a", HOP_TO_PARENT, "B", "a", T_B, T_A, {2, 0}),
    KEY("b_b", HOP_TO_PARENT, "B", "b", T_B, T_B, {3, 0}),
    KEY("b_bs", HOP_TO_CHILD, "B", "b", T_B, T_B, {0, 3}),
    KEY("a_d", HOP_TO_CHILD, "D", "a", T_A, T_D, {0, 3}),
    KEY("d_a", HOP_TO_PARENT, "D", "a", T_D, T_A, {3, 0}),
    KEY("d_fs", HOP_TO_CHILD, "F", "d", T_D, T_F, {0, 2}, {1, 3}),
    KEY("f_d", HOP_TO_PARENT, "F", "d", T_F, T_D, {2, 0}, {3, 1}),
    KEY("e_fs", HOP_TO_CHILD, "F", "e", T_E, T_F, {0, 4}),
    KEY("f_e", HOP_TO_PARENT, "F", "e", T_F, T_E, {4, 0}),
    PAIR("a_es", "A", "es", T_A, T_E, 0),
    PAIR("e_as", "E", "as", T_E, T_A, 0),
    PAIR("b_es", "B", "es", T_B, T_E, 1),
    PAIR("e_bs", "E", "bs", T_E, T_B, 1),
    {.hop = {"d_es", HOP_JUNCTION, "F", "d", "e"},
     .from = T_D,
     .to = T_E,
     .links = {{0, 2}, {1, 3}},
     .link_count = 2,
     .junction = T_F,
     .onward = {{4, 0}},
     .onward_count = 1},
    {.hop = {"e_ds", HOP_JUNCTION, "F", "e", "d"},
     .from = T_E,
     .to = T_D,
     .links = {{0, 4}},
     .link_count = 1,
     .junction = T_F,
     .onward = {{2, 0}, {3, 1}},
     .onward_count = 2},
};

static related_hop HOPS[LENGTH(WAYS)];

/* ---- Making rows -------------------------------------------------------- */

typedef struct dice {
    rand_source source;
} dice;

static int roll(dice *d, int below) {
    return (int)rand_below(&d->source, (uint64_t)below);
}

/* A value of that column in some row of the table, or nothing. */
static int some_key(dice *d, const table *t, int column) {
    if (t->count == 0 || roll(d, 4) == 0)
        return NOTHING;
    return t->rows[roll(d, t->count)][column];
}

static void make_row(dice *d, facts *f, int at, int number, int *row) {
    const table *a = &f->tables[T_A];
    const table *parent = &f->tables[T_D];
    row[0] = number;
    row[1] = roll(d, 4) == 0 ? NOTHING : roll(d, 3);
    if (at == T_B) {
        row[2] = some_key(d, a, 0);
        row[3] = some_key(d, &f->tables[T_B], 0);
    }
    if (at == T_D) {
        row[0] = number / 2;
        row[1] = number % 2;
        row[2] = roll(d, 3);
        /* Unique: each A once. */
        row[3] = number < a->count && roll(d, 3) > 0 ? number : NOTHING;
    }
    if (at == T_F) {
        int d_row = parent->count > 0 ? roll(d, parent->count + 1) : 0;
        bool has_parent = d_row < parent->count;
        row[2] = has_parent ? parent->rows[d_row][0] : NOTHING;
        row[3] = has_parent ? parent->rows[d_row][1] : roll(d, 3);
        row[4] = some_key(d, &f->tables[T_E], 0);
    }
}

static void make_facts(dice *d, facts *f) {
    for (int at = 0; at < TABLES; at++) {
        table *t = &f->tables[at];
        *t = TABLE_NAMES[at];
        int count = roll(d, MOST_ROWS + 1);
        for (int i = 0; i < count; i++) {
            make_row(d, f, at, i, t->rows[i]);
            t->count++;
        }
    }
    f->pairs[0] = (pair_table){.name = "_AToE", .from = T_A, .to = T_E};
    f->pairs[1] = (pair_table){.name = "_BToE", .from = T_B, .to = T_E};
    for (int p = 0; p < PAIRS; p++)
        for (int i = 0; i < f->tables[f->pairs[p].from].count; i++)
            for (int k = 0; k < f->tables[f->pairs[p].to].count; k++)
                f->pairs[p].has[i][k] = roll(d, 3) == 0;
}

static void write_cell(buf *sql, int cell) {
    if (cell == NOTHING)
        buf_append(sql, STR("NULL"));
    else
        buf_append_int(sql, cell);
}

static void store_table(buf *sql, const table *t) {
    for (int i = 0; i < t->count; i++) {
        buf_printf(sql, "INSERT INTO \"%s\" VALUES (", t->name);
        for (int c = 0; c < COLUMNS && t->columns[c] != NULL; c++) {
            buf_append(sql, c > 0 ? STR(", ") : STR(""));
            write_cell(sql, t->rows[i][c]);
        }
        buf_append(sql, STR(");"));
    }
}

static void store(database_world *w, const facts *f) {
    CLEANUP(buf_free) buf sql = buf_new(1 << 20);
    buf_append(&sql, STR("DELETE FROM \"_AToE\"; DELETE FROM \"_BToE\";"
                         "DELETE FROM \"F\"; DELETE FROM \"E\";"
                         "DELETE FROM \"D\"; UPDATE \"B\" SET \"bId\" = NULL;"
                         "DELETE FROM \"B\"; DELETE FROM \"A\";"));
    for (int i = 0; i < TABLES; i++)
        store_table(&sql, &f->tables[i]);
    for (int p = 0; p < PAIRS; p++)
        for (int i = 0; i < MOST_ROWS; i++)
            for (int k = 0; k < MOST_ROWS; k++)
                if (f->pairs[p].has[i][k])
                    buf_printf(&sql, "INSERT INTO \"%s\" VALUES (%d, %d);",
                               f->pairs[p].name, i, k);
    buf_append_char(&sql, '\0');
    database_world_sql(w, sql.ptr);
}

/* ---- Asking ------------------------------------------------------------- */

enum { MOST_EMBEDS = 3, MOST_DEPTH = 4 };

/* What of the target is wanted: rows whose n is such, in order of their keys,
 * a page of them. */
typedef struct wish {
    int way; /* or NOTHING: the whole query */
    int table;
    bool is_spread;
    int wanted; /* n; NOTHING: any */
    bool is_falling;
    int limit; /* NOTHING: all */
    int offset;
    int columns; /* how many of the table's are shown */
    struct wish *inner[MOST_EMBEDS];
    int inner_count;
} wish;

static int column_count(int at) {
    int count = 0;
    while (count < COLUMNS && TABLE_NAMES[at].columns[count] != NULL)
        count++;
    return count;
}

static bool is_to_one(const struct way *way) {
    return way->hop.kind == HOP_TO_PARENT ||
           (way->hop.kind == HOP_TO_CHILD && way->to == T_D);
}

static wish *make_wish(arena *a, dice *d, int way, int at, int depth) {
    wish *w = arena_new_array(a, wish, 1);
    *w = (wish){
        .way = way,
        .table = at,
        .is_spread = way != NOTHING && roll(d, 4) == 0,
        .wanted = roll(d, 3) == 0 ? roll(d, 3) : NOTHING,
        .is_falling = roll(d, 2) == 0,
        .limit = NOTHING,
        .columns = 1 + roll(d, column_count(at)),
    };
    if (way == NOTHING || !is_to_one(&WAYS[way])) {
        w->limit = roll(d, 3) == 0 ? roll(d, 4) : NOTHING;
        w->offset = roll(d, 4) == 0 ? roll(d, 3) : 0;
    }
    for (size_t i = 0; i < LENGTH(WAYS) && depth < MOST_DEPTH; i++)
        if (WAYS[i].from == at && w->inner_count < MOST_EMBEDS &&
            roll(d, 3) == 0)
            w->inner[w->inner_count++] =
                make_wish(a, d, (int)i, WAYS[i].to, depth + 1);
    return w;
}

static filter *n_is(const database_world *w, int at, int wanted) {
    return world_compare(w, world_field(w, TABLE_NAMES[at].name, "n"),
                         COMPARE_EQ, value_int(wanted));
}

static int key_count(int at) {
    return at == T_D ? 2 : 1;
}

static query make_query(const database_world *w, const wish *wanted);

static embed make_embed(const database_world *w, const wish *wanted) {
    embed e = related_to(w, HOPS, LENGTH(HOPS), WAYS[wanted->way].hop.name, "");
    e.is_spread = wanted->is_spread;
    e.query = make_query(w, wanted);
    e.keys = related_keys(w->a, &e.query);
    return e;
}

static query make_query(const database_world *w, const wish *wanted) {
    const char *name = TABLE_NAMES[wanted->table].name;
    query q = {.model = world_model(w, name),
               .limit =
                   wanted->limit == NOTHING ? QUERY_NO_LIMIT : wanted->limit,
               .offset = wanted->offset};
    query_column *columns = NULL;
    query_order *order = NULL;
    embed *embeds = NULL;
    for (int i = 0; i < wanted->columns; i++)
        ARENA_PUSH(w->a, columns, q.column_count,
                   query_column_of(world_field(
                       w, name, TABLE_NAMES[wanted->table].columns[i])));
    for (int i = 0; i < key_count(wanted->table); i++) {
        query_order by = {.field = world_field(
                              w, name, TABLE_NAMES[wanted->table].columns[i]),
                          .is_descending = wanted->is_falling};
        ARENA_PUSH(w->a, order, q.order_count, by);
    }
    for (int i = 0; i < wanted->inner_count; i++)
        ARENA_PUSH(w->a, embeds, q.embed_count,
                   make_embed(w, wanted->inner[i]));
    if (wanted->wanted != NOTHING)
        q.where = n_is(w, wanted->table, wanted->wanted);
    q.columns = columns;
    q.order = order;
    q.embeds = embeds;
    return q;
}

/* ---- Answering ---------------------------------------------------------- */

static bool are_equal(const int *from, const int *to, const int links[2][2],
                      int count) {
    for (int i = 0; i < count; i++)
        if (from[links[i][0]] == NOTHING ||
            from[links[i][0]] != to[links[i][1]])
            return false;
    return true;
}

/* How often the way leads from the one to the other. */
static int times(const facts *f, const struct way *way, int from, int to) {
    const int *origin = f->tables[way->from].rows[from];
    const int *target = f->tables[way->to].rows[to];
    if (way->hop.kind == HOP_JOIN_TABLE) {
        const pair_table *p = &f->pairs[way->pair];
        return p->from == way->from ? p->has[from][to] : p->has[to][from];
    }
    if (way->hop.kind != HOP_JUNCTION)
        return are_equal(origin, target, way->links, way->link_count);
    const table *junction = &f->tables[way->junction];
    int count = 0;
    for (int i = 0; i < junction->count; i++)
        count +=
            are_equal(origin, junction->rows[i], way->links, way->link_count) &&
            are_equal(junction->rows[i], target, way->onward,
                      way->onward_count);
    return count;
}

typedef struct found {
    int rows[MOST_ROWS * MOST_ROWS];
    int count;
} found;

static int n_of(const facts *f, int at, int row) {
    return f->tables[at].rows[row][at == T_D ? 2 : 1];
}

/* Rows are made in the order of their keys. */
static found find_rows(const facts *f, const wish *w, int from) {
    found all = {0};
    found page = {0};
    int count = f->tables[w->table].count;
    for (int i = 0; i < count; i++) {
        int row = w->is_falling ? count - 1 - i : i;
        if (w->wanted != NOTHING && n_of(f, w->table, row) != w->wanted)
            continue;
        int often = w->way == NOTHING ? 1 : times(f, &WAYS[w->way], from, row);
        for (int k = 0; k < often; k++)
            all.rows[all.count++] = row;
    }
    for (int i = w->offset; i < all.count; i++)
        if (w->limit == NOTHING || i < w->offset + w->limit)
            page.rows[page.count++] = all.rows[i];
    return page;
}

typedef struct cells {
    str *names;
    str *list;
    size_t count;
} cells;

static void add(arena *a, cells *c, str name, str text) {
    size_t count = c->count;
    ARENA_PUSH(a, c->names, count, name);
    ARENA_PUSH(a, c->list, c->count, text);
}

static cells cells_of(arena *a, const facts *f, const wish *w, int row);

static str object_of(arena *a, const facts *f, const wish *w, int row) {
    cells c = cells_of(a, f, w, row);
    str text = STR("{");
    for (size_t i = 0; i < c.count; i++)
        text = arena_printf(a, "%.*s%s\"%.*s\":%.*s", STR_ARG(text),
                            i > 0 ? "," : "", STR_ARG(c.names[i]),
                            STR_ARG(c.list[i]));
    return arena_printf(a, "%.*s}", STR_ARG(text));
}

/* The names of the cells, whether or not there is a row. */
static cells no_cells(arena *a, const wish *w) {
    cells c = {0};
    for (int i = 0; i < w->columns; i++)
        add(a, &c, str_of(TABLE_NAMES[w->table].columns[i]), STR("null"));
    for (int i = 0; i < w->inner_count; i++) {
        const wish *inner = w->inner[i];
        cells more = no_cells(a, inner);
        for (size_t k = 0; inner->is_spread && k < more.count; k++)
            add(a, &c, more.names[k], STR("null"));
        if (!inner->is_spread)
            add(a, &c, str_of(WAYS[inner->way].hop.name), STR("null"));
    }
    return c;
}

static str join(arena *a, str text, str item) {
    return arena_printf(a, "%.*s%s%.*s", STR_ARG(text), text.len > 1 ? "," : "",
                        STR_ARG(item));
}

static void add_many(arena *a, cells *c, const facts *f, const wish *w,
                     const found *rows) {
    cells names = no_cells(a, w);
    for (size_t k = 0; w->is_spread && k < names.count; k++) {
        str list = STR("[");
        for (int i = 0; i < rows->count; i++) {
            cells one = cells_of(a, f, w, rows->rows[i]);
            ASSERT(one.list != NULL && k < one.count);
            list = join(a, list, one.list[k]);
        }
        add(a, c, names.names[k], arena_printf(a, "%.*s]", STR_ARG(list)));
    }
    str list = STR("[");
    for (int i = 0; !w->is_spread && i < rows->count; i++)
        list = join(a, list, object_of(a, f, w, rows->rows[i]));
    if (!w->is_spread)
        add(a, c, str_of(WAYS[w->way].hop.name),
            arena_printf(a, "%.*s]", STR_ARG(list)));
}

static void add_one(arena *a, cells *c, const facts *f, const wish *w,
                    const found *rows) {
    cells lifted =
        rows->count > 0 ? cells_of(a, f, w, rows->rows[0]) : no_cells(a, w);
    for (size_t k = 0; w->is_spread && k < lifted.count; k++)
        add(a, c, lifted.names[k], lifted.list[k]);
    if (!w->is_spread)
        add(a, c, str_of(WAYS[w->way].hop.name),
            rows->count > 0 ? object_of(a, f, w, rows->rows[0]) : STR("null"));
}

static cells cells_of(arena *a, const facts *f, const wish *w, int row) {
    cells c = {0};
    for (int i = 0; i < w->columns; i++) {
        int cell = f->tables[w->table].rows[row][i];
        add(a, &c, str_of(TABLE_NAMES[w->table].columns[i]),
            cell == NOTHING ? STR("null") : arena_printf(a, "%d", cell));
    }
    for (int i = 0; i < w->inner_count; i++) {
        const wish *inner = w->inner[i];
        found rows = find_rows(f, inner, row);
        if (is_to_one(&WAYS[inner->way]))
            add_one(a, &c, f, inner, &rows);
        else
            add_many(a, &c, f, inner, &rows);
    }
    return c;
}

static str answer(arena *a, const facts *f, const wish *w) {
    found rows = find_rows(f, w, 0);
    str text = {0};
    for (int i = 0; i < rows.count; i++) {
        cells c = cells_of(a, f, w, rows.rows[i]);
        for (size_t k = 0; k < c.count; k++)
            text = arena_printf(a, "%.*s%s%.*s", STR_ARG(text),
                                k > 0   ? "|"
                                : i > 0 ? ";"
                                        : "",
                                STR_ARG(c.list[k]));
    }
    return text;
}

/* ---- Both --------------------------------------------------------------- */

typedef struct reading {
    database_world *w;
    query q;
    str rows;
} reading;

static err *run_reading(void *argument) {
    reading *r = argument;
    return world_read(r->w, &r->q, &r->rows, NULL);
}

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

static void any_tree_is_what_a_naive_reader_sees(void **state) {
    enum { WORLDS = 20, QUESTIONS = 20 };
    database_world *w = world_here(state);
    for (size_t i = 0; i < LENGTH(WAYS); i++)
        HOPS[i] = WAYS[i].hop;
    dice d = {rand_seeded(7)};
    facts *f = arena_new_array(w->a, facts, 1);
    for (int i = 0; i < WORLDS; i++) {
        make_facts(&d, f);
        store(w, f);
        for (int k = 0; k < QUESTIONS; k++) {
            const wish *wanted =
                make_wish(w->a, &d, NOTHING, roll(&d, TABLES), 0);
            reading r = {.w = w, .q = make_query(w, wanted)};
            expect_ok(database_world_run(w, run_reading, &r));
            expect_str(world_compact(w, r.rows), answer(w->a, f, wanted));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(any_tree_is_what_a_naive_reader_sees, setup, teardown),
    };
    return cmocka_run_group_tests_name("database/embed_random", tests, NULL,
                                       NULL);
}
