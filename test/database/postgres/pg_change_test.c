/* What a mutation is on PostgreSQL: its text, and what the database does. */
#include "database/postgres/pg_change.h"

#include "test/support/statement_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "enum Mood {\n"
    "  GOOD\n"
    "  BAD\n"
    "}\n"
    "model Person {\n"
    "  id    Int    @id @default(autoincrement())\n"
    "  email String @unique\n"
    "  name  String @default(\"nobody\") @db.VarChar(10)\n"
    "  mood  Mood?\n"
    "  notes Note[]\n"
    "}\n"
    "model Note {\n"
    "  id     Int      @id @default(autoincrement())\n"
    "  text   String\n"
    "  tags   String[]\n"
    "  sizes  Int[]\n"
    "  moods  Mood[]\n"
    "  times  DateTime[]\n"
    "  data   Json?\n"
    "  many   Json[]\n"
    "  bytes  Bytes?\n"
    "  price  Decimal? @db.Decimal(8, 2)\n"
    "  at     DateTime?\n"
    "  big    BigInt?\n"
    "  real   Float?\n"
    "  isNew  Boolean  @default(true)\n"
    "  authorId Int?\n"
    "  author Person? @relation(fields: [authorId], references: [id])\n"
    "}\n"
    "model Counter {\n"
    "  id Int @id @default(autoincrement())\n"
    "}\n";

static statement_world *begin(void **state) {
    return statement_world_open(*state, SCHEMA);
}

/* ---- INSERT ------------------------------------------------------------- */

static void inserts_any_number_of_rows_by_one_statement(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value rows[] = {value_text("b@x.org"), value_text("Bob"),
                          value_text("a@x.org"), value_text("Ann")};
    mutation m = world_insert(&w->trees, "Person", "email name", rows, 2);
    world_return(&w->trees, &m, "id name");
    expect_str(
        statement_world_change_sql(w, &m),
        STR("INSERT INTO \"Person\" AS t0 (\"email\", \"name\") SELECT"
            " u.c0, u.c1 FROM unnest($1::text[], $2::varchar[]) AS u (c0,"
            " c1) RETURNING t0.\"id\", t0.\"name\""));
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":1,\"name\":\"Bob\"};{\"id\":2,\"name\":\"Ann\"}"));
}

static void inserts_values_of_every_type(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value rows[] = {
        value_text("it's \"\\ \xC3\xA9\n"),
        value_text("[\"a,b\",\"{c}\",\"\\\"d\\\\\",\"NULL\",\"\"]"),
        value_text("[1,-2]"),
        value_text("[\"BAD\",\"GOOD\"]"),
        value_text("[\"2024-01-31T12:00:00.120+00:00\"]"),
        value_text("{\"a\":[1,\"x\"]}"),
        value_text("[{\"a\":1},\"s\",2,null]"),
        {.kind = VALUE_BYTES, .text = {"\0\x01\"\\", 4}},
        value_text("12.50"),
        value_text("2024-01-31T12:00:00.123+00:00"),
        value_int(INT64_MIN),
        value_real(0.1),
        value_bool(false),
    };
    mutation m = world_insert(&w->trees, "Note",
                              "text tags sizes moods times data many bytes"
                              " price at big real isNew",
                              rows, 1);
    world_return(&w->trees, &m,
                 "text tags sizes moods times data many bytes price at big"
                 " real isNew authorId");
    expect_str(
        statement_world_write(w, &m),
        STR("{\"text\":\"it's \\\"\\\\ \xC3\xA9\\n\",\"tags\":[\"a,b\","
            "\"{c}\",\"\\\"d\\\\\",\"NULL\",\"\"],\"sizes\":[1,-2],\"moods\":"
            "[\"BAD\",\"GOOD\"],\"times\":[\"2024-01-31T12:00:00.12+00:00\"],"
            "\"data\":{\"a\": [1, \"x\"]},\"many\":[{\"a\": 1},\"s\",2,null],"
            "\"bytes\":\"\\\\x0001225c\",\"price\":12.50,\"at\":"
            "\"2024-01-31T12:00:00.123+00:00\",\"big\":-9223372036854775808,"
            "\"real\":0.1,\"isNew\":false,\"authorId\":null}"));
}

static void leaves_defaults_to_the_database(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value rows[] = {
        value_text("a"), value_default(), value_text("b"), value_default(),
        value_text("c"), value_text("C"), value_text("d"), value_default(),
    };
    mutation m = world_insert(&w->trees, "Person", "email name", rows, 4);
    world_return(&w->trees, &m, "id name");
    assert_int_equal(pg_change_part(&m, 0).row_count, 2);
    assert_int_equal(pg_change_part(&m, 2).row_count, 1);
    expect_str(
        statement_world_write(w, &m),
        STR("{\"id\":1,\"name\":\"nobody\"};{\"id\":2,\"name\":\"nobody\"};"
            "{\"id\":3,\"name\":\"C\"};{\"id\":4,\"name\":\"nobody\"}"));
}

static void inserts_rows_of_nothing_but_defaults(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value rows[] = {value_default(), value_default(), value_default()};
    mutation m = world_insert(&w->trees, "Counter", "id", rows, 3);
    world_return(&w->trees, &m, "id");
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":1};{\"id\":2};{\"id\":3}"));
}

static void shows_the_judge_what_it_wants(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value row[] = {value_text("a")};
    mutation m = world_insert(&w->trees, "Person", "email", row, 1);
    const query_column judged[] = {
        query_column_of(world_field(&w->trees, "Person", "name")),
        query_column_of(world_field(&w->trees, "Person", "mood")),
    };
    m.judged = judged;
    m.judged_count = 2;
    expect_str(statement_world_write(w, &m),
               STR("{}{\"name\":\"nobody\",\"mood\":null}"));
}

static void looks_at_rows_and_locks_them(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value row[] = {value_text("a")};
    mutation m = world_insert(&w->trees, "Person", "email", row, 1);
    const query_column judged[] = {
        query_column_of(world_field(&w->trees, "Person", "name")),
    };
    expect_str(statement_world_write(w, &m), STR(""));
    m = world_update(&w->trees, "Person", "email", row, NULL);
    m.field_count = 0;
    m.judged = judged;
    m.judged_count = 1;
    expect_str(statement_world_write(w, &m), STR("{}{\"name\":\"nobody\"}"));
    world_return(&w->trees, &m, "email");
    expect_str(statement_world_write(w, &m),
               STR("{\"email\":\"a\"}{\"name\":\"nobody\"}"));
    assert_true(str_contains(statement_world_change_sql(w, &m),
                             STR(" FOR UPDATE OF ")));
}

/* ---- Conflicts ---------------------------------------------------------- */

static mutation upsert(statement_world *w, const value *rows, size_t count,
                       conflict_rule rule) {
    static const field *email;
    email = world_field(&w->trees, "Person", "email");
    mutation m =
        world_insert(&w->trees, "Person", "email name mood", rows, count);
    m.on_conflict = rule;
    m.conflict_fields = &email;
    m.conflict_field_count = 1;
    world_return(&w->trees, &m, "id name mood");
    return m;
}

static void merges_with_what_is_there(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value before[] = {value_text("a"), value_text("Ann"),
                            value_text("GOOD")};
    mutation m = upsert(w, before, 1, CONFLICT_MERGE);
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":1,\"name\":\"Ann\",\"mood\":\"GOOD\"} new"));
    const value after[] = {value_text("b"),   value_text("Bob"),
                           value_null(),      value_text("a"),
                           value_text("Eve"), value_text("BAD")};
    m = upsert(w, after, 2, CONFLICT_MERGE);
    const bool keeps[] = {false, true, false};
    m.keeps_on_merge = keeps;
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":2,\"name\":\"Bob\",\"mood\":null} new;"
                   "{\"id\":1,\"name\":\"Ann\",\"mood\":\"BAD\"} old"));
}

static void merges_nothing_and_still_answers(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value row[] = {value_text("a"), value_default(), value_default()};
    for (int i = 0; i < 2; i++) {
        mutation m = upsert(w, row, 1, CONFLICT_MERGE);
        expect_str(
            statement_world_write(w, &m),
            i == 0 ? STR("{\"id\":1,\"name\":\"nobody\",\"mood\":null} new")
                   : STR("{\"id\":1,\"name\":\"nobody\",\"mood\":null} old"));
    }
}

static void ignores_what_is_there(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    const value rows[] = {value_text("a"), value_text("Ann"), value_null(),
                          value_text("a"), value_text("Eve"), value_null(),
                          value_text("b"), value_text("Bob"), value_null()};
    mutation m = upsert(w, rows, 3, CONFLICT_IGNORE);
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":1,\"name\":\"Ann\",\"mood\":null};"
                   "{\"id\":3,\"name\":\"Bob\",\"mood\":null}"));
    m.conflict_field_count = 0;
    expect_str(statement_world_write(w, &m), STR(""));
}

/* ---- Embeds, UPDATE, DELETE --------------------------------------------- */

static void seed(statement_world *w) {
    postgres_world_sql(w->postgres,
                       "INSERT INTO \"Person\" (email, name) VALUES ('a',"
                       " 'Ann'), ('b', 'Bob');"
                       "INSERT INTO \"Note\" (text, \"authorId\") VALUES ('x',"
                       " 1), ('y', 1)");
}

static void answers_with_related_rows(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    seed(w);
    const value rows[] = {value_text("n"), value_int(2), value_text("o"),
                          value_int(1)};
    mutation m = world_insert(&w->trees, "Note", "text authorId", rows, 2);
    world_return(&w->trees, &m, "text");
    embed author = world_embed(w, m.model, "author", "name");
    embed spread = world_embed(w, m.model, "author", "email");
    spread.is_spread = true;
    const embed embeds[] = {author, spread};
    const query_column judged =
        query_column_of(world_field(&w->trees, "Note", "isNew"));
    m.embeds = embeds;
    m.embed_count = 2;
    m.judged = &judged;
    m.judged_count = 1;
    expect_str(statement_world_write(w, &m),
               STR("{\"text\":\"n\",\"author\":{\"name\":\"Bob\"},\"email\":"
                   "\"b\"}{\"isNew\":true};{\"text\":\"o\",\"author\":"
                   "{\"name\":\"Ann\"},\"email\":\"a\"}{\"isNew\":true}"));
}

static void says_which_merged_rows_are_new_beside_embeds(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    seed(w);
    const value rows[] = {value_text("c"), value_text("Cid"), value_null(),
                          value_text("a"), value_text("Ada"), value_null()};
    mutation m = upsert(w, rows, 2, CONFLICT_MERGE);
    embed notes = world_embed(w, m.model, "notes", "text");
    m.embeds = &notes;
    m.embed_count = 1;
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":3,\"name\":\"Cid\",\"mood\":null,\"notes\":[]} new;"
                   "{\"id\":1,\"name\":\"Ada\",\"mood\":null,\"notes\":"
                   "[{\"text\":\"x\"}, {\"text\":\"y\"}]} old"));
}

static void updates_and_deletes_what_matches(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    seed(w);
    const filter *where =
        world_compare(&w->trees, world_field(&w->trees, "Note", "text"),
                      COMPARE_GTE, value_text("y"));
    const value changed[] = {value_text("z"), value_null(),
                             value_text("[\"t\"]")};
    mutation m =
        world_update(&w->trees, "Note", "text authorId tags", changed, where);
    world_return(&w->trees, &m, "id text authorId tags");
    expect_str(statement_world_change_sql(w, &m),
               STR("UPDATE \"Note\" AS t0 SET \"text\" = $1::text,"
                   " \"authorId\" = $2::integer, \"tags\" = $3::text[] WHERE"
                   " t0.\"text\" >= $4::text RETURNING t0.\"id\", t0.\"text\","
                   " t0.\"authorId\", to_json(t0.\"tags\")"));
    expect_str(statement_world_write(w, &m),
               STR("{\"id\":2,\"text\":\"z\",\"authorId\":null,\"tags\":"
                   "[\"t\"]}"));
    mutation gone = world_delete(&w->trees, "Note", where);
    world_return(&w->trees, &gone, "id");
    embed author = world_embed(w, gone.model, "author", "name");
    gone.embeds = &author;
    gone.embed_count = 1;
    expect_str(statement_world_write(w, &gone),
               STR("{\"id\":2,\"author\":null}"));
    gone.where = NULL;
    gone.returning_count = 0;
    gone.embed_count = 0;
    expect_str(statement_world_change_sql(w, &gone),
               STR("DELETE FROM \"Note\" AS t0"));
}

/* ---- What is refused ---------------------------------------------------- */

static void refuses_what_does_not_fit(void **state) {
    CLEANUP(statement_world_close) statement_world *w = begin(state);
    static const struct {
        const char *table;
        const char *column;
        value v;
        err_code code;
        const char *text;
    } CASES[] = {
        {"Person",
         "name",
         {.kind = VALUE_TEXT},
         ERR_NOT_NULL_VIOLATION,
         "null value in column \"email\" of relation \"Person\" violates"
         " not-null constraint"},
        {"Note",
         "authorId",
         {.kind = VALUE_INT, .integer = 9},
         ERR_FOREIGN_KEY_VIOLATION,
         "insert or update on table \"Note\" violates foreign key constraint"
         " \"Note_authorId_fkey\""},
        {"Note",
         "authorId",
         {.kind = VALUE_INT, .integer = INT64_C(1) << 40},
         ERR_VALUE_RANGE,
         "value \"1099511627776\" is out of range for type integer"},
        {"Person",
         "name",
         {.kind = VALUE_TEXT, .text = STR_INIT("longer than ten")},
         ERR_VALUE_RANGE,
         "value too long for type character varying(10)"},
        {"Person",
         "mood",
         {.kind = VALUE_TEXT, .text = STR_INIT("SO SO")},
         ERR_VALUE_SYNTAX,
         "invalid input value for enum \"Mood\": \"SO SO\""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool is_note = CASES[i].table[0] == 'N';
        const value row[] = {CASES[i].v, value_text("t")};
        mutation m = world_insert(
            &w->trees, CASES[i].table,
            arena_printf(w->a, "%s%s", CASES[i].column, is_note ? " text" : "")
                .ptr,
            row, 1);
        str out;
        err *e = statement_world_try_write(w, &m, &out);
        assert_non_null(e);
        assert_int_equal(e->code, CASES[i].code);
        if (!str_contains(e->cause->message, str_of(CASES[i].text)))
            expect_str(e->cause->message, str_of(CASES[i].text));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(inserts_any_number_of_rows_by_one_statement),
        TEST(inserts_values_of_every_type),
        TEST(leaves_defaults_to_the_database),
        TEST(inserts_rows_of_nothing_but_defaults),
        TEST(shows_the_judge_what_it_wants),
        TEST(looks_at_rows_and_locks_them),
        TEST(merges_with_what_is_there),
        TEST(merges_nothing_and_still_answers),
        TEST(ignores_what_is_there),
        TEST(answers_with_related_rows),
        TEST(says_which_merged_rows_are_new_beside_embeds),
        TEST(updates_and_deletes_what_matches),
        TEST(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_change", tests,
                                       NULL, NULL);
}
