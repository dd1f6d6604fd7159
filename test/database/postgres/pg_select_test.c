/* What a query is on PostgreSQL: its text, and what the database answers. */
#include "database/postgres/pg_select.h"

#include "database/sql.h"
#include "test/support/statement_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "enum Status {\n"
    "  TODO\n"
    "  DOING @map(\"in-work\")\n"
    "  DONE\n"
    "}\n"
    "model Project {\n"
    "  id      Int      @id\n"
    "  name    String\n"
    "  budget  Decimal? @db.Decimal(10, 2)\n"
    "  tasks   Task[]\n"
    "  members Member[]\n"
    "  parentId Int?    @map(\"parent_id\")\n"
    "  parent  Project? @relation(\"tree\", fields: [parentId], references:"
    " [id])\n"
    "  parts   Project[] @relation(\"tree\")\n"
    "  plan    Plan?\n"
    "}\n"
    "model Plan {\n"
    "  id   Int    @id\n"
    "  text String\n"
    "  projectId Int @unique\n"
    "  project Project @relation(fields: [projectId], references: [id])\n"
    "}\n"
    "model Person {\n"
    "  id      Int      @id\n"
    "  name    String   @db.VarChar(40)\n"
    "  members Member[]\n"
    "  tasks   Task[]\n"
    "}\n"
    "model Member {\n"
    "  projectId Int\n"
    "  personId  Int\n"
    "  role      String\n"
    "  project   Project @relation(fields: [projectId], references: [id])\n"
    "  person    Person  @relation(fields: [personId], references: [id])\n"
    "  @@id([projectId, personId])\n"
    "}\n"
    "model Tag {\n"
    "  id    Int    @id\n"
    "  label String @unique\n"
    "  tasks Task[]\n"
    "}\n"
    "model Task {\n"
    "  id        Int       @id\n"
    "  title     String\n"
    "  status    Status    @default(TODO)\n"
    "  points    Int?\n"
    "  isOpen    Boolean?\n"
    "  due       DateTime?\n"
    "  labels    String[]\n"
    "  data      Json?\n"
    "  projectId Int\n"
    "  project   Project   @relation(fields: [projectId], references: [id])\n"
    "  ownerId   Int?\n"
    "  owner     Person?   @relation(fields: [ownerId], references: [id])\n"
    "  tags      Tag[]\n"
    "}\n";

static const char ROWS[] =
    "INSERT INTO \"Project\" (id, name, budget, parent_id) VALUES"
    " (1, 'Alpha', 10.50, NULL), (2, 'Beta', NULL, 1), (3, 'Gamma', 7, 1);"
    "INSERT INTO \"Plan\" VALUES (1, 'first', 1);"
    "INSERT INTO \"Person\" VALUES (1, 'Ann'), (2, 'Bob');"
    "INSERT INTO \"Member\" VALUES (1, 1, 'lead'), (1, 2, 'dev'), (2, 2,"
    " 'lead');"
    "INSERT INTO \"Tag\" VALUES (1, 'red'), (2, 'blue');"
    "INSERT INTO \"Task\" (id, title, status, points, \"isOpen\", due, labels,"
    " data, \"projectId\", \"ownerId\") VALUES"
    " (1, 'cut 100%', 'TODO', 3, true, '2024-01-31 12:00:00.12', '{a,b}',"
    "  '{\"a\": {\"b\": [10, 20]}, \"n\": \"7\"}', 1, 1),"
    " (2, 'Paste', 'in-work', NULL, false, '2024-02-01', '{b}', '[1, 2]', 1,"
    "  2),"
    " (3, 'rats run', 'DONE', 5, NULL, NULL, '{}', NULL, 2, NULL),"
    " (4, 'the cat', 'DONE', 8, true, '2023-01-01', '{a,\"c d\"}', '{}', 1,"
    "  1);"
    "INSERT INTO \"_TagToTask\" VALUES (1, 1), (2, 1), (1, 3);";

static statement_world *begin(void **state) {
    statement_world *w = statement_world_open(*state, SCHEMA);
    postgres_world_sql(w->postgres, ROWS);
    return w;
}

static query_order *by(const statement_world *w, const char *table,
                       const char *column) {
    query_order *o = arena_new_array(w->a, query_order, 1);
    o->field = world_field(&w->trees, table, column);
    return o;
}

static query ordered(const statement_world *w, const char *table,
                     const char *columns, const char *order) {
    query q = world_query(&w->trees, table, columns);
    q.order = by(w, table, order);
    q.order_count = 1;
    return q;
}

/* ---- Text --------------------------------------------------------------- */

static void names_and_casts_everything(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = ordered(w, "Task", "id labels", "points");
    filter *f =
        world_compare(&w->trees, world_field(&w->trees, "Task", "status"),
                      COMPARE_EQ, value_text("in-work"));
    query_order order = {.field = world_field(&w->trees, "Task", "points"),
                         .is_descending = true};
    q.order = &order;
    q.where = f;
    q.limit = 2;
    q.offset = 1;
    expect_str(
        statement_world_select_sql(w, &q),
        STR("SELECT t0.\"id\", to_json(t0.\"labels\") FROM \"Task\" AS t0 WHERE"
            " t0.\"status\" = $1::\"Status\" ORDER BY t0.\"points\" DESC NULLS "
            "LAST"
            " LIMIT $2::bigint OFFSET $3::bigint"));
}

static void embeds_are_selects_of_their_own(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = world_query(&w->trees, "Project", "id");
    embed e = world_embed(w, q.model, "tasks", "title");
    e.query.limit = 3;
    q.embeds = &e;
    q.embed_count = 1;
    expect_str(
        statement_world_select_sql(w, &q),
        STR("SELECT t0.\"id\", (SELECT coalesce(json_agg(row_to_json(t2.*)),"
            " '[]') FROM (SELECT t3.\"title\" AS \"title\" FROM"
            " \"Task\" AS t3 WHERE t3.\"projectId\" = t0.\"id\" LIMIT 3) AS"
            " t2) FROM \"Project\" AS t0"));
}

static void keys_that_are_no_names_are_bound(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = world_query(&w->trees, "Project", "id");
    embed e = world_embed(w, q.model, "tasks", "");
    query_column column = {.field = world_field(&w->trees, "Task", "title"),
                           .name = STR("what")};
    e.query.columns = &column;
    e.query.column_count = 1;
    q.embeds = &e;
    q.embed_count = 1;
    expect_str(
        statement_world_select_sql(w, &q),
        STR("SELECT t0.\"id\", (SELECT coalesce(json_agg(json_build_object("
            "$1::text, t2.c0)), '[]') FROM (SELECT t3.\"title\" AS c0 FROM"
            " \"Task\" AS t3 WHERE t3.\"projectId\" = t0.\"id\") AS t2)"
            " FROM \"Project\" AS t0"));
}

/* ---- Limits ------------------------------------------------------------- */

static str shape_of(const statement_world *w, const query *q) {
    CLEANUP(buf_free) buf shape = buf_new(1024);
    pg_select_write_shape(&shape, q);
    return arena_copy(w->a, buf_str(&shape));
}

static bool has_limit_as_text(statement_world *w, const query *q) {
    query other = *q;
    other.limit = q->limit + 1;
    str text = arena_printf(w->a, " LIMIT %d", (int)q->limit);
    str sql = statement_world_select_sql(w, q);
    bool is_text = str_contains(sql, text);
    assert_true(is_text != str_contains(sql, STR("::bigint")));
    assert_true(is_text != str_equal(shape_of(w, q), shape_of(w, &other)));
    return is_text;
}

static void limits_are_text_where_no_value_makes_another_plan_better(
    void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    static const struct {
        const char *column;
        compare_op op;
        const char *order;
        bool is_text;
    } CASES[] = {
        {NULL, COMPARE_EQ, "title", true},
        {"id", COMPARE_GT, "id", true},
        {"points", COMPARE_LTE, "points", true},
        {"id", COMPARE_EQ, "title", true},
        {"id", COMPARE_GT, "title", false},
        {"points", COMPARE_EQ, "points", false},
        {"id", COMPARE_NEQ, "id", false},
        {"projectId", COMPARE_EQ, "id", false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        query q = ordered(w, "Task", "id", CASES[i].order);
        q.limit = 2;
        if (CASES[i].column != NULL)
            q.where = world_compare(
                &w->trees, world_field(&w->trees, "Task", CASES[i].column),
                CASES[i].op, value_int(1));
        assert_int_equal(has_limit_as_text(w, &q), CASES[i].is_text);
        q.limit = 1001;
        assert_false(has_limit_as_text(w, &q));
        q.limit = 2;
        q.offset = 1;
        assert_false(has_limit_as_text(w, &q));
    }
}

static void a_filter_of_an_embed_is_enough_to_bind_limits(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = ordered(w, "Project", "id", "id");
    embed e = world_embed(w, q.model, "tasks", "title");
    q.limit = 2;
    q.embeds = &e;
    q.embed_count = 1;
    assert_true(has_limit_as_text(w, &q));
    e.query.where =
        world_compare(&w->trees, world_field(&w->trees, "Task", "points"),
                      COMPARE_EQ, value_int(1));
    assert_false(has_limit_as_text(w, &q));
}

/* ---- Filters ------------------------------------------------------------ */

typedef struct example {
    const char *name;
    filter f;
    const char *ids; /* of the tasks that pass */
} example;

static str ids_of(statement_world *w, const filter *f) {
    query q = ordered(w, "Task", "id", "id");
    q.where = f;
    str rows = statement_world_read(w, &q);
    str ids = {0};
    for (size_t i = 0; i < rows.len; i++)
        if (rows.ptr[i] >= '0' && rows.ptr[i] <= '9')
            ids = arena_printf(w->a, "%.*s%c", STR_ARG(ids), rows.ptr[i]);
    return ids;
}

static void expect_examples(statement_world *w, const example *examples,
                            size_t count) {
    for (size_t i = 0; i < count; i++) {
        print_message("%s\n", examples[i].name);
        expect_str(ids_of(w, &examples[i].f), str_of(examples[i].ids));
        query counted = world_query(&w->trees, "Task", "id");
        counted.where = &examples[i].f;
        assert_int_equal(statement_world_count(w, &counted),
                         strlen(examples[i].ids));
    }
}

static void filters_as_sql_does(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const database_world *t = &w->trees;
    const field *title = world_field(t, "Task", "title");
    const field *points = world_field(t, "Task", "points");
    const field *status = world_field(t, "Task", "status");
    const field *open = world_field(t, "Task", "isOpen");
    const field *due = world_field(t, "Task", "due");
    const field *labels = world_field(t, "Task", "labels");
    const field *data = world_field(t, "Task", "data");
    const value few[] = {value_int(3), value_int(8), value_null()};
    const value states[] = {value_text("DONE"), value_text("TODO")};
    const value lists[] = {value_text("[\"b\"]"),
                           value_text("[\"a\",\"c d\"]")};
    const filter *both[] = {&(filter){.kind = FILTER_IS,
                                      .field = points,
                                      .what = IS_NULL,
                                      .is_negated = true},
                            &(filter){.kind = FILTER_COMPARE,
                                      .field = points,
                                      .op = COMPARE_LT,
                                      .value = value_int(8)}};
    const example EXAMPLES[] = {
        {"lt",
         {.kind = FILTER_COMPARE,
          .field = points,
          .op = COMPARE_LT,
          .value = value_int(8)},
         "13"},
        {"not lt leaves out null",
         {.kind = FILTER_COMPARE,
          .field = points,
          .op = COMPARE_LT,
          .value = value_int(8),
          .is_negated = true},
         "4"},
        {"like with an escape",
         {.kind = FILTER_LIKE,
          .field = title,
          .is_case_sensitive = true,
          .value = value_text("%100\\%")},
         "1"},
        {"ilike",
         {.kind = FILTER_LIKE, .field = title, .value = value_text("pA%")},
         "2"},
        {"like of an enum",
         {.kind = FILTER_LIKE,
          .field = status,
          .is_case_sensitive = true,
          .value = value_text("DO%")},
         "34"},
        {"in",
         {.kind = FILTER_IN, .field = points, .values = few, .value_count = 3},
         "14"},
        {"in nothing", {.kind = FILTER_IN, .field = points}, ""},
        {"not in nothing",
         {.kind = FILTER_IN, .field = points, .is_negated = true},
         "1234"},
        {"in of an enum",
         {.kind = FILTER_IN,
          .field = status,
          .values = states,
          .value_count = 2},
         "134"},
        {"in of lists",
         {.kind = FILTER_IN,
          .field = labels,
          .values = lists,
          .value_count = 2},
         "24"},
        {"is null", {.kind = FILTER_IS, .field = points}, "2"},
        {"is true", {.kind = FILTER_IS, .field = open, .what = IS_TRUE}, "14"},
        {"is not true",
         {.kind = FILTER_IS,
          .field = open,
          .what = IS_TRUE,
          .is_negated = true},
         "23"},
        {"is false", {.kind = FILTER_IS, .field = open, .what = IS_FALSE}, "2"},
        {"is unknown",
         {.kind = FILTER_IS, .field = open, .what = IS_UNKNOWN},
         "3"},
        {"time",
         {.kind = FILTER_COMPARE,
          .field = due,
          .op = COMPARE_EQ,
          .value = value_text("2024-01-31T12:00:00.120+00:00")},
         "1"},
        {"contains",
         {.kind = FILTER_LIST,
          .field = labels,
          .list = LIST_CONTAINS,
          .value = value_text("[\"a\"]")},
         "14"},
        {"is contained",
         {.kind = FILTER_LIST,
          .field = labels,
          .list = LIST_IS_CONTAINED,
          .value = value_text("[\"a\",\"b\"]")},
         "123"},
        {"overlaps",
         {.kind = FILTER_LIST,
          .field = labels,
          .list = LIST_OVERLAPS,
          .value = value_text("[\"c d\",\"b\"]")},
         "124"},
        {"JSON contains",
         {.kind = FILTER_LIST,
          .field = data,
          .list = LIST_CONTAINS,
          .value = value_text("{\"n\":\"7\"}")},
         "1"},
        {"equal lists",
         {.kind = FILTER_COMPARE,
          .field = labels,
          .op = COMPARE_EQ,
          .value = value_text("[]")},
         "3"},
        {"match",
         {.kind = FILTER_MATCH,
          .field = title,
          .is_case_sensitive = true,
          .value = value_text("^[a-z]+ [a-z]+$")},
         "34"},
        {"match of any case",
         {.kind = FILTER_MATCH, .field = title, .value = value_text("^p")},
         "2"},
        {"search",
         {.kind = FILTER_SEARCH,
          .field = title,
          .search_configuration = STR("english"),
          .value = value_text("rat | cats")},
         "34"},
        {"search of plain words",
         {.kind = FILTER_SEARCH,
          .field = title,
          .search = SEARCH_PLAIN,
          .value = value_text("the cat")},
         "4"},
        {"search of a phrase",
         {.kind = FILTER_SEARCH,
          .field = title,
          .search = SEARCH_PHRASE,
          .value = value_text("rats run")},
         "3"},
        {"search as on the web",
         {.kind = FILTER_SEARCH,
          .field = title,
          .search = SEARCH_WEB,
          .search_configuration = STR("simple"),
          .value = value_text("cat or paste -rats")},
         "24"},
        {"search of JSON",
         {.kind = FILTER_SEARCH, .field = data, .value = value_text("7")},
         "1"},
        {"all", {.kind = FILTER_ALL, .children = both, .child_count = 2}, "13"},
        {"any",
         {.kind = FILTER_ANY, .children = both, .child_count = 2},
         "134"},
        {"all of nothing", {.kind = FILTER_ALL}, "1234"},
        {"any of nothing", {.kind = FILTER_ANY}, ""},
    };
    expect_examples(w, EXAMPLES, sizeof EXAMPLES / sizeof *EXAMPLES);
}

static derivation path(statement_world *w, const json_step *steps, size_t count,
                       bool is_text, cast_type cast, scalar_type result) {
    derivation d = {
        .steps = steps, .step_count = count, .is_text = is_text, .cast = cast};
    d.result = *world_field(&w->trees, "Task", "data");
    d.result.native = (native_type){0};
    d.result.scalar = result;
    return d;
}

static void filters_what_is_inside_of_json(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const field *data = world_field(&w->trees, "Task", "data");
    const json_step ab[] = {
        {.key = STR("a")}, {.key = STR("b")}, {.is_index = true, .index = -1}};
    const json_step n[] = {{.key = STR("n")}};
    derivation last = path(w, ab, 3, false, CAST_NONE, SCALAR_JSON);
    derivation text = path(w, n, 1, true, CAST_NONE, SCALAR_STRING);
    derivation number = path(w, n, 1, true, CAST_INT4, SCALAR_INT);
    const example EXAMPLES[] = {
        {"a path",
         {.kind = FILTER_COMPARE,
          .field = data,
          .derivation = &last,
          .value = value_text("20")},
         "1"},
        {"text",
         {.kind = FILTER_COMPARE,
          .field = data,
          .derivation = &text,
          .value = value_text("7")},
         "1"},
        {"a cast",
         {.kind = FILTER_COMPARE,
          .field = data,
          .derivation = &number,
          .op = COMPARE_LT,
          .value = value_int(10)},
         "1"},
        {"null",
         {.kind = FILTER_IS, .field = data, .derivation = &text},
         "234"},
    };
    expect_examples(w, EXAMPLES, sizeof EXAMPLES / sizeof *EXAMPLES);
}

static void filters_by_related_rows(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const database_world *t = &w->trees;
    const model *task = world_model(t, "Task");
    embed owner = world_embed(w, task, "owner", "id");
    owner.query.where = world_compare(t, world_field(t, "Person", "name"),
                                      COMPARE_EQ, value_text("Ann"));
    embed tags = world_embed(w, task, "tags", "id");
    embed project = world_embed(w, task, "project", "id");
    embed members = world_embed(w, project.query.model, "members", "role");
    members.query.where = world_compare(t, world_field(t, "Member", "personId"),
                                        COMPARE_EQ, value_int(1));
    project.query.where = arena_new_array(w->a, filter, 1);
    *(filter *)(uintptr_t)project.query.where =
        (filter){.kind = FILTER_EXISTS, .related = &members};
    const example EXAMPLES[] = {
        {"a parent", {.kind = FILTER_EXISTS, .related = &owner}, "14"},
        {"none",
         {.kind = FILTER_EXISTS, .related = &tags, .is_negated = true},
         "24"},
        {"many", {.kind = FILTER_EXISTS, .related = &tags}, "13"},
        {"deep", {.kind = FILTER_EXISTS, .related = &project}, "124"},
    };
    expect_examples(w, EXAMPLES, sizeof EXAMPLES / sizeof *EXAMPLES);
}

/* ---- Related rows ------------------------------------------------------- */

static void embeds_along_every_kind_of_hop(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = ordered(w, "Project", "id", "id");
    embed people = {
        .hop = {.kind = HOP_JUNCTION,
                .relation = world_hop(q.model, "members").relation,
                .onward = world_hop(world_model(&w->trees, "Member"), "person")
                              .relation},
        .query = ordered(w, "Person", "name", "id"),
        .name = STR("people"),
    };
    people.hop.junction_where =
        world_compare(&w->trees, world_field(&w->trees, "Member", "role"),
                      COMPARE_EQ, value_text("lead"));
    embed tasks = world_embed(w, q.model, "tasks", "title due labels data");
    tasks.query.order = by(w, "Task", "id");
    tasks.query.order_count = 1;
    tasks.query.limit = 1;
    embed tags = world_embed(w, tasks.query.model, "tags", "label");
    tags.query.order = by(w, "Tag", "id");
    tags.query.order_count = 1;
    tasks.query.embeds = &tags;
    tasks.query.embed_count = 1;
    const embed embeds[] = {world_embed(w, q.model, "parent", "name"),
                            world_embed(w, q.model, "plan", "text"), people,
                            tasks};
    q.embeds = embeds;
    q.embed_count = 4;
    expect_str(
        statement_world_read(w, &q),
        STR("{\"id\":1,\"parent\":null,"
            "\"plan\":{\"text\":\"first\"},"
            "\"people\":[{\"name\":\"Ann\"}],"
            "\"tasks\":[{\"title\" : \"cut 100%\", \"due\" :"
            " \"2024-01-31T12:00:00.12+00:00\", \"labels\" : [\"a\",\"b\"],"
            " \"data\" : {\"a\": {\"b\": [10, 20]}, \"n\": \"7\"}, \"tags\" :"
            " [{\"label\":\"red\"}, {\"label\":\"blue\"}]}]};"
            "{\"id\":2,\"parent\":{\"name\":\"Alpha\"},\"plan\":null,"
            "\"people\":[{\"name\":\"Bob\"}],\"tasks\":[{\"title\" : \"rats"
            " run\", \"due\" : null, \"labels\" : [], \"data\" : null,"
            " \"tags\" : [{\"label\":\"red\"}]}]};"
            "{\"id\":3,\"parent\":{\"name\":\"Alpha\"},\"plan\":null,"
            "\"people\":[],\"tasks\":[]}"));
}

static void spreads_become_cells(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = ordered(w, "Task", "id", "id");
    embed project = world_embed(w, q.model, "project", "name budget");
    project.is_spread = true;
    embed parent = world_embed(w, project.query.model, "parent", "id");
    parent.is_spread = true;
    embed tags = world_embed(w, q.model, "tags", "label");
    tags.is_spread = true;
    tags.query.order = by(w, "Tag", "label");
    tags.query.order_count = 1;
    project.query.embeds = &parent;
    project.query.embed_count = 1;
    const embed embeds[] = {project, tags};
    q.embeds = embeds;
    q.embed_count = 2;
    q.limit = 3;
    expect_str(statement_world_read(w, &q),
               STR("{\"id\":1,\"name\":\"Alpha\",\"budget\":10.50,\"id\":null,"
                   "\"label\":[\"blue\", \"red\"]};"
                   "{\"id\":2,\"name\":\"Alpha\",\"budget\":10.50,\"id\":null,"
                   "\"label\":[]};"
                   "{\"id\":3,\"name\":\"Beta\",\"budget\":null,\"id\":1,"
                   "\"label\":[\"red\"]}"));
}

static void spreads_stand_inside_of_embeds(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = ordered(w, "Project", "id", "id");
    embed tasks = world_embed(w, q.model, "tasks", "id");
    tasks.query.order = by(w, "Task", "id");
    tasks.query.order_count = 1;
    embed owner = world_embed(w, tasks.query.model, "owner", "name");
    owner.is_spread = true;
    embed tags = world_embed(w, tasks.query.model, "tags", "label");
    tags.is_spread = true;
    const embed inner[] = {owner, tags};
    tasks.query.embeds = inner;
    tasks.query.embed_count = 2;
    q.embeds = &tasks;
    q.embed_count = 1;
    q.limit = 2;
    expect_str(
        statement_world_read(w, &q),
        STR("{\"id\":1,\"tasks\":[{\"id\":1,\"name\":\"Ann\",\"label\":"
            "[\"red\", \"blue\"]}, {\"id\":2,\"name\":\"Bob\",\"label\":[]}, "
            "{\"id\":4,\"name\":\"Ann\",\"label\":[]}]};"
            "{\"id\":2,\"tasks\":[{\"id\":3,\"name\":null,\"label\":[\"red\"]}]"
            "}"));
}

static void orders_by_what_is_related(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = world_query(&w->trees, "Task", "id");
    embed owner = world_embed(w, q.model, "owner", "id");
    const query_order order[] = {
        {.field = world_field(&w->trees, "Person", "name"),
         .is_descending = true,
         .related = &owner},
        {.field = world_field(&w->trees, "Task", "id"), .is_descending = true},
    };
    q.order = order;
    q.order_count = 2;
    expect_str(statement_world_read(w, &q),
               STR("{\"id\":2};{\"id\":4};{\"id\":1};{\"id\":3}"));
}

/* ---- Groups ------------------------------------------------------------- */

static derivation aggregate_of(const field *f, aggregate what,
                               scalar_type result) {
    derivation d = {.aggregate = what, .result = *f};
    d.result.kind = FIELD_SCALAR;
    d.result.scalar = result;
    d.result.native = (native_type){0};
    return d;
}

static void groups_by_what_is_no_aggregate(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const field *points = world_field(&w->trees, "Task", "points");
    const field *status = world_field(&w->trees, "Task", "status");
    derivation sum = aggregate_of(points, AGGREGATE_SUM, SCALAR_BIGINT);
    derivation rows = aggregate_of(points, AGGREGATE_ROWS, SCALAR_BIGINT);
    derivation average = aggregate_of(points, AGGREGATE_AVG, SCALAR_STRING);
    average.outer_cast = CAST_INT4;
    average.result.scalar = SCALAR_INT;
    const query_column columns[] = {
        {.field = status, .name = STR("status")},
        {.field = points, .name = STR("sum"), .derivation = &sum},
        {.field = points, .name = STR("avg"), .derivation = &average},
        {.field = points, .name = STR("count"), .derivation = &rows},
    };
    query_order order = {.field = status};
    query q = {
        .model = status->model,
        .columns = columns,
        .column_count = 4,
        .order = &order,
        .order_count = 1,
        .limit = QUERY_NO_LIMIT,
        .is_grouped = true,
    };
    expect_str(
        statement_world_read(w, &q),
        STR("{\"status\":\"TODO\",\"sum\":3,\"avg\":3,\"count\":1};"
            "{\"status\":\"in-work\",\"sum\":null,\"avg\":null,\"count\":1};"
            "{\"status\":\"DONE\",\"sum\":13,\"avg\":7,\"count\":2}"));
}

static void groups_by_places_in_json(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const field *data = world_field(&w->trees, "Task", "data");
    const json_step n[] = {{.key = STR("n")}};
    derivation text = path(w, n, 1, true, CAST_NONE, SCALAR_STRING);
    derivation rows = aggregate_of(data, AGGREGATE_ROWS, SCALAR_BIGINT);
    const query_column columns[] = {
        {.field = data, .name = STR("n"), .derivation = &text},
        {.field = data, .name = STR("count"), .derivation = &rows},
    };
    query_order order = {.field = data, .derivation = &text};
    query q = {
        .model = data->model,
        .columns = columns,
        .column_count = 2,
        .order = &order,
        .order_count = 1,
        .limit = QUERY_NO_LIMIT,
        .is_grouped = true,
    };
    expect_str(statement_world_read(w, &q),
               STR("{\"n\":\"7\",\"count\":1};{\"n\":null,\"count\":3}"));
}

static void groups_inside_of_embeds_and_by_spreads(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const field *points = world_field(&w->trees, "Task", "points");
    derivation sum = aggregate_of(points, AGGREGATE_SUM, SCALAR_BIGINT);
    query q = ordered(w, "Project", "id", "id");
    embed tasks = world_embed(w, q.model, "tasks", "points");
    const query_column summed = {
        .field = points, .name = STR("sum"), .derivation = &sum};
    tasks.query.columns = &summed;
    tasks.query.is_grouped = true;
    q.embeds = &tasks;
    q.embed_count = 1;
    q.limit = 2;
    expect_str(statement_world_read(w, &q),
               STR("{\"id\":1,\"tasks\":[{\"sum\" : 11}]};"
                   "{\"id\":2,\"tasks\":[{\"sum\" : 5}]}"));

    query by_project = world_query(&w->trees, "Task", "points");
    embed project = world_embed(w, by_project.model, "project", "name");
    project.is_spread = true;
    embed parent = world_embed(w, by_project.model, "project", "name");
    const embed embeds[] = {project, parent};
    by_project.columns = &summed;
    by_project.embeds = embeds;
    by_project.embed_count = 2;
    by_project.is_grouped = true;
    by_project.where =
        world_compare(&w->trees, points, COMPARE_LT, value_int(5));
    expect_str(statement_world_read(w, &by_project),
               STR("{\"sum\":3,\"name\":\"Alpha\",\"project\":{\"name\":"
                   " \"Alpha\"}}"));
}

/* ---- Limits of PostgreSQL ----------------------------------------------- */

static void objects_may_have_many_members(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    query q = world_query(&w->trees, "Plan", "id");
    embed project = world_embed(w, q.model, "project", "id");
    query_column columns[120];
    for (size_t i = 0; i < 120; i++)
        columns[i] = (query_column){
            .field = world_field(&w->trees, "Project", "name"),
            .name = arena_printf(w->a,
                                 "a name longer than PostgreSQL's limit "
                                 "of 63 bytes for identifiers \" %zu",
                                 i),
        };
    project.query.columns = columns;
    project.query.column_count = 120;
    q.embeds = &project;
    q.embed_count = 1;
    str rows = statement_world_read(w, &q);
    assert_true(str_contains(rows, STR("identifiers \\\" 0\" : \"Alpha\", \"a"
                                       " name longer")));
    assert_true(str_ends_with(rows, STR(" 119\" : \"Alpha\" }}")));
}

/* ---- Counts ------------------------------------------------------------- */

static void counts_plans_and_bounds(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    postgres_world_sql(w->postgres,
                       "INSERT INTO \"Tag\" SELECT n, n::text FROM"
                       " generate_series(10, 1009) n; ANALYZE \"Tag\"");
    query q = world_query(&w->trees, "Tag", "id");
    q.where = world_compare(&w->trees, world_field(&w->trees, "Tag", "id"),
                            COMPARE_GTE, value_int(10));
    assert_int_equal(statement_world_count(w, &q), 1000);
    q.total = TOTAL_ESTIMATED;
    q.total_bound = 99;
    assert_int_equal(statement_world_count(w, &q), 100);
    q.total = TOTAL_PLANNED;
    int64_t planned = statement_world_count(w, &q);
    assert_true(planned > 900 && planned < 1100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(names_and_casts_everything),
        TEST(embeds_are_selects_of_their_own),
        TEST(keys_that_are_no_names_are_bound),
        TEST(limits_are_text_where_no_value_makes_another_plan_better),
        TEST(a_filter_of_an_embed_is_enough_to_bind_limits),
        TEST(filters_as_sql_does),
        TEST(filters_what_is_inside_of_json),
        TEST(filters_by_related_rows),
        TEST(embeds_along_every_kind_of_hop),
        TEST(spreads_become_cells),
        TEST(spreads_stand_inside_of_embeds),
        TEST(orders_by_what_is_related),
        TEST(groups_by_what_is_no_aggregate),
        TEST(groups_by_places_in_json),
        TEST(groups_inside_of_embeds_and_by_spreads),
        TEST(objects_may_have_many_members),
        TEST(counts_plans_and_bounds),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_select", tests,
                                       NULL, NULL);
}
