#include "database/postgres/pg_outcome.h"

#include "database/postgres/pg_change.h"
#include "test/support/shop.h"
#include "test/support/test.h"

/* A write to categories, which are a tree. */
typedef struct categories {
    arena *a;
    const schema *schema;
    const field *fields[2]; /* id, name */
    value values[2];
    mutation write;
} categories;

static categories *new_write(arena *a, mutation_kind kind, size_t first) {
    categories *c = arena_new_array(a, categories, 1);
    const schema *s = shop_schema(a);
    const model *m = schema_find_table(s, STR("categories"));
    *c = (categories){
        .a = a,
        .schema = s,
        .fields = {m->columns[0], m->columns[1]},
        .values = {{.kind = VALUE_INT, .integer = 1},
                   {.kind = VALUE_TEXT, .text = STR_INIT("x")}},
    };
    c->write = (mutation){.kind = kind,
                          .model = m,
                          .fields = c->fields + first,
                          .field_count = 2 - first,
                          .values = c->values + first,
                          .row_count = 1,
                          .max_rows = MUTATION_ANY_COUNT};
    return c;
}

/* Its statement, which hands back what select says. */
static str statement_of(const categories *c, const char *select) {
    query q;
    mutation m = c->write;
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    str text = arena_printf(c->a, "select=%s", select);
    expect_ok(shop_query(c->a, c->schema, STR("categories"), text, &q));
    m.returning = q.columns;
    m.returning_count = q.column_count;
    m.embeds = q.embeds;
    m.embed_count = q.embed_count;
    pg_change_write(&out, &m);
    assert_false(out.is_overflown);
    return arena_copy(c->a, buf_str(&out));
}

static bool has(str text, str part) {
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (str_equal(str_slice(text, i, i + part.len), part))
            return true;
    return false;
}

#define COLUMNS(o) o "\"id\", " o "\"name\", " o "\"parent_id\""
#define NEW "SELECT " COLUMNS("") " FROM " PG_WRITTEN " UNION ALL "
#define OLD "SELECT " COLUMNS("o.") " FROM \"categories\" AS o"
#define NOT_NEW " WHERE (o.\"id\") NOT IN (SELECT \"id\" FROM " PG_WRITTEN ")"

static void what_is_inserted_comes_to_what_was_there(void **state) {
    categories *c = new_write(*state, MUTATION_INSERT, 0);
    str sql = statement_of(c, "id,parent_id(name)");
    assert_true(has(sql, STR("FROM (" NEW OLD ") AS t")));
    sql = statement_of(c, "id,products(categories(name))");
    assert_true(has(sql, STR("FROM (" NEW OLD ") AS t")));
}

static void what_is_updated_stands_in_its_place(void **state) {
    categories *c = new_write(*state, MUTATION_UPDATE, 1);
    str sql = statement_of(c, "id,parent_id(name)");
    assert_true(has(sql, STR("FROM (" NEW OLD NOT_NEW ") AS t")));

    c = new_write(*state, MUTATION_INSERT, 0);
    c->write.on_conflict = CONFLICT_MERGE;
    c->write.conflict_fields = c->fields;
    c->write.conflict_field_count = 1;
    sql = statement_of(c, "id,parent_id(name)");
    assert_true(has(sql, STR("FROM (" NEW OLD NOT_NEW ") AS t")));
}

/* Then nobody knows which of the old rows they were. */
static void rows_that_change_their_key_are_as_they_were(void **state) {
    categories *c = new_write(*state, MUTATION_UPDATE, 0);
    str sql = statement_of(c, "id,parent_id(name)");
    assert_false(has(sql, STR("UNION ALL")));
}

static void other_tables_and_deletes_are_as_they_were(void **state) {
    categories *c = new_write(*state, MUTATION_UPDATE, 1);
    str sql = statement_of(c, "id,products(title)");
    assert_false(has(sql, STR("UNION ALL")));
    c->write.kind = MUTATION_DELETE;
    c->write.field_count = 0;
    sql = statement_of(c, "id,parent_id(name)");
    assert_false(has(sql, STR("UNION ALL")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_inserted_comes_to_what_was_there),
        TEST(what_is_updated_stands_in_its_place),
        TEST(rows_that_change_their_key_are_as_they_were),
        TEST(other_tables_and_deletes_are_as_they_were),
    };
    return cmocka_run_group_tests_name("database/postgres/pg_outcome", tests,
                                       NULL, NULL);
}
