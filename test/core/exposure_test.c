#include "core/exposure.h"

#include "schema/load.h"
#include "test/support/test.h"

static const schema *load(arena *a, const char *text, engine_kind kind) {
    diag_list diags = {0};
    const schema *s = NULL;
    expect_ok(schema_load_text(a, STR("t"), str_of(text), kind, &diags, &s));
    return s;
}

static const char SHOP[] =
    "datasource db {\n  provider = \"postgresql\"\n"
    "  url = env(\"DATABASE_URL\")\n  schemas = [\"shop\", \"public\"]\n}\n"
    "model Item {\n  id Int @id\n  @@map(\"item\")\n  @@schema(\"shop\")\n}\n"
    "model Log {\n  id Int @id\n  @@map(\"item\")\n  @@schema(\"public\")\n}\n";

static void exposes_what_models_are_in_with_public_first(void **state) {
    arena *a = *state;
    const schema *s = load(a, SHOP, ENGINE_POSTGRESQL);
    exposure all = exposure_of_all(a, s);
    expect_str(exposure_list(a, &all), STR("public, shop"));
    s = load(a, "model T {\n  id Int @id\n}\n", ENGINE_SQLITE);
    all = exposure_of_all(a, s);
    expect_str(exposure_list(a, &all), STR("public"));
    s = load(a, "", ENGINE_SQLITE);
    all = exposure_of_all(a, s);
    expect_str(exposure_list(a, &all), STR("public"));
}

static void exposes_what_a_list_names_in_its_order(void **state) {
    arena *a = *state;
    const schema *s = load(a, SHOP, ENGINE_POSTGRESQL);
    exposure e;
    expect_ok(exposure_read(a, s, STR("shop , public"), &e));
    expect_str(exposure_list(a, &e), STR("shop, public"));
    expect_ok(exposure_read(a, s, STR("shop"), &e));
    assert_true(exposure_has(&e, STR("shop")));
    assert_false(exposure_has(&e, STR("public")));
    expect_ok(exposure_read(a, s, STR("auto"), &e));
    assert_int_equal(e.count, 2);
    expect_err(exposure_read(a, s, STR("shop,shpo"), &e), ERR_INVALID,
               STR("expose: no model is in the schema 'shpo'"));
}

static void tells_tables_of_one_name_apart_by_their_schema(void **state) {
    arena *a = *state;
    const schema *s = load(a, SHOP, ENGINE_POSTGRESQL);
    expect_str(exposure_find_table(s, STR("shop"), STR("item"))->name,
               STR("Item"));
    expect_str(exposure_find_table(s, STR("public"), STR("item"))->name,
               STR("Log"));
    assert_null(exposure_find_table(s, STR("other"), STR("item")));
    assert_null(exposure_find_table(s, STR("shop"), STR("log")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(exposes_what_models_are_in_with_public_first),
        TEST(exposes_what_a_list_names_in_its_order),
        TEST(tells_tables_of_one_name_apart_by_their_schema),
    };
    return cmocka_run_group_tests_name("core/exposure", tests, NULL, NULL);
}
