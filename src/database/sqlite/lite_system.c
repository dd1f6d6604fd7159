#include "database/sqlite/lite_system.h"

#include "database/migrate/plan.h"
#include "database/sqlite/lite_catalog.h"
#include "database/sqlite/lite_ddl.h"
#include "database/sqlite/lite_record_tables.h"
#include "database/sqlite/lite_statement.h"
#include "database/sqlite/lite_structure.h"
#include "database/system_schema.h"

static bool is_there(arena *a, const lite_catalog *c,
                     const structure_table *t) {
    const lite_object *table = lite_catalog_find(c, STR("table"), t->name);
    if (table == NULL || !str_equal(table->sql, t->sql))
        return false;
    for (size_t i = 0; i < t->index_count; i++) {
        const lite_object *x =
            lite_catalog_find(c, STR("index"), t->indexes[i].name);
        if (x == NULL ||
            !str_equal(x->sql, lite_ddl_index(a, t, &t->indexes[i])))
            return false;
    }
    return true;
}

static bool has_table(const lite_catalog *c, str name) {
    return lite_catalog_find(c, STR("table"), name) != NULL;
}

/* As we make them; which is so but after an upgrade that added to them. */
static err *is_complete(arena *a, sqlite3 *db, const structure *want,
                        bool *out) {
    lite_catalog catalog;
    TRY(lite_catalog_read(a, db, &catalog));
    *out = has_table(&catalog, STR("tenon_audit_log")) &&
           has_table(&catalog, STR("tenon_audit_seal")) &&
           has_table(&catalog, STR("tenon_feed"));
    for (size_t i = 0; *out && i < want->table_count; i++)
        *out = is_there(a, &catalog, &want->tables[i]);
    return NULL;
}

static err *make(arena *a, sqlite3 *db, const structure *want) {
    structure all;
    TRY(lite_run(a, db, LITE_RECORD_TABLES));
    TRY(lite_structure_read(a, db, &all));
    structure have = system_schema_narrow(a, &all, want);
    const plan *p = plan_make(a, &have, want, (plan_options){0});
    for (size_t i = 0; i < p->step_count; i++)
        TRY(lite_run(a, db, arena_cstr(a, p->steps[i].sql)));
    return NULL;
}

static err *prepare(arena *a, sqlite3 *db, const schema *system) {
    bool is_done = false;
    const structure *want = system_schema_structure(a, system);
    TRY(is_complete(a, db, want, &is_done));
    if (is_done)
        return NULL;
    TRY(lite_run(a, db, "BEGIN IMMEDIATE"));
    err *e = make(a, db, want);
    if (e == NULL)
        e = lite_run(a, db, "COMMIT");
    if (e == NULL)
        return NULL;
    (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

/* Who serves keeps its arena for as long as it does. */
err *lite_system_prepare(arena *a, sqlite3 *db, const schema *system) {
    arena *own = arena_new();
    err *e = prepare(own, db, system);
    if (e != NULL) /* in its arena, which so stays */
        return err_wrap(a, e, "making Tenon's own tables");
    arena_free(own);
    return NULL;
}
