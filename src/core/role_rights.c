#include "core/role_rights.h"

#include "base/json.h"
#include "base/map.h"
#include "core/planner.h"
#include "schema/function.h"

/* The bits of pg_relation_is_updatable are those of its commands. */
#define MAY(name, bit)                                                         \
    "(has_table_privilege(c.oid, '" name "')"                                  \
    " OR has_any_column_privilege(c.oid, '" name "'))"                         \
    " AND pg_relation_is_updatable(c.oid, true) & " bit " <> 0"

/* One row, however few a read may return. */
static const char ASK[] =
    "SELECT json_agg(json_build_array(r.name, r.calls, r.reads, r.creates,"
    " r.updates, r.deletes))::text AS rights FROM ("
    "SELECT c.relname::text AS name, false AS calls,"
    " has_table_privilege(c.oid, 'SELECT')"
    " OR has_any_column_privilege(c.oid, 'SELECT') AS reads,"
    " " MAY("INSERT", "8") " AS creates, " MAY(
        "UPDATE",
        "4") " AS updates,"
             " has_table_privilege(c.oid, 'DELETE')"
             " AND pg_relation_is_updatable(c.oid, true) & 16 <> 0 AS deletes"
             " FROM pg_catalog.pg_class c"
             " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
             " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT "
             "c.relispartition"
             " AND has_schema_privilege(n.oid, 'USAGE') AND n.nspname = ";

static const char ASK_OF_FUNCTIONS[] =
    " UNION ALL"
    " SELECT p.proname::text, true, false, false, false, false"
    " FROM pg_catalog.pg_proc p"
    " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
    " WHERE p.prokind = 'f' AND has_function_privilege(p.oid, 'EXECUTE')"
    " AND has_schema_privilege(n.oid, 'USAGE') AND n.nspname = ";

enum {
    RIGHT_NAME,
    RIGHT_CALLS,
    RIGHT_READS,
    RIGHT_CREATES,
    RIGHT_UPDATES,
    RIGHT_DELETES,
};

typedef struct right {
    bool operations[OPERATION_COUNT];
} right;

struct role_rights {
    str schema_name;
    map *tables; /* from a name to a right */
    map *functions;
};

static const str NAME = STR_INIT("rights of a role");

/* ---- The question -------------------------------------------------------- */

/* Of one column, which is a text. It stands behind all shapes of the schema. */
static const model *make_model(const caller *c, str column) {
    arena *a = c->arena;
    const schema *s = c->app->schema;
    model *m = arena_new_array(a, model, 1);
    field *f = arena_new_array(a, field, 1);
    const field **columns = arena_new_array(a, const field *, 1);
    *f = (field){.name = column,
                 .column = column,
                 .model = m,
                 .kind = FIELD_SCALAR,
                 .scalar = SCALAR_STRING,
                 .is_optional = true,
                 .is_open = true};
    columns[0] = f;
    *m = (model){.name = NAME,
                 .table = NAME,
                 .is_foreign = true,
                 .is_shape = true,
                 .fields = f,
                 .field_count = 1,
                 .columns = columns,
                 .column_count = 1,
                 .index = (uint32_t)schema_index_end(s)};
    return m;
}

/* SQL of ours, as if a schema file had it. */
static const function *make_function(const caller *c) {
    arena *a = c->arena;
    function *f = arena_new_array(a, function, 1);
    str *texts = arena_new_array(a, str, 3);
    const field **places = arena_new_array(a, const field *, 2);
    function_statement *statement = arena_new_array(a, function_statement, 1);
    f->arguments = make_model(c, STR("schema"));
    texts[0] = str_of(ASK);
    texts[1] = str_of(ASK_OF_FUNCTIONS);
    texts[2] = STR(") AS r");
    places[0] = f->arguments->columns[0];
    places[1] = f->arguments->columns[0];
    *statement = (function_statement){.texts = texts,
                                      .arguments = places,
                                      .argument_count = 2,
                                      .is_query = true};
    f->name = NAME;
    f->row = make_model(c, STR("rights"));
    f->result = RESULT_ROW;
    f->is_list = true;
    f->volatility = FUNCTION_STABLE;
    f->statements = statement;
    f->statement_count = 1;
    f->index = (uint32_t)c->app->schema->function_count;
    return f;
}

/* ---- The answer ---------------------------------------------------------- */

static void take(arena *a, const role_rights *r, const json *row) {
    right *made = arena_new_array(a, right, 1);
    const json *cells = row->items;
    bool calls = cells[RIGHT_CALLS].kind == JSON_TRUE;
    bool updates = cells[RIGHT_UPDATES].kind == JSON_TRUE;
    made->operations[OPERATION_CALL] = calls;
    made->operations[OPERATION_READ] = cells[RIGHT_READS].kind == JSON_TRUE;
    made->operations[OPERATION_CREATE] = cells[RIGHT_CREATES].kind == JSON_TRUE;
    made->operations[OPERATION_UPDATE] = updates;
    made->operations[OPERATION_POST_UPDATE] = updates;
    made->operations[OPERATION_DELETE] = cells[RIGHT_DELETES].kind == JSON_TRUE;
    (void)map_add(calls ? r->functions : r->tables, cells[RIGHT_NAME].text,
                  made);
}

/* NULL when there is nothing at all. */
static err *take_all(arena *a, const role_rights *r, const value *cell) {
    const json *list;
    if (cell->kind != VALUE_TEXT)
        return NULL;
    TRY(json_parse(a, arena_copy(a, cell->text), &list));
    for (size_t i = 0; i < list->count; i++)
        take(a, r, &list->items[i]);
    return NULL;
}

err *role_rights_read(const caller *c, str schema_name,
                      const role_rights **out) {
    arena *a = c->arena;
    role_rights *r = arena_new_array(a, role_rights, 1);
    const function *f = make_function(c);
    value argument = {.kind = VALUE_TEXT, .text = schema_name};
    function_call call = {.function = f, .arguments = &argument};
    query_column column = query_column_of(f->row->columns[0]);
    query q = {.model = f->row,
               .call = &call,
               .columns = &column,
               .column_count = 1,
               .limit = QUERY_NO_LIMIT};
    CLEANUP(database_rows_close) database_rows *rows = NULL;
    *r = (role_rights){schema_name, map_new(a), map_new(a)};
    TRY(planner_read(c, &q, &rows));
    while (planner_next(rows))
        TRY(take_all(a, r, &rows->values[0]));
    *out = r;
    return planner_end(rows);
}

bool role_rights_allow(const role_rights *r, const model *m, operation op) {
    if (!str_equal(model_home(m), r->schema_name))
        return false;
    const right *found =
        map_find(op == OPERATION_CALL ? r->functions : r->tables, m->table);
    return found != NULL && found->operations[op];
}
