#include "database/postgres/pg_guard.h"

#include "database/postgres/pg_catalog.h"
#include "database/postgres/pg_guard_sql.h"
#include "database/postgres/pg_role.h"

typedef struct guarding {
    arena *a;
    pg_connection *c;
    const pg_guard_place *place;
    buf *report;
    str schemas; /* as an array */
    str role;    /* that Tenon writes as, or empty */
} guarding;

static err *ask(const guarding *g, const char *sql, const str *parameters,
                size_t count, pg_rows *out) {
    return pg_connection_query(g->a, g->c, str_of(sql), parameters, count, out);
}

/* ---- Functions ---------------------------------------------------------- */

static err *is_installed(const guarding *g, bool *out) {
    str mark = pg_guard_sql_mark(g->a, g->schemas, g->role);
    pg_rows rows;
    TRY(ask(g,
            "SELECT 1 WHERE obj_description("
            "to_regprocedure('tenon.guard()'), 'pg_proc') = $1",
            &mark, 1, &rows));
    *out = rows.row_count > 0;
    return NULL;
}

static err *run_whole(arena *a, pg_connection *c, str sql) {
    TRY(pg_connection_begin(a, c));
    err *e = pg_connection_run(a, c, STR(""), sql);
    if (e == NULL)
        e = pg_connection_commit(a, c);
    if (e != NULL)
        pg_connection_rollback(c);
    return e;
}

/* ---- The event trigger -------------------------------------------------- */

static err *make_event_trigger(const guarding *g) {
    static const str SQL = STR_INIT(
        "CREATE EVENT TRIGGER tenon_guard ON ddl_command_end"
        " WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO',"
        " 'ALTER TABLE') EXECUTE FUNCTION tenon.guard()");
    pg_rows rows;
    TRY(ask(g, "SELECT 1 FROM pg_event_trigger WHERE evtname = 'tenon_guard'",
            NULL, 0, &rows));
    return rows.row_count > 0 ? NULL : run_whole(g->a, g->c, SQL);
}

/* Told when the guards are new, and not again at every push. */
static err *use_event_trigger(const guarding *g, bool is_new) {
    err *e = make_event_trigger(g);
    if (e != NULL && e->code != ERR_DENIED)
        return e;
    if (e != NULL && is_new)
        buf_append(g->report,
                   STR("warning: a table that is made behind Tenon's back has "
                       "no guard until the next push or deploy: the event "
                       "trigger needs a superuser\n"));
    return NULL;
}

/* ---- Tables ------------------------------------------------------------- */

static bool is_join_table(const schema *s, str table) {
    for (size_t i = 0; i < s->many_to_many_count; i++)
        if (str_equal(s->many_to_many[i]->join_table, table))
            return true;
    return false;
}

static const model *find_model(const guarding *g, str in_schema, str table) {
    const schema *s = g->place->schema;
    for (size_t i = 0; i < s->model_count; i++) {
        const model *m = &s->models[i];
        str place = str_is_empty(m->database_schema)
                        ? pg_connection_schema(g->c)
                        : m->database_schema;
        if (!m->is_view && str_equal(m->table, table) &&
            str_equal(place, in_schema))
            return m;
    }
    return NULL;
}

static bool has_secret_id(const model *m) {
    const key *identity = model_identity(m);
    return identity != NULL && identity->fields[0]->is_redacted;
}

/* A table between two models has their ids, A the child's. */
static str hidden_ids(arena *a, const schema *s, str table) {
    str *names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < s->many_to_many_count; i++) {
        const relation *r = s->many_to_many[i];
        if (!str_equal(r->join_table, table))
            continue;
        if (has_secret_id(r->child))
            ARENA_PUSH(a, names, count, STR("A"));
        if (has_secret_id(r->parent))
            ARENA_PUSH(a, names, count, STR("B"));
    }
    return pg_catalog_array(a, names, count);
}

static str hidden_columns(arena *a, const model *m) {
    str *names = NULL;
    size_t count = 0;
    for (size_t i = 0; m != NULL && i < m->column_count; i++) {
        const field *f = m->columns[i];
        if (f->is_redacted)
            ARENA_PUSH(a, names, count, f->column);
    }
    return pg_catalog_array(a, names, count);
}

/* Of a table between two models all of it. */
static str identity_columns(arena *a, const model *m, bool is_join) {
    static const str BOTH[] = {STR_INIT("A"), STR_INIT("B")};
    str *names = NULL;
    size_t count = 0;
    if (is_join)
        return pg_catalog_array(a, BOTH, LENGTH(BOTH));
    const key *k = m != NULL ? model_identity(m) : NULL;
    for (size_t i = 0; k != NULL && i < k->field_count; i++)
        ARENA_PUSH(a, names, count, k->fields[i]->column);
    return pg_catalog_array(a, names, count);
}

static str mode_of(const model *m) {
    static const str MODES[] = {[AUDIT_FULL] = STR_INIT("full"),
                                [AUDIT_CHANGES] = STR_INIT("changes"),
                                [AUDIT_OFF] = STR_INIT("off")};
    return MODES[m != NULL ? m->audit.mode : AUDIT_FULL];
}

enum { OID, SCHEMA, TABLE };

static err *guard_table(const guarding *g, const pg_rows *tables, size_t row) {
    const schema *s = g->place->schema;
    str table = pg_rows_cell(tables, row, TABLE);
    const model *m =
        s == NULL ? NULL
                  : find_model(g, pg_rows_cell(tables, row, SCHEMA), table);
    bool is_join = s != NULL && m == NULL && is_join_table(s, table);
    const str parameters[] = {
        pg_rows_cell(tables, row, OID),
        g->role,
        m != NULL ? m->name
        : is_join ? table
                  : (str){0},
        mode_of(m),
        identity_columns(g->a, m, is_join),
        is_join ? hidden_ids(g->a, s, table) : hidden_columns(g->a, m),
        s == NULL              ? (str){0}
        : m != NULL || is_join ? STR("true")
                               : STR("false"),
    };
    pg_rows unused;
    return ask(g,
               "SELECT tenon.guard_table($1, $2, $3, $4, $5::text[],"
               " $6::text[], $7)",
               parameters, LENGTH(parameters), &unused);
}

/* Each by itself: one that is in use must not keep the others locked. */
static err *guard_tables(const guarding *g) {
    pg_rows tables;
    TRY(ask(g,
            "SELECT c.oid, n.nspname, c.relname"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND pg_has_role(c.relowner, 'USAGE')"
            " ORDER BY c.oid",
            &g->schemas, 1, &tables));
    for (size_t i = 0; i < tables.row_count; i++) {
        err *e = guard_table(g, &tables, i);
        if (e != NULL && e->code != ERR_BUSY)
            return e;
        if (e != NULL)
            buf_printf(g->report,
                       "warning: table \"%.*s\" is in use: it has no guard "
                       "until the next push or deploy\n",
                       STR_ARG(pg_rows_cell(&tables, i, TABLE)));
    }
    return NULL;
}

/* ---- The whole ---------------------------------------------------------- */

static err *choose_role(guarding *g) {
    pg_role_choice choice = {0};
    if (g->place->has_roles)
        TRY(pg_role_choose(g->a, g->c, PG_PATH_WRITE, &choice));
    g->role = choice.role.ptr != NULL ? choice.role : STR("");
    return NULL;
}

static err *install(guarding *g) {
    bool is_there = false;
    TRY(choose_role(g));
    TRY(is_installed(g, &is_there));
    if (!is_there)
        TRY(run_whole(g->a, g->c, pg_guard_sql(g->a, g->schemas, g->role)));
    TRY(guard_tables(g));
    return use_event_trigger(g, !is_there);
}

/* Nothing of it is needed to serve. */
static err *tell(const guarding *g, const err *e) {
    buf_printf(g->report,
               "warning: changes made behind Tenon's back are not recorded: "
               "%.*s\n",
               STR_ARG(e->message));
    return NULL;
}

err *pg_guard_install(arena *a, pg_connection *c, const pg_guard_place *place,
                      buf *report) {
    guarding g = {
        .a = a,
        .c = c,
        .place = place,
        .report = report,
        .schemas = pg_catalog_array(a, place->schemas, place->schema_count),
    };
    err *e = install(&g);
    if (e == NULL)
        return NULL;
    return e->code == ERR_DENIED
               ? tell(&g, e)
               : err_wrap(a, e, "guarding the database's tables");
}

/* Those that tenon.guard_table would guard, and that have no such trigger. */
static const char UNGUARDED[] =
    "SELECT string_agg(format('%I.%I', n.nspname, c.relname), chr(10)"
    "  ORDER BY n.nspname, c.relname)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p')"
    " AND NOT c.relispartition AND c.relpersistence <> 't'"
    " AND c.relname !~ '^(_prisma_|_tenon_|_litestream_|_cf_)'"
    " AND NOT EXISTS (SELECT FROM pg_trigger t"
    "  WHERE t.tgrelid = c.oid AND t.tgfoid = to_regprocedure('tenon.audit()'))"
    " AND NOT EXISTS (SELECT FROM pg_depend d"
    "  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
    "  AND d.deptype = 'e')";

err *pg_guard_look(arena *a, pg_connection *c, const pg_guard_place *place,
                   pg_guard_state *out) {
    guarding g = {
        .a = a,
        .c = c,
        .place = place,
        .schemas = pg_catalog_array(a, place->schemas, place->schema_count),
    };
    pg_rows rows;
    TRY(choose_role(&g));
    TRY(is_installed(&g, &out->is_installed));
    TRY(ask(&g, "SELECT 1 FROM pg_event_trigger WHERE evtname = 'tenon_guard'",
            NULL, 0, &rows));
    out->has_event_trigger = rows.row_count > 0;
    TRY(ask(&g, UNGUARDED, &g.schemas, 1, &rows));
    out->unguarded = pg_rows_cell(&rows, 0, 0);
    return NULL;
}

err *pg_guard_remove(arena *a, pg_connection *c, buf *report) {
    pg_rows rows;
    TRY(pg_connection_query(a, c,
                            STR("SELECT 1 WHERE to_regprocedure("
                                "'tenon.guard()') IS NOT NULL"),
                            NULL, 0, &rows));
    if (rows.row_count == 0)
        return NULL;
    err *e = run_whole(
        a, c,
        STR("DROP FUNCTION tenon.guard() CASCADE;"
            "DROP FUNCTION tenon.guard_table(oid, text, text, text, text[],"
            " text[], boolean);"
            "DROP FUNCTION IF EXISTS tenon.is_secret_name(text);"
            "DROP FUNCTION tenon.audit() CASCADE;"
            "DROP FUNCTION tenon.touch() CASCADE"));
    if (e != NULL)
        return err_wrap(a, e, "taking the guards of the database away");
    buf_append(report, STR("took the guards away; tenon.audit_log stays\n"));
    return NULL;
}
