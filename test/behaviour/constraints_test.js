// What a schema asks of the database beside keys: @@check, @@exactlyOne and its
// like, unique keys of some rows, and @@states, on every engine.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { serveSchema } from '../e2e/support/tenon.js'

const SCHEMA = `
enum Status {
  DRAFT
  ACTIVE @map("active")
  PAUSED
  CLOSED
}

model Grant {
  id             Int     @id
  userId         Int?    @map("user_id")
  organizationId Int?    @map("organization_id")
  budget         Decimal @default(10)
  spent          Int     @default(0)
  label          String?

  @@map("grants")
  @@exactlyOne([userId, organizationId], path: ["userId"])
  @@check(budget >= spent, "the budget is used up")
  @@check(label == null || (length(label) > 2 && !contains(label, "%")), name: "label")
  @@allow('all', true)
}

model Contact {
  id        Int     @id
  phone     String?
  email     String?
  fax       String?
  isPrimary Boolean @default(false) @map("is_primary")
  owner     Int

  @@map("contacts")
  @@atLeastOne([phone, email], "how can they be reached?")
  @@atMostOne([email, fax], name: "paperless")
  @@unique([owner], where: isPrimary)
  @@index([phone], where: phone != null)
  @@allow('all', true)
}

model Order {
  id     Int    @id @default(autoincrement())
  status Status @default(DRAFT)
  note   String @default("")
  code   Int?   @unique

  @@map("orders")
  @@states(status, DRAFT -> ACTIVE | CLOSED, ACTIVE -> PAUSED | CLOSED, PAUSED -> ACTIVE)
  @@allow('all', true)
}
`

let server
let client
const table = (name) => client.from(name)

before(async () => {
  server = await serveSchema(SCHEMA)
  client = connect(server)
})
beforeEach(async () => {
  for (const name of ['grants', 'contacts', 'orders']) await table(name).delete().gte('id', 0)
})
after(() => server?.close())

function problems({ error, status }) {
  assert.equal(status, 400, error?.message)
  assert.equal(error.code, '23514')
  return JSON.parse(error.details)
}

test('exactly one of several columns is set, and the answer names them', async () => {
  const WANTED = [
    {
      column: 'user_id',
      rule: 'exactlyOne',
      message: 'must have exactly one of user_id, organization_id set',
      constraint: 'grants_user_id_organization_id_one_rule',
      columns: ['user_id', 'organization_id'],
    },
  ]
  assert.deepEqual(problems(await table('grants').insert({ id: 1 })), WANTED)
  assert.deepEqual(problems(await table('grants').insert({ id: 1, user_id: 1, organization_id: 2 })), WANTED)
  assert.equal((await table('grants').insert({ id: 1, user_id: 1 })).error, null)
  assert.deepEqual(problems(await table('grants').update({ organization_id: 3 }).eq('id', 1)), WANTED)
  assert.deepEqual(problems(await table('grants').update({ user_id: null }).eq('id', 1)), WANTED)
  assert.equal((await table('grants').update({ user_id: null, organization_id: 3 }).eq('id', 1)).error, null)
})

test('at least one, at most one', async () => {
  const none = await table('contacts').insert({ id: 1, owner: 1 })
  assert.equal(problems(none)[0].message, 'how can they be reached?')
  assert.equal(none.error.message, 'the new row of "contacts" is not valid: how can they be reached?')
  const both = await table('contacts').insert({ id: 1, owner: 1, email: 'a', fax: 'b' })
  assert.equal(problems(both)[0].constraint, 'contacts_paperless_rule')
  assert.equal((await table('contacts').insert({ id: 1, owner: 1, email: 'a', phone: 'b' })).error, null)
})

test('a check is judged on the row as it becomes', async () => {
  const { error } = await table('grants').insert([{ id: 1, user_id: 1, budget: '3.5', spent: 2 }])
  assert.equal(error, null)
  const wanted = [
    {
      column: null,
      rule: 'check',
      message: 'the budget is used up',
      constraint: 'grants_budget_spent_rule',
      columns: ['budget', 'spent'],
    },
  ]
  assert.deepEqual(problems(await table('grants').update({ spent: 4 }).eq('id', 1)), wanted)
  assert.deepEqual(problems(await table('grants').update({ budget: 1 }).eq('id', 1)), wanted)
  assert.equal((await table('grants').update({ spent: 3 }).eq('id', 1)).error, null)
  const many = await table('grants').insert([
    { id: 2, user_id: 1, budget: 1, spent: 1 },
    { id: 3, user_id: 1, budget: 0, spent: 1 },
  ])
  assert.equal(problems(many)[0].row, 2)
})

test('a condition about texts means the same to the server and the database', async () => {
  const insert = (id, label) => table('grants').insert({ id, user_id: 1, label })
  for (const label of ['ab', 'a%c', ''])
    assert.equal(problems(await insert(1, label))[0].constraint, 'grants_label_rule', label)
  assert.equal((await insert(1, 'äöü')).error, null)
  assert.equal((await insert(2, null)).error, null)
})

test('a unique key of some rows holds for these', async () => {
  const contact = (id, is_primary, owner = 1) => ({ id, owner, email: `${id}`, is_primary })
  assert.equal((await table('contacts').insert([contact(1, false), contact(2, false), contact(3, true)])).error, null)
  const second = await table('contacts').insert(contact(4, true))
  assert.equal(second.error.code, '23505')
  assert.match(second.error.message, /"contacts_owner_partial_key"/)
  assert.equal((await table('contacts').insert(contact(4, true, 2))).error, null)
  const upsert = await table('contacts').upsert(contact(5, true), { onConflict: 'owner' })
  assert.equal(upsert.error.code, '42P10')
  assert.match(upsert.error.hint, /for some rows only/)
})

test('a state becomes what the schema says, and stays what it is', async () => {
  const { data } = await table('orders').insert({ note: 'a' }).select().single()
  assert.equal(data.status, 'DRAFT')
  const move = (status) => table('orders').update({ status }).eq('id', data.id).select().single()
  assert.equal((await move('DRAFT')).data.status, 'DRAFT')
  const refused = await move('PAUSED')
  assert.deepEqual(problems(refused), [
    { column: 'status', rule: 'states', message: 'cannot change from DRAFT to PAUSED, only to active or CLOSED' },
  ])
  assert.equal(
    refused.error.message,
    'the new row of "orders" is not valid: status cannot change from DRAFT to PAUSED, only to active or CLOSED',
  )
  for (const status of ['active', 'PAUSED', 'active', 'CLOSED'])
    assert.equal((await move(status)).data?.status, status)
  assert.equal(problems(await move('DRAFT'))[0].message, 'cannot change from CLOSED to DRAFT, which is final')
  assert.equal((await table('orders').update({ note: 'b' }).eq('id', data.id)).error, null)
})

test('a row begins in a state to begin in', async () => {
  const refused = await table('orders').insert({ status: 'active' })
  assert.deepEqual(problems(refused), [{ column: 'status', rule: 'states', message: 'must begin as DRAFT' }])
  assert.equal((await table('orders').insert({ status: 'DRAFT' })).error, null)
})

test('an upsert begins or moves', async () => {
  const upsert = (status) => table('orders').upsert({ code: 7, status }, { onConflict: 'code' }).select().single()
  assert.equal(problems(await upsert('active'))[0].message, 'must begin as DRAFT')
  assert.equal((await upsert('DRAFT')).data.status, 'DRAFT')
  assert.equal((await upsert('active')).data.status, 'active')
  assert.equal(problems(await upsert('DRAFT'))[0].message, 'cannot change from active to DRAFT, only to PAUSED or CLOSED')
})

test('one row that may not move keeps all where they are', async () => {
  await table('orders').insert([{ code: 1 }, { code: 2 }])
  await table('orders').update({ status: 'CLOSED' }).eq('code', 2)
  assert.equal(problems(await table('orders').update({ status: 'active' }).gte('code', 1)).length, 1)
  const { data } = await table('orders').select('status').eq('code', 1).single()
  assert.equal(data.status, 'DRAFT')
})

// ACTIVE may become PAUSED or CLOSED, but neither may become the other: of all
// who try at once, those who come second must see what the first one made.
test('of many who move a row at once only allowed moves happen', async () => {
  for (let round = 0; round < 20; round++) {
    const { data } = await table('orders').insert({ code: 100 + round }).select('id').single()
    await table('orders').update({ status: 'active' }).eq('id', data.id)
    const moves = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        table('orders').update({ status: i % 2 === 0 ? 'CLOSED' : 'PAUSED' }).eq('id', data.id).select('status')),
    )
    const done = moves.filter(({ error }) => error === null).map(({ data }) => data[0].status)
    // PAUSED may not become CLOSED, so all who got through wanted the same.
    assert.equal(new Set(done).size, 1)
    for (const { error } of moves.filter(({ error }) => error !== null)) assert.equal(error.code, '23514')
  }
})
