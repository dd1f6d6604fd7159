/* How many trips to the server a transaction takes. */
#include "database/postgres/pg_writing.h"

#include "test/support/cutting_proxy.h"
#include "test/support/database_world.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id @default(autoincrement())\n"
    "  code    String   @unique\n"
    "  members Member[]\n"
    "}\n"
    "model Member {\n"
    "  id     Int    @id @default(autoincrement())\n"
    "  teamId Int\n"
    "  team   Team   @relation(fields: [teamId],"
    " references: [id])\n"
    "  notes  Note[]\n"
    "}\n"
    "model Note {\n"
    "  id       Int    @id @default(autoincrement())\n"
    "  memberId Int\n"
    "  member   Member @relation(fields: [memberId],"
    " references: [id])\n"
    "}\n";

enum { MOST = 8 };

typedef struct writing {
    database_world *w;
    const mutation *list[MOST];
    size_t count;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    mutation_result results[MOST];
    size_t failed_at;
    return database_mutate_all(r->w->session, r->w->a, r->list, r->count,
                               results, &failed_at);
}

static value cell(uint32_t of, uint32_t row) {
    return (value){.kind = VALUE_CELL, .cell = {of, row, 0}};
}

/* postgresql://user:password@127.0.0.1:PORT/name */
static str through(arena *a, str url, cutting_proxy **proxy) {
    const char *host = strstr(url.ptr, "@127.0.0.1:");
    assert_non_null(host);
    size_t at = (size_t)(host - url.ptr) + strlen("@127.0.0.1:");
    str rest = str_slice(url, at, url.len);
    int64_t port = 0;
    assert_true(str_parse_int64(str_split(&rest, '/'), &port));
    *proxy = cutting_proxy_open((int)port);
    return arena_printf(a, "%.*s%d/%.*s", STR_ARG(str_slice(url, 0, at)),
                        cutting_proxy_port(*proxy), STR_ARG(rest));
}

/* The first time statements are prepared and connections opened. */
static int count_trips(cutting_proxy *proxy, writing *r) {
    expect_ok(database_world_run(r->w, run_writing, r));
    int before = cutting_proxy_trips(proxy);
    expect_ok(database_world_run(r->w, run_writing, r));
    return cutting_proxy_trips(proxy) - before;
}

typedef struct scene {
    postgres_world *pg;
    cutting_proxy *proxy;
    database_world *w;
} scene;

static scene scene_open(arena *a) {
    scene s = {.pg = postgres_world_open(a)};
    s.w = database_world_at(through(a, s.pg->url, &s.proxy), SCHEMA);
    expect_ok(database_world_push(s.w, NULL));
    expect_ok(database_world_open(s.w));
    return s;
}

static void scene_close(scene *s) {
    database_world_free(s->w);
    cutting_proxy_close(s->proxy);
    postgres_world_close(&s->pg);
}

static void each_stage_is_a_trip(void **state) {
    scene s = scene_open(*state);
    database_world *w = s.w;
    cutting_proxy *proxy = s.proxy;
    postgres_world_sql(s.pg, "INSERT INTO \"Team\" VALUES (1000, 'there');"
                             "CREATE SEQUENCE codes;"
                             "ALTER TABLE \"Team\" ALTER code SET DEFAULT"
                             " nextval('codes')::text");

    const value one = value_int(1000);
    const value two[] = {value_int(1000), value_int(1000)};
    const value code = value_default();
    mutation plain = world_insert(w, "Member", "teamId", &one, 1);
    mutation team = world_insert(w, "Team", "code", &code, 1);
    world_return(w, &team, "id");
    mutation look = world_update(
        w, "Team", "", &one,
        world_compare(w, world_field(w, "Team", "id"), COMPARE_EQ, one));
    look.must_be_one = true;
    const value team_cells[] = {cell(0, 0), cell(0, 0)};
    mutation members = world_insert(w, "Member", "teamId", team_cells, 2);
    world_return(w, &members, "id");
    members.refers_back = true;
    const value member_cells[] = {cell(1, 0), cell(1, 1), cell(1, 1)};
    mutation notes = world_insert(w, "Note", "memberId", member_cells, 3);
    notes.refers_back = true;
    mutation many = world_insert(w, "Member", "teamId", two, 2);
    world_return(w, &many, "id");

    writing alone = {w, {&plain}, 1};
    writing together = {w, {&plain, &many, &plain, &many}, 4};
    writing checked = {w, {&look, &plain}, 2};
    writing nested = {w, {&team, &members}, 2};
    writing deep = {w, {&team, &members, &notes, &plain, &notes}, 5};
    assert_int_equal(count_trips(proxy, &alone), 1);
    assert_int_equal(count_trips(proxy, &together), 1);
    assert_int_equal(count_trips(proxy, &checked), 2);
    assert_int_equal(count_trips(proxy, &nested), 3);
    assert_int_equal(count_trips(proxy, &deep), 4);
    scene_close(&s);
}

/* The ids that the first try was given are gone with it. */
static void what_is_tried_again_refers_to_its_own_rows(void **state) {
    scene s = scene_open(*state);
    database_world *w = s.w;
    const value first = value_text("first");
    const value again = value_text("again");
    mutation opens = world_insert(w, "Team", "code", &first, 1);
    mutation team = world_insert(w, "Team", "code", &again, 1);
    world_return(w, &team, "id");
    const value team_cells[] = {cell(0, 0), cell(0, 0)};
    mutation members = world_insert(w, "Member", "teamId", team_cells, 2);
    members.refers_back = true;
    writing warm = {w, {&opens}, 1};
    writing nested = {w, {&team, &members}, 2};
    expect_ok(database_world_run(w, run_writing, &warm));
    cutting_proxy_set(s.proxy, CUTTING_NEXT);
    expect_ok(database_world_run(w, run_writing, &nested));
    expect_str(postgres_world_ask(s.pg,
                                  "SELECT string_agg(t.code, ' ') FROM"
                                  " \"Member\" m JOIN \"Team\" t ON t.id ="
                                  " m.\"teamId\""),
               STR("again again"));
    expect_str(postgres_world_ask(s.pg, "SELECT count(*) FROM \"Team\""),
               STR("2"));
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_stage_is_a_trip),
        TEST(what_is_tried_again_refers_to_its_own_rows),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_writing", tests,
                                       NULL, NULL);
}
