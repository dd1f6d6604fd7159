/* Related rows: each kind of hop, as cells, spreads, filters and orders, at any
 * depth, on both engines. That they are the right ones of any rows is in
 * embed_random_test.c. */
#include "database/database.h"

#include "test/support/database_world.h"
#include "test/support/related.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Company {\n"
    "  land   String\n"
    "  number Int\n"
    "  name   String\n"
    "  people Person[]\n"
    "  @@id([land, number])\n"
    "}\n"
    "model Person {\n"
    "  id      Int      @id\n"
    "  name    String\n"
    "  price   Decimal?\n"
    "  land    String?\n"
    "  number  Int?\n"
    "  bossId  Int?\n"
    "  company Company? @relation(fields: [land, number],"
    " references: [land, number])\n"
    "  boss    Person?  @relation(\"boss\", fields: [bossId],"
    " references: [id])\n"
    "  reports Person[] @relation(\"boss\")\n"
    "  badge   Badge?\n"
    "  tags    Tag[]\n"
    "  clubs   Membership[]\n"
    "}\n"
    "model Badge {\n"
    "  id       Int    @id\n"
    "  color    String\n"
    "  personId Int    @unique\n"
    "  person   Person @relation(fields: [personId], references: [id])\n"
    "}\n"
    "model Tag {\n"
    "  id     Int      @id\n"
    "  label  String\n"
    "  people Person[]\n"
    "}\n"
    "model Club {\n"
    "  id      Int @id\n"
    "  title   String\n"
    "  members Membership[]\n"
    "}\n"
    "model Membership {\n"
    "  personId Int\n"
    "  clubId   Int\n"
    "  role     String\n"
    "  person   Person @relation(fields: [personId], references: [id])\n"
    "  club     Club   @relation(fields: [clubId], references: [id])\n"
    "  @@id([personId, clubId])\n"
    "}\n";

static const related_hop HOPS[] = {
    {"company", HOP_TO_PARENT, "Person", "company", NULL},
    {"people", HOP_TO_CHILD, "Person", "company", NULL},
    {"boss", HOP_TO_PARENT, "Person", "boss", NULL},
    {"reports", HOP_TO_CHILD, "Person", "boss", NULL},
    {"badge", HOP_TO_CHILD, "Badge", "person", NULL},
    {"owner", HOP_TO_PARENT, "Badge", "person", NULL},
    {"tags", HOP_JOIN_TABLE, "Person", "tags", NULL},
    {"tagged", HOP_JOIN_TABLE, "Tag", "people", NULL},
    {"clubs", HOP_JUNCTION, "Membership", "person", "club"},
    {"members", HOP_JUNCTION, "Membership", "club", "person"},
};

static const char ROWS[] =
    "INSERT INTO \"Company\" VALUES ('de', 1, 'acme'), ('de', 2, 'bolt'),"
    " ('fr', 1, 'chou');"
    "INSERT INTO \"Person\" (id, name, price, land, number, \"bossId\")"
    " VALUES (1, 'ann', 1.5, 'de', 1, NULL), (2, 'bob', NULL, 'de', 1, 1),"
    " (3, 'cid', 10, 'fr', 1, 1), (4, 'dan', 2.25, NULL, 1, 2);"
    "INSERT INTO \"Badge\" VALUES (7, 'red', 1), (8, 'blue', 3);"
    "INSERT INTO \"Tag\" VALUES (1, 'old'), (2, 'new');"
    "INSERT INTO \"_PersonToTag\" VALUES (1, 1), (1, 2), (2, 2);"
    "INSERT INTO \"Club\" VALUES (1, 'chess'), (2, 'golf');"
    "INSERT INTO \"Membership\" VALUES (1, 1, 'head'), (2, 1, 'none'),"
    " (1, 2, 'none');";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL)
        database_world_sql(w, ROWS);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define EMBED_TEST(fn) WORLD_TESTS(fn, setup, teardown)
#define LITE_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

typedef struct reading {
    database_world *w;
    query q;
    str rows;
    int64_t total;
    err *failure;
} reading;

static err *run_reading(void *argument) {
    reading *r = argument;
    r->failure = world_read(r->w, &r->q, &r->rows, &r->total);
    return NULL;
}

static reading read_query(database_world *w, query q) {
    reading r = {.w = w, .q = q};
    expect_ok(database_world_run(w, run_reading, &r));
    return r;
}

static query select_from(database_world *w, const char *table,
                         const char *select) {
    return related_query(w, HOPS, LENGTH(HOPS), table, select);
}

static str rows_of(database_world *w, query q) {
    reading r = read_query(w, q);
    expect_ok(r.failure);
    return world_compact(w, r.rows);
}

/* ---- Cells -------------------------------------------------------------- */

static void leads_from_each_row_to_what_is_related(void **state) {
    database_world *w = world_here(state);
    static const struct {
        const char *table;
        const char *select;
        str rows;
    } CASES[] = {
        {"Person", "id company(name)",
         STR_INIT("1|{\"name\":\"acme\"};2|{\"name\":\"acme\"};"
                  "3|{\"name\":\"chou\"};4|null")},
        {"Company", "name people(id)",
         STR_INIT("acme|[{\"id\":1},{\"id\":2}];bolt|[];chou|[{\"id\":3}]")},
        {"Person", "id boss(name)",
         STR_INIT("1|null;2|{\"name\":\"ann\"};3|{\"name\":\"ann\"};"
                  "4|{\"name\":\"bob\"}")},
        {"Person", "id reports(id)",
         STR_INIT("1|[{\"id\":2},{\"id\":3}];2|[{\"id\":4}];3|[];4|[]")},
        {"Person", "id badge(color)",
         STR_INIT("1|{\"color\":\"red\"};2|null;3|{\"color\":\"blue\"};"
                  "4|null")},
        {"Badge", "id owner(name price)",
         STR_INIT("7|{\"name\":\"ann\",\"price\":1.5};"
                  "8|{\"name\":\"cid\",\"price\":10}")},
        {"Person", "id tags(label)",
         STR_INIT("1|[{\"label\":\"old\"},{\"label\":\"new\"}];"
                  "2|[{\"label\":\"new\"}];3|[];4|[]")},
        {"Tag", "label tagged(id)",
         STR_INIT("old|[{\"id\":1}];new|[{\"id\":1},{\"id\":2}]")},
        {"Person", "id clubs(title)",
         STR_INIT("1|[{\"title\":\"chess\"},{\"title\":\"golf\"}];"
                  "2|[{\"title\":\"chess\"}];3|[];4|[]")},
        {"Club", "members(name) title",
         STR_INIT("chess|[{\"name\":\"ann\"},{\"name\":\"bob\"}];"
                  "golf|[{\"name\":\"ann\"}]")},
        /* Without columns. */
        {"Badge", "owner(id)", STR_INIT("{\"id\":1};{\"id\":3}")},
        {"Person", "id reports()", STR_INIT("1|[{},{}];2|[{}];3|[];4|[]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(rows_of(w, select_from(w, CASES[i].table, CASES[i].select)),
                   CASES[i].rows);
}

static void leads_on_to_any_depth(void **state) {
    database_world *w = world_here(state);
    expect_str(
        rows_of(w, select_from(w, "Company",
                               "name people(id boss(id) tags(tagged(id)))")),
        STR("acme|[{\"id\":1,\"boss\":null,\"tags\":[{\"tagged\":[{\"id\":1}]},"
            "{\"tagged\":[{\"id\":1},{\"id\":2}]}]},"
            "{\"id\":2,\"boss\":{\"id\":1},\"tags\":[{\"tagged\":[{\"id\":1},"
            "{\"id\":2}]}]}];bolt|[];"
            "chou|[{\"id\":3,\"boss\":{\"id\":1},\"tags\":[]}]"));
    expect_str(rows_of(w, select_from(w, "Person",
                                      "id reports(id reports(id reports(id)))"
                                      " boss(boss(boss(id)))")),
               STR("1|[{\"id\":2,\"reports\":[{\"id\":4,\"reports\":[]}]},"
                   "{\"id\":3,\"reports\":[]}]|null;"
                   "2|[{\"id\":4,\"reports\":[]}]|{\"boss\":null};"
                   "3|[]|{\"boss\":null};"
                   "4|[]|{\"boss\":{\"boss\":null}}"));
}

/* All at once, one inside the other, and again with what is cached by now. */
static void one_shape_may_be_at_work_several_times(void **state) {
    database_world *w = world_here(state);
    for (int i = 0; i < 3; i++)
        expect_str(
            rows_of(w, select_from(w, "Person",
                                   "id reports(id) reports(id) reports(id)"
                                   " boss(reports(id))")),
            STR("1|[{\"id\":2},{\"id\":3}]|[{\"id\":2},{\"id\":3}]|"
                "[{\"id\":2},{\"id\":3}]|null;"
                "2|[{\"id\":4}]|[{\"id\":4}]|[{\"id\":4}]|"
                "{\"reports\":[{\"id\":2},{\"id\":3}]};"
                "3|[]|[]|[]|{\"reports\":[{\"id\":2},{\"id\":3}]};"
                "4|[]|[]|[]|{\"reports\":[{\"id\":4}]}"));
}

static void spreads_become_cells_of_the_row(void **state) {
    database_world *w = world_here(state);
    static const struct {
        const char *table;
        const char *select;
        str rows;
    } CASES[] = {
        {"Person", "id ...company(name land)",
         STR_INIT("1|acme|de;2|acme|de;3|chou|fr;4|null|null")},
        {"Badge", "...owner(name ...company(name) price) color",
         STR_INIT("red|ann|1.5|acme;blue|cid|10|chou")},
        {"Person", "id ...reports(id name)",
         STR_INIT("1|[2,3]|[\"bob\",\"cid\"];2|[4]|[\"dan\"];3|[]|[];4|[]|[]")},
        {"Person", "id ...reports(price)",
         STR_INIT("1|[null,10];2|[2.25];3|[];4|[]")},
        {"Company", "name ...people(...badge(color) tags(label))",
         STR_INIT("acme|[\"red\",null]|[[{\"label\":\"old\"},"
                  "{\"label\":\"new\"}],[{\"label\":\"new\"}]];"
                  "bolt|[]|[];chou|[\"blue\"]|[[]]")},
        {"Company", "name people(id ...boss(name))",
         STR_INIT("acme|[{\"id\":1,\"name\":null},{\"id\":2,\"name\":\"ann\"}];"
                  "bolt|[];chou|[{\"id\":3,\"name\":\"ann\"}]")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(rows_of(w, select_from(w, CASES[i].table, CASES[i].select)),
                   CASES[i].rows);
}

/* ---- What of them ------------------------------------------------------- */

static void each_row_has_its_own_page_in_its_own_order(void **state) {
    database_world *w = world_here(state);
    query q = select_from(w, "Person", "id reports(id) tags(id)");
    embed *embeds = related_embeds(&q);
    query_order falling = {.field = world_field(w, "Person", "id"),
                           .is_descending = true};
    embeds[0].query.order = &falling;
    embeds[0].query.order_count = 1;
    embeds[0].query.limit = 1;
    embeds[1].query.limit = 1;
    embeds[1].query.offset = 1;
    expect_str(rows_of(w, q), STR("1|[{\"id\":3}]|[{\"id\":2}];"
                                  "2|[{\"id\":4}]|[];3|[]|[];4|[]|[]"));
}

static void a_filter_keeps_some_of_them(void **state) {
    database_world *w = world_here(state);
    query q = select_from(w, "Person", "id reports(id) boss(id) clubs(id)");
    embed *embeds = related_embeds(&q);
    embeds[0].query.where = world_compare(w, world_field(w, "Person", "name"),
                                          COMPARE_GT, value_text("bob"));
    embeds[1].query.where = world_compare(w, world_field(w, "Person", "name"),
                                          COMPARE_EQ, value_text("bob"));
    embeds[2].hop.junction_where =
        world_compare(w, world_field(w, "Membership", "role"), COMPARE_EQ,
                      value_text("head"));
    expect_str(rows_of(w, q),
               STR("1|[{\"id\":3}]|null|[{\"id\":1}];2|[{\"id\":4}]|null|[];"
                   "3|[]|null|[];4|[]|{\"id\":2}|[]"));
}

static str ids_where(database_world *w, const filter *f) {
    query q = select_from(w, "Person", "id");
    q.where = f;
    return rows_of(w, q);
}

static void a_filter_asks_for_what_is_related(void **state) {
    database_world *w = world_here(state);
    static const struct {
        const char *hop;
        const char *table; /* what must hold there, or NULL */
        const char *column;
        const char *value;
        str ids;
        str others;
    } CASES[] = {
        {"company", NULL, NULL, NULL, STR_INIT("1;2;3"), STR_INIT("4")},
        {"company", "Company", "name", "acme", STR_INIT("1;2"),
         STR_INIT("3;4")},
        {"reports", NULL, NULL, NULL, STR_INIT("1;2"), STR_INIT("3;4")},
        {"reports", "Person", "name", "dan", STR_INIT("2"), STR_INIT("1;3;4")},
        {"boss", "Person", "name", "ann", STR_INIT("2;3"), STR_INIT("1;4")},
        {"badge", "Badge", "color", "red", STR_INIT("1"), STR_INIT("2;3;4")},
        {"tags", NULL, NULL, NULL, STR_INIT("1;2"), STR_INIT("3;4")},
        {"tags", "Tag", "label", "old", STR_INIT("1"), STR_INIT("2;3;4")},
        {"clubs", "Club", "title", "chess", STR_INIT("1;2"), STR_INIT("3;4")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        embed related = related_to(w, HOPS, LENGTH(HOPS), CASES[i].hop, "");
        if (CASES[i].table != NULL)
            related.query.where = world_compare(
                w, world_field(w, CASES[i].table, CASES[i].column), COMPARE_EQ,
                value_text(CASES[i].value));
        filter f = {.kind = FILTER_EXISTS, .related = &related};
        expect_str(ids_where(w, &f), CASES[i].ids);
        f.is_negated = true;
        expect_str(ids_where(w, &f), CASES[i].others);
    }
}

static void such_filters_go_on_inside(void **state) {
    database_world *w = world_here(state);
    embed company = related_to(w, HOPS, LENGTH(HOPS), "company", "");
    company.query.where = world_compare(w, world_field(w, "Company", "land"),
                                        COMPARE_EQ, value_text("de"));
    filter in_germany = {.kind = FILTER_EXISTS, .related = &company};
    embed members = related_to(w, HOPS, LENGTH(HOPS), "members", "");
    filter has_boss = {.kind = FILTER_IS,
                       .what = IS_NULL,
                       .is_negated = true,
                       .field = world_field(w, "Person", "bossId")};
    const filter *both[] = {&in_germany, &has_boss};
    filter all = {.kind = FILTER_ALL, .children = both, .child_count = 2};
    members.query.where = &all;
    query q = select_from(w, "Club", "title");
    filter f = {.kind = FILTER_EXISTS, .related = &members};
    q.where = &f;
    q.wants_total = true;
    reading r = read_query(w, q);
    expect_ok(r.failure);
    expect_str(r.rows, STR("chess"));
    assert_int_equal(r.total, 1);
}

static void rows_are_ordered_by_what_they_lead_to(void **state) {
    database_world *w = world_here(state);
    embed boss = related_to(w, HOPS, LENGTH(HOPS), "boss", "");
    query_order order[] = {
        {.field = world_field(w, "Person", "price"), .related = &boss},
        {.field = world_field(w, "Person", "id"), .is_descending = true},
    };
    query q = select_from(w, "Person", "id");
    q.order = order;
    q.order_count = 2;
    expect_str(rows_of(w, q), STR("3;2;4;1"));
    order[0].are_nulls_first = true;
    expect_str(rows_of(w, q), STR("4;1;3;2"));
    order[0].is_descending = true;
    order[0].are_nulls_first = false;
    expect_str(rows_of(w, q), STR("3;2;4;1"));
}

/* ---- Groups ------------------------------------------------------------- */

/* The query's last column becomes count(); groups are as the planner leaves
 * them, without an order of their own columns. */
static query counting(database_world *w, query q) {
    query_column *columns = arena_new_array(w->a, query_column, q.column_count);
    derivation *rows = arena_new_array(w->a, derivation, 1);
    memcpy(columns, q.columns, q.column_count * sizeof *columns);
    query_column *last = &columns[q.column_count - 1];
    *rows = (derivation){.aggregate = AGGREGATE_ROWS, .result = *last->field};
    rows->result.scalar = SCALAR_BIGINT;
    last->derivation = rows;
    q.columns = columns;
    q.is_grouped = true;
    return q;
}

static void rows_are_grouped_by_what_they_lead_to(void **state) {
    database_world *w = world_here(state);
    static const struct {
        const char *select;
        str rows;
    } CASES[] = {
        {"id company(name)", STR_INIT("2|{\"name\":\"acme\"};"
                                      "1|{\"name\":\"chou\"};1|null")},
        {"id boss(company(name))",
         STR_INIT("3|{\"company\":{\"name\":\"acme\"}};1|null")},
        {"id tags(label)", STR_INIT("2|[];1|[{\"label\":\"new\"}];"
                                    "1|[{\"label\":\"old\"},"
                                    "{\"label\":\"new\"}]")},
        {"id ...company(land)", STR_INIT("2|de;1|fr;1|null")},
        {"id ...boss(badge(color))", STR_INIT("2|{\"color\":\"red\"};2|null")},
        {"id ...boss(...company(name))", STR_INIT("3|acme;1|null")},
        {"id ...reports(id name)",
         STR_INIT("2|[]|[];1|[4]|[\"dan\"];1|[2,3]|[\"bob\",\"cid\"]")},
    };
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < LENGTH(CASES); i++)
            expect_str(rows_of(w, counting(w, select_from(w, "Person",
                                                          CASES[i].select))),
                       CASES[i].rows);
}

/* ---- Writes ------------------------------------------------------------- */

typedef struct writing {
    database_world *w;
    mutation m;
    str rows;
    err *failure;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    r->failure = world_write(r->w, &r->m, &r->rows, NULL);
    return NULL;
}

static str written(database_world *w, mutation m, const char *select) {
    query q = select_from(w, "Person", select);
    m.returning = q.columns;
    m.returning_count = q.column_count;
    m.embeds = q.embeds;
    m.embed_count = q.embed_count;
    writing r = {.w = w, .m = m};
    expect_ok(database_world_run(w, run_writing, &r));
    expect_ok(r.failure);
    return world_compact(w, r.rows);
}

static void what_is_written_shows_what_it_leads_to(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_int(5), value_text("eve"), value_int(2),
                          value_int(6), value_text("fay"), value_int(1)};
    mutation m = world_insert(w, "Person", "id name bossId", rows, 2);
    expect_str(written(w, m, "id boss(name boss(id)) reports(id)"),
               STR("5|{\"name\":\"bob\",\"boss\":{\"id\":1}}|[];"
                   "6|{\"name\":\"ann\",\"boss\":null}|[]"));
    const value boss[] = {value_int(3)};
    m = world_update(w, "Person", "bossId", boss,
                     world_compare(w, world_field(w, "Person", "id"),
                                   COMPARE_EQ, value_int(5)));
    expect_str(written(w, m, "boss(name) ...company(name)"),
               STR("{\"name\":\"cid\"}|null"));
}

static void rows_written_together_see_each_other(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_int(5), value_text("eve"), value_int(6),
                          value_int(6), value_text("fay"), value_int(1)};
    mutation m = world_insert(w, "Person", "id name bossId", rows, 2);
    expect_str(written(w, m, "id boss(name) reports(id)"),
               STR("5|{\"name\":\"fay\"}|[];"
                   "6|{\"name\":\"ann\"}|[{\"id\":5}]"));
    const value renamed[] = {value_text("gil")};
    m = world_update(w, "Person", "name", renamed,
                     world_compare(w, world_field(w, "Person", "id"),
                                   COMPARE_GTE, value_int(5)));
    expect_str(written(w, m, "id boss(name) reports(id name)"),
               STR("5|{\"name\":\"gil\"}|[];"
                   "6|{\"name\":\"ann\"}|[{\"id\":5,\"name\":\"gil\"}]"));
}

/* And what leads through it, and what is asked of it on the way. */
static void what_was_written_is_there_wherever_it_leads(void **state) {
    database_world *w = world_here(state);
    const value boss[] = {value_int(4)};
    mutation m = world_update(w, "Person", "bossId", boss,
                              world_compare(w, world_field(w, "Person", "id"),
                                            COMPARE_EQ, value_int(3)));
    expect_str(written(w, m, "id boss(reports(id)) company(people(id bossId))"),
               STR("3|{\"reports\":[{\"id\":3}]}|"
                   "{\"people\":[{\"id\":3,\"bossId\":4}]}"));
}

static void what_is_deleted_shows_what_it_led_to(void **state) {
    database_world *w = world_here(state);
    mutation m = world_delete(w, "Person",
                              world_compare(w, world_field(w, "Person", "id"),
                                            COMPARE_EQ, value_int(4)));
    expect_str(written(w, m, "id boss(name boss(name))"),
               STR("4|{\"name\":\"bob\",\"boss\":{\"name\":\"ann\"}}"));
    expect_str(database_world_ask(w, "SELECT count(*) FROM \"Person\""),
               STR("3"));
}

/* ---- Limits ------------------------------------------------------------- */

static void one_limit_ends_all_levels(void **state) {
    database_world *w = world_here(state);
    database_world_sql(w, "INSERT INTO Person (id, name, bossId)"
                          " WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL"
                          " SELECT i + 1 FROM n WHERE i < 1500)"
                          " SELECT i, 'x', 10 FROM n");
    database_world_close(w);
    w->config.statement_timeout_ms = 50;
    expect_ok(database_world_open(w));
    reading r = read_query(
        w, select_from(w, "Person", "id boss(reports(id boss(reports(id))))"));
    assert_non_null(r.failure);
    assert_int_equal(r.failure->code, ERR_TIMEOUT);
    /* Everything went back: the connection serves on. */
    query q = select_from(w, "Badge", "id owner(id)");
    expect_str(rows_of(w, q), STR("7|{\"id\":1};8|{\"id\":3}"));
}

/* What a group asks for counts against the same time. */
static void the_limit_ends_groups_as_well(void **state) {
    database_world *w = world_here(state);
    database_world_sql(w, "INSERT INTO Person (id, name, bossId)"
                          " WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL"
                          " SELECT i + 1 FROM n WHERE i < 1500)"
                          " SELECT i, 'x', 10 FROM n");
    database_world_close(w);
    w->config.statement_timeout_ms = 50;
    expect_ok(database_world_open(w));
    for (int i = 0; i < 2; i++) {
        reading r = read_query(
            w, counting(w, select_from(w, "Person",
                                       "id boss(reports(id boss(id)))")));
        assert_non_null(r.failure);
        assert_int_equal(r.failure->code, ERR_TIMEOUT);
    }
    query q = counting(w, select_from(w, "Badge", "id owner(id)"));
    expect_str(rows_of(w, q), STR("1|{\"id\":1};1|{\"id\":3}"));
}

static void a_read_may_be_left_half_way(void **state) {
    database_world *w = world_here(state);
    for (int i = 0; i < 3; i++) {
        query q = select_from(w, "Person", "id reports(id boss(id))");
        q.limit = 1;
        q.finds_one = true;
        expect_str(rows_of(w, q), STR("1|[{\"id\":2,\"boss\":{\"id\":1}},"
                                      "{\"id\":3,\"boss\":{\"id\":1}}]"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        EMBED_TEST(leads_from_each_row_to_what_is_related),
        EMBED_TEST(leads_on_to_any_depth),
        EMBED_TEST(one_shape_may_be_at_work_several_times),
        EMBED_TEST(spreads_become_cells_of_the_row),
        EMBED_TEST(each_row_has_its_own_page_in_its_own_order),
        EMBED_TEST(a_filter_keeps_some_of_them),
        EMBED_TEST(a_filter_asks_for_what_is_related),
        EMBED_TEST(such_filters_go_on_inside),
        EMBED_TEST(rows_are_ordered_by_what_they_lead_to),
        EMBED_TEST(rows_are_grouped_by_what_they_lead_to),
        EMBED_TEST(what_is_written_shows_what_it_leads_to),
        EMBED_TEST(rows_written_together_see_each_other),
        EMBED_TEST(what_was_written_is_there_wherever_it_leads),
        EMBED_TEST(what_is_deleted_shows_what_it_led_to),
        LITE_TEST(one_limit_ends_all_levels),
        LITE_TEST(the_limit_ends_groups_as_well),
        EMBED_TEST(a_read_may_be_left_half_way),
    };
    return cmocka_run_group_tests_name("database/embed", tests, NULL, NULL);
}
