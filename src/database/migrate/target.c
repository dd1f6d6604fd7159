#include "database/migrate/target.h"

#include "database/database.h"
#include "database/migrate/target_engine.h"

static const target_functions *const ENGINES[ENGINE_KIND_COUNT] = {
    [ENGINE_SQLITE] = &TARGET_LITE,
    [ENGINE_POSTGRESQL] = &TARGET_PG,
};

err *target_open(arena *a, str url, target_access access, target **out) {
    engine_kind engine = ENGINE_SQLITE;
    TRY(database_engine_of(a, url, &engine));
    return ENGINES[engine]->open(a, url, access, out);
}

err *target_open_blank(arena *a, engine_kind engine, str url, str shadow,
                       target **out) {
    return ENGINES[engine]->open_blank(a, url, shadow, out);
}

void target_close(target **t) {
    if (*t != NULL)
        ENGINES[(*t)->engine]->close(*t);
    *t = NULL;
}

engine_kind target_engine(const target *t) {
    return t->engine;
}

str target_label(const target *t) {
    return t->label;
}

err *target_structure(arena *a, target *t, const str *schemas, size_t count,
                      structure *out) {
    return ENGINES[t->engine]->structure(a, t, schemas, count, out);
}

err *target_settle(arena *a, target *t, const structure *have,
                   const structure *want, const structure **settled) {
    return ENGINES[t->engine]->settle(a, t, have, want, settled);
}

err *target_lock(arena *a, target *t, int64_t timeout_ms) {
    return ENGINES[t->engine]->lock(a, t, timeout_ms);
}

err *target_begin(arena *a, target *t) {
    return ENGINES[t->engine]->begin(a, t);
}

err *target_commit(arena *a, target *t) {
    return ENGINES[t->engine]->commit(a, t);
}

void target_rollback(target *t) {
    ENGINES[t->engine]->rollback(t);
}

err *target_run(arena *a, target *t, str name, str sql) {
    return ENGINES[t->engine]->run(a, t, name, sql);
}

err *target_query(arena *a, target *t, str sql, const str *parameters,
                  size_t count, target_rows *out) {
    return ENGINES[t->engine]->query(a, t, sql, parameters, count, out);
}

err *target_protect(arena *a, target *t, const schema *s, const protection *p,
                    buf *report) {
    return ENGINES[t->engine]->protect(a, t, s, p, report);
}

err *target_wipe(arena *a, target *t, const str *schemas, size_t count) {
    return ENGINES[t->engine]->wipe(a, t, schemas, count);
}
