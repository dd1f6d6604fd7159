// A write with If-Match, on every engine: only one of two who read the same
// version gets to write.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { LIBRARY, resetLibrary } from '../e2e/support/library.js'
import { serveSchema } from '../e2e/support/tenon.js'

const OBJECT = 'application/vnd.pgrst.object+json'

let server

before(async () => {
  server = await serveSchema(LIBRARY)
  await resetLibrary(server)
})
after(() => server?.close())

async function version(path) {
  const response = await server.fetch(path, { headers: { Accept: OBJECT } })
  assert.equal(response.status, 200)
  await response.text()
  return response.headers.get('etag')
}

async function write(path, tag, body) {
  const response = await server.fetch(path, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', 'If-Match': tag },
    body: JSON.stringify(body),
  })
  await response.text()
  return response.status
}

test('a tag of each type of column is good for one write', async () => {
  const before = await version('books?isbn=eq.1')
  assert.equal(await version('books?isbn=eq.1'), before)
  assert.equal(await write('books?isbn=eq.1', before, { pages: 400 }), 204)
  assert.equal(await write('books?isbn=eq.1', before, { pages: 401 }), 412)
  const now = await version('books?isbn=eq.1')
  assert.notEqual(now, before)
  assert.equal(await write('books?isbn=eq.1', now, { pages: 402 }), 204)
})

test('of many who read the same version one writes', async () => {
  const tag = await version('books?isbn=eq.2&select=pages')
  const writes = Array.from({ length: 20 }, (_, i) =>
    write('books?isbn=eq.2&select=pages', tag, { pages: 1000 + i }))
  const statuses = await Promise.all(writes)
  assert.equal(statuses.filter((status) => status === 204).length, 1)
  assert.equal(statuses.filter((status) => status === 412).length, 19)
})

test('a row that is gone is not written', async () => {
  assert.equal(await write('books?isbn=eq.none', '*', { pages: 1 }), 412)
})
