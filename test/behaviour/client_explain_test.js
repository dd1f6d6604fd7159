// Plans of reads, through the official client.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { connect } from '../e2e/support/client.js'
import { LIBRARY, resetLibrary } from '../e2e/support/library.js'
import { ENGINE, serveSchema } from '../e2e/support/tenon.js'

let server
let client

before(async () => {
  server = await serveSchema(LIBRARY, ['--plan'])
  client = connect(server)
  await resetLibrary(server)
})
after(() => server?.close())

const books = () => client.from('books').select('isbn, authors(name)').eq('isbn', '1')

test('explain returns text', async () => {
  const { data, error } = await books().explain()
  assert.equal(error, null)
  assert.match(data, ENGINE === 'sqlite' ? /SEARCH/ : /cost=/)
})

test('explain returns JSON, with options', async () => {
  const { data, error } = await books().explain({ format: 'json', analyze: true, verbose: true, settings: true, buffers: true, wal: true })
  assert.equal(error, null)
  if (ENGINE === 'sqlite') assert.match(data[0].detail, /SEARCH/)
  else assert.equal(typeof data[0].Plan['Actual Rows'], 'number')
})

test('a plan has nothing of a model without a policy', async () => {
  const { data } = await client.from('secrets').select().explain({ format: 'json' })
  assert.deepEqual(data, [])
})

test('writes are not explained', async () => {
  const { status } = await client.from('books').delete().eq('isbn', '1').explain()
  assert.equal(status, 406)
  const { data } = await client.from('books').select('isbn').eq('isbn', '1')
  assert.equal(data.length, 1)
})

test('plans are not told unless the server says so', async () => {
  const closed = await serveSchema(LIBRARY)
  try {
    const { status, error } = await connect(closed).from('books').select().explain()
    assert.equal(status, 406)
    assert.equal(error.code, 'PGRST107')
  } finally {
    await closed.close()
  }
})
