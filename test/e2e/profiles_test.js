// Tables in several schemas of PostgreSQL: a request names one, and what is
// not exposed is not there.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import * as postgres from './support/postgres_world.js'
import { serveSchema } from './support/tenon.js'

const SCHEMA = `
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
  schemas  = ["public", "shop", "hidden"]
}

model Item {
  id    Int    @id
  name  String
  notes Note[]
  @@map("items")
  @@schema("shop")
  @@allow('all', true)
}

model Thing {
  id Int @id
  @@map("items")
  @@schema("public")
  @@allow('all', true)
}

model Note {
  id     Int  @id
  item   Item @relation(fields: [itemId], references: [id])
  itemId Int
  @@map("notes")
  @@schema("hidden")
  @@allow('all', true)
}
`

let server

before(async () => {
  if (!postgres.skip) server = await serveSchema(SCHEMA, ['--expose', 'public,shop'], undefined, 'postgresql')
})
after(() => server?.close())

async function ask(path, options = {}) {
  const response = await server.fetch(path, options)
  const text = await response.text()
  return { status: response.status, profile: response.headers.get('content-profile'), body: text && JSON.parse(text) }
}

const insert = (profile, row) => ask('items', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...(profile && { 'Content-Profile': profile }) },
  body: JSON.stringify(row),
})

test('tables of one name are told apart by the profile', { skip: postgres.skip }, async () => {
  assert.equal((await insert('shop', { id: 1, name: 'pen' })).status, 201)
  assert.equal((await insert(undefined, { id: 7 })).status, 201)
  assert.deepEqual(await ask('items', { headers: { 'Accept-Profile': 'shop' } }),
    { status: 200, profile: 'shop', body: [{ id: 1, name: 'pen' }] })
  assert.deepEqual(await ask('items'), { status: 200, profile: 'public', body: [{ id: 7 }] })
})

test('what is not exposed is not there', { skip: postgres.skip }, async () => {
  const hidden = await ask('notes', { headers: { 'Accept-Profile': 'hidden' } })
  assert.equal(hidden.status, 406)
  assert.equal(hidden.body.code, 'PGRST106')
  assert.equal(hidden.body.message, 'Invalid schema: hidden')
  assert.equal(hidden.body.hint, 'Only the following schemas are exposed: public, shop')
  assert.equal((await ask('notes')).body.code, 'PGRST205')
  const embedded = await ask('items?select=id,notes(id)', { headers: { 'Accept-Profile': 'shop' } })
  assert.equal(embedded.body.code, 'PGRST200')
  const document = await (await fetch(new URL('/openapi.json', server.url))).text()
  assert.ok(!document.includes('notes'))
})
