#include "database/postgres/pg_exposure.h"

#include "test/support/postgres_world.h"
#include "test/support/test.h"

static const schema *read(const postgres_world *w) {
    static const str SCHEMAS[] = {STR_INIT("public"), STR_INIT("more")};
    const schema *s = NULL;
    postgres_world_sql(w, "CREATE SCHEMA IF NOT EXISTS more");
    expect_ok(pg_exposure_read(w->a, w->connection, SCHEMAS, 2, &s));
    return s;
}

static const model *find(const schema *s, const char *table) {
    const model *m = schema_find_table(s, str_of(table));
    assert_non_null(m);
    return m;
}

static str names_of(arena *a, const field *const *fields, size_t count) {
    str all = {0};
    for (size_t i = 0; i < count; i++)
        all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i > 0 ? "," : "",
                           STR_ARG(fields[i]->column));
    return all;
}

/* name(columns)>parent(references), one or many; in the order of the model. */
static str relations_of(arena *a, const model *m) {
    str all = {0};
    for (size_t i = 0; i < m->relation_count; i++) {
        const relation *r = m->relations[i];
        str columns = names_of(a, r->columns, r->column_count);
        str references = names_of(a, r->references, r->column_count);
        all = arena_printf(a, "%.*s%s%.*s(%.*s)%s%.*s(%.*s)", STR_ARG(all),
                           i > 0 ? " " : "", STR_ARG(r->constraint_name),
                           STR_ARG(columns),
                           r->kind == RELATION_ONE_TO_ONE ? "-" : ">",
                           STR_ARG(r->parent->table), STR_ARG(references));
    }
    return all;
}

static void columns_are_as_the_database_has_them(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE DOMAIN needed AS text NOT NULL;"
           "CREATE TABLE \"odd Name\" (id serial PRIMARY KEY, gone int,"
           " \"a\"\"b\" int4range, tags text[] NOT NULL, d needed);"
           "ALTER TABLE \"odd Name\" DROP COLUMN gone");
    const model *m = find(read(w), "odd Name");
    assert_int_equal(m->column_count, 4);
    static const struct {
        str name;
        str type;
        bool is_optional;
        default_kind kind;
    } COLUMNS[] = {
        {STR_INIT("id"), STR_INIT("integer"), false, DEFAULT_DBGENERATED},
        {STR_INIT("a\"b"), STR_INIT("int4range"), true, DEFAULT_NONE},
        {STR_INIT("tags"), STR_INIT("text[]"), false, DEFAULT_NONE},
        {STR_INIT("d"), STR_INIT("needed"), false, DEFAULT_NONE},
    };
    for (size_t i = 0; i < LENGTH(COLUMNS); i++) {
        const field *f = m->columns[i];
        expect_str(f->column, COLUMNS[i].name);
        expect_str(f->unsupported, COLUMNS[i].type);
        assert_int_equal(f->is_optional, COLUMNS[i].is_optional);
        assert_int_equal(f->default_value.kind, COLUMNS[i].kind);
        assert_true(f->is_foreign && field_is_visible(f));
        assert_ptr_equal(f->model, m);
    }
    assert_true(m->columns[0]->is_id);
    expect_str(names_of(a, m->primary_key->fields, 1), STR("id"));
}

static void foreign_keys_are_relations_also_of_views(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE TABLE parents (id int PRIMARY KEY, name text);"
           "CREATE TABLE children (id int PRIMARY KEY,"
           " parent int CONSTRAINT of_parent REFERENCES parents);"
           "CREATE TABLE twins (a int, b int, PRIMARY KEY (a, b));"
           "CREATE TABLE ones (a int, b int, UNIQUE (b, a),"
           " CONSTRAINT one FOREIGN KEY (a, b) REFERENCES twins);"
           "CREATE VIEW elders AS SELECT name, id AS number FROM parents;"
           "CREATE VIEW oldest AS WITH e AS (SELECT * FROM elders)"
           " SELECT e.number AS \"no }\", length(name) AS id FROM e;"
           "CREATE VIEW nobody AS SELECT name FROM parents;"
           "CREATE VIEW family AS SELECT c.id, c.parent, p.id AS p"
           " FROM children c JOIN parents p ON p.id = c.parent");
    const schema *s = read(w);
    expect_str(relations_of(a, find(s, "children")),
               STR("of_parent(parent)>parents(id) of_parent(parent)>elders("
                   "number) of_parent(parent)>oldest(no }) "
                   "of_parent(parent)>family(p)"));
    expect_str(relations_of(a, find(s, "ones")), STR("one(a,b)-twins(a,b)"));
    assert_int_equal(find(s, "family")->relation_count, 4);
    assert_int_equal(find(s, "nobody")->relation_count, 0);
    expect_str(names_of(a, find(s, "elders")->primary_key->fields, 1),
               STR("number"));
    assert_null(find(s, "nobody")->primary_key);
}

static void what_is_not_exposed_is_not_there(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    postgres_world_sql(w, "CREATE SCHEMA hidden CREATE TABLE secrets (id int);"
                          "CREATE TABLE days (d date) PARTITION BY RANGE (d);"
                          "CREATE TABLE days_2024 PARTITION OF days"
                          " FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')");
    const schema *s = read(w);
    assert_null(schema_find_table(s, STR("secrets")));
    assert_null(schema_find_table(s, STR("days_2024")));
    find(s, "days");
}

static void a_schema_that_is_not_there_is_named(void **state) {
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(*state);
    static const str SCHEMAS[] = {STR_INIT("public"), STR_INIT("nowhere")};
    const schema *s;
    expect_err(pg_exposure_read(w->a, w->connection, SCHEMAS, 2, &s),
               ERR_NOT_FOUND, STR("the database has no schema \"nowhere\""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(columns_are_as_the_database_has_them),
        TEST(foreign_keys_are_relations_also_of_views),
        TEST(what_is_not_exposed_is_not_there),
        TEST(a_schema_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_exposure", tests,
                                       NULL, NULL);
}
