#include "database/postgres/pg_called.h"

#include "database/system_schema.h"
#include "schema/function.h"
#include "schema/load.h"
#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const char OWN[] = "model Note {\n"
                          "  id   Int    @id\n"
                          "  text String\n"
                          "  @@map(\"notes\")\n"
                          "}\n"
                          "function own returns Int {\n"
                          "  @@sql(\"SELECT 1\")\n"
                          "}\n";

static const schema *load_own(arena *a) {
    const schema *s = NULL;
    diag_list diags = {0};
    expect_ok(schema_load_text(a, STR("app.prisma"), str_of(OWN),
                               ENGINE_POSTGRESQL, &diags, &s));
    return s;
}

static const schema *read(const postgres_world *w, const schema *own) {
    static const str SCHEMAS[] = {STR_INIT("api")};
    const schema *s = NULL;
    expect_ok(pg_called_read(w->a, w->connection, SCHEMAS, 1, own, &s));
    return s;
}

static const function *find(const schema *s, const char *name) {
    const function *f = schema_find_function(s, str_of(name));
    assert_non_null(f);
    return f;
}

static void rows_of_a_models_table_are_the_models(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    const schema *own = load_own(w->a);
    postgres_world_sql(
        w, "CREATE SCHEMA api; CREATE TABLE notes (id int, text text);"
           "CREATE TABLE others (id int);"
           "CREATE FUNCTION api.all_notes() RETURNS SETOF notes LANGUAGE sql"
           " AS 'SELECT * FROM notes';"
           "CREATE FUNCTION api.all_others() RETURNS SETOF others LANGUAGE sql"
           " AS 'SELECT * FROM others';"
           "CREATE FUNCTION api.label(notes) RETURNS text LANGUAGE sql"
           " AS 'SELECT $1.text'");
    const schema *s = read(w, own);
    assert_ptr_equal(find(s, "all_notes")->row, &own->models[0]);
    assert_true(find(s, "all_others")->row->is_shape);
    assert_null(schema_find_function(s, STR("label")));
    assert_int_equal(s->model_count, 0);
}

/* The index of a shape or a function tells prepared statements apart. */
static void indexes_go_on_behind_those_of_the_schema(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    const schema *own = load_own(w->a);
    postgres_world_sql(w, "CREATE SCHEMA api;"
                          "CREATE FUNCTION api.f(n int) RETURNS int"
                          " LANGUAGE sql AS 'SELECT n'");
    const schema *s = read(w, own);
    const function *f = find(s, "f");
    assert_int_equal(f->index, own->function_count);
    assert_int_equal(f->arguments->index,
                     schema_index_end(own) + SYSTEM_MODEL_COUNT);
    assert_int_equal(schema_index_end(s), f->arguments->index + 2);
    const field *n = model_find_column(s, f->arguments, STR("n"));
    assert_ptr_equal(n, f->arguments->columns[0]);
}

static void schemas_that_nobody_may_expose_are_refused(void **state) {
    static const struct {
        str name;
        err_code code;
        str message;
    } CASES[] = {
        {STR_INIT("nowhere"), ERR_NOT_FOUND,
         STR_INIT("the database has no schema \"nowhere\"")},
        {STR_INIT("pg_catalog"), ERR_INVALID,
         STR_INIT("the functions of the schema \"pg_catalog\" are not for "
                  "clients")},
        {STR_INIT("information_schema"), ERR_INVALID,
         STR_INIT("the functions of the schema \"information_schema\" are "
                  "not for clients")},
        {STR_INIT("tenon"), ERR_INVALID,
         STR_INIT("the functions of the schema \"tenon\" are not for "
                  "clients")},
    };
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    const schema *own = load_own(w->a);
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const schema *s;
        expect_err(
            pg_called_read(w->a, w->connection, &CASES[i].name, 1, own, &s),
            CASES[i].code, CASES[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(rows_of_a_models_table_are_the_models),
        TEST(indexes_go_on_behind_those_of_the_schema),
        TEST(schemas_that_nobody_may_expose_are_refused),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_called", tests,
                                       NULL, NULL);
}
