/*
 * Before anything is timed: the servers answer, and all answer the same.
 */
import assert from 'node:assert/strict'

import { fetchText, startServer, stopServer } from './measure.js'

const NEW = {
  user_id: 7, title: 'A "quoted" title', note: 'Grüße', price: 12.5,
  quantity: 3, active: true,
}

async function fetchJson(server, path, status, call) {
  const reply = await fetchText(server, path, call)
  assert.equal(reply.status, status, `${path}: ${reply.text}`)
  return reply.text === '' ? null : JSON.parse(reply.text)
}

/* Spellings of one moment differ: Z or +00:00, or as PostgreSQL has it. */
function moment(text) {
  return Date.parse(/(Z|\+00:00)$/.test(text) ? text : `${text}Z`)
}

function comparable(row) {
  return { ...row, created_at: moment(row.created_at) }
}

async function readSome(server, { paths, workloads }) {
  if (!paths.isBare) {
    await fetchJson(server, '/healthz', 200).catch((e) => {
      if (!(e instanceof SyntaxError))
        throw e
    })
    assert.deepEqual(await fetchJson(server, paths.scan, 200), [])
  }
  const point = paths.rowOf(await fetchJson(server, paths.point(4321), 200))
  const list = await fetchJson(server, paths.list(500), 200)
  assert.equal(Object.keys(point).length, 8)
  assert.equal(list.length, 20)
  assert.equal(list[0].id, 501)
  const nested = workloads.includes('nested')
    ? await readNested(server, paths) : []
  return [...[point, ...list].map(comparable), ...nested]
}

/* Sales with their seller and the first three of their lines. */
async function readNested(server, paths) {
  const sales = await fetchJson(server, paths.nested(500), 200)
  assert.equal(sales.length, 20)
  assert.equal(sales[0].id, 501)
  return sales.map((sale) => {
    assert.deepEqual(sale.line.map((line) => line.id % 5), [1, 2, 3])
    return { ...comparable(sale), seller: comparable(sale.seller) }
  })
}

async function writeOne(server, paths, rows) {
  await fetchJson(server, paths.items, 201,
    { method: 'POST', body: JSON.stringify(NEW) })
  const [last, ...more] = await fetchJson(server, paths.list(rows), 200)
  const { id, created_at: created, ...rest } = last
  assert.deepEqual(rest, NEW)
  assert.equal(id, rows + 1)
  assert.ok(Math.abs(moment(created) - Date.now()) < 60000)
  assert.equal(more.length, 0)
}

export async function checkAnswers(contenders, databases, rows) {
  let want
  for (const contender of contenders) {
    const server = await startServer(contender, databases[contender.name])
    try {
      const got = await readSome(server, contender)
      want ??= got
      assert.deepEqual(got, want)
      if (!contender.paths.isBare)
        await writeOne(server, contender.paths, rows)
    } finally {
      await stopServer(server)
    }
  }
}
