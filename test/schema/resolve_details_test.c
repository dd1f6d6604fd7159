#include "schema/load.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    err *e = schema_load_text(a, STR("t"), text, ENGINE_SQLITE, &diags, &s);
    if (e != NULL)
        print_error("%.*s\n", STR_ARG(diags.items[0].message));
    expect_ok(e);
    return s;
}

static void keeps_what_is_said_of_fields(void **state) {
    const schema *s = load(
        *state,
        STR(IN_MODEL("  a String @omit @sensitive @label(\"A\") @help('b')\n"
                     "  b String @password\n"
                     "  c String @file(accept: 'image/*, application/pdf', "
                     "maxSize: \"5MB\", public: true)\n"
                     "  d String @file @renamed(from: \"dd\")")));
    const field *f = s->models[0].fields;
    assert_true(f[1].is_omitted);
    assert_true(f[1].is_sensitive);
    assert_false(f[1].is_password);
    expect_str(f[1].label, STR("A"));
    expect_str(f[1].help, STR("b"));
    assert_true(f[2].is_password);
    expect_str(f[3].file->accept, STR("image/*, application/pdf"));
    assert_int_equal(f[3].file->max_bytes, 5 * 1024 * 1024);
    assert_true(f[3].file->is_public);
    assert_int_equal(f[4].file->max_bytes, 0);
    assert_false(f[4].file->is_public);
    expect_str(f[4].renamed_from, STR("dd"));
}

static void keeps_what_is_said_of_models(void **state) {
    const schema *s =
        load(*state,
             STR(IN_MODEL("  a String\n"
                          "  @@permission(\"publish\", \"Publish it\")\n"
                          "  @@permission('close')\n"
                          "  @@audit(retention: \"12w\")\n"
                          "  @@admin(label: \"As\", icon: \"star\", title: a, "
                          "list: [id, a], hidden: true)\n"
                          "  @@renamed(from: Old)") "model B {\n  id Int @id\n "
                                                    " @@audit\n  @@auth\n}\n"));
    const model *m = &s->models[0];
    assert_int_equal(m->permission_count, 2);
    expect_str(m->permissions[0].verb, STR("publish"));
    expect_str(m->permissions[0].description, STR("Publish it"));
    assert_int_equal(m->audit.mode, AUDIT_FULL);
    assert_int_equal(audit_days(&m->audit), 84);
    expect_str(m->admin->label, STR("As"));
    expect_str(m->admin->icon, STR("star"));
    expect_str(m->admin->title->name, STR("a"));
    assert_int_equal(m->admin->list_count, 2);
    assert_true(m->admin->is_hidden);
    expect_str(m->renamed_from, STR("Old"));
    assert_int_equal(s->models[1].audit.mode, AUDIT_FULL);
    assert_int_equal(audit_days(&s->models[1].audit), 90);
    assert_ptr_equal(s->auth_model, &s->models[1]);
}

static void reads_what_the_audit_log_keeps(void **state) {
    static const struct {
        str attribute;
        audit_options options;
    } CASES[] = {
        {STR_INIT(""), {AUDIT_FULL, false, 0}},
        {STR_INIT("@@audit"), {AUDIT_FULL, false, 0}},
        {STR_INIT("@@audit(off)"), {AUDIT_OFF, false, 0}},
        {STR_INIT("@@audit(changes)"), {AUDIT_CHANGES, false, 0}},
        {STR_INIT("@@audit(reads)"), {AUDIT_FULL, true, 0}},
        {STR_INIT("@@audit(changes, reads: true, retention: \"1y\")"),
         {AUDIT_CHANGES, true, 365}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        arena *a = *state;
        const schema *s =
            load(*state, arena_printf(a, "model A {\n  id Int @id\n  %.*s\n}\n",
                                      STR_ARG(CASES[i].attribute)));
        const audit_options *got = &s->models[0].audit;
        assert_int_equal(got->mode, CASES[i].options.mode);
        assert_int_equal(got->has_reads, CASES[i].options.has_reads);
        assert_int_equal(got->days, CASES[i].options.days);
    }
}

static void knows_columns_that_are_kept_out_of_logs(void **state) {
    const schema *s = load(*state, STR("model A {\n"
                                       "  id Int @id\n"
                                       "  a String @sensitive\n"
                                       "  b String @omit\n"
                                       "  c String @map(\"api_key\")\n"
                                       "  secret Int\n"
                                       "  plain String\n}\n"));
    static const bool IS_REDACTED[] = {false, true, true, true, false, false};
    for (size_t i = 0; i < LENGTH(IS_REDACTED); i++)
        assert_int_equal(s->models[0].fields[i].is_redacted, IS_REDACTED[i]);
}

static void reports_details_that_do_not_fit(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  a Int @password")),
         STR_INIT("3:9 E1201 '@password' stands on a String")},
        {STR_INIT(IN_MODEL("  a String @unique @password")),
         STR_INIT("3:20 E1201 '@password' does not stand on a key: two hashes "
                  "of one password differ")},
        {STR_INIT(IN_MODEL("  a Int @file")),
         STR_INIT("3:9 E1201 '@file' stands on a String or on a relation to a "
                  "file")},
        {STR_INIT(IN_MODEL("  a String @file(accept: \"png\")")),
         STR_INIT("3:26 E1301 'png' is not a media type")},
        {STR_INIT(IN_MODEL("  a String @file(accept: \"image/**\")")),
         STR_INIT("3:26 E1301 'image/**' is not a media type")},
        {STR_INIT(IN_MODEL("  a String @file(maxSize: \"5M\")")),
         STR_INIT("3:27 E1301 '5M' is not a size such as 500KB or 5MB")},
        {STR_INIT(IN_MODEL("  a String @file(maxSize: 5)")),
         STR_INIT("3:27 E0508 'maxSize' of '@file' is a text in quotes")},
        {STR_INIT(IN_MODEL("  a String @file(public: 1)")),
         STR_INIT("3:26 E0508 'public' is true or false")},
        {STR_INIT(IN_MODEL("  a String @label(5)")),
         STR_INIT("3:19 E0508 'text' of '@label' is a text in quotes")},
        {STR_INIT(IN_MODEL("  a String @renamed(from: 'a')")),
         STR_INIT("3:27 E1305 '@renamed' names what it is called today")},
        {STR_INIT(IN_MODEL("  a String @renamed(from: 'id')")),
         STR_INIT("3:12 E1305 'id' is or was the column of another field")},
        {STR_INIT(IN_MODEL("  @@renamed(from: A)")),
         STR_INIT("3:19 E1305 '@@renamed' names what it is called today")},
        {STR_INIT(IN_MODEL("  @@permission('read')")),
         STR_INIT("3:16 E1303 '@@permission' adds a verb, and this one is "
                  "there in every model")},
        {STR_INIT(IN_MODEL("  @@permission('two words')")),
         STR_INIT("3:16 E1303 '@@permission' takes a verb of letters, digits, "
                  "'-' and '_'")},
        {STR_INIT(IN_MODEL("  @@permission('x')\n  @@permission('x')")),
         STR_INIT("4:16 E1303 '@@permission' gives this verb twice")},
        {STR_INIT(IN_MODEL("  @@audit(retention: '3')")),
         STR_INIT("3:22 E1302 '3' is not a time such as 90d, 12w or 7y")},
        {STR_INIT(IN_MODEL("  @@audit(some)")),
         STR_INIT(
             "3:11 E0508 what is recorded is full, changes, reads or off")},
        {STR_INIT(IN_MODEL("  @@audit(off, reads: true)")),
         STR_INIT("3:3 E0508 '@@audit' records reads or nothing, not both")},
        {STR_INIT(IN_MODEL("  @@admin(title: [id, id])")),
         STR_INIT("3:23 E0703 the field 'id' is listed twice")},
        {STR_INIT(IN_MODEL("  @@admin(list: [ide])")),
         STR_INIT("3:18 E0701 the model 'A' has no field 'ide'")},
        {STR_INIT(IN_MODEL("  @@admn(hidden: true)")),
         STR_INIT("3:3 E0501 unknown attribute '@@admn'")},
        {STR_INIT(IN_MODEL("  a String @omitt")),
         STR_INIT("3:12 E0501 unknown attribute '@omitt'")},
        {STR_INIT(IN_MODEL("  a String @admin(hidden: true)")),
         STR_INIT("3:12 E0502 '@admin' does not stand on a field")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
    expect_str(diagnose_help(*state, STR(IN_MODEL("  a String @omitt"))),
               STR("did you mean '@omit'?"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_is_said_of_fields),
        TEST(keeps_what_is_said_of_models),
        TEST(reads_what_the_audit_log_keeps),
        TEST(knows_columns_that_are_kept_out_of_logs),
        TEST(reports_details_that_do_not_fit),
    };
    return cmocka_run_group_tests_name("schema/resolve_details", tests, NULL,
                                       NULL);
}
