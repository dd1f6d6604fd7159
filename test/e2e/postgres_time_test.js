// A time of day on PostgreSQL is written, and compared, as a moment of which
// it is the time in UTC.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { expectOk, post } from './support/library.js'
import * as postgres from './support/postgres_world.js'
import { serveSchema } from './support/tenon.js'

const SCHEMA = `
model Shift {
  id     Int      @id
  begins DateTime @db.Time
  ends   DateTime @db.Timetz

  @@allow('all', true)
}
`

test('takes the time of a moment', { skip: postgres.skip }, async (t) => {
  const server = await serveSchema(SCHEMA, [], undefined, 'postgresql')
  t.after(() => server.close())
  const moment = '2025-01-31T13:30:00+01:00'
  await expectOk(post(server, 'Shift', [{ id: 1, begins: moment, ends: moment }]))
  await expectOk(post(server, 'Shift', [
    { id: 2, begins: '1970-01-01T08:00:00Z', ends: '1970-01-01T08:00:00Z' },
    { id: 3, begins: '1970-01-01T09:00:00Z', ends: '1970-01-01T09:00:00Z' },
  ]))
  const shifts = async (query) => (await expectOk(server.fetch(`Shift?order=id&${query}`))).json()
  assert.deepEqual(await shifts('id=eq.1'), [{ id: 1, begins: '12:30:00', ends: '12:30:00+00' }])
  const found = await shifts(`select=id&begins=eq.${encodeURIComponent(moment)}`)
  assert.deepEqual(found, [{ id: 1 }])
  assert.deepEqual(await shifts('select=id&begins=lt.1970-01-01T09:00:00Z'), [{ id: 2 }])
})
