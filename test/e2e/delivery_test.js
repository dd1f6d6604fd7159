// How replies leave: compressed for who accepts it, with an ETag, and as 304 for
// who has them already. Asked by Node's http, which shows what was on the wire,
// by fetch and supabase-js, which undo it, and by curl.
// Runs alone: it looks at how long things take.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { Agent, request } from 'node:http'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

import { connect } from './support/client.js'
import { LIBRARY, post } from './support/library.js'
import { serveSchema } from './support/tenon.js'

const exec = promisify(execFile)
const LIST = '/rest/v1/authors?select=id,name&order=id'
const ONE = '/rest/v1/authors?id=eq.1&select=id,name'
const COUNT = 40_000

let server
let plain // the body of LIST

before(async () => {
  server = await serveSchema(LIBRARY, ['--max-rows', '0', '--workers', '1'])
  const rows = Array.from({ length: COUNT }, (_, i) => ({ id: i + 1, name: `author number ${i} of ${COUNT}` }))
  const posted = await post(server, 'authors', rows)
  assert.equal(posted.status, 201)
  plain = JSON.stringify(rows)
})
after(() => server?.close())

/** The reply as it is on the wire. */
function ask(path, headers = {}, { method = 'GET', to = server, agent } = {}) {
  return new Promise((resolve, reject) => {
    const call = request(`${to.url}${path}`, { method, headers, agent }, (reply) => {
      const chunks = []
      reply.on('data', (chunk) => chunks.push(chunk))
      reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(chunks) }))
    })
    call.on('error', reject)
    call.end()
  })
}

const few = (count) => `${LIST}&limit=${count}`

// ---- Compression -----------------------------------------------------------

const DECODE = { gzip: gunzipSync, br: brotliDecompressSync }

for (const coding of ['gzip', 'br']) {
  test(`sends ${coding} to who accepts it, of any size`, async () => {
    for (const count of [30, 500, 3000, COUNT]) {
      const identity = await ask(few(count))
      const got = await ask(few(count), { 'Accept-Encoding': coding })
      assert.equal(got.headers['content-encoding'], coding)
      assert.equal(Number(got.headers['content-length']), got.body.length)
      assert.ok(got.body.length < identity.body.length / 2)
      assert.equal(DECODE[coding](got.body).toString(), identity.body.toString())
      assert.match(got.headers.vary, /Accept-Encoding/)
      assert.match(identity.headers.vary, /Accept-Encoding/)
      assert.equal(got.headers.etag, identity.headers.etag)
    }
  })
}

test('weighs what a client accepts', async () => {
  for (const [accepted, coding] of [
    ['gzip, deflate, br', 'br'],
    ['br;q=0.1, gzip', 'gzip'],
    ['identity', undefined],
    ['*;q=0', undefined],
    ['identity;q=0, *', 'br'],
    ['zstd', undefined],
  ]) {
    const got = await ask(few(100), { 'Accept-Encoding': accepted })
    assert.equal(got.headers['content-encoding'], coding, accepted)
  }
})

test('small replies and errors are sent as they are', async () => {
  for (const [path, status] of [[ONE, 200], ['/rest/v1/nothing', 404], ['/healthz', 200]]) {
    const got = await ask(path, { 'Accept-Encoding': 'gzip' })
    assert.equal(got.status, status)
    assert.equal(got.headers['content-encoding'], undefined)
  }
})

test('CSV, single objects and written rows are compressed as well', async () => {
  const csv = await ask(few(100), { 'Accept-Encoding': 'gzip', Accept: 'text/csv' })
  assert.match(csv.headers['content-type'], /text\/csv/)
  assert.match(gunzipSync(csv.body).toString(), /^id,name\r?\n1,"?author/)

  const json = JSON.stringify([{ id: 90_001, name: 'x'.repeat(5000) }])
  const made = await fetch(`${server.rest}/authors`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'return=representation', 'Accept-Encoding': 'gzip' },
    body: json,
  })
  assert.equal(made.headers.get('content-encoding'), 'gzip')
  assert.equal(made.headers.get('etag'), null)
  assert.equal((await made.json())[0].name.length, 5000)
  await fetch(`${server.rest}/authors?id=eq.90001`, { method: 'DELETE' })
})

test('HEAD has the head of GET', async () => {
  for (const headers of [{}, { 'Accept-Encoding': 'gzip' }, { 'Accept-Encoding': 'br' }]) {
    const [get, head] = [await ask(few(100), headers), await ask(few(100), headers, { method: 'HEAD' })]
    assert.equal(head.body.length, 0)
    for (const name of ['content-length', 'content-encoding', 'content-type', 'etag', 'vary', 'content-range'])
      assert.equal(head.headers[name], get.headers[name], name)
  }
})

test('fetch, curl and supabase-js see the rows', async () => {
  const response = await server.fetch('authors?select=id,name&order=id')
  assert.match(response.headers.get('content-encoding'), /^(br|gzip)$/)
  assert.equal(await response.text(), plain)

  const { stdout } = await exec('curl', ['--silent', '--compressed', `${server.url}${LIST}`], { maxBuffer: 1 << 26 })
  assert.equal(stdout, plain)

  const { data, count, error } = await connect(server).from('authors').select('id,name', { count: 'exact' })
    .order('id').range(0, 499)
  assert.equal(error, null)
  assert.equal(count, COUNT)
  assert.deepEqual(data, JSON.parse(plain).slice(0, 500))
})

test('who is small does not wait for who is large', async () => {
  const agent = new Agent({ keepAlive: true })
  await ask('/healthz', {}, { agent })
  const large = Array.from({ length: 8 }, () => ask(LIST, { 'Accept-Encoding': 'br' }))
  let worst = 0
  let isOver = false
  const done = Promise.all(large).then((all) => {
    isOver = true
    return all
  })
  while (!isOver) {
    const began = performance.now()
    await ask('/healthz', {}, { agent })
    worst = Math.max(worst, performance.now() - began)
  }
  for (const got of await done) assert.equal(got.headers['content-encoding'], 'br')
  agent.destroy()
  assert.ok(worst < 1000, `${worst} ms`)
})

test('--no-compression switches it off, --etag-size says who gets a tag', async () => {
  const other = await serveSchema(LIBRARY, ['--no-compression', '--etag-size', '0KB'])
  await post(other, 'authors', [{ id: 1, name: 'x'.repeat(5000) }])
  const got = await ask('/rest/v1/authors', { 'Accept-Encoding': 'gzip' }, { to: other })
  assert.equal(got.headers['content-encoding'], undefined)
  assert.doesNotMatch(got.headers.vary, /Accept-Encoding/)
  const small = await ask('/rest/v1/authors?select=id', {}, { to: other })
  assert.equal(small.body.toString(), '[{"id":1}]')
  assert.match(small.headers.etag, /^W\/"[0-9a-f]{16}"$/)
  const again = await ask('/rest/v1/authors?select=id', { 'If-None-Match': small.headers.etag }, { to: other })
  assert.equal(again.status, 304)
  await other.close()
})

// ---- ETag and If-None-Match ------------------------------------------------

test('304 for who has the answer, in whatever coding', async () => {
  for (const count of [200, COUNT]) {
    const first = await ask(few(count), { 'Accept-Encoding': 'gzip' })
    const tag = first.headers.etag
    assert.match(tag, /^W\/"[0-9a-f]{16}"$/)
    for (const value of [tag, tag.slice(2), `"a", ${tag}`, '*']) {
      for (const method of ['GET', 'HEAD']) {
        const got = await ask(few(count), { 'If-None-Match': value, 'Accept-Encoding': 'br' }, { method })
        assert.equal(got.status, 304, value)
        assert.equal(got.body.length, 0)
        assert.equal(got.headers.etag, tag)
        assert.match(got.headers.vary, /Accept-Encoding/)
        for (const name of ['content-type', 'content-length', 'content-encoding', 'content-range'])
          assert.equal(got.headers[name], undefined, name)
      }
    }
    const other = await ask(few(count), { 'If-None-Match': '"0123456789abcdef"' })
    assert.equal(other.status, 200)
    assert.equal(other.headers.etag, tag)
  }
})

test('a changed row changes the tag, another form has another', async () => {
  const path = few(200)
  const { etag } = (await ask(path)).headers
  const csv = await ask(path, { Accept: 'text/csv' })
  assert.notEqual(csv.headers.etag, etag)
  const counted = await ask(path, { Prefer: 'count=exact' })
  assert.notEqual(counted.headers.etag, etag)

  const change = (name) =>
    fetch(`${server.rest}/authors?id=eq.7`, {
      method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name }),
    })
  await change('changed')
  const changed = await ask(path, { 'If-None-Match': etag })
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.etag, etag)
  await change(`author number 6 of ${COUNT}`)
  assert.equal((await ask(path, { 'If-None-Match': etag })).status, 304)
})

test('errors, writes and small replies have no tag', async () => {
  assert.equal((await ask(ONE)).headers.etag, undefined)
  assert.equal((await ask('/rest/v1/nothing', { 'If-None-Match': '*' })).status, 404)
  const { status } = await fetch(`${server.rest}/authors?id=eq.0`, { method: 'DELETE', headers: { 'If-None-Match': '*' } })
  assert.equal(status, 204)
})

test('pipelined 304s leave the connection in step', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { etag } = (await ask(few(200), {}, { agent })).headers
  const all = await Promise.all(Array.from({ length: 50 }, (_, i) =>
    ask(few(200), i % 2 ? { 'If-None-Match': etag } : { 'Accept-Encoding': 'gzip' }, { agent })))
  assert.deepEqual(all.map((got) => got.status), all.map((_, i) => (i % 2 ? 304 : 200)))
  agent.destroy()
})
