/* target_engine.h: what an engine does for target.h, whose functions call
 * these. Internal to migrate/. */
#ifndef DATABASE_MIGRATE_TARGET_ENGINE_H
#define DATABASE_MIGRATE_TARGET_ENGINE_H

#include "database/migrate/target.h"

typedef struct target_functions {
    err *(*open)(arena *a, str url, target_access access, target **out);
    err *(*open_blank)(arena *a, str url, str shadow, target **out);
    void (*close)(target *t);
    err *(*structure)(arena *a, target *t, const str *schemas, size_t count,
                      structure *out);
    err *(*settle)(arena *a, target *t, const structure *have,
                   const structure *want, const structure **settled);
    err *(*lock)(arena *a, target *t, int64_t timeout_ms);
    err *(*begin)(arena *a, target *t);
    err *(*commit)(arena *a, target *t);
    void (*rollback)(target *t);
    err *(*run)(arena *a, target *t, str name, str sql);
    err *(*query)(arena *a, target *t, str sql, const str *parameters,
                  size_t count, target_rows *out);
    err *(*protect)(arena *a, target *t, const schema *s, const protection *p,
                    buf *report);
    err *(*wipe)(arena *a, target *t, const str *schemas, size_t count);
} target_functions;

/* An engine's own begins with this. */
struct target {
    engine_kind engine;
    str label;
};

extern const target_functions TARGET_LITE;
extern const target_functions TARGET_PG;

#endif
