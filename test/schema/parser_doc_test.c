#include "schema/parser_doc.h"

#include "schema/parser.h"
#include "test/support/test.h"

static const syntax_file *parse(arena *a, str text) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("t"), text};
    diag_list diags = {0};
    const syntax_file *file = parser_run(a, s, &diags);
    assert_int_equal(diags.count, 0);
    return file;
}

static void joins_the_lines_above(void **state) {
    const syntax_file *file = parse(*state, STR("/// one  \n"
                                                "///two\n"
                                                "// no doc\n"
                                                "/// \n"
                                                "/// three\n"
                                                "model A {\n"
                                                "  /// own\n"
                                                "  a Int\n"
                                                "  b Int\n"
                                                "}\n"));
    const syntax_block *block = &file->blocks[0];
    expect_str(block->doc, STR("one\ntwo\n\nthree"));
    expect_str(block->fields[0].doc, STR("own"));
    expect_str(block->fields[1].doc, STR(""));
}

static void takes_what_stands_behind_and_between(void **state) {
    const syntax_file *file =
        parse(*state, STR("/// above\n"
                          "model A { /// behind the brace\n"
                          "  a Int /// one\n"
                          "    @id /// two\n"
                          "  b Int\n"
                          "  @@map(\"x\") /// of the attribute\n"
                          "}\n"
                          "enum E {\n"
                          "  A /// first\n"
                          "  B\n"
                          "}\n"
                          "generator g {\n"
                          "  a = 1 /// setting\n"
                          "}\n"));
    const syntax_block *blocks = file->blocks;
    expect_str(blocks[0].doc, STR("above\nbehind the brace"));
    expect_str(blocks[0].fields[0].doc, STR("one\ntwo"));
    expect_str(blocks[0].fields[1].doc, STR(""));
    expect_str(blocks[0].attributes[0].doc, STR("of the attribute"));
    expect_str(blocks[1].fields[0].doc, STR("first"));
    expect_str(blocks[1].fields[1].doc, STR(""));
    expect_str(blocks[2].properties[0].doc, STR("setting"));
}

static void an_empty_line_ends_a_doc(void **state) {
    const syntax_file *file = parse(*state, STR("/// of nothing\n"
                                                "\n"
                                                "/// of A\n"
                                                "model A {\n"
                                                "  /// of nothing\n"
                                                "\r\n"
                                                "  a Int\n"
                                                "\n"
                                                "  /// of nothing\n"
                                                "}\n"
                                                "model B { a Int }\n"));
    expect_str(file->blocks[0].doc, STR("of A"));
    expect_str(file->blocks[0].fields[0].doc, STR(""));
    expect_str(file->blocks[1].doc, STR(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(joins_the_lines_above),
        TEST(takes_what_stands_behind_and_between),
        TEST(an_empty_line_ends_a_doc),
    };
    return cmocka_run_group_tests_name("schema/parser_doc", tests, NULL, NULL);
}
