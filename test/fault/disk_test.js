// What may happen to the file under a server: the client gets a clear error,
// reads go on, nothing crashes, and service is whole once the cause is gone.
// Runs alone: it looks at what happens when.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'

import { removeWorkspace, run, serve, serveSchema, workspace } from '../e2e/support/tenon.js'
import { Disk, FULL, IO_SYNC, IO_WRITE, WAL, noDisk } from './support/disk.js'
import { Connection } from './support/http.js'
import { LEDGER_SCHEMA, Ledger, bodyOf, readEntries } from './support/ledger.js'

const FILES = ['--schema', 'schema.prisma', '--database', 'file:app.db']
const NOBODY = 65534
const isRoot = process.getuid() === 0

/** A client that writes down what it was promised. */
class Client {
  static async open(server) {
    return new Client(server, await Connection.open(server.port))
  }

  constructor(server, connection) {
    this.server = server
    this.connection = connection
    this.ledger = new Ledger()
  }

  async insert(count = 1) {
    const insert = this.ledger.begin(count)
    const reply = await this.connection.json('POST', '/rest/v1/entries', bodyOf(insert))
    // Only an error from COMMIT leaves it open.
    if (reply.status === 201) insert.state = 'acknowledged'
    else if (reply.body.code !== '58030') insert.state = 'refused'
    return reply
  }

  async expectInserted(count = 1) {
    const reply = await this.insert(count)
    assert.equal(reply.status, 201, reply.text)
  }

  /** A refusal that people and programs can read. */
  async expectRefused(status, code, text, count = 3) {
    const reply = await this.insert(count)
    assert.equal(reply.status, status, reply.text)
    assert.equal(reply.body.code, code)
    assert.match(reply.body.message, text)
    assert.deepEqual(Object.keys(reply.body), ['code', 'message', 'details', 'hint'])
  }

  async expectReads() {
    const { status } = await this.connection.json('GET', '/rest/v1/entries?limit=1')
    assert.equal(status, 200)
  }

  async expectTruth() {
    assert.deepEqual(this.ledger.settle(await readEntries(this.connection)), [])
    assert.equal(this.server.child.exitCode, null, 'it did not crash')
  }
}

async function pushed(t) {
  const folder = await workspace({ 'schema.prisma': LEDGER_SCHEMA })
  t.after(() => removeWorkspace(folder))
  const result = await run(folder, ['push', ...FILES])
  assert.equal(result.code, 0, result.stderr)
  return folder
}

async function served(t, folder, options) {
  const server = await serve(folder, FILES, options)
  t.after(async () => assert.equal(await server.stop(), 0, server.log.join('\n')))
  const client = await Client.open(server)
  t.after(() => client.connection.close())
  return client
}

async function servedWithDisk(t) {
  let disk
  const server = await serveSchema(LEDGER_SCHEMA, [], (folder) => {
    disk = new Disk(folder)
    return { env: disk.env }
  })
  t.after(async () => {
    await server.close()
    disk.close()
  })
  const client = await Client.open(server)
  t.after(() => client.connection.close())
  return { client, disk }
}

const FAULTS = [
  ['a full disk', { writeError: FULL }, 503, '53100', /disk|space|full/],
  ['a disk that cannot be written', { files: WAL, writeError: IO_WRITE }, 500, '58030', /I\/O|input\/output/],
  ['a disk that cannot be synced', { files: WAL, syncError: IO_SYNC }, 500, '58030', /I\/O|input\/output/],
]
for (const [name, fault, status, code, text] of FAULTS) {
  test(`${name}: an error, then full service`, { skip: noDisk }, async (t) => {
    const { client, disk } = await servedWithDisk(t)
    await client.expectInserted()
    for (let i = 0; i < 3; i++) {
      disk.fail(fault)
      for (let k = 0; k < 3; k++) await client.expectRefused(status, code, text)
      await client.expectReads()
      disk.heal()
      await client.expectInserted()
      await client.expectInserted(300)
    }
    await client.expectTruth()
  })
}

test('a disk that fails only for checkpoints is nobody\'s error', { skip: noDisk }, async (t) => {
  const { client, disk } = await servedWithDisk(t)
  disk.fail({ files: 1, writeError: IO_WRITE })
  for (let i = 0; i < 200; i++) await client.expectInserted(300)
  disk.heal()
  for (let i = 0; i < 50; i++) await client.expectInserted(300)
  await client.expectTruth()
})

function mountSmallDisk(t) {
  const folder = join('/tmp', `tenon-small-disk-${process.pid}`)
  execFileSync('mkdir', ['-p', folder])
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
  if (mount.status !== 0) {
    t.skip(`cannot mount a small disk: ${mount.stderr}`)
    return null
  }
  t.after(() => {
    execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

test('a real disk that fills', { skip: isRoot ? false : 'only root can mount one' }, async (t) => {
  const folder = mountSmallDisk(t)
  if (folder === null) return
  writeFileSync(join(folder, 'schema.prisma'), LEDGER_SCHEMA)
  const result = await run(folder, ['push', ...FILES])
  assert.equal(result.code, 0, result.stderr)
  const server = await serve(folder, FILES)
  const client = await Client.open(server)
  try {
    await client.expectInserted()
    const { bavail, bsize } = statfsSync(folder)
    const filler = join(folder, 'filler')
    writeFileSync(filler, Buffer.alloc((bavail - 40) * bsize))
    let reply
    for (let i = 0; i < 1000 && reply?.status !== 503; i++) {
      reply = await client.insert(20)
      assert.ok([201, 503].includes(reply.status), reply.text)
    }
    await client.expectRefused(503, '53100', /disk|space|full/, 20)
    await client.expectReads()
    rmSync(filler)
    await client.expectInserted()
    await client.expectInserted(300)
    await client.expectTruth()
  } finally {
    client.connection.close()
    await server.stop()
  }
})

function setWritable(folder, isWritable) {
  for (const name of readdirSync(folder).filter((each) => each.startsWith('app.db'))) {
    if (!name.endsWith('.lock')) chmodSync(join(folder, name), isWritable ? 0o644 : 0o444)
  }
}

test('a read-only database file is served for reading until it is writable', async (t) => {
  const folder = await pushed(t)
  const uid = isRoot ? NOBODY : undefined
  if (isRoot) {
    chownSync(folder, NOBODY, NOBODY)
    for (const name of readdirSync(folder)) chownSync(join(folder, name), NOBODY, NOBODY)
  }
  setWritable(folder, false)
  const client = await served(t, folder, { uid })
  await client.expectReads()
  for (let i = 0; i < 3; i++) await client.expectRefused(503, '25006', /read-only/)
  await client.expectReads()
  setWritable(folder, true)
  await client.expectInserted()
  await client.expectInserted(300)
  await client.expectTruth()
})

/** Another process: the server writes by itself now and then, too. */
function openBeside(folder) {
  const database = new DatabaseSync(join(folder, 'app.db'))
  database.exec('PRAGMA busy_timeout = 10000')
  return database
}

test('a database locked by another process: an error in time, then full service', async (t) => {
  const folder = await pushed(t)
  const client = await served(t, folder)
  await client.expectInserted()
  const other = openBeside(folder)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const started = performance.now()
  await client.expectRefused(503, '55P03', /locked/)
  assert.ok(performance.now() - started < 15_000)
  await client.expectReads()
  other.exec('ROLLBACK')
  await client.expectInserted()
  await client.expectTruth()
})

test('a lock that is given back soon is waited for', async (t) => {
  const folder = await pushed(t)
  const client = await served(t, folder)
  const other = openBeside(folder)
  t.after(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const inserted = client.expectInserted()
  await new Promise((resolve) => setTimeout(resolve, 300))
  other.exec('ROLLBACK')
  await inserted
  await client.expectTruth()
})

test('a database that another process keeps for itself is not served until it is free', async (t) => {
  const folder = await pushed(t)
  const other = new DatabaseSync(join(folder, 'app.db'))
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  const refused = await run(folder, ['serve', '--listen', '127.0.0.1:0', ...FILES])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /^tenon: the database is locked by another process/)
  other.close()
  const client = await served(t, folder)
  await client.expectInserted()
  await client.expectTruth()
})

test('what another process wrote is seen by the next read', async (t) => {
  const folder = await pushed(t)
  const client = await served(t, folder)
  const other = openBeside(folder)
  t.after(() => other.close())
  const insert = other.prepare("INSERT INTO entries (key, part) VALUES ('other', ?)")
  for (let i = 1; i <= 20; i++) {
    insert.run(i)
    const { body } = await client.connection.json('GET', '/rest/v1/entries?select=part&order=part.desc&limit=1')
    assert.deepEqual(body, [{ part: i }])
  }
})
