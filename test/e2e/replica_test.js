// Reads that go to a replica: that one sees what one wrote, and that nobody
// notices when the replica lags, hangs or is gone. The replica is a real one;
// holding its replay tells where an answer came from, because what is then
// written is not in it.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, beforeEach, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { skip } from './support/postgres_world.js'
import { removeWorkspace, run, serve, workspace } from './support/tenon.js'

const SCHEMA = `model Note {
  id   Int    @id @default(autoincrement())
  text String

  @@allow('all', true)
}
`
const TOOL = resolve('tools/postgres')
const tool = (...args) => promisify(execFile)(TOOL, args)

/** A connection that is kept; requests on it come one after the other. */
class Client {
  constructor(server) {
    this.url = new URL(`${server.rest}/Note`)
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  }

  request(method, query = '', { headers = {}, body } = {}) {
    return new Promise((done, fail) => {
      const options = { method, agent: this.agent, headers: { 'Content-Type': 'application/json', ...headers } }
      const sent = http.request(new URL(query, this.url), options, (reply) => {
        let text = ''
        reply.setEncoding('utf8').on('data', (part) => (text += part))
        reply.on('end', () => done({ status: reply.statusCode, position: reply.headers['tenon-position'], text }))
      })
      sent.on('error', fail).end(body)
    })
  }

  async texts(headers) {
    const { status, text } = await this.request('GET', '?select=text&order=id', { headers })
    assert.equal(status, 200, text)
    return JSON.parse(text).map((row) => row.text)
  }

  async write(text) {
    const reply = await this.request('POST', '', { body: JSON.stringify({ text }) })
    assert.equal(reply.status, 201, reply.text)
    return reply.position
  }
}

async function eventually(what, check) {
  for (const end = performance.now() + 15_000; performance.now() < end; await sleep(50)) {
    if (await check()) return
  }
  assert.fail(`never: ${what}`)
}

describe('replicas', { skip }, () => {
  let folder, app, env
  let hiddenCount = 0
  const sql = (text) => tool('psql', folder, '-qAtc', `SET search_path = public; ${text}`)
  const pidOf = async (data) =>
    Number((await readFile(join(folder, data, 'postmaster.pid'), 'utf8')).split('\n')[0])

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenon-replica-'))
    const { stdout } = await tool('start', '--fast', '--replica', folder)
    const [primary, replica] = stdout.trim().split('\n')
    app = await workspace({ 'schema.prisma': SCHEMA })
    env = { DATABASE_URL: primary, DATABASE_REPLICA_URLS: replica }
    assert.equal((await run(app, ['push'], { env })).code, 0)
    await eventually('the table on the replica', () =>
      tool('psql', '--replica', folder, '-Atc', 'SELECT FROM public."Note"').then(() => true, () => false))
  })

  after(async () => {
    if (folder !== undefined) await tool('stop', folder)
    if (folder !== undefined) await rm(folder, { recursive: true })
    if (app !== undefined) await removeWorkspace(app)
  })

  beforeEach(async () => {
    await tool('start', '--fast', '--replica', folder)
    await tool('resume', folder)
    await sql(`DELETE FROM "Note"; INSERT INTO "Note" (text) VALUES ('old')`)
  })

  async function open(t, ...args) {
    const server = await serve(app, ['--workers', '1', ...args], { env })
    t.after(() => server.stop())
    return server
  }

  const behind = (text) => sql(`INSERT INTO "Note" (text) VALUES ('${text}')`)

  /** Holds the replica when reads go there: it must have all that there is, and
   * an answer must then lack what is written behind its back, which is
   * returned. */
  async function holdInUse(client) {
    let hidden
    await eventually('a read from the replica', async () => {
      await tool('resume', folder)
      const known = Number((await sql('SELECT count(*) FROM "Note"')).stdout)
      for (let i = 0; i < 20; i++) {
        const { stdout } = await tool('psql', '--replica', folder, '-Atc', 'SELECT count(*) FROM public."Note"')
        if (Number(stdout) === known) break
        await sleep(20)
      }
      await client.texts()
      await sleep(150)
      await client.texts()
      await tool('pause', folder)
      hidden = `hidden ${hiddenCount++}`
      await behind(hidden)
      return !(await client.texts()).includes(hidden)
    })
    return hidden
  }

  test('reads are answered by the replica, writes by the primary', async (t) => {
    const client = new Client(await open(t, '--replica-lag', '60s'))
    await holdInUse(client)
    assert.match(await client.write('new'), /^[0-9A-F]+\/[0-9A-F]+$/)
    const { stdout } = await sql(`SELECT count(*) FROM "Note" WHERE text = 'new'`)
    assert.equal(stdout, '1\n')
  })

  test('who wrote sees it, on the same connection and with the position', async (t) => {
    const server = await open(t, '--replica-lag', '60s')
    const [writer, other, third] = [new Client(server), new Client(server), new Client(server)]
    await holdInUse(other)
    const position = await writer.write('mine')
    assert.ok((await writer.texts()).includes('mine'))
    assert.ok(!(await other.texts()).includes('mine'))
    assert.ok((await third.texts({ 'Tenon-Position': position })).includes('mine'))
    assert.ok(!(await third.texts()).includes('mine'))
    assert.ok((await third.texts({ 'Tenon-Position': 'nonsense' })).includes('mine'))
  })

  test('a read waits for the replica, but not for long', async (t) => {
    const server = await open(t, '--replica-lag', '60s', '--replica-wait', '4s')
    const client = new Client(server)
    await holdInUse(client)
    await client.write('mine')
    const start = performance.now()
    const answer = client.texts()
    await sleep(300)
    await tool('resume', folder)
    assert.ok((await answer).includes('mine'))
    const took = performance.now() - start
    assert.ok(took >= 250 && took < 3500, `${took} ms`)
  })

  test('a replica that is far behind takes no reads, until it has caught up', async (t) => {
    const client = new Client(await open(t, '--replica-lag', '2s'))
    await holdInUse(client)
    await behind('late')
    await eventually('a read from the primary', async () => (await client.texts()).includes('late'))
    await holdInUse(client)
  })

  test('a replica that stops, or is killed, is missed by nobody', async (t) => {
    const client = new Client(await open(t, '--replica-lag', '60s'))
    for (const end of [
      () => tool('stop', '--replica', folder),
      async () => process.kill(await pidOf('replica'), 'SIGQUIT'),
    ]) {
      await holdInUse(client)
      await tool('resume', folder)
      let isEnded = false
      const ending = end().then(() => sleep(300)).then(() => (isEnded = true))
      while (!isEnded) assert.ok((await client.texts()).includes('old'))
      await ending
      await behind('while it was away')
      assert.ok((await client.texts()).includes('while it was away'))
      await eventually('a start', () =>
        tool('start', '--fast', '--replica', folder).then(() => true, () => false))
    }
    await holdInUse(client)
  })

  /** Stops the processes while act runs. */
  async function whileStopped(pids, act) {
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      await act()
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
  }

  async function pidsOfReaders() {
    const { stdout } = await tool('psql', '--replica', folder, '-Atc',
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'tenon'`)
    return stdout.trim().split('\n').map(Number)
  }

  // Its postmaster first: else it would open another connection, and answer.
  test('a replica that hangs in the middle of a read is given up', async (t) => {
    const client = new Client(await open(t, '--replica-lag', '60s'))
    const hidden = await holdInUse(client)
    const pids = [await pidOf('replica'), ...(await pidsOfReaders())]
    await whileStopped(pids, async () => assert.ok((await client.texts()).includes(hidden)))
  })

  test('a connection to a replica that hangs delays a read until its time is over', async (t) => {
    const client = new Client(await open(t, '--replica-lag', '60s', '--statement-timeout', '1s'))
    await holdInUse(client)
    await whileStopped(await pidsOfReaders(), async () => {
      const started = performance.now()
      assert.ok((await client.texts()).includes('old'))
      assert.ok(performance.now() - started < 6000)
    })
  })

  test('reads go on while the primary is down', async (t) => {
    const client = new Client(await open(t, '--replica-lag', '1s'))
    await holdInUse(client)
    await tool('resume', folder)
    for (let i = 0; i < 5; i++, await sleep(120)) await client.texts()
    process.kill(await pidOf('data'), 'SIGQUIT')
    const until = performance.now() + 3000
    while (performance.now() < until) assert.ok((await client.texts()).includes('old'))
    const refused = await client.request('POST', '', { body: '{"text": "lost"}' })
    assert.equal(refused.status, 503)
    await tool('start', '--fast', '--replica', folder)
    await eventually('a write', async () =>
      (await client.request('POST', '', { body: '{"text": "back"}' })).status === 201)
    await eventually('a read of it', async () => {
      const { status, text } = await client.request('GET')
      return status === 200 && text.includes('back')
    })
  })

  test('what is wrong with the setting is said without a password', async () => {
    const wrong = { ...env, DATABASE_REPLICA_URLS: `${env.DATABASE_URL},postgresql://u:geheim@x@y/z` }
    const { code, stderr } = await run(app, ['serve', '--listen', '127.0.0.1:0'], { env: wrong })
    assert.equal(code, 1)
    assert.match(stderr, /replica 2: the database URL has an @/)
    assert.doesNotMatch(stderr, /geheim/)
    const lite = { DATABASE_URL: 'file:app.db', DATABASE_REPLICA_URLS: env.DATABASE_URL }
    const refused = await run(app, ['serve', '--listen', '127.0.0.1:0'], { env: lite })
    assert.match(refused.stderr, /only PostgreSQL has replicas/)
  })
})
