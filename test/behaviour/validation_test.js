// Validation rules, @omit, @password and closed columns, through the official
// client.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { run, serveSchema, workspace, removeWorkspace } from '../e2e/support/tenon.js'

const SCHEMA = `
model Person {
  id       Int       @id @default(autoincrement())
  email    String    @unique @trim @lower @email
  name     String    @length(2, 40)
  age      Int?      @gte(18) @lt(150)
  site     String?   @url("keine gültige Adresse")
  slug     String?   @regex("^[a-z]+(-[a-z]+)*$")
  note     String?   @omit
  password String?   @password
  salary   Int?      @allow('read', id == 1)
  startsAt DateTime? @map("starts_at")
  endsAt   DateTime? @map("ends_at")

  @@map("people")
  @@allow('all', true)
  @@validate(endsAt > startsAt, "must end after it starts", ["endsAt"])
}

model Guarded {
  id Int @id
  @@allow('read', id == 1)
  @@allow('create', true)
}
`

let server
let client
let people

before(async () => {
  server = await serveSchema(SCHEMA)
  client = connect(server)
  people = () => client.from('people')
})
beforeEach(() => people().delete().gte('id', 0))
after(() => server?.close())

const ADA = { email: 'ada@example.org', name: 'Ada' }

function problems({ error, status }) {
  assert.equal(status, 400)
  assert.equal(error.code, '23514')
  return JSON.parse(error.details)
}

test('an insert says all that is wrong, a problem for each column', async () => {
  const answer = await people().insert({ email: 'ada', name: 'A', age: 17, site: 'javascript:1' })
  assert.deepEqual(problems(answer), [
    { column: 'email', rule: 'email', message: 'must be an e-mail address' },
    { column: 'name', rule: 'length', message: 'must have 2 to 40 characters' },
    { column: 'age', rule: 'gte', message: 'must be at least 18' },
    { column: 'site', rule: 'url', message: 'keine gültige Adresse' },
  ])
  assert.equal(
    answer.error.message,
    'the new row of "people" is not valid: email must be an e-mail address (and 3 more)',
  )
})

test('a bulk insert names the rows and writes none', async () => {
  const answer = await people().insert([ADA, { ...ADA, email: 'x@y.de', name: '' }])
  assert.deepEqual(problems(answer), [
    { row: 2, column: 'name', rule: 'length', message: 'must have 2 to 40 characters' },
  ])
  const { count } = await people().select('*', { count: 'exact', head: true })
  assert.equal(count, 0)
})

test('text is changed before it is judged and kept', async () => {
  const { data, error } = await people()
    .insert({ ...ADA, email: '  Ada@Example.ORG ' })
    .select('email')
    .single()
  assert.equal(error, null)
  assert.equal(data.email, 'ada@example.org')
})

test('updates and upserts are judged, too', async () => {
  const { data } = await people().insert(ADA).select('id').single()
  assert.equal(problems(await people().update({ age: 3 }).eq('id', data.id))[0].rule, 'gte')
  const upsert = await people().upsert({ id: data.id, ...ADA, name: 'A' })
  assert.equal(problems(upsert)[0].column, 'name')
})

test('a rule over columns that an update does not give sees the row as it became', async () => {
  const { data } = await people()
    .insert({ ...ADA, starts_at: '2024-02-01T00:00:00Z', ends_at: '2024-03-01T00:00:00Z' })
    .select('id')
    .single()
  const answer = await people().update({ ends_at: '2024-01-01T00:00:00Z' }).eq('id', data.id)
  assert.deepEqual(problems(answer), [
    { column: 'ends_at', rule: 'validate', message: 'must end after it starts' },
  ])
  const kept = await people().select('ends_at').eq('id', data.id).single()
  assert.equal(kept.data.ends_at, '2024-03-01T00:00:00+00:00')
  const fine = await people().update({ ends_at: '2024-02-02T00:00:00Z' }).eq('id', data.id)
  assert.equal(fine.error, null)
  const open = await people().update({ ends_at: null }).eq('id', data.id)
  assert.equal(open.error, null)
})

test('a text made to be slow is refused soon', async () => {
  const answer = await people().insert({ ...ADA, slug: `${'a'.repeat(5000)}!` })
  assert.equal(problems(answer)[0].column, 'slug')
})

test('an omitted column comes only when it is named', async () => {
  await people().insert({ ...ADA, note: 'likes engines' })
  const all = await people().select().single()
  assert.ok(!('note' in all.data))
  assert.equal(all.data.name, 'Ada')
  const returned = await people().update({ name: 'Ada L.' }).gte('id', 0).select()
  assert.ok(!('note' in returned.data[0]))
  const named = await people().select('name,note').single()
  assert.deepEqual(named.data, { name: 'Ada L.', note: 'likes engines' })
  const found = await people().select('name').eq('note', 'likes engines')
  assert.equal(found.data.length, 1)
})

test('a password is neither read, nor asked about, nor written in clear', async () => {
  const written = await people().insert({ ...ADA, password: 'secret' })
  assert.equal(written.status, 400)
  assert.match(written.error.message, /passwords cannot be written yet/)
  await people().insert(ADA)
  assert.ok(!('password' in (await people().select().single()).data))
  for (const asked of [
    people().select('password'),
    people().select('id').eq('password', 'x'),
    people().select('id').order('password'),
    people().select('id').or('name.eq.x,password.like.a*'),
    people().update({ name: 'Bob' }).is('password', null),
    people().delete().is('password', null),
  ]) {
    const { error } = await asked
    assert.equal(error.code, '42501')
    assert.equal(error.message, 'permission denied for column password of table people')
  }
})

test('what a condition guards is closed until conditions are evaluated', async () => {
  await people().insert({ ...ADA, salary: 5 })
  assert.ok(!('salary' in (await people().select().single()).data))
  assert.equal((await people().select('salary')).error.code, '42501')
  const made = await client.from('Guarded').insert({ id: 1 })
  assert.equal(made.error, null)
  const read = await client.from('Guarded').select()
  assert.deepEqual(read.data, [])
})

test('check says what is treated as closed', async () => {
  const folder = await workspace({ 'schema.prisma': SCHEMA })
  const { code, stdout } = await run(folder, ['check'])
  assert.equal(code, 0)
  assert.match(stdout, /W0904/)
  assert.match(stdout, /what they guard in 'Person' is treated as closed/)
  assert.match(stdout, /what they guard in 'Guarded' is treated as closed/)
  await removeWorkspace(folder)
})
