// Mutations share transactions. One that fails must not take another with it,
// and every answer must be true: acknowledged means present, refused means
// absent, and only an error from COMMIT may leave it open.
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { serveSchema } from '../e2e/support/tenon.js'
import { Disk, FULL, IO_SYNC, IO_WRITE, WAL, noDisk } from './support/disk.js'
import { Connection } from './support/http.js'
import { LEDGER_SCHEMA, Ledger, bodyOf, readEntries } from './support/ledger.js'

const CONNECTIONS = 64

const SCHEMA = `${LEDGER_SCHEMA}
model Owner {
  id   Int    @id
  name String @unique
  cars Car[]

  @@map("owners")
  @@allow('all', true)
}

model Car {
  id      Int   @id @default(autoincrement())
  owner   Owner @relation(fields: [ownerId], references: [id], onDelete: Restrict)
  ownerId Int   @map("owner_id")

  @@map("cars")
  @@allow('all', true)
}
`

// Each fails in its own way at its own moment; the last ones only after rows
// of theirs went in.
const FAILING = [
  ['owners', { id: 1, name: 'second with the id' }, 409, '23505'],
  ['owners', { id: 2, name: 'Ada' }, 409, '23505'],
  ['owners', { id: 3 }, 400, '23502'],
  ['cars', { owner_id: 99 }, 409, '23503'],
  ['cars', [{ owner_id: 1 }, { owner_id: 1 }, { owner_id: 98 }], 409, '23503'],
  ['owners', [{ id: 4, name: 'Eve' }, { id: 5, name: 'Ada' }], 409, '23505'],
]

async function setUp(t, prepare) {
  const server = await serveSchema(SCHEMA, ['--workers', '2'], prepare)
  t.after(() => server.close())
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => Connection.open(server.port)))
  t.after(() => connections.forEach((connection) => connection.close()))
  const [first] = connections
  const reply = await first.request('POST', '/rest/v1/owners', { id: 1, name: 'Ada' })
  assert.equal(reply.status, 201, reply.text)
  return { server, connections, ledger: new Ledger() }
}

async function insert(connection, ledger, count, refusals = {}) {
  const entry = ledger.begin(count)
  const reply = await connection.json('POST', '/rest/v1/entries', bodyOf(entry))
  if (reply.status === 201) {
    entry.state = 'acknowledged'
  } else {
    const code = reply.body?.code
    assert.ok(code in refusals, `${reply.status} ${reply.text}`)
    assert.equal(reply.status, refusals[code].status, reply.text)
    entry.state = refusals[code].state
  }
  return reply
}

async function fail(connection, [table, body, status, code]) {
  const reply = await connection.json('POST', `/rest/v1/${table}`, body)
  assert.equal(reply.status, status, reply.text)
  assert.equal(reply.body.code, code)
}

async function expectTrueAnswers({ connections, ledger }) {
  assert.deepEqual(ledger.settle(await readEntries(connections[0])), [])
}

async function expectOnlyAda({ connections }) {
  const owners = await connections[0].json('GET', '/rest/v1/owners')
  assert.deepEqual(owners.body, [{ id: 1, name: 'Ada' }])
  const cars = await connections[0].json('GET', '/rest/v1/cars')
  assert.deepEqual(cars.body, [])
}

test('a mutation that breaks a constraint fails alone', async (t) => {
  const set = await setUp(t)
  await Promise.all(set.connections.map(async (connection, c) => {
    for (let i = 0; i < 20; i++) {
      if ((c + i) % 3 === 0) {
        await fail(connection, FAILING[(c + i) % FAILING.length])
      } else {
        await insert(connection, set.ledger, 1 + (i % 4))
      }
    }
  }))
  await expectTrueAnswers(set)
  await expectOnlyAda(set)
  assert.ok(set.ledger.acknowledged > 800)
})

test('the same when a slow disk makes the groups large', { skip: noDisk }, async (t) => {
  const set = await setUpWithDisk(t)
  set.disk.fail({ syncDelayUs: 5000 })
  const before = set.disk.syncs
  await Promise.all(set.connections.map(async (connection, c) => {
    for (let i = 0; i < 12; i++) {
      if (c % 2 === 0) await fail(connection, FAILING[(c / 2 + i) % FAILING.length])
      else await insert(connection, set.ledger, 2)
    }
  }))
  const commits = set.disk.syncs - before
  assert.ok(commits < 200, `${commits} syncs for 384 inserts: they share transactions`)
  await expectTrueAnswers(set)
  await expectOnlyAda(set)
})

const NO_ROOM = { 53100: { status: 503, state: 'refused' } }
const BROKEN = { '58030': { status: 500, state: 'open' } }

// Faults come and go while everybody inserts.
const FAULTS = [
  ['a disk that is full now and then', { files: WAL, writeError: FULL, writeCount: 3 }, NO_ROOM],
  ['a write that fails in the middle of a commit',
    { files: WAL, writeError: IO_WRITE, writeSkip: 3, writeCount: 1 }, BROKEN],
  ['a sync that fails at COMMIT', { files: WAL, syncError: IO_SYNC, syncCount: 1 }, BROKEN],
]
for (const [name, fault, refusals] of FAULTS) {
  test(`every answer is true beside ${name}`, { skip: noDisk }, async (t) => {
    const set = await setUpWithDisk(t)
    let isOver = false
    const load = Promise.all(set.connections.map(async (connection, c) => {
      for (let i = 0; !isOver; i++) {
        if (c % 4 === 0) await tryToFail(connection, FAILING[i % FAILING.length], refusals)
        else await insert(connection, set.ledger, 1 + (i % 3), refusals)
      }
    }))
    for (let i = 0; i < 20; i++) {
      set.disk.fail({ ...fault, syncDelayUs: 1000 })
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    set.disk.heal()
    isOver = true
    await load
    t.diagnostic(`${set.disk.delivered} faults`)
    assert.ok(set.disk.delivered >= 10)
    for (const connection of set.connections) await insert(connection, set.ledger, 1)
    await expectTrueAnswers(set)
    await expectOnlyAda(set)
    assert.ok(set.ledger.acknowledged > CONNECTIONS)
    assert.equal(set.server.child.exitCode, null, 'it is still the same process')
  })
}

// The disk may fail before the constraint does.
async function tryToFail(connection, [table, body, status, code], refusals) {
  const reply = await connection.json('POST', `/rest/v1/${table}`, body)
  const isRefused = refusals[reply.body?.code]?.status === reply.status
  assert.ok(isRefused || (reply.status === status && reply.body.code === code), reply.text)
}

async function setUpWithDisk(t) {
  let disk
  const set = await setUp(t, (folder) => {
    disk = new Disk(folder)
    return { env: disk.env }
  })
  t.after(() => disk.close())
  return { ...set, disk }
}
