/* What the hash of a row of the audit log is made of, on both engines. */
#include "database/audit_row.h"

#include "test/support/audit_world.h"
#include "test/support/test.h"

static void a_part_is_its_length_and_its_text(void **state) {
    (void)state;
    static const struct {
        str part;
        str written;
    } CASES[] = {
        {STR_INIT("u1"), STR_INIT("2:u1")},
        {STR_INIT(""), STR_INIT("0:")},
        {STR_INIT("3:a"), STR_INIT("3:3:a")},
        {STR_INIT("\xc3\xbc"), STR_INIT("2:\xc3\xbc")},
        {{0}, STR_INIT("-")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        CLEANUP(buf_free) buf out = buf_new(100);
        audit_row_add(&out, CASES[i].part);
        expect_str(buf_str(&out), CASES[i].written);
    }
}

static void all_columns_but_the_hash_are_in_it_once(void **state) {
    (void)state;
    bool is_in[LOG_COLUMN_COUNT] = {false};
    is_in[LOG_HASH] = true;
    for (size_t i = 0; i < LENGTH(AUDIT_ROW_PARTS); i++) {
        assert_false(is_in[AUDIT_ROW_PARTS[i]]);
        is_in[AUDIT_ROW_PARTS[i]] = true;
    }
    for (size_t i = 0; i < LOG_COLUMN_COUNT; i++)
        assert_true(is_in[i]);
}

static void a_row_has_the_hash_that_is_written_beside_it(void **state) {
    database_world *w = world_here(state);
    CLEANUP(buf_free) buf scratch = buf_new(SIZE_MAX);
    audit_world_add(w, "1");
    audit_world_add(w, "2 \xc3\xa4\"\\\n\x01");
    audit_world_rename(w, "1", "3");
    audit_world_remove(w, "3");
    target_rows rows = audit_world_rows(w);
    assert_int_equal(rows.row_count, 4);
    for (size_t i = 0; i < rows.row_count; i++) {
        unsigned char digest[SHA256_BYTES];
        CLEANUP(buf_free) buf digits = buf_new(100);
        audit_row_hash(&scratch, &rows, i, digest);
        hex_encode(&digits, (str){(const char *)digest, sizeof digest});
        expect_str(buf_str(&digits), target_cell(&rows, i, LOG_HASH));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_part_is_its_length_and_its_text),
        TEST(all_columns_but_the_hash_are_in_it_once),
        WORLD_TESTS(a_row_has_the_hash_that_is_written_beside_it,
                    audit_world_setup, audit_world_teardown),
    };
    return cmocka_run_group_tests_name("database/audit_row", tests, NULL, NULL);
}
