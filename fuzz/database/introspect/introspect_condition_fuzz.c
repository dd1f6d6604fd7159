/*
 * Whatever the SQL of a check that is named as one of a schema's: what is made
 * of it is a schema that loads.
 */
#include "database/introspect/introspect.h"

#include <stdint.h>

#include "base/assert.h"
#include "base/utf8.h"
#include "schema/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const str VALUES[] = {STR_INIT("X"), STR_INIT("Y")};
static const str KEY[] = {STR_INIT("id")};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const structure_column COLUMNS[] = {
        {.name = STR_INIT("id"), .type = STR_INIT("integer"), .is_required = 1},
        {.name = STR_INIT("a"), .type = STR_INIT("integer")},
        {.name = STR_INIT("b"), .type = STR_INIT("bigint")},
        {.name = STR_INIT("d"), .type = STR_INIT("numeric(65,30)")},
        {.name = STR_INIT("t"), .type = STR_INIT("text")},
        {.name = STR_INIT("at"),
         .type = STR_INIT("timestamp(3) without time zone")},
        {.name = STR_INIT("on_"), .type = STR_INIT("boolean")},
        {.name = STR_INIT("s"), .type = STR_INIT("\"S\"")},
        {.name = STR_INIT("j"), .type = STR_INIT("jsonb")},
    };
    CLEANUP(arena_release) arena *a = arena_new();
    str text = arena_copy(a, (str){(const char *)data, size});
    if (!utf8_is_valid(text) || str_find_char(text, '\0') < text.len)
        return 0;
    structure_check check = {.name = STR("T_x_rule"), .expression = text};
    structure_enum s = {
        .name = STR("S"), .values = VALUES, .value_count = LENGTH(VALUES)};
    structure_table t = {
        .name = STR("T"),
        .columns = COLUMNS,
        .column_count = LENGTH(COLUMNS),
        .primary_key = {.name = STR("T_pkey"),
                        .columns = KEY,
                        .column_count = 1},
        .checks = &check,
        .check_count = 1,
    };
    structure all = {.engine = ENGINE_POSTGRESQL,
                     .enums = &s,
                     .enum_count = 1,
                     .tables = &t,
                     .table_count = 1};
    str made = introspect_schema(a, &all, (introspect_options){0});
    diag_list diags = {0};
    const schema *loaded = NULL;
    err *e = schema_load_text(a, STR("made"), made, ENGINE_POSTGRESQL, &diags,
                              &loaded);
    ASSERT(e == NULL); /* schema_load_text says why in diags */
    return 0;
}
