// Writes with an Idempotency-Key, on every engine: who does not know whether a
// write happened sends it again, and it happens once.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'

import { ENGINE, serve, serveSchema } from '../e2e/support/tenon.js'

const SCHEMA = `
model Account {
  id      Int    @id @default(autoincrement())
  owner   String @unique
  balance Int    @default(0)

  @@map("accounts")
  @@allow('all', true)
}

function deposit returns Int {
  name   String
  amount Int

  @@sql("UPDATE accounts SET balance = balance + :amount WHERE owner = :name RETURNING balance")
  @@volatile
  @@allow('call', true)
}
`

let server
let second // on PostgreSQL, another process on the same database

before(async () => {
  server = await serveSchema(SCHEMA)
  if (ENGINE === 'postgresql') {
    second = await serve(server.folder, [
      '--schema', 'schema.prisma', '--database', server.database,
    ])
  }
})
after(async () => {
  await second?.stop()
  await server?.close()
})

async function send(method, path, key, body, headers = {}, to = server) {
  const response = await to.fetch(path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return {
    status: response.status,
    text: await response.text(),
    replayed: response.headers.get('idempotent-replayed'),
    headers: response.headers,
  }
}

const ROWS = { Prefer: 'return=representation' }

async function balance(owner) {
  const response = await server.fetch(`accounts?owner=eq.${owner}&select=balance`)
  return (await response.json())[0]?.balance
}

test('a repetition is given the first answer, and writes nothing', async () => {
  const key = randomUUID()
  const body = { owner: 'ada', balance: 5 }
  const first = await send('POST', 'accounts', key, body, ROWS)
  assert.equal(first.status, 201, first.text)
  assert.equal(first.replayed, null)
  const again = await send('POST', 'accounts', key, body, ROWS)
  assert.equal(again.status, 201)
  assert.equal(again.replayed, 'true')
  assert.equal(again.text, first.text)
  for (const name of ['content-type', 'content-range', 'preference-applied', 'vary']) {
    assert.equal(again.headers.get(name), first.headers.get(name), name)
  }
  assert.equal((await send('POST', 'accounts', undefined, body)).status, 409)
})

test('the answer is the first one, whatever happened to the row since', async () => {
  const key = randomUUID()
  const write = () => send('PATCH', 'accounts?owner=eq.ada', key, { balance: 6 }, ROWS)
  const first = await write()
  assert.equal(first.status, 200, first.text)
  await send('PATCH', 'accounts?owner=eq.ada', undefined, { balance: 7 })
  assert.equal((await write()).text, first.text)
  assert.equal(await balance('ada'), 7)
})

test('an answer without a body has its headers again', async () => {
  const key = randomUUID()
  const body = { owner: 'lin' }
  const headers = { Prefer: 'return=headers-only' }
  const first = await send('POST', 'accounts', key, body, headers)
  assert.equal(first.status, 201)
  const again = await send('POST', 'accounts', key, body, headers)
  assert.equal(again.replayed, 'true')
  assert.notEqual(again.headers.get('location'), null)
  assert.equal(again.headers.get('location'), first.headers.get('location'))
})

const REPEATED = [
  ['PUT', 'accounts?id=eq.77', { id: 77, owner: 'put', balance: 1 }, 201],
  ['PATCH', 'accounts?owner=eq.put', { balance: 2 }, 204],
  ['PATCH', 'accounts?owner=eq.put', {}, 204],
  ['DELETE', 'accounts?owner=eq.put', undefined, 204],
  ['POST', 'accounts', [], 201],
]

for (const [method, path, body, status] of REPEATED) {
  test(`${method} of ${path} with ${JSON.stringify(body)} is done once`, async () => {
    const key = randomUUID()
    for (const replayed of [null, 'true', 'true']) {
      const answer = await send(method, path, key, body)
      assert.equal(answer.status, status, answer.text)
      assert.equal(answer.replayed, replayed)
    }
    const other = await send(method, path, key, body, { Prefer: 'count=exact' })
    assert.equal(other.status, 422)
  })
}

test('a function that writes is called once', async () => {
  await send('POST', 'accounts', undefined, { owner: 'cal' })
  const key = randomUUID()
  const call = () => send('POST', 'rpc/deposit', key, { name: 'cal', amount: 10 })
  const first = await call()
  assert.equal(first.status, 200, first.text)
  const again = await call()
  assert.equal(again.text, first.text)
  assert.equal(again.replayed, 'true')
  assert.equal(await balance('cal'), 10)
})

test('a batch is done once, as a whole', async () => {
  const key = randomUUID()
  const items = [
    { method: 'POST', path: 'accounts', body: { owner: 'bat' } },
    { method: 'PATCH', path: 'accounts?owner=eq.bat', headers: ROWS, body: { balance: 3 } },
  ]
  const first = await send('POST', '', key, items)
  assert.equal(first.status, 200, first.text)
  const again = await send('POST', '', key, items)
  assert.equal(again.text, first.text)
  assert.equal(again.replayed, 'true')
  const inside = [{ ...items[0], headers: { 'Idempotency-Key': 'k' } }]
  assert.equal((await send('POST', '', undefined, inside)).status, 400)
})

test('a write with If-Match that was done is not told that the row changed', async () => {
  await send('POST', 'accounts', undefined, { owner: 'ifm' })
  const object = { Accept: 'application/vnd.pgrst.object+json' }
  const read = await server.fetch('accounts?owner=eq.ifm', { headers: object })
  await read.text()
  const headers = { 'If-Match': read.headers.get('etag') }
  const key = randomUUID()
  const write = () => send('PATCH', 'accounts?owner=eq.ifm', key, { balance: 9 }, headers)
  assert.equal((await write()).status, 204)
  const again = await write()
  assert.equal(again.status, 204)
  assert.equal(again.replayed, 'true')
})

test('a key is refused for another request', async () => {
  const key = randomUUID()
  await send('POST', 'accounts', key, { owner: 'one' })
  const other = await send('POST', 'accounts', key, { owner: 'two' })
  assert.equal(other.status, 422)
  assert.equal(JSON.parse(other.text).code, 'PT422')
  assert.equal(await balance('two'), undefined)
})

test('a write that failed is tried anew', async () => {
  const key = randomUUID()
  const body = { owner: 'ada' }
  assert.equal((await send('POST', 'accounts', key, body)).status, 409)
  await send('PATCH', 'accounts?owner=eq.ada', undefined, { owner: 'ada-before' })
  const again = await send('POST', 'accounts', key, body)
  assert.equal(again.status, 201)
  assert.equal(again.replayed, null)
})

test('of many at once one is done, here and in another process', async () => {
  await send('POST', 'accounts', undefined, { owner: 'race' })
  const key = randomUUID()
  const call = (to) => send('POST', 'rpc/deposit', key, { name: 'race', amount: 1 }, {}, to)
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) => call(i % 2 === 0 ? server : (second ?? server))))
  const done = answers.filter(({ status }) => status === 200)
  assert.equal(done.filter(({ replayed }) => replayed === null).length, 1)
  for (const { status, headers } of answers) {
    assert.ok(status === 200 || status === 409, `${status}`)
    if (status === 409) assert.equal(headers.get('retry-after'), '1')
  }
  assert.equal(await balance('race'), 1)
  assert.equal((await call(second ?? server)).replayed, 'true')
})

const KEYS = [
  ['as it is', 'k-1', 201],
  ['in quotes', '"k-2"', 201],
  ['with an escaped quote', '"k-\\"3"', 201],
  ['of 255 characters', 'x'.repeat(255), 201],
  ['that is empty', '""', 400],
  ['of 256 characters', 'x'.repeat(256), 400],
  ['without its end', '"k', 400],
  ['with a blank', 'k 4', 400],
  ['with something behind it', '"k";a=1', 400],
]

for (const [what, key, status] of KEYS) {
  test(`a key ${what} is ${status === 201 ? 'taken' : 'refused'}`, async () => {
    const answer = await send('POST', 'accounts', key, { owner: randomUUID() })
    assert.equal(answer.status, status, answer.text)
  })
}

test('quotes are no part of a key', async () => {
  const body = { owner: 'quotes' }
  assert.equal((await send('POST', 'accounts', 'q-1', body)).status, 201)
  assert.equal((await send('POST', 'accounts', '"q-1"', body)).replayed, 'true')
})

test('the table of keys is not for clients', async () => {
  for (const name of ['tenon_idempotency', 'idempotency']) {
    assert.equal((await server.fetch(name)).status, 404)
  }
  const openapi = await (await fetch(`${server.rest}/`)).text()
  assert.ok(!openapi.includes('tenon_idempotency'))
})
