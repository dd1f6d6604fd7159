// What `tenon doctor` finds that only one engine can have: a SQLite file that is
// damaged or open to others, PostgreSQL's roles, guards, collations, replicas,
// and databases that are served as they are found.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { tlsSettings, writeCertificate } from './support/certificate.js'
import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `model Author {
  id    Int    @id
  name  String
  books Book[]

  @@allow('read', true)
}

model Book {
  id       Int    @id
  author   Author @relation(fields: [authorId], references: [id])
  authorId Int
}
`

const cleanups = []
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function application() {
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  cleanups.push(() => removeWorkspace(folder))
  return folder
}

/** The findings by the name of their check. */
async function look(folder, args, env) {
  const { code, stdout, stderr } = await run(folder, ['doctor', '--json', ...args], { env })
  assert.equal(stderr, '')
  return { code, ...Object.fromEntries(JSON.parse(stdout).map((found) => [found.check, found])) }
}

describe('a SQLite file', () => {
  const IN_APP = ['--database', 'file:app.db']

  async function pushed() {
    const folder = await application()
    assert.equal((await run(folder, ['push', ...IN_APP])).code, 0)
    return folder
  }

  test('is looked at while it is served', async () => {
    const folder = await pushed()
    const server = await serve(folder, IN_APP)
    const report = await look(folder, IN_APP)
    await server.stop()
    assert.equal(report.code, 0)
    assert.equal(report.integrity.level, 'ok')
  })

  test('that others may read', async () => {
    const folder = await pushed()
    await chmod(join(folder, 'app.db'), 0o644)
    const { file } = await look(folder, IN_APP)
    assert.equal(file.level, 'warning')
    assert.match(file.advice, /^chmod 600 .*app\.db$/)
  })

  test('that is damaged', async () => {
    const folder = await pushed()
    const path = join(folder, 'app.db')
    const database = new DatabaseSync(path)
    database.exec(`INSERT INTO "Author" (id, name) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n
      WHERE i < 5000) SELECT i, 'name ' || i FROM n; PRAGMA wal_checkpoint(TRUNCATE)`)
    database.close()
    const { size } = await stat(path)
    const file = await open(path, 'r+')
    await file.write(randomBytes(8192), 0, 8192, Math.floor(size / 2 / 4096) * 4096)
    await file.close()
    const report = await look(folder, IN_APP)
    assert.equal(report.code, 1)
    assert.equal(report.integrity.level, 'wrong')
    assert.match(report.integrity.advice, /restore a backup/)
  })

  test('with a reference that leads nowhere', async () => {
    const folder = await pushed()
    const database = new DatabaseSync(join(folder, 'app.db'), { enableForeignKeyConstraints: false })
    database.exec(`INSERT INTO "Book" (id, "authorId") VALUES (1, 7), (2, 8)`)
    database.close()
    const { references } = await look(folder, IN_APP)
    assert.equal(references.level, 'wrong')
    assert.equal(references.details, '2 of table "Book" to "Author"')
  })

  test('of another journal mode', async () => {
    const folder = await pushed()
    const database = new DatabaseSync(join(folder, 'app.db'))
    database.exec('PRAGMA journal_mode = DELETE')
    database.close()
    assert.equal((await look(folder, IN_APP)).journal.level, 'note')
  })

  test('that is none', async () => {
    const folder = await pushed()
    await writeFile(join(folder, 'other.db'), 'this is a text and no database, whatever its name says'.repeat(100))
    const report = await look(folder, ['--database', 'file:other.db'])
    assert.equal(report.code, 1)
    assert.equal(report.database.level, 'wrong')
    assert.equal(report.file, undefined)
  })

  test('a log that nobody empties', async () => {
    const folder = await pushed()
    const copy = join(folder, 'copy.db')
    await copyFile(join(folder, 'app.db'), copy)
    await chmod(copy, 0o600)
    const log = await open(`${copy}-wal`, 'w')
    await log.truncate(300 * 1024 * 1024)
    await log.close()
    // SQLite itself ends a log that is not one; what is reported is its size.
    const { 'log size': found } = await look(folder, ['--database', 'file:copy.db'])
    assert.ok(['warning', 'ok'].includes(found.level))
    assert.match(found.message, /MiB/)
  })
})

test('a certificate: valid, near its end, not its key\'s', async () => {
  const folder = await application()
  await writeCertificate(folder, 'good')
  await promisify(execFile)('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3',
    '-keyout', join(folder, 'short.key'), '-out', join(folder, 'short.pem'), '-subj', '/CN=short',
  ])
  const good = (await look(folder, [...tlsSettings(folder, 'good'), '--listen', ':8443']))
  assert.equal(good.certificate.level, 'ok')
  assert.match(good.certificate.message, /^\/CN=good, for (29|30) days still$/)
  assert.equal(good.address.level, 'ok')
  const short = (await look(folder, tlsSettings(folder, 'short'))).certificate
  assert.equal(short.level, 'warning')
  assert.match(short.advice, /SIGHUP/)
  const mixed = ['--tls-certificate', join(folder, 'good.pem'), '--tls-key', join(folder, 'short.key')]
  assert.equal((await look(folder, mixed)).certificate.level, 'wrong')
})

describe('a PostgreSQL database', { skip: postgres.skip }, () => {
  const name = (prefix) => `${prefix}_${randomBytes(6).toString('hex')}`

  /** The same database as another user, who is gone after the test. */
  async function userOf(t, database, rights) {
    const user = name('doctor')
    await database.run(`CREATE ROLE ${user} LOGIN PASSWORD 'secret' ${rights}`)
    t.after(() => database.run(`DROP OWNED BY ${user}; DROP ROLE ${user}`).catch(() => {}))
    const url = new URL(database.url)
    url.username = user
    url.password = 'secret'
    return { user, url: url.href }
  }

  async function pushed(t) {
    const folder = await application()
    const database = await postgres.create(t)
    const { code, stderr } = await run(folder, ['push', '--database', database.url])
    assert.equal(code, 0, stderr)
    return { folder, database, at: ['--database', database.url] }
  }

  test('whose roles and guards are in place', async (t) => {
    const { folder, at } = await pushed(t)
    const report = await look(folder, at)
    assert.equal(report.code, 0)
    assert.match(report.roles.message, /^writes as "test_\w+_tenon_read_write", reads as "test_\w+_tenon_read_only"$/)
    assert.equal(report.guards.level, 'ok')
    assert.equal(report.user.level, 'note')
    assert.equal((await look(folder, [...at, '--env', 'production'])).user.level, 'warning')
    assert.equal((await look(folder, [...at], { TENON_DATABASE_ROLES: 'false' })).roles.level, 'note')
    assert.equal((await look(folder, [...at], { TENON_DATABASE_GUARDS: 'false' })).guards.level, 'note')
  })

  test('a log that who serves could rewrite', async (t) => {
    const { folder, database, at } = await pushed(t)
    const rights = async () => (await look(folder, at))['audit rights']
    assert.equal((await rights()).level, 'ok')
    await database.run(`GRANT UPDATE ON tenon.audit_log TO "${database.name}_tenon_read_write"`)
    assert.equal((await rights()).level, 'wrong')
    assert.match((await rights()).message, /_tenon_read_write" may write to audit_log$/)
    assert.equal((await look(folder, at, { TENON_DATABASE_ROLES: 'false' }))['audit rights'].level, 'note')
  })

  test('a table without a guard', async (t) => {
    const { folder, database, at } = await pushed(t)
    await database.run('DROP TRIGGER tenon_audit ON "Book"; DROP TRIGGER tenon_audit_truncate ON "Book"')
    const { guards } = await look(folder, at)
    assert.equal(guards.level, 'warning')
    assert.equal(guards.details, 'public."Book"')
    await run(folder, ['push', ...at])
    assert.equal((await look(folder, at)).guards.level, 'ok')
  })

  test('guards without the event trigger, and none at all', async (t) => {
    const { folder, database, at } = await pushed(t)
    await database.run('DROP EVENT TRIGGER tenon_guard')
    assert.equal((await look(folder, at)).guards.level, 'note')
    await database.run('DROP SCHEMA tenon CASCADE')
    const { guards } = await look(folder, at)
    assert.equal(guards.level, 'warning')
    assert.match(guards.advice, /tenon push/)
  })

  test('a user who has no roles to switch to', async (t) => {
    const { folder, database } = await pushed(t)
    const { url } = await userOf(t, database, '')
    const report = await look(folder, ['--database', url])
    assert.equal(report.roles.level, 'warning')
    assert.match(report.roles.details, /may not be switched to: writing as/)
  })

  test('a user for reads who may write, and one who may not', async (t) => {
    const { folder, database, at } = await pushed(t)
    const reader = await userOf(t, database, '')
    await database.run(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader.user}`)
    const env = { DATABASE_READ_URL: reader.url }
    const before = (await look(folder, at, env))['reading user']
    assert.equal(before.level, 'ok')
    assert.match(before.message, /who cannot write/)
    await database.run(`GRANT UPDATE ON "Author" TO ${reader.user}`)
    assert.equal((await look(folder, at, env))['reading user'].level, 'warning')
    const gone = (await look(folder, at, { DATABASE_READ_URL: 'postgresql://nobody:geheim@127.0.0.1:1/x' }))['reading user']
    assert.equal(gone.level, 'wrong')
    assert.doesNotMatch(JSON.stringify(gone), /geheim/)
  })

  test('a server that is not there', async () => {
    const folder = await application()
    const { code, database, encoding } = await look(folder, ['--database', 'postgresql://u:geheim@127.0.0.1:1/x'])
    assert.equal(code, 1)
    assert.equal(database.level, 'wrong')
    assert.ok(database.advice.length > 0)
    assert.doesNotMatch(JSON.stringify(database), /geheim/)
    assert.equal(encoding, undefined)
  })

  test('collations and encodings', async (t) => {
    const folder = await application()
    const url = new URL(process.env.TENON_TEST_POSTGRES)
    for (const [options, check, level] of [
      [`LOCALE 'C'`, 'collation', 'ok'],
      [`LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C.UTF-8'`, 'collation', 'note'],
      [`ENCODING 'SQL_ASCII' LOCALE 'C'`, 'encoding', 'wrong'],
    ]) {
      const made = name('test')
      const admin = new postgres.PostgresDatabase('postgres')
      await admin.run(`CREATE DATABASE ${made} TEMPLATE template0 ${options}`)
      t.after(() => admin.run(`DROP DATABASE ${made} WITH (FORCE)`))
      url.pathname = `/${made}`
      const report = await look(folder, ['--database', url.href])
      assert.equal(report[check].level, level, `${options}: ${report[check].message}`)
    }
  })

  test('settings of a user that get in the way', async (t) => {
    const { folder, database, at } = await pushed(t)
    await database.run(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on;
      ALTER DATABASE ${database.name} SET idle_session_timeout = '5s'`)
    const report = await look(folder, at)
    assert.equal(report.primary.level, 'wrong')
    assert.equal(report.timeouts.level, 'note')
    assert.match(report.timeouts.message, /idle_session_timeout = 5000ms/)
  })

  test('more connections than the server has', async (t) => {
    const { folder, database, at } = await pushed(t)
    const few = await look(folder, [...at, '--workers', '1'])
    assert.equal(few.connections.level, 'ok')
    const many = await look(folder, [...at, '--workers', '200'])
    assert.equal(many.connections.level, 'wrong')
    assert.match(many.connections.message, /^2400 at most \(200 workers, 8 \+ 4 each\)/)
    await database.run(`ALTER DATABASE ${database.name} CONNECTION LIMIT 5`)
    assert.equal((await look(folder, [...at, '--workers', '1'])).connections.level, 'wrong')
  })

  test('functions of the database that everybody may call', async (t) => {
    const { folder, database, at } = await pushed(t)
    const find = async (...args) => (await look(folder, [...at, ...args]))['exposed functions']
    assert.equal((await find()).level, 'ok')
    assert.equal((await find('--expose-functions', 'api')).level, 'wrong')
    await database.run(`CREATE SCHEMA api; CREATE FUNCTION api.one() RETURNS int LANGUAGE sql AS 'SELECT 1'`)
    const closed = await find('--expose-functions', 'api')
    assert.equal(closed.level, 'wrong')
    assert.match(closed.details, /_tenon_read_only" may not use the schema "api"\n/)
    assert.equal((await run(folder, ['push', ...at, '--expose-functions', 'api'])).code, 0)
    const open = await find('--expose-functions', 'api')
    assert.deepEqual([open.level, open.details], ['note', 'api.one'])
  })

  test('one that is served as it is found', async (t) => {
    const folder = await workspace()
    cleanups.push(() => removeWorkspace(folder))
    const database = await postgres.create(t)
    const role = name('anonymous')
    const found = (extra, ...args) =>
      look(folder, ['--introspect', '--database', database.url, ...args], { TENON_ANON_ROLE: role, ...extra })
    const absent = await found()
    assert.equal(absent['anonymous role'].level, 'wrong')
    assert.equal(absent['exposed schemas'].level, 'warning')
    assert.equal(absent.schema, undefined)

    await database.run(`CREATE ROLE ${role} NOLOGIN; CREATE TABLE open (id int); CREATE TABLE closed (id int);
      CREATE TABLE guarded (id int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      GRANT SELECT ON open, guarded TO ${role}`)
    t.after(() => database.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => {}))
    const report = await found()
    assert.equal(report.code, 0)
    assert.equal(report['anonymous role'].level, 'ok')
    assert.equal(report['exposed schemas'].message, '3 tables and views, 0 functions')
    assert.equal(report.tokens.level, 'note')
    assert.equal(report['open tables'].level, 'note')
    assert.equal(report['open tables'].details, 'public.open')
    await database.run(`GRANT INSERT ON open TO ${role}; ALTER ROLE ${role} BYPASSRLS`)
    const worse = await found({ TENON_JWT_SECRET: 'x'.repeat(32) })
    assert.equal(worse['open tables'].level, 'warning')
    assert.equal(worse['open tables'].details, 'public.open (to write to as well)')
    assert.equal(worse['anonymous role'].level, 'wrong')
    assert.equal(worse.tokens.level, 'ok')
    const nobody = await found({ TENON_ANON_ROLE: 'none' })
    assert.equal(nobody.tokens.level, 'wrong')
    const missing = await found({}, '--expose', 'nowhere')
    assert.match(missing['exposed schemas'].message, /no schema "nowhere"/)
  })
})

describe('replicas', { skip: postgres.skip }, () => {
  const TOOL = resolve('tools/postgres')
  const tool = (...args) => promisify(execFile)(TOOL, args)

  test('one that follows, one that is held, one that is another database, one that is gone', async () => {
    const pair = await mkdtemp(join(tmpdir(), 'tenon-doctor-'))
    cleanups.push(async () => {
      await tool('stop', pair)
      await rm(pair, { recursive: true })
    })
    const { stdout } = await tool('start', '--fast', '--replica', pair)
    const [primary, replica] = stdout.trim().split('\n')
    const folder = await application()
    assert.equal((await run(folder, ['push', '--database', primary])).code, 0)
    const find = async (urls) =>
      (await look(folder, ['--database', primary, '--replica-lag', '2s'], { DATABASE_REPLICA_URLS: urls })).replicas

    const following = await find(replica)
    assert.equal(following.level, 'ok', following.details)
    assert.match(following.details, /has what the primary has, \d+ ms later$/)

    assert.equal((await find(primary)).level, 'warning')
    const other = await find(`${replica},${process.env.TENON_TEST_POSTGRES}`)
    assert.equal(other.level, 'wrong')
    assert.match(other.details, /\n.* is no copy of this database$/)

    // What was written may reach the disk, and so the replica, a moment later,
    // and a pause begins when the replica comes to it.
    let held
    for (let i = 0; i < 10 && held?.level !== 'warning'; i++) {
      await tool('pause', pair)
      await tool('psql', pair, '-qAtc', `CREATE TABLE public.late_${i} (id int)`)
      await sleep(500)
      held = await find(replica)
    }
    assert.equal(held.level, 'warning')
    assert.match(held.details, /is \d+ bytes of log behind/)
    await tool('resume', pair)

    const standby = await look(folder, ['--database', replica])
    assert.equal(standby.primary.level, 'wrong')
    assert.match(standby.primary.advice, /DATABASE_REPLICA_URLS/)

    await tool('stop', '--replica', pair)
    assert.equal((await find(replica)).level, 'warning')
  })
})
