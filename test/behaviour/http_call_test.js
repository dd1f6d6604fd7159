// Calls of functions as no client of ours makes them: paths, bodies and query
// strings at their edges, and headers of the answers.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { FUNCTIONS, resetBooks } from '../e2e/support/functions.js'
import { serveSchema } from '../e2e/support/tenon.js'

let server

before(async () => {
  server = await serveSchema(FUNCTIONS)
  await resetBooks(server)
})
after(() => server?.close())

async function post(name, body, headers = {}) {
  return server.fetch(`rpc/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  })
}

async function codeOf(answer) {
  const response = await answer
  const { code } = await response.json()
  return `${response.status} ${code}`
}

const REFUSED = [
  ['an empty name', '', '404 PGRST202'],
  ['a name with a slash', 'a/b', '404 PGRST125'],
  ['a name that is no UTF-8', '%ff', '400 PGRST100'],
  ['an argument twice', 'add?a=1&a=2', '400 PGRST102'],
  ['an argument without a name', 'add?=1', '404 PGRST202'],
  ['a number out of range', 'add?a=99999999999', '400 22003'],
  ['a filter on what is no column', 'books_of?author=1&nothing=eq.1', '400 42703'],
  ['a limit that is none', 'books_of?author=1&limit=x', '400 PGRST100'],
  ['an argument that the function does not have', 'ping?x=1', '404 PGRST202'],
]

for (const [what, path, expected] of REFUSED) {
  test(`${what} is refused`, async () => {
    assert.equal(await codeOf(server.fetch(`rpc/${path}`)), expected)
  })
}

const BODIES = [
  ['text that is no JSON', '{', '400 PGRST102'],
  ['a list', '[1]', '400 PGRST102'],
  ['a NUL in a text', '{"text":"\\u0000"}', '400 22P02'],
  ['a key twice', '{"text":"a","text":"b"}', '400 PGRST102'],
  ['an object for a text', '{"text":{}}', '400 42804'],
]

for (const [what, body, expected] of BODIES) {
  test(`a body with ${what} is refused`, async () => {
    assert.equal(await codeOf(post('same', body)), expected)
  })
}

test('no body is no arguments', async () => {
  const response = await post('titles', '')
  assert.equal(response.status, 200)
  assert.equal((await response.json()).length, 3)
})

test('a hundred thousand unknown arguments are refused at once', async () => {
  const keys = Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1])
  const started = performance.now()
  const response = await post('add', JSON.stringify(Object.fromEntries(keys)))
  assert.equal(response.status, 404)
  assert.ok((await response.text()).length < 5000)
  assert.ok(performance.now() - started < 3000)
})

test('a body of another type is refused', async () => {
  assert.equal(await codeOf(post('same', 'text\na', { 'Content-Type': 'text/csv' })), '400 PGRST102')
})

test('a name that only an argument has is never a filter', async () => {
  const response = await server.fetch('rpc/titles?least=eq.1')
  assert.equal(await codeOf(response), '400 22P02')
})

test('an empty text is an argument', async () => {
  const response = await server.fetch('rpc/same?text=')
  assert.equal(await response.text(), '""')
})

test('answers say what they are', async () => {
  const value = await server.fetch('rpc/add?a=1')
  assert.equal(value.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(value.headers.get('content-range'), '0-0/*')
  const head = await server.fetch('rpc/books_of?author=1', { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.headers.get('content-range'), '0-1/*')
  assert.equal(await head.text(), '')
  const nothing = await post('ping', '{}')
  assert.equal(nothing.status, 204)
  assert.equal(await nothing.text(), '')
  const counted = await post('touch?limit=1', '{}', { Prefer: 'count=exact' })
  assert.equal(counted.status, 206)
  assert.equal(counted.headers.get('content-range'), '0-0/3')
  assert.equal(counted.headers.get('preference-applied'), 'count=exact')
})

const ALL = 'return=representation, count=exact, resolution=merge-duplicates, missing=default, handling=lenient, timezone=UTC'
const APPLIED = [
  ['a value that is read', 'GET', 'add?a=1', 'count=exact, handling=lenient'],
  ['a value by POST', 'POST', 'add?a=1', 'return=representation, count=exact, handling=lenient'],
  ['rows that are read', 'GET', 'books_of?author=1', 'count=exact, handling=lenient, timezone=UTC'],
  ['rows by POST', 'POST', 'books_of', 'return=representation, count=exact, handling=lenient, timezone=UTC'],
  ['rows that were written', 'POST', 'touch', 'return=representation, count=exact, handling=lenient, timezone=UTC'],
  ['nothing', 'POST', 'ping', 'return=representation, handling=lenient'],
]
for (const [what, method, path, applied] of APPLIED) {
  test(`of what was preferred, the answer says what was applied: ${what}`, async () => {
    const body = path === 'books_of' ? '{"author":1}' : path.startsWith('add') ? '{"a":1}' : '{}'
    const headers = { 'Content-Type': 'application/json', Prefer: ALL }
    const response = await server.fetch(method === 'POST' ? `rpc/${path.split('?')[0]}` : `rpc/${path}`, {
      method, headers, body: method === 'POST' ? body : undefined,
    })
    assert.ok(response.ok, await response.text())
    assert.equal(response.headers.get('preference-applied'), applied)
  })
}

test('a bound on the rows is told as applied', async () => {
  for (const [name, body] of [['books_of', '{"author":1}'], ['titles', '{}'], ['touch', '{}']]) {
    const response = await post(name, body, { Prefer: 'handling=strict, max-affected=3' })
    assert.equal(response.headers.get('preference-applied'), 'handling=strict, max-affected=3', name)
  }
})

test('a list is read in pages by the Range header', async () => {
  const response = await server.fetch('rpc/titles', { headers: { Range: '1-1' } })
  assert.deepEqual(await response.json(), ['Solaris'])
  assert.equal(response.headers.get('content-range'), '1-1/*')
})

test('a call that fails leaves nothing behind', async () => {
  const response = await post('add_book', '{"id":1,"title":"again"}')
  assert.equal(response.status, 409)
  assert.equal((await response.json()).code, '23505')
  const books = await (await server.fetch('books?select=id')).json()
  assert.equal(books.length, 3)
})
