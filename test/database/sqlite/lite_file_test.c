#include "database/sqlite/lite_file.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/database_world.h"
#include "test/support/test.h"

static void a_url_names_a_file(void **state) {
    arena *a = *state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    static const struct {
        const char *url;
        const char *path; /* %s is the working folder */
    } CASES[] = {
        {"file:app.db", "%s/app.db"},
        {"file:./app.db", "%s/app.db"},
        {"sqlite:app.db", "%s/app.db"},
        {"file:src/app.db", "%s/src/app.db"},
        {"file:src/../app.db", "%s/app.db"},
        {"file:/tmp/app.db", "/tmp/app.db"},
        {"file:///tmp/app.db", "/tmp/app.db"},
        {"file:/app.db", "/app.db"},
        {"file:a b:c.db", "%s/a b:c.db"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str path;
        expect_ok(lite_file_locate(a, str_of(CASES[i].url), &path));
        str want = str_of(CASES[i].path);
        if (str_starts_with(want, STR("%s")))
            want = arena_printf(a, "%s%s", here, CASES[i].path + 2);
        expect_str(path, want);
    }
}

static void other_urls_are_refused(void **state) {
    arena *a = *state;
    static const struct {
        const char *url;
        err_code code;
        const char *message;
    } CASES[] = {
        {"file:", ERR_INVALID, "the database URL names no file"},
        {"file:data/", ERR_INVALID, "the database URL names no file"},
        {"file::memory:", ERR_UNSUPPORTED,
         "a database in memory cannot be served: it would be gone with its"
         " connection"},
        {"file:app.db?mode=ro", ERR_UNSUPPORTED,
         "database URLs of 'file:' take no parameters, such as '?mode=ro'"
         ""},
        {"sqlite://host/app.db", ERR_INVALID,
         "the database URL names a host, not a file"},
        {"file:no/such/folder/app.db", ERR_NOT_FOUND,
         "the database's folder no/such/folder/: No such file or directory"},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str path;
        err *e = lite_file_locate(a, str_of(CASES[i].url), &path);
        str want = str_of(CASES[i].message);
        expect_err(e, CASES[i].code, want);
    }
}

static void an_unknown_scheme_names_those_that_are_known(void **state) {
    arena *a = *state;
    buf report = buf_new(1000);
    database_config c = {.url = STR("mysql://user:secret@host/db")};
    err *e = database_push(a, &c, NULL, false, &report);
    expect_err(e, ERR_UNSUPPORTED, STR("no database engine for 'mysql' URLs"));
    expect_str(e->hint, STR("a database URL is file:PATH or sqlite:PATH, such"
                            " as file:app.db"));
    c.url = STR("app.db");
    expect_err(database_push(a, &c, NULL, false, &report), ERR_INVALID,
               STR("the database is not given as a URL"));
    c.url = STR("");
    expect_err(database_push(a, &c, NULL, false, &report), ERR_INVALID,
               STR("no database is named"));
}

static void a_folder_is_no_database(void **state) {
    (void)state;
    database_world *w = database_world_new("model T {\n  id Int @id\n}\n");
    w->config.url = arena_printf(w->a, "file:%.*s", STR_ARG(w->folder));
    expect_err(database_world_push(w, NULL), ERR_INVALID,
               arena_printf(w->a, "%.*s is not a file", STR_ARG(w->folder)));
    unlink(arena_printf(w->a, "%.*s.lock", STR_ARG(w->folder)).ptr);
    database_world_free(w);
}

/* ---- The lock ----------------------------------------------------------- */

static void one_server_has_the_database(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin("model T {\n  id Int @id\n}\n", &w);
    database *second = NULL;
    str message = arena_printf(w->a, "%.*s is in use by process %ld",
                               STR_ARG(w->file), (long)getpid());
    expect_err(database_open(w->a, &w->config, w->schema, &second), ERR_BUSY,
               message);
    expect_err(database_world_push(w, NULL), ERR_BUSY, message);
    /* By another name, too. */
    str link = arena_printf(w->a, "%.*s/link.db", STR_ARG(w->folder));
    assert_int_equal(symlink(w->file.ptr, link.ptr), 0);
    database_config c = w->config;
    c.url = arena_printf(w->a, "sqlite:%.*s", STR_ARG(link));
    expect_err(database_open(w->a, &c, w->schema, &second), ERR_BUSY, message);
    unlink(link.ptr);
    database_world_close(w);
    expect_ok(database_world_open(w));
    database_world_free(w);
}

/* In a process of its own: closing a file lets go of SQLite's locks on it. */
static bool can_be_claimed_elsewhere(database_world *w, str path) {
    pid_t child = fork();
    if (child == 0) {
        int claim;
        err *e = lite_file_claim(w->a, path, &claim);
        _exit(e == NULL ? 0 : e->code == ERR_BUSY ? 1 : 2);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_in_range(WEXITSTATUS(status), 0, 1);
    return WEXITSTATUS(status) == 0;
}

static void a_hard_link_is_the_same_database(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin("model T {\n  id Int @id\n}\n", &w);
    str other = arena_printf(w->a, "%.*s/other.db", STR_ARG(w->folder));
    assert_int_equal(link(w->file.ptr, other.ptr), 0);
    assert_false(can_be_claimed_elsewhere(w, other));
    database_world_close(w);
    assert_true(can_be_claimed_elsewhere(w, other));
    unlink(other.ptr);
    database_world_free(w);
}

static void a_second_server_is_refused_without_the_lock_file(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin("model T {\n  id Int @id\n}\n", &w);
    unlink(arena_printf(w->a, "%.*s.lock", STR_ARG(w->file)).ptr);
    assert_false(can_be_claimed_elsewhere(w, w->file));
    database_world_free(w);
}

static void the_lock_dies_with_its_holder(void **state) {
    (void)state;
    database_world *w = database_world_new("model T {\n  id Int @id\n}\n");
    expect_ok(database_world_push(w, NULL));
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        int lock;
        bool has = lite_file_lock(w->a, w->file, &lock) == NULL;
        ssize_t written = write(ready[1], has ? "y" : "n", 1);
        (void)written;
        pause();
        _exit(0);
    }
    char answer;
    assert_int_equal(read(ready[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    expect_err(database_world_open(w), ERR_BUSY,
               arena_printf(w->a, "%.*s is in use by process %ld",
                            STR_ARG(w->file), (long)child));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    expect_ok(database_world_open(w));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_url_names_a_file),
        TEST(other_urls_are_refused),
        TEST(an_unknown_scheme_names_those_that_are_known),
        cmocka_unit_test(a_folder_is_no_database),
        cmocka_unit_test(one_server_has_the_database),
        cmocka_unit_test(a_hard_link_is_the_same_database),
        cmocka_unit_test(a_second_server_is_refused_without_the_lock_file),
        cmocka_unit_test(the_lock_dies_with_its_holder),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_file", tests, NULL,
                                       NULL);
}
