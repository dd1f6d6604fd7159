// Hooks in the life of a write, on every engine: they see the rows that are
// written and no others, whoever writes meanwhile, and what they do behind a
// commit is done once. Writes that are answered later go the same way.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { ENGINE, run, serve, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `
model Counter {
  id    Int    @id
  total Int    @default(0)
  turn  Int    @default(0)
  seen  Seen[]
  @@map("counter")
  @@allow('all', true)
}

model Seen {
  id        Int      @id @default(autoincrement())
  text      String
  note      String?
  counter   Counter? @relation(fields: [counterId], references: [id])
  counterId Int?     @map("counter_id")
  @@map("seen")
  @@allow('all', true)
}

model Order {
  id   Int    @id @default(autoincrement())
  item String @unique
  @@map("order")
  @@allow('all', true)
}
`

// Reads take the fiber off the loop, so that others come in between.
const HOOKS = `
tenon.before("Counter", "update", function(ctx, change)
  for i = 1, 3 do tenon.query("Seen", {limit = 1}) end
  change.after.total = change.before.total + 1
end)

tenon.before("Seen", "create", function(ctx, change) change.after.note = "new" end)
tenon.before("Seen", "update", function(ctx, change)
  change.after.note = "was " .. change.before.text
end)
tenon.before("Seen", "delete", function(ctx, change)
  if change.before.text == "kept" then tenon.refuse("is kept") end
end)

tenon.after("Order", "create", function(ctx, change)
  tenon.create("Seen", {text = "order " .. change.after.item})
end)
`

let server

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA, [], async (folder) => {
    await mkdir(join(folder, 'hooks'))
    await writeFile(join(folder, 'hooks/life.lua'), HOOKS)
    return {}
  })
})
after(() => server?.close())

async function send(method, path, body, prefer = 'return=representation') {
  const answer = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', Prefer: prefer },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
}

async function until(ask, is) {
  for (let i = 0; i < 400; i++) {
    const got = await ask()
    if (is(got)) return got
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  assert.fail('it did not come to that')
}

test('no update is lost between what a hook read and what it wrote', { skip }, async () => {
  const CLIENTS = 8
  const WRITES = 15
  await send('POST', 'counter', [{ id: 1 }, { id: 2 }])
  const done = { 1: 0, 2: 0 }
  let conflicts = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let turn = 0; turn < WRITES; turn++) {
        const both = turn % 5 === 0
        const id = 1 + ((client + turn) % 2)
        const { status, body } = await send('PATCH', both ? 'counter?id=gt.0' : `counter?id=eq.${id}`, { turn })
        if (status === 409) {
          assert.equal(body.code, '40001')
          conflicts++
          continue
        }
        assert.equal(status, 200, JSON.stringify(body))
        for (const key of both ? [1, 2] : [id]) done[key]++
      }
    }),
  )
  const { body } = await send('GET', 'counter?select=id,total&order=id')
  assert.deepEqual(body, [{ id: 1, total: done[1] }, { id: 2, total: done[2] }])
  assert.ok(done[1] + done[2] > 0, `${conflicts} conflicts`)
})

test('hooks of rows that are nested are asked', { skip }, async () => {
  const rows = 'seen(text,note)'
  await send('POST', `counter?select=${rows}`, { id: 3, seen: { create: [{ text: 'a' }, { text: 'kept' }] } })
  const [a] = (await send('GET', 'seen?counter_id=eq.3&text=eq.a')).body
  const [kept] = (await send('GET', 'seen?text=eq.kept')).body
  assert.equal(a.note, 'new')
  const change = (operation) => send('PATCH', `counter?id=eq.3&select=${rows}`, { seen: operation })
  const updated = await change({ update: { where: { id: a.id }, data: { text: 'b' } } })
  assert.deepEqual(updated.body[0].seen.find((row) => row.text === 'b'), { text: 'b', note: 'was a' })
  const upserted = await change({
    upsert: { where: { id: a.id }, create: { text: 'x' }, update: { text: 'c' } },
  })
  assert.equal(upserted.body[0].seen.find((row) => row.text === 'c').note, 'was b')
  const made = await change({ upsert: { where: { id: 4711 }, create: { text: 'x' }, update: { text: 'c' } } })
  assert.equal(made.body[0].seen.find((row) => row.text === 'x').note, 'new')
  const refused = await change({ delete: { id: kept.id } })
  assert.equal(refused.status, 403)
  assert.match(refused.body.message, /is kept/)
  assert.equal((await send('GET', 'seen?text=eq.kept')).body.length, 1)
})

test('an upsert asks the hooks of what becomes of each row', { skip }, async () => {
  const { body } = await send('POST', 'seen', [{ id: 900001, text: 'a' }])
  assert.equal(body[0].note, 'new')
  const merged = await send(
    'POST',
    'seen',
    [
      { id: 900001, text: 'b' },
      { id: 900002, text: 'c' },
    ],
    'return=representation, resolution=merge-duplicates',
  )
  assert.deepEqual(
    merged.body.map((row) => row.note),
    ['was a', 'new'],
  )
})

test('what a hook does behind a commit is done once for each change', { skip }, async () => {
  const ORDERS = 40
  await Promise.all(Array.from({ length: ORDERS }, (_, i) => send('POST', 'order', { item: `i${i}` })))
  // One that is refused leaves nothing behind it.
  assert.equal((await send('POST', 'order', { item: 'i1' })).status, 409)
  const seen = async () => (await send('GET', 'seen?text=like.order%20i*&select=text')).body
  const rows = await until(seen, (got) => got.length >= ORDERS)
  assert.equal(new Set(rows.map((row) => row.text)).size, ORDERS)
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal((await seen()).length, ORDERS)
})

const orders = (count, name, to = server) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      to.fetch('order', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ item: `${name}${i}` }),
      }),
    ),
  )
const seenOf = async (name, from = server) =>
  (await (await from.fetch(`seen?text=like.order%20${name}*&select=text`)).json()).map((row) => row.text)

test('two processes do it once', { skip: skip || ENGINE !== 'postgresql' }, async () => {
  const ORDERS = 30
  const other = await serve(server.folder, ['--schema', 'schema.prisma', '--database', server.database])
  try {
    await Promise.all([orders(ORDERS, 'x'), orders(ORDERS, 'y', other)])
    for (const name of ['x', 'y']) await until(() => seenOf(name), (got) => got.length >= ORDERS)
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (const name of ['x', 'y']) {
      const got = await seenOf(name)
      assert.equal(got.length, ORDERS)
      assert.equal(new Set(got).size, ORDERS)
    }
  } finally {
    await other.stop()
  }
})

// On PostgreSQL what was under way comes back when its lease ends, in a minute.
test('a process that dies loses none of it', { skip: skip || ENGINE !== 'sqlite' }, async () => {
  const args = ['--schema', 'schema.prisma', '--database', server.database]
  await server.stop()
  const done = new Set()
  for (let round = 0; round < 4; round++) {
    const doomed = await serve(server.folder, args)
    const name = `k${round}n`
    const writes = Array.from({ length: 40 }, async (_, i) => {
      const item = `${name}${i}`
      const answer = await doomed
        .fetch('order', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ item }),
        })
        .catch(() => null)
      if (answer?.status === 201) done.add(`order ${item}`)
    })
    await Promise.race([Promise.all(writes), new Promise((resolve) => setTimeout(resolve, 5 + 15 * round))])
    await doomed.stop('SIGKILL')
    await Promise.all(writes)
  }
  const again = await serve(server.folder, args)
  Object.assign(server, again)
  const seen = await until(
    async () => new Set(await seenOf('k')),
    (got) => [...done].every((text) => got.has(text)),
  )
  const rows = await (await server.fetch('order?item=like.k*&select=item')).json()
  const there = new Set(rows.map((row) => `order ${row.item}`))
  assert.ok(done.size > 0)
  assert.ok([...seen].every((text) => there.has(text)), 'a hook saw what was not committed')
})

test('a write can be answered later', { skip }, async () => {
  const items = Array.from({ length: 2000 }, (_, i) => ({ text: `later ${i}` }))
  const accepted = await send('POST', 'seen', items, 'respond-async')
  assert.equal(accepted.status, 202)
  assert.equal(accepted.headers.get('preference-applied'), 'respond-async')
  const place = accepted.headers.get('location').replace('/rest/v1/', '')
  const state = await until(
    async () => (await send('GET', place)).body,
    (got) => got.status === 'done',
  )
  assert.deepEqual(state.response, { status: 201, affected: 2000, location: null, error: null })
  const { body } = await send('GET', 'seen?text=eq.later%201999')
  assert.equal(body[0].note, 'new')
})

test('what is wrong with it is said at once, or in its state', { skip }, async () => {
  assert.equal((await send('POST', 'seen', { nothing: 1 }, 'respond-async')).status, 400)
  assert.equal((await send('GET', 'jobs/00000000-0000-7000-8000-000000000000')).status, 404)
  const accepted = await send('DELETE', 'seen?text=eq.kept', undefined, 'respond-async')
  const place = accepted.headers.get('location').replace('/rest/v1/', '')
  const state = await until(
    async () => (await send('GET', place)).body,
    (got) => got.status === 'done',
  )
  assert.equal(state.response.status, 403)
  assert.equal(state.response.error.message, 'is kept')
})

test('hooks behind commits need the feed of events', { skip: skip || ENGINE !== 'sqlite' }, async () => {
  const { code, stderr } = await run(server.folder, [
    'serve',
    '--database',
    server.database,
    '--events=false',
    '--listen',
    '127.0.0.1:0',
  ])
  assert.equal(code, 1)
  assert.match(stderr, /model Order has hooks behind the commit, and events are off/)
})
