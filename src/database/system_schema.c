#include "database/system_schema.h"

#include "base/assert.h"
#include "base/buf.h"
#include "schema/load.h"

enum { TEXT_MAX = 64 * 1024 };

/* Rules are for the operator alone (policy.h), who may know what is going on,
 * and no secrets. A '$' begins each table's name, and a line that begins with
 * "L " or "P " is for SQLite (lite) or PostgreSQL alone. */
static const char TEXT[] =
    "datasource db {\n"
    "  provider = \"postgresql\"\n"
    "  schemas = [\"tenon\"]\n"
    "}\n"
    "model AuditLog {\n"
    "L position BigInt @unique\n"
    "  id String @id @db.Uuid\n"
    "  createdAt DateTime @map(\"created_at\") @db.Timestamptz(6)\n"
    "  userId String? @map(\"user_id\")\n"
    "  tokenId String? @map(\"token_id\")\n"
    "  organizationId String? @map(\"organization_id\")\n"
    "  spaceId String? @map(\"space_id\")\n"
    "  requestId String? @map(\"request_id\")\n"
    "P databaseUser String? @map(\"database_user\")\n"
    "  ipAddress String? @map(\"ip_address\")\n"
    "  userAgent String? @map(\"user_agent\")\n"
    "  reason String?\n"
    "  action String\n"
    "  model String\n"
    "  recordId String? @map(\"record_id\")\n"
    "  before Json?\n"
    "  after Json?\n"
    "  changes Json?\n"
    "  hash Bytes\n"
    "  @@map(\"$audit_log\")\n"
    "  @@allow('read', true)\n"
    "  @@schema(\"tenon\")\n"
    "}\n"
    /* On PostgreSQL a row is without a sequence until it is read. */
    "model Event {\n"
    "  sequence BigInt @id\n"
    "  createdAt DateTime @map(\"created_at\") @db.Timestamptz(6)\n"
    "  auditId String? @map(\"audit_id\") @db.Uuid\n"
    "  action String\n"
    "  model String\n"
    "  recordId String? @map(\"record_id\")\n"
    "  before Json?\n"
    "  after Json?\n"
    "  @@map(\"$event\")\n"
    "  @@allow('read', true)\n"
    "  @@schema(\"tenon\")\n"
    "}\n"
    "model AuditSeal {\n"
    "  number BigInt @id\n"
    "  kind String\n"
    "  previous Bytes\n"
    "  sealedAt DateTime @map(\"sealed_at\") @db.Timestamptz(6)\n"
    "  firstRow BigInt @map(\"first_row\")\n"
    "  rowCount BigInt @map(\"row_count\")\n"
    "  lastPlace String @map(\"last_place\")\n"
    "  root Bytes?\n"
    "  pruned String?\n"
    "  keyId String? @map(\"key_id\")\n"
    "  signature Bytes?\n"
    "  hash Bytes\n"
    "  rowHashes Bytes? @map(\"row_hashes\")\n"
    "  @@map(\"$audit_seal\")\n"
    "  @@allow('read', true)\n"
    "  @@schema(\"tenon\")\n"
    "}\n"
    /* feed.h */
    "P function read_events returns Event[] {\n"
    "P behind BigInt\n"
    "P most Int\n"
    "P @@sql(\"SELECT * FROM tenon.read_events(:behind, :most)\")\n"
    "P }\n"
    /* read_record.h */
    "function record_read returns Boolean {\n"
    "  model String\n"
    "  record String?\n"
    "  about Json\n"
    "L @@sql(\"SELECT tenon_note_read(:model, :record, :about)\")\n"
    "P @@sql(\"SELECT tenon.record_read(:model, :record, :about)\")\n"
    "}\n"
    /* job.h. The slots hold the limits of jobs that run at once. */
    "model Job {\n"
    "  id String @id @default(uuid(7)) @db.Uuid\n"
    "  kind String\n"
    "  payload Json @deny('read', true)\n"
    "  uniqueKey String? @map(\"unique_key\")\n"
    "  priority Int @default(0)\n"
    "  organizationId String? @map(\"organization_id\")\n"
    "  status String\n"
    "  runAt DateTime @map(\"run_at\") @db.Timestamptz(3)\n"
    "  attempts Int @default(0)\n"
    "  maxAttempts Int @map(\"max_attempts\")\n"
    "  progress Json?\n"
    "  lastError String? @map(\"last_error\")\n"
    "  lockedBy String? @map(\"locked_by\")\n"
    "  lockedUntil DateTime? @map(\"locked_until\") @db.Timestamptz(3)\n"
    "  slot Int?\n"
    "  organizationSlot Int? @map(\"organization_slot\")\n"
    "  isCancelled Boolean @default(false) @map(\"is_cancelled\")\n"
    "  origin Json?\n"
    "  createdAt DateTime @map(\"created_at\") @db.Timestamptz(3)\n"
    "  finishedAt DateTime? @map(\"finished_at\") @db.Timestamptz(3)\n"
    "  @@unique([kind, uniqueKey],\n"
    "    where: finishedAt == null && uniqueKey != null)\n"
    "  @@unique([kind, slot], where: slot != null)\n"
    "  @@unique([kind, organizationId, organizationSlot],\n"
    "    where: organizationSlot != null)\n"
    "  @@index([status, kind, priority(sort: Desc), runAt])\n"
    "  @@index([finishedAt])\n"
    "  @@map(\"$job\")\n"
    "  @@allow('read', true)\n"
    "  @@schema(\"tenon\")\n"
    "}\n"
    "model Schedule {\n"
    "  name String @id\n"
    "  kind String\n"
    "  payload Json @deny('read', true)\n"
    "  cron String\n"
    "  timeZone String @map(\"time_zone\")\n"
    "  nextAt DateTime @map(\"next_at\") @db.Timestamptz(3)\n"
    "  lastAt DateTime? @map(\"last_at\") @db.Timestamptz(3)\n"
    "  updatedAt DateTime @map(\"updated_at\") @db.Timestamptz(3)\n"
    "  @@map(\"$schedule\")\n"
    "  @@allow('read', true)\n"
    "  @@schema(\"tenon\")\n"
    "}\n"
    "model Token {\n"
    "  id String @id @default(uuid(7)) @db.Uuid\n"
    "  kind String\n"
    "  name String?\n"
    "  prefix String\n"
    "  hash String @unique @sensitive @omit\n"
    "  userId String? @map(\"user_id\")\n"
    "  organizationId String? @map(\"organization_id\")\n"
    "  spaceId String? @map(\"space_id\")\n"
    "  scopes Json?\n"
    "  createdAt DateTime @map(\"created_at\") @db.Timestamptz(3)\n"
    "  expiresAt DateTime? @map(\"expires_at\") @db.Timestamptz(3)\n"
    "  lastUsedAt DateTime? @map(\"last_used_at\") @db.Timestamptz(3)\n"
    "  revokedAt DateTime? @map(\"revoked_at\") @db.Timestamptz(3)\n"
    "  @@map(\"$token\")\n"
    "  @@schema(\"tenon\")\n"
    "}\n"
    /* How far a consumer of the feed has come. */
    "model FeedPosition {\n"
    "  consumer String @id\n"
    "  sequence BigInt\n"
    "  updatedAt DateTime @map(\"updated_at\") @db.Timestamptz(3)\n"
    "  @@map(\"$feed_position\")\n"
    "  @@schema(\"tenon\")\n"
    "}\n";

/* Behind it: a literal may not be longer. core/async_request.h */
static const char MORE_TEXT[] =
    "model AsyncRequest {\n"
    "  id String @id @db.Uuid\n"
    "  owner String\n"
    "  method String\n"
    "  path String\n"
    "  query String?\n"
    "  headers Json?\n"
    "  body Bytes?\n"
    "  status Int?\n"
    "  affected BigInt?\n"
    "  answer Json?\n"
    "  createdAt DateTime @map(\"created_at\") @db.Timestamptz(3)\n"
    "  finishedAt DateTime? @map(\"finished_at\") @db.Timestamptz(3)\n"
    "  @@index([createdAt])\n"
    "  @@map(\"$async_request\")\n"
    "  @@schema(\"tenon\")\n"
    "}\n";

const str SYSTEM_SCHEMA_NAME = STR_INIT("tenon");

/* Of tables on SQLite, where there is one schema. */
static const str PREFIX = STR_INIT("tenon_");

static const str NAMES[SYSTEM_MODEL_COUNT] = {
    [SYSTEM_AUDIT_LOG] = STR_INIT("AuditLog"),
    [SYSTEM_EVENT] = STR_INIT("Event"),
    [SYSTEM_AUDIT_SEAL] = STR_INIT("AuditSeal"),
    [SYSTEM_JOB] = STR_INIT("Job"),
    [SYSTEM_SCHEDULE] = STR_INIT("Schedule"),
    [SYSTEM_TOKEN] = STR_INIT("Token"),
    [SYSTEM_FEED_POSITION] = STR_INIT("FeedPosition"),
    [SYSTEM_ASYNC_REQUEST] = STR_INIT("AsyncRequest"),
};

static void write_line(buf *out, str line, engine_kind engine) {
    bool is_lite = str_starts_with(line, STR("L "));
    bool is_pg = str_starts_with(line, STR("P "));
    if ((is_lite && engine != ENGINE_SQLITE) ||
        (is_pg && engine != ENGINE_POSTGRESQL))
        return;
    str rest = str_slice(line, is_lite || is_pg ? 2 : 0, line.len);
    str before = str_split(&rest, '$');
    buf_append(out, before);
    if (before.len < line.len && !str_is_empty(rest)) {
        buf_append(out, engine == ENGINE_SQLITE ? PREFIX : STR(""));
        buf_append(out, rest);
    }
    buf_append_char(out, '\n');
}

err *system_schema_load(arena *a, const schema *beside, engine_kind engine,
                        const schema **out) {
    CLEANUP(buf_free) buf text = buf_new(TEXT_MAX);
    uint32_t first = beside != NULL ? (uint32_t)schema_index_end(beside) : 0;
    const str parts[] = {str_of(TEXT), str_of(MORE_TEXT)};
    for (size_t i = 0; i < LENGTH(parts); i++) {
        str rest = parts[i];
        while (!str_is_empty(rest))
            write_line(&text, str_split(&rest, '\n'), engine);
    }
    ASSERT(!text.is_overflown);
    TRY(schema_load_system(a, STR("tenon"), arena_copy(a, buf_str(&text)),
                           engine, first, out));
    ASSERT((*out)->model_count == SYSTEM_MODEL_COUNT);
    for (size_t i = 0; i < SYSTEM_MODEL_COUNT; i++)
        ASSERT(str_equal((*out)->models[i].name, NAMES[i]));
    return NULL;
}

const model *system_schema_model(const schema *system, system_model which) {
    ASSERT(system->is_system);
    return &system->models[which];
}

const model *system_schema_find(const schema *system, str table) {
    size_t skipped = system->engine == ENGINE_SQLITE ? PREFIX.len : 0;
    for (size_t i = 0; i < system->model_count; i++) {
        str name = system->models[i].table;
        if (str_equal(str_slice(name, skipped, name.len), table))
            return &system->models[i];
    }
    return NULL;
}

const field *system_schema_field(const schema *system, system_model which,
                                 const char *column) {
    const model *m = system_schema_model(system, which);
    const field *f = model_find_column(system, m, str_of(column));
    ASSERT(f != NULL);
    return f;
}

/* ---- Its tables --------------------------------------------------------- */

const structure *system_schema_structure(arena *a, const schema *system) {
    schema made = *system;
    made.models = &system->models[SYSTEM_JOB];
    made.model_count = SYSTEM_MODEL_COUNT - SYSTEM_JOB;
    return structure_of_schema(a, &made);
}

static structure_table narrow_table(arena *a, const structure_table *have,
                                    const structure_table *want) {
    structure_table t = *have;
    structure_column *columns =
        arena_new_array(a, structure_column, have->column_count);
    structure_index *indexes =
        arena_new_array(a, structure_index, have->index_count);
    t.columns = columns;
    t.column_count = 0;
    t.indexes = indexes;
    t.index_count = 0;
    for (size_t i = 0; i < have->column_count; i++)
        if (structure_find_column(want, have->columns[i].name) != NULL)
            columns[t.column_count++] = have->columns[i];
    for (size_t i = 0; i < have->index_count; i++)
        if (structure_find_index(want, have->indexes[i].name) != NULL)
            indexes[t.index_count++] = have->indexes[i];
    return t;
}

structure system_schema_narrow(arena *a, const structure *have,
                               const structure *want) {
    structure s = *have;
    s.enum_count = 0;
    structure_table *tables =
        arena_new_array(a, structure_table, want->table_count);
    s.tables = tables;
    s.table_count = 0;
    for (size_t i = 0; i < want->table_count; i++) {
        const structure_table *t = structure_find_table(
            have, want->tables[i].schema, want->tables[i].name);
        if (t != NULL)
            tables[s.table_count++] = narrow_table(a, t, &want->tables[i]);
    }
    return s;
}
