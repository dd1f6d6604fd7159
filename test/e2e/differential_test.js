// Random questions about random rows in random schemas: each engine must give
// the answer that is worked out from the rows here. Some of them write, and
// are undone: what they left would show in the answers after them.
//
//   DIFFERENTIAL_CASES=100000 DIFFERENTIAL_SEED=7 ./dev test e2e/differential
//
// A failure names the seed of its world and the request; run that world alone
// with DIFFERENTIAL_SEED.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { answer, round } from './support/differential/answer.js'
import { makeQuestion, printQuestion } from './support/differential/question.js'
import { Random } from './support/differential/random.js'
import { makeWorld, storedColumns } from './support/differential/world.js'
import { makeAddition, makeWriting } from './support/differential/writing.js'
import * as postgres from './support/postgres_world.js'
import { serveSchema } from './support/tenon.js'

const CASES = Number(process.env.DIFFERENTIAL_CASES ?? 2000)
const FIRST_SEED = Number(process.env.DIFFERENTIAL_SEED ?? 1)
const CASES_A_WORLD = 200
const OPTIONS = ['--aggregates', '--tx-end', 'commit-allow-override', '--workers', '1']
const ENGINES = postgres.skip ? ['sqlite'] : ['sqlite', 'postgresql']

async function fill(server, world) {
  for (const model of world.models) {
    const names = storedColumns(model).map((c) => c.name)
    const response = await server.fetch(`${model.table}?columns=${names}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(world.rows.get(model)),
    })
    if (!response.ok) throw new Error(`${model.table}: ${await response.text()}`)
  }
  await fillJoins(server, world)
}

/** Their tables are not served, so the rows come from behind. */
async function fillJoins(server, world) {
  const sql = world.joins
    .filter(({ pairs }) => pairs.length > 0)
    .map(({ table, pairs }) => `INSERT INTO "${table}" VALUES ${pairs.map((p) => `(${p})`).join(', ')};`)
    .join('\n')
  if (sql === '') return
  if (server.database.startsWith('file:')) {
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(`${server.folder}/app.db`, { timeout: 5000 })
    database.exec(sql)
    database.close()
  } else {
    await promisify(execFile)('psql', [server.database, '-X', '-q', '-c', sql])
  }
}

/* ---- Asking ---- */

/** An offset of 5 was requested, but there are only 3 rows. */
const countOf = ({ details }) => Number(/(\d+) rows/.exec(details)[1])
const totalOf = (response) => Number(response.headers.get('content-range').split('/')[1])

async function get(server, path, prefer) {
  const response = await server.fetch(path, { headers: { Prefer: prefer } })
  const text = await response.text()
  if (response.status === 416) return { response, rows: [], total: countOf(JSON.parse(text)) }
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
  return { response, rows: JSON.parse(text), total: totalOf(response) }
}

async function ask(server, path) {
  const { rows, total } = await get(server, path, 'count=exact')
  return { rows, total }
}

/** All pages, one behind the other. */
async function turnPages(server, path, size) {
  const rows = []
  let total
  for (let next = path; next !== undefined; ) {
    const page = await get(server, next, 'count=exact, paging=keyset')
    total ??= page.total
    rows.push(...page.rows)
    next = /<\/rest\/v1\/([^>]*)>; rel="next"/.exec(page.response.headers.get('link'))?.[1]
    if (next !== undefined) assert.equal(page.rows.length, size, `a page of ${next}`)
  }
  return { rows, total }
}

async function write(server, { method, path, body, prefer }, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', Prefer: prefer.join(', '), ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
  return { response, text, status: response.status, rows: JSON.parse(text), total: totalOf(response) }
}

async function undone(server, writing) {
  const { status, rows, total } = await write(server, { ...writing, prefer: [...writing.prefer, 'tx=rollback'] })
  return { status, rows, total }
}

/** The same request twice with one key: done once, and answered alike. */
async function twice(server, writing) {
  const key = { 'Idempotency-Key': randomUUID() }
  const first = await write(server, writing, key)
  const second = await write(server, writing, key)
  assert.equal(second.response.headers.get('idempotent-replayed'), 'true')
  assert.deepEqual([second.status, second.text], [first.status, first.text])
  const added = `${writing.path.split('?')[0]}?id=in.(${writing.ids})&select=id`
  const left = await write(server, { path: added, method: 'DELETE', prefer: ['return=representation'] }, {})
  assert.deepEqual(left.rows.map((row) => row.id).sort((a, b) => a - b), writing.ids)
  const { status, rows, total } = first
  return { status, rows, total }
}

/* ---- Comparing ---- */

async function check(servers, seed, what, wanted, asked) {
  await Promise.all(
    servers.map(async ({ engine, server }) => {
      const where = `${engine}, DIFFERENTIAL_SEED=${seed}: ${what}`
      const got = await asked(server).catch((error) => assert.fail(`${where}\n${error.message}`))
      assert.deepEqual(got, wanted, where)
    }),
  )
}

function checkQuestion(servers, seed, world, question) {
  const path = printQuestion(question)
  return check(servers, seed, decodeURIComponent(path), answer(world, question), async (server) => {
    const size = question.pageSize
    const { rows, total } = await (size ? turnPages(server, path, size) : ask(server, path))
    return { rows: round(question, rows), total }
  })
}

function checkWriting(servers, seed, writing, asked) {
  const { method, path, prefer, body, status, rows, total } = writing
  const what = `${method} ${decodeURIComponent(path)}\n${prefer}\n${JSON.stringify(body)}`
  return check(servers, seed, what, { status, rows, total }, (server) => asked(server, writing))
}

function checkOne(servers, seed, r, world) {
  const model = r.pick(world.models)
  if (r.once(30)) return checkWriting(servers, seed, makeAddition(r, world, model), twice)
  if (r.once(5)) return checkWriting(servers, seed, makeWriting(r, world, model), undone)
  return checkQuestion(servers, seed, world, makeQuestion(r, world, model))
}

async function explore(t, seed, count) {
  const r = new Random(seed)
  const world = makeWorld(r)
  const servers = []
  t.after(() => Promise.all(servers.map(({ server }) => server.close())))
  for (const engine of ENGINES) {
    const server = await serveSchema(world.schema, OPTIONS, undefined, engine)
    servers.push({ engine, server })
    await fill(server, world)
  }
  for (let i = 0; i < count; i++) await checkOne(servers, seed, r, world)
}

const worlds = Math.ceil(CASES / CASES_A_WORLD)
for (let i = 0; i < worlds; i++) {
  const seed = FIRST_SEED + i
  test(`${CASES_A_WORLD} questions about world ${seed} on ${ENGINES.join(' and ')}`, (t) =>
    explore(t, seed, CASES_A_WORLD))
}
