#include "core/row_history.h"

#include "schema/load.h"
#include "test/support/test.h"

enum { MOST = 5 };

/* As the log has them; NULL: nothing there. */
typedef struct said {
    const char *action;
    const char *before;
    const char *after;
    const char *changes;
} said;

static const model *note_model(arena *a) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"),
                               STR("datasource db { provider = \"sqlite\" }\n"
                                   "model Note {\n"
                                   "  id     Int @id\n"
                                   "  title  String?\n"
                                   "  stock  Int?\n"
                                   "  apiKey String?\n"
                                   "}\n"),
                               ENGINE_SQLITE, &diags, &s));
    return schema_find_model(s, STR("Note"));
}

static const json *read_json(arena *a, const char *text) {
    const json *j = NULL;
    if (text != NULL)
        expect_ok(json_parse(a, str_of(text), &j));
    return j;
}

/* One an hour, e1 at hour 1. */
static row_history history_told(arena *a, const said *entries,
                                const char *now) {
    row_history_entry *read = arena_new_array(a, row_history_entry, MOST);
    const model *m = note_model(a);
    size_t count = 0;
    for (; count < MOST && entries[count].action != NULL; count++)
        read[count] = (row_history_entry){
            .id = arena_printf(a, "e%zu", count + 1),
            .created_at = {(int64_t)(count + 1) * 3600 * 1000},
            .action = str_of(entries[count].action),
            .before = read_json(a, entries[count].before),
            .after = read_json(a, entries[count].after),
            .changes = read_json(a, entries[count].changes),
        };
    row_image image = row_history_image(a, m, read_json(a, now));
    return row_history_of(a, m, read, count, now != NULL ? &image : NULL);
}

static void expect_image(arena *a, const row_history *h, const row_image *image,
                         const char *want) {
    CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
    row_history_write_image(&out, h->model, image);
    expect_str(arena_copy(a, buf_str(&out)), str_of(want));
}

static void a_version_is_what_an_entry_left(void **state) {
    static const said FULL[MOST + 1] = {
        {"create", NULL, "{\"id\":1,\"title\":\"a\",\"stock\":null}", NULL},
        {"update", "{\"id\":1,\"title\":\"a\",\"stock\":null}",
         "{\"id\":1,\"title\":\"b\",\"stock\":null}",
         "{\"title\":{\"from\":\"a\",\"to\":\"b\"}}"},
        {"delete", "{\"id\":1,\"title\":\"b\",\"stock\":null}", NULL, NULL},
    };
    row_history h = history_told(*state, FULL, NULL);
    assert_int_equal(h.count, 3);
    expect_image(*state, &h, &h.first, "null");
    expect_image(*state, &h, &h.versions[0],
                 "{\"id\":1,\"title\":\"a\",\"stock\":null}");
    expect_image(*state, &h, &h.versions[1],
                 "{\"id\":1,\"title\":\"b\",\"stock\":null}");
    expect_image(*state, &h, &h.versions[2], "null");
}

static void before_the_first_entry_is_what_it_found(void **state) {
    static const said LATE[MOST + 1] = {
        {"update", "{\"id\":1,\"title\":\"a\"}", "{\"id\":1,\"title\":\"b\"}",
         "{\"title\":{\"from\":\"a\",\"to\":\"b\"}}"},
    };
    row_history h = history_told(*state, LATE, NULL);
    expect_image(*state, &h, &h.first, "{\"id\":1,\"title\":\"a\"}");
}

static void without_entries_the_row_is_what_it_is(void **state) {
    static const said NONE[MOST + 1] = {{0}};
    row_history h = history_told(*state, NONE, "{\"id\":1,\"title\":\"a\"}");
    expect_image(*state, &h, row_history_at(&h, (timestamp){5}),
                 "{\"id\":1,\"title\":\"a\"}");
}

/* @@audit(changes): of each update only what differs. */
static void changes_are_undone_from_the_row_that_is(void **state) {
    static const said CHANGES[MOST + 1] = {
        {"create", NULL, NULL, NULL},
        {"update", NULL, NULL, "{\"stock\":{\"from\":1,\"to\":2}}"},
        {"update", NULL, NULL, "{\"title\":{\"from\":\"a\",\"to\":\"b\"}}"},
    };
    row_history h =
        history_told(*state, CHANGES, "{\"id\":1,\"title\":\"b\",\"stock\":2}");
    expect_image(*state, &h, &h.first, "null");
    expect_image(*state, &h, &h.versions[0],
                 "{\"id\":1,\"title\":\"a\",\"stock\":1}");
    expect_image(*state, &h, &h.versions[1],
                 "{\"id\":1,\"title\":\"a\",\"stock\":2}");
    expect_image(*state, &h, &h.versions[2],
                 "{\"id\":1,\"title\":\"b\",\"stock\":2}");
}

static void changes_alone_tell_of_the_columns_that_changed(void **state) {
    static const said CHANGES[MOST + 1] = {
        {"create", NULL, NULL, NULL},
        {"update", NULL, NULL, "{\"stock\":{\"from\":1,\"to\":2}}"},
        {"delete", NULL, NULL, NULL},
    };
    row_history h = history_told(*state, CHANGES, NULL);
    expect_image(*state, &h, &h.versions[0], "{\"stock\":1}");
    expect_image(*state, &h, &h.versions[1], "{\"stock\":2}");
    expect_image(*state, &h, &h.versions[2], "null");
}

/* A row that was deleted and made again is another row. */
static void nothing_is_carried_over_a_delete(void **state) {
    static const said TWICE[MOST + 1] = {
        {"create", NULL, NULL, NULL},
        {"delete", NULL, NULL, NULL},
        {"create", NULL, NULL, NULL},
    };
    row_history h = history_told(*state, TWICE, "{\"id\":1,\"title\":\"b\"}");
    expect_image(*state, &h, &h.versions[0], "{}");
    expect_image(*state, &h, &h.versions[1], "null");
    expect_image(*state, &h, &h.versions[2], "{\"id\":1,\"title\":\"b\"}");
}

static void what_is_redacted_or_too_long_is_not_known(void **state) {
    static const said HIDDEN[MOST + 1] = {
        {"update",
         "{\"id\":1,\"title\":\"[redacted]\",\"apiKey\":\"[redacted]\"}",
         "{\"id\":1,\"title\":\"[long]\",\"apiKey\":null}",
         "{\"title\":{\"from\":\"[redacted]\",\"to\":\"[long]\"},"
         "\"apiKey\":{\"from\":\"[redacted]\",\"to\":null}}"},
        {"update", NULL, NULL,
         "{\"title\":{\"from\":\"[long]\",\"to\":\"x\"}}"},
        {"update", NULL, NULL,
         "{\"title\":{\"from\":\"x\",\"to\":\"[long]\"}}"},
    };
    row_history h = history_told(*state, HIDDEN, NULL);
    /* A text may be just that word, where nothing is redacted. */
    expect_image(*state, &h, &h.first, "{\"id\":1,\"title\":\"[redacted]\"}");
    expect_image(*state, &h, &h.versions[0],
                 "{\"id\":1,\"title\":\"[long]\",\"apiKey\":null}");
    expect_image(*state, &h, &h.versions[1],
                 "{\"id\":1,\"title\":\"x\",\"apiKey\":null}");
    expect_image(*state, &h, &h.versions[2], "{\"id\":1,\"apiKey\":null}");
}

static void a_time_is_between_two_entries(void **state) {
    static const said FULL[MOST + 1] = {
        {"create", NULL, "{\"id\":1,\"title\":\"a\"}", NULL},
        {"update", NULL, "{\"id\":1,\"title\":\"b\"}", NULL},
    };
    static const int64_t HOUR = 3600 * 1000;
    row_history h = history_told(*state, FULL, NULL);
    assert_ptr_equal(row_history_at(&h, (timestamp){HOUR - 1}), &h.first);
    assert_ptr_equal(row_history_at(&h, (timestamp){HOUR}), &h.versions[0]);
    assert_ptr_equal(row_history_at(&h, (timestamp){2 * HOUR - 1}),
                     &h.versions[0]);
    assert_ptr_equal(row_history_at(&h, (timestamp){9 * HOUR}), &h.versions[1]);
    assert_ptr_equal(row_history_version(&h, STR("e2")), &h.versions[1]);
    assert_null(row_history_version(&h, STR("e3")));
}

static void a_diff_has_what_differs(void **state) {
    static const struct {
        const char *from;
        const char *to;
        const char *want;
    } CASES[] = {
        {"{\"id\":1,\"title\":\"a\"}", "{\"id\":1,\"title\":\"b\"}",
         "{\"title\":{\"from\":\"a\",\"to\":\"b\"}}"},
        {"{\"id\":1}", "{\"id\":1,\"title\":\"b\"}", "{}"},
        {"{\"id\":1}", "{\"id\":1}", "{}"},
        {"{\"id\":1,\"title\":null}", NULL,
         "{\"id\":{\"from\":1,\"to\":null}}"},
        {NULL, "{\"id\":1,\"stock\":5}",
         "{\"id\":{\"from\":null,\"to\":1},\"stock\":{\"from\":null,\"to\":5}"
         "}"},
    };
    const model *m = note_model(*state);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        CLEANUP(buf_free) buf out = buf_new(SIZE_MAX);
        row_image from =
            row_history_image(*state, m, read_json(*state, CASES[i].from));
        row_image to =
            row_history_image(*state, m, read_json(*state, CASES[i].to));
        row_history_write_diff(&out, m, &from, &to);
        expect_str(arena_copy(*state, buf_str(&out)), str_of(CASES[i].want));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_version_is_what_an_entry_left),
        TEST(before_the_first_entry_is_what_it_found),
        TEST(without_entries_the_row_is_what_it_is),
        TEST(changes_are_undone_from_the_row_that_is),
        TEST(changes_alone_tell_of_the_columns_that_changed),
        TEST(nothing_is_carried_over_a_delete),
        TEST(what_is_redacted_or_too_long_is_not_known),
        TEST(a_time_is_between_two_entries),
        TEST(a_diff_has_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
