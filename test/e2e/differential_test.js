// Random questions about random rows in random schemas: each engine must give
// the answer that is worked out from the rows here.
//
//   DIFFERENTIAL_CASES=100000 DIFFERENTIAL_SEED=7 ./dev test e2e/differential
//
// A failure names the seed of its world and the request; run that world alone
// with DIFFERENTIAL_SEED.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { answer } from './support/differential/answer.js'
import { makeQuestion, printQuestion } from './support/differential/question.js'
import { Random } from './support/differential/random.js'
import { makeWorld } from './support/differential/world.js'
import * as postgres from './support/postgres_world.js'
import { serveSchema } from './support/tenon.js'

const CASES = Number(process.env.DIFFERENTIAL_CASES ?? 2000)
const FIRST_SEED = Number(process.env.DIFFERENTIAL_SEED ?? 1)
const CASES_A_WORLD = 200
const ENGINES = postgres.skip ? ['sqlite'] : ['sqlite', 'postgresql']

async function fill(server, world) {
  for (const model of world.models) {
    const response = await server.fetch(model.table, {
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

/** An offset of 5 was requested, but there are only 3 rows. */
const countOf = ({ details }) => Number(/(\d+) rows/.exec(details)[1])

async function ask(server, path) {
  const response = await server.fetch(path, { headers: { Prefer: 'count=exact' } })
  const text = await response.text()
  if (response.status === 416) return { rows: [], total: countOf(JSON.parse(text)) }
  if (!response.ok) throw new Error(`${response.status}: ${text}`)
  const total = Number(response.headers.get('content-range').split('/')[1])
  return { rows: JSON.parse(text), total }
}

async function check(servers, world, question, seed) {
  const path = printQuestion(question)
  const wanted = answer(world, question)
  await Promise.all(
    servers.map(async ({ engine, server }) => {
      const where = `${engine}, DIFFERENTIAL_SEED=${seed}: ${decodeURIComponent(path)}`
      const got = await ask(server, path).catch((error) => assert.fail(`${where}\n${error.message}`))
      assert.deepEqual(got, wanted, where)
    }),
  )
}

async function explore(t, seed, count) {
  const r = new Random(seed)
  const world = makeWorld(r)
  const servers = []
  t.after(() => Promise.all(servers.map(({ server }) => server.close())))
  for (const engine of ENGINES) {
    const server = await serveSchema(world.schema, [], undefined, engine)
    servers.push({ engine, server })
    await fill(server, world)
  }
  for (let i = 0; i < count; i++) {
    await check(servers, world, makeQuestion(r, world, r.pick(world.models)), seed)
  }
}

const worlds = Math.ceil(CASES / CASES_A_WORLD)
for (let i = 0; i < worlds; i++) {
  const seed = FIRST_SEED + i
  test(`${CASES_A_WORLD} questions about world ${seed} on ${ENGINES.join(' and ')}`, (t) =>
    explore(t, seed, CASES_A_WORLD))
}
