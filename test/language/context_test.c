#include "language/context.h"

#include "schema/parser.h"
#include "test/support/test.h"

typedef struct context_case {
    const char *text; /* the cursor is at the | */
    context want;
} context_case;

static context find(arena *a, str marked) {
    size_t at = str_find_char(marked, '|');
    str text = arena_printf(a, "%.*s%.*s", (int)at, marked.ptr,
                            (int)(marked.len - at - 1), marked.ptr + at + 1);
    source *file = arena_new_array(a, source, 1);
    *file = (source){STR("a.prisma"), text};
    diag_list diags = {0};
    return context_find(parser_run(a, file, &diags), (uint32_t)at);
}

#define IN(keyword, name)                                                      \
    .block_keyword = STR_INIT(keyword), .block = STR_INIT(name)

static void tells_where_the_cursor_is(void **state) {
    static const context_case CASES[] = {
        {"|", {.kind = CONTEXT_TOP}},
        {"mo|", {.kind = CONTEXT_TOP, .prefix = STR_INIT("mo")}},
        {"model A {\n}\n|", {.kind = CONTEXT_TOP}},
        /* A name that is being invented. */
        {"model |", {.kind = CONTEXT_NOTHING, .block = STR_INIT("model")}},
        {"model A {\n  |", {.kind = CONTEXT_NOTHING, IN("model", "A")}},
        {"model A {\n  x |",
         {.kind = CONTEXT_TYPE, IN("model", "A"), .field = STR_INIT("x")}},
        {"model A {\n  x St|\n}",
         {.kind = CONTEXT_TYPE,
          IN("model", "A"),
          .field = STR_INIT("x"),
          .prefix = STR_INIT("St")}},
        {"model A { x |",
         {.kind = CONTEXT_TYPE, IN("model", "A"), .field = STR_INIT("x")}},
        {"model A {\n  x Int @|",
         {.kind = CONTEXT_FIELD_ATTRIBUTE,
          IN("model", "A"),
          .field = STR_INIT("x"),
          .type = STR_INIT("Int")}},
        {"model A {\n  x Int @db.V|",
         {.kind = CONTEXT_NATIVE_TYPE,
          IN("model", "A"),
          .field = STR_INIT("x"),
          .type = STR_INIT("Int"),
          .attribute = STR_INIT("db"),
          .prefix = STR_INIT("V")}},
        {"model A {\n  @@|\n}",
         {.kind = CONTEXT_BLOCK_ATTRIBUTE, IN("model", "A")}},
        {"model A {\n  x B @relation(fields: [|",
         {.kind = CONTEXT_ARGUMENT,
          IN("model", "A"),
          .field = STR_INIT("x"),
          .type = STR_INIT("B"),
          .attribute = STR_INIT("relation"),
          .argument = STR_INIT("fields")}},
        /* The next argument. */
        {"model A {\n  x B @relation(fields: [a], |",
         {.kind = CONTEXT_ARGUMENT,
          IN("model", "A"),
          .field = STR_INIT("x"),
          .type = STR_INIT("B"),
          .attribute = STR_INIT("relation")}},
        {"datasource db {\n  |",
         {.kind = CONTEXT_PROPERTY, IN("datasource", "db")}},
        {"enum E {\n  A |",
         {.kind = CONTEXT_NOTHING, IN("enum", "E"), .field = STR_INIT("A")}},
        {"// |", {.kind = CONTEXT_NOTHING}},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        context got = find(*state, str_of(CASES[i].text));
        const context *want = &CASES[i].want;
        if (got.kind != want->kind)
            print_message("at %s\n", CASES[i].text);
        assert_int_equal(got.kind, want->kind);
        expect_str(got.block_keyword, want->block_keyword);
        expect_str(got.block, want->block);
        expect_str(got.field, want->field);
        expect_str(got.type, want->type);
        expect_str(got.attribute, want->attribute);
        expect_str(got.argument, want->argument);
        expect_str(got.prefix, want->prefix);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tells_where_the_cursor_is),
    };
    return cmocka_run_group_tests_name("language/context", tests, NULL, NULL);
}
