/* What a change leaves in the audit log and the feed of events. */
#include "database/recording.h"

#include "base/rand.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id\n"
    "  name    String   @unique\n"
    "  rank    Int      @default(3)\n"
    "  apiKey  String?\n"
    "  pin     String?  @sensitive\n"
    "  due     DateTime?\n"
    "  about   String?\n"
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
    "model Part {\n"
    "  id   Int    @id\n"
    "  text String\n"
    "  inId Int?\n"
    "  in   Part?  @relation(\"whole\", fields: [inId], references: [id])\n"
    "  has  Part[] @relation(\"whole\")\n"
    "}\n"
    "model Tag {\n"
    "  name  String @id\n"
    "  teams Team[]\n"
    "  @@audit(off)\n"
    "}\n"
    "model Session {\n"
    "  token   String   @id\n"
    "  steps   Step[]\n"
    "  devices Device[]\n"
    "}\n"
    "model Step {\n"
    "  id   Int     @id\n"
    "  by   String\n"
    "  from Session @relation(fields: [by], references: [token])\n"
    "}\n"
    "model Device {\n"
    "  id       Int       @id\n"
    "  sessions Session[]\n"
    "}\n";

static int setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), SCHEMA, &w);
    if (w != NULL && w->postgres != NULL) {
        str report;
        w->config.protection.has_guards = true;
        expect_ok(database_world_push(w, &report));
    }
    *state = w;
    return 0;
}

static int teardown(void **state) {
    if (*state != NULL)
        database_world_free(*state);
    return 0;
}

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

/* In SQL that both engines have; LOG and FEED stand for the tables. */
static str ask(database_world *w, const char *sql) {
    static const char *const NAMES[][3] = {
        {"LOG", "tenon_audit_log", "tenon.audit_log"},
        {"FEED", "tenon_event", "tenon.event"},
    };
    buf out = buf_new(SIZE_MAX);
    while (*sql != '\0') {
        size_t skipped = 1;
        for (size_t i = 0; i < LENGTH(NAMES); i++) {
            if (strncmp(sql, NAMES[i][0], strlen(NAMES[i][0])) != 0)
                continue;
            skipped = strlen(NAMES[i][0]);
            buf_append(&out, str_of(NAMES[i][w->postgres != NULL ? 2 : 1]));
        }
        if (skipped == 1)
            buf_append_char(&out, *sql);
        sql += skipped;
    }
    str text = arena_copy(w->a, buf_str(&out));
    buf_free(&out);
    return database_world_ask(w, arena_cstr(w->a, text));
}

static void forget(database_world *w) {
    bool is_postgres = w->postgres != NULL;
    database_world_sql(w, is_postgres ? "DELETE FROM tenon.audit_log"
                                      : "DELETE FROM tenon_audit_log");
    database_world_sql(w, is_postgres ? "DELETE FROM tenon.event"
                                      : "DELETE FROM tenon_event");
}

/* How many rows there are, in the log and in the feed. */
static void expect_counts(database_world *w, const char *counts) {
    expect_str(ask(w, "SELECT (SELECT count(*) FROM LOG) || ' ' ||"
                      " (SELECT count(*) FROM FEED)"),
               str_of(counts));
}

/* ---- */

static void a_create_leaves_the_row_as_it_became(void **state) {
    database_world *w = world_here(state);
    add_team(w, 1, "red");
    expect_counts(w, "1 1");
    expect_str(ask(w, "SELECT action || ' ' || model || ' ' || record_id ||"
                      " ' ' || coalesce(\"before\" ->> 'id', '-') || ' ' ||"
                      " (\"after\" ->> 'id') || ' ' ||"
                      " (\"after\" ->> 'name') || ' ' ||"
                      " coalesce(\"after\" ->> 'due', '-') || ' ' ||"
                      " coalesce(changes ->> 'id', '-') FROM LOG"),
               STR("create Team 1 - 1 red - -"));
    expect_str(ask(w, "SELECT action || ' ' || model || ' ' || record_id ||"
                      " ' ' || coalesce(\"before\" ->> 'id', '-') || ' ' ||"
                      " (\"after\" ->> 'name') FROM FEED"),
               STR("create Team 1 - red"));
}

static void an_update_leaves_what_differs(void **state) {
    database_world *w = world_here(state);
    const value set[] = {value_text("blue"),
                         value_text("2024-01-31T12:00:00.120+00:00")};
    add_team(w, 1, "red");
    forget(w);
    write_one(w, world_update(w, "Team", "name due", set, NULL));
    expect_counts(w, "1 1");
    expect_str(ask(w, "SELECT action || ' ' || (\"before\" ->> 'name') ||"
                      " ' ' || (\"after\" ->> 'name') || ' ' ||"
                      " (changes -> 'name' ->> 'from') || ' ' ||"
                      " (changes -> 'name' ->> 'to') || ' ' ||"
                      " coalesce(changes -> 'due' ->> 'from', '-') || ' ' ||"
                      " substr(changes -> 'due' ->> 'to', 1, 22) || ' ' ||"
                      " coalesce(changes ->> 'id', '-') FROM LOG"),
               STR("update red blue red blue - 2024-01-31T12:00:00.12 -"));
}

static void an_update_that_changes_nothing_leaves_nothing(void **state) {
    database_world *w = world_here(state);
    const value set[] = {value_text("red")};
    add_team(w, 1, "red");
    forget(w);
    write_one(w, world_update(w, "Team", "name", set, NULL));
    expect_counts(w, "0 0");
}

static void secrets_are_redacted_and_their_change_is_seen(void **state) {
    database_world *w = world_here(state);
    const value first[] = {value_text("key-1"), value_text("1234")};
    const value second[] = {value_text("key-2"), value_text("1234")};
    add_team(w, 1, "red");
    write_one(w, world_update(w, "Team", "apiKey pin", first, NULL));
    write_one(w, world_update(w, "Team", "apiKey pin", second, NULL));
    expect_counts(w, "3 3");
    expect_str(ask(w,
                   "SELECT count(*) FROM LOG WHERE coalesce(CAST(\"before\" AS"
                   " text), '') || coalesce(CAST(\"after\" AS text), '') ||"
                   " coalesce(CAST(changes AS text), '') LIKE '%key-%'"),
               STR("0"));
    expect_str(ask(w, "SELECT count(*) FROM FEED WHERE coalesce(CAST("
                      "\"before\" AS text), '') || CAST(\"after\" AS text)"
                      " LIKE '%1234%'"),
               STR("0"));
    expect_str(ask(w, "SELECT (changes -> 'apiKey' ->> 'from') || ' ' ||"
                      " (changes -> 'apiKey' ->> 'to') || ' ' ||"
                      " coalesce(changes ->> 'pin', '-') FROM LOG"
                      " WHERE \"before\" ->> 'apiKey' IS NOT NULL"),
               STR("[redacted] [redacted] -"));
    expect_str(ask(w, "SELECT coalesce(changes -> 'pin' ->> 'from', '-') ||"
                      " ' ' || (changes -> 'pin' ->> 'to') FROM LOG"
                      " WHERE changes ->> 'pin' IS NOT NULL"),
               STR("- [redacted]"));
}

static void an_id_that_is_a_secret_is_known_by_its_hash(void **state) {
    database_world *w = world_here(state);
    const value row[] = {value_text("abc")};
    write_one(w, world_insert(w, "Session", "token", row, 1));
    expect_str(ask(w, "SELECT record_id || ' ' || (\"after\" ->> 'token')"
                      " FROM LOG"),
               STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20"
                   "015ad [redacted]"));
}

static void who_refers_to_a_secret_does_not_tell_it(void **state) {
    database_world *w = world_here(state);
    const value session[] = {value_text("abc")};
    const value step[] = {value_int(1), value_text("abc")};
    const value device[] = {value_int(2)};
    write_one(w, world_insert(w, "Session", "token", session, 1));
    write_one(w, world_insert(w, "Device", "id", device, 1));
    forget(w);
    write_one(w, world_insert(w, "Step", "id by", step, 1));
    expect_str(ask(w, "SELECT \"after\" ->> 'by' FROM FEED"),
               STR("[redacted]"));
    if (w->postgres == NULL)
        return; /* there it is only recorded what goes through Tenon */
    forget(w);
    database_world_sql(w, "INSERT INTO \"_DeviceToSession\" VALUES (2, 'abc')");
    expect_str(ask(w, "SELECT (\"after\" ->> 'A') || ' ' ||"
                      " (\"after\" ->> 'B') || ' ' || record_id FROM LOG"),
               STR("2 [redacted] [\"2\", \"ba7816bf8f01cfea414140de5dae2223b003"
                   "61a396177a9cb410ff61f20015ad\"]"));
}

static void columns_that_trade_names_are_told_apart(void **state) {
    database_world *w = world_here(state);
    const value set[] = {value_text("key-9")};
    add_team(w, 1, "red");
    forget(w);
    database_world_sql(w, "ALTER TABLE \"Team\" RENAME \"apiKey\" TO old;"
                          "ALTER TABLE \"Team\" RENAME about TO \"apiKey\";"
                          "ALTER TABLE \"Team\" RENAME old TO about");
    write_one(w, world_update(w, "Team", "apiKey", set, NULL));
    expect_str(ask(w, "SELECT (\"after\" ->> 'apiKey') || ' ' ||"
                      " coalesce(\"after\" ->> 'about', '-') FROM LOG"),
               STR("[redacted] -"));
}

static void a_row_older_than_a_column_has_its_default(void **state) {
    database_world *w = world_here(state);
    const value set[] = {value_text("blue")};
    add_team(w, 1, "red");
    forget(w);
    database_world_sql(w, "ALTER TABLE \"Team\" RENAME rank TO old;"
                          "ALTER TABLE \"Team\" ADD COLUMN rank"
                          " INTEGER NOT NULL DEFAULT 5");
    write_one(w, world_update(w, "Team", "name", set, NULL));
    expect_str(ask(w, "SELECT (\"before\" ->> 'rank') || ' ' ||"
                      " (\"after\" ->> 'rank') || ' ' ||"
                      " coalesce(changes ->> 'rank', '-') FROM LOG"),
               STR("5 5 -"));
}

static void a_log_that_was_dropped_is_made_again(void **state) {
    database_world *w = world_here(state);
    if (w->postgres != NULL)
        return; /* push makes it there */
    add_team(w, 1, "red");
    database_world_sql(w, "DROP TABLE tenon_audit_log; DROP VIEW tenon_event;"
                          " DROP TABLE tenon_feed");
    add_team(w, 2, "blue");
    expect_counts(w, "1 1");
}

static void a_cascade_is_recorded_row_by_row(void **state) {
    database_world *w = world_here(state);
    const value note[] = {value_int(7), value_int(1), value_text("ann")};
    add_team(w, 1, "red");
    add_member(w, 1, "ann");
    write_one(w, world_insert(w, "Note", "id teamId login", note, 1));
    forget(w);
    write_one(w, world_delete(w, "Team", team_is(w, 1)));
    expect_counts(w, "3 3");
    expect_str(ask(w, "SELECT action || ' ' || (\"before\" ->> 'name') ||"
                      " ' ' || user_id FROM LOG WHERE model = 'Team'"),
               STR("delete red u1"));
    expect_str(ask(w, "SELECT action || ' ' || record_id || ' ' || user_id"
                      " FROM LOG WHERE model = 'Member'"),
               STR("delete [\"1\", \"ann\"] u1"));
    expect_str(ask(w, "SELECT action || ' ' || record_id || ' ' ||"
                      " (changes -> 'teamId' ->> 'from') || ' ' ||"
                      " coalesce(changes -> 'login' ->> 'to', '-') || ' ' ||"
                      " coalesce(\"before\" ->> 'id', '-')"
                      " FROM LOG WHERE model = 'Note'"),
               STR("update 7 1 - -"));
}

static void what_is_off_has_events_only(void **state) {
    database_world *w = world_here(state);
    const value row[] = {value_text("new")};
    write_one(w, world_insert(w, "Tag", "name", row, 1));
    expect_counts(w, "0 1");
    expect_str(ask(w, "SELECT action || ' ' || model || ' ' || record_id"
                      " FROM FEED"),
               STR("create Tag new"));
}

static void a_failed_change_leaves_nothing(void **state) {
    database_world *w = world_here(state);
    const value rows[] = {value_int(1), value_text("red"), value_int(2),
                          value_text("red")};
    expect_err(try_write(w, world_insert(w, "Team", "id name", rows, 2)),
               ERR_UNIQUE_VIOLATION,
               STR("duplicate key value violates unique constraint"
                   " \"Team_name_key\""));
    expect_counts(w, "0 0");
    add_team(w, 3, "blue");
    expect_str(ask(w, "SELECT record_id FROM LOG"), STR("3"));
}

static void what_is_undone_leaves_nothing(void **state) {
    database_world *w = world_here(state);
    const value row[] = {value_int(1), value_text("red")};
    mutation m = world_insert(w, "Team", "id name", row, 1);
    m.is_rolled_back = true;
    write_one(w, m);
    expect_counts(w, "0 0");
}

static void the_log_says_who_it_was(void **state) {
    database_world *w = world_here(state);
    add_team(w, 1, "red");
    expect_str(ask(w, "SELECT user_id || ' ' || request_id || ' ' ||"
                      " ip_address || ' ' || user_agent || ' ' ||"
                      " coalesce(token_id, '-') || ' ' || length(hash)"
                      " FROM LOG"),
               STR("u1 r1 10.0.0.1 test - 32"));
    expect_str(ask(w, "SELECT count(*) FROM LOG l JOIN FEED e"
                      " ON e.audit_id = l.id"),
               STR("1"));
}

static void a_merge_is_recorded_as_what_it_did(void **state) {
    database_world *w = world_here(state);
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
    expect_counts(w, "2 2");
    expect_str(ask(w, "SELECT action FROM LOG WHERE record_id = '1'"),
               STR("update"));
    expect_str(ask(w, "SELECT action FROM LOG WHERE record_id = '2'"),
               STR("create"));
}

static void many_rows_are_all_recorded(void **state) {
    database_world *w = world_here(state);
    enum { ROWS = 8000 };
    value *rows = arena_new_array(w->a, value, 2 * ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        rows[2 * i] = value_int((int64_t)i);
        rows[2 * i + 1] = (value){
            VALUE_TEXT, .text = arena_printf(w->a, "team number %zu", i)};
    }
    write_one(w, world_insert(w, "Team", "id name", rows, ROWS));
    expect_counts(w, "8000 8000");
    expect_str(ask(w, "SELECT count(DISTINCT record_id) FROM LOG"),
               STR("8000"));
}

typedef struct pair {
    database_world *w;
    mutation first;
    mutation second;
} pair;

static err *run_pair(void *argument) {
    const pair *p = argument;
    const mutation *const all[] = {&p->first, &p->second};
    mutation_result results[LENGTH(all)];
    size_t failed_at;
    return database_mutate_all(p->w->session, p->w->a, all, LENGTH(all),
                               results, &failed_at);
}

/* On SQLite what was noted is stored before the row is inserted that refers to
 * one behind it, for which all of them are inserted once more. */
static void rows_in_any_order_take_no_records_along(void **state) {
    database_world *w = world_here(state);
    enum { ROWS = 6000, LONG = 500 };
    value *rows = arena_new_array(w->a, value, 3 * ROWS);
    char *text = arena_alloc(w->a, LONG, 1);
    memset(text, 'x', LONG);
    for (size_t i = 0; i < ROWS; i++) {
        rows[3 * i] = value_int((int64_t)i);
        rows[3 * i + 1] = (value){VALUE_TEXT, .text = {text, LONG}};
        rows[3 * i + 2] = i == ROWS - 2 ? value_int(ROWS - 1) : value_null();
    }
    const value team[] = {value_int(1), value_text("red")};
    pair p = {w, world_insert(w, "Team", "id name", team, 1),
              world_insert(w, "Part", "id text inId", rows, ROWS)};
    p.first.origin = &WHO;
    p.second.origin = &WHO;
    expect_ok(database_world_run(w, run_pair, &p));
    expect_counts(w, "6001 6001");
    expect_str(ask(w, "SELECT record_id FROM LOG WHERE model = 'Team'"),
               STR("1"));
}

/* ---- Together ----------------------------------------------------------- */

enum { TOGETHER = 12 };

static err *run_all(void *argument) {
    writing *all = argument;
    fiber_group group = {.loop = fiber_loop(fiber_current())};
    for (size_t i = 0; i < TOGETHER; i++)
        TRY(fiber_start(all[i].w->a, &group, run_writing, &all[i]));
    return fiber_group_join(&group);
}

/* Single rows, some of them refused, beside inserts of many that fail at their
 * last one: they share transactions on SQLite. */
static void who_fails_takes_nobodys_records_along(void **state) {
    database_world *w = world_here(state);
    enum { MANY = 400, LONG = 8000 };
    writing all[TOGETHER];
    value about = {VALUE_TEXT, .text = {arena_alloc(w->a, LONG, 1), LONG}};
    memset((char *)(uintptr_t)about.text.ptr, 'x', LONG);
    add_team(w, 1, "red");
    for (int64_t i = 0; i < TOGETHER; i++) {
        bool is_large = i % 4 == 3;
        size_t count = is_large ? MANY : 1;
        value *rows = arena_new_array(w->a, value, 3 * count);
        for (size_t k = 0; k < count; k++) {
            rows[3 * k] = value_int(1000 * (i + 1) + (int64_t)k);
            rows[3 * k + 1] =
                (value){VALUE_TEXT,
                        .text = arena_printf(w->a, "team %d.%zu", (int)i, k)};
            rows[3 * k + 2] = about;
        }
        if (is_large || i % 4 == 2)
            rows[3 * (count - 1) + 1] = value_text("red");
        all[i] = (writing){
            w, world_insert(w, "Team", "id name about", rows, count), NULL};
        all[i].mutation.origin = &WHO;
    }
    expect_ok(database_world_run(w, run_all, all));
    for (size_t i = 0; i < TOGETHER; i++)
        assert_int_equal(all[i].failure != NULL, i % 4 > 1);
    expect_counts(w, "7 7");
    expect_str(ask(w, "SELECT count(*) FROM LOG l JOIN FEED e"
                      " ON e.audit_id = l.id JOIN \"Team\" t"
                      " ON l.record_id = CAST(t.id AS text)"),
               STR("7"));
}

/* ---- SQLite's tables ---------------------------------------------------- */

static void an_event_outlives_what_the_log_says_of_it(void **state) {
    database_world *w = world_here(state);
    if (w->postgres != NULL)
        return; /* there it has the row itself */
    add_team(w, 1, "red");
    add_team(w, 2, "blue");
    database_world_sql(w, "DELETE FROM tenon_audit_log WHERE record_id = '1';"
                          "UPDATE tenon_audit_log SET \"after\" = NULL");
    expect_str(ask(w, "SELECT action || ' ' || model || ' ' || record_id"
                      " FROM FEED WHERE audit_id IS NULL"),
               STR("create Team 1"));
    expect_str(ask(w, "SELECT group_concat(\"after\" ->> 'name', ' ')"
                      " FROM FEED"),
               STR("red blue"));
}

static void numbers_are_not_used_again(void **state) {
    database_world *w = world_here(state);
    if (w->postgres != NULL)
        return;
    add_team(w, 1, "red");
    add_team(w, 2, "blue");
    forget(w);
    add_team(w, 3, "green");
    expect_str(ask(w, "SELECT sequence || ' ' || position FROM FEED"
                      " JOIN LOG l ON l.id = audit_id"),
               STR("3 3"));
}

/* ---- */

static void a_long_value_is_kept_once(void **state) {
    database_world *w = world_here(state);
    enum { LONG = 20000 };
    const value set[] = {
        {VALUE_TEXT, .text = {arena_alloc(w->a, LONG, 1), LONG}}};
    /* Nothing that gets smaller when it is compressed. */
    rand_source random = rand_seeded(1);
    for (size_t i = 0; i < LONG; i++)
        ((char *)(uintptr_t)set[0].text.ptr)[i] =
            (char)('0' + rand_below(&random, 64));
    add_team(w, 1, "red");
    forget(w);
    write_one(w, world_update(w, "Team", "about", set, NULL));
    expect_str(
        ask(w, "SELECT coalesce(changes -> 'about' ->> 'from', '-') || ' ' ||"
               " (changes -> 'about' ->> 'to') || ' ' ||"
               " length(\"after\" ->> 'about') FROM LOG"),
        STR("- [long] 20000"));
    expect_str(ask(w, "SELECT \"after\" ->> 'about' FROM FEED"), STR("[long]"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD_TESTS(a_create_leaves_the_row_as_it_became, setup, teardown),
        WORLD_TESTS(an_update_leaves_what_differs, setup, teardown),
        WORLD_TESTS(an_update_that_changes_nothing_leaves_nothing, setup,
                    teardown),
        WORLD_TESTS(secrets_are_redacted_and_their_change_is_seen, setup,
                    teardown),
        WORLD_TESTS(an_id_that_is_a_secret_is_known_by_its_hash, setup,
                    teardown),
        WORLD_TESTS(who_refers_to_a_secret_does_not_tell_it, setup, teardown),
        WORLD_TESTS(columns_that_trade_names_are_told_apart, setup, teardown),
        WORLD_TESTS(a_row_older_than_a_column_has_its_default, setup, teardown),
        WORLD_TESTS(a_log_that_was_dropped_is_made_again, setup, teardown),
        WORLD_TESTS(a_cascade_is_recorded_row_by_row, setup, teardown),
        WORLD_TESTS(what_is_off_has_events_only, setup, teardown),
        WORLD_TESTS(a_failed_change_leaves_nothing, setup, teardown),
        WORLD_TESTS(what_is_undone_leaves_nothing, setup, teardown),
        WORLD_TESTS(the_log_says_who_it_was, setup, teardown),
        WORLD_TESTS(a_merge_is_recorded_as_what_it_did, setup, teardown),
        WORLD_TESTS(many_rows_are_all_recorded, setup, teardown),
        WORLD_TESTS(rows_in_any_order_take_no_records_along, setup, teardown),
        WORLD_TESTS(a_long_value_is_kept_once, setup, teardown),
        WORLD_TESTS(who_fails_takes_nobodys_records_along, setup, teardown),
        WORLD_TESTS(an_event_outlives_what_the_log_says_of_it, setup, teardown),
        WORLD_TESTS(numbers_are_not_used_again, setup, teardown),
    };
    return cmocka_run_group_tests_name("database/recording", tests, NULL, NULL);
}
