#include "test/support/api_world.h"
#include "test/support/test.h"

#define OBJECT "Accept: application/vnd.pgrst.object+json\n"
#define BACK "Prefer: return=representation\n"
#define CSV "Content-Type: text/csv\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\n"
#define COUNT "Prefer: count=exact\n"
#define MERGE "Prefer: resolution=merge-duplicates\n"
#define IGNORE "Prefer: resolution=ignore-duplicates\n"

static int begin(void **state) {
    api_world *w = api_world_new(arena_new());
    *state = w;
    api_answer got =
        api_ask(w, "POST /rest/v1/task", "",
                "[{\"title\":\"alpha\",\"status\":\"OPEN\",\"points\":5,"
                "\"code\":\"a\",\"created_at\":\"2024-01-01\"},"
                "{\"title\":\"beta\",\"status\":\"OPEN\",\"points\":6,"
                "\"code\":\"b\",\"created_at\":\"2024-01-02\"},"
                "{\"title\":\"gamma\",\"status\":\"DONE\",\"points\":null,"
                "\"code\":null,\"created_at\":\"2024-01-03\"}]");
    assert_int_equal(got.status, 201);
    database_world_sql(w->database,
                       "INSERT INTO inbox (id, text) VALUES (1, 'unseen')");
    return 0;
}

static int end(void **state) {
    api_world *w = *state;
    arena *a = w->a;
    api_world_free(w);
    arena_free(a);
    return 0;
}

static str count_tasks(api_world *w) {
    return database_world_ask(w->database, "SELECT count(*) FROM task");
}

static void inserts_and_hands_back(void **state) {
    static const api_case CASES[] = {
        {"POST /rest/v1/task", NULL, "{\"title\":\"x\"}", 201, "",
         "Content-Range: */*"},
        {"POST /rest/v1/task?select=id,title,status,is_urgent,created_at,"
         "updated_at",
         BACK, "{\"title\":\"y\"}", 201,
         "[{\"id\":5,\"title\":\"y\",\"status\":\"OPEN\",\"is_urgent\":null,"
         "\"created_at\":\"2024-01-31T12:00:00.123+00:00\","
         "\"updated_at\":\"2024-01-31T12:00:00.123+00:00\"}]",
         "Preference-Applied: return=representation"},
        {"POST /rest/v1/task?select=title", BACK OBJECT, "{\"title\":\"z\"}",
         201, "{\"title\":\"z\"}", NULL},
        {"POST /rest/v1/task", "Prefer: return=headers-only",
         "{\"id\":40,\"title\":\"x\"}", 201, "",
         "Location: /rest/v1/task?id=eq.40"},
        {"POST /rest/v1/member", "Prefer: return=headers-only",
         "{\"team\":\"a b\",\"name\":\"x\"}", 201, "",
         "Location: /rest/v1/member?team=eq.a%20b&name=eq.x"},
        {"POST /rest/v1/task", COUNT, "[{\"title\":\"p\"},{\"title\":\"q\"}]",
         201, "", "Content-Range: */2"},
        {"POST /rest/v1/task", NULL, "[]", 201, "", "Content-Range: */*"},
        {"POST /rest/v1/task", BACK, "[]", 201, "[]", NULL},
        {"POST /rest/v1/task?select=", BACK, "{\"title\":\"y\"}", 201, "[{}]",
         NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void keeps_each_type_as_it_was_sent(void **state) {
    static const api_case CASES[] = {
        {"POST /rest/v1/task?select=views,ratio,price,due_at,data,blob,title",
         BACK,
         "{\"title\":7,\"views\":\"9007199254740993\",\"ratio\":0.1,"
         "\"price\":12.50,\"due_at\":\"2024-02-29T23:30:00.5-02:00\","
         "\"data\":{\"b\": [1,{}]},\"blob\":\"\\\\x00FF\"}",
         201,
         "[{\"views\":9007199254740993,\"ratio\":0.1,\"price\":12.5,"
         "\"due_at\":\"2024-03-01T01:30:00.5+00:00\",\"data\":{\"b\": [1,{}]},"
         "\"blob\":\"\\\\x00ff\",\"title\":\"7\"}]",
         NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

static void makes_ids_and_defaults(void **state) {
    api_world *w = *state;
    api_answer got = api_ask(w, "POST /rest/v1/note?select=id,tag,weight",
                             BACK OBJECT, "{\"text\":\"x\"}");
    assert_int_equal(got.status, 201);
    /* A version 7 uuid of the clock's time, a cuid, the literal. */
    assert_true(str_starts_with(got.body, STR("{\"id\":\"018d5f63-ea7b-7")));
    assert_true(str_ends_with(got.body, STR(",\"weight\":3}")));
    static const api_case CASES[] = {
        {"POST /rest/v1/note?columns=text,weight&select=text,weight",
         "Prefer: missing=default, return=representation",
         "[{\"text\":\"a\",\"weight\":9},{\"text\":\"b\",\"more\":1}]", 201,
         "[{\"text\":\"a\",\"weight\":9},{\"text\":\"b\",\"weight\":3}]",
         "Preference-Applied: missing=default, return=representation"},
        {"POST /rest/v1/note?columns=text,weight", NULL,
         "[{\"text\":\"a\",\"weight\":9},{\"text\":\"b\"}]", 400,
         "{\"code\":\"23502\",\"message\":\"null value in column \\\"weight\\\""
         " of relation \\\"note\\\" violates not-null constraint\","
         "\"details\":null,\"hint\":null}",
         NULL},
        {"POST /rest/v1/note?columns=id,text&select=text",
         "Prefer: missing=default, return=representation", "{\"text\":\"c\"}",
         201, "[{\"text\":\"c\"}]", NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
}

static void refuses_bodies_that_say_something_else(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/task", NULL, "", 400, NULL, NULL},
        {"POST /rest/v1/task", NULL, "{", 400, NULL, NULL},
        {"POST /rest/v1/task", NULL, "7", 400,
         "{\"code\":\"PGRST102\",\"message\":\"Empty or invalid json\","
         "\"details\":\"the body is an object or an array of objects\","
         "\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", NULL, "[{\"title\":\"x\"},5]", 400, NULL, NULL},
        {"POST /rest/v1/task", "Content-Type: text/xml", "<title/>", 400,
         "{\"code\":\"PGRST102\",\"message\":\"Content-Type not acceptable: "
         "text/xml\",\"details\":null,\"hint\":\"send the body as "
         "application/json, text/csv or application/x-www-form-urlencoded\"}",
         NULL},
        {"POST /rest/v1/task", NULL, "{\"title\":\"x\",\"title\":\"y\"}", 400,
         "{\"code\":\"PGRST102\",\"message\":\"column \\\"title\\\" is given "
         "twice\",\"details\":null,\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", NULL,
         "[{\"title\":\"x\",\"points\":1},"
         "{\"title\":\"x\",\"points\":1,\"points\":2}]",
         400, NULL, NULL},
        {"POST /rest/v1/task", NULL,
         "[{\"title\":\"x\",\"points\":1},{\"points\":2}]", 400, NULL, NULL},
        {"POST /rest/v1/task", NULL, "[{\"title\":\"x\"},{\"points\":2}]", 400,
         NULL, NULL},
        {"POST /rest/v1/task", NULL, "{\"code\":\"c\",\"internal\":\"x\"}", 400,
         "{\"code\":\"PGRST204\",\"message\":\"Could not find the 'internal' "
         "column of 'task' in the schema cache\",\"details\":null,\"hint\":"
         "null}",
         NULL},
        {"POST /rest/v1/task", NULL, "{\"titel\":\"x\"}", 400,
         "{\"code\":\"PGRST204\",\"message\":\"Could not find the 'titel' "
         "column of 'task' in the schema cache\",\"details\":null,\"hint\":"
         "\"Perhaps you meant to reference the column \\\"task.title\\\".\"}",
         NULL},
        {"POST /rest/v1/task", NULL, "{\"title\":\"x\",\"points\":\"many\"}",
         400,
         "{\"code\":\"22P02\",\"message\":\"invalid input syntax for type "
         "integer: \\\"many\\\"\",\"details\":\"column \\\"points\\\" of row "
         "1\",\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", NULL, "{\"points\":1}", 400,
         "{\"code\":\"23502\",\"message\":\"null value in column \\\"title\\\" "
         "of relation \\\"task\\\" violates not-null constraint\","
         "\"details\":null,\"hint\":null}",
         NULL},
        {"POST /rest/v1/task?id=eq.1", NULL, "{\"title\":\"x\"}", 400, NULL,
         NULL},
        {"PATCH /rest/v1/task?id=eq.1", NULL, "[{\"points\":1},{\"points\":2}]",
         400, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("3"));
}

static void reads_csv(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/task?select=title,points,is_urgent,code,due_at",
         CSV BACK,
         "title,points,is_urgent,code,due_at\r\n"
         "\"x, y\",3,t,NULL,2024-01-31 12:00:00+00\r\n"
         "z,NULL,f,\"NULL\",NULL\r\n",
         201,
         "[{\"title\":\"x, y\",\"points\":3,\"is_urgent\":true,\"code\":null,"
         "\"due_at\":\"2024-01-31T12:00:00+00:00\"},"
         "{\"title\":\"z\",\"points\":null,\"is_urgent\":false,"
         "\"code\":\"NULL\",\"due_at\":null}]",
         NULL},
        {"POST /rest/v1/listed?select=tags,points", CSV BACK,
         "tags,points\n\"{a,\"\"b c\"\"}\",{7}", 201,
         "[{\"tags\":[\"a\",\"b c\"],\"points\":[7]}]", NULL},
        {"POST /rest/v1/note?columns=text,weight&select=text,weight",
         CSV "Prefer: missing=default, return=representation",
         "more,text\n1,a\n2,\n", 201,
         "[{\"text\":\"a\",\"weight\":3},{\"text\":\"\",\"weight\":3}]", NULL},
        {"POST /rest/v1/task", CSV BACK, "title\n", 201, "[]", NULL},
        {"PATCH /rest/v1/task?id=eq.1&select=points", CSV BACK, "points\n8",
         200, "[{\"points\":8}]", NULL},
        {"POST /rest/v1/task", CSV, "", 400,
         "{\"code\":\"PGRST102\",\"message\":\"Empty or invalid csv\","
         "\"details\":\"the first line has the names of the columns\","
         "\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", CSV, "title,points\nx,1\ny\n", 400,
         "{\"code\":\"PGRST102\",\"message\":\"All lines must have same "
         "number of fields\",\"details\":\"line 3 has not as many as the "
         "first\",\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", CSV, "title,points\nx,1\ny,many\n", 400,
         "{\"code\":\"22P02\",\"message\":\"invalid input syntax for type "
         "integer: \\\"many\\\"\",\"details\":\"column \\\"points\\\" of row "
         "2\",\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", CSV, "title,title\nx,y\n", 400, NULL, NULL},
        {"POST /rest/v1/task?columns=title", CSV, "title,title\nx,y\n", 400,
         NULL, NULL},
        {"POST /rest/v1/task", CSV, "title,titel\nx,y\n", 400, NULL, NULL},
        {"POST /rest/v1/task", CSV, "title\n\"x\n", 400, NULL, NULL},
        {"POST /rest/v1/task", CSV, "title\n\xff\n", 400, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
}

static void reads_forms(void **state) {
    static const api_case CASES[] = {
        {"POST /rest/v1/task?select=title,points,is_urgent", FORM BACK,
         "title=a+%26+b&points=3&is_urgent=true", 201,
         "[{\"title\":\"a & b\",\"points\":3,\"is_urgent\":true}]", NULL},
        {"POST /rest/v1/note?columns=text,weight&select=text,weight",
         FORM "Prefer: missing=default, return=representation", "more=1&text=a",
         201, "[{\"text\":\"a\",\"weight\":3}]", NULL},
        {"PATCH /rest/v1/task?id=eq.1&select=points", FORM BACK, "points=8",
         200, "[{\"points\":8}]", NULL},
        {"POST /rest/v1/task", FORM, "title=a&title=b", 400, NULL, NULL},
        {"POST /rest/v1/task", FORM, "title=%ff", 400,
         "{\"code\":\"PGRST102\",\"message\":\"Empty or invalid form\","
         "\"details\":\"the URL is not valid UTF-8\",\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", FORM, "titel=a", 400, NULL, NULL},
        {"POST /rest/v1/task", FORM, "{\"title\":\"x\"}", 400,
         "{\"code\":\"PGRST102\",\"message\":\"Empty or invalid form\","
         "\"details\":\"the body is JSON, but Content-Type says it is a form\","
         "\"hint\":\"send it with Content-Type: application/json\"}",
         NULL},
    };
    api_check(*state, CASES, LENGTH(CASES));
}

/* An empty object is a row of as many cells as columns= names. */
static void refuses_more_cells_than_a_body_could_name(void **state) {
    api_world *w = *state;
    CLEANUP(buf_free) buf body = buf_new(1 << 20);
    for (int i = 0; i < 100 * 1000; i++)
        buf_append(&body, i == 0 ? STR("[{}") : STR(",{}"));
    buf_append(&body, STR("]"));
    buf_append_char(&body, '\0');
    api_answer got =
        api_ask(w,
                "POST /rest/v1/task?columns=id,title,status,points,code,views,"
                "ratio,price,due_at,data,blob",
                "Prefer: missing=default\n", body.ptr);
    assert_int_equal(got.status, 413);
    expect_str(count_tasks(w), STR("3"));
}

static void reports_conflicts_in_the_words_of_postgresql(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/task", NULL,
         "[{\"title\":\"x\",\"code\":\"n\"},{\"title\":\"y\",\"code\":\"a\"}]",
         409,
         "{\"code\":\"23505\",\"message\":\"duplicate key value violates "
         "unique constraint \\\"task_code_key\\\"\",\"details\":\"Key "
         "(code)=(a) already exists.\",\"hint\":null}",
         NULL},
        {"POST /rest/v1/task", NULL, "{\"id\":1,\"title\":\"x\"}", 409, NULL,
         NULL},
        {"PATCH /rest/v1/task?id=eq.1", NULL, "{\"title\":null}", 400, NULL,
         NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("3"));
}

static void merges_or_ignores_what_is_there(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/task?select=id,title,points,created_at,updated_at",
         MERGE BACK, "{\"id\":1,\"title\":\"new\"}", 200,
         "[{\"id\":1,\"title\":\"new\",\"points\":5,"
         "\"created_at\":\"2024-01-01T00:00:00+00:00\","
         "\"updated_at\":\"2024-01-31T12:00:00.123+00:00\"}]",
         "Preference-Applied: resolution=merge-duplicates, "
         "return=representation"},
        {"POST /rest/v1/task?on_conflict=code&select=title,code", MERGE BACK,
         "[{\"title\":\"n\",\"code\":\"b\"},{\"title\":\"n\",\"code\":\"c\"}]",
         201,
         "[{\"title\":\"n\",\"code\":\"b\"},"
         "{\"title\":\"n\",\"code\":\"c\"}]",
         NULL},
        {"POST /rest/v1/task?on_conflict=code&select=code", IGNORE BACK,
         "[{\"title\":\"i\",\"code\":\"b\"},{\"title\":\"i\",\"code\":\"d\"}]",
         201, "[{\"code\":\"d\"}]", NULL},
        {"POST /rest/v1/task?on_conflict=title", MERGE, "{\"title\":\"n\"}",
         400,
         "{\"code\":\"42P10\",\"message\":\"there is no unique or exclusion "
         "constraint matching the ON CONFLICT specification\",\"details\":null,"
         "\"hint\":null}",
         NULL},
        {"POST /rest/v1/task?on_conflict=cod", MERGE, "{\"title\":\"n\"}", 400,
         NULL, NULL},
        {"POST /rest/v1/member", MERGE,
         "{\"team\":\"a\",\"name\":\"x\",\"role\":\"r\"}", 201, "", NULL},
        {"POST /rest/v1/member", MERGE, "{\"team\":\"a\",\"name\":\"x\"}", 200,
         "", NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(
        database_world_ask(w->database, "SELECT title FROM task WHERE id = 2"),
        STR("n"));
    expect_str(database_world_ask(w->database, "SELECT role FROM member"),
               STR("r"));
}

static void puts_one_row_where_the_address_says(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"PUT /rest/v1/task?id=eq.7", NULL, "{\"id\":7,\"title\":\"new\"}", 201,
         "", NULL},
        {"PUT /rest/v1/task?id=eq.7&select=id,title", BACK,
         "{\"id\":7,\"title\":\"newer\"}", 200,
         "[{\"id\":7,\"title\":\"newer\"}]",
         "Preference-Applied: return=representation"},
        {"PUT /rest/v1/task?id=eq.7", NULL,
         "[{\"id\":\"7\",\"title\":\"newest\"}]", 204, "", NULL},
        {"PUT /rest/v1/member?team=eq.a&name=eq.x&select=role", BACK OBJECT,
         "{\"team\":\"a\",\"name\":\"x\",\"role\":\"lead\"}", 201,
         "{\"role\":\"lead\"}", NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(
        database_world_ask(w->database, "SELECT title FROM task WHERE id = 7"),
        STR("newest"));
}

static void puts_nothing_when_body_and_address_differ(void **state) {
    api_world *w = *state;
    static const char *const ADDRESSES[] = {
        "PUT /rest/v1/task",
        "PUT /rest/v1/task?id=gt.7",
        "PUT /rest/v1/task?id=not.eq.7",
        "PUT /rest/v1/task?id=eq.7&title=eq.x",
        "PUT /rest/v1/task?id=eq.7&id=eq.7",
        "PUT /rest/v1/task?or=(id.eq.7)",
        "PUT /rest/v1/member?team=eq.a",
    };
    for (size_t i = 0; i < LENGTH(ADDRESSES); i++) {
        api_case c = {ADDRESSES[i],
                      NULL,
                      "{\"id\":7,\"title\":\"x\"}",
                      405,
                      "{\"code\":\"PGRST105\",\"message\":\"Filters must "
                      "include all and only primary key columns with 'eq' "
                      "operators\",\"details\":null,\"hint\":null}",
                      NULL};
        api_check(w, &c, 1);
    }
    static const api_case CASES[] = {
        {"PUT /rest/v1/task?id=eq.7&limit=1", NULL, "{\"id\":7}", 400,
         "{\"code\":\"PGRST114\",\"message\":\"limit/offset querystring "
         "parameters are not allowed for PUT\",\"details\":null,\"hint\":null}",
         NULL},
        {"PUT /rest/v1/task?id=eq.7", NULL, "{\"id\":8,\"title\":\"x\"}", 400,
         "{\"code\":\"PGRST115\",\"message\":\"Payload values do not match URL "
         "in primary key column(s)\",\"details\":null,\"hint\":null}",
         NULL},
        {"PUT /rest/v1/task?id=eq.7", NULL, "{\"title\":\"x\"}", 400, NULL,
         NULL},
        {"PUT /rest/v1/task?id=eq.7", NULL, "[]", 400, NULL, NULL},
        {"PUT /rest/v1/secret?id=eq.7", NULL, "{\"id\":7}", 401, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("3"));
}

static void undoes_what_was_only_a_trial(void **state) {
    api_world *w = *state;
    static const api_case REFUSED[] = {
        {"DELETE /rest/v1/task?id=eq.1", "Prefer: tx=rollback", NULL, 400,
         "{\"code\":\"PGRST122\",\"message\":\"tx=rollback is not allowed\","
         "\"details\":null,\"hint\":\"serve with --tx-end "
         "commit-allow-override\"}",
         NULL},
        {"PATCH /rest/v1/task?id=eq.1", "Prefer: tx=commit", "{\"points\":1}",
         204, "", NULL},
    };
    api_check(w, REFUSED, LENGTH(REFUSED));
    static const api_case ALLOWED[] = {
        {"DELETE /rest/v1/task?id=gt.0&select=id",
         "Prefer: tx=rollback, return=representation", NULL, 200,
         "[{\"id\":1},{\"id\":2},{\"id\":3}]",
         "Preference-Applied: return=representation, tx=rollback"},
        {"POST /rest/v1/task?select=title",
         "Prefer: return=representation, tx=rollback", "{\"title\":\"x\"}", 201,
         "[{\"title\":\"x\"}]", NULL},
    };
    w->app.tx_end = (tx_end){.may_differ = true};
    api_check(w, ALLOWED, LENGTH(ALLOWED));
    expect_str(count_tasks(w), STR("3"));
    static const api_case TRIAL[] = {
        {"DELETE /rest/v1/task?id=eq.1", COUNT, NULL, 204, "",
         "Content-Range: */1"},
        {"DELETE /rest/v1/task?id=eq.1", "Prefer: tx=commit", NULL, 400, NULL,
         NULL},
    };
    w->app.tx_end = (tx_end){.is_rollback = true};
    api_check(w, TRIAL, LENGTH(TRIAL));
    expect_str(count_tasks(w), STR("3"));
}

/* The header that says: only if it is still this one. */
static const char *if_match(api_world *w, const char *target) {
    api_answer got = api_ask(w, target, OBJECT, "");
    assert_int_equal(got.status, 200);
    str tag = api_header(&got, STR("ETag"));
    assert_true(str_starts_with(tag, STR("\"")));
    return arena_cstr(w->a,
                      arena_printf(w->a, "If-Match: %.*s\n", STR_ARG(tag)));
}

static void writes_a_row_only_as_it_was_read(void **state) {
    api_world *w = *state;
    const char *all = if_match(w, "GET /rest/v1/task?id=eq.1");
    const char *title = if_match(w, "GET /rest/v1/task?id=eq.1&select=title");
    const api_case cases[] = {
        {"PATCH /rest/v1/task?id=eq.1", all, "{\"points\":6}", 204, "", NULL},
        {"PATCH /rest/v1/task?id=eq.1", all, "{\"points\":7}", 412,
         "{\"code\":\"PT412\",\"message\":\"the row is not the one that "
         "If-Match names\",\"details\":\"somebody changed it since\",\"hint\":"
         "\"read it again, with the select that the write has\"}",
         NULL},
        {"DELETE /rest/v1/task?id=eq.1", all, NULL, 412, NULL, NULL},
        {"PUT /rest/v1/task?id=eq.1", all, "{\"id\":1,\"title\":\"x\"}", 412,
         NULL, NULL},
        {"PATCH /rest/v1/task?id=eq.1&select=title", title, "{\"points\":8}",
         204, "", NULL},
        {"PATCH /rest/v1/task?id=eq.1", "If-Match: \"no\", *", "{\"points\":9}",
         204, "", NULL},
        {"PUT /rest/v1/task?id=eq.70", "If-Match: *",
         "{\"id\":70,\"title\":\"x\"}", 412, NULL, NULL},
        {"PATCH /rest/v1/task?id=gt.0", "If-Match: *", "{\"points\":9}", 412,
         NULL, NULL},
        {"POST /rest/v1/task", "If-Match: *", "{\"title\":\"x\"}", 400, NULL,
         NULL},
        {"PATCH /rest/v1/inbox?id=eq.1", "If-Match: *", "{\"text\":\"x\"}", 412,
         NULL, NULL},
        {"DELETE /rest/v1/task?id=eq.1&select=title", title, NULL, 204, "",
         NULL},
    };
    api_check(w, cases, LENGTH(cases));
    expect_str(count_tasks(w), STR("2"));
}

static void a_row_that_is_known_is_not_sent_again(void **state) {
    api_world *w = *state;
    api_answer got = api_ask(w, "GET /rest/v1/task?id=eq.1", OBJECT, "");
    str tag = api_header(&got, STR("ETag"));
    const char *known = arena_cstr(
        w->a, arena_printf(w->a, OBJECT "If-None-Match: %.*s\n", STR_ARG(tag)));
    const api_case cases[] = {
        {"GET /rest/v1/task?id=eq.1", known, NULL, 304, "", NULL},
        {"GET /rest/v1/task?id=eq.2", known, NULL, 200, NULL, NULL},
    };
    api_check(w, cases, LENGTH(cases));
}

static void updates_what_the_filter_finds(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"PATCH /rest/v1/task?status=eq.OPEN", COUNT, "{\"points\":9}", 204, "",
         "Content-Range: 0-1/2"},
        {"PATCH /rest/v1/task?id=eq.1&select=id,points,updated_at", BACK,
         "{\"points\":null}", 200,
         "[{\"id\":1,\"points\":null,"
         "\"updated_at\":\"2024-01-31T12:00:00.123+00:00\"}]",
         "Content-Range: 0-0/*"},
        {"PATCH /rest/v1/task?id=eq.9", NULL, "{\"points\":1}", 204, "",
         "Content-Range: */*"},
        {"PATCH /rest/v1/task?id=eq.9", BACK, "{\"points\":1}", 200, "[]",
         NULL},
        {"PATCH /rest/v1/task?id=eq.1", NULL, "{}", 204, "",
         "Content-Range: */*"},
        {"PATCH /rest/v1/task?id=not.is.null&columns=points&select=id", BACK,
         "{\"points\":3,\"title\":\"ignored\"}", 200,
         "[{\"id\":1},{\"id\":2},{\"id\":3}]", "Content-Range: 0-2/*"},
        {"PATCH /rest/v1/task?id=gt.0&select=id&order=title.desc&limit=2", BACK,
         "{\"points\":3}", 200, "[{\"id\":3},{\"id\":2}]",
         "Content-Range: 0-2/*"},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(
        database_world_ask(w->database, "SELECT title FROM task WHERE id = 1"),
        STR("alpha"));
}

static void deletes_what_the_filter_finds(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"DELETE /rest/v1/task?id=eq.9", NULL, NULL, 204, "",
         "Content-Range: */*"},
        {"DELETE /rest/v1/task?id=eq.1&select=id,title", BACK COUNT, NULL, 200,
         "[{\"id\":1,\"title\":\"alpha\"}]", "Content-Range: */1"},
        {"DELETE /rest/v1/task?id=in.(1,2)", COUNT, NULL, 204, "",
         "Content-Range: */1"},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("1"));
}

static void wants_a_filter_for_all_rows(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"DELETE /rest/v1/task", NULL, NULL, 400,
         "{\"code\":\"21000\",\"message\":\"DELETE requires a WHERE clause\","
         "\"details\":null,\"hint\":\"to mean all rows, filter by something "
         "that all of them have, such as id=not.is.null\"}",
         NULL},
        {"PATCH /rest/v1/task?select=id", NULL, "{\"points\":1}", 400, NULL,
         NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("3"));
    static const api_case LIMITED[] = {
        {"DELETE /rest/v1/task?id=gt.0&limit=1", NULL, NULL, 400,
         "{\"code\":\"PGRST100\",\"message\":\"limit and offset do not limit "
         "what is written\",\"details\":null,\"hint\":\"they choose among the "
         "rows that Prefer: return=representation hands back\"}",
         NULL},
        {"PATCH /rest/v1/task?id=gt.0&offset=1", NULL, "{\"points\":1}", 400,
         NULL, NULL},
    };
    api_check(w, LIMITED, LENGTH(LIMITED));
    expect_str(count_tasks(w), STR("3"));
    static const api_case ALL[] = {
        {"DELETE /rest/v1/task?id=not.is.null", COUNT, NULL, 204, "",
         "Content-Range: */3"},
    };
    api_check(w, ALL, LENGTH(ALL));
}

static void writes_nothing_when_not_exactly_one_row_is_meant(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"PATCH /rest/v1/task?status=eq.OPEN", BACK OBJECT, "{\"points\":99}",
         406,
         "{\"code\":\"PGRST116\",\"message\":\"Cannot coerce the result to a "
         "single JSON object\",\"details\":\"The result contains 2 rows\","
         "\"hint\":null}",
         NULL},
        {"PATCH /rest/v1/task?id=eq.9", BACK OBJECT, "{\"points\":99}", 406,
         NULL, NULL},
        {"POST /rest/v1/task", BACK OBJECT,
         "[{\"title\":\"x\"},{\"title\":\"y\"}]", 406, NULL, NULL},
        {"POST /rest/v1/task", BACK OBJECT, "[]", 406, NULL, NULL},
        {"DELETE /rest/v1/task?status=eq.OPEN", OBJECT, NULL, 406, NULL, NULL},
        {"PATCH /rest/v1/task?id=gt.0",
         "Prefer: handling=strict, max-affected=2", "{\"points\":99}", 400,
         "{\"code\":\"PGRST124\",\"message\":\"Query result exceeds "
         "max-affected preference constraint\",\"details\":\"The query affects "
         "3 rows\",\"hint\":null}",
         NULL},
        {"PATCH /rest/v1/task?id=gt.0", "Prefer: handling=strict, odd=1",
         "{\"points\":99}", 400, NULL, NULL},
        {"PATCH /rest/v1/task?id=gt.0", "Prefer: tx=rollback",
         "{\"points\":99}", 400, NULL, NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(count_tasks(w), STR("3"));
    expect_str(database_world_ask(
                   w->database, "SELECT count(*) FROM task WHERE points = 99"),
               STR("0"));
}

static void says_so_when_what_it_wrote_is_too_long_to_show(void **state) {
    api_world *w = *state;
    CLEANUP(buf_free) buf body = buf_new(1 << 20);
    buf_append(&body, STR("{\"title\":\""));
    for (int i = 0; i < 70 * 1024; i++)
        buf_append(&body, STR("ten bytes."));
    buf_append(&body, STR("\"}"));
    api_answer got = api_ask(w, "POST /rest/v1/task?select=title,again:title",
                             BACK, arena_cstr(w->a, buf_str(&body)));
    assert_int_equal(got.status, 500);
    expect_str(got.body,
               STR("{\"code\":\"PGRSTX00\",\"message\":\"the rows were "
                   "written, but are too many to hand back\",\"details\":null,"
                   "\"hint\":\"use Prefer: return=minimal, and read them in "
                   "pages\"}"));
    expect_str(count_tasks(w), STR("4"));
    got = api_ask(w, "GET /rest/v1/task?select=title,again:title", "", "");
    assert_int_equal(got.status, 500);
    expect_str(got.body,
               STR("{\"code\":\"PGRSTX00\",\"message\":\"the answer is larger "
                   "than 1048576 bytes\",\"details\":null,\"hint\":\"ask for "
                   "fewer rows with limit\"}"));
}

static void obeys_the_policies(void **state) {
    api_world *w = *state;
    static const api_case CASES[] = {
        {"POST /rest/v1/secret", NULL, "{\"nonsense\":1}", 401,
         "{\"code\":\"42501\",\"message\":\"permission denied for table "
         "secret\",\"details\":null,\"hint\":\"no policy of model Secret "
         "allows create: add @@allow('create', true) to open it to "
         "everybody\"}",
         "WWW-Authenticate: Bearer"},
        {"PATCH /rest/v1/secret?id=eq.1", NULL, "{}", 401, NULL, NULL},
        {"DELETE /rest/v1/secret?id=eq.1", NULL, NULL, 401, NULL, NULL},
        {"DELETE /rest/v1/note?id=eq.1", NULL, NULL, 401, NULL, NULL},
        /* What cannot be read cannot be handed back, found or merged. */
        {"POST /rest/v1/inbox", NULL, "{\"text\":\"x\"}", 201, "", NULL},
        {"POST /rest/v1/inbox", BACK, "{\"text\":\"x\"}", 401, NULL, NULL},
        {"POST /rest/v1/inbox", MERGE, "{\"id\":1,\"text\":\"x\"}", 401, NULL,
         NULL},
        {"PATCH /rest/v1/inbox?id=eq.1", COUNT, "{\"text\":\"x\"}", 204, "",
         "Content-Range: */0"},
        {"PATCH /rest/v1/inbox?id=eq.1", BACK OBJECT, "{\"text\":\"x\"}", 406,
         NULL, NULL},
        {"DELETE /rest/v1/inbox?id=eq.1", BACK, NULL, 200, "[]", NULL},
    };
    api_check(w, CASES, LENGTH(CASES));
    expect_str(
        database_world_ask(w->database, "SELECT text FROM inbox WHERE id = 1"),
        STR("unseen"));
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WORLD(inserts_and_hands_back),
        WORLD(keeps_each_type_as_it_was_sent),
        WORLD(makes_ids_and_defaults),
        WORLD(refuses_bodies_that_say_something_else),
        WORLD(reads_csv),
        WORLD(reads_forms),
        WORLD(refuses_more_cells_than_a_body_could_name),
        WORLD(reports_conflicts_in_the_words_of_postgresql),
        WORLD(merges_or_ignores_what_is_there),
        WORLD(puts_one_row_where_the_address_says),
        WORLD(puts_nothing_when_body_and_address_differ),
        WORLD(undoes_what_was_only_a_trial),
        WORLD(writes_a_row_only_as_it_was_read),
        WORLD(a_row_that_is_known_is_not_sent_again),
        WORLD(updates_what_the_filter_finds),
        WORLD(deletes_what_the_filter_finds),
        WORLD(wants_a_filter_for_all_rows),
        WORLD(writes_nothing_when_not_exactly_one_row_is_meant),
        WORLD(says_so_when_what_it_wrote_is_too_long_to_show),
        WORLD(obeys_the_policies),
    };
    return cmocka_run_group_tests_name("api/rest/write", tests, NULL, NULL);
}
