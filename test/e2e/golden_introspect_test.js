// `tenon introspect`: databases of both engines as schema files, which are
// compared with what was agreed on (`./dev golden` rewrites them), checked,
// served and found to need no migration.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const GOLDEN = resolve(import.meta.dirname, '../golden/introspect')
const IS_WRITING = process.env.TENON_GOLDEN === 'write'

const cleanups = []
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function scratch(files) {
  const folder = await workspace(files)
  cleanups.push(() => removeWorkspace(folder))
  return folder
}

function makeSqlite(folder, sql) {
  const database = new DatabaseSync(join(folder, 'app.db'))
  database.exec(sql)
  database.close()
}

async function expectGolden(engine, text) {
  const path = join(GOLDEN, engine, 'schema.prisma')
  if (IS_WRITING) return writeFile(path, text)
  assert.equal(text, await readFile(path, 'utf8'), `${path} differs; ./dev golden rewrites it`)
}

/** The schema of a database; it loads, and the database is what it asks for. */
async function introspect(folder, url, engine) {
  const { code, stdout, stderr } = await run(folder, ['introspect', url])
  assert.equal(code, 0, stderr)
  await writeFile(join(folder, 'schema.prisma'), stdout)
  const checked = await run(folder, ['check', '--engine', engine, 'schema.prisma'])
  assert.equal(checked.code, 0, stdout + checked.stdout)
  const formatted = await run(folder, ['format', '--check', 'schema.prisma'])
  assert.equal(formatted.code, 0, formatted.stdout)
  const diff = await run(folder, ['migrate', 'diff', '--from', url, '--to', 'schema.prisma'])
  assert.match(diff.stdout, /no difference/, diff.stdout + diff.stderr)
  return stdout
}

test('a SQLite database', async () => {
  const folder = await scratch()
  makeSqlite(folder, await readFile(join(GOLDEN, 'sqlite/database.sql'), 'utf8'))
  await expectGolden('sqlite', await introspect(folder, 'file:app.db', 'sqlite'))
})

test('a PostgreSQL database', { skip: postgres.skip }, async (t) => {
  const folder = await scratch()
  const database = await postgres.create(t)
  await database.run(await readFile(join(GOLDEN, 'postgresql/database.sql'), 'utf8'))
  await expectGolden('postgresql', await introspect(folder, database.url, 'postgresql'))
})

test('an introspected database is served as it is, and closed', async () => {
  const folder = await scratch()
  makeSqlite(folder, await readFile(join(GOLDEN, 'sqlite/database.sql'), 'utf8'))
  const before = await readFile(join(folder, 'app.db'))
  await introspect(folder, 'file:app.db', 'sqlite')
  const server = await serve(folder)
  try {
    assert.deepEqual(await (await server.fetch('users')).json(), [])
    const refused = await server.fetch('tag', { method: 'POST', body: '{"2nd":"x"}' })
    assert.ok([401, 403].includes(refused.status), `${refused.status}`)
  } finally {
    await server.stop()
  }
  assert.ok(before.length > 0)
})

test('--open lets everybody read and write', async () => {
  const folder = await scratch()
  makeSqlite(folder, await readFile(join(GOLDEN, 'sqlite/database.sql'), 'utf8'))
  const made = await run(folder, ['introspect', 'file:app.db', '--open', '--output', 'schema.prisma'])
  assert.equal(made.code, 0, made.stderr)
  assert.equal(made.stdout, 'made schema.prisma\n')
  const server = await serve(folder)
  try {
    const user = { email: 'ada@example.com', created: '2024-01-31T12:00:00Z' }
    const inserted = await server.fetch('users', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Prefer: 'return=representation' },
      body: JSON.stringify(user),
    })
    assert.equal(inserted.status, 201, await inserted.clone().text())
    assert.equal((await (await server.fetch('users?select=email')).json())[0].email, user.email)
    assert.equal((await server.fetch('log')).status, 404, 'it is ignored')
  } finally {
    await server.stop()
  }
})

test('the database of the settings, when none is named', async () => {
  const folder = await scratch({ '.env': 'DATABASE_URL="file:other.db"\n' })
  const { code, stderr } = await run(folder, ['introspect'])
  assert.notEqual(code, 0)
  assert.match(stderr, /there is no database .*other\.db/)
})

test('introspect overwrites nothing', async () => {
  const folder = await scratch({ 'schema.prisma': 'kept' })
  makeSqlite(folder, 'CREATE TABLE t (id INTEGER PRIMARY KEY)')
  const { code, stderr } = await run(folder, ['introspect', 'file:app.db', '--output', 'schema.prisma'])
  assert.notEqual(code, 0)
  assert.match(stderr, /schema\.prisma[\s\S]*overwrites nothing/)
  assert.equal(await readFile(join(folder, 'schema.prisma'), 'utf8'), 'kept')
})

test('an empty database is a datasource alone', async () => {
  const folder = await scratch()
  makeSqlite(folder, 'VACUUM')
  assert.match(await introspect(folder, 'file:app.db', 'sqlite'), /^datasource db \{[^}]*\}\n$/)
})

test('PostgreSQL: schemas that are named, and tables of one name in two of them', { skip: postgres.skip }, async (t) => {
  const folder = await scratch()
  const database = await postgres.create(t)
  await database.run(`CREATE SCHEMA auth;
    CREATE TYPE auth.kind AS ENUM ('a');
    CREATE TABLE auth.users (id integer PRIMARY KEY, kind auth.kind DEFAULT 'a');
    CREATE TABLE users (id integer PRIMARY KEY REFERENCES auth.users (id));`)
  const { stdout } = await run(folder, ['introspect', database.url, '--schemas', 'auth,public'])
  assert.match(stdout, /schemas *= \["auth", "public"\]/)
  assert.match(stdout, /model (public_)?users \{[\s\S]*@@schema\("auth"\)/)
  await writeFile(join(folder, 'schema.prisma'), stdout)
  const diff = await run(folder, ['migrate', 'diff', '--from', database.url, '--to', 'schema.prisma'])
  assert.match(diff.stdout, /no difference/, stdout + diff.stdout + diff.stderr)
})
