#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

/* Line 13 of the file. */
#define RULE(text)                                                             \
    "enum Role {\n  ADMIN\n}\n"                                                \
    "model Space {\n  id Int @id\n  docs Doc[]\n}\n"                           \
    "model Doc {\n  id Int @id\n  title String\n  tags String[]\n"             \
    "  roles Role[]\n"                                                         \
    "  @@allow('read', " text ")\n"                                            \
    "  space Space @relation(fields: [spaceId], references: [id])\n"           \
    "  spaceId Int\n"                                                          \
    "}\n"

static str print_rule(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("t"), text, ENGINE_SQLITE, &diags, &s);
    if (e != NULL)
        print_error("%.*s\n", STR_ARG(diags.items[0].message));
    expect_ok(e);
    CLEANUP(buf_free) buf out = buf_new(64 * 1024);
    condition_print(&out, schema_find_model(s, STR("Doc"))->rules[0].condition);
    return arena_copy(a, buf_str(&out));
}

static void understands_calls(void **state) {
    static const struct {
        str text;
        str printed;
    } CASES[] = {
        {STR_INIT(RULE("contains(title, 'x')")),
         STR_INIT("contains(this.title, \"x\")")},
        {STR_INIT(RULE("startsWith(title, 'x', true)")),
         STR_INIT("startsWith(this.title, \"x\", true)")},
        {STR_INIT(RULE("has(tags, title)")),
         STR_INIT("has(this.tags, this.title)")},
        {STR_INIT(RULE("has(roles, ADMIN)")),
         STR_INIT("has(this.roles, ADMIN)")},
        {STR_INIT(RULE("hasSome(roles, [ADMIN]) && hasEvery(tags, ['a'])")),
         STR_INIT("(hasSome(this.roles, [ADMIN]) && hasEvery(this.tags, "
                  "[\"a\"]))")},
        {STR_INIT(RULE("!isEmpty(tags)")), STR_INIT("!isEmpty(this.tags)")},
        {STR_INIT(RULE("title in tags")),
         STR_INIT("(this.title in this.tags)")},
        {STR_INIT(RULE("length(tags) > length(title)")),
         STR_INIT("(length(this.tags) > length(this.title))")},
        {STR_INIT(RULE("check(space)")), STR_INIT("check(this.space)")},
        {STR_INIT(RULE("check(space, 'update')")),
         STR_INIT("check(this.space, \"update\")")},
        {STR_INIT(RULE("auth().can('doc.read', space)")),
         STR_INIT("auth().can(\"doc.read\", this.space)")},
        {STR_INIT(RULE("currentModel('lower') == 'doc'")),
         STR_INIT("(currentModel(\"lower\") == \"doc\")")},
    };
    arena *a = *state;
    for (size_t i = 0; i < LENGTH(CASES); i++)
        expect_str(print_rule(a, CASES[i].text), CASES[i].printed);
}

static void reports_calls_that_do_not_fit(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(RULE("contain(title, 'x')")),
         STR_INIT("13:19 E0908 unknown function 'contain'")},
        {STR_INIT(RULE("auth().cann('x')")),
         STR_INIT("13:26 E0908 unknown function 'auth().cann'")},
        {STR_INIT(RULE("title.contains('x')")),
         STR_INIT("13:19 E0908 unknown function 'title.contains'")},
        {STR_INIT(RULE("contains(title)")),
         STR_INIT("13:19 E0909 contains() takes 2 to 3 arguments, not 1")},
        {STR_INIT(RULE("now(3) == null")),
         STR_INIT("13:19 E0909 now() takes 0 arguments, not 1")},
        {STR_INIT(RULE("auth(3) == null")),
         STR_INIT("13:19 E0909 auth() takes no arguments")},
        {STR_INIT(RULE("contains(title, 5)")),
         STR_INIT("13:35 E0909 argument 2 of contains() must be a String")},
        {STR_INIT(RULE("contains(title, 'x', 1)")),
         STR_INIT("13:40 E0909 argument 3 of contains() must be true or "
                  "false")},
        {STR_INIT(RULE("has(title, 'x')")),
         STR_INIT("13:23 E0909 argument 1 of has() must be a list of values")},
        {STR_INIT(RULE("has(tags, 5)")),
         STR_INIT("13:29 E0906 String cannot be compared with BigInt")},
        {STR_INIT(RULE("hasSome(tags, 'a')")),
         STR_INIT("13:33 E0909 argument 2 of hasSome() must be a list of "
                  "values")},
        {STR_INIT(RULE("check(this)")),
         STR_INIT("13:25 E0909 argument 1 of check() must be a relation to "
                  "another row, not the row itself")},
        {STR_INIT(RULE("check(space.docs)")),
         STR_INIT("13:25 E0909 argument 1 of check() must be a relation to one "
                  "row")},
        {STR_INIT(RULE("check(space, 'write')")),
         STR_INIT("13:32 E0909 argument 2 of check() must be 'create', 'read', "
                  "'update' or 'delete'")},
        {STR_INIT(RULE("auth().can(title, space)")),
         STR_INIT("13:30 E0909 argument 1 of can() must be a permission in "
                  "quotes, such as 'project.write'")},
        {STR_INIT(RULE("contains(f: title, 'x')")),
         STR_INIT("13:28 E0909 arguments of a function have no names")},
        {STR_INIT(RULE("regex(title, 'x')")),
         STR_INIT("13:19 E0911 regex() is not for policies")},
        {STR_INIT(IN_MODEL("  a String\n  @@validate(check(a))")),
         STR_INIT("4:14 E0911 check() is not for @@validate")},
        {STR_INIT(IN_MODEL("  a String\n  @@validate(regex(a, '('))")),
         STR_INIT("4:23 E1204 not a regular expression: missing closing "
                  "parenthesis at byte 1")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_help(*state, STR(RULE("contain(title, 'x')"))),
               STR("did you mean 'contains'?"));
    expect_str(diagnose_help(*state, STR(RULE("auth().cann('x')"))),
               STR("did you mean 'can'?"));
    expect_str(diagnose_help(*state, STR(RULE("future().title == 'x'"))),
               STR("a rule for 'post-update' judges the row as it became"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(understands_calls),
        TEST(reports_calls_that_do_not_fit),
    };
    return cmocka_run_group_tests_name("schema/resolve_calls", tests, NULL,
                                       NULL);
}
