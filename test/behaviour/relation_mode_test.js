// relationMode = "prisma", on every engine: what onDelete and onUpdate say is
// done without foreign keys in the database, and comes to the same.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { Random } from '../e2e/support/differential/random.js'
import { ENGINE, run, serveSchema } from '../e2e/support/tenon.js'

const MODELS = `
model User {
  id       Int       @id
  code     Int?      @unique
  level    Int       @default(0)
  posts    Post[]
  files    File[]
  badges   Badge[]
  accounts Account[]

  @@map("users")
  @@allow('all', true)
}

model Post {
  id       Int       @id
  authorId Int?      @map("author_id")
  author   User?     @relation(fields: [authorId], references: [id], onDelete: Cascade)
  comments Comment[]
  tags     Tag[]

  @@map("posts")
  @@index([authorId])
  @@allow('all', true)
}

model Tag {
  id    Int    @id
  posts Post[]

  @@map("tags")
  @@allow('all', true)
}

model Comment {
  id        Int      @id
  postId    Int      @map("post_id")
  post      Post     @relation(fields: [postId], references: [id], onDelete: Cascade)
  pins      Pin[]

  @@map("comments")
  @@index([postId])
  @@allow('all', true)
}

model Pin {
  id        Int      @id
  commentId Int      @map("comment_id")
  comment   Comment  @relation(fields: [commentId], references: [id], onDelete: Restrict)

  @@map("pins")
  @@index([commentId])
  @@allow('all', true)
}

model File {
  id        Int      @id
  ownerId   Int?     @map("owner_id")
  owner     User?    @relation(fields: [ownerId], references: [id], onDelete: SetNull)
  updatedAt DateTime @updatedAt @map("updated_at")

  @@map("files")
  @@index([ownerId])
  @@allow('all', true)
}

model Badge {
  id       Int      @id
  userCode Int?     @map("user_code")
  user     User?    @relation(fields: [userCode], references: [code], onDelete: NoAction, onUpdate: Cascade)

  @@map("badges")
  @@index([userCode])
  @@allow('all', true)
}

model Account {
  userId Int   @map("user_id")
  number Int
  user   User  @relation(fields: [userId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  lines  Line[]

  @@id([userId, number])
  @@map("accounts")
  @@allow('all', true)
}

model Line {
  id      Int      @id
  userId  Int?     @map("user_id")
  number  Int?
  account Account? @relation(fields: [userId, number], references: [userId, number], onDelete: SetNull, onUpdate: Cascade)

  @@map("lines")
  @@index([userId, number])
  @@allow('all', true)
}

model Node {
  id       Int    @id
  parentId Int?   @map("parent_id")
  parent   Node?  @relation("tree", fields: [parentId], references: [id], onDelete: Cascade)
  nodes    Node[] @relation("tree")

  @@map("nodes")
  @@index([parentId])
  @@allow('all', true)
}

model Topic {
  id       Int     @id
  parentId Int?    @map("parent_id")
  parent   Topic?  @relation("topics", fields: [parentId], references: [id], onDelete: SetNull, onUpdate: Cascade)
  topics   Topic[] @relation("topics")

  @@map("topics")
  @@index([parentId])
  @@allow('all', true)
}

model Part {
  id      Int    @id
  wholeId Int?   @map("whole_id")
  whole   Part?  @relation("parts", fields: [wholeId], references: [id], onDelete: NoAction, onUpdate: Restrict)
  parts   Part[] @relation("parts")

  @@map("parts")
  @@index([wholeId])
  @@allow('all', true)
}
`
const PROVIDER = ENGINE === 'postgresql' ? 'postgresql' : 'sqlite'
const schemaWith = (mode) => `datasource db {\n  provider = "${PROVIDER}"\n  relationMode = "${mode}"\n}\n${MODELS}`

// Parents before children.
const TABLES = ['users', 'posts', 'tags', 'comments', 'pins', 'files', 'badges', 'accounts', 'lines', 'nodes', 'topics', 'parts']
const KEYS = { accounts: 'user_id,number' }

let emulated
let real

before(async () => {
  emulated = await serveSchema(schemaWith('prisma'))
  real = await serveSchema(schemaWith('foreignKeys'))
})
after(async () => {
  await emulated?.close()
  await real?.close()
})

async function send(server, method, path, body, headers = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

/** Asks the one without foreign keys. */
const ask = (...request) => send(emulated, ...request)
const rows = async (path) => (await ask('GET', path)).body

async function clear(server) {
  await send(server, 'PATCH', 'parts?id=gte.0', { whole_id: null })
  for (const table of TABLES.toReversed()) {
    const column = KEYS[table] ? 'user_id' : 'id'
    const answer = await send(server, 'DELETE', `${table}?${column}=gte.0`)
    assert.equal(answer.status, 204, JSON.stringify(answer.body))
  }
}

async function fill(server, world) {
  for (const table of TABLES) {
    if (!world[table]?.length) continue
    const answer = await send(server, 'POST', table, world[table])
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
  }
}

const WORLD = {
  users: [{ id: 1, code: 10 }, { id: 2, code: 20 }, { id: 3, code: null }],
  posts: [{ id: 1, author_id: 1 }, { id: 2, author_id: 2 }, { id: 3, author_id: null }],
  comments: [{ id: 1, post_id: 1 }, { id: 2, post_id: 2 }],
  files: [{ id: 1, owner_id: 1 }, { id: 2, owner_id: 2 }],
  accounts: [{ user_id: 1, number: 1 }, { user_id: 2, number: 1 }],
  lines: [{ id: 1, user_id: 1, number: 1 }],
  nodes: [{ id: 1, parent_id: null }, { id: 2, parent_id: 1 }, { id: 3, parent_id: 2 }, { id: 4, parent_id: null }],
  topics: [{ id: 1, parent_id: null }, { id: 2, parent_id: 1 }],
  parts: [{ id: 1, whole_id: null }, { id: 2, whole_id: 1 }],
}

beforeEach(async () => {
  await clear(emulated)
  await fill(emulated, WORLD)
})

test('children go, or lose their key, as onDelete says', async () => {
  assert.equal((await ask('DELETE', 'users?id=eq.1')).status, 204)
  assert.deepEqual(await rows('posts?select=id&order=id'), [{ id: 2 }, { id: 3 }])
  assert.deepEqual(await rows('comments?select=id'), [{ id: 2 }])
  assert.deepEqual(await rows('files?select=id,owner_id&order=id'), [{ id: 1, owner_id: null }, { id: 2, owner_id: 2 }])
  assert.deepEqual(await rows('accounts?select=user_id'), [{ user_id: 2 }])
  assert.deepEqual(await rows('lines'), [{ id: 1, user_id: null, number: null }])
})

test('what goes along is recorded like what was wanted', async () => {
  await ask('DELETE', 'users?id=eq.2')
  const { stdout } = await run(emulated.folder, ['audit', 'export', '--database', emulated.database])
  const last = stdout.trim().split('\n').map((line) => JSON.parse(line)).slice(-5)
  assert.deepEqual(last.map(({ action, model, record_id: id }) => `${action} ${model} ${id}`).sort(), [
    'delete Account ["2", "1"]', 'delete Comment 2', 'delete Post 2', 'delete User 2', 'update File 2',
  ])
  assert.equal(new Set(last.map((line) => line.request_id)).size, 1)
})

test('who holds a row back is told as by a foreign key', async () => {
  await ask('POST', 'pins', { id: 1, comment_id: 1 })
  await ask('POST', 'badges', { id: 1, user_code: 20 })
  const held = await ask('DELETE', 'comments?id=eq.1')
  assert.deepEqual([held.status, held.body], [409, {
    code: '23503',
    message: 'update or delete on table "comments" violates foreign key constraint "pins_comment_id_fkey" on table "pins"',
    details: 'Key (id)=(1) is still referenced from table "pins".',
    hint: null,
  }])
  const above = await ask('DELETE', 'users?id=eq.1')
  assert.equal(above.body.code, '23503')
  assert.equal(above.body.details, null)
  const badge = await ask('DELETE', 'users?id=eq.2')
  assert.match(badge.body.message, /"badges_user_code_fkey" on table "badges"$/)
  assert.equal(badge.body.details, 'Key (code)=(20) is still referenced from table "badges".')
  assert.equal((await rows('users')).length, 3)
  assert.equal((await rows('posts')).length, 3)
})

test('keys follow, as onUpdate says', async () => {
  await ask('POST', 'badges', { id: 1, user_code: 10 })
  assert.equal((await ask('PATCH', 'users?id=eq.1', { id: 7, code: { increment: 1 } })).status, 204)
  assert.deepEqual(await rows('posts?id=eq.1'), [{ id: 1, author_id: 7 }])
  assert.deepEqual(await rows('badges'), [{ id: 1, user_code: 11 }])
  assert.deepEqual(await rows('lines'), [{ id: 1, user_id: 7, number: 1 }])
  const held = await ask('PATCH', 'parts?id=eq.1', { id: 9 })
  assert.equal(held.body.message, 'update or delete on table "parts" violates foreign key constraint "parts_whole_id_fkey" on table "parts"')
  assert.equal((await ask('PATCH', 'parts?id=eq.1', { id: 1, whole_id: null })).status, 204)
})

test('an upsert that changes a key takes children along', async () => {
  await ask('POST', 'badges', { id: 1, user_code: 10 })
  const merge = { Prefer: 'resolution=merge-duplicates' }
  assert.equal((await ask('POST', 'users', [{ id: 1, code: 15 }, { id: 8, code: 80 }], merge)).status, 201)
  assert.deepEqual(await rows('badges'), [{ id: 1, user_code: 15 }])
})

test('a tree goes as a whole, and a circle with it', async () => {
  await ask('PATCH', 'nodes?id=eq.1', { parent_id: 3 })
  const answer = await ask('DELETE', 'nodes?id=eq.1', undefined, { Prefer: 'count=exact' })
  assert.equal(answer.status, 204)
  assert.deepEqual(await rows('nodes?select=id'), [{ id: 4 }])
})

test('what is tied over lists is untied', async () => {
  const tie = await ask('POST', 'tags', { id: 1, posts: { connect: [{ id: 1 }, { id: 2 }] } })
  assert.equal(tie.status, 201, JSON.stringify(tie.body))
  assert.equal((await ask('PATCH', 'posts?id=eq.2', { id: 22 })).status, 204)
  assert.deepEqual(await rows('tags?select=posts(id)'), [{ posts: [{ id: 1 }, { id: 22 }] }])
  assert.equal((await ask('DELETE', 'users?id=eq.1')).status, 204)
  await ask('POST', 'posts', { id: 1 })
  assert.deepEqual(await rows('tags?select=posts(id)'), [{ posts: [{ id: 22 }] }])
  assert.equal((await ask('DELETE', 'tags?id=eq.1')).status, 204)
  await ask('POST', 'tags', { id: 1 })
  assert.deepEqual(await rows('tags?select=posts(id)'), [{ posts: [] }])
})

test('a tree may be high', async () => {
  const chain = Array.from({ length: 60 }, (_, i) => ({ id: 100 + i, parent_id: i === 0 ? null : 99 + i }))
  await ask('POST', 'nodes', [...chain, { id: 200, parent_id: 120 }])
  await ask('PATCH', 'nodes?id=eq.110', { parent_id: 159 })
  assert.equal((await ask('DELETE', 'nodes?id=eq.111')).status, 204)
  assert.deepEqual((await rows('nodes?id=gte.100&select=id&order=id')).map(({ id }) => id), [...chain.slice(0, 10).map(({ id }) => id)])
  assert.equal((await ask('DELETE', 'nodes?id=gte.0')).status, 204)
  assert.deepEqual(await rows('nodes'), [])
})

test('rows that are found by their children are found before those change', async () => {
  const path = 'users?select=id,posts!inner(id)&posts.id=eq.1'
  const answer = await ask('DELETE', path, undefined, { Prefer: 'return=representation' })
  assert.deepEqual([answer.status, answer.body.map(({ id }) => id)], [200, [1]])
  assert.deepEqual(await rows('posts?select=id&order=id'), [{ id: 2 }, { id: 3 }])
  assert.equal((await ask('DELETE', 'topics?parent_id=is.null')).status, 204)
  assert.deepEqual(await rows('topics'), [{ id: 2, parent_id: null }])
})

test('a child may point to nobody: that is what the mode means', async () => {
  assert.equal((await ask('POST', 'posts', { id: 50, author_id: 999 })).status, 201)
})

test('limits, a batch and a rollback hold for all of it', async () => {
  const strict = { Prefer: 'handling=strict, max-affected=1' }
  assert.equal((await ask('DELETE', 'users?id=in.(1,2)', undefined, strict)).status, 400)
  assert.equal((await rows('posts')).length, 3)
  const failed = await ask('POST', '', [
    { method: 'DELETE', path: 'users?id=eq.1' },
    { method: 'PATCH', path: 'users?id=eq.2', body: { level: 'x' } },
  ])
  assert.equal(failed.status, 400)
  assert.equal((await rows('posts')).length, 3)
  assert.equal((await ask('POST', '', [
    { method: 'DELETE', path: 'users?id=eq.1' },
    { method: 'DELETE', path: 'users?id=eq.2' },
  ])).status, 200)
  assert.deepEqual(await rows('posts?select=id'), [{ id: 3 }])
})

test('a condition may be as deep as everywhere', async () => {
  let deep = 'level.gte.0'
  for (let i = 0; i < 15; i++) deep = `not.${i % 2 ? 'or' : 'and'}(${deep},id.gt.100)`
  assert.equal((await ask('DELETE', `users?and=(id.eq.1,${deep})`)).status, 204)
  assert.deepEqual(await rows('posts?select=id&order=id'), [{ id: 2 }, { id: 3 }])
})

/* ---- At random, beside foreign keys ---- */

const ids = (list) => list.map(({ id }) => id)

function makeWorld(r) {
  const some = (from) => (from.length === 0 || r.once(4) ? null : r.pick(from))
  const make = (count, row) => r.times(r.below(count + 1), (i) => row(i + 1))
  const world = {}
  world.users = r.times(4, (i) => ({ id: i + 1, code: r.once(4) ? null : 10 * (i + 1), level: r.below(3) }))
  const users = ids(world.users)
  const codes = world.users.map(({ code }) => code).filter((code) => code !== null)
  world.posts = make(6, (id) => ({ id, author_id: some(users) }))
  world.comments = world.posts.length === 0 ? [] : make(6, (id) => ({ id, post_id: r.pick(world.posts).id }))
  world.pins = world.comments.length === 0 || r.once(2) ? [] : make(2, (id) => ({ id, comment_id: r.pick(world.comments).id }))
  world.files = make(4, (id) => ({ id, owner_id: some(users) }))
  world.badges = make(2, (id) => ({ id, user_code: some(codes) }))
  world.accounts = users.filter(() => r.once(2)).map((user) => ({ user_id: user, number: 1 + r.below(2) }))
  world.lines = make(4, (id) => {
    const account = some(world.accounts)
    return { id, user_id: account?.user_id ?? null, number: account?.number ?? null }
  })
  const tree = (count, key) => {
    const list = []
    for (let id = 1; id <= count; id++) list.push({ id, [key]: some(ids(list)) })
    return list
  }
  world.nodes = tree(6, 'parent_id')
  world.topics = tree(5, 'parent_id')
  world.parts = tree(4, 'whole_id')
  return world
}

function makeFilter(r, table) {
  if (table === 'accounts') return `user_id=in.(${[1 + r.below(4), 1 + r.below(4)]})`
  const own = { users: 'level', nodes: 'parent_id', topics: 'parent_id', parts: 'whole_id', posts: 'author_id' }[table]
  const list = `id=in.(${[1 + r.below(6), 1 + r.below(6)]})`
  if (own === undefined || r.once(2)) return list
  return r.pick([`${own}=eq.${r.below(4)}`, `${own}=lt.2`, `${own}=is.null`, `or=(${own}.eq.1,id.eq.2)`])
}

function makeRequest(r) {
  const table = r.pick(['users', 'users', 'users', 'posts', 'comments', 'accounts', 'nodes', 'topics', 'parts'])
  if (r.once(3) && table !== 'nodes') {
    const id = 1 + r.below(4)
    const body = table === 'users' && r.once(2) ? { code: r.pick([10, 11, null]) } : { id: r.pick([id, 70]) }
    if (table === 'accounts') return ['PATCH', `accounts?user_id=eq.${id}`, { number: 5 }]
    return ['PATCH', `${table}?id=eq.${id}`, body]
  }
  return ['DELETE', `${table}?${makeFilter(r, table)}`]
}

async function everything(server) {
  const all = {}
  for (const table of TABLES) {
    const order = KEYS[table] ?? 'id'
    all[table] = (await send(server, 'GET', `${table}?order=${order}`)).body
    for (const row of all[table]) delete row.updated_at
  }
  return all
}

const WORLDS = 20

test(`${WORLDS} random worlds come to the same with and without foreign keys`, async () => {
  for (let seed = 1; seed <= WORLDS; seed++) {
    const r = new Random(seed)
    const world = makeWorld(r)
    for (const server of [emulated, real]) {
      await clear(server)
      await fill(server, world)
    }
    for (let i = 0; i < 4; i++) {
      const request = makeRequest(r)
      const [got, wanted] = [await send(emulated, ...request), await send(real, ...request)]
      const what = `seed ${seed}: ${JSON.stringify(request)}`
      assert.deepEqual([got.status, got.body?.code], [wanted.status, wanted.body?.code], `${what}\n${JSON.stringify([got, wanted])}`)
      assert.deepEqual(await everything(emulated), await everything(real), what)
    }
  }
})
