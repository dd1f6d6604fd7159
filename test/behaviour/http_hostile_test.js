// Queries that mean no good: each is refused before it costs much, no text of a
// request is ever SQL, and a well-behaved client beside them notices nothing.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { LIBRARY, post, resetLibrary } from '../e2e/support/library.js'
import { exchange } from '../e2e/support/raw.js'
import { serveSchema } from '../e2e/support/tenon.js'

const HOST = 'Host: x\r\n'
let server

before(async () => {
  server = await serveSchema(LIBRARY)
  await resetLibrary(server)
})
after(() => server?.close())

async function innocentClientIsServed() {
  const started = performance.now()
  const response = await server.fetch('books?isbn=eq.2&select=title')
  assert.equal(await response.text(), '[{"title":"Solaris"}]')
  assert.ok(performance.now() - started < 2000)
}

test('a filter nested without end is refused', async () => {
  const response = await server.fetch(`books?or=${'(and'.repeat(2000)}`)
  assert.equal(response.status, 400)
  const deep = `${'not.and('.repeat(500)}isbn.eq.1${')'.repeat(500)}`
  assert.equal((await server.fetch(`books?or=(${deep})`)).status, 400)
})

// What one request may ask for is counted where its bytes come in: each of these
// is refused before the database hears of it.
const COSTLY = [
  ['a hundred levels of tables', 'authors?select=id,' + 'books(authors('.repeat(50) + 'id' + '))'.repeat(50)],
  ['tables without end', `authors?select=id,${'books('.repeat(2000)}`],
  ['a bomb of aliases', `authors?select=${Array.from({ length: 900 }, (_, n) => `a${n}:books(id)`).join(',')}`],
  ['a bomb of columns', `authors?select=${Array.from({ length: 2000 }, (_, n) => `a${n}:id`).join(',')}`],
  ['a path of a thousand arrows', `authors?select=id${'->a'.repeat(1000)}`],
  ['a thousand filters', `authors?${'id=gt.0&'.repeat(1000)}`],
  ['a thousand filters on related rows', `authors?select=id,books()&${'books=is.null&'.repeat(1000)}`],
  ['ten thousand values at once', `authors?name=like(any).{${'a,'.repeat(9999)}a}`],
  ['a cursor of noise', `authors?cursor=after.${'A'.repeat(10_000)}`],
]
for (const [what, path] of COSTLY) {
  test(`${what}: refused cheaply`, async () => {
    const started = performance.now()
    const response = await server.fetch(path)
    assert.equal(response.status, 400, await response.text())
    assert.ok(performance.now() - started < 1000)
    await innocentClientIsServed()
  })
}

test('ten thousand filters and a megabyte of URL do not get in', async () => {
  for (const query of ['id=gt.0&'.repeat(10_000), `name=eq.${'x'.repeat(1 << 20)}`]) {
    const got = await exchange(server.port, `GET /rest/v1/authors?${query} HTTP/1.1\r\n${HOST}\r\n`)
    assert.deepEqual(got.statuses, [414])
  }
  await innocentClientIsServed()
})

// What is handed back is in memory until all of it is written.
test('what a batch hands back is bounded, and nothing is written beyond it', async () => {
  const MANY = 800
  const ids = { author_id: 99 }
  assert.equal((await post(server, 'authors', { id: 99, name: 'Many' })).status, 201)
  const books = Array.from({ length: MANY }, (_, n) => ({ isbn: `many ${n}`, title: 't', ...ids }))
  assert.equal((await post(server, 'books', books)).status, 201)
  const item = {
    method: 'PATCH',
    path: `books?author_id=eq.99&select=authors(books(id))`,
    headers: { Prefer: 'return=representation' },
    body: { title: 'changed' },
  }
  const refused = await post(server, '', Array.from({ length: 50 }, () => item))
  assert.equal(refused.status, 413, await refused.text())
  assert.equal(await (await server.fetch('books?title=eq.changed&select=id')).text(), '[]')
  for (const table of ['books?author_id=eq.99', 'authors?id=eq.99']) {
    assert.equal((await server.fetch(table, { method: 'DELETE' })).status, 204)
  }
})

test('NUL bytes are no part of any name or value', async () => {
  for (const path of ['authors?select=id%00', 'authors?name=eq.%00', 'authors?select=id,books(%00)', 'authors?id%00=eq.1']) {
    assert.equal((await server.fetch(path)).status, 400)
  }
})

// Each is text that would do harm if it were a part of a statement.
const HARMFUL = [
  `"x\\" from authors; drop table books; --"`,
  `"); DROP TABLE books; --`,
  `'); DROP TABLE books; --`,
  'id";DROP/**/TABLE/**/books;--',
  'books)}/*',
  '$1',
  ':id',
]

/** A request with the name in each place where there is one. */
const placesOf = (name) => [
  [name],
  [`rpc/${name}`],
  [`authors?${name}=eq.1`],
  [`authors?select=${name}`],
  [`authors?select=${name}:id`],
  [`authors?select=id,${name}(id)`],
  [`authors?select=id,books!${name}(id)`],
  [`authors?select=id,${name}:books(${name}:isbn)`],
  [`authors?select=id::${name}`],
  [`authors?select=id,...${name}(id)`],
  [`authors?select=id,x:books(meta->${name},y:meta->>${name})`],
  [`authors?select=id.${name}()`],
  [`books?meta->>${name}=eq.1`],
  [`books?order=meta->>${name}`],
  [`books?title=eq.${name}`],
  [`authors?select=id,books(isbn)&books.order=${name}`],
  [`authors?select=id,books(isbn)&books.${name}=eq.1`],
  [`authors?select=id,books(isbn)&${name}.limit=1`],
  [`authors?select=id,books()&or=(books.is.null,${name}.eq.1)`],
  [`authors?order=${name}`],
  [`authors?order=${name}(id)`],
  [`authors?name=${name}.1`],
  [`authors?name=fts(${name}).a`],
  [`authors?name=match.${name}`],
  [`authors?name=eq(any).{${name}}`],
  [`authors?limit=${name}`],
  [`authors?cursor=after.${name}`, { headers: { Prefer: 'paging=keyset' } }],
  ['authors', { headers: { Prefer: `timezone=${name}` } }],
  ['authors', { headers: { 'Accept-Profile': name } }],
  [`books?columns=${name}`, { method: 'POST', body: '{"isbn":"x"}' }],
  [`books?on_conflict=${name}`, { method: 'POST', body: '{"isbn":"x"}', headers: { Prefer: 'resolution=merge-duplicates' } }],
  ['books', { method: 'POST', body: JSON.stringify({ [decodeURIComponent(name)]: 1 }) }],
  ['books?isbn=eq.none', { method: 'PATCH', body: JSON.stringify({ [decodeURIComponent(name)]: 1 }) }],
  [`books?${name}=eq.1`, { method: 'PATCH', body: '{"title":"x"}' }],
  [`books?title=eq.${name}&select=${name}`, { method: 'DELETE', headers: { Prefer: 'return=representation' } }],
  [`books?isbn=eq.none`, { method: 'DELETE', headers: { 'Content-Profile': name } }],
]

for (const text of HARMFUL) {
  test(`in the place of each name and value, ${text} is only text`, async () => {
    for (const [path, { headers, ...init } = {}] of placesOf(encodeURIComponent(text))) {
      const response = await server.fetch(path, {
        ...init,
        headers: { 'Content-Type': 'application/json', ...headers },
      })
      const answer = await response.text()
      assert.ok(response.status < 500, `${init.method} ${path}: ${response.status} ${answer}`)
      assert.doesNotMatch(answer, /syntax error/, `${init.method} ${path}`)
    }
    assert.equal((await (await server.fetch('books?isbn=in.(1,2,3,4,5)')).json()).length, 5)
  })
}
