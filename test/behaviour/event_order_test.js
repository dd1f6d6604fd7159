// Readers of the feed that go on behind the last event they have seen miss none
// and get each row's changes in the order of the commits, whatever 64 writers do
// at the same time, and wherever a reader dies and begins again. As many events
// as EVENTS says, a few thousand without:
//
//     EVENTS=500000 ./dev test behaviour/event_order

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { run, serveSchema, skip } from '../e2e/support/tenon.js'
import { Connection } from '../fault/support/http.js'

const EVENTS = Number(process.env.EVENTS ?? 4000)
const WRITERS = 64
const READERS = 4
const SHARED = 8 // rows that all writers change
const PAGE = 1000
// Of a turn: three rows and more are made, changed and removed, and one shared.
const BATCH = Math.min(200, Math.ceil(EVENTS / WRITERS / 16))
const TURNS = Math.ceil(EVENTS / WRITERS / (3 * BATCH + 1))

const SCHEMA = `model Row {
  id   Int    @id
  mark String

  @@allow('all', true)
}
`

let server
let token

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA, ['--workers', '2', '--tx-end', 'commit-allow-override'])
  const made = await run(server.folder, ['token', 'create', '--database', server.database])
  assert.equal(made.code, 0, made.stderr)
  token = made.stdout.match(/tenon_op_\w+/)[0]
})
after(() => server?.close())

const below = (n) => Math.floor(Math.random() * n)

/** What was acknowledged, by its mark: how many rows have it. */
class Writer {
  constructor(number, connection) {
    this.number = number
    this.connection = connection
    this.acknowledged = new Map()
    this.refused = new Set()
    this.removed = 0
  }

  async send(method, path, body, headers) {
    const { status, text } = await this.connection.request(method, `/rest/v1/${path}`, body, headers)
    assert.ok(status < 300 || status === 409, text)
    return status < 300
  }

  async write(method, path, mark, rows, headers) {
    const body = method === 'POST' ? rows.map((id) => ({ id, mark })) : { mark }
    if (await this.send(method, path, body, headers)) this.acknowledged.set(mark, rows.length)
    else this.refused.add(mark)
  }

  async turn(n) {
    const first = SHARED + 1 + (this.number * TURNS + n) * BATCH
    const own = Array.from({ length: BATCH }, (_, i) => first + i)
    const range = `Row?id=gte.${first}&id=lt.${first + BATCH}`
    const mark = `${this.number}-${n}`
    await this.write('POST', 'Row', `${mark}-new`, own)
    await this.write('PATCH', `Row?id=eq.${1 + below(SHARED)}`, `${mark}-shared`, [0])
    await this.write('PATCH', range, `${mark}-changed`, own)
    if (n % 4 === 0) await this.write('POST', 'Row', `${mark}-again`, [first + BATCH, first])
    if (n % 4 === 1) {
      await this.send('PATCH', range, { mark: `${mark}-undone` }, { Prefer: 'tx=rollback' })
      this.refused.add(`${mark}-undone`)
    }
    await this.send('DELETE', range)
    this.removed += BATCH
  }

  async run() {
    for (let n = 0; n < TURNS; n++) await this.turn(n)
  }
}

/** Keeps where it is only now and then; what it saw behind that dies with it. */
class Reader {
  constructor(connection) {
    this.connection = connection
    this.kept = []
    this.deaths = 0
  }

  async readPage(behind) {
    const { status, body, text } = await this.connection.json(
      'GET', `/rest/v1/event?sequence=gt.${behind}&order=sequence&limit=${PAGE}`, undefined,
      { Authorization: `Bearer ${token}`, 'Accept-Profile': 'tenon' })
    assert.equal(status, 200, text)
    return body
  }

  async run(isWriting) {
    let fresh = []
    for (let isLast = false; !isLast;) {
      isLast = !isWriting()
      const last = fresh.at(-1) ?? this.kept.at(-1)
      const page = await this.readPage(last?.sequence ?? 0)
      isLast &&= page.length < PAGE
      fresh.push(...page)
      if (below(5) === 0 && !isLast) {
        this.deaths++
        fresh = []
      } else if (below(3) === 0 || isLast) {
        this.kept.push(...fresh)
        fresh = []
      }
    }
  }
}

/** Each event is of the row as the one before it left it. */
function replay(events) {
  const rows = new Map()
  events.forEach(({ sequence, action, record_id: id, before: was, after: is }, i) => {
    assert.equal(sequence, i + 1)
    assert.deepEqual(was, rows.get(id) ?? null, `${action} of row ${id} at ${sequence}`)
    assert.equal(action, was === null ? 'create' : is === null ? 'delete' : 'update')
    if (is === null) rows.delete(id)
    else rows.set(id, is)
  })
  return rows
}

function countMarks(events) {
  const marks = new Map()
  for (const { after: is } of events) {
    if (is !== null) marks.set(is.mark, (marks.get(is.mark) ?? 0) + 1)
  }
  return marks
}

test('who reads on behind the last event misses none, in the order of the commits', { skip }, async (t) => {
  const { port } = server
  const shared = Array.from({ length: SHARED }, (_, i) => i + 1)
  const writers = await Promise.all(
    Array.from({ length: WRITERS }, async (_, i) => new Writer(i, await Connection.open(port))))
  const readers = await Promise.all(
    Array.from({ length: READERS }, async () => new Reader(await Connection.open(port))))
  await writers[0].write('POST', 'Row', 'first', shared)

  let isWriting = true
  const written = Promise.all(writers.map((writer) => writer.run())).finally(() => (isWriting = false))
  await Promise.all([written, ...readers.map((reader) => reader.run(() => isWriting))])

  const [{ kept: events }, ...others] = readers
  const rows = replay(events)
  for (const { kept } of others) assert.deepEqual(kept, events)
  const marks = countMarks(events)
  const removed = writers.reduce((sum, writer) => sum + writer.removed, 0)
  for (const writer of writers) {
    for (const [mark, count] of writer.acknowledged) assert.equal(marks.get(mark), count, mark)
    for (const mark of writer.refused) assert.ok(!marks.has(mark), mark)
  }
  assert.equal(events.length, removed + [...marks.values()].reduce((sum, n) => sum + n, 0))
  const stored = await readers[0].connection.json('GET', '/rest/v1/Row?order=id')
  assert.deepEqual([...rows.values()].sort((a, b) => a.id - b.id), stored.body)
  for (const { connection } of [...writers, ...readers]) connection.close()
  const deaths = readers.reduce((sum, reader) => sum + reader.deaths, 0)
  t.diagnostic(`${events.length} events, ${READERS} readers, which died ${deaths} times`)
})
