// What a PostgreSQL database is given beside its tables: triggers that notice
// changes made behind Tenon's back, and the roles that Tenon reads and writes
// as. The trigger functions themselves are tested in SQL, with pgTAP, by the
// files in guard/.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, workspace } from './support/tenon.js'

const { skip } = postgres
const SQL = join(import.meta.dirname, 'guard')
const SCHEMA = `model Note {
  id        Int      @id
  text      String
  secret    String?  @sensitive
  updatedAt DateTime @updatedAt

  @@allow('all', true)
}
`

/** An application on a database of its own, as that database's superuser or as
 * a user who owns it and has the given rights. */
async function open(t, rights) {
  const database = await postgres.create(t)
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  t.after(() => removeWorkspace(folder))
  const url = new URL(database.url)
  if (rights !== undefined) {
    url.username = `${database.name}_user`
    url.password = 'secret'
    await database.run(`CREATE ROLE ${url.username} LOGIN PASSWORD 'secret' ${rights};
      ALTER DATABASE ${database.name} OWNER TO ${url.username}`)
  }
  const tenon = async (...args) => {
    const result = await run(folder, args, { env: { DATABASE_URL: url.href } })
    assert.equal(result.code, 0, result.stdout + result.stderr)
    return result.stdout
  }
  return {
    database,
    folder,
    tenon,
    write: (schema) => writeFile(join(folder, 'schema.prisma'), schema),
    sql: (text) => database.run(`SET search_path = public; ${text}`),
    rows: (sql) => database.rows(sql),
    log: () =>
      database.rows('SELECT action, model, record_id FROM tenon.audit_log ORDER BY created_at, id'),
    triggers: async (table) =>
      (await database.rows(`SELECT tgname FROM pg_trigger WHERE tgrelid = 'public."${table}"'::regclass
        AND NOT tgisinternal ORDER BY 1`)).map((row) => row.tgname),
  }
}

const OF_THE_SCHEMA = ['tenon_audit', 'tenon_audit_truncate', 'tenon_touch_updatedAt']

/** Neither of what reads a database may see the triggers. */
async function expectNoDifference(app) {
  const url = app.database.url
  assert.equal(await app.tenon('migrate', 'diff', '--from', url, '--to', 'schema.prisma'), '-- no difference\n')
  assert.equal(await app.tenon('migrate', 'diff', '--from', 'schema.prisma', '--to', url), '-- no difference\n')
  assert.doesNotMatch(await app.tenon('introspect', url), /trigger|audit|tenon_/)
}

// ---- The functions, in SQL

const SHARE = '/usr/share/postgresql'
const hasTap =
  existsSync(SHARE) &&
  readdirSync(SHARE).some((version) => existsSync(join(SHARE, version, 'extension/pgtap.control')))
const noTap = hasTap ? false : 'pgTAP is not installed: apt-get install pgtap'

for (const file of (await readdir(SQL)).sort()) {
  test(`in SQL: ${file}`, { skip: skip || noTap }, async (t) => {
    const app = await open(t)
    await app.tenon('push')
    await app.database.run('CREATE SCHEMA tap; CREATE EXTENSION pgtap SCHEMA tap')
    const text = await readFile(join(SQL, file), 'utf8')
    const script = `SET client_min_messages = error; SET search_path = public, tap;
      BEGIN; ${text} ROLLBACK;`
    const child = promisify(execFile)('psql', [app.database.url, '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', '-'])
    child.child.stdin.end(script)
    const lines = (await child).stdout.split('\n').filter((line) => line !== '')
    const planned = Number(/^1\.\.(\d+)$/.exec(lines[0])[1])
    const results = lines.filter((line) => /^(not )?ok /.test(line))
    for (const [i, line] of results.entries()) {
      const remarks = lines.slice(lines.indexOf(line) + 1).filter((l) => l.startsWith('#'))
      await t.test(line.replace(/^(not )?ok \d+ - /, ''), () =>
        assert.match(line, /^ok /, remarks.join('\n')))
    }
    assert.equal(results.length, planned)
  })
}

// ---- Commands

test('push guards the tables, and no comparison sees the triggers', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push')
  assert.deepEqual(await app.triggers('Note'), OF_THE_SCHEMA)
  await expectNoDifference(app)
  assert.match(await app.tenon('push'), /^nothing to do.*\n$/)
  await app.sql(`INSERT INTO "Note" VALUES (1, 'a', 'b', now())`)
  assert.deepEqual(await app.log(), [{ action: 'create', model: 'Note', record_id: '1' }])
})

test('a log without partitions gets them, and keeps its rows', { skip }, async (t) => {
  const app = await open(t)
  await app.sql(`CREATE SCHEMA tenon;
    CREATE TABLE tenon.audit_log (id uuid NOT NULL PRIMARY KEY, created_at timestamptz NOT NULL, user_id text,
      token_id text, organization_id text, space_id text, request_id text, database_user text, ip_address text,
      user_agent text, action text NOT NULL, model text NOT NULL, record_id text, before jsonb, after jsonb, changes jsonb);
    CREATE INDEX audit_log_user_id_idx ON tenon.audit_log (user_id);
    INSERT INTO tenon.audit_log (id, created_at, action, model, after)
      VALUES (gen_random_uuid(), '2020-01-01', 'create', 'Note', '{"id": 7}')`)
  await app.tenon('push')
  await app.sql(`INSERT INTO "Note" VALUES (1, 'a', 'b', now())`)
  const rows = await app.rows(`SELECT after ->> 'id' AS id, hash = tenon.audit_hash(l, l.before::text, l.after::text, l.changes::text) AS is_right
    FROM tenon.audit_log l ORDER BY created_at`)
  assert.deepEqual(rows, [{ id: '7', is_right: true }, { id: '1', is_right: true }])
})

test('default privileges open the log to nobody who serves', { skip }, async (t) => {
  const app = await open(t)
  const role = `${app.database.name}_tenon_read_write`
  const auditor = `${app.database.name}_auditor`
  await app.tenon('push')
  await app.sql(`CREATE ROLE "${auditor}"; DROP SCHEMA tenon CASCADE;
    ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO "${role}";
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "${auditor}"`)
  await app.tenon('push')
  const may = await app.rows(`SELECT DISTINCT has_table_privilege('${role}', oid, 'SELECT') AS serves,
    has_table_privilege('${auditor}', oid, 'SELECT') AS audits
    FROM pg_class WHERE relnamespace = 'tenon'::regnamespace AND relname ~ '^(audit_log|event)' AND relkind IN ('r', 'p')`)
  assert.deepEqual(may, [{ serves: false, audits: true }])
})

test('who reads events while others write misses none, and each row\'s are in order', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push')
  await app.sql(`INSERT INTO "Note" SELECT n, '0', NULL, now() FROM generate_series(1, 4) AS n`)
  const WRITERS = 6
  const TURNS = 60
  const turn = (writer, n) => `BEGIN;
    INSERT INTO "Note" VALUES (${1000 * writer + n}, 'own', NULL, now());
    SELECT pg_sleep(random() * 0.004);
    UPDATE "Note" SET text = '${writer}-${n}' WHERE id = ${1 + ((writer + n) % 4)};
    SELECT pg_sleep(random() * 0.004);
    ${n % 5 === 0 ? 'ROLLBACK' : 'COMMIT'};`
  const script = (writer) => Array.from({ length: TURNS }, (_, n) => turn(writer, n)).join('\n')
  let isWriting = true
  const written = Promise.all(Array.from({ length: WRITERS }, (_, i) => app.sql(script(i + 1))))
    .finally(() => { isWriting = false })
  const read = async () => {
    const seen = []
    for (let isLast = false; !isLast;) {
      isLast = !isWriting
      const page = await app.rows(`SELECT sequence, record_id, before ->> 'text' AS was, after ->> 'text' AS is
        FROM tenon.read_events(${seen.length}, 40)`)
      isLast &&= page.length < 40
      seen.push(...page)
    }
    return seen
  }
  const [seen, others] = await Promise.all([read(), read(), written])
  assert.equal(seen.length, 4 + (WRITERS * TURNS * 2 * 4) / 5)
  assert.deepEqual(seen.map((event) => event.sequence), seen.map((_, i) => i + 1))
  assert.deepEqual(others, seen)
  const texts = {}
  for (const { record_id: id, was, is } of seen) {
    assert.equal(was, texts[id] ?? null, `of row ${id}`)
    texts[id] = is
  }
})

test('migrations are guarded, checked and leave no record', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('migrate', 'dev', '--name', 'init')
  assert.deepEqual(await app.triggers('Note'), OF_THE_SCHEMA)
  await app.sql(`INSERT INTO "Note" VALUES (1, 'a', 'b', now())`)
  await app.write(SCHEMA.replace('text ', 'words String @default("none")\n  text '))
  await app.tenon('migrate', 'dev', '--name', 'words')
  await app.tenon('migrate', 'check')
  await app.tenon('migrate', 'status')
  await expectNoDifference(app)
  assert.equal((await app.log()).length, 1)
  await app.tenon('migrate', 'reset', '--force')
  assert.deepEqual(await app.triggers('Note'), OF_THE_SCHEMA)
  assert.deepEqual(await app.log(), [])
})

test('a deploy with nothing to apply puts back what is missing', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('migrate', 'dev', '--name', 'init')
  await app.sql('DROP EVENT TRIGGER tenon_guard; DROP TRIGGER tenon_audit ON "Note"')
  assert.match(await app.tenon('migrate', 'deploy'), /nothing to do/)
  assert.deepEqual(await app.triggers('Note'), OF_THE_SCHEMA)
  const events = await app.rows(`SELECT evtname FROM pg_event_trigger`)
  assert.deepEqual(events, [{ evtname: 'tenon_guard' }])
})

test('a model that gets another name, or a secret, is recorded as that', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push')
  await app.write(
    SCHEMA.replace('model Note', 'model Page').replace('text      String', 'text String @sensitive')
      .replace("@@allow", "@@renamed(from: \"Note\")\n  @@allow"),
  )
  await app.tenon('push', '--accept-data-loss')
  await app.sql(`INSERT INTO "Page" VALUES (1, 'a', 'b', now())`)
  const [row] = await app.rows('SELECT model, after FROM tenon.audit_log')
  assert.equal(row.model, 'Page')
  assert.equal(row.after.text, '[redacted]')
  await expectNoDifference(app)
})

test('columns are converted and filled as before', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push')
  await app.sql(`INSERT INTO "Note" VALUES (1, '42', 'b', now())`)
  await app.write(SCHEMA.replace('text      String', 'text      Int\n  made DateTime @updatedAt'))
  await app.tenon('push', '--accept-data-loss')
  assert.deepEqual(await app.rows('SELECT text FROM public."Note"'), [{ text: 42 }])
  assert.equal((await app.log()).length, 1)
  await expectNoDifference(app)
})

test('they can be switched off, which takes them away', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push', '--database-guards=false')
  assert.deepEqual(await app.triggers('Note'), ['tenon_touch_updatedAt'])
  assert.deepEqual(await app.rows(`SELECT string_agg(relname, ' ' ORDER BY relname) AS names FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'tenon'::regnamespace`),
    [{ names: 'async_request feed_position idempotency job schedule token' }])
  await app.tenon('push')
  await app.sql(`INSERT INTO "Note" VALUES (1, 'a', 'b', now())`)
  assert.match(await app.tenon('push', '--database-guards=false'), /took the guards away; tenon.audit_log stays/)
  assert.deepEqual(await app.triggers('Note'), ['tenon_touch_updatedAt'])
  assert.deepEqual(await app.rows('SELECT evtname FROM pg_event_trigger'), [])
  assert.equal((await app.log()).length, 1)
})

// ---- Users who may less

test('without a superuser each push guards what is there', { skip }, async (t) => {
  const app = await open(t, '')
  const first = await app.tenon('push')
  assert.match(first, /warning: a table that is made behind Tenon's back has no guard until/)
  assert.match(first, /warning: the role "test_.*_tenon_read_write" is not made/)
  assert.deepEqual(await app.triggers('Note'), OF_THE_SCHEMA)
  await app.sql(`INSERT INTO "Note" VALUES (1, 'a', 'b', now());`)
  assert.deepEqual(await app.log(), [{ action: 'create', model: 'Note', record_id: '1' }])
  assert.doesNotMatch(await app.tenon('push'), /behind/)
  await expectNoDifference(app)
})

test('a table made behind the back of a migration is guarded by the next deploy', { skip }, async (t) => {
  const app = await open(t, 'CREATEROLE CREATEDB')
  await app.tenon('migrate', 'dev', '--name', 'init')
  const user = `${app.database.name}_user`
  await app.sql(`SET ROLE ${user}; CREATE TABLE found (id int PRIMARY KEY, updated_at timestamptz)`)
  assert.deepEqual(await app.triggers('found'), [])
  await app.tenon('migrate', 'deploy')
  assert.deepEqual(await app.triggers('found'), ['tenon_audit', 'tenon_audit_truncate', 'tenon_guard_touch'])
})

test('a database in which nothing of ours can be made is pushed to all the same', { skip }, async (t) => {
  const app = await open(t, '')
  await app.sql('CREATE SCHEMA tenon')
  assert.match(
    await app.tenon('push'),
    /created table "Note"[\s\S]*warning: changes made behind Tenon's back are not recorded: permission denied/,
  )
  assert.deepEqual(await app.triggers('Note'), ['tenon_touch_updatedAt'])
})

test('a table in use is told, and the others are guarded', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push', '--database-guards=false')
  const holder = app.sql('BEGIN; LOCK "Note" IN ROW EXCLUSIVE MODE; SELECT pg_sleep(9)')
  for (;;) {
    const held = await app.rows(`SELECT 1 FROM pg_locks WHERE relation = 'public."Note"'::regclass
      AND mode = 'RowExclusiveLock' AND granted`)
    if (held.length > 0) break
  }
  assert.match(await app.tenon('push'), /warning: table "Note" is in use: it has no guard until/)
  await holder
  await app.tenon('push')
  assert.deepEqual(await app.triggers('Note'), OF_THE_SCHEMA)
})

test('roles can be switched off', { skip }, async (t) => {
  const app = await open(t)
  await app.tenon('push', '--database-roles=false')
  const roles = `SELECT 1 FROM pg_roles WHERE rolname LIKE '${app.database.name}_tenon%'`
  assert.deepEqual(await app.rows(roles), [])
  await app.sql(`INSERT INTO "Note" VALUES (1, 'a', 'b', now())`)
  assert.equal((await app.log()).length, 1)
  await app.tenon('push')
  assert.equal((await app.rows(roles)).length, 2)
})
