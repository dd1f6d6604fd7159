#include "database/structure.h"

#include "schema/naming.h"

static bool is_same_schema(str a, str b) {
    str public = STR("public");
    return str_equal(str_is_empty(a) ? public : a,
                     str_is_empty(b) ? public : b);
}

const structure_table *structure_find_table(const structure *s, str in_schema,
                                            str name) {
    for (size_t i = 0; i < s->table_count; i++)
        if (str_equal(s->tables[i].name, name) &&
            is_same_schema(s->tables[i].schema, in_schema))
            return &s->tables[i];
    return NULL;
}

const structure_enum *structure_find_enum(const structure *s, str in_schema,
                                          str name) {
    for (size_t i = 0; i < s->enum_count; i++)
        if (str_equal(s->enums[i].name, name) &&
            is_same_schema(s->enums[i].schema, in_schema))
            return &s->enums[i];
    return NULL;
}

const structure_column *structure_find_column(const structure_table *t,
                                              str name) {
    for (size_t i = 0; i < t->column_count; i++)
        if (str_equal(t->columns[i].name, name))
            return &t->columns[i];
    return NULL;
}

const structure_index *structure_find_index(const structure_table *t,
                                            str name) {
    for (size_t i = 0; i < t->index_count; i++)
        if (str_equal(t->indexes[i].name, name))
            return &t->indexes[i];
    return NULL;
}

bool structure_is_former_index(arena *a, const structure_table *t,
                               const structure_index *x, engine_kind engine) {
    if (str_is_empty(x->condition))
        return false;
    str *columns = arena_new_array(a, str, x->part_count);
    for (size_t i = 0; i < x->part_count; i++)
        columns[i] = x->parts[i].column;
    static const str KEYS[] = {STR_INIT(NAMING_PARTIAL_KEY_SUFFIX),
                               STR_INIT(NAMING_LIVE_KEY_SUFFIX)};
    static const str INDEXES[] = {STR_INIT(NAMING_PARTIAL_INDEX_SUFFIX),
                                  STR_INIT(NAMING_DELETED_INDEX_SUFFIX)};
    const str *suffixes = x->is_unique ? KEYS : INDEXES;
    size_t count = x->is_unique ? LENGTH(KEYS) : LENGTH(INDEXES);
    for (size_t i = 0; i < count; i++) {
        str usual = naming_of_columns(a, t->name, columns, x->part_count,
                                      suffixes[i], naming_limit(engine));
        if (str_equal(x->name, usual))
            return true;
    }
    return false;
}

/* A long name of a table is cut on PostgreSQL. */
bool structure_is_rule(const structure_check *c, str table) {
    if (!str_ends_with(c->name, STR(NAMING_RULE_SUFFIX)))
        return false;
    size_t most =
        NAMING_POSTGRESQL_LIMIT - (sizeof "_one" NAMING_RULE_SUFFIX - 1);
    bool is_cut = c->name.len == NAMING_POSTGRESQL_LIMIT && table.len > most;
    str start = str_slice(c->name, 0, is_cut ? most : table.len + 1);
    return is_cut
               ? str_starts_with(table, start)
               : c->name.len > table.len + 1 && str_starts_with(start, table) &&
                     c->name.ptr[table.len] == '_';
}

const structure_check *structure_find_check(const structure_table *t,
                                            str column) {
    for (size_t i = 0; i < t->check_count; i++)
        if (str_equal(t->checks[i].column, column))
            return &t->checks[i];
    return NULL;
}

bool structure_is_table_of_tool(str table) {
    static const str STARTS[] = {STR_INIT("_prisma_"), STR_INIT("_tenon_"),
                                 STR_INIT("_litestream_"), STR_INIT("_cf_")};
    static const str OURS[] = {
        STR_INIT("tenon_migration"),     STR_INIT("tenon_idempotency"),
        STR_INIT("tenon_audit_log"),     STR_INIT("tenon_event"),
        STR_INIT("tenon_audit_seal"),    STR_INIT("tenon_job"),
        STR_INIT("tenon_schedule"),      STR_INIT("tenon_token"),
        STR_INIT("tenon_feed"),          STR_INIT("tenon_feed_position"),
        STR_INIT("tenon_async_request"),
    };
    for (size_t i = 0; i < LENGTH(STARTS); i++) {
        if (str_starts_with(table, STARTS[i]))
            return true;
    }
    for (size_t i = 0; i < LENGTH(OURS); i++) {
        if (str_equal(table, OURS[i]))
            return true;
    }
    return false;
}
