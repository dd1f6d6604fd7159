#include "test/support/diagnose.h"
#include "test/support/test.h"

#define POST_AND_TAG(post, tag)                                                \
    "model Tag {\n  id String @id\n  posts Post[]" tag "\n}\n"                 \
    "model Post {\n  id Int @id\n  tags Tag[]" post "\n}\n"

static void makes_a_table_between_the_models(void **state) {
    const schema *s =
        diagnose_load(*state, ENGINE_SQLITE, STR(POST_AND_TAG("", "")));
    assert_int_equal(s->many_to_many_count, 1);
    const relation *r = s->many_to_many[0];
    assert_int_equal(r->kind, RELATION_MANY_TO_MANY);
    expect_str(r->name, STR("PostToTag"));
    expect_str(r->join_table, STR("_PostToTag"));
    expect_str(r->child->name, STR("Post"));
    expect_str(r->parent->name, STR("Tag"));
    expect_str(r->child_field->name, STR("tags"));
    assert_ptr_equal(r->child_field->relation, r);
    assert_ptr_equal(r->parent_field->relation, r);
    assert_int_equal(r->column_count, 0);
    assert_int_equal(s->models[0].relation_count, 0);
}

static void takes_the_relations_name(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_POSTGRESQL,
        STR(POST_AND_TAG(" @relation(\"Fav\")", " @relation(\"Fav\")")));
    expect_str(s->many_to_many[0]->join_table, STR("_Fav"));
}

/* Column A is for the field whose name sorts first. */
static void links_a_model_with_itself(void **state) {
    const schema *s = diagnose_load(
        *state, ENGINE_SQLITE,
        STR("model User {\n  id Int @id\n  follows User[] @relation(\"f\")\n"
            "  followedBy User[] @relation(\"f\")\n}\n"));
    expect_str(s->many_to_many[0]->child_field->name, STR("followedBy"));
    expect_str(s->many_to_many[0]->parent_field->name, STR("follows"));
}

static void cuts_long_names_on_postgresql(void **state) {
#define FIFTY "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
    static const str TEXT = STR_INIT(POST_AND_TAG(
        " @relation(\"" FIFTY FIFTY "\")", " @relation(\"" FIFTY FIFTY "\")"));
    const schema *s = diagnose_load(*state, ENGINE_POSTGRESQL, TEXT);
    expect_str(s->many_to_many[0]->join_table, STR("_" FIFTY "aaaaaaaaaabb"));
    s = diagnose_load(*state, ENGINE_SQLITE, TEXT);
    expect_str(s->many_to_many[0]->join_table, STR("_" FIFTY FIFTY));
}

static void reports_models_that_cannot_take_part(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n  x Int @unique\n  bs B[]\n}\n"
                  "model B {\n  id Int @id\n  as A[]\n}\n"),
         STR_INIT("3:3 E0816 'A' cannot take part in a many-to-many relation, "
                  "it has no @id of a single field")},
        {STR_INIT("model A {\n  x Int\n  y Int\n  bs B[]\n  @@id([x, y])\n}\n"
                  "model B {\n  id Int @id\n  as A[]\n}\n"),
         STR_INIT("4:3 E0816 'A' cannot take part in a many-to-many relation, "
                  "it has no @id of a single field")},
        {STR_INIT("view A {\n  x Int @unique\n  bs B[]\n}\n"
                  "model B {\n  id Int @id\n  as A[]\n}\n"),
         STR_INIT("3:3 E0816 'A' cannot take part in a many-to-many relation, "
                  "it is a view")},
        {STR_INIT(POST_AND_TAG(" @relation(onDelete: Cascade)", "")),
         STR_INIT("7:14 E0805 a list cannot hold a foreign key")},
        {STR_INIT(POST_AND_TAG(" @relation(\"a\", map: \"x\")",
                               " @relation(\"a\")")),
         STR_INIT("7:14 E0805 a list cannot hold a foreign key")},
        {STR_INIT(POST_AND_TAG("", "") "model X {\n  id Int @id\n"
                                       "  @@map(\"_PostToTag\")\n}\n"),
         STR_INIT("7:3 E0306 the name '_PostToTag' of this join table is "
                  "taken")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(makes_a_table_between_the_models),
        TEST(takes_the_relations_name),
        TEST(links_a_model_with_itself),
        TEST(cuts_long_names_on_postgresql),
        TEST(reports_models_that_cannot_take_part),
    };
    return cmocka_run_group_tests_name("schema/resolve_many_to_many", tests,
                                       NULL, NULL);
}
