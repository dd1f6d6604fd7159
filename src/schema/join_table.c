#include "schema/join_table.h"

enum { SIDES = 2 };
static const str COLUMNS[SIDES] = {STR_INIT("A"), STR_INIT("B")};

/* A value of the id, and none of what the model says about it. */
static field make_column(const model *join, const field *id, uint32_t at) {
    return (field){
        .name = COLUMNS[at],
        .column = COLUMNS[at],
        .model = join,
        .kind = id->kind,
        .scalar = id->scalar,
        .enumeration = id->enumeration,
        .native = id->native,
        .unsupported = id->unsupported,
        .is_redacted = id->is_redacted,
        .is_open = true,
        .index = at,
        .column_index = at,
    };
}

static const relation *make_tie(arena *a, const model *join, const model *to,
                                uint32_t at) {
    relation *tie = arena_new_array(a, relation, 1);
    const field **columns = arena_new_array(a, const field *, 1);
    columns[0] = &join->fields[at];
    *tie = (relation){
        .name = COLUMNS[at],
        .constraint_name = arena_printf(
            a, "%.*s_%.*s_fkey", STR_ARG(join->table), STR_ARG(COLUMNS[at])),
        .kind = RELATION_ONE_TO_MANY,
        .child = join,
        .parent = to,
        .child_field = columns[0],
        .columns = columns,
        .references = to->primary_key->fields,
        .column_count = 1,
        .on_delete = ACTION_CASCADE,
        .on_update = ACTION_CASCADE,
    };
    return tie;
}

static const key *make_key(arena *a, const model *join, const field **columns) {
    key *made = arena_new_array(a, key, 1);
    *made = (key){.name = arena_printf(a, "%.*s_AB_pkey", STR_ARG(join->table)),
                  .fields = columns,
                  .options = arena_new_array(a, key_option, SIDES),
                  .field_count = SIDES};
    return made;
}

const model *join_table_model(arena *a, const relation *r, uint32_t index) {
    const model *sides[SIDES] = {r->child, r->parent};
    model *join = arena_new_array(a, model, 1);
    field *fields = arena_new_array(a, field, SIDES);
    const field **columns = arena_new_array(a, const field *, SIDES);
    const relation **ties = arena_new_array(a, const relation *, SIDES);
    *join = (model){
        .name = r->join_table,
        .table = r->join_table,
        .database_schema = r->child->database_schema,
        .fields = fields,
        .field_count = SIDES,
        .columns = columns,
        .column_count = SIDES,
        .relations = ties,
        .relation_count = SIDES,
        .join_of = r,
        .index = index,
    };
    for (uint32_t i = 0; i < SIDES; i++) {
        fields[i] = make_column(join, sides[i]->primary_key->fields[0], i);
        columns[i] = &fields[i];
        ties[i] = make_tie(a, join, sides[i], i);
    }
    join->primary_key = make_key(a, join, columns);
    return join;
}
