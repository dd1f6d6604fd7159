// Kills servers at random moments while they change rows, and looks whether
// what was recorded is what happened: each change that was acknowledged has one
// row in the audit log and one event, each other one has both or neither, all of
// a request or nothing of it is there, and the hook behind each change was
// called. 50 kills on each engine, 10 under sanitizers, or as many as KILLS says:
//
//     KILLS=500 ./dev test fault/recorded

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { skip as noPostgres } from '../e2e/support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from '../e2e/support/tenon.js'
import { DEEDS_HOOKS, DEEDS_SCHEMA, Deeds, Doer } from './support/deeds.js'
import { Connection, Gone } from './support/http.js'
import { Follower, RecordedFile, RecordedPostgres } from './support/recorded.js'

// Sanitizers make each kill take several times as long.
const KILLS = Number(process.env.KILLS ?? (process.env.SANITIZED ? 10 : 50))
const DOERS = 12
const HOOKS_MS = 60_000

const below = (n) => Math.floor(Math.random() * n)

/** The server may be gone before the connection is there. */
async function actUntilGone(port, doer) {
  let connection
  try {
    connection = await Connection.open(port)
    for (;;) await doer.act(connection)
  } catch (error) {
    if (!(error instanceof Gone) && !/^ECONN/.test(error.code)) throw error
  } finally {
    connection?.close()
  }
}

/** A database that is served, changed and left alone by force. */
class Victim {
  constructor({ folder, args, env, recorded, settle = async () => {}, longest = 80 }) {
    Object.assign(this, { folder, args, env, recorded, settle, longest })
    this.deeds = new Deeds()
    this.follower = new Follower(recorded)
    this.lives = 0
  }

  serve() {
    return serve(this.folder, [...this.args, '--workers', '2'], { env: this.env })
  }

  /** Waits until the hook was called for each change that is there. */
  async expectHooks() {
    await this.recorded.endLeases()
    const { updates } = this.follower
    let missing
    for (const end = Date.now() + HOOKS_MS; Date.now() < end; await sleep(50)) {
      const seen = new Set(await this.recorded.seen())
      missing = [...updates].filter((text) => !seen.has(text))
      if (missing.length === 0) return
    }
    assert.fail(`the hook behind ${missing.length} of ${updates.size} changes was not called: ${missing.slice(0, 3)}`)
  }

  /** Each row is what was written, and none is missing. */
  async expectProof() {
    const { code, stdout, stderr } = await run(this.folder, ['audit', 'verify', ...this.args.slice(-2)], { env: this.env })
    assert.equal(code, 0, stdout + stderr)
  }

  async inspect() {
    const { rows, problems } = await this.follower.look()
    return [...problems, ...this.deeds.settle(rows)]
  }

  /** Looks at what the last kill left, changes rows and kills. */
  async suffer(kill) {
    await this.settle()
    const server = await this.serve()
    try {
      const problems = await this.inspect()
      const life = this.lives++
      const acts = Array.from({ length: DOERS }, (_, i) =>
        actUntilGone(server.port, new Doer(this.deeds, `${life}.${i}`)))
      await sleep(5 + below(this.longest))
      await kill(server)
      await Promise.all(acts)
      return problems
    } finally {
      server.child.kill('SIGKILL')
    }
  }
}

async function killServer({ child }) {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

async function killOften(t, victim, kills, kill) {
  for (let i = 0; i < kills; i++) assert.deepEqual(await victim.suffer(kill), [])
  await victim.settle()
  const server = await victim.serve()
  t.after(() => server.child.kill('SIGKILL'))
  assert.deepEqual(await victim.inspect(), [])
  await victim.expectHooks()
  assert.equal(await server.stop(), 0, server.log.join('\n'))
  await victim.expectProof()
  const { deeds, follower } = victim
  t.diagnostic(`${kills} kills, ${deeds.begun} requests, ${deeds.done} of them done, ${follower.changes} changes, ` +
    `${follower.updates.size} for hooks`)
  assert.ok(deeds.done > 0)
}

async function push(folder, args, env) {
  const pushed = await run(folder, ['push', ...args], { env })
  assert.equal(pushed.code, 0, pushed.stderr)
}

test(`on SQLite the server is killed ${KILLS} times`, async (t) => {
  const folder = await workspace({ 'schema.prisma': DEEDS_SCHEMA, 'hooks/deeds.lua': DEEDS_HOOKS })
  t.after(() => removeWorkspace(folder))
  const args = ['--schema', 'schema.prisma', '--database', 'file:app.db']
  await push(folder, args)
  const victim = new Victim({ folder, args, recorded: new RecordedFile(folder) })
  await killOften(t, victim, KILLS, killServer)
})

describe('on PostgreSQL', { skip: noPostgres }, () => {
  const execute = (program, ...args) => promisify(execFile)(program, args, { maxBuffer: 1 << 28 })
  const tool = (...args) => execute(resolve('tools/postgres'), ...args)

  /** A server of its own, which writes through to the disk or is fast. */
  async function open(t, ...options) {
    const home = await mkdtemp(join(tmpdir(), 'tenon-recorded-'))
    const url = new URL((await tool('start', ...options, home)).stdout.trim())
    t.after(async () => {
      await tool('stop', home)
      await rm(home, { recursive: true })
    })
    const sql = async (text) => (await tool('psql', home, '-qAtc', text)).stdout
    const owned = new URL(url)
    owned.pathname = '/app'
    const ask = async (text) => (await execute('psql', owned.href, '-qAtc', text)).stdout
    await sql(`CREATE ROLE app LOGIN PASSWORD 'app'`)
    await sql('CREATE DATABASE app OWNER app')
    Object.assign(url, { username: 'app', password: 'app', pathname: '/app' })
    const folder = await workspace({ 'schema.prisma': DEEDS_SCHEMA, 'hooks/deeds.lua': DEEDS_HOOKS })
    t.after(() => removeWorkspace(folder))
    const env = { DATABASE_URL: url.href }
    await push(folder, [], env)
    const select = async (text) => JSON.parse(await ask(`SELECT coalesce(json_agg(t), '[]') FROM (${text}) t`))
    // What was under way when its asker died may still commit, and so may what it
    // had only sent: until nobody is left who would read it.
    const settle = async () => {
      const isBusy = `SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'`
      while ((await sql(isBusy)).trim() !== '0') await sleep(10)
    }
    const victim = new Victim({ folder, args: [], env, recorded: new RecordedPostgres(select, ask), settle, longest: 300 })
    return { home, sql, victim }
  }

  test(`the server is killed ${KILLS} times`, async (t) => {
    const { victim } = await open(t, '--fast')
    await killOften(t, victim, KILLS, killServer)
  })

  test('PostgreSQL itself is killed', async (t) => {
    const { home, sql, victim } = await open(t)
    victim.longest = 1500
    const restart = async () => {
      try {
        await tool('start', home)
        return (await sql('SELECT 1')).trim() === '1'
      } catch {
        return false
      }
    }
    await killOften(t, victim, Math.ceil(KILLS / 25), async (server) => {
      const text = await readFile(join(home, 'data/postmaster.pid'), 'utf8')
      process.kill(Number(text.split('\n')[0]), 'SIGKILL')
      await sleep(below(50))
      await killServer(server)
      while (!(await restart())) await sleep(50)
    })
  })
})
