// Kills the server at random moments under writes with an Idempotency-Key. Who
// got no answer sends the same again to the next server until there is one: in
// the end each write was done, and done once. 20 kills, or as many as KILLS
// says:
//
//     KILLS=500 ./dev test fault/once
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'

import * as postgres from '../e2e/support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from '../e2e/support/tenon.js'
import { Connection, Gone } from './support/http.js'
import { LEDGER_SCHEMA, bodyOf, readEntries } from './support/ledger.js'

const KILLS = Number(process.env.KILLS ?? 20)
const CLIENTS = 8

const below = (n) => Math.floor(Math.random() * n)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Has one write under way and lets go of it when it is answered. */
class Client {
  constructor() {
    this.done = new Map()
    this.pending = null
    this.replays = 0
  }

  begin() {
    return { key: randomUUID(), count: 1 + below(5) }
  }

  async send(connection) {
    this.pending ??= this.begin()
    const reply = await connection.request('POST', '/rest/v1/entries', bodyOf(this.pending), {
      'Idempotency-Key': this.pending.key,
    })
    // The transaction of a server that was killed may take a moment to end.
    if (reply.status === 409) return wait(20)
    assert.equal(reply.status, 201, reply.text)
    if (reply.headers['idempotent-replayed'] === 'true') this.replays++
    this.done.set(this.pending.key, this.pending.count)
    this.pending = null
  }

  async sendUntilGone(port) {
    try {
      const connection = await Connection.open(port)
      for (;;) await this.send(connection)
    } catch (error) {
      if (!(error instanceof Gone) && error.code !== 'ECONNREFUSED') throw error
    }
  }

  async settle(port) {
    const connection = await Connection.open(port)
    while (this.pending !== null) await this.send(connection)
    connection.close()
  }
}

async function kill(child) {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

async function sufferAndSettle(start, clients) {
  for (let i = 0; i < KILLS; i++) {
    const server = await start()
    const loads = clients.map((client) => client.sendUntilGone(server.port))
    await wait(20 + below(60))
    await kill(server.child)
    await Promise.all(loads)
  }
  const server = await start()
  await Promise.all(clients.map((client) => client.settle(server.port)))
  const connection = await Connection.open(server.port)
  const rows = await readEntries(connection)
  connection.close()
  assert.equal(await server.stop(), 0, server.log.join('\n'))
  return rows
}

function check(clients, rows) {
  const parts = new Map()
  for (const { key, part } of rows) parts.set(key, [...(parts.get(key) ?? []), part])
  let count = 0
  for (const { done } of clients) {
    for (const [key, size] of done) {
      const expected = Array.from({ length: size }, (_, part) => part)
      assert.deepEqual((parts.get(key) ?? []).sort((a, b) => a - b), expected, key)
      count++
    }
  }
  assert.equal(parts.size, count)
  return count
}

async function killOften(t, url) {
  const folder = await workspace({ 'schema.prisma': LEDGER_SCHEMA })
  t.after(() => removeWorkspace(folder))
  const common = ['--schema', 'schema.prisma', '--database', url]
  const pushed = await run(folder, ['push', ...common])
  assert.equal(pushed.code, 0, pushed.stderr)
  const clients = Array.from({ length: CLIENTS }, () => new Client())
  const rows = await sufferAndSettle(() => serve(folder, [...common, '--workers', '2']), clients)
  const count = check(clients, rows)
  const replays = clients.reduce((sum, client) => sum + client.replays, 0)
  t.diagnostic(`${count} writes, ${replays} of them answered after the server was killed`)
  assert.ok(count > 0)
}

test('on SQLite a write that is sent again is done once', (t) => killOften(t, 'file:app.db'))

test('on PostgreSQL a write that is sent again is done once', { skip: postgres.skip }, async (t) => {
  const database = await postgres.create()
  t.after(() => database.drop())
  await killOften(t, database.url)
})
