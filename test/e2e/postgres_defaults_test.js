// Defaults that PostgreSQL writes down in its own words are no difference,
// whichever command compares.

import assert from 'node:assert/strict'
import test from 'node:test'

import * as postgres from './support/postgres_world.js'
import { removeWorkspace, run, workspace } from './support/tenon.js'

const SCHEMA = `datasource db {
  provider = "postgresql"
}

model Job {
  id      Int                     @id @default(autoincrement())
  due     DateTime                @default(dbgenerated("(now() + interval '1 hours')"))
  code    String                  @default(dbgenerated("upper(md5(random()::text))"))
  pause   Unsupported("interval") @default(dbgenerated("'1 hour'"))
  luck    Int                     @default(dbgenerated("(floor(random() * 100))::int"))
  steps   BigInt[]                @default([1, 2])
  options Json                    @default("{\\"size\\":1,\\"a\\":{\\"y\\":2,\\"x\\":1}}")

  @@allow('all', true)
}
`

test('what the server spells differently is the same', { skip: postgres.skip }, async (t) => {
  const { url } = await postgres.create(t)
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  t.after(() => removeWorkspace(folder))
  const tenon = async (...args) => {
    const { code, stdout, stderr } = await run(folder, args, { env: { DATABASE_URL: url } })
    assert.equal(code, 0, stderr)
    return stdout
  }
  const nothing = /^nothing to do: /
  assert.match(await tenon('push'), /^created table "Job"/)
  assert.match(await tenon('push'), nothing)
  assert.equal(await tenon('migrate', 'diff', '--from', url, '--to', 'schema.prisma'), '-- no difference\n')
  assert.equal(await tenon('migrate', 'diff', '--from', 'schema.prisma', '--to', url), '-- no difference\n')
})

test('migrations that were written lead to the schema', { skip: postgres.skip }, async (t) => {
  const { url } = await postgres.create(t)
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  t.after(() => removeWorkspace(folder))
  const env = { DATABASE_URL: url }
  const dev = await run(folder, ['migrate', 'dev', '--name', 'first'], { env })
  assert.equal(dev.code, 0, dev.stderr)
  const check = await run(folder, ['migrate', 'check'], { env })
  assert.equal(check.code, 0, check.stdout + check.stderr)
})
