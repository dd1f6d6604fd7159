#include "database/migrate/plan_fill.h"

/* RFC 9562, version 4: a digit of the version, two bits of the variant. */
#define LITE_UUID                                                              \
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||"         \
    " substr(hex(randomblob(2)), 2) || '-' ||"                                 \
    " substr('89AB', 1 + (random() & 3), 1) ||"                                \
    " substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
#define LITE_NOW "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"

/* Lists are never required, but a new one is empty and not null. */
str plan_fill(arena *a, engine_kind engine, const structure_column *c) {
    bool is_lite = engine == ENGINE_SQLITE;
    if (c->default_kind == COLUMN_EXPRESSION)
        return arena_printf(a, "(%.*s)", STR_ARG(c->default_sql));
    const field *f = c->field;
    if (f == NULL || f->is_list || f->kind != FIELD_SCALAR)
        return STR("");
    if (f->is_updated_at)
        return is_lite ? STR(LITE_NOW) : STR("CURRENT_TIMESTAMP");
    if (f->default_value.kind == DEFAULT_UUID4 && f->scalar == SCALAR_STRING)
        return is_lite ? STR(LITE_UUID) : STR("gen_random_uuid()");
    return STR("");
}
