// Models with @@softDelete, on every engine: what is deleted stays, is seen by
// nobody who does not ask for it, and is in nobody's way.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { serveSchema } from '../e2e/support/tenon.js'

const SCHEMA = `
model Project {
  id        Int       @id
  code      String    @unique
  title     String    @default("")
  owner     Owner?    @relation(fields: [ownerId], references: [id])
  ownerId   Int?      @map("owner_id")
  tasks     Task[]
  notes     Note[]
  updatedAt DateTime  @updatedAt @map("updated_at")
  deletedAt DateTime? @map("deleted_at")

  @@map("projects")
  @@softDelete
  @@allow('all,deleted', true)
}

model Owner {
  id       Int       @id
  projects Project[]
  gone     DateTime?

  @@map("owners")
  @@softDelete(gone)
  @@allow('all', true)
}

model Task {
  id        Int       @id
  project   Project   @relation(fields: [projectId], references: [id], onDelete: Cascade)
  projectId Int       @map("project_id")
  parent    Task?     @relation("tree", fields: [parentId], references: [id], onDelete: Cascade)
  parentId  Int?      @map("parent_id")
  children  Task[]    @relation("tree")
  comments  Comment[]
  deletedAt DateTime? @map("deleted_at")

  @@map("tasks")
  @@softDelete
  @@allow('all,deleted', true)
}

model Comment {
  id        Int       @id
  task      Task      @relation(fields: [taskId], references: [id], onDelete: Cascade)
  taskId    Int       @map("task_id")
  deletedAt DateTime? @map("deleted_at")

  @@map("comments")
  @@softDelete
  @@allow('all,deleted', true)
}

model Note {
  id        Int     @id
  project   Project @relation(fields: [projectId], references: [id], onDelete: Cascade)
  projectId Int     @map("project_id")

  @@map("notes")
  @@allow('all', true)
}
`

let server

before(async () => {
  server = await serveSchema(SCHEMA)
})
after(() => server?.close())

async function ask(method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
}
const get = async (path, prefer) => (await ask('GET', path, undefined, prefer && { Prefer: prefer })).body
const ids = async (path, prefer) => (await get(`${path}${path.includes('?') ? '&' : '?'}select=id&order=id`, prefer)).map(({ id }) => id)

beforeEach(async () => {
  for (const table of ['comments', 'tasks', 'notes', 'projects']) {
    await ask('DELETE', `${table}?id=gte.0`)
    const purged = await ask('DELETE', `${table}?id=gte.0`, undefined, { Prefer: 'deleted=only' })
    assert.equal(purged.status, 204)
  }
  await ask('DELETE', 'owners?id=gte.0')
  await ask('POST', 'projects', [
    { id: 1, code: 'a' },
    { id: 2, code: 'b' },
  ])
})

test('a deleted row is gone for all who do not ask for it', async () => {
  const deleted = await ask('DELETE', 'projects?id=eq.1', undefined, { Prefer: 'return=representation' })
  assert.equal(deleted.status, 200)
  assert.match(deleted.body[0].deleted_at, /^\d{4}-/)
  assert.deepEqual(await ids('projects'), [2])
  assert.deepEqual(await get('projects?id=eq.1'), [])
  assert.deepEqual(await ids('projects?deleted_at=not.is.null'), [])
  const counted = await ask('GET', 'projects?select=id', undefined, { Prefer: 'count=exact' })
  assert.match(counted.headers.get('content-range'), /\/1$/)
  const update = await ask('PATCH', 'projects?id=eq.1', { title: 'x' }, { Prefer: 'return=representation' })
  assert.deepEqual(update.body, [])
  const again = await ask('DELETE', 'projects?id=eq.1', undefined, { Prefer: 'return=representation' })
  assert.deepEqual(again.body, [])
  assert.equal((await ask('PATCH', 'projects?id=eq.1', { title: 'x' }, { 'If-Match': '*' })).status, 412)
})

test('who asks for deleted rows gets them', async () => {
  await ask('DELETE', 'projects?id=eq.1')
  assert.deepEqual(await ids('projects', 'deleted=include'), [1, 2])
  assert.deepEqual(await ids('projects', 'deleted=only'), [1])
  const { headers } = await ask('GET', 'projects', undefined, { Prefer: 'deleted=only' })
  assert.equal(headers.get('preference-applied'), 'deleted=only')
})

test('who may not ask for deleted rows is refused', async () => {
  const { status, body } = await ask('GET', 'owners', undefined, { Prefer: 'deleted=include' })
  assert.equal(status, 401)
  assert.equal(body.code, '42501')
  assert.equal(body.message, 'permission denied for deleted rows of table owners')
  assert.match(body.hint, /@@allow\('deleted', true\)/)
  assert.equal((await ask('PATCH', 'owners?id=eq.1', { gone: null }, { Prefer: 'deleted=include' })).status, 401)
})

test('no hop leads to a deleted row', async () => {
  await ask('POST', 'owners', [{ id: 1 }, { id: 2 }])
  await ask('PATCH', 'projects?id=eq.1', { owner_id: 1 })
  await ask('PATCH', 'projects?id=eq.2', { owner_id: 2 })
  await ask('DELETE', 'owners?id=eq.1')
  await ask('DELETE', 'projects?id=eq.2')
  assert.deepEqual(await get('projects?select=id,owners(id)'), [{ id: 1, owners: null }])
  assert.deepEqual(await get('projects?select=id,owners!inner(id)'), [])
  assert.deepEqual(await get('projects?select=id,owners()&order=owners(id).desc.nullslast'), [{ id: 1 }])
  assert.deepEqual(await get('owners?select=id,projects(id)'), [{ id: 2, projects: [] }])
  assert.deepEqual(await get('owners?select=id,projects!inner(id)'), [])
  // What it leads to is as always, whatever is asked for.
  assert.deepEqual(await get('projects?select=id,owners(id)&order=id', 'deleted=include'), [
    { id: 1, owners: null },
    { id: 2, owners: { id: 2 } },
  ])
  await ask('DELETE', 'owners?id=eq.2')
})

test('a unique value is free again', async () => {
  assert.equal((await ask('POST', 'projects', { id: 3, code: 'a' })).status, 409)
  await ask('DELETE', 'projects?id=eq.1')
  assert.equal((await ask('POST', 'projects', { id: 3, code: 'a' })).status, 201)
  // Two rows with one value may be deleted, but only one of them may live.
  await ask('DELETE', 'projects?id=eq.3')
  assert.deepEqual(await ids('projects?code=eq.a', 'deleted=only'), [1, 3])
  const both = await ask('PATCH', 'projects?code=eq.a', { deleted_at: null }, { Prefer: 'deleted=only' })
  assert.equal(both.body.code, '23505')
})

test('an update to null restores a row', async () => {
  await ask('DELETE', 'projects?id=eq.1')
  const blind = await ask('PATCH', 'projects?id=eq.1', { deleted_at: null }, { Prefer: 'return=representation' })
  assert.deepEqual(blind.body, [])
  const restored = await ask('PATCH', 'projects?id=eq.1', { deleted_at: null }, { Prefer: 'deleted=only' })
  assert.equal(restored.status, 204)
  assert.deepEqual(await ids('projects'), [1, 2])
})

test('nobody sets the time of a deletion', async () => {
  const time = '2024-01-01T00:00:00Z'
  for (const [method, path, body] of [
    ['PATCH', 'projects?id=eq.1', { deleted_at: time }],
    ['POST', 'projects', { id: 9, code: 'z', deleted_at: time }],
  ]) {
    const { status, body: said } = await ask(method, path, body)
    assert.equal(status, 401)
    assert.equal(said.message, 'permission denied for column deleted_at of table projects')
  }
})

test('an upsert finds no deleted row', async () => {
  const MERGE = { Prefer: 'resolution=merge-duplicates,return=representation' }
  const upsert = (body, key) => ask('POST', `projects?on_conflict=${key}`, body, MERGE)
  assert.equal((await upsert({ id: 1, code: 'a', title: 'one' }, 'code')).body[0].title, 'one')
  assert.equal((await upsert({ id: 1, code: 'a', title: 'two' }, 'code')).status, 200)
  await ask('DELETE', 'projects?id=eq.1')
  const fresh = await upsert({ id: 7, code: 'a', title: 'new' }, 'code')
  assert.equal(fresh.status, 201)
  assert.deepEqual(await ids('projects'), [2, 7])
  // By the id there is one, and it must not change unseen.
  const taken = await upsert({ id: 1, code: 'c', title: 'x' }, 'id')
  assert.equal(taken.status, 409)
  assert.match(taken.body.message, /a deleted row of table "projects" has it/)
  assert.equal((await get('projects?id=eq.1', 'deleted=only'))[0].title, 'two')
  // Nor does one that says it is not deleted bring it back.
  for (const [method, path] of [['POST', 'projects?on_conflict=id'], ['PUT', 'projects?id=eq.1']]) {
    const body = { id: 1, code: 'c', title: 'x', owner_id: null, deleted_at: null, updated_at: '2024-01-01T00:00:00Z' }
    assert.equal((await ask(method, path, body, method === 'POST' ? MERGE : {})).status, 409, method)
  }
  assert.deepEqual(await ids('projects'), [2, 7])
})

test('what is tied to it goes with it, at the same time', async () => {
  await ask('POST', 'tasks', [
    { id: 1, project_id: 1, parent_id: null },
    { id: 2, project_id: 2, parent_id: 1 },
    { id: 3, project_id: 2, parent_id: 2 },
    { id: 4, project_id: 2, parent_id: null },
  ])
  await ask('POST', 'comments', [
    { id: 1, task_id: 3 },
    { id: 2, task_id: 4 },
    { id: 3, task_id: 1 },
  ])
  await ask('POST', 'notes', { id: 1, project_id: 1 })
  await ask('DELETE', 'comments?id=eq.3')
  const early = (await get('comments?id=eq.3', 'deleted=only'))[0].deleted_at
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal((await ask('DELETE', 'projects?id=eq.1')).status, 204)
  assert.deepEqual(await ids('tasks'), [4])
  assert.deepEqual(await ids('comments'), [2])
  assert.deepEqual(await ids('notes'), [1])
  const [{ deleted_at: time }] = await get('projects?id=eq.1', 'deleted=only')
  assert.deepEqual(await ids(`tasks?deleted_at=eq.${encodeURIComponent(time)}`, 'deleted=only'), [1, 2, 3])
  assert.deepEqual(await ids(`comments?deleted_at=eq.${encodeURIComponent(time)}`, 'deleted=only'), [1])
  assert.equal((await get('comments?id=eq.3', 'deleted=only'))[0].deleted_at, early)
})

test('a filter that the deletion itself would change finds the right ones', async () => {
  await ask('POST', 'tasks', [
    { id: 1, project_id: 1 },
    { id: 2, project_id: 2 },
  ])
  await ask('DELETE', 'projects?deleted_at=is.null&id=eq.2&tasks=not.is.null')
  await ask('DELETE', 'projects?deleted_at=is.null&id=eq.2')
  assert.deepEqual(await ids('tasks'), [1])
})

test('a tree that is too high is left whole', async () => {
  const chain = Array.from({ length: 14 }, (_, i) => ({ id: i + 1, project_id: 2, parent_id: i === 0 ? null : i }))
  await ask('POST', 'tasks', chain)
  const refused = await ask('DELETE', 'tasks?id=eq.1')
  assert.equal(refused.status, 400)
  assert.match(refused.body.message, /more than 10 others/)
  assert.equal((await ids('tasks')).length, 14)
  assert.equal((await ask('DELETE', 'tasks?id=eq.4')).status, 204)
  assert.deepEqual(await ids('tasks'), [1, 2, 3])
})

test('a batch and a request that is done once delete softly, too', async () => {
  await ask('POST', 'tasks', { id: 1, project_id: 1 })
  const batch = await ask('POST', '', [
    { method: 'DELETE', path: 'tasks?id=eq.1', headers: { Prefer: 'return=representation' } },
    { method: 'POST', path: 'tasks', body: { id: 2, project_id: 1 } },
  ])
  assert.equal(batch.status, 200, JSON.stringify(batch.body))
  assert.deepEqual(await ids('tasks'), [2])
  const once = await ask('DELETE', 'projects?id=eq.1', undefined, { 'Idempotency-Key': 'k1' })
  assert.equal(once.status, 204)
  assert.deepEqual(await ids('tasks'), [])
  assert.deepEqual(await ids('tasks', 'deleted=only'), [1, 2])
})

test('deleted rows can be done away with', async () => {
  await ask('DELETE', 'projects?id=eq.1')
  assert.equal((await ask('DELETE', 'projects?id=in.(1,2)', undefined, { Prefer: 'deleted=only' })).status, 204)
  assert.deepEqual(await ids('projects', 'deleted=include'), [2])
})

test('nothing is tied any more to a row that takes along what is tied to it', async () => {
  await ask('POST', 'projects', [{ id: 50, code: 'x' }, { id: 51, code: 'y' }])
  await ask('POST', 'tasks', { id: 500, project_id: 51 })
  await ask('DELETE', 'projects?id=eq.50')
  const created = await ask('POST', 'tasks', [{ id: 501, project_id: 51 }, { id: 502, project_id: 50 }])
  assert.deepEqual([created.status, created.body.code, created.body.message, created.body.details], [
    409, '23503',
    'insert or update on table "tasks" violates foreign key constraint "tasks_project_id_fkey"',
    'Key (project_id)=(50) is not present in table "projects".',
  ])
  assert.equal((await ask('PATCH', 'tasks?id=eq.500', { project_id: 50 })).body.code, '23503')
  assert.equal((await ask('PATCH', 'tasks?id=eq.500', { project_id: 51, parent_id: 500 })).status, 204)
  const batch = await ask('POST', '', [
    { method: 'POST', path: 'projects', body: { id: 52, code: 'z' } },
    { method: 'POST', path: 'tasks', body: { id: 503, project_id: 52 } },
    { method: 'DELETE', path: 'projects?id=eq.52' },
    { method: 'POST', path: 'tasks', body: { id: 504, project_id: 52 } },
  ])
  assert.deepEqual([batch.status, batch.body.code, batch.body.index], [409, '23503', 3])
})

test('nor is anything while it goes', async () => {
  const ROUNDS = 25
  const EACH = 6
  for (let round = 0; round < ROUNDS; round++) {
    const id = 1000 + round
    await ask('POST', 'projects', { id, code: `p${id}` })
    const adding = Array.from({ length: EACH }, (_, i) => ask('POST', 'tasks', { id: id * 100 + i, project_id: id }))
    const deleted = ask('DELETE', `projects?id=eq.${id}`)
    const more = Array.from({ length: EACH }, (_, i) => ask('POST', 'tasks', { id: id * 100 + 50 + i, project_id: id }))
    assert.equal((await deleted).status, 204)
    for (const { status } of await Promise.all([...adding, ...more])) assert.ok([201, 409].includes(status), `${status}`)
    const alive = await ask('GET', `tasks?project_id=eq.${id}&select=id`)
    assert.deepEqual(alive.body, [], `round ${round}`)
  }
})
