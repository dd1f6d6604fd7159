// Several writes over several tables in one transaction, on every engine.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { BOOK_ID, LIBRARY, post, resetLibrary } from '../e2e/support/library.js'
import { serveSchema } from '../e2e/support/tenon.js'

let server

before(async () => {
  server = await serveSchema(LIBRARY)
  await resetLibrary(server)
})
after(() => server?.close())

async function batch(items) {
  const response = await post(server, '', items)
  return { status: response.status, body: await response.json() }
}

async function read(path) {
  return (await server.fetch(path)).json()
}

const BACK = { Prefer: 'return=representation' }

test('a parent and its children are written together', async () => {
  const { status, body } = await batch([
    { method: 'POST', path: 'authors', body: { id: 50, name: 'Ann' } },
    {
      method: 'POST', path: 'books?select=isbn,author_id', headers: BACK,
      body: [{ isbn: '50', title: 'One', author_id: 50 }, { isbn: '51', title: 'Two', author_id: 50 }],
    },
    { method: 'PATCH', path: 'authors?id=eq.50&select=name', headers: BACK, body: { name: 'Anne' } },
    { method: 'DELETE', path: 'books?isbn=eq.51' },
  ])
  assert.equal(status, 200)
  assert.deepEqual(body.map((answer) => answer.status), [201, 201, 200, 204])
  assert.deepEqual(body[1].body, [{ isbn: '50', author_id: 50 }, { isbn: '51', author_id: 50 }])
  assert.deepEqual(body[2].body, [{ name: 'Anne' }])
  assert.equal(body[3].body, null)
  assert.deepEqual(await read('books?select=isbn&author_id=eq.50'), [{ isbn: '50' }])
})

test('one that fails undoes all and is named', async () => {
  const { status, body } = await batch([
    { method: 'POST', path: 'authors', body: { id: 60, name: 'Bob' } },
    { method: 'POST', path: 'loans', body: { book_id: BOOK_ID[0], reader: 'bob' } },
    { method: 'POST', path: 'books', body: { isbn: '60', title: 'x', author_id: 999 } },
  ])
  assert.equal(status, 409)
  assert.equal(body.code, '23503')
  assert.equal(body.index, 2)
  assert.deepEqual(await read('authors?id=eq.60'), [])
  assert.deepEqual(await read('loans?reader=eq.bob'), [])
})

test('a row that somebody changed meanwhile keeps the whole batch from being written', async () => {
  const { status, body } = await batch([
    { method: 'DELETE', path: 'loans?reader=not.is.null' },
    { method: 'PATCH', path: 'books?isbn=eq.1', headers: { 'If-Match': '"another"' }, body: { pages: 1 } },
  ])
  assert.equal(status, 412)
  assert.equal(body.index, 1)
})
