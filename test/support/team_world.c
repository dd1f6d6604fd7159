#include "test/support/team_world.h"

#include "test/support/test.h"

const char TEAM_WORLD_SCHEMA[] =
    "model Team {\n"
    "  id      Int      @id @default(autoincrement())\n"
    "  code    String   @unique\n"
    "  members Member[]\n"
    "}\n"
    "model Member {\n"
    "  id     Int     @id\n"
    "  teamId Int?    @map(\"team_id\")\n"
    "  team   Team?   @relation(fields: [teamId], references: [id],"
    " onDelete: Cascade)\n"
    "  name   String\n"
    "  nick   String?\n"
    "  age    Int     @default(18)\n"
    "  notes  Note[]\n"
    "  @@unique([teamId, name])\n"
    "  @@map(\"members\")\n"
    "}\n"
    "model Note {\n"
    "  memberId Int\n"
    "  number   Int\n"
    "  member   Member  @relation(fields: [memberId], references: [id],"
    " onDelete: Restrict, onUpdate: Restrict)\n"
    "  text     String  @default(\"-\")\n"
    "  madeAt   DateTime @default(now())\n"
    "  @@id([memberId, number])\n"
    "}\n";

static err *run_writing(void *argument) {
    team_writing *r = argument;
    return world_write(r->w, r->m, &r->rows, &r->result);
}

err *team_world_try(database_world *w, const mutation *m, team_writing *r) {
    *r = (team_writing){.w = w, .m = m};
    return database_world_run(w, run_writing, r);
}

team_writing team_world_write(database_world *w, const mutation *m) {
    team_writing r;
    expect_ok(team_world_try(w, m, &r));
    return r;
}

const filter *team_world_id(const database_world *w, const char *table,
                            int64_t id) {
    return world_compare(w, world_field(w, table, "id"), COMPARE_EQ,
                         value_int(id));
}

int team_world_setup(void **state) {
    database_world *w = NULL;
    database_world_begin_on(world_engine(state), TEAM_WORLD_SCHEMA, &w);
    *state = w;
    if (w == NULL)
        return 0;
    const value teams[] = {value_text("red"), value_text("blue")};
    mutation m = world_insert(w, "Team", "code", teams, 2);
    team_world_write(w, &m);
    const value members[] = {
        value_int(1), value_int(1), value_text("ann"),
        value_int(2), value_int(1), value_text("bob"),
        value_int(3), value_null(), value_text("cid"),
    };
    m = world_insert(w, "members", "id team_id name", members, 3);
    team_world_write(w, &m);
    const value notes[] = {value_int(1), value_int(1)};
    m = world_insert(w, "Note", "memberId number", notes, 1);
    team_world_write(w, &m);
    return 0;
}

int team_world_teardown(void **state) {
    database_world_free(*state);
    return 0;
}
