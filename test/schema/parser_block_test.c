#include "schema/parser_block.h"

#include "schema/parser.h"
#include "test/support/test.h"

static str text_of(source_span span) {
    return str_slice(span.source->text, span.from, span.to);
}

static const syntax_file *parse(arena *a, str text, diag_list *diags) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("t"), text};
    return parser_run(a, s, diags);
}

static void knows_what_a_block_inherits_from(void **state) {
    static const struct {
        str text;
        const char *parents[3];
        str span;
    } CASES[] = {
        {STR_INIT("model A { id Int }"), {NULL}, {0}},
        {STR_INIT("model A with B { id Int }"), {"B"}, STR_INIT("with B")},
        {STR_INIT("model A with B, C { id Int }"),
         {"B", "C"},
         STR_INIT("with B, C")},
        {STR_INIT("type A with B C {}"), {"B", "C"}, STR_INIT("with B C")},
        {STR_INIT("model A extends B with C,\nD {}"),
         {"B", "C", "D"},
         STR_INIT("extends B with C,\nD")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        diag_list diags = {0};
        const syntax_file *file = parse(*state, CASES[i].text, &diags);
        assert_int_equal(diags.count, 0);
        const syntax_block *b = &file->blocks[0];
        size_t n = 0;
        for (; n < 3 && CASES[i].parents[n] != NULL; n++)
            expect_str(b->parent_names[n].text, str_of(CASES[i].parents[n]));
        assert_int_equal(b->parent_count, n);
        if (n > 0)
            expect_str(text_of(b->parents), CASES[i].span);
    }
}

static void reports_headers_it_cannot_read(void **state) {
    static const struct {
        str text;
        uint32_t at;
        str message;
    } CASES[] = {
        {STR_INIT("model A with {\n  id Int @id\n}\n"), 13,
         STR_INIT("expected the name of a model or type, found '{'")},
        {STR_INIT("model A with B, {\n  id Int @id\n}\n"), 16,
         STR_INIT("expected the name of a model or type, found '{'")},
        {STR_INIT("enum E with B {\n  A\n}\n"), 7,
         STR_INIT("expected '{', found 'with'")},
        {STR_INIT("model A {\n  id Int @id\nmodel B with C {\n}\n"), 6,
         STR_INIT("model 'A' is not closed by '}'")},
        {STR_INIT("type A {\n  id Int @id\nabstract model B {\n}\n"), 5,
         STR_INIT("type 'A' is not closed by '}'")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        diag_list diags = {0};
        parse(*state, CASES[i].text, &diags);
        assert_int_equal(diags.count, 1);
        expect_str(diags.items[0].message, CASES[i].message);
        assert_int_equal(diags.items[0].span.from, CASES[i].at);
    }
}

static void reads_what_has_settings(void **state) {
    diag_list diags = {0};
    const syntax_file *file =
        parse(*state,
              STR("plugin p { provider = 'x' list = [1, a.b]\n  empty =\n"
                  "  call = env(\"X\") }\ngenerator g {}"),
              &diags);
    assert_int_equal(diags.count, 0);
    assert_int_equal(file->blocks[0].kind, BLOCK_PLUGIN);
    assert_int_equal(file->blocks[1].kind, BLOCK_GENERATOR);
    const syntax_property *p = file->blocks[0].properties;
    assert_int_equal(file->blocks[0].property_count, 4);
    expect_str(p[0].value->text, STR("x"));
    assert_int_equal(p[1].value->kind, EXPRESSION_LIST);
    assert_null(p[2].value);
    assert_int_equal(p[3].value->kind, EXPRESSION_CALL);
}

/* A bad line takes only itself along. */
static void goes_on_behind_a_bad_line(void **state) {
    diag_list diags = {0};
    const syntax_file *file = parse(*state,
                                    STR("model A {\n"
                                        "  a Int ( oops\n"
                                        "  b Int @x([)\n"
                                        "  c: Int\n"
                                        "  d Int oops(\n"
                                        "    1) e\n"
                                        "  f Int @default(\"x)\n"
                                        "  g Int\n"
                                        "  @@x(a ||)\n"
                                        "  @@y(a)\n"
                                        "}\n"
                                        "enum E { A B }\n"),
                                    &diags);
    assert_int_equal(diags.error_count, 6);
    assert_int_equal(file->block_count, 2);
    const syntax_block *a = &file->blocks[0];
    assert_int_equal(a->field_count, 6);
    expect_str(a->fields[5].name.text, STR("g"));
    assert_false(a->fields[5].is_damaged);
    assert_int_equal(a->attribute_count, 1);
    assert_true(a->is_damaged);
    assert_int_equal(file->blocks[1].field_count, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_what_a_block_inherits_from),
        TEST(reports_headers_it_cannot_read),
        TEST(reads_what_has_settings),
        TEST(goes_on_behind_a_bad_line),
    };
    return cmocka_run_group_tests_name("schema/parser_block", tests, NULL,
                                       NULL);
}
