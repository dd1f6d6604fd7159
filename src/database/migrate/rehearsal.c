#include "database/migrate/rehearsal.h"

#include "base/assert.h"
#include "database/migrate/deployment.h"
#include "schema/load.h"

bool rehearsal_is_possible(const rehearsal_place *place, engine_kind engine) {
    engine_kind there = ENGINE_SQLITE;
    if (engine == ENGINE_SQLITE || !str_is_empty(place->shadow))
        return true;
    return engine_kind_of_url(place->url, &there) && there == engine;
}

void rehearsal_close(rehearsal *r) {
    target_close(&r->blank);
}

err *rehearsal_run(arena *a, rehearsal *r, const migration_list *l,
                   size_t count, structure *out) {
    const rehearsal_place *place = &r->place;
    ASSERT(count >= r->done);
    if (r->blank == NULL)
        TRY(target_open_blank(a, l->engine, place->url, place->shadow,
                              &r->blank));
    for (; r->done < count; r->done++) {
        const migration *m = &l->items[r->done];
        err *e = deployment_replay(a, r->blank, m);
        if (e != NULL)
            return err_wrap(a, e, "trying %.*s in a blank database",
                            STR_ARG(m->name));
    }
    return target_structure(a, r->blank, place->schemas, place->schema_count,
                            out);
}

err *rehearsal_recall(arena *a, const migration_list *l, size_t count,
                      const structure **out) {
    static const structure EMPTY[ENGINE_KIND_COUNT] = {
        [ENGINE_SQLITE] = {.engine = ENGINE_SQLITE},
        [ENGINE_POSTGRESQL] = {.engine = ENGINE_POSTGRESQL},
    };
    const migration *newest = count > 0 ? &l->items[count - 1] : NULL;
    const schema *s = NULL;
    diag_list diags = {0};
    *out = &EMPTY[l->engine];
    if (newest == NULL || !newest->is_for_engine)
        return NULL;
    err *e = schema_load_file(a, newest->schema_file, l->engine, &diags, &s);
    if (e != NULL)
        return err_with_hint(
            err_wrap(a, e, "reading the schema of %.*s", STR_ARG(newest->name)),
            STR("--shadow-database names an empty database where the SQL itself"
                " can be tried"));
    *out = structure_of_schema(a, s);
    return NULL;
}

void rehearsal_print_difference(buf *out, const plan *p) {
    for (size_t i = 0; i < p->step_count; i++)
        buf_printf(out, "  %.*s\n", STR_ARG(p->steps[i].title));
}
