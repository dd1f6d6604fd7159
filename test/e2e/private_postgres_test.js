// tools/postgres: a private server for development and tests, and the helper
// that makes databases in it.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'node:test'
import { promisify } from 'node:util'

import * as postgres from './support/postgres_world.js'

const TOOL = resolve('tools/postgres')
const tool = (...args) => promisify(execFile)(TOOL, args)
const { skip } = postgres

async function isGone(folder) {
  for (let i = 0; i < 100; i++) {
    try {
      await access(folder)
    } catch {
      return true
    }
    await sleep(100)
  }
  return false
}

/** `tools/postgres run` with a shell that says where the server's folder is. */
async function running(script) {
  const echo = `psql "$TENON_TEST_POSTGRES" -Atc 'show data_directory'; ${script}`
  const child = spawn(TOOL, ['run', '--', 'sh', '-c', echo], { stdio: ['ignore', 'pipe', 'inherit'] })
  // Asked for now: it may be gone before anybody waits for it.
  const exit = once(child, 'exit')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, exit, folder: join(line, '..') }
}

test('a server keeps its data and its URL from one start to the next', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tenon a server'))
  t.after(async () => {
    await tool('stop', folder)
    await rm(folder, { recursive: true })
  })
  const first = await tool('start', folder)
  assert.match(first.stdout, /^postgresql:\/\/tenon:[0-9a-f]{32}@127\.0\.0\.1:\d+\/postgres\n$/)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  await tool('psql', folder, '-c', 'CREATE TABLE t AS SELECT 7 AS n')
  await tool('stop', folder)
  await assert.rejects(tool('status', folder), /postgres: not running/)
  assert.equal((await tool('start', folder)).stdout, first.stdout)
  assert.equal((await tool('start', folder)).stdout, first.stdout)
  assert.equal((await tool('psql', folder, '-Atc', 'SELECT n FROM t')).stdout, '7\n')
})

test('a replica follows, stands still when it is told to, and comes back', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tenon a server'))
  t.after(async () => {
    await tool('stop', folder)
    await rm(folder, { recursive: true })
  })
  const ask = async (...args) => (await tool('psql', ...args)).stdout.trim()
  const count = () => ask('--replica', folder, '-Atc', 'SELECT count(*) FROM t')
  const follows = async (want) => {
    for (let i = 0; i < 100 && (await count().catch(() => '')) !== want; i++) await sleep(50)
    assert.equal(await count(), want)
  }
  const { stdout } = await tool('start', '--fast', '--replica', folder)
  const urls = stdout.trim().split('\n')
  assert.equal(new Set(urls).size, 2)
  assert.equal((await tool('status', folder)).stdout, stdout)
  await ask(folder, '-c', 'CREATE TABLE t (id int)')
  await follows('0')
  await assert.rejects(ask('--replica', folder, '-c', 'INSERT INTO t VALUES (1)'), /read-only transaction/)

  await tool('pause', folder)
  await ask(folder, '-c', 'INSERT INTO t VALUES (1)')
  await sleep(200)
  assert.equal(await count(), '0')
  await tool('resume', folder)
  await follows('1')

  await tool('stop', '--replica', folder)
  assert.equal((await tool('status', folder)).stdout, `${urls[0]}\n`)
  await assert.rejects(count(), /no replica is running/)
  await ask(folder, '-c', 'INSERT INTO t VALUES (2)')
  assert.equal((await tool('start', '--fast', '--replica', folder)).stdout, stdout)
  await follows('2')
})

test('nothing is written into a folder that is something else', { skip }, async (t) => {
  await assert.rejects(tool('start', resolve('test')), /not a server's folder, and not empty/)
})

test('a command gets a server of its own and decides the exit code', { skip }, async () => {
  const both = await Promise.all([running('exit 3'), running('exit 0')])
  assert.notEqual(both[0].folder, both[1].folder)
  const codes = await Promise.all(both.map(({ exit }) => exit))
  assert.deepEqual(codes.map(([code]) => code), [3, 0])
  for (const { folder } of both) assert.ok(await isGone(folder))
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL']) {
  test(`a server goes with the command that ${signal} ends`, { skip }, async () => {
    const { child, exit, folder } = await running('exec sleep 5')
    child.kill(signal)
    await exit
    assert.ok(await isGone(folder))
  })
}

test('a test has a database of its own', { skip }, async (t) => {
  const database = await postgres.create(t)
  await database.run(`CREATE TABLE "T" (a int, b text); INSERT INTO "T" VALUES (1, 'ü'), (2, NULL)`)
  assert.deepEqual(await database.rows('SELECT * FROM "T" ORDER BY a'), [
    { a: 1, b: 'ü' },
    { a: 2, b: null },
  ])
  assert.deepEqual(await database.rows('SELECT * FROM "T" WHERE false'), [])
  await assert.rejects(database.run('SELECT 1; SELECT nosuch'), /column "nosuch" does not exist/)
})
