#include "database/state_trigger.h"

#include "base/assert.h"
#include "base/hash.h"
#include "base/json.h"
#include "database/sql.h"
#include "schema/naming.h"

#define MOVES "tenon_states"
#define BEGINS "tenon_begins"

/* What SQLite's triggers say in front of the state and the column. */
#define SAID "tenon_states:"

/* OLD is null of a row that begins. */
const structure_function STATE_TRIGGER_FUNCTION = {
    STR_INIT("tenon_refuse_state"),
    STR_INIT(
        "CREATE OR REPLACE FUNCTION tenon_refuse_state() RETURNS trigger\n"
        "LANGUAGE plpgsql AS $$\n"
        "DECLARE\n"
        "    was text := CASE TG_OP WHEN 'UPDATE'\n"
        "        THEN to_jsonb(OLD) ->> TG_ARGV[0] END;\n"
        "    becomes text := to_jsonb(NEW) ->> TG_ARGV[0];\n"
        "BEGIN\n"
        "    RAISE EXCEPTION USING ERRCODE = 'check_violation',\n"
        "        MESSAGE = CASE TG_OP WHEN 'UPDATE' THEN\n"
        "            format('column \"%s\" of table \"%s\" cannot change from "
        "%s"
        " to %s',\n"
        "                TG_ARGV[0], TG_TABLE_NAME, was, becomes)\n"
        "            ELSE format('column \"%s\" of table \"%s\" cannot begin as"
        " %s',\n"
        "                TG_ARGV[0], TG_TABLE_NAME, becomes) END,\n"
        "        DETAIL = jsonb_build_object('from', was, 'to', "
        "becomes)::text,\n"
        "        CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,"
        " COLUMN = TG_ARGV[0];\n"
        "END\n"
        "$$"),
};

bool state_trigger_is(str trigger) {
    return str_starts_with(trigger, STR(MOVES "_")) ||
           str_starts_with(trigger, STR(BEGINS "_"));
}

/* ---- SQL ---------------------------------------------------------------- */

typedef struct writer {
    arena *a;
    engine_kind engine;
    const state_machine *machine;
    buf *out;
} writer;

static size_t count_of(const writer *w) {
    return w->machine->field->enumeration->value_count;
}

static str state_of(const writer *w, size_t at) {
    return w->machine->field->enumeration->values[at].database_name;
}

static void write_column(const writer *w, str row) {
    buf_append(w->out, row);
    buf_append_char(w->out, '.');
    sql_write_name(w->out, w->machine->field->column);
}

/* NEW."status" IN ('A', 'B'), false for none. */
static void write_among(const writer *w, const bool *is_set) {
    size_t count = 0;
    for (size_t i = 0; i < count_of(w); i++) {
        if (!is_set[i])
            continue;
        if (count == 0)
            write_column(w, STR("NEW"));
        buf_append(w->out, count++ > 0 ? STR(", ") : STR(" IN ("));
        sql_write_text(w->out, state_of(w, i));
    }
    buf_append(w->out, count > 0 ? STR(")") : STR("false"));
}

static void write_refused_moves(const writer *w) {
    bool is_lite = w->engine == ENGINE_SQLITE;
    write_column(w, STR("OLD"));
    buf_append(w->out, is_lite ? STR(" IS NOT ") : STR(" IS DISTINCT FROM "));
    write_column(w, STR("NEW"));
    for (size_t i = 0; i < count_of(w); i++) {
        buf_append(w->out, STR("\n        AND NOT ("));
        write_column(w, STR("OLD"));
        buf_append(w->out, STR(" = "));
        sql_write_text(w->out, state_of(w, i));
        buf_append(w->out, STR(" AND "));
        write_among(w, &w->machine->moves[i * count_of(w)]);
        buf_append_char(w->out, ')');
    }
}

static void write_saying(const writer *w, int state) {
    str text = arena_printf(w->a, SAID "%d:%.*s", state,
                            STR_ARG(w->machine->field->column));
    buf_append(w->out, STR("RAISE(ABORT, "));
    sql_write_text(w->out, text);
    buf_append_char(w->out, ')');
}

/* SQLite's RAISE takes nothing but a literal. */
static void write_lite_body(const writer *w, bool is_begin) {
    buf_append(w->out, STR("\nBEGIN\n    SELECT "));
    if (is_begin) {
        write_saying(w, STATE_NONE);
    } else {
        buf_append(w->out, STR("CASE "));
        write_column(w, STR("OLD"));
        for (size_t i = 0; i < count_of(w); i++) {
            buf_append(w->out, STR("\n        WHEN "));
            sql_write_text(w->out, state_of(w, i));
            buf_append(w->out, STR(" THEN "));
            write_saying(w, (int)i);
        }
        buf_append(w->out, STR("\n        ELSE "));
        write_saying(w, STATE_NONE);
        buf_append(w->out, STR("\n    END"));
    }
    buf_append(w->out, STR(";\nEND"));
}

static void write_pg_body(const writer *w) {
    buf_append(w->out, STR("\n    EXECUTE FUNCTION tenon_refuse_state("));
    sql_write_text(w->out, w->machine->field->column);
    buf_append_char(w->out, ')');
}

/* What stands behind the trigger's name. A BEFORE trigger for inserts would
 * fire for an upsert that becomes an update. */
static void write_trigger(const writer *w, const structure_table *t,
                          bool is_begin) {
    bool is_lite = w->engine == ENGINE_SQLITE;
    buf_append(w->out,
               is_begin ? STR(" AFTER INSERT ON ") : STR(" BEFORE UPDATE ON "));
    sql_write_path(w->out, is_lite ? STR("") : t->schema, t->name);
    buf_append(w->out, STR("\n    FOR EACH ROW WHEN ("));
    if (is_begin) {
        buf_append(w->out, STR("NOT ("));
        write_among(w, w->machine->initial);
        buf_append_char(w->out, ')');
    } else {
        write_refused_moves(w);
    }
    buf_append_char(w->out, ')');
    if (is_lite)
        write_lite_body(w, is_begin);
    else
        write_pg_body(w);
}

static structure_trigger make(const writer *w, const structure_table *t,
                              bool is_begin) {
    CLEANUP(buf_free) buf rest = buf_new(SQL_MAX);
    CLEANUP(buf_free) buf sql = buf_new(SQL_MAX);
    writer to_rest = *w;
    to_rest.out = &rest;
    write_trigger(&to_rest, t, is_begin);
    ASSERT(rest.ptr != NULL);
    uint32_t hash = (uint32_t)hash_of_long(buf_str(&rest), 0);
    const str parts[] = {t->name, w->machine->field->column};
    structure_trigger made = {
        .name = naming_of_columns(
            w->a, is_begin ? STR(BEGINS) : STR(MOVES), parts, LENGTH(parts),
            arena_printf(w->a, "_%08x", hash), naming_limit(w->engine))};
    buf_append(&sql, STR("CREATE TRIGGER "));
    sql_write_name(&sql, made.name);
    buf_append(&sql, buf_str(&rest));
    made.sql = arena_copy(w->a, buf_str(&sql));
    return made;
}

void state_trigger_add(arena *a, engine_kind engine, const model *m,
                       structure_table *out) {
    structure_trigger *triggers = NULL;
    size_t count = 0;
    for (size_t i = 0; i < out->trigger_count; i++)
        ARENA_PUSH(a, triggers, count, out->triggers[i]);
    for (size_t i = 0; i < m->state_count; i++) {
        writer w = {.a = a, .engine = engine, .machine = &m->states[i]};
        structure_trigger moves = make(&w, out, false);
        structure_trigger begins = make(&w, out, true);
        ARENA_PUSH(a, triggers, count, moves);
        ARENA_PUSH(a, triggers, count, begins);
    }
    out->triggers = triggers;
    out->trigger_count = count;
}

/* ---- What was refused --------------------------------------------------- */

static const state_machine *find_machine(const model *m, str column) {
    for (size_t i = 0; i < m->state_count; i++) {
        if (str_equal(m->states[i].field->column, column))
            return &m->states[i];
    }
    return NULL;
}

/* Whoever may write a row need not know the state that it is in. */
static str refusal(arena *a, const state_machine *machine, int from, int to) {
    bool may_tell = machine->field->rule_count == 0;
    return from == STATE_NONE || may_tell
               ? state_machine_refusal(a, machine, from, to)
               : STR("cannot change so from its present state");
}

static err *explain(arena *a, const state_machine *machine, int from, int to) {
    CLEANUP(buf_free) buf details = buf_new(SQL_MAX);
    const field *f = machine->field;
    str message = refusal(a, machine, from, to);
    buf_append(&details, STR("[{\"column\":"));
    json_write_string(&details, f->column);
    buf_append(&details, STR(",\"rule\":\"states\",\"message\":"));
    json_write_string(&details, message);
    buf_append(&details, STR("}]"));
    err *e =
        err_new(a, ERR_CHECK_VIOLATION,
                "the new row of \"%.*s\" is not valid: %.*s %.*s",
                STR_ARG(f->model->table), STR_ARG(f->column), STR_ARG(message));
    return err_with_details(e, arena_copy(a, buf_str(&details)));
}

static int state_in(const state_machine *machine, const json *tree, str name) {
    for (uint32_t i = 0; tree->kind == JSON_OBJECT && i < tree->count; i++) {
        if (str_equal(tree->keys[i], name) &&
            tree->items[i].kind == JSON_STRING)
            return state_machine_find(machine, tree->items[i].text);
    }
    return STATE_NONE;
}

err *state_trigger_explain(arena *a, const model *m, str column, str details) {
    const state_machine *machine = find_machine(m, column);
    const json *tree = NULL;
    if (machine == NULL || json_parse(a, details, &tree) != NULL)
        return NULL;
    return explain(a, machine, state_in(machine, tree, STR("from")),
                   state_in(machine, tree, STR("to")));
}

/* "tenon_states:2:status" */
static str split_saying(str said, str *number) {
    static const str START = STR_INIT(SAID);
    if (!str_starts_with(said, START))
        return (str){0};
    str rest = str_slice(said, START.len, said.len);
    *number = str_split(&rest, ':');
    return rest;
}

str state_trigger_column(str said) {
    str number;
    return split_saying(said, &number);
}

err *state_trigger_explain_lite(arena *a, const model *m, str said,
                                str becomes) {
    str number = {0};
    int64_t from;
    const state_machine *machine = find_machine(m, split_saying(said, &number));
    if (machine == NULL || !str_parse_int64(number, &from) ||
        from < STATE_NONE ||
        from >= (int64_t)machine->field->enumeration->value_count)
        return NULL;
    return explain(a, machine, (int)from, state_machine_find(machine, becomes));
}
