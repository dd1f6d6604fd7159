// Relative operators in bodies, on every engine: what a column becomes is made
// of what it is, under the row's lock, and judged as it became.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'

import { ENGINE, serveSchema } from '../e2e/support/tenon.js'

const SCHEMA = `
enum Status {
  DRAFT
  ACTIVE
  DONE
}

model Product {
  id        Int       @id
  name      String    @unique @default("x")
  stock     Int       @default(10) @gte(0)
  reserved  Int       @default(0)
  views     BigInt    @default(0)
  ratio     Float?
  price     Decimal?
  note      String?
  status    Status    @default(DRAFT)
  extra     Json?
  tags      String[]  @length(0, 4)
  scores    Int[]     @default([1])
  secret    Int       @default(5) @omit
  hidden    Int       @default(5) @deny('all', true)
  updatedAt DateTime  @updatedAt @map("updated_at")

  @@map("products")
  @@validate(reserved <= stock, "more is reserved than there is", ["reserved"])
  @@states(status, DRAFT -> ACTIVE, ACTIVE -> DONE)
  @@allow('all', true)
}

model Lists {
  id     Int        @id
  states Status[]   @default([DRAFT])
  times  DateTime[]
  bytes  Bytes[]    @default(["aGk="])
  prices Decimal[]
  flags  Boolean[]
  data   Json[]
  big    BigInt[]

  @@map("lists")
  @@allow('all', true)
}

model Counter {
  name  String @id
  n     Int    @default(0)
  total Int?

  @@map("counters")
  @@allow('all', true)
}
`

let server

before(async () => {
  server = await serveSchema(SCHEMA, ['--tx-end', 'commit-allow-override'])
})
after(() => server?.close())
beforeEach(async () => {
  for (const table of ['products?id=gte.0', 'counters?name=not.is.null']) {
    await send('DELETE', table)
  }
  await send('POST', 'products', { id: 1 })
})

async function send(method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
}

const ROWS = { Prefer: 'return=representation' }

/** What the row has in these columns after the change. */
async function changed(body, columns = Object.keys(body)) {
  const answer = await send('PATCH', `products?id=eq.1&select=${columns}`, body, ROWS)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body[0]
}

async function refused(body, method = 'PATCH', path = 'products?id=eq.1', headers = {}) {
  const answer = await send(method, path, body, headers)
  assert.ok(answer.status >= 400, JSON.stringify(answer.body))
  return { status: answer.status, ...answer.body }
}

async function row(columns, path = 'products?id=eq.1') {
  return (await send('GET', `${path}&select=${columns}`)).body[0]
}

test('numbers are increased, decreased, multiplied and divided', async () => {
  await changed({ ratio: 0.5, price: 19.99 })
  assert.deepEqual(
    await changed({
      stock: { decrement: 3 },
      views: { increment: 9007199254740991 },
      ratio: { multiply: 3 },
      price: { multiply: 1.19 },
    }),
    { stock: 7, views: 9007199254740991, ratio: 1.5, price: 23.7881 },
  )
  assert.deepEqual(await changed({ stock: { divide: 2 }, price: { decrement: '0.0881' } }), { stock: 3, price: 23.7 })
})

test('a column that is null stays null', async () => {
  assert.deepEqual(await changed({ ratio: { increment: 1 } }), { ratio: null })
})

test('set and unset are for all columns, push for lists', async () => {
  assert.deepEqual(
    await changed({
      note: { set: 'a' },
      stock: { set: 4 },
      status: { set: 'ACTIVE' },
      tags: { push: 'x' },
      scores: { push: [2, 3] },
    }),
    { note: 'a', stock: 4, status: 'ACTIVE', tags: ['x'], scores: [1, 2, 3] },
  )
  assert.deepEqual(await changed({ note: { unset: true }, tags: { push: ['y', 'z, "w"'] }, scores: { set: [] } }), {
    note: null,
    tags: ['x', 'y', 'z, "w"'],
    scores: [],
  })
})

test('lists of all types grow, and begin with their defaults', async () => {
  const body = {
    id: 1,
    states: { push: 'DONE' },
    times: { push: '2024-01-31T12:00:00.125Z' },
    bytes: { push: ['\\x00ff'] },
    prices: { push: [12.5, 3] },
    flags: { push: true },
    data: { push: { a: [1] } },
    big: { push: 9007199254740991 },
  }
  const merge = { Prefer: 'resolution=merge-duplicates, return=representation' }
  const once = {
    id: 1,
    states: ['DRAFT', 'DONE'],
    times: ['2024-01-31T12:00:00.125+00:00'],
    bytes: ['\\x6869', '\\x00ff'],
    prices: [12.5, 3],
    flags: [true],
    data: [{ a: [1] }],
    big: [9007199254740991],
  }
  assert.deepEqual((await send('POST', 'lists', body, merge)).body, [once])
  const { id, ...more } = body
  const twice = await send('PATCH', 'lists?id=eq.1', more, ROWS)
  const { states, ...rest } = twice.body[0]
  assert.deepEqual(states, ['DRAFT', 'DONE', 'DONE'])
  assert.deepEqual(rest.data, [{ a: [1] }, { a: [1] }])
  assert.deepEqual(rest.prices, [12.5, 3, 12.5, 3])
  assert.deepEqual(rest.bytes, ['\\x6869', '\\x00ff', '\\x00ff'])
  assert.equal((await refused({ states: { push: 'LOST' } }, 'PATCH', 'lists?id=eq.1')).code, '22P02')
  await send('DELETE', 'lists?id=eq.1')
})

test('in a Json column an object is a value', async () => {
  assert.deepEqual(await changed({ extra: { increment: 1 } }), { extra: { increment: 1 } })
})

test('operators and values stand beside each other, and @updatedAt is set', async () => {
  const before = await row('updated_at')
  const after = await changed({ stock: { increment: 1 }, note: 'n' }, ['stock', 'note', 'updated_at'])
  assert.equal(after.stock, 11)
  assert.ok(after.updated_at > before.updated_at)
})

test('what leaves the range, or is divided by zero, changes nothing', async () => {
  const cases = [
    [{ stock: { increment: 2147483647 } }, '22003', 'integer out of range'],
    [{ stock: { divide: 0 } }, '22012', 'division by zero'],
    [{ note: 'x', views: { multiply: '9223372036854775807' } }, undefined],
    [{ views: { decrement: '9223372036854775807' } }, undefined],
    [{ views: { decrement: 2 } }, '22003', 'bigint out of range'],
  ]
  for (const [body, code, message] of cases) {
    const { status, body: error } = await send('PATCH', 'products?id=eq.1', body)
    if (code === undefined) {
      assert.equal(status, 204, JSON.stringify(error))
    } else {
      assert.deepEqual([status, error.code, error.message], [400, code, message])
    }
  }
  assert.deepEqual(await row('stock'), { stock: 10 })
})

test('what a column does not have is refused, naming what it has', async () => {
  const unknown = await refused({ stock: { incr: 1 } })
  assert.deepEqual(
    [unknown.status, unknown.code, unknown.message],
    [400, '42804', 'column "stock" is of type integer: it has no operator "incr"'],
  )
  assert.match(unknown.hint, /set, unset, increment, decrement, multiply, divide$/)
  assert.match((await refused({ note: { increment: 1 } })).message, /"note" is of type text: it has no operator "increment"/)
  assert.match((await refused({ tags: { increment: 1 } })).message, /has no operator "increment"/)
  assert.match((await refused({ tags: { unset: true } })).hint, /has set, push$/)
  assert.match((await refused({ stock: { increment: 1, decrement: 1 } })).message, /cannot both be done/)
  assert.match((await refused({ stock: {} })).message, /an empty object/)
  assert.equal((await refused({ stock: { increment: 'x' } })).code, '22P02')
  assert.equal((await refused({ stock: { increment: null } })).code, '42804')
})

test('a new row has nothing to change', async () => {
  const answer = await refused({ id: 2, stock: { increment: 1 } }, 'POST', 'products')
  assert.deepEqual([answer.status, answer.code], [400, '42804'])
  assert.match(answer.message, /^"increment" of column "stock" changes the value of a row that is there/)
  const ignoring = { Prefer: 'resolution=ignore-duplicates' }
  assert.equal((await refused({ id: 1, stock: { increment: 1 } }, 'POST', 'products', ignoring)).code, '42804')
  const made = await send('POST', 'products?select=stock,note', { id: 2, name: 'b', stock: { set: 3 }, note: { unset: true } }, ROWS)
  assert.deepEqual(made.body, [{ stock: 3, note: null }])
})

/* ---- Rules ---- */

test('rules see the result', async () => {
  const answer = await refused({ stock: { decrement: 11 } })
  assert.equal(answer.code, '23514')
  assert.deepEqual(JSON.parse(answer.details), [
    { column: 'stock', rule: 'gte', message: 'must be at least 0' },
    { column: 'reserved', rule: 'validate', message: 'more is reserved than there is' },
  ])
  assert.deepEqual(await changed({ stock: { decrement: 10 } }), { stock: 0 })
  const whole = await refused({ reserved: { increment: 1 } })
  assert.equal(JSON.parse(whole.details)[0].message, 'more is reserved than there is')
  assert.deepEqual(await changed({ stock: { increment: 2 }, reserved: { increment: 2 } }), { stock: 2, reserved: 2 })
})

test('rules of a list see all of it', async () => {
  await changed({ tags: { push: ['a', 'b', 'c'] } })
  assert.deepEqual((await changed({ tags: { push: 'd' } })).tags.length, 4)
  assert.equal((await refused({ tags: { push: 'e' } })).code, '23514')
})

test('of rows that one update changes, one that breaks a rule stops all', async () => {
  await send('POST', 'products', { id: 2, name: 'b', stock: 1 })
  const answer = await refused({ stock: { decrement: 2 } }, 'PATCH', 'products?id=gte.0')
  assert.equal(answer.code, '23514')
  assert.deepEqual((await send('GET', 'products?select=stock&order=id')).body, [{ stock: 10 }, { stock: 1 }])
})

test('states are moved by set as by a value', async () => {
  assert.equal((await refused({ status: { set: 'DONE' } })).code, '23514')
  assert.deepEqual(await changed({ status: { set: 'ACTIVE' } }), { status: 'ACTIVE' })
})

test('who may not see a column does not change it by what is in it', async () => {
  const answer = await refused({ hidden: { multiply: 1000000000 } })
  assert.equal(answer.code, '42501')
  assert.deepEqual(await changed({ secret: { increment: 1 } }), { secret: 6 })
})

/* ---- With the rest of the dialect ---- */

test('a limit of rows, a rollback and a precondition hold', async () => {
  await send('POST', 'products', { id: 2, name: 'b' })
  const limited = { Prefer: 'handling=strict, max-affected=1' }
  assert.equal((await refused({ stock: { decrement: 1 } }, 'PATCH', 'products?id=gte.0', limited)).code, 'PGRST124')
  const undone = { Prefer: 'tx=rollback, return=representation' }
  assert.equal((await send('PATCH', 'products?id=eq.1&select=stock', { stock: { decrement: 1 } }, undone)).body[0].stock, 9)
  assert.deepEqual(await row('stock'), { stock: 10 })

  const read = await send('GET', 'products?id=eq.1&select=id,stock', undefined, { Accept: 'application/vnd.pgrst.object+json' })
  const match = { 'If-Match': read.headers.get('etag') }
  const path = 'products?id=eq.1&select=id,stock'
  assert.equal((await send('PATCH', path, { stock: { decrement: 1 } }, match)).status, 204)
  assert.equal((await send('PATCH', path, { stock: { decrement: 1 } }, match)).status, 412)
  assert.deepEqual(await row('stock'), { stock: 9 })
})

test('with a key it is done once', async () => {
  const key = { 'Idempotency-Key': randomUUID() }
  await send('PATCH', 'products?id=eq.1', { stock: { decrement: 4 } }, key)
  const again = await send('PATCH', 'products?id=eq.1', { stock: { decrement: 4 } }, key)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  assert.deepEqual(await row('stock'), { stock: 6 })
})

test('in a batch each sees what those before it did', async () => {
  const take = { method: 'PATCH', path: 'products?id=eq.1', body: { stock: { decrement: 4 } } }
  assert.equal((await send('POST', '', [take, take])).status, 200)
  assert.deepEqual(await row('stock'), { stock: 2 })
  const failed = await send('POST', '', [{ ...take, body: { stock: { increment: 5 } } }, take, take])
  assert.deepEqual([failed.status, failed.body.code, failed.body.index], [400, '23514', 2])
  assert.deepEqual(await row('stock'), { stock: 2 })
})

/* ---- Upserts ---- */

const MERGE = { Prefer: 'resolution=merge-duplicates, return=representation' }

test('an upsert changes the row that is there; a new one begins with its defaults', async () => {
  const count = { name: 'a', n: { increment: 2 }, total: { increment: 1 } }
  const first = await send('POST', 'counters', count, MERGE)
  assert.deepEqual([first.status, first.body], [201, [{ name: 'a', n: 2, total: null }]])
  const second = await send('POST', 'counters', count, MERGE)
  assert.deepEqual([second.status, second.body], [200, [{ name: 'a', n: 4, total: null }]])
  const both = await send('POST', 'counters', [
    { name: 'b', n: { decrement: 1 } },
    { name: 'a', n: { decrement: 10 } },
  ], MERGE)
  assert.deepEqual(both.body.map(({ name, n }) => [name, n]), [['b', -1], ['a', -6]])
})

test('so does a PUT', async () => {
  const put = () => send('PUT', 'counters?name=eq.c', { name: 'c', n: { increment: 3 }, total: 1 }, ROWS)
  assert.deepEqual((await put()).body, [{ name: 'c', n: 3, total: 1 }])
  assert.deepEqual((await put()).body, [{ name: 'c', n: 6, total: 1 }])
})

test('rules of an upsert see the result', async () => {
  const answer = await refused({ id: 1, stock: { decrement: 11 } }, 'POST', 'products', MERGE)
  assert.equal(answer.code, '23514')
  const fresh = await refused({ id: 9, name: 'n', stock: { decrement: 11 } }, 'POST', 'products', MERGE)
  assert.equal(fresh.code, '23514')
  const fine = await send('POST', 'products?select=stock,scores', { id: 9, name: 'n', stock: { decrement: 1 }, scores: { push: 7 } }, MERGE)
  assert.deepEqual(fine.body, [{ stock: 9, scores: [1, 7] }])
})

test('the columns that find the row, and rows that differ, are refused', async () => {
  assert.match((await refused({ id: { increment: 1 }, stock: 1 }, 'POST', 'products', MERGE)).message, /the row is found by its value/)
  const mixed = [{ name: 'a', n: { increment: 1 } }, { name: 'b', n: 5 }]
  assert.match((await refused(mixed, 'POST', 'counters', MERGE)).message, /another operator in object 2/)
  assert.match((await refused([...mixed].reverse(), 'POST', 'counters', MERGE)).message, /another operator in object 2/)
})

/* ---- At the same time ---- */

test('64 clients take from one stock: never below zero, and the sum is exact', async () => {
  const CLIENTS = 64
  const EACH = 5
  await changed({ stock: 200 })
  const take = async () => {
    const done = []
    for (let i = 0; i < EACH; i++) {
      const answer = await send('PATCH', 'products?id=eq.1&select=stock', { stock: { decrement: 1 } }, ROWS)
      if (answer.status === 200) done.push(answer.body[0].stock)
      else assert.equal(answer.body.code, '23514', JSON.stringify(answer.body))
    }
    return done
  }
  const taken = (await Promise.all(Array.from({ length: CLIENTS }, take))).flat()
  assert.deepEqual(taken.sort((a, b) => a - b), Array.from({ length: 200 }, (_, i) => i))
  assert.deepEqual(await row('stock'), { stock: 0 })
})

test('native types keep their ranges', { skip: ENGINE !== 'postgresql' }, async () => {
  const native = await serveSchema(
    `model Thing {
  id    Int     @id
  small Int     @default(32767) @db.SmallInt
  cents Decimal @default(1) @db.Decimal(5, 2)
  cost  Decimal @default(3) @db.Money
  real  Float   @default(1.5) @db.Real
  codes String[] @db.VarChar(3)
  @@map("things")
  @@allow('all', true)
}
`,
  )
  try {
    const at = async (body) => {
      const response = await native.fetch('things?id=eq.1', {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json', ...ROWS },
        body: JSON.stringify(body),
      })
      return response.json()
    }
    await native.fetch('things', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"id":1}' })
    assert.equal((await at({ small: { increment: 1 } })).message, 'smallint out of range')
    assert.equal((await at({ cents: { divide: 8 } }))[0].cents, 0.13)
    assert.equal((await at({ cents: { multiply: 100000 } })).code, '22003')
    assert.equal((await at({ cost: { multiply: 1.5 } }))[0].cost, 4.5)
    assert.equal((await at({ real: { divide: 3 } }))[0].real, 0.5)
    assert.deepEqual((await at({ codes: { push: 'abc' } }))[0].codes, ['abc'])
    assert.equal((await at({ codes: { push: 'abcd' } })).code, '22001')
  } finally {
    await native.close()
  }
})
