#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_a_foreign_key_that_is_not_there(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User\n"
                  "}\n"),
         STR_INIT("8:3 E0804 the relation field 'user' needs a foreign key")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId])\n"
                  "}\n"),
         STR_INIT("8:13 E0804 the relation field 'user' needs 'references'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(references: [id])\n"
                  "}\n"),
         STR_INIT("8:13 E0804 the relation field 'user' needs 'fields'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userid], references: [id])\n"
                  "}\n"),
         STR_INIT("8:32 E0701 the model 'Post' has no field 'userid'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [uid])\n"
                  "}\n"),
         STR_INIT("8:54 E0701 the model 'User' has no field 'uid'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [], references: [id])\n"
                  "}\n"),
         STR_INIT("8:31 E0704 the list of fields is empty")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [user], references: [id])\n"
                  "}\n"),
         STR_INIT("8:31 E0806 'user' is a relation itself, not a column")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  post Post?\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User?\n"
                  "}\n"),
         STR_INIT("3:3 E0804 the relation field 'post' needs a foreign key")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_a_foreign_key_on_the_wrong_side(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(
             "model User {\n"
             "  id Int @id\n"
             "  posts Post[] @relation(fields: [id], references: [userId])\n"
             "}\n"
             "model Post {\n"
             "  id Int @id\n"
             "  userId Int\n"
             "  user User @relation(fields: [userId], references: [id])\n"
             "}\n"),
         STR_INIT("3:34 E0805 'fields' belongs to the other side, 'user' of "
                  "'Post'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[] @relation(onDelete: Cascade)\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:36 E0805 'onDelete' belongs to the other side, 'user' of "
                  "'Post'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[] @relation(fields: [id], references: [id])\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  users User[]\n"
                  "}\n"),
         STR_INIT("3:16 E0805 a list cannot hold a foreign key")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  post Post? @relation(fields: [id], references: [id])\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:32 E0805 'fields' belongs to the other side, 'user' of "
                  "'Post'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_keys_that_do_not_match(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(
             "model User {\n"
             "  id Int @id\n"
             "  posts Post[]\n"
             "}\n"
             "model Post {\n"
             "  id Int @id\n"
             "  userId Int\n"
             "  user User @relation(fields: [userId, id], references: [id])\n"
             "}\n"),
         STR_INIT("8:57 E0807 'fields' lists 2 and 'references' 1")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId String\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("7:10 E0808 'userId' is String, but 'id' of 'User', which it "
                  "references, is Int")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  age Int\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [age])\n"
                  "}\n"),
         STR_INIT("9:53 E0809 what is referenced is not unique in 'User'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int?\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("8:8 E0810 the relation 'user' is required, but its field "
                  "'userId' is optional")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_one_to_one_relations_that_are_none(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  post Post?\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("8:31 E0811 the foreign key of a one-to-one relation must be "
                  "unique in 'Post'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  post Post\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int @unique\n"
                  "  user User @relation(fields: [userId], references: [id])\n"
                  "}\n"),
         STR_INIT("3:8 E0812 the side of a one-to-one relation without the "
                  "foreign key must be optional")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_actions_that_cannot_be(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id], "
                  "onDelete: Cascad)\n"
                  "}\n"),
         STR_INIT("8:69 E0813 unknown action 'Cascad' for 'onDelete'")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id], "
                  "onDelete: \"Cascade\")\n"
                  "}\n"),
         STR_INIT("8:69 E0508 'onDelete' takes a word such as Cascade, without "
                  "quotes")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id], "
                  "onDelete: SetNull)\n"
                  "}\n"),
         STR_INIT("8:69 E0814 SetNull needs an optional foreign key, but "
                  "'userId' is required")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id], "
                  "onUpdate: SetNull)\n"
                  "}\n"),
         STR_INIT("8:69 E0814 SetNull needs an optional foreign key, but "
                  "'userId' is required")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_names_that_are_no_text(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation(fields: [userId], references: [id], "
                  "map: 5)\n"
                  "}\n"),
         STR_INIT("8:64 E0508 'map' takes a string that is not empty")},
        {STR_INIT(
             "model User {\n"
             "  id Int @id\n"
             "  posts Post[]\n"
             "}\n"
             "model Post {\n"
             "  id Int @id\n"
             "  userId Int\n"
             "  user User @relation(\"\", fields: [userId], references: [id])\n"
             "}\n"),
         STR_INIT("8:23 E0508 'name' takes a string that is not empty")},
        {STR_INIT("model User {\n"
                  "  id Int @id\n"
                  "  posts Post[]\n"
                  "}\n"
                  "model Post {\n"
                  "  id Int @id\n"
                  "  userId Int\n"
                  "  user User @relation([userId], references: [id])\n"
                  "}\n"),
         STR_INIT("8:23 E0508 'name' takes a string that is not empty")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("test.prisma"), text, ENGINE_SQLITE,
                               &diags, &s));
    return s;
}

static const relation *load_relation(arena *a, str post, str user) {
    str text = arena_printf(a,
                            "model Post {\n  id Int @id\n%.*s}\n"
                            "model User {\n  id Int @id\n  no Int\n%.*s"
                            "  @@unique([id, no])\n}\n",
                            STR_ARG(post), STR_ARG(user));
    return load(a, text)->models[0].relations[0];
}

/* Whether a child can be without parent is what its columns allow, whatever
 * the mark on the relation field. */
#define PARENT_AND_CHILD(type, action)                                         \
    "model P {\n  id " type " @id\n  cs C[]\n}\n"                              \
    "model C {\n  id Int @id\n  p P @relation(fields: [pId], references: "     \
    "[id]" action ")\n  pId Int\n}\n"

static void judges_by_what_the_engine_does(void **state) {
    static const str SET_NULL =
        STR_INIT(PARENT_AND_CHILD("Int", ", onDelete: SetNull"));
    expect_str(diagnose(*state, SET_NULL),
               STR("7:60 E0814 SetNull needs an optional foreign key, but "
                   "'pId' is required"));
    expect_str(diagnose_on(*state, ENGINE_POSTGRESQL, SET_NULL),
               STR("7:60 W0817 SetNull needs an optional foreign key, but "
                   "'pId' is required"));
}

/* Tools that introspect write them, and databases compare them. */
static void warns_of_integers_of_two_sizes(void **state) {
    static const str TEXT = STR_INIT(PARENT_AND_CHILD("BigInt", ""));
    expect_str(diagnose(*state, TEXT),
               STR("8:7 W0819 'pId' is Int, but 'id' of 'P', which it "
                   "references, is BigInt"));
    assert_int_equal(
        diagnose_load(*state, ENGINE_SQLITE, TEXT)->models[1].relation_count,
        1);
}

static void knows_relations_without_foreign_keys(void **state) {
#define WITHOUT_KEYS "datasource db {\n  relationMode = \"prisma\"\n}\n"
    static const diagnose_case CASES[] = {
        {STR_INIT(WITHOUT_KEYS PARENT_AND_CHILD("Int", "")),
         STR_INIT("10:25 W0818 with relationMode = \"prisma\" the fields of "
                  "'p' need an index")},
        {STR_INIT(WITHOUT_KEYS
                  "model P {\n  id Int @id\n  cs C[]\n}\n"
                  "model C {\n  id Int @id\n  p P @relation(fields: [pId], "
                  "references: [id], onDelete: SetDefault)\n  pId Int\n"
                  "  @@index([pId, id])\n}\n"),
         STR_INIT("10:60 E0814 SetDefault is not possible with relationMode = "
                  "\"prisma\"")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_help(*state, CASES[0].text), STR("add @@index([pId])"));
}

static void derives_what_happens_on_delete(void **state) {
    static const struct {
        str post;
        referential_action on_delete;
        referential_action on_update;
    } CASES[] = {
        {STR_INIT("  u Int\n  user User @relation(fields: [u], references: "
                  "[id])\n"),
         ACTION_RESTRICT, ACTION_CASCADE},
        {STR_INIT("  u Int?\n  user User? @relation(fields: [u], references: "
                  "[id])\n"),
         ACTION_SET_NULL, ACTION_CASCADE},
        {STR_INIT("  u Int\n  user User? @relation(fields: [u], references: "
                  "[id])\n"),
         ACTION_RESTRICT, ACTION_CASCADE},
        {STR_INIT("  u Int\n  n Int?\n  user User? @relation(fields: [u, n], "
                  "references: [id, no])\n"),
         ACTION_RESTRICT, ACTION_CASCADE},
        {STR_INIT("  u Int\n  user User @relation(fields: [u], references: "
                  "[id], onDelete: Cascade, onUpdate: NoAction)\n"),
         ACTION_CASCADE, ACTION_NO_ACTION},
        {STR_INIT("  u Int\n  user User @relation(fields: [u], references: "
                  "[id], onDelete: SetDefault, onUpdate: Restrict)\n"),
         ACTION_SET_DEFAULT, ACTION_RESTRICT},
        {STR_INIT("  u Int?\n  user User? @relation(fields: [u], references: "
                  "[id], onDelete: SetNull, onUpdate: SetNull)\n"),
         ACTION_SET_NULL, ACTION_SET_NULL},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const relation *r =
            load_relation(*state, CASES[i].post, STR("  posts Post[]\n"));
        assert_int_equal(r->on_delete, CASES[i].on_delete);
        assert_int_equal(r->on_update, CASES[i].on_update);
    }
}

static void pairs_columns_with_what_they_reference(void **state) {
    const relation *r = load_relation(
        *state,
        STR("  u Int\n  n Int\n  user User @relation(fields: [n, u], "
            "references: [no, id], map: \"fk\")\n"),
        STR("  posts Post[]\n"));
    assert_int_equal(r->column_count, 2);
    expect_str(r->columns[0]->name, STR("n"));
    expect_str(r->references[0]->name, STR("no"));
    expect_str(r->columns[1]->name, STR("u"));
    expect_str(r->references[1]->name, STR("id"));
    expect_str(r->constraint_name, STR("fk"));
}

static void knows_one_to_one(void **state) {
    const relation *r = load_relation(
        *state,
        STR("  u Int @unique\n  user User @relation(fields: [u], references: "
            "[id])\n"),
        STR("  post Post?\n"));
    assert_int_equal(r->kind, RELATION_ONE_TO_ONE);
    expect_str(r->child->name, STR("Post"));
    expect_str(r->parent_field->name, STR("post"));
    expect_str(r->name, STR("PostToUser"));
}

static void knows_relations_of_a_model_to_itself(void **state) {
    const schema *s =
        load(*state,
             STR("model A {\n"
                 "  id Int @id\n"
                 "  bs A[] @relation(\"tree\")\n"
                 "  aId Int?\n"
                 "  a A? @relation(\"tree\", fields: [aId], references: [id])"
                 "\n  nextId Int? @unique\n"
                 "  next A? @relation(name: \"list\", fields: [nextId], "
                 "references: [id])\n"
                 "  last A? @relation(\"list\")\n"
                 "}\n"));
    const model *m = &s->models[0];
    assert_int_equal(m->relation_count, 2);
    const relation *tree = m->relations[0];
    assert_int_equal(tree->kind, RELATION_ONE_TO_MANY);
    assert_ptr_equal(tree->child, tree->parent);
    expect_str(tree->child_field->name, STR("a"));
    expect_str(tree->parent_field->name, STR("bs"));
    assert_int_equal(m->relations[1]->kind, RELATION_ONE_TO_ONE);
    expect_str(m->relations[1]->parent_field->name, STR("last"));
}

/* Whichever side comes first in the file. */
static void orders_relations_by_their_foreign_keys(void **state) {
    const schema *s =
        load(*state, STR("model U {\n  id Int @id\n  b P[] @relation(\"b\")\n"
                         "  a P[] @relation(\"a\")\n}\n"
                         "model P {\n  id Int @id\n  x Int\n"
                         "  a U @relation(\"a\", fields: [x], references: "
                         "[id], map: \"1\")\n"
                         "  b U @relation(\"b\", fields: [x], references: "
                         "[id], map: \"2\")\n"
                         "}\n"));
    const model *p = &s->models[1];
    expect_str(p->relations[0]->name, STR("a"));
    expect_str(p->relations[1]->name, STR("b"));
}

/* Their rows are in a table of their own. */
static void lists_no_many_to_many_among_the_foreign_keys(void **state) {
    const schema *s =
        load(*state, STR("model P {\n  id Int @id\n  tags T[]\n  uId Int\n"
                         "  u T @relation(\"u\", fields: [uId], references: "
                         "[id])\n}\n"
                         "model T {\n  id Int @id\n  ps P[]\n"
                         "  us P[] @relation(\"u\")\n}\n"));
    const model *p = &s->models[0];
    assert_int_equal(s->many_to_many_count, 1);
    assert_int_equal(p->relation_count, 1);
    expect_str(p->relations[0]->child_field->name, STR("u"));
    assert_int_equal(s->models[1].relation_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_a_foreign_key_that_is_not_there),
        TEST(reports_a_foreign_key_on_the_wrong_side),
        TEST(reports_keys_that_do_not_match),
        TEST(reports_one_to_one_relations_that_are_none),
        TEST(reports_actions_that_cannot_be),
        TEST(reports_names_that_are_no_text),
        TEST(judges_by_what_the_engine_does),
        TEST(warns_of_integers_of_two_sizes),
        TEST(knows_relations_without_foreign_keys),
        TEST(derives_what_happens_on_delete),
        TEST(pairs_columns_with_what_they_reference),
        TEST(knows_one_to_one),
        TEST(knows_relations_of_a_model_to_itself),
        TEST(orders_relations_by_their_foreign_keys),
        TEST(lists_no_many_to_many_among_the_foreign_keys),
    };
    return cmocka_run_group_tests_name("schema/resolve_relations", tests, NULL,
                                       NULL);
}
