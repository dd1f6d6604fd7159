// Groups of rows: aggregates beside, inside of and lifted out of related rows;
// of reads, and of what a write hands back.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { serveSchema, skip } from '../e2e/support/tenon.js'

const SCHEMA = `
datasource db {
  provider = "postgresql"
}
enum Rank {
  ROOKIE
  MEMBER
  CAPTAIN
}
model Club {
  id      Int      @id
  name    String
  city    City     @relation(fields: [cityId], references: [id])
  cityId  Int      @map("city_id")
  dues    Decimal?
  notes   Json?
  members Member[]
  @@map("clubs")
  @@allow('all', true)
}
model City {
  id    Int    @id
  name  String
  size  BigInt
  clubs Club[]
  @@map("cities")
  @@allow('all', true)
}
model Member {
  id       Int      @id
  name     String
  rank     Rank
  age      Int?
  weight   Float?
  since    DateTime?
  club     Club?    @relation(fields: [clubId], references: [id])
  clubId   Int?     @map("club_id")
  mentor   Member?  @relation("mentor", fields: [mentorId], references: [id])
  mentorId Int?     @map("mentor_id")
  pupils   Member[] @relation("mentor")
  badges   Badge[]
  @@map("members")
  @@allow('all', true)
}
model Badge {
  id      Int      @id
  word    String
  members Member[]
  holders Holder[]
  @@map("badges")
  @@allow('all', true)
}
model Holder {
  id      Int   @id
  badge   Badge @relation(fields: [badgeId], references: [id])
  badgeId Int   @map("badge_id")
  until   DateTime?
  @@map("holders")
  @@allow('all', true)
}
`

const ROWS = {
  cities: [
    { id: 1, name: 'Ulm', size: 300 },
    { id: 2, name: 'Ahr', size: 5 },
  ],
  clubs: [
    { id: 1, name: 'Chess', city_id: 1, dues: 10.5, notes: { b: 1, a: [1, 2] } },
    { id: 2, name: 'Rowing', city_id: 1, dues: 20, notes: { a: [1, 2], b: 1.0 } },
    { id: 3, name: 'Chess', city_id: 2, dues: null, notes: null },
  ],
  members: [
    [1, 'Ann', 'CAPTAIN', 40, 60.5, '2024-01-01T00:00:00Z', 1, null],
    [2, 'Ben', 'ROOKIE', 20, 70, null, 1, 1],
    [3, 'Cy', 'MEMBER', 30, null, '2024-03-01T12:00:00Z', 2, 1],
    [4, 'Dee', 'ROOKIE', null, 80, null, 3, 2],
    [5, 'Eve', 'MEMBER', 50, 90, null, null, null],
  ].map(([id, name, rank, age, weight, since, club_id, mentor_id]) => ({ id, name, rank, age, weight, since, club_id, mentor_id })),
}

let server

before(async () => {
  if (skip) return
  server = await serveSchema(SCHEMA, ['--aggregates'])
  for (const [table, rows] of Object.entries(ROWS)) await write('POST', table, rows)
})
after(() => server?.close())

async function ask(path, init) {
  const response = await server.fetch(path, init)
  return { status: response.status, body: await response.json() }
}

async function rows(path) {
  const { status, body } = await ask(path)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

async function write(method, path, body) {
  const headers = { 'Content-Type': 'application/json', Prefer: 'return=representation' }
  const got = await ask(path, { method, headers, body: body && JSON.stringify(body) })
  assert.ok(got.status < 300, JSON.stringify(got.body))
  return got.body
}

async function failure(path, init) {
  const { status, body } = await ask(path, init)
  return [status, body.code]
}

// --- reads -----------------------------------------------------------------

const READS = [
  ['beside a row that is embedded', 'members?select=clubs(name),count()',
    [{ clubs: { name: 'Chess' }, count: 3 }, { clubs: { name: 'Rowing' }, count: 1 }, { clubs: null, count: 1 }]],
  ['beside columns and a row', 'members?select=rank,clubs(name),count(),age.max()',
    [{ rank: 'ROOKIE', clubs: { name: 'Chess' }, count: 2, max: 20 },
      { rank: 'MEMBER', clubs: { name: 'Rowing' }, count: 1, max: 30 },
      { rank: 'MEMBER', clubs: null, count: 1, max: 50 },
      { rank: 'CAPTAIN', clubs: { name: 'Chess' }, count: 1, max: 40 }]],
  ['beside several rows', 'members?select=pupils:members(name),count()&pupils.order=name',
    [{ pupils: [], count: 3 }, { pupils: [{ name: 'Dee' }], count: 1 }, { pupils: [{ name: 'Ben' }, { name: 'Cy' }], count: 1 }]],
  ['beside what is embedded in what is embedded', 'members?select=clubs(cities(name)),count()',
    [{ clubs: { cities: { name: 'Ahr' } }, count: 1 }, { clubs: { cities: { name: 'Ulm' } }, count: 3 }, { clubs: null, count: 1 }]],
  ['equal rows are one group, however their JSON is written', 'clubs?select=notes,count()',
    [{ notes: { a: [1, 2], b: 1 }, count: 2 }, { notes: null, count: 1 }]],
  ['lifted out of a row', 'members?select=...clubs(dues.sum(),n:count()),all:count()', [{ sum: 41, n: 4, all: 5 }]],
  ['lifted, by what is lifted', 'members?select=...clubs(name,dues.avg()),age.sum()',
    [{ name: 'Chess', avg: 10.5, sum: 60 }, { name: 'Rowing', avg: 20, sum: 30 }, { name: null, avg: null, sum: 50 }]],
  ['lifted twice', 'members?select=...clubs(...cities(size.max(),name)),count()',
    [{ max: 5, name: 'Ahr', count: 1 }, { max: 300, name: 'Ulm', count: 3 }, { max: null, name: null, count: 1 }]],
  ['groups by an enum that is lifted are in its order', 'members?select=...mentor_id(rank),count()',
    [{ rank: 'ROOKIE', count: 1 }, { rank: 'CAPTAIN', count: 2 }, { rank: null, count: 2 }]],
  ['a row inside of what is lifted', 'members?select=...clubs(cities(name)),count()',
    [{ cities: { name: 'Ahr' }, count: 1 }, { cities: { name: 'Ulm' }, count: 3 }, { cities: null, count: 1 }]],
  ['by lists of a spread to several', 'members?select=...members(names:name,ids:id),count()&members.order=name',
    [{ names: [], ids: [], count: 3 }, { names: ['Dee'], ids: [4], count: 1 }, { names: ['Ben', 'Cy'], ids: [2, 3], count: 1 }]],
  ['inside of an embed, lifted and beside', 'cities?select=name,clubs(...cities(top:size.max()),members(name),count())&order=id&clubs.members.order=id',
    [{ name: 'Ulm', clubs: [{ top: 300, members: [{ name: 'Cy' }], count: 1 },
      { top: 300, members: [{ name: 'Ann' }, { name: 'Ben' }], count: 1 }] },
    { name: 'Ahr', clubs: [{ top: 5, members: [{ name: 'Dee' }], count: 1 }] }]],
  ['inside of an embed to one', 'members?select=id,clubs(count())&order=id&limit=1', [{ id: 1, clubs: { count: 1 } }]],
  ['of no row inside of an embed to one', 'members?select=id,clubs(count(),dues.sum())&id=eq.5', [{ id: 5, clubs: { count: 0, sum: null } }]],
  ['with a filter of the embedded', 'members?select=clubs(name),count()&clubs.name=eq.Rowing',
    [{ clubs: { name: 'Rowing' }, count: 1 }, { clubs: null, count: 4 }]],
  ['with an inner one', 'members?select=clubs!inner(name),count()&clubs.name=eq.Rowing', [{ clubs: { name: 'Rowing' }, count: 1 }]],
  ['with a filter of what is lifted', 'members?select=...clubs(dues.sum(),n:name.count()),count()&clubs.dues=gt.15', [{ sum: 20, n: 1, count: 5 }]],
  ['with an embed that only filters', 'members?select=count(),members()&members=not.is.null', [{ count: 2 }]],
  ['with a limit', 'members?select=clubs(name),count()&limit=1&offset=1', [{ clubs: { name: 'Rowing' }, count: 1 }]],
  ['of nothing that is lifted', 'members?select=...clubs(dues.sum())&clubs.limit=0', [{ sum: null }]],
  ['in an order', 'members?select=rank,clubs(name),count()&order=rank.desc&limit=2',
    [{ rank: 'CAPTAIN', clubs: { name: 'Chess' }, count: 1 }, { rank: 'MEMBER', clubs: { name: 'Rowing' }, count: 1 }]],
  ['by a place in JSON, and in its order', 'clubs?select=notes->a,count()&order=notes->a.desc',
    [{ a: null, count: 1 }, { a: [1, 2], count: 2 }]],
  ['in an order by what is lifted', 'members?select=...clubs(name),count()&order=clubs(name).desc.nullslast',
    [{ name: 'Rowing', count: 1 }, { name: 'Chess', count: 3 }, { name: null, count: 1 }]],
  ['in an order by an enum that is lifted', 'members?select=rank,...mentor_id(mentor:rank),count()&order=mentor_id(rank).desc,rank.desc&limit=3',
    [{ rank: 'CAPTAIN', mentor: null, count: 1 }, { rank: 'MEMBER', mentor: null, count: 1 }, { rank: 'MEMBER', mentor: 'CAPTAIN', count: 1 }]],
  ['with casts', 'members?select=...clubs(dues.sum()::text),age::text.max()', [{ sum: '41', max: '50' }]],
]
for (const [name, path, expected] of READS) {
  test(`aggregates ${name}`, { skip }, async () => {
    assert.deepEqual(await rows(path), expected)
  })
}

test('of two ways to one row, the order says which', { skip }, async () => {
  const select = 'members?select=...clubs(a:name),...club_id(b:name),count()&clubs.name=eq.Chess&club_id.name=eq.Rowing'
  const [nothing, chess, rowing] = [{ a: null, b: null, count: 1 }, { a: 'Chess', b: null, count: 3 }, { a: null, b: 'Rowing', count: 1 }]
  assert.deepEqual(await rows(`${select}&order=clubs(name)`), [chess, rowing, nothing])
  assert.deepEqual(await rows(`${select}&order=club_id(name)`), [rowing, chess, nothing])
})

test('the same groups come as CSV', { skip }, async () => {
  const response = await server.fetch('members?select=...clubs(name,dues.sum()),count()', { headers: { Accept: 'text/csv' } })
  assert.equal(await response.text(), 'count,name,sum\n3,Chess,21\n1,Rowing,20\n1,,')
})

test('a count is of rows, not of groups', { skip }, async () => {
  const response = await server.fetch('members?select=clubs(name),count()&limit=2', { headers: { Prefer: 'count=exact' } })
  assert.equal(response.headers.get('content-range'), '0-1/5')
})

const REFUSED = [
  ['in a spread to several', 'clubs?select=name,...members(age.sum())', 400, 'PGRST127'],
  ['lifted into a spread to several', 'cities?select=name,...clubs(...cities(size.sum()))', 400, 'PGRST127'],
  ['with an order by what is no group', 'members?select=clubs(name),count()&order=id', 400, '42803'],
  ['with an order by what is related', 'members?select=clubs(name),count()&order=clubs(id)', 400, '42803'],
  ['with an order by a name of its own', 'members?select=clubs(name),n:count()&order=n', 400, '42703'],
  ['with an order inside of an embed to one', 'members?select=clubs(count())&clubs.order=id', 400, '42803'],
  ['of a text', 'members?select=...clubs(name.sum())', 404, '42883'],
  ['under one name', 'members?select=count(),...clubs(count())', 400, 'PGRST100'],
]
for (const [name, path, status, code] of REFUSED) {
  test(`aggregates ${name} are refused`, { skip }, async () => {
    assert.deepEqual(await failure(path), [status, code])
  })
}

test('a hundred aggregates are a row, as deep as tables may be', { skip }, async () => {
  const many = Array.from({ length: 100 }, (_, i) => `a${i}:age.sum()`).join()
  const [row] = await rows(`members?select=${many}`)
  assert.equal(Object.keys(row).length, 100)
  const up = '...mentor_id('.repeat(8) + 'id.count(),name' + ')'.repeat(8)
  assert.deepEqual(await rows(`members?select=${up},n:count()`), [{ n: 5, count: 0, name: null }])
  const down = 'members(count(),'.repeat(7) + 'members(n:count())' + ')'.repeat(7)
  assert.equal((await rows(`members?select=count(),${down}`)).length, 3)
})

test('more than there may be of them is refused before anything is asked', { skip }, async () => {
  const many = Array.from({ length: 600 }, (_, i) => `a${i}:age.sum()`).join()
  assert.deepEqual(await failure(`members?select=${many}`), [400, 'PGRST100'])
  const wide = Array.from({ length: 100 }, (_, i) => `...m${i}:clubs(x${i}:dues.sum())`).join()
  assert.deepEqual(await failure(`members?select=${wide}`), [400, 'PGRST100'])
})

// --- writes ----------------------------------------------------------------

const WRITTEN = [
  ['all of them', 'members?id=lt.4&select=count(),age.sum(),age.avg(),w:weight.sum(),name.min(),since.max()',
    [{ count: 3, sum: 90, avg: 30, w: 130.5, min: 'Ann', max: '2024-03-01T12:00:00+00:00' }]],
  ['by columns', 'members?select=rank,count()&id=lt.5', [{ rank: 'ROOKIE', count: 2 }, { rank: 'MEMBER', count: 1 }, { rank: 'CAPTAIN', count: 1 }]],
  ['in an order', 'members?select=rank,count()&id=lt.5&order=rank.desc&limit=1', [{ rank: 'CAPTAIN', count: 1 }]],
  ['by related rows', 'members?select=clubs(name),count()&id=lt.5', [{ count: 3, clubs: { name: 'Chess' } }, { count: 1, clubs: { name: 'Rowing' } }]],
  ['lifted', 'members?select=...clubs(dues.sum(),n:count())&id=not.is.null', [{ sum: 41, n: 4 }]],
  ['in an order by what is lifted', 'members?select=...clubs(name),count()&id=lt.5&order=clubs(name).desc', [{ name: 'Rowing', count: 1 }, { name: 'Chess', count: 3 }]],
  ['lifted twice', 'members?select=...clubs(...cities(name,size.max())),count()&id=gt.3',
    [{ count: 1, name: 'Ahr', max: 5 }, { count: 1, name: null, max: null }]],
  ['none', 'members?select=count(),age.max()&id=gt.100', [{ count: 0, max: null }]],
  ['none, by columns', 'members?select=rank,count()&id=gt.100', []],
]
for (const [name, path, expected] of WRITTEN) {
  test(`written rows as groups: ${name}`, { skip }, async () => {
    assert.deepEqual(await write('PATCH', path, { mentor_id: null }), expected)
  })
}

test('one object may be asked for where there is one group', { skip }, async () => {
  const headers = { Prefer: 'return=representation', Accept: 'application/vnd.pgrst.object+json', 'Content-Type': 'application/json' }
  const init = { method: 'PATCH', headers, body: '{"mentor_id":null}' }
  assert.deepEqual(await ask('members?id=lt.4&select=count()', init), { status: 200, body: { count: 3 } })
})

test('aggregates of written rows are not cast', { skip }, async () => {
  const headers = { Prefer: 'return=representation', 'Content-Type': 'application/json' }
  const init = { method: 'PATCH', headers, body: '{"mentor_id":null}' }
  assert.deepEqual(await failure('members?id=lt.4&select=count()::text', init), [400, 'PGRST127'])
  assert.deepEqual(await failure('members?id=lt.4&select=rank,count()&order=id', init), [400, '42803'])
})
