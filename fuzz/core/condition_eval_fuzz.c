/*
 * Any condition that loads has a truth for a row, also for one of nulls, and NOT
 * turns it around.
 */
#include "core/condition_eval.h"

#include "base/assert.h"
#include "schema/load.h"
#include "schema/validation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = 9, MAX_TEXT = 500 };

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }

/* In the order of the model below. */
static const value CELLS[COLUMNS] = {
    {.kind = VALUE_INT, .integer = 5},
    TEXT("12.50"),
    {.kind = VALUE_FLOAT, .real = 0.1},
    {.kind = VALUE_BOOL, .boolean = true},
    TEXT("ada@example.org"),
    TEXT("2024-01-31T12:00:00.000+00:00"),
    TEXT("ADMIN"),
    TEXT("[\"a\",\"b\"]"),
    TEXT("[1,2]"),
};

static const schema *load(arena *a, str text) {
    diag_list diags = {0};
    const schema *s = NULL;
    str whole = arena_printf(
        a,
        "enum R {\n ADMIN\n GUEST\n}\nmodel T {\n n Int @id\n d Decimal\n"
        " f Float\n b Boolean\n s String\n t DateTime\n r R\n l String[]\n"
        " i Int[]\n @@validate(%.*s)\n @@validate(!(%.*s))\n}\n",
        STR_ARG(text), STR_ARG(text));
    err *e = schema_load_text(a, STR("f"), whole, ENGINE_SQLITE, &diags, &s);
    bool is_whole = e == NULL && s->models[0].validation_count == 2 &&
                    s->models[0].column_count == COLUMNS;
    return is_whole ? s : NULL;
}

static void check(arena *a, const schema *s, const condition_row *row) {
    const validation *rules = s->models[0].validations;
    truth t = condition_eval(a, rules[0].condition, row);
    truth opposite = condition_eval(a, rules[1].condition, row);
    ASSERT((t == TRUTH_UNKNOWN) == (opposite == TRUTH_UNKNOWN));
    ASSERT((t == TRUTH_TOO_COSTLY) == (opposite == TRUTH_TOO_COSTLY));
    ASSERT(t == TRUTH_UNKNOWN || t == TRUTH_TOO_COSTLY || t != opposite);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(arena_release) arena *a = arena_new();
    str text = {(const void *)data, size < MAX_TEXT ? size : MAX_TEXT};
    const schema *s = load(a, text);
    if (s == NULL)
        return 0;
    int32_t cell_of[COLUMNS];
    condition_row row = {
        .cells = CELLS,
        .cell_of = cell_of,
        .now = TEXT("2024-06-01T00:00:00.000+00:00"),
    };
    for (int32_t i = 0; i < COLUMNS; i++)
        cell_of[i] = i;
    check(a, s, &row);
    for (size_t i = 0; i < COLUMNS; i++)
        cell_of[i] = CONDITION_NO_CELL;
    check(a, s, &row);
    return 0;
}
