#include "schema/function.h"
#include "test/support/database_world.h"
#include "test/support/test.h"

#define TASK                                                                   \
    "model Task {\n  id Int @id\n  title String\n  @@map(\"task\")\n"          \
    "  @@allow('all', true)\n}\n"

enum { SAID_MAX = 4096 };

/* Pushes the tables and opens the database with the function. */
static err *open_with(arena *a, const char *block, str *message) {
    database_world *w = database_world_new(TASK);
    str report;
    expect_ok(database_world_push(w, &report));
    str text = arena_printf(a, TASK "%s%c", block, '\0');
    database_world_load(w, text.ptr);
    err *e = database_world_open(w);
    CLEANUP(buf_free) buf said = buf_new(SAID_MAX);
    if (e != NULL)
        err_print(&said, e);
    *message = arena_copy(a, buf_str(&said));
    database_world_free(w);
    return e;
}

static void says_which_function_cannot_be_used(void **state) {
    static const struct {
        const char *block;
        const char *said; /* NULL: nothing is wrong */
    } CASES[] = {
        {"function f returns Task[] {\n  @@sql(\"SELECT * FROM task\")\n}\n",
         NULL},
        {"function f returns Task[] {\n  @@sql(\"SELECT title, 1 AS more, id "
         "FROM task\")\n}\n",
         NULL},
        {"function f {\n  a Int\n  @@sql(\"DELETE FROM task WHERE id = :a; "
         "DELETE FROM task\")\n}\n",
         NULL},
        {"function f returns Int {\n  @@sql(\"SELECT 1 FORM task\")\n}\n",
         ":8:24: the SQL of function \"f\" cannot be used: near \"task\": "
         "syntax error"},
        {"function f returns Int {\n  a Int\n  @@sql(\"SELECT :a FROM "
         "tusk\")\n}\n",
         "no such table: tusk"},
        {"function f returns Task[] {\n  @@sql(\"SELECT id FROM task\")\n}\n",
         "has no column \"title\", which a row of Task has"},
        {"function f returns Int {\n  @@sql(\"SELECT 1, 2\")\n}\n",
         "gives back one value, and its SQL has 2 columns"},
        {"function f returns Int[] {\n  @@sql(\"WITH x(n) AS (SELECT 1) DELETE "
         "FROM task RETURNING id\")\n  @@stable\n}\n",
         "it writes, and only a volatile function may"},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        str said;
        err *e = open_with(a, CASES[i].block, &said);
        if (CASES[i].said == NULL) {
            expect_ok(e);
            continue;
        }
        bool is_said = e != NULL && memmem(said.ptr, said.len, CASES[i].said,
                                           strlen(CASES[i].said)) != NULL;
        if (!is_said)
            print_error("%s\n  said \"%.*s\"\n  want \"%s\"\n", CASES[i].block,
                        STR_ARG(said), CASES[i].said);
        assert_true(is_said);
    }
}

typedef struct calling {
    database_world *w;
    query query;
    str rows;
    int64_t total;
} calling;

static err *read_all(void *argument) {
    calling *c = argument;
    return world_read(c->w, &c->query, &c->rows, &c->total);
}

static str call(database_world *w, const char *name, const value *arguments) {
    const function *f = schema_find_function(w->schema, str_of(name));
    function_call made = {.function = f, .arguments = arguments};
    calling c = {.w = w,
                 .query = {.model = f->row,
                           .call = &made,
                           .limit = QUERY_NO_LIMIT,
                           .wants_total = true}};
    query_column columns[4];
    for (size_t i = 0; i < f->row->column_count; i++)
        columns[i] = query_column_of(f->row->columns[i]);
    c.query.columns = columns;
    c.query.column_count = f->row->column_count;
    expect_ok(database_world_run(w, read_all, &c));
    return arena_printf(w->a, "%.*s (%d)", STR_ARG(c.rows), (int)c.total);
}

static void binds_an_argument_wherever_it_is_used(void **state) {
    (void)state;
    database_world *w = NULL;
    database_world_begin(
        TASK "function twice returns String[] {\n  a String\n  b String\n"
             "  @@sql(\"SELECT :b || :a UNION ALL SELECT :a || ':b'\")\n"
             "  @@stable\n}\n"
             "function task returns Int {\n"
             "  @@sql(\"SELECT count(*) FROM task -- :none\")\n  @@stable\n}\n",
        &w);
    const value texts[] = {value_text("x"), value_text("y")};
    expect_str(call(w, "twice", texts), STR("yx;x:b (2)"));
    const value others[] = {value_text("1"), value_text("2")};
    expect_str(call(w, "twice", others), STR("21;1:b (2)"));
    expect_str(call(w, "task", NULL), STR("0 (1)"));
    database_world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(says_which_function_cannot_be_used),
        TEST(binds_an_argument_wherever_it_is_used),
    };
    return cmocka_run_group_tests_name("sqlite/lite_call", tests, NULL, NULL);
}
