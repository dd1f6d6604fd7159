#include "database/postgres/pg_operator_class.h"

#include "test/support/postgres_world.h"
#include "test/support/test.h"

static void knows_the_defaults_of_common_types(void **state) {
    (void)state;
    static const struct {
        index_method method;
        str name;
        bool is_default;
    } CASES[] = {
        {INDEX_GIN, STR_INIT("jsonb_ops"), true},
        {INDEX_GIN, STR_INIT("jsonb_path_ops"), false},
        {INDEX_GIN, STR_INIT("array_ops"), true},
        {INDEX_GIN, STR_INIT("gin_trgm_ops"), false},
        {INDEX_GIST, STR_INIT("inet_ops"), false},
        {INDEX_SPGIST, STR_INIT("inet_ops"), true},
        {INDEX_BRIN, STR_INIT("int4_minmax_ops"), true},
        {INDEX_BRIN, STR_INIT("int4_bloom_ops"), false},
        {INDEX_BTREE, STR_INIT("text_ops"), true},
        {INDEX_BTREE, STR_INIT("text_pattern_ops"), false},
        {INDEX_BTREE, STR_INIT("nobody_knows"), false},
        {INDEX_BTREE, {0}, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++)
        assert_int_equal(
            pg_operator_class_is_default(CASES[i].method, CASES[i].name),
            CASES[i].is_default);
}

/* A class of ours that is none would be left out of an index that needs it. */
static void is_never_wrong_about_a_class_of_the_server(void **state) {
    arena *a = *state;
    CLEANUP(postgres_world_close)
    postgres_world *w = postgres_world_open(a);
    postgres_world_sql(
        w, "CREATE EXTENSION citext; CREATE EXTENSION ltree;"
           "CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm;"
           "CREATE EXTENSION btree_gin; CREATE EXTENSION btree_gist");
    pg_rows rows;
    expect_ok(pg_connection_query(
        a, w->connection,
        STR("SELECT m.amname, o.opcname, o.opcdefault FROM pg_opclass o"
            " JOIN pg_am m ON m.oid = o.opcmethod"),
        NULL, 0, &rows));
    assert_true(rows.row_count > 100);
    for (size_t i = 0; i < rows.row_count; i++) {
        index_method method;
        str name = pg_rows_cell(&rows, i, 1);
        assert_true(index_method_find(pg_rows_cell(&rows, i, 0), &method));
        if (pg_operator_class_is_default(method, name))
            expect_str(pg_rows_cell(&rows, i, 2), STR("t"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_the_defaults_of_common_types),
        TEST(is_never_wrong_about_a_class_of_the_server),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_operator_class",
                                       tests, NULL, NULL);
}
