// Rows nested in others over every kind of relation that a schema may have: keys
// that share a column, trees, a table related to itself, with rows that are
// deleted but stay, hooks, and without foreign keys in the database.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { ENGINE, serveSchema, skip } from '../e2e/support/tenon.js'

const MODELS = `
model Tenant {
  id     Int      @id
  people Person[]
  tasks  Task[]

  @@allow('all', true)
}

model Person {
  tenantId Int
  id       Int
  name     String @default("?")
  tenant   Tenant @relation(fields: [tenantId], references: [id])
  owned    Task[] @relation("owner")
  watched  Task[] @relation("watcher")

  @@id([tenantId, id])
  @@allow('all', true)
}

model Task {
  id        Int       @id @default(autoincrement())
  title     String
  tenantId  Int
  tenant    Tenant    @relation(fields: [tenantId], references: [id])
  ownerId   Int?
  owner     Person?   @relation("owner", fields: [tenantId, ownerId], references: [tenantId, id])
  watcherId Int?
  watcher   Person?   @relation("watcher", fields: [tenantId, watcherId], references: [tenantId, id])
  parentId  Int?
  parent    Task?     @relation("tree", fields: [parentId], references: [id])
  children  Task[]    @relation("tree")
  blocks    Task[]    @relation("blocking")
  blockedBy Task[]    @relation("blocking")
  deletedAt DateTime?

  @@softDelete(deletedAt)
  @@allow('all', true)
}
`

const WITHOUT_KEYS = `datasource db {
  provider     = "${ENGINE}"
  url          = "from the settings"
  relationMode = "prisma"
}
`

const HOOKS = `
tenon.before("Task", "create", function(ctx, change)
  change.after.title = change.after.title .. "!"
end)
tenon.before("Task", "update", function(ctx, change)
  if change.after.title == "bad" then tenon.refuse("no bad titles") end
end)
`

async function prepare(folder) {
  await mkdir(join(folder, 'hooks'))
  await writeFile(join(folder, 'hooks', 'task.lua'), HOOKS)
  return {}
}

for (const [kind, schema] of [['with foreign keys', MODELS], ['without foreign keys', WITHOUT_KEYS + MODELS]]) {
  let server

  before(async () => {
    if (skip) return
    server = await serveSchema(schema, [], prepare)
    await send('POST', 'Tenant', { id: 1, people: { create: [{ id: 1, name: 'ann' }, { id: 2, name: 'bob' }] } })
    await send('POST', 'Tenant', { id: 2, people: { create: [{ id: 1, name: 'zed' }] } })
  })
  after(() => server?.close())

  async function send(method, path, body) {
    const response = await server.fetch(path, {
      method,
      headers: { 'Content-Type': 'application/json', Prefer: 'return=representation' },
      body: body && JSON.stringify(body),
    })
    return response.json()
  }

  const KEYS = 'select=tenantId,ownerId,watcherId'

  test(`${kind}: keys that share a column agree in it`, { skip }, async () => {
    const said = { title: 'a', tenant: { connect: { id: 1 } }, owner: { connect: { tenantId: 1, id: 1 } }, watcher: { connect: { tenantId: 1, id: 2 } } }
    assert.deepEqual(await send('POST', `Task?${KEYS}`, said), [{ tenantId: 1, ownerId: 1, watcherId: 2 }])
    const follows = { title: 'b', owner: { connect: { tenantId: 1, id: 1 } }, watcher: { create: { id: 7 } } }
    assert.deepEqual(await send('POST', `Task?${KEYS}`, follows), [{ tenantId: 1, ownerId: 1, watcherId: 7 }])
    const other = { title: 'c', owner: { connect: { tenantId: 1, id: 1 } }, watcher: { connect: { tenantId: 2, id: 1 } } }
    assert.equal((await send('POST', 'Task', other)).message, 'watcher.connect: there is no such row of "Person"')
  })

  test(`${kind}: a key that is shared is not given up`, { skip }, async () => {
    const body = { title: 'a', owner: { connect: { tenantId: 1, id: 1 } } }
    const [{ id }] = await send('POST', 'Task?select=id', body)
    assert.deepEqual(await send('PATCH', `Task?id=eq.${id}&${KEYS}`, { owner: { disconnect: true } }),
      [{ tenantId: 1, ownerId: null, watcherId: null }])
  })

  test(`${kind}: trees, whose rows pass hooks`, { skip }, async () => {
    const tree = 'id,title,children:Task!parentId(id,title,children:Task!parentId(title))'
    const [root] = await send('POST', `Task?select=${tree}`, {
      title: 'root',
      tenantId: 1,
      children: { create: [{ title: 'k1', tenantId: 1, children: { create: { title: 'k11', tenantId: 1 } } }, { title: 'k2', tenantId: 1 }] },
    })
    assert.equal(root.title, 'root!')
    assert.deepEqual(root.children.map((c) => [c.title, c.children]), [['k1!', [{ title: 'k11!' }]], ['k2!', []]])
    const path = `Task?id=eq.${root.id}&select=children:Task!parentId(title)`
    const refused = await send('PATCH', path, { children: { updateMany: { where: {}, data: { title: 'bad' } } } })
    assert.equal(refused.message, 'children.updateMany: no bad titles')
    assert.deepEqual(await send('PATCH', path, { children: { delete: { id: root.children[0].id } } }), [{ children: [{ title: 'k2!' }] }])
    assert.deepEqual(await send('GET', `Task?select=title&id=eq.${root.children[0].id}`), [])
  })

  test(`${kind}: rows of a table that block each other`, { skip }, async () => {
    const [a] = await send('POST', 'Task?select=id', { title: 'a', tenantId: 2, blocks: { create: [{ title: 'b', tenantId: 2 }, { title: 'c', tenantId: 2 }] } })
    const blocked = async (body) => {
      await send('PATCH', `Task?id=eq.${a.id}`, body)
      const rows = await send('GET', 'Task?select=id,title&tenantId=eq.2&order=id')
      return rows.map((row) => row.title)
    }
    assert.deepEqual(await blocked({ blockedBy: { deleteMany: {} } }), ['a!', 'b!', 'c!'])
    assert.deepEqual(await blocked({ blocks: { deleteMany: { title: 'b!' } } }), ['a!', 'c!'])
    const [c] = await send('GET', 'Task?title=eq.c!&select=id')
    await send('PATCH', `Task?id=eq.${c.id}`, { blockedBy: { set: [] } })
    assert.deepEqual(await blocked({ blocks: { deleteMany: {} } }), ['a!', 'c!'])
  })

  test(`${kind}: what is referred to is not deleted`, { skip }, async () => {
    await send('POST', 'Task', { title: 'held', owner: { connect: { tenantId: 1, id: 2 } } })
    const refused = await send('PATCH', 'Tenant?id=eq.1', { people: { delete: { tenantId: 1, id: 2 } } })
    assert.equal(refused.code, '23503')
    assert.match(refused.message, /^people\.delete: update or delete on table "Person"/)
  })
}
