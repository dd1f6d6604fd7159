#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_a_relation_without_another_side(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("7:3 E0801 the relation field 'user' has no opposite field "
                  "in the model 'User'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "}\n"),
         STR_INIT("3:3 E0801 the relation field 'posts' has no opposite field "
                  "in the model 'Post'")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  aId Int?\n"
                  "  a A? @relation(fields: [aId], references: [id])\n"
                  "}\n"),
         STR_INIT("4:3 E0801 the relation field 'a' has no opposite field in "
                  "the model 'A'")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  aId Int?\n"
                  "  a A? @relation(\"x\", fields: [aId], references: [id])\n"
                  "}\n"),
         STR_INIT("4:3 E0801 the relation field 'a' has no opposite field in "
                  "the model 'A'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_relations_that_cannot_be_told_apart(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "  drafts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("4:3 E0802 the fields 'posts' and 'drafts' of 'User' both "
                  "refer to 'Post' with no relation name")},
        {STR_INIT(
             "model User {\n"
             "  id Int @id\n"
             "  posts Post[]\n"
             "}\n"
             "model Post {\n"
             "  id Int @id\n"
             "  userId Int\n"
             "  user User @relation(fields: [userId], references: [id])\n"
             "  editor User @relation(fields: [userId], references: [id])\n"
             "}\n"),
         STR_INIT("9:3 E0802 the fields 'user' and 'editor' of 'Post' both "
                  "refer to 'User' with no relation name")},
        {STR_INIT(
             "model User {\n"
             "  id Int @id\n"
             "  posts Post[]\n"
             "  edits Post[]\n"
             "}\n"
             "model Post {\n"
             "  id Int @id\n"
             "  userId Int\n"
             "  user User @relation(fields: [userId], references: [id])\n"
             "  editor User @relation(fields: [userId], references: [id])\n"
             "}\n"),
         STR_INIT("4:3 E0802 the fields 'posts' and 'edits' of 'User' both "
                  "refer to 'Post' with no relation name")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[] @relation(\"x\")\n"
                  "  edits Post[] @relation(\"x\")\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(\"x\", fields: [userId], references: "
                  "[id])\n"
                  "}\n"),
         STR_INIT("4:3 E0802 the fields 'posts' and 'edits' of 'User' both "
                  "refer to 'Post' with the same relation name")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_relations_to_itself_without_a_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  aId Int?\n"
                  "  a A? @relation(fields: [aId], references: [id])\n"
                  "  as A[]\n"
                  "}\n"),
         STR_INIT("5:3 E0803 the relation of 'A' to itself has no name")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  aId Int?\n"
                  "  a A? @relation(\"x\", fields: [aId], references: [id])\n"
                  "  as A[] @relation(\"x\")\n"
                  "  bs A[] @relation(\"x\")\n"
                  "}\n"),
         STR_INIT("5:3 E0802 the fields 'a' and 'as' of 'A' both refer to 'A' "
                  "with the same relation name")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  aId Int?\n"
                  "  a A? @relation(\"x\", fields: [aId], references: [id])\n"
                  "  as A[] @relation(\"y\")\n"
                  "}\n"),
         STR_INIT("4:3 E0815 'a' of 'A' and 'as' of 'A' have different "
                  "relation names")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_sides_with_different_names(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(\"x\", fields: [userId], references: "
                  "[id])\n"
                  "}\n"),
         STR_INIT("3:3 E0815 'posts' of 'User' and 'user' of 'Post' have "
                  "different relation names")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[] @relation(\"a\")\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(\"b\", fields: [userId], references: "
                  "[id])\n"
                  "}\n"),
         STR_INIT("3:3 E0815 'posts' of 'User' and 'user' of 'Post' have "
                  "different relation names")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void leaves_alone_what_a_reported_field_may_have_been(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts: Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:8 E0207 no ':' between a field and its type")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[] @foo\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:16 E0501 unknown attribute '@foo'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:14 E0201 expected ']' before the end of the line")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Pst[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:9 E0401 unknown type 'Pst'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void pairs_by_name(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(
             "model U {\n  id Int @id\n  a P[] @relation(\"a\")\n  b P[]\n}"
             "\nmodel P {\n  id Int @id\n  u Int\n  v Int\n  x U "
             "@relation(fields: [u], references: [id])\n  y U "
             "@relation(\"a\", fields: [v], references: [id])\n}\n"),
         STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void points_to_the_other_side(void **state) {
    str text =
        STR("model U {\n  id Int @id\n  p P[]\n}\nmodel P {\n  id Int @id"
            "\n  u Int\n  x U @relation(\"n\", fields: [u], references: "
            "[id])\n}\n");
    expect_str(diagnose_places(*state, text), STR("8:3 the other side"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_a_relation_without_another_side),
        TEST(reports_relations_that_cannot_be_told_apart),
        TEST(reports_relations_to_itself_without_a_name),
        TEST(reports_sides_with_different_names),
        TEST(leaves_alone_what_a_reported_field_may_have_been),
        TEST(pairs_by_name),
        TEST(points_to_the_other_side),
    };
    return cmocka_run_group_tests_name("schema/resolve_pairs", tests, NULL,
                                       NULL);
}
