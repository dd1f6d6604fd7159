#include "database/postgres/pg_role.h"

#include "base/utf8.h"
#include "database/postgres/pg_role_grant.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const str PUBLIC[] = {STR_INIT("public")};

/* ---- Names -------------------------------------------------------------- */

#define TEN "0123456789"

static void names_begin_with_the_database(void **state) {
    arena *a = *state;
    expect_str(pg_role_name(a, STR("app"), PG_PATH_WRITE),
               STR("app_tenon_read_write"));
    expect_str(pg_role_name(a, STR("app"), PG_PATH_READ),
               STR("app_tenon_read_only"));
    expect_str(pg_role_name(a, STR(TEN TEN TEN TEN "12"), PG_PATH_WRITE),
               STR(TEN TEN TEN TEN "12_tenon_read_write"));
}

static void no_two_databases_share_a_role(void **state) {
    arena *a = *state;
    str cut = pg_role_name(a, STR(TEN TEN TEN TEN TEN TEN "abc"), PG_PATH_READ);
    str prefix = str_slice(cut, 0, cut.len - strlen("_tenon_read_only"));
    const str others[] = {
        STR(TEN TEN TEN TEN TEN TEN "abd"), /* cut to the same */
        prefix,                             /* called as the other is cut */
        STR(TEN TEN TEN TEN TEN TEN "ab"),
    };
    for (size_t i = 0; i < LENGTH(others); i++)
        assert_false(str_equal(cut, pg_role_name(a, others[i], PG_PATH_READ)));
}

static void names_fit_and_stay_text(void **state) {
    arena *a = *state;
    CLEANUP(buf_free) buf name = buf_new(64);
    for (size_t i = 0; i < 21; i++) {
        buf_append(&name, STR("\xe2\x82\xac")); /* 3 bytes */
        str role = pg_role_name(a, buf_str(&name), PG_PATH_WRITE);
        assert_true(role.len <= 63);
        assert_true(utf8_is_valid(role));
    }
}

/* ---- A user of its own -------------------------------------------------- */

typedef struct user {
    postgres_world *w;
    str name;
    pg_connection *connection;
} user;

static err *run(const postgres_world *w, pg_connection *c, const char *sql) {
    return pg_connection_run(w->a, c, STR(""), str_of(sql));
}

static void sql(const postgres_world *w, const char *format, str first,
                str second) {
    CLEANUP(buf_free) buf out = buf_new(4096);
    str rest = str_of(format);
    for (size_t i = 0; !str_is_empty(rest); i++) {
        buf_append(&out, str_split(&rest, '$'));
        if (!str_is_empty(rest))
            buf_append(&out, i == 0 ? first : second);
    }
    expect_ok(pg_connection_run(w->a, w->connection, STR(""), buf_str(&out)));
}

/* The same URL as somebody else. */
static str url_as(const postgres_world *w, str name) {
    str address = w->url;
    str_split(&address, '@');
    return arena_printf(w->a, "postgresql://%.*s:secret@%.*s", STR_ARG(name),
                        STR_ARG(address));
}

/* It owns the database, and the table "T". */
static user user_open(postgres_world *w, const char *rights) {
    user u = {.w = w,
              .name = arena_printf(w->a, "%.*s_user", STR_ARG(w->name))};
    expect_ok(pg_connection_run(
        w->a, w->connection, STR(""),
        arena_printf(w->a,
                     "CREATE ROLE %.*s LOGIN PASSWORD 'secret' %s;"
                     "GRANT CREATE ON DATABASE %.*s TO %.*s;"
                     "ALTER SCHEMA public OWNER TO %.*s",
                     STR_ARG(u.name), rights, STR_ARG(w->name), STR_ARG(u.name),
                     STR_ARG(u.name))));
    expect_ok(pg_connection_open(w->a, url_as(w, u.name), &u.connection));
    expect_ok(run(w, u.connection, "CREATE TABLE \"T\" (id serial, t text)"));
    return u;
}

static void drop_role(const postgres_world *w, str role) {
    str exists = arena_printf(
        w->a, "SELECT count(*) FROM pg_roles WHERE rolname = '%.*s'",
        STR_ARG(role));
    if (str_equal(postgres_world_ask(w, arena_cstr(w->a, exists)), STR("1")))
        sql(w, "DROP OWNED BY \"$\" CASCADE; DROP ROLE \"$\"", role, role);
}

static void user_close(user *u) {
    pg_connection_close(&u->connection);
    drop_role(u->w, u->name);
}

static str role_of(const postgres_world *w, pg_path path) {
    return pg_role_name(w->a, w->name, path);
}

/* Roles stay when a database goes; a test's do not. */
static void world_close(postgres_world **w) {
    if (*w != NULL) {
        drop_role(*w, role_of(*w, PG_PATH_WRITE));
        drop_role(*w, role_of(*w, PG_PATH_READ));
    }
    postgres_world_close(w);
}

static str prepare_for(postgres_world *w, pg_connection *c, str reader) {
    CLEANUP(buf_free) buf report = buf_new(4096);
    pg_role_place place = {
        .schemas = PUBLIC, .schema_count = 1, .reader = reader};
    expect_ok(pg_role_prepare(w->a, c, &place, &report));
    return arena_copy(w->a, buf_str(&report));
}

static str prepare(postgres_world *w, pg_connection *c) {
    return prepare_for(w, c, (str){0});
}

/* Sets the connection up as the engine does. */
static str switch_to(const postgres_world *w, pg_connection *c, pg_path path) {
    pg_role_choice choice;
    expect_ok(run(w, c, "SET ROLE NONE"));
    expect_ok(pg_role_choose(w->a, c, path, &choice));
    str set_up = pg_role_session_sql(w->a, &choice, path, STR("public"));
    expect_ok(pg_connection_run(w->a, c, STR(""), set_up));
    assert_true(str_is_empty(choice.role) || str_is_empty(choice.why));
    return choice.role;
}

static void expect_denied(const postgres_world *w, pg_connection *c,
                          const char *statement) {
    err *e = run(w, c, statement);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_DENIED);
}

/* What each role may, on "T" and on what the same user makes later. */
static void expect_two_roles_that_work(postgres_world *w, pg_connection *c) {
    expect_str(switch_to(w, c, PG_PATH_WRITE), role_of(w, PG_PATH_WRITE));
    expect_ok(
        run(w, c,
            "INSERT INTO \"T\" (t) VALUES ('a'); UPDATE \"T\" SET t = 'b';"
            "DELETE FROM \"T\" WHERE t = 'c'; SELECT * FROM \"T\""));
    expect_denied(w, c, "ALTER TABLE \"T\" ADD x int");
    expect_denied(w, c, "TRUNCATE \"T\"");
    expect_denied(w, c, "CREATE TABLE public.x (id int)");
    expect_ok(run(w, c, "RESET ROLE; CREATE TABLE later (id serial)"));
    expect_str(switch_to(w, c, PG_PATH_WRITE), role_of(w, PG_PATH_WRITE));
    expect_ok(run(w, c, "INSERT INTO later DEFAULT VALUES"));
    expect_str(switch_to(w, c, PG_PATH_READ), role_of(w, PG_PATH_READ));
    expect_ok(run(w, c, "SELECT * FROM \"T\"; SELECT * FROM later"));
    err *e = run(w, c, "DELETE FROM \"T\"");
    assert_non_null(e); /* nothing is written, whoever it is */
    expect_ok(run(w, c, "SET default_transaction_read_only = off"));
    expect_denied(w, c, "DELETE FROM \"T\"");
    expect_denied(w, c, "SELECT nextval('\"T_id_seq\"')");
    expect_ok(run(w, c, "RESET ROLE"));
}

/* ---- Making them -------------------------------------------------------- */

static void a_superuser_makes_both_roles(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE TABLE \"T\" (id serial, t text)");
    assert_true(
        str_contains(prepare(w, w->connection), STR("made the role \"test_")));
    expect_two_roles_that_work(w, w->connection);
}

static void a_user_with_createrole_makes_both_roles(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    CLEANUP(user_close) user u = user_open(w, "CREATEROLE");
    assert_true(str_contains(prepare(w, u.connection), STR("made the role")));
    expect_two_roles_that_work(w, u.connection);
}

static void a_second_time_changes_nothing(void **state) {
    static const char RIGHTS[] =
        "SELECT string_agg(relname || relacl::text, ',' ORDER BY oid) ||"
        " (SELECT string_agg(defaclacl::text, ',' ORDER BY oid)"
        " FROM pg_default_acl) FROM pg_class WHERE relacl IS NOT NULL"
        " AND relnamespace = 'public'::regnamespace";
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w,
                       "CREATE TABLE a (id serial); CREATE VIEW b AS TABLE a;"
                       "CREATE MATERIALIZED VIEW c AS TABLE a");
    prepare(w, w->connection);
    str before = postgres_world_ask(w, RIGHTS);
    expect_str(prepare(w, w->connection), STR(""));
    expect_str(postgres_world_ask(w, RIGHTS), before);
}

static void a_right_that_was_lost_comes_back(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE TABLE \"T\" (id serial, t text)");
    prepare(w, w->connection);
    sql(w, "REVOKE ALL ON \"T\" FROM \"$\", \"$\"", role_of(w, PG_PATH_READ),
        role_of(w, PG_PATH_WRITE));
    prepare(w, w->connection);
    expect_two_roles_that_work(w, w->connection);
}

static void a_user_who_may_nothing_is_told_what_is_lost(void **state) {
    arena *a = *state;
    CLEANUP(world_close) postgres_world *w = postgres_world_open(a);
    CLEANUP(user_close) user u = user_open(w, "");
    str report = prepare(w, u.connection);
    assert_true(str_contains(report, STR("lacks CREATEROLE")));
    assert_true(str_contains(report, STR("reads have all rights of")));
    expect_str(switch_to(w, u.connection, PG_PATH_WRITE), STR(""));
    expect_str(switch_to(w, u.connection, PG_PATH_READ), STR(""));
    pg_role_choice choice;
    expect_ok(pg_role_choose(a, u.connection, PG_PATH_READ, &choice));
    expect_str(choice.why,
               arena_printf(a,
                            "the role \"%.*s\" is missing: reading as "
                            "\"%.*s\", so a read that goes wrong could write",
                            STR_ARG(role_of(w, PG_PATH_READ)),
                            STR_ARG(u.name)));
    /* Even so nothing is written by what should only read. */
    expect_err(run(w, u.connection, "DELETE FROM \"T\""), ERR_READ_ONLY,
               STR("cannot execute DELETE in a read-only transaction (25006)"));
}

static void a_second_user_reads_where_no_role_can_be_made(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    CLEANUP(user_close) user u = user_open(w, "");
    str reader = arena_printf(w->a, "%.*s_reader", STR_ARG(w->name));
    sql(w, "CREATE ROLE $ LOGIN PASSWORD 'secret'", reader, reader);
    str report = prepare_for(w, u.connection, reader);
    assert_false(str_contains(report, STR("reads have all")));
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    expect_ok(pg_connection_open(w->a, url_as(w, reader), &c));
    pg_role_choice choice;
    expect_ok(pg_role_choose(w->a, c, PG_PATH_READ, &choice));
    expect_str(choice.role, STR(""));
    expect_str(choice.why, STR(""));
    expect_ok(run(w, c, "SELECT * FROM \"T\""));
    expect_denied(w, c, "DELETE FROM \"T\"");
    pg_connection_close(&c);
    drop_role(w, reader);
}

static void a_second_user_reads_as_a_member_of_the_role(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    CLEANUP(user_close) user u = user_open(w, "CREATEROLE");
    str reader = arena_printf(w->a, "%.*s_reader", STR_ARG(w->name));
    sql(w, "CREATE ROLE $ LOGIN PASSWORD 'secret'", reader, reader);
    prepare_for(w, u.connection, reader);
    CLEANUP(pg_connection_close) pg_connection *c = NULL;
    expect_ok(pg_connection_open(w->a, url_as(w, reader), &c));
    expect_str(switch_to(w, c, PG_PATH_READ), role_of(w, PG_PATH_READ));
    expect_str(switch_to(w, c, PG_PATH_WRITE), STR(""));
    pg_connection_close(&c);
    drop_role(w, reader);
}

/* ---- Others ------------------------------------------------------------- */

static void two_databases_of_a_cluster_have_two_pairs(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    CLEANUP(world_close) postgres_world *other = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE TABLE \"T\" (id int)");
    postgres_world_sql(other, "CREATE TABLE \"T\" (id int)");
    prepare(w, w->connection);
    prepare(other, other->connection);
    assert_false(
        str_equal(role_of(w, PG_PATH_READ), role_of(other, PG_PATH_READ)));
    sql(w, "SET ROLE \"$\"", role_of(other, PG_PATH_READ), (str){0});
    expect_denied(w, w->connection, "SELECT * FROM public.\"T\"");
    expect_ok(run(w, w->connection, "RESET ROLE; RESET ALL"));
}

static void a_role_of_somebody_else_is_left_alone(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE TABLE \"T\" (id serial, t text)");
    sql(w, "CREATE ROLE \"$\"", role_of(w, PG_PATH_READ), (str){0});
    str report = prepare(w, w->connection);
    assert_true(str_contains(
        report, arena_printf(w->a, "the role \"%.*s\" is there and not Tenon's",
                             STR_ARG(role_of(w, PG_PATH_READ)))));
    expect_str(switch_to(w, w->connection, PG_PATH_READ), STR(""));
    expect_ok(run(w, w->connection, "RESET ROLE"));
    sql(w, "SET ROLE \"$\"", role_of(w, PG_PATH_READ), (str){0});
    expect_denied(w, w->connection, "SELECT * FROM public.\"T\"");
    expect_ok(run(w, w->connection, "RESET ROLE; RESET ALL"));
}

static void a_role_that_was_given_more_is_not_used(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    prepare(w, w->connection);
    sql(w, "ALTER ROLE \"$\" LOGIN", role_of(w, PG_PATH_WRITE), (str){0});
    expect_str(switch_to(w, w->connection, PG_PATH_WRITE), STR(""));
    assert_true(
        str_contains(prepare(w, w->connection), STR("and not Tenon's")));
}

static void tables_of_others_are_told(void **state) {
    CLEANUP(world_close) postgres_world *w = postgres_world_open(*state);
    CLEANUP(user_close) user u = user_open(w, "CREATEROLE");
    postgres_world_sql(w, "CREATE TABLE \"Theirs\" (id int)");
    str report = prepare(w, u.connection);
    assert_true(str_contains(
        report, STR("has not all rights on 1 table of other owners, such as "
                    "public.\"Theirs\": they have to grant them")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(names_begin_with_the_database),
        TEST(no_two_databases_share_a_role),
        TEST(names_fit_and_stay_text),
        TEST(a_superuser_makes_both_roles),
        TEST(a_user_with_createrole_makes_both_roles),
        TEST(a_second_time_changes_nothing),
        TEST(a_right_that_was_lost_comes_back),
        TEST(a_user_who_may_nothing_is_told_what_is_lost),
        TEST(a_second_user_reads_where_no_role_can_be_made),
        TEST(a_second_user_reads_as_a_member_of_the_role),
        TEST(two_databases_of_a_cluster_have_two_pairs),
        TEST(a_role_of_somebody_else_is_left_alone),
        TEST(a_role_that_was_given_more_is_not_used),
        TEST(tables_of_others_are_told),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_role", tests, NULL,
                                       NULL);
}
