/* team_world.h: teams, their members and what is noted of those, to be written
 * to on both engines (database_world.h). */
#ifndef TEST_SUPPORT_TEAM_WORLD_H
#define TEST_SUPPORT_TEAM_WORLD_H

#include "test/support/database_world.h"

extern const char TEAM_WORLD_SCHEMA[];

typedef struct team_writing {
    database_world *w;
    const mutation *m;
    str rows;
    mutation_result result;
} team_writing;

/* Two teams; ann (1) and bob (2) in the first, cid (3) in none; ann's note. The
 * state is a database_world, or NULL where the engine is not here. */
int team_world_setup(void **state);
int team_world_teardown(void **state);

fallible team_world_try(database_world *w, const mutation *m, team_writing *r);

/* Expects it to go well. */
team_writing team_world_write(database_world *w, const mutation *m);

const filter *team_world_id(const database_world *w, const char *table,
                            int64_t id);

#endif
