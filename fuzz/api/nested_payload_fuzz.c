/*
 * Bodies with relations in them, on their way to mutations. The first byte
 * picks the table and the method.
 *
 * Whatever a client writes, each mutation refers to what is run before it and
 * to nothing else, as it was planned and as the engine hands it on; and the
 * same body makes the same plan.
 */
#include "api/rest/nested_payload.h"
#include "base/assert.h"
#include "core/mutation_set.h"
#include "schema/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const str SCHEMA = STR_INIT(
    "model Person {\n"
    "  id Int @id @default(autoincrement())\n  email String @unique\n"
    "  profile Profile?\n  projects Project[]\n  tasks Task[]\n"
    "  @@map(\"people\")\n  @@allow('all', true)\n}\n"
    "model Profile {\n"
    "  id Int @id\n  bio String\n  personId Int? @unique\n"
    "  person Person? @relation(fields: [personId], references: [id])\n"
    "  @@map(\"profiles\")\n  @@allow('all', true)\n}\n"
    "model Project {\n"
    "  id String @id @default(uuid(7))\n  name String\n  data Json?\n"
    "  owner Person? @relation(fields: [ownerId], references: [id])\n"
    "  ownerId Int? @map(\"owner_id\")\n  tasks Task[]\n  tags Tag[]\n"
    "  above Project? @relation(\"tree\", fields: [aboveId], references: "
    "[id])\n"
    "  aboveId String? @map(\"above_id\")\n  below Project[] "
    "@relation(\"tree\")\n"
    "  @@map(\"projects\")\n  @@allow('all', true)\n}\n"
    "model Task {\n"
    "  id Int @id @default(autoincrement())\n  title String @length(1, 20)\n"
    "  points Int @default(0)\n"
    "  project Project @relation(fields: [projectId], references: [id])\n"
    "  projectId String @map(\"project_id\")\n"
    "  assignee Person? @relation(fields: [assigneeId], references: [id])\n"
    "  assigneeId Int? @map(\"assignee_id\")\n"
    "  @@unique([projectId, title])\n"
    "  @@map(\"tasks\")\n  @@allow('all', true)\n}\n"
    "model Tag {\n"
    "  id Int @id @default(autoincrement())\n  word String @unique\n"
    "  projects Project[]\n"
    "  @@map(\"tags\")\n  @@allow('all', true)\n}\n");

typedef struct looking {
    size_t at;
    size_t count;
} looking;

static void look(void *context, value_cell cell) {
    looking *l = context;
    ASSERT(cell.mutation < l->at);
    l->count++;
}

static void check_order(const mutation *m, size_t at, size_t *cells) {
    looking l = {at, 0};
    mutation_visit_cells(m, look, &l);
    ASSERT(m->refers_back == (l.count > 0));
    ASSERT(m->turn == MUTATION_ALWAYS || m->turn_of < at);
    ASSERT(mutation_waits_for(m) <= at);
    *cells += l.count;
}

static size_t check_plan(const nested_plan *p) {
    const mutation *const *list = nested_plan_mutations(p, 0);
    size_t cells = 0;
    for (size_t i = 0; i < p->step_count; i++)
        check_order(list[i], i, &cells);
    return cells;
}

static void check_ready(const caller *c, const nested_plan *p) {
    mutation_set set = {.caller = c,
                        .wanted = nested_plan_mutations(p, 0),
                        .count = p->step_count};
    size_t failed_at;
    size_t cells = 0;
    err *e = mutation_set_prepare(&set, &failed_at);
    if (e != NULL) {
        ASSERT(!str_is_empty(nested_plan_explain(p, failed_at, e)->message));
        return;
    }
    for (size_t i = 0; i < set.ready_count; i++)
        check_order(set.ready[i].m, i, &cells);
}

/* How many cells it has, or SIZE_MAX: the body is refused. */
static size_t plan(arena *a, const caller *c, const rest_request *r,
                   const json *rows, size_t count) {
    const nested_row *read;
    nested_plan p;
    filter one = {.kind = FILTER_COMPARE,
                  .field = r->table->model->columns[0],
                  .value = {.kind = VALUE_INT, .integer = 5}};
    bool is_update = r->http->method == HTTP_PATCH;
    query_column shown = query_column_of(r->table->model->columns[0]);
    mutation root = {.kind = is_update ? MUTATION_UPDATE : MUTATION_INSERT,
                     .model = r->table->model,
                     .where = is_update ? &one : NULL,
                     .returning = &shown,
                     .returning_count = 1,
                     .max_rows = MUTATION_ANY_COUNT};
    if (nested_payload_read(a, r, rows, count, &read) != NULL ||
        nested_write_plan(c, &root, read, count, &p) != NULL)
        return SIZE_MAX;
    size_t cells = check_plan(&p);
    check_ready(c, &p);
    return cells;
}

static void run(arena *a, const schema *s, uint8_t pick, str body) {
    app application = {.schema = s, .max_rows = QUERY_NO_LIMIT};
    id_source ids;
    id_source_init(&ids, rand_seeded(1));
    caller c = {.app = &application, .arena = a, .ids = &ids};
    rest_tables tables = rest_tables_new(a, &application);
    bool is_update = pick % 2 == 1;
    http_request http = {.method = is_update ? HTTP_PATCH : HTTP_POST};
    rest_request r = {.tables = &tables,
                      .table = rest_tables_get(
                          &tables, &s->models[pick / 2 % s->model_count]),
                      .http = &http};
    const json *tree;
    if (json_parse(a, body, &tree) != NULL)
        return;
    bool is_list = tree->kind == JSON_ARRAY && !is_update;
    const json *rows = is_list ? tree->items : tree;
    size_t count = is_list ? tree->count : 1;
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind != JSON_OBJECT)
            return;
    if (count > 0 && nested_payload_is(&r, rows, count))
        ASSERT(plan(a, &c, &r, rows, count) == plan(a, &c, &r, rows, count));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const schema *loaded = NULL; /* once for all inputs */
    static arena *kept = NULL;
    if (loaded == NULL) {
        diag_list diags = {0};
        kept = arena_new();
        err *e = schema_load_text(kept, STR("fuzz.prisma"), SCHEMA,
                                  ENGINE_SQLITE, &diags, &loaded);
        ASSERT(e == NULL);
    }
    if (size == 0)
        return 0;
    arena *a = arena_new();
    run(a, loaded, data[0], (str){(const char *)data + 1, size - 1});
    arena_free(a);
    return 0;
}
