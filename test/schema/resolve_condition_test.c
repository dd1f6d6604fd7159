#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

/* A blog: what conditions are about in this file and its siblings. */
#define BLOG                                                                   \
    "enum Role {\n  ADMIN\n  EDITOR @map(\"editor\")\n}\n"                     \
    "model User {\n"                                                           \
    "  id Int @id\n"                                                           \
    "  role Role\n"                                                            \
    "  name String\n"                                                          \
    "  posts Post[]\n"                                                         \
    "}\n"                                                                      \
    "model Tag {\n"                                                            \
    "  id Int @id\n"                                                           \
    "  word String\n"                                                          \
    "  post Post @relation(fields: [postId], references: [id])\n"              \
    "  postId Int\n"                                                           \
    "}\n"

/* The line about posts is line 23. */
#define POST(line)                                                             \
    BLOG "model Post {\n"                                                      \
         "  id Int @id\n"                                                      \
         "  title String\n"                                                    \
         "  likes Int?\n"                                                      \
         "  rate Decimal?\n"                                                   \
         "  live Boolean\n"                                                    \
         "  at DateTime\n"                                                     \
         "  data Json?\n"                                                      \
         "  author User? @relation(fields: [authorId], references: [id])\n"    \
         "  authorId Int?\n"                                                   \
         "  tags Tag[]\n"                                                      \
         "  " line "\n"                                                        \
         "}\n"
#define RULE(text) POST("@@allow('read', " text ")")

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("test.prisma"), text, ENGINE_SQLITE,
                              &diags, &s);
    if (e != NULL)
        print_error("%.*s\n", STR_ARG(diags.items[0].message));
    expect_ok(e);
    return s;
}

static str print_rule(arena *a, str text) {
    const model *post = schema_find_model(load(a, text), STR("Post"));
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    condition_print(&out, post->rules[0].condition);
    return arena_copy(a, buf_str(&out));
}

static void understands_operators_and_literals(void **state) {
    static const struct {
        str text;
        str printed;
    } CASES[] = {
        {STR_INIT(RULE("true")), STR_INIT("true")},
        {STR_INIT(RULE("(false)")), STR_INIT("false")},
        {STR_INIT(RULE("live")), STR_INIT("this.live")},
        {STR_INIT(RULE("!live && (likes > 3 || rate <= 1.50)")),
         STR_INIT("(!this.live && ((this.likes > 3) || (this.rate <= 1.50)))")},
        {STR_INIT(RULE("1.5 < likes")), STR_INIT("(1.5 < this.likes)")},
        {STR_INIT(RULE("likes == null || null != data")),
         STR_INIT("((this.likes == null) || (null != this.data))")},
        {STR_INIT(RULE("title == 'a'")), STR_INIT("(this.title == \"a\")")},
        {STR_INIT(RULE("at > '2024-01-31T12:00:00Z'")),
         STR_INIT("(this.at > \"2024-01-31T12:00:00.000+00:00\")")},
        {STR_INIT(RULE("'2024-01-31T14:00:00+02:00' <= at")),
         STR_INIT("(\"2024-01-31T12:00:00.000+00:00\" <= this.at)")},
        {STR_INIT(RULE("likes in [1, 2]")), STR_INIT("(this.likes in [1, 2])")},
        {STR_INIT(RULE("author.role in [ADMIN, EDITOR]")),
         STR_INIT("(this.author.role in [ADMIN, editor])")},
        {STR_INIT(RULE("EDITOR == author.role")),
         STR_INIT("(editor == this.author.role)")},
        {STR_INIT(RULE("this.live == true")), STR_INIT("(this.live == true)")},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(print_rule(a, CASES[i].text), CASES[i].printed);
}

static void reports_what_cannot_be_compared(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(RULE("title == 5")),
         STR_INIT("28:19 E0906 String cannot be compared with BigInt")},
        {STR_INIT(RULE("live == 'true'")),
         STR_INIT("28:19 E0906 Boolean cannot be compared with String")},
        {STR_INIT(RULE("author.role == 'ADMIN'")),
         STR_INIT("28:19 E0906 Role cannot be compared with String")},
        {STR_INIT(RULE("data == '{}'")),
         STR_INIT("28:19 E0906 Json cannot be compared with String")},
        {STR_INIT(RULE("title < 'm'")),
         STR_INIT("28:25 E0906 String is neither larger nor smaller than "
                  "another")},
        {STR_INIT(RULE("likes > null")),
         STR_INIT("28:25 E0906 nothing is larger or smaller than null")},
        {STR_INIT(RULE("tags == null")),
         STR_INIT("28:19 E0906 a list is never null")},
        {STR_INIT(RULE("at > '2024'")),
         STR_INIT("28:24 E0906 '2024' is not a time")},
        {STR_INIT(RULE("author == this")),
         STR_INIT("28:19 E0906 a row can only be compared with auth()")},
        {STR_INIT(RULE("auth() == this")),
         STR_INIT("28:19 E0906 a row of User cannot be compared with a row of "
                  "Post")},
        {STR_INIT(RULE("likes in ['a']")),
         STR_INIT("28:29 E0906 Int cannot be compared with String")},
        {STR_INIT(RULE("likes in 5")),
         STR_INIT("28:28 E0906 'in' takes a list, not BigInt")},
        {STR_INIT(RULE("auth() in tags")),
         STR_INIT("28:19 E0906 'in' looks for values, not for rows")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_help(*state, STR(RULE("author.role == 'ADMIN'"))),
               STR("a value of an enum is written without quotes: ADMIN"));
}

static void wants_conditions_that_are_true_or_false(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(RULE("title")),
         STR_INIT("28:19 E0907 a condition is true or false, and this is "
                  "String")},
        {STR_INIT(RULE("author")),
         STR_INIT("28:19 E0907 a condition is true or false, and this is a row "
                  "of User")},
        {STR_INIT(RULE("live && tags")),
         STR_INIT("28:27 E0907 a condition is true or false, and this is rows "
                  "of Tag")},
        {STR_INIT(RULE("!likes")),
         STR_INIT("28:20 E0907 a condition is true or false, and this is Int")},
        {STR_INIT(RULE("5")),
         STR_INIT("28:19 E0907 a condition is true or false, and this is "
                  "BigInt")},
        {STR_INIT(RULE("title || 5")),
         STR_INIT("28:19 E0907 a condition is true or false, and this is "
                  "String\n28:28 E0907 a condition is true or false, and this "
                  "is BigInt")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_help(*state, STR(RULE("author"))),
               STR("ask whether it is there with != null"));
}

static void asks_about_the_rows_of_a_list(void **state) {
    static const struct {
        str text;
        str printed;
    } CASES[] = {
        {STR_INIT(RULE("tags?[word == 'x']")),
         STR_INIT("this.tags?[(element1.word == \"x\")]")},
        {STR_INIT(RULE("tags![t, t.word == title]")),
         STR_INIT("this.tags![(element1.word == this.title)]")},
        {STR_INIT(RULE("author.posts^[id == this.id]")),
         STR_INIT("this.author.posts^[(element1.id == this.id)]")},
        {STR_INIT(RULE("author.posts?[p, p.tags?[word == p.title]]")),
         STR_INIT("this.author.posts?[element1.tags?[(element2.word == "
                  "element1.title)]]")},
        {STR_INIT(RULE("auth().posts?[live]")),
         STR_INIT("auth().posts?[element1.live]")},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(print_rule(a, CASES[i].text), CASES[i].printed);
}

static void reports_predicates_about_what_is_no_list(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(RULE("author?[role == ADMIN]")),
         STR_INIT("28:19 E0910 a predicate asks about the rows of a list "
                  "relation, and this is a row of User")},
        {STR_INIT(RULE("title?[true]")),
         STR_INIT("28:19 E0910 a predicate asks about the rows of a list "
                  "relation, and this is String")},
        {STR_INIT(RULE("tags?[word]")),
         STR_INIT("28:25 E0907 a condition is true or false, and this is "
                  "String")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void lets_create_ask_only_what_is_there_before_the_row(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(POST("@@allow('create', tags?[true])")),
         STR_INIT("28:21 E0911 a rule for create cannot ask about 'tags': the "
                  "row does not exist yet, so no other row refers to it")},
        {STR_INIT(POST("@@allow('all', live && tags^[true])")),
         STR_INIT("28:26 E0911 a rule for create cannot ask about 'tags': the "
                  "row does not exist yet, so no other row refers to it")},
        {STR_INIT(POST("@@allow('create', author.posts?[live])")),
         STR_INIT("28:3 W0904 conditions are checked, and evaluated in a later "
                  "release: what they guard in 'Post' is treated as closed")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void knows_before_in_rules_after_an_update(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(POST("@@allow('post-update', before().title == title)")),
         STR_INIT("28:3 W0904 conditions are checked, and evaluated in a later "
                  "release: what they guard in 'Post' is treated as closed")},
        {STR_INIT(POST("@@allow('update', before().live)")),
         STR_INIT("28:21 E0911 before() is for rules of 'post-update' alone")},
        {STR_INIT(POST("@@allow('post-update', before().author == auth())")),
         STR_INIT("28:35 E0911 before() has the row's columns only, not the "
                  "relation 'author'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void does_not_follow_up_on_other_mistakes(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n  id Int @id\n  owner Persn\n"
                  "  @@allow('read', owner.name == 'x')\n}\n"),
         STR_INIT("3:9 E0401 unknown type 'Persn'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(understands_operators_and_literals),
        TEST(reports_what_cannot_be_compared),
        TEST(wants_conditions_that_are_true_or_false),
        TEST(asks_about_the_rows_of_a_list),
        TEST(reports_predicates_about_what_is_no_list),
        TEST(lets_create_ask_only_what_is_there_before_the_row),
        TEST(knows_before_in_rules_after_an_update),
        TEST(does_not_follow_up_on_other_mistakes),
    };
    return cmocka_run_group_tests_name("schema/resolve_condition", tests, NULL,
                                       NULL);
}
