#include "schema/parser.h"

#include "test/support/diagnose.h"
#include "test/support/test.h"

static void reports_what_stands_outside_of_blocks(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("hello world\n"),
         STR_INIT("1:1 E0202 expected a block such as 'model', found 'hello'")},
        {STR_INIT("modle A {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:1 E0203 unknown block 'modle'")},
        {STR_INIT("}\n"),
         STR_INIT("1:1 E0202 expected a block such as 'model', found '}'")},
        {STR_INIT("model {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:7 E0201 expected a name, found '{'")},
        {STR_INIT("model \"A\" {\n"
                  "}\n"),
         STR_INIT("1:7 E0201 expected a name, found '\"A\"'")},
        {STR_INIT("{ id Int }\n"),
         STR_INIT("1:1 E0202 expected a block such as 'model', found '{'")},
        {STR_INIT("@@map(\"x\")\n"),
         STR_INIT("1:1 E0202 expected a block such as 'model', found '@@'")},
        {STR_INIT("12\n"),
         STR_INIT("1:1 E0202 expected a block such as 'model', found '12'")},
        {STR_INIT("model A\n"),
         STR_INIT("1:8 E0201 expected '{' before the end of the line")},
        {STR_INIT("model 1A {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:7 E0108 the name '1A' starts with a digit")},
        {STR_INIT("model A-B {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:7 E0108 the name 'A-B' contains '-'")},
        {STR_INIT("foo bar {\n"
                  "  x y\n"
                  "}\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:1 E0203 unknown block 'foo'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_blocks_that_are_not_closed(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  id Int @id\n"),
         STR_INIT("1:7 E0204 model 'A' is not closed by '}'")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "\n"
                  "model B {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:7 E0204 model 'A' is not closed by '}'")},
        {STR_INIT("enum E {\n"
                  "  A\n"),
         STR_INIT("1:6 E0204 enum 'E' is not closed by '}'")},
        {STR_INIT("model A\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:8 E0201 expected '{' before the end of the line")},
        {STR_INIT("datasource db {\n"
                  "  provider = \"sqlite\"\n"),
         STR_INIT("1:12 E0204 datasource 'db' is not closed by '}'")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_members_it_cannot_read(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  %")),
         STR_INIT("3:3 E0103 unexpected character '%'")},
        {STR_INIT(IN_MODEL("  \"x\"")),
         STR_INIT("3:3 E0201 expected a field or '}', found '\"x\"'")},
        {STR_INIT(IN_MODEL("  [ ]")),
         STR_INIT("3:3 E0201 expected a field or '}', found '['")},
        {STR_INIT(IN_MODEL("  = 5")),
         STR_INIT("3:3 E0201 expected a field or '}', found '='")},
        {STR_INIT(IN_MODEL("  name { x }")),
         STR_INIT("3:3 E0206 the field 'name' has no type")},
        {STR_INIT("model A {\n"
                  "  @id\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("2:3 E0201 expected a field, found '@'")},
        {STR_INIT("enum E {\n"
                  "  A\n"
                  "  5\n"
                  "}\n"),
         STR_INIT("3:3 E0201 expected a value or '}', found '5'")},
        {STR_INIT("datasource db {\n"
                  "  provider \"sqlite\"\n"
                  "}\n"),
         STR_INIT("2:12 E0201 expected '=', found '\"sqlite\"'")},
        {STR_INIT("datasource db {\n"
                  "  provider = @x\n"
                  "}\n"),
         STR_INIT("2:14 E0201 expected a value, found '@'")},
        {STR_INIT("datasource db {\n"
                  "  @@map(\"x\")\n"
                  "}\n"),
         STR_INIT("2:3 E0201 expected a setting or '}', found '@@'")},
        {STR_INIT("datasource db {\n"
                  "  provider = [\"sqlite\"\n"
                  "  url = \"x\"\n"
                  "}\n"),
         STR_INIT("2:14 E0205 '[' is not closed")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void reports_files_that_are_no_text(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("model A {\n"
                  "  id Int @id // \xff"
                  "\n"
                  "}\n"),
         STR_INIT("2:17 E0101 the file is not UTF-8 text: byte 0xFF")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "}\n"
                  "/* open\n"
                  "\n"),
         STR_INIT("4:1 E0105 the comment is not closed by '*/'")},
        {STR_INIT("model A {\n"
                  "  id Int @id\n"
                  "  \000\n"
                  "}\n"),
         STR_INIT("3:3 E0103 unexpected control character U+0000")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void names_statements_of_other_languages(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("import \"./other\"\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "  o Other\n"
                  "}\n"),
         STR_INIT("1:8 E1102 cannot import './other': there is no such "
                  "file")},
        {STR_INIT("attribute @foo(x: Int)\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "}\n"),
         STR_INIT("1:1 E1001 'attribute' is not supported")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

/* More liberal than Prisma: nothing here is lost, so nothing is refused. */
static void reads_other_layouts(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT("// only a comment"), STR_INIT("")},
        {STR_INIT("model A { id Int @id name String }"), STR_INIT("")},
        {STR_INIT("model A\n{\n id Int @id }"), STR_INIT("")},
        {STR_INIT("model A {\r\n  id Int @id\r\n}\r\n"), STR_INIT("")},
        {STR_INIT("model A {\r  id Int @id\r}\r"), STR_INIT("")},
        {STR_INIT("\xEF\xBB\xBFmodel A {\n  id Int @id\n}\n"), STR_INIT("")},
        {STR_INIT("model A {\n\tid\u00A0Int\u3000@id\n}\n"), STR_INIT("")},
        {STR_INIT("model A { // note\n  id Int @id // note\n}\n"),
         STR_INIT("")},
        {STR_INIT("model /* a */ A { id /* b */ Int @id /* c\n */ }"),
         STR_INIT("")},
        {STR_INIT("model A {\n  id Int\n    @id\n    @map('x')\n}\n"),
         STR_INIT("")},
        {STR_INIT("model A {\n  id Int @id\n  @@index(\n    [\n      id\n    ]"
                  "\n  )\n}\n"),
         STR_INIT("")},
        {STR_INIT("enum E { A B C }"), STR_INIT("")},
        {STR_INIT("model \u00C4rger {\n  id Int @id\n  na\u00EFve Int\n}\n"),
         STR_INIT("")},
        {STR_INIT("model A {\n  id Int @id\n  model Int\n  enum Int\n  type "
                  "Int\n}\n"),
         STR_INIT("")},
        {STR_INIT("generator g {\n  provider = \"x\"\n  output =\n  flag = true"
                  "\n}\n"),
         STR_INIT("")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static const syntax_file *parse(arena *a, str text) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("t"), text};
    diag_list diags = {0};
    const syntax_file *file = parser_run(a, s, &diags);
    assert_int_equal(diags.count, 0);
    return file;
}

static str text_of(source_span span) {
    return str_slice(span.source->text, span.from, span.to);
}

static void keeps_the_span_of_everything(void **state) {
    const syntax_file *file =
        parse(*state, STR("model A {\n  a Int? @default(-1) // x\n  @@map(\n"
                          "'b')\n}\n"));
    const syntax_block *block = &file->blocks[0];
    expect_str(text_of(block->keyword.span), STR("model"));
    expect_str(text_of(block->name.span), STR("A"));
    assert_int_equal(block->span.from, 0);
    const syntax_field *f = &block->fields[0];
    expect_str(text_of(f->span), STR("a Int? @default(-1)"));
    expect_str(text_of(f->type.span), STR("Int"));
    assert_int_equal(f->arity, ARITY_OPTIONAL);
    expect_str(text_of(f->attributes[0].span), STR("@default(-1)"));
    expect_str(text_of(f->attributes[0].arguments[0].span), STR("-1"));
    expect_str(text_of(block->attributes[0].span), STR("@@map(\n'b')"));
    expect_str(block->attributes[0].arguments[0].value->text, STR("b"));
}

static void reads_expressions(void **state) {
    const syntax_file *file =
        parse(*state,
              STR("model A {\n  @@x([a, b(sort: Desc)], n: f(1, \"s\"), m: a.b)"
                  "\n}\n"));
    const syntax_attribute *x = &file->blocks[0].attributes[0];
    assert_int_equal(x->argument_count, 3);
    const expression *list = x->arguments[0].value;
    assert_int_equal(list->kind, EXPRESSION_LIST);
    assert_int_equal(list->count, 2);
    const expression *call = list->items[1].value;
    assert_int_equal(call->kind, EXPRESSION_CALL);
    expect_str(call->text, STR("b"));
    expect_str(call->items[0].name.text, STR("sort"));
    expect_str(call->items[0].value->text, STR("Desc"));
    expect_str(x->arguments[1].name.text, STR("n"));
    expect_str(x->arguments[1].value->items[1].value->text, STR("s"));
    expect_str(x->arguments[2].value->text, STR("a.b"));
}

/* What the formatter will put back. */
static void keeps_comments_beside_the_tree(void **state) {
    const syntax_file *file = parse(
        *state,
        STR("// one\nmodel A { // two\n /// three\n a Int /* four */\n}"));
    assert_int_equal(file->tokens.comment_count, 4);
    assert_int_equal(file->tokens.comments[0].kind, COMMENT_LINE);
    assert_true(file->tokens.comments[0].is_first);
    assert_false(file->tokens.comments[1].is_first);
    assert_int_equal(file->tokens.comments[2].kind, COMMENT_DOC);
    assert_int_equal(file->tokens.comments[3].kind, COMMENT_BLOCK);
}

static void reports_all_lines_in_one_run(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT("oops\n"
                  "model A {\n"
                  "  id Int @id @id2\n"
                  "  %\n"
                  "  a\n"
                  "  b Strng\n"
                  "  c Int @default(\"x\")\n"
                  "  d: Int\n"
                  "  @@index([zz]\n"
                  "  @@index([e])\n"
                  "  @@allow('reed', true)\n"
                  "}\n"
                  "enum E { A A }\n"
                  "model A {\n"
                  "  id Int @id\n"
                  "}\n"
                  "model B {\n"
                  "  a Int\n"
                  "}\n"),
         STR_INIT(
             "1:1 E0202 expected a block such as 'model', found 'oops'\n"
             "3:14 E0501 unknown attribute '@id2'\n"
             "4:3 E0103 unexpected character '%'\n"
             "5:3 E0206 the field 'a' has no type\n"
             "6:5 E0401 unknown type 'Strng'\n"
             "7:18 E0601 the default is not a value of type Int\n"
             "8:4 E0207 no ':' between a field and its type\n"
             "9:10 E0205 '(' is not closed\n"
             "11:11 E0901 unknown operation 'reed'\n"
             "13:12 E0304 the value 'A' is declared twice\n"
             "14:7 E0301 the name 'A' is declared twice\n"
             "17:7 E0707 the model 'B' has no field that identifies a row")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void passes_over_braces_in_the_wrong_place(void **state) {
    static const diagnose_case CASES[] = {
        {STR_INIT(IN_MODEL("  nested {\n    x Int\n    y Int\n  }\n  b Int")),
         STR_INIT("3:3 E0206 the field 'nested' has no type")},
        {STR_INIT("procedure f {\n  a {\n  }\n}\nmodel A {\n  id Int @id\n}\n"),
         STR_INIT("1:1 E1001 'procedure' is not supported")},
        {STR_INIT("thing {\n  a b\n}\nmodel A {\n  id Int @id\n}\n"),
         STR_INIT("1:1 E0202 expected a block such as 'model', found 'thing'")},
        {STR_INIT(IN_MODEL("  nested {\n") "model B {\n  id Int @id\n}\n"),
         STR_INIT("1:7 E0204 model 'A' is not closed by '}'\n"
                  "3:3 E0206 the field 'nested' has no type")},
    };
    diagnose_expect(*state, CASES, LENGTH(CASES));
}

static void helps_with_misspelt_blocks(void **state) {
    expect_str(diagnose_help(*state, STR("modle A {\n}\n")),
               STR("did you mean 'model'?"));
    expect_str(diagnose_help(*state, STR("thing A {\n}\n")),
               STR("a block is a model, an enum, a datasource or a generator"));
}

static void refuses_files_without_end(void **state) {
    arena *a = *state;
    size_t size = PARSER_MAX_BYTES + 1;
    char *text = arena_take(a, size, 1);
    memset(text, ' ', size);
    expect_str(diagnose(a, (str){text, size - 1}), STR(""));
    expect_str(diagnose(a, (str){text, size}),
               STR("1:1 E0102 the file is larger than 16 MiB"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reports_what_stands_outside_of_blocks),
        TEST(reports_blocks_that_are_not_closed),
        TEST(reports_members_it_cannot_read),
        TEST(reports_files_that_are_no_text),
        TEST(names_statements_of_other_languages),
        TEST(reads_other_layouts),
        TEST(keeps_the_span_of_everything),
        TEST(reads_expressions),
        TEST(keeps_comments_beside_the_tree),
        TEST(reports_all_lines_in_one_run),
        TEST(passes_over_braces_in_the_wrong_place),
        TEST(helps_with_misspelt_blocks),
        TEST(refuses_files_without_end),
    };
    return cmocka_run_group_tests_name("schema/parser", tests, NULL, NULL);
}
