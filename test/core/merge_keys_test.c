#include "core/merge_keys.h"

#include "test/support/test.h"

/* The key is one column of a type, with a cell in each of two rows. */
static err *check_pair(arena *a, scalar_type type, value first, value second) {
    field unique = {.kind = FIELD_SCALAR, .scalar = type};
    field other = {.kind = FIELD_SCALAR, .scalar = SCALAR_INT};
    const field *fields[] = {&other, &unique};
    const field *conflict[] = {&unique};
    value same = {.kind = VALUE_INT, .integer = 1};
    value cells[] = {same, first, same, second};
    mutation m = {
        .kind = MUTATION_INSERT,
        .fields = fields,
        .field_count = LENGTH(fields),
        .values = cells,
        .row_count = 2,
        .on_conflict = CONFLICT_MERGE,
        .conflict_fields = conflict,
        .conflict_field_count = 1,
    };
    return merge_keys_check(a, &m);
}

#define TEXT(lit)                                                              \
    { .kind = VALUE_TEXT, .text = STR_INIT(lit) }
#define BYTES(lit)                                                             \
    { .kind = VALUE_BYTES, .text = STR_INIT(lit) }
#define INT(n)                                                                 \
    { .kind = VALUE_INT, .integer = (n) }
#define REAL(n)                                                                \
    { .kind = VALUE_FLOAT, .real = (n) }
#define BOOL(b)                                                                \
    { .kind = VALUE_BOOL, .boolean = (b) }

static void compares_keys_by_value(void **state) {
    arena *a = *state;
    static const struct {
        scalar_type type;
        value first;
        value second;
        bool are_equal;
    } CASES[] = {
        {SCALAR_INT, INT(1), INT(1), true},
        {SCALAR_INT, INT(1), INT(-1), false},
        {SCALAR_STRING, TEXT("a"), TEXT("a"), true},
        {SCALAR_STRING, TEXT("a"), TEXT("A"), false},
        {SCALAR_STRING, TEXT(""), TEXT(""), true},
        {SCALAR_STRING, TEXT("1.0"), TEXT("1"), false},
        {SCALAR_DECIMAL, TEXT("1.50"), TEXT("1.5"), true},
        {SCALAR_DECIMAL, TEXT("1.00"), TEXT("1"), true},
        {SCALAR_DECIMAL, TEXT("100"), TEXT("1"), false},
        {SCALAR_FLOAT, REAL(0.0), REAL(-0.0), true},
        {SCALAR_FLOAT, REAL(0.1), REAL(0.2), false},
        {SCALAR_BOOLEAN, BOOL(true), BOOL(true), true},
        {SCALAR_BOOLEAN, BOOL(true), BOOL(false), false},
        {SCALAR_BYTES, BYTES("\0a"), BYTES("\0a"), true},
        {SCALAR_BYTES, BYTES("\0a"), BYTES("\0b"), false},
        {SCALAR_INT, {.kind = VALUE_NULL}, {.kind = VALUE_NULL}, false},
        {SCALAR_INT, {.kind = VALUE_DEFAULT}, {.kind = VALUE_DEFAULT}, false},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        err *e = check_pair(a, CASES[i].type, CASES[i].first, CASES[i].second);
        if (!CASES[i].are_equal) {
            expect_ok(e);
            continue;
        }
        expect_err(e, ERR_AFFECTED_TWICE,
                   STR("ON CONFLICT DO UPDATE command cannot affect row a "
                       "second time"));
        expect_str(e->details, STR("rows 1 and 2 have the same key"));
    }
}

/* ("a", "ab") is not ("aa", "b"). */
static void keeps_the_columns_of_a_key_apart(void **state) {
    arena *a = *state;
    field columns[2] = {{.scalar = SCALAR_STRING}, {.scalar = SCALAR_STRING}};
    const field *fields[] = {&columns[0], &columns[1]};
    const value cells[] = {TEXT("a"), TEXT("ab"), TEXT("aa"),
                           TEXT("b"), TEXT("a"),  TEXT("ab")};
    mutation m = {
        .kind = MUTATION_INSERT,
        .fields = fields,
        .field_count = 2,
        .values = cells,
        .row_count = 2,
        .on_conflict = CONFLICT_MERGE,
        .conflict_fields = fields,
        .conflict_field_count = 2,
    };
    expect_ok(merge_keys_check(a, &m));
    m.row_count = 3;
    err *e = merge_keys_check(a, &m);
    assert_non_null(e);
    expect_str(e->details, STR("rows 1 and 3 have the same key"));
    m.on_conflict = CONFLICT_IGNORE;
    expect_ok(merge_keys_check(a, &m));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(compares_keys_by_value),
        TEST(keeps_the_columns_of_a_key_apart),
    };
    return cmocka_run_group_tests_name("core/merge_keys", tests, NULL, NULL);
}
