#include "test/support/diagnose.h"
#include "test/support/test.h"

#define IN_DOCUMENTS(line)                                                     \
    "model A {\n  id Int @id\n  t String\n  u String @db.Uuid\n  l String[]\n" \
    "  j Json\n  e E\n" line "\n}\nenum E {\n  X\n}\n"

static void keeps_sort_method_and_operator_class(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_POSTGRESQL,
        STR(IN_DOCUMENTS("  @@index([t(sort: Desc), id])\n"
                         "  @@index([t(ops: raw(\"gin_trgm_ops\"))], type: "
                         "Gin)\n"
                         "  @@index([j(ops: JsonbPathOps)], type: Gin)\n"
                         "  @@index(t, type: Hash, name: \"by_t\")\n"
                         "  @@unique([t(sort: Desc), u], name: \"tu\", map: "
                         "\"t_u\")")));
    const model *m = &s->models[0];
    assert_int_equal(m->index_count, 4);
    assert_true(m->indexes[0].options[0].is_descending);
    assert_false(m->indexes[0].options[1].is_descending);
    assert_int_equal(m->indexes[0].method, INDEX_BTREE);
    expect_str(m->indexes[1].options[0].operator_class, STR("gin_trgm_ops"));
    assert_int_equal(m->indexes[1].method, INDEX_GIN);
    expect_str(m->indexes[2].options[0].operator_class, STR("jsonb_path_ops"));
    assert_int_equal(m->indexes[3].method, INDEX_HASH);
    expect_str(m->indexes[3].name, STR("by_t"));
    expect_str(m->uniques[0].client_name, STR("tu"));
    expect_str(m->uniques[0].name, STR("t_u"));
    assert_true(m->uniques[0].options[0].is_descending);
}

static void reports_options_that_make_no_sense(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_DOCUMENTS("  @@index([t(sort: desc)])")),
         STR_INIT("8:20 E0710 the sort is Asc or Desc")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t(srt: Desc)])")),
         STR_INIT("8:14 E0504 a field in a key or an index takes sort and "
                  "ops")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t(length: 5)])")),
         STR_INIT("8:14 E0513 'length' of a key or an index is MySQL's alone")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t], clustered: true)")),
         STR_INIT("8:27 E0513 'clustered' of a key or an index is SQL Server's "
                  "alone")},
        {STR_INIT(IN_DOCUMENTS("  @@unique([t(ops: raw(\"x\"))])")),
         STR_INIT("8:20 E0710 only an @@index has operator classes")},
        {STR_INIT("model A {\n  a Int\n  b Int\n  @@id([a(sort: Desc), b])\n"
                  "}\n"),
         STR_INIT("4:17 E0710 an id has no sort, neither on SQLite nor on "
                  "PostgreSQL")},
        {STR_INIT(IN_DOCUMENTS("  @@unique([t, u], name: \"q\")\n"
                               "  @@unique([u, t], name: \"q\")")),
         STR_INIT("9:26 E0709 the model has another key of the name 'q'")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, CASES, LENGTH(CASES));
}

static void reports_what_does_not_go_into_an_index(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_DOCUMENTS("  @@index([t], type: Ginn)")),
         STR_INIT("8:22 E0711 unknown index type 'Ginn'")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t], type: Gin)")),
         STR_INIT("8:3 E0711 't' does not go into an index of type Gin, it "
                  "takes Json, lists, or an operator class")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t], type: Gist)")),
         STR_INIT("8:3 E0711 't' does not go into an index of type Gist, it "
                  "needs an operator class")},
        {STR_INIT(IN_DOCUMENTS("  @@index([e], type: Brin)")),
         STR_INIT("8:3 E0711 'e' does not go into an index of type Brin, which "
                  "takes values that have an order")},
        {STR_INIT(IN_DOCUMENTS("  @@index([j], type: SpGist)")),
         STR_INIT("8:3 E0711 'j' does not go into an index of type SpGist, it "
                  "takes String, or an operator class")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t(sort: Desc)], type: Hash)")),
         STR_INIT("8:3 E0711 't' does not go into an index of type Hash, which "
                  "has no sort")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t, u], type: Hash)")),
         STR_INIT("8:3 E0711 an index of type Hash has one field")},
        {STR_INIT(IN_DOCUMENTS("  @@index([j(ops: JsonbPathOp)], type: Gin)")),
         STR_INIT("8:19 E0712 unknown operator class 'JsonbPathOp'")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t(ops: ArrayOps)], type: Gin)")),
         STR_INIT("8:3 E0712 the operator class 'array_ops' does not go with "
                  "'t' in an index of type Gin")},
        {STR_INIT(IN_DOCUMENTS("  @@index([t(ops: UuidMinMaxOps)], type: "
                               "Brin)")),
         STR_INIT("8:3 E0712 the operator class 'uuid_minmax_ops' does not go "
                  "with 't' in an index of type Brin")},
        {STR_INIT(IN_DOCUMENTS("  @@index([u(ops: UuidMinMaxOps)], type: "
                               "Brin)")),
         STR_INIT("")},
    };
    diagnose_expect_on(*state, ENGINE_POSTGRESQL, CASES, LENGTH(CASES));
}

static void is_a_plain_index_on_sqlite(void **state) {
    static const str TEXT =
        STR_INIT(IN_DOCUMENTS("  @@index([t(sort: Desc)])\n"
                              "  @@index([l(ops: ArrayOps)], type: Gin)\n"
                              "  @@index(t, type: Hash)"));
    expect_str(diagnose(*state, TEXT),
               STR("4:12 W0405 native types are ignored on SQLite (one place, "
                   "here)\n"
                   "9:3 W0713 index types and operator classes are ignored on "
                   "SQLite, whose indexes are all of type BTree (2 places, the "
                   "first is here)\n"
                   "10:3 E0708 the name 'A_t_idx' of this constraint is "
                   "taken"));
    const schema *s = diagnose_load(
        *state, ENGINE_SQLITE,
        STR(IN_DOCUMENTS("  @@index([l(ops: ArrayOps)], type: Gin)")));
    const key *k = &s->models[0].indexes[0];
    assert_int_equal(k->method, INDEX_BTREE);
    expect_str(k->options[0].operator_class, STR(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_sort_method_and_operator_class),
        TEST(reports_options_that_make_no_sense),
        TEST(reports_what_does_not_go_into_an_index),
        TEST(is_a_plain_index_on_sqlite),
    };
    return cmocka_run_group_tests_name("schema/resolve_index", tests, NULL,
                                       NULL);
}
