// Kills the server at random moments under inserts and looks what is left:
// every acknowledged row exactly once, no half of a bulk insert. 50 kills, or
// as many as KILLS says:
//
//     KILLS=500 ./dev test fault/kill
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'

import { BINARY, removeWorkspace, run, serve, workspace } from '../e2e/support/tenon.js'
import { Disk, noDisk } from './support/disk.js'
import { Connection, Gone } from './support/http.js'
import { LEDGER_SCHEMA, Ledger, bodyOf, readEntries } from './support/ledger.js'

const KILLS = Number(process.env.KILLS ?? 50)
const CONNECTIONS = 8
const PIPELINED = 2
const CHECKPOINT_MS = 2000

// The server wakes its checkpointer at each 4 * 1024 pages of the log, where a
// page has a header.
const CHECKPOINTED_BYTES = 4 * 1024 * (4096 + 24)

const below = (n) => Math.floor(Math.random() * n)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// Mostly single rows, some dozens, rarely hundreds.
function randomCount() {
  const dice = Math.random()
  if (dice < 0.6) return 1
  return dice < 0.97 ? 2 + below(40) : 300
}

// Long enough to fill the log, so that kills also hit checkpoints.
const TEXTS = ['', 'text '.repeat(60)]

async function insertRows(connection, ledger, count, text) {
  const insert = ledger.begin(count)
  const reply = await connection.request('POST', '/rest/v1/entries', bodyOf(insert, text))
  assert.equal(reply.status, 201, reply.text)
  insert.state = 'acknowledged'
}

async function insertUntilGone(connection, ledger) {
  try {
    for (;;) await insertRows(connection, ledger, randomCount(), TEXTS[below(TEXTS.length)])
  } catch (error) {
    if (!(error instanceof Gone)) throw error
  }
}

async function kill(child) {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const FILES = ['--schema', 'schema.prisma', '--database', 'file:app.db']

/** A database that is served and killed again and again. */
class Victim {
  static async create(options = {}) {
    const folder = await workspace({ 'schema.prisma': LEDGER_SCHEMA })
    const pushed = await run(folder, ['push', ...FILES])
    assert.equal(pushed.code, 0, pushed.stderr)
    return new Victim(folder, options)
  }

  constructor(folder, { hasDisk = false, binary = BINARY }) {
    this.folder = folder
    this.database = join(folder, 'app.db')
    this.log = join(folder, 'app.db-wal')
    this.binary = binary
    this.disk = hasDisk ? new Disk(folder) : null
    this.env = this.disk ? this.disk.env : {}
    this.ledger = new Ledger()
    this.lastId = 0
    this.rowCount = 0
  }

  serve() {
    return serve(this.folder, [...FILES, '--workers', '2'], { env: this.env, binary: this.binary })
  }

  /** Serves, looks at what the last kill left, inserts and kills. */
  async suffer() {
    const server = await this.serve()
    try {
      const problems = await this.inspect(server)
      const connections = await Promise.all(
        Array.from({ length: CONNECTIONS }, () => Connection.open(server.port)))
      const loads = connections.flatMap((connection) =>
        Array.from({ length: PIPELINED }, () => insertUntilGone(connection, this.ledger)))
      await (Math.random() < 0.92 ? wait(5 + below(60)) : this.untilCheckpoint())
      await kill(server.child)
      await Promise.all(loads)
      return problems
    } finally {
      server.child.kill('SIGKILL')
    }
  }

  /**
   * Kills when the log has begun anew, over what a checkpoint took out of it:
   * from then on that is in the database only. Resolves to the problems.
   */
  async dieWithNewLog() {
    const server = await this.serve()
    try {
      const connection = await Connection.open(server.port)
      await this.insertUntilLogIsNew(connection)
      await kill(server.child)
    } finally {
      server.child.kill('SIGKILL')
    }
    const next = await this.serve()
    const problems = await this.inspect(next)
    await next.stop()
    return problems
  }

  /** A log begins anew at a write that finds all of it checkpointed. */
  async insertUntilLogIsNew(connection) {
    const insert = (count) => insertRows(connection, this.ledger, count, 'text '.repeat(600))
    await insert(1)
    const first = this.logNumber()
    for (let size = 0, rounds = 0; this.logNumber() === first; rounds++) {
      assert.ok(rounds < 10, 'the log did not begin anew')
      const enough = size + CHECKPOINTED_BYTES
      for (; size < enough; size = statSync(this.log).size) await insert(300)
      await wait(CHECKPOINT_MS / 4)
      await insert(1)
    }
  }

  /** How often the log began anew, by its header. */
  logNumber() {
    const bytes = Buffer.alloc(16)
    const file = openSync(this.log, 'r')
    readSync(file, bytes, 0, bytes.length, 0)
    closeSync(file)
    return bytes.readUInt32BE(12)
  }

  /** Until the database grows, which is in the middle of a checkpoint. */
  async untilCheckpoint() {
    const { size } = statSync(this.database)
    const end = performance.now() + CHECKPOINT_MS
    while (statSync(this.database).size === size && performance.now() < end) await wait(1)
  }

  /** A kill in the first milliseconds hits the recovery from the last one. */
  async killAtStart() {
    const child = spawn(this.binary, ['serve', '--listen', '127.0.0.1:0', ...FILES], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      stdio: 'ignore',
    })
    await wait(below(15))
    await kill(child)
  }

  /** Compares what came since the last look, and the number of all rows. */
  async inspect(server) {
    const connection = await Connection.open(server.port)
    const rows = await readEntries(connection, this.lastId)
    const problems = this.ledger.settle(rows)
    this.lastId = rows.at(-1)?.id ?? this.lastId
    this.rowCount += rows.length
    const { headers } = await connection.request('HEAD', '/rest/v1/entries?limit=1', undefined, {
      Prefer: 'count=exact',
    })
    const total = Number(headers['content-range'].split('/')[1])
    if (total !== this.rowCount) problems.push(`${total} rows in all, not ${this.rowCount}`)
    connection.close()
    return problems
  }

  async end() {
    this.disk?.close()
    await removeWorkspace(this.folder)
  }
}

/** Kills until time is up or a promise is broken; resolves to the problems. */
async function killOften(victim, kills) {
  for (let i = 0; i < kills; i++) {
    const problems = await victim.suffer()
    if (problems.length > 0) return problems
    if (Math.random() < 0.2) await victim.killAtStart()
  }
  const server = await victim.serve()
  victim.bytes = statSync(victim.database).size
  const problems = await victim.inspect(server)
  assert.equal(await server.stop(), 0, server.log.join('\n'))
  return problems
}

async function expectNoLoss(t, options) {
  const victim = await Victim.create(options)
  t.after(() => victim.end())
  assert.deepEqual(await killOften(victim, KILLS), [])
  const { ledger, bytes } = victim
  t.diagnostic(`${KILLS} kills, ${ledger.acknowledged} inserts, ${bytes} bytes out of the log`)
  assert.ok(ledger.acknowledged > KILLS)

  const database = new DatabaseSync(victim.database)
  assert.equal(database.prepare('PRAGMA integrity_check').get().integrity_check, 'ok')
  database.close()
}

// Beside each other, since each waits a lot.
describe('inserts', { concurrency: 3 }, () => {
  test('a killed server has lost nothing that it acknowledged', (t) => expectNoLoss(t, {}))

  test('nor when all that was not synced is gone', { skip: noDisk }, (t) =>
    expectNoLoss(t, { hasDisk: true }))

  test('nor when the log has begun anew since', { skip: noDisk }, async (t) => {
    const victim = await Victim.create({ hasDisk: true })
    t.after(() => victim.end())
    assert.deepEqual(await victim.dieWithNewLog(), [])
    assert.deepEqual(await victim.dieWithNewLog(), [])
  })

  test('which a server whose checkpoints are not synced fails', { skip: noDisk }, async (t) => {
    const victim = await Victim.create({ hasDisk: true, binary: process.env.UNSYNCED_CHECKPOINT })
    t.after(() => victim.end())
    const problems = await victim.dieWithNewLog()
    assert.match(problems.join('\n'), /acknowledged, but none of \d+ rows is there/)
  })

  test('which a server with synchronous=OFF fails', { skip: noDisk }, async (t) => {
    const victim = await Victim.create({ hasDisk: true, binary: process.env.UNSYNCED })
    t.after(() => victim.end())
    const problems = await killOften(victim, 10)
    assert.match(problems.join('\n'), /acknowledged, but none of \d+ rows is there/)
  })
})
