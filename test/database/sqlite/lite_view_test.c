/* Views: others make them, we read them. */
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model T {\n"
                             "  id Int      @id\n"
                             "  at DateTime\n"
                             "}\n"
                             "view Late {\n"
                             "  id Int      @unique\n"
                             "  at DateTime\n"
                             "}\n";

typedef struct scene {
    database_world *w;
    query all;
    str rows;
} scene;

static err *read(void *argument) {
    scene *s = argument;
    return world_read(s->w, &s->all, &s->rows, NULL);
}

static void a_view_is_read_in_the_form_of_its_values(void **state) {
    (void)state;
    database_world *w = database_world_new(SCHEMA);
    expect_ok(database_world_push(w, NULL));
    database_world_sql(
        w, "CREATE VIEW \"Late\" AS SELECT id, unixepoch(at) * 1000 AS at"
           " FROM T WHERE at > '2000-01-01';"
           "INSERT INTO T VALUES (1, '1999-01-01T00:00:00.000+00:00'),"
           " (2, '2024-01-01T00:00:00.000+00:00')");
    expect_ok(database_world_open(w));
    scene s = {.w = w, .all = world_query(w, "Late", "id at")};
    expect_ok(database_world_run(w, read, &s));
    expect_str(s.rows, STR("2|2024-01-01T00:00:00.000+00:00"));
    database_world_free(w);
}

static void a_view_that_nobody_made_is_missed_when_it_is_asked(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin(SCHEMA, &w);
    scene s = {.w = w, .all = world_query(w, "Late", "id")};
    expect_err(database_world_run(w, read, &s), ERR_UNKNOWN_TABLE,
               STR("the database has no view \"Late\""));
    s.all = world_query(w, "T", "id");
    expect_ok(database_world_run(w, read, &s));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_is_read_in_the_form_of_its_values),
        cmocka_unit_test(a_view_that_nobody_made_is_missed_when_it_is_asked),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_view", tests, NULL,
                                       NULL);
}
