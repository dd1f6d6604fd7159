/*
 * What a hook in Lua adds to a write: bench/hook.sh.
 *
 * The same row goes through no hook, an empty one, and a rule that looks at
 * four columns and sets one, a hundred thousand times each, in turns, so that
 * what else the machine does hits all alike. Prints the best of the turns in
 * nanoseconds for each call. What the mutation engine does for a write that has
 * a hook at all is not in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "lua/script_source.h"
#include "schema/load.h"

enum { CALLS = 100000, TURNS = 7 };

static const char SCHEMA[] =
    "model Task {\n  id Int @id\n  title String\n  points Int\n"
    "  status String\n  owner String\n  createdAt DateTime\n"
    "  updatedAt DateTime\n  note String?\n}\n";

static const char EMPTY[] =
    "tenon.before('Task', 'update', function(ctx, change) end)\n";

static const char RULE[] =
    "tenon.before('Task', 'update', function(ctx, change)\n"
    "  local before, after = change.before, change.after\n"
    "  if before.status == 'DONE' and after.status ~= 'DONE' then\n"
    "    tenon.refuse('is done')\n"
    "  end\n"
    "  if after.points > 100 then tenon.invalid('points', 'are too many') end\n"
    "  if after.title ~= before.title then after.note = 'renamed' end\n"
    "end)\n";

static void stop_at(const err *e) {
    if (e == NULL)
        return;
    fprintf(stderr, "%.*s\n", STR_ARG(e->message));
    exit(1);
}

static script_source *source_of(arena *a, const schema *s, const char *text) {
    char folder[] = "/tmp/tenon-bench-XXXXXX";
    script *loaded = NULL;
    if (mkdtemp(folder) == NULL)
        exit(1);
    const char *path = arena_printf(a, "%s/task.lua", folder).ptr;
    FILE *file = fopen(path, "w");
    if (file == NULL)
        exit(1);
    fputs(text, file);
    fclose(file);
    script_config config = {
        .folder = arena_copy(a, str_of(folder)),
        .schema = s,
        .limits = {16 * 1024 * 1024, 10000000, 5000},
        .sandboxes = 4,
    };
    stop_at(script_load(a, &config, &loaded));
    unlink(path);
    rmdir(folder);
    return script_source_new(a, loaded);
}

static value text(const char *t) {
    return (value){.kind = VALUE_TEXT, .text = str_of(t)};
}

/* Nanoseconds for each call; without a source the rows are only made. */
static double measure(const schema *s, const script_source *from,
                      const app *application) {
    const hook_source *h = from != NULL ? script_source_hooks(from) : NULL;
    arena *a = arena_new();
    caller who = {.app = application, .arena = a};
    int64_t start = clock_monotonic_us(NULL);
    for (int i = 0; i < CALLS; i++) {
        value before[] = {{.kind = VALUE_INT, .integer = i},
                          text("a title of some length"),
                          {.kind = VALUE_INT, .integer = 3},
                          text("OPEN"),
                          text("somebody"),
                          text("2024-01-31T12:00:00.123+00:00"),
                          text("2024-01-31T12:00:00.123+00:00"),
                          {.kind = VALUE_NULL}};
        value after[LENGTH(before)];
        memcpy(after, before, sizeof after);
        after[1] = text("another title");
        hook_row row = {before, after};
        hook_batch batch = {.model = &s->models[0],
                            .action = HOOK_UPDATE,
                            .time = HOOK_BEFORE,
                            .rows = &row,
                            .row_count = 1};
        if (h != NULL && h->has(h, batch.model, HOOK_UPDATE, HOOK_BEFORE))
            stop_at(h->run(h, &who, &batch));
        arena_reset(a);
    }
    int64_t us = clock_monotonic_us(NULL) - start;
    arena_free(a);
    return (double)us * 1000 / CALLS;
}

int main(void) {
    arena *a = arena_new();
    diag_list diags = {0};
    const schema *s = NULL;
    stop_at(schema_load_text(a, STR("bench"), str_of(SCHEMA), ENGINE_SQLITE,
                             &diags, &s));
    app application = {.schema = s};
    const struct {
        const char *name;
        script_source *source;
    } KINDS[] = {
        {"no hook", NULL},
        {"an empty hook", source_of(a, s, EMPTY)},
        {"a rule", source_of(a, s, RULE)},
    };
    double best[LENGTH(KINDS)] = {0};
    for (int turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < LENGTH(KINDS); i++) {
            double ns = measure(s, KINDS[i].source, &application);
            if (turn == 0 || ns < best[i])
                best[i] = ns;
        }
    }
    for (size_t i = 0; i < LENGTH(KINDS); i++)
        printf("%-14s %6.0f ns\n", KINDS[i].name, best[i]);
    for (size_t i = 0; i < LENGTH(KINDS); i++)
        script_source_free(KINDS[i].source);
    arena_free(a);
    return best[2] - best[0] <= 5000 ? 0 : 1;
}
