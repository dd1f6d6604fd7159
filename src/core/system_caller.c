#include "core/system_caller.h"

#include "base/assert.h"

caller system_caller(arena *a, const app *application,
                     database_session *session, str reason) {
    ASSERT(!str_is_empty(reason));
    change_origin *origin = arena_new_array(a, change_origin, 1);
    id_source *ids = arena_new_array(a, id_source, 1);
    origin->reason = reason;
    id_source_init(ids, rand_secure());
    return (caller){
        .app = application,
        .session = session,
        .arena = a,
        .ids = ids,
        .principal = {PRINCIPAL_SYSTEM},
        .origin = origin,
    };
}
