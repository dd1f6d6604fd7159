// Who read which rows, of models with @@audit(reads).

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { run, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `model Patient {
  id      Int     @id
  name    String
  pin     String? @sensitive
  visits  Visit[]

  @@audit(reads)
  @@allow('all', true)
}

model Visit {
  id        Int     @id
  about     String
  patient   Patient @relation(fields: [patientId], references: [id])
  patientId Int

  @@allow('all', true)
}

function patientsNamed returns Patient[] {
  name String
  @@sql("SELECT * FROM \\"Patient\\" WHERE name = :name")
  @@stable
  @@allow('call', true)
}
`

let server

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA)
  await send('POST', 'Patient', [{ id: 1, name: 'Ada', pin: '1234' }, { id: 2, name: 'Bo', pin: null }])
  await send('POST', 'Visit', [{ id: 1, about: 'x', patientId: 1 }])
})
after(() => server?.close())

let requests = 0

/** Sends a request and returns what it left in the log. */
async function send(method, path, body, headers = {}) {
  const id = `r-${++requests}`
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': id, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  assert.ok(response.ok, text)
  const log = await run(server.folder, ['audit', 'export', '--database', server.database])
  assert.equal(log.code, 0, log.stderr)
  const rows = log.stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
  return rows.filter((row) => row.request_id === id && row.action === 'read')
}

async function about(...request) {
  return (await send(...request)).map((row) => row.changes)
}

test('a read says who, from where, of what', { skip }, async () => {
  const [row, ...others] = await send('GET', 'Patient?select=id,name&id=eq.1', undefined,
    { 'User-Agent': 'tests/1' })
  assert.deepEqual(others, [])
  assert.equal(row.model, 'Patient')
  assert.equal(row.record_id, '1')
  assert.equal(row.ip_address, '127.0.0.1')
  assert.equal(row.user_agent, 'tests/1')
  assert.deepEqual(row.changes, { as: 'rows', columns: ['id', 'name'], filter: 'id.eq.1' })
  assert.equal(row.before, undefined)
})

test('a list says its filter, and no secret', { skip }, async () => {
  const [list] = await about('GET', 'Patient?select=name&or=(id.in.(1,2),pin.eq.1234,name.like.A*)')
  assert.deepEqual(list, {
    as: 'rows',
    columns: ['name'],
    filter: 'or(id.in.(1,2),pin.eq.[redacted],name.like.A%)',
  })
})

test('a count is a read, too', { skip }, async () => {
  assert.equal((await send('HEAD', 'Patient', undefined, { Prefer: 'count=exact' })).length, 1)
})

test('what is embedded, filtered and ordered by is read', { skip }, async () => {
  assert.deepEqual((await about('GET', 'Visit?select=id,Patient(name)')),
    [{ as: 'embed', columns: ['name'] }])
  assert.equal((await about('GET', 'Visit?select=id,Patient!inner()&Patient.name=eq.Ada')).length > 0, true)
  const ordered = await about('GET', 'Visit?select=id,Patient()&order=Patient(name)')
  assert.ok(ordered.some((row) => row.as === 'order'))
})

test('a function that hands such rows back reads them', { skip }, async () => {
  const [row] = await about('GET', 'rpc/patientsNamed?name=Ada&select=id')
  assert.deepEqual(row, { as: 'rows', function: 'patientsNamed', columns: ['id'] })
})

test('a write that shows rows reads them', { skip }, async () => {
  const [row] = await about('PATCH', 'Patient?id=eq.2', { name: 'Bo' }, { Prefer: 'return=representation' })
  assert.equal(row.as, 'written')
  assert.deepEqual(await about('PATCH', 'Patient?id=eq.2', { name: 'Bob' }), [])
})

test('reads of other models are not recorded', { skip }, async () => {
  assert.deepEqual(await about('GET', 'Visit?select=id'), [])
})

test('reads leave no event', { skip }, async () => {
  const result = await run(server.folder, ['audit', 'seal', '--database', server.database])
  assert.equal(result.code, 0, result.stderr)
  const verified = await run(server.folder, ['audit', 'verify', '--database', server.database])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
})
