// What nobody may see shows nowhere. Two servers have the same rows where
// everybody may look, and different ones where nobody may: in a closed model, in a
// closed column, in a closed table between two others. Every answer of one is the
// answer of the other, whatever the request does with what is closed.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { serve, serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `
model Person {
  id      Int      @id
  name    String
  salary  Int?     @allow('read', false)
  secrets Secret[]
  notes   Note[]
  memberships Membership[]
  @@map("people")
  @@allow('all', true)
}
model Secret {
  id       Int    @id
  code     String @unique
  personId Int    @map("person_id")
  person   Person @relation(fields: [personId], references: [id])
  @@map("secrets")
}
model Note {
  id       Int    @id
  personId Int    @map("person_id")
  person   Person @relation(fields: [personId], references: [id])
  @@map("notes")
  @@allow('all', true)
}
model Team {
  id          Int @id
  memberships Membership[]
  @@map("teams")
  @@allow('all', true)
}
model Membership {
  personId Int    @map("person_id")
  teamId   Int    @map("team_id")
  person   Person @relation(fields: [personId], references: [id])
  team     Team   @relation(fields: [teamId], references: [id])
  @@id([personId, teamId])
  @@map("memberships")
}
function pay returns Int? {
  person Person
  @@sql("SELECT :person.salary")
  @@immutable
}
function all_secrets returns Secret[] {
  @@sql("SELECT * FROM secrets")
  @@stable
  @@allow('call', true)
}
function rich returns Person[] {
  @@sql("SELECT * FROM people WHERE id = 1")
  @@stable
  @@allow('call', true)
}
function touch returns Secret[] {
  @@sql("UPDATE secrets SET code = code RETURNING *")
  @@allow('call', true)
}
`

const OPEN = [
  ['people', [{ id: 1, name: 'ann' }, { id: 2, name: 'bob' }, { id: 3, name: 'cid' }]],
  ['notes', [{ id: 1, person_id: 1 }, { id: 2, person_id: 2 }]],
  ['teams', [{ id: 1 }, { id: 2 }]],
]

const HIDDEN = [
  ['secrets', Array.from({ length: 50 }, (_, n) => ({ id: n, code: `code ${n}`, person_id: 1 + (n % 2) }))],
  ['memberships', [{ person_id: 1, team_id: 1 }, { person_id: 1, team_id: 2 }, { person_id: 3, team_id: 2 }]],
]

let bare
let full

async function send(server, method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  // What differs from one answer to the next.
  const said = [...response.headers].filter(([name]) => name !== 'date')
  return { status: response.status, headers: said, text }
}

async function prepare(tables, salaries) {
  const open = await serveSchema(SCHEMA, ['--dev-open'])
  for (const [table, rows] of tables) {
    const { status, text } = await send(open, 'POST', table, rows)
    assert.equal(status, 201, text)
  }
  for (const [id, salary] of salaries) await send(open, 'PATCH', `people?id=eq.${id}`, { salary })
  await open.stop()
  const server = await serve(open.folder, ['--schema', 'schema.prisma', '--database', open.database, '--aggregates'])
  server.close = async () => {
    await server.stop()
    open.stop = async () => 0
    await open.close()
  }
  return server
}

before(async () => {
  if (skip) return
  bare = await prepare(OPEN, [])
  full = await prepare([...OPEN, ...HIDDEN], [[1, 300], [2, 100], [3, 200]])
})
after(async () => {
  await bare?.close()
  await full?.close()
})

async function bothAnswer(method, path, body, headers) {
  const [one, other] = [await send(bare, method, path, body, headers), await send(full, method, path, body, headers)]
  const what = `${method} ${path} ${JSON.stringify(headers ?? {})}`
  assert.deepEqual(other, one, what)
  assert.ok(one.status < 500, `${what}: ${one.status} ${one.text}`)
}

const READS = [
  'secrets', 'secrets?select=count()', 'secrets?id=eq.1', 'secrets?order=code.desc', 'secrets?code=like.code*',
  'secrets?select=*,people(name)', 'memberships', 'memberships?select=people(name),teams(id)',
  // embeds
  'people?select=name,secrets(*)', 'people?select=name,secrets(count)', 'people?select=name,...secrets(code)',
  'people?select=name,secrets(code.max())', 'notes?select=id,people(secrets(code))', 'notes?select=id,...people(...secrets(code))',
  'people?select=name,teams(id)', 'teams?select=id,people(name)', 'teams?select=id,...people(name)', 'teams?select=id,people(count)',
  'people?select=name,memberships(team_id)', 'people?select=name,memberships(teams(id))',
  // existence
  'people?select=name,secrets!inner(*)', 'people?select=name,secrets()&secrets=is.null', 'people?select=name,secrets()&secrets=not.is.null',
  'people?select=name,teams!inner(id)', 'people?select=name,teams()&teams=is.null', 'teams?select=id,people!inner()&people.name=eq.ann',
  'people?select=name,secrets()&or=(secrets.not.is.null,name.eq.bob)', 'people?select=name,secrets!inner()&secrets.code=eq.code 1',
  'notes?select=id,people!inner(secrets!inner())', 'people?select=name,secrets()&not.or=(secrets.is.null,name.eq.bob)',
  // order
  'notes?select=id,people()&order=people(salary)', 'people?order=salary', 'people?select=name,secrets(*)&secrets.order=code',
  'secrets?select=id,people()&order=people(name)',
  // columns
  'people', 'people?select=salary', 'people?select=name,s:salary', 'people?salary=gt.150', 'people?salary=is.null',
  'people?or=(salary.gt.150,id.eq.1)', 'people?not.and=(salary.gt.150)', 'people?select=salary.sum()', 'people?select=salary::text',
  'people?select=name,count()&order=salary', 'notes?select=people(salary)', 'notes?select=id,people!inner()&people.salary=gt.150',
  'people?select=salary->a', 'people?salary=in.(300)', 'people?salary=eq(any).{300}',
  // functions
  'people?select=pay', 'people?select=name&pay=gt.150', 'people?select=name&order=pay', 'rpc/pay',
  'rpc/all_secrets', 'rpc/all_secrets?select=count()', 'rpc/all_secrets?select=code,people(name)&order=code', 'rpc/all_secrets?id=eq.1',
  'rpc/rich', 'rpc/rich?select=salary', 'rpc/rich?salary=gt.150', 'rpc/rich?order=salary', 'rpc/rich?select=name,secrets(*)',
  'rpc/rich?select=name,teams(id)', 'rpc/rich?select=pay',
]

test('documents offer nothing that is closed', { skip }, async () => {
  for (const path of ['', '../../openapi.json']) {
    const { status, text } = await send(full, 'GET', path)
    assert.equal(status, 200, path)
    assert.match(text, /people/)
    assert.doesNotMatch(text, /"\/secrets"|memberships|people\.salary|rpc\/pay/, path)
  }
})

for (const headers of [
  {}, { Prefer: 'count=exact' }, { Prefer: 'count=planned' }, { Prefer: 'count=estimated' }, { Prefer: 'paging=keyset' },
  { Accept: 'text/csv' }, { Accept: 'application/vnd.pgrst.object+json' }, { 'If-None-Match': '"x"' },
]) {
  test(`reads tell nothing of what is closed, with ${JSON.stringify(headers)}`, { skip }, async () => {
    for (const path of READS) await bothAnswer('GET', path, undefined, headers)
  })
}

const BACK = { Prefer: 'return=representation' }
const TRIALS = [
  ['POST', 'secrets', { id: 1, code: 'code 1', person_id: 1 }, BACK],
  ['POST', 'secrets', { id: 1, code: 'code 1', person_id: 99 }],
  ['POST', 'secrets', { id: 1, nonsense: 1 }],
  ['POST', 'secrets?on_conflict=code', { id: 1, code: 'code 1', person_id: 1 }, { Prefer: 'resolution=merge-duplicates' }],
  ['POST', 'secrets', { id: 1, code: 'code 1', person_id: 1 }, { Prefer: 'resolution=ignore-duplicates,count=exact' }],
  ['PUT', 'secrets?id=eq.1', { id: 1, code: 'code 1', person_id: 1 }],
  ['PATCH', 'secrets?id=eq.1', { code: 'x' }, { Prefer: 'count=exact' }],
  ['PATCH', 'secrets?id=eq.1', { code: 'x' }, { 'If-Match': '"x"' }],
  ['PATCH', 'secrets?id=eq.1', {}, { 'If-Match': '*' }],
  ['DELETE', 'secrets?id=eq.1', undefined, { Prefer: 'count=exact' }],
  ['DELETE', 'secrets?id=eq.1', undefined, { 'If-Match': '*' }],
  ['POST', 'people?select=id,secrets(code),teams(id)', { id: 10, name: 'dan' }, BACK],
  ['POST', 'people?select=salary', { id: 11, name: 'eve' }, BACK],
  ['POST', 'people', { id: 1, name: 'ann' }, { Prefer: 'resolution=merge-duplicates,return=representation' }],
  ['PATCH', 'people?id=eq.1&select=name,secrets(code)', { name: 'anna' }, BACK],
  ['PATCH', 'people?id=eq.1&select=name,teams(id),memberships(team_id)', { name: 'ann' }, BACK],
  ['PATCH', 'people?salary=gt.150', { name: 'rich' }, { Prefer: 'count=exact' }],
  ['PATCH', 'people?id=eq.1&select=salary', { name: 'ann' }, { 'If-Match': '"x"' }],
  ['PATCH', 'people?id=eq.1', { name: 'ann' }, { 'If-Match': '"x"' }],
  ['PATCH', 'people?id=eq.1&select=name', { name: 'ann' }, { 'If-Match': '*', ...BACK }],
  ['PATCH', 'people?select=name,secrets!inner()&secrets.code=eq.code 1', { name: 'found' }, BACK],
  ['DELETE', 'people?salary=gt.150', undefined, BACK],
  ['DELETE', 'people?id=eq.10&select=id,secrets(code)', undefined, BACK],
  ['POST', '', [{ method: 'PATCH', path: 'secrets?id=eq.1', body: { code: 'y' } }]],
  ['POST', '', [{ method: 'PATCH', path: 'people?id=eq.2&select=name,secrets(code)', headers: BACK, body: { name: 'bob' } }]],
  ['POST', '', [{ method: 'DELETE', path: 'secrets?id=eq.1', headers: { 'If-Match': '*' } }]],
  ['POST', 'rpc/touch', {}],
  ['POST', 'rpc/touch?select=code,people(name)', {}, { Prefer: 'count=exact' }],
  ['POST', 'rpc/touch?select=count()', {}],
  ['GET', 'people?order=id'],
]

test('writes tell nothing of what is closed', { skip }, async () => {
  for (const trial of TRIALS) await bothAnswer(...trial)
})
