/* The interface as its callers see it; what is SQLite's own has tests in
 * test/database/sqlite/. */
#include "database/database.h"

#include <sys/stat.h>

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "enum Status {\n"
    "  OPEN\n"
    "  DONE\n"
    "}\n"
    "model Person {\n"
    "  id    Int    @id @default(autoincrement())\n"
    "  email String @unique\n"
    "  tasks Task[]\n"
    "}\n"
    "model Task {\n"
    "  id        Int      @id @default(autoincrement())\n"
    "  title     String\n"
    "  status    Status   @default(OPEN)\n"
    "  points    Int?\n"
    "  ownerId   Int?\n"
    "  owner     Person?  @relation(fields: [ownerId], references: [id],"
    " onDelete: Restrict)\n"
    "  createdAt DateTime @default(now())\n"
    "  @@index([status])\n"
    "}\n";

/* ---- Opening ------------------------------------------------------------ */

static void push_fills_an_empty_database(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    str report;
    expect_ok(database_world_push(w, &report));
    expect_str(report,
               arena_printf(w->a,
                            "created %.*s\n"
                            "created table \"Person\" (2 columns, 1 index)\n"
                            "created table \"Task\" (6 columns, 1 index)\n",
                            STR_ARG(w->file)));
    expect_ok(database_world_push(w, &report));
    expect_str(report,
               STR("nothing to do: the database is what the schema says\n"));
    struct stat file;
    assert_int_equal(stat(w->file.ptr, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    database_world_free(w);
}

static void open_wants_a_database(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    err *e = database_world_open(w);
    expect_err(
        e, ERR_NOT_FOUND,
        arena_printf(w->a, "there is no database %.*s", STR_ARG(w->file)));
    expect_str(e->hint,
               STR("'tenon push' makes a database equal to the schema"));
    database_world_free(w);
}

/* ---- Reading and writing ------------------------------------------------ */

static err *write_and_read(void *argument) {
    database_world *w = argument;
    const value people[] = {value_text("ann@x.org"), value_text("bob@x.org")};
    mutation insert = world_insert(w, "Person", "email", people, 2);
    world_return(w, &insert, "id email");
    str rows;
    TRY(world_write(w, &insert, &rows, NULL));
    expect_str(rows, STR("1|ann@x.org;2|bob@x.org"));

    query q = world_query(w, "Person", "email id");
    query_order order = {.field = world_field(w, "Person", "id"),
                         .is_descending = true};
    q.order = &order;
    q.order_count = 1;
    q.wants_total = true;
    q.limit = 1;
    int64_t total;
    TRY(world_read(w, &q, &rows, &total));
    expect_str(rows, STR("bob@x.org|2"));
    assert_int_equal(total, 2);
    return NULL;
}

static void reads_what_was_written(void **state) {
    database_world *w;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w == NULL)
        skip();
    expect_ok(database_world_run(w, write_and_read, w));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push_fills_an_empty_database),
        cmocka_unit_test(open_wants_a_database),
        WORLD_TESTS(reads_what_was_written, NULL, NULL),
    };
    return cmocka_run_group_tests_name("database/database", tests, NULL, NULL);
}
