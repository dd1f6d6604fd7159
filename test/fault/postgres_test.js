// Two processes of ours on one PostgreSQL, and what is left when one of the
// three is killed under inserts: every acknowledged row exactly once, no half
// of a bulk insert, and nobody needs a restart because somebody else had one.
// The server writes through to the disk, as it does by default.
//
//     KILLS=100 ./dev test fault/postgres
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { skip } from '../e2e/support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from '../e2e/support/tenon.js'
import { Connection, Gone } from './support/http.js'
import { LEDGER_SCHEMA, Ledger, bodyOf, readEntries } from './support/ledger.js'

const KILLS = Number(process.env.KILLS ?? 3)
const CONNECTIONS = 4
const TOOL = resolve('tools/postgres')
const tool = (...args) => promisify(execFile)(TOOL, args)

const below = (n) => Math.floor(Math.random() * n)
const randomCount = () => (Math.random() < 0.6 ? 1 : 2 + below(40))

async function eventually(what, check) {
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(50)) {
    if (await check()) return
  }
  assert.fail(`never: ${what}`)
}

/** 503 says that nothing was done, 500 with 58030 that nobody knows. */
async function insert(connection, ledger, statuses) {
  const asked = ledger.begin(randomCount())
  const { status, body } = await connection.json('POST', '/rest/v1/entries', bodyOf(asked))
  statuses.add(status === 500 ? body.code : status)
  if (status === 201) asked.state = 'acknowledged'
  if (status === 503) {
    asked.state = 'refused'
    await sleep(20)
  }
}

/** Inserts until told to stop, or until the server is gone. */
async function insertUntil(isOver, server, ledger, statuses) {
  const connection = await Connection.open(server.port)
  try {
    while (!isOver()) await insert(connection, ledger, statuses)
  } catch (error) {
    if (!(error instanceof Gone)) throw error
  } finally {
    connection.close()
  }
}

describe('PostgreSQL under fault', { skip }, () => {
  let folder, app, env
  let lastId = 0
  const ledger = new Ledger()
  const servers = []

  const open = () => serve(app, ['--workers', '1'], { env })
  const sql = (text) => tool('psql', folder, '-qAtc', text)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-fault-'))
    const url = new URL((await tool('start', folder)).stdout.trim())
    await sql(`CREATE ROLE app LOGIN PASSWORD 'app'`)
    await sql('CREATE DATABASE app OWNER app')
    Object.assign(url, { username: 'app', password: 'app', pathname: '/app' })
    env = { DATABASE_URL: url.href }
    app = await workspace({ 'schema.prisma': LEDGER_SCHEMA })
    assert.equal((await run(app, ['push'], { env })).code, 0)
    servers.push(await open(), await open())
  })

  after(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    if (folder !== undefined) await tool('stop', folder)
    if (folder !== undefined) await rm(folder, { recursive: true })
    if (app !== undefined) await removeWorkspace(app)
  })

  /** Its processes take a while to go; until then it cannot start. */
  async function startAgain() {
    try {
      await tool('start', folder)
      await sql('SELECT 1')
      return true
    } catch {
      return false
    }
  }

  /** Inserts through both servers while act runs, and a little longer. */
  async function loadWhile(act) {
    let isOver = false
    const statuses = new Set()
    const loads = servers.flatMap((server) =>
      Array.from({ length: CONNECTIONS }, () => insertUntil(() => isOver, server, ledger, statuses)))
    await sleep(20 + below(100))
    await act()
    await sleep(50)
    isOver = true
    await Promise.all(loads)
    return statuses
  }

  /** Asks each server what is there, and compares it with what was promised. */
  async function settle() {
    const read = []
    for (const server of servers) {
      await eventually('a server that answers again', async () => {
        const response = await server.fetch('entries?limit=1')
        return response.status === 200
      })
      const connection = await Connection.open(server.port)
      read.push(await readEntries(connection, lastId))
      connection.close()
    }
    assert.deepEqual(read[0], read[1], 'both processes see the same rows')
    lastId = read[0].at(-1)?.id ?? lastId
    assert.deepEqual(ledger.settle(read[0]), [])
  }

  const assertHonest = (statuses) => {
    for (const status of statuses) assert.ok([201, 503, '58030'].includes(status), `answered ${status}`)
  }

  test('two processes write and see the same', async () => {
    const statuses = await loadWhile(() => sleep(300))
    assert.deepEqual([...statuses], [201])
    await settle()
    assert.ok(ledger.acknowledged > 50)
  })

  test(`PostgreSQL is killed ${KILLS} times and started again`, async () => {
    for (let i = 0; i < KILLS; i++) {
      const statuses = await loadWhile(async () => {
        const text = await readFile(join(folder, 'data/postmaster.pid'), 'utf8')
        process.kill(Number(text.split('\n')[0]), 'SIGKILL')
        await sleep(50)
        await eventually('a new start', startAgain)
      })
      assertHonest(statuses)
      await settle()
    }
  })

  test(`one of the processes is killed ${KILLS} times`, async () => {
    for (let i = 0; i < KILLS; i++) {
      await loadWhile(async () => servers[i % 2].child.kill('SIGKILL'))
      servers[i % 2] = await open()
      await settle()
    }
  })

  const endConnections = () =>
    sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app'`)

  test('all connections are ended by an administrator', async () => {
    assertHonest(await loadWhile(endConnections))
    await settle()
  })

  test('no connection is to be had, and then there is', async () => {
    const statuses = await loadWhile(async () => {
      await sql('ALTER ROLE app CONNECTION LIMIT 0')
      await endConnections()
      await sleep(300)
    })
    assertHonest(statuses)
    assert.ok(statuses.has(503))
    await sql('ALTER ROLE app CONNECTION LIMIT -1')
    await settle()
  })

  const countConnections = async () =>
    Number((await sql(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'`)).stdout)

  test('fewer connections than they would open are enough', async () => {
    await endConnections()
    await sql('ALTER ROLE app CONNECTION LIMIT 4')
    await eventually('a write of each', async () => {
      const answers = await Promise.all(servers.map((server) => server.fetch('entries?limit=1')))
      return answers.every((response) => response.status === 200)
    })
    assertHonest(await loadWhile(() => sleep(500)))
    assert.ok((await countConnections()) <= 4)
    await sql('ALTER ROLE app CONNECTION LIMIT -1')
    await settle()
  })

  test('PostgreSQL is stopped in good order and started again', async () => {
    assertHonest(await loadWhile(async () => {
      await tool('stop', folder)
      await eventually('a new start', startAgain)
    }))
    await settle()
  })

  test('after all that no connection is left behind', async () => {
    const MOST = 8 + 4 // of a worker, as tenon config says
    assert.ok((await countConnections()) <= servers.length * MOST)
    await Promise.all(servers.splice(0).map((server) => server.stop()))
    await eventually('that all are closed', async () => (await countConnections()) === 0)
  })
})
