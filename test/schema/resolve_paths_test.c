#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

/* Line 12 of the file. */
#define RULE(text)                                                             \
    "enum Role {\n  ADMIN\n  role\n}\n"                                        \
    "model Author {\n  id Int @id\n  role Role\n  posts Post[]\n}\n"           \
    "model Post {\n  id Int @id\n"                                             \
    "  @@allow('read', " text ")\n"                                            \
    "  title String\n"                                                         \
    "  author Author? @relation(fields: [authorId], references: [id])\n"       \
    "  authorId Int?\n}\n"

static void names_what_is_not_there_and_what_is_near(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(RULE("titel == 'x'")),
         STR_INIT("12:19 E0905 there is no field 'titel' in sight")},
        {STR_INIT(RULE("author.rol == ADMIN")),
         STR_INIT("12:26 E0905 the model 'Author' has no field 'rol'")},
        {STR_INIT(RULE("this.author.posts?[ttle == 'x']")),
         STR_INIT("12:38 E0905 there is no field 'ttle' in sight")},
        {STR_INIT(RULE("author.role == ADMN")),
         STR_INIT("12:34 E0905 'ADMN' is neither a value of Role nor a field "
                  "in sight")},
        {STR_INIT(RULE("title.length == 3")),
         STR_INIT("12:25 E0905 there is no 'length' in String")},
        {STR_INIT(RULE("author.posts.title == 'x'")),
         STR_INIT("12:32 E0905 there is no 'title' in rows of Post")},
        {STR_INIT(RULE("null.x == 3")),
         STR_INIT("12:19 E0905 there is no field 'null' in sight")},
        {STR_INIT(RULE("auth.id == 3")),
         STR_INIT("12:19 E0905 there is no field 'auth' in sight")},
    };
    static const struct {
        str text;
        str help;
    } HELP[] = {
        {STR_INIT(RULE("titel == 'x'")), STR_INIT("did you mean 'title'?")},
        {STR_INIT(RULE("author.rol == ADMIN")),
         STR_INIT("did you mean 'role'?")},
        {STR_INIT(RULE("author.role == ADMN")),
         STR_INIT("did you mean 'ADMIN'?")},
        {STR_INIT(RULE("author.posts.title == 'x'")),
         STR_INIT("ask about its rows with ?[title ...]")},
        {STR_INIT(RULE("auth.id == 3")), STR_INIT("write auth()")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    for (size_t i = 0; i < LENGTH(HELP); i++)
        expect_str(diagnose_help(*state, HELP[i].text), HELP[i].help);
}

static void finds_names_from_the_inside_out(void **state) {
    static const diagnose_case CASES[] = {
        /* A field wins over an enum's value of its name. */
        {STR_INIT(RULE("author.posts?[author.role == role]")),
         STR_INIT("12:3 W0904 conditions are checked, and evaluated in a later "
                  "release: what they guard in 'Post' is treated as closed")},
        {STR_INIT(RULE("author.posts?[p, p.title == this.title]")),
         STR_INIT("12:3 W0904 conditions are checked, and evaluated in a later "
                  "release: what they guard in 'Post' is treated as closed")},
        {STR_INIT(RULE("author.posts?[p, q.title == title]")),
         STR_INIT("12:36 E0905 there is no field 'q' in sight")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void knows_who_asks_by_a_model_or_by_itself(void **state) {
#define POLICY(models, text)                                                   \
    models "model Post {\n  id String @id\n  ownerId String\n"                 \
           "  @@allow('read', " text ")\n}\n"
#define LATER_AT(line)                                                         \
    line ":3 W0904 conditions are checked, and evaluated in a later "          \
         "release: what they guard in 'Post' is treated as closed"
    static const diagnose_case CASES[] = {
        {STR_INIT(POLICY("", "auth().id == ownerId")), STR_INIT(LATER_AT("4"))},
        {STR_INIT(POLICY("", "auth() != null && auth().role == 'x'")),
         STR_INIT(LATER_AT("4"))},
        {STR_INIT(POLICY("", "auth().name == ownerId")),
         STR_INIT("4:26 E0905 auth() has no 'name'")},
        {STR_INIT(POLICY("", "auth() == this")),
         STR_INIT("4:19 E0912 no model says what auth() is, so it cannot be "
                  "compared with a row")},
        {STR_INIT(
             POLICY("model User {\n  id Int @id\n}\n", "auth().id == ownerId")),
         STR_INIT("7:19 E0906 Int cannot be compared with String")},
        {STR_INIT(POLICY("model Person {\n  id String @id\n  @@auth\n}\n"
                         "model User {\n  id Int @id\n}\n",
                         "auth().id == ownerId")),
         STR_INIT(LATER_AT("11"))},
        {STR_INIT("model A {\n  id Int @id\n  @@auth\n}\n"
                  "model B {\n  id Int @id\n  @@auth\n}\n"),
         STR_INIT("7:3 E0913 only one model can say who signs in")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void keeps_rules_of_the_row_to_the_row(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n  id Int @id\n  b B[]\n"
                  "  @@validate(b?[true])\n}\n"
                  "model B {\n  id Int @id\n  a A @relation(fields: [aId], "
                  "references: [id])\n  aId Int\n}\n"),
         STR_INIT("4:14 E0911 @@validate judges the row by itself and cannot "
                  "ask about the relation 'b'")},
        {STR_INIT(IN_MODEL("  @@validate(auth() != null)")),
         STR_INIT("3:14 E0911 @@validate judges the row by itself and cannot "
                  "ask who writes it")},
        {STR_INIT(IN_MODEL("  @@validate(before().id == id)")),
         STR_INIT("3:14 E0911 @@validate judges the row by itself and cannot "
                  "ask what it was before")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(names_what_is_not_there_and_what_is_near),
        TEST(finds_names_from_the_inside_out),
        TEST(knows_who_asks_by_a_model_or_by_itself),
        TEST(keeps_rules_of_the_row_to_the_row),
    };
    return cmocka_run_group_tests_name("schema/resolve_paths", tests, NULL,
                                       NULL);
}
