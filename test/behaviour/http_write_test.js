// What a write looks like on the wire: preferences, statuses, bodies.

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { BOOK_ID, LIBRARY, post, resetLibrary } from '../e2e/support/library.js'
import { serveSchema } from '../e2e/support/tenon.js'

let server

before(async () => {
  server = await serveSchema(LIBRARY)
})
beforeEach(() => resetLibrary(server))
after(() => server?.close())

const JSON_BODY = { 'Content-Type': 'application/json' }
const NEW_BOOK = { isbn: '9', title: 'New', author_id: 1 }

function patch(path, body, headers = {}) {
  return server.fetch(path, {
    method: 'PATCH',
    headers: { ...JSON_BODY, ...headers },
    body: JSON.stringify(body),
  })
}

function remove(path, headers = {}) {
  return server.fetch(path, { method: 'DELETE', headers })
}

async function rows(path) {
  return (await server.fetch(path)).json()
}

async function refused(promise, status, code) {
  const response = await promise
  const body = await response.json()
  assert.equal(response.status, status, JSON.stringify(body))
  assert.equal(body.code, code)
  return body
}

test('return=minimal has no body', async () => {
  const response = await post(server, 'books', NEW_BOOK, { Prefer: 'return=minimal' })
  assert.equal(response.status, 201)
  assert.equal(await response.text(), '')
  assert.equal(response.headers.get('preference-applied'), 'return=minimal')
})

test('return=headers-only says where the row is', async () => {
  const response = await post(server, 'authors', { id: 7, name: 'x' }, { Prefer: 'return=headers-only' })
  assert.equal(response.status, 201)
  assert.equal(await response.text(), '')
  const location = response.headers.get('location')
  assert.match(location, /\/authors\?id=eq\.7$/)
})

test('return=representation hands back the rows', async () => {
  const response = await post(server, 'books?select=isbn,copies', [NEW_BOOK], {
    Prefer: 'return=representation',
  })
  assert.equal(response.status, 201)
  assert.deepEqual(await response.json(), [{ isbn: '9', copies: 1 }])
})

test('one object is handed back when the client asks for one', async () => {
  const response = await post(server, 'books?select=isbn', NEW_BOOK, {
    Prefer: 'return=representation',
    Accept: 'application/vnd.pgrst.object+json',
  })
  assert.deepEqual(await response.json(), { isbn: '9' })
})

test('preferences come in one header, in any order', async () => {
  const response = await post(server, 'books?on_conflict=isbn&select=isbn', [NEW_BOOK], {
    Prefer: 'count=exact, return=representation,resolution=merge-duplicates, unheard=of',
  })
  assert.equal(response.status, 201)
  assert.equal(
    response.headers.get('preference-applied'),
    'resolution=merge-duplicates, return=representation, count=exact',
  )
  assert.equal(response.headers.get('content-range'), '*/1')
})

test('an empty object inserts the defaults', async () => {
  await refused(post(server, 'books', {}), 400, '23502')
  assert.equal((await post(server, 'authors', [])).status, 201)
  assert.equal((await rows('authors')).length, 4)
})

test('columns restricts the keys and ignores others', async () => {
  const response = await post(
    server,
    'books?columns=isbn,title,author_id',
    [{ ...NEW_BOOK, pages: 5, nonsense: true }],
    { Prefer: 'return=representation' },
  )
  assert.equal(response.status, 201)
  const [book] = await response.json()
  assert.equal(book.pages, null)
})

test('an unknown name in columns is refused', async () => {
  await refused(post(server, 'books?columns=isbn,titel', [NEW_BOOK]), 400, 'PGRST204')
})

test('rows of different keys need columns', async () => {
  const body = await refused(post(server, 'books', [NEW_BOOK, { isbn: '8' }]), 400, 'PGRST102')
  assert.equal(body.message, 'All object keys must match')
})

test('missing=default fills in what a row lacks', async () => {
  const response = await post(
    server,
    'books?columns=isbn,title,author_id,copies&select=copies',
    [{ ...NEW_BOOK, copies: 4 }, { ...NEW_BOOK, isbn: '8' }],
    { Prefer: 'missing=default, return=representation' },
  )
  assert.deepEqual(await response.json(), [{ copies: 4 }, { copies: 1 }])
})

test('merging only what is there answers 200', async () => {
  const response = await post(server, 'books?on_conflict=isbn', { ...NEW_BOOK, isbn: '2' }, {
    Prefer: 'resolution=merge-duplicates',
  })
  assert.equal(response.status, 200)
})

test('on_conflict needs a unique key', async () => {
  await refused(
    post(server, 'books?on_conflict=title', NEW_BOOK, { Prefer: 'resolution=merge-duplicates' }),
    400,
    '42P10',
  )
})

test('PATCH says how many rows it changed', async () => {
  const response = await patch('books?genre=eq.FICTION', { pages: 3 }, { Prefer: 'count=exact' })
  assert.equal(response.status, 204)
  assert.equal(await response.text(), '')
  assert.equal(response.headers.get('content-range'), '0-2/3')
})

test('PATCH with an empty object changes nothing', async () => {
  const response = await patch('books?isbn=eq.1', {})
  assert.equal(response.status, 204)
})

test('all rows are meant by a filter that says so', async () => {
  const body = await refused(patch('books', { pages: 1 }), 400, '21000')
  assert.match(body.hint, /id=not\.is\.null/)
  assert.equal((await patch('books?id=not.is.null', { pages: 1 })).status, 204)
  assert.equal((await rows('books?pages=eq.1')).length, 5)
})

test('DELETE without a filter is refused', async () => {
  const body = await refused(remove('books'), 400, '21000')
  assert.match(body.hint, /id=not\.is\.null/)
  assert.equal((await rows('books')).length, 5)
})

test('DELETE hands back what it deleted', async () => {
  const response = await remove(`books?id=eq.${BOOK_ID[0]}&select=isbn`, {
    Prefer: 'return=representation, count=exact',
  })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-range'), '*/1')
  assert.deepEqual(await response.json(), [{ isbn: '1' }])
})

test('handling=strict refuses unknown preferences and obeys max-affected', async () => {
  await refused(
    patch('books?isbn=eq.1', { pages: 1 }, { Prefer: 'handling=strict, unheard=of' }),
    400,
    'PGRST122',
  )
  await refused(
    patch('books?id=not.is.null', { pages: 1 }, { Prefer: 'handling=strict, max-affected=2' }),
    400,
    'PGRST124',
  )
  assert.equal((await rows('books?pages=eq.1')).length, 0)
})

const BAD_BODIES = [
  ['nothing', ''],
  ['no JSON', '{"isbn": '],
  ['a number', '7'],
  ['a list of numbers', '[1, 2]'],
  ['a trailing comma', '[{"isbn":"9",}]'],
  ['text behind the end', '{"isbn":"9"} x'],
  ['a lone surrogate', '{"isbn":"\\ud800"}'],
  ['a raw control character', '{"isbn":"\u0001"}'],
  ['nesting without end', '['.repeat(5000)],
]
for (const [name, body] of BAD_BODIES) {
  test(`a body of ${name}`, async () => {
    await refused(post(server, 'books', body), 400, 'PGRST102')
  })
}

test('bytes that are no UTF-8', async () => {
  const body = Buffer.concat([Buffer.from('{"isbn":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
  const response = await server.fetch('books', { method: 'POST', headers: JSON_BODY, body })
  assert.equal(response.status, 400)
})

test('a column given twice is refused', async () => {
  const response = await post(server, 'books', '{"isbn":"9","isbn":"10","title":"x","author_id":1}')
  assert.equal(response.status, 400)
})

test('another content type is refused', async () => {
  const response = await server.fetch('books', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-yaml' },
    body: 'isbn: 9',
  })
  assert.equal(response.status, 400)
  assert.equal((await response.json()).code, 'PGRST102')
})

test('NUL cannot be stored in text', async () => {
  const response = await post(server, 'books', '{"isbn":"a\\u0000b","title":"x","author_id":1}')
  assert.equal(response.status, 400)
  assert.match((await response.json()).code, /^22/)
})
