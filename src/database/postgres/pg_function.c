#include "database/postgres/pg_function.h"

#include "base/sql_token.h"
#include "database/sql.h"
#include "database/state_trigger.h"
#include "schema/naming.h"

/* The row goes through JSON for that one column, because a function cannot name
 * a column by a variable. In UTC, because that is what a timestamp without a
 * zone means to us. */
static const structure_function TOUCH = {
    STR_INIT("tenon_touch"),
    STR_INIT("CREATE OR REPLACE FUNCTION tenon_touch() RETURNS trigger\n"
             "LANGUAGE plpgsql SET timezone = 'UTC' AS $$\n"
             "BEGIN\n"
             "    RETURN jsonb_populate_record(NEW,\n"
             "        jsonb_build_object(TG_ARGV[0], clock_timestamp()));\n"
             "END\n"
             "$$"),
};

/* 48 bits of Unix milliseconds in front of a random uuid, whose variant bits
 * are in place already, and the version in the upper half of byte 6. */
static const structure_function UUIDV7 = {
    STR_INIT("uuidv7"),
    STR_INIT(
        "DO $do$\n"
        "BEGIN\n"
        "    IF to_regprocedure('uuidv7()') IS NULL THEN\n"
        "        CREATE FUNCTION uuidv7() RETURNS uuid\n"
        "        LANGUAGE sql VOLATILE PARALLEL SAFE AS $$\n"
        "            SELECT encode(set_byte(id, 6, get_byte(id, 6) & 15 | 112),"
        " 'hex')::uuid\n"
        "            FROM (SELECT substring(int8send((extract(epoch FROM"
        " clock_timestamp()) * 1000)::bigint) FROM 3)\n"
        "                || substring(uuid_send(gen_random_uuid()) FROM 7))"
        " AS made(id)\n"
        "        $$;\n"
        "    END IF;\n"
        "END\n"
        "$do$"),
};

static bool is_touched(const structure_column *c) {
    return c->field != NULL && c->field->is_updated_at && !c->field->is_list &&
           str_starts_with(c->type, STR("timestamp"));
}

static structure_trigger make_trigger(arena *a, const structure_table *t,
                                      const structure_column *c) {
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    str name = arena_printf(a, "tenon_touch_%.*s", STR_ARG(c->name));
    structure_trigger made = {.name =
                                  naming_constraint(a, name, NULL, 0, STR(""),
                                                    NAMING_POSTGRESQL_LIMIT)};
    buf_append(&sql, STR("CREATE TRIGGER "));
    sql_write_name(&sql, made.name);
    buf_append(&sql, STR(" BEFORE UPDATE ON "));
    sql_write_path(&sql, t->schema, t->name);
    buf_append(&sql, STR("\n    FOR EACH ROW WHEN (NEW."));
    sql_write_name(&sql, c->name);
    buf_append(&sql, STR(" IS NOT DISTINCT FROM OLD."));
    sql_write_name(&sql, c->name);
    buf_append(&sql, STR(")\n    EXECUTE FUNCTION tenon_touch("));
    sql_write_text(&sql, c->name);
    buf_append_char(&sql, ')');
    made.sql = arena_copy(a, buf_str(&sql));
    return made;
}

void pg_function_add_triggers(arena *a, structure_table *t) {
    structure_trigger *triggers = NULL;
    for (size_t i = 0; i < t->column_count; i++) {
        if (!is_touched(&t->columns[i]))
            continue;
        structure_trigger made = make_trigger(a, t, &t->columns[i]);
        ARENA_PUSH(a, triggers, t->trigger_count, made);
    }
    t->triggers = triggers;
}

static bool calls_uuidv7(const structure_table *t) {
    for (size_t i = 0; i < t->column_count; i++) {
        str rest = t->columns[i].default_sql;
        for (sql_token word; sql_token_next(&rest, &word);)
            if (sql_token_is_word(word, STR("uuidv7")))
                return true;
    }
    return false;
}

void pg_function_add_all(arena *a, structure *s) {
    bool needs_touch = false;
    bool needs_uuidv7 = false;
    bool needs_states = false;
    for (size_t i = 0; i < s->table_count; i++) {
        const structure_table *t = &s->tables[i];
        for (size_t k = 0; k < t->trigger_count; k++) {
            bool is_of_states = state_trigger_is(t->triggers[k].name);
            needs_states |= is_of_states;
            needs_touch |= !is_of_states;
        }
        needs_uuidv7 |= calls_uuidv7(t);
    }
    structure_function *functions = NULL;
    if (needs_touch)
        ARENA_PUSH(a, functions, s->function_count, TOUCH);
    if (needs_uuidv7)
        ARENA_PUSH(a, functions, s->function_count, UUIDV7);
    if (needs_states)
        ARENA_PUSH(a, functions, s->function_count, STATE_TRIGGER_FUNCTION);
    s->functions = functions;
}
