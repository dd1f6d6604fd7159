// Json columns and the places in them, compared and ordered by as PostgreSQL's
// jsonb on every engine; and times that there are not.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `
datasource db {
  provider = "postgresql"
}
model Box {
  id    Int       @id
  data  Json?
  plain Json?     @db.Json
  label String?
  at    DateTime?
  lid   Lid?
  @@map("boxes")
  @@allow('all', true)
}
model Lid {
  id    Int    @id
  box   Box    @relation(fields: [boxId], references: [id])
  boxId Int    @unique @map("box_id")
  data  Json
  @@map("lids")
  @@allow('all', true)
}
`

// Each is less than the next one; the last is not there.
const VALUES = [
  [], null, '', 'a', 'b', 'ba', -2, 1.5, 10, false, true, [null], [1], [[]], [1, 0], [1, 1], {}, { aa: 0 }, { b: 1 },
  { b: 2 }, { a: 1, b: 0 },
]
const ids = (from, to) => Array.from({ length: to - from }, (_, i) => from + i)
const ALL = ids(0, VALUES.length)

let server

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA, ['--aggregates'])
  const boxes = VALUES.map((v, id) => ({ id, data: { v, same: { x: [1, 2.0] } }, plain: { v }, label: null, at: null }))
  // In an order of their own.
  await write('POST', 'boxes', [...boxes].sort((a, b) => ((a.id * 7) % 22) - ((b.id * 7) % 22)))
  await write('POST', 'boxes', [{ id: 100, data: null, plain: null, label: '2024-02-30', at: '2024-01-31T12:00:00Z' }])
  await write('POST', 'lids', [{ id: 1, box_id: 3, data: { v: 2 } }, { id: 2, box_id: 4, data: { v: '1' } }])
})
after(() => server?.close())

async function ask(path, init) {
  const response = await server.fetch(path, init)
  return { status: response.status, link: response.headers.get('link'), body: await response.json() }
}

async function write(method, path, body) {
  const headers = { 'Content-Type': 'application/json', Prefer: 'return=representation' }
  const got = await ask(path, { method, headers, body: JSON.stringify(body) })
  assert.ok(got.status < 300, JSON.stringify(got.body))
  return got.body
}

async function found(query) {
  const { status, body } = await ask(`boxes?select=id&${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.map(({ id }) => id)
}

async function failure(path, init) {
  const { status, body } = await ask(path, init)
  return [status, body.code]
}

const json = (value) => encodeURIComponent(JSON.stringify(value))

for (const column of ['data', 'plain']) {
  test(`rows are ordered by a place in ${column}`, { skip }, async () => {
    assert.deepEqual(await found(`order=${column}->v`), [...ALL, 100])
    assert.deepEqual(await found(`order=${column}->v.desc.nullslast`), [...ALL].reverse().concat(100))
    assert.deepEqual(await found(`order=${column}->v.nullsfirst&limit=2`), [100, 0])
  })

  test(`a place in ${column} is compared with JSON`, { skip }, async () => {
    for (const [i, value] of VALUES.entries()) {
      const to = json(value)
      assert.deepEqual(await found(`${column}->v=eq.${to}&order=id`), [i])
      assert.deepEqual(await found(`${column}->v=lt.${to}&order=id`), ids(0, i))
      assert.deepEqual(await found(`${column}->v=gte.${to}&order=id`), ids(i, VALUES.length))
      assert.deepEqual(await found(`${column}->v=neq.${to}&order=id`), ALL.filter((id) => id !== i))
    }
  })
}

const FILTERS = [
  ['data=eq.{"same":{"x":[1.0,2]},"v":true}', [10]],
  ['plain=eq.{"v": "a"}', [3]],
  ['data=gt.{"a":1}&id=lt.3', [0, 1, 2]],
  ['data->v=in.(1.50,null,"[1, 1]")', [1, 7, 15]],
  ['plain->v=in.("\\"a\\"",10)', [3, 8]],
  ['data->v=in.()', []],
  ['data->v=not.in.(true,false)&data->v=gt.10', [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]],
  ['data->v=isdistinct.{}&id=gt.15', [17, 18, 19, 20, 100]],
  ['data->v=eq(any).{1.5,"\\"b\\"",true}', [4, 7, 10]],
  ['data->v=gt(all).{1.5,10}&data->v=lt.[]', []],
  ['data->v=gt(all).{1.5,10}&data->v=lt.[1]', [9, 10, 11]],
  ['data->v=is.null', [100]],
  ['data->v=not.is.null&id=lt.3', [0, 1, 2]],
  ['data->same->x->1=eq.2&id=lt.2', [0, 1]],
  ['data->same->x->-1=lt.2.5&id=lt.2', [0, 1]],
  ['data->v->b=gte.1', [18, 19]],
  ['or=(data->v.eq.10,data->v.eq."\\"a\\"",not.and(id.lt.19,data->v.not.is.null))', [3, 8, 19, 20, 100]],
  ['data->v=eq.null', [1]],
  ['data->v=eq."a"', [3]],
  ['data->v=cs.[1]', [12, 14, 15]],
]
for (const [query, expected] of FILTERS) {
  test(`boxes?${query}`, { skip }, async () => {
    const encoded = query.replaceAll('"', '%22').replaceAll('\\', '%5C').replaceAll(' ', '%20')
    assert.deepEqual(await found(`${encoded}&order=id`), expected)
  })
}

test('rows are ordered by JSON of a related row, and by all of a column', { skip }, async () => {
  const { body } = await ask('boxes?select=id,lids(data)&order=lids(data->v).nullslast,id&limit=2')
  assert.deepEqual(body, [{ id: 4, lids: { data: { v: '1' } } }, { id: 3, lids: { data: { v: 2 } } }])
  assert.deepEqual(await found('order=data.desc.nullslast,id&limit=2'), [20, 19])
  // Inside of others, an empty array is one like others.
  assert.deepEqual(await found('order=plain&limit=2'), [1, 2])
})

test('pages behind a row in an order by JSON', { skip }, async () => {
  const seen = []
  const headers = { Prefer: 'paging=keyset' }
  let page = await ask('boxes?select=id&order=data->v.desc.nullslast&limit=5', { headers })
  for (let i = 0; i < 10 && page.body.length > 0; i++) {
    seen.push(...page.body.map(({ id }) => id))
    if (page.link === null) break
    page = await ask(/<\/rest\/v1\/([^>]*)>/.exec(page.link)[1], { headers })
  }
  assert.deepEqual(seen, [...ALL].reverse().concat(100))
})

test('groups by JSON come in its order', { skip }, async () => {
  const { body } = await ask('boxes?select=data->same,count()')
  assert.deepEqual(body, [{ same: { x: [1, 2] }, count: VALUES.length }, { same: null, count: 1 }])
  const groups = await ask('boxes?select=plain->v,count()&order=plain->v.desc&limit=3')
  assert.deepEqual(groups.body, [{ v: null, count: 1 }, { v: { a: 1, b: 0 }, count: 1 }, { v: { b: 2 }, count: 1 }])
})

test('written rows are ordered by JSON, and by a related row', { skip }, async () => {
  const rows = await write('PATCH', 'boxes?id=in.(3,8,10,15)&select=id&order=data->v.desc', { label: null })
  assert.deepEqual(rows.map(({ id }) => id), [15, 10, 8, 3])
  const by = 'boxes?id=in.(3,4,5)&select=id,lids(data)&order=lids(data->v).desc.nullslast'
  assert.deepEqual((await write('PATCH', by, { label: null })).map(({ id }) => id), [3, 4, 5])
})

test('what is no JSON, and operators that JSON has not, are refused', { skip }, async () => {
  const CASES = [
    ['boxes?data->v=eq.a', 400, '22P02'],
    ['boxes?data=gt.{', 400, '22P02'],
    ['boxes?data->v=in.(a)', 400, '22P02'],
    ['boxes?data->v=like.a*', 404, '42883'],
    ['boxes?data->v=match.a', 404, '42883'],
    ['boxes?data->v=ov.[1]', 404, '42883'],
    ['boxes?data->v=is.true', 400, '42804'],
    ['boxes?label->v=eq.1', 404, '42883'],
  ]
  for (const [path, status, code] of CASES) assert.deepEqual(await failure(path), [status, code], path)
})

test('deep and long JSON is compared, or refused, cheaply', { skip }, async () => {
  const deep = (depth) => '['.repeat(depth) + ']'.repeat(depth)
  assert.deepEqual(await found(`data->v=lt.${deep(20)}&id=gt.14&order=id`), [])
  assert.deepEqual(await failure(`boxes?data->v=eq.${deep(2000)}`), [400, '22P02'])
  const long = encodeURIComponent(JSON.stringify('x'.repeat(6000)))
  assert.deepEqual(await found(`data->v=gt.${long}&order=id&limit=1`), [6])
  const many = Array.from({ length: 200 }, (_, i) => `data->v->${i}.eq.-${i + 3}`).join()
  assert.deepEqual(await found(`or=(${many})&order=id`), [])
})

// --- times -----------------------------------------------------------------

test('a time that there is not is 22008, one that is none 22007', { skip }, async () => {
  const CASES = [
    ['boxes?at=gt.2024-13-01', '22008'],
    ['boxes?at=eq.2024-02-30T12:00:00Z', '22008'],
    ['boxes?at=lt.2024-01-01T25:00:00Z', '22008'],
    ['boxes?at=lt.10000-01-01', '22008'],
    ['boxes?at=lt.294277-01-01', '22008'],
    ['boxes?at=in.(2024-01-01,2024-00-01)', '22008'],
    ['boxes?at=eq.tomorrow', '22007'],
    ['boxes?at=eq.2024-1-1', '22007'],
    ['boxes?select=label::date&id=eq.100', '22008'],
    ['boxes?select=label::timestamptz&id=eq.100', '22008'],
  ]
  for (const [path, code] of CASES) assert.deepEqual(await failure(path), [400, code], path)
  const headers = { 'Content-Type': 'application/json' }
  const body = (at) => ({ method: 'POST', headers, body: JSON.stringify({ id: 200, at }) })
  assert.deepEqual(await failure('boxes', body('2023-02-29')), [400, '22008'])
  assert.deepEqual(await failure('boxes', body('0000-01-01T00:00:00Z')), [400, '22008'])
  assert.deepEqual(await failure('boxes', body('soon')), [400, '22007'])
})
