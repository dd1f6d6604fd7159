// SQL of functions that the database does not understand: told at the start, on
// either engine, with the place in the schema file.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { serveSchema } from './support/tenon.js'

const MODEL = `model Task {
  id    Int    @id
  title String

  @@map("task")
  @@allow('all', true)
}
`

const CASES = [
  ['a table that is not there', 'SELECT id FROM tusk', 'Int[]', /schema\.prisma:\d+:\d+.*tusk/],
  ['a mistake in its syntax', 'SELECT 1 +', 'Int', /schema\.prisma:\d+.*(syntax error|incomplete input)/],
  ['a column too few', 'SELECT id FROM task', 'Task[]', /title/],
  ['two columns for a value', 'SELECT 1, 2', 'Int', /"f" cannot be used/],
  [
    'a write that says it reads',
    'WITH x AS (SELECT 1) DELETE FROM task RETURNING id',
    'Int[]',
    /"f" cannot be used/,
  ],
]

const engines = [
  ['sqlite', false],
  ['postgresql', postgres.skip],
]

for (const [engine, skip] of engines) {
  for (const [what, sql, result, said] of CASES) {
    test(`${what} on ${engine}`, { skip }, async () => {
      const schema = `${MODEL}
function f returns ${result} {
  n Int @default(1)

  @@sql("""
    ${sql} -- :n
  """)
  @@stable
  @@allow('call', true)
}
`
      const starting = serveSchema(schema, [], () => ({}), engine)
      const message = await starting.then(
        (server) => server.close().then(() => 'it started'),
        (error) => error.message,
      )
      assert.match(message, /function "f" cannot be used/)
      assert.match(message, said)
    })
  }
}
