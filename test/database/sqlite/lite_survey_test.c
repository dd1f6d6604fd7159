/* Databases that others made: their values in their forms. */
#include "database/sqlite/lite_survey.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "enum Role {\n"
                             "  USER\n"
                             "  ADMIN\n"
                             "}\n"
                             "model T {\n"
                             "  id   Int       @id\n"
                             "  at   DateTime? @default(now())\n"
                             "  role Role?\n"
                             "  data Json?\n"
                             "}\n";

static const char PRISMA[] =
    "CREATE TABLE \"T\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"
    "\"at\" DATETIME DEFAULT CURRENT_TIMESTAMP, \"role\" TEXT,"
    "\"data\" JSONB);";

typedef struct scene {
    database_world *w;
    mutation insert;
    query all;
    str rows;
} scene;

static database_world *begin(const char *sql) {
    database_world *w = database_world_new(SCHEMA);
    database_world_sql(w, PRISMA);
    database_world_sql(w, sql);
    return w;
}

static err *write_then_read(void *argument) {
    scene *s = argument;
    TRY(world_write(s->w, &s->insert, NULL, NULL));
    return world_read(s->w, &s->all, &s->rows, NULL);
}

/* Inserts a row with that date next to the one that is there. */
static str insert_and_read_dates(database_world *w) {
    const value row[] = {value_int(2),
                         value_text("2024-02-01T12:00:00.500+00:00")};
    scene s = {.w = w,
               .insert = world_insert(w, "T", "id at", row, 1),
               .all = world_query(w, "T", "at")};
    s.all.where = world_compare(w, world_field(w, "T", "at"), COMPARE_GT,
                                value_text("2024-01-31T00:00:00.000+00:00"));
    expect_ok(database_world_run(w, write_then_read, &s));
    return s.rows;
}

static void dates_keep_the_form_of_their_column(void **state) {
    (void)state;
    static const struct {
        const char *first; /* in the table already */
        const char *second;
    } CASES[] = {
        {"1706745600123", "1706788800500"},
        {"'2024-02-01T00:00:00.123+00:00'", "2024-02-01T12:00:00.500+00:00"},
        {"'2024-02-01T00:00:00.123Z'", "2024-02-01T12:00:00.500Z"},
        {"'2024-02-01 00:00:00.123'", "2024-02-01 12:00:00.500"},
        {"NULL", "2024-02-01T12:00:00.500+00:00"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = arena_new();
        database_world *w =
            begin(arena_printf(a, "INSERT INTO T (id, at) VALUES (1, %s)",
                               CASES[i].first)
                      .ptr);
        expect_ok(database_world_open(w));
        str want = STR("2024-02-01T00:00:00.123+00:00;"
                       "2024-02-01T12:00:00.500+00:00");
        if (strcmp(CASES[i].first, "NULL") == 0)
            want = STR("2024-02-01T12:00:00.500+00:00");
        expect_str(insert_and_read_dates(w), want);
        expect_str(database_world_ask(w, "SELECT at FROM T WHERE id = 2"),
                   str_of(CASES[i].second));
        database_world_free(w);
        arena_free(a);
    }
}

/* Written with a fraction only where there is one, so that the texts sort. */
static void reads_and_writes_what_current_timestamp_makes(void **state) {
    (void)state;
    database_world *w =
        begin("INSERT INTO T (id, at) VALUES (1, '2024-02-01 00:00:00')");
    expect_ok(database_world_open(w));
    const value rows[] = {
        value_int(2), value_text("2024-02-01T00:00:00.500+00:00"), value_int(3),
        value_text("2024-02-01T00:00:01.000+00:00")};
    scene s = {.w = w,
               .insert = world_insert(w, "T", "id at", rows, 2),
               .all = world_query(w, "T", "at")};
    s.all.where = world_compare(w, world_field(w, "T", "at"), COMPARE_LTE,
                                value_text("2024-02-01T00:00:00.500+00:00"));
    expect_ok(database_world_run(w, write_then_read, &s));
    expect_str(s.rows, STR("2024-02-01T00:00:00.000+00:00;"
                           "2024-02-01T00:00:00.500+00:00"));
    expect_str(
        database_world_ask(w, "SELECT group_concat(at) FROM (SELECT at FROM T"
                              " ORDER BY at)"),
        STR("2024-02-01 00:00:00,2024-02-01 00:00:00.500,"
            "2024-02-01 00:00:01"));
    database_world_free(w);
}

/* CURRENT_TIMESTAMP would put a text between integers. */
static void a_default_date_has_the_columns_form(void **state) {
    (void)state;
    database_world *w =
        begin("INSERT INTO T (id, at) VALUES (1, 1706745600123)");
    expect_ok(database_world_open(w));
    const value row[] = {value_int(2), value_default()};
    scene s = {.w = w,
               .insert = world_insert(w, "T", "id at", row, 1),
               .all = world_query(w, "T", "id")};
    expect_ok(database_world_run(w, write_then_read, &s));
    expect_str(database_world_ask(w, "SELECT group_concat(typeof(at)) FROM T"),
               STR("integer,integer"));
    database_world_free(w);
}

#define ONE_FORM                                                               \
    "make them all integers, of Unix milliseconds, or all text like"           \
    " 2024-02-01T00:00:00.123Z"

static void values_without_a_form_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *sql;
        const char *message;
        const char *hint;
    } CASES[] = {
        {"INSERT INTO T (id, at) VALUES (1, 1706745600123),"
         " (2, '2024-02-01T00:00:00.123Z')",
         "column \"at\" of table \"T\" holds dates in no single form: of 2"
         " values 1 are integers, 0 end in +00:00, 1 end in Z, 0 are as"
         " CURRENT_TIMESTAMP has them",
         ONE_FORM},
        {"INSERT INTO T (id, at) VALUES (1, '2024-02-01 00:00:00'),"
         " (2, 'February')",
         "column \"at\" of table \"T\" holds dates in no single form: of 2"
         " values 0 are integers, 0 end in +00:00, 0 end in Z, 1 are as"
         " CURRENT_TIMESTAMP has them",
         ONE_FORM},
        {"INSERT INTO T (id, at, role) VALUES (1, NULL, 'GUEST')",
         "column \"role\" of table \"T\" holds 1 values that enum Role does"
         " not have",
         "change those values, or add them to the enum"},
        {"INSERT INTO T (id, at, data) VALUES (1, NULL, 'no json')",
         "column \"data\" of table \"T\" holds 1 values that are not JSON",
         "change those values, or declare the column as String"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        database_world *w = begin(CASES[i].sql);
        err *e = database_world_open(w);
        expect_err(e, ERR_CONFLICT, str_of(CASES[i].message));
        expect_str(e->hint, str_of(CASES[i].hint));
        database_world_free(w);
    }
}

static err *insert(void *argument) {
    scene *s = argument;
    return world_write(s->w, &s->insert, NULL, NULL);
}

/* The column's numeric affinity makes numbers of texts that look like one. */
static void json_numbers_survive_or_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *json;
        const char *stored; /* or NULL: refused */
    } CASES[] = {
        {"{\"a\": 1.50}", "{\"a\": 1.50}"},
        {"\"12\"", "\"12\""},
        {"true", "true"},
        {"42", "42"},
        {"-1.25", "-1.25"},
        {"9007199254740993", "9007199254740993"},
        {"0.12345678901234567", NULL},
        {" 123456789012345678901234567890 ", NULL},
    };
    database_world *w = begin("SELECT 1");
    expect_ok(database_world_open(w));
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const value row[] = {value_int((int64_t)i), value_text(CASES[i].json)};
        scene s = {.w = w, .insert = world_insert(w, "T", "id data", row, 1)};
        err *e = database_world_run(w, insert, &s);
        if (CASES[i].stored == NULL) {
            expect_err(e, ERR_VALUE_RANGE, STR("numeric field overflow"));
            continue;
        }
        expect_ok(e);
        str sql = arena_printf(w->a, "SELECT data FROM T WHERE id = %zu", i);
        expect_str(database_world_ask(w, sql.ptr), str_of(CASES[i].stored));
    }
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_keep_the_form_of_their_column),
        cmocka_unit_test(reads_and_writes_what_current_timestamp_makes),
        cmocka_unit_test(a_default_date_has_the_columns_form),
        cmocka_unit_test(values_without_a_form_are_refused),
        cmocka_unit_test(json_numbers_survive_or_are_refused),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_survey", tests,
                                       NULL, NULL);
}
