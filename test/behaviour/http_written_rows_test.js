// The rows that a write hands back: their order, their page and what they lead
// to, which is as the write has left it.

import assert from 'node:assert/strict'
import { before, after, beforeEach, test } from 'node:test'

import { serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `
datasource db {
  provider = "postgresql"
}
enum Size {
  SMALL
  LARGE
}
model Room {
  id    Int     @id
  name  String?
  size  Size    @default(SMALL)
  parts Part[]
  @@map("rooms")
  @@allow('all', true)
}
model Part {
  id       Int     @id @default(autoincrement())
  code     String  @unique
  weight   Decimal @default(1)
  spare    Int?
  room     Room?   @relation(fields: [roomId], references: [id])
  roomId   Int?    @map("room_id")
  whole    Part?   @relation("whole", fields: [wholeId], references: [id])
  wholeId  Int?    @map("whole_id")
  parts    Part[]  @relation("whole")
  taggings Tagging[]
  @@map("parts")
  @@allow('all', true)
}
model Tag {
  id       Int       @id
  word     String
  taggings Tagging[]
  @@map("tags")
  @@allow('all', true)
}
model Tagging {
  part   Part   @relation(fields: [partId], references: [id])
  partId Int    @map("part_id")
  tag    Tag    @relation(fields: [tagId], references: [id])
  tagId  Int    @map("tag_id")
  color  String
  @@id([partId, tagId])
  @@map("taggings")
  @@allow('all', true)
}
`

let server

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA)
  await write('POST', 'rooms', [
    { id: 1, name: 'b', size: 'LARGE' },
    { id: 2, name: null, size: 'SMALL' },
    { id: 3, name: 'a', size: 'SMALL' },
  ])
  await write('POST', 'tags', [{ id: 1, word: 'old' }, { id: 2, word: 'new' }])
})
after(() => server?.close())

beforeEach(async () => {
  if (skip) return
  await write('DELETE', 'taggings?color=not.is.null')
  await write('DELETE', 'parts?whole_id=not.is.null')
  await write('DELETE', 'parts?id=not.is.null')
  await write('POST', 'parts', [
    { id: 1, code: 'A', weight: 10, room_id: 1, whole_id: null },
    { id: 2, code: 'B', weight: 9, room_id: 2, whole_id: 1 },
    { id: 3, code: 'C', weight: 2.5, room_id: 3, whole_id: 1 },
    { id: 4, code: 'D', weight: 9, room_id: null, whole_id: 2 },
  ])
  await write('POST', 'taggings', [{ part_id: 1, tag_id: 1, color: 'red' }, { part_id: 3, tag_id: 1, color: 'blue' }])
})

async function send(method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation', ...headers },
    body: body && JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

async function write(method, path, body, headers) {
  const { status, text } = await send(method, path, body, headers)
  assert.ok(status < 300, text)
  return JSON.parse(text)
}

const idsOf = (rows) => rows.map(({ id }) => id).join('')

// --- their order and page --------------------------------------------------

const ORDERS = [
  ['order=id.desc', '4321'],
  ['order=weight,id', '3241'],
  ['order=weight.desc,code.desc', '1423'],
  ['order=room_id.nullsfirst', '4123'],
  ['order=rooms(name)&select=id,rooms(id)', '3124'],
  ['order=rooms(name).desc,id.desc&select=id,rooms(id)', '4213'],
  ['order=rooms(name).nullsfirst,id&select=id,rooms()', '2431'],
  ['order=rooms(size).desc.nullslast,id&select=id,rooms(name)', '1234'],
  ['order=whole_id(code),weight.desc&select=id,whole_id(code)', '2341'],
  ['order=whole_id(weight).desc.nullslast,id&select=id,...whole_id(whole:code)', '2341'],
  ['order=rooms(name),id.desc&rooms.name=eq.b&select=id,rooms()', '1432'],
  ['order=id&limit=2&offset=1', '23'],
  ['order=rooms(name)&select=id,rooms(id)&limit=1', '3'],
  ['order=id&limit=0', ''],
]
for (const [query, expected] of ORDERS) {
  const path = `parts?id=lt.5&${query.includes('select') ? query : `select=id&${query}`}`
  test(`rows that are changed come back by ${query}`, { skip }, async () => {
    const rows = await write('PATCH', path, { spare: 1 })
    assert.equal(idsOf(rows), expected)
  })
  test(`rows that are deleted come back by ${query}`, { skip }, async () => {
    await write('DELETE', 'taggings?color=not.is.null')
    assert.equal(idsOf(await write('DELETE', path)), expected)
  })
}

test('new rows come back in an order by what they lead to', { skip }, async () => {
  const rows = [
    { id: 11, code: 'K', room_id: 2 }, { id: 12, code: 'L', room_id: 1 }, { id: 13, code: 'M', room_id: 3 },
  ]
  assert.equal(idsOf(await write('POST', 'parts?select=id,rooms(name)&order=rooms(name).desc.nullslast', rows)), '121311')
  assert.equal(idsOf(await write('POST', 'parts?select=id,...rooms(name)&order=rooms(size),id.desc&limit=2', rows.map((row) => ({ ...row, id: row.id + 10, code: `${row.code}2` })))), '2321')
})

test('nothing of what is only ordered by is shown', { skip }, async () => {
  const rows = await write('PATCH', 'parts?id=lt.3&select=code,rooms(name),...whole_id(whole:code)&order=rooms(size),weight.desc,whole_id(id)', { spare: 2 })
  assert.deepEqual(rows, [{ code: 'B', rooms: { name: null }, whole: 'A' }, { code: 'A', rooms: { name: 'b' }, whole: null }])
  const csv = await send('PATCH', 'parts?id=lt.3&select=code&order=weight', { spare: 3 }, { Accept: 'text/csv' })
  assert.equal(csv.text, 'code\nB\nA')
})

test('orders that rows cannot have are refused, and nothing is written', { skip }, async () => {
  const CASES = [
    ['order=rooms(name)', 'PGRST108'],
    ['select=id,parts(id)&order=parts(id)', 'PGRST118'],
    ['order=nope', '42703'],
    ['select=id,rooms(id)&order=rooms(nope)', '42703'],
  ]
  for (const [query, code] of CASES) {
    const { status, text } = await send('PATCH', `parts?id=eq.1&${query}`, { spare: 9 })
    assert.deepEqual([status, JSON.parse(text).code], [400, code], query)
  }
  assert.deepEqual(JSON.parse(await (await server.fetch('parts?spare=eq.9')).text()), [])
})

// --- what they lead to -----------------------------------------------------

test('what a row leads to is filtered, ordered and cut', { skip }, async () => {
  const select = 'select=id,parts(code)&parts.order=weight.desc,code&parts.limit=1&parts.code=neq.X'
  assert.deepEqual(await write('PATCH', `parts?id=eq.1&${select}`, { spare: 1 }), [{ id: 1, parts: [{ code: 'B' }] }])
  assert.deepEqual(await write('DELETE', 'taggings?select=color,part:part_id(code,parts(code))&part.parts.order=code.desc&order=part_id&color=eq.red'),
    [{ color: 'red', part: { code: 'A', parts: [{ code: 'C' }, { code: 'B' }] } }])
  const made = await write('POST', `rooms?select=id,parts(code)&parts.weight=gt.5`, [{ id: 9 }])
  assert.deepEqual(made, [{ id: 9, parts: [] }])
  await write('DELETE', 'rooms?id=eq.9')
})

test('rows that are made together lead to each other', { skip }, async () => {
  const rows = [
    { id: 21, code: 'X', whole_id: null }, { id: 22, code: 'Y', whole_id: 21 }, { id: 23, code: 'Z', whole_id: 1 },
  ]
  const made = await write('POST', 'parts?select=id,whole_id(code,parts(code)),parts(id)&whole_id.parts.order=code&order=id', rows)
  assert.deepEqual(made, [
    { id: 21, whole_id: null, parts: [{ id: 22 }] },
    { id: 22, whole_id: { code: 'X', parts: [{ code: 'Y' }] }, parts: [] },
    { id: 23, whole_id: { code: 'A', parts: [{ code: 'B' }, { code: 'C' }, { code: 'Z' }] }, parts: [] },
  ])
})

test('rows that are changed lead to each other as they are then', { skip }, async () => {
  const select = 'select=id,whole_id(code,weight),parts(weight)&parts.order=id&order=id'
  assert.deepEqual(await write('PATCH', `parts?id=lt.3&${select}`, { weight: 7 }), [
    { id: 1, whole_id: null, parts: [{ weight: 7 }, { weight: 2.5 }] },
    { id: 2, whole_id: { code: 'A', weight: 7 }, parts: [{ weight: 9 }] },
  ])
  // And are found, ordered and counted by it.
  assert.deepEqual(await write('PATCH', 'parts?id=eq.3&select=id,whole_id(parts(id))&whole_id.parts.weight=gt.6&whole_id.parts.order=weight.desc', { weight: 8 }),
    [{ id: 3, whole_id: { parts: [{ id: 3 }, { id: 2 }] } }])
})

test('rows that are merged lead to each other, old and new', { skip }, async () => {
  const rows = [{ id: 1, code: 'A', weight: 4, whole_id: null }, { id: 31, code: 'N', weight: 5, whole_id: 1 }]
  const headers = { Prefer: 'return=representation,resolution=merge-duplicates' }
  const select = 'select=id,whole_id(weight),parts(code)&parts.order=code&order=id'
  assert.deepEqual(await write('POST', `parts?${select}`, rows, headers), [
    { id: 1, whole_id: null, parts: [{ code: 'B' }, { code: 'C' }, { code: 'N' }] },
    { id: 31, whole_id: { weight: 4 }, parts: [] },
  ])
  const by = await write('POST', `parts?on_conflict=code&columns=code,weight&${select}`, [{ code: 'A', weight: 6 }], headers)
  assert.deepEqual(by, [{ id: 1, whole_id: null, parts: [{ code: 'B' }, { code: 'C' }, { code: 'N' }] }])
})

test('rows between two tables are on the way from one to the other', { skip }, async () => {
  const made = await write('POST', 'taggings?select=color,part_id(code,tags(word))&part_id.tags.order=id', [{ part_id: 1, tag_id: 2, color: 'green' }])
  assert.deepEqual(made, [{ color: 'green', part_id: { code: 'A', tags: [{ word: 'old' }, { word: 'new' }] } }])
})

test('a batch sees what its items wrote before', { skip }, async () => {
  const items = [
    { method: 'POST', path: 'parts?select=id', body: { id: 41, code: 'P', whole_id: 1 } },
    { method: 'PATCH', path: 'parts?id=eq.1&select=id,parts(id)&parts.order=id', body: { weight: 3 } },
  ].map((item) => ({ ...item, headers: { Prefer: 'return=representation' } }))
  const [, second] = await write('POST', '', items)
  assert.deepEqual(second.body, [{ id: 1, parts: [{ id: 2 }, { id: 3 }, { id: 41 }] }])
})
