// An acknowledged write is seen by the next request, whichever connection it
// comes on, also beside reads that are slow enough to yield.
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'

import { serveSchema } from '../e2e/support/tenon.js'
import { Connection } from './support/http.js'

const SCHEMA = `
model Counter {
  id    Int @id
  value Int

  @@map("counters")
  @@allow('all', true)
}

model Big {
  id   Int    @id @default(autoincrement())
  text String

  @@map("big")
  @@allow('all', true)
}
`

const BIG_ROWS = 200_000
const SLOW = '/rest/v1/big?text=like.*never*&select=id'
const READERS = 12
const SECONDS = 0.8
const WRITES = 30

function fillBig(folder) {
  const database = new DatabaseSync(join(folder, 'app.db'))
  database.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${BIG_ROWS})
    INSERT INTO big (text) SELECT 'a text of some length, number ' || i FROM n`)
  database.close()
  return {}
}

async function setUp(t, workers) {
  const server = await serveSchema(SCHEMA, ['--workers', String(workers)], fillBig)
  t.after(() => server.close())
  const open = async () => {
    const connection = await Connection.open(server.port)
    t.after(() => connection.close())
    return connection
  }
  const writer = await open()
  const reply = await writer.request('POST', '/rest/v1/counters', { id: 1, value: 0 })
  assert.equal(reply.status, 201, reply.text)
  return { open, writer }
}

const patch = (connection, value) =>
  connection.request('PATCH', '/rest/v1/counters?id=eq.1', { value })

async function read(connection) {
  const { body } = await connection.json('GET', '/rest/v1/counters?id=eq.1&select=value')
  return body[0].value
}

async function scanUntil(isOver, connection) {
  let count = 0
  for (; !isOver(); count++) {
    const { status, text } = await connection.request('GET', SLOW)
    assert.equal(status, 200, text)
    assert.equal(text, '[]')
  }
  return count
}

// What a reader must see is what was acknowledged when it asked.
async function hammer(t, workers, slowReaders) {
  const { open, writer } = await setUp(t, workers)
  let acknowledged = 0
  let isOver = false
  const connections = await Promise.all(Array.from({ length: READERS }, open))
  const slow = await Promise.all(Array.from({ length: slowReaders }, open))
  const scans = Promise.all(slow.map((connection) => scanUntil(() => isOver, connection)))
  let reads = 0
  const readers = Promise.all(connections.map(async (connection) => {
    for (; !isOver; reads++) {
      const least = acknowledged
      const seen = await read(connection)
      assert.ok(seen >= least, `saw ${seen} after ${least} was acknowledged`)
    }
  }))
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end || acknowledged < WRITES) {
    const { status, text } = await patch(writer, acknowledged + 1)
    assert.equal(status, 204, text)
    acknowledged++
  }
  isOver = true
  await readers
  t.diagnostic(`${acknowledged} writes, ${reads} reads, ${await scans} scans`)
  assert.ok(reads > WRITES)
}

for (const workers of [1, 2]) {
  test(`an acknowledged write is seen by all connections, ${workers} workers`, (t) =>
    hammer(t, workers, 0))
  test(`also beside slow reads, ${workers} workers`, (t) => hammer(t, workers, 3))

  test(`a pipelined read sees the write before it, ${workers} workers`, async (t) => {
    const { open } = await setUp(t, workers)
    let isOver = false
    const slow = scanUntil(() => isOver, await open())
    const connection = await open()
    for (let i = 1; i <= 50; i++) {
      const [written, seen] = await Promise.all([patch(connection, i), read(connection)])
      assert.equal(written.status, 204)
      assert.equal(seen, i)
    }
    isOver = true
    await slow
  })

  test(`a slow read does not hold up others, ${workers} workers`, async (t) => {
    const { open, writer } = await setUp(t, workers)
    let isOver = false
    const slow = scanUntil(() => isOver, await open())
    const connection = await open()
    const started = performance.now()
    for (let i = 0; i < 50; i++) await read(connection)
    const millis = (performance.now() - started) / 50
    for (let i = 0; i < 10; i++) await patch(writer, i)
    isOver = true
    await slow
    assert.ok(millis < 100, `${millis} ms for a read of one row`)
  })
}
