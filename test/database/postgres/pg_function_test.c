/* That the functions do what they are for, in a database. */
#include "database/postgres/pg_function.h"

#include "database/postgres/pg_ddl.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model T {\n"
    "  id      String   @id @default(dbgenerated(\"uuidv7()\")) @db.Uuid\n"
    "  text    String\n"
    "  data    Json?    @db.Json\n"
    "  changed DateTime @updatedAt\n"
    "  zoned   DateTime @updatedAt @db.Timestamptz\n"
    "}\n";

static void create(postgres_world *w) {
    const schema *s = NULL;
    diag_list diags = {0};
    expect_ok(schema_load_text(w->a, STR("test.prisma"), str_of(SCHEMA),
                               ENGINE_POSTGRESQL, &diags, &s));
    CLEANUP(buf_free) buf sql = buf_new(64 * 1024);
    const structure *all = structure_of_schema(w->a, s);
    pg_ddl_create(w->a, &sql, all);
    postgres_world_sql(w, arena_cstr(w->a, buf_str(&sql)));
    /* They may be run where they are there already. */
    for (size_t i = 0; i < all->function_count; i++)
        postgres_world_sql(w, arena_cstr(w->a, all->functions[i].sql));
}

static void touches_what_others_change(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    create(w);
    postgres_world_sql(w,
                       "SET timezone = 'Asia/Tokyo';"
                       "INSERT INTO \"T\" (text, changed, zoned)"
                       " VALUES ('a', '2020-01-01', '2020-01-01 00:00Z');"
                       "UPDATE \"T\" SET text = 'b', data = '{\"x\": 1.50}'");
    expect_str(postgres_world_ask(
                   w, "SELECT text || data || (abs(extract(epoch FROM now() -"
                      " changed AT TIME ZONE 'UTC')) < 60) || (abs(extract("
                      "epoch FROM now() - zoned)) < 60) FROM \"T\""),
               STR("b{\"x\": 1.50}truetrue"));
}

static void believes_who_sets_the_column(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    create(w);
    postgres_world_sql(w, "INSERT INTO \"T\" (text, changed, zoned)"
                          " VALUES ('a', '2020-01-01', now());"
                          "UPDATE \"T\" SET changed = '2021-02-03'");
    expect_str(postgres_world_ask(w, "SELECT changed FROM \"T\""),
               STR("2021-02-03 00:00:00"));
}

static void makes_ids_that_sort_by_time(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    create(w);
    postgres_world_sql(w, "INSERT INTO \"T\" (text, changed, zoned)"
                          " SELECT n, now(), now()"
                          " FROM (SELECT pg_sleep(0.002), n FROM"
                          " generate_series(1, 5) n) x");
    expect_str(postgres_world_ask(
                   w, "SELECT string_agg(text, ',' ORDER BY id) FROM \"T\""),
               STR("1,2,3,4,5"));
    expect_str(
        postgres_world_ask(
            w, "SELECT bool_and(id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]"
               "{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$') FROM \"T\""),
        STR("t"));
    expect_str(postgres_world_ask(
                   w, "SELECT abs(extract(epoch FROM now()) * 1000 -"
                      " ('x0000' || substr(replace(id::text, '-', ''), 1, 12))"
                      "::bit(64)::bigint) < 60000 FROM \"T\" LIMIT 1"),
               STR("t"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(touches_what_others_change),
        TEST(believes_who_sets_the_column),
        TEST(makes_ids_that_sort_by_time),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_function", tests,
                                       NULL, NULL);
}
