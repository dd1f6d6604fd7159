#include "schema/symbols.h"

#include "base/buf.h"
#include "schema/parser.h"
#include "test/support/test.h"

/* Each occurrence as "line:column name -> line:column of its declaration". */
static str describe(arena *a, const symbols *s, const source *file) {
    buf out = buf_new(1 << 16);
    for (size_t i = 0; i < s->count; i++) {
        const occurrence *o = &s->items[i];
        if (o->is_declaration)
            continue;
        source_position at = source_locate(file, o->span.from);
        source_position to = source_locate(file, o->symbol->name.span.from);
        buf_printf(&out, "%u:%u %.*s -> %u:%u\n", at.line, at.column,
                   STR_ARG(o->symbol->name.text), to.line, to.column);
    }
    str text = arena_copy(a, buf_str(&out));
    buf_free(&out);
    return text;
}

static symbols index_of(arena *a, source *file) {
    diag_list diags = {0};
    const syntax_file *tree = parser_run(a, file, &diags);
    return symbols_run(a, &tree, 1);
}

typedef struct use_case {
    const char *text;
    const char *uses;
} use_case;

static void finds_what_a_word_names(void **state) {
    static const use_case CASES[] = {
        /* A type is a block. */
        {"model A {\n  b B\n}\nenum B {\n  X\n}\n", "2:5 B -> 4:6\n"},
        /* A default is one of the enum's values. */
        {"enum B {\n  X\n}\nmodel A {\n  b B @default(X)\n}\n",
         "5:5 B -> 1:6\n5:16 X -> 2:3\n"},
        /* fields are here, references there. */
        {"model A {\n  b B @relation(fields: [bId], references: [id])\n"
         "  bId Int\n}\nmodel B {\n  id Int\n}\n",
         "2:5 B -> 5:7\n2:26 bId -> 3:3\n2:45 id -> 6:3\n"},
        /* Keys, with and without options; sort and map are no names. */
        {"model A {\n  map Int\n  @@index([map(sort: Desc)], map: \"x\")\n"
         "  @@unique(map)\n}\n",
         "3:12 map -> 2:3\n4:12 map -> 2:3\n"},
        /* A condition goes from row to row. */
        {"model A {\n  user User\n  @@allow('read', user.name == 'x' && "
         "user.as?[a, a.user == user] && auth().name == null)\n}\n"
         "model User {\n  name String\n  as A[]\n}\n",
         "2:8 User -> 5:7\n3:19 user -> 2:3\n3:24 name -> 6:3\n"
         "3:39 user -> 2:3\n3:44 as -> 7:3\n3:53 user -> 2:3\n"
         "3:61 user -> 2:3\n3:77 name -> 6:3\n7:6 A -> 1:7\n"},
        /* Mixins lend their fields. */
        {"type T {\n  at Int\n}\nmodel A with T {\n  @@index([at])\n}\n",
         "4:14 T -> 1:6\n5:12 at -> 2:3\n"},
        /* Inside of a predicate a name may be of the rows around it, and this
         * is the outermost. */
        {"model A {\n  x Int\n  bs B[]\n"
         "  @@allow('read', bs?[b, x == b.y && this.x == y])\n}\n"
         "model B {\n  y Int\n}\n",
         "3:6 B -> 6:7\n4:19 bs -> 3:3\n4:26 x -> 2:3\n4:33 y -> 7:3\n"
         "4:43 x -> 2:3\n4:48 y -> 7:3\n"},
        /* A value of an enum, by what it is compared with. */
        {"enum E {\n  X\n}\nmodel A {\n  e E\n  es E[]\n"
         "  @@allow('read', e == X || X != e || e in [X] || has(es, X))\n}\n",
         "5:5 E -> 1:6\n6:6 E -> 1:6\n7:19 e -> 5:3\n7:24 X -> 2:3\n"
         "7:34 e -> 5:3\n7:29 X -> 2:3\n7:39 e -> 5:3\n7:45 X -> 2:3\n"
         "7:55 es -> 6:3\n7:59 X -> 2:3\n"},
        /* A function is no field of the same name. */
        {"model A {\n  now DateTime\n  @@allow('read', now == now())\n}\n",
         "3:19 now -> 2:3\n"},
        /* What means nothing is left out. */
        {"model A {\n  b Nothing @default(x)\n  @@index([c])\n}\n", ""},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        source file = {STR("a.prisma"), str_of(CASES[i].text)};
        symbols s = index_of(*state, &file);
        expect_str(describe(*state, &s, &file), str_of(CASES[i].uses));
    }
}

static void finds_the_word_under_the_cursor(void **state) {
    source file = {STR("a.prisma"), STR("model A {\n  b B\n}\nmodel B {\n}\n")};
    symbols s = index_of(*state, &file);
    assert_null(symbols_at(&s, &file, 11));
    const occurrence *o = symbols_at(&s, &file, 14);
    assert_non_null(o);
    assert_false(o->is_declaration);
    expect_str(o->symbol->name.text, STR("B"));
    assert_ptr_equal(symbols_at(&s, &file, 15), o);
    assert_true(symbols_at(&s, &file, 13)->is_declaration);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_what_a_word_names),
        TEST(finds_the_word_under_the_cursor),
    };
    return cmocka_run_group_tests_name("schema/symbols", tests, NULL, NULL);
}
