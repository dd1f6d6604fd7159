/* The write-ahead log stays short, whoever writes and reads. */
#include "database/sqlite/lite_checkpoint.h"

#include <sys/stat.h>

#include "test/support/database_world.h"
#include "test/support/test.h"

static const char SCHEMA[] = "model Blob {\n"
                             "  id Int @id\n"
                             "  data String\n"
                             "  @@audit(off)\n"
                             "}\n";

enum {
    MEGABYTE = 1024 * 1024,
    PAGE = 4096,
    WRITES = 160,         /* of a megabyte: more than the log may hold */
    SLACK = 4 * MEGABYTE, /* one write, and headers of pages */
};

typedef struct scene {
    database_world *w;
    fiber_group group;
    query slow;
    err *read_failure;
    bool is_reading;
    int writes;
    off_t longest;
} scene;

static void measure(scene *s) {
    struct stat wal;
    str path = arena_printf(s->w->a, "%.*s-wal", STR_ARG(s->w->file));
    if (stat(path.ptr, &wal) == 0 && wal.st_size > s->longest)
        s->longest = wal.st_size;
}

static err *write_much(void *argument) {
    scene *s = argument;
    arena *a = arena_new();
    char *text = arena_new_array(a, char, MEGABYTE);
    value row[] = {value_int(1),
                   {.kind = VALUE_TEXT, .text = {text, MEGABYTE}}};
    mutation m = world_insert(s->w, "Blob", "id data", row, 1);
    err *e = NULL;
    for (int i = 0; i < s->writes && e == NULL; i++) {
        mutation_result result;
        row[0] = value_int(i % 8);
        /* SQLite leaves pages alone that would not change. */
        memset(text, 'a' + i % 20, MEGABYTE);
        const field *target[] = {m.fields[0]};
        m.on_conflict = CONFLICT_MERGE;
        m.conflict_fields = target;
        m.conflict_field_count = 1;
        e = database_mutate(s->w->session, a, &m, &result);
        measure(s);
    }
    arena_free(a);
    return e;
}

static err *read_slowly(void *argument) {
    scene *s = argument;
    str rows;
    s->read_failure = world_read(s->w, &s->slow, &rows, NULL);
    s->is_reading = false;
    return NULL;
}

static err *write_beside_reader(void *argument) {
    scene *s = argument;
    int writes = s->writes;
    s->writes = 8; /* something to read */
    TRY(write_much(s));
    s->writes = writes;
    s->longest = 0;
    s->is_reading = true;
    TRY(fiber_start(s->w->a, &s->group, read_slowly, s));
    TRY(write_much(s));
    return fiber_group_join(&s->group);
}

static void stays_short_under_a_constant_writer(void **state) {
    (void)state;
    scene s = {.writes = WRITES};
    database_world_begin(SCHEMA, &s.w);
    expect_ok(database_world_run(s.w, write_much, &s));
    assert_in_range(s.longest, MEGABYTE,
                    (off_t)LITE_WAL_MOST_PAGES * PAGE + SLACK);
    database_world_free(s.w);
}

static void stays_short_beside_a_slow_reader(void **state) {
    (void)state;
    scene s = {.writes = WRITES};
    s.w = database_world_new(SCHEMA);
    /* Nothing but the log is to end the read, however slow the machine. */
    s.w->config.statement_timeout_ms = 120 * INT64_C(1000);
    expect_ok(database_world_push(s.w, NULL));
    expect_ok(database_world_open(s.w));
    s.group.loop = s.w->loop;
    char pattern[] = "%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaz";
    filter like = {.kind = FILTER_LIKE,
                   .field = world_field(s.w, "Blob", "data"),
                   .value = value_text(pattern)};
    const filter *many[1000];
    for (size_t i = 0; i < LENGTH(many); i++)
        many[i] = &like;
    filter any = {
        .kind = FILTER_ANY, .children = many, .child_count = LENGTH(many)};
    s.slow = world_query(s.w, "Blob", "id");
    s.slow.where = &any;
    expect_ok(database_world_run(s.w, write_beside_reader, &s));
    expect_err(s.read_failure, ERR_UNAVAILABLE,
               STR("ended because a long read kept the write-ahead log from"
                   " being reset"));
    assert_in_range(s.longest, MEGABYTE,
                    (off_t)LITE_WAL_MOST_PAGES * PAGE + SLACK);
    database_world_free(s.w);
}

static void a_clean_end_leaves_no_log(void **state) {
    (void)state;
    scene s = {.writes = 5};
    database_world_begin(SCHEMA, &s.w);
    expect_ok(database_world_run(s.w, write_much, &s));
    database_world_close(s.w);
    struct stat wal;
    str path = arena_printf(s.w->a, "%.*s-wal", STR_ARG(s.w->file));
    assert_int_equal(stat(path.ptr, &wal), -1);
    database_world_free(s.w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_short_under_a_constant_writer),
        cmocka_unit_test(stays_short_beside_a_slow_reader),
        cmocka_unit_test(a_clean_end_leaves_no_log),
    };
    return cmocka_run_group_tests_name("database/sqlite/lite_checkpoint", tests,
                                       NULL, NULL);
}
