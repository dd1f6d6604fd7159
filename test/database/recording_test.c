/* What a change leaves in the audit log and the feed of events. */
#include "database/recording.h"

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id\n"
    "  name    String   @unique\n"
    "  apiKey  String?\n"
    "  pin     String?  @sensitive\n"
    "  due     DateTime?\n"
    "  members Member[]\n"
    "  tags    Tag[]\n"
    "}\n"
    "model Member {\n"
    "  teamId Int\n"
    "  login  String\n"
    "  boss   String?\n"
    "  team   Team    @relation(fields: [teamId], references: [id],"
    " onDelete: Cascade)\n"
    "  notes  Note[]\n"
    "  @@id([teamId, login])\n"
    "}\n"
    "model Note {\n"
    "  id     Int     @id\n"
    "  teamId Int?\n"
    "  login  String?\n"
    "  member Member? @relation(fields: [teamId, login],"
    " references: [teamId, login], onDelete: SetNull)\n"
    "  @@audit(changes)\n"
    "}\n"
    "model Tag {\n"
    "  name  String @id\n"
    "  teams Team[]\n"
    "  @@audit(off)\n"
    "}\n"
    "model Session {\n"
    "  token String @id\n"
    "}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin(SCHEMA, &w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    database_world_free(*state);
    return 0;
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* ---- Writing ------------------------------------------------------------ */

static const change_origin WHO = {
    .user_id = STR_INIT("u1"),
    .request_id = STR_INIT("r1"),
    .ip_address = STR_INIT("10.0.0.1"),
    .user_agent = STR_INIT("test"),
};

typedef struct writing {
    database_world *w;
    mutation mutation;
    err *failure;
} writing;

static err *run_writing(void *argument) {
    writing *r = argument;
    r->failure = world_write(r->w, &r->mutation, NULL, NULL);
    return NULL;
}

static err *try_write(database_world *w, mutation m) {
    writing r = {.w = w, .mutation = m};
    r.mutation.origin = &WHO;
    expect_ok(database_world_run(w, run_writing, &r));
    return r.failure;
}

static void write_one(database_world *w, mutation m) {
    expect_ok(try_write(w, m));
}

static void add_team(database_world *w, int64_t id, const char *name) {
    const value row[] = {value_int(id), value_text(name)};
    write_one(w, world_insert(w, "Team", "id name", row, 1));
}

static void add_member(database_world *w, int64_t team, const char *login) {
    const value row[] = {value_int(team), value_text(login)};
    write_one(w, world_insert(w, "Member", "teamId login", row, 1));
}

static filter *team_is(database_world *w, int64_t id) {
    return world_compare(w, world_field(w, "Team", "id"), COMPARE_EQ,
                         value_int(id));
}

/* ---- Reading ------------------------------------------------------------ */

static void forget(database_world *w) {
    database_world_sql(w, "DELETE FROM tenon_audit_log");
    database_world_sql(w, "DELETE FROM tenon_event");
}

/* The log, a row each: "create Team 1 null {...} null". */
static str audit_of(database_world *w) {
    return database_world_ask(
        w, "SELECT group_concat(action || ' ' || model || ' ' ||"
           " coalesce(record_id, '-') || ' ' || coalesce(\"before\", '-') ||"
           " ' ' || coalesce(\"after\", '-') || ' ' || coalesce(changes, '-'),"
           " x'0a') FROM (SELECT * FROM tenon_audit_log ORDER BY position)");
}

static str events_of(database_world *w) {
    return database_world_ask(
        w, "SELECT group_concat(action || ' ' || model || ' ' ||"
           " coalesce(record_id, '-') || ' ' || coalesce(\"before\", '-') ||"
           " ' ' || coalesce(\"after\", '-'), x'0a')"
           " FROM (SELECT * FROM tenon_event ORDER BY sequence)");
}

/* ---- */

static void a_create_leaves_the_row_as_it_became(void **state) {
    database_world *w = *state;
    add_team(w, 1, "red");
    expect_str(audit_of(w),
               STR("create Team 1 - {\"id\":1,\"name\":\"red\","
                   "\"apiKey\":null,\"pin\":null,\"due\":null} -"));
    expect_str(events_of(w), STR("create Team 1 - {\"id\":1,\"name\":\"red\","
                                 "\"apiKey\":null,\"pin\":null,\"due\":null}"));
}

static void an_update_leaves_what_differs(void **state) {
    database_world *w = *state;
    const value set[] = {value_text("blue"),
                         value_text("2024-01-31T12:00:00.120+00:00")};
    add_team(w, 1, "red");
    forget(w);
    write_one(w, world_update(w, "Team", "name due", set, NULL));
    expect_str(audit_of(w),
               STR("update Team 1 {\"id\":1,\"name\":\"red\",\"apiKey\":null,"
                   "\"pin\":null,\"due\":null} {\"id\":1,\"name\":\"blue\","
                   "\"apiKey\":null,\"pin\":null,"
                   "\"due\":\"2024-01-31T12:00:00.12+00:00\"}"
                   " {\"name\":{\"from\":\"red\",\"to\":\"blue\"},"
                   "\"due\":{\"from\":null,"
                   "\"to\":\"2024-01-31T12:00:00.12+00:00\"}}"));
}

static void an_update_that_changes_nothing_leaves_nothing(void **state) {
    database_world *w = *state;
    const value set[] = {value_text("red")};
    add_team(w, 1, "red");
    forget(w);
    write_one(w, world_update(w, "Team", "name", set, NULL));
    expect_str(audit_of(w), STR("null"));
    expect_str(events_of(w), STR("null"));
}

static void secrets_are_redacted_and_their_change_is_seen(void **state) {
    database_world *w = *state;
    const value first[] = {value_text("key-1"), value_text("1234")};
    const value second[] = {value_text("key-2"), value_text("1234")};
    add_team(w, 1, "red");
    write_one(w, world_update(w, "Team", "apiKey pin", first, NULL));
    write_one(w, world_update(w, "Team", "apiKey pin", second, NULL));
    str log = audit_of(w);
    assert_false(str_contains(log, STR("key-")));
    assert_false(str_contains(log, STR("1234")));
    assert_true(str_contains(log, STR("{\"apiKey\":{\"from\":\"[redacted]\","
                                      "\"to\":\"[redacted]\"}}")));
}

static void an_id_that_is_a_secret_is_known_by_its_hash(void **state) {
    database_world *w = *state;
    const value row[] = {value_text("abc")};
    write_one(w, world_insert(w, "Session", "token", row, 1));
    expect_str(audit_of(w),
               STR("create Session ba7816bf8f01cfea414140de5dae2223b00361a39617"
                   "7a9cb410ff61f20015ad - {\"token\":\"[redacted]\"} -"));
}

static void a_cascade_is_recorded_row_by_row(void **state) {
    database_world *w = *state;
    const value note[] = {value_int(7), value_int(1), value_text("ann")};
    add_team(w, 1, "red");
    add_member(w, 1, "ann");
    write_one(w, world_insert(w, "Note", "id teamId login", note, 1));
    forget(w);
    write_one(w, world_delete(w, "Team", team_is(w, 1)));
    str log = audit_of(w);
    static const str EXPECTED[] = {
        STR_INIT("delete Team 1 {"),
        STR_INIT("delete Member [\"1\", \"ann\"] {"),
        STR_INIT("update Note 7 - - {\"teamId\":{\"from\":1,\"to\":null},"
                 "\"login\":{\"from\":\"ann\",\"to\":null}}"),
    };
    for (size_t i = 0; i < LENGTH(EXPECTED); i++)
        assert_true(str_contains(log, EXPECTED[i]));
}

static void what_is_off_has_events_only(void **state) {
    database_world *w = *state;
    const value row[] = {value_text("new")};
    write_one(w, world_insert(w, "Tag", "name", row, 1));
    expect_str(audit_of(w), STR("null"));
    expect_str(events_of(w), STR("create Tag new - {\"name\":\"new\"}"));
}

static void a_failed_change_leaves_nothing(void **state) {
    database_world *w = *state;
    const value rows[] = {value_int(1), value_text("red"), value_int(2),
                          value_text("red")};
    expect_err(try_write(w, world_insert(w, "Team", "id name", rows, 2)),
               ERR_UNIQUE_VIOLATION,
               STR("duplicate key value violates unique constraint"
                   " \"Team_name_key\""));
    expect_str(audit_of(w), STR("null"));
    add_team(w, 3, "blue");
    expect_str(database_world_ask(w, "SELECT record_id FROM tenon_audit_log"),
               STR("3"));
}

static void what_is_undone_leaves_nothing(void **state) {
    database_world *w = *state;
    const value row[] = {value_int(1), value_text("red")};
    mutation m = world_insert(w, "Team", "id name", row, 1);
    m.is_rolled_back = true;
    write_one(w, m);
    expect_str(audit_of(w), STR("null"));
    expect_str(events_of(w), STR("null"));
}

static void the_log_says_who_it_was(void **state) {
    database_world *w = *state;
    add_team(w, 1, "red");
    expect_str(
        database_world_ask(w, "SELECT user_id || ' ' || request_id || ' ' ||"
                              " ip_address || ' ' || user_agent || ' ' ||"
                              " coalesce(token_id, '-') || ' ' ||"
                              " (length(hash) = 32) || ' ' ||"
                              " (id = (SELECT audit_id FROM tenon_event))"
                              " FROM tenon_audit_log"),
        STR("u1 r1 10.0.0.1 test - 1 1"));
}

static void a_merge_is_recorded_as_what_it_did(void **state) {
    database_world *w = *state;
    const value rows[] = {value_int(1), value_text("red"), value_int(2),
                          value_text("blue")};
    const field *by[] = {world_field(w, "Team", "id")};
    mutation m = world_insert(w, "Team", "id name", rows, 2);
    m.on_conflict = CONFLICT_MERGE;
    m.conflict_fields = by;
    m.conflict_field_count = 1;
    add_team(w, 1, "old");
    forget(w);
    write_one(w, m);
    expect_str(database_world_ask(
                   w, "SELECT group_concat(action || ' ' || record_id, '; ')"
                      " FROM (SELECT * FROM tenon_audit_log ORDER BY"
                      " position)"),
               STR("update 1; create 2"));
}

static void many_rows_are_all_recorded(void **state) {
    database_world *w = *state;
    enum { ROWS = 20000 };
    value *rows = arena_new_array(w->a, value, 2 * ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        rows[2 * i] = value_int((int64_t)i);
        rows[2 * i + 1] = (value){
            VALUE_TEXT, .text = arena_printf(w->a, "team number %zu", i)};
    }
    write_one(w, world_insert(w, "Team", "id name", rows, ROWS));
    expect_str(database_world_ask(
                   w, "SELECT count(*) || ' ' || count(DISTINCT record_id) ||"
                      " ' ' || (SELECT max(sequence) FROM tenon_event)"
                      " FROM tenon_audit_log"),
               STR("20000 20000 20000"));
}

static void a_long_value_is_kept_once(void **state) {
    database_world *w = *state;
    enum { LONG = 20000 };
    char *text = arena_alloc(w->a, LONG + 1, 1);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    const value set[] = {value_text(text)};
    add_team(w, 1, "red");
    forget(w);
    write_one(w, world_update(w, "Team", "name", set, NULL));
    expect_str(database_world_ask(
                   w, "SELECT changes || ' ' || (length(\"after\") > 20000)"
                      " FROM tenon_audit_log"),
               STR("{\"name\":{\"from\":\"red\",\"to\":\"[long]\"}} 1"));
    expect_str(
        database_world_ask(w, "SELECT \"after\" ->> 'name' FROM tenon_event"),
        STR("[long]"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_create_leaves_the_row_as_it_became),
        WORLD_TEST(an_update_leaves_what_differs),
        WORLD_TEST(an_update_that_changes_nothing_leaves_nothing),
        WORLD_TEST(secrets_are_redacted_and_their_change_is_seen),
        WORLD_TEST(an_id_that_is_a_secret_is_known_by_its_hash),
        WORLD_TEST(a_cascade_is_recorded_row_by_row),
        WORLD_TEST(what_is_off_has_events_only),
        WORLD_TEST(a_failed_change_leaves_nothing),
        WORLD_TEST(what_is_undone_leaves_nothing),
        WORLD_TEST(the_log_says_who_it_was),
        WORLD_TEST(a_merge_is_recorded_as_what_it_did),
        WORLD_TEST(many_rows_are_all_recorded),
        WORLD_TEST(a_long_value_is_kept_once),
    };
    return cmocka_run_group_tests_name("database/recording", tests, NULL, NULL);
}
