#include "core/feed_view.h"

#include "core/policy.h"
#include "schema/load.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Task {\n"
                             "  id     Int       @id\n"
                             "  owner  String\n"
                             "  points Int?\n"
                             "  due    DateTime?\n"
                             "  pin    String?   @sensitive\n"
                             "  salary Int?      @deny('read', true)\n"
                             "  goneAt DateTime?\n"
                             "  @@softDelete(goneAt)\n"
                             "  @@allow('read', true)\n"
                             "}\n"
                             "model Closed {\n"
                             "  id Int @id @deny('read', true)\n"
                             "}\n"
                             "model Nameless {\n"
                             "  id   Int @id @deny('read', true)\n"
                             "  text String\n"
                             "  @@allow('read', true)\n"
                             "}\n";

static const schema *load(arena *a) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"), str_of(SCHEMA), ENGINE_SQLITE,
                               &diags, &s));
    return s;
}

/* The rows with this column equal to that, or greater. */
typedef struct test_policy {
    policy_source source; /* first */
    const char *column;
    compare_op op;
    value value;
} test_policy;

static policy_reach reach(const policy_source *self, const caller *c,
                          const model *m, operation op) {
    const test_policy *p = (const test_policy *)self;
    filter *where = arena_new_array(c->arena, filter, 1);
    (void)op;
    *where = (filter){.kind = FILTER_COMPARE,
                      .field = model_find_field(m, str_of(p->column)),
                      .op = p->op,
                      .value = p->value};
    return (policy_reach){.where = where};
}

#define TASK(owner) "{\"id\":1,\"owner\":\"" owner "\",\"goneAt\":null}"

static feed_event event_of(const char *name, const char *before,
                           const char *after) {
    return (feed_event){
        .sequence = 7,
        .action = STR("update"),
        .audit_id = STR("x"),
        .model = str_of(name),
        .record_id = STR("1"),
        .before = before != NULL ? str_of(before) : (str){0},
        .after = after != NULL ? str_of(after) : (str){0},
    };
}

/* "update before after", or "nothing". */
static str view(arena *a, const caller *c, feed_event e) {
    feed_event seen;
    if (!feed_view_of(c, &e, &seen))
        return STR("nothing");
    assert_true(str_is_empty(seen.audit_id));
    return arena_printf(a, "%.*s %.*s %.*s", STR_ARG(seen.action),
                        STR_ARG(seen.before), STR_ARG(seen.after));
}

static void a_row_enters_and_leaves_the_callers_reach(void **state) {
    arena *a = *state;
    test_policy mine = {{reach}, "owner", COMPARE_EQ, value_text("me")};
    app it = {.schema = load(a), .policies = &mine.source};
    caller c = {.app = &it, .arena = a};
    static const struct {
        const char *before;
        const char *after;
        const char *seen;
    } CASES[] = {
        {TASK("me"), TASK("me"), "update " TASK("me") " " TASK("me")},
        {TASK("them"), TASK("me"), "create  " TASK("me")},
        {TASK("me"), TASK("them"), "delete " TASK("me") " "},
        {TASK("them"), TASK("them"), "nothing"},
        {NULL, TASK("me"), "create  " TASK("me")},
        {NULL, TASK("them"), "nothing"},
        {TASK("me"), NULL, "delete " TASK("me") " "},
        {TASK("them"), NULL, "nothing"},
        {NULL, "{\"id\":1}", "nothing"},
        {NULL, "{\"id\":1,\"owner\":\"me\"}", "nothing"}, /* deleted? */
        {NULL, "not json", "nothing"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(
            view(a, &c, event_of("Task", CASES[i].before, CASES[i].after)),
            str_of(CASES[i].seen));
}

static void a_row_that_is_deleted_softly_leaves(void **state) {
    arena *a = *state;
    app it = {.schema = load(a)};
    caller c = {.app = &it, .arena = a};
    expect_str(
        view(a, &c,
             event_of("Task", TASK("me"),
                      "{\"id\":1,\"goneAt\":\"2024-01-31T12:00:00+00:00\"}")),
        STR("delete " TASK("me") " "));
}

static void columns_that_the_caller_may_not_see_are_left_out(void **state) {
    arena *a = *state;
    app it = {.schema = load(a)};
    caller c = {.app = &it, .arena = a};
    feed_event seen;
    expect_str(
        view(a, &c,
             event_of("Task", NULL,
                      "{\"id\":1,\"salary\":9,\"pin\":\"[redacted]\","
                      "\"unknown\":1,\"goneAt\":null}")),
        STR("create  {\"id\":1,\"pin\":\"[redacted]\",\"goneAt\":null}"));
    expect_str(view(a, &c, event_of("Closed", NULL, "{\"id\":1}")),
               STR("nothing"));
    expect_str(view(a, &c, event_of("Gone", NULL, "{\"id\":1}")),
               STR("nothing"));
    feed_event e = event_of("Nameless", NULL, "{\"id\":1,\"text\":\"a\"}");
    assert_true(feed_view_of(&c, &e, &seen));
    expect_str(seen.after, STR("{\"text\":\"a\"}"));
    assert_true(str_is_empty(seen.record_id));
}

static void values_are_compared_as_the_columns_are(void **state) {
    arena *a = *state;
    static const struct {
        const char *column;
        compare_op op;
        value value;
        const char *cell;
        bool is_seen;
    } CASES[] = {
        {"points", COMPARE_GTE, {VALUE_INT, .integer = 9}, "10", true},
        {"points", COMPARE_GTE, {VALUE_INT, .integer = 9}, "8", false},
        {"points", COMPARE_NEQ, {VALUE_INT, .integer = 9}, "null", false},
        {"due",
         COMPARE_LT,
         {VALUE_TEXT, .text = STR_INIT("2024-01-31T12:00:00.123+00:00")},
         "\"2024-01-31T12:00:00.12+00:00\"",
         true},
        {"due",
         COMPARE_LT,
         {VALUE_TEXT, .text = STR_INIT("2024-01-31T12:00:00.123+00:00")},
         "\"2024-01-31T12:00:00.123456+00:00\"",
         false},
        /* What an event does not hold decides nothing. */
        {"pin",
         COMPARE_EQ,
         {VALUE_TEXT, .text = STR_INIT("[redacted]")},
         "\"[redacted]\"",
         false},
        {"owner",
         COMPARE_EQ,
         {VALUE_TEXT, .text = STR_INIT("[long]")},
         "\"[long]\"",
         false},
        /* An order of texts is the database's. */
        {"owner",
         COMPARE_GT,
         {VALUE_TEXT, .text = STR_INIT("a")},
         "\"b\"",
         false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        test_policy p = {{reach}, CASES[i].column, CASES[i].op, CASES[i].value};
        app it = {.schema = load(a), .policies = &p.source};
        caller c = {.app = &it, .arena = a};
        str after = arena_printf(a, "{\"id\":1,\"goneAt\":null,\"%s\":%s}",
                                 CASES[i].column, CASES[i].cell);
        feed_event e = event_of("Task", NULL, arena_cstr(a, after));
        feed_event seen;
        if (feed_view_of(&c, &e, &seen) != CASES[i].is_seen)
            print_error("%s %s\n", CASES[i].column, CASES[i].cell);
        assert_int_equal(feed_view_of(&c, &e, &seen), CASES[i].is_seen);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_row_enters_and_leaves_the_callers_reach),
        TEST(a_row_that_is_deleted_softly_leaves),
        TEST(columns_that_the_caller_may_not_see_are_left_out),
        TEST(values_are_compared_as_the_columns_are),
    };
    return cmocka_run_group_tests_name("core/feed_view", tests, NULL, NULL);
}
