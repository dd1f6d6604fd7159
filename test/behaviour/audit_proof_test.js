// Somebody has the database, and changes the log with its own shell: `tenon audit
// verify` says what he did.
// Runs alone: what is sealed waits for all that others have begun.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

import { ENGINE, run, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `model Note {
  id   Int    @id
  text String

  @@allow('all', true)
}
`

const isLite = ENGINE === 'sqlite'
const LOG = isLite ? 'tenon_audit_log' : 'tenon.audit_log'
const SEAL = isLite ? 'tenon_audit_seal' : 'tenon.audit_seal'
const shell = promisify(execFile)

/** A server, which seals nothing by itself, and who has its database. */
async function open(t, args = ['--jobs=false']) {
  const server = await serveSchema(SCHEMA, args)
  t.after(() => server.close())
  const app = {
    folder: server.folder,
    async add(table, ...ids) {
      const response = await server.fetch(table, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(ids.map((id) => ({ id, text: 'a' }))),
      })
      assert.ok(response.ok, await response.text())
    },
    /** Its exit code and what it says. */
    async audit(...command) {
      const result = await run(server.folder, ['audit', ...command, '--database', server.database])
      return { code: result.code, text: result.stdout + result.stderr }
    },
    async ok(...command) {
      const { code, text } = await app.audit(...command)
      assert.equal(code, 0, text)
      return text
    },
    async sql(text) {
      if (!isLite) {
        const options = ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', text]
        return (await shell('psql', [...options, server.database])).stdout.trim()
      }
      const database = new DatabaseSync(join(server.folder, 'app.db'))
      try {
        database.exec('PRAGMA busy_timeout = 5000')
        if (!text.startsWith('SELECT')) return database.exec(text)
        return String(Object.values(database.prepare(text).get())[0])
      } finally {
        database.close()
      }
    },
  }
  return app
}

/** What is committed is sealed once all that had begun before, in whatever
 * database of the server, has ended. */
async function seal(app) {
  if (!isLite) {
    const own = await app.sql('SELECT pg_current_xact_id()')
    const over = `SELECT pg_snapshot_xmin(pg_current_snapshot()) > '${own}'::xid8`
    while ((await app.sql(over)) !== 't') await delay(20)
  }
  return app.ok('seal')
}

/** The same, sealed twice. */
async function sealed(t) {
  const app = await open(t)
  await app.ok('key')
  await app.add('Note', 1, 2, 3)
  await seal(app)
  await app.add('Note', 4, 5)
  await seal(app)
  return app
}

async function found(app) {
  const { code, text } = await app.audit('verify')
  assert.equal(code, 2, text)
  return text
}

test('nobody changed anything', { skip }, async (t) => {
  const app = await sealed(t)
  const text = await app.ok('verify')
  assert.match(text, /^5 sealed rows are proven, 0 were pruned, 0 are not sealed yet$/m)
  assert.match(text, /^2 of 2 seals are signed$/m)
  assert.match(text, /^newest seal: 2 of [-0-9T:.+]+, [0-9a-f]{64}$/m)
})

const TAMPERED = [
  ['a changed row', `UPDATE ${LOG} SET user_id = 'nobody' WHERE record_id = '2'`,
    /^changed: create of Note 2 .* was changed after it was sealed \(seal 1\)$/m],
  ['a deleted row', `DELETE FROM ${LOG} WHERE record_id = '4'`,
    /^deleted: 1 of the rows of seal 2 were deleted/m],
  ['a seal with other hashes', `UPDATE ${SEAL} SET row_hashes = root WHERE number = 1`,
    /^seal changed: the rows' hashes of seal 1 were changed/m],
  ['a seal of another time', `UPDATE ${SEAL} SET sealed_at = '2020-01-01T00:00:00.000+00:00' WHERE number = 2`,
    /^seal changed: seal 2 was changed$/m],
  ['a seal that is gone', `DELETE FROM ${SEAL} WHERE number = 1`, /^seal missing: seal 1 is missing$/m],
  ['a chain that was cut', `DELETE FROM ${SEAL} WHERE number = 2`,
    /^cut off: seals from 2 on are gone: seal 2 was seen here$/m],
  ['a signature that was taken away', `UPDATE ${SEAL} SET key_id = NULL, signature = NULL WHERE number = 2`,
    /^not signed: seal 2 is not signed$/m],
  ['a row that was put in',
    `INSERT INTO ${LOG} (${isLite ? 'position, id' : 'transaction, id'}, created_at, action, model, record_id, hash)
     SELECT ${isLite ? "-1, 'x'" : 'transaction, gen_random_uuid()'}, created_at, action, model, record_id, hash
     FROM ${LOG} WHERE record_id = '2'`,
    /^inserted: create of Note 2 .* is in no seal$/m],
]

test('what was done to it is told', { skip }, async (t) => {
  const app = await sealed(t)
  await app.sql(`CREATE TABLE kept_log AS SELECT * FROM ${LOG}; CREATE TABLE kept_seal AS SELECT * FROM ${SEAL}`)
  for (const [what, sql, says] of TAMPERED) {
    await t.test(what, async () => {
      await app.sql(sql)
      assert.match(await found(app), says)
    })
    await app.sql(`DELETE FROM ${LOG}; INSERT INTO ${LOG} SELECT * FROM kept_log;
      DELETE FROM ${SEAL}; INSERT INTO ${SEAL} SELECT * FROM kept_seal`)
  }
  await app.ok('verify')
})

test('seals of somebody else are found', { skip }, async (t) => {
  const app = await sealed(t)
  await rm(join(app.folder, 'audit.key'))
  await app.ok('key')
  assert.match(await found(app), /^other key: seal 1 is signed with another key, [0-9a-f]{16}$/m)
})

test('what was cut off is not sealed over', { skip }, async (t) => {
  const app = await sealed(t)
  await app.sql(`DELETE FROM ${SEAL} WHERE number = 2; DELETE FROM ${LOG} WHERE record_id = '4'`)
  const { code, text } = await app.audit('seal')
  assert.equal(code, 1)
  assert.match(text, /seal 2 of the audit log, which was made or verified here, is not in the database/)
})

test('an auditor needs the public key alone', { skip }, async (t) => {
  const app = await sealed(t)
  const key = join(app.folder, 'audit.key')
  const { stdout } = await shell('openssl', ['pkey', '-in', key, '-pubout'])
  const file = join(app.folder, 'public.pem')
  await writeFile(file, stdout)
  assert.match(await app.ok('verify', '--audit-key', file), /^2 of 2 seals are signed$/m)
  await rm(key)
  assert.match(await app.ok('verify'), /^warning: no signature was verified: there is no key in audit.key$/m)
})

test('a key that others may read is refused', { skip }, async (t) => {
  const app = await sealed(t)
  await chmod(join(app.folder, 'audit.key'), 0o644)
  const { code, text } = await app.audit('verify')
  assert.equal(code, 1)
  assert.match(text, /others may read the audit log's key in audit.key/)
})

test('the server seals by itself', { skip }, async (t) => {
  const app = await open(t, [])
  await app.ok('key')
  await app.add('Note', 1)
  const table = isLite ? 'tenon_job' : 'tenon.job'
  const now = isLite ? "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')" : 'now()'
  await app.sql(`INSERT INTO ${table} (id, kind, payload, status, run_at, max_attempts, created_at)
    VALUES ('0192f0e0-0000-7000-8000-000000000000', 'audit.seal', '{}', 'queued', ${now}, 3, ${now})`)
  for (let i = 0; i < 100; i++) {
    if ((await app.sql(`SELECT count(*) FROM ${SEAL}`)) === '1') break
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  assert.match(await app.ok('verify'), /^1 sealed rows are proven/m)
  assert.match(await readFile(join(app.folder, 'audit.key.head'), 'utf8'), /^1 [0-9a-f]{64}$/m)
})
