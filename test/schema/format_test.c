#include "schema/format.h"

#include <dirent.h>

#include "base/file.h"
#include "schema/parser.h"
#include "test/support/outline.h"
#include "test/support/test.h"

static const syntax_file *parse(arena *a, str text) {
    source *s = arena_new_array(a, source, 1);
    *s = (source){STR("t"), text};
    diag_list diags = {0};
    const syntax_file *file = parser_run(a, s, &diags);
    assert_int_equal(diags.error_count, 0);
    return file;
}

static str format(arena *a, str text) {
    return format_text(a, parse(a, text));
}

typedef struct format_case {
    str text;
    str want;
} format_case;

/* What comes out must also be what comes out of itself. */
static void expect(arena *a, const format_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        str once = format(a, cases[i].text);
        expect_str(once, cases[i].want);
        expect_str(format(a, once), once);
    }
}

static void aligns_members_between_empty_lines(void **state) {
    static const format_case CASES[] = {
        {STR_INIT("model A{\n"
                  "id Int @id\n"
                  "  title   String?\n"
                  "// comments do not part\n"
                  "tags Tag[] @map( \"t\" )\n"
                  "\n\n"
                  "b Int @default( 1 )\n"
                  "}\n"),
         STR_INIT("model A {\n"
                  "  id    Int     @id\n"
                  "  title String?\n"
                  "  // comments do not part\n"
                  "  tags  Tag[]   @map(\"t\")\n"
                  "\n"
                  "  b Int @default(1)\n"
                  "}\n")},
        {STR_INIT("enum E { A @map(\"a\") LONG B @map(\"b\") }"),
         STR_INIT("enum E {\n"
                  "  A    @map(\"a\")\n"
                  "  LONG\n"
                  "  B    @map(\"b\")\n"
                  "}\n")},
        {STR_INIT("datasource db { provider=\"sqlite\" url = env( \"U\" ) }"),
         STR_INIT("datasource db {\n"
                  "  provider = \"sqlite\"\n"
                  "  url      = env(\"U\")\n"
                  "}\n")},
        {STR_INIT("generator g { output = \n list = [ \"a\",\"b\" ] }"),
         STR_INIT("generator g {\n"
                  "  output =\n"
                  "  list   = [\"a\", \"b\"]\n"
                  "}\n")},
        {STR_INIT(
             "model A { \u00E4rger Int @id\n b Unsupported( \"x\" ) ? @x }"),
         STR_INIT("model A {\n"
                  "  \u00E4rger Int               @id\n"
                  "  b     Unsupported(\"x\")? @x\n"
                  "}\n")},
        {STR_INIT("model A {}"), STR_INIT("model A {\n}\n")},
        {STR_INIT(" \n\n"), STR_INIT("")},
    };
    expect(*state, CASES, LENGTH(CASES));
}

static void orders_attributes_as_prisma_does(void **state) {
    static const format_case CASES[] = {
        {STR_INIT("model A { a Int @z @db.X @ignore @relation(x) @map(\"m\") "
                  "@updatedAt @default(1) @unique @id @y }"),
         STR_INIT("model A {\n"
                  "  a Int @id @unique @default(1) @updatedAt @map(\"m\") "
                  "@relation(x) @ignore @z @db.X @y\n"
                  "}\n")},
        {STR_INIT("model A {\n"
                  "  @@map(\"a\")\n"
                  "  id Int\n"
                  "\n"
                  "  // stays\n"
                  "\n"
                  "  // goes with it\n"
                  "  @@index([b])   // so does this\n"
                  "  @@id([id])\n"
                  "  b Int\n"
                  "  // last\n"
                  "}\n"),
         STR_INIT("model A {\n"
                  "  id Int\n"
                  "\n"
                  "  // stays\n"
                  "  b Int\n"
                  "  // last\n"
                  "\n"
                  "  @@id([id])\n"
                  "  // goes with it\n"
                  "  @@index([b]) // so does this\n"
                  "  @@map(\"a\")\n"
                  "}\n")},
        {STR_INIT("model A {\n"
                  "  id Int\n"
                  "  @@index([b])\n"
                  "\n"
                  "  @@map(\"a\")\n"
                  "\n"
                  "  // who may\n"
                  "  @@allow('read', true)\n"
                  "  @@deny('read', false)\n"
                  "}\n"),
         STR_INIT("model A {\n"
                  "  id Int\n"
                  "\n"
                  "  @@index([b])\n"
                  "  @@map(\"a\")\n"
                  "\n"
                  "  // who may\n"
                  "  @@allow('read', true)\n"
                  "  @@deny('read', false)\n"
                  "}\n")},
        {STR_INIT("model A { @@map(\"a\") }"), STR_INIT("model A {\n"
                                                        "  @@map(\"a\")\n"
                                                        "}\n")},
    };
    expect(*state, CASES, LENGTH(CASES));
}

static void keeps_every_comment(void **state) {
    static const format_case CASES[] = {
        {STR_INIT("// top\n\n\n/// doc\nmodel A { // head\n\n  // first\n\n\n"
                  "  a Int   // behind   \n  /* own */ b Int\n\n  // last\n\n"
                  "} // after\n// end"),
         STR_INIT("// top\n"
                  "\n"
                  "/// doc\n"
                  "model A { // head\n"
                  "  // first\n"
                  "\n"
                  "  a Int // behind\n"
                  "  /* own */\n"
                  "  b Int\n"
                  "\n"
                  "  // last\n"
                  "} // after\n"
                  "\n"
                  "// end\n")},
        {STR_INIT("model /* x */ A {\n  a /* y */ Int @id // z\n @map(\"m\")\n"
                  "  b Int /* m\r\n  n */\n}\n"),
         STR_INIT("model /* x */ A {\n"
                  "  a /* y */ Int @id // z\n"
                  "    @map(\"m\")\n"
                  "  b Int /* m\n"
                  "  n */\n"
                  "}\n")},
        {STR_INIT("model A {\n  a Int @id\n  @@index([ // why\n a,\n // b\n b"
                  " /* c */ ])\n}\n"),
         STR_INIT("model A {\n"
                  "  a Int @id\n"
                  "\n"
                  "  @@index(\n"
                  "    [ // why\n"
                  "      a,\n"
                  "      // b\n"
                  "      b /* c */\n"
                  "    ]\n"
                  "  )\n"
                  "}\n")},
    };
    expect(*state, CASES, LENGTH(CASES));
}

/* Or it would become the doc of b. */
static void keeps_a_doc_of_nothing_apart(void **state) {
    static const format_case CASES[] = {
        {STR_INIT("model A {\n  a Int\n  /// of nothing\n\n  @@map(\"x\")\n"
                  "  b Int\n}\n"),
         STR_INIT("model A {\n"
                  "  a Int\n"
                  "  /// of nothing\n"
                  "\n"
                  "  b Int\n"
                  "\n"
                  "  @@map(\"x\")\n"
                  "}\n")},
    };
    expect(*state, CASES, LENGTH(CASES));
}

static void sets_blocks_apart(void **state) {
    static const format_case CASES[] = {
        {STR_INIT("import './a'\nimport \"./b\" // b\nmodel A { a Int }\n"
                  "model B { a Int }\n// c\nenum E { A }"),
         STR_INIT("import './a'\n"
                  "import \"./b\" // b\n"
                  "\n"
                  "model A {\n"
                  "  a Int\n"
                  "}\n"
                  "\n"
                  "model B {\n"
                  "  a Int\n"
                  "}\n"
                  "\n"
                  "// c\n"
                  "enum E {\n"
                  "  A\n"
                  "}\n")},
        {STR_INIT("abstract   model B{a Int}model C with B,D{b Int}"),
         STR_INIT("abstract model B {\n"
                  "  a Int\n"
                  "}\n"
                  "\n"
                  "model C with B, D {\n"
                  "  b Int\n"
                  "}\n")},
    };
    expect(*state, CASES, LENGTH(CASES));
}

static void breaks_conditions_that_are_too_long(void **state) {
    static const format_case CASES[] = {
        {STR_INIT("model A { a Int @deny( 'read',!( a==b )&&c in[D,-1]&&x?[ y,"
                  "y.z>f( ) ] ) }"),
         STR_INIT("model A {\n"
                  "  a Int @deny('read', !(a == b) && c in [D, -1] && "
                  "x?[y, y.z > f()])\n"
                  "}\n")},
        {STR_INIT("model A {\n  a Int\n  @@allow('all', auth() != null && "
                  "space.members?[user == auth()] && (isPublic || "
                  "author == auth() || auth().role in ['ADMIN', 'EDITOR', "
                  "'OWNER'] || "
                  "space.owner == auth()))\n}\n"),
         STR_INIT("model A {\n"
                  "  a Int\n"
                  "\n"
                  "  @@allow(\n"
                  "    'all',\n"
                  "    auth() != null &&\n"
                  "    space.members?[user == auth()] &&\n"
                  "    (\n"
                  "      isPublic ||\n"
                  "      author == auth() ||\n"
                  "      auth().role in ['ADMIN', 'EDITOR', 'OWNER'] ||\n"
                  "      space.owner == auth()\n"
                  "    )\n"
                  "  )\n"
                  "}\n")},
    };
    expect(*state, CASES, LENGTH(CASES));
}

static void check_file(arena *a, const char *folder, str name) {
    str path = arena_printf(a, "%s/%.*s", folder, STR_ARG(name));
    str text;
    expect_ok(file_read(a, path, &text));
    const syntax_file *file = parse(a, text);
    str once = format_text(a, file);
    const syntax_file *again = parse(a, once);
    expect_str(format_text(a, again), once);

    CLEANUP(buf_free) buf before = buf_new(64 << 20);
    CLEANUP(buf_free) buf after = buf_new(64 << 20);
    outline_write(a, &before, file);
    outline_write(a, &after, again);
    expect_str(buf_str(&after), buf_str(&before));
}

static void changes_only_the_layout_of_real_schemas(void **state) {
    (void)state;
    static const char FOLDER[] = "../shared/corpus";
    DIR *folder = opendir(FOLDER);
    if (folder == NULL) {
        print_message("skipped: there is no %s here\n", FOLDER);
        skip();
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!str_ends_with(str_of(entry->d_name), STR(".prisma")))
            continue;
        CLEANUP(arena_release) arena *a = arena_new();
        check_file(a, FOLDER, str_of(entry->d_name));
    }
    closedir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(aligns_members_between_empty_lines),
        TEST(orders_attributes_as_prisma_does),
        TEST(keeps_every_comment),
        TEST(keeps_a_doc_of_nothing_apart),
        TEST(sets_blocks_apart),
        TEST(breaks_conditions_that_are_too_long),
        TEST(changes_only_the_layout_of_real_schemas),
    };
    return cmocka_run_group_tests_name("schema/format", tests, NULL, NULL);
}
