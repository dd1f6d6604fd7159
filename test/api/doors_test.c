/*
 * The same intent by each door gets the same decision: what a policy says about
 * rows holds for single and bulk requests, batches, merges, functions, soft
 * deletes, related rows and all that is handed back, with hooks and without.
 *
 * The policy here is a stand-in: of Item and Paper the rows count whose owner is
 * "me" and whose n is 10 at most, for everything.
 */
#include "core/hook.h"
#include "core/policy.h"
#include "test/support/api_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Shelf {\n"
    "  id    Int    @id\n"
    "  items Item[]\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Item {\n"
    "  id      Int    @id\n"
    "  owner   String\n"
    "  text    String\n"
    "  n       Int    @default(0)\n"
    "  shelf   Shelf? @relation(fields: [shelfId], references: [id])\n"
    "  shelfId Int?\n"
    "  @@unique([text])\n"
    "  @@allow('all', true)\n"
    "}\n"
    "model Paper {\n"
    "  id      Int       @id\n"
    "  owner   String\n"
    "  text    String\n"
    "  n       Int       @default(0)\n"
    "  goneAt  DateTime?\n"
    "  @@softDelete(goneAt)\n"
    "  @@allow('all', true)\n"
    "}\n"
    "function all_items returns Item[] {\n"
    "  @@sql(\"SELECT * FROM \\\"Item\\\"\")\n"
    "  @@stable\n"
    "  @@allow('call', true)\n"
    "}\n"
    "function touch_items returns Item[] {\n"
    "  @@sql(\"UPDATE \\\"Item\\\" SET n = n WHERE id > 0 RETURNING *\")\n"
    "  @@allow('call', true)\n"
    "}\n";

/* ---- The policy, and hooks that change nothing --------------------------- */

static policy_reach reach(const policy_source *self, const caller *c,
                          const model *m, operation op) {
    (void)self;
    (void)op;
    if (m->is_shape || str_equal(m->name, STR("Shelf")))
        return (policy_reach){0};
    filter *tests = arena_new_array(c->arena, filter, 3);
    const filter **children = arena_new_array(c->arena, const filter *, 2);
    tests[0] = (filter){.kind = FILTER_COMPARE,
                        .field = model_find_field(m, STR("owner")),
                        .op = COMPARE_EQ,
                        .value = value_text("me")};
    tests[1] = (filter){.kind = FILTER_COMPARE,
                        .field = model_find_field(m, STR("n")),
                        .op = COMPARE_LTE,
                        .value = value_int(10)};
    children[0] = &tests[0];
    children[1] = &tests[1];
    tests[2] =
        (filter){.kind = FILTER_ALL, .children = children, .child_count = 2};
    return (policy_reach){.where = &tests[2]};
}

static const policy_source POLICY = {.reach = reach};

static bool has(const hook_source *self, const model *m, hook_action action,
                hook_time time) {
    (void)self;
    (void)m;
    return action != HOOK_READ && time == HOOK_BEFORE;
}

/* Rows that the caller may not touch are nobody's to see in a hook either. */
static err *run(const hook_source *self, const caller *c, hook_batch *batch) {
    (void)self;
    const field *owner = model_find_field(batch->model, STR("owner"));
    for (size_t i = 0; owner != NULL && i < batch->row_count; i++) {
        const value *before = batch->rows[i].before;
        if (before != NULL &&
            !str_equal(before[owner->column_index].text, STR("me")))
            return err_new(c->arena, ERR_INTERNAL, "a hook saw a row");
    }
    return NULL;
}

static const hook_source HOOK = {.has = has, .run = run};
static const hook_source *const HOOKS[] = {&HOOK};

/* ---- The world ----------------------------------------------------------- */

static int setup(void **state) {
    arena *a = arena_new();
    api_world *w = api_world_over(a, world_engine(state), SCHEMA);
    if (w == NULL)
        arena_free(a);
    else
        w->app.policies = &POLICY;
    *state = w;
    return 0;
}

static int teardown(void **state) {
    api_world *w = *state;
    if (w == NULL)
        return 0;
    arena *a = w->a;
    api_world_free(w);
    arena_free(a);
    return 0;
}

static api_world *here(void **state) {
    if (*state == NULL)
        skip();
    return *state;
}

/* Of each table row 1 is mine and row 2 is not. */
static void seed(api_world *w) {
    database_world_sql(
        w->database,
        "DELETE FROM \"Item\"; DELETE FROM \"Paper\"; DELETE FROM \"Shelf\";"
        "INSERT INTO \"Shelf\" VALUES (1), (2);"
        "INSERT INTO \"Item\" VALUES (1, 'me', 'mine', 1, 1),"
        " (2, 'them', 'theirs', 2, 1);"
        "INSERT INTO \"Paper\" VALUES (1, 'me', 'mine', 1, NULL),"
        " (2, 'them', 'theirs', 2, NULL)");
}

/* All that is stored of a table: "1 me mine 1; 2 them theirs 2". */
static str stored(api_world *w, const char *table) {
    bool is_lite = w->database->postgres == NULL;
    str sql = arena_printf(
        w->a,
        is_lite
            ? "SELECT group_concat(id || ' ' || owner || ' ' || text || ' ' ||"
              " n, '; ') FROM (SELECT * FROM \"%s\" %s ORDER BY id)"
            : "SELECT string_agg(id || ' ' || owner || ' ' || text || ' ' || n,"
              " '; ' ORDER BY id) FROM \"%s\" %s",
        table, strcmp(table, "Paper") == 0 ? "WHERE \"goneAt\" IS NULL" : "");
    return database_world_ask(w->database, arena_cstr(w->a, sql));
}

/* '#' in a door stands for the row's id, '$' for what was never said before. */
static const char *with_id(api_world *w, const char *text, int id) {
    static int said;
    CLEANUP(buf_free) buf out = buf_new(4096);
    for (; *text != '\0'; text++) {
        if (*text == '#')
            buf_printf(&out, "%d", id);
        else if (*text == '$')
            buf_printf(&out, "key-%d", ++said);
        else
            buf_append_char(&out, *text);
    }
    return arena_cstr(w->a, buf_str(&out));
}

typedef struct door {
    const char *target;
    const char *headers;
    const char *body;
} door;

static api_answer go(api_world *w, const door *d, int id) {
    const char *headers = d->headers != NULL ? d->headers : "";
    str all = arena_printf(w->a, "Content-Type: application/json\n%s",
                           with_id(w, headers, id));
    return api_ask(w, with_id(w, d->target, id), arena_cstr(w->a, all),
                   d->body != NULL ? with_id(w, d->body, id) : "");
}

/* What is left of the table when a door was gone through. */
static void expect_stored(api_world *w, const char *table, const door *d,
                          int id, str want) {
    seed(w);
    api_answer got = go(w, d, id);
    str is = stored(w, table);
    if (str_equal(is, want) && got.status != 500)
        return;
    print_error("%s %s of row %d: %d %.*s\n", d->target,
                d->body != NULL ? d->body : "", id, got.status,
                STR_ARG(got.body));
    expect_str(is, want);
    fail();
}

static void with_and_without_hooks(api_world *w, void (*check)(api_world *w)) {
    check(w);
    w->app.hooks = HOOKS;
    w->app.hook_source_count = LENGTH(HOOKS);
    check(w);
}

/* ---- Rows that are there ------------------------------------------------- */

#define ITEM_BATCH(method, path, body)                                         \
    "[{\"method\": \"" method "\", \"path\": \"" path "\", \"body\": " body "}]"

#define SHELF "PATCH /rest/v1/Shelf?id=eq.1"

static void check_changes(api_world *w) {
    static const door DOORS[] = {
        {"PATCH /rest/v1/Item?id=eq.#", NULL, "{\"text\": \"new\"}"},
        {"PATCH /rest/v1/Item?id=in.(#,7)", NULL, "{\"text\": \"new\"}"},
        {"PATCH /rest/v1/Item?id=gte.#&id=lte.#",
         "Prefer: return=representation", "{\"text\": \"new\"}"},
        {"PATCH /rest/v1/Item?id=eq.#&select=id,Shelf(id)",
         "Prefer: return=representation", "{\"text\": \"new\"}"},
        {"PATCH /rest/v1/Item?or=(id.eq.#,id.eq.7)", NULL,
         "{\"text\": \"new\"}"},
        {"PATCH /rest/v1/Item?id=eq.#", "Prefer: max-affected=1",
         "{\"text\": \"new\"}"},
        {"POST /rest/v1/", NULL,
         ITEM_BATCH("PATCH", "Item?id=eq.#", "{\"text\": \"new\"}")},
        {"PATCH /rest/v1/Item?id=eq.#", "Idempotency-Key: \"$\"",
         "{\"text\": \"new\"}"},
        {SHELF, NULL,
         "{\"items\": {\"update\": {\"where\": {\"id\": #},"
         " \"data\": {\"text\": \"new\"}}}}"},
        {SHELF, NULL,
         "{\"items\": {\"updateMany\": {\"where\": {\"id\": #},"
         " \"data\": {\"text\": \"new\"}}}}"},
        {SHELF, NULL,
         "{\"items\": {\"upsert\": {\"where\": {\"id\": #}, \"create\":"
         " {\"owner\": \"me\", \"text\": \"x\"},"
         " \"update\": {\"text\": \"new\"}}}}"},
        {SHELF "&select=id,Item(id)", "Prefer: return=representation",
         "{\"items\": {\"update\": {\"where\": {\"id\": #},"
         " \"data\": {\"text\": \"new\"}}}}"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        expect_stored(w, "Item", &DOORS[i], 1,
                      STR("1 me new 1; 2 them theirs 2"));
        expect_stored(w, "Item", &DOORS[i], 2,
                      STR("1 me mine 1; 2 them theirs 2"));
    }
}

static void who_may_not_change_a_row_changes_it_by_no_door(void **state) {
    with_and_without_hooks(here(state), check_changes);
}

static void check_relative(api_world *w) {
    static const door DOORS[] = {
        {"PATCH /rest/v1/Item?id=eq.#", NULL, "{\"n\": {\"increment\": 4}}"},
        {"PATCH /rest/v1/Item?id=in.(#)", "Prefer: return=representation",
         "{\"n\": {\"increment\": 4}}"},
        {"POST /rest/v1/", NULL,
         ITEM_BATCH("PATCH", "Item?id=eq.#", "{\"n\": {\"increment\": 4}}")},
        {SHELF, NULL,
         "{\"items\": {\"update\": {\"where\": {\"id\": #},"
         " \"data\": {\"n\": {\"increment\": 4}}}}}"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        expect_stored(w, "Item", &DOORS[i], 1,
                      STR("1 me mine 5; 2 them theirs 2"));
        expect_stored(w, "Item", &DOORS[i], 2,
                      STR("1 me mine 1; 2 them theirs 2"));
    }
}

static void operators_go_by_the_same_doors(void **state) {
    with_and_without_hooks(here(state), check_relative);
}

static void check_removals(api_world *w) {
    static const door DOORS[] = {
        {"DELETE /rest/v1/Item?id=eq.#", NULL, NULL},
        {"DELETE /rest/v1/Item?id=in.(#,7)", NULL, NULL},
        {"DELETE /rest/v1/Item?id=gte.#&id=lte.#",
         "Prefer: return=representation", NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\": \"DELETE\", \"path\": \"Item?id=eq.#\"}]"},
        {SHELF, NULL, "{\"items\": {\"delete\": {\"id\": #}}}"},
        {SHELF, NULL, "{\"items\": {\"deleteMany\": {\"id\": #}}}"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        expect_stored(w, "Item", &DOORS[i], 1, STR("2 them theirs 2"));
        expect_stored(w, "Item", &DOORS[i], 2,
                      STR("1 me mine 1; 2 them theirs 2"));
    }
}

static void who_may_not_remove_a_row_removes_it_by_no_door(void **state) {
    with_and_without_hooks(here(state), check_removals);
}

static void check_soft_removals(api_world *w) {
    static const door DOORS[] = {
        {"DELETE /rest/v1/Paper?id=eq.#", NULL, NULL},
        {"DELETE /rest/v1/Paper?id=in.(#,7)", "Prefer: return=representation",
         NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\": \"DELETE\", \"path\": \"Paper?id=eq.#\"}]"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        expect_stored(w, "Paper", &DOORS[i], 1, STR("2 them theirs 2"));
        expect_stored(w, "Paper", &DOORS[i], 2,
                      STR("1 me mine 1; 2 them theirs 2"));
    }
}

static void a_soft_delete_asks_as_a_delete_does(void **state) {
    with_and_without_hooks(here(state), check_soft_removals);
}

/* Where rows 1 and 2 stand: "1 1", "none 1". */
static str places(api_world *w) {
    return database_world_ask(
        w->database,
        "SELECT coalesce(CAST((SELECT \"shelfId\" FROM \"Item\" WHERE id = 1)"
        " AS VARCHAR(9)), 'none') || ' ' || coalesce(CAST((SELECT \"shelfId\""
        " FROM \"Item\" WHERE id = 2) AS VARCHAR(9)), 'none')");
}

/* A relation is changed in the row that has the foreign key. */
static void check_links(api_world *w) {
    static const struct {
        door door;
        const char *of_mine;
        const char *of_theirs;
    } CASES[] = {
        {{SHELF, NULL, "{\"items\": {\"disconnect\": {\"id\": #}}}"},
         "none 1",
         "1 1"},
        {{"PATCH /rest/v1/Shelf?id=eq.2", NULL,
          "{\"items\": {\"connect\": {\"id\": #}}}"},
         "2 1",
         "1 1"},
        {{"PATCH /rest/v1/Item?id=eq.#", NULL,
          "{\"shelf\": {\"connect\": {\"id\": 2}}}"},
         "2 1",
         "1 1"},
        {{"PATCH /rest/v1/Item?id=eq.#", NULL, "{\"shelfId\": 2}"},
         "2 1",
         "1 1"},
        {{"PATCH /rest/v1/Shelf?id=eq.2", NULL,
          "{\"items\": {\"connectOrCreate\": {\"where\": {\"id\": #},"
          " \"create\": {\"owner\": \"me\", \"text\": \"x\"}}}}"},
         "2 1",
         "1 1"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        for (int id = 1; id <= 2; id++) {
            const char *want = id == 1 ? CASES[i].of_mine : CASES[i].of_theirs;
            seed(w);
            api_answer got = go(w, &CASES[i].door, id);
            str is = places(w);
            if (!str_equal(is, str_of(want)))
                print_error("%s of row %d: %d %.*s\n", CASES[i].door.body, id,
                            got.status, STR_ARG(got.body));
            expect_str(is, str_of(want));
        }
    }
    static const door SET = {SHELF, NULL, "{\"items\": {\"set\": []}}"};
    seed(w);
    go(w, &SET, 0);
    str is = places(w);
    assert_true(str_ends_with(is, STR(" 1")));
}

static void relations_are_changed_by_who_may_change_the_row(void **state) {
    with_and_without_hooks(here(state), check_links);
}

/* ---- Rows as they become ------------------------------------------------- */

static void check_creates(api_world *w) {
    static const struct {
        const char *row;
        const char *stored;
    } CASES[] = {
        {"{\"id\": 3, \"owner\": \"me\", \"text\": \"x\"}",
         "1 me mine 1; 2 them theirs 2; 3 me x 0"},
        {"{\"id\": 3, \"owner\": \"them\", \"text\": \"x\"}",
         "1 me mine 1; 2 them theirs 2"},
        {"{\"id\": 3, \"owner\": \"me\", \"text\": \"x\", \"n\": 11}",
         "1 me mine 1; 2 them theirs 2"},
    };
    static const struct {
        const char *target;
        const char *headers;
        const char *before;
        const char *behind;
    } DOORS[] = {
        {"POST /rest/v1/Item", NULL, "", ""},
        {"POST /rest/v1/Item", NULL, "[", "]"},
        {"POST /rest/v1/Item", "Prefer: return=representation", "", ""},
        {"POST /rest/v1/Item", "Prefer: resolution=ignore-duplicates", "[",
         "]"},
        {"POST /rest/v1/", NULL,
         "[{\"method\": \"POST\", \"path\": \"Item\", \"body\": ", "}]"},
        {SHELF, NULL, "{\"items\": {\"create\": ", "}}"},
        {SHELF, NULL, "{\"items\": {\"create\": [", "]}}"},
        {SHELF, NULL,
         "{\"items\": {\"connectOrCreate\":"
         " {\"where\": {\"id\": 3}, \"create\": ",
         "}}}"},
        {SHELF, NULL,
         "{\"items\": {\"upsert\": {\"where\": {\"id\": 3},"
         " \"update\": {}, \"create\": ",
         "}}}"},
        {"POST /rest/v1/Shelf", NULL,
         "{\"id\": 3, \"items\": {\"create\": ", "}}"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        for (size_t k = 0; k < LENGTH(DOORS); k++) {
            str body = arena_printf(w->a, "%s%s%s", DOORS[k].before,
                                    CASES[i].row, DOORS[k].behind);
            door d = {DOORS[k].target, DOORS[k].headers,
                      arena_cstr(w->a, body)};
            expect_stored(w, "Item", &d, 3, str_of(CASES[i].stored));
        }
    }
}

static void who_may_not_make_a_row_makes_it_by_no_door(void **state) {
    with_and_without_hooks(here(state), check_creates);
}

/* One that is refused takes the others with it. */
static void check_mixed(api_world *w) {
    static const door DOORS[] = {
        {"POST /rest/v1/Item", NULL,
         "[{\"id\": 3, \"owner\": \"me\", \"text\": \"x\"},"
         " {\"id\": 4, \"owner\": \"them\", \"text\": \"y\"}]"},
        {"POST /rest/v1/", NULL,
         "[{\"method\": \"PATCH\", \"path\": \"Item?id=eq.1\","
         " \"body\": {\"text\": \"new\"}},"
         " {\"method\": \"POST\", \"path\": \"Item\","
         " \"body\": {\"id\": 4, \"owner\": \"them\", \"text\": \"y\"}}]"},
        {"PATCH /rest/v1/Item?id=gt.0", NULL, "{\"owner\": \"them\"}"},
        {"PATCH /rest/v1/Item?id=eq.1", NULL, "{\"owner\": \"them\"}"},
        {"PATCH /rest/v1/Item?id=eq.1", "Prefer: return=representation",
         "{\"owner\": \"them\"}"},
        {"PATCH /rest/v1/Item?id=eq.1", NULL, "{\"n\": 11}"},
        {"PATCH /rest/v1/Item?id=eq.1", NULL, "{\"n\": {\"increment\": 10}}"},
        {"PATCH /rest/v1/Item?id=eq.1", NULL, "{\"n\": {\"multiply\": 11}}"},
        {"POST /rest/v1/", NULL,
         ITEM_BATCH("PATCH", "Item?id=eq.1", "{\"owner\": \"them\"}")},
        {SHELF, NULL,
         "{\"items\": {\"update\": {\"where\": {\"id\": 1},"
         " \"data\": {\"owner\": \"them\"}}}}"},
        {SHELF, NULL,
         "{\"items\": {\"update\": {\"where\": {\"id\": 1},"
         " \"data\": {\"n\": {\"increment\": 10}}}}}"},
        {SHELF, NULL,
         "{\"items\": {\"update\": {\"where\": {\"id\": 1},"
         " \"data\": {\"text\": \"new\"}}, \"create\": {\"id\": 3,"
         " \"owner\": \"them\", \"text\": \"x\"}}}"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++)
        expect_stored(w, "Item", &DOORS[i], 0,
                      STR("1 me mine 1; 2 them theirs 2"));
}

static void what_a_row_becomes_is_judged_by_each_door(void **state) {
    with_and_without_hooks(here(state), check_mixed);
}

/* Whose rows they find, nobody has looked at. */
static void check_merges(api_world *w) {
    static const door DOORS[] = {
        {"POST /rest/v1/Item", "Prefer: resolution=merge-duplicates",
         "[{\"id\": #, \"owner\": \"me\", \"text\": \"new\"}]"},
        {"POST /rest/v1/Item?on_conflict=text",
         "Prefer: resolution=merge-duplicates",
         "[{\"id\": 9, \"owner\": \"me\", \"text\": \"theirs\"}]"},
        {"PUT /rest/v1/Item?id=eq.#", NULL,
         "{\"id\": #, \"owner\": \"me\", \"text\": \"new\", \"n\": 1,"
         " \"shelfId\": 1}"},
        {"POST /rest/v1/", NULL,
         "[{\"method\": \"POST\", \"path\": \"Item\", \"headers\":"
         " {\"Prefer\": \"resolution=merge-duplicates\"}, \"body\":"
         " {\"id\": #, \"owner\": \"me\", \"text\": \"new\"}}]"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        expect_stored(w, "Item", &DOORS[i], 1,
                      STR("1 me mine 1; 2 them theirs 2"));
        expect_stored(w, "Item", &DOORS[i], 2,
                      STR("1 me mine 1; 2 them theirs 2"));
    }
}

static void merges_are_for_who_may_change_every_row(void **state) {
    with_and_without_hooks(here(state), check_merges);
}

/* ---- What is seen -------------------------------------------------------- */

static void no_answer_has_a_row_that_is_not_mine(void **state) {
    api_world *w = here(state);
    static const door DOORS[] = {
        {"GET /rest/v1/Item", NULL, NULL},
        {"GET /rest/v1/Item?id=eq.2", NULL, NULL},
        {"GET /rest/v1/Item?order=text.desc", "Accept: text/csv", NULL},
        {"GET /rest/v1/Item", "Prefer: count=exact", NULL},
        {"GET /rest/v1/Shelf?select=id,Item(*)", NULL, NULL},
        {"GET /rest/v1/Shelf?select=id,...Item(text)", NULL, NULL},
        {"GET /rest/v1/rpc/all_items", NULL, NULL},
        {"POST /rest/v1/rpc/all_items", NULL, "{}"},
        {"POST /rest/v1/rpc/touch_items", NULL, "{}"},
        {"PATCH /rest/v1/Item?id=gt.0", "Prefer: return=representation",
         "{\"n\": 3}"},
        {"PATCH /rest/v1/Item?id=eq.1&select=id,Shelf(Item(*))",
         "Prefer: return=representation", "{\"n\": 3}"},
        {"DELETE /rest/v1/Item?id=gt.0", "Prefer: return=representation", NULL},
        {"POST /rest/v1/", NULL,
         "[{\"method\": \"PATCH\", \"path\": \"Item?id=gt.0\", \"headers\":"
         " {\"Prefer\": \"return=representation\"}, \"body\": {\"n\": 3}}]"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        seed(w);
        api_answer got = go(w, &DOORS[i], 0);
        bool is_good = got.status < 300 && !str_contains(got.body, STR("them"));
        if (!is_good)
            print_error("%s: %d %.*s\n", DOORS[i].target, got.status,
                        STR_ARG(got.body));
        assert_true(is_good);
        assert_false(str_contains(got.headers, STR("/2\n")));
    }
}

/* Nothing tells a row that is not mine from one that is not there. */
static void another_ones_row_is_as_none(void **state) {
    api_world *w = here(state);
    static const door DOORS[] = {
        {"GET /rest/v1/Item?id=eq.#", NULL, NULL},
        {"GET /rest/v1/Item?id=eq.#",
         "Accept: application/vnd.pgrst.object+json", NULL},
        {"GET /rest/v1/Item?id=eq.#", "Prefer: count=exact", NULL},
        {"GET /rest/v1/Shelf?Item.id=eq.#&select=Item!inner(id)", NULL, NULL},
        {"PATCH /rest/v1/Item?id=eq.#", "Prefer: count=exact", "{\"n\": 3}"},
        {"PATCH /rest/v1/Item?id=eq.#", "If-Match: \"x\"", "{\"n\": 3}"},
        {"PATCH /rest/v1/Item?id=eq.#",
         "Prefer: return=representation\n"
         "Accept: application/vnd.pgrst.object+json",
         "{\"n\": 3}"},
        {"PATCH /rest/v1/Item?id=eq.#", NULL, "{\"owner\": \"them\"}"},
        {"DELETE /rest/v1/Item?id=eq.#", "Prefer: count=exact", NULL},
        {"DELETE /rest/v1/Item?id=eq.#", "Prefer: return=representation", NULL},
        {"DELETE /rest/v1/Paper?id=eq.#", "Prefer: count=exact", NULL},
        {SHELF, NULL,
         "{\"items\": {\"update\": {\"where\": {\"id\": #},"
         " \"data\": {\"n\": 3}}}}"},
        {SHELF, NULL, "{\"items\": {\"delete\": {\"id\": #}}}"},
        {SHELF, NULL, "{\"items\": {\"connect\": {\"id\": #}}}"},
        {SHELF, NULL, "{\"items\": {\"disconnect\": {\"id\": #}}}"},
    };
    for (size_t i = 0; i < LENGTH(DOORS); i++) {
        seed(w);
        api_answer theirs = go(w, &DOORS[i], 2);
        api_answer none = go(w, &DOORS[i], 9);
        if (theirs.status != none.status)
            print_error("%s\n", DOORS[i].target);
        assert_int_equal(theirs.status, none.status);
        expect_str(theirs.body, none.body);
        expect_str(api_header(&theirs, STR("Content-Range")),
                   api_header(&none, STR("Content-Range")));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(who_may_not_change_a_row_changes_it_by_no_door, setup,
                    teardown),
        WORLD_TESTS(operators_go_by_the_same_doors, setup, teardown),
        WORLD_TESTS(who_may_not_remove_a_row_removes_it_by_no_door, setup,
                    teardown),
        WORLD_TESTS(relations_are_changed_by_who_may_change_the_row, setup,
                    teardown),
        WORLD_TESTS(a_soft_delete_asks_as_a_delete_does, setup, teardown),
        WORLD_TESTS(who_may_not_make_a_row_makes_it_by_no_door, setup,
                    teardown),
        WORLD_TESTS(what_a_row_becomes_is_judged_by_each_door, setup, teardown),
        WORLD_TESTS(merges_are_for_who_may_change_every_row, setup, teardown),
        WORLD_TESTS(no_answer_has_a_row_that_is_not_mine, setup, teardown),
        WORLD_TESTS(another_ones_row_is_as_none, setup, teardown),
    };
    return cmocka_run_group_tests_name("api/doors", tests, NULL, NULL);
}
