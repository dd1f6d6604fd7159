#include "schema/load.h"

#include "test/support/test.h"

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("test.prisma"), text, ENGINE_SQLITE,
                               &diags, &s));
    assert_non_null(s);
    return s;
}

static const str BLOG =
    STR_INIT("/// Who writes\n"
             "model User {\n"
             "  id    String @id @default(uuid(7))\n"
             "  email String @unique\n"
             "  role  Role   @default(ADMIN)\n"
             "  posts Post[]\n"
             "  @@map(\"users\")\n"
             "  @@allow('all', true)\n"
             "  @@deny('delete', true)\n"
             "}\n"
             "enum Role { MEMBER ADMIN @map(\"admin\") }\n"
             "model Post {\n"
             "  id       Int      @id @default(autoincrement())\n"
             "  title    String   @default(\"new\")\n"
             "  authorId String?  @map(\"author_id\")\n"
             "  author   User?    @relation(fields: [authorId],\n"
             "                              references: [id])\n"
             "  created  DateTime @default(now()) @map(\"created_at\")\n"
             "  touched  DateTime @updatedAt /// by anyone\n"
             "  @@index([authorId, created])\n"
             "  @@unique([authorId, title], map: \"one_title\")\n"
             "  @@allow('create, read', true)\n"
             "}\n");

static void finds_by_both_names(void **state) {
    const schema *s = load(*state, BLOG);
    const model *user = schema_find_model(s, STR("User"));
    assert_ptr_equal(schema_find_table(s, STR("users")), user);
    assert_null(schema_find_table(s, STR("User")));
    assert_null(schema_find_model(s, STR("users")));

    const model *post = schema_find_table(s, STR("Post"));
    const field *created = model_find_field(post, STR("created"));
    assert_ptr_equal(model_find_column(s, post, STR("created_at")), created);
    assert_null(model_find_column(s, post, STR("created")));
    assert_null(model_find_column(s, post, STR("author")));
    assert_null(model_find_column(s, user, STR("created_at")));
    assert_null(model_find_field(post, STR("created_at")));
}

static void keeps_docs(void **state) {
    const schema *s = load(*state, BLOG);
    expect_str(s->models[0].doc, STR("Who writes"));
    const field *touched = model_find_field(&s->models[1], STR("touched"));
    expect_str(touched->doc, STR("by anyone"));
}

static void numbers_columns_without_relations(void **state) {
    const schema *s = load(*state, BLOG);
    const model *post = &s->models[1];
    assert_int_equal(post->field_count, 6);
    assert_int_equal(post->column_count, 5);
    for (size_t i = 0; i < post->column_count; i++)
        assert_int_equal(post->columns[i]->column_index, i);
    expect_str(post->columns[3]->column, STR("created_at"));
}

static void reads_defaults(void **state) {
    const schema *s = load(*state, BLOG);
    static const struct {
        str model;
        str field;
        default_kind kind;
        str text;
    } CASES[] = {
        {STR_INIT("User"), STR_INIT("id"), DEFAULT_UUID7, STR_INIT("")},
        {STR_INIT("User"), STR_INIT("email"), DEFAULT_NONE, STR_INIT("")},
        {STR_INIT("User"), STR_INIT("role"), DEFAULT_LITERAL,
         STR_INIT("admin")},
        {STR_INIT("Post"), STR_INIT("id"), DEFAULT_AUTOINCREMENT, STR_INIT("")},
        {STR_INIT("Post"), STR_INIT("title"), DEFAULT_LITERAL, STR_INIT("new")},
        {STR_INIT("Post"), STR_INIT("created"), DEFAULT_NOW, STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        const model *m = schema_find_model(s, CASES[i].model);
        const field *f = model_find_field(m, CASES[i].field);
        assert_int_equal(f->default_value.kind, CASES[i].kind);
        expect_str(f->default_value.text, CASES[i].text);
    }
}

static void names_constraints_as_prisma_does(void **state) {
    const schema *s = load(*state, BLOG);
    const model *user = &s->models[0];
    const model *post = &s->models[1];
    expect_str(user->primary_key->name, STR("users_pkey"));
    expect_str(user->uniques[0].name, STR("users_email_key"));
    expect_str(post->uniques[0].name, STR("one_title"));
    expect_str(post->indexes[0].name, STR("Post_author_id_created_at_idx"));
    expect_str(post->relations[0]->constraint_name, STR("Post_author_id_fkey"));
}

static void pairs_relations(void **state) {
    const schema *s = load(*state, BLOG);
    const relation *r = s->models[1].relations[0];
    assert_int_equal(s->models[0].relation_count, 0);
    expect_str(r->name, STR("PostToUser"));
    assert_int_equal(r->kind, RELATION_ONE_TO_MANY);
    assert_ptr_equal(r->child, &s->models[1]);
    assert_ptr_equal(r->parent, &s->models[0]);
    assert_ptr_equal(r->child_field->relation, r);
    assert_ptr_equal(r->parent_field->relation, r);
    expect_str(r->columns[0]->column, STR("author_id"));
    expect_str(r->references[0]->name, STR("id"));
    assert_int_equal(r->on_delete, ACTION_SET_NULL);
    assert_int_equal(r->on_update, ACTION_CASCADE);
}

static void reads_rules(void **state) {
    const schema *s = load(*state, BLOG);
    const model *user = &s->models[0];
    assert_int_equal(user->rule_count, 2);
    assert_false(user->rules[0].is_deny);
    assert_true(user->rules[0].operations[OPERATION_UPDATE]);
    assert_true(user->rules[1].is_deny);
    assert_true(user->rules[1].operations[OPERATION_DELETE]);
    assert_false(user->rules[1].operations[OPERATION_READ]);
    const policy_rule *rule = &s->models[1].rules[0];
    assert_true(rule->operations[OPERATION_CREATE]);
    assert_true(rule->operations[OPERATION_READ]);
    assert_false(rule->operations[OPERATION_DELETE]);
    assert_true(condition_is(rule->condition, true));
}

static void identifies_by_a_required_unique_key(void **state) {
    const schema *s = load(*state, STR("model A {\n"
                                       "  a Int? @unique\n"
                                       "  b Int  @unique\n"
                                       "}\n"
                                       "model B {\n"
                                       "  a Int\n"
                                       "  b Int @unique\n"
                                       "  @@id([a, b])\n"
                                       "}\n"));
    const key *identity = model_identity(&s->models[0]);
    assert_int_equal(identity->field_count, 1);
    expect_str(identity->fields[0]->name, STR("b"));
    assert_ptr_equal(model_identity(&s->models[1]), s->models[1].primary_key);
}

static void counts_what_is_wrong(void **state) {
    arena *a = *state;
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("x.prisma"),
                              STR("model A {\n id Nope @id\n b Nix\n}\n"),
                              ENGINE_SQLITE, &diags, &s);
    expect_err(e, ERR_INVALID, STR("2 errors in x.prisma"));
    assert_null(s);
    assert_int_equal(diags.error_count, 2);
}

static void says_that_a_file_is_missing(void **state) {
    arena *a = *state;
    diag_list diags = {0};
    const schema *s = NULL;
    err *e =
        schema_load_file(a, STR("nowhere/x.prisma"), ENGINE_SQLITE, &diags, &s);
    assert_non_null(e);
    assert_int_equal(e->code, ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_by_both_names),
        TEST(keeps_docs),
        TEST(numbers_columns_without_relations),
        TEST(reads_defaults),
        TEST(names_constraints_as_prisma_does),
        TEST(pairs_relations),
        TEST(reads_rules),
        TEST(identifies_by_a_required_unique_key),
        TEST(counts_what_is_wrong),
        TEST(says_that_a_file_is_missing),
    };
    return cmocka_run_group_tests_name("schema/load", tests, NULL, NULL);
}
