#include "database/postgres/pg_system.h"

#include "database/migrate/plan.h"
#include "database/postgres/pg_catalog.h"
#include "database/postgres/pg_role.h"
#include "database/postgres/pg_settle.h"
#include "database/postgres/pg_structure.h"
#include "database/system_schema.h"

static const str OWN_SCHEMA = STR_INIT("tenon");

static bool is_true(const pg_rows *rows) {
    return str_equal(pg_rows_cell(rows, 0, 0), STR("t"));
}

/* ---- Is it there? ------------------------------------------------------- */

/* $1 and $2: tables and columns, pairwise; $3: indexes. */
static const char LOOK[] =
    "WITH own AS (SELECT c.oid, c.relname FROM pg_class c"
    "  JOIN pg_namespace n ON n.oid = c.relnamespace"
    "  WHERE n.nspname = 'tenon')"
    " SELECT NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS w (t, c)"
    "  WHERE NOT EXISTS (SELECT FROM own JOIN pg_attribute a"
    "   ON a.attrelid = own.oid WHERE own.relname = w.t AND a.attname = w.c"
    "   AND NOT a.attisdropped))"
    " AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS w (i)"
    "  WHERE NOT EXISTS (SELECT FROM own WHERE own.relname = w.i))";

typedef struct name_list {
    str *items;
    size_t count;
} name_list;

static void add_name(arena *a, name_list *l, str name) {
    ARENA_PUSH(a, l->items, l->count, name);
}

static str array_of(arena *a, const name_list *l) {
    return pg_catalog_array(a, l->items, l->count);
}

static err *is_complete(arena *a, pg_connection *c, const structure *want,
                        bool *out) {
    name_list tables = {0};
    name_list columns = {0};
    name_list indexes = {0};
    for (size_t i = 0; i < want->table_count; i++) {
        const structure_table *t = &want->tables[i];
        for (size_t k = 0; k < t->column_count; k++) {
            add_name(a, &tables, t->name);
            add_name(a, &columns, t->columns[k].name);
        }
        for (size_t k = 0; k < t->index_count; k++)
            add_name(a, &indexes, t->indexes[k].name);
    }
    const str parameters[] = {array_of(a, &tables), array_of(a, &columns),
                              array_of(a, &indexes)};
    pg_rows rows;
    TRY(pg_connection_query(a, c, str_of(LOOK), parameters, LENGTH(parameters),
                            &rows));
    *out = is_true(&rows);
    return NULL;
}

/* ---- Tables ------------------------------------------------------------- */

static err *make(arena *a, pg_connection *c, const structure *want) {
    structure all;
    bool is_done = false;
    TRY(is_complete(a, c, want, &is_done));
    if (is_done)
        return NULL;
    TRY(pg_structure_read(a, c, &OWN_SCHEMA, 1, &all));
    structure have = system_schema_narrow(a, &all, want);
    TRY(pg_settle_defaults(a, c, &have, want, &want));
    const plan *p = plan_make(a, &have, want, (plan_options){0});
    for (size_t i = 0; i < p->step_count; i++)
        TRY(pg_connection_run(a, c, STR(""), p->steps[i].sql));
    return NULL;
}

/* ---- Rights ------------------------------------------------------------- */

/* $1: who, $2: whether it writes. The log and the feed are written by their
 * triggers, seals by their owner, and who writes has no business in them. */
static const char MISSING[] =
    "WITH who AS (SELECT rolname FROM pg_roles WHERE rolname = $1::name),"
    " own AS (SELECT c.oid, c.relname, CASE WHEN NOT $2::boolean"
    "  THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS rights"
    "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    "  WHERE n.nspname = 'tenon' AND (c.relname IN ('job', 'schedule', 'token',"
    "  'feed_position', 'async_request') OR NOT $2::boolean"
    "  AND c.relname IN ('audit_log', 'audit_seal', 'event')))"
    " SELECT format('GRANT USAGE ON SCHEMA tenon TO %I', rolname) FROM who"
    "  WHERE NOT has_schema_privilege(rolname, 'tenon', 'USAGE')"
    " UNION ALL"
    " SELECT format('GRANT %s ON TABLE tenon.%I TO %I', rights, relname,"
    "  rolname) FROM own, who WHERE EXISTS (SELECT"
    "  FROM unnest(string_to_array(rights, ', ')) AS r"
    "  WHERE NOT has_table_privilege(rolname, own.oid, r))";

static err *grant(arena *a, pg_connection *c, str who, bool is_writer) {
    const str parameters[] = {who, is_writer ? STR("true") : STR("false")};
    pg_rows rows;
    if (str_is_empty(who))
        return NULL;
    TRY(pg_connection_query(a, c, str_of(MISSING), parameters,
                            LENGTH(parameters), &rows));
    for (size_t i = 0; i < rows.row_count; i++)
        TRY(pg_connection_run(a, c, STR(""), pg_rows_cell(&rows, i, 0)));
    return NULL;
}

static err *grant_all(arena *a, pg_connection *c,
                      const pg_system_place *place) {
    pg_role_choice writer = {0};
    pg_role_choice reader = {0};
    if (place->has_roles) {
        TRY(pg_role_choose(a, c, PG_PATH_WRITE, &writer));
        TRY(pg_role_choose(a, c, PG_PATH_READ, &reader));
    }
    TRY(grant(a, c, writer.role, true));
    TRY(grant(a, c, reader.role, false));
    return grant(a, c, place->reader, false);
}

/* ---- The whole ---------------------------------------------------------- */

/* One after the other, whoever they are. */
static const char LOCK[] =
    "SELECT pg_advisory_xact_lock(hashtextextended('tenon.system', 0))";

static err *prepare(arena *a, pg_connection *c, const pg_system_place *place,
                    const structure *want) {
    pg_rows unused;
    TRY(pg_connection_query(a, c, str_of(LOCK), NULL, 0, &unused));
    TRY(make(a, c, want));
    return grant_all(a, c, place);
}

static err *prepare_whole(arena *a, pg_connection *c,
                          const pg_system_place *place, const structure *want) {
    TRY(pg_connection_begin(a, c));
    err *e = prepare(a, c, place, want);
    if (e == NULL)
        e = pg_connection_commit(a, c);
    if (e != NULL)
        pg_connection_rollback(c);
    return e;
}

err *pg_system_prepare(arena *a, pg_connection *c,
                       const pg_system_place *place) {
    return prepare_whole(a, c, place,
                         system_schema_structure(a, place->system));
}

static err *ensure(arena *a, pg_connection *c, const pg_system_place *place) {
    bool is_done = false;
    const structure *want = system_schema_structure(a, place->system);
    TRY(is_complete(a, c, want, &is_done));
    if (is_done)
        return NULL;
    err *e = prepare_whole(a, c, place, want);
    if (e == NULL || e->code != ERR_DENIED)
        return e;
    return err_with_hint(
        err_make(a, ERR_CONFLICT, e, __FILE__, __LINE__,
                 "the database lacks tables of Tenon's own, and its user may "
                 "not make them"),
        STR("'tenon push' or 'tenon migrate deploy' makes them, run as who "
            "owns the database"));
}

/* Who serves keeps its arena for as long as it does. */
err *pg_system_ensure(arena *a, pg_connection *c,
                      const pg_system_place *place) {
    arena *own = arena_new();
    err *e = ensure(own, c, place);
    if (e != NULL) /* in its arena, which so stays */
        return err_wrap(a, e, "making Tenon's own tables");
    arena_free(own);
    return NULL;
}
